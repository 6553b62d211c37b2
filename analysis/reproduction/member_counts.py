"""Whole-number counts of the members' answers behind printed shares and mean ratings.

A share gives the counts directly. Of a rating only the mean is printed: many splits into low, average, high and don't
know give it. The split follows a habit, the relation between mean, don't know and low answers that the seven goals of
question 10 show in print. Where the running text also states the share of an option, the split is the one nearest to
the habit that has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np
import pandas as pd

from analysis.errors import FrameworkError
from analysis.reproduction.claims.grammar import holds
from analysis.reproduction.printed import parse_printed

RATING = ("low", "average", "high")  # scored 1, 3, 5
MEAN_ROOM = 0.045  # how far the mean of the counts may lie from the printed one: inside its rounding interval


@dataclass(frozen=True)
class StatedShare:
    """A share of all respondents of one rating that the running text states.

    `printed` is the number in percent, `relation` how the text means it (`analysis.reproduction.claims.grammar`),
    `line` its place. `impossible` says why no answers can have it; empty if they can, and then they must.
    """

    item: str
    option: str
    printed: str
    relation: str
    line: str
    impossible: str = ""

    def holds(self, count: int, base: int) -> bool:
        """Whether `count` of `base` respondents are what the text says."""
        printed = parse_printed(self.printed)
        if printed is None:
            raise FrameworkError(f"the stated share `{self.printed}` of {self.item} is not a number")
        return holds(100 * count / base, printed, self.relation)


_ABOUT_FIT = "resource_fit__"
STATED_SHARES = (
    # Section 2 (6a) prints 77 high ratings for integration without a unit; read as percent of all members.
    StatedShare("coordinator_rating__integration", "high", "77", "", "330"),
    StatedShare("coordinator_rating__market_activity", "high", "75", "about", "326"),
    # Section 5.2.2 speaks of "these resources", asked of two kinds: about half average, one in five high.
    StatedShare(f"{_ABOUT_FIT}research_infrastructure", "average", "50", "about", "2257"),
    StatedShare(f"{_ABOUT_FIT}production_infrastructure", "average", "50", "about", "2257"),
    StatedShare(f"{_ABOUT_FIT}production_infrastructure", "high", "20", "about", "2258"),
    StatedShare(
        f"{_ABOUT_FIT}research_infrastructure", "high", "20", "about", "2258",
        "with at least 45% average and at most 22% high the mean is at most 3.66, printed is 3.8",
    ),
)  # fmt: skip


def stated_of(item: str) -> dict[str, StatedShare]:
    """Return the stated shares that the answers to an item must have, by option."""
    return {s.option: s for s in STATED_SHARES if s.item == item and not s.impossible}


def counts_of_shares(tenths: Sequence[int], largest_base: int) -> tuple[int, ...]:
    """Return whole-number counts whose shares print as given, on the largest base that allows it.

    Parameters
    ----------
    tenths
        Printed shares in tenths of a percent, in the order of the options.
    largest_base
        Most respondents that may have answered.

    Returns
    -------
    tuple of int
        One count per option; their sum is the base. Shares never lie on a rounding boundary. If no base fits all
        shares (they do not add up to 100), the largest base on which all but one fit; the option left out is the
        last possible one and takes the remainder.
    """

    exact = _exact_counts(tenths, largest_base)
    if exact is not None:
        return exact
    for base in range(largest_base, 0, -1):
        fits = _windows(tenths, base)
        for left_out in reversed(range(len(tenths))):
            others = [w for i, w in enumerate(fits) if i != left_out]
            for counts in product(*others):
                rest = base - sum(counts)
                if rest >= 0:
                    return (*counts[:left_out], rest, *counts[left_out:])
    raise FrameworkError(f"no counts fit the shares {list(tenths)} on a base of at most {largest_base}")


def _windows(tenths: Sequence[int], base: int) -> list[list[int]]:
    """Counts k with |1000 k / base - tenths| < 0.5, for each option."""
    return [
        [k for k in (t * base // 1000, t * base // 1000 + 1) if 2 * abs(1000 * k - t * base) < base] for t in tenths
    ]


def _exact_counts(tenths: Sequence[int], largest_base: int) -> tuple[int, ...] | None:
    """Counts on the largest base that prints all shares as given, or None if no base does."""
    for base in range(largest_base, 0, -1):
        for counts in product(*_windows(tenths, base)):
            if sum(counts) == base:
                return counts
    return None


def bases_of_items(published: pd.DataFrame, largest_base: int) -> pd.DataFrame:
    """Return for every question answered by one choice the largest base on which all its printed shares can hold.

    Parameters
    ----------
    published
        Printed table: question_no, item_pl, option, value, unit, line; all text. Only rows in percent count.
    largest_base
        Number of respondents.

    Returns
    -------
    DataFrame
        question_no, item_pl, options, shares (as printed, joined by `; `), total (their sum in percent), base (missing
        where no base from 1 to `largest_base` works), line (of the first option).
    """
    rows = []
    shares = published[published["unit"] == "%"]
    for (question, item), own in shares.groupby(["question_no", "item_pl"], sort=False):
        tenths = [int(Decimal(str(v)) * 10) for v in own["value"]]
        exact = _exact_counts(tenths, largest_base)
        rows.append(
            {"question_no": question, "item_pl": item, "options": "; ".join(own["option"]),
             "shares": "; ".join(str(v) for v in own["value"]), "total": sum(tenths) / 10,
             "base": None if exact is None else sum(exact), "line": own["line"].iloc[0]}
        )  # fmt: skip
    return pd.DataFrame(rows).astype({"base": "Int64"})


@dataclass(frozen=True)
class RatingHabit:
    """How the share of don't know and of low answers goes with the mean of a rating: two straight lines."""

    dont_know: tuple[float, float]
    low: tuple[float, float]

    def shares(self, mean: float) -> tuple[float, float]:
        """Return the share of don't know among all and of low among those with an opinion."""
        dont_know = float(np.polyval(self.dont_know, mean))
        low = float(np.polyval(self.low, mean))
        return float(np.clip(dont_know, 0.03, 0.6)), float(np.clip(low, 0.004, 0.4))


def rating_habit(goals: np.ndarray) -> RatingHabit:
    """Fit the habit to printed shares.

    Parameters
    ----------
    goals
        (n_goals, 4) shares of achieved, average, not achieved, don't know, in percent.
    """
    opinion = goals[:, :3].sum(axis=1)
    means = (goals[:, :3] @ np.array([5.0, 3.0, 1.0])) / opinion
    dont_know = np.polyfit(means, goals[:, 3] / 100, 1)
    low = np.polyfit(means, goals[:, 2] / opinion, 1)
    return RatingHabit((float(dont_know[0]), float(dont_know[1])), (float(low[0]), float(low[1])))


def counts_of_mean(
    mean: Decimal, habit: RatingHabit, *, base: int, rng: np.random.Generator
) -> tuple[int, int, int, int]:
    """Return counts of low, average, high and don't know whose mean of 1, 3, 5 prints as given.

    Parameters
    ----------
    mean
        Printed mean, one decimal.
    habit
        What share of don't know and of low answers goes with a mean.
    base
        Number of respondents, those without an opinion included.
    rng
        Moves the exact mean inside its rounding interval and the shares a little, so that equal means do not give
        equal counts.
    """
    for _ in range(10_000):
        exact = float(mean) + rng.uniform(-0.04, 0.04)
        dont_know_share, low_share = habit.shares(exact)
        dont_know = round(base * float(np.clip(dont_know_share + rng.uniform(-0.02, 0.02), 0.02, 0.7)))
        opinion = base - dont_know
        low = round(opinion * low_share * rng.uniform(0.8, 1.2))
        average = round((5 - exact) * opinion / 2) - 2 * low
        high = opinion - low - average
        close = abs(5 * high + 3 * average + low - float(mean) * opinion) < MEAN_ROOM * opinion
        if min(low, average, high) >= 0 and close:
            return low, average, high, dont_know
    raise FrameworkError(f"no counts of a rating fit the mean {mean} on a base of {base}")


def counts_of_mean_and_shares(
    mean: Decimal, habit: RatingHabit, stated: Mapping[str, StatedShare], *, base: int
) -> tuple[int, int, int, int]:
    """Return the counts of low, average, high and don't know nearest to the habit that have a mean and stated shares.

    All counts are tried. Nearest is the least relative entropy to the split that the habit gives the mean,
    `sum(p * log(p / q))` over the four answers; of equals the first in the order of high, low, average.

    Parameters
    ----------
    mean
        Printed mean, one decimal.
    habit
        What share of don't know and of low answers goes with a mean.
    stated
        Shares of all respondents that the text states, by option.
    base
        Number of respondents, those without an opinion included.

    Raises
    ------
    FrameworkError
        No counts have the mean and the shares.
    """
    dont_know_share, low_share = habit.shares(float(mean))
    high_share = (float(mean) - 3) / 2 + low_share
    expected = np.array([low_share, 1 - low_share - high_share, high_share])
    expected = np.clip(np.append(expected * (1 - dont_know_share), dont_know_share), 1e-3, 1)
    low, average, high = (
        np.array([k for k in range(base + 1) if option not in stated or stated[option].holds(k, base)], dtype=int)
        for option in RATING
    )
    terms = np.append(0.0, np.arange(1, base + 1) / base * np.log(np.arange(1, base + 1) / base))
    best, found = np.inf, None
    grid_low, grid_average = np.meshgrid(low, average, indexing="ij")
    for h in high:
        rest = base - h - grid_low - grid_average
        opinion = base - rest
        total = 5 * h + 3 * grid_average + grid_low
        fits = (rest >= 0) & (opinion > 0) & (np.abs(total - float(mean) * opinion) < MEAN_ROOM * opinion)
        if not fits.any():
            continue
        split = np.stack([grid_low[fits], grid_average[fits], np.full(int(fits.sum()), h), rest[fits]])
        distance = terms[split].sum(axis=0) - np.log(expected) @ split / base
        at = int(np.argmin(distance))
        if distance[at] < best - 1e-12:
            best, found = float(distance[at]), split[:, at]
    if found is None:
        shares = ", ".join(f"{s.option} {s.printed}%" for s in stated.values())
        raise FrameworkError(f"no counts of a rating fit the mean {mean} and the shares {shares} on a base of {base}")
    return int(found[0]), int(found[1]), int(found[2]), int(found[3])
