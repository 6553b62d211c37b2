"""Simulated annealing of the answers, compiled: a step costs microseconds, so hundreds of millions are affordable.

Arrays are laid out indicator × respondent. Answers are whole numbers (multiples of 1/scale of the printed unit). A step
exchanges two answers of one indicator, moves an answer to a respondent who has none, or changes one or two answers.
Printed counts, medians, benchmarks and ranks are ranges for the numbers of answers at or above thresholds; they hold
in every step, as do the ranges of sums that the printed means leave, and the conditions under which multiple-choice
answers with the printed shares exist.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"
from __future__ import annotations

import numpy as np
from numba import njit

EDGE = 0.005 - 1e-7  # a printed value stands for everything that rounds half up to it
OF_MISS = 1.0  # price of a statistic outside its printed range …
OF_HUNDREDTH = 1.0  # … and of every 0.01 of its distance


@njit(cache=True)
def roughness(value):
    """Significant digits of an answer beyond two."""
    if value < 100:
        return 0
    while value % 10 == 0:
        value //= 10
    digits = 0
    while value > 0:
        value //= 10
        digits += 1
    return max(digits - 2, 0)


@njit(cache=True)
def treatment(answers, present, scratch):
    """Least value and cap of one indicator: Q3 + 1.5·IQR (type 7), or the largest value if that is less or IQR is 0."""
    n = 0
    for i in range(answers.shape[0]):
        if present[i]:
            value = answers[i]
            k = n
            while k > 0 and scratch[k - 1] > value:
                scratch[k] = scratch[k - 1]
                k -= 1
            scratch[k] = value
            n += 1
    at = (n - 1) * 0.25
    k = int(at)
    q1 = scratch[k] + (at - k) * (scratch[min(k + 1, n - 1)] - scratch[k])
    at = (n - 1) * 0.75
    k = int(at)
    q3 = scratch[k] + (at - k) * (scratch[min(k + 1, n - 1)] - scratch[k])
    cap = scratch[n - 1]
    if q3 > q1:
        cap = min(cap, q3 + 1.5 * (q3 - q1))
    return scratch[0], cap


@njit(cache=True)
def price_of(value, printed, of_miss):
    """Price of one statistic."""
    gap = abs(value - printed) - EDGE
    if gap <= 0:
        return 0.0
    return of_miss + OF_HUNDREDTH * gap * 100


@njit(cache=True)
def group_price(scores, members, size, printed, scratch, of_miss):
    """Price of min, Q1, median, mean, Q3 and max of one score column in one group (missing scores are below zero)."""
    n = 0
    total = 0.0
    for m in range(size):
        value = scores[members[m]]
        if value < 0:
            continue
        total += value
        k = n
        while k > 0 and scratch[k - 1] > value:
            scratch[k] = scratch[k - 1]
            k -= 1
        scratch[k] = value
        n += 1
    out = price_of(scratch[0], printed[0], of_miss) + price_of(scratch[n - 1], printed[5], of_miss)
    out += price_of(total / n, printed[3], of_miss)
    for quarter in range(1, 4):
        at = (n - 1) * 0.25 * quarter
        k = int(at)
        value = scratch[k]
        if at > k:
            value += (at - k) * (scratch[k + 1] - scratch[k])
        out += price_of(value, printed[quarter if quarter < 3 else 4], of_miss)
    return out


@njit(cache=True)
def line_price(members, overall, line):
    """Distance of the regression of the overall score on the number of members from its printed numbers.

    `line` holds slope, intercept and R², each with its half width and the distance that costs 1.
    """
    n = members.shape[0]
    mx = members.mean()
    my = overall.mean()
    sxx = 0.0
    sxy = 0.0
    syy = 0.0
    for i in range(n):
        sxx += (members[i] - mx) ** 2
        sxy += (members[i] - mx) * (overall[i] - my)
        syy += (overall[i] - my) ** 2
    slope = sxy / sxx
    found = (slope, my - slope * mx, sxy * sxy / (sxx * syy))
    out = 0.0
    for k in range(3):
        out += max(abs(found[k] - line[k, 0]) - line[k, 1], 0.0) / line[k, 2]
    return out


@njit(cache=True)
def allowed(j, i, value, answers, present, low, high, parent, same, below, above):
    """Whether a respondent may give an answer, as far as its other answers are concerned."""
    if value < low[j, i] or value > high[j, i]:
        return False
    p = parent[j]
    if p >= 0:
        given = present[p, i] and answers[p, i] > 0
        if value > 0 and not given:
            return False
        if same[j] and value <= 0 and given:
            return False
    for child in range(parent.shape[0]):
        if parent[child] == j and present[child, i]:
            given = answers[child, i] > 0
            if value <= 0 and (given or same[child] == 2):
                return False
            if same[child] == 1 and value > 0 and not given:
                return False
    b = below[j]
    if b >= 0 and present[b, i] and value > answers[b, i]:
        return False
    a = above[j]
    return not (a >= 0 and present[a, i] and value < answers[a, i])


@njit(cache=True)
def list_exists(totals, parents, children, n_children, others, n_others, scratch):
    """Whether ticks exist: how many options each respondent ticks at most, and how often each option is ticked.

    The condition of Gale and Ryser; options that need a ticked parent are a block of columns of their own, and the
    parent goes to the `parents` largest totals. `children` and `others` are numbers of ticks in falling order.
    """
    n = totals.shape[0]
    for i in range(n):
        k = i
        while k > 0 and scratch[k - 1] < totals[i]:
            scratch[k] = scratch[k - 1]
            k -= 1
        scratch[k] = totals[i]
    if parents > 0 and scratch[parents - 1] < 1:
        return False
    above_x = 0
    for x in range(n_children + 1):
        if x > 0:
            above_x += children[x - 1]
        above = above_x
        for y in range(n_others + 1):
            if y > 0:
                above += others[y - 1]
            room = 0.0
            for i in range(n):
                room += min(scratch[i] - 1, x + y) if i < parents else min(scratch[i], y)
            if above > room:
                return False
    return True


@njit(cache=True)
def levels_exist(totals, n_items, twos, scratch):
    """Whether levels 0 to 2 of `n_items` items exist with these sums and these numbers of twos (falling order).

    A respondent with t points has between t - n_items and t/2 twos. The most even choice with the right sum leaves
    the most room, so it decides (Gale and Ryser again).
    """
    n = totals.shape[0]
    need = 0
    for k in range(n_items):
        need += twos[k]
    for i in range(n):
        scratch[i] = max(totals[i] - n_items, 0)
        need -= scratch[i]
    if need < 0:
        return False
    level = 0
    while need > 0 and level < n_items:
        for i in range(n):
            if need > 0 and scratch[i] == level and scratch[i] < totals[i] // 2:
                scratch[i] += 1
                need -= 1
        level += 1
    if need > 0:
        return False
    above = 0
    for k in range(n_items):
        above += twos[k]
        room = 0.0
        for i in range(n):
            room += min(scratch[i], k + 1)
        if above > room:
            return False
    return True


@njit(cache=True)
def normalise_one(value, least, cap):
    """Normalised score of an answer."""
    if cap <= least:
        return 0.0
    return (min(value, cap) - least) / (cap - least)


@njit(cache=True)
def whole_state(answers, present, of_sub, of_area, n_columns, all_column, areas, scratch):
    """Least values, caps, normalised scores (indicator × respondent), sums, counts and scores (column × respondent)."""
    n_j, n = answers.shape
    least = np.empty(n_j)
    cap = np.empty(n_j)
    z = np.zeros((n_j, n))
    sums = np.zeros((n_columns, n))
    counts = np.zeros((n_columns, n), np.int64)
    for j in range(n_j):
        least[j], cap[j] = treatment(answers[j], present[j], scratch)
        for i in range(n):
            if present[j, i]:
                z[j, i] = normalise_one(answers[j, i], least[j], cap[j])
                for c in (of_sub[j], of_area[j]):
                    sums[c, i] += z[j, i]
                    counts[c, i] += 1
    scores = np.full((n_columns, n), -1.0)
    for c in range(n_columns):
        for i in range(n):
            if counts[c, i] > 0:
                scores[c, i] = sums[c, i] / counts[c, i]
    for i in range(n):
        total = 0.0
        for c in areas:
            total += scores[c, i]
        scores[all_column, i] = total / areas.shape[0]
    return least, cap, z, sums, counts, scores


@njit(cache=True)
def anneal(
    answers, present, cells, n_cells, cell_low, cell_high, lists, list_base, list_parents, list_children,
    n_children, list_others, n_others, free, may_miss, fixed, classes, class_low, class_high, total_low, total_high,
    weights, weight_low, weight_high, low, high, parent, same, below, above, of_sub, of_area, all_column, areas,
    group_of, group_members, group_size, printed, members, line, rough, pool, rng, steps, hot, cold, report,
):  # fmt: skip
    """Anneal in place; returns the best answers and who gave them, with the price of the score tables.

    Parameters
    ----------
    answers, present : whole answers and whether there is one (90 × 42)
    cells, n_cells : thresholds of every indicator in rising order, and their number
    cell_low, cell_high : ranges of the numbers of answers at or above the thresholds
    lists : 1 for numbers of ticks, 2 for sums of levels, else 0; what `list_exists` and `levels_exist` need follows
    free : whether answers may change (else they are only exchanged)
    may_miss : whether a missing answer may move to another respondent
    fixed : answers that stay where they are (90 × 42)
    classes, class_low, class_high : class of a respondent in every indicator, ranges of the sums by class
    total_low, total_high : ranges of the sums
    weights, weight_low, weight_high : a weighted sum with its range (weights 0: none)
    low, high : ranges of single answers
    parent, same, below, above : links between indicators (-1: none); same 1: positive together, 2: if positive
    of_sub, of_area, all_column, areas : score columns
    group_of : respondent × 6 groups; group_members, group_size : their members
    printed : 19 × 25 × 6
    members, line : see `line_price`
    rough : price of a significant digit beyond two, by indicator
    pool : indicators to choose from
    rng : generator of all draws
    steps, report : number of steps; every how many of them to say how far it is
    hot, cold : first and last temperature; falls geometrically
    """
    n_j, n = answers.shape
    n_columns = printed.shape[1]
    n_groups = printed.shape[0]
    scratch = np.empty(n)
    least, cap, z, sums, counts, scores = whole_state(
        answers, present, of_sub, of_area, n_columns, all_column, areas, scratch
    )
    prices = np.zeros((n_groups, n_columns))
    for g in range(n_groups):
        for c in range(n_columns):
            prices[g, c] = group_price(scores[c], group_members[g], group_size[g], printed[g, c], scratch, OF_MISS)
    total_price = prices.sum()
    line_now = line_price(members, scores[all_column], line)
    at_least = np.zeros(cells.shape, np.int64)
    trial = np.empty(n, np.int64)
    whole_scratch = np.empty(n, np.int64)
    for j in range(n_j):
        for k in range(n_cells[j]):
            for i in range(n):
                if present[j, i] and answers[j, i] >= cells[j, k]:
                    at_least[j, k] += 1
    totals = np.zeros(n_j)
    weighted = np.zeros(n_j)
    class_sums = np.zeros((n_j, class_low.shape[1]))
    for j in range(n_j):
        for i in range(n):
            if present[j, i]:
                totals[j] += answers[j, i]
                weighted[j] += weights[j, i] * answers[j, i]
                class_sums[j, classes[j, i]] += answers[j, i]
    best = total_price + line_now
    best_answers = answers.copy()
    best_present = present.copy()
    old_z = np.empty(n)
    new_z = np.empty(n)
    old_scores = np.empty((3, n))
    old_sums = np.empty((2, n))
    old_prices = np.empty((n_groups, 3))
    touched_group = np.zeros(n_groups, np.bool_)
    changed = np.zeros(n, np.bool_)
    columns = np.empty(3, np.int64)
    for step in range(steps):
        temperature = hot * (cold / hot) ** (step / steps)
        if report > 0 and step % report == 0:
            print("exchanges:", round(100 * step / steps), "%, distance", round(total_price + line_now, 1))
        j = pool[rng.integers(0, pool.shape[0])]
        a = rng.integers(0, n)
        if not present[j, a] or fixed[j, a]:
            continue
        b = rng.integers(0, n)
        kind = rng.random()
        va = answers[j, a]
        new_a = va
        new_b = va
        moves_missing = False
        pair = True
        if kind < 0.5 or not free[j]:  # exchange, or move to a respondent without an answer
            if a == b or fixed[j, b]:
                continue
            if present[j, b]:
                vb = answers[j, b]
                if va == vb or list_base[j, a] != list_base[j, b]:
                    continue
                new_a, new_b = vb, va
            else:
                if not may_miss[j] or classes[j, a] != classes[j, b]:
                    continue
                moves_missing = True
                vb = va
        else:
            unit = 1
            while unit * 10 <= va and rng.random() < 0.6:
                unit *= 10
            delta = unit * rng.integers(1, 10) if rng.random() < 0.5 else unit
            if rng.random() < 0.5:
                delta = -delta
            new_a = va + delta
            pair = rng.random() < 0.8
            if pair:
                if a == b or not present[j, b] or fixed[j, b]:
                    continue
                vb = answers[j, b]
                new_b = vb - delta
                if new_a == vb:
                    continue
            else:
                vb = va
                b = a
                new_b = va
            kept = True
            for k in range(n_cells[j]):
                t = cells[j, k]
                more = int(new_a >= t) - int(va >= t)
                if pair:
                    more += int(new_b >= t) - int(vb >= t)
                if more != 0 and not cell_low[j, k] <= at_least[j, k] + more <= cell_high[j, k]:
                    kept = False
                    break
            if not kept:
                continue
        # sums and single ranges
        if moves_missing:
            shift = (weights[j, b] - weights[j, a]) * va
        else:
            shift = weights[j, a] * (new_a - va)
            if pair:
                shift += weights[j, b] * (new_b - vb)
        if weighted[j] + shift < weight_low[j] or weighted[j] + shift > weight_high[j]:
            continue
        change = 0.0
        if not moves_missing:
            change = new_a - va
            if pair:
                change += new_b - vb
            if totals[j] + change < total_low[j] or totals[j] + change > total_high[j]:
                continue
            ca, cb = classes[j, a], classes[j, b]
            if not pair or ca != cb:
                sa = class_sums[j, ca] + new_a - va
                if sa < class_low[j, ca] or sa > class_high[j, ca]:
                    continue
                if pair:
                    sb = class_sums[j, cb] + new_b - vb
                    if sb < class_low[j, cb] or sb > class_high[j, cb]:
                        continue
            if not allowed(j, a, new_a, answers, present, low, high, parent, same, below, above):
                continue
            if pair and not allowed(j, b, new_b, answers, present, low, high, parent, same, below, above):
                continue
        elif not allowed(j, b, va, answers, present, low, high, parent, same, below, above):
            continue
        changes_set = kind >= 0.5 and free[j]
        if changes_set and lists[j] > 0:
            for i in range(n):
                trial[i] = answers[j, i] - list_base[j, i]
            trial[a] = new_a - list_base[j, a]
            if pair:
                trial[b] = new_b - list_base[j, b]
            if lists[j] == 1:
                if not list_exists(
                    trial, list_parents[j], list_children[j], n_children[j], list_others[j], n_others[j], whole_scratch
                ):
                    continue
            elif not levels_exist(trial, n_others[j], list_others[j], whole_scratch):
                continue
        digits = 0.0
        if rough[j] > 0 and not moves_missing:
            digits = float(roughness(new_a) - roughness(va))
            if pair:
                digits += roughness(new_b) - roughness(vb)
        # put the new answers in
        if moves_missing:
            present[j, a] = False
            present[j, b] = True
            answers[j, b] = va
            answers[j, a] = 0
        else:
            answers[j, a] = new_a
            if pair:
                answers[j, b] = new_b
        new_least, new_cap = least[j], cap[j]
        if changes_set:
            new_least, new_cap = treatment(answers[j], present[j], scratch)
        whole = new_least != least[j] or new_cap != cap[j]
        columns[0], columns[1], columns[2] = of_sub[j], of_area[j], all_column
        for i in range(n):
            changed[i] = False
            if not (whole or i in (a, b)):
                continue
            if not present[j, i] and not (moves_missing and i == a):
                continue
            changed[i] = True
            old_z[i] = z[j, i]
            for s in range(3):
                old_scores[s, i] = scores[columns[s], i]
            for s in range(2):
                old_sums[s, i] = sums[columns[s], i]
            new_z[i] = normalise_one(answers[j, i], new_least, new_cap) if present[j, i] else 0.0
            for s in range(2):
                c = columns[s]
                if moves_missing:
                    counts[c, i] += 1 if i == b else -1
                sums[c, i] += new_z[i] - (0.0 if moves_missing and i == b else z[j, i])
                scores[c, i] = sums[c, i] / counts[c, i] if counts[c, i] > 0 else -1.0
            scores[all_column, i] += (scores[columns[1], i] - old_scores[1, i]) / areas.shape[0]
            z[j, i] = new_z[i]
        touched_group[:] = False
        for i in range(n):
            if changed[i]:
                for d in range(group_of.shape[1]):
                    touched_group[group_of[i, d]] = True
        delta_price = 0.0
        for g in range(n_groups):
            if touched_group[g]:
                for s in range(3):
                    c = columns[s]
                    old_prices[g, s] = prices[g, c]
                    prices[g, c] = group_price(
                        scores[c], group_members[g], group_size[g], printed[g, c], scratch, OF_MISS
                    )
                    delta_price += prices[g, c] - old_prices[g, s]
        new_line = line_price(members, scores[all_column], line)
        worse = delta_price + new_line - line_now + rough[j] * digits
        if worse <= 0 or rng.random() < np.exp(-worse / temperature):
            least[j], cap[j] = new_least, new_cap
            weighted[j] += shift
            totals[j] += change
            if changes_set:
                for k in range(n_cells[j]):
                    t = cells[j, k]
                    at_least[j, k] += int(new_a >= t) - int(va >= t)
                    if pair:
                        at_least[j, k] += int(new_b >= t) - int(vb >= t)
            if not moves_missing:
                class_sums[j, classes[j, a]] += new_a - va
                if pair:
                    class_sums[j, classes[j, b]] += new_b - vb
            total_price += delta_price
            line_now = new_line
            if total_price + line_now < best - 1e-9 and step > steps // 2:
                best = total_price + line_now
                best_answers[:] = answers
                best_present[:] = present
        else:
            if moves_missing:
                present[j, a] = True
                present[j, b] = False
                answers[j, a] = va
                answers[j, b] = 0
            else:
                answers[j, a] = va
                if pair:
                    answers[j, b] = vb
            for i in range(n):
                if changed[i]:
                    z[j, i] = old_z[i]
                    for s in range(3):
                        scores[columns[s], i] = old_scores[s, i]
                    for s in range(2):
                        sums[columns[s], i] = old_sums[s, i]
                        if moves_missing:
                            counts[columns[s], i] -= 1 if i == b else -1
            for g in range(n_groups):
                if touched_group[g]:
                    for s in range(3):
                        prices[g, columns[s]] = old_prices[g, s]
    return best_answers, best_present, best
