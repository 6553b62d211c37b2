"""Propose a mapping: every column with the item it resembles most, score and reason; doubtful ones left open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from analysis.errors import ConfigError, suggest
from analysis.intake.answers import TICKED, label_form, read_answer
from analysis.intake.codebook import Codebook, Wanted
from analysis.intake.headings import is_limesurvey, system_role
from analysis.intake.mapping import NONE, OPEN, ColumnRule, Identify, Incomplete, Mapping, TableRule
from analysis.intake.model import Column, Source, show
from analysis.intake.privacy import EMAIL, mask, plain
from analysis.intake.similarity import Likeness, agreement, by_code, by_wording, with_values
from analysis.schemas import NONE_TICKED

SURE = 0.85  # proposed without a question
LEAD = 0.03  # …if no other item comes nearer than this
_FAR = 0.4  # named all the same, for a person to see
_SAME = 0.995  # wording without a difference
MAYBE = 0.55  # below, a column is proposed to be left out
_CANDIDATES = 3
_ANSWERS_LISTED = 25  # undecided spellings written into a mapping, for each column
_NAME = re.compile(r"(pelna |skrocona )?(nazwa )?(klastra|klaster)|name of the cluster|cluster( name)?")
_ORDER_BONUS = 0.004  # of two equally good items the one in the same place of the questionnaire


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping; how many columns are sure, open and left out, by table; and the columns not read at all."""

    mapping: Mapping
    counts: list[dict[str, object]]
    personal: tuple[str, ...] = ()


def _places(columns: Sequence[Column]) -> list[tuple[int, int]]:
    """Return for each column which sub-question of its question it is, and of how many; `other` is not counted."""
    own = [c.code if c.sub and not _is_other(c) else "" for c in columns]
    totals = Counter(own)
    seen: Counter[str] = Counter()
    out = []
    for code in own:
        seen[code] += 1
        out.append((seen[code], totals[code]) if code else (1, 1))
    return out


def _is_other(column: Column) -> bool:
    return column.sub.endswith(("other", "comment")) or plain(column.subtext) in (
        "inne",
        "other",
        "comment",
        "komentarz",
    )


def _scores(source: Source, columns: list[int], book: Codebook) -> tuple[np.ndarray, dict[tuple[int, int], Likeness]]:
    """Return how alike each column and each item are, without the values, and why."""
    places = _places([source.columns[i] for i in columns])
    table = np.zeros((len(columns), len(book.wanted)))
    why: dict[tuple[int, int], Likeness] = {}
    for row, position in enumerate(columns):
        column = source.columns[position]
        for at, wanted in enumerate(book.wanted):
            place, of = places[row]
            code, wording = by_code(column, wanted, place, of), by_wording(column, wanted)
            best = max(code, wording, key=lambda one: one.score)
            if code.score and wording.score > 0.6 and best.score < 1:
                best = Likeness(min(1.0, best.score + 0.05), f"{wording.why}, {code.why}")
            table[row, at] = best.score
            why[row, at] = best
    return table, why


def _answer_table(column: Column, cells: list[object], wanted: Wanted, blank: str) -> dict[str, str]:
    """Return the spellings that the codebook does not explain, undecided, most frequent first."""
    if wanted.item.type in ("text", "id"):
        return {}
    rule = ColumnRule(column=column.heading, item=wanted.item.name)
    counts: Counter[str] = Counter()
    for cell in cells:
        if cell is None:
            continue
        if read_answer(cell, column, rule, wanted.target, "").problem in ("not_an_option", "two_ticks_disagree"):
            text = show(cell).strip()
            if mask(text) == text and not EMAIL.search(text):
                counts[text] += 1
    return {text: OPEN for text, _ in counts.most_common(_ANSWERS_LISTED)}


def _blank(cells: list[object]) -> str:
    """Return what a blank means in a multiple response: where only marks occur it means not ticked."""
    forms = {label_form(show(c)) for c in cells if c is not None}
    return "not_ticked" if forms and forms <= TICKED else "missing"


def _of_boxes(heading: str, headings: Sequence[str]) -> str:
    """Return why a column of ODK or KoboToolbox repeats what other columns say, '' if it does not."""
    if heading.endswith(f"/{NONE_TICKED}"):
        return "says that no box was ticked, as the other boxes do"
    return "its boxes have columns of their own" if any(h.startswith(f"{heading}/") for h in headings) else ""


def _rules(source: Source, book: Codebook) -> list[ColumnRule]:
    """Propose a rule for every column."""
    survey = is_limesurvey(_names(source))
    systems = {i for i, c in enumerate(source.columns) if survey and system_role(c.heading)}
    columns = [i for i in range(len(source.columns)) if i not in systems]
    table, why = _scores(source, columns, book)
    n_items = len(book.wanted)
    for row, position in enumerate(columns):
        column, cells = source.columns[position], source.cells(position)
        near = [int(a) for a in np.argsort(-table[row], kind="stable")[: 2 * _CANDIDATES] if table[row, a] >= MAYBE]
        for at in near:
            rule = ColumnRule(column=column.heading, item=book.wanted[at].item.name)
            likeness = with_values(why[row, at], agreement(column, cells, book.wanted[at], rule))
            table[row, at], why[row, at] = likeness.score, likeness
    order = np.abs(np.arange(len(columns))[:, None] / max(len(columns), 1) - np.arange(n_items)[None, :] / n_items)
    rows, items = linear_sum_assignment(-(table - _ORDER_BONUS * order))
    chosen = dict(zip((int(r) for r in rows), (int(i) for i in items), strict=True))
    out: list[ColumnRule] = []
    headings = _names(source)
    by_row = {position: row for row, position in enumerate(columns)}
    for position, column in enumerate(source.columns):
        if position in systems:
            out.append(ColumnRule(column=column.heading, item=NONE, why=f"LimeSurvey: {system_role(column.heading)}"))
            continue
        aside = _of_boxes(column.heading, headings)
        if aside:
            out.append(ColumnRule(column=column.heading, item=NONE, why=aside))
            continue
        out.append(_rule(column, source.cells(position), by_row[position], chosen, table, why, book))
    return _blanks_of_questions(out, source, book)


def _rule(
    column: Column,
    cells: list[object],
    row: int,
    chosen: dict[int, int],
    table: np.ndarray,
    why: dict[tuple[int, int], Likeness],
    book: Codebook,
) -> ColumnRule:
    at = chosen.get(row)
    near = [int(a) for a in np.argsort(-table[row], kind="stable")[:_CANDIDATES] if table[row, a] >= MAYBE]
    if not near and (at is None or table[row, at] < MAYBE):
        best = float(table[row].max())
        note = "an open text beside the options" if _is_other(column) else f"nothing alike in the codebook ({best:.2f})"
        far = [int(a) for a in np.argsort(-table[row], kind="stable")[:_CANDIDATES] if table[row, a] >= _FAR]
        names = [f"{book.wanted[a].item.name} ({table[row, a]:.2f})" for a in far]
        return ColumnRule(column=column.heading, item=NONE, why=note, candidates=names)
    if _is_other(column) and table[row].max() < 1:
        return ColumnRule(column=column.heading, item=NONE, why="an open text beside the options")
    names = [f"{book.wanted[a].item.name} ({table[row, a]:.2f})" for a in near]
    if at is None or table[row, at] < MAYBE:
        return ColumnRule(column=column.heading, why="its items fit other columns better", candidates=names)
    score = float(table[row, at])
    taken = {a for r, a in chosen.items() if r != row and table[r, a] >= SURE}
    rivals = [float(table[row, a]) for a in range(table.shape[1]) if a != at and a not in taken]
    lead = score - max(rivals, default=0.0)
    wanted = book.wanted[at]
    # Years in the wording are all that tells some questions apart: the very same wording wins by any lead.
    if score < SURE or lead < (LEAD if score < _SAME else 1 - _SAME):
        reason = why[row, at].why + ("; another item is as near" if score >= SURE else "")
        return ColumnRule(column=column.heading, score=round(score, 2), why=reason, candidates=names)
    blank = "not_ticked" if wanted.item.type == "tick" and _blank(cells) == "not_ticked" else "missing"
    return ColumnRule(
        column=column.heading,
        item=wanted.item.name,
        score=round(score, 2),
        why=why[row, at].why,
        blank=blank,  # type: ignore[arg-type]
        answers=_answer_table(column, cells, wanted, blank),
    )


def _blanks_of_questions(rules: list[ColumnRule], source: Source, book: Codebook) -> list[ColumnRule]:
    """Let all options of a multiple response read blanks alike: an option nobody ticked has no mark to show it."""
    questions: dict[str, list[int]] = {}
    for i, rule in enumerate(rules):
        wanted = book.find(rule.item)
        if wanted is not None and wanted.item.type == "tick":
            questions.setdefault(wanted.question_no, []).append(i)
    out = list(rules)
    for members in questions.values():
        cells = [c for i in members for c in source.cells(i)]
        blank = _blank(cells)
        for i in members:
            out[i] = out[i].model_copy(update={"blank": blank})
    return out


def _names(source: Source) -> list[str]:
    return [c.heading for c in source.columns]


def _identify(source: Source, rules: list[ColumnRule], book: Codebook) -> Identify:
    """Propose what tells respondents apart: the key itself if it is there, else the identifier of the survey system."""
    by_item = {rule.item: rule.column for rule in rules}
    if book.key in by_item:
        position = source.position(by_item[book.key])
        assert position is not None
        values = [show(v).strip() for v in source.cells(position) if v is not None]
        fits = bool(values) and all(re.fullmatch(book.key_pattern, v) for v in values)
        return Identify(by=[by_item[book.key]], ids="keep" if fits else "neutral")
    for column in source.columns:
        if system_role(column.heading) == "id":
            return Identify(by=[column.heading])
    for column, cells in ((c, source.cells(i)) for i, c in enumerate(source.columns)):
        filled = [plain(show(v)) for v in cells if v is not None]
        if _NAME.fullmatch(plain(column.heading)) and len(set(filled)) == len(filled):
            return Identify(by=[column.heading])
    return Identify()


def _incomplete(source: Source) -> Incomplete:
    if is_limesurvey(_names(source)):
        for column in source.columns:
            if system_role(column.heading) == "submitdate":
                return Incomplete(keep="submitted", column=column.heading)
    return Incomplete()


def _table(source: Source, book: Codebook) -> TableRule:
    rules = _rules(source, book)
    found = {rule.item for rule in rules} | {c.split(" ")[0] for rule in rules for c in rule.candidates}
    return TableRule(
        instrument=book.name,
        sheet=source.sheet,
        header_rows=list(source.header_rows) if source.kind == "xlsx" else [],
        incomplete=_incomplete(source),
        identify=_identify(source, rules, book),
        columns=rules,
        items_without_column=[i.name for i in book.items if i.name not in found and i.name != book.key],
    )


def _sure(rule: TableRule) -> int:
    return sum(c.item not in (OPEN, NONE) for c in rule.columns)


def propose_mapping(sources: Sequence[Source], codebooks: dict[str, Codebook], *, instrument: str = "") -> Proposal:
    """Propose the mapping of a source.

    Parameters
    ----------
    sources
        The tables of one file.
    codebooks
        From `load_codebooks`.
    instrument
        The instrument of the file; '' takes for each table the one with most columns recognised.

    Raises
    ------
    ConfigError
        The instrument is unknown, or no column of any table is like an item of any codebook.

    Notes
    -----
    A column is compared with an item by codes, by wording (normalised Levenshtein similarity of question and option, in
    Polish and English) and by the share of its answers that the item can hold. Columns and items are then assigned to
    each other so that the sum of scores is greatest (Kuhn, 1955, doi:10.1002/nav.3800020109).
    """
    if instrument and instrument not in codebooks:
        raise ConfigError(f"no codebook for the instrument `{instrument}`{suggest(instrument, list(codebooks))}")
    books = [codebooks[instrument]] if instrument else list(codebooks.values())
    tables: list[TableRule] = []
    for source in sources:
        rules = [_table(source, book) for book in books]
        best = max(rules, key=lambda rule: (_sure(rule), -len(rule.items_without_column)))
        if _sure(best) or instrument:
            tables.append(best)
    if not tables:
        names = ", ".join(codebooks)
        raise ConfigError(
            f"{sources[0].file}: no column resembles an item of a codebook; name the instrument with --instrument "
            f"({names}), or correct `header_rows` in a mapping of your own"
        )
    first = sources[0]
    mapping = Mapping(
        source=first.file, kind=first.kind, encoding=first.encoding if first.kind == "csv" else "",  # type: ignore[arg-type]
        delimiter=first.delimiter, tables=tables,
    )  # fmt: skip
    counts: list[dict[str, object]] = [
        {
            "sheet": rule.sheet,
            "instrument": rule.instrument,
            "sure": _sure(rule),
            "open": sum(c.item == OPEN for c in rule.columns),
            "none": sum(c.item == NONE for c in rule.columns),
            "answers_open": sum(v == OPEN for c in rule.columns for v in c.answers.values()),
            "items_without_column": len(rule.items_without_column),
        }
        for rule in tables
    ]
    return Proposal(mapping, counts)
