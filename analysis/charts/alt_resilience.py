"""Alternative texts of the charts of shocks, in the language of the process, from the tables of the charts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.charts.sentences import say
from analysis.charts.style import shown_number


def alt_loss_grid(data: pd.DataFrame, what: str, *, decimals: int = 1) -> str:
    """Describe a grid of losses, shock by shock: the three rows that lose most.

    Parameters
    ----------
    data
        As for `analysis.charts.loss_grid`.
    """
    parts = []
    for shock in [c for c in data.columns if c not in ("label", "gap")]:
        first = data.sort_values(shock, ascending=False, kind="stable").head(3)
        listed = ", ".join(
            f"{label} {shown_number(loss, decimals)}" for label, loss in zip(first["label"], first[shock], strict=True)
        )
        parts.append(say("loss_row", shock=shock, listed=listed))
    return say("losses", what=what.rstrip("."), rows="; ".join(parts))


def alt_curves(data: pd.DataFrame, what: str, names: Mapping[str, str]) -> str:
    """Describe response curves: the loss at half and at full severity of each shock.

    Parameters
    ----------
    data
        As for `analysis.charts.response_curves`.
    """
    parts = []
    for shock, name in names.items():
        own = data[data["shock"] == shock].set_index("severity")["loss"].sort_index()
        half, full = own.iloc[(own.index - 0.5).to_series().abs().argmin()], own.iloc[-1]
        parts.append(say("curve_row", name=name, half=shown_number(half, 1), full=shown_number(full, 1)))
    return say("curves", what=what.rstrip("."), rows="; ".join(parts))
