"""Watching: the page on this machine, which changes count, and a whole morning of an editor in a small project."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import IO

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "robustness"))

from toy import command, environment, make_toy

from analysis import lock
from analysis.errors import ConfigError
from analysis.watching.changes import Watcher, told
from analysis.watching.server import Board, serve, with_script

PAGE = "<!doctype html><html><body><p>Zdanie.</p></body></html>"


def get(address: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as answer:
        return str(answer.read().decode("utf-8"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, Board, str]]:
    folder = tmp_path / "out"
    (folder / "html").mkdir(parents=True)
    (folder / "html/index.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("outside", encoding="utf-8")
    board = Board()
    server, address = serve(folder, board, 0)
    yield folder, board, address
    board.close()
    server.shutdown()
    server.server_close()


def test_the_script_is_in_the_answer_and_not_in_the_file(site: tuple[Path, Board, str]) -> None:
    folder, _, address = site
    for path in ("html/index.html", "html/"):
        shown = get(address + path)
        assert shown.startswith("<!doctype html><html><body><p>Zdanie.</p><script data-watch>")
        assert shown.endswith("</script>\n</body></html>")
    assert (folder / "html/index.html").read_text("utf-8") == PAGE


def test_a_page_is_told_of_builds_and_of_failures(site: tuple[Path, Board, str]) -> None:
    _, board, address = site
    assert "const seen = 0;" in get(address + "html/index.html")
    with urllib.request.urlopen(address + "-/builds", timeout=20) as events:

        def event() -> dict[str, object]:
            while not (line := events.readline().decode()).startswith("data: "):
                assert line, "the server closed the stream"
            return dict(json.loads(line.removeprefix("data: ")))

        assert event() == {"built": 0, "state": "built", "message": ""}
        board.tell("building", "05.md")
        assert event() == {"built": 0, "state": "building", "message": "05.md"}
        board.tell("failed", "no fact `x`")
        assert event() == {"built": 0, "state": "failed", "message": "no fact `x`"}
        board.tell("built")
        assert event() == {"built": 1, "state": "built", "message": ""}
    assert "const seen = 1;" in get(address + "html/index.html")


def test_an_open_page_shows_failures_and_loads_itself_again(site: tuple[Path, Board, str], chromium: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    folder, board, address = site
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address + "html/index.html")
        bar = page.get_by_role("status", include_hidden=True)
        expect(bar).to_be_hidden()
        board.tell("failed", "05.md:8: no fact `x` <b>")
        expect(bar).to_be_visible()
        expect(bar).to_contain_text("05.md:8: no fact `x` <b>")
        (folder / "html/index.html").write_text(PAGE.replace("Zdanie.", "Inne zdanie."), encoding="utf-8")
        board.tell("built")
        expect(page.get_by_text("Inne zdanie.")).to_be_visible()
        expect(bar).to_be_hidden()
        browser.close()


@pytest.mark.parametrize("host", ["klastry.example", "127.0.0.1.klastry.example", "", "localhost@klastry.example"])
def test_other_names_of_this_machine_are_refused(site: tuple[Path, Board, str], host: str) -> None:
    for path in ("html/index.html", "-/builds"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            get(site[2] + path, Host=host)
    assert "Zdanie" in get(site[2] + "html/index.html", Host="localhost:1234")


@pytest.mark.parametrize("path", ["../secret.txt", "html/../../secret.txt", "%2e%2e/secret.txt", "html/none.html"])
def test_nothing_outside_of_the_site_is_sent(site: tuple[Path, Board, str], path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(site[2] + path)


def test_it_listens_on_this_machine_only(site: tuple[Path, Board, str]) -> None:
    assert site[2].startswith("http://127.0.0.1:")
    with pytest.raises(ConfigError, match="--port"):
        serve(site[0], Board(), int(site[2].rsplit(":", 1)[1].strip("/")))


def test_a_page_without_a_body_gets_the_script_at_its_end() -> None:
    assert with_script(b"<p>a", 3).startswith(b"<p>a<script data-watch>")


def quiet(watcher: Watcher) -> bool:
    with pytest.raises(Empty):
        watcher.wait(timeout=1.5)
    return True


def test_sources_count_and_drafts_of_editors_do_not(tmp_path: Path) -> None:
    chapter = tmp_path / "report/chapters/05.md"
    chapter.parent.mkdir(parents=True)
    chapter.write_text("a")
    (tmp_path / "build/2024").mkdir(parents=True)
    watcher = Watcher(tmp_path)
    time.sleep(1)
    try:
        for name in (".05.md.swp", "05.md~", "4913", "#05.md#", ".#05.md", ".ipynb_checkpoints/05.md"):
            (chapter.parent / name).parent.mkdir(exist_ok=True)
            (chapter.parent / name).write_text("draft")
        (tmp_path / "build/2024/page.html").write_text("built")
        assert quiet(watcher)
        draft = chapter.with_name("sedXYZ")  # written beside and renamed, as many editors do
        draft.write_text("b")
        draft.replace(chapter)
        assert watcher.wait(timeout=10) == ["report/chapters/05.md"]
        # What changes while nobody asks is kept, and comes in one piece.
        chapter.write_text("c")
        time.sleep(1)
        (chapter.parent / "06.md").write_text("d")
        time.sleep(1)
        assert watcher.wait(timeout=10) == ["report/chapters/05.md", "report/chapters/06.md"]
        chapter.unlink()
        assert watcher.wait(timeout=10) == ["report/chapters/05.md"]
    finally:
        watcher.close()


def test_many_files_are_told_in_short() -> None:
    assert told(["data/editions/2024/raw/members.csv"]) == "2024/raw/members.csv"
    assert told([f"report/{i}.md" for i in range(5)]) == "report/0.md, report/1.md, report/2.md and 2 more"


@pytest.mark.parametrize("flag", ["--dry-run", "--force", "--language=en"])
def test_what_cannot_be_watched_is_refused(tmp_path: Path, flag: str) -> None:
    done = subprocess.run(
        command("build", "--watch", flag), env=environment(tmp_path), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and "--watch" in done.stderr and "Traceback" not in done.stderr


def until(found: Callable[[], bool], what: str, said: list[str], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, f"{what} did not come; it said:\n{''.join(said)}"
        time.sleep(0.1)


def collect(stream: IO[str], said: list[str]) -> None:
    said.extend(iter(stream.readline, ""))


@pytest.mark.workflow
def test_an_editor_changes_breaks_and_mends_a_chapter(tmp_path: Path) -> None:
    project = make_toy(tmp_path)
    chapter = project / "report/chapters/04_results.md"
    good = chapter.read_text("utf-8")
    build = project / "build/2024"
    process = subprocess.Popen(
        command("build", "--watch", "--port", "0"), cwd=project, env=environment(project, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    said: list[str] = []
    assert process.stdout is not None
    threading.Thread(target=collect, args=(process.stdout, said), daemon=True).start()
    try:
        until(lambda: any(line.startswith("Built") for line in said), "the first build", said)
        address = said[0].split()[0]
        page = next(p for p in (build / "50_chapters/out/html").glob("4*.html"))

        def shown() -> str:
            return get(address + page.name)

        assert "Zupełnie nowe" not in shown()
        with lock.hold(build, "somebody else"):
            chapter.write_text(good.replace("## Członkowie", "Zupełnie nowe zdanie.\n\n## Członkowie"), "utf-8")
            until(lambda: any("is being built already" in line for line in said), "waiting for the lock", said)
        until(lambda: "Zupełnie nowe zdanie." in shown(), "the new page", said)
        assert "data-watch" in shown() and "data-watch" not in page.read_text("utf-8")

        chapter.write_text(good.replace("## Członkowie", 'To {{ f("no.such.fact") }}.\n\n## Członkowie'), "utf-8")
        until(lambda: any("watching goes on" in line for line in said), "the fault", said)
        told_here = "".join(said)
        assert "04_results.md:8: no fact `no.such.fact`" in told_here and "Traceback" not in told_here
        assert "Zupełnie nowe zdanie." in shown(), "the last good page stays"

        chapter.write_text(good.replace("## Członkowie", "Naprawione zdanie.\n\n## Członkowie"), "utf-8")
        until(lambda: "Naprawione zdanie." in shown(), "the mended page", said)
        until(lambda: sum(line.startswith("Built") for line in said) == 3, "the end of the build", said)
        assert not [p for p in build.rglob("*.html") if "data-watch" in p.read_text("utf-8")]
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to everything in the terminal
        assert process.wait(timeout=30) == 0
        until(lambda: "No longer watching.\n" in said, "the goodbye", said)
        assert "Traceback" not in "".join(said)
        with lock.hold(build, "somebody else"), pytest.raises(urllib.error.URLError):
            shown()
    finally:
        if process.poll() is None:
            process.kill()
