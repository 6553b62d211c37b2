"""The bridge between two editions: how much of a change in a normalised score is change, and how much is the ruler."""

from analysis.bridge.decomposition import FACTORS, Bridge, bridge
from analysis.bridge.example import example_files, example_panel
from analysis.bridge.panels import Frame, Side, read_side

__all__ = ["FACTORS", "Bridge", "Frame", "Side", "bridge", "example_files", "example_panel", "read_side"]
