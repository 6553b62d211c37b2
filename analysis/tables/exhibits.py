"""Titles, words and saving of exhibits: a notebook says which number, the labels file says the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from babel.dates import get_month_names

from analysis import language
from analysis.config import WITHHELD
from analysis.errors import PublishError
from analysis.pictures import Drawn, Picture
from analysis.workspace import Column, Workspace
from analysis.yamlfile import read_mapping

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


def load_labels(folder: Path, lang: str | None = None, edition: Mapping[str, Any] | None = None) -> Labels:
    """Read `<lang>.yaml` and `exhibits_<lang>.yaml`, by default of the process's language.

    Chapter and code of an exhibit are written in the Polish list only.

    `edition` is the content of `edition.yaml`: with it `%edition%`, `%previous%`, `%year1%`, `%year2%` and
    `%label_month%`, `%label_year%` (when quality labels were looked up again) become the edition's own.

    Raises
    ------
    PublishError
        A file is missing.
    """
    lang = lang or language.current()
    years = _years(edition, lang) if edition is not None else {}
    titles = _load(folder, f"exhibits_{lang}.yaml", lang)
    if lang != FIRST:
        first = _load(folder, f"exhibits_{FIRST}.yaml", FIRST)
        for kind in ("figures", "tables"):
            for no, caption in titles[kind].items():
                shared = {key: first[kind][no][key] for key in ("chapter", "code") if key in first[kind].get(no, {})}
                titles[kind][no] = {**shared, **caption}
    titles = _dated(titles, years)
    return Labels(_dated(load_words(folder, lang), years), titles["figures"], titles["tables"], lang)


def _years(edition: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Years that labels name, of one edition."""
    first, _, second = str(edition["period"]).partition("-")
    later = str(edition.get("reference_dates", {}).get("eucles_label_later", ""))
    year, _, month = later.partition("-")
    named = get_month_names("wide", "stand-alone", locale=lang)[int(month)] if month else later
    years = {"edition": edition["edition"], "previous": edition.get("previous_edition", ""), "year1": first}
    years |= {"year2": second or first, "label_year": year, "label_month": f"{named} {year}" + " r." * (lang == "pl")}
    return {f"%{key}%": str(value) for key, value in years.items()}


def _dated(labels: Any, years: Mapping[str, str]) -> Any:
    """Put years in the place of their marks, in texts at any depth."""
    if isinstance(labels, dict):
        return {key: _dated(value, years) for key, value in labels.items()}
    if isinstance(labels, str):
        for mark, year in years.items():
            labels = labels.replace(mark, year)
    return labels


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
    return read_mapping(folder / name)


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

    def figure(
        self, no: int, figure: Figure | Drawn, data: pd.DataFrame, *, alt: str, source: str, note: str = "",
        units: bool = False,
    ) -> Picture:  # fmt: skip
        """Save a figure and return it as a picture, which the notebook shows.

        `units` says that it shows single respondents; a method that lets no figure do so gets a sentence instead.
        """
        caption = self.labels.caption("figure", no)
        if units and not self.ws.method.disclosure.points:
            assert not isinstance(figure, Drawn), "what shows single respondents is a figure of Matplotlib"
            alt = self.labels["words"]["withheld_points"]
            figure.clear()
            figure.set_size_inches(figure.get_size_inches()[0], 0.8)
            figure.text(0.02, 0.4, alt, fontsize=9)
            data, note = data.iloc[:0], self.labels["words"]["withheld_why"]
        return self.ws.save_figure(
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

    @staticmethod
    def _told(table: pd.DataFrame, note: str, labels: Labels) -> str:
        """Return the note of a table, with what the sign of a withheld value means if the table has one."""
        if not bool((table.astype(object) == WITHHELD).any(axis=None)):
            return note
        return f"{note} {labels['words']['withheld_note']}".strip()

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
            told = self._told(english.table, words.get("note", ""), self.english)
            other = {"title": words["title"], "note": told, "source": english.source}
            other |= {"table": english.table, "columns": english.columns}
        self.ws.save_table(
            table,
            no=no,
            title=caption["title"],
            chapter=caption["chapter"],
            columns=columns,
            notebook=self.notebook,
            source=source,
            note=self._told(table, note or caption.get("note", ""), self.labels),
            row_header=row_header,
            orientation=orientation,
            emphasis=emphasis,
            subject=subject,
            english=other,
        )
        return table[[c.name for c in columns]].set_axis([c.label for c in columns], axis=1)
