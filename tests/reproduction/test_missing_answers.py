"""What the printed areas say about missing answers, asked of the solver."""

from dataclasses import replace
from pathlib import Path

import pytest
from ortools.sat.python import cp_model

from analysis.reproduction.reconstruction import labels, missing
from analysis.reproduction.reconstruction.published import load_published
from analysis.reproduction.reconstruction.targets import ScoreModel

EDITION = Path(__file__).resolve().parents[2] / "data/editions/2024"


@pytest.fixture(scope="module")
def printed():
    return load_published(EDITION), labels.read_labels(EDITION)


def area_model(printed, area: str) -> ScoreModel:
    published, found = printed
    model = ScoreModel(published, found.of, found.without_iv4)
    for name in (area, *model.subareas(area)):
        model.column(name)
    return model


def status(model: ScoreModel) -> int:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 60
    return solver.solve(model.model)


@pytest.mark.parametrize("area", ["I", "IV"])
def test_area_is_impossible_with_the_missing_answers_that_are_printed(printed, area: str, monkeypatch) -> None:
    """The reason for further missing answers: with those of Table 10 alone the solver refutes the area."""
    stated = tuple(g if g.by_sector or g.total else replace(g, total=0) for g in missing.GAPS[area])
    monkeypatch.setitem(missing.GAPS, area, stated)
    model = area_model(printed, area)
    gaps = missing.add_gaps(model.model, area, model.sizes, model.sector, printed[1].without_iv4, {})
    model.tie(area, gaps.counts)
    assert status(model) == cp_model.INFEASIBLE


def test_mean_of_available_weights_by_answers() -> None:
    model = cp_model.CpModel()
    area = model.new_int_var(0, 10_000, "")
    a, b = model.new_constant(3000), model.new_constant(9000)
    switch = [model.new_bool_var("") for _ in range(2)]
    model.add_exactly_one(switch)
    missing.mean_of_available(model, area, [a, b], [(switch[0], (4, 2)), (switch[1], (2, 2))])
    solver = cp_model.CpSolver()
    for chosen, expected in ((0, 5000), (1, 6000)):
        one = model.clone()
        one.add(switch[chosen] == 1)
        assert solver.solve(one) == cp_model.OPTIMAL
        assert solver.value(area) == expected
