"""The committed answers of members and the website audit give the printed numbers, and nothing else is claimed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.errors import DataError, FrameworkError
from analysis.reproduction import member_counts as mc
from analysis.reproduction import reconstruct_members as rm
from analysis.reproduction.claims.grammar import holds, parse_unit
from analysis.reproduction.members_table import compare_members_table, members_table
from analysis.reproduction.printed import parse_printed
from analysis.reproduction.reconstruct_websites import fail_together, reconstruct_websites
from analysis.schemas import cell_problems, parse_codebook

DATA = Path(__file__).resolve().parents[2] / "data"
EDITION, FRAMEWORK = DATA / "editions" / "2024", DATA / "framework"
PUBLISHED, RAW = EDITION / "published", EDITION / "raw"
HABIT = mc.RatingHabit((-0.2, 1.0), (-0.15, 0.7))


def text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def survey() -> rm.Survey:
    return rm.load_survey(PUBLISHED, FRAMEWORK)


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return text(RAW / "members.csv")


@pytest.fixture(scope="module")
def comparison(survey: rm.Survey, answers: pd.DataFrame) -> pd.DataFrame:
    table = members_table(answers, survey.codebook, survey.option_lists)
    return compare_members_table(survey.published, table)


# -------------------------------------------------------------------------------------------- the printed table


def test_printed_table_follows_from_the_answers(comparison: pd.DataFrame) -> None:
    assert len(comparison) == 208
    assert comparison["match"].sum() == 206


def test_rows_that_do_not_follow_are_exactly_the_listed_ones(comparison: pd.DataFrame) -> None:
    key = ["question_no", "item_pl", "option"]
    unmet = text(RAW / "members.unmet.csv")
    of_table = unmet["unit"] != "% (stated in the running text)"
    missed, listed = comparison[~comparison["match"]], unmet[of_table]
    assert missed[key].to_records(index=False).tolist() == listed[key].to_records(index=False).tolist()
    assert (unmet["reason"] != "").all()
    stated = unmet.loc[~of_table, ["item", "code", "published", "line"]].to_records(index=False).tolist()
    assert stated == [("resource_fit__research_infrastructure", "high", "20", "2258")]


def test_every_question_of_the_codebook_is_printed_and_the_reverse(survey: rm.Survey, comparison: pd.DataFrame) -> None:
    tabulated = set(comparison["item"].dropna()) - {""}
    answered = survey.codebook[survey.codebook["type"].isin(["single", "rating"])]
    assert set(answered["item"]) <= tabulated
    assert survey.codebook["question_no"][survey.codebook["question_no"] != ""].nunique() == 26


def test_a_changed_answer_is_noticed(survey: rm.Survey, answers: pd.DataFrame) -> None:
    spoilt = answers.copy()
    spoilt.loc[spoilt.index[spoilt["role"] == "member_only"][:3], "role"] = "1_body"
    table = compare_members_table(survey.published, members_table(spoilt, survey.codebook, survey.option_lists))
    assert table["match"].sum() == 204


# ------------------------------------------------------------------------------------ shares stated by the text


def share_is_as_stated(claim: str, share: float) -> bool:
    """Read the statement from the published claims, by the grammar of the ledger."""
    row = text(PUBLISHED / "claims.csv").set_index("id").loc[claim]
    found, printed = parse_unit(row["unit"]), parse_printed(row["value"])
    assert found is not None and printed is not None
    return holds(share, printed, found[1])


@pytest.mark.parametrize(
    ("claim", "item", "option", "expected"),
    [
        ("C0148", "coordinator_rating__market_activity", "high", True),
        ("C0486", "resource_fit__research_infrastructure", "average", True),
        ("C0486", "resource_fit__production_infrastructure", "average", True),
        ("C0487", "resource_fit__production_infrastructure", "high", True),
        ("C0487", "resource_fit__research_infrastructure", "high", False),
    ],
)
def test_stated_shares(answers: pd.DataFrame, claim: str, item: str, option: str, expected: bool) -> None:
    assert share_is_as_stated(claim, 100 * (answers[item] == option).sum() / 733) is expected
    line = text(PUBLISHED / "claims.csv").set_index("id").at[claim, "line"]
    assert any((s.item, s.option, s.line) == (item, option, line) for s in mc.STATED_SHARES)


def test_no_answers_give_the_research_infrastructure_all_it_is_said_to_have() -> None:
    """Whatever the base: low answers only lower the mean, so without them it is greatest; printed is 3.8."""
    average, high = mc.STATED_SHARES[2], mc.STATED_SHARES[5]
    assert high.impossible and average.item == high.item
    best = Fraction(0)
    for base in range(1, 734):
        least = next(k for k in range(base + 1) if average.holds(k, base) or k == base)
        most = max((k for k in range(base - least + 1) if high.holds(k, base)), default=0)
        best = max(best, 3 + Fraction(2 * most, most + least))
    assert Fraction(365, 100) < best < Fraction(375, 100), "3.75 prints as 3.8"
    wide = [mc.StatedShare("i", o, v, "about", "") for o, v in (("average", "50"), ("high", "20"))]
    with pytest.raises(FrameworkError, match=r"mean 3\.8 and the shares average 50%, high 20%"):
        mc.counts_of_mean_and_shares(Decimal("3.8"), HABIT, {s.option: s for s in wide}, base=200)


def test_counts_of_mean_and_shares() -> None:
    """With a habit of no don't know (0.03, its least) and the mean 4: the nearest split has exactly what is stated."""
    share = mc.StatedShare("i", "average", "50", "", "")
    low, average, high, dont_know = mc.counts_of_mean_and_shares(Decimal("4.0"), HABIT, {"average": share}, base=200)
    assert low + average + high + dont_know == 200 and average in (99, 100)
    assert abs(Fraction(low + 3 * average + 5 * high, 200 - dont_know) - 4) < Fraction(1, 20)
    # Not bound by a share, the split is that of the habit: of 200, 40 don't know; of 160, 16 low, 48 average, 96 high.
    found = mc.counts_of_mean_and_shares(Decimal("4.0"), HABIT, {}, base=200)
    assert np.abs(np.array(found) - np.array([16, 48, 96, 40])).max() <= 1


# ---------------------------------------------------------------------------------------------- codebook, design


@pytest.mark.parametrize(
    ("name", "key", "pattern"), [("members", "member_id", "M[0-9]{3}"), ("websites", "site_id", "W[0-9]{2}")]
)
def test_answers_obey_their_codebook(name: str, key: str, pattern: str) -> None:
    questionnaires = FRAMEWORK / "questionnaires"
    items = parse_codebook(
        text(questionnaires / f"{name}.csv"), text(questionnaires / "option_lists_members.csv"), name=name
    )
    cells = pd.read_csv(RAW / f"{name}.csv", dtype=str)
    lines = pd.Series(np.arange(len(cells)) + 2)
    assert cell_problems(cells, lines, items, file=f"{name}.csv", key=key, key_pattern=pattern) == []
    for item in items:
        assert not (cells[item.name].notna() & ~item.asked(cells)).any(), item.name


def test_conditional_questions(answers: pd.DataFrame) -> None:
    assert set(answers.loc[answers["innovation_project"] != "", "cluster_project"]) == {"yes"}
    assert set(answers.loc[answers["survey_followup"] != "", "needs_survey"]) == {"regular", "ad_hoc"}
    willing = answers["higher_fee"] == "yes"
    assert ((answers["higher_fee_amount"] != "") == willing).all()
    services = answers.filter(like="higher_fee_services__")
    assert (services[willing] == "1").any(axis=1).all()
    assert (services[~willing] == "").all(axis=None)


def test_clusters(answers: pd.DataFrame) -> None:
    sizes = answers["respondent_id"].value_counts()
    assert len(answers) == 733 and answers["member_id"].is_unique
    assert sorted(sizes.index) == [f"R{i:02d}" for i in range(1, 43)]
    assert sizes.min() >= 5


def test_larger_clusters_have_more_respondents(answers: pd.DataFrame) -> None:
    path = RAW / "coordinators.csv"
    if not path.is_file():
        pytest.skip("the coordinators' answers are not reconstructed yet")
    members = pd.to_numeric(text(path).set_index("respondent_id")["members_total"])
    sizes = answers["respondent_id"].value_counts().reindex(members.index)
    assert (sizes <= members).all(), "a cluster has more respondents than members: run `klastry reconstruct` again"
    assert sizes.corr(members, method="spearman") > 0.4


def test_answers_hang_together(survey: rm.Survey, answers: pd.DataFrame) -> None:
    scores = {"low": 1.0, "average": 3.0, "high": 5.0}
    ratings = answers.filter(like="coordinator_rating__").apply(lambda c: c.map(scores))
    pairs = ratings.corr("spearman").to_numpy()[np.triu_indices(ratings.shape[1], 1)]
    assert pairs.min() > 0.1 and 0.2 < pairs.mean() < 0.7
    by_benefit = ratings.mean(axis=1).groupby(answers["benefits"]).mean()
    assert by_benefit["large"] > by_benefit["small"]
    used, offered = (answers["international_services"] == k for k in ("used", "no_offer"))
    abroad = answers["foreign_relations"] == "yes"
    assert abroad[used].mean() > abroad[offered].mean() + 0.1
    # Members of one cluster agree on whether a survey took place more than strangers do.
    regular = (answers["needs_survey"] == "regular").astype(float)
    between = regular.groupby(answers["respondent_id"]).mean().var()
    assert between > 3 * regular.var() / 17


# ------------------------------------------------------------------------------------------------------- websites


def test_website_margins() -> None:
    audit = pd.read_csv(RAW / "websites.csv")
    printed = pd.read_csv(PUBLISHED / "audit.csv")
    assert list(audit["site_id"]) == [f"W{i:02d}" for i in range(1, 43)]
    assert audit.drop(columns="site_id").sum().to_list() == printed["n_sites_passing"].to_list()
    assert "respondent_id" not in audit


def test_almost_half_of_the_sites_fail_two_criteria() -> None:
    audit = pd.read_csv(RAW / "websites.csv")
    both = int(((audit["form_labels"] == 0) & (audit["keyboard"] == 0)).sum())
    assert both == 19 and share_is_as_stated("C1552", 100 * both / 42)
    assert not share_is_as_stated("C1552", 100 * 18 / 42) and not share_is_as_stated("C1552", 100 * 21 / 42)


def test_fail_together() -> None:
    first, second = np.array([1, 1, 0, 0, 0]), np.array([0, 0, 1, 1, 0])
    propensity = np.array([2.0, 1.0, -2.0, -1.0, 0.0])
    assert fail_together(first, second, propensity, 1).tolist() == first.tolist()
    assert fail_together(first, second, propensity, 2).tolist() == [1, 0, 0, 1, 0]
    assert fail_together(first, second, propensity, 3).tolist() == [0, 0, 1, 1, 0]
    with pytest.raises(FrameworkError, match="so 4 cannot fail both"):
        fail_together(first, second, propensity, 4)


def test_wcag_criteria_are_those_of_the_audit() -> None:
    criteria, items = text(FRAMEWORK / "wcag_criteria.csv"), text(FRAMEWORK / "questionnaires" / "websites.csv")
    assert list(criteria["name_pl"]) == list(text(PUBLISHED / "audit.csv")["name"]) == list(items["question_pl"][1:])
    assert (criteria["wcag"].str.count(";") == criteria["level"].str.count(";")).all()


# ---------------------------------------------------------------------------------------- making the files again


@pytest.mark.parametrize("name", ["members.csv", "websites.csv"])
def test_sidecar(name: str) -> None:
    side = yaml.safe_load((RAW / f"{name}.source.yaml").read_text("utf-8"))
    assert side["sha256"] == hashlib.sha256((RAW / name).read_bytes()).hexdigest()
    assert side["origin"] == "reconstructed"


def test_committed_files_are_what_the_code_makes(tmp_path: Path) -> None:
    """In a process of its own: the order of sets and dictionaries must not matter."""
    if (RAW / "coordinators.csv").is_file():
        (tmp_path / "coordinators.csv").write_bytes((RAW / "coordinators.csv").read_bytes())
    side = yaml.safe_load((RAW / "members.csv.source.yaml").read_text("utf-8"))
    code = (
        "from pathlib import Path; import sys\n"
        "from analysis.reproduction.reconstruct_members import reconstruct_members\n"
        "from analysis.reproduction.reconstruct_websites import reconstruct_websites\n"
        "folders = [Path(p) for p in sys.argv[1:4]]\n"
        "for f in (reconstruct_members, reconstruct_websites): f(*folders, seed=int(sys.argv[4]))\n"
    )
    call = [sys.executable, "-c", code, str(PUBLISHED), str(FRAMEWORK), str(tmp_path), str(side["seed"])]
    subprocess.run(call, check=True, cwd=DATA.parent, timeout=120)
    written = sorted(p.name for p in tmp_path.iterdir() if p.name != "coordinators.csv")
    assert written == [
        "members.csv",
        "members.csv.source.yaml",
        "members.unmet.csv",
        "websites.csv",
        "websites.csv.source.yaml",
    ]
    different = [n for n in written if (tmp_path / n).read_bytes() != (RAW / n).read_bytes()]
    assert not different, "run `klastry reconstruct` again"


def test_another_seed_gives_other_answers_and_the_same_table(survey: rm.Survey, answers: pd.DataFrame) -> None:
    sizes = answers["respondent_id"].value_counts().sort_index()
    other = rm.build_answers(survey, sizes, seed=7)
    assert not other.equals(answers)
    table = compare_members_table(survey.published, members_table(other, survey.codebook, survey.option_lists))
    assert table["match"].sum() == 206


# ------------------------------------------------------------------------------------------------------ its parts


def test_counts_of_shares() -> None:
    assert mc.counts_of_shares([400, 600], 10) == (4, 6)
    counts = mc.counts_of_shares([325, 366, 309], 733)
    assert [round(1000 * k / sum(counts)) for k in counts] == [325, 366, 309] and sum(counts) == 732
    # 98.7 in all: two of the three can hold, on the largest base
    assert mc.counts_of_shares([349, 528, 110], 733) == (256, 387, 90)


def test_counts_of_shares_keeps_clear_of_rounding_boundaries() -> None:
    """4 of 64 are 6.25 percent and print as 6.2 or 6.3, depending on the rule; 4 of 63 print as 6.3 by every rule."""
    assert mc.counts_of_shares([63, 937], 64) == (4, 59)


def test_counts_of_mean() -> None:
    for mean in ("2.9", "3.9", "4.8"):
        low, average, high, dont_know = mc.counts_of_mean(Decimal(mean), HABIT, base=733, rng=rm.stream(1, mean))
        assert low + average + high + dont_know == 733
        exact = Fraction(low + 3 * average + 5 * high, low + average + high)
        assert abs(exact - Fraction(mean)) < Fraction(1, 20)
    with pytest.raises(FrameworkError, match=r"no counts .* mean 5\.9"):
        mc.counts_of_mean(Decimal("5.9"), HABIT, base=733, rng=rm.stream(1, "x"))


def test_rating_habit_is_that_of_the_printed_goals() -> None:
    """Means 4, 3: don't know 10 and 30 percent of all; low 10 of 90 and 20 of 70 with an opinion."""
    goals = np.array([[55.0, 25.0, 10.0, 10.0], [20.0, 30.0, 20.0, 30.0]])
    habit = mc.rating_habit(goals)
    assert habit.shares(4.0) == pytest.approx((0.1, 1 / 9), abs=1e-9)
    assert habit.shares(3.0) == pytest.approx((0.3, 2 / 7), abs=1e-9)


def test_spread_over_clusters() -> None:
    sizes = rm.spread_over_clusters(np.array([1.0, 4.0, 2.0]), np.array([50, 20, 50]), 60, 5)
    assert sizes.sum() == 60 and sizes[1] == 20 and sizes[2] > sizes[0] >= 5
    with pytest.raises(DataError, match="no room for 60"):
        rm.spread_over_clusters(np.ones(3), np.array([10, 10, 10]), 60, 5)
    with pytest.raises(DataError, match="no room"):
        rm.spread_over_clusters(np.ones(2), np.array([4, 90]), 60, 5)


def test_sizes_follow_the_coordinators_answers(tmp_path: Path) -> None:
    ids = [f"R{i:02d}" for i in range(1, 43)]
    members = np.linspace(20, 300, 42).round().astype(int)
    path = tmp_path / "coordinators.csv"
    pd.DataFrame({"respondent_id": ids, "members_total": members}).to_csv(path, index=False)
    sizes = rm.cluster_sizes(path, rm.stream(1, "sizes"))
    assert sizes.sum() == 733 and sizes.min() >= 5 and (sizes.to_numpy() <= members).all()
    assert sizes.corr(pd.Series(members, index=ids), method="spearman") > 0.5


def test_amounts_with_mean() -> None:
    amounts = rm.amounts_with_mean(6750, 64, rm.stream(1, "amounts"))
    assert amounts.mean() == 6750 and amounts.min() >= 500 and np.median(amounts) < 6750
    assert round(rm.amounts_with_mean(6751, 63, rm.stream(1, "amounts")).mean()) == 6751


def test_too_few_asked_is_an_error() -> None:
    with pytest.raises(FrameworkError, match="3 answers are to be placed, only 2 members were asked"):
        rm.top(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]), 3)


def test_websites_refuse_other_criteria(tmp_path: Path) -> None:
    audit = pd.read_csv(PUBLISHED / "audit.csv")
    audit.assign(name=audit["name"].str.upper()).to_csv(tmp_path / "audit.csv", index=False)
    with pytest.raises(FrameworkError, match="criteria are not those"):
        reconstruct_websites(tmp_path, FRAMEWORK, tmp_path, seed=1)
    audit.assign(n_sites_passing=43).to_csv(tmp_path / "audit.csv", index=False)
    with pytest.raises(DataError, match="cannot be a number of 42 sites"):
        reconstruct_websites(tmp_path, FRAMEWORK, tmp_path, seed=1)
