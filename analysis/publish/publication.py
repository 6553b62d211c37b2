"""What every publishing step needs to know about one edition: folders, title, dates, facts, exhibits."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.dates import format_date

from analysis.config import Words, load_method
from analysis.disclosure.shield import Shield, read_shield
from analysis.errors import ConfigError, PublishError
from analysis.framework import load_framework
from analysis.knowledge import Library, load_library
from analysis.publish.assemble import Book
from analysis.publish.exhibit_tables import PrintedTable
from analysis.publish.exhibit_tables import build as build_table
from analysis.publish.exhibits import Exhibit, load_exhibits
from analysis.publish.foreign import ForeignWords, load_foreign
from analysis.publish.typography import bind
from analysis.sources import MADE_UP, SURVEY, load_edition
from analysis.workspace import language_folder

LANG = "pl"
RECONSTRUCTED = (
    "Odpowiedzi koordynatorów i członków klastrów w tej edycji są zrekonstruowane: nie należą do rzeczywistych "
    "respondentów, lecz odtwarzają opublikowane statystyki."
)

MADE_UP_NOTE = (
    "Odpowiedzi zmyślone, na próbę. Każdą wylosowano, żeby sprawdzić działanie programu przed badaniem; liczby i "
    "zdania tego wydania nie mówią niczego o żadnym klastrze i nie wolno ich cytować."
)


@dataclass(frozen=True)
class Publication:
    """One edition under one method, ready to be published from `build` into `build/60_report`.

    `project` holds `report/`; `info` is the content of `edition.yaml`; `words` the thresholds of the words that depend
    on numbers. In another language than Polish `build` is the folder of that language inside the build.
    """

    project: Path
    build: Path
    edition: int
    info: Mapping[str, Any]
    words: Words
    method: str = "default"
    lang: str = LANG

    @property
    def framework_root(self) -> Path:
        """Folder that holds the `framework/` of the edition."""
        return load_edition(self.edition, self.project / "data").framework.parent

    @property
    def printed(self) -> bool:
        """Whether the edition has a printed report that its numbers are compared with."""
        return (self.project / f"data/editions/{self.edition}/published").is_dir()

    @property
    def report_dir(self) -> Path:
        """Chapters, style and lists, as people write them."""
        return self.project / "report"

    @property
    def style_dir(self) -> Path:
        """Templates, style sheets, fonts."""
        return self.report_dir / "style"

    @property
    def chapters_dir(self) -> Path:
        """Rendered chapters and the book."""
        return self.build / "50_chapters"

    @property
    def home(self) -> Path:
        """The build of the first language: facts are the same in all."""
        return self.build if self.lang == LANG else self.build.parent

    @property
    def out_dir(self) -> Path:
        """Formats before they are promoted to the report."""
        return self.chapters_dir / "out"

    @cached_property
    def facts(self) -> dict[str, dict[str, Any]]:
        """Every fact of the build."""
        path = self.home / "facts.json"
        if not path.is_file():
            raise PublishError("facts.json is not there yet; run the analyses first: klastry build analyses")
        return dict(json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def shield(self) -> Shield:
        """What the method withholds."""
        return read_shield(self.home, load_method(self.method, self.project / "config").disclosure)

    @cached_property
    def exhibits(self) -> dict[str, Exhibit]:
        """Every computed figure and table."""
        return load_exhibits(self.build)

    @cached_property
    def _printed(self) -> dict[tuple[str, str], PrintedTable]:
        return {}

    def printed_table(self, exhibit: Exhibit, lang: str) -> PrintedTable:
        """A table exhibit as it is printed, formatted once for all that draw it.

        Raises
        ------
        PublishError
            A described column is not in the data, or a cell of a number column is no number.
        """
        place = exhibit.id, lang
        if place not in self._printed:
            self._printed[place] = build_table(exhibit, self.build, lang)
        return self._printed[place]

    @cached_property
    def book(self) -> Book:
        """The assembled book."""
        return Book.load(self.chapters_dir / "book.json")

    @cached_property
    def foreign(self) -> ForeignWords:
        """Words in another language."""
        if self.lang == LANG:
            return load_foreign(self.report_dir)
        from analysis.publish.english import foreign_words

        return foreign_words(self.project, self.edition)

    @cached_property
    def date(self) -> datetime.date:
        """Publication date; every date in every file comes from it."""
        value = self.info["publication_date"]
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(str(value))
        except ValueError as error:
            raise ConfigError(f"edition.yaml: publication_date is {value!r}; write it as YYYY-MM-DD") from error

    @property
    def epoch(self) -> int:
        """Publication date as seconds since 1970, midnight UTC."""
        moment = datetime.datetime.combine(self.date, datetime.time(), tzinfo=datetime.UTC)
        return int(moment.timestamp())

    @property
    def date_text(self) -> str:
        """Month and year of publication."""
        return format_date(self.date, "LLLL y", locale=self.lang)

    @property
    def title(self) -> str:
        """Title of the report."""
        return bind(str(self.info["title"])) if self.lang == LANG else str(self.info["title_en"])

    @property
    def subtitle(self) -> str:
        """What kind of report it is."""
        return bind(str(self.info.get("subtitle") or "Raport ogólny")) if self.lang == LANG else "General report"

    @property
    def edition_label(self) -> str:
        """Which edition of the text this is."""
        if self.lang != LANG:
            return "Reproducible edition in English"
        return str(self.info.get("edition_label") or "Wydanie odtwarzalne")

    @property
    def period(self) -> str:
        """Years the data are about."""
        years = str(self.info["period"]).replace("-", "–")
        return f"Dane za lata {years}" if self.lang == LANG else f"Data for {years}"

    @property
    def publisher(self) -> str:
        """Publisher, empty if the edition names none."""
        return str(self.info.get("publisher") or "")

    @property
    def confidential(self) -> bool:
        """Whether the answers are those of a survey: only statistics leave. Synthetic ones may be shown."""
        return bool(self.info["provenance"] == SURVEY)

    @property
    def reports_apart(self) -> bool:
        """Whether individual reports, which hold answers and scores of their reader, stay out of the report folder."""
        return self.confidential or self.shield.active

    @property
    def provenance_note(self) -> str:
        """Plain words on where the answers come from, empty for a survey."""
        if self.info["provenance"] == MADE_UP:
            return bind(MADE_UP_NOTE)
        if self.confidential:
            return ""
        if self.lang != LANG:
            return " ".join(str(self.info["provenance_note_en"]).split())
        return bind(" ".join(str(self.info.get("provenance_note_pl") or RECONSTRUCTED).split()))

    def file_name(self, kind: str, lang: str = "") -> str:
        """Name of a published file: pdf, docx or xlsx, by default in the language of the publication."""
        lang = lang or self.lang
        annex = {"pl": "aneks-statystyczny", "en": "statistical-annex"}[lang]
        stem = annex if kind == "xlsx" else {"pl": "raport-ogolny", "en": "general-report"}[lang]
        return f"{stem}-{self.edition}.{kind}"


def open_publication(
    project: Path, build: Path, edition: int, method: str = "default", lang: str = LANG
) -> Publication:
    """Open an edition for publishing.

    Raises
    ------
    ConfigError
        The edition or the method does not exist.
    """
    info = load_edition(edition, project / "data").info
    build = build if lang == LANG else language_folder(build, lang)
    return Publication(project, build, edition, info, load_method(method, project / "config").words, method, lang)


def load_knowledge(pub: Publication) -> Library:
    """Read the records that reports tell.

    Raises
    ------
    ConfigError
        There is no `data/knowledge`, and the edition does not say `knowledge: none`; or it says so and there is one.
    """
    folder = pub.project / "data" / "knowledge"
    said = pub.info.get("knowledge")
    if said not in (None, "none"):
        raise ConfigError(f"edition.yaml: knowledge is {said!r}; leave the key out, or write `none`")
    if folder.is_dir() == (said == "none"):
        raise ConfigError(
            f"{folder} is there, but edition.yaml says `knowledge: none`; remove one of them"
            if said
            else f"{folder} does not exist; restore it from version control, or, if reports of this edition tell of no "
            "practices and recommendations, write `knowledge: none` in edition.yaml"
        )
    return Library() if said else load_library(folder, load_framework(pub.framework_root))
