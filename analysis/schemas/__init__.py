"""Schemas of the raw tables, built from the questionnaires' codebooks: adding a question changes no code."""

from analysis.schemas.cells import build_schema, cell_problems
from analysis.schemas.codebook import FLOAT_TYPES, NUMERIC_TYPES, TYPES, Condition, Item, pandas_dtype, parse_codebook
from analysis.schemas.short_codes import ANSWER_CODE, NONE_TICKED, short_codes

__all__ = [
    "ANSWER_CODE",
    "FLOAT_TYPES",
    "NONE_TICKED",
    "NUMERIC_TYPES",
    "TYPES",
    "Condition",
    "Item",
    "build_schema",
    "cell_problems",
    "pandas_dtype",
    "parse_codebook",
    "short_codes",
]
