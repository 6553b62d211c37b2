"""Raw files → validated tables: strict reading, all problems at once, reviewed corrections."""

from analysis.ingest.edition import Inspection, ValidatedEdition, inspect_edition, validate_edition
from analysis.ingest.report import default_language, terminal_report, write_workbook
from analysis.ingest.table import read_raw

__all__ = [
    "Inspection",
    "ValidatedEdition",
    "default_language",
    "inspect_edition",
    "read_raw",
    "terminal_report",
    "validate_edition",
    "write_workbook",
]
