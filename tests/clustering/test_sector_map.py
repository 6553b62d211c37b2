"""The map of sectors holds what the drawings and tables hold, and nothing that names a respondent."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.clustering.sector_map import page_data

UNITS = ["R3", "R1", "R2", "R4"]


@pytest.fixture
def data() -> dict:
    points = pd.DataFrame(
        {"x": [2.0, -1.0, 0.0, -1.0], "y": [1.0, 0.0, 3.0, -4.0], "type": [2, 1, 1, 1], "sector": list("abba")},
        index=UNITS,
    )
    profile = pd.DataFrame({"I.1": [1.0, -1.0, 3.0, 0.0], "I.2": [0.5, 0.0, 1.0, -0.5]}, index=UNITS)
    apart = pd.DataFrame({"a": ["a"], "b": ["b"], "distance": [0.7], "by_chance": [0.5], "p": [0.2]})
    merges = pd.DataFrame({"members": ["a;b"]})
    sectors = {"b": "Beta", "empty": "Nobody", "a": "Alpha"}
    return page_data(points, profile, apart, merges, (60.0, 20.0), sectors, {1: "weak", 2: "strong"},
                     {"I.1": "People", "I.2": "Money"})  # fmt: skip


def test_a_sector_stands_at_the_mean_of_its_clusters(data):
    alpha = next(s for s in data["sectors"] if s["code"] == "a")
    assert (alpha["x"], alpha["y"], alpha["size"]) == (0.5, -1.5, 2)
    assert alpha["profile"] == [0.5, 0.0] and alpha["types"] == [1, 1]


def test_sectors_keep_their_order_and_empty_ones_are_left_out(data):
    assert [s["code"] for s in data["sectors"]] == ["b", "a"]
    assert data["merges"] == [["a", "b"]] and data["pairs"][0]["distance"] == 0.7


def test_no_respondent_can_be_told(data):
    assert not any(unit in json.dumps(data) for unit in UNITS)
    assert [(p["x"], p["y"]) for p in data["points"]] == [(-1.0, -4.0), (-1.0, 0.0), (0.0, 3.0), (2.0, 1.0)]
    assert all(set(point) == {"x", "y", "sector", "type"} for point in data["points"])
