"""Sections of a method file that the engine of composite indicators uses, on anybody's data.

The defaults are the engine's own: no treatment, min–max onto 0–1, weights of the framework, arithmetic means of the
children at each level. The published method of the edition states every key in `config/method/default.yaml`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from analysis.config.base import Section, Share
from analysis.config.uncertainty import Uncertainty

QuantileType = Literal[1, 2, 3, 4, 5, 6, 7, 8, 9]
TreatmentRule = Literal["none", "iqr_cap", "winsorise", "log", "boxcox", "winsorise_log", "winsorise_boxcox"]
NormalisationRule = Literal[
    "minmax",
    "zscore",
    "rank",
    "percentile_rank",
    "borda",
    "distance_to_max",
    "distance_to_reference",
    "distance_to_target",
    "fraction_of_max",
    "goalposts",
]
ImputationRule = Literal[
    "none", "zero", "mean", "median", "group_mean", "group_median", "framework_mean", "framework_median"
]
AggregationRule = Literal[
    "arithmetic", "geometric", "harmonic", "generalised", "mazziotta_pareto", "copeland", "benefit_of_the_doubt"
]


class Availability(Section):
    """Which units and indicators take part, by the share of answers and of zeros."""

    min_unit_share: Share = Field(
        default=0.0, description="a unit with a smaller share of available indicators is left out"
    )
    min_indicator_share: Share = Field(
        default=0.0, description="an indicator with a smaller share of units is left out"
    )
    min_unit_nonzero: Share = Field(
        default=0.0, description="a unit whose available values are non-zero in a smaller share is left out"
    )
    include: list[str] = Field(default_factory=list, description="units kept whatever their share")
    exclude: list[str] = Field(default_factory=list, description="units left out whatever their share")
    exclude_indicators: list[str] = Field(default_factory=list, description="indicators left out of the index")

    @model_validator(mode="after")
    def _disjoint(self) -> Availability:
        both = sorted(set(self.include) & set(self.exclude))
        if both:
            raise ValueError(f"{', '.join(both)} cannot be both included and excluded")
        return self


class Denominator(Section):
    """Denominator of one indicator."""

    denominator: str | None = Field(default=None, description="column to divide by; null: do not divide this indicator")
    scale: Annotated[float, Field(gt=0)] = Field(
        default=1.0, description="factor on the ratio, say 1000 for per thousand"
    )


class Denomination(Section):
    """Division of indicators by a measure of size, so that units of different size compare."""

    rule: Literal["none", "framework"] = Field(
        default="none", description="framework: divide by the column that the framework names in `denominator`"
    )
    scale: Annotated[float, Field(gt=0)] = Field(
        default=1.0, description="factor on every ratio, say 1000 for per thousand"
    )
    indicators: dict[str, Denominator] = Field(default_factory=dict, description="exceptions by indicator code")


class Imputation(Section):
    """What happens to missing answers before treatment; every imputed cell is logged."""

    rule: ImputationRule = Field(
        default="none",
        description="none: left out of means; zero; mean or median of the indicator; group_*: of the unit's group; "
        "framework_*: from the unit's other indicators below the same parent, on a min–max scale",
    )
    group: str | None = Field(default=None, description="data column with the groups of group_mean and group_median")
    indicators: dict[str, ImputationRule] = Field(default_factory=dict, description="exceptions by indicator code")


class _Cap(Section):
    side: Literal["upper", "lower", "both"] = Field(default="upper", description="which fence is applied by iqr_cap")
    k: Annotated[float, Field(gt=0)] = Field(default=1.5, description="fence = quartile ± k · interquartile range")
    quantile_type: QuantileType = Field(
        default=7, description="Hyndman–Fan type of the quartiles: 7 inclusive, 6 exclusive"
    )
    zero_iqr: Literal["leave", "cap", "error"] = Field(
        default="leave",
        description="indicator whose quartiles coincide: leave it uncapped, cap it (it becomes constant), or stop",
    )
    max_points: Annotated[int, Field(ge=1)] = Field(
        default=5,
        description="winsorise sets at most this many points at an end; all points tied at the extreme go together",
    )
    skew_limit: Annotated[float, Field(gt=0)] = Field(default=2.0, description="a column passes if |skewness| is below")
    kurtosis_limit: float = Field(default=3.5, description="… or if the excess kurtosis is below")
    log_offset: Annotated[float, Field(gt=0)] = Field(
        default=0.01, description="log: x becomes ln(x - min + offset · (max - min)), offset times the range"
    )
    boxcox_lambda: float | None = Field(default=None, description="null: estimated by maximum likelihood")


class TreatmentOverride(_Cap):
    """Treatment of one indicator; only what is written differs from the section, and it always takes effect."""

    rule: TreatmentRule | None = Field(default=None, description="treatment of this indicator")
    points: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="winsorise: exactly this many points, whatever skewness and kurtosis"
    )
    test: bool = Field(
        default=False, description="true: ask the skewness and kurtosis test first, as for the other indicators"
    )


class Treatment(_Cap):
    """Treatment of outliers, before normalisation; every changed cell is logged."""

    rule: TreatmentRule = Field(
        default="none",
        description="iqr_cap: values beyond the fence are set to it; the others act only on a column that fails the "
        "skewness and kurtosis test; winsorise_log and winsorise_boxcox transform the original if winsorising fails",
    )
    indicators: dict[str, TreatmentOverride] = Field(default_factory=dict, description="exceptions by indicator code")

    def settings(self, code: str) -> Treatment:
        """Return the settings of one indicator: the section, with what its override writes."""
        over = self.indicators.get(code)
        if over is None:
            return self
        written = {k: getattr(over, k) for k in over.model_fields_set if k not in ("points", "test")}
        return self.model_copy(update={k: v for k, v in written.items() if k != "rule" or v is not None})


class _Scale(Section):
    lower: float = Field(default=0.0, description="score of the worst value (minmax, goalposts)")
    upper: float = Field(default=1.0, description="score of the best value (minmax, goalposts)")
    mean: float = Field(default=0.0, description="zscore: mean of the scores")
    sd: Annotated[float, Field(gt=0)] = Field(
        default=1.0, description="zscore: standard deviation of the scores (n - 1)"
    )
    cap: bool = Field(default=True, description="targets, references and goalposts: values beyond them get the bound")
    reference_unit: str | None = Field(
        default=None, description="distance_to_reference: unit whose value is the reference"
    )


class NormalisationOverride(_Scale):
    """Normalisation of one indicator; only what is written differs from the section."""

    rule: NormalisationRule | None = Field(default=None, description="normalisation of this indicator")
    goalpost_low: float | None = Field(default=None, description="raw value of the worst score, before direction")
    goalpost_high: float | None = Field(default=None, description="raw value of the best score, before direction")
    target: float | None = Field(default=None, description="raw target value, before direction")
    reference: float | None = Field(default=None, description="raw reference value, before direction")


class Normalisation(_Scale):
    """Rescaling of treated indicators onto a common scale; direction is applied first."""

    rule: NormalisationRule = Field(
        default="minmax", description="minmax: linear between the observed minimum and maximum"
    )
    indicators: dict[str, NormalisationOverride] = Field(
        default_factory=dict, description="exceptions by indicator code"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Normalisation:
        if not self.lower < self.upper:
            raise ValueError(f"lower ({self.lower}) must be below upper ({self.upper})")
        return self

    def settings(self, code: str) -> tuple[Normalisation, dict[str, float]]:
        """Return the settings of one indicator and the goalposts, target and reference written for it."""
        over = self.indicators.get(code)
        if over is None:
            return self, {}
        own = ("goalpost_low", "goalpost_high", "target", "reference")
        written = {k: getattr(over, k) for k in over.model_fields_set if getattr(over, k) is not None}
        scale = self.model_copy(update={k: v for k, v in written.items() if k not in own})
        return scale, {k: float(v) for k, v in written.items() if k in own}


class Weights(Section):
    """Weights of children within their parent."""

    rule: Literal["framework", "equal", "by_number_of_indicators", "pca", "optimised"] = Field(
        default="framework",
        description="framework: column `weight`; equal: 1 for every element; by_number_of_indicators: an aggregate "
        "weighs as many as the indicators below it; pca: first component of each group; optimised: see `targets`",
    )
    pca: Literal["squared_loadings", "loadings"] = Field(
        default="squared_loadings",
        description="pca: weights are squared first loadings (Handbook), or the loadings (COINr)",
    )
    level: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="optimised: level whose elements' weights are sought; null: the one below the index"
    )
    targets: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict,
        description="optimised: wanted importance of each element, measured as its correlation with the index; "
        "empty: all equal",
    )


class LevelAggregation(Section):
    """Aggregation to one level; only what is written differs from the section."""

    rule: AggregationRule | None = Field(default=None, description="mean used for the aggregates of this level")
    power: float | None = Field(default=None, description="generalised mean: its power, not 0")
    min_available: Share | None = Field(default=None, description="smallest share of available children")

    @model_validator(mode="after")
    def _possible(self) -> LevelAggregation:
        if self.power == 0:
            raise ValueError("power must not be 0; use rule: geometric, its limit")
        return self


class Aggregation(Section):
    """From indicators to the levels above, up to the index."""

    rule: AggregationRule = Field(
        default="arithmetic", description="mean used at every level that `levels` does not name"
    )
    levels: dict[Annotated[int, Field(ge=2)], LevelAggregation] = Field(
        default_factory=dict, description="exceptions by level of the aggregate (2 = groups of indicators)"
    )
    area_from: Literal["subareas", "indicators"] = Field(
        default="subareas",
        description="level above the lowest groups: mean of its groups, or of all its available indicators directly",
    )
    power: float = Field(default=1.0, description="generalised mean: its power, not 0")
    penalty: Literal["minus", "plus"] = Field(
        default="minus", description="mazziotta_pareto: unbalanced scores lower the mean (minus), or raise it"
    )
    min_available: Share = Field(
        default=0.0, description="an aggregate is missing where a smaller share of its children is available"
    )
    complete_from_level: Annotated[int, Field(ge=2)] | None = Field(
        default=None,
        description="from this level up a missing aggregate stops the run; null: it is left out of the mean above",
    )
    tie_tolerance: Annotated[float, Field(ge=0)] = Field(
        default=1e-9, description="copeland: values closer than this count as tied"
    )
    min_share: Share = Field(default=0.0, description="benefit_of_the_doubt: least share of a child in a unit's score")
    max_share: Share = Field(
        default=1.0, description="benefit_of_the_doubt: largest share of a child in a unit's score"
    )

    @model_validator(mode="after")
    def _possible(self) -> Aggregation:
        if self.power == 0:
            raise ValueError("power must not be 0; use rule: geometric, its limit")
        if self.min_share > self.max_share:
            raise ValueError(f"min_share ({self.min_share}) must not exceed max_share ({self.max_share})")
        return self

    def settings(self, level: int) -> Aggregation:
        """Return the settings of one level of aggregates."""
        over = self.levels.get(level)
        if over is None:
            return self
        written = {k: getattr(over, k) for k in over.model_fields_set}
        return self.model_copy(update={k: v for k, v in written.items() if v is not None})


class Ranks(Section):
    """Ranking of units, 1 = best; computed on unrounded scores."""

    ties: Literal["min", "average", "max"] = Field(default="min", description="rank shared by tied units")


class IndexMethod(Section):
    """The sections that build an index; what is left out has the engine's default."""

    name: str = Field(default="engine", description="short name of the variant")
    description: str = Field(default="", description="one line: what it is")
    extends: str | None = Field(default=None, description="variant this one starts from")
    availability: Availability = Availability()
    denomination: Denomination = Denomination()
    imputation: Imputation = Imputation()
    treatment: Treatment = Treatment()
    normalisation: Normalisation = Normalisation()
    weights: Weights = Weights()
    aggregation: Aggregation = Aggregation()
    ranks: Ranks = Ranks()
    uncertainty: Uncertainty = Uncertainty()
    seed: int = Field(default=2024, description="seed of everything random in the analyses")

    def replaced(self, **sections: dict[str, Any]) -> Self:
        """Return a copy with single keys of sections replaced and checked: `replaced(treatment={"k": 3})`."""
        data = self.model_dump(exclude_unset=True)
        for section, keys in sections.items():
            data[section] = {**data.get(section, {}), **keys}
        return type(self).model_validate(data)
