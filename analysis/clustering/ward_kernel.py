"""Ward's trees of many resamples, compiled: a resample takes microseconds, SciPy's checks alone would take 0.1 ms."""

# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def resampled_jaccard(apart, same_row, drawn, ks, own, sums, counts):
    """Add up how well each group returns in the Ward trees of resamples.

    A tree is grown by the chain of nearest neighbours, steps and order of ties as in `scipy.cluster.hierarchy.linkage`,
    and cut as `partition.cuts` does.

    Parameters
    ----------
    apart
        (n, n), distances of units.
    same_row
        (n,), number of each unit's row among the distinct rows of the data, from 0.
    drawn
        (n_draws, n), units drawn; each counts once, however often it is drawn.
    ks
        (n_ks,), numbers of groups, ascending; a resample with fewer distinct rows than k says nothing about k.
    own
        (n_ks, n), groups of the data from 0.
    sums, counts
        (n_ks, n_groups), added to: Jaccard coefficient of the group with the most similar group of the resample, and
        number of resamples with a unit of the group.
    """
    n = apart.shape[0]
    most = sums.shape[1]
    units = np.empty(n, np.int64)
    seen = np.empty(n, np.bool_)
    far = np.empty((n, n))
    size = np.empty(n, np.int64)
    chain = np.empty(n, np.int64)
    merges = np.empty((n, 2), np.int64)
    heights = np.empty(n)
    order = np.empty(n, np.int64)
    label = np.empty(n, np.int64)
    number = np.empty(n, np.int64)
    table = np.empty((most, n), np.int64)
    for draw in range(drawn.shape[0]):
        seen[:] = False
        for i in range(n):
            seen[drawn[draw, i]] = True
        m = 0
        for i in range(n):
            if seen[i]:
                units[m] = i
                m += 1
        seen[:] = False
        distinct = 0
        for i in range(m):
            if not seen[same_row[units[i]]]:
                seen[same_row[units[i]]] = True
                distinct += 1
        for i in range(m):
            size[i] = 1
            for j in range(m):
                far[i, j] = apart[units[i], units[j]]
        length = 0
        for merge in range(m - 1):
            if length == 0:
                length = 1
                chain[0] = 0
                while size[chain[0]] == 0:
                    chain[0] += 1
            while True:
                x = chain[length - 1]
                y = -1
                least = np.inf
                if length > 1:  # of equal distances that to the previous unit of the chain, or it might run in circles
                    y = chain[length - 2]
                    least = far[x, y]
                for i in range(m):
                    if size[i] > 0 and i != x and far[x, i] < least:
                        least = far[x, i]
                        y = i
                if length > 1 and y == chain[length - 2]:
                    break
                chain[length] = y
                length += 1
            length -= 2
            if x > y:
                x, y = y, x
            merges[merge, 0] = x
            merges[merge, 1] = y
            heights[merge] = least
            n_x, n_y = size[x], size[y]
            size[x] = 0
            size[y] = n_x + n_y
            for i in range(m):
                if size[i] > 0 and i != y:
                    t = 1.0 / (n_x + n_y + size[i])
                    joined = np.sqrt(
                        (size[i] + n_x) * t * far[i, x] * far[i, x]
                        + (size[i] + n_y) * t * far[i, y] * far[i, y]
                        - size[i] * t * least * least
                    )
                    far[i, y] = joined
                    far[y, i] = joined
        for merge in range(m - 1):  # by height, of equal ones the earlier first
            place = merge
            while place > 0 and heights[order[place - 1]] > heights[merge]:
                order[place] = order[place - 1]
                place -= 1
            order[place] = merge
        for i in range(m):
            label[i] = i
        left = m
        row = ks.shape[0] - 1
        done = 0
        while row >= 0:
            k = ks[row]
            if k > distinct:
                row -= 1
                continue
            while left > k:
                a, b = label[merges[order[done], 0]], label[merges[order[done], 1]]
                for i in range(m):
                    if label[i] == a:
                        label[i] = b
                done += 1
                left -= 1
            number[:m] = -1
            table[:, :k] = 0
            found = 0
            for i in range(m):
                if number[label[i]] < 0:
                    number[label[i]] = found
                    found += 1
                table[own[row, units[i]], number[label[i]]] += 1
            for g in range(most):
                inside = 0
                for h in range(k):
                    inside += table[g, h]
                if inside == 0:
                    continue
                best = 0.0
                for h in range(k):
                    other = 0
                    for f in range(most):
                        other += table[f, h]
                    best = max(best, table[g, h] / (inside + other - table[g, h]))
                sums[row, g] += best
                counts[row, g] += 1
            row -= 1
