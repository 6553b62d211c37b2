"""What a publication shows without search: lists of scores, rows of a picture, columns that bound each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
from test_intervals import described, released

from analysis.config import Disclosure
from analysis.disclosure import assess, exposure, links
from analysis.disclosure.bounds import places
from analysis.disclosure.column import as_printed


def test_six_statistics_of_four_scores_are_their_list_and_of_nine_are_not() -> None:
    rng = np.random.default_rng(3)
    four, nine = rng.uniform(0, 1, 4), rng.uniform(0, 1, 9)
    column = released([*four, *nine], {"d": ["a"] * 4 + ["b"] * 9}, resolution=0.0001)
    found = exposure.revealed_lists([column], threshold=0.02).set_index("group")
    assert found.loc["a", "revealed"] == 1 and found.loc["b", "revealed"] == 0
    least, most = places(column, column.released[0])
    sorted_scores = np.sort(four) / float(column.unit)
    assert (least <= sorted_scores).all() and (sorted_scores < most + 1).all()


def test_rows_are_matched_one_after_the_other() -> None:
    rows = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [1.0, 1.0, np.nan]})
    low = pd.DataFrame({"x": [0.0, 0.0, 0.0], "y": [0.0, 0.0, np.nan]})
    high = pd.DataFrame({"x": [1.5, 2.5, 9.0], "y": [2.0, 2.0, np.nan]})
    # The third lacks y; the second row fits only the second respondent, which leaves the first row to the first.
    assert exposure.matched_rows(rows, low, high) == 3
    wide = high.assign(x=[9.0, 9.0, 9.0])
    assert exposure.matched_rows(rows, low, wide) == 1


def test_dominant_columns_are_those_with_one_giant() -> None:
    values = pd.DataFrame({"a": [100.0, 1, 1], "b": [3.0, 3, 3], "c": [0.0, 0, np.nan]})
    assert exposure.dominant(values, n=1, k=75) == ["a"]


def test_a_parent_bounds_its_children_and_never_wrongly() -> None:
    rng = np.random.default_rng(5)
    children = pd.DataFrame({"A.1": rng.uniform(0, 1, 12), "A.2": rng.uniform(0, 1, 12)}, index=list("abcdefghijkl"))
    scores = children.assign(A=children.mean(axis=1))
    membership = pd.DataFrame({"d": list("xxxyyyyzzzzz"), "e": list("pqpqpqpqpqpq")}, index=scores.index)
    rows = [
        (dimension, group, len(own), code, measure, value)
        for dimension in membership
        for group, own in scores.groupby(membership[dimension])
        for code in scores
        for measure, value in described(own[code].to_numpy()).items()
    ]
    cross = pd.DataFrame(rows, columns=["dimension", "group", "n", "code", "measure", "value"])
    scored, rule = scores.notna(), Disclosure()
    columns = assess.score_columns(assess.release(cross, 2), membership, scored, rule, scale=(0, 1), quantile_type=7)
    table = assess.intervals_table(columns, rule, seed=1)
    before = links.expand(columns, table)
    ones = pd.DataFrame(1.0, index=scores.index, columns=["A.1", "A.2"])
    after = links.tighten(columns, before, scored, links.links_of({"A": ["A.1", "A.2"]}, ones))
    assert (after["low"] >= before["low"]).all() and (after["high"] <= before["high"]).all()
    assert (after["high"] - after["low"]).sum() < (before["high"] - before["low"]).sum()
    unit = float(columns[0].unit)
    for code in scores:
        true = scores[code].to_numpy() / unit
        own = after.loc[code]
        assert (own["low"].to_numpy() <= true + 1e-6).all() and (true < own["high"].to_numpy() + 1 + 1e-6).all()
    summary = links.linked_summary(before, after, {"area": ["A"]}, wide=200).set_index("part")
    assert (summary["linked"] >= summary["alone"]).all()


def test_rounding_to_multiples_is_half_up_and_is_what_the_attack_assumes() -> None:
    assert [str(as_printed(v, 2, 0.05)) for v in (0.324, 0.325, 0.974, 0.975)] == ["0.30", "0.35", "0.95", "1.00"]
    rng = np.random.default_rng(0)
    scores = pd.DataFrame({"S": rng.uniform(0, 1, 8)}, index=list("abcdefgh"))
    membership = pd.DataFrame({"d": list("aaaabbbb"), "e": list("xyxyxyxy")}, index=scores.index)
    rows = [
        (d, g, len(own), "S", m, v)
        for d in membership
        for g, own in scores["S"].groupby(membership[d])
        for m, v in described(own.to_numpy()).items()
    ]
    cross = pd.DataFrame(rows, columns=["dimension", "group", "n", "code", "measure", "value"])
    coarse = Disclosure(rule="custom", rounding=0.05)
    share = {}
    for name, rule in (("fine", Disclosure()), ("coarse", coarse)):
        out = assess.release(cross, 2, rule.rounding)
        made = assess.score_columns(out, membership, scores.notna(), rule, scale=(0, 1), quantile_type=7)
        found = links.expand(made, assess.intervals_table(made, rule, seed=1))
        true = scores["S"].to_numpy() / float(made[0].unit)
        assert (found["low"].to_numpy() <= true + 1e-6).all() and (true < found["high"].to_numpy() + 1).all()
        share[name] = int((found["high"] - found["low"]).sum())
    assert share["coarse"] > share["fine"]
