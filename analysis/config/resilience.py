"""Section `resilience` of a method file: shocks as data, how hard they strike, and how often they are drawn."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.config.base import Section, Share
from analysis.config.period import name_years


class Severity(Section):
    """How hard a shock strikes, 0 (not at all) to 1: a triangular distribution, or a number if all three are equal."""

    low: Share = Field(description="smallest severity")
    mode: Share = Field(description="most likely severity")
    high: Share = Field(description="largest severity")

    @model_validator(mode="after")
    def _ordered(self) -> Severity:
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"low ({self.low:g}), mode ({self.mode:g}) and high ({self.high:g}) must ascend")
        return self


class Exposure(Section):
    """Part of an answer that a shock can reach, respondent by respondent: the sum of `part` over that of `whole`."""

    part: list[str] = Field(min_length=1, description="answers that are exposed")
    whole: list[str] = Field(
        default_factory=list, description="answers that they are a part of; empty: `part` is a percentage"
    )


class Loss(Section):
    """What a shock of severity s does to some answers; an empty exposure reaches all of the answer.

    scale: x (1 - s·weight·exposure); subtract: x - s·weight·(sum of `by`), not below 0; add: x + s·weight·(sum of
    `by`). Exposures and `by` are the answers before the shock, so the order of losses does not matter.
    """

    items: list[str] = Field(
        min_length=1,
        description="answers of the coordinators; `*` stands for any letters, "
        "`_year1` and `_year2` for the years of the period",
    )
    kind: Literal["scale", "subtract", "add"] = Field(default="scale", description="how the answer changes")
    weight: Share = Field(
        default=1.0, description="share of the exposed part that is lost at severity 1: an assumption"
    )
    exposure: Exposure | None = Field(default=None, description="scale: exposed part; null: the whole answer")
    by: list[str] = Field(default_factory=list, description="subtract, add: the answers that are taken off or added")

    @model_validator(mode="after")
    def _fitting(self) -> Loss:
        if (self.kind == "scale") == bool(self.by):
            raise ValueError(f"kind {self.kind}: `by` is for subtract and add, and needed there")
        if self.kind != "scale" and self.exposure is not None:
            raise ValueError(f"kind {self.kind}: `exposure` is for scale")
        return self


class Shock(Section):
    """A shock: its own losses, or several other shocks that strike together, one after another."""

    severity: Severity | None = Field(default=None, description="distribution of its severity; null for a combination")
    losses: list[Loss] = Field(default_factory=list, description="what it takes")
    combines: list[str] = Field(
        default_factory=list, description="other shocks, each with its own severity at the same quantile"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Shock:
        if bool(self.losses) == bool(self.combines) or bool(self.losses) != (self.severity is not None):
            raise ValueError("a shock has `severity` and `losses`, or `combines`")
        return self


class Resilience(Section):
    """What-if of shocks; static: nobody reacts, nothing recovers."""

    draws: Annotated[int, Field(ge=1)] = Field(default=200, description="draws of the severity of each shock")
    levels: list[Annotated[float, Field(ge=0, le=1)]] = Field(
        default_factory=lambda: [0.05, 0.5, 0.95],
        description="quantiles of the severity at which the scales are also set anew (`renormalised`)",
    )
    grid: Annotated[int, Field(ge=2)] = Field(default=11, description="severities from 0 to 1 of the curve")
    exposed_share: Share = Field(default=0.25, description="share of respondents called the most exposed")
    graph_draws: Annotated[int, Field(ge=1)] = Field(
        default=50, description="random orders behind R of a smaller graph"
    )
    shocks: dict[str, Shock] = Field(default_factory=dict, description="name → shock")

    @model_validator(mode="after")
    def _known(self) -> Resilience:
        for name, shock in self.shocks.items():
            for other in shock.combines:
                if other not in self.shocks or self.shocks[other].combines:
                    plain = ", ".join(k for k, v in self.shocks.items() if v.losses)
                    raise ValueError(f"shock {name} combines `{other}`, which is no single shock; there are: {plain}")
        return self

    def of_period(self, period: str) -> Resilience:
        """Name the answers of an edition: `_year1` and `_year2` become the two years of its period, "2022-2023".

        Raises
        ------
        ConfigError
            A shock names a year, and the period does not have two.
        """
        return Resilience.model_validate_json(name_years(self.model_dump_json(), period))
