"""Section of a method file: groups of similar clusters, and differences between sectors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.config.base import Section, Share

Algorithm = Literal["ward", "kmeans", "pam", "gmm_diag", "gmm_tied", "gmm_full"]
MissingRule = Literal["median", "mean", "drop_columns", "drop_units"]


class Clustering(Section):
    """Types of clusters and the likeness of sectors."""

    features: Literal["subareas", "indicators", "shape"] = Field(
        default="subareas",
        description="what types are made from: scores of sub-areas, all normalised indicators, or shape: scores of "
        "sub-areas less the unit's own mean, so that only strong and weak sides count",
    )
    missing: MissingRule = Field(
        default="median",
        description="cells without a value: median or mean of the column, or columns or units with a gap are left out",
    )
    scaling: Literal["zscore", "none"] = Field(
        default="zscore", description="zscore: every column gets mean 0 and standard deviation 1 and counts the same"
    )
    algorithm: Algorithm = Field(default="ward", description="what makes the types that are described")
    k: Annotated[int, Field(ge=2)] | None = Field(
        default=None, description="number of types; null: the one with the highest mean silhouette"
    )
    k_from: Annotated[int, Field(ge=2)] = Field(default=2, description="smallest number of types that is tried")
    k_to: Annotated[int, Field(ge=3)] = Field(default=8, description="largest number of types that is tried")
    starts: Annotated[int, Field(ge=1)] = Field(default=20, description="random starts of k-means and of mixtures")
    variance_floor: Annotated[float, Field(gt=0)] = Field(
        default=0.05,
        description="added to every variance of a mixture; without it a mixture of few units shrinks onto one point",
    )
    gap_draws: Annotated[int, Field(ge=10)] = Field(default=200, description="reference data sets of the gap statistic")
    bootstrap: Annotated[int, Field(ge=10)] = Field(default=100, description="resamples behind the Jaccard stability")
    null_draws: Annotated[int, Field(ge=19)] = Field(
        default=199, description="data sets without types against which stability is judged, of each kind"
    )
    valid: Share = Field(default=0.75, description="mean Jaccard from which a type counts as stable (Hennig)")
    doubtful: Share = Field(default=0.60, description="mean Jaccard from which a type counts as doubtful, not unstable")
    alpha: Share = Field(default=0.05, description="p-values below this are called significant")
    permutations: Annotated[int, Field(ge=99)] = Field(
        default=9999, description="random assignments to sectors behind every permutation test"
    )
    sector_linkage: Literal["average", "complete", "ward"] = Field(
        default="average", description="how the six sectors are joined into a dendrogram"
    )
    sector_bootstrap: Annotated[int, Field(ge=50)] = Field(
        default=500, description="resamples within sectors behind the support of a branch"
    )
    level: Annotated[float, Field(gt=0)] = Field(
        default=0.25, description="a type whose mean z-score is this far from 0 is called strong or weak by name"
    )
    name_top: Annotated[int, Field(ge=1)] = Field(default=2, description="sub-areas that name a type")

    @model_validator(mode="after")
    def _possible(self) -> Clustering:
        if self.k_from >= self.k_to:
            raise ValueError(f"k_from ({self.k_from}) must be below k_to ({self.k_to})")
        if self.doubtful >= self.valid:
            raise ValueError(f"doubtful ({self.doubtful}) must be below valid ({self.valid})")
        if self.k is not None and not self.k_from <= self.k <= self.k_to:
            raise ValueError(f"k ({self.k}) must lie between k_from ({self.k_from}) and k_to ({self.k_to})")
        return self

    @property
    def ks(self) -> list[int]:
        """Numbers of types that are tried."""
        return list(range(self.k_from, self.k_to + 1))
