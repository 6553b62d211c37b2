"""What the report knows besides the survey: good practices, recommendations, terms, registers, as validated records."""

from analysis.knowledge import eligibility, glossary, kkk, practices, recommendations, registers
from analysis.knowledge.library import Library, load_library
from analysis.knowledge.records import (
    Addressee,
    Cluster,
    Indicator,
    Part,
    Place,
    Record,
    RecordFact,
    Reference,
    Subarea,
    count_row,
    facts_table,
    read_records,
    read_rows,
    with_counts,
)

__all__ = [
    "Addressee",
    "Cluster",
    "Indicator",
    "Library",
    "Part",
    "Place",
    "Record",
    "RecordFact",
    "Reference",
    "Subarea",
    "count_row",
    "eligibility",
    "facts_table",
    "glossary",
    "kkk",
    "load_library",
    "practices",
    "read_records",
    "read_rows",
    "recommendations",
    "registers",
    "with_counts",
]
