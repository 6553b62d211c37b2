"""From a row of `claims.csv` to what is computed: which answers, of which clusters, by which measure.

Subjects that name an indicator (`I.3.1 budget`) or a score (`area:I`, `sub:I.1`, `overall`) need no more. For the
others a link, a row of `data/editions/<year>/reproduction/claims.csv`, says where they stand:

- `id`, or `subject` with `statistic` and `group` where they matter: which statements the link is for; the most specific
  link wins (`LINK_ORDER`);
- `how`: the measure, where it is not that of the statement: a statistic of the grammar; `input` (a number of the
  inputs), `printed` (a number of an earlier edition), `none` (`note` says why it cannot be computed); `all of MEASURE`
  (the statement must hold for each item) and `most of median_le`; with `inverse` after it, the previous value is
  divided by the present one;
- `items`, `base`, `against`: expressions, clusters and references of `analysis.reproduction.claims.data`.

Statements about earlier editions without a link are compared with `printed:ID`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.errors import DataError, Problem
from analysis.reproduction.claims.grammar import Statistic, parse_statistic, parse_unit
from analysis.reproduction.claims.keys import claim_key
from analysis.reproduction.printed import Printed, parse_printed

FILE, LINKS = "claims.csv", "reproduction/claims.csv"
LINK_COLUMNS = ("id", "subject", "statistic", "group", "how", "items", "base", "against", "note")
ANSWERS, INPUTS, PRINT = "answers", "inputs", "print"
CHANGES = ("change_pct", "change_pct_mean", "change_abs", "ratio", "ratio_median", "ratio_to_economy", "cagr")
# Groups of statements that a condition on the clusters describes; others need a link.
BASES = {"all": "", "active": "self>0", "goz_adopters": "", "project_participants": "", "all_excl_leader": ""}
_GROUP = re.compile(r"^(kkk|sector|size): (.+)$")


@dataclass(frozen=True)
class Claim:
    """A statement with everything needed to compute it; `why_not` is filled if it cannot be.

    `statistic` is the printed one, `measure` the one that is computed (the present value of a comparison); `mode` is
    '', `all`, `most` or `regression`; `relation`, `low` and `high` are those of `grammar.holds`.
    """

    row: Mapping[str, str]
    number: int
    printed: Printed
    scale: int
    statistic: Statistic
    measure: Statistic
    relation: str
    items: tuple[str, ...] = ()
    base: str = ""
    against: str = ""
    mode: str = ""
    inverse: bool = False
    basis: str = ANSWERS
    note: str = ""
    why_not: str = ""

    @property
    def group(self) -> str:
        """Group as in the ledger."""
        return claim_key(self.row).group

    @property
    def of_members(self) -> bool:
        """Whether the statement is about answers of members."""
        return self.row["subject"].startswith("member:")


class Links:
    """Links by what they are for.

    Raises
    ------
    DataError
        A column is missing, or two links are for the same statements.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        absent = [c for c in LINK_COLUMNS if c not in table.columns]
        if absent:
            raise DataError([Problem(LINKS, 1, c, None, "the column is missing", "add it") for c in absent])
        self.rows: dict[tuple[str, str, str, str], dict[str, str]] = {}
        problems = []
        for number, row in enumerate(table.to_dict("records"), 2):
            key = (row["id"], row["subject"], row["statistic"], row["group"])
            if key in self.rows:
                problems.append(
                    Problem(
                        LINKS, number, "subject", row["subject"] or row["id"], "the link is there twice", "remove one"
                    )
                )
            self.rows[key] = {str(k): str(v) for k, v in row.items()}
        if problems:
            raise DataError(problems)
        self.used: set[tuple[str, str, str, str]] = set()

    def find(self, row: Mapping[str, str]) -> dict[str, str] | None:
        """Return the most specific link of a statement: by id, then by subject with statistic and group."""
        subject, statistic, group = row["subject"], row["statistic"], row["group"]
        order = [
            (row["id"], "", "", ""), ("", subject, statistic, group), ("", subject, "", group),
            ("", subject, statistic, ""), ("", subject, "", ""),
        ]  # fmt: skip
        for key in order:
            if key in self.rows:
                self.used.add(key)
                return self.rows[key]
        return None

    def unused(self) -> list[Problem]:
        """Problems for links that no statement uses."""
        return [
            Problem(LINKS, number, "subject", key[1] or key[0], "no statement uses the link", "remove it")
            for number, key in enumerate(self.rows, 2)
            if key not in self.used
        ]


def resolve(claims: pd.DataFrame, links: pd.DataFrame) -> list[Claim]:
    """Resolve every statement.

    Parameters
    ----------
    claims
        Rows of `claims.csv`, all text.
    links
        `LINK_COLUMNS`, all text.

    Raises
    ------
    DataError
        A subject, statistic, group, unit or value that is not understood, an id that is there twice, or a link that no
        statement uses; all problems at once, each with file, row, column, value and remedy.
    """
    known, problems, out = Links(links), [], []
    for number, row in enumerate(claims.to_dict("records"), 2):
        found = _resolve({str(k): str(v) for k, v in row.items()}, number, known)
        if isinstance(found, Claim):
            out.append(found)
        else:
            problems.append(found)
    double = claims.index[claims["id"].duplicated()]
    problems += [
        Problem(FILE, int(str(i)) + 2, "id", str(claims.at[i, "id"]), "the id is there twice", "number the statements")
        for i in double
    ]
    problems += known.unused() if not problems else []
    if problems:
        raise DataError(problems)
    return out


def _resolve(row: Mapping[str, str], number: int, links: Links) -> Claim | Problem:
    printed = parse_printed(row["value"])
    if printed is None:
        return Problem(FILE, number, "value", row["value"], "is not a number", "compare with the printed report")
    unit = parse_unit(row["unit"], row["statement_en"])
    if unit is None:
        return Problem(FILE, number, "unit", row["unit"], "is not known", "add it to SCALES in claims/grammar.py")
    statistic = parse_statistic(row["statistic"])
    if statistic is None:
        return _unknown(number, "statistic", row["statistic"], "correct it, or extend claims/grammar.py")
    link = links.find(row) or {}
    claim = Claim(row, number, printed, unit[0], statistic, measure=statistic, relation="", note=link.get("note", ""))
    how, edition = link.get("how", ""), claim_key(row).edition
    if how == "none" or (not link and statistic.name == "in words"):
        basis = PRINT if not edition.startswith("2024") else ANSWERS
        return replace(claim, why_not=claim.note or "in words: no number says what is meant", note="", basis=basis)
    if how == "input" and not link["id"] and not edition.startswith("2024"):
        how = ""  # a number of this edition's inputs says nothing about an earlier edition
    if how in ("input", "printed") or (not link.get("id") and not edition.startswith("2024")):
        place = {"input": "items", "printed": "against"}.get(how)
        reference = link[place] if place else f"printed:{row['id']}"
        # two transcriptions of one number are equal, whatever words stand before it
        relation = (statistic.relation or unit[1]) if "/" in reference else ""
        return replace(claim, relation=relation, against=reference, basis=INPUTS if how == "input" else PRINT)
    if statistic.name in ("defined", "in words") and not how:
        return _unknown(number, "statistic", row["statistic"], f"say in {LINKS} what it is compared with, or why not")
    return _computed(claim, link, unit[1])


def _computed(claim: Claim, link: Mapping[str, str], qualifier: str) -> Claim | Problem:
    row, number, statistic = claim.row, claim.number, claim.statistic
    how, inverse = link.get("how", "").removesuffix(" inverse"), link.get("how", "").endswith(" inverse")
    mode = next((m for m in ("all", "most") if how.startswith(f"{m} of ")), "")
    how = how.removeprefix(f"{mode} of ")
    about = how.endswith(" about")
    measure = parse_statistic(how.removesuffix(" about")) if how else statistic
    if measure is None:
        return Problem(LINKS, None, "how", link["how"], f"is no statistic ({row['id']})", "use one of the grammar")
    changes = statistic.name in CHANGES and bool(link.get("against"))
    own = statistic.relation or ("" if changes else measure.relation)
    relation = own or qualifier or ("about" if about else "")
    base = link.get("base", "")
    if not link.get("group") and not row["subject"].startswith(("member:", "area:*")):
        match = _GROUP.match(claim_key(row).group)
        extra = f"{match[1]}={match[2]}" if match else BASES.get(row["group"])
        if extra is None:
            return _unknown(number, "group", row["group"], f"add a link for the subject and the group to {LINKS}")
        base = "&".join(part for part in (extra, base) if part)
    elif row["subject"].startswith("member:") and row["group"] not in ("all", "project_participants"):
        return _unknown(number, "group", row["group"], f"add a link for the subject and the group to {LINKS}")
    items = tuple(i for i in link.get("items", "").split(";") if i) if mode else (link.get("items", ""),)
    if items == ("",):
        named = _own(row["subject"])
        if named is None and not row["subject"].startswith("area:*"):
            return _unknown(number, "subject", row["subject"], f"name the answers it is computed from in {LINKS}")
        items = (named or "",)
    if row["subject"].startswith("overall~"):
        mode = "regression"
    return replace(
        claim, measure=measure, relation=relation, items=items, base=base, against=link.get("against", ""), mode=mode,
        inverse=inverse,
    )  # fmt: skip


def _own(subject: str) -> str | None:
    """Expression of a subject that names an indicator or a score by itself."""
    if subject == "overall":
        return "score:ALL"
    if match := re.match(r"^(?:area|sub):([IVX]+(?:\.\d+)?)$", subject):
        return f"score:{match[1]}"
    if match := re.match(r"^([IVX]+\.\d+\.\d+) [^:+/]+$", subject):
        return match[1]
    return None


def _unknown(number: int, column: str, value: str, remedy: str) -> Problem:
    return Problem(FILE, number, column, value, f"the {column} is not understood", remedy)
