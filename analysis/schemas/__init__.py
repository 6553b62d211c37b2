"""Schemas of the raw tables, built from the questionnaires' codebooks: adding a question changes no code."""

from analysis.schemas.cells import build_schema, cell_problems
from analysis.schemas.codebook import FLOAT_TYPES, NUMERIC_TYPES, TYPES, Condition, Item, pandas_dtype, parse_codebook

__all__ = [
    "FLOAT_TYPES",
    "NUMERIC_TYPES",
    "TYPES",
    "Condition",
    "Item",
    "build_schema",
    "cell_problems",
    "pandas_dtype",
    "parse_codebook",
]
