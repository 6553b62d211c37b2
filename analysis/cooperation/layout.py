"""Where to draw nodes so that labels do not cover each other: a seeded force layout, then boxes pushed apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.cooperation.graph import Graph
from analysis.errors import MethodError

ROUNDS = 4000
CROWDED = 0.65  # share of the page from which labels are not worth trying to part
ROOMY = 0.4  # share of the page that labels may cover where only some nodes get their names: they crowd in the middle


def force_layout(graph: Graph, *, width: float, height: float, rng: np.random.Generator) -> np.ndarray:
    """Kamada–Kawai positions of each component, the components side by side in rows; (n, 2) within width × height.

    The largest component gets the upper part in proportion to its number of nodes, the others share a row below.
    """
    made = graph.igraph
    parts = sorted((sorted(p) for p in made.connected_components()), key=lambda p: (-len(p), p))
    out = np.zeros((len(graph.nodes), 2))
    rest = sum(len(p) for p in parts[1:])
    floor = height * min(0.3, 1.4 * rest / len(graph.nodes)) if rest else 0.0
    left = 0.0
    for number, part in enumerate(parts):
        inner = made.subgraph(part)
        angle = 2 * np.pi * rng.permutation(len(part)) / max(len(part), 1)
        start = np.column_stack([np.cos(angle), np.sin(angle)])
        if len(part) == 1:
            found = np.zeros((1, 2))
        else:
            found = np.array(inner.layout_kamada_kawai(seed=start.tolist(), maxiter=200 * len(part)).coords)
        centred = found - found.mean(axis=0)
        if len(part) > 2:  # the long side of the drawing goes along the long side of the page
            _, _, axes = np.linalg.svd(centred, full_matrices=False)
            centred = centred @ axes.T
            centred = centred[:, ::-1] if height > width and number == 0 else centred
        low, span = centred.min(axis=0), np.maximum(np.ptp(centred, axis=0), 1e-9)
        scaled = (centred - low) / span if len(part) > 1 else np.full((1, 2), 0.5)
        if number == 0:
            out[part] = scaled * [width, height - floor] + [0, floor]
        else:
            share = width * len(part) / rest
            out[part] = scaled * [share * 0.5, floor * 0.6] + [left + share * 0.25, floor * 0.1]
            left += share
    return out


def push_apart(
    centres: np.ndarray, sizes: np.ndarray, *, width: float, height: float, gap: float, weight: float = 0.02
) -> np.ndarray:
    """Move boxes as little as possible until none overlaps another and all are on the page.

    Parameters
    ----------
    centres, sizes
        (n, 2): where each box would like to be, and its width and height.
    gap
        Room between two boxes.
    weight
        How strongly a box is drawn back while others push.

    Raises
    ------
    MethodError
        The boxes do not fit; names how much of the page they cover.
    """
    place = _apart(centres, sizes, width=width, height=height, gap=gap, weight=weight)
    if place is None:
        share = 100 * sizes.prod(axis=1).sum() / (width * height)
        raise MethodError(
            f"layout: {len(sizes)} labels cover {share:.0f}% of the page and cannot be told apart; make it larger"
        )
    return place


@dataclass(frozen=True)
class Placed:
    """Nodes on a page: `centres` and `sizes` (n, 2) of their boxes in cm, `height` of the page.

    `named` (n,) tells which nodes have their name below them; the others have a number.
    """

    centres: np.ndarray
    sizes: np.ndarray
    height: float
    named: np.ndarray


def place_labels(
    graph: Graph,
    names: np.ndarray,
    numbers: np.ndarray,
    *,
    width: float,
    heights: Sequence[float],
    gap: float,
    seed: int,
) -> Placed:
    """Place nodes with their names while these fit; where they do not, nodes with few ties get numbers.

    Names are tried on each page in turn, from the smallest on. On the largest, as many nodes with most ties keep their
    names as leave room between the boxes.

    Parameters
    ----------
    names, numbers
        (n, 2): width and height of each node with its name, and with its number.
    heights
        Heights of pages that may be used, ascending.
    seed
        Of the layout; the same for every page.

    Raises
    ------
    MethodError
        Not even numbers fit.
    """
    n = len(graph.nodes)
    tallest = heights[-1]

    def fitted(sizes: np.ndarray, height: float) -> np.ndarray | None:
        start = force_layout(graph, width=width, height=height, rng=np.random.default_rng(seed))
        return _apart(start, sizes, width=width, height=height, gap=gap)

    everybody = np.ones(n, dtype=bool)
    for height in heights:
        if names.prod(axis=1).sum() <= CROWDED * width * height:
            place = fitted(names, height)
            if place is not None:
                return Placed(place, names, height, everybody)
    first = np.argsort(-np.bincount(graph.index.ravel(), minlength=n), kind="stable")
    covered = numbers.prod(axis=1).sum() + np.cumsum((names.prod(axis=1) - numbers.prod(axis=1))[first])
    count = int(np.searchsorted(covered, ROOMY * width * tallest, side="right"))
    while True:
        named = np.zeros(n, dtype=bool)
        named[first[:count]] = True
        sizes = np.where(named[:, None], names, numbers)
        place = fitted(sizes, tallest)
        if place is not None:
            return Placed(place, sizes, tallest, named)
        if not count:
            raise MethodError(
                f"layout: {n} nodes do not fit on a page of {width:g} × {tallest:g} cm, even with numbers"
            )
        count = count * 3 // 4


def _apart(
    centres: np.ndarray, sizes: np.ndarray, *, width: float, height: float, gap: float, weight: float = 0.02
) -> np.ndarray | None:
    """`push_apart`, or None where the boxes do not fit."""
    place = centres.astype(float).copy()
    n = len(place)
    room = (sizes[:, None, :] + sizes[None, :, :]) / 2 + gap
    low, high = sizes / 2, np.array([width, height]) - sizes / 2
    order = np.arange(n)
    nudge = np.column_stack([np.cos(order), np.sin(order)]) * 1e-3
    place += nudge  # two boxes at one place need a direction to part
    for step in range(ROUNDS):
        gaps = place[:, None, :] - place[None, :, :]
        over = room - np.abs(gaps)
        hit = (over > 1e-6).all(axis=2)
        np.fill_diagonal(hit, False)
        if not hit.any() and ((place >= low - 1e-6) & (place <= high + 1e-6)).all():
            return np.round(place, 4)
        along_x = over[:, :, 0] < over[:, :, 1]
        side = np.where(gaps >= 0, 1.0, -1.0)
        push = np.zeros((n, n, 2))
        push[:, :, 0] = np.where(hit & along_x, side[:, :, 0] * over[:, :, 0], 0)
        push[:, :, 1] = np.where(hit & ~along_x, side[:, :, 1] * over[:, :, 1], 0)
        place += 0.5 * push.sum(axis=1) / np.maximum(1, hit.sum(axis=1))[:, None]
        if step < ROUNDS // 2:
            place += weight * (centres - place) * (1 - 2 * step / ROUNDS)
        place = np.clip(place, low, high)
    return None
