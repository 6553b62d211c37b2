"""A small edition of twelve respondents with everything that an individual report reads, invented number by number."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.composite.index import build_index
from analysis.composite.structure import Structure
from analysis.config import load_method
from analysis.framework import Framework, load_framework
from analysis.profiles.cross_sections import cross_sections
from analysis.profiles.statistics import indicator_statistics
from analysis.publish.publication import Publication, open_publication
from analysis.workspace import write_csv

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "individual" / "report.ipynb"
IDS = [f"R{i:02d}" for i in range(1, 13)]
SMALL, GAPS = "R01", "R06"  # in a branch of four; without answers to a whole sub-area and more
EDITION = """\
edition: 2024
title: Benchmarking próbny
period: 2022-2023
provenance: {provenance}
publication_date: 2025-11-30
previous_edition: 2022
"""


def code_cells() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]


def make_answers(framework: Framework, ids: list[str] = IDS) -> pd.DataFrame:
    """Answers with five and more digits, each given once, so that any of them is recognised in print."""
    rng = np.random.default_rng(7)
    values = 10_000 + rng.permutation(80_000)[: len(ids) * len(framework.codes)].reshape(len(ids), -1)
    table = pd.DataFrame(values.astype(float), index=pd.Index(ids, name="respondent_id"), columns=framework.codes)
    table.loc[ids[1], "I.1.1"] = 9e6  # beyond the fence
    table.loc[GAPS, [*framework.members_of("IV.4"), "I.3.1", "V.3.2"]] = np.nan
    return table


def make_traits(ids: list[str]) -> pd.DataFrame:
    n = len(ids)
    return pd.DataFrame(
        {
            "sector": ["bio"] * 4 + ["ict"] * (n - 4), "kkk": ["KKK", "not KKK"] * (n // 2) + ["KKK"] * (n % 2),
            "kkk_plans": 0, "size": ["20-49"] * 5 + ["150+"] * (n - 5), "age": "2010-2014", "strategy": "none",
            "members_total": range(21, 21 + n), "members_science": 3, "founding_year": 2011,
        },
        index=pd.Index(ids, name="respondent_id"),
    )  # fmt: skip


def make_members(framework: Framework, ids: list[str]) -> pd.DataFrame:
    """Six members of each cluster answer at random, those of R03 are four only."""
    rng = np.random.default_rng(11)
    book = framework.codebooks["members"]
    owners = [i for i in ids for _ in range(4 if i == "R03" else 6)]
    table = pd.DataFrame({"member_id": [f"M{k:03d}" for k in range(len(owners))], "respondent_id": owners})
    for entry in book.to_dict("records"):
        options = framework.option_lists.loc[framework.option_lists["option_list"] == entry["option_list"], "option"]
        if entry["item"] not in table:
            closed = entry["type"] in ("single", "rating") and len(options)
            table[entry["item"]] = rng.choice(options.to_numpy(), len(owners)) if closed else ""
    return table


def make_build(build: Path, framework: Framework, ids: list[str] = IDS) -> None:
    """Write what the earlier steps of the workflow would have written."""
    rng = np.random.default_rng(3)
    answers, traits = make_answers(framework, ids), make_traits(ids)
    method = load_method("default", ROOT / "config")
    index = build_index(answers, Structure.from_hierarchy(framework.indicators), method)
    scores = index.scores[framework.score_codes]
    groups = framework.cross_sections
    groups = groups[
        [d == "all" or g in set(traits.get(d, [])) for d, g in zip(groups["dimension"], groups["group"], strict=True)]
    ]
    write_csv(answers, build / "20_indicators/indicators.csv", index=True)
    write_csv(traits, build / "20_indicators/characteristics.csv", index=True)
    write_csv(index.normalised, build / "30_scores/normalised.csv", index=True)
    write_csv(index.long_scores(), build / "30_scores/scores.csv")
    write_csv(index.treatment_log, build / "30_scores/treatment_log.csv")
    cross = cross_sections(scores, traits, groups, dimensions=["all", "sector", "size"])
    write_csv(cross, build / "40_analyses/cross_sections.csv")
    write_csv(indicator_statistics(answers), build / "40_analyses/indicator_statistics.csv")
    items = framework.codebooks["coordinators"]["item"]
    given = pd.DataFrame(rng.integers(2, 9, (len(ids), len(items))), index=answers.index, columns=list(items))
    given["members_enterprises"] = 20
    write_csv(given.drop(columns="respondent_id"), build / "10_validated/coordinators.csv", index=True)
    write_csv(make_members(framework, ids), build / "10_validated/members.csv")
    nodes = pd.DataFrame({"node_id": [f"n{k}" for k in range(8)], "name": [f"Klaster próbny {c}" for c in "ABCDEFGH"]})
    write_csv(nodes, build / "10_validated/cooperation_nodes.csv")
    measures = pd.DataFrame(
        {"node": nodes["node_id"], "degree": range(8), "betweenness": 0.1, "closeness": 0.2, "graph": "clusters",
         "expansion": "star"}
    )  # fmt: skip
    write_csv(measures, build / "42_cooperation_graph/node_measures.csv")
    pairs = pd.DataFrame({"a": ["n0", "n2"], "b": ["n1", "n0"], "rank": [2, 1], "reasons": ["powód drugi", "powód"]})
    write_csv(pairs, build / "42_cooperation_graph/matching.csv")
    ranks = index.ranks["ALL"].to_numpy()
    units = pd.DataFrame(
        {"unit": ids, "rank_p5": np.maximum(ranks - 1, 1), "rank_p95": ranks + 1, "p_top_quartile": (ranks <= 3) * 0.9}
    )
    write_csv(units, build / "32_uncertainty/units.csv")
    write_csv(pd.DataFrame({"draw": range(50)}), build / "32_uncertainty/draws.csv")
    sobol = pd.DataFrame(
        [(i, name, 0.1, 0.2 + 0.1 * k) for i in ids for k, name in enumerate(("multiple", "normalisation", "mean"))],
        columns=["output", "input", "first", "total"],
    )
    write_csv(sobol, build / "32_uncertainty/sobol.csv")
    write_csv(pd.DataFrame({"unit": ids, "zscore": ranks.astype(int)}), build / "32_uncertainty/variant_ranks.csv")
    strong = pd.DataFrame({c: rng.random(len(ids)).round(4) for c in ("O1", "O2", "O")}, index=answers.index)
    long = strong.rename_axis("respondent_id").reset_index().melt("respondent_id", var_name="code", value_name="score")
    write_csv(long, build / "43_resilience/scores.csv")
    dimensions = pd.DataFrame(
        {"code": strong.columns, "name": ["Wymiar A", "Wymiar B", "Indeks"], "n": len(ids), "median": strong.median()}
    )
    write_csv(dimensions, build / "43_resilience/dimensions.csv")
    losses = pd.DataFrame(
        [(i, shock, "ALL", round(rng.random() / 10, 6)) for i in ids for shock in ("public_funds", "combined")],
        columns=["respondent_id", "shock", "code", "loss"],
    )
    write_csv(losses, build / "43_resilience/responses.csv")
    (build / "40_analyses/facts").mkdir(parents=True, exist_ok=True)
    (build / "40_analyses/facts/12_knowledge.json").write_text("{}", encoding="utf-8")


def run_notebook_here(project: Path, build: Path, respondent: str) -> None:
    """Run the cells of the notebook in this process, with other parameters."""
    parameters = {"data_dir": str(project / "data"), "build_dir": str(build), "respondent": respondent}
    scope: dict[str, object] = {}
    for i, source in enumerate(code_cells()):
        exec(compile(source, f"cell {i}", "exec"), scope)
        if i == 0:
            scope.update(parameters)


def make_project(folder: Path, provenance: str = "reconstructed", ids: list[str] = IDS) -> Publication:
    project, build = folder, folder / "build" / "2024"
    kept = ("report/style", "report/individual", "report/labels", "config", "data/framework", "data/examples")
    for name in (*kept, "data/knowledge"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copyfile(ROOT / "report/lint.yaml", project / "report/lint.yaml")
    (project / "data/editions/2024/raw").mkdir(parents=True)
    shutil.copyfile(ROOT / "data/editions/2024/raw/registry.csv", project / "data/editions/2024/raw/registry.csv")
    (project / "data/editions/2024/edition.yaml").write_text(EDITION.format(provenance=provenance), encoding="utf-8")
    make_build(build, load_framework(project / "data"), ids)
    return open_publication(project, build, 2024)


def list_respondents(pub: Publication, found: list[str]) -> None:
    listing = pub.build / "40_analyses/individual/respondents.csv"
    listing.write_text("\n".join(["respondent_id", *found, ""]), encoding="utf-8")
