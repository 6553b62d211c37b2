"""Make every exhibit of a built edition once more, in another language; nothing is computed that the build has kept.

The notebooks that make exhibits run in one process, each as far as its last exhibit. What takes long is fetched from
the build (`Workspace.kept`), every table is compared with the one in the build, and only what carries words is
written, to `<build>/<language>/40_analyses/`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot as plt
from traitlets.config import Config

from analysis import language
from analysis.errors import KlastryError, PublishError
from analysis.workspace import language_folder
from analysis.yamlfile import read_yaml

ROOT = Path(__file__).resolve().parents[2]
EXHIBIT = re.compile(r"\bdesk\b|\bsave_\w+_tables\(")


def notebooks(folder: Path) -> dict[str, list[str]]:
    """Name → code cells as far as the last that saves an exhibit, of every notebook that has one."""
    found = {}
    for path in sorted(folder.glob("[0-9]*.ipynb")):
        cells = [cell["source"] for cell in nbformat.read(path, as_version=4).cells if cell["cell_type"] == "code"]
        last = max((i for i, source in enumerate(cells) if EXHIBIT.search(source)), default=-1)
        if last >= 0:
            found[path.stem] = cells[: last + 1]
    return found


def run(name: str, cells: list[str], parameters: dict[str, Any]) -> None:
    """Execute the cells of one notebook, the parameters after the cell that declares them.

    Raises
    ------
    PublishError
        A cell fails; names notebook and cell.
    """
    unrecorded = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell(config=unrecorded, user_ns={"display": lambda *_: None})
    shell.showtraceback = lambda *_, **__: None  # the reason is told once, by the error that is raised
    for i, source in enumerate(cells, start=1):
        done = shell.run_cell(source, silent=True)
        error = done.error_before_exec or done.error_in_exec
        if isinstance(error, KlastryError):
            raise PublishError(f"{name}, code cell {i}: {error}") from error
        if error is not None:
            raise error
        if source.startswith("edition: int"):
            shell.user_ns |= parameters
    plt.close("all")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", required=True)
    parser.add_argument("--edition", type=int, required=True)
    parser.add_argument("--method", default="default")
    parser.add_argument("--build", required=True)
    parser.add_argument("--log", type=Path, help="where the workflow looks for the reason of a failure")
    parser.add_argument("names", nargs="*", help="notebooks; all by default")
    return parser.parse_args()


def translate(args: argparse.Namespace) -> None:
    """Make the exhibits.

    Raises
    ------
    PublishError
        A notebook fails, or a text has no translation; names all of them.
    """
    mpl.use("Agg")
    folder = ROOT / args.build
    out = language_folder(folder, args.language) / "40_analyses"
    listed = notebooks(ROOT / "notebooks")
    if not args.names and out.exists():
        shutil.rmtree(out)
    texts = read_yaml(ROOT / f"report/labels/texts_{args.language}.yaml") or {}
    parameters = {"edition": args.edition, "method": args.method, "data_dir": ROOT / "data", "build_dir": folder}
    with language.using(args.language, texts):
        for name in args.names or listed:
            with contextlib.redirect_stdout(io.StringIO()):
                run(name, listed[name], parameters)
        absent = language.missing()
    if absent:
        lines = "\n  ".join(f"{text!r}" for text in absent)
        raise PublishError(f"report/labels/texts_{args.language}.yaml has no translation of:\n  {lines}")


def main() -> int:
    """Run from the command line; a failure is written where `klastry build` looks for its reason."""
    args = arguments()
    try:
        translate(args)
    except KlastryError as error:
        if args.log is None:
            print(error, file=sys.stderr)
        else:
            args.log.parent.mkdir(parents=True, exist_ok=True)
            args.log.write_text(f"{error}\n", encoding="utf-8")
            step = f"exhibits in `{args.language}`"
            record = {"step": step, "exit_code": error.exit_code, "message": str(error), "log": str(args.log)}
            failure = json.dumps(record, ensure_ascii=False)
            args.log.with_name("failure.json").write_text(failure, encoding="utf-8")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
