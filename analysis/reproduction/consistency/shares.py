"""Checks of the shares of options: whole numbers of clusters, one number of answers, sums."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from analysis.reproduction.consistency.findings import (
    Finding,
    cell,
    joined,
    judge,
    read_number,
    show,
    span,
    whole_totals,
)
from analysis.reproduction.consistency.index import COUNT_UNITS, Tables
from analysis.reproduction.printed import Printed, round_half_up


def possible_bases(share: Printed, largest: int) -> list[int]:
    """Return the numbers of answers of which some whole number prints as the share (in percent)."""
    return [n for n in range(1, largest + 1) if any(0 <= k <= n for k in whole_totals(share, Fraction(n, 100)))]


def stated_base(note: str) -> int | None:
    """Return the number of answers a note states: "(base 34)", "fits 33 of the 36", "fits 22 of 29"."""
    match = re.search(r"base (\d+)|fits \d+ of (?:the )?(\d+)", note)
    return int(match[1] or match[2]) if match else None


def categories(text: str) -> dict[str, Printed]:
    """Read the shares of a categorical indicator: `label=share;label=share`."""
    pairs = (part.rpartition("=") for part in text.split(";") if part)
    return {label: read_number(value) for label, _, value in pairs}


def check_shares(t: Tables) -> Iterable[Finding]:
    """A percentage of n clusters is k/n for some whole k."""
    shares = [
        (f.code, f.value, f.note, f.line, f.statistic)
        for f in t.facts
        if f.kind in ("share_option", "share_positive") and f.value is not None
    ]
    for row in t["indicators"].to_dict("records"):
        shares += [
            (row["code"], share, "category", row["line"], f"share {label}")
            for label, share in categories(row["categories"]).items()
        ]
    for code, share, note, line, statistic in shares:
        base = stated_base(note) or t.n
        fits = possible_bases(share, t.n)
        ok = base in fits
        near = [n for n in fits if n >= t.n - 10]
        yield Finding(
            f"share:{code}:{statistic}@{line}", "share", code, f"the share is a whole number of {base} clusters",
            f"{share}%", judge(ok, ok),
            "" if ok else f"no k of {base}; of up to {t.n}: fits a base of {span(near)}", line,
            "" if ok or fits else cell(line, code, statistic),
        )  # fmt: skip


def _choice_bases(shares: Sequence[Printed], largest: int) -> list[int]:
    """Return the numbers of answers that print as the shares of a single choice, every answer in one of them."""
    out = []
    for n in range(1, largest + 1):
        ways = [whole_totals(share, Fraction(n, 100)) for share in shares]
        if all(ways) and sum(min(w) for w in ways) <= n <= sum(max(w) for w in ways):
            out.append(n)
    return out


def check_common_base(t: Tables) -> Iterable[Finding]:
    """The shares of one question have one number of answers; those of a single choice account for every answer."""
    questions: list[tuple[str, str, list[tuple[Printed, str, str]], bool]] = []
    for row in t["indicators"].to_dict("records"):
        rows = [(p, row["line"], f"share {label}") for label, p in categories(row["categories"]).items()]
        rest = bool(t.of(row["code"], "n_zero"))
        if len(rows) > 1 and not rest:
            questions.append((row["code"], "single choice", rows, True))
    for code in dict.fromkeys(f.code for f in t.facts):
        options = [f for f in t.of(code, "share_option") if stated_base(f.note) is None and "multiple" in f.note]
        if len(options) > 1:
            questions.append((code, "options", [(f.value, f.line, f.statistic) for f in options if f.value], False))
    for code, what, rows, single in questions:
        shares = [p for p, _, _ in rows]
        each = [possible_bases(p, t.n) for p in shares]
        fits = _choice_bases(shares, t.n) if single else sorted(set.intersection(*(set(e) for e in each)))
        ok = t.n in fits
        wrong = [cell(line, code, stat) for (_, line, stat), e in zip(rows, each, strict=True) if t.n not in e]
        yield Finding(
            f"common_base:{code}:{what}", "common_base", code,
            f"all shares of the question are shares of {t.n} clusters",
            ", ".join(f"{p}%" for p in shares),
            judge(ok, ok), "" if ok else f"fits a base of {span(fits)}",
            joined(*(line for _, line, _ in rows)), "" if ok or fits else ";".join(wrong),
        )  # fmt: skip


def check_nested_shares(t: Tables) -> Iterable[Finding]:
    """A share of a follow-up question, taken of all clusters, does not exceed the share of the answer that opens it."""
    for code in dict.fromkeys(f.code for f in t.facts):
        options = t.of(code, "share_option")
        followup = [f for f in options if "base not stated" in f.note]
        parents = [f for f in options if stated_base(f.note) is None]
        for f in followup:
            base = stated_base(f.note)
            opening = [p for p in parents if base and round_half_up(Fraction(100 * base, t.n), 0) == p.value.value]  # type: ignore[union-attr]
            for parent in opening[:1]:
                ok = f.exact <= parent.exact
                yield Finding(
                    f"nested_share:{code}:{f.label}@{f.line}", "nested_share", code,
                    f"the share of all {t.n} clusters does not exceed that of the answer that opens the question",
                    f"{f.value}% of {parent.value}% ({parent.label})", judge(ok, ok),
                    "" if ok else f"so the base is not {t.n} but the {base} clusters asked; the table does not say so",
                    joined(f.line, parent.line),
                )  # fmt: skip


def check_category_sums(t: Tables) -> Iterable[Finding]:
    """Shares of a single choice add up to 100."""
    for row in t["indicators"].to_dict("records"):
        shares = categories(row["categories"])
        if len(shares) < 2:
            continue
        values = list(shares.values())
        rest = t.of(row["code"], "n_zero")
        exact = sum((v.exact for v in values), Fraction(0)) + sum((100 * f.exact / t.n for f in rest), Fraction(0))
        slack = sum((v.interval.high - v.exact for v in values), Fraction(0))
        plain = exact == 100
        ok = abs(exact - 100) <= slack
        yield Finding(
            f"sum100:{row['code']}", "sum100", row["code"], "the shares of all categories add up to 100",
            " + ".join([*(str(v) for v in values), *(f"{f.value}/{t.n}" for f in rest)]) + f" = {show(exact, 1)}",
            judge(plain, ok), "", joined(row["line"], *(f.line for f in rest)),
        )  # fmt: skip


def check_options_mean(t: Tables) -> Iterable[Finding]:
    """Options named, share by share, do not add up to more than the mean number of options."""
    for code, m in t.indicators.items():
        options = [f for f in t.of(code, "share_option") if stated_base(f.note) is None]
        sized = t.of(code, "list_size")
        if t.units[code] not in COUNT_UNITS or not options or not sized:
            continue
        parts = [f.interval.times(Fraction(t.n, 100)) for f in options]
        named = sum((Fraction(int(round_half_up(f.exact * t.n / 100, 0))) for f in options), Fraction(0))
        least = sum((p.low for p in parts), Fraction(0))
        total = m["mean"].interval.times(t.n)
        plain, ok = named <= total.high, least <= total.high
        extra = m["mean"].exact * t.n - named
        yield Finding(
            f"options_mean:{code}", "options_mean", code,
            f"the listed options named by {t.n} clusters are not more than their mean number of options",
            f"named {named}; mean {m['mean'].printed} x {t.n} = {show(m['mean'].exact * t.n, 0)}", judge(plain, ok),
            f"{max(0, round(extra))} further options beyond the list" if extra > 1 else "",
            joined(m["mean"].line, *(f.line for f in options)),
        )  # fmt: skip
