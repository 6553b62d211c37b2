"""All raw tables of an edition, made up from its codebooks: identifiers, rows for each respondent, references."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import ConfigError, FrameworkError
from analysis.framework import Framework, read_text_table
from analysis.ingest.relations import Relation, load_relations
from analysis.ingest.rules import Instrument, load_checks, load_instruments
from analysis.madeup.columns import Codebook, as_cells, consistent, drawn, skipped
from analysis.madeup.draws import Floats
from analysis.schemas import Item, parse_codebook

REGISTRY = "registry"
LEAST_ROWS = 10  # of a table that belongs to no respondent
_WITHIN = 0.7  # correlation of the trait of a row with that of the respondent it belongs to


@dataclass(frozen=True)
class Size:
    """How many respondents and, over all of them, how many rows of the questionnaires that refer to respondents."""

    respondents: int = 40
    members: int = 400


def _identifiers(rule: Instrument, n: int) -> list[str]:
    """Return `n` identifiers of the form of the key: what its pattern begins with, or its own name, and a number."""
    found = re.match(r"[A-Za-z_]+", rule.key_pattern)
    stem = found[0] if found else f"{rule.key.split('_')[0]}-"
    for width in range(1, 8):
        out = [f"{stem}{number:0{width}d}" for number in range(1, n + 1)]
        if all(re.fullmatch(rule.key_pattern, one) for one in out):
            return out
    raise FrameworkError(f"instruments.csv, {rule.name}: {n} keys `{stem}1` … do not match {rule.key_pattern!r}")


def _belongs_to(keys: Sequence[str], rows: int, least: int, rng: np.random.Generator) -> list[str]:
    """Deal rows to the keys, at least `least` to each, larger and smaller groups."""
    rest = rows - least * len(keys)
    extra = rng.multinomial(rest, rng.dirichlet(np.full(len(keys), 2.0)))
    return [key for key, more in zip(keys, extra, strict=True) for _ in range(least + int(more))]


def _order(names: Sequence[str], instruments: Mapping[str, Instrument], relations: Sequence[Relation]) -> list[str]:
    """Order the instruments so that what others refer to comes first."""
    needs = {n: {instruments[n].reference} if n in instruments else set() for n in names}
    for relation in relations:
        if relation.rule == "refers" and relation.instrument in needs:
            needs[relation.instrument].add(relation.target[0])
    out: list[str] = []
    while len(out) < len(names):
        ready = [n for n in names if n not in out and not (needs[n] & set(names)) - set(out) - {n}]
        if not ready:
            raise FrameworkError("instruments.csv, relations.csv: the instruments refer to each other in a circle")
        out += ready
    return out


def _refer(
    full: pd.DataFrame, name: str, relations: Sequence[Relation], keys: Mapping[str, pd.Series], items: Sequence[Item],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Fill columns that refer to another table, or to the own one, with values that stand there."""
    by_name = {item.name: item for item in items}
    own = [r for r in relations if r.instrument == name]
    alone = {r.columns[0][0] for r in own if r.rule == "unique" and len(r.columns) == 1 and len(r.columns[0]) == 1}
    before: dict[tuple[str, str], list[int]] = {}
    for relation in own:
        if relation.rule != "refers":
            continue
        column, (file, key) = relation.columns[0][0], relation.target
        there = full[key] if file == name else keys[f"{file}.{key}"]
        if file == name and not by_name[column].required:
            full[column] = None  # a reference within the table that need not be there would make up a structure
            continue
        once = column in alone
        if once:
            order = rng.permutation(len(there))
            picked = [order[i % len(order)] for i in range(len(full))]  # repeated ones are left out later
        else:
            picked = list(rng.integers(0, len(there), len(full)))
            if relation.target in before and len(there) > 1:  # two ends of a tie: another than the first one
                step = rng.integers(1, len(there), len(full))
                picked = [(p + int(s)) % len(there) for p, s in zip(before[relation.target], step, strict=True)]
        before.setdefault(relation.target, picked)
        values = there.iloc[picked].to_list()
        numeric = pd.api.types.is_float_dtype(full[column])
        full[column] = [float(v) for v in values] if numeric else [str(v) for v in values]


def _repeated(table: pd.DataFrame, name: str, relations: Sequence[Relation]) -> pd.Series:
    """Return which rows repeat an earlier one where they may not."""
    out = pd.Series(False, index=table.index)
    for relation in relations:
        if relation.instrument != name or relation.rule != "unique":
            continue
        names = [c for part in relation.columns for c in part]
        given = table[names].dropna()
        rows = given.apply(
            lambda row, r=relation: tuple(tuple(sorted(str(row[c]) for c in part)) for part in r.columns), axis=1
        )
        if len(rows):
            out[rows.index[rows.duplicated()]] = True
    return out


def _registry(framework: Framework, reference: Path, size: Size, rng: np.random.Generator, year: int) -> pd.DataFrame:
    """Make up the register of clusters that took part; names say that they are made up."""
    n = size.respondents
    seats = read_text_table(reference / "voivodeships.csv")["name_pl"].to_numpy()
    divisions = read_text_table(reference / "pkd_divisions.csv")
    picked = divisions.iloc[rng.integers(0, len(divisions), n)]
    lists = framework.option_lists
    sectors = lists.loc[lists["option_list"] == "sectors", "option"].to_numpy()
    return pd.DataFrame(
        {
            "no": [str(i) for i in range(1, n + 1)],
            "name": [f"Klaster zmyślony {i:02d}" for i in range(1, n + 1)],
            "founded": rng.integers(year - 20, year - 3, n).astype(str),
            "operating_since": [""] * n,
            "members": np.round(20 * np.exp(rng.gamma(2.0, 0.5, n))).astype(int).astype(str),
            "pkd_code": picked["code"].to_numpy(),
            "pkd_name": picked["name_pl"].to_numpy(),
            "voivodeship": rng.permutation(np.resize(seats, n)),
            "sector": rng.permutation(np.resize(sectors, n)),
            "kkk": rng.permutation(np.resize(["yes", "no", "no"], n)),
            "source_line": ["0"] * n,
        }
    )


def _codebooks(framework: Framework, folder: Path) -> dict[str, Codebook]:
    parsed = {n: parse_codebook(table, framework.option_lists, name=n) for n, table in framework.codebooks.items()}
    checks = {n: [c for c in own if c.severity == "stop"] for n, own in load_checks(folder, parsed).items()}
    scored = framework.option_lists.loc[framework.option_lists["score"] != "", "option_list"]
    out = {}
    for name, items in parsed.items():
        table = framework.codebooks[name].set_index("item")
        empty = pd.Series("", index=table.index)
        out[name] = Codebook(name, items, dict(table.get("question_pl", empty)), frozenset(scored), checks[name])
    return out


def _instrument(
    codebook: Codebook, rules: Mapping[str, Instrument], relations: Sequence[Relation],
    done: Mapping[str, pd.DataFrame], traits: Mapping[str, Floats], size: Size, rng: np.random.Generator,
    last_year: int,
) -> tuple[pd.DataFrame, Floats]:  # fmt: skip
    """Make up one instrument; returns its table and the trait of its rows."""
    rule = rules.get(codebook.name)
    owners: list[str] | None = None
    link = ""
    if rule is not None and rule.reference in done:
        there = done[rule.reference]
        link = str(there.columns[0]) if rule.reference == REGISTRY else _key(rule.reference, done)
        keys = there[link].to_list()
        least = rule.min_per_reference
        rows = len(keys) if rule.key == link else size.members
        if rows < least * len(keys):
            raise ConfigError(
                f"{rows} rows of {codebook.name} are too few: {len(keys)} respondents need at least {least} each; ask "
                f"for {least * len(keys)} or more"
            )
        owners = _belongs_to(keys, rows, 1 if rule.key == link else least, rng)
        place = {key: i for i, key in enumerate(keys)}
        above = traits[rule.reference][[place[o] for o in owners]]
        noise = rng.standard_normal(len(owners))
        trait = above if rule.key == link else _WITHIN * above + np.sqrt(1 - _WITHIN**2) * noise
    else:
        links = [r for r in relations if r.instrument == codebook.name and r.rule == "refers"]
        asked = any(r.reference == codebook.name for r in rules.values())
        rows = size.respondents if asked else max(size.respondents, LEAST_ROWS)
        between = sum(r.target[0] != codebook.name for r in links) > 1
        trait = rng.standard_normal(rows * (2 if between else 1))
    full = drawn(codebook, trait, rng, last_year)
    if rule is not None:
        full[rule.key] = owners if owners and rule.key == link else _identifiers(rule, len(full))
    if owners and link in full:
        full[link] = owners
    keys_there = {f"{file}.{column}": table[column] for file, table in done.items() for column in table.columns}
    _refer(full, codebook.name, relations, keys_there, codebook.items, rng)
    table, stuck = consistent(full, skipped(codebook, len(full), rng), codebook)
    stuck |= _repeated(table, codebook.name, relations)
    if stuck.any() and owners:
        raise FrameworkError(
            f"{codebook.name}: a check cannot be made true by changing answers in a known way; name the checks of "
            "checks.csv in the forms a == b + c, a <= b, a >= b, a > 0 or b == 0"
        )
    keep = ~stuck.to_numpy()
    return table[keep].reset_index(drop=True), trait[keep]


def _key(name: str, done: Mapping[str, pd.DataFrame]) -> str:
    return str(done[name].columns[0])


def make_up(
    framework: Framework, folder: Path, *, year: int, instruments: Sequence[str] | None = None, size: Size = Size(),
    seed: int, reference: Path | None = None,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Make up the raw tables of an edition from its framework alone.

    Parameters
    ----------
    framework
        Codebooks and option lists.
    folder
        Folder of the framework: instruments.csv, checks.csv, relations.csv.
    year
        Year of the edition, the last one that an answer may name.
    instruments
        Instruments wanted; all with a codebook by default.
    size
        Numbers of respondents and of members.
    seed
        The same seed, framework and size give the same tables.
    reference
        Folder of the reference data; beside `folder` by default.

    Returns
    -------
    dict
        Instrument (and `registry`) → text cells as in a raw file, empty cells missing.

    Raises
    ------
    ConfigError
        Too few respondents or members.
    FrameworkError
        A codebook, check or relation contradicts itself, or has a form for which no answer can be made up.
    """
    if size.respondents < 1:
        raise ConfigError(f"{size.respondents} respondents: at least 1 is needed")
    codebooks = _codebooks(framework, folder)
    names = list(instruments) if instruments is not None else list(codebooks)
    rules = load_instruments(folder)
    relations = load_relations(folder, {n: [i.name for i in c.items] for n, c in codebooks.items()})
    streams = np.random.SeedSequence([seed, size.respondents, size.members])
    done: dict[str, pd.DataFrame] = {
        REGISTRY: _registry(
            framework, reference or folder.parent / "reference", size, np.random.default_rng(streams), year
        )
    }
    out = {REGISTRY: done[REGISTRY].mask(done[REGISTRY] == "")}
    traits: dict[str, Floats] = {}
    for name in _order(names, rules, relations):
        # A stream for each instrument: a question added to one changes no answer of another.
        stream = np.random.SeedSequence([seed, size.respondents, size.members, *name.encode()])
        done[name], traits[name] = _instrument(
            codebooks[name], rules, relations, done, traits, size, np.random.default_rng(stream), year
        )
        out[name] = as_cells(done[name], codebooks[name].items)
    return out
