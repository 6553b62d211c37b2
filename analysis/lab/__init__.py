"""The laboratory of the method: controls made from the typed configuration, results against the published method."""

from analysis.lab.controls import Control, controls
from analysis.lab.laboratory import Laboratory, Result

__all__ = ["Control", "Laboratory", "Result", "controls"]
