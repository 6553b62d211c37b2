"""Disclosure control: what counts as disclosed, and the rule that protects a publication."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.config.base import Section

# Act of 29 June 1995 on public statistics (Dz.U. 2024 poz. 1799), Art. 38(2): fewer than three units, or one unit with
# more than three quarters of the whole.
POLISH_MIN, POLISH_SHARE = 3, 75.0
# Printed in the place of a withheld value, as Polish official statistics do.
WITHHELD = "#"


class Dominance(Section):
    """(n, k) rule: a total is sensitive when its `n` largest units make more than `k` percent of it."""

    n: Annotated[int, Field(ge=1)] = Field(description="number of largest units")
    k: Annotated[float, Field(gt=0, lt=100)] = Field(description="percent of the total above which it is sensitive")


class Disclosure(Section):
    """What the tables of scores by group may reveal about a respondent, and the rule that protects a publication."""

    threshold: Annotated[float, Field(gt=0)] = Field(
        0.02, description="a score counts as disclosed when its possible values lie less than this apart"
    )
    decimals: Annotated[int, Field(ge=1, le=4)] = Field(2, description="decimals with which the tables are printed")
    resolution: Annotated[float, Field(gt=0)] = Field(
        0.0001, description="scores are told apart at this distance; an even number of it makes a printed step"
    )
    time_limit: Annotated[float, Field(gt=0)] = Field(
        5.0, description="deterministic time of one question to the solver; beyond it a score is undecided"
    )
    small_group: Annotated[int, Field(ge=2)] = Field(5, description="groups with fewer respondents are named as small")
    rule: Literal["none", "polish_public_statistics", "custom"] = Field(
        "none",
        description="none: everything is printed; polish_public_statistics: Art. 38(2) of the Polish act on public "
        "statistics, at least three units and no unit above three quarters, with stricter keys below if given; "
        "custom: only the keys below",
    )
    action: Literal["suppress", "refuse"] = Field(
        "suppress", description="what breaks the rule is withheld with its complement, or stops the publication"
    )
    min_group: Annotated[int, Field(ge=2)] | None = Field(
        None, description="statistics of fewer respondents are withheld"
    )
    dominance: list[Dominance] = Field(
        default_factory=list, description="(n, k) rules for totals and means of quantities that are not negative"
    )
    p_percent: Annotated[float, Field(gt=0, le=100)] | None = Field(
        None,
        description="a total is sensitive when the second largest unit can estimate the largest within p percent of it",
    )
    interval: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.1, description="width of scores that differences of tables must leave open around a withheld mean"
    )
    order_statistics_from: Annotated[int, Field(ge=2)] | None = Field(
        None, description="minimum, quartiles and benchmark are printed for groups of at least so many respondents"
    )
    rounding: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="statistics of groups are printed as multiples of this"
    )
    points: bool = Field(True, description="whether figures may show single respondents, as points or rows")
    max_disclosed: Annotated[float, Field(ge=0, le=100)] = Field(
        100.0, description="percent of scores that may stay disclosed after protection; more stops the publication"
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Disclosure:
        protecting = {
            "min_group": self.min_group, "dominance": self.dominance, "p_percent": self.p_percent,
            "order_statistics_from": self.order_statistics_from, "rounding": self.rounding,
        }  # fmt: skip
        given = [name for name, value in protecting.items() if value]
        if not self.points:
            given.append("points: false")
        if self.max_disclosed < 100:
            given.append("max_disclosed")
        if self.rule == "none" and given:
            raise ValueError(f"rule is none, yet {', '.join(given)} is set; choose rule: custom to apply it")
        if self.rule == "custom" and not given:
            raise ValueError("rule is custom, but no key says what to protect (min_group, dominance, p_percent, …)")
        return self

    @property
    def protects(self) -> bool:
        """Whether a rule is set."""
        return self.rule != "none"

    @property
    def least(self) -> int:
        """Smallest number of respondents whose statistics may be printed."""
        floor = POLISH_MIN if self.rule == "polish_public_statistics" else 1
        return max(floor, self.min_group or 1)

    @property
    def dominances(self) -> list[Dominance]:
        """The (n, k) rules, with that of a named rule."""
        named = [Dominance(n=1, k=POLISH_SHARE)] if self.rule == "polish_public_statistics" else []
        return [*named, *self.dominance]
