"""Indicators of all respondents, computed by the rules declared in the framework."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import pandas as pd

from analysis.errors import DataError, FrameworkError, Problem, suggest
from analysis.framework import Framework
from analysis.indicators.rules import CHOICES, RULES, Definition, Rule

RESPONDENT = "respondent_id"
MAIN = "coordinators"
_MONEY = frozenset({"thousand_pln", "million_pln"})


def _items(text: str, types: Mapping[str, str], rule: Rule, skip: str | None, problems: list[str]) -> tuple[str, ...]:
    """Spell out the items of a row; a pattern with `*` takes the items of a type that suits the rule."""
    out: list[str] = []
    for part in (p.strip() for p in text.split(";")):
        if not part:
            continue
        if "*" in part:
            found = [i for i, kind in types.items() if fnmatchcase(i, part) and kind in rule.types and i != skip]
            if not found:
                problems.append(f"no item of the questionnaire matches `{part}`")
            out += found
        elif part not in types:
            problems.append(f"unknown item `{part}`{suggest(part, list(types))}")
        elif types[part] not in rule.types:
            allowed = ", ".join(sorted(rule.types))
            problems.append(f"item `{part}` is of type {types[part]}, rule `{rule.name}` takes: {allowed}")
        else:
            out.append(part)
    double = sorted({i for i in out if out.count(i) > 1})
    if double:
        problems.append(f"item(s) named twice: {', '.join(double)}")
    return tuple(out)


def _options(text: str, types: Mapping[str, str], rule: Rule, problems: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in text.split(";"))):
        key, sign, value = (p.strip() for p in part.partition("="))
        if not sign or not value:
            problems.append(f"option `{part}` is not of the form key=value")
        elif key not in rule.options:
            known = suggest(key, list(rule.options)) if rule.options else "; the rule has no options"
            problems.append(f"rule `{rule.name}` has no option `{key}`{known}")
        elif key in out:
            problems.append(f"option `{key}` is given twice")
        elif rule.options[key] and value not in rule.options[key]:
            problems.append(f"option {key}={value}: must be {' or '.join(rule.options[key])}")
        elif not rule.options[key] and value not in types:
            problems.append(f"option {key}: unknown item `{value}`{suggest(value, list(types))}")
        elif not rule.options[key] and types[value] != "integer":
            problems.append(f"option {key}: item `{value}` is of type {types[value]}, must be integer")
        else:
            out[key] = value
    return out


def _scores(framework: Framework) -> dict[str, dict[str, float]]:
    """Scores of the options of every list that has any, empty scores left out."""
    scored = framework.option_lists[framework.option_lists["score"] != ""]
    try:
        values = scored["score"].astype(float)
    except ValueError as error:
        raise FrameworkError(f"option_lists.csv: a score is not a number ({error})") from error
    found: dict[str, dict[str, float]] = {}
    for name, option, score in zip(
        scored["option_list"].tolist(), scored["option"].tolist(), values.tolist(), strict=True
    ):
        found.setdefault(str(name), {})[option] = score
    return found


def _column(codebook: pd.DataFrame, column: str) -> dict[str, str]:
    """Map every item of a codebook to its type, unit or option list."""
    return dict(zip(codebook["item"].tolist(), codebook[column].tolist(), strict=True))


def _unit_problem(unit: str, items: tuple[str, ...], units: Mapping[str, str]) -> list[str]:
    """Money may not change its unit on the way: thousands asked, millions printed."""
    found = sorted({units[i] for i in items} & _MONEY)
    if unit in _MONEY and found not in ([unit], []):
        return [f"unit {unit}, but the answers are in {' and '.join(found)}"]
    return []


def parse_definitions(framework: Framework) -> list[Definition]:
    """Read the rules of all indicators, in annex order, and check them against the questionnaires.

    Raises
    ------
    FrameworkError
        Unknown instrument, rule, item or option, an item of a type that the rule does not take, a wrong number of
        items, an option list without scores, amounts in another unit; every one with code and row of `indicators.csv`.
    """
    problems: list[str] = []
    out = []
    scores = _scores(framework)
    asked = {
        name: {column: _column(framework.codebooks[name], column) for column in ("type", "option_list", "unit")}
        for name in framework.indicators["instrument"].unique()
        if name in framework.codebooks
    }
    rows: Any = framework.indicators.to_dict("records")
    for position, (index, row) in enumerate(zip(framework.indicators.index, rows, strict=True)):
        code, own = str(index), []
        if row["instrument"] not in framework.codebooks:
            own.append(
                f"unknown instrument `{row['instrument']}`{suggest(row['instrument'], list(framework.codebooks))}"
            )
        elif row["rule"] not in RULES:
            own.append(f"unknown rule `{row['rule']}`{suggest(row['rule'], list(RULES))}")
        else:
            types, lists, units = asked[row["instrument"]].values()
            rule = RULES[row["rule"]]
            options = _options(row["options"], types, rule, own)
            items = _items(row["items"], types, rule, options.get("other"), own)
            n, most = len(items), rule.most
            if not own and (n < rule.least or (most is not None and n > most)):
                wanted = f"{rule.least}" if rule.least == most else f"at least {rule.least}"
                wanted = f"{rule.least} to {most}" if most and most > rule.least else wanted
                own.append(f"rule `{rule.name}` takes {wanted} item(s), found {n}")
            for item in items:
                if types[item] in CHOICES and lists[item] not in scores:
                    own.append(f"item `{item}`: its option list `{lists[item]}` has no scores in option_lists.csv")
            own += _unit_problem(row["unit"], items, units)
            definition = Definition(code, row["instrument"], rule.name, items, options)
            if definition.other in items:
                own.append(f"item `{definition.other}` is counted twice, as an item and as the option other")
            out.append(definition)
        problems += [f"row {position + 2}, {code}: {problem}" for problem in own]
    if problems:
        raise FrameworkError("indicators.csv:\n  " + "\n  ".join(problems))
    return out


def _numeric(table: pd.DataFrame, instrument: str, items: list[str], framework: Framework) -> pd.DataFrame:
    """Return the needed columns as numbers, indexed by respondent; chosen options become their scores."""
    absent = [item for item in items if item not in table.columns]
    if absent:
        raise DataError(
            [Problem(f"{instrument}.csv", 1, i, None, "the column is missing", "add the column") for i in absent]
        )
    codebook = framework.codebooks[instrument]
    types, lists = _column(codebook, "type"), _column(codebook, "option_list")
    scores = _scores(framework)
    options: dict[str, set[str]] = {}
    for name, option in zip(*(framework.option_lists[c].tolist() for c in ("option_list", "option")), strict=True):
        options.setdefault(name, set()).add(option)
    columns: dict[str, pd.Series] = {}
    problems = []
    for item in items:
        if types[item] not in CHOICES:
            columns[item] = table[item].astype("float64")
            continue
        columns[item] = table[item].map(scores[lists[item]]).astype("float64")
        known = options[lists[item]]
        for respondent, answer in table.loc[table[item].notna() & ~table[item].isin(known), item].items():
            near = suggest(str(answer), sorted(known))
            message = f"{respondent}: the answer is not in the option list"
            problems.append(Problem(f"{instrument}.csv", None, item, str(answer), message, f"validate the file{near}"))
    if problems:
        raise DataError(problems)
    return pd.DataFrame(columns, index=table.index)


def _by_respondent(table: pd.DataFrame, instrument: str, respondents: pd.Index | None) -> pd.DataFrame:
    file = f"{instrument}.csv"
    if table.index.name != RESPONDENT:
        if RESPONDENT not in table.columns:
            raise DataError([Problem(file, 1, RESPONDENT, None, "the column is missing", "add the column")])
        table = table.set_index(RESPONDENT)
    problems = [
        Problem(file, None, RESPONDENT, str(r), "has more than one row", "keep one row per respondent")
        for r in table.index[table.index.duplicated()].unique()
    ]
    if respondents is not None:
        problems += [
            Problem(file, None, RESPONDENT, str(r), f"is not in {MAIN}.csv", "correct the identifier")
            for r in table.index.difference(respondents)
        ]
    if problems:
        raise DataError(problems)
    return table


def compute_indicators(answers: Mapping[str, pd.DataFrame], framework: Framework) -> pd.DataFrame:
    """Compute all indicators of all respondents.

    Parameters
    ----------
    answers
        Validated tables by instrument, one row per respondent, `respondent_id` as column or index; the units are
        those of the codebooks.
    framework
        Its `indicators` declare rule, items and options of every indicator.

    Returns
    -------
    (n_respondents, n_indicators) float64; index `respondent_id` as in the coordinators' table, columns the codes in
    annex order, in the units of `framework.indicators`. Missing answers stay missing, also for a respondent whom
    another instrument does not cover.

    Raises
    ------
    FrameworkError
        A definition does not fit the questionnaires, see `parse_definitions`.
    DataError
        A table or column is missing, a respondent is double or not among the coordinators, an answer is no option.
    """
    definitions = parse_definitions(framework)
    needed: dict[str, list[str]] = {}
    for definition in definitions:
        needed.setdefault(definition.instrument, []).extend(definition.inputs)
    absent = [name for name in (MAIN, *needed) if name not in answers]
    if absent:
        problems = [Problem(f"{n}.csv", None, None, None, "the table is missing", "pass its answers") for n in absent]
        raise DataError(problems)
    respondents = _by_respondent(answers[MAIN], MAIN, None).index
    tables = {
        name: _numeric(
            _by_respondent(answers[name], name, None if name == MAIN else respondents),
            name,
            list(dict.fromkeys(items)),
            framework,
        ).reindex(respondents)
        for name, items in needed.items()
    }
    columns = {d.code: RULES[d.rule].compute(tables[d.instrument], d) for d in definitions}
    return pd.DataFrame(columns, index=respondents)


def lineage(framework: Framework) -> pd.DataFrame:
    """Return which raw columns every indicator rests on: code, instrument, item; in annex order."""
    rows = [(d.code, d.instrument, item) for d in parse_definitions(framework) for item in d.inputs]
    return pd.DataFrame(rows, columns=["code", "instrument", "item"])
