"""Checks of the member survey, and of the registry, the series of editions and the website audit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from analysis.reproduction.consistency.findings import Finding, add_up, cell, joined, judge, read_number, show
from analysis.reproduction.consistency.index import Tables
from analysis.reproduction.printed import round_half_up

# Facts in the comment on an indicator that quote the member survey: question, beginning of the item, of the options.
QUOTED_FROM_SURVEY = {
    "II.1.1": ("3", "", ("Tak",)),
    "II.1.3": ("1", "", ("Delegowanie",)),
    "II.3.4": ("15", "Zwiększanie przychodów", ("Tak",)),
    "V.1.2": ("25", "Aktywność międzynarodowa", ("średnia",)),
}


def check_survey_sums(t: Tables) -> Iterable[Finding]:
    """Shares of one question, or of one item of a question, add up to 100."""
    table = t["members_survey"]
    table = table[table["unit"] == "%"]
    for (question, item), rows in table.groupby(["question_no", "item_pl"], sort=False):
        values = [read_number(v) for v in rows["value_str"]]
        exact = sum((v.exact for v in values), Fraction(0))
        slack = sum((v.interval.high - v.exact for v in values), Fraction(0))
        ok = abs(exact - 100) <= slack
        yield Finding(
            f"sum100:Q{question}:{str(item)[:40]}", "sum100", f"Q{question}",
            f"question {question}{f', {item}' if item else ''}: the shares add up to 100",
            " + ".join(map(str, values)) + f" = {show(exact, 1)}", judge(exact == 100, ok), "",
            joined(*rows["line"]),
            "" if ok
            else ";".join(cell(r["line"], f"Q{question}", f"{item}: {r['option']}") for r in rows.to_dict("records")),
        )  # fmt: skip


def check_survey_copies(t: Tables) -> Iterable[Finding]:
    """No two items carry the same three or more shares."""
    table = t["members_survey"]
    table = table[table["unit"] == "%"]
    seen: dict[tuple[str, ...], tuple[str, str, str]] = {}
    for (question, item), rows in table.groupby(["question_no", "item_pl"], sort=False):
        values = tuple(rows["value_str"])
        if len(values) < 3:
            continue
        if values in seen:
            other, other_item, line = seen[values]
            yield Finding(
                f"copy:Q{other}:Q{question}:{str(item)[:40]}", "copy", f"Q{question}",
                f"question {other}, {other_item}, and question {question}, {item}, have answers of their own",
                " | ".join(values), "suspicious", "identical rows: one is very likely a copy of the other",
                joined(line, *rows["line"]),
            )  # fmt: skip
        else:
            seen[values] = (str(question), str(item), rows["line"].iloc[0])


def check_text_copies(t: Tables) -> Iterable[Finding]:
    """No two quantities of the running text share mean and median, both with more than one digit, in one edition."""
    said: dict[tuple[str, str], dict[str, tuple[str, str, str]]] = {}
    for r in t["claims"].to_dict("records"):
        measured = not r["subject"].startswith(("sub:", "area:"))
        if measured and r["group"] == "all" and r["statistic"] in ("mean", "median"):
            said.setdefault((r["period"], r["subject"]), {})[r["statistic"]] = (r["value"], r["unit"], r["line"])
    seen: dict[tuple[object, ...], tuple[str, str]] = {}
    for (period, subject), values in said.items():
        if len(values) < 2 or any(len(v.replace(".", "").strip("0")) < 2 for v, _, _ in values.values()):
            continue
        (mean, mean_unit, line), (median, median_unit, other) = values["mean"], values["median"]
        key = (period, mean, mean_unit, median, median_unit)
        if key in seen:
            first, first_line = seen[key]
            yield Finding(
                f"copy:{period}:{first.split()[0]}:{subject.split()[0]}", "copy", subject.split()[0],
                f"{first} and {subject} have a mean and a median of their own in {period}",
                f"mean {mean} {mean_unit}, median {median} {median_unit}", "suspicious",
                "identical values: one pair is very likely a copy of the other", joined(first_line, line, other),
            )  # fmt: skip
        else:
            seen[key] = (subject, line)


def check_quoted(t: Tables) -> Iterable[Finding]:
    """Facts in comments that quote the member survey agree with its table."""
    table = t["members_survey"]
    for code, (question, item, options) in QUOTED_FROM_SURVEY.items():
        chosen = table[
            (table["question_no"] == question)
            & table["item_pl"].str.startswith(item)
            & table["option"].str.startswith(options)
        ]
        for f in t.of(code, "other"):
            if not re.search(r"members surveyed|interest of members", f.note) or chosen.empty:
                continue
            values = [read_number(v) for v in chosen["value_str"]]
            exact = sum((v.exact for v in values), Fraction(0))
            possible = add_up(v.interval for v in values)
            ok = possible.meets(f.interval)
            plain = f.value is not None and round_half_up(exact, f.value.decimals) == f.value.value
            yield Finding(
                f"quoted:{code}@{f.line}", "quoted", code, f"question {question} of the member survey: {f.note}",
                f"{' + '.join(map(str, values))} = {show(exact, 1)}; quoted {f.value}", judge(plain, ok), "",
                joined(f.line, *chosen["line"]), "" if ok else cell(f.line, code, f.statistic),
            )  # fmt: skip


def check_history(t: Tables) -> Iterable[Finding]:
    """Totals and growth printed for the series of editions follow from its own numbers."""
    for metric, key, counted, statement in (
        ("members", "members", t.members, "members of the registry add up to the printed sum"),
        ("clusters surveyed", "clusters", t.n, "the registry lists the clusters surveyed"),
    ):
        if found := t.history(metric):
            printed, _, line = found
            ok = int(printed.value) == counted
            yield Finding(
                f"registry_total:{key}", "registry_total", key, statement, f"{counted}; {printed}", judge(ok, ok), "",
                line,
            )  # fmt: skip
    table = t["history"]
    for row in table[table["metric"].str.startswith("CAGR of ")].to_dict("records"):
        first, last = row["edition"].split("-")
        metric = row["metric"].removeprefix("CAGR of ")
        ends = [table[(table["metric"] == metric) & (table["edition"] == e)] for e in (first, last)]
        if any(e.empty for e in ends):
            continue
        one, two = (read_number(e["value"].iloc[0]) for e in ends)
        rate, years = read_number(row["value"]), int(last) - int(first)
        bounds = [
            100 * ((float(b) / float(a)) ** (1 / years) - 1)
            for a, b in ((one.interval.high, two.interval.low), (one.interval.low, two.interval.high))
        ]
        exact = 100 * ((float(two.value) / float(one.value)) ** (1 / years) - 1)
        ok = bounds[0] <= float(rate.interval.high) and bounds[1] >= float(rate.interval.low)
        yield Finding(
            f"growth:{metric}", "growth", "history", f"mean yearly growth of {metric} over {years} years",
            f"{one} to {two}: {exact:.1f}%; printed {rate}%",
            judge(round_half_up(exact, rate.decimals) == rate.value, ok), "",
            joined(row["line"], *(e["line"].iloc[0] for e in ends)),
        )  # fmt: skip


def check_audit(t: Tables) -> Iterable[Finding]:
    """No criterion is met by more sites than were audited, and all criteria cover the same sites."""
    table = t["audit"]
    sites = set(table["n_sites"])
    for row in table.to_dict("records"):
        ok = int(row["n_sites_passing"]) <= int(row["n_sites"]) and len(sites) == 1
        yield Finding(
            f"audit:{row['no']}", "audit", f"criterion {row['no']}", "the sites passing are among the sites audited",
            f"{row['n_sites_passing']} of {row['n_sites']}", judge(ok, ok), "", row["line"],
        )  # fmt: skip
