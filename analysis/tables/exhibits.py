"""Titles, words and saving of exhibits: a notebook says which number, the labels file says the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from analysis import language
from analysis.errors import PublishError
from analysis.workspace import Column, Workspace

if TYPE_CHECKING:
    from matplotlib.figure import Figure


FIRST = "pl"


@dataclass(frozen=True)
class Labels:
    """Words of charts and tables, and the titles of exhibits, in one language.

    `words` maps a section (units, columns, measures, …) to key → word; `figures` and `tables` map a printed number to
    title, chapter, note, alt.
    """

    words: Mapping[str, Mapping[str, str]]
    figures: Mapping[int, Mapping[str, str]]
    tables: Mapping[int, Mapping[str, str]]
    lang: str = "pl"

    def __getitem__(self, section: str) -> Mapping[str, str]:
        """Words of one section; raises `PublishError` for an unknown section."""
        if section not in self.words:
            raise PublishError(f"labels: no section `{section}`; there are {', '.join(self.words)}")
        return self.words[section]

    def caption(self, kind: str, no: int) -> Mapping[str, str]:
        """Title, chapter, note and alt of an exhibit; raises `PublishError` for one without a title."""
        listed = self.figures if kind == "figure" else self.tables
        if no not in listed:
            raise PublishError(f"labels: {kind} {no} has no title; add it to the exhibits file of the language")
        return listed[no]


def load_labels(folder: Path, lang: str | None = None) -> Labels:
    """Read `<lang>.yaml` and `exhibits_<lang>.yaml`, by default of the process's language.

    Chapter and code of an exhibit are written in the Polish list only.

    Raises
    ------
    PublishError
        A file is missing.
    """
    lang = lang or language.current()
    titles = _load(folder, f"exhibits_{lang}.yaml", lang)
    if lang != FIRST:
        first = _load(folder, f"exhibits_{FIRST}.yaml", FIRST)
        for kind in ("figures", "tables"):
            for no, caption in titles[kind].items():
                shared = {key: first[kind][no][key] for key in ("chapter", "code") if key in first[kind].get(no, {})}
                titles[kind][no] = {**shared, **caption}
    return Labels(load_words(folder, lang), titles["figures"], titles["tables"], lang)


def load_words(folder: Path, lang: str) -> dict[str, dict[str, str]]:
    """Read `<lang>.yaml` alone: section → key → word, for an exhibit in a second language.

    Raises
    ------
    PublishError
        The file is missing.
    """
    words = _load(folder, f"{lang}.yaml", lang)
    return {section: {str(k): str(v) for k, v in entries.items()} for section, entries in words.items()}


def _load(folder: Path, name: str, lang: str) -> dict[str, Any]:
    if not (folder / name).is_file():
        raise PublishError(f"{folder / name} does not exist; labels for `{lang}` are needed to print exhibits")
    loaded: dict[str, Any] = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class English:
    """A table in English, for the English workbook of the annex: the same rows, its own headings and source line."""

    table: pd.DataFrame
    columns: Sequence[Column]
    source: str


@dataclass(frozen=True)
class ExhibitDesk:
    """Saves exhibits of one notebook under their printed numbers, with the titles of the labels file.

    `english` are the labels of the English workbook; only notebooks that make English tables need them.
    """

    ws: Workspace
    notebook: str
    labels: Labels
    english: Labels | None = None

    def figure(self, no: int, figure: Figure, data: pd.DataFrame, *, alt: str, source: str, note: str = "") -> Figure:
        """Save a figure and return it, so that the notebook shows it."""
        caption = self.labels.caption("figure", no)
        self.ws.save_figure(
            figure,
            no=no,
            title=caption["title"],
            chapter=caption["chapter"],
            alt=alt,
            data=data,
            notebook=self.notebook,
            source=source,
            note=note or caption.get("note", ""),
        )
        return figure

    def table(
        self,
        no: int,
        table: pd.DataFrame,
        columns: Sequence[Column],
        *,
        source: str,
        note: str = "",
        row_header: str | None = None,
        orientation: str = "portrait",
        emphasis: str | None = None,
        subject: str = "",
        english: English | None = None,
    ) -> pd.DataFrame:
        """Save a table and return its printed columns, so that the notebook shows it."""
        caption = self.labels.caption("table", no)
        other: dict[str, Any] | None = None
        if english is not None and self.labels.lang == "en":  # the whole edition is in English
            table, columns, source = english.table, english.columns, english.source
        elif english is not None and self.english is not None:
            words = self.english.caption("table", no)
            other = {"title": words["title"], "note": words.get("note", ""), "source": english.source}
            other |= {"table": english.table, "columns": english.columns}
        self.ws.save_table(
            table,
            no=no,
            title=caption["title"],
            chapter=caption["chapter"],
            columns=columns,
            notebook=self.notebook,
            source=source,
            note=note or caption.get("note", ""),
            row_header=row_header,
            orientation=orientation,
            emphasis=emphasis,
            subject=subject,
            english=other,
        )
        return table[[c.name for c in columns]].set_axis([c.label for c in columns], axis=1)
