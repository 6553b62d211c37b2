"""Typed method configuration: every methodological choice is a key, documented here, refused when unknown.

`config/method/default.yaml` states the published method in full; a variant names only what differs and says
`extends: default`. `config/schema.json` is generated from these models (`klastry generated`). The sections of the index
are in `sections` (with the engine's defaults), those of the edition in `edition`, reading of files in `loading`.
"""

from analysis.config.base import Section
from analysis.config.disclosure import WITHHELD, Disclosure, Dominance
from analysis.config.edition import (
    Bands,
    Communities,
    ComposeMethod,
    Cooperation,
    CrossSections,
    Individual,
    Matching,
    MatchingWeights,
    Method,
    Opinions,
    Strengths,
    Words,
)
from analysis.config.loading import load_index_method, load_method, method_files, schema_json
from analysis.config.resilience import Exposure, Loss, Resilience, Severity, Shock
from analysis.config.sections import (
    Aggregation,
    Availability,
    Denomination,
    Denominator,
    Imputation,
    IndexMethod,
    LevelAggregation,
    Normalisation,
    NormalisationOverride,
    QuantileType,
    Ranks,
    Treatment,
    TreatmentOverride,
    Weights,
)
from analysis.config.uncertainty import Choice, LeaveOut, UncertainInput, Uncertainty, Uniform, WeightNoise

__all__ = [
    "WITHHELD",
    "Aggregation",
    "Availability",
    "Bands",
    "Choice",
    "Communities",
    "ComposeMethod",
    "Cooperation",
    "CrossSections",
    "Denomination",
    "Denominator",
    "Disclosure",
    "Dominance",
    "Exposure",
    "Imputation",
    "IndexMethod",
    "Individual",
    "LeaveOut",
    "LevelAggregation",
    "Loss",
    "Matching",
    "MatchingWeights",
    "Method",
    "Normalisation",
    "NormalisationOverride",
    "Opinions",
    "QuantileType",
    "Ranks",
    "Resilience",
    "Section",
    "Severity",
    "Shock",
    "Strengths",
    "Treatment",
    "TreatmentOverride",
    "UncertainInput",
    "Uncertainty",
    "Uniform",
    "WeightNoise",
    "Weights",
    "Words",
    "load_index_method",
    "load_method",
    "method_files",
    "schema_json",
]
