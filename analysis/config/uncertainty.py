"""Section `uncertainty` of a method file: what could have been decided otherwise, and how often it is drawn."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from analysis.config.base import Section, Share


class Uniform(Section):
    """A number of the method that lies somewhere in an interval."""

    kind: Literal["uniform"]
    key: str = Field(description="`section.key` of the method, say treatment.k")
    low: float = Field(description="smallest value")
    high: float = Field(description="largest value")

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if not self.low < self.high:
            raise ValueError(f"low ({self.low:g}) must be below high ({self.high:g})")
        return self


class Choice(Section):
    """A choice between values of a key, or between settings of a whole section."""

    kind: Literal["choice"]
    key: str = Field(description="`section.key`, or a section; then each value is a mapping of its keys")
    values: list[Any] = Field(min_length=2, description="the possible values")
    probabilities: list[Annotated[float, Field(gt=0)]] | None = Field(
        default=None, description="weights of the values; null: all equal"
    )

    @model_validator(mode="after")
    def _matching(self) -> Choice:
        if self.probabilities is not None and len(self.probabilities) != len(self.values):
            raise ValueError(f"{len(self.values)} values but {len(self.probabilities)} probabilities")
        return self


class WeightNoise(Section):
    """Random weights around those of the method; one input whatever the number of weights it moves."""

    kind: Literal["weight_noise"]
    level: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="level of the elements whose weights move (1 = indicators); null: all levels"
    )
    distribution: Literal["relative", "dirichlet"] = Field(
        default="relative",
        description="relative: each weight times 1 + u, u uniform within ± noise; dirichlet: weights of a group share "
        "its total at random around their own",
    )
    noise: Share = Field(default=0.25, description="relative: half-width")
    concentration: Annotated[float, Field(gt=0)] = Field(
        default=4.0, description="dirichlet: 1 makes every division equally likely, larger values stay nearer"
    )


class LeaveOut(Section):
    """One indicator, drawn at random, is left out of the index."""

    kind: Literal["leave_out"]
    probability: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.5, description="probability that one is left out at all"
    )


UncertainInput = Annotated[Uniform | Choice | WeightNoise | LeaveOut, Field(discriminator="kind")]


class Uncertainty(Section):
    """What is uncertain in the method; Monte Carlo and Sobol indices use the same inputs."""

    inputs: dict[str, UncertainInput] = Field(
        default_factory=dict, description="name → what is drawn; all inputs are independent"
    )
    replications: Annotated[int, Field(ge=1)] = Field(default=2000, description="Monte Carlo: number of draws")
    sobol_samples: Annotated[int, Field(ge=2)] = Field(
        default=256, description="Sobol: base sample, a power of 2; it costs (inputs + 2) times as many runs"
    )
    resamples: Annotated[int, Field(ge=10)] = Field(default=200, description="Sobol: bootstrap resamples of intervals")
    batch_size: Annotated[int, Field(ge=1)] = Field(default=500, description="draws computed and kept together")
    top: list[Annotated[int, Field(ge=1)]] = Field(
        default_factory=lambda: [3, 10], description="places k for which the probability of a rank up to k is given"
    )
    neighbours: Annotated[int, Field(ge=1)] = Field(
        default=3, description="each unit is compared with this many units that follow it in the ranking"
    )

    variants: list[str] = Field(
        default_factory=list, description="named methods that are shown beside the draws (edition only)"
    )

    @model_validator(mode="after")
    def _power_of_two(self) -> Uncertainty:
        if self.sobol_samples & (self.sobol_samples - 1):
            raise ValueError(f"sobol_samples must be a power of 2, got {self.sobol_samples}")
        return self
