"""How to cite the edition and any page of it: plain text and BibTeX, from CITATION.cff and edition.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from analysis.errors import ConfigError
from analysis.publish.publication import Publication
from analysis.publish.site import Page
from analysis.yamlfile import read_mapping


@dataclass(frozen=True)
class Work:
    """What is cited: authors, year, title, kind of edition, version of the software, licence."""

    authors: tuple[str, ...]
    year: int
    title: str
    edition: str
    version: str
    licence: str
    key: str


def load_work(pub: Publication) -> Work:
    """Read CITATION.cff; without it the edition is cited by its title.

    Raises
    ------
    ConfigError
        The file has no `authors` or `version`.
    """
    path = pub.project / "CITATION.cff"
    cff: dict[str, Any] = {"authors": [{"name": pub.publisher or pub.title}], "version": ""}
    if path.is_file():
        cff = read_mapping(path)
        absent = [key for key in ("authors", "version") if not cff.get(key)]
        if absent:
            raise ConfigError(f"CITATION.cff: {', '.join(absent)} missing; see https://citation-file-format.github.io")
    authors = tuple(
        str(a.get("name") or " ".join(filter(None, [a.get("given-names"), a.get("family-names")])))
        for a in cff["authors"]
    )
    title = ". ".join(str(pub.info.get(k) or d) for k, d in (("title", pub.title), ("subtitle", pub.subtitle)))
    return Work(
        authors, pub.date.year, title, pub.edition_label, str(cff["version"]), str(cff.get("license") or ""),
        f"klastry{pub.edition}",
    )  # fmt: skip


def _sentence(*parts: str) -> str:
    return " ".join(part if part.endswith((".", "?", "!")) else part + "." for part in parts if part)


def _version(work: Work) -> str:
    return f"{work.edition}, wersja {work.version}" if work.version else work.edition


def text(work: Work, part: str = "") -> str:
    """Plain text in the manner of APA; `part` is the number and title of a chapter."""
    who = ", ".join(work.authors)
    if part:
        return _sentence(f"{who} ({work.year})", part, f"W: {work.title}", _version(work))
    return _sentence(f"{who} ({work.year})", work.title, _version(work))


def _tex(value: str) -> str:
    return re.sub(r"([&%#$_{}])", r"\\\1", value)


def bibtex(work: Work, part: str = "", number: str = "") -> str:
    """BibTeX record: of the edition (`book`), or of a chapter (`incollection`)."""
    fields = {
        "author": " and ".join("{" + _tex(a) + "}" for a in work.authors),
        "title": "{" + _tex(part or work.title) + "}",
        **({"booktitle": "{" + _tex(work.title) + "}", "chapter": number} if part else {}),
        "edition": _tex(_version(work)),
        "year": str(work.year),
        "language": "polish",
    }
    key = "-".join(filter(None, [work.key, number.replace(".", "-")]))
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{'incollection' if part else 'book'}{{{key},", *lines, "}"])


def _copied(ident: str, words: str, content: str, tag: str = "p") -> str:
    return (
        f'<{tag} id="{ident}">{escape(content)}</{tag}><p class="buttons"><button type="button" class="copy" '
        f'data-copies="{ident}" hidden>{words}</button> <span role="status" aria-live="polite"></span></p>'
    )


def cite_box(page: Page, work: Work) -> str:
    """„Cytuj ten podrozdział” at the end of a page: text and BibTeX to copy."""
    part = page.plain_title.replace("\N{NO-BREAK SPACE}", " ")
    words = ("Cytuj ten rozdział" if not page.eyebrow else "Cytuj ten podrozdział", "Kopiuj tekst", "Kopiuj BibTeX")
    if page.lang == "en":
        words = ("Cite this chapter", "Copy text", "Copy BibTeX")
    return (
        f'<details class="cite"><summary>{words[0]}</summary>'
        + _copied("cytat", words[1], text(work, part))
        + _copied("cytat-bibtex", words[2], bibtex(work, part, page.number), "pre")
        + "</details>"
    )


def cite_part(pub: Publication, work: Work) -> str:
    """How to cite the whole, for „O wydaniu”."""
    printed = " ".join(str(pub.info.get("citation") or "").split())
    more = "<p>Opublikowane statystyki pochodzą z wydania drukowanego; należy je cytować tak:</p>"
    more += _copied("cytat-druk", "Kopiuj tekst", printed)
    return (
        "<p>To wydanie:</p>"
        + _copied("cytat", "Kopiuj tekst", text(work))
        + "<p>Zapis BibTeX:</p>"
        + _copied("cytat-bibtex", "Kopiuj BibTeX", bibtex(work), "pre")
        + (more if printed else "")
    )
