"""Cross-references with the numbers of the printed edition.

`@fig-13` becomes a link "Rysunek 13"; Polish inflects, so `[na rysunku @fig-13]` becomes "na rysunku 13" and
`-@fig-13` the bare number; `[na rysunkach @fig-13; @fig-14]` becomes "na rysunkach 13 i 14". Tables (`@tbl-18`) and
sections (`@sec-zasoby`) likewise. Citations of literature, which share the syntax, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.publish.numbers import NBSP
from analysis.publish.pandoc import Node, change, link, text_inlines

KINDS = ("fig", "tbl", "sec")
REFERENCE = re.compile(r"(?<![\w.@])-?@((?:fig|tbl|sec)-[\w]+(?:[-_.:]\w+)*)")

_NAMES = {
    "pl": {"fig": "Rysunek", "tbl": "Tabela", "chapter": "rozdział", "sec": "podrozdział", "and": "i"},
    "en": {"fig": "Figure", "tbl": "Table", "chapter": "chapter", "sec": "section", "and": "and"},
}


@dataclass(frozen=True)
class Label:
    """What a label points at: its kind (fig, tbl, sec), printed number, title, and level (sections only)."""

    id: str
    kind: str
    number: str
    title: str
    level: int = 0

    def name(self, lang: str) -> str:
        """The word before the number in the nominative."""
        if self.kind == "sec":
            return _NAMES[lang]["chapter" if self.level == 1 else "sec"]
        return _NAMES[lang][self.kind]


def exhibit_name(kind: str, no: int | str, lang: str = "pl") -> str:
    """Return "Rysunek 13" or "Tabela 18" with a no-break space; `kind` is figure or table."""
    return f"{_NAMES[lang]['fig' if kind == 'figure' else 'tbl']}{NBSP}{no}"


def is_reference(citation_id: str) -> bool:
    """Whether a pandoc citation is one of our cross-references."""
    return citation_id.split("-")[0] in KINDS and "-" in citation_id


def _number(label: Label) -> str:
    return label.number or f"„{label.title}”"


def _links(citations: list[Node], labels: Mapping[str, Label], lang: str) -> list[Node]:
    shown: list[list[Node]] = []
    for i, citation in enumerate(citations):
        label = labels[citation["citationId"]]
        prefix: list[Node] = citation["citationPrefix"]
        mode = citation["citationMode"]["t"]
        if prefix:
            inner = [*prefix, {"t": "Str", "c": NBSP + _number(label)}]
        elif mode == "SuppressAuthor" or i > 0:
            inner = [{"t": "Str", "c": _number(label)}]
        else:
            inner = [{"t": "Str", "c": f"{label.name(lang)}{NBSP}{_number(label)}"}]
        shown.append([link(inner, f"#{label.id}", ["reference"]), *citation["citationSuffix"]])
    out = shown[0]
    for i, item in enumerate(shown[1:], start=1):
        last = i == len(shown) - 1
        out = [*out, *text_inlines(f" {_NAMES[lang]['and']} " if last else ", "), *item]
    return out


def resolve(tree: Any, labels: Mapping[str, Label], lang: str = "pl") -> Any:
    """Replace every cross-reference of a tree by its link(s).

    Unknown labels stay as they are; the lint has already reported them with file and line.
    """

    def action(node: Node) -> list[Node] | None:
        citations = node["c"][0]
        if not all(is_reference(c["citationId"]) and c["citationId"] in labels for c in citations):
            return None
        return _links(citations, labels, lang)

    return change(tree, action, {"Cite"})
