"""Sections of a method file that only the edition uses: groups, strengths, individual reports, words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.config.base import Section
from analysis.config.clustering import Clustering
from analysis.config.disclosure import Disclosure
from analysis.config.resilience import Resilience
from analysis.config.sections import IndexMethod


class Bands(Section):
    """Half-open bands of a numeric characteristic: [lower, next lower)."""

    lower: list[float] = Field(description="lower bounds of the bands, ascending")
    groups: list[str] = Field(description="group code of each band")

    @model_validator(mode="after")
    def _matching(self) -> Bands:
        if len(self.lower) != len(self.groups):
            raise ValueError(f"{len(self.lower)} lower bounds but {len(self.groups)} groups")
        if sorted(self.lower) != self.lower:
            raise ValueError(f"lower bounds must ascend, got {self.lower}")
        return self


class CrossSections(Section):
    """Groups of respondents that the report compares."""

    dimensions: list[Literal["all", "age", "kkk", "sector", "size", "strategy"]] = Field(
        description="dimensions, in the order of the annex"
    )
    quantile_type: Literal[6, 7] = Field(7, description="Hyndman–Fan type of the quartiles in Tables 18–36")
    size: Bands = Field(description="bands of the number of members")
    age: Bands = Field(description="bands of the founding year")


class Strengths(Section):
    """Rule of strengths and weaknesses on sub-area medians."""

    strength_at_least: float = Field(0.30, description="median from which a sub-area is a strength")
    weakness_at_most: float = Field(0.20, description="median up to which a sub-area is a weakness")
    decimals: Annotated[int, Field(ge=0)] = Field(
        2, description="decimals to which a median is rounded before it meets the limits, as the tables print it"
    )


class Individual(Section):
    """Rules of the individual reports."""

    min_peers: Annotated[int, Field(ge=3)] = Field(
        5, description="a peer group with fewer scores is replaced by all respondents, so that nobody is disclosed"
    )
    top: Annotated[int, Field(ge=1)] = Field(3, description="number of strengths and of weaknesses listed")
    distinct_at_least: Annotated[float, Field(ge=0, le=1)] = Field(
        0.25, description="an element with a smaller share of distinct values is neither strength nor weakness"
    )
    levers: Annotated[int, Field(ge=1)] = Field(5, description="number of changes listed with the largest gain")
    not_levers: list[str] = Field(
        default_factory=list, description="indicators that no coordinator can be asked to move"
    )
    on_track: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.8, description="share of the way to a target from which a goal of the strategy is on track"
    )
    picks: Annotated[int, Field(ge=1)] = Field(3, description="number of good practices and of recommendations picked")


class Opinions(Section):
    """Intervals, tests and triangulation of the members' survey."""

    level: Annotated[float, Field(gt=0, lt=1)] = Field(default=0.95, description="confidence level of the intervals")
    small_base: Annotated[int, Field(ge=2)] = Field(
        default=30, description="a number that rests on fewer answers is marked as uncertain"
    )
    small_clusters: Annotated[int, Field(ge=2)] = Field(
        default=5, description="a number that rests on members of fewer clusters is marked as uncertain"
    )
    bootstrap: Annotated[int, Field(ge=100)] = Field(
        default=2000, description="resamples of clusters that check the linearised errors"
    )
    permutations: Annotated[int, Field(ge=99)] = Field(
        default=9999, description="random assignments of clusters to groups behind a test"
    )
    alpha: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.05, description="false discovery rate at which groups are said to differ"
    )
    dimensions: list[str] = Field(
        default_factory=lambda: ["sector", "size", "kkk", "age"], description="groupings of the cross-tables"
    )


class Communities(Section):
    """Communities of the cluster graph."""

    rule: Literal["exact", "louvain"] = Field(
        default="exact", description="exact: proven maximum of modularity; louvain: best of `tries` runs, a lower bound"
    )
    tolerance: Annotated[float, Field(ge=0)] = Field(
        default=0.003, description="exact: partitions with modularity this close to the maximum are listed as well"
    )
    most: Annotated[int, Field(ge=1)] = Field(default=50, description="exact: at most so many partitions are listed")
    tries: Annotated[int, Field(ge=1)] = Field(
        default=100, description="runs of Louvain, each in another order of nodes"
    )


class MatchingWeights(Section):
    """Weights of the terms that rank pairs of clusters; a term that is not known is left out of the mean."""

    sector: Annotated[float, Field(ge=0)] = Field(default=1.0, description="one sector, or two that cooperate already")
    distance: Annotated[float, Field(ge=0)] = Field(default=1.0, description="few steps apart in the graph")
    shared: Annotated[float, Field(ge=0)] = Field(
        default=1.0, description="partners and bodies in common (Adamic–Adar)"
    )
    region: Annotated[float, Field(ge=0)] = Field(default=0.5, description="one voivodeship or macro-region")
    complement: Annotated[float, Field(ge=0)] = Field(
        default=1.0,
        description="profiles that complete each other; of named clusters known only through a private link file",
    )


class Matching(Section):
    """Suggestions of partners."""

    weights: MatchingWeights = MatchingWeights()
    macro_share: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.5, description="value of the term `region` for two voivodeships of one macro-region"
    )
    same_sector: float = Field(default=0.0, description="added to the score of two respondents of one sector")
    top: Annotated[int, Field(ge=1)] = Field(default=12, description="suggestions that are printed")


class Cooperation(Section):
    """The graph of documented cooperation."""

    expansion: Literal["star", "clique"] = Field(
        default="star",
        description="groupings without a name: ties with the participant in the middle, or among all of them",
    )
    projection: Literal["newman", "count", "none"] = Field(
        default="newman",
        description="weight of a body that two of its k clusters share: 1/(k - 1), 1, or bodies are left out",
    )
    null_draws: Annotated[int, Field(ge=19)] = Field(default=1000, description="random graphs of each test")
    r_draws: Annotated[int, Field(ge=1)] = Field(default=200, description="random orders of nodes that tie, for R")
    small_world_draws: Annotated[int, Field(ge=1)] = Field(default=100, description="random graphs behind σ and ω")
    network_from: Annotated[int, Field(ge=3)] = Field(
        default=3, description="so many partners are a network, fewer a pair"
    )
    communities: Communities = Communities()
    matching: Matching = Matching()


class Words(Section):
    """Thresholds of words that depend on numbers."""

    same_within_pct: float = Field(2.0, description="relative change, in percent, below which a value 'did not change'")
    same_within_score: float = Field(0.02, description="difference of scores below which they are 'similar'")
    gap_words: tuple[float, float, float, float] = Field(
        (0.25, 0.35, 0.5, 0.65),
        description="mean divided by benchmark: below these it is by far, much, clearly, noticeably lower; else near",
    )
    skewed: tuple[float, float] = Field(
        (2.0, 5.0), description="mean divided by median: above these it is more than double, many times higher"
    )
    rating_words: tuple[float, float, float] = Field(
        (3.0, 4.0, 4.5), description="ratings of 1 to 5: below the first low, from the others on high, very high"
    )
    majority: tuple[float, float, float] = Field(
        (33.0, 50.0, 75.0), description="shares in percent between a minority, under a half, over a half, most"
    )


class Method(IndexMethod):
    """The whole method of an edition."""

    name: str = Field(description="short name of the variant")
    description: str = Field(description="one line: what it is")
    cross_sections: CrossSections
    strengths: Strengths
    individual: Individual
    disclosure: Disclosure
    clustering: Clustering = Clustering()
    cooperation: Cooperation
    opinions: Opinions = Opinions()
    resilience: Resilience
    words: Words
    seed: int = Field(description="seed of everything random in the analyses")

    def off_scale(self) -> list[str]:
        """Keys by which scores may leave the scale from 0 to 1, for which the report is drawn and written."""
        n = self.normalisation
        scales = {"normalisation": n}
        scales |= {f"normalisation.indicators.{code}": n.settings(code)[0] for code in n.indicators}
        bounded = ("minmax", "goalposts")
        return [
            f"{key}.rule: {own.rule}"
            for key, own in scales.items()
            if own.rule in ("zscore", "rank", "borda") or (own.rule in bounded and (own.lower < 0 or own.upper > 1))
        ]


class ComposeMethod(IndexMethod):
    """A method file given to `klastry compose`: the sections of an edition may be there, and are not used."""

    cross_sections: CrossSections | None = None
    strengths: Strengths | None = None
    individual: Individual | None = None
    disclosure: Disclosure | None = None
    clustering: Clustering | None = None
    cooperation: Cooperation | None = None
    opinions: Opinions | None = None
    resilience: Resilience | None = None
    words: Words | None = None
