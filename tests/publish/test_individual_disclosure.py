"""No individual report reveals another respondent's value: every printed number is vouched for, one by one.

`unvouched` recomputes each number of a report from the answers of the small edition: it is the respondent's own, or a
statistic of a group that is large enough, or a rule. What is none of these is a leak. Planted leaks are found.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from individual_edition import GAPS, SMALL, list_respondents, make_project, run_notebook_here

from analysis.framework import load_framework
from analysis.profiles import individual
from analysis.publish.individual import build_one
from analysis.publish.publication import Publication, open_publication

LEAST = 5
OWN_ROWS = ("card.", "rank.", "decision.", "variant.", "respondent.", "source", "figure.")
GENERAL = ("rule.", "respondents.n", "members.all", "indicators.n", "criteria.", "round.")


def printed(pub: Publication, respondent: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(pub.out_dir / "individual" / respondent / f"dane-{respondent}.zip") as archive:
        text = archive.read(f"{respondent}/liczby.csv").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def close(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, atol=1e-9))


def unvouched(pub: Publication, respondent: str) -> list[str]:
    """Facts of a report that are neither own, nor of a group that is large enough, nor a rule."""
    read = lambda path: pd.read_csv(pub.build / path)  # noqa: E731
    framework = load_framework(pub.project / "data")
    answers = read("20_indicators/indicators.csv").set_index("respondent_id")
    traits = read("20_indicators/characteristics.csv").set_index("respondent_id")
    normalised = read("30_scores/normalised.csv").set_index("respondent_id")
    scores = read("30_scores/scores.csv").pivot(index="respondent_id", columns="code", values="score")
    strong = read("43_resilience/scores.csv").pivot(index="respondent_id", columns="code", values="score")
    losses = read("43_resilience/responses.csv").pivot(index="respondent_id", columns="shock", values="loss")
    steps = individual.attainable(framework)

    def level(table: pd.DataFrame, code: str, name: str, value: float, native: pd.DataFrame | None = None) -> bool:
        column = table[code]
        enough = column.notna().sum() >= LEAST
        if name in ("own", "normalised"):
            source = normalised[code] if name == "normalised" else column
            return close(value, source[respondent])
        if name in ("median", "benchmark"):
            return enough and close(value, column.median() if name == "median" else column.max())
        if name in ("sector", "size"):
            peers = column[traits[name] == traits.at[respondent, name]]
            whole = peers if peers.notna().sum() >= LEAST else column
            return whole.notna().sum() >= LEAST and close(value, whole.median())
        if name in ("percentile", "share"):
            return close(value, individual.percentile_ranks(table, respondent)[code])
        if name == "rank":
            return value == (column > column[respondent]).sum() + 1
        return name in ("n", "sector_n", "size_n") and value == column.notna().sum()

    def vouched(row: dict[str, str]) -> bool:
        ident, raw, unit = row["fact"], row["value"], row["unit"]
        if ident.startswith(OWN_ROWS) or ident.startswith(GENERAL):
            return True
        if unit == "text":
            return True
        value = float(raw)
        head, _, rest = ident.partition(".")
        code, _, name = rest.rpartition(".")
        if head == "score":
            return level(scores, code, name, value)
        if head == "indicator":
            if name == "normalised":
                return close(value, normalised.at[respondent, code])
            return name in ("capped", "missing") or level(answers[framework.codes], code, name, value)
        if head in ("strength", "weakness"):
            return level(scores, word(f"{head}.{code}.code"), name, value)
        if head in ("indicator_strength", "indicator_weakness"):
            at = word(f"{head}.{code}.code")
            return level(answers[framework.codes] if name in ("percentile", "rank") else normalised, at, name, value)
        if head == "lever":
            at = word(f"lever.{code}.code")
            if name == "own":
                return close(value, answers.at[respondent, at])
            if name == "target":
                aims = [answers[at].median(), answers[at].quantile(0.75)]
                step = steps.get(at)
                return any(close(value, np.ceil(round(a / step, 9)) * step if step else a) for a in aims)
            return name in ("gain", "after")
        if head in ("resilience", "exposure"):
            return level(strong if head == "resilience" else losses, code, name, value)
        if head == "members":
            return members(code, name, value)
        if head == "criterion":
            return level(answers[framework.codes], board.at[code, "code"], name, value)
        return head in ("levers", "strengths", "weaknesses", "indicators", "kpi", "example")

    survey = pd.read_csv(pub.build / "10_validated/members.csv", dtype=str, keep_default_na=False)

    def members(key: str, name: str, value: float) -> bool:
        if (key, name) in (("", "n"),):
            return value == (survey["respondent_id"] == respondent).sum()
        chosen = pd.read_csv(pub.project / "data/framework/individual/members.csv", keep_default_na=False).set_index(
            "key"
        )
        item, option = str(chosen.at[key, "item"]), str(chosen.at[key, "option"])
        group = survey if name.startswith("all") else survey[survey["respondent_id"] == respondent]
        given = group.loc[group[item] != "", item]
        points = given.map({"low": 1, "average": 3, "high": 5}).dropna()
        base = given if option else points
        if name.endswith("_n"):
            return value == len(base) >= LEAST
        told = 100 * (given == option).mean() if option else points.mean()
        return len(base) >= LEAST and close(value, told)

    board = pd.read_csv(pub.build / f"40_analyses/individual/{respondent}/criteria.csv", dtype=str).set_index("id")
    facts = json.loads((pub.build / f"40_analyses/individual/{respondent}/facts.json").read_text("utf-8"))
    word = lambda ident: str(facts[ident]["value"])  # noqa: E731
    return sorted({row["fact"] for row in printed(pub, respondent) if not vouched(row)})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    pub = make_project(tmp_path_factory.mktemp("disclosure"))
    for respondent in (SMALL, GAPS, "R03"):
        run_notebook_here(pub.project, pub.build, respondent)
        build_one(pub, respondent, pub.out_dir / "individual" / respondent)
    list_respondents(pub, [SMALL, GAPS, "R03"])
    return pub


@pytest.mark.parametrize("respondent", [SMALL, GAPS, "R03"])
def test_every_printed_number_is_own_or_of_a_large_group(made: Publication, respondent: str) -> None:
    assert len(printed(made, respondent)) > 500
    assert unvouched(made, respondent) == []


def test_members_of_a_cluster_with_four_answers_are_not_quoted(made: Publication) -> None:
    told = {row["fact"] for row in printed(made, "R03")}
    assert not [fact for fact in told if fact.startswith("members.") and fact.endswith(".own")]
    assert any(row["fact"] == "members.benefits.own" for row in printed(made, GAPS))


def planted(made: Publication, folder: Path, respondent: str, change: dict[str, float], line: str = "") -> Publication:
    """The same report with facts that its notebook would not have written."""
    shutil.copytree(made.project, folder, ignore=shutil.ignore_patterns("50_chapters"))
    pub = open_publication(folder, folder / "build/2024", 2024)
    path = pub.build / f"40_analyses/individual/{respondent}/facts.json"
    facts = json.loads(path.read_text("utf-8"))
    for ident, value in change.items():
        facts[ident] = {**facts.get(ident, facts["score.ALL.own"]), "value": value}
    path.write_text(json.dumps(facts), encoding="utf-8")
    template = folder / "report/individual/report.md"
    template.write_text(template.read_text("utf-8") + line, encoding="utf-8")
    build_one(pub, respondent, pub.out_dir / "individual" / respondent)
    return pub


def test_planted_leaks_are_found(made: Publication, tmp_path: Path) -> None:
    answers = pd.read_csv(made.build / "20_indicators/indicators.csv", index_col="respondent_id")
    other = float(answers.at["R09", "I.1.3"])
    scores = pd.read_csv(made.build / "30_scores/scores.csv").pivot(
        index="respondent_id", columns="code", values="score"
    )
    # Another one's answer in place of a median, the median of a branch of four, and a fact that nobody knows.
    branch = float(scores.loc[["R01", "R02", "R03", "R04"], "I"].median())
    change = {"indicator.I.1.3.median": other, "score.I.sector": branch, "neighbour.ALL.own": 0.5}
    pub = planted(made, tmp_path / "p", SMALL, change, '\nSąsiad ma {{ f("neighbour.ALL.own") }}.\n')
    assert unvouched(pub, SMALL) == ["indicator.I.1.3.median", "neighbour.ALL.own", "score.I.sector"]


def test_archive_has_no_column_of_others(made: Publication) -> None:
    answers = pd.read_csv(made.build / "20_indicators/indicators.csv", index_col="respondent_id")
    others = {f"{v:.0f}" for v in answers.drop(index=SMALL).to_numpy().ravel() if v == v}
    others -= {f"{v:.0f}" for v in [*answers.loc[SMALL].dropna(), *answers.median()]}
    with zipfile.ZipFile(made.out_dir / "individual" / SMALL / f"dane-{SMALL}.zip") as archive:
        cells = {
            cell.removesuffix(".0")
            for name in archive.namelist()
            if name.endswith(".csv")
            for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8")))
            for cell in row
        }
    assert len(others) > 900 and not cells & others
