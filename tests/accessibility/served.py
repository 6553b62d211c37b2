"""A server on the loopback address, and the browser that may ask nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
SITES = Path(__file__).parent / "sites"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler] | partial[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer((HOST, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def served_sites() -> Iterator[str]:
    with serve(partial(Quiet, directory=str(SITES))) as base:
        yield base


def answering(pages: dict[str, tuple[int, str, dict[str, str]]], asked: list[str]) -> type[BaseHTTPRequestHandler]:
    """A handler for pages given as path → status, body, headers; every request is noted in `asked`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers.get('User-Agent', '')}")
            status, body, headers = pages.get(self.path, (404, "", {}))
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

    return Handler
