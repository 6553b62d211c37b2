"""The graph for other programs: GraphML and GEXF with every attribute, the same bytes for the same data."""

from __future__ import annotations

import io
import re
from typing import Any

import networkx as nx
import pandas as pd

from analysis.cooperation.graph import Network

NODE_COLUMNS = ("name", "short", "kind", "sector", "voivodeship", "source_line")
TIE_COLUMNS = ("kind", "form", "since_year", "until_year", "what_pl", "what_en", "source_line")


def multigraph(network: Network, positions: pd.DataFrame | None = None) -> Any:
    """All organisations and ties as they are documented: two ties of one pair stay two, each under its tie_id.

    Parameters
    ----------
    positions
        Indexed by node: x, y in cm, written as attributes; None for none.
    """
    graph = nx.MultiGraph()
    for node, row in network.nodes.iterrows():
        own: dict[str, Any] = {c: str(row[c]) for c in NODE_COLUMNS if pd.notna(row[c])}
        if positions is not None:
            x, y = positions.loc[[str(node)], ["x", "y"]].to_numpy(dtype=float)[0].tolist()
            own |= {"x": x, "y": y}
        graph.add_node(str(node), label=str(row["short"]), **own)
    for tie in network.ties.to_dict("records"):
        own = {c: str(tie[c]) for c in TIE_COLUMNS if pd.notna(tie[c])}
        graph.add_edge(tie["source"], tie["target"], key=tie["tie_id"], id=tie["tie_id"], **own)
    return graph


def graphml(graph: Any) -> str:
    """Return the graph as GraphML text."""
    buffer = io.BytesIO()
    nx.write_graphml_xml(graph, buffer, encoding="utf-8", prettyprint=True)
    return buffer.getvalue().decode("utf-8")


def gexf(graph: Any, *, date: str) -> str:
    """Return the graph as GEXF text, dated `date` (networkx would write today)."""
    text = "\n".join(nx.generate_gexf(graph, prettyprint=True)) + "\n"
    return re.sub(r'lastmodifieddate="[^"]*"', f'lastmodifieddate="{date}"', text)
