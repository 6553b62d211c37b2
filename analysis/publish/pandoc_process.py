"""One pandoc for the many short texts of a step: to start it takes longer than to read or to write one of them.

`kept` says for how long a process converts with the same pandoc. It is asked through its own Lua, which knows the same
readers and writers as its command line, with the same options.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import pypandoc

from analysis.errors import PublishError

# Options of the command line, as Lua calls them.
OPTIONS = {
    "--wrap=none": "wrap_text=none",
    "--syntax-highlighting=none": "highlight_method=none",
    "--mathml": "html_math_method=mathml",
}
TAB = 4  # characters, as on the command line

# A question is a line (from, to, bytes of text, options) and the text, an answer a line (well or not, bytes) and text.
# Lua reads no bytes only when it knows that something follows, and would wait for it.
_SERVE = r"""
while true do
  local source, to, size, rest = (io.read("l") or "end"):match("^(%S+) (%S+) (%d+) ?(.*)$")
  if not source then break end
  local text, options = size == "0" and "" or io.read(tonumber(size)), {}
  for name, value in rest:gmatch("(%S+)=(%S+)") do options[name] = value end
  local well, answer = pcall(function() return pandoc.write(pandoc.read(text, source), to, options) end)
  answer = tostring(answer)
  io.write(tostring(well), " ", #answer, "\n", answer)
  io.flush()
end
"""


@cache
def binary() -> str:
    """Path of pandoc."""
    return str(pypandoc.get_pandoc_path())


class _Pandoc:
    """A pandoc that waits for questions; belongs to the process that started it."""

    def __init__(self, room: Sequence[str]) -> None:
        self.owner = os.getpid()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as pandoc runs
        command = [binary(), *room, "lua", "-e", _SERVE]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)

    def ask(self, text: str, source: str, to: str, options: Sequence[str]) -> bytes:
        assert self.process.stdin is not None and self.process.stdout is not None
        data = text.encode()
        try:
            self.process.stdin.write(f"{' '.join([source, to, str(len(data)), *options])}\n".encode() + data)
            self.process.stdin.flush()
            well, size = self.process.stdout.readline().split()
        except (OSError, ValueError) as error:
            self.log.seek(0)
            said = self.log.read().decode(errors="replace").strip()
            raise PublishError(f"pandoc could not write {to}: it ended. {said}") from error
        answer = self.process.stdout.read(int(size))
        if well != b"true":
            raise PublishError(f"pandoc could not write {to}: {answer.decode(errors='replace').strip()}")
        # As on the command line, what is written ends with a line.
        return answer if answer.endswith(b"\n") else answer + b"\n"

    def end(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(b"end\n")
            self.process.stdin.close()
        except OSError:
            pass  # it has ended, which was told to the one who asked
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class _Kept:
    """Whether this process keeps a pandoc, and which one once something was to be converted."""

    wanted = False
    running: _Pandoc | None = None


@contextmanager
def kept() -> Iterator[None]:
    """Convert with one pandoc from here on; it is started when it is first needed and ended in the end.

    A process that is forked meanwhile has to call this itself.
    """
    before, _Kept.wanted = _Kept.wanted, True
    try:
        yield
    finally:
        _Kept.wanted = before
        if not before and (running := _Kept.running) is not None:
            _Kept.running = None
            if running.owner == os.getpid():
                running.end()


def converted(text: str, source: str, to: str, args: Sequence[str], room: Sequence[str]) -> bytes | None:
    """Convert a text with the pandoc that is kept; None where none is, or where it does not know an option.

    Raises
    ------
    PublishError
        Pandoc fails; carries its message.
    """
    if not _Kept.wanted or not all(arg in OPTIONS for arg in args):
        return None
    if _Kept.running is None or _Kept.running.owner != os.getpid():
        _Kept.running = _Pandoc(room)
    # The command line does this to every text that it reads.
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r", "").expandtabs(TAB)
    return _Kept.running.ask(text, source, to, [OPTIONS[arg] for arg in args])
