"""`klastry uncertainty`: Monte Carlo and Sobol indices of an index, and their tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.compose.readers import read_data, read_framework
from analysis.compose.writing import check_target, write_tables
from analysis.composite.draws import Problem, make_problem
from analysis.composite.robustness import result_tables
from analysis.composite.sensitivity import rank_sensitivity
from analysis.composite.structure import Structure
from analysis.composite.uncertainty import monte_carlo
from analysis.config import IndexMethod
from analysis.errors import ConfigError
from analysis.framework import load_framework

BUILT = "20_indicators/indicators.csv"


def problem_of_files(data: Path, framework: Path, method: IndexMethod, *, seed: int) -> tuple[Problem, pd.DataFrame]:
    """Return the problem of two files as for `compose`, and the groups that its framework names (type Group)."""
    structure = read_framework(framework)
    indicators, others = read_data(data, structure)
    groups = [code for code, kind in structure.others.items() if kind == "group" and code in others.columns]
    return make_problem(indicators, structure, method, seed=seed, others=others), others[groups]


def problem_of_edition(
    build: Path, data_dir: Path, method: IndexMethod, dimensions: list[str], *, seed: int
) -> tuple[Problem, pd.DataFrame]:
    """Return the problem of a built edition, and its groups of respondents.

    Raises
    ------
    ConfigError
        The indicators of the edition have not been built.
    """
    path = build / BUILT
    if not path.is_file():
        raise ConfigError(f"{path} is not there yet; run: klastry build indicators")
    structure = Structure.from_hierarchy(load_framework(data_dir).indicators, source="indicators.csv")
    indicators = pd.read_csv(path).set_index("respondent_id")
    traits = pd.read_csv(path.with_name("characteristics.csv")).set_index("respondent_id")
    return make_problem(indicators, structure, method, seed=seed), traits[[d for d in dimensions if d != "all"]]


def uncertainty(
    problem: Problem,
    traits: pd.DataFrame,
    out: Path,
    *,
    seed: int,
    replications: int | None = None,
    sobol: bool = True,
    **how: Any,
) -> dict[str, pd.DataFrame]:
    """Run Monte Carlo and Sobol indices and write their tables, all or none.

    Parameters
    ----------
    problem
        From `problem_of_files` or `problem_of_edition`.
    traits
        Groups of units; may have no columns.
    out
        Folder for the tables.
    seed
        Seed of the draws and of the design.
    replications
        Draws; None: the key of the method.
    sobol
        Whether the indices are computed as well.
    how
        As `analysis.composite.uncertainty.run`: batch_size, jobs, scheduler, keep, progress.
    """
    check_target(out)
    tables = result_tables(monte_carlo(problem, seed=seed, replications=replications, **how), traits)
    if sobol:
        tables["sobol"] = rank_sensitivity(problem, seed=seed, **how)
    write_tables({f"{name}.csv": table for name, table in tables.items()}, out)
    return tables
