"""Reconstruction of the coordinators' answers: synthetic respondents that give the published statistics.

The printed report is the only source. The rows are one of many possible sets of answers: they describe no existing
cluster. `reconstruct` runs the steps labels → aims → values → exchanges → sub-areas → answers → files;
docs/reconstruction.md tells what is fact and what is choice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.reproduction.reconstruction import answers as to_answers
from analysis.reproduction.reconstruction import (
    assignment,
    characteristics,
    checks,
    exact,
    exchanges,
    groups,
    labels,
    scoring,
    targets,
    write,
)
from analysis.reproduction.reconstruction.published import SECTORS, N, Published, load_published
from analysis.reproduction.sidecars import write_sidecar
from analysis.workspace import write_csv

PROCESSES = 2
CHAINS = 2
ABSENT = "absent "  # columns of the aims that say who gave no answer


@dataclass(frozen=True)
class Effort:
    """Steps of simulated annealing, and what they start and end with (in missed statistics)."""

    again: int = 12_000_000  # for each sub-area that is still open
    rounds: int = 2
    last: int = 150_000_000
    hot: float = 5.0
    warm: float = 0.5
    cold: float = 0.02


def _quiet(message: str) -> None:
    del message


class Stages:
    """Results of the long steps, kept in a folder so that an interrupted run goes on where it stopped.

    The folder belongs to one seed, one effort and one state of code and published files.
    """

    def __init__(self, folder: Path | None, key: str) -> None:
        self.folder = None if folder is None else folder / key
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, make: Callable[[], pd.DataFrame], progress: Callable[[str], None]) -> pd.DataFrame:
        """Table of a step: from the folder if it is there, else made and put there."""
        path = None if self.folder is None else self.folder / f"{name}.csv"
        if path is not None and path.is_file():
            progress(f"{name}: taken from an earlier run ({path})")
            return pd.read_csv(path)
        table = make()
        if path is not None:
            draft = path.with_suffix(".part")
            table.to_csv(draft, index=False)
            draft.replace(path)
        return table


def _key(edition_dir: Path, framework_dir: Path, seed: int, effort: Effort) -> str:
    digest = hashlib.sha256(f"{seed} {effort}".encode())
    sources = [
        *sorted(Path(__file__).parent.glob("*.py")),
        *sorted((edition_dir / "published").glob("*.csv")),
        edition_dir / "reproduction" / "labels.csv",
        framework_dir / "indicators.csv",
    ]
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _report(table: pd.DataFrame, setting: exchanges.Setting, step: str, progress: Callable[[str], None]) -> None:
    progress(f"{step}: {exact.missed(table, setting)} of {setting.published.scores.size} score statistics missed")


def _values(
    design: groups.Design,
    published: Published,
    indicators: pd.DataFrame,
    enterprises: np.ndarray,
    seed: int,
    effort: Effort,
    stages: Stages,
    progress: Callable[[str], None],
) -> pd.DataFrame:
    """Answers of all 90 indicators: solved one by one and by sub-area near the aims, exchanged, solved again."""
    with_other = {str(c) for c, r in indicators.iterrows() if "other=" in r["options"]}
    units = {str(k): str(v) for k, v in indicators["unit"].items()}
    setting = exchanges.Setting(design, published, units, enterprises, frozenset(with_other))
    given = (design, published, units, enterprises, with_other, np.random.default_rng([seed, 3]))

    def first() -> pd.DataFrame:
        table = assignment.first_matrix(*given, progress=progress)
        return assignment.approach(table, *given, sweeps=1, progress=progress)

    def exchanged(table: pd.DataFrame, number: int, hot: float, steps: int, only: tuple[str, ...] = ()) -> pd.DataFrame:
        seeds = [100 * seed + 10 * number + k for k in range(CHAINS)]
        return exchanges.best_of(
            table, setting, seeds, processes=PROCESSES, steps=steps, hot=hot, cold=effort.cold, only=only
        )[0]

    def solved(table: pd.DataFrame) -> pd.DataFrame:
        return exact.solve_all(table, setting, seed, design.scores, processes=PROCESSES, progress=progress)

    table = stages.get("values_1_by_indicator", first, progress)
    _report(table, setting, "one by one", progress)
    table = stages.get("values_2_by_subarea", partial(solved, table), progress)
    _report(table, setting, "sub-areas", progress)
    for number in range(effort.rounds):
        open_ = exact.missing_subareas(table, setting)
        if not open_:
            break
        table = stages.get(
            f"values_3_exchanged_{number + 1}",
            partial(exchanged, table, 1 + number, effort.hot, effort.again * len(open_), open_),
            progress,
        )
        table = stages.get(f"values_4_by_subarea_{number + 1}", partial(solved, table), progress)
        _report(table, setting, f"sub-areas, round {number + 2}", progress)
    table = stages.get("values_5_exchanged", partial(exchanged, table, 8, effort.warm, effort.last), progress)
    _report(table, setting, "exchanges", progress)
    table = stages.get(
        "values_6_sector_means", partial(exact.restore_sectors, table, setting, seed, progress), progress
    )
    _report(table, setting, "sector means", progress)
    return table


def reconstruct(
    edition_dir: Path,
    framework_dir: Path,
    out_dir: Path,
    *,
    seed: int = 2024,
    effort: Effort | None = None,
    stages_dir: Path | None = None,
    progress: Callable[[str], None] = _quiet,
) -> dict[str, float]:
    """Reconstruct coordinators.csv and desk_research.csv of an edition.

    Parameters
    ----------
    edition_dir : folder of the edition with `published/`, `raw/registry.csv` and `reproduction/labels.csv`
    framework_dir : folder with indicators.csv and questionnaires/
    out_dir : where the two tables, their sidecars and coordinators.unmet.csv go
    seed : same seed, same bytes
    effort : how long to search
    stages_dir : keeps the results of the long steps; a run that was interrupted goes on from there
    progress : told in words what is being done

    Returns
    -------
    Shares of printed score statistics met (exact, within 0.01, 0.02, 0.05), numbers of checked and failed statements.
    """
    effort = effort or Effort()
    published = load_published(edition_dir)
    indicators = pd.read_csv(framework_dir / "indicators.csv", dtype=str, keep_default_na=False).set_index("code")
    folder = framework_dir / "questionnaires"
    lists = pd.read_csv(folder / "option_lists.csv", dtype=str, keep_default_na=False)
    codebook = pd.read_csv(folder / "coordinators.csv", dtype=str, keep_default_na=False)
    desk_codebook = pd.read_csv(folder / "desk_research.csv", dtype=str, keep_default_na=False)
    registry = pd.read_csv(edition_dir / "raw" / "registry.csv")
    found = labels.read_labels(edition_dir)
    stages = Stages(stages_dir, _key(edition_dir, framework_dir, seed, effort))

    def aims() -> pd.DataFrame:
        sizes = {s: int((found.of["sector"] == k).sum()) for k, s in enumerate(SECTORS)}
        shares = assignment.export_share_pattern(published, sizes)
        numbers = {"V.3.2": {s: sizes[s] - shares[s] for s in SECTORS}}
        trial = targets.trial_scores(published, found.of, found.without_iv4, numbers, progress)
        absent = pd.DataFrame(trial.absent).add_prefix(ABSENT)
        return pd.concat([pd.DataFrame(trial.scores, columns=list(published.columns)), absent], axis=1)

    aims_table = stages.get("aims", aims, progress)
    aim = aims_table[list(published.columns)].to_numpy(float)
    absent = {
        c.removeprefix(ABSENT): aims_table[c].to_numpy(bool) for c in map(str, aims_table) if c.startswith(ABSENT)
    }
    members = groups.choose_members(found.of, aim, published, np.random.default_rng([seed, 1]))
    design = groups.Design(found.of, members, found.without_iv4, aim, absent)
    rng = np.random.default_rng([seed, 2])
    types = characteristics.member_types(design, groups.enterprises_needed(aim, published), rng)
    described = characteristics.describe(design, types, registry, lists, rng)
    enterprises = types["members_enterprises"].to_numpy()
    table = _values(design, published, indicators, enterprises, seed, effort, stages, progress)
    statistics = assignment.score_statistics(
        assignment.normalise(table.to_numpy(float)), list(table.columns), design, published
    )
    rates = scoring.hit_rates(statistics, published.scores)
    progress("score tables: " + ", ".join(f"{k} {v:.3f}" for k, v in rates.items()))
    rng = np.random.default_rng([seed, 4])
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
