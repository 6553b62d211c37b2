"""Broken raw files either give scores or stop with an error of ours: no traceback, no half output."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from broken import RULES, RawSet, spoil
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toy import klastry

from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.config import load_method
from analysis.errors import KlastryError
from analysis.framework import Framework, load_framework
from analysis.indicators import characteristics, compute_indicators
from analysis.ingest import validate_edition
from analysis.sources import load_edition

CASES = 240
# Most sets leave out the long questionnaires, whose checks take most of the time.
KINDS = {
    "small": ("desk_research", "websites", "cooperation_nodes", "cooperation_ties", "registry"),
    "scored": ("coordinators", "desk_research", "registry"),
    "members": ("coordinators", "members", "registry"),
}


@dataclass
class Bench:
    root: Path
    data: Path
    framework: Framework
    files: dict[str, bytes]
    edition: str

    def clean(self, kind: str) -> RawSet:
        names = KINDS[kind]
        files = {f"{n}.csv": self.files[f"{n}.csv"] for n in names}
        listed = [n for n in names if n != "registry"]
        return RawSet(files, f"{self.edition}instruments: [{', '.join(listed)}]\n")

    def run(self, raw: RawSet) -> str:
        """Validate and score; returns "scored", "validated" (nothing to score) or the kind of error."""
        root = self.data / "editions" / "2024"
        shutil.rmtree(root, ignore_errors=True)
        raw.write(root)
        try:
            validated = validate_edition(load_edition(2024, self.data), self.framework)
            if not {"coordinators", "desk_research"} <= set(validated.tables):
                return "validated"
            method = load_method("default", self.root / "config")
            answers = {name: validated.tables[name] for name in ("coordinators", "desk_research")}
            indicators = compute_indicators(answers, self.framework)
            characteristics(answers["coordinators"], method.cross_sections)
            index = build_index(indicators, Structure.from_hierarchy(self.framework.indicators), method)
        except KlastryError as error:
            assert str(error).strip() and "Traceback" not in str(error)
            return type(error).__name__
        scores = index.scores.to_numpy(dtype=float)
        assert np.isfinite(scores[~np.isnan(scores)]).all()
        assert ((scores >= 0) | np.isnan(scores)).all() and ((scores <= 1) | np.isnan(scores)).all()
        return "scored"


@pytest.fixture(scope="module")
def bench(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    data = tmp_path_factory.mktemp("fuzz") / "data"
    shutil.copytree(root / "data/framework", data / "framework")
    shutil.copytree(root / "data/reference", data / "reference")
    raw = root / "data/editions/2024/raw"
    files = {p.name: p.read_bytes() for p in raw.glob("*.csv") if ".unmet" not in p.name}
    lines = files["members.csv"].splitlines(keepends=True)
    few = [line for i, line in enumerate(lines) if i == 0 or i % 9 == 1]
    owners = {line.split(b",")[1] for line in few[1:]}
    files["members.csv"] = b"".join(few)
    assert owners
    edition = (root / "data/editions/2024/edition.yaml").read_text("utf-8")
    yield Bench(root, data, load_framework(data), files, edition)


def kind_of(seed: int) -> str:
    return "scored" if seed % 6 == 0 else "members" if seed % 6 == 1 else "small"


def test_what_is_not_broken_passes(bench: Bench) -> None:
    assert bench.run(bench.clean("scored")) == "scored"
    assert bench.run(bench.clean("small")) == "validated"


def test_broken_sets_score_or_stop_with_an_error_of_ours(bench: Bench) -> None:
    outcomes: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for seed in range(CASES):
        raw = spoil(bench.clean(kind_of(seed)), random.Random(seed))
        try:
            outcomes[bench.run(raw)] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, {raw.told}: {type(error).__name__}: {error}") from error
        used.update(raw.told)
    print(dict(outcomes))
    assert set(used) == {rule.__name__ for rule in RULES}
    assert outcomes["DataError"] > CASES / 3 and outcomes["scored"] + outcomes["validated"] > CASES / 20


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    text=st.text(max_size=40),
    name=st.sampled_from(KINDS["small"]),
    row=st.integers(1, 30),
    column=st.integers(0, 10),
    quoted=st.booleans(),
)
def test_any_text_in_any_cell(bench: Bench, text: str, name: str, row: int, column: int, quoted: bool) -> None:
    raw = bench.clean("small")
    lines = raw.files[f"{name}.csv"].decode("utf-8").splitlines()
    cells = lines[row].split(",")
    cells[column % len(cells)] = '"' + text.replace('"', '""') + '"' if quoted else text
    lines[row] = ",".join(cells)
    raw.files[f"{name}.csv"] = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    bench.run(raw)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.binary(max_size=300), name=st.sampled_from(KINDS["small"]), sidecar=st.booleans())
def test_any_bytes_as_a_file(bench: Bench, data: bytes, name: str, sidecar: bool) -> None:
    raw = bench.clean("small")
    raw.files[f"{name}.csv.source.yaml" if sidecar else f"{name}.csv"] = data
    bench.run(raw)


@pytest.mark.parametrize("seed", [2, 3, 8, 11, 17, 23])
def test_a_sample_through_the_command_line(bench: Bench, root: Path, tmp_path: Path, seed: int) -> None:
    raw = spoil(bench.clean("small"), random.Random(seed))
    project = tmp_path / "project"
    (project / "workflow").mkdir(parents=True)
    (project / "workflow/Snakefile").write_text("", "utf-8")
    shutil.copytree(bench.data / "framework", project / "data/framework")
    raw.write(project / "data/editions/2024")
    expected = bench.run(replace(raw))
    done = klastry(project, "validate")
    assert (done.returncode == 0) == (expected in ("validated", "scored"))
    assert "Traceback" not in done.stderr + done.stdout
    # The list of problems is the result of this command; what stops it before it has looked is an error.
    counted = re.search(r"^([1-9]\d*) (?:błąd|błęd|error)", done.stdout, re.M)
    stopped = done.stderr.startswith("klastry validate: ")
    assert (bool(counted), stopped) == (expected == "DataError", expected not in ("DataError", "validated")), done
    assert done.stderr == "" or stopped
    assert not (project / "build").exists()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_two_thousand_more(bench: Bench, part: int) -> None:
    for seed in range(10_000 + 200 * part, 10_000 + 200 * (part + 1)):
        raw = spoil(bench.clean(kind_of(seed)), random.Random(seed))
        try:
            bench.run(raw)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {raw.told}: {type(error).__name__}: {error}") from error
