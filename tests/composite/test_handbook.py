"""The Handbook's technology achievement index: its tables from its raw data, and the index as UNDP published it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.composite.coherence import cronbach_alpha
from analysis.composite.index import build_index
from analysis.composite.normalisation import normalise
from analysis.composite.structure import Structure
from analysis.composite.weighting import first_component
from analysis.config import Normalisation, load_index_method

DATA = Path(__file__).parent / "data"
PILLARS = {
    "PATENTS": "CREATION", "ROYALTIES": "CREATION", "INTERNET": "RECENT", "EXPORTS": "RECENT",
    "TELEPHONES": "OLD", "ELECTRICITY": "OLD", "SCHOOLING": "SKILLS", "UNIVERSITY": "SKILLS",
}  # fmt: skip
# Human Development Report 2001, technical note 2: goalposts of the index (telephones and electricity as logarithms).
GOALPOSTS = {
    "PATENTS": (0, 994), "ROYALTIES": (0, 272.6), "INTERNET": (0, 232.4), "EXPORTS": (0, 80.8),
    "TELEPHONES": (0, np.log10(901)), "ELECTRICITY": (np.log10(22), np.log10(6969)), "SCHOOLING": (0.8, 12),
    "UNIVERSITY": (0.1, 27.4),
}  # fmt: skip


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return pd.read_csv(DATA / "tai.csv").set_index("unit")


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    return pd.read_csv(DATA / "tai_published.csv").set_index("unit")


def structure() -> Structure:
    parents = {**PILLARS, **dict.fromkeys(PILLARS.values(), "TAI"), "TAI": ""}
    table = pd.DataFrame({"parent": parents})
    for code, (low, high) in GOALPOSTS.items():
        table.loc[code, ["goalpost_low", "goalpost_high"]] = [low, high]
    return Structure.from_table(table)


def test_index_as_published_in_2001(raw: pd.DataFrame, published: pd.DataFrame) -> None:
    method = load_index_method(None).replaced(normalisation={"rule": "goalposts"})
    scores = build_index(raw, structure(), method).scores["TAI"]
    known = published["tai_2001"].dropna()
    # Two printed decimals, and 0.001 for inputs that are printed with three digits.
    assert (scores[known.index] - known).abs().max() <= 0.005 + 0.0015
    assert scores.idxmax() == "Finland" and len(known) == 22


@pytest.mark.parametrize("rule", ["rank", "zscore", "minmax", "fraction_of_max"])
def test_normalisation_of_table_15(raw: pd.DataFrame, published: pd.DataFrame, rule: str) -> None:
    made = normalise(raw[["SCHOOLING"]], pd.Series({"SCHOOLING": 1}), Normalisation(rule=rule))["SCHOOLING"]  # type: ignore[arg-type]
    assert (made - published[f"schooling_{rule}"]).abs().max() <= 0.005 + 1e-9


def test_principal_components_of_table_7(raw: pd.DataFrame) -> None:
    _, share = first_component(raw.to_numpy())
    assert round(100 * share, 1) == 41.9


def test_cronbach_alpha_of_table_11(raw: pd.DataFrame) -> None:
    assert round(cronbach_alpha(raw.to_numpy()), 2) == 0.70
    printed = {
        "PATENTS": 0.704, "ROYALTIES": 0.645, "INTERNET": 0.636, "EXPORTS": 0.774, "TELEPHONES": 0.603,
        "ELECTRICITY": 0.624, "SCHOOLING": 0.662, "UNIVERSITY": 0.706,
    }  # fmt: skip
    for code, alpha in printed.items():
        assert cronbach_alpha(raw.drop(columns=code).to_numpy()) == pytest.approx(alpha, abs=0.003), code


def test_geometric_example_of_page_103() -> None:
    # Countries (21, 1, 1, 1) and (6, 6, 6, 6): equal arithmetic means, geometric means 2.14 and 6; 2.54 and 6.23 after
    # one more unit of the second indicator.
    from analysis.composite.aggregation import array_mean

    rows = np.array([[21, 1, 1, 1], [6, 6, 6, 6], [21, 2, 1, 1], [6, 7, 6, 6]], dtype=float)
    columns = list(rows.T)
    np.testing.assert_allclose(array_mean(columns, np.ones(4))[:2], [6, 6])
    assert np.round(array_mean(columns, np.ones(4), rule="geometric"), 2).tolist()[:2] == [2.14, 6.0]
    np.testing.assert_allclose(array_mean(columns, np.ones(4), rule="geometric")[2:], [2.54, 6.23], atol=0.011)
