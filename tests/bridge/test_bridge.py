"""The bridge between editions: exact, order-free, and right where the answer can be worked out by hand."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.bridge import FACTORS, Bridge, bridge, example_files, example_panel, read_side
from analysis.bridge.shapley import shapley_values
from analysis.cli import main
from analysis.composite.structure import Structure
from analysis.config import IndexMethod
from analysis.errors import MethodError

EXAMPLE = Path(__file__).resolve().parents[2] / "data/examples/bridge"
CAP = {"rule": "iqr_cap", "k": 1.5}


def structure(codes: list[str], *, direction: float = 1) -> Structure:
    table = pd.DataFrame(
        {"parent": ["ALL"] * len(codes) + [""], "direction": float(direction), "weight": 1.0, "name": ""},
        index=pd.Index([*codes, "ALL"], name="code"),
    )
    return Structure.from_table(table, source="test")


def made(first: pd.DataFrame, second: pd.DataFrame, *, direction: float = 1, **sections: object) -> Bridge:
    method = IndexMethod().replaced(**sections) if sections else IndexMethod()  # type: ignore[arg-type]
    tree = structure(list(first.columns), direction=direction)
    sides = [
        read_side(name, table.rename_axis("unit"), tree, method)
        for name, table in (("first", first), ("second", second))
    ]
    return bridge(*sides)


def column(values: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"x": pd.Series(values, dtype=float)})


def parts(result: Bridge, code: str = "x") -> dict[str, float]:
    return {factor: float(result.contributions.at[code, factor]) for factor in FACTORS}


# ------------------------------------------------------------------------------------------- answers known by hand


def test_nothing_changes_gives_zeros() -> None:
    table = column({"a": 0, "b": 4, "c": 10})
    result = made(table, table, treatment=CAP)
    assert np.abs(result.contributions[[*FACTORS, "change", "same_first", "same_second"]].to_numpy()).max() < 1e-15
    assert (result.ranges[["share", "lowest", "highest"]].abs() < 1e-15).all(axis=None)


def test_only_entry_within_the_range() -> None:
    before = {"a": 0.0, "b": 10.0}
    result = made(column(before), column({**before, "new": 2.0}))
    assert parts(result) == pytest.approx({**dict.fromkeys(FACTORS, 0.0), "entering": 0.4 - 0.5})


def test_only_leaving_from_within_the_range() -> None:
    after = {"a": 0.0, "b": 10.0}
    result = made(column({**after, "old": 2.0}), column(after))
    assert parts(result) == pytest.approx({**dict.fromkeys(FACTORS, 0.0), "leaving": 0.5 - 0.4})


def test_everybody_grows_alike_and_the_normalised_mean_does_not_see_it() -> None:
    """A shift of all units by a tenth of the range: the frame takes back exactly what the values give."""
    first = column({"a": 0.0, "b": 4.0, "c": 10.0})
    result = made(first, first + 1)
    shares = parts(result)
    assert result.contributions.at["x", "change"] == pytest.approx(0.0)
    assert shares["values"] == pytest.approx(0.1) and shares["frame"] == pytest.approx(-0.1)
    assert result.contributions.loc["x", ["same_first", "same_second"]].tolist() == pytest.approx([0.1, 0.1])


def test_newcomer_that_stretches_the_range() -> None:
    """Two switches that meet: the frame halves the scores of the old, the newcomer brings a score of 1 (or of 2)."""
    result = made(column({"a": 0.0, "b": 10.0}), column({"a": 0.0, "b": 10.0, "giant": 20.0}))
    # v: {} 0.5 · {frame} 0.25 · {entering} (0+1+2)/3 = 1 · both 0.5
    frame = ((0.25 - 0.5) + (0.5 - 1.0)) / 2
    entering = ((1.0 - 0.5) + (0.5 - 0.25)) / 2
    expected = {**dict.fromkeys(FACTORS, 0.0), "frame": frame, "entering": entering}
    assert parts(result) == pytest.approx(expected)
    assert result.frames.at["x", "second_set_by"] == "entering"
    spread = result.ranges.set_index("factor").loc["frame"]
    assert (spread["lowest"].iloc[0], spread["highest"].iloc[0]) == pytest.approx((-0.5, -0.25))


def test_only_the_fence_moves() -> None:
    """Same smallest and largest value, same median: the middle spreads, so that the fence rises."""
    first = column({"a": 0, "b": 4, "c": 5, "d": 6, "e": 40})
    second = column({"a": 0, "b": 2, "c": 5, "d": 8, "e": 40})
    result = made(first, second, treatment=CAP)
    assert (result.frames.at["x", "first_fence"], result.frames.at["x", "second_fence"]) == (9, 17)
    assert result.frames.at["x", "first_set_by"] == result.frames.at["x", "second_set_by"] == "cap"
    before, after = (0 + 4 + 5 + 6 + 9) / 45, (0 + 2 + 5 + 8 + 17) / 85
    cap_first = (0 + 4 + 5 + 6 + 17) / 85 - before  # on the old values
    cap_second = after - (0 + 2 + 5 + 8 + 9) / 45  # on the new ones
    shares = parts(result)
    assert shares["cap"] == pytest.approx((cap_first + cap_second) / 2)
    assert shares["values"] == pytest.approx((after - before) - shares["cap"])
    assert [shares[name] for name in ("answers", "frame", "entering", "leaving")] == pytest.approx([0, 0, 0, 0])


def test_an_answer_that_vanishes_is_no_change_of_values() -> None:
    first = column({"a": 0.0, "b": 10.0, "c": 5.0, "d": 8.0})
    second = first.copy()
    second.loc["d", "x"] = np.nan
    shares = parts(made(first, second))
    assert shares == pytest.approx({**dict.fromkeys(FACTORS, 0.0), "answers": 0.5 - 23 / 40})


def test_less_is_better_mirrors_the_parts() -> None:
    first, second = (table[["r1", "p1", "p2"]] for table in example_panel())
    up, down = (made(first, second, direction=sign, treatment=CAP).contributions for sign in (1, -1))
    np.testing.assert_allclose(up[list(FACTORS)], -down[list(FACTORS)], atol=1e-12)


# ------------------------------------------------------------------------------------------------------ properties


def test_shapley_values_are_means_over_all_orders() -> None:
    rng = np.random.default_rng(3)
    worth = rng.normal(size=(16, 2))
    by_hand = np.zeros((4, 2))
    orders = list(itertools.permutations(range(4)))
    for order in orders:
        coalition = 0
        for player in order:
            by_hand[player] += (worth[coalition | 1 << player] - worth[coalition]) / len(orders)
            coalition |= 1 << player
    np.testing.assert_allclose(shapley_values(worth), by_hand)
    with pytest.raises(ValueError, match="2\\^n"):
        shapley_values(worth[:5])


@st.composite
def two_editions(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    same, left, new = draw(st.integers(3, 6)), draw(st.integers(0, 3)), draw(st.integers(0, 3))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    names = [f"s{i}" for i in range(same)]
    tables = []
    for others in ([f"l{i}" for i in range(left)], [f"e{i}" for i in range(new)]):
        units = pd.Index([*names, *others])
        values = rng.gamma(1.0, 3.0, (len(units), 3))
        values[0] = 0  # a common worst value, so that no range lies beyond a fence
        holes = rng.random(values.shape) < 0.15
        holes[:2] = False
        tables.append(pd.DataFrame(np.where(holes, np.nan, values), index=units, columns=list("xyz")))
    return tables[0], tables[1]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(two_editions())
def test_parts_sum_to_the_change_and_turn_with_the_editions(panels: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    there, back = made(*panels, treatment=CAP), made(*reversed(panels), treatment=CAP)
    table, turned = there.contributions, back.contributions
    np.testing.assert_allclose(table[list(FACTORS)].sum(axis=1), table["after"] - table["before"], atol=1e-10)
    for factor in ("values", "answers", "frame", "cap"):
        np.testing.assert_allclose(table[factor], -turned[factor], atol=1e-10)
    np.testing.assert_allclose(table["entering"], -turned["leaving"], atol=1e-10)
    np.testing.assert_allclose(table["same_first"], -turned["same_second"], atol=1e-10)
    spread = there.ranges
    assert ((spread["lowest"] <= spread["share"] + 1e-10) & (spread["share"] <= spread["highest"] + 1e-10)).all()


def test_before_and_after_are_the_means_of_the_engine() -> None:
    first, second = example_panel()
    tree = structure(list(first.columns))
    method = IndexMethod().replaced(treatment=CAP)
    sides = [read_side(name, table, tree, method) for name, table in (("a", first), ("b", second))]
    table = bridge(*sides).contributions
    for column_name, side in zip(("before", "after"), sides, strict=True):
        np.testing.assert_allclose(table[column_name], side.scores[table.index].mean(), atol=1e-12)


def test_a_linear_index_without_gaps_adds_up_from_its_indicators() -> None:
    first, second = (table.drop(columns="p3") for table in example_panel())
    table = made(first, second, treatment=CAP).contributions
    np.testing.assert_allclose(
        table.loc["ALL", [*FACTORS, "change"]].astype(float),
        table.loc[list(first.columns), [*FACTORS, "change"]].mean().astype(float),
        atol=1e-12,
    )


def test_units_of_measurement_do_not_matter() -> None:
    first, second = example_panel()
    one = made(first, second, treatment=CAP).contributions
    other = made(first * 1000, second * 1000, treatment=CAP).contributions
    np.testing.assert_allclose(one[list(FACTORS)], other[list(FACTORS)], atol=1e-10)


# ------------------------------------------------------------------------------------------------- example, refusals


def test_the_example_is_what_its_function_makes_and_tells_its_story(capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in example_files().items():
        assert (EXAMPLE / name).read_text("utf-8") == content, name
    args = ["bridge", str(EXAMPLE / "first"), str(EXAMPLE / "second"), "--method", str(EXAMPLE / "method.yaml")]
    assert main(args) == 0
    assert "16 same, 4 entering, 3 leaving" in capsys.readouterr().out
    first, second = example_panel()
    table = made(first, second, treatment=CAP).contributions
    assert table.at["r2", "values"] == 0 and table.at["r2", "leaving"] > 0
    assert table.at["ALL", "change"] < 0 < table.at["ALL", "values"]  # units get better and the mean score falls
    assert table["answers"].abs().gt(1e-12).loc[["r1", "r2", "p1", "p2"]].sum() == 0


def test_tables_of_the_command(tmp_path: Path) -> None:
    args = ["bridge", str(EXAMPLE / "first"), str(EXAMPLE / "second"), "--out", str(tmp_path / "out")]
    assert main(args) == 0
    table = pd.read_csv(tmp_path / "out/contributions.csv").set_index("code")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "contributions.csv", "ranges.csv", "frames.csv", "units.csv",
    }  # fmt: skip
    np.testing.assert_allclose(table[list(FACTORS)].sum(axis=1), table["change"], atol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.rename(index=lambda u: f"other {u}"), "no unit in common"),
        (lambda t: t * 1000 + 5000, "same unit and by the same definition"),
    ],
)
def test_editions_that_cannot_be_bridged(change: object, message: str) -> None:
    first, _ = example_panel()
    with pytest.raises(MethodError, match=message):
        made(first, change(first), treatment=CAP)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"treatment": {"rule": "winsorise"}}, "treatment of x is `winsorise`"),
        ({"normalisation": {"rule": "zscore"}}, "normalisation of x is `zscore`"),
    ],
)
def test_methods_without_a_range_and_fences_are_refused(sections: dict[str, object], message: str) -> None:
    table = column({"a": 0.0, "b": 4.0, "c": 10.0, "d": 11.0})
    with pytest.raises(MethodError, match=message):
        made(table, table, **sections)


def test_frameworks_that_differ_are_refused_by_name() -> None:
    first, second = example_panel()
    a = read_side("first", first, structure(list(first.columns)), IndexMethod())
    b = read_side("second", second.drop(columns="p3"), structure(["r1", "r2", "p1", "p2"]), IndexMethod())
    with pytest.raises(MethodError, match="p3"):
        bridge(a, b)
    turned = read_side("second", second, structure(list(first.columns), direction=-1), IndexMethod())
    with pytest.raises(MethodError, match="direction of r1"):
        bridge(a, turned)


def test_an_indicator_nobody_of_both_editions_answered_is_named() -> None:
    first = pd.DataFrame({"x": [np.nan, 1.0, 2.0], "y": [0.0, 1.0, 2.0]}, index=["s", "l1", "l2"])
    second = pd.DataFrame({"x": [np.nan, 1.0, 2.0], "y": [0.0, 1.0, 2.0]}, index=["s", "e1", "e2"])
    with pytest.raises(MethodError, match="value of x"):
        made(first, second)


@pytest.mark.parametrize("missing", ["indicators.csv", "framework.csv"])
def test_missing_file_is_named(tmp_path: Path, missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in example_files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    (tmp_path / "second" / missing).unlink()
    out = tmp_path / "out"
    assert main(["bridge", str(tmp_path / "first"), str(tmp_path / "second"), "--out", str(out)]) == 2
    message = capsys.readouterr().err
    assert f"second/{missing}" in message and not out.exists()


def test_element_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bridge", str(EXAMPLE / "first"), str(EXAMPLE / "second"), "--code", "r9"]) == 2
    assert "no element `r9`" in capsys.readouterr().err
