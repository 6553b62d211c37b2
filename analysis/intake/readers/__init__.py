"""Readers of the files that come in: CSV, XLSX, SPSS; each gives the same `Source`, without personal columns."""

from analysis.intake.readers.files import read_source

__all__ = ["read_source"]
