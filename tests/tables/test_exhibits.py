"""Labels, titles and display tables."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.charts import polish_number
from analysis.errors import FactError, PublishError
from analysis.facts import FactSet
from analysis.framework import load_framework
from analysis.profiles.cross_sections import cross_sections
from analysis.profiles.statistics import answer_shares, indicator_statistics
from analysis.sources import load_edition
from analysis.tables import (
    add_previous_facts,
    add_row_facts,
    add_score_facts,
    area_table,
    edition_panels,
    framework_table,
    gap_facts,
    group_table,
    indicator_columns,
    indicator_table,
    load_labels,
    registry_table,
    score_columns,
    score_table,
    slug,
    subarea_figures,
)
from analysis.tables.scores import score_groups


@pytest.fixture(scope="module")
def labels(root):
    return load_labels(root / "report/labels", edition=load_edition(2024, root / "data").info)


@pytest.fixture(scope="module")
def framework(root):
    return load_framework(root / "data")


@pytest.fixture(scope="module")
def cross(framework):
    """Cross-sections of four invented respondents, two in each status."""
    rng = np.random.default_rng(1)
    index = ["R01", "R02", "R03", "R04"]
    scores = pd.DataFrame(rng.random((4, 25)), index=index, columns=framework.score_codes)
    scores.loc[["R01", "R02"]] += 1  # status holders are ahead everywhere
    traits = pd.DataFrame({"kkk": ["KKK", "KKK", "not KKK", "not KKK"]}, index=index)
    return cross_sections(scores / 2, traits, framework.cross_sections, dimensions=["all", "kkk"])


def test_both_languages_have_the_same_words(root):
    keys = {}
    for lang in ("pl", "en"):
        words = yaml.safe_load((root / f"report/labels/{lang}.yaml").read_text(encoding="utf-8"))
        keys[lang] = {f"{section}.{key}" for section, entries in words.items() for key in entries}
    assert keys["pl"] == keys["en"]


def test_titles_are_those_of_the_outline(root, labels):
    with (root / "report/exhibits.csv").open(encoding="utf-8", newline="") as handle:
        outline = {(row["kind"], int(row["no"])): (row["title"], row["chapter"]) for row in csv.DictReader(handle)}
    for kind, captions in (("figure", labels.figures), ("table", labels.tables)):
        last = max(number for name, number in outline if name == kind)
        for no, caption in captions.items():
            if no > last:  # added by this edition, after the numbers of the printed one
                continue
            title, chapter = outline[(kind, no)]
            assert caption["title"] == title, (kind, no)
            assert chapter.startswith(caption["chapter"]), (kind, no)


def test_unknown_exhibit_is_refused(labels):
    with pytest.raises(PublishError, match="figure 99"):
        labels.caption("figure", 99)


def test_framework_table_counts_ninety_indicators(framework, labels):
    table = framework_table(framework, labels).set_index("group")
    assert table.at["ALL", "n_indicators"] == 90
    assert table.loc[list(framework.areas.index), "n_indicators"].sum() == 90
    assert table.loc[list(framework.subareas.index), "n_indicators"].sum() == 90
    assert table["emphasis"].sum() == len(framework.areas) + 1


def test_registry_table_is_ordered_by_number_not_by_text():
    registry = pd.DataFrame(
        {"no": ["10", "2"], "name": ["B", "A"], "founded": "2010", "members": "30", "pkd_code": ["1", "62"],
         "pkd_name": ["uprawy", "programy"], "voivodeship": "łódzkie"}
    )  # fmt: skip
    table = registry_table(registry)
    assert list(table["name"]) == ["A", "B"]
    assert list(table["pkd"]) == ["62 – programy", "01 – uprawy"]


def test_indicator_table_of_every_area(framework, labels):
    rng = np.random.default_rng(2)
    indicators = pd.DataFrame(rng.integers(0, 30, (42, 90)).astype(float), columns=framework.codes)
    indicators.iloc[0, 0] = np.nan
    statistics = indicator_statistics(indicators)
    codebook = framework.codebooks["coordinators"]
    answers = pd.DataFrame(1, index=range(42), columns=codebook.loc[codebook["type"] == "tick", "item"])
    answers["strategy_status"] = ["updated"] * 21 + ["none"] * 21
    shares = answer_shares(answers, codebook, framework.option_lists)
    tables = {
        a: indicator_table(framework, statistics, shares, a, labels, number=polish_number)
        for a in framework.areas.index
    }
    rows = pd.concat(tables.values()).set_index("code")
    printed = rows[rows["emphasis"] == 0]
    assert list(printed.index) == framework.codes
    assert set(rows.index[rows["emphasis"] == 1]) == set(framework.subareas.index)
    assert printed.at["I.1.1", "n"] == 41
    assert "Bez odpowiedzi: 1." in printed.at["I.1.1", "remarks"]
    assert printed.at["II.1.1", "mean_text"] == ""
    assert "pisemna strategia podlegająca aktualizacji: 50%" in printed.at["II.1.1", "remarks"]
    assert printed.at["I.3.1", "mean_text"].count(",") == 1
    assert {c.name for c in indicator_columns(labels)} <= set(rows.columns)


def test_score_table_has_25_rows_in_annex_order(cross, framework, labels):
    table = score_table(cross, framework, "kkk", "KKK")
    assert list(table["code"]) == framework.score_codes
    assert list(table.loc[table["emphasis"] == 1, "code"]) == ["I", "II", "III", "IV", "V", "ALL"]
    assert (table["min"] <= table["median"]).all()
    assert (table["median"] <= table["benchmark"]).all()
    assert {c.name for c in score_columns(labels)} <= set(table.columns)


def test_annex_numbers_follow_the_dimensions(cross, framework):
    found = list(score_groups(cross, framework, ["all", "kkk"]))
    assert found == [(18, 4, "all", "all"), (19, 2, "kkk", "KKK"), (20, 2, "kkk", "not KKK")]


def test_unknown_group_is_refused(cross, framework):
    with pytest.raises(PublishError, match="no group"):
        score_table(cross, framework, "kkk", "maybe")


def test_edition_panels_leave_unpublished_values_missing(cross, framework, labels):
    published = pd.DataFrame(
        [("III", "median", "all", 0.22), ("III", "max", "all", 0.94), ("clusters", "count", "all", 41)],
        columns=["metric", "statistic", "group", "value"],
    )
    panels = edition_panels(cross, published, framework, labels)
    before = panels[panels["group_code"] == "previous"].set_index("code")
    assert before.at["III", "median"] == 0.22
    assert before.loc[["I", "II", "IV", "V"], ["median", "benchmark"]].isna().all(axis=None)
    assert set(before["n"]) == {41}
    assert panels.loc[panels["group_code"] == "current", "median"].notna().all()


def test_slugs_are_distinct_for_all_groups(framework):
    groups = list(framework.cross_sections["group"])
    assert len({slug(g) for g in groups}) == len(groups)


def test_score_facts_name_their_cell(cross):
    facts = FactSet("test")
    add_score_facts(facts, cross, path="x.csv")
    fact = facts["score.ALL.not_kkk.median"]
    assert fact.key == "kkk/not KKK/ALL/median"
    assert fact.n == 2
    row = cross[(cross["group"] == "not KKK") & (cross["code"] == "ALL") & (cross["measure"] == "median")]
    assert fact.value == row["value"].iloc[0]
    assert facts["group.kkk.n"].value == 2


def test_gap_facts_count_where_the_first_group_leads(cross, framework):
    facts = FactSet("test")
    names = {a: a for a in framework.areas.index}
    table = gap_facts(facts, cross, ("KKK", "not KKK"), names, prefix="gap", path="x.csv")
    assert facts["gap.ahead"].value == 5
    assert facts["gap.largest"].value == table["name"].iloc[0]
    assert facts["gap.largest.gap"].value >= facts["gap.smallest.gap"].value
    back = FactSet("test")
    gap_facts(back, cross, ("not KKK", "KKK"), names, prefix="gap", path="x.csv")
    assert back["gap.ahead"].value == 0


def test_row_facts_skip_what_is_missing():
    facts = FactSet("test")
    table = pd.DataFrame({"group": ["150+", "20-49"], "value": [10, 10], "share": [23.8, None], "n": [42, 42]})
    columns = {"value": {"unit": "clusters", "name": ""}, "share": {"unit": "percent", "decimals": 1}}
    add_row_facts(facts, table, "sample.size", path="x.csv", columns=columns)
    assert sorted(f.id for f in facts) == ["sample.size.150plus", "sample.size.150plus.share", "sample.size.20_49"]
    assert facts["sample.size.150plus"].n == 42


def test_row_facts_refuse_double_keys():
    table = pd.DataFrame({"group": ["a", "a"], "value": [1, 2]})
    with pytest.raises(FactError, match="more than one row"):
        add_row_facts(FactSet("test"), table, "x", path="x.csv", columns={"value": {}})


def test_previous_fact_must_be_published_once():
    published = pd.DataFrame({"claim_id": ["C1", "C2"], "metric": "I", "statistic": "max", "value": [0.78, 0.79]})
    with pytest.raises(FactError, match="2 published values"):
        add_previous_facts(FactSet("test"), published, {"x": ("I", "max", "score", 2)}, table="statistics.csv")


# Public facts on clusters, the framework, the printed report itself, cooperation of named organisations, the invented
# panel of the bridge, assumptions of the shocks, records of data/knowledge.
FROM_PUBLIC_FACTS = {
    *(("figure", n) for n in (1, 2, 7, 8, 11, 45, 52, 53)),
    *(("table", n) for n in (3, 4, 38, 39, 40, 41, 42, 43, 44, 46, 54, 57, 63, 64, 65, 66, 69, 70, 71, 72, 73)),
}


@pytest.mark.product
def test_reconstructed_exhibits_say_so(build):
    """Only exhibits made from public facts alone may leave out that answers are reconstructed."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(build.glob("40_analyses/*/*.json"))]
    exhibits = {(r["kind"], r["no"]): r["source"] for r in records if r.get("kind") in ("figure", "table")}
    silent = {key for key, said in exhibits.items() if "zrekonstruowan" not in said and "reconstructed" not in said}
    assert silent == FROM_PUBLIC_FACTS


def test_area_table_ends_with_the_area(cross, framework, labels):
    table = area_table(cross, framework, "III", labels)
    assert table["code"].tolist() == ["III.1", "III.2", "III.3", "III"] and table["emphasis"].tolist() == [0, 0, 0, 1]
    assert table["name"].iloc[-1] == "Wynik ogółem dla obszaru"
    whole = cross[(cross["dimension"] == "all") & (cross["code"] == "III")].set_index("measure")["value"]
    assert table.iloc[-1][["mean", "median", "benchmark"]].tolist() == pytest.approx(
        [whole["mean"], whole["median"], whole["benchmark"]]
    )


def test_group_table_has_all_clusters_first_and_the_divisions_that_exist(cross, framework, labels):
    table = group_table(cross, framework, "II.4", labels)
    assert table["group_code"].tolist() == ["all", "KKK", "not KKK"] and table["n"].tolist() == [4, 2, 2]
    assert table["panel"].tolist() == ["", "Status", "Status"]
    assert table["mean"].iloc[0] == pytest.approx(table["mean"].iloc[1:].mean())
    assert table["benchmark"].iloc[0] == table["benchmark"].max()


def test_every_subarea_has_its_figure_in_order(cross, framework, labels):
    figures = {no: code for no, code, _ in subarea_figures(cross, framework, labels)}
    assert list(figures.values()) == list(framework.subareas.index)
    assert list(figures) == [*range(20, 29), *range(30, 40)]
