"""One score column as it is released: which statistics of which groups, and what a printed number leaves open.

Scores are counted in units of the resolution, as whole numbers; a real score is rounded down to one. A printed value
stands for every value that rounds half up to it, and the limits of such a range are whole units, so rounding down keeps
each score in its range. It lowers a mean or an interpolated quantile by less than one unit. Hence two readings:

* `strict`: columns of whole units whose statistics print as released. Each is a witness: real scores can be these.
* `sound`: means and interpolated quantiles may be up to one unit short. Whoever rounds a real column that fits down to
  units gets a column that fits here. What no column can do in the sound reading, no real scores can do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, cached_property
from typing import Literal

from analysis.errors import MethodError

MEASURES = ("min", "q1", "median", "mean", "q3", "benchmark")
QUARTERS = {"min": 0, "q1": 1, "median": 2, "q3": 3, "benchmark": 4}
Reading = Literal["strict", "sound"]


def as_printed(value: float, decimals: int, base: float | None = None) -> Decimal:
    """Round half up on the decimal value with 15 significant digits, as the report prints; to multiples of `base`."""
    exact, last = Decimal(f"{float(value):.15g}"), Decimal(1).scaleb(-decimals)
    if base is not None:
        step = Decimal(str(base))
        exact = (exact / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
    return exact.quantize(last, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Place:
    """Where an order measure stands among n sorted scores: `quarters`/4 of the way from place `first` to the next.

    Places count from 0. Without quarters the measure is the score at `first` itself.
    """

    first: int
    quarters: int


@cache
def place(measure: str, n: int, quantile_type: int) -> Place:
    """Place of a minimum, quartile or maximum by Hyndman and Fan's type 7, h = (n - 1) p, or 6, h = (n + 1) p - 1."""
    q = QUARTERS[measure]
    steps = (n - 1) * q if quantile_type == 7 else (n + 1) * q - 4
    return Place(*divmod(min(max(steps, 0), 4 * (n - 1)), 4))


@dataclass(frozen=True)
class Released:
    """Printed statistics of one group in one column.

    `members` are positions of respondents who have a score; `printed` maps measures to printed values (any subset).
    """

    dimension: str
    group: str
    members: tuple[int, ...]
    printed: Mapping[str, Decimal]


@dataclass(frozen=True)
class Column:
    """A score column: number of respondents, released groups, and how values were printed.

    `profiles` lists, for each set of respondents who share all their groups, their positions; such respondents can
    change places, so their scores have one interval. `scale` holds the lowest and highest possible score, `base` the
    number to whose multiples values were rounded, if not to decimals alone.
    """

    code: str
    n: int
    released: tuple[Released, ...]
    decimals: int
    resolution: float
    scale: tuple[float, float] = (0.0, 1.0)
    quantile_type: int = 7
    base: float | None = None

    @cached_property
    def step(self) -> Fraction:
        """Distance of two printed values that follow each other."""
        return Fraction(str(self.base)) if self.base is not None else Fraction(1, 10**self.decimals)

    @cached_property
    def unit(self) -> Fraction:
        """The resolution as a fraction; raises `MethodError` unless the printed step is an even number of units."""
        unit = Fraction(str(self.resolution))
        step = self.step / unit
        if step.denominator != 1 or step.numerator % 2:
            raise MethodError(
                f"disclosure: the printed step {float(self.step):g} is not an even number of resolutions "
                f"{self.resolution:g}; choose disclosure.resolution as 1, 2.5 or 5 times a power of ten below it"
            )
        return unit

    @cached_property
    def profiles(self) -> list[tuple[int, ...]]:
        """Respondents by the set of groups they are in, ascending by first position."""
        inside: list[list[int]] = [[] for _ in range(self.n)]
        for g, group in enumerate(self.released):
            for i in group.members:
                inside[i].append(g)
        found: dict[tuple[int, ...], list[int]] = {}
        for i, groups in enumerate(inside):
            found.setdefault(tuple(groups), []).append(i)
        return [tuple(members) for members in found.values()]

    def limits(self) -> tuple[int, int]:
        """Lowest and highest possible score in units."""
        low, high = (Fraction(str(v)) / self.unit for v in self.scale)
        return math.floor(low), math.ceil(high)

    def span(self, value: Decimal, times: int, reading: Reading) -> tuple[int, int]:
        """Whole numbers v for which v / `times`, in units, can stand behind a printed value; both ends included."""
        key = value, times, reading
        if key not in self._spans:
            half = self.step / 2 / self.unit
            centre = Fraction(value) / self.unit
            low, high = (centre - half) * times, (centre + half) * times
            if reading == "sound":
                low += 1 - times  # the sum of `times` parts, each rounded down
            # half open: the upper end rounds up to the next printed value
            self._spans[key] = math.ceil(low), math.ceil(high) - 1
        return self._spans[key]

    @cached_property
    def _spans(self) -> dict[tuple[Decimal, int, Reading], tuple[int, int]]:
        """What `span` has answered: the same few are asked for again and again."""
        return {}


def column_of(
    membership: Mapping[str, Sequence[str]],
    groups: Mapping[tuple[str, str], Mapping[str, Decimal]],
    scored: Sequence[bool],
    *,
    code: str,
    decimals: int,
    resolution: float,
    scale: tuple[float, float] = (0.0, 1.0),
    quantile_type: int = 7,
    base: float | None = None,
) -> Column:
    """Join memberships and printed statistics of one score column.

    Parameters
    ----------
    membership
        Dimension → group of each of the n respondents.
    groups
        (dimension, group) → measure → printed value.
    scored
        (n,), whether the respondent has a score in this column; the others take no part.

    Raises
    ------
    MethodError
        A released dimension is not in `membership`, a measure is unknown, or a released group has no scored member.
    """
    kept = [i for i, has in enumerate(scored) if has]
    released = []
    for (dimension, group), printed in groups.items():
        if dimension not in membership:
            raise MethodError(f"disclosure: no membership for dimension `{dimension}`; known: {', '.join(membership)}")
        unknown = sorted(set(printed) - set(MEASURES))
        if unknown:
            raise MethodError(f"disclosure: unknown measure {unknown[0]!r}; known: {', '.join(MEASURES)}")
        members = tuple(at for at, i in enumerate(kept) if membership[dimension][i] == group)
        if not members:
            raise MethodError(
                f"disclosure: `{group}` of `{dimension}` is released but nobody in it has a score in {code}"
            )
        released.append(Released(dimension, group, members, dict(printed)))
    return Column(code, len(kept), tuple(released), decimals, resolution, scale, quantile_type, base)
