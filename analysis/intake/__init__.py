"""Survey exports as the field sends them → raw files: LimeSurvey, SPSS, workbooks, CSV, by a mapping people check."""

from analysis.intake.mapping import load_mapping
from analysis.intake.run import Result, import_source, propose

__all__ = ["Result", "import_source", "load_mapping", "propose"]
