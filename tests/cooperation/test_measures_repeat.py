"""The measures of a graph are the same bytes in every run."""

from pathlib import Path

import pandas as pd

from analysis.cooperation import measures
from analysis.cooperation.graph import make_graph

ROOT = Path(__file__).resolve().parents[2]


def test_measures_are_the_same_every_time() -> None:
    """The eigenvector solver starts at random; what is written must not show it."""
    ties = pd.read_csv(ROOT / "data/editions/2024/raw/cooperation_ties.csv")
    ends = ties.iloc[:, 1:3].astype(str)
    names = sorted(set(ends.to_numpy().ravel()))
    graph = make_graph(names, [(a, b, 1.0) for a, b in ends.to_numpy().tolist() if a != b])
    texts = {measures.node_measures(graph).to_csv() for _ in range(8)}
    assert len(texts) == 1
