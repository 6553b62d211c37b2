"""Coordinators against members: verdicts and agreement worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import FrameworkError
from analysis.framework import load_framework, read_text_table
from analysis.opinions.counts import Counts, Item, closed_items
from analysis.opinions.triangulation import contradictions, kappa, share_in_clusters, summarise, triangulate

ITEM = Item("asked", "22", "single", "l", ("yes", "no", "dont_know"), (float("nan"),) * 3)
NAMES = pd.Index(["A", "B", "C", "D"])
# yes, no, don't know
COUNTS = Counts(NAMES, (ITEM,), {"asked": np.array([[9, 1, 5], [1, 9, 0], [4, 5, 0], [0, 0, 3]])})
CLAIM = {"topic": "t", "kind": "claim", "coordinator": "said=a|b", "members": "asked", "yes": "yes",
         "left_out": "dont_know", "threshold": "50"}  # fmt: skip
SIZES = pd.Series(1000, index=NAMES)


def test_verdicts_need_the_whole_interval_to_contradict() -> None:
    said = pd.DataFrame({"said": ["b", "a", "a", "none"]}, index=NAMES)
    table = triangulate(said, COUNTS, pd.DataFrame([CLAIM]), sizes=SIZES, level=0.95).set_index("cluster")
    # A: 90% bear it out; B: 10% do not, even at the upper limit; C: 44%, the interval reaches a half; D: silent.
    assert list(table["verdict"]) == ["agrees", "contradicts", "differs", ""]
    assert list(table["n"]) == [10, 10, 9, 0]
    found = contradictions(table.reset_index())
    assert list(found["cluster"]) == ["B"] and found["gap"].iloc[0] == pytest.approx(90)


def test_a_cluster_that_answered_completely_has_no_interval() -> None:
    table = share_in_clusters(COUNTS, CLAIM, pd.Series([10, 20, 9, 5], index=NAMES), 0.95)
    assert table.at["A", "low"] == table.at["A", "high"] == 90
    assert table.at["B", "low"] < 10 < table.at["B", "high"]
    wide = share_in_clusters(COUNTS, CLAIM, SIZES, 0.95)
    assert wide.at["B", "high"] > table.at["B", "high"]


def test_kappa_of_a_hand_example() -> None:
    """20 both yes, 15 both no, 5 and 10 apart: p_o 0.7, p_e 0.5, κ 0.4 (the textbook table of 50 proposals)."""
    first, second = [True] * 25 + [False] * 25, [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert kappa(first, second) == pytest.approx(0.4)
    assert np.isnan(kappa([True, True], [True, True]))


def test_agreement_counts_only_where_both_sides_speak() -> None:
    said = pd.DataFrame({"said": ["b", "a", "", "none"]}, index=NAMES)
    made = triangulate(said, COUNTS, pd.DataFrame([CLAIM]), sizes=SIZES, level=0.95)
    table = summarise(made, pd.DataFrame([CLAIM]), permutations=99, rng=np.random.default_rng(1)).iloc[0]
    assert (table["clusters"], table["agrees"], table["contradicts"]) == (2, 1, 1) and table["agreement"] == 50


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"coordinator": "nowhere=a"}, "t names `nowhere`"), ({"members": "other"}, "t names `other`"),
     ({"kind": "share"}, "not of the form item/item"), ({"coordinator": "said!"}, "cannot be read")],
)  # fmt: skip
def test_a_topic_that_cannot_be_read_is_named(changes: dict[str, str], message: str) -> None:
    said = pd.DataFrame({"said": ["b", "a", "", "none"]}, index=NAMES)
    with pytest.raises(FrameworkError, match=message):
        triangulate(said, COUNTS, pd.DataFrame([CLAIM | changes]), sizes=SIZES, level=0.95)


def test_topics_and_headlines_of_the_edition_name_questions_and_answers_that_exist(root) -> None:  # type: ignore[no-untyped-def]
    framework = load_framework(root / "data")
    items = {i.name: i for i in closed_items(framework.codebooks["members"], framework.option_lists)}
    asked = set(framework.codebooks["coordinators"]["item"])
    for topic in read_text_table(root / "data/framework/triangulation.csv").to_dict("records"):
        options = items[topic["members"]].options
        assert set(topic["yes"].split("|")) <= set(options) and set(topic["left_out"].split("|")) <= {*options, ""}
        named = topic["coordinator"].replace(">", "=").split("=")[0].split("/")
        assert set(named) <= asked and bool(topic["threshold"]) == (topic["kind"] == "claim")
    lists = {i.option_list: set(i.options) for i in items.values()}
    heads = read_text_table(root / "data/framework/member_headlines.csv").set_index("option_list")["options"]
    for name, options in heads.items():
        assert set(options.split("|")) <= lists[str(name)]
    assert {i.option_list for i in items.values() if i.type == "single"} == set(heads.index)
