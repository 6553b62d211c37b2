"""`klastry build --watch`: build, look at the files, build again; a faulty chapter is told and watching goes on."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from analysis.errors import ConfigError, KlastryError
from analysis.files import storage_error
from analysis.project import build_folder, project_dir
from analysis.watching.changes import Watcher, told
from analysis.watching.server import Board, serve

PATIENCE = 24 * 3600.0  # for another build of the same folder: an editor's page comes after it


def watch(args: argparse.Namespace, build: Callable[[argparse.Namespace], int]) -> int:
    """Build what is asked (default: the site), then again after each change, until Ctrl-C; always returns 0.

    The lock of the build folder is held only while something is built.
    """
    if args.language != "pl" or args.dry_run or args.force:
        raise ConfigError("--watch shows the Polish site as it changes; leave out --language, --dry-run and --force")
    root = project_dir()
    folder = root / build_folder(args.edition, args.method)
    args.wait = args.wait or PATIENCE
    targets = args.target or ["html"]
    shown = folder / "50_chapters" / "out"
    shown.mkdir(parents=True, exist_ok=True)
    board = Board()
    server, address = serve(shown, board, args.port)
    watcher = Watcher(root)  # from here on: a change during the first build is built next
    try:
        print(
            f"{address}html/ shows the newest good build; every change of a source is built. Ctrl-C ends.", flush=True
        )
        _build(args, targets, build, board, folder, "")
        while True:
            paths = watcher.wait()
            print(f"\n{time.strftime('%H:%M:%S')} changed: {told(paths)}", flush=True)
            _build(args, targets, build, board, folder, told(paths))
    except KeyboardInterrupt:
        pass
    finally:
        watcher.close()
        board.close()
        server.shutdown()
        server.server_close()
    print("\nNo longer watching.", flush=True)
    return 0


def _build(
    args: argparse.Namespace,
    targets: list[str],
    build: Callable[[argparse.Namespace], int],
    board: Board,
    folder: Path,
    what: str,
) -> None:
    """Build once; what goes wrong is told here and on the open pages."""
    board.tell("building", what)
    args.target = list(targets)
    try:
        code = build(args)
    except KlastryError as error:
        message = str(error)
        print(f"klastry build: {message}", file=sys.stderr, flush=True)
    except Exception as error:
        remedy = storage_error(error)
        if remedy is None:
            raise
        message = str(remedy)
        print(f"klastry build: {message}", file=sys.stderr, flush=True)
    else:
        if code == 0:
            board.tell("built")
            return
        message = _reason(folder / "logs" / "failure.json")
    board.tell("failed", message)
    print("Mend it and save; watching goes on.", flush=True)


def _reason(record: Path) -> str:
    try:
        return str(json.loads(record.read_text(encoding="utf-8"))["message"])
    except (OSError, ValueError, KeyError):
        return "Zobacz okno terminala, w którym działa `klastry build --watch`."
