"""Raw files → validated tables: strict reading, all problems at once, reviewed corrections."""

from analysis.ingest.edition import ValidatedEdition, validate_edition, validation_report
from analysis.ingest.table import read_raw

__all__ = ["ValidatedEdition", "read_raw", "validate_edition", "validation_report"]
