"""Words in another language, marked with it: a screen reader changes its voice, hyphenation its rules (WCAG 3.1.2).

The terms are data (`report/foreign_words.yaml`). In the tree of the book a term becomes a Span with `lang`, which the
site and DOCX write by themselves; captions and cells of the site go through `marked`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path

from analysis.errors import ConfigError
from analysis.publish.numbers import NBSP
from analysis.publish.pandoc import Node, attr, change, change_inline_lists, pairs, span, text_inlines
from analysis.yamlfile import read_yaml

FILE = "foreign_words.yaml"


def _pattern(term: str) -> str:
    words = [re.escape(word) for word in term.split()]
    first = words[0]
    if first[0].islower():
        words[0] = f"[{first[0]}{first[0].upper()}]{first[1:]}"
    return rf"[ {NBSP}]".join(words)


def _once(node: Node) -> Node | None:
    """A text that a person has marked keeps its mark and needs none inside."""
    lang = pairs(node["c"][0]).get("lang")
    if not lang:
        return None

    def bare(inner: Node) -> list[Node] | None:
        return list(inner["c"][1]) if inner["c"][0] == attr("", [], lang=lang) else None

    inner = change(node["c"][1], bare, {"Span"})
    return {**node, "c": [node["c"][0], inner]}


@dataclass(frozen=True)
class ForeignWords:
    """Terms by language, and patterns of other foreign text; `pieces` gives what a text in one language has to mark."""

    terms: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _compiled(self) -> dict[str, re.Pattern[str]]:
        # A longer term wins over one that it begins with. A hyphen or an apostrophe after it makes another word of it.
        return {
            lang: re.compile(
                rf"(?<![\w-])(?:{'|'.join(_pattern(t) for t in sorted(terms, key=len, reverse=True))})(?![\w-])"
            )
            for lang, terms in self.terms.items()
        }

    def pieces(self, text: str, lang: str) -> list[tuple[str, str]]:
        """Cut a text in `lang` into pieces with their language; empty for the text's own."""
        cuts: list[tuple[int, int, str]] = []
        for other, pattern in self._compiled.items():
            if other != lang:
                cuts += [(m.start(), m.end(), other) for m in pattern.finditer(text)]
        for other, quoted in self.patterns.items():
            cuts += [(m.start(), m.end(), other) for m in re.finditer(quoted, text)] if other != lang else []
        out, at = [], 0
        for start, end, other in sorted(cuts):
            if start < at:
                continue
            out += [(text[at:start], ""), (text[start:end], other)]
            at = end
        return [piece for piece in [*out, (text[at:], "")] if piece[0]]

    def marked(self, text: str, lang: str) -> str:
        """Escape plain text for HTML and mark its foreign words."""
        return "".join(
            f'<span lang="{other}">{escape(part)}</span>' if other else escape(part)
            for part, other in self.pieces(text, lang)
        )

    def mark(self, tree: list[Node], lang: str) -> list[Node]:
        """Mark foreign words of a tree of blocks; words in several nodes (emphasis, links) are left as they are."""

        def action(inlines: list[Node]) -> list[Node]:
            out: list[Node] = []
            run: list[Node] = []
            for node in [*inlines, None]:
                if node is not None and node.get("t") in ("Str", "Space", "SoftBreak"):
                    run.append(node)
                    continue
                out += self._run(run, lang)
                run = []
                if node is not None:
                    out.append(node)
            return out

        return list(change(change_inline_lists(tree, action), _once, {"Span"})) if self.terms else tree

    def _run(self, run: list[Node], lang: str) -> list[Node]:
        text = "".join(node["c"] if node["t"] == "Str" else " " for node in run)
        pieces = self.pieces(text, lang)
        if not any(other for _, other in pieces):
            return run
        out: list[Node] = []
        for part, other in pieces:
            made = text_inlines(part)
            out += [span("", [], made, lang=other)] if other else made
        return out


def load_foreign(report_dir: Path) -> ForeignWords:
    """Read the terms; a project without the file has none.

    Raises
    ------
    ConfigError
        The file is no mapping of languages to lists of texts.
    """
    path = report_dir / FILE
    if not path.is_file():
        return ForeignWords({})
    loaded = read_yaml(path) or {}
    good = isinstance(loaded, dict) and all(
        isinstance(terms, list) and all(isinstance(t, str) and t.strip() for t in terms) for terms in loaded.values()
    )
    if not good:
        raise ConfigError(f"report/{FILE}: write a list of terms under each language code, e.g. `en: [know-how]`")
    return ForeignWords({str(lang): tuple(terms) for lang, terms in loaded.items()})
