"""The index as tables: areas, sub-areas, 90 indicators, and the questionnaires they are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis import language
from analysis.errors import FrameworkError

INDICATOR_COLUMNS = (
    "code", "area", "subarea", "name_pl", "name_en", "short_pl", "short_en", "unit", "decimals", "direction", "weight",
    "instrument", "rule", "items", "options", "note",
)  # fmt: skip
OVERALL = "ALL"


def read_text_table(path: Path) -> pd.DataFrame:
    """Read a CSV with every cell as text and empty cells as ''; a missing file is a `FrameworkError`."""
    if not path.is_file():
        raise FrameworkError(f"{path} does not exist; restore it from version control")
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


@dataclass(frozen=True)
class Framework:
    """The framework of one edition.

    `indicators` is indexed by code in annex order; `areas` and `subareas` by code; `codebooks` maps an instrument to
    its items; `option_lists` holds the options of single-choice items; `cross_sections` the groups compared.
    """

    indicators: pd.DataFrame
    areas: pd.DataFrame
    subareas: pd.DataFrame
    codebooks: dict[str, pd.DataFrame]
    option_lists: pd.DataFrame
    cross_sections: pd.DataFrame

    @property
    def codes(self) -> list[str]:
        """Codes of the indicators, in annex order."""
        return list(self.indicators.index)

    @cached_property
    def _score_codes(self) -> tuple[str, ...]:
        out: list[str] = []
        for area in self.areas.index:
            out += [code for code in self.subareas.index if self.subareas.at[code, "parent"] == area]
            out.append(area)
        return (*out, OVERALL)

    @property
    def score_codes(self) -> list[str]:
        """The 25 columns of the annex tables: sub-areas with their area after them, then the overall score."""
        return list(self._score_codes)

    def label(self, code: str, lang: str | None = None, *, short: bool = False) -> str:
        """Name an indicator, sub-area, area or the overall score, by default in the process's language."""
        lang = lang or language.current()
        column = f"{'short' if short else 'name'}_{lang}"
        for table in (self.indicators, self.subareas, self.areas):
            if code in table.index:
                return str(table.at[code, column])
        if code == OVERALL:
            return {"pl": "Wynik ogółem", "en": "Overall score"}[lang]
        raise FrameworkError(f"no element `{code}` in the framework")

    def members_of(self, code: str) -> list[str]:
        """Return the indicator codes below an area, a sub-area, or the whole index."""
        if code == OVERALL:
            return self.codes
        for column in ("subarea", "area"):
            found = self.indicators.index[self.indicators[column] == code]
            if len(found):
                return list(found)
        raise FrameworkError(f"no area or sub-area `{code}` in the framework")


def _check(indicators: pd.DataFrame, subareas: pd.DataFrame, areas: pd.DataFrame, path: Path) -> None:
    problems = []
    double = indicators.index[indicators.index.duplicated()]
    if len(double):
        problems.append(f"duplicate codes: {', '.join(double)}")
    for code, row in indicators.iterrows():
        if row["subarea"] not in subareas.index:
            problems.append(f"{code}: unknown sub-area `{row['subarea']}`")
        elif subareas.at[row["subarea"], "parent"] != row["area"]:
            problems.append(f"{code}: sub-area {row['subarea']} does not belong to area {row['area']}")
        if row["direction"] not in (1, -1):
            problems.append(f"{code}: direction {row['direction']!r}, must be 1 or -1")
        if not row["weight"] >= 0:
            problems.append(f"{code}: weight {row['weight']!r}, must not be negative")
    for code, row in subareas.iterrows():
        if row["parent"] not in areas.index:
            problems.append(f"{code}: unknown area `{row['parent']}`")
    if problems:
        raise FrameworkError(f"{path.name}: " + "; ".join(problems))


def load_framework(data_dir: Path) -> Framework:
    """Load the framework and check that its parts fit together.

    Raises
    ------
    FrameworkError
        A file or column is missing, a code is double, a parent unknown, a number unreadable.
    """
    folder = data_dir / "framework"
    levels = read_text_table(folder / "areas.csv").set_index("code")
    areas = levels[levels["level"] == "area"]
    subareas = levels[levels["level"] == "subarea"]
    path = folder / "indicators.csv"
    raw = read_text_table(path)
    absent = [c for c in INDICATOR_COLUMNS if c not in raw.columns]
    if absent:
        raise FrameworkError(f"{path.name}: missing column(s) {', '.join(absent)}")
    try:
        raw = raw.astype({"decimals": int, "direction": int, "weight": float})
    except ValueError as error:
        raise FrameworkError(f"{path.name}: decimals, direction and weight must be numbers ({error})") from error
    indicators = raw.set_index("code")
    _check(indicators, subareas, areas, path)
    questionnaires = folder / "questionnaires"
    codebooks = {
        p.stem: read_text_table(p)
        for p in sorted(questionnaires.glob("*.csv"))
        if not p.stem.startswith("option_lists")
    }
    lists = [read_text_table(p) for p in sorted(questionnaires.glob("option_lists*.csv"))]
    return Framework(
        indicators=indicators,
        areas=areas,
        subareas=subareas,
        codebooks=codebooks,
        option_lists=pd.concat(lists, ignore_index=True),
        cross_sections=read_text_table(folder / "cross_sections.csv"),
    )


_DEFINITION = ["name_pl", "unit", "direction", "instrument", "rule", "items", "options"]
_QUESTION = ["question_pl", "option_pl", "type", "unit", "option_list", "condition"]
# Why an indicator is not comparable, when nobody has said it better.
CHANGES = {
    "added": ("wskaźnika nie było w poprzedniej edycji", "the indicator is new"),
    "removed": ("wskaźnika nie ma w tej edycji", "the indicator was dropped"),
    "changed": (
        "wskaźnik zdefiniowano inaczej niż w poprzedniej edycji", "the indicator was defined otherwise before"
    ),
}  # fmt: skip


def _definitions(framework: Framework) -> dict[str, tuple[str, ...]]:
    """What an indicator means: its row, and the questions it is computed from."""
    questions: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, book in framework.codebooks.items():
        have = [c for c in _QUESTION if c in book]
        questions |= {(name, row["item"]): tuple(str(row[c]) for c in have) for row in book.to_dict("records")}
    out = {}
    for code, row in framework.indicators.iterrows():
        asked = [questions.get((row["instrument"], item), ()) for item in str(row["items"]).split(";")]
        out[str(code)] = (*(str(row[c]) for c in _DEFINITION), *(text for parts in asked for text in parts))
    return out


def changed_indicators(before: Framework, now: Framework) -> dict[str, str]:
    """Indicators that do not mean the same in two frameworks: code → added, removed, or changed.

    An indicator has changed if its name, unit, direction, rule, items or options differ, or the wording, type or
    condition of a question it is computed from.
    """
    old, new = _definitions(before), _definitions(now)
    out = {code: "removed" for code in old if code not in new}
    for code, definition in new.items():
        if old.get(code) != definition:
            out[code] = "changed" if code in old else "added"
    return out


def comparable(decided: pd.DataFrame, changes: dict[str, str]) -> pd.DataFrame:
    """Mark what changed as not comparable, unless somebody looked: a row of `decided` with a reason stands.

    Parameters
    ----------
    decided
        Columns subject, comparable, reason_pl, reason_en; a subject is a code, or code:option.
    changes
        From `changed_indicators`.
    """
    out = decided.copy().astype("str").mask(decided.isna(), "")
    for code, change in changes.items():
        reasons = dict(zip(("reason_pl", "reason_en"), CHANGES[change], strict=True))
        own = (out["subject"] == code) | out["subject"].str.startswith(f"{code}:")
        open_ = own & (out["reason_pl"] == "")
        out.loc[open_, ["comparable", "reason_pl", "reason_en"]] = ["no", reasons["reason_pl"], reasons["reason_en"]]
        if not (out["subject"] == code).any():
            out.loc[len(out)] = {"subject": code, "comparable": "no", **reasons}
    return out
