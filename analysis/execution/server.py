"""The parent of the workflow's steps: imports once, then forks a child for each step that asks.

`klastry build` starts it beside Snakemake and ends it afterwards. A step's command is the thin client
`workflow/scripts/step.py`: it sends what to run, its folder, its environment and its standard streams through a local
socket, and waits for the exit code. The child has all of these, so the step behaves as if it had been started by
itself. When a client goes away (a stopped build), its child is killed; when the build goes away, so does the server.

Imports go on between two requests: the first steps do not wait until the last library is there.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import runpy
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from analysis.execution import warm
from analysis.execution.processes import COLLECT, COSTS, die_with_parent, leave

LONGEST_REQUEST = 1 << 20  # bytes; arguments and environment
KILOBYTE = 1 if sys.platform == "darwin" else 1024  # bytes, in which the system tells the memory of a process


@dataclass
class Request:
    """What a client asks for: a script with its arguments, run in a folder with an environment."""

    argv: list[str]
    cwd: str
    env: dict[str, str]
    umask: int
    streams: list[int]


@dataclass
class Server:
    """Answers on a listening socket until its parent closes standard input."""

    listener: socket.socket
    imports: Iterator[str]
    children: dict[int, tuple[socket.socket, Request]] = field(default_factory=dict)

    def serve(self) -> None:
        """Fork for each request; returns when standard input ends."""
        wake_reader, wake_writer = os.pipe()
        os.set_blocking(wake_writer, False)
        signal.set_wakeup_fd(wake_writer)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build is told, and ends us
        with selectors.DefaultSelector() as events:
            events.register(sys.stdin.buffer, selectors.EVENT_READ, "end")
            events.register(self.listener, selectors.EVENT_READ, "new")
            events.register(wake_reader, selectors.EVENT_READ, "wake")
            importing = True
            while True:
                ready = events.select(0 if importing else None)
                for key, _ in ready:
                    if key.data == "end":
                        return
                    if key.data == "wake":
                        os.read(wake_reader, 4096)
                    elif key.data == "new":
                        self._accept(events)
                    else:  # a client says nothing more: whatever can be read is its end
                        self._left(key.data)
                self._collect(events)
                if importing and not ready:
                    importing = next(self.imports, None) is not None
                    if not importing:
                        gc.collect()
                        gc.freeze()  # children share what is there instead of copying it when they collect

    def _accept(self, events: selectors.BaseSelector) -> None:
        client, _ = self.listener.accept()
        request = receive(client)
        if request is None:
            client.close()
            return
        server = os.getpid()
        child = os.fork()
        if child == 0:
            for other in (self.listener, client, *(wire for wire, _ in self.children.values())):
                other.close()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL if number == signal.SIGCHLD else signal.default_int_handler)
            run_step(request, server)
        for stream in request.streams:
            os.close(stream)
        self.children[child] = client, request
        events.register(client, selectors.EVENT_READ, child)

    def _left(self, child: int) -> None:
        """A client went away before its child ended."""
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            os.kill(child, signal.SIGKILL)

    def _collect(self, events: selectors.BaseSelector) -> None:
        """Tell the clients of ended children the exit codes."""
        while self.children:
            child, status, used = os.wait4(-1, os.WNOHANG)
            if child == 0:
                return
            client, request = self.children.pop(child)
            note_cost(request, used)
            events.unregister(client)
            code = os.waitstatus_to_exitcode(status)
            with suppress(OSError):  # it is gone, and so is its child
                client.sendall(f"{code if code >= 0 else 128 - code}\n".encode())
            client.close()


def note_cost(request: Request, used: resource.struct_rusage) -> None:
    """Add what a step took, with all that it started, to the file that its environment names (`COSTS`)."""
    if COSTS not in request.env:
        return
    argv = request.argv
    name = Path(argv[argv.index("--log") + 1] if "--log" in argv[:-1] else argv[0]).stem
    with suppress(OSError), Path(request.env[COSTS]).open("a", encoding="utf-8") as stream:
        stream.write(f"{name},{used.ru_utime + used.ru_stime:.2f},{used.ru_maxrss * KILOBYTE / 1e6:.0f}\n")


def receive(client: socket.socket) -> Request | None:
    """Read one request with its three streams; None if it is incomplete."""
    message, streams, _, _ = socket.recv_fds(client, LONGEST_REQUEST, 3)
    while message and not message.endswith(b"\n") and len(message) < LONGEST_REQUEST:
        more = client.recv(LONGEST_REQUEST)
        if not more:
            return None
        message += more
    if len(streams) != 3 or not message.endswith(b"\n"):
        return None
    told = json.loads(message)
    return Request(told["argv"], told["cwd"], told["env"], told["umask"], streams)


def run_step(request: Request, server: int) -> None:
    """Become the step: its streams, folder, environment and arguments; never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        die_with_parent(server)
        for number, stream in enumerate(request.streams):
            os.dup2(stream, number)
            os.close(stream)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the step's own, until it ends
        os.chdir(request.cwd)
        os.umask(request.umask)
        os.environ.clear()
        os.environ.update(request.env)
        warm.prepare()
        sys.argv = request.argv
        sys.path.insert(0, str(Path(request.argv[0]).resolve().parent))
        runpy.run_path(request.argv[0], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:  # nothing may get out into the server, of which this process is a copy
        traceback.print_exc()
    finally:
        leave(code)


def main(argv: list[str] | None = None) -> int:
    """Command line: `python -m analysis.execution.server DESCRIPTOR NOTEBOOK… --module NAME…`, from `klastry build`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("listener", type=int, help="descriptor of a socket that listens")
    parser.add_argument("notebooks", type=Path, nargs="*")
    parser.add_argument("--module", action="append", default=[], help="import this, too")
    args = parser.parse_args(argv)
    gc.set_threshold(*COLLECT)
    imports = chain(warm.warm(args.notebooks), warm.begin_once(), warm.load_all(args.module))
    Server(socket.socket(fileno=args.listener), imports).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
