"""Aligning two reports: sections by their identifiers, sentences and table rows by their content."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from analysis.publish.revision.document import Unit

# Pieces of a sentence compared one by one: a number with its separators, a word, a space, any other sign.
_PIECES = re.compile(r"\d[\d ,.–]*\d|\d|\w+|\s+|[^\w\s]")
# Two sentences are one sentence changed if at least this share of their pieces agrees; else one went, one came.
SAME_SENTENCE = 0.5

Piece = tuple[str, str]  # how ("same", "removed", "added"), text


@dataclass(frozen=True)
class Change:
    """A unit of one report or of both: `how` is same, changed, removed or added; `pieces` its text as tracked changes.

    For a table `cells` holds its rows with the pieces of each cell; for a figure `before` and `after` the two units.
    """

    how: str
    before: Unit | None
    after: Unit | None
    pieces: tuple[Piece, ...] = ()
    cells: tuple[tuple[tuple[Piece, ...], ...], ...] = ()
    sentences: tuple[int, int, int] = (0, 0, 0)  # changed, removed, added

    @property
    def unit(self) -> Unit:
        """The newer of the two units."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def changed_cells(self) -> int:
        """Cells of a table that are not the same."""
        return sum(any(how != "same" for how, _ in cell) for row in self.cells for cell in row)


def _blocks(a: Sequence[Hashable], b: Sequence[Hashable]) -> Iterator[tuple[str, int, int, int, int]]:
    yield from SequenceMatcher(None, a, b, autojunk=False).get_opcodes()


def _joined(pieces: Iterator[Piece] | Sequence[Piece]) -> tuple[Piece, ...]:
    """Join neighbours of one kind."""
    out: list[Piece] = []
    for how, text in pieces:
        if text and out and out[-1][0] == how:
            out[-1] = (how, out[-1][1] + text)
        elif text:
            out.append((how, text))
    return tuple(out)


def track(before: str, after: str) -> tuple[Piece, ...]:
    """Tracked changes of a text: all but `added` is the first, all but `removed` the second."""
    a, b = _PIECES.findall(before), _PIECES.findall(after)
    out: list[Piece] = []
    for how, i, j, k, m in _blocks(a, b):
        if how == "equal":
            out.append(("same", "".join(a[i:j])))
        else:
            out += [("removed", "".join(a[i:j])), ("added", "".join(b[k:m]))]
    return _joined(out)


def _alike(before: str, after: str) -> bool:
    a, b = _PIECES.findall(before), _PIECES.findall(after)
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= SAME_SENTENCE


def _paragraph(before: Unit, after: Unit) -> Change:
    """Tracked changes of a paragraph, sentence by sentence."""
    a, b = before.sentences, after.sentences
    pieces: list[Piece] = []
    changed = removed = added = 0
    for how, i, j, k, m in _blocks(a, b):
        if how == "equal":
            pieces += [("same", sentence + " ") for sentence in a[i:j]]
            continue
        for old, new in zip_longest(a[i:j], b[k:m]):
            if old is not None and new is not None and _alike(old, new):
                pieces += [*track(old, new), ("same", " ")]
                changed += 1
                continue
            if old is not None:
                pieces.append(("removed", old + " "))
                removed += 1
            if new is not None:
                pieces.append(("added", new + " "))
                added += 1
    return Change("changed", before, after, _joined(pieces), sentences=(changed, removed, added))


def _cells(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[tuple[Piece, ...], ...]:
    """Cells are replaced whole: half a number would say nothing."""
    return tuple(
        (("same", old),) if old == new else tuple(p for p in (("removed", old), ("added", new)) if p[1])
        for old, new in zip_longest(before, after, fillvalue="")
    )


def _table(before: Unit, after: Unit) -> Change:
    """Tracked changes of a table; rows are aligned by their first cells."""
    rows: list[tuple[tuple[Piece, ...], ...]] = []
    a, b = [row[:1] for row in before.rows], [row[:1] for row in after.rows]
    for how, i, j, k, m in _blocks(a, b):
        if how == "equal":
            rows += [_cells(old, new) for old, new in zip(before.rows[i:j], after.rows[k:m], strict=True)]
        else:
            rows += [tuple((("removed", cell),) for cell in row) for row in before.rows[i:j]]
            rows += [tuple((("added", cell),) for cell in row) for row in after.rows[k:m]]
    return Change("changed", before, after, track(before.text, after.text), tuple(rows))


def _one(how: str, unit: Unit) -> Change:
    count = len(unit.sentences) if unit.kind not in ("table", "figure") else 0
    cells = tuple(tuple(((how, cell),) for cell in row) for row in unit.rows) if unit.kind == "table" else ()
    before, after = (unit, None) if how == "removed" else (None, unit)
    moved = (0, count, 0) if how == "removed" else (0, 0, count)
    return Change(how, before, after, ((how, unit.text),), cells, moved)


def _pair(before: Unit, after: Unit) -> Change:
    if before.kind == "table":
        return _table(before, after)
    if before.kind == "figure":
        return Change("changed", before, after, track(before.text, after.text))
    return _paragraph(before, after)


def _identity(unit: Unit) -> Hashable:
    return (unit.kind, unit.key, unit.text, unit.rows, unit.digest)


def _match(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[Change]:
    """Pair what was replaced: units of one kind and key, in their order; paragraphs only if they are alike."""
    rest = list(new)
    for unit in old:
        fits = (
            i
            for i, other in enumerate(rest)
            if (other.kind, other.key) == (unit.kind, unit.key) and (unit.key or _alike(unit.text, other.text))
        )
        found = next(fits, None)
        if found is None:
            yield _one("removed", unit)
            continue
        yield from (_one("added", other) for other in rest[:found])
        yield _pair(unit, rest[found])
        rest = rest[found + 1 :]
    yield from (_one("added", other) for other in rest)


def _sections(units: Sequence[Unit]) -> dict[Hashable, list[Unit]]:
    out: dict[Hashable, list[Unit]] = {}
    for unit in units:
        out.setdefault(unit.section, []).append(unit)
    return out


def compare_documents(before: Sequence[Unit], after: Sequence[Unit]) -> list[Change]:
    """Align two reports.

    Sections meet by the identifiers of their headings, which do not depend on numbers; inside a section what is equal
    is matched first (longest common subsequence), then what was replaced. Nothing is left out: the units of `before`
    are those of all changes but the added ones, in their order within each section, and those of `after` likewise.
    """
    a, b = _sections(before), _sections(after)
    out: list[Change] = []
    for _, i, j, k, m in _blocks(list(a), list(b)):
        for name in list(a)[i:j]:
            out += [_one("removed", unit) for unit in a[name] if name not in b]
        for name in list(b)[k:m]:  # a section that moved is shown where it stands now
            old, new = a.get(name, []), b[name]
            for how, p, q, r, s in _blocks([_identity(u) for u in old], [_identity(u) for u in new]):
                if how == "equal":
                    out += [Change("same", x, y) for x, y in zip(old[p:q], new[r:s], strict=True)]
                else:
                    out += _match(old[p:q], new[r:s])
    return out


def summary(changes: Sequence[Change]) -> dict[str, Counter[str]]:
    """Count by chapter, in the order of the book: sentences, sentences that changed, went or came, tables, figures."""
    out: dict[str, Counter[str]] = {}
    for change in changes:
        count = out.setdefault(change.unit.chapter, Counter())
        kind = change.unit.kind
        if kind in ("table", "figure"):
            count[f"{kind}s"] += 1
            count[f"{kind}s_changed"] += change.how != "same"
            count["cells"] += change.changed_cells
            continue
        count["sentences"] += len(change.unit.sentences)
        for name, n in zip(("changed", "removed", "added"), change.sentences, strict=True):
            count[name] += n
    return out
