"""The data that are facts: framework, codebooks, reference tables, registry, published copies fit each other."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "data"
PUBLISHED = DATA / "editions/2024/published"
BOOKS = DATA / "framework/questionnaires"
TYPES = {
    "id", "integer", "decimal", "amount", "percent", "yes_no", "tick", "level", "single", "rating", "year", "text",
}  # fmt: skip
RULES = {"value", "sum", "mean", "count_ticked", "category_score", "score_and_ticks", "level_sum", "share", "yes_no"}


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def indicators() -> pd.DataFrame:
    return read(DATA / "framework/indicators.csv").set_index("code")


@pytest.fixture(scope="module")
def codebooks() -> dict[str, pd.DataFrame]:
    return {p.stem: read(p) for p in sorted(BOOKS.glob("*.csv")) if not p.stem.startswith("option_lists")}


@pytest.fixture(scope="module")
def options() -> pd.DataFrame:
    return pd.concat([read(p) for p in sorted(BOOKS.glob("option_lists*.csv"))], ignore_index=True)


@pytest.fixture(scope="module")
def registry() -> pd.DataFrame:
    return read(DATA / "editions/2024/raw/registry.csv").astype({"members": int})


# ------------------------------------------------------------------------------------------------ framework


def test_indicators_are_those_of_the_annex(indicators: pd.DataFrame) -> None:
    printed = read(PUBLISHED / "indicators.csv").set_index("code")
    assert list(indicators.index) == list(printed.index)
    assert len(indicators) == 90
    for code, name in indicators["name_pl"].items():
        assert printed.at[code, "name_pl"].startswith(name), code
    unit = {"os.": "persons", "tys. zł": "thousand_pln", "mln zł": "million_pln", "%": "percent"}
    for code, row in printed.iterrows():
        if row["mean_str"]:
            assert indicators.at[code, "unit"] == unit.get(row["unit"], row["unit"]), code
            decimals = len(row["mean_str"].rstrip("%").partition(",")[2])
            assert int(indicators.at[code, "decimals"]) == decimals, code


def test_sub_areas_hold_as_many_indicators_as_table_3_says(indicators: pd.DataFrame) -> None:
    printed = read(PUBLISHED / "framework.csv").set_index("subarea_code")
    assert indicators.groupby("subarea").size().to_dict() == printed["n_indicators"].astype(int).to_dict()
    areas = read(DATA / "framework/areas.csv").set_index("code")
    for code, row in printed.iterrows():
        assert areas.at[code, "name_pl"] == row["subarea_name"]
        assert areas.at[code, "parent"] == row["area_code"]
        assert areas.at[row["area_code"], "name_pl"] == row["area_name"]


def test_short_names_fit_labels_and_are_distinct(indicators: pd.DataFrame) -> None:
    for column in ("short_pl", "short_en"):
        assert indicators[column].str.len().between(1, 45).all()
        assert not indicators[column].duplicated().any(), column


def test_every_rule_is_fed_by_items_of_its_codebook(
    indicators: pd.DataFrame, codebooks: dict[str, pd.DataFrame], options: pd.DataFrame
) -> None:
    wanted = {
        "count_ticked": {"tick"}, "level_sum": {"level"}, "category_score": {"single"}, "yes_no": {"yes_no"},
        "score_and_ticks": {"single", "tick"},
    }  # fmt: skip
    numeric = {"integer", "decimal", "amount", "percent"}
    for code, row in indicators.iterrows():
        assert row["rule"] in RULES, code
        book = codebooks[row["instrument"]].set_index("item")
        items = row["items"].split(";")
        assert len(items) == len(set(items)) > 0, code
        assert set(book.loc[items, "type"]) <= wanted.get(row["rule"], numeric), code
        assert (len(items) == 1) == (row["rule"] in {"value", "category_score", "yes_no"}), code
        for key, value in (option.split("=") for option in row["options"].split(";") if option):
            assert key in {"missing", "other"}, code
            assert value in {"propagate", "ignore"} if key == "missing" else book.at[value, "type"] == "integer", code
        if row["unit"] in {"thousand_pln", "million_pln", "percent", "m2", "persons"}:
            assert set(book.loc[items, "unit"]) == {row["unit"]}, code
        if row["rule"] == "category_score":
            listed = options[options["option_list"] == book.at[items[0], "option_list"]]
            assert sorted(listed["score"].astype(float)) == [0.0, 0.5, 1.0], code
    assert (indicators["instrument"] == "desk_research").sum() == 2


def test_printed_benchmarks_are_reachable(indicators: pd.DataFrame, codebooks: dict[str, pd.DataFrame]) -> None:
    """A closed list that cannot reach the printed benchmark would mean that an item or `other` is missing."""
    printed = read(PUBLISHED / "indicators.csv").set_index("code")
    for code, row in indicators.iterrows():
        if not printed.at[code, "benchmark"]:
            continue
        benchmark = float(printed.at[code, "benchmark"])
        book = codebooks[row["instrument"]].set_index("item")
        highest = book.loc[row["items"].split(";"), "max"].astype(float)
        reach = {"sum": highest.sum(), "count_ticked": highest.sum(), "level_sum": highest.sum()}.get(
            row["rule"], highest.max()
        )
        if "other=" in row["options"]:
            reach += float(book.at[row["options"].split("other=")[1], "max"])
        assert benchmark <= reach, code


def test_option_lists_have_the_printed_number_of_options(
    indicators: pd.DataFrame, codebooks: dict[str, pd.DataFrame]
) -> None:
    facts = read(PUBLISHED / "indicator_facts.csv")
    sizes = facts[(facts["kind"] == "list_size") & (facts["threshold"] == "")].set_index("code")["value"].astype(int)
    stems = {
        "I.2.5": "platform_functions", "I.3.4": "financial_instruments", "II.2.2": "communication_tools",
        "II.3.1": "value_chain", "II.3.2": "group_purchases", "II.3.3": "distribution_channels", "II.4.3": "promotion",
        "II.5.1": "innovation_services", "II.6.1": "it_systems", "II.6.2": "technologies",
        "IV.1.2": "authority_support", "IV.1.4": "research_cooperation", "IV.3.1": "environment_actions",
    }  # fmt: skip
    assert set(stems) == set(sizes.index)
    items = codebooks["coordinators"]["item"]
    for code, stem in stems.items():
        listed = items[items.str.startswith(f"{stem}__") & ~items.str.endswith("__other_count")]
        assert len(listed) == sizes[code], code
        assert set(listed) <= set(indicators.at[code, "items"].split(";")), code


@pytest.mark.parametrize("instrument", ["coordinators", "desk_research", "members", "websites"])
def test_codebook_is_well_formed(instrument: str, codebooks: dict[str, pd.DataFrame], options: pd.DataFrame) -> None:
    book = codebooks[instrument]
    assert not book["item"].duplicated().any()
    assert book["item"].str.fullmatch(r"[a-z][a-z0-9_]*").all()
    assert set(book["type"]) <= TYPES
    assert set(book["required"]) <= {"0", "1"}
    assert (book["question_pl"] != "").all() and (book["question_en"] != "").all()
    known = set(options["option_list"])
    choices = book[book["type"].isin(["single", "rating"])]
    assert set(choices["option_list"]) <= known, set(choices["option_list"]) - known
    bounds = book[(book["min"] != "") & (book["max"] != "")]
    assert (bounds["min"].astype(float) < bounds["max"].astype(float)).all()
    types = book.set_index("item")["type"]
    lists = book.set_index("item")["option_list"]
    for item, condition in book.set_index("item")["condition"].items():
        if not condition:
            continue
        match = re.fullmatch(r"(\w+)=(\w+(?:\|\w+)*)", condition)
        assert match and match[1] in types.index, (item, condition)
        values = set(match[2].split("|"))
        if types[match[1]] == "single":
            assert values <= set(options.loc[options["option_list"] == lists[match[1]], "option"]), item
        else:
            assert values <= {"0", "1"}, item


def test_options_are_distinct_and_labelled(options: pd.DataFrame) -> None:
    assert not options.duplicated(["option_list", "option"]).any()
    assert not options.duplicated(["option_list", "order"]).any()
    assert (options["label_pl"] != "").all() and (options["label_en"] != "").all()


def test_option_lists_repeat_the_reference_tables(options: pd.DataFrame) -> None:
    for name in ("sectors", "voivodeships", "kis"):
        table = read(DATA / f"reference/{name}.csv")
        listed = options[options["option_list"] == name]
        assert list(listed["option"]) == list(table["code"])
        assert list(listed["label_pl"]) == list(table["name_pl"])


def test_cross_sections_are_the_groups_of_the_annex() -> None:
    ours = read(DATA / "framework/cross_sections.csv")
    printed = read(PUBLISHED / "scores.csv")[["group_dim", "group"]].drop_duplicates()
    assert set(map(tuple, ours[["dimension", "group"]].to_numpy())) == set(map(tuple, printed.to_numpy()))
    assert not ours.duplicated(["dimension", "order"]).any()


# ------------------------------------------------------------------------------------------------ reference


def test_voivodeships_join_to_map_and_macroregions(registry: pd.DataFrame) -> None:
    table = read(DATA / "reference/voivodeships.csv")
    assert len(table) == 16 and (table["iso"] == "PL-" + table["teryt"]).all()
    outlines = json.loads((DATA / "reference/voivodeships.geojson").read_text("utf-8"))
    assert {f["properties"]["name"] for f in outlines["features"]} == set(table["natural_earth_name"])
    macro = read(DATA / "reference/macroregions.csv")
    assert set(table["macroregion"]) == set(macro["code"]) and len(macro) == 7
    seats = registry.merge(table, left_on="voivodeship", right_on="name_pl")
    assert len(seats) == 42
    claims = read(PUBLISHED / "claims.csv").set_index(["subject", "statistic"])["value"]
    counts = seats["macroregion"].value_counts()
    for code in ("eastern", "southern", "north_western"):
        assert counts[code] == int(claims["char:macroregion", f"count_eq({code})"])
    by_voivodeship = seats["voivodeship"].value_counts()
    for name in ("mazowieckie", "podkarpackie", "dolnośląskie", "małopolskie", "podlaskie"):
        assert by_voivodeship[name] == int(claims["char:voivodeship", f"count_eq({name})"])
    by_name = macro.set_index("code")["name_pl"]
    assert {by_name[c]: n for c, n in counts.items()} == {
        "wschodni": 11, "południowy": 7, "północno-zachodni": 7, "województwo mazowieckie": 6, "północny": 5,
        "południowo-zachodni": 4, "centralny": 2,
    }  # fmt: skip


def test_small_reference_tables() -> None:
    claims = read(PUBLISHED / "claims.csv").set_index(["subject", "statistic"])["value"]
    assert len(read(DATA / "reference/kis.csv")) == int(claims["char:kis", "count(options)"])
    means = read(PUBLISHED / "sector_means.csv")
    assert set(read(DATA / "reference/sectors.csv")["code"]) == set(means["sector_code"])


# ------------------------------------------------------------------------------------------------ registry


def test_registry_repeats_table_4(registry: pd.DataFrame) -> None:
    printed = read(PUBLISHED / "registry.csv").astype({"members": int})
    shared = [c for c in printed.columns if c in registry.columns]
    assert len(shared) == 8
    pd.testing.assert_frame_equal(registry[shared], printed[shared])
    divisions = read(DATA / "reference/pkd_divisions.csv").set_index("code")["name_pl"]
    assert (registry["pkd_code"].map(divisions) == registry["pkd_name"]).all()


def test_sectors_of_the_registry_give_the_member_means_of_table_10(registry: pd.DataFrame) -> None:
    table = read(PUBLISHED / "sector_means.csv")
    printed = table[table["indicator_label"] == "Liczba członków"].set_index("sector_code")["value"].astype(float)
    groups = registry.groupby("sector")["members"]
    assert groups.size().to_dict() == {"bio": 4, "chem": 6, "edu": 6, "ict": 9, "moto": 9, "metal": 8}
    for sector, total in groups.sum().items():
        assert abs(total / groups.size()[sector] - printed[sector]) <= 0.05 + 1e-9, sector
    assert registry["members"].sum() == 4942


def test_groups_of_the_registry_have_the_printed_sizes(registry: pd.DataFrame) -> None:
    claims = read(PUBLISHED / "claims.csv").set_index(["subject", "statistic"])["value"]
    size = pd.cut(registry["members"], [19, 49, 79, 149, 10_000], labels=["small", "medium", "large", "very_large"])
    counts = size.value_counts()
    for name in ("small", "medium", "large"):
        assert counts[name] == int(claims[("char:size_class", f"count_eq({name})")].iloc[0])
    assert counts["very_large"] == 10
    year = registry["operating_since"].where(registry["operating_since"] != "", registry["founded"]).astype(int)
    age = pd.cut(year, [1900, 2009, 2014, 2020]).value_counts(sort=False).tolist()
    assert age == [18, 16, 8]


def test_key_clusters_follow_the_rule_of_the_report(registry: pd.DataFrame) -> None:
    assert (registry["kkk"] == "yes").sum() == 17
    large = registry[registry["members"] > 100]
    claims = read(PUBLISHED / "claims.csv")
    exceptions = claims[claims["statement_en"].str.contains(r"\(no KKK\)")]["value"].astype(int)
    assert sorted(large.loc[large["kkk"] == "no", "members"]) == sorted(exceptions)
    small = registry[(registry["members"] <= 100) & (registry["kkk"] == "yes")]
    assert list(small["name"]) == ["Klaster Polska Grupa Motoryzacyjna"]


def test_registry_matches_its_sidecar() -> None:
    path = DATA / "editions/2024/raw/registry.csv"
    side = yaml.safe_load(path.with_name("registry.csv.source.yaml").read_text("utf-8"))
    assert side["sha256"] == digest(path)
    assert side["origin"] == "public"


# ------------------------------------------------------------------------------------------------ editions


@pytest.mark.parametrize("year", [2022, 2024])
def test_published_files_are_unchanged(year: int) -> None:
    folder = DATA / f"editions/{year}/published"
    side = yaml.safe_load((folder / "published.source.yaml").read_text("utf-8"))
    assert set(side["files"]) == {p.name for p in folder.glob("*.csv")}
    for name, entry in side["files"].items():
        assert entry["sha256"] == digest(folder / name), name


def test_statistics_of_2022_are_claims_of_the_report(indicators: pd.DataFrame) -> None:
    table = read(DATA / "editions/2022/published/statistics.csv")
    claims = read(PUBLISHED / "claims.csv").set_index("id")
    quoted = table[table["claim_id"] != ""].set_index("claim_id")
    assert len(quoted) > 250 and not quoted.index.duplicated().any()
    for column, source in (("value", "value"), ("subject", "subject"), ("source_line", "line")):
        assert (quoted[column] == claims.loc[quoted.index, source]).all(), column
    assert set(table["contradiction"]) - {""} <= set(read(PUBLISHED / "contradictions.csv")["id"])
    units = {"": 1.0}
    for _, row in table[table["factor"] != ""].iterrows():
        units[row["factor"]] = float(row["factor"])
        assert indicators.at[row["metric"], "unit"] in {"thousand_pln", "persons", "m2", "count"}
    assert set(units.values()) == {1.0, 1000.0, 0.001}


def test_swapped_statistics_of_2022_equal_the_current_ones() -> None:
    """The rows flagged E1 to E9 are flagged because they repeat Table 15 of the current edition."""
    table = read(DATA / "editions/2022/published/statistics.csv")
    printed = read(PUBLISHED / "indicators.csv").set_index("code")
    swapped = table[table["contradiction"].str.startswith("E") & table["statistic"].isin(["mean", "median", "max"])]
    assert len(swapped) > 15
    for _, row in swapped.iterrows():
        current = float(printed.at[row["metric"], {"max": "benchmark"}.get(row["statistic"], row["statistic"])])
        value = float(row["value"]) * float(row["factor"] or 1)
        half = 0.5 * 10.0 ** -len(row["value"].partition(".")[2]) * float(row["factor"] or 1)
        assert abs(value - current) <= half + 1e-9, row["claim_id"]


def test_comparability_decides_every_subject_and_gives_reasons() -> None:
    table = read(DATA / "editions/2022/published/comparability.csv").set_index("subject")
    statistics = read(DATA / "editions/2022/published/statistics.csv")
    assert table.index.is_unique
    assert {name.partition(":")[0] for name in table.index} <= {name.partition(":")[0] for name in statistics["metric"]}
    assert set(statistics["metric"]) <= set(table.index)
    assert set(table["comparable"]) == {"yes", "no"}
    refused = table[table["comparable"] == "no"]
    assert (refused["reason_pl"] != "").all() and ((table["reason_pl"] == "") == (table["reason_en"] == "")).all()
    # a statistic that repeats the current edition, or another indicator, is never a previous value
    swapped = statistics[statistics["contradiction"] != ""]["metric"]
    assert set(swapped) <= set(refused.index)
    assert {"IV.3.1", "III.2.7"} <= set(refused.index)
    assert table.at["III.2.7:granted", "comparable"] == "yes"


def test_history_repeats_table_11() -> None:
    ours = read(DATA / "editions/history.csv").set_index(["edition", "metric"])["value"]
    printed = read(PUBLISHED / "history.csv")
    names = {
        "clusters surveyed": "clusters", "members": "members_total",
        "enterprises among members": "members_enterprises",
    }  # fmt: skip
    table11 = printed[printed["metric"].isin(names) & (printed["edition"] != "2024")]
    assert len(table11) == 18
    for _, row in table11.iterrows():
        assert ours[row["edition"], names[row["metric"]]] == row["value"]
    assert "2024" not in ours.index.get_level_values("edition")


def test_edition_quotes_the_claims_it_names() -> None:
    info = yaml.safe_load((DATA / "editions/2024/edition.yaml").read_text("utf-8"))
    assert info["provenance"] == "reconstructed"
    design = info["design"]
    for key, fact in design.items():
        assert set(fact) <= {"value", "unit", "source_line", "note"} and {"value", "unit", "source_line"} <= set(
            fact
        ), key
    assert design["indicators"]["value"] == (
        design["indicators_coordinators"]["value"] + design["indicators_desk_research"]["value"]
    )
    assert design["clusters_took_part"]["value"] == (
        design["clusters_took_part_before"]["value"] + design["clusters_new"]["value"]
    )
    claims = read(PUBLISHED / "claims.csv")
    stated = {(row["line"], abs(float(row["value"]))) for _, row in claims.iterrows()}
    unclaimed = {k for k, f in design.items() if (str(f["source_line"]), float(f["value"])) not in stated}
    # not digitised as claims: a criterion, the year of the newest foundations, GUS growth quoted from the annex
    assert unclaimed == {"min_years_active", "newly_founded_after", "gus_revenue_growth"}
