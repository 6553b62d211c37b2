"""The script of the page against the engine: same weights, same scores, ranks and medians; and what a survey shows."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis.composite.index import rank_scores
from analysis.composite.presets import element_weights, presets, weighted, why_not
from analysis.composite.structure import Structure
from analysis.config import Aggregation, load_method
from analysis.errors import MethodError
from analysis.framework import load_framework
from analysis.publish import numbers, weights_page
from analysis.publish.publication import Publication, open_publication

_NODE = shutil.which("node")
needs_node = pytest.mark.skipif(_NODE is None, reason="node is not installed; the page's script cannot be run")
_RUN = """
const api = require(process.argv[1]);
const input = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const out = input.runs.map(({weights, code}) => {
  const made = api.compute(input.data, weights, code);
  return {...made, shown: made.scores.map(s => api.format(s, 3)), medianShown: made.medians.map(s => api.format(s, 3)),
          back: api.fromFragment("#" + api.toFragment(weights), input.codes)};
});
out.push(input.formats.map(([value, decimals]) => api.format(value, decimals)));
console.log(JSON.stringify(out));
"""


def in_browser(
    root: Path, data: dict[str, Any], runs: list[dict[str, Any]], formats: list[Any], codes: list[str]
) -> Any:
    done = subprocess.run(
        [str(_NODE), "-e", _RUN, str(root / "report/style/weights.js")],
        input=json.dumps({"data": data, "runs": runs, "formats": formats, "codes": codes}),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def small(area_from: str, seed: int) -> tuple[pd.DataFrame, Structure, Aggregation, dict[str, Any]]:
    """A made-up index: 12 units, 3 areas, 7 sub-areas, ties and missing values."""
    rng = np.random.default_rng(seed)
    rows = []
    for area, subs in (("A", 2), ("B", 3), ("C", 2)):
        for s in range(1, subs + 1):
            rows += [(f"{area}.{s}.{i}", area, f"{area}.{s}") for i in range(1, int(rng.integers(2, 6)))]
    table = pd.DataFrame(rows, columns=["code", "area", "subarea"]).set_index("code")
    structure = Structure.from_hierarchy(table)
    values = pd.DataFrame(
        rng.choice([0, 0.25, 1 / 3, 0.5, 1, np.nan], (12, len(table))), columns=table.index,
        index=pd.Index([f"R{i:02d}" for i in range(1, 13)], name="respondent_id"),
    )  # fmt: skip
    values.iloc[:, 0] = rng.random(12)
    values[[c for c in table.index if c.endswith(".1")]] = values[[c for c in table.index if c.endswith(".1")]].fillna(
        0.1
    )
    codes = list(table.index)
    data = {
        "areaFrom": area_from,
        "units": list(values.index),
        "values": [[None if pd.isna(x) else float(x) for x in row] for row in values.to_numpy()],
        "areas": [
            {
                "code": a,
                "subareas": [
                    {"code": s, "indicators": [codes.index(c) for c in structure.leaves(s)]}
                    for s in structure.children(a)
                ],
            }
            for a in structure.children(structure.root)
        ],
        "groups": [{"units": list(range(12))}, {"units": [0, 3, 4, 9, 11]}],
    }
    settings = Aggregation.model_validate({"rule": "arithmetic", "area_from": area_from})
    return values, structure, settings, data


def draw(rng: np.random.Generator, codes: list[str]) -> dict[str, float]:
    """Random weights, some of them zero, some not named."""
    return {
        c: float(rng.choice([0.0, round(rng.uniform(0, 5), 2), rng.uniform(0, 5)], p=[0.1, 0.5, 0.4]))
        for c in codes
        if rng.random() < 0.8
    }


def compare(made: dict[str, Any], scores: pd.Series, groups: list[list[int]]) -> None:
    expected = [None if pd.isna(x) else float(x) for x in scores]
    assert made["scores"] == expected, "the sums differ in the last bit"
    ranks = rank_scores(scores.to_frame())["x"]
    assert made["ranks"] == [None if pd.isna(r) else int(r) for r in ranks]
    assert made["shown"] == [numbers.MISSING if x is None else numbers.number(x, 3) for x in expected]
    medians = [float(np.nanmedian(scores.iloc[g])) for g in groups]
    assert made["medianShown"] == [numbers.number(m, 3) for m in medians]


@needs_node
@pytest.mark.parametrize("area_from", ["indicators", "subareas"])
def test_the_script_repeats_the_engine_on_made_up_data(root: Path, area_from: str) -> None:
    values, structure, settings, data = small(area_from, 7)
    areas = list(structure.children(structure.root))
    codes = [c for a in areas for c in (a, *structure.children(a))]
    rng = np.random.default_rng(11)
    runs = [{"weights": w, "code": c} for w in ({}, *(draw(rng, codes) for _ in range(25))) for c in ("ALL", "B")]
    made = in_browser(root, data, runs, [], codes)
    for run, result in zip(runs, made[:-1], strict=True):
        scores = weighted(values, structure, settings, run["weights"])[run["code"]].rename("x")
        if scores.notna().any():
            compare(result, scores, [list(g["units"]) for g in data["groups"]])
        assert result["back"] == {c: w for c, w in run["weights"].items() if w != 1}


@needs_node
def test_numbers_are_rounded_as_everywhere_in_the_report(root: Path) -> None:
    rng = np.random.default_rng(3)
    cases = [(0.125, 2), (2.675, 2), (0.0005, 3), (-0.0004, 3), (1.0, 0), (0.9995, 3), (1e-9, 3), (99.95, 1)]
    cases += [(float(x), 3) for x in rng.random(300)] + [(k / 2000, 3) for k in range(400)]
    _, _, _, data = small("indicators", 1)
    assert in_browser(root, data, [], cases, [])[-1] == [numbers.number(v, d) for v, d in cases]


@needs_node
@pytest.mark.product
def test_the_page_repeats_the_engine_on_the_edition(root: Path, build: Path) -> None:
    page = BeautifulSoup((build / "60_report/html" / weights_page.FILE).read_text("utf-8"), "html.parser")
    data = json.loads(page.select_one("#dane-wag").string)  # type: ignore[union-attr, arg-type]
    framework = load_framework(root / "data")
    structure = Structure.from_hierarchy(framework.indicators)
    normalised = pd.read_csv(build / "30_scores/normalised.csv", index_col="respondent_id")
    settings = load_method("default", root / "config").aggregation
    codes = [*framework.areas.index, *framework.subareas.index]
    rng = np.random.default_rng(2024)
    weightings = [{}, *(p.weights for p in presets(structure)), *(draw(rng, codes) for _ in range(12))]
    runs = [{"weights": dict(w), "code": c} for w in weightings for c in ("ALL", "III")]
    made = in_browser(root, data, runs, [], codes)
    for run, result in zip(runs, made[:-1], strict=True):
        scores = weighted(normalised, structure, settings, run["weights"])[run["code"]].rename("x")
        if scores.notna().any():
            compare(result, scores, [list(g["units"]) for g in data["groups"]])
    # The published weights give what the report prints.
    published = pd.read_csv(build / "30_scores/scores.csv")
    own = published[published["code"] == "ALL"].set_index("respondent_id").loc[data["units"]]
    assert made[0]["ranks"] == list(own["rank"]) and np.allclose(made[0]["scores"], own["score"], atol=1e-12)
    crosses = pd.read_csv(build / "40_analyses/cross_sections.csv")
    crosses = crosses[(crosses["code"] == "ALL") & (crosses["measure"] == "median")].set_index(["dimension", "group"])
    for group, median in zip(data["groups"], made[0]["medians"], strict=True):
        assert median == pytest.approx(crosses.at[(group["dimension"], group["group"]), "value"], abs=1e-12)


@pytest.mark.product
def test_without_a_script_ready_weightings_are_there(build: Path) -> None:
    page = BeautifulSoup((build / "60_report/html" / weights_page.FILE).read_text("utf-8"), "html.parser")
    assert page.select_one("#wagi[hidden]") and page.select_one("#wyniki-wag[hidden]") and page.noscript
    data = json.loads(page.select_one("#dane-wag").string)  # type: ignore[union-attr, arg-type]
    rows = page.select("#miejsca tbody tr")
    heads = [th.get_text(strip=True) for th in page.select("#miejsca thead th")]
    assert len(rows) == len(data["units"]) and len(heads) == 2 + len(data["presets"])
    for row in rows:
        cells = [c.get_text(strip=True) for c in row.find_all(["th", "td"])]
        at = data["units"].index(cells[0])
        assert cells[2:] == [str(p["ranks"][at]) for p in data["presets"]]
    assert len(page.select("#mediany tbody tr")) == len(data["groups"])


@pytest.mark.product
def test_answers_of_a_survey_stay_out_unless_the_edition_says_so(root: Path, build: Path) -> None:
    pub = open_publication(root, build, 2024)
    assert weights_page.weights_data(pub) is not None

    def told(**info: Any) -> Publication:
        return replace(pub, info={**pub.info, **info})

    assert weights_page.weights_data(told(provenance="survey")) is None
    assert weights_page.weights_data(told(provenance="survey", publish_respondents="yes")) is None
    assert weights_page.weights_data(told(provenance="survey", publish_respondents=True)) is not None


def test_weights_by_hand_need_plain_means_and_known_codes(root: Path) -> None:
    assert why_not(load_method("default", root / "config")) == ""
    assert "geometric" in why_not(load_method("geometric", root / "config"))
    assert "by_number" in why_not(load_method("equal_indicators", root / "config"))
    _, structure, _, _ = small("indicators", 7)
    with pytest.raises(MethodError, match=r"no area or sub-area B\.9"):
        element_weights(structure, {"B.9": 2})
    with pytest.raises(MethodError, match="negative"):
        element_weights(structure, {"B": -1})


def test_equal_subareas_and_equal_indicators_are_what_they_say() -> None:
    values, structure, settings, _ = small("indicators", 5)
    full = values.fillna(0.2)
    ready = {p.name: p.weights for p in presets(structure)}
    text = Aggregation.model_validate({"rule": "arithmetic", "area_from": "subareas"})
    even = weighted(full, structure, settings, ready["equal_subareas"])
    pd.testing.assert_frame_equal(even, weighted(full, structure, text, {}))
    same = weighted(full, structure, settings, ready["equal_indicators"])[structure.root]
    pd.testing.assert_series_equal(same, full.mean(axis=1), check_names=False)
