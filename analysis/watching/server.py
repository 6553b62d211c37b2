"""The built site on 127.0.0.1, with a script that loads a page again after a build.

The script is added to what is sent, never to a file: the site that is published holds nothing of it. Only this machine
is answered, and only under its own names, so that a web page elsewhere cannot read the draft through a name of its own.
"""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analysis.errors import ConfigError

PORT = 8765
EVENTS = "/-/builds"
KEEP_ALIVE = 10.0  # seconds between signs of life, by which a closed page is noticed
SCRIPT = """<script data-watch>
(() => {
  const seen = %SEEN%;
  const bar = document.createElement("div");
  bar.setAttribute("role", "status");
  bar.style.cssText = "position:fixed;inset:auto 0 0 0;z-index:9999;padding:.6rem 1rem;font:14px/1.45 monospace;" +
    "white-space:pre-wrap;max-height:45vh;overflow:auto;color:#fff;background:#8a1c1c;display:none";
  document.body.append(bar);
  const say = (text, colour) => {
    bar.textContent = text; bar.style.background = colour; bar.style.display = text ? "block" : "none";
  };
  new EventSource("%EVENTS%").onmessage = (event) => {
    const now = JSON.parse(event.data);
    if (now.built !== seen) location.reload();
    else if (now.state === "building") say("Buduję: " + now.message, "#1d4f73");
    else if (now.state === "failed") say("Nie zbudowano, widać ostatnią dobrą wersję.\\n\\n" + now.message, "#8a1c1c");
    else say("", "");
  };
})();
</script>
"""


@dataclass
class Board:
    """What the last build came to, told to every open page."""

    built: int = 0  # how many builds changed the site
    state: str = "built"
    message: str = ""
    closed: bool = False
    _turn: int = 0
    _news: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def tell(self, state: str, message: str = "") -> None:
        """Tell every page: `building`, `built` or `failed`."""
        with self._news:
            self.built += state == "built"
            self.state, self.message = state, message
            self._turn += 1
            self._news.notify_all()

    def close(self) -> None:
        """Let every page go."""
        with self._news:
            self.closed = True
            self._news.notify_all()

    def wait(self, turn: int) -> tuple[int, str | None]:
        """Wait for news since a turn: the new turn and what to send, or None when there was none for a while."""
        with self._news:
            fresh = self._news.wait_for(lambda: self.closed or self._turn != turn, timeout=KEEP_ALIVE)
            if not fresh or self.closed:
                return turn, None
            return self._turn, json.dumps({"built": self.built, "state": self.state, "message": self.message})


def with_script(page: bytes, built: int) -> bytes:
    """Return a page with the script before the end of its body."""
    script = SCRIPT.replace("%SEEN%", str(built)).replace("%EVENTS%", EVENTS).encode()
    head, end, tail = page.rpartition(b"</body>")
    return head + script + end + tail if end else page + script


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, board: Board, **how: Any) -> None:
        self.board = board
        super().__init__(*args, **how)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of single requests."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _at_home(self) -> bool:
        named = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if named in ("127.0.0.1", "localhost"):
            return True
        self.send_error(HTTPStatus.FORBIDDEN, "only for this machine")
        return False

    def do_HEAD(self) -> None:
        if self._at_home():
            super().do_HEAD()

    def do_GET(self) -> None:
        if not self._at_home():
            return
        if urlsplit(self.path).path == EVENTS:
            self._events()
            return
        built = self.board.built  # before the file is read: a build that ends meanwhile loads the page once more
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and urlsplit(self.path).path.endswith("/") else path
        if path.suffix != ".html" or not path.is_file():
            super().do_GET()
            return
        try:
            page = with_script(path.read_bytes(), built)
        except OSError:  # between two builds
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        turn = -1
        try:
            while not self.board.closed:
                turn, news = self.board.wait(turn)
                self.wfile.write(b": still here\n\n" if news is None else f"data: {news}\n\n".encode())
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            return  # the page was closed


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no fault."""


def serve(folder: Path, board: Board, port: int | None = None) -> tuple[_Server, str]:
    """Serve a folder in a thread of its own; returns the server and its address.

    Parameters
    ----------
    folder
        What is shown; it may be swapped while the server runs.
    board
        What is told to open pages.
    port
        None: 8765, or any free one where that is taken.

    Raises
    ------
    ConfigError
        The port that was asked for is taken.
    """
    handler = partial(_Handler, directory=str(folder), board=board)
    for tried in (PORT, 0) if port is None else (port,):
        try:
            server = _Server(("127.0.0.1", tried), handler)
        except OSError as error:
            if port is not None or tried == 0:
                raise ConfigError(f"port {tried} cannot be used ({error.strerror}); choose another: --port") from error
            continue
        break
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/"
