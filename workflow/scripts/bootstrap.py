"""Make `.venv` from requirements.lock, with nothing but Python 3.11+ and pip; called by the Makefile.

uv installs in seconds; it is taken from PATH, or from PyPI into the new environment. If it cannot be had, pip does the
same work from the same lock file, more slowly. Every package is checked against its hash. At the end the project's own
code is compiled (`compile_code.py`), so that the first build does not have to.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"


def run(*command: str | Path, **env: str) -> None:
    """Run a command, or stop with what failed."""
    full = {**os.environ, **env}
    full.pop("PYTHONDONTWRITEBYTECODE", None)  # without .pyc files every notebook compiles its imports again
    subprocess.run([str(c) for c in command], check=True, cwd=ROOT, env=full)


def find_uv() -> Path | None:
    """Return uv from PATH or installed into the environment; None if neither works."""
    found = shutil.which("uv")
    if found:
        return Path(found)
    try:
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    except subprocess.CalledProcessError:
        return None
    return BIN / ("uv.exe" if os.name == "nt" else "uv")


def main() -> int:
    """Create or update the environment; the file `.venv/.ready` marks success."""
    if sys.version_info < (3, 11):  # noqa: UP036 — this script is what tells the user
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Run: make PYTHON=python3.12 …")
        return 2
    ready = VENV / ".ready"
    ready.unlink(missing_ok=True)
    if not PYTHON.is_file():
        print("Creating .venv …", flush=True)
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    try:
        uv = None if os.environ.get("KLASTRY_NO_UV") else find_uv()
        if uv is not None:
            print("Installing the pinned packages (uv) …", flush=True)
            lock = ["pip", "install", "--quiet", "--python", PYTHON, "--no-deps", "--require-hashes", "-r", LOCK]
            run(uv, *lock, UV_COMPILE_BYTECODE="1", UV_LINK_MODE="copy")
            run(uv, "pip", "install", "--quiet", "--python", PYTHON, "--no-deps", "-e", ROOT)
        else:
            print("Installing the pinned packages (pip, about two minutes) …", flush=True)
            pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
            run(*pip, "--require-hashes", "-r", LOCK)
            run(*pip, "-e", ROOT)
    except subprocess.CalledProcessError as error:
        print(f"The environment could not be made (exit code {error.returncode} above). Is a package index reachable?")
        return 1
    print("Compiling the project's own code …", flush=True)
    try:
        run(PYTHON, ROOT / "workflow" / "scripts" / "compile_code.py", PYTHONPATH=str(ROOT))
    except subprocess.CalledProcessError as error:
        print(f"The project's own code could not be compiled (exit code {error.returncode}, reason above).")
        return 1
    ready.write_text("ready\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
