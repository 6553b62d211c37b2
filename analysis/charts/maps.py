"""Map of the sixteen voivodeships: shading by class, the number and the name on every region."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from analysis.charts.style import MUTED, SEQUENTIAL, new_figure, readable_on, shown_number
from analysis.errors import MethodError

CENTRAL_MERIDIAN = 19.0
EARTH_RADIUS_KM = 6371.0
# Shifts of a label from the centre of its region, in km (east, north), where the centre is a poor place for it.
SHIFTS = {
    "mazowieckie": (8, -14),
    "pomorskie": (-8, 0),
    "śląskie": (-6, 12),
    "opolskie": (-2, 4),
    "lubuskie": (-2, 2),
    "podkarpackie": (-4, 4),
    "małopolskie": (-4, 0),
    "świętokrzyskie": (0, 2),
    "podlaskie": (4, -4),
    "wielkopolskie": (-4, -4),
    "dolnośląskie": (0, 2),
    "zachodniopomorskie": (0, 4),
    "warmińsko-mazurskie": (0, 2),
    "Mazovia": (8, -14),
    "Pomerania": (-8, 0),
    "Silesia": (-6, 12),
    "Opole": (-2, 4),
    "Lubusz": (-2, 2),
    "Subcarpathia": (-4, 4),
    "Lesser Poland": (-4, 0),
    "Podlasie": (4, -4),
    "Greater Poland": (-4, -4),
    "Lower Silesia": (0, 2),
    "West Pomerania": (0, 4),
    "Warmia-Masuria": (0, 2),
}


def project(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spherical transverse Mercator about 19° E; degrees in, kilometres out.

    References
    ----------
    Snyder (1987), Map Projections – A Working Manual, USGS Professional Paper 1395, p. 58.
    """
    lam = np.radians(longitude - CENTRAL_MERIDIAN)
    phi = np.radians(latitude)
    b = np.cos(phi) * np.sin(lam)
    return EARTH_RADIUS_KM * np.arctanh(b), EARTH_RADIUS_KM * np.arctan2(np.tan(phi), np.cos(lam))


def load_shapes(path: Path, names: pd.Series) -> dict[str, list[np.ndarray]]:
    """Read a GeoJSON of regions and project it.

    Parameters
    ----------
    path
        GeoJSON with a `name` property per feature.
    names
        Index the names in the file, values the names to use.

    Returns
    -------
    dict
        Name → rings, each (n_points, 2) in kilometres.

    Raises
    ------
    MethodError
        A region of the file is not among `names`, or the other way round.
    """
    shapes: dict[str, list[np.ndarray]] = {}
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    in_file = {feature["properties"]["name"] for feature in features}
    differ = sorted(in_file ^ set(names.index))
    if differ:
        raise MethodError(f"map: {path.name} and the table of regions differ in {', '.join(differ)}")
    for feature in features:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        rings = []
        for ring in (np.asarray(ring, dtype=float) for polygon in polygons for ring in polygon):
            rings.append(np.column_stack(project(ring[:, 0], ring[:, 1])))
        shapes[str(names[feature["properties"]["name"]])] = rings
    return shapes


def centre(rings: Sequence[np.ndarray]) -> tuple[float, float]:
    """Centroid of the largest ring (shoelace formula)."""

    def area(ring: np.ndarray) -> float:
        x, y = ring[:, 0], ring[:, 1]
        return 0.5 * float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))

    ring = max(rings, key=lambda r: abs(area(r)))
    x, y = ring[:, 0], ring[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    return (
        float(((x[:-1] + x[1:]) * cross).sum() / (6 * area(ring))),
        float(((y[:-1] + y[1:]) * cross).sum() / (6 * area(ring))),
    )


def _classes(values: pd.Series, n_classes: int) -> tuple[pd.Series, list[tuple[float, float]]]:
    """Zero is a class of its own; the rest is cut at quantiles of the distinct values."""
    positive = np.sort(values[values > 0].unique())
    groups = np.array_split(positive, min(n_classes - 1, len(positive)))
    bounds = [(float(g[0]), float(g[-1])) for g in groups if len(g)]
    number = pd.Series(0, index=values.index)
    for i, (low, high) in enumerate(bounds, start=1):
        number[(values >= low) & (values <= high)] = i
    return number, bounds


def choropleth(
    shapes: dict[str, list[np.ndarray]],
    values: pd.Series,
    *,
    decimals: int = 0,
    legend_title: str = "",
    n_classes: int = 5,
) -> Figure:
    """Map of regions shaded by value, with the number and the name on each.

    Parameters
    ----------
    shapes
        From `load_shapes`.
    values
        Index the names of all regions; zero is a value.
    legend_title
        What the numbers count.
    n_classes
        Classes of shading, zero included.

    Raises
    ------
    MethodError
        Regions and values differ, or a value is missing or negative.
    """
    differ = sorted(set(shapes) ^ set(values.index))
    if differ:
        raise MethodError(f"map: shapes and values differ in {', '.join(map(str, differ))}")
    if values.isna().any() or (values < 0).any():
        raise MethodError("map: every region needs a value not below zero")
    number, bounds = _classes(values, n_classes)
    palette = [SEQUENTIAL[0], *SEQUENTIAL[-len(bounds) :]] if bounds else [SEQUENTIAL[0]]
    figure = new_figure(14.2)
    axes = figure.add_subplot()
    for name, rings in shapes.items():
        colour = palette[number[name]]
        vertices = np.vstack(rings)
        codes = np.concatenate(
            [[Outline.MOVETO, *[Outline.LINETO] * (len(r) - 2), Outline.CLOSEPOLY] for r in rings]
        ).astype(Outline.code_type)
        axes.add_patch(PathPatch(Outline(vertices, codes), facecolor=colour, edgecolor=MUTED, linewidth=0.6))
    for name, rings in shapes.items():
        text_colour = readable_on(palette[number[name]])
        x, y = centre(rings)
        dx, dy = SHIFTS.get(name, (0, 0))
        axes.text(x + dx, y + dy, shown_number(values[name], decimals), ha="center", va="bottom", fontsize=11.5,
                  fontweight="bold", color=text_colour)  # fmt: skip
        printed = name.replace("-", "-\n").replace(" ", "\n").replace("zachodniopomorskie", "zachodnio-\npomorskie")
        printed = printed.replace("świętokrzyskie", "święto-\nkrzyskie")
        axes.text(x + dx, y + dy - 3, printed, ha="center", va="top", fontsize=6.8, color=text_colour, linespacing=0.95)
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.set_axis_off()
    handles = []
    ranges = ([(0.0, 0.0)] if (number == 0).any() else []) + bounds
    for low, high in ranges:
        colour = palette[0] if high == 0 else palette[1 + bounds.index((low, high))]
        text = shown_number(low, decimals) + ("" if low == high else f"–{shown_number(high, decimals)}")
        handles.append(
            PathPatch(Outline([(0, 0), (1, 0)]), facecolor=colour, edgecolor=MUTED, linewidth=0.6, label=text)
        )
    axes.legend(handles=handles, title=legend_title, loc="lower left", frameon=False, alignment="left", borderaxespad=0)
    return figure
