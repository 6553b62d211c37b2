"""Statements of the running text: grammar, what approximations allow, links, conflicts, and known values by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.config import load_method
from analysis.errors import DataError
from analysis.framework import load_framework, read_text_table
from analysis.reproduction import ledger as L
from analysis.reproduction.claims import claim_key
from analysis.reproduction.claims.conflicts import Cell, excuse_by_print
from analysis.reproduction.claims.data import ClaimData, input_numbers, values_of
from analysis.reproduction.claims.grammar import holds, in_words, parse_statistic, parse_unit, stands_for
from analysis.reproduction.claims.resolve import LINK_COLUMNS, resolve
from analysis.reproduction.claims.rows import Evaluated, claim_rows
from analysis.reproduction.evaluators import Answers
from analysis.reproduction.ledger.model import ledger_table
from analysis.reproduction.printed import parse_printed
from analysis.reproduction.published import SCHEMAS

ROOT = Path(__file__).resolve().parents[2]
EDITIONS = ROOT / "data" / "editions"

# --- a small survey: four clusters ----------------------------------------

IDS = pd.Index(["R1", "R2", "R3", "R4"], name="respondent_id")


def small() -> ClaimData:
    framework = load_framework(ROOT / "data")
    coordinators = pd.DataFrame(
        {
            "budget_2022": [1.0, 2.0, 3.0, np.nan], "budget_2023": [2.0, 2.0, 4.0, 5.0],
            "members_total": [40, 60, 100, 200], "members_enterprises": [20, 50, 100, 100],
            "members_joined": [5, 0, 4, 1], "members_left": [1, 2, 0, 0],
            "strategy_status": ["none", "updated", "updated", "not_updated"],
            "strategy_scope__green": [np.nan, 1, 0, 1], "strategy_scope__digitalisation": [np.nan, 1, 0, 0],
            "strategy_scope__social": [np.nan, 0, 0, 0],
            "seat_voivodeship": ["opolskie", "slaskie", "slaskie", "opolskie"],
            "members_in__opolskie": [10, 6, 0, 50], "members_in__slaskie": [30, 30, 50, 150],
        },
        index=IDS,
    )  # fmt: skip
    indicators = pd.DataFrame(
        {"I.3.1": [3.0, 4.0, 7.0, np.nan], "IV.4.1": [10.0, 50.0, 40.0, np.nan], "III.2.1": [0.0, 0.0, 2.0, 4.0]},
        index=IDS,
    )
    characteristics = pd.DataFrame(
        {"sector": ["ict", "ict", "bio", "bio"], "kkk": ["KKK", "not KKK", "KKK", "KKK"]}, index=IDS
    )
    members = pd.DataFrame(
        {
            "respondent_id": ["R1", "R1", "R2"], "benefits": ["large", "small", ""],
            "priority__digital": ["yes", "average", "dont_know"],
        }
    )  # fmt: skip
    answers = Answers(framework, coordinators, indicators, characteristics, members)
    scores = pd.DataFrame(
        [(r, c, s) for c, values in {"I": (0.1, 0.2, 0.4, 0.8), "ALL": (0.1, 0.2, 0.3, 0.7)}.items()
         for r, s in zip(IDS, values, strict=True)],
        columns=["respondent_id", "code", "score"],
    )  # fmt: skip
    design = {"base_active": {"value": 70}}
    return ClaimData(
        answers, scores, pd.DataFrame({"headings": [1, 0, 0], "keyboard": [1, 1, 0]}),
        pd.DataFrame({"name": ["Klaster A", "Klaster B"], "members": ["501", "20"]}),
        input_numbers(design, load_method("default", ROOT / "config"), framework),
        pd.DataFrame([{"claim_id": "C9", "value": "2.5", "unit": "million_pln"}]),
        pd.DataFrame([{"edition": "2022", "metric": "members_total", "value": "320", "unit": "members"}]),
    )  # fmt: skip


def claim(**cells: str) -> dict[str, str]:
    base = {
        "id": "C1", "line": "1", "section": "5.1", "statement_en": "s", "subject": "I.3.1 budget", "statistic": "mean",
        "group": "all", "period": "2022-2023", "value": "1", "unit": "clusters", "printed": "p",
    }  # fmt: skip
    return base | cells


def links_of(*rows: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(LINK_COLUMNS, "") | r for r in rows], columns=list(LINK_COLUMNS))


def evaluate(made: dict[str, str], *links: dict[str, str]) -> Evaluated:
    return claim_rows(pd.DataFrame([made]), small(), links_of(*links))[0]


SCOPE = {"subject": "x", "items": "strategy_scope__green", "how": "share_of_clusters"}


@pytest.mark.parametrize(
    ("made", "link", "expected", "match"),
    [
        # indicators come in thousand złoty; statements in their own unit
        (claim(value="4.67", unit="PLN thousand"), None, 14 / 3, "yes"),
        (claim(value="4.7", unit="PLN thousand", statistic="median"), None, 4.0, "no"),
        (claim(value="2", statistic="count_gt(3500)"), None, 2, "yes"),
        (claim(value="1", statistic="count_missing"), None, 1, "yes"),
        (claim(value="3", unit="PLN thousand", statistic="mean_lt", group="sector:ICT"), None, 3.5, "no"),
        (claim(value="3", unit="projects", subject="III.2.1 projects", group="active"), None, 3, "yes"),
        (claim(value="50", unit="%", subject="III.2.1 projects", statistic="share_eq(0)"), None, 50, "yes"),
        (claim(value="40", subject="IV.4.1 kis", statistic="total"), None, 100, "no"),
        (claim(value="63.3", unit="%", subject="IV.4.1 kis", statistic="mean_share_of(enterprises)"), None, 190 / 3,
         "yes"),
        (claim(subject="IV.4.1 kis", statistic="count_share_eq(100%)"), None, 1, "yes"),
        (claim(value="100", unit="%", subject="IV.4.1 kis", statistic="share_at_max"), None, 100, "yes"),
        (claim(value="0.8", subject="area:I", statistic="max", unit="score 0-1"), None, 0.8, "yes"),
        (claim(value="0.4", subject="area:I", statistic="rank2", unit="score 0-1"), None, 0.4, "yes"),
        (claim(value="0.6", subject="overall", statistic="iqr", unit="score 0-1"), None, 0.4 - 0.175, "no"),
        # 2 of 4 clusters: the cluster without a strategy was not asked, but is a cluster
        (claim(value="50", unit="%", subject="x", statistic="share"), SCOPE, 50, "yes"),
        (claim(value="7", subject="x", statistic="total"), {"subject": "x", "items": "members_joined-members_left"}, 7,
         "yes"),
        (claim(value="10", unit="%", subject="x", statistic="change_pct"),
         {"subject": "x", "items": "members_total", "how": "total", "against": "history:2022:members_total"}, 25, "no"),
        (claim(value="86.4", unit="%", subject="x", statistic="change_pct"),
         {"subject": "x", "items": "I.3.1", "how": "mean", "against": "printed:C9"}, 100 * (14 / 7.5 / 1000 - 1), "no"),
        (claim(value="42.5", unit="%", subject="x", statistic="mean"), {"subject": "x", "items": "same_region_share"},
         (25 + 50 + 50 + 25) / 4, "no"),
        (claim(value="501", subject="x", statistic="value"),
         {"subject": "x", "items": "registry:members:Klaster A", "how": "input"}, 501, "yes"),
        (claim(value="50", unit="%", subject="member:Q11 b", statistic="share"),
         {"subject": "member:Q11 b", "items": "benefits=large"}, 50, "yes"),
        (claim(value="4.0", unit="score 1-5", subject="member:Q25 d", statistic="mean"),
         {"subject": "member:Q25 d", "items": "priority__digital"}, 4, "yes"),
        (claim(subject="x", statistic="count_eq(0)"), {"subject": "x", "items": "site:headings+keyboard"}, 1, "yes"),
        (claim(value="70", subject="x", statistic="count"),
         {"subject": "x", "items": "design:base_active", "how": "input"}, 70, "yes"),
        (claim(value="2.5", unit="PLN million", period="2020-2021", id="C9"), None, 2.5, "yes"),
    ],
)  # fmt: skip
def test_statements_by_hand(made: dict[str, str], link: dict[str, str] | None, expected: float, match: str) -> None:
    row = evaluate(made, *([link] if link else [])).row
    assert row["recomputed"] == pytest.approx(expected)
    assert row["match"] == match


def test_what_a_row_is_compared_with_is_said() -> None:
    assert evaluate(claim(value="4.67", unit="PLN thousand")).row["basis"] == "answers"
    earlier = evaluate(claim(value="2.4", unit="PLN million", period="2020-2021", id="C9")).row
    assert (earlier["basis"], earlier["match"]) == ("print", "no")
    assert "two printed numbers compared" in earlier["reason"]
    none = evaluate(
        claim(statistic="count_leaders", subject="area:III"), {"subject": "area:III", "how": "none", "note": "w"}
    )
    assert (none.row["match"], none.row["reason"], none.row["recomputed"]) == ("not computable", "w", None)


# --- what is not understood ----------------------------------------


@pytest.mark.parametrize(
    ("made", "link", "column", "value", "remedy"),
    [
        (claim(subject="char:mood"), None, "subject", "char:mood", "name the answers"),
        (claim(statistic="avarage"), None, "statistic", "avarage", "correct it, or extend"),
        (claim(group="sector:steel"), None, "group", "sector:steel", "add a link"),
        (claim(unit="million dollars"), None, "unit", "million dollars", "SCALES"),
        (claim(value="many"), None, "value", "many", "compare with the printed report"),
        (claim(statistic="threshold_gt"), None, "statistic", "threshold_gt", "what it is compared with"),
        (claim(subject="x"), {"subject": "x", "items": "bugdet"}, "subject", "x", "correct the link"),
        (
            claim(subject="x"),
            {"subject": "x", "items": "design:nothing", "how": "input"},
            "subject",
            "x",
            "correct the link",
        ),
        (claim(), {"subject": "y", "items": "members_total"}, "subject", "y", "remove it"),
    ],
)
def test_what_is_not_understood_names_its_place(
    made: dict[str, str], link: dict[str, str] | None, column: str, value: str, remedy: str
) -> None:
    with pytest.raises(DataError) as raised:
        evaluate(made, *([link] if link else []))
    text = str(raised.value)
    for part in ("claims.csv", "row 2", f"column {column}", repr(value), remedy):
        assert part in text, (part, text)


def test_all_problems_come_at_once() -> None:
    rows = pd.DataFrame([claim(), claim(id="C2", statistic="avarage"), claim(id="C3", unit="thousand x"), claim()])
    with pytest.raises(DataError) as raised:
        resolve(rows, links_of())
    assert "3 problems" in str(raised.value) and "the id is there twice" in str(raised.value)


# --- the rules for numbers that are not equalities ----------------------------------------


@pytest.mark.parametrize(
    ("value", "printed", "relation", "expected"),
    [
        (45.0, "50", "almost", True), (50.0, "50", "almost", False), (44.9, "50", "almost", False),
        (50.0, "50", "slightly", False), (55.0, "50", "slightly", True), (55.1, "50", "slightly", False),
        (45.0, "50", "about", True), (55.0, "50", "about", True), (55.01, "50", "about", False),
        (50.0, "50", "gt", False), (50.0, "50", "ge", True), (49.9, "50", "lt", True), (50.0, "50", "le", True),
        (-46.0, "-50", "almost", True), (-54.6, "-50", "almost", False),
        (49.5, "50", "", True), (49.4, "50", "", False), (49.96, "50.0", "", True), (49.94, "50.0", "", False),
    ],
)  # fmt: skip
def test_relations(value: float, printed: str, relation: str, expected: bool) -> None:
    number = parse_printed(printed)
    assert number is not None
    assert holds(value, number, relation) is expected


def test_ranges_include_their_ends_and_nothing_else() -> None:
    number = parse_printed("6.5")
    assert number is not None
    assert [holds(v, number, "range", 6, 7) for v in (5.99, 6.0, 7.0, 7.01)] == [False, True, True, False]
    assert stands_for(number, "about") is None and in_words(number, "about")


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("PLN million", (1_000_000, "")), ("% (almost)", (1, "almost")), ("x (more than)", (1, "gt")),
        ("thousand (almost)", (1000, "almost")), ("clusters", (1, "")), ("PLN billion", None),
    ],
)  # fmt: skip
def test_units(unit: str, expected: tuple[int, str] | None) -> None:
    assert parse_unit(unit) == expected


def test_a_qualifier_may_stand_in_the_statement() -> None:
    assert parse_unit("thousand persons", "Mean employment, biotech (almost)") == (1000, "almost")


def test_grammar() -> None:
    for text in (
        "count_between(2010;2014)",
        "share_le(25)_gt",
        "count_share_lt(50%)",
        "share_of(char:members_total)_lt",
    ):
        assert parse_statistic(text) is not None, text
    assert parse_statistic("share_of_clusters_ge(20)") is not None
    for text in ("avarage", "count_gt(many)", "mean_range(2)", "share_of()"):
        assert parse_statistic(text) is None, text


# --- printed numbers that differ about one quantity ----------------------------------------


def conflicts(*claims: dict[str, str], cells: tuple[Cell, ...] = ()) -> pd.DataFrame:
    found = claim_rows(pd.DataFrame(claims), small(), links_of())
    made = ledger_table([f.row for f in found])
    return excuse_by_print(made, [*(Cell.of_statement(f) for f in found), *cells], small())


def test_a_number_printed_otherwise_elsewhere_is_contradicted_and_says_where() -> None:
    got = conflicts(
        claim(id="C1", statistic="count_gt(3500)", value="2"), claim(id="C2", statistic="count_gt(3500)", value="3")
    )
    assert list(got["match"]) == ["yes", "contradicted"]
    assert got["reason"].iloc[1] == "C1 prints 2"


def test_a_number_is_not_excused_by_one_that_is_not_reproduced_either() -> None:
    got = conflicts(
        claim(id="C1", statistic="count_gt(3500)", value="1"), claim(id="C2", statistic="count_gt(3500)", value="3")
    )
    assert list(got["match"]) == ["no", "no"]


def test_numbers_that_some_value_prints_together_do_not_conflict() -> None:
    got = conflicts(claim(id="C1", value="4.67", unit="PLN thousand"), claim(id="C2", value="4.7", unit="PLN thousand"),
                    claim(id="C3", value="4.6", unit="PLN thousand"))  # fmt: skip
    assert list(got["match"]) == ["yes", "yes", "contradicted"]


def test_two_numbers_of_an_earlier_edition_contradict_each_other() -> None:
    data = small()
    rows = pd.DataFrame([claim(id="C9", value="2.5", unit="PLN million", period="2020-2021"),
                         claim(id="C8", value="3.5", unit="PLN million", period="2020-2021")])  # fmt: skip
    earlier = pd.DataFrame(
        [{"claim_id": i, "value": v, "unit": "million_pln"} for i, v in (("C9", "2.5"), ("C8", "3.5"))]
    )
    known = ClaimData(data.answers, data.scores, data.websites, data.registry, data.inputs, earlier, data.history)
    found = claim_rows(rows, known, links_of())
    got = excuse_by_print(ledger_table([f.row for f in found]), [Cell.of_statement(f) for f in found], known)
    assert list(got["match"]) == ["contradicted", "contradicted"]


# --- keys ----------------------------------------


def test_keys_say_what_statements_have_in_common() -> None:
    assert claim_key(claim(statistic="max", group="sector:ICT")) == ("I.3.1", "benchmark", "sector: ict", "2024")
    assert claim_key(claim(subject="area:III", period="2020-2021"))[::3] == ("III", "2022")
    assert claim_key(claim(subject="I.2.5 f:communication")).code == "I.2.5:communication"
    assert (
        claim_key(claim(subject="char:eucles", period="2025")).edition
        != claim_key(claim(subject="char:eucles", period="end-2023")).edition
    )


# --- the published statements and the built ledger ----------------------------------------


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    return read_text_table(EDITIONS / "2024/published/claims.csv")


def test_every_published_statement_is_resolved(published: pd.DataFrame) -> None:
    found = resolve(published, read_text_table(EDITIONS / "2024/reproduction/claims.csv"))
    assert [c.row["id"] for c in found] == list(published["id"])
    assert list(published.columns) == list(SCHEMAS["claims"])


def test_statements_about_earlier_editions_are_the_ones_transcribed(published: pd.DataFrame) -> None:
    earlier = read_text_table(EDITIONS / "2022/published/statistics.csv").set_index("claim_id")["value"]
    mine = published.set_index("id")["value"]
    assert (mine[earlier.index] == earlier).all()


@pytest.fixture(scope="module")
def built() -> dict[str, pd.DataFrame]:
    root = ROOT / "build" / "2024"
    names = {
        "ledger": "40_analyses/reproduction.csv", "c": "10_validated/coordinators.csv", "m": "10_validated/members.csv",
        "w": "10_validated/websites.csv", "s": "30_scores/scores.csv", "d": "10_validated/desk_research.csv",
        "r": "10_validated/registry.csv",
    }  # fmt: skip
    return {key: pd.read_csv(root / name, dtype={"id": str}) for key, name in names.items()}


def ols(y: pd.Series, x: pd.Series) -> tuple[float, float]:
    slope, intercept = np.polyfit(x.to_numpy(float), y.to_numpy(float), 1)
    return float(slope), float(intercept)


def score(t: dict[str, pd.DataFrame], code: str) -> pd.Series:
    rows = t["s"][t["s"]["code"] == code]
    return rows.set_index("respondent_id")["score"].reindex(t["c"]["respondent_id"])


BY_HAND: dict[str, Callable[[dict[str, pd.DataFrame]], float]] = {
    "C0001": lambda t: len(t["c"]),
    "C0003": lambda t: len(t["m"]),
    "C0005": lambda t: score(t, "I").median(),
    "C0016": lambda t: t["c"]["members_total"].between(20, 49).sum(),
    "C0041": lambda t: t["c"]["coordinator_staff"].between(1, 2).sum(),
    "C0044": lambda t: 100 * (t["m"]["coordinator_staff"].dropna() == "sufficient").mean(),
    "C0056": lambda t: (t["c"]["budget_2022"] + t["c"]["budget_2023"]).mean() / 1000,
    "C0058": lambda t: ((t["c"]["budget_2022"] + t["c"]["budget_2023"]) > 1000).sum(),
    "C0062": lambda t: (t["c"]["public_funds_2022"] + t["c"]["public_funds_2023"]).median(),
    "C0088": lambda t: 100 * t["c"]["public_project_members"].sum() / t["c"]["members_total"].sum(),
    "C0095": lambda t: t["c"]["innovation_projects"][t["c"]["innovation_projects"] > 0].mean(),
    "C0169": lambda t: t["m"]["international_actions__foreign_fairs"].map({"no": 1, "average": 3, "yes": 5}).mean(),
    "C0229": lambda t: t["c"]["took_part_2022"].sum(),
    "C0240": lambda t: t["c"]["founding_year"].between(2010, 2014).sum(),
    "C0248": lambda t: t["r"].loc[t["r"]["name"].str.contains("Polski Klaster Budowlany"), "members"].iloc[0],
    "C0257": lambda t: 100 * (t["c"]["members_total"].sum() / 4208 - 1),
    "C0288": lambda t: 16 - t["c"]["seat_voivodeship"].nunique(),
    "C0297": lambda t: t["c"].loc[t["c"]["seat_voivodeship"] != "mazowieckie", "members_in__mazowieckie"].sum(),
    "C0319": lambda t: (t["c"].filter(like="kis__").sum(axis=1) >= 4).sum(),
    "C0337": lambda t: ols(score(t, "ALL"), t["c"]["members_total"])[0],
    "C0338": lambda t: ols(score(t, "ALL"), t["c"]["members_total"])[1],
    "C0340": lambda t: np.corrcoef(score(t, "ALL"), t["c"]["members_total"])[0, 1] ** 2,
    "C0353": lambda t: score(t, "ALL")[(t["c"]["strategy_status"] != "updated").to_numpy()].max(),
    "C0500": lambda t: 100 * (
        t["c"].dropna(subset=["budget_2022", "budget_2023"])["budget_2023"].sum()
        / t["c"].dropna(subset=["budget_2022", "budget_2023"])["budget_2022"].sum() - 1
    ),
    "C0853": lambda t: score(t, "IV").nlargest(2).iloc[-1],
    "C0986": lambda t: 100 * t["c"].loc[t["c"]["environment_actions__circular_economy"] == 1,
                                        "circular_economy__raw_materials"].mean(),
    "C1009": lambda t: 100 * (t["c"]["enterprises_in_kis"] / t["c"]["members_enterprises"]).mean(),
    "C1018": lambda t: 100 * (t["c"]["enterprises_in_kis"] / t["c"]["members_enterprises"])[
        t["c"]["enterprises_in_kis"].idxmax()],
    "C1090": lambda t: (t["d"]["website_languages"] == 0).sum(),
    "C1272": lambda t: t["c"].loc[t["c"]["sector"] == "edu", "employment_total"].mean() / 1000,
    "C1360": lambda t: 100 * (t["c"]["strategy_scope__green"] == 1).sum() / len(t["c"]),
    "C1374": lambda t: t["c"].loc[t["c"]["kkk_status"] == 1].filter(like="value_chain__").sum(axis=1).mean(),
    "C1453": lambda t: 100 * ((t["c"]["members_total"].mean() / 84.4) ** (1 / 6) - 1),
    "C1536": lambda t: np.subtract(*np.percentile(score(t, "I"), [75, 25])),
    "C1552": lambda t: 100 * ((t["w"]["form_labels"] + t["w"]["keyboard"]) == 0).mean(),
}  # fmt: skip


@pytest.mark.product
@pytest.mark.parametrize("claim_id", sorted(BY_HAND))
def test_known_statements_of_the_build_by_hand(claim_id: str, built: dict[str, pd.DataFrame]) -> None:
    ledger = built["ledger"]
    row = ledger[ledger["id"] == claim_id].iloc[0]
    assert row["recomputed"] == pytest.approx(float(BY_HAND[claim_id](built)), rel=1e-9)


@pytest.mark.product
def test_every_statement_has_one_row_and_a_reason_where_it_needs_one(
    built: dict[str, pd.DataFrame], published: pd.DataFrame
) -> None:
    claims = built["ledger"][built["ledger"]["source"] == "claims"]
    assert list(claims["id"]) == list(published["id"])
    assert set(claims["match"]) <= set(L.MATCHES) and set(claims["basis"]) == {"answers", "inputs", "print"}
    assert claims.loc[claims["match"].isin(["contradicted", "not computable"]), "reason"].notna().all()
    assert claims["chapter"].notna().all() and claims["section"].notna().all()
    equal = claims[claims["match"].eq("yes") & claims["difference"].notna()]
    assert len(equal) > 1000 and equal["difference"].eq(0).all()
    # a claim in words has no number, and few statements are left out
    assert (claims["match"] == "not computable").sum() < 50


@pytest.mark.product
def test_a_fabricated_statement_is_reported(built: dict[str, pd.DataFrame]) -> None:
    """The ledger of the build, with one true and one wrong number of members, over the real answers."""
    framework, root = load_framework(ROOT / "data"), ROOT / "build" / "2024"
    index = {"index_col": "respondent_id"}
    answers = Answers(
        framework, pd.read_csv(root / "10_validated/coordinators.csv", **index),
        pd.read_csv(root / "20_indicators/indicators.csv", **index),
        pd.read_csv(root / "20_indicators/characteristics.csv", **index), built["m"],
    )  # fmt: skip
    data = small()
    real = ClaimData(answers, built["s"], built["w"], built["r"], data.inputs, data.earlier, data.history)
    total = values_of("members_total", "", real).sum()
    rows = [
        claim(id=f"C{i}", subject="char:m", statistic="total", value=f"{v:.0f}")
        for i, v in enumerate((total, total + 1))
    ]
    got = claim_rows(pd.DataFrame(rows), real, links_of({"subject": "char:m", "items": "members_total"}))
    assert [g.row["match"] for g in got] == ["yes", "no"]
    assert got[1].row["difference"] == -1
