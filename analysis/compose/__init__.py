"""The engine on anybody's data: two files in (units × indicators, framework), tables of the index out."""

from analysis.compose.run import FILES, compose, composed_tables

__all__ = ["FILES", "compose", "composed_tables"]
