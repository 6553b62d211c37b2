"""What the workbooks of the annex say, in Polish and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What the workbook says in one language."""

    lang: str
    locale: str
    annex: str
    cover: str
    contents: str
    notes: str
    table: str
    table_id: str
    one_table: str
    back: str
    source: str
    column: str
    group: str
    absent: str
    contents_heads: tuple[str, str, str]
    notes_heads: tuple[str, str]
    contents_lead: str
    notes_lead: str
    meanings: tuple[tuple[str, str], ...]
    only_other: str


WORDS = {
    "pl": Words(
        lang="pl",
        locale="pl-PL",
        annex="Aneks statystyczny",
        cover="Okładka",
        contents="Spis treści",
        notes="Objaśnienia",
        table="Tabela",
        table_id="tabela",
        one_table="Arkusz zawiera jedną tabelę. Znaki w nawiasach kwadratowych objaśnia arkusz „Objaśnienia”.",
        back="Powrót do spisu treści",
        source="Źródło",
        column="Kolumna",
        group="Grupa",
        absent="[z]",
        contents_heads=("Tabela", "Tytuł", "Rozdział"),
        notes_heads=("Oznaczenie", "Objaśnienie"),
        contents_lead="Arkusz zawiera jedną tabelę: spis tabel aneksu z odsyłaczami.",
        notes_lead="Arkusz zawiera jedną tabelę: objaśnienia znaków i pojęć.",
        meanings=(
            ("[z]", "brak danych albo wartość, której dla danego wiersza się nie oblicza"),
            ("Benchmark", "najlepsza wartość w grupie klastrów"),
            ("KKK", "Krajowy Klaster Kluczowy"),
            (
                "Wyniki znormalizowane",
                "wartości od zera do jedności: zero to najsłabszy, jedność najlepszy wynik w badaniu",
            ),
            (
                "Dokładność",
                "komórki przechowują wartości niezaokrąglone; format pokazuje tyle miejsc po przecinku, ile raport",
            ),
        ),
        only_other="",
    ),
    "en": Words(
        lang="en",
        locale="en-GB",
        annex="Statistical annex",
        cover="Cover",
        contents="Contents",
        notes="Notes",
        table="Table",
        table_id="annex_table",
        one_table="This sheet contains one table. Marks in square brackets are explained on the sheet “Notes”.",
        back="Back to contents",
        source="Source",
        column="Column",
        group="Group",
        absent="[z]",
        contents_heads=("Table", "Title", "Chapter"),
        notes_heads=("Mark", "Meaning"),
        contents_lead="This sheet contains one table: the tables of the annex with links.",
        notes_lead="This sheet contains one table: marks and terms explained.",
        meanings=(
            ("[z]", "no data, or a value that is not computed for this row"),
            ("Benchmark", "best value in a group of clusters"),
            ("KKK", "National Key Cluster (Krajowy Klaster Kluczowy)"),
            ("Normalised scores", "values from zero to one: zero is the weakest, one the best result of the study"),
            ("Precision", "cells hold unrounded values; the format shows as many decimals as the report"),
        ),
        only_other="Only in Polish",
    ),
}
