"""Chapters: Markdown with Jinja expressions becomes Markdown with numbers, and every number knows its fact.

A chapter takes numbers only from facts, through functions that know the language and the unit; a fact that does not
exist stops the build with chapter, line and the nearest ids, and all such problems are reported together. Words that
depend on numbers (plural forms, "wzrost", "więcej") come from functions too, so that a sentence cannot contradict its
number. Templates may use `if` and `for`, no arithmetic.
"""

from __future__ import annotations

import fnmatch
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from jinja2.sandbox import SandboxedEnvironment

from analysis.config import WITHHELD, Words
from analysis.errors import PublishError, WithheldError, suggest
from analysis.knowledge import Library
from analysis.narrative import Grammar, Narrator, verdict
from analysis.narrative.words import DOWN, EQUAL, NEAR, UP
from analysis.publish import numbers
from analysis.publish.crossref import exhibit_name
from analysis.publish.exhibits import Exhibit, exhibit_id
from analysis.publish.lint import MARK, Finding
from analysis.publish.outline import Chapter
from analysis.publish.record_voice import RecordVoice, Told, fill
from analysis.publish.withholding import ELISION, HIDDEN, leave_out

SOURCE_WORD = {"pl": "Źródło", "en": "Source"}
LEFT_OUT = {
    "pl": f"W tym rozdziale znak {ELISION} stoi w miejscu zdań, a znak {WITHHELD} w miejscu liczb, które pozwoliłyby "
    "odczytać odpowiedzi pojedynczych klastrów (@sec-poufnosc).",
    "en": f"In this chapter the sign {ELISION} stands for sentences, and {WITHHELD} for numbers, from which answers "
    "of single clusters could be read (@sec-poufnosc).",
}
STILL_TO_COME = {"pl": "W przygotowaniu są jeszcze podrozdziały:", "en": "Sections still in preparation:"}


@dataclass(frozen=True)
class Narrated:
    """What the narrator said, and the facts it said."""

    text: str
    facts: frozenset[str]


@dataclass
class Rendered:
    """A chapter ready to be joined: its Markdown, what it used, where it put exhibits, what was said for it.

    `narrated` maps what the narrator was asked to what it said; `templates` are the files of the chapters' folder that
    it was made of.
    """

    chapter: Chapter
    text: str
    facts: set[str] = field(default_factory=set)
    placed: list[tuple[str, Finding]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    narrated: dict[tuple[str, str], Narrated] = field(default_factory=dict)
    left_out: int = 0
    templates: set[str] = field(default_factory=set)

    def used(self) -> dict[str, Any]:
        """What the chapter rests on, as written beside it."""
        labels = sorted({label for label, _ in self.placed}, key=lambda x: (x[:3], int(x[4:])))
        return {
            "chapter": self.chapter.stem,
            "facts": sorted(self.facts),
            "figures": [int(x[4:]) for x in labels if x.startswith("fig-")],
            "tables": [int(x[4:]) for x in labels if x.startswith("tbl-")],
        }


_SPECIAL = re.compile(r"([\\\[\]*_`^~<>$|#@{}])")


class _Voice:
    """The functions a template calls, for one chapter; collects problems instead of stopping at the first one."""

    def __init__(
        self,
        rendered: Rendered,
        folder: Path,
        facts: Mapping[str, Mapping[str, Any]],
        exhibits: Mapping[str, Exhibit],
        words: Words,
        grammar: Grammar | None = None,
        edition: Mapping[str, Any] | None = None,
        narrated: Mapping[tuple[str, str], Narrated] | None = None,
    ) -> None:
        self.rendered = rendered
        self.narrated = narrated or {}
        self.edition = dict(edition or {})
        self.at: Told | None = None  # the text of a record that is being told
        self.records = RecordVoice(self, environment(folder, rendered.templates))
        self.narrator = Narrator(grammar, facts, words) if grammar is not None else None
        self.folder = folder
        self.facts = facts
        self.exhibits = exhibits
        self.words = words
        self.lang = rendered.chapter.lang
        self.findings: list[Finding] = []

    def here(self) -> tuple[str, int]:
        """File and line of the template that is calling."""
        frame = sys._getframe(1)
        while frame is not None:  # pragma: no branch
            template = frame.f_globals.get("__jinja_template__")
            if template is not None and template.name is not None:  # a narrated text has no file of its own
                return f"chapters/{template.name}", template.get_corresponding_lineno(frame.f_lineno)
            if frame.f_back is None:
                break
            frame = frame.f_back
        return f"chapters/{self.rendered.chapter.file}", 1

    def problem(self, message: str) -> str:
        self.findings.append(self.at.finding(message) if self.at is not None else Finding(*self.here(), message))
        return "?"

    def fact(self, fact_id: str) -> Mapping[str, Any] | None:
        if fact_id not in self.facts:
            near = get_close_matches(fact_id, self.facts, n=3, cutoff=0.5)
            if not near:  # ids are long paths: the longest common beginning is the next best guess
                head = fact_id.rsplit(".", 1)[0]
                near = sorted(k for k in self.facts if k.startswith(head))[:3]
            hint = f"; nearest: {', '.join(near)}" if near else ""
            self.problem(f"no fact `{fact_id}`{hint}")
            return None
        self.rendered.facts.add(fact_id)
        return self.facts[fact_id]

    def _mark(self, text: str, fact_id: str, mark: bool) -> str:
        if not mark:
            return text
        escaped = _SPECIAL.sub(r"\\\1", text)
        return f'[{escaped}]{{.fact f="{fact_id}"}}'

    def f(
        self, fact_id: str, unit: bool = True, decimals: int | None = None, sign: bool = False, mark: bool = True
    ) -> str:
        """Print a fact."""
        fact = self.fact(fact_id)
        if fact is None:
            return "?"
        if fact.get("withheld"):
            return HIDDEN
        text = numbers.fact_text(fact, lang=self.lang, decimals=decimals, with_unit=unit, sign=sign)
        return self._mark(text, fact_id, mark)

    def value(self, fact_id: str) -> Any:
        """The raw value, for conditions."""
        fact = self.fact(fact_id)
        if fact is not None and fact.get("withheld"):
            self.problem(
                f"fact `{fact_id}` is withheld by disclosure.rule, so no condition can rest on it; ask "
                f'`has("{fact_id}")` first and say something that holds without it'
            )
            return 0
        return 0 if fact is None else fact["value"]

    def has(self, fact_id: str) -> bool:
        """Whether a fact exists and may be told."""
        return fact_id in self.facts and not self.facts[fact_id].get("withheld")

    def ids(self, prefix: str) -> list[str]:
        """Ids of facts that may be told and begin with `prefix`, sorted."""
        return sorted(k for k in self.facts if k.startswith(prefix) and self.has(k))

    def plural(
        self,
        fact_id: str,
        one: str,
        few: str,
        many: str | None = None,
        other: str | None = None,
        number: bool = True,
        mark: bool = True,
    ) -> str:
        """Print a number with the noun that agrees with it; `other` is the form after a fraction."""
        fact = self.fact(fact_id)
        if fact is None:
            return "?"
        if fact.get("withheld"):
            return HIDDEN
        if self.lang == "en":
            forms = {"one": one, "other": few}
        else:
            forms = {"one": one, "few": few, "many": many or few}
            if other is not None:
                forms["other"] = other
        try:
            word = numbers.plural_form(fact["value"], fact["decimals"], forms, lang=self.lang)
        except PublishError as error:
            return self.problem(f"fact `{fact_id}`: {error}")
        if not number:
            return word
        shown = numbers.fact_text(fact, lang=self.lang, with_unit=False)
        return f"{self._mark(shown, fact_id, mark)}{numbers.NBSP}{word}"

    def _verdict(self, first: str, second: str) -> int | str:
        """Return 1, 0 or -1, or what is printed where that cannot be said."""
        a, b = self.fact(first), self.fact(second)
        if a is None or b is None:
            return "?"
        if a.get("withheld") or b.get("withheld"):
            return HIDDEN
        try:
            found = verdict(a, b, self.words, lang=self.lang)
        except PublishError as error:
            return self.problem(f"`{first}` and `{second}`: {error}")
        return {UP: 1, DOWN: -1, EQUAL: 0, NEAR: 0}[found]

    def change(self, new: str, old: str, up: str, down: str, same: str) -> str:
        """The word for the change from `old` to `new`."""
        verdict = self._verdict(new, old)
        return verdict if isinstance(verdict, str) else {1: up, -1: down, 0: same}[verdict]

    def compare(self, a: str, b: str, *, more: str, less: str, same: str) -> str:
        """The word for `a` compared with `b`."""
        verdict = self._verdict(a, b)
        return verdict if isinstance(verdict, str) else {1: more, -1: less, 0: same}[verdict]

    def _exhibit(self, kind: str, no: int) -> str:
        label = exhibit_id(kind, no)
        exhibit = self.exhibits.get(label)
        if exhibit is None:
            made = ", ".join(str(e.no) for e in self.exhibits.values() if e.kind == kind)
            return self.problem(f"{kind} {no} has not been computed; there are: {made or 'none'}")
        self.rendered.placed.append((label, Finding(*self.here(), f"{kind} {no} is placed again")))
        caption = f"{exhibit_name(kind, no, self.lang)}. {exhibit.title}"
        source = f"{SOURCE_WORD[self.lang]}: {exhibit.source}"
        note = f"\n\n{exhibit.note}" if exhibit.note else ""
        return f"\n\n::: {{#{label} .exhibit}}\n{caption}{note}\n\n{source}\n:::\n\n"

    def figure(self, no: int) -> str:
        """Put a figure here; in print it may stand elsewhere on the pages of its section."""
        return self._exhibit("figure", no)

    def table(self, no: int) -> str:
        """Put a table here."""
        return self._exhibit("table", no)

    def _narrate(self, what: str, code: str) -> str:
        if self.narrator is None:
            return self.problem(f"{what}(“{code}”): the framework has no narrative tables")
        known = self.narrated.get((what, code))
        if known is None:
            try:
                text = getattr(self.narrator, what)(code)
            except WithheldError:
                return f"{HIDDEN}."
            except PublishError as error:
                return self.problem(f"{what}(“{code}”): {error}")
            before, self.rendered.facts = self.rendered.facts, set()
            noted = len(self.rendered.placed), len(self.rendered.told)
            out = fill(environment(self.folder, self.rendered.templates), text, self.functions())
            known = Narrated(out, frozenset(self.rendered.facts))
            self.rendered.facts = before
            # What is narrated may be taken from the last book, where nothing but its facts is known of it.
            if noted != (len(self.rendered.placed), len(self.rendered.told)):
                return self.problem(f"{what}(“{code}”): a narrated sentence places no exhibit and tells no record")
        self.rendered.facts |= known.facts
        self.rendered.narrated[what, code] = known
        return known.text

    def area_verdict(self, code: str) -> str:
        """Say how an area turned out."""
        return self._narrate("area_verdict", code)

    def subarea_lead(self, code: str) -> str:
        """Say how the mean of a sub-area stands to its benchmark."""
        return self._narrate("subarea_lead", code)

    def groups_view(self, code: str) -> str:
        """Say which groups lead in a sub-area."""
        return self._narrate("groups_view", code)

    def indicator(self, code: str) -> str:
        """Write the bullet of an indicator."""
        return self._narrate("indicator", code)

    def members_view(self, code: str) -> str:
        """Write the bullet of the members' answers about a sub-area."""
        return self._narrate("members_view", code)

    def announced(self) -> str:
        """Say here which sections of the chapter are still in preparation (`sections` of `chapters.yaml`)."""
        titles = self.rendered.chapter.sections
        if not titles:
            return self.problem("no `sections` of this chapter are announced in chapters.yaml; leave the call out")
        outline = "".join(f"\n- {title}" for title in titles)
        return f"\n\n::: {{.in-preparation}}\n{STILL_TO_COME[self.lang]}\n{outline}\n:::\n\n"

    def functions(self) -> dict[str, Any]:
        names = (
            "f", "value", "has", "ids", "plural", "change", "compare", "figure", "table", "area_verdict",
            "subarea_lead", "groups_view", "indicator", "members_view", "announced",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names} | {"lang": self.lang, "told": self.records.told}


class _Compiled(jinja2.BytecodeCache):
    """Templates compiled by this process: every chapter and report has an environment of its own, not code of its own.

    Jinja itself compares the source, so a changed file is compiled anew.
    """

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class _Folder(jinja2.FileSystemLoader):
    """The folder of the chapters; `read` gets the name of every file that is asked for."""

    def __init__(self, folder: Path, read: set[str]) -> None:
        super().__init__(folder)
        self.read = read

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        self.read.add(template)
        return super().get_source(environment, template)


def environment(folder: Path, read: set[str]) -> jinja2.Environment:
    """The Jinja environment of the chapters: strict, no HTML escaping; partials begin with `_`.

    `read` gets the names of the files that templates are read from.
    It is sandboxed, because texts of records are templates as well: they call the functions given and nothing else.
    """
    return SandboxedEnvironment(
        loader=_Folder(folder, read),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        comment_start_string="{##",  # `{#` begins a label in Markdown: `## Heading {#sec-label}`
        comment_end_string="##}",
        keep_trailing_newline=True,
        optimized=False,  # computing constants ahead takes longer than it saves
        bytecode_cache=_COMPILED,
    )


def _line_of(error: BaseException, folder: Path, default: str) -> tuple[str, int]:
    place = (f"chapters/{default}", 1)
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.parent == folder and path.suffix == ".md":
            place = (f"chapters/{path.name}", trace.tb_lineno)
        trace = trace.tb_next
    return place


def render(
    chapter: Chapter,
    folder: Path,
    facts: Mapping[str, Mapping[str, Any]],
    exhibits: Mapping[str, Exhibit],
    *,
    words: Words,
    edition: Mapping[str, Any],
    grammar: Grammar | None = None,
    knowledge: Library | None = None,
    narrated: Mapping[tuple[str, str], Narrated] | None = None,
) -> tuple[Rendered, list[Finding]]:
    """Render one ready chapter; returns it with every problem found (then the text is not fit for print).

    `folder` holds the chapters; `facts` is the content of `facts.json`; `edition` that of `edition.yaml`, at the
    templates' disposal as `edition`; `grammar` the words of the narrator, for chapters that let it write; `knowledge`
    the records that chapters tell; `narrated` what is known already to come from the same facts and words.
    """
    assert chapter.file is not None
    rendered = Rendered(chapter, "")
    voice = _Voice(rendered, folder, facts, exhibits, words, grammar, edition, narrated)
    known = {**voice.functions(), "edition": voice.edition, "knowledge": knowledge or Library()}
    try:
        template = environment(folder, rendered.templates).get_template(chapter.file, globals=known)
        text = template.render()
    except jinja2.TemplateSyntaxError as error:
        name = f"chapters/{Path(error.filename or str(chapter.file)).name}"
        return rendered, [Finding(name, error.lineno, f"not readable as a template: {error.message}")]
    except (jinja2.TemplateRuntimeError, TypeError, OverflowError) as error:
        missing = re.search(r"'([\w.]+)' is undefined", str(error))
        near = suggest(missing.group(1), list(known)) if missing else ""
        place = _line_of(error, folder, chapter.file)
        return rendered, [*voice.findings, Finding(*place, f"{error}{near}")]
    text, rendered.left_out = leave_out(text)
    if rendered.left_out:
        note = f"\n::: {{.note}}\n{LEFT_OUT[chapter.lang]}\n:::\n"
        text = re.sub(r"\A(\s*# [^\n]*\n)", lambda m: m.group(1) + note, text, count=1)
    rendered.text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    return rendered, voice.findings


def idle(rendered: Rendered, facts: Mapping[str, Mapping[str, Any]], exhibits: Mapping[str, Exhibit]) -> list[Finding]:
    """Report what `chapters.yaml` announces for a chapter and its text does not print: notebooks, promised facts."""
    chapter = rendered.chapter
    printed = {match.group(2) for match in MARK.finditer(rendered.text)}
    drawn = {str(facts[key]["notebook"]) for key in rendered.facts}
    drawn |= {exhibits[label].notebook for label, _ in rendered.placed if label in exhibits}
    # A rule of disclosure control may leave out every sentence that drew on a notebook.
    silenced = {str(fact["notebook"]) for fact in facts.values() if fact.get("withheld")}
    found = [
        f"notebook `{name}` gives the chapter neither a fact nor an exhibit; print one, or take it off the list"
        for name in chapter.notebooks
        if name not in drawn | silenced
    ]
    for pattern in chapter.facts:
        fitting = fnmatch.filter(facts, pattern)
        promised = [key for key in fitting if not facts[key].get("withheld")]
        missing = sorted(set(promised) - printed)
        if not fitting:
            found.append(f"no fact fits `{pattern}`; correct the pattern or compute the fact")
        elif missing:
            shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
            found.append(f"`{pattern}` is promised, but {shown} not printed; print them or narrow the pattern")
    return [Finding("chapters.yaml", 1, f"chapter {chapter.number} “{chapter.title}”: {text}") for text in found]
