"""Progress: what runs, what is left and how long it took, from lines as the workflow engine writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.progress import Progress, read_times, seconds_text

FIRST = """Building DAG of jobs...
Job stats:
job            count
-----------  -------
scores_30          1
html               1
pdf                1
report             1
total              4

Select jobs to execute...
[Sun Nov 22 08:02:24 2026]
Job 3: 30_scores
Reason: Updated input files: x"""


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def feed(progress: Progress, text: str) -> list[str]:
    return [shown for line in text.splitlines() if (shown := progress.feed(line)) is not None]


def test_says_what_is_done_what_runs_and_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "times.json").write_text('{"scores_30": 5.0, "html": 20.0, "pdf": 30.0}')
    clock = Clock()
    progress = Progress(tmp_path, cores=2, clock=clock)
    # 55 s of work for two cores, none of it longer than 30 s
    assert feed(progress, FIRST) == ["  3 step(s) to run; about 30 s by the times of the last run"]
    clock.now += 7
    assert feed(progress, "Finished jobid: 3 (Rule: scores_30)\nJob 4: 60_report: html\nJob 5: 60_report: pdf") == []
    assert feed(progress, "1 of 4 steps (25%) done") == [
        "  1/4  30_scores  7 s (last time 5 s) · runs: 60_report: html, 60_report: pdf · about 30 s left"
    ]
    clock.now += 18
    assert feed(progress, "Finished jobid: 4 (Rule: html)\n2 of 4 steps (50%) done") == [
        "  2/4  60_report: html  18 s (last time 20 s) · runs: 60_report: pdf · about 12 s left"
    ]
    clock.now += 13
    assert feed(progress, "Finished jobid: 5 (Rule: pdf)\n3 of 4 steps (75%) done") == [
        "  3/4  60_report: pdf  31 s (last time 30 s)"
    ]
    named = "localrule report:\n    jobid: 0\nFinished jobid: 0 (Rule: report)\n4 of 4 steps (100%) done"
    assert feed(progress, named) == []
    progress.save()
    assert read_times(tmp_path) == {"scores_30": 7.0, "html": 18.0, "pdf": 31.0}


def test_makes_no_guess_without_earlier_times(tmp_path: Path) -> None:
    (tmp_path / "times.json").write_text('{"html": 20.0}')
    progress = Progress(tmp_path, cores=2, clock=Clock())
    assert feed(progress, FIRST) == ["  3 step(s) to run; no earlier times for 2 of them"]
    done = "Finished jobid: 3 (Rule: scores_30)\n1 of 4 steps (25%) done"
    assert feed(progress, done) == ["  1/4  30_scores  0 s"]


def test_a_rule_without_a_message_has_its_name(tmp_path: Path) -> None:
    clock = Clock()
    progress = Progress(tmp_path, cores=1, clock=clock)
    feed(progress, FIRST.split("Select")[0] + "rule html:\n    input: book.json\n    jobid: 7\n    threads: 1")
    clock.now += 3
    assert feed(progress, "Finished jobid: 7 (Rule: html)\n1 of 4 steps (25%) done") == ["  1/4  html  3 s"]


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"html": "soon"}', "{", '{"html": null}'])
def test_a_broken_record_of_times_costs_only_the_estimate(tmp_path: Path, content: str) -> None:
    (tmp_path / "times.json").write_text(content)
    progress = Progress(tmp_path, cores=2, clock=Clock())
    assert feed(progress, FIRST) == ["  3 step(s) to run; no earlier times for 3 of them"]
    progress.save()
    assert json.loads((tmp_path / "times.json").read_text()) == {}


def test_durations_as_one_says_them() -> None:
    assert [seconds_text(s) for s in (0.2, 59.4, 59.6, 60, 119.7, 3725)] == [
        "0 s", "59 s", "1 min 00 s", "1 min 00 s", "2 min 00 s", "62 min 05 s",
    ]  # fmt: skip
