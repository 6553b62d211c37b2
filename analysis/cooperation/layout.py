"""Where to draw nodes so that labels do not cover each other: a seeded force layout, then boxes pushed apart."""

from __future__ import annotations

import numpy as np

from analysis.cooperation.graph import Graph
from analysis.errors import MethodError

ROUNDS = 4000


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
    share = 100 * sizes.prod(axis=1).sum() / (width * height)
    raise MethodError(f"layout: {n} labels cover {share:.0f}% of the page and cannot be told apart; make it larger")
