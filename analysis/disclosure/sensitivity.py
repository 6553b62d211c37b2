"""Which totals are sensitive by themselves: too few units, or one or a few that make nearly all of it.

The rules are those of Hundepool et al., *Statistical Disclosure Control* (Wiley, 2012), section 4.2. They speak of
quantities that are not negative; a mean is as sensitive as the total behind it, because the number of units is printed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.config import Disclosure
from analysis.errors import MethodError

TOO_FEW, DOMINANCE, P_PERCENT = "too few", "dominance", "p percent"


def _descending(values: Sequence[float]) -> np.ndarray:
    ordered = np.sort(np.asarray(values, dtype=float))[::-1]
    if len(ordered) and (np.isnan(ordered).any() or ordered[-1] < 0):
        raise MethodError(
            "disclosure: dominance is defined for quantities that are known and not negative; "
            f"got {ordered[-1]:g}; leave such a quantity to `min_group`"
        )
    return ordered


def dominated(values: Sequence[float], n: int, k: float) -> bool:
    """(n, k) rule: whether the `n` largest values make more than `k` percent of their total.

    Raises
    ------
    MethodError
        A value is missing or negative.
    """
    ordered = _descending(values)
    return bool(ordered[:n].sum() > k / 100 * ordered.sum())


def estimable(values: Sequence[float], p: float) -> bool:
    """p % rule: whether the second largest unit, taking itself from the total, knows the largest to within p percent.

    That is, whether x₃ + x₄ + … < p/100 · x₁. A total of zero is sensitive for nobody by this rule.

    Raises
    ------
    MethodError
        A value is missing or negative.
    """
    ordered = _descending(values)
    return bool(len(ordered) and ordered[2:].sum() < p / 100 * ordered[0])


def reason(values: Sequence[float], settings: Disclosure) -> str:
    """Why statistics of these values may not be printed under the rule of a method; empty if they may.

    Raises
    ------
    MethodError
        A value is missing or negative and the rule asks for dominance.
    """
    if not settings.protects:
        return ""
    if len(values) < settings.least:
        return TOO_FEW
    if any(dominated(values, rule.n, rule.k) for rule in settings.dominances):
        return DOMINANCE
    if settings.p_percent is not None and estimable(values, settings.p_percent):
        return P_PERCENT
    return ""
