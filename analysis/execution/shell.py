"""An IPython shell in this process that keeps the outputs of a cell as a kernel would send them."""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type

INLINE = "module://matplotlib_inline.backend_inline"

NOTEBOOK_COLUMNS = 20  # pandas' default outside terminals


class Outputs:
    """The outputs of the running cell, in order; text that follows text of the same stream joins it."""

    def __init__(self) -> None:
        self.made: list[Any] = []
        self._clear_first = False

    def add(self, output: Any) -> None:
        """Append an output."""
        if self._clear_first:
            self.made, self._clear_first = [], False
        self.made.append(output)

    def write(self, name: str, text: str) -> None:
        """Append text of `stdout` or `stderr`."""
        last = self.made[-1] if self.made and not self._clear_first else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        elif text:
            self.add(nbformat.v4.new_output("stream", name=name, text=text))

    def update(self, display_id: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Replace what this cell displayed under an id."""
        for output in self.made:
            if output.get("transient", {}).get("display_id") == display_id:
                output.data, output.metadata = data, metadata

    def clear(self, wait: bool) -> None:
        """Drop everything, at once or when the next output comes."""
        if wait:
            self._clear_first = True
        else:
            self.made = []

    def taken(self) -> list[Any]:
        """Hand over the outputs and start anew; what only a running kernel needs is left out."""
        made, self.made, self._clear_first = self.made, [], False
        for output in made:
            output.pop("transient", None)
        return made


class _Stream:
    """What `sys.stdout` and `sys.stderr` are while a cell runs."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, outputs: Outputs, name: str, descriptor: int) -> None:
        self._outputs, self.name, self._descriptor = outputs, name, descriptor

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._outputs.write(self.name, text)
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._descriptor

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    closed = False


class _Hook(DisplayHook):
    """Keeps the value of the last expression of a cell."""

    shell: Any

    def __call__(self, result: Any = None) -> None:
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        self.update_user_ns(result)
        self.log_output(data)
        self.shell.outputs.add(
            nbformat.v4.new_output(
                "execute_result", data, metadata=metadata or {}, execution_count=self.shell.cell_count
            )
        )


class _Publisher(DisplayPublisher):
    """Keeps what a cell displays."""

    def publish(
        self, data: Any, metadata: Any = None, source: Any = None, *, transient: Any = None, update: Any = False,
        **_: Any,
    ) -> None:  # fmt: skip
        name = (transient or {}).get("display_id")
        if update and name:
            self.shell.outputs.update(name, data, metadata or {})
            return
        output = nbformat.v4.new_output("display_data", data, metadata=metadata or {})
        if name:
            output["transient"] = {"display_id": name}
        self.shell.outputs.add(output)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class ZMQInteractiveShell(InteractiveShell):
    """Executes the cells of one notebook; make one per process.

    It has the name of a kernel's shell and its attribute `kernel`, by which pandas and others know that they write for
    a notebook.
    """

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs: Any = Instance(Outputs, ())
    kernel = None
    ready: ClassVar[Self | None] = None  # made by a parent before it forked (`warm.begin_once`), for one notebook
    cell_count = 0  # of the running cell; the shell's own count is one ahead while results are shown

    @classmethod
    def start(cls) -> Self:
        """Make this process what a fresh kernel is: own namespace, own random state, pictures inline."""
        if cls.ready is not None:
            shell, cls.ready = cls.ready, None
            return shell.again()
        os.environ.setdefault("MPLBACKEND", INLINE)
        _random_state()
        if "pandas" in sys.modules:  # it was imported before there was a notebook, and took a terminal's default
            sys.modules["pandas"].set_option("display.max_columns", NOTEBOOK_COLUMNS)
        if "matplotlib" in sys.modules:  # a style that the caller has set is the caller's
            sys.modules["matplotlib"].rc_file_defaults()
        cls.clear_instance()
        shell = cls.instance()
        backend = os.environ["MPLBACKEND"]
        drawing = {"matplotlib.pyplot", "matplotlib_inline.backend_inline"} & sys.modules.keys()
        if drawing and backend == INLINE:
            # What the backend does when a notebook is the first to import it: figures are shown at the end of a cell.
            from IPython.core.pylabtools import activate_matplotlib
            from matplotlib_inline.backend_inline import configure_inline_support

            activate_matplotlib(backend)
            # Of a shell before this one, which has the formats of pictures; mypy knows no attributes of functions.
            vars(configure_inline_support).pop("current_backend", None)
            configure_inline_support(shell, backend)
        elif "matplotlib" in sys.modules:  # the caller may have chosen another backend for itself
            sys.modules["matplotlib"].use(backend)
        return shell

    def again(self) -> Self:
        """In a fork of the process: begin to count anew, in its folder, with random numbers of its own.

        What was made stays.
        """
        _random_state()
        self.execution_count = 1
        sys.modules[self.user_module.__name__] = self.user_module  # the fork may have run a script in between
        assert self.history_manager is not None
        self.history_manager.dir_hist[:] = [Path.cwd()]
        return self

    def init_history(self) -> None:
        """History of a run is the notebook itself; nothing is written to the user's database."""
        self.config.HistoryManager.enabled = False
        super().init_history()

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        """Tracebacks are outputs, not text of the terminal."""
        self.outputs.add(nbformat.v4.new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb)))

    def run(self, source: str) -> tuple[list[Any], int, BaseException | None]:
        """Execute one cell.

        Returns
        -------
        tuple
            Outputs (notebook nodes), execution count, and the exception of a failed cell.
        """
        self.cell_count = count = self.execution_count
        with _streams(self.outputs):
            done = self.run_cell(source, store_history=True)
        return self.outputs.taken(), count, done.error_before_exec or done.error_in_exec


def _random_state() -> None:
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _no_input(*_: Any, **__: Any) -> str:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


@contextmanager
def _streams(outputs: Outputs) -> Iterator[None]:
    """Send what is printed to the outputs; what other programs and C code write to 1 and 2 follows at the end."""
    import builtins

    kept = sys.stdout, sys.stderr, builtins.input
    for stream in kept[:2]:
        stream.flush()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        files = {1: out, 2: err}
        saved = {fd: os.dup(fd) for fd in files}
        try:
            for fd, file in files.items():
                os.dup2(file.fileno(), fd)
            sys.stdout = _Stream(outputs, "stdout", 1)
            sys.stderr = _Stream(outputs, "stderr", 2)
            builtins.input = _no_input
            yield
        finally:
            sys.stdout, sys.stderr, builtins.input = kept
            for fd, copy in saved.items():
                os.dup2(copy, fd)
                os.close(copy)
            for file, name in ((out, "stdout"), (err, "stderr")):
                file.seek(0)
                outputs.write(name, file.read().decode("utf-8", "replace"))
