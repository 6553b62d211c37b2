"""Reproducible edition of the benchmarking of Polish cluster organisations."""

__version__ = "0.1.0"
