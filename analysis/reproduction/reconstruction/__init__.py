"""Reconstruction of the coordinators' answers: synthetic respondents that give the published statistics.

The printed report is the only source. The rows are one of many possible sets of answers: they describe no existing
cluster. `reconstruct` runs the steps groups → values → exchanges → answers → files; docs/reconstruction.md tells what
is fact and what is choice.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.reproduction.reconstruction import answers as to_answers
from analysis.reproduction.reconstruction import assignment, characteristics, checks, groups, scoring, write
from analysis.reproduction.reconstruction.published import N, load_published
from analysis.reproduction.sidecars import write_sidecar
from analysis.workspace import write_csv

GROUP_STEPS = 700_000
EXCHANGE_STEPS = 600_000


def _quiet(message: str) -> None:
    del message


def reconstruct(
    edition_dir: Path,
    framework_dir: Path,
    out_dir: Path,
    *,
    seed: int = 2024,
    progress: Callable[[str], None] = _quiet,
    group_steps: int = GROUP_STEPS,
    exchange_steps: int = EXCHANGE_STEPS,
) -> dict[str, float]:
    """Reconstruct coordinators.csv and desk_research.csv of an edition.

    Parameters
    ----------
    edition_dir : folder of the edition with `published/` and `raw/registry.csv`
    framework_dir : folder with indicators.csv and questionnaires/
    out_dir : where the two tables, their sidecars and coordinators.unmet.csv go
    seed : same seed, same bytes
    progress : told in words what is being done
    group_steps, exchange_steps : length of the two annealing runs (about 0.1 ms a step)

    Returns
    -------
    Shares of printed score statistics met (exact, within 0.01, 0.02, 0.05), numbers of checked and failed statements.
    """
    published = load_published(edition_dir)
    indicators = pd.read_csv(framework_dir / "indicators.csv", dtype=str, keep_default_na=False).set_index("code")
    folder = framework_dir / "questionnaires"
    lists = pd.read_csv(folder / "option_lists.csv", dtype=str, keep_default_na=False)
    codebook = pd.read_csv(folder / "coordinators.csv", dtype=str, keep_default_na=False)
    desk_codebook = pd.read_csv(folder / "desk_research.csv", dtype=str, keep_default_na=False)
    registry = pd.read_csv(edition_dir / "raw" / "registry.csv")
    rng = np.random.default_rng(seed)
    design = groups.design_groups(published, rng, steps=group_steps, progress=progress)
    types = characteristics.member_types(design, rng)
    enterprises = types["members_enterprises"].to_numpy()
    described = characteristics.describe(design, types, registry, lists, rng)
    with_other = {str(c) for c, r in indicators.iterrows() if "other=" in r["options"]}
    units = {str(k): str(v) for k, v in indicators["unit"].items()}
    table = assignment.first_matrix(design, published, units, enterprises, with_other, rng, progress=progress)
    given = (design, published, units, enterprises, with_other, rng)
    table = assignment.approach(table, *given, sweeps=2, progress=progress)
    table = assignment.anneal(table, design, published, enterprises, rng, steps=exchange_steps // 3, progress=progress)
    # second round: aim at scores that fit better and lie near the present ones
    design.scores = assignment.score_matrix(
        assignment.normalise(table.to_numpy(float)), list(table.columns), published.columns
    )
    groups.refine(
        design, published, rng, steps=group_steps // 5, hot=0.003, labels_too=False, anchor=0.02, progress=progress
    )
    table = assignment.approach(table, *given, sweeps=1, progress=progress)
    table = assignment.anneal(
        table, design, published, enterprises, rng, steps=exchange_steps, hot=0.003, progress=progress
    )
    found = assignment.score_statistics(
        assignment.normalise(table.to_numpy(float)), list(table.columns), design, published
    )
    rates = scoring.hit_rates(found, published.scores)
    progress("score tables: " + ", ".join(f"{k} {v:.3f}" for k, v in rates.items()))
    coordinators, desk = to_answers.answers(table, design, described, indicators, published, rng)
    order = rng.permutation(N)
    names = [f"R{i:02d}" for i in range(1, N + 1)]
    tables = []
    for data, book in ((coordinators, codebook), (desk, desk_codebook)):
        shuffled = data.iloc[order].reset_index(drop=True)
        shuffled["respondent_id"] = names
        tables.append(write.sort_columns(shuffled, book))
    coordinators, desk = tables
    result = checks.check_all(
        coordinators.astype(object).where(coordinators.notna(), np.nan), desk, indicators, lists, codebook, published
    )
    rates |= {"checked": float(len(result)), "unmet": float(sum(not c.holds for c in result))}
    progress(f"statements: {int(rates['checked'])} checked, {int(rates['unmet'])} do not hold")
    write_csv(coordinators, out_dir / "coordinators.csv")
    write_sidecar(
        out_dir / "coordinators.csv",
        title="Coordinators' questionnaire, edition 2024: reconstructed answers",
        description=(
            f"Answers of 42 synthetic clusters which give {len(result) - int(rates['unmet'])} of {len(result)} printed"
            " statements; coordinators.unmet.csv lists the others. No row describes an existing cluster."
        ),
        fact=(
            "Questions and options; means, medians, benchmarks, counts in comments, sector means, group sizes, totals"
            " of members and their types."
        ),
        reconstructed=(
            "Every single answer, who gave it, how answers go together, how amounts split into years; which groups"
            " meet in one respondent; seats, and founding years within their bands. One possible set of many."
        ),
        seed=seed,
    )
    write_csv(desk, out_dir / "desk_research.csv")
    write_sidecar(
        out_dir / "desk_research.csv",
        title="Desk research, edition 2024: reconstructed values",
        description="Search results, language versions and labels of 2025 for the same 42 synthetic clusters.",
        fact="Mean, median, benchmark and counts of both indicators; numbers of labels in September 2025.",
        reconstructed="Every single value and its link to a respondent.",
        seed=seed,
    )
    write_csv(write.unmet_table(result), out_dir / "coordinators.unmet.csv")
    return rates


__all__ = ["reconstruct"]
