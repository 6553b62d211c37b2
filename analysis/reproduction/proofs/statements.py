"""What a published number says, in a form that can be decided.

A `Statement` is one printed number with its line, and what it says about one quantity: about the answers of the
clusters (`Says`, decided by `analysis.reproduction.proofs.answers`) or about the value of a single cell (`values`,
decided by `analysis.reproduction.proofs.relations`). A statement that is not printed but supposed, such as "every
cluster answered", is a statement too, so that a proof which needs it names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from analysis.reproduction.printed import Interval, round_half_up

# No printed quantity comes near it; stands for "no upper limit".
TOP = Fraction(10**15)
Source = Literal["annex", "table", "comment", "series", "text", "supposed", "rule"]
# Which statement gives way when the next contradiction is looked for: the lowest.
TRUST: dict[str, int] = {"supposed": 0, "text": 1, "comment": 2, "series": 3, "table": 4, "annex": 5, "rule": 6}


@dataclass(frozen=True)
class Cut:
    """Answers at or above `level`; above it if `strict`."""

    level: Fraction
    strict: bool = False


@dataclass(frozen=True)
class Says:
    """What a statement says about the sorted answers of one quantity.

    Attributes
    ----------
    kind
        mean, median, total, rank, count, share, share_of_all, below, without,
        without_share, answers, mean_active, mean_rest, sector_mean.
    values
        What the printed number can stand for, in base units; counts are whole, shares in percent.
    lower, upper
        For count and share: answers from `lower` on and below `upper`; None for no limit.
    rank
        For rank: 1 is the largest answer.
    sector
        For sector_mean.
    """

    kind: str
    values: Interval
    lower: Cut | None = None
    upper: Cut | None = None
    rank: int = 1
    sector: str = ""

    @property
    def same(self) -> tuple[object, ...]:
        """Two statements with one `same` say the same thing about one quantity."""
        return self.kind, self.lower, self.upper, self.rank, self.sector


@dataclass(frozen=True)
class Statement:
    """One printed number, or one supposition.

    Attributes
    ----------
    id
        Name of the printed cell (line:key:statistic), or the id of the claim: the same in every run.
    key
        Code of the quantity.
    statistic, group, period
        What of it; group `all` and period `current` unless stated.
    source
        Where it stands; see `TRUST`.
    words
        The statement in words.
    printed
        The number as printed, with its unit.
    line
        Line of the printed source; empty for suppositions.
    values
        What the printed number can stand for, in base units.
    says
        What it says about the answers; None where it is decided as a single cell.
    decimals, factor
        Decimals of the printed number, and base units to its unit: what the nearest other number is rounded to.
    cell
        Name of the cell in the ledger; empty for numbers of the text.
    also
        Further lines that print the same number for the same thing.
    wording
        Kind of wording around the number (`analysis.reproduction.proofs.wording`); empty for a plain number.
    section
        Section of the running text.
    """

    id: str
    key: str
    statistic: str
    source: Source
    words: str
    printed: str
    line: str
    values: Interval
    says: Says | None = None
    group: str = "all"
    period: str = "current"
    decimals: int = 0
    factor: Fraction = Fraction(1)
    cell: str = ""
    also: tuple[str, ...] = ()
    wording: str = ""
    section: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines of the statement."""
        return tuple(line for line in (self.line, *self.also) if line)

    @property
    def trust(self) -> int:
        """How late the statement gives way."""
        return TRUST[self.source]


def in_words(values: Interval, decimals: int, factor: Fraction = Fraction(1)) -> str:
    """Return an interval of values as the number that prints as it, or as its limits."""
    low, high = values.low / factor, values.high / factor
    if low == high:
        return f"{round_half_up(low, decimals):f}"
    if values.high >= TOP:
        return f"at least {round_half_up(low, decimals):f}"
    return f"{round_half_up(low, decimals):f} to {round_half_up(high, decimals):f}"


def proof_id(kind: str, key: str, members: Iterable[Statement]) -> str:
    """Return the id of a proof: kind, key, and a digest of what its members print; the same for the same numbers."""
    text = "\n".join(sorted(f"{m.id}\t{m.printed}" for m in members))
    return f"{kind}:{key}:{hashlib.sha256(text.encode()).hexdigest()[:8]}"
