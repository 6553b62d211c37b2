"""`klastry compose`: build the index and write its tables, all or none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.compose.readers import read_data, read_framework
from analysis.compose.writing import check_target, write_tables
from analysis.composite.index import Index, build_index
from analysis.composite.statistics import describe_indicators
from analysis.composite.treatment import treatment_summary
from analysis.config import IndexMethod
from analysis.errors import ConfigError, MethodError

FILES = (
    "normalised.csv", "scores.csv", "weights.csv", "statistics.csv", "treatment_log.csv", "imputation_log.csv",
    "availability.csv",
)  # fmt: skip


def composed_tables(index: Index, raw: pd.DataFrame, method: IndexMethod) -> dict[str, pd.DataFrame]:
    """Return the tables of an index by file name (`FILES`), ready to be written without their index.

    Parameters
    ----------
    index
        The index built.
    raw
        (n_units, n_indicators), the indicators as read.
    method
        The method of the index.
    """
    tree = index.structure
    weights = tree.effective_weights(index.weights, area_from=method.aggregation.area_from)
    weights.insert(2, "weight", tree.weights)
    weights = weights.loc[[*tree.indicators, *tree.aggregates]]
    for column in ("target", "reached"):  # of a search for weights; empty otherwise
        weights[column] = np.nan if index.optimised is None else index.optimised.table[column].reindex(weights.index)
    treated = treatment_summary(index.prepared, index.treatment, method.treatment)
    statistics = describe_indicators(raw)
    included = index.screened.indicators["included"].reindex(statistics.index)
    statistics.insert(0, "name", tree.elements["name"].reindex(statistics.index))
    statistics["included"] = included.astype(int)
    statistics["treatment"] = treated["rule"].reindex(statistics.index)
    statistics["treated_cells"] = treated["changed"].reindex(statistics.index).astype("Int64")
    statistics["lambda"] = treated["lambda"].reindex(statistics.index)
    availability = index.screened.units.astype({"included": int})
    return {
        "normalised.csv": index.normalised.reset_index(),
        "scores.csv": index.long_scores(),
        "weights.csv": weights.rename_axis("code").reset_index(),
        "statistics.csv": statistics.reset_index(),
        "treatment_log.csv": index.treatment_log,
        "imputation_log.csv": index.imputation_log,
        "availability.csv": availability.rename_axis("unit").reset_index(),
    }


def compose(data: Path, framework: Path, method: IndexMethod, out: Path) -> Index:
    """Build the index of two files and write its tables.

    Parameters
    ----------
    data, framework
        CSV files, see `read_data` and `read_framework`.
    method
        The method; the engine's defaults are `load_index_method(None)`.
    out
        Folder for the tables. It appears when everything has succeeded; in a folder that exists only the files named
        in `FILES` are replaced.

    Raises
    ------
    KlastryError
        The files, the framework or the method cannot be used; nothing is written.
    """
    check_target(out)
    own = {(out / name).resolve() for name in FILES}
    for path in (data, framework):
        if path.resolve() in own:
            raise ConfigError(f"{path} would be overwritten by the tables of the index; choose another folder as --out")
    structure = read_framework(framework)
    indicators, others = read_data(data, structure)
    try:
        index = build_index(indicators, structure, method, others=others)
        tables = composed_tables(index, indicators, method)
    except MethodError as error:
        raise MethodError(f"{data} with {framework}: {error}") from error
    write_tables(tables, out)
    return index
