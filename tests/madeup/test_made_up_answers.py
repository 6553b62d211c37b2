"""Made-up answers: valid at any seed and size, the same bytes at the same seed, and never taken for real ones."""

from __future__ import annotations

import ast
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.config import load_method
from analysis.errors import ConfigError, DataError, FrameworkError
from analysis.framework import Framework, load_framework
from analysis.indicators import compute_indicators
from analysis.ingest import validate_edition
from analysis.ingest.expressions import truth
from analysis.madeup import Size, make_up, write_made_up
from analysis.madeup.draws import allot, strata
from analysis.madeup.repair import CannotRepairError, make_true
from analysis.schemas import Item
from analysis.sources import load_edition


@pytest.fixture(scope="module")
def framework(root: Path) -> Framework:
    return load_framework(root / "data")


def edition_of(root: Path, tmp: Path, *, seed: int, size: Size, provenance: str = "made_up") -> Path:
    """Make a data folder with the framework of the project and one edition of made-up answers; returns it."""
    data = tmp / f"data-{seed}-{size.respondents}-{size.members}-{provenance}"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(root / "data" / "framework", data / "framework")
    shutil.copytree(root / "data" / "reference", data / "reference")
    folder = data / "editions" / "2026"
    folder.mkdir(parents=True)
    info = {
        "edition": 2026, "title": "Próba", "period": "2024-2025", "provenance": provenance,
        "publication_date": "2027-11-30",
    }  # fmt: skip
    (folder / "edition.yaml").write_text(yaml.safe_dump(info), encoding="utf-8")
    tables = make_up(load_framework(data), data / "framework", year=2026, size=size, seed=seed)
    write_made_up(tables, folder / "raw", year=2026, seed=seed, date="2027-11-30")
    return data


@settings(max_examples=4)
@given(seed=st.integers(0, 10_000), respondents=st.integers(2, 45), per_cluster=st.integers(5, 8))
def test_validation_finds_no_error(
    root: Path, tmp_path_factory: pytest.TempPathFactory, seed: int, respondents: int, per_cluster: int
) -> None:
    data = edition_of(
        root, tmp_path_factory.mktemp("made_up"), seed=seed, size=Size(respondents, respondents * per_cluster)
    )
    validated = validate_edition(load_edition(2026, data), load_framework(data))
    assert len(validated.tables["coordinators"]) == respondents
    assert len(validated.tables["members"]) == respondents * per_cluster
    assert set(validated.tables["members"]["respondent_id"]) == set(validated.tables["coordinators"]["respondent_id"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_indicators_and_scores_follow(root: Path, framework: Framework, tmp_path: Path, seed: int) -> None:
    data = edition_of(root, tmp_path, seed=seed, size=Size(20, 100))
    tables = validate_edition(load_edition(2026, data), framework).tables
    indicators = compute_indicators(tables, framework)
    index = build_index(
        indicators, Structure.from_hierarchy(framework.indicators, source="x"), load_method("default", root / "config")
    )
    assert indicators.shape == (20, len(framework.codes))
    assert index.scores.notna().all().all()
    assert index.scores.to_numpy().min() >= 0 and index.scores.to_numpy().max() <= 1
    assert (indicators.nunique() > 1).all(), "an indicator without spread tries nothing"


def test_same_seed_same_bytes_other_seed_other_bytes(root: Path, tmp_path: Path) -> None:
    size = Size(12, 60)
    raw = [
        edition_of(root, tmp_path / name, seed=seed, size=size) / "editions/2026/raw"
        for name, seed in (("a", 5), ("b", 5), ("c", 6))
    ]
    names = sorted(p.name for p in raw[0].iterdir())
    assert names == sorted(p.name for p in raw[1].iterdir())
    assert all((raw[0] / n).read_bytes() == (raw[1] / n).read_bytes() for n in names)
    assert (raw[0] / "coordinators.csv").read_bytes() != (raw[2] / "coordinators.csv").read_bytes()


def test_a_question_added_to_one_instrument_changes_no_answer_of_another(root: Path, framework: Framework) -> None:
    folder = root / "data/framework"
    books = dict(framework.codebooks)
    books["members"] = books["members"].iloc[:-1]
    shorter = Framework(
        framework.indicators, framework.areas, framework.subareas, books, framework.option_lists,
        framework.cross_sections,
    )  # fmt: skip
    whole = make_up(framework, folder, year=2026, size=Size(8, 40), seed=3)
    cut = make_up(shorter, folder, year=2026, size=Size(8, 40), seed=3)
    assert whole["coordinators"].equals(cut["coordinators"])


def test_options_and_skips_all_occur(root: Path, framework: Framework) -> None:
    """A trial is of use only if every group, option and skip of the questionnaire is tried."""
    tables = make_up(framework, root / "data/framework", year=2026, size=Size(40, 400), seed=1)
    answers = tables["coordinators"]
    assert answers["sector"].nunique() == 6 and answers["strategy_status"].nunique() == 3
    assert 0 < answers["kkk_plans"].isna().sum() < len(answers)
    assert answers["members_in__dolnoslaskie"].astype(int).sum() > 0
    assert answers["employment_total"].isna().any()
    assert 0.01 < answers.isna().mean().mean() < 0.15
    sizes = tables["members"]["respondent_id"].value_counts()
    assert sizes.min() >= 5 and sizes.max() > sizes.min()


def test_made_up_answers_do_not_pass_for_a_survey(root: Path, framework: Framework, tmp_path: Path) -> None:
    data = edition_of(root, tmp_path, seed=1, size=Size(6, 30), provenance="survey")
    with pytest.raises(DataError, match="made-up answers, but the edition says provenance: survey"):
        validate_edition(load_edition(2026, data), framework)


def test_real_answers_are_never_replaced(root: Path, framework: Framework, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(root / "data/editions/2024/raw", raw)
    before = {p.name: p.read_bytes() for p in raw.iterdir()}
    tables = make_up(framework, root / "data/framework", year=2024, size=Size(6, 30), seed=1)
    with pytest.raises(ConfigError, match=r"coordinators\.csv"):
        write_made_up(tables, raw, year=2024, seed=1, date="2027-11-30")
    assert before == {p.name: p.read_bytes() for p in raw.iterdir()}


def test_too_few_members_are_refused(root: Path, framework: Framework) -> None:
    with pytest.raises(ConfigError, match="need at least 5 each; ask for 50 or more"):
        make_up(framework, root / "data/framework", year=2026, size=Size(10, 20), seed=1)


def test_checks_against_each_other_are_named(root: Path, framework: Framework, tmp_path: Path) -> None:
    shutil.copytree(root / "data/framework", tmp_path / "framework")
    shutil.copytree(root / "data/reference", tmp_path / "reference")
    path = tmp_path / "framework/checks.csv"
    both = (("one", ">"), ("two", "<"))
    more = "".join(f"coordinators,{n},researchers {op} domestic_fairs,stop,x,y\n" for n, op in both)
    path.write_text(path.read_text("utf-8") + more, encoding="utf-8")
    with pytest.raises(FrameworkError, match="one, two"):
        make_up(framework, tmp_path / "framework", year=2026, size=Size(6, 30), seed=1)


@given(total=st.integers(0, 5000), weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_parts_add_up_and_keep_proportions(total: int, weights: list[float]) -> None:
    parts = allot(total, weights)
    assert sum(parts) == total and min(parts) >= 0
    if sum(weights) > 0:
        exact = [total * w / sum(weights) for w in weights]
        assert all(math.floor(e - 1e-6) <= p <= math.ceil(e + 1e-6) for e, p in zip(exact, parts, strict=True))


@given(seed=st.integers(0, 1000), n=st.integers(1, 50), coupling=st.floats(0, 1))
def test_every_stratum_holds_one_row(seed: int, n: int, coupling: float) -> None:
    rng = np.random.default_rng(seed)
    found = strata(rng.standard_normal(n), coupling, rng)
    assert sorted(found) == pytest.approx([(i + 0.5) / n for i in range(n)])


WHOLE = {name: Item(name, "integer", minimum=0, maximum=100) for name in "abcd"}


@pytest.mark.parametrize(
    "text",
    [
        "a == b + c", "a + b + c == 100", "a <= b", "a < b", "a >= b + c", "a > b", "a > 0 or b == 0", "a != 7",
        "a <= b and c <= d", "0 < a <= b", "b + c <= a",
    ],
)  # fmt: skip
@given(numbers=st.tuples(*[st.integers(1, 30)] * 4))
def test_statement_is_made_true_within_bounds(text: str, numbers: tuple[int, ...]) -> None:
    row = {name: float(v) for name, v in zip("abcd", numbers, strict=True)}
    tree = ast.parse(text, mode="eval").body
    make_true(tree, row, WHOLE)  # type: ignore[arg-type]
    assert bool(truth(tree, row))
    assert all(0 <= v <= 100 and v.is_integer() for v in row.values())


def test_what_cannot_be_made_true_is_said() -> None:
    with pytest.raises(CannotRepairError, match="a cannot be 300"):
        make_true(ast.parse("a == 300", mode="eval").body, {"a": 1.0}, WHOLE)
