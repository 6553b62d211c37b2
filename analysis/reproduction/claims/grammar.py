"""Reading a statement: its statistic, its number, and what the number must be compared with.

**What a statement says about its number.** This is the one place that decides it; nothing is looser than written here.

1. *A number* is an equality: the recomputed value, rounded half up to the decimals printed, equals it
   (`analysis.reproduction.printed`). "About" (Polish "ok.") before a number that is printed to some decimal changes
   nothing: it announces the rounding.
2. *More than, less than, at least, at most* X (statistic ending in `_gt`, `_lt`, `_ge`, `_le`; unit with "(more than)"
   or "(less than)") compare the unrounded value: > X, < X, >= X, <= X.
3. *Almost, just under* X (unit or statement with "(almost)", "(just under)"): at least nine tenths of X and below X.
   *Slightly more than* X ("(slightly more)"): above X and at most eleven tenths of it. Of a decrease by almost X the
   size is compared.
4. *A round number or a fraction in words* (unit with "(approx.)": "one in six", "two thirds", "about half"): within one
   tenth of X on either side.
5. *A range* from A to B (`mean_range(A;B)`): the unrounded value lies in it, ends included.
6. *In most cases at most X* (`mostly_le`): of the clusters with a value above zero more than half do not exceed X.
   *Half have at most X* restates the median: at least half of the clusters (a link turns it into `share_le(X)_ge`).
7. *Words without a number* ("clear leaders", "practically inactive", "much above the rest") are not computable.

Thresholds in brackets are in base units (złoty, persons, square metres), as are the values they are compared with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from analysis.reproduction.printed import Interval, Printed, reproduces

NEAR = Fraction(1, 10)  # of the printed number: rules 3 and 4
UNBOUNDED = 10**15  # beyond every printed number

# How many base units one unit of a statement holds; a unit that begins with one of these words must be listed.
SCALES = {
    "PLN million": 1_000_000, "PLN thousand": 1_000, "PLN": 1, "EUR million": 1_000_000,
    "thousand persons": 1_000, "thousand m2": 1_000, "thousand": 1_000, "million m2": 1_000_000,
}  # fmt: skip
_QUALIFIERS = {
    "approx.": "about", "almost": "almost", "just under": "almost", "slightly more": "slightly", "more than": "gt",
    "less than": "lt", "assumed": "",
}  # fmt: skip
_QUALIFIER = re.compile(r"\s*\((" + "|".join(map(re.escape, _QUALIFIERS)) + r")\)$")
_NUMBER = r"-?\d+(?:\.\d+)?"
_COUNT = re.compile(
    rf"^(count|share|count_share|share_of_clusters)_(gt|ge|lt|le|eq)\(({_NUMBER})%?\)(?:_(gt|ge|lt|le))?$"
)
_BETWEEN = re.compile(rf"^count_between\(({_NUMBER});({_NUMBER})\)$")
_RANGE = re.compile(rf"^(mean|share)_range\(({_NUMBER});({_NUMBER})\)$")
_SHARE_OF = re.compile(r"^(share_of|mean_share_of)\(([\w.:]+)\)(?:_(gt|ge|lt|le))?$")
_OPTION = re.compile(r"^count_eq\(([^\W\d]\w*)\)$")
_RANK = re.compile(r"^rank([2-9])$")
_PLAIN = re.compile(r"^(.+?)(?:_(gt|ge|lt|le))?$")
PLAIN = (
    "mean", "median", "max", "min", "total", "count", "share", "share_no", "iqr", "value", "count_available",
    "count_missing", "count(options)", "change_pct", "change_pct_mean", "change_abs", "ratio", "ratio_median", "cagr",
    "slope", "slope_x100", "intercept", "r2", "r2_pct", "1-r2_pct", "1-mean", "share_at_max", "mostly_le",
    "ratio_to_economy", "count_best_median", "min_over_areas(max-q3)", "max_over_areas(max-q3)", "growth", "net_growth",
    "share_of_clusters", "100-share_of_clusters", "options_unused", "ratio of totals",
)  # fmt: skip
# Statistics whose number is chosen by the text (a definition), and those in words (rule 7): only a link can say more.
DEFINED = (
    "constant", "max_possible", "min_required", "share_required_gt", "threshold_gt", "threshold_ge", "threshold_le",
    "threshold_between(6;8)",
)  # fmt: skip
IN_WORDS = (
    "share_low_ge", "share_good_ge", "share_inactive", "count_leaders", "count_outliers", "max_over_groups_min",
    "max_approx", "ge",
)  # fmt: skip


@dataclass(frozen=True)
class Statistic:
    """What is computed.

    `name` is the measure; `test` the comparison of a count or share of clusters with `low` (`between`: up to `high`);
    `argument` a denominator or an option; `relation` the comparison of the result with the printed number; `low` and
    `high` its range if the relation is `range`.
    """

    name: str
    test: str = ""
    low: float | None = None
    high: float | None = None
    argument: str = ""
    relation: str = ""


def parse_statistic(text: str) -> Statistic | None:
    """Read the statistic of a statement; None if the grammar does not know it."""
    if text in DEFINED:
        return Statistic("defined")
    if text in IN_WORDS:
        return Statistic("in words")
    if match := _COUNT.match(text):
        return Statistic(match[1], match[2], float(match[3]), relation=match[4] or "")
    if match := _BETWEEN.match(text):
        return Statistic("count", "between", float(match[1]), float(match[2]))
    if match := _RANGE.match(text):
        return Statistic(match[1], low=float(match[2]), high=float(match[3]), relation="range")
    if match := _SHARE_OF.match(text):
        return Statistic(match[1], argument=match[2], relation=match[3] or "")
    if match := _OPTION.match(text):
        return Statistic("count", argument=match[1])
    if match := _RANK.match(text):
        return Statistic("rank", argument=match[1])
    if text == "mostly_le":
        return Statistic(text)
    match = _PLAIN.match(text)
    if match and match[1] in PLAIN:
        return Statistic(match[1], relation=match[2] or "")
    return None


def parse_unit(unit: str, statement: str = "") -> tuple[int, str] | None:
    """Return how many base units a unit holds and the relation its qualifier stands for; None if it is unknown.

    A qualifier at the end of the English statement counts as one of the unit.
    """
    found = _QUALIFIER.search(unit) or _QUALIFIER.search(statement)
    relation = _QUALIFIERS[found[1]] if found else ""
    plain = _QUALIFIER.sub("", unit)
    if plain in SCALES:
        return SCALES[plain], relation
    if not plain or plain.split()[0] in {"PLN", "EUR", "thousand", "million"}:
        return None
    return 1, relation


def holds(value: float, printed: Printed, relation: str, low: float | None = None, high: float | None = None) -> bool:
    """Whether a recomputed value, in the printed unit, is what the statement says; the rules of this module."""
    exact, x = Fraction(value), printed.exact
    if relation == "range":
        return low is not None and high is not None and low <= value <= high
    if relation in ("almost", "slightly", "about") and x < 0:
        exact, x = -exact, -x
    match relation:
        case "gt":
            return exact > x
        case "ge":
            return exact >= x
        case "lt":
            return exact < x
        case "le":
            return exact <= x
        case "almost":
            return x * (1 - NEAR) <= exact < x
        case "slightly":
            return x < exact <= x * (1 + NEAR)
        case "about":
            return x * (1 - NEAR) <= exact <= x * (1 + NEAR)
    return reproduces(value, printed)


def stands_for(printed: Printed, relation: str, low: float | None = None, high: float | None = None) -> Interval | None:
    """The unrounded values a statement can stand for; None where rules 3 and 4 read words as a range."""
    x = printed.exact
    match relation:
        case "":
            return printed.interval
        case "gt" | "ge":
            return Interval(x, x + UNBOUNDED)
        case "lt" | "le":
            return Interval(x - UNBOUNDED, x)
        case "range" if low is not None and high is not None:
            return Interval(Fraction(low), Fraction(high))
    return None


def in_words(printed: Printed, relation: str) -> str:
    """What the words of a statement allow, for the reason of a row that differs; empty for plain numbers."""
    x = float(printed.value)
    near, over = x * float(1 - NEAR), x * float(1 + NEAR)
    return {
        "almost": f'"almost" allows {near:g} up to, not including, {x:g}',
        "slightly": f'"slightly more" allows above {x:g} up to {over:g}',
        "about": f"the words allow {near:g} to {over:g}",
    }.get(relation, "")
