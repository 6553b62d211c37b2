"""Polish typography on the document tree: no-break spaces and quotation marks. Code, links' targets and raw text stay.

One-letter words do not end a line, dashes do not begin one; a number stays with its unit, an abbreviation with its
number. "r." binds to the year before it, never to the word after it.
"""

from __future__ import annotations

import re
from typing import Any

from analysis.publish.numbers import NBSP
from analysis.publish.pandoc import Node, change, change_inline_lists, plain

# Words after which a line may not break.
_BEFORE = re.compile(
    r"""^[(„«\[–-]*(?:[aiouwz]|nr|tab\.|rys\.|wyk\.|art\.|ust\.|poz\.|par\.|s\.|str\.|pkt|N|n|=|≥|≤|>|<)$""",
    re.IGNORECASE | re.VERBOSE,
)
# Words that may not begin a line after a number.
_AFTER = re.compile(
    r"""^(?:%|‰|p\.p\.|pkt|tys\.|mln|mld|bln|zł|PLN|EUR|euro|r\.|w\.|os\.|m²|m2|km|ha|szt\.|proc\.|=|≥|≤)[)\].,;:”»]*$"""
)
_ENDS_IN_NUMBER = re.compile(r"[\d%]$")
_ONE_LETTER = re.compile(r"[(„«\[–-]*[aiouwz]", re.IGNORECASE)
_MULTIPLES = re.compile(r"(?:^|\d" + NBSP + r")(?:tys\.|mln|mld)$")
_QUOTES = {
    "pl": {"DoubleQuote": ("„", "”"), "SingleQuote": ("«", "»")},
    "en": {"DoubleQuote": ("“", "”"), "SingleQuote": ("‘", "’")},
}


def _binds(before: str, after: str) -> bool:
    word = before.split(NBSP)[-1].split(" ")[-1]
    if after == "–":  # a dash ends a line, it does not begin one
        return True
    if re.fullmatch(r"\d{1,2}\.", word) and after[:1].islower():  # an ordinal: "1. kwartyl"
        return True
    if _BEFORE.match(word):
        # abbreviations and signs bind only to a number (or a sign) after them
        return bool(_ONE_LETTER.fullmatch(word) or re.match(r"^[(–−-]?\d|^[=≥≤<>]", after))
    if _ENDS_IN_NUMBER.search(before) and _AFTER.match(after):
        return True
    return bool(_MULTIPLES.search(before) and re.match(r"^(?:zł|PLN|EUR|euro|osób|os\.)", after))


def bind(text: str) -> str:
    """Put no-break spaces into plain text (captions, cells, titles)."""
    words = text.split(" ")
    out = words[0]
    for word in words[1:]:
        out += (NBSP if _binds(out, word) else " ") + word
    return out


def _bind_inlines(inlines: list[Node]) -> list[Node]:
    out: list[Node] = []
    for i, node in enumerate(inlines):
        if node.get("t") in ("Space", "SoftBreak") and out and i + 1 < len(inlines):
            before = plain(out[-1])
            if len(out) > 1 and out[-2].get("t") == "Str" and out[-2].get("c") == NBSP:
                before = plain(out[-3:])
            if _binds(before, plain(inlines[i + 1]).split(" ")[0]):
                out.append({"t": "Str", "c": NBSP})
                continue
        out.append(node)
    return out


def quotes(tree: Any, lang: str) -> Any:
    """Replace pandoc's quotation nodes by the marks of the language."""
    marks = _QUOTES[lang]

    def action(node: Node) -> list[Node]:
        kind, inner = node["c"]
        left, right = marks[kind["t"]]
        return [{"t": "Str", "c": left}, *inner, {"t": "Str", "c": right}]

    return change(tree, action, {"Quoted"})


def _join_strings(inlines: list[Node]) -> list[Node]:
    out: list[Node] = []
    for node in inlines:
        if node.get("t") == "Str" and out and out[-1].get("t") == "Str":
            out[-1] = {"t": "Str", "c": out[-1]["c"] + node["c"]}
        else:
            out.append(node)
    return out


def typeset(tree: Any, lang: str = "pl") -> Any:
    """Apply quotation marks and, in Polish, no-break spaces to a tree of blocks or inlines."""

    def action(inlines: list[Node]) -> list[Node]:
        joined = _join_strings(inlines)
        return _join_strings(_bind_inlines(joined)) if lang == "pl" else joined

    return change_inline_lists(quotes(tree, lang), action)
