"""The one style of all charts: sizes, colours, fonts, number formats.

Colours differ in lightness first and in hue second, so that a chart survives greyscale print and colour blindness;
where two marks share a chart they differ in shape as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import matplotlib.pyplot as plt
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis import language

CM = 1 / 2.54
TEXT_WIDTH_CM = 16.0

INK = "#1B2530"
MUTED = "#5B6770"
RULE = "#C9D0D6"
PALE = "#DDE5EC"
DARK = "#17456B"  # median, points, bars; lightness about 28
ACCENT = "#D9822B"  # benchmark, line of fit; lightness about 63
LIGHT = "#A9C4DB"  # second series; lightness about 78
# Categories of a part-to-whole bar, dark to light; of the first four, neighbours differ by at least 9 in lightness.
STEPS = ("#17456B", "#6E9DC2", "#B5CDE0", "#E3EAF0", "#F4F6F8")
SEQUENTIAL = ("#F1F4F7", "#D3E0EB", "#A9C4DB", "#6E9DC2", "#3A73A0", "#17456B")

NBSP = "\u00a0"
MINUS = "\u2212"

FONT = "DejaVu Sans"

_RC: Any = {
    "font.family": FONT,
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    # Outlines instead of text: the same picture on every machine and in every typesetter.
    "svg.fonttype": "path",
    "svg.hashsalt": "klastry",
}


def use_style() -> None:
    """Apply the style to this process; charts call it themselves, so it holds when they are saved."""
    rcParams.update(_RC)


def new_figure(height_cm: float, *, width_cm: float = TEXT_WIDTH_CM) -> Figure:
    """Return an empty figure of the given size that pyplot does not keep (a notebook shows it once, when asked)."""
    use_style()
    figure = plt.figure(figsize=(width_cm * CM, height_cm * CM), layout="constrained")
    plt.close(figure)
    return figure


def _rounded(value: float, decimals: int) -> Decimal:
    return Decimal(f"{float(value):.15g}").quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def english_number(value: float, decimals: int = 0) -> str:
    """Format a number the English way: decimal point, comma between thousands, halves rounded away from zero.

    Examples
    --------
    >>> english_number(25863.04, 1), english_number(-0.125, 2)
    ('25,863.0', '−0.13')
    """
    rounded = _rounded(value, decimals)
    text = f"{abs(rounded):,.{decimals}f}"
    return f"−{text}" if rounded < 0 else text


def polish_number(value: float, decimals: int = 0) -> str:
    """Format a number the Polish way: decimal comma, no-break space between thousands, halves rounded away from zero.

    Examples
    --------
    >>> polish_number(25863.04, 1).replace(NBSP, "_")
    '25_863,0'
    >>> polish_number(0.125, 2)
    '0,13'
    >>> polish_number(-4.0)
    '−4'
    """
    rounded = _rounded(value, decimals)
    text = f"{abs(rounded):,.{decimals}f}".replace(",", NBSP).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def shown_number(value: float, decimals: int = 0) -> str:
    """Format a number in the language of this process (`analysis.language`)."""
    return {"pl": polish_number, "en": english_number}[language.current()](value, decimals)


def number_axis(axes: Axes, *, axis: str, decimals: int = 0) -> None:
    """Print the tick labels of the x or y axis in the language of this process."""
    formatter = FuncFormatter(lambda value, _position: shown_number(value, decimals))
    (axes.xaxis if axis == "x" else axes.yaxis).set_major_formatter(formatter)


def score_axes(
    axes: Axes, ticks: Sequence[float], names: Sequence[str], *, bottom: float, top: float, room: float
) -> None:
    """Rows of a chart of scores: names at the left, one scale of 0 to 1 with light lines, `room` at its right for text.

    Parameters
    ----------
    ticks, names
        Height and name of each row, from the top down; `bottom` and `top` are the limits.
    """
    axes.set_yticks(ticks, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(bottom, top)
    axes.set_xlim(-0.07, 1 + room)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    number_axis(axes, axis="x", decimals=1)
    axes.grid(axis="x", color=PALE)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", colors=MUTED)


def luminance(colour: str) -> float:
    """Relative luminance (0 black – 1 white) of a `#rrggbb` colour, after WCAG 2.1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio (1–21) of two `#rrggbb` colours, after WCAG 2.1."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable_on(background: str) -> str:
    """Return white or the ink colour, whichever stands out more on `background`."""
    return max(("#FFFFFF", INK), key=lambda colour: contrast(colour, background))
