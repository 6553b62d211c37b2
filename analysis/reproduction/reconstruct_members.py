"""Members' answers from which the printed table of the members' survey (Table 37) follows.

Steps, all driven by one seed:

1. For every item a base (how many answered) and whole-number counts of its options are found whose shares round to the
   printed ones; for ratings, counts of low, average and high whose 1/3/5 mean rounds to the printed one and which have
   the shares that the running text states (`member_counts`).
2. The members are spread over the clusters: at least five in each, more in larger ones.
3. Latent opinions are drawn for every member: a general one, themes (satisfaction, engagement, market, technology,
   international, importance), and what the members of one cluster share. An item is a cut of the ranking by its latent
   opinion at exactly the counts of step 1, so the margins are exact and the answers hang together.

What the report does not print (who answered what, bases of the ratings, open answers) is invention that fits; the
sidecar says so.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import DataError, FrameworkError, Problem
from analysis.reproduction.member_counts import (
    STATED_SHARES,
    RatingHabit,
    counts_of_mean,
    counts_of_mean_and_shares,
    counts_of_shares,
    rating_habit,
    stated_of,
)
from analysis.reproduction.members_table import (
    AMOUNT_LABEL,
    CLUSTERS_LABEL,
    HIGHER_FEE,
    HIGHER_FEE_AMOUNT,
    compare_members_table,
    members_table,
)
from analysis.reproduction.printed import round_half_up
from analysis.reproduction.sidecars import write_sidecar
from analysis.workspace import write_csv

MEMBERS, CLUSTERS, LEAST = 733, 42, 5
EQUAL_CAP = 20  # no cluster of the edition has fewer members, so an equal spread never exceeds a cluster
SERVICES = "higher_fee_services__"
SERVICE_RATES = (0.62, 0.5, 0.47, 0.44, 0.33)  # question 13 is open and prints no numbers: invented


@dataclass(frozen=True)
class Opinion:
    """How answers to a question arise: theme, weight of the theme, weight of what the cluster's members share."""

    theme: str
    theme_weight: float
    cluster_weight: float = 0.25


THEMES = ("satisfaction", "engagement", "market", "technology", "international", "importance")
GENERAL_WEIGHT = {theme: 0.25 if theme == "importance" else 0.6 for theme in THEMES}
WITHIN_CLUSTER = 0.25  # share of the variance of a latent opinion that lies between clusters
QUESTIONS = {
    "role": Opinion("engagement", 0.7),
    "consultative_bodies": Opinion("engagement", 0.6),
    "strategy_involvement": Opinion("engagement", 0.65),
    "cluster_project": Opinion("engagement", 0.55, 0.4),
    "innovation_project": Opinion("technology", 0.6),
    "competence_development": Opinion("engagement", 0.5, 0.4),
    "market_activity": Opinion("market", 0.65),
    "innovation_services": Opinion("technology", 0.65),
    "international_services": Opinion("international", 0.55, 0.45),
    "goals": Opinion("satisfaction", 0.65),
    "benefits": Opinion("satisfaction", 0.75),
    "fee_adequacy": Opinion("satisfaction", 0.65),
    "higher_fee": Opinion("engagement", 0.5, 0.3),
    "market_improvement": Opinion("market", 0.65),
    "improvement": Opinion("market", 0.65),
    "innovations": Opinion("technology", 0.6),
    "science_relations": Opinion("technology", 0.55),
    "foreign_relations": Opinion("international", 0.65),
    "resource_availability": Opinion("satisfaction", 0.5, 0.5),
    "resource_fit": Opinion("satisfaction", 0.5, 0.5),
    "coordinator_staff": Opinion("satisfaction", 0.45, 0.5),
    "needs_survey": Opinion("satisfaction", 0.25, 0.75),
    "survey_followup": Opinion("satisfaction", 0.5, 0.45),
    "coordinator_rating": Opinion("satisfaction", 0.75),
    "priority": Opinion("importance", 0.65),
    "international_actions": Opinion("importance", 0.65),
}
# Items whose theme differs from that of their question, by the part of the name after the question.
ITEM_THEMES = {
    "market_activity": {"export": "international"},
    "market_improvement": {"foreign": "international"},
    "improvement": {
        "innovations": "technology", "digital": "technology", "green": "technology", "technology": "technology",
        "rd_spending": "technology", "exports": "international", "difficult_changes": "satisfaction",
    },
    "priority": {"international": "international"},
    "international_actions": {"foreign_office": "international", "intl_services": "international"},
}  # fmt: skip
# Lists whose options run from the least to the most favourable answer; all others run the other way.
ASCENDING = frozenset({"member_role", "member_international_services", "member_rating", "member_importance"})
# Answers outside the order of the others.
APART = frozenset({"dont_know", "not_applicable"})


# ------------------------------------------------------------------------------------------------- clusters, opinions


def spread_over_clusters(weights: np.ndarray, caps: np.ndarray, total: int, least: int) -> np.ndarray:
    """Spread respondents over clusters in proportion to weights, within a least and a greatest number.

    Parameters
    ----------
    weights, caps
        (n_clusters,) positive weight and greatest number of each cluster.

    Returns
    -------
    np.ndarray
        (n_clusters,) whole numbers that sum to `total`.

    Raises
    ------
    DataError
        The bounds leave no room for the total.
    """
    if not least * len(weights) <= total <= int(caps.sum()) or (caps < least).any():
        raise DataError(
            [
                Problem(
                    "coordinators.csv", None, "members_total", str(int(caps.sum())),
                    f"the clusters have no room for {total} respondents with at least {least} in each",
                    "reconstruct the coordinators' answers first",
                )
            ]
        )  # fmt: skip
    sizes = np.full(len(weights), least)
    for _ in range(total - int(sizes.sum())):
        # Highest averages: the next respondent goes where weight per respondent is greatest and there is room.
        quotient = np.where(sizes < caps, weights / (sizes + 1 - least + 0.5), -1.0)
        sizes[int(np.argmax(quotient))] += 1
    return sizes


def cluster_sizes(coordinators: Path, rng: np.random.Generator) -> pd.Series:
    """Return how many members of each cluster answered, indexed by respondent_id.

    Larger clusters have more respondents if the reconstructed coordinators' answers are there; without them the
    clusters are taken as equally large.
    """
    noise = np.exp(rng.normal(0.0, 0.3, CLUSTERS))
    if coordinators.is_file():
        table = pd.read_csv(coordinators, dtype=str, keep_default_na=False).sort_values("respondent_id")
        members = pd.to_numeric(table["members_total"]).to_numpy(dtype=float)
        ids = table["respondent_id"].to_list()
        weights, caps = np.sqrt(members) * noise, np.maximum(LEAST, np.floor(0.8 * members)).astype(int)
    else:
        ids = [f"R{i:02d}" for i in range(1, CLUSTERS + 1)]
        weights, caps = noise, np.full(CLUSTERS, EQUAL_CAP)
    return pd.Series(spread_over_clusters(weights, caps, MEMBERS, LEAST), index=ids)


def stream(seed: int, name: str) -> np.random.Generator:
    """Return a random generator of its own for a named step: a new question does not change the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@dataclass(frozen=True)
class Respondents:
    """The members: number of the cluster of each, and their latent opinions, standard normal each."""

    cluster: np.ndarray
    themes: dict[str, np.ndarray]
    unsure: np.ndarray
    tired: np.ndarray

    def latent(
        self, rng: np.random.Generator, theme: np.ndarray, theme_weight: float, cluster_weight: float
    ) -> np.ndarray:
        """Return the latent opinion on one item: theme, what the cluster shares on this item, and the rest."""
        shared = rng.standard_normal(int(self.cluster.max()) + 1)[self.cluster]
        rest = np.sqrt(max(0.0, 1 - theme_weight**2 - cluster_weight**2))
        return theme_weight * theme + cluster_weight * shared + rest * rng.standard_normal(len(self.cluster))


def draw_respondents(cluster: np.ndarray, seed: int) -> Respondents:
    """Draw the latent opinions of the members; `cluster` is (n_members,), the number of each member's cluster."""
    n, clusters = len(cluster), int(cluster.max()) + 1

    def factor(name: str) -> np.ndarray:
        rng = stream(seed, f"factor:{name}")
        between = rng.standard_normal(clusters)[cluster]
        return np.sqrt(WITHIN_CLUSTER) * between + np.sqrt(1 - WITHIN_CLUSTER) * rng.standard_normal(n)

    general = factor("general")
    themes = {
        theme: weight * general + np.sqrt(1 - weight**2) * factor(theme) for theme, weight in GENERAL_WEIGHT.items()
    }
    unsure = 0.8 * factor("unsure") - 0.6 * themes["engagement"]
    return Respondents(cluster, themes, unsure, factor("tired"))


def top(values: np.ndarray, eligible: np.ndarray, count: int) -> np.ndarray:
    """Return a mask of the `count` eligible members with the greatest values; ties go to the earlier member."""
    order = np.argsort(-np.where(eligible, values, -np.inf), kind="stable")[:count]
    chosen = np.zeros(len(values), dtype=bool)
    chosen[order] = True
    if not eligible[order].all():
        raise FrameworkError(f"{count} answers are to be placed, only {int(eligible.sum())} members were asked")
    return chosen


def cut(opinion: np.ndarray, eligible: np.ndarray, ranked: Sequence[tuple[str, int]]) -> np.ndarray:
    """Cut the ranking by opinion into answers: the most favourable option goes to the top, and so on.

    Parameters
    ----------
    opinion
        (n_members,) latent opinion.
    eligible
        (n_members,) who answers; as many as the counts sum to.
    ranked
        Options with their counts, most favourable first.

    Returns
    -------
    np.ndarray
        (n_members,) option codes, '' for those who do not answer.
    """
    answers = np.full(len(opinion), "", dtype=object)
    left = eligible.copy()
    for code, count in ranked:
        chosen = top(opinion, left, count)
        answers[chosen] = code
        left &= ~chosen
    return answers


# ------------------------------------------------------------------------------------------------------ the whole file


@dataclass(frozen=True)
class Survey:
    """Printed table, codebook and option lists, all cells as text."""

    published: pd.DataFrame
    codebook: pd.DataFrame
    option_lists: pd.DataFrame

    def options(self, option_list: str) -> pd.DataFrame:
        """Return the options of a list in the order of the questionnaire."""
        found = self.option_lists[self.option_lists["option_list"] == option_list]
        if found.empty:
            raise FrameworkError(f"option list `{option_list}` is not in option_lists_members.csv")
        return found

    def printed(self, question: str, item_pl: str) -> pd.DataFrame:
        """Return the printed rows of one item."""
        rows = self.published
        return rows[(rows["question_no"] == question) & (rows["item_pl"] == item_pl)]

    def number(self, option: str) -> int:
        """Return a printed whole number found by the label of its row."""
        return int(Decimal(str(self.published.set_index("option").at[option, "value"])))


def load_survey(published_dir: Path, framework_dir: Path) -> Survey:
    """Read the printed table and the members' codebook."""

    def read(path: Path) -> pd.DataFrame:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")

    questionnaires = framework_dir / "questionnaires"
    return Survey(
        read(published_dir / "members_survey.csv"),
        read(questionnaires / "members.csv"),
        read(questionnaires / "option_lists_members.csv"),
    )


def _habit(survey: Survey) -> RatingHabit:
    goals = survey.codebook[survey.codebook["option_list"] == "member_goal"]
    shares = [
        survey.printed(q, label)["value"].astype(float).to_numpy()
        for q, label in zip(goals["question_no"], goals["option_pl"], strict=True)
    ]
    return rating_habit(np.array(shares))


def item_counts(survey: Survey, *, seed: int) -> dict[str, dict[str, int]]:
    """Return for every item the count of each option; bases of conditional items fit the answers they depend on."""
    habit = _habit(survey)
    counts: dict[str, dict[str, int]] = {}
    for entry in survey.codebook.to_dict("records"):
        item, kind = str(entry["item"]), entry["type"]
        if kind not in ("single", "rating"):
            continue
        options = survey.options(str(entry["option_list"]))
        printed = survey.printed(str(entry["question_no"]), str(entry["option_pl"])).set_index("option")["value"]
        base = MEMBERS
        if entry["condition"]:
            parent, _, values = str(entry["condition"]).partition("=")
            base = sum(counts[parent][value] for value in values.split("|"))
        if kind == "rating":
            mean, stated = Decimal(str(printed.iloc[0])), stated_of(item)
            if stated:
                found = counts_of_mean_and_shares(mean, habit, stated, base=base)
            else:
                found = counts_of_mean(mean, habit, base=base, rng=stream(seed, f"counts:{item}"))
            counts[item] = dict(zip(options["option"], found, strict=True))
        else:
            tenths = [int(Decimal(str(printed[label])) * 10) for label in options["label_pl"]]
            counts[item] = dict(zip(options["option"], counts_of_shares(tenths, base), strict=True))
    return counts


def _opinion(item: str, respondents: Respondents, rng: np.random.Generator) -> np.ndarray:
    question, _, part = item.partition("__")
    how = QUESTIONS[question]
    theme = ITEM_THEMES.get(question, {}).get(part, how.theme)
    return respondents.latent(rng, respondents.themes[theme], how.theme_weight, how.cluster_weight)


def _willing(opinion: np.ndarray, cluster: np.ndarray, eligible: np.ndarray, clusters: int) -> np.ndarray:
    """Shift opinions so that exactly `clusters` clusters hold the most favourable answers, each at least one."""
    best = pd.Series(np.where(eligible, opinion, -np.inf)).groupby(cluster).max()
    chosen = best.sort_values(ascending=False, kind="stable").index[:clusters]
    inside = np.isin(cluster, chosen)
    leads = np.zeros(len(opinion), dtype=bool)
    for number in chosen:
        leads |= top(opinion, eligible & (cluster == number), 1)
    return opinion + np.where(inside, 10.0, 0.0) + np.where(leads, 10.0, 0.0)


def amounts_with_mean(mean: int, n: int, rng: np.random.Generator, *, step: int = 500) -> np.ndarray:
    """Return `n` round amounts, skewed to the right, whose mean rounds to the given whole number."""
    total = round(n * mean / step) * step
    if 2 * abs(total - n * mean) >= n:
        total = n * mean
    drawn = rng.lognormal(np.log(mean) - 0.35, 0.85, n)
    amounts = np.maximum(step, np.round(drawn * total / drawn.sum() / step) * step).astype(int)
    difference = total - int(amounts.sum())
    order = np.argsort(-amounts, kind="stable")
    position = 0
    while difference:
        move = int(np.clip(difference, -step, step))
        at = order[position % n]
        if amounts[at] + move >= step:
            amounts[at] += move
            difference -= move
        position += 1
    return amounts


def build_answers(survey: Survey, sizes: pd.Series, *, seed: int) -> pd.DataFrame:
    """Build the members' answers.

    Parameters
    ----------
    survey
        Printed table, codebook and option lists.
    sizes
        Number of respondents by respondent_id.
    seed
        Seed of all draws.

    Returns
    -------
    pd.DataFrame
        (733, n_items) text, columns in the order of the codebook, '' where there is no answer.
    """
    order = stream(seed, "order").permutation(np.repeat(np.arange(len(sizes)), sizes.to_numpy()))
    respondents = draw_respondents(order, seed)
    n = len(order)
    columns: dict[str, np.ndarray] = {
        "member_id": np.array([f"M{i:03d}" for i in range(1, n + 1)], dtype=object),
        "respondent_id": sizes.index.to_numpy(dtype=object)[order],
    }
    counts = item_counts(survey, seed=seed)
    for entry in survey.codebook.to_dict("records"):
        item = str(entry["item"])
        if item in columns:
            continue
        asked = np.ones(n, dtype=bool)
        if entry["condition"]:
            parent, _, values = str(entry["condition"]).partition("=")
            asked = np.isin(columns[parent], values.split("|"))
        rng = stream(seed, f"item:{item}")
        if item in counts:
            answering = top(respondents.latent(rng, -respondents.tired, 0.7, 0.0), asked, sum(counts[item].values()))
            columns[item] = _place(
                item, str(entry["option_list"]), counts[item], answering, respondents, rng, survey, columns
            )
        elif item == HIGHER_FEE_AMOUNT:
            columns[item] = np.full(n, "", dtype=object)
            drawn = amounts_with_mean(survey.number(AMOUNT_LABEL), int(asked.sum()), rng)
            columns[item][asked] = [str(a) for a in drawn]
        elif not item.startswith(SERVICES):
            raise FrameworkError(f"members.csv: there is no rule to reconstruct `{item}` of type {entry['type']}")
    services = [str(i) for i in survey.codebook["item"] if str(i).startswith(SERVICES)]
    columns |= _ticks(services, columns[HIGHER_FEE] == "yes", stream(seed, "services"))
    return pd.DataFrame({str(i): columns[str(i)] for i in survey.codebook["item"]}).astype("str")


def _place(
    item: str,
    option_list: str,
    counts: dict[str, int],
    answering: np.ndarray,
    respondents: Respondents,
    rng: np.random.Generator,
    survey: Survey,
    columns: dict[str, np.ndarray],
) -> np.ndarray:
    """Give the options of one item to the members who answer it."""
    opinion = _opinion(item, respondents, rng)
    answers = np.full(len(opinion), "", dtype=object)
    left = answering.copy()
    for code in (c for c in counts if c in APART):
        # No fee is a rule of the cluster; not knowing is a trait of the person.
        weights = (0.0, 0.85) if code == "not_applicable" else (0.65, 0.15)
        chosen = top(respondents.latent(rng, respondents.unsure, *weights), left, counts[code])
        answers[chosen] = code
        left &= ~chosen
    if item == HIGHER_FEE:
        opinion = opinion - np.where(columns["fee_adequacy"] == "not_applicable", 2.0, 0.0)
        opinion = _willing(opinion, respondents.cluster, left, survey.number(CLUSTERS_LABEL))
    ranked = [(code, k) for code, k in counts.items() if code not in APART]
    if option_list in ASCENDING:
        ranked.reverse()
    return np.where(left, cut(opinion, left, ranked), answers)


def _ticks(items: Sequence[str], asked: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Tick services named in the open answer; everyone asked names at least one."""
    draws = rng.random((int(asked.sum()), len(items)))
    ticked = draws < np.array(SERVICE_RATES[: len(items)])
    ticked[np.arange(len(draws)), (draws - np.array(SERVICE_RATES[: len(items)])).argmin(axis=1)] = True
    out = {}
    for position, item in enumerate(items):
        column = np.full(len(asked), "", dtype=object)
        column[asked] = np.where(ticked[:, position], "1", "0")
        out[item] = column
    return out


def unmet_rows(comparison: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the printed numbers that the answers do not reproduce, with the reason.

    Rows of the table first, then the shares that the running text states of ratings.
    """
    rows = comparison[~comparison["match"]].copy()
    open_answer = rows["unit"] == "text"
    rows["reason"] = np.where(
        open_answer,
        "open answer: the report prints no number",
        "the printed shares of this item do not add up to 100, so no answers can give all of them",
    )
    rows.loc[open_answer, "published"] = ""
    rows = pd.concat([rows, pd.DataFrame(_unmet_stated(comparison, answers))], ignore_index=True)
    return rows[
        ["question_no", "item_pl", "option", "item", "code", "unit", "published", "recomputed", "n", "reason", "line"]
    ]


def _unmet_stated(comparison: pd.DataFrame, answers: pd.DataFrame) -> list[dict[str, object]]:
    """Rows of stated shares that the answers do not have."""
    rows: list[dict[str, object]] = []
    for stated in STATED_SHARES:
        given = answers[stated.item][answers[stated.item] != ""]
        count = int((given == stated.option).sum())
        if stated.holds(count, len(given)):
            continue
        if not stated.impossible:
            raise FrameworkError(f"{stated.item}: the answers lack a share that counts were found for; a defect")
        printed = comparison[comparison["item"] == stated.item].iloc[0]
        rows.append(
            {
                "question_no": printed["question_no"], "item_pl": printed["item_pl"], "option": stated.option,
                "item": stated.item, "code": stated.option, "unit": "% (stated in the running text)",
                "published": stated.printed, "n": len(given), "reason": stated.impossible, "line": stated.line,
                "recomputed": str(round_half_up(Fraction(100 * count, len(given)), 1)),
            }
        )  # fmt: skip
    return rows


def reconstruct_members(published_dir: Path, framework_dir: Path, out_dir: Path, *, seed: int) -> list[Path]:
    """Write members.csv, its sidecar and members.unmet.csv; the same inputs give the same bytes.

    Parameters
    ----------
    published_dir
        Folder with members_survey.csv, the digitised Table 37.
    framework_dir
        Folder with the questionnaires.
    out_dir
        Folder of the raw files. coordinators.csv there decides which clusters are larger; run that step first.
    seed
        Seed of all draws.

    Returns
    -------
    list of Path
        Files written.

    Raises
    ------
    FrameworkError, DataError
        The codebook and the printed table do not fit, or the clusters have no room for the respondents.
    """
    survey = load_survey(published_dir, framework_dir)
    coordinators = out_dir / "coordinators.csv"
    sizes = cluster_sizes(coordinators, stream(seed, "sizes"))
    answers = build_answers(survey, sizes, seed=seed)
    comparison = compare_members_table(survey.published, members_table(answers, survey.codebook, survey.option_lists))
    path = write_csv(answers, out_dir / "members.csv")
    unmet = write_csv(unmet_rows(comparison, answers), out_dir / "members.unmet.csv")
    spread = "the size of the reconstructed clusters" if coordinators.is_file() else "an equal spread over the clusters"
    side = write_sidecar(
        path,
        title="Members' questionnaire, edition 2024: reconstructed answers",
        description=(
            f"{len(answers)} synthetic members of {len(sizes)} synthetic clusters whose answers reproduce "
            f"{int(comparison['match'].sum())} of the {len(comparison)} rows of Table 37 at printed precision; "
            "members.unmet.csv lists the others and what the running text states of ratings besides. No row describes "
            "a real organisation."
        ),
        fact=(
            "Questions and options; printed shares, means, the mean amount and the number of clusters in question 13; "
            "the shares of ratings that the text states (questions 20 and 24); 733 respondents, at least 5 in each "
            "cluster; the conditions of questions 5 and 23."
        ),
        reconstructed=(
            "Every single answer and how answers go together; which cluster a member belongs to (number of "
            f"respondents: {spread}); how many left an item unanswered; the split of ratings into low, average, "
            "high and don't know behind the printed means; amounts and services named in question 13. One possible "
            "set of answers of many: differences between clusters and links between questions carry no evidence."
        ),
        seed=seed,
    )
    return [path, side, unmet]
