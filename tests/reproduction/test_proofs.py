"""Proofs by hand, against brute force, on consistent tables, and on the printed edition."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement, product
from pathlib import Path

import pandas as pd
import pytest
import synthetic

from analysis.cli import main
from analysis.reproduction import consistency
from analysis.reproduction.consistency import Tables
from analysis.reproduction.ledger import READINGS_OF_METHOD
from analysis.reproduction.printed import Interval, parse_printed
from analysis.reproduction.proofs import Audit, answers, contradictions, irreducible, prove, severity
from analysis.reproduction.proofs.annex import KIND_ORDER, annex_tables, distance
from analysis.reproduction.proofs.answers import AnswersSystem, Link, Quantity
from analysis.reproduction.proofs.collect import answers_are
from analysis.reproduction.proofs.engine import Proof, nearest
from analysis.reproduction.proofs.relations import Relation, possible
from analysis.reproduction.proofs.sectors import SectorSystem
from analysis.reproduction.proofs.statements import Cut, Says, Statement
from analysis.reproduction.proofs.wording import stands_for
from analysis.reproduction.proofs.words import word
from analysis.reproduction.published import published_tables, read_published

EDITION = Path(__file__).resolve().parents[2] / "data/editions/2024"
POSITIVE = Cut(Fraction(0), strict=True)


def rounded(text: str, factor: int = 1) -> Interval:
    number = parse_printed(text)
    assert number is not None
    return number.interval.times(factor)


def exactly(k: int) -> Interval:
    return Interval(Fraction(k), Fraction(k))


def statement(name: str, says: Says, source: str = "annex", decimals: int = 1, factor: int = 1) -> Statement:
    return Statement(
        name, "Q", says.kind, source, name, name, "1", says.values, says, decimals=decimals, factor=Fraction(factor)
    )  # type: ignore[arg-type]  # fmt: skip


# --- the deletion filter ----------------------------------------


class Grid:
    """Inequalities a x + b y <= c over a small grid, by trying every point."""

    def __init__(self, rows: dict[str, tuple[int, int, int]]) -> None:
        self.rows = rows

    def feasible(self, statements: object) -> bool | None:
        chosen = [self.rows[s.id] for s in statements]  # type: ignore[attr-defined]
        return any(all(a * x + b * y <= c for a, b, c in chosen) for x, y in product(range(7), repeat=2))


@pytest.mark.parametrize("seed", range(40))
def test_sets_are_infeasible_and_irreducible(seed: int) -> None:
    rng = random.Random(seed)
    rows = {f"s{i}": (rng.randint(-3, 3), rng.randint(-3, 3), rng.randint(-9, 9)) for i in range(9)}
    system = Grid(rows)
    everything = [statement(name, Says("mean", exactly(0))) for name in rows]
    found = contradictions(everything, system)
    assert bool(found) is (system.feasible(everything) is False)
    for members, minimal in found:
        assert minimal and system.feasible(members) is False
        assert all(system.feasible([m for m in members if m is not out]) for out in members)
    suspects = {members[0].id for members, _ in found}
    assert system.feasible([s for s in everything if s.id not in suspects])


def test_an_undecided_test_keeps_its_statement_and_says_so() -> None:
    class Late:
        def feasible(self, statements: object) -> bool | None:
            return False if len(list(statements)) == 3 else None  # type: ignore[call-overload]

    three = [statement(x, Says("mean", exactly(0))) for x in "abc"]
    assert irreducible(three, Late()) == (three, False)


def test_too_many_patterns_are_no_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [statement("mean", Says("mean", rounded("4.1"))), statement("sum", Says("total", exactly(999)))]
    assert AnswersSystem([Quantity("Q", 42)]).feasible(many) is False
    monkeypatch.setattr(answers, "MAX_PATTERNS", 41)
    system = AnswersSystem([Quantity("Q", 42)])
    assert system.feasible(many) is None
    assert system.undecided and contradictions(many, system) == []


def test_numbers_too_large_to_add_up_are_no_contradiction() -> None:
    system = AnswersSystem([Quantity("Q", 42, 100)])
    assert system.feasible([statement("sum", Says("total", Interval(Fraction(10**14), Fraction(10**14 + 1))))]) is None


# --- the model of answers ----------------------------------------


def holds(says: Says, x: tuple[int, ...], n: int) -> bool:
    """The statement on answers x of n clusters, straight from its meaning."""
    total, positive, v = Fraction(sum(x)), sum(a > 0 for a in x), says.values
    ordered = sorted(x)

    def inside(a: Cut | None, b: Cut | None) -> int:
        def reached(value: int, cut: Cut) -> bool:
            return value > cut.level if cut.strict else value >= cut.level

        return sum((a is None or reached(y, a)) and not (b is not None and reached(y, b)) for y in x)

    match says.kind:
        case "mean":
            return v.holds(total / len(x))
        case "total":
            return v.holds(total)
        case "median":
            return v.holds(Fraction(ordered[(len(x) - 1) // 2] + ordered[len(x) // 2], 2))
        case "rank":
            return len(x) >= says.rank and v.holds(ordered[-says.rank])
        case "count":
            return v.holds(inside(says.lower, says.upper))
        case "share":
            return v.holds(Fraction(100 * inside(says.lower, says.upper), len(x)))
        case "share_of_all":
            return v.holds(Fraction(100 * inside(says.lower, says.upper), n))
        case "without":
            return v.holds(n - positive)
        case "without_share":
            return v.holds(Fraction(100 * (n - positive), n))
        case "below":
            with_zeros = inside(None, says.upper)
            return with_zeros - (len(x) - positive) <= v.low <= with_zeros
        case "mean_active":
            return positive > 0 and v.holds(total / positive)
        case "mean_rest":
            return len(x) > 1 and v.holds((total - max(x)) / (len(x) - 1))
        case "answers":
            return v.holds(len(x))
    raise AssertionError(says.kind)


KINDS = (
    "mean", "total", "median", "rank", "count", "share", "share_of_all", "without", "without_share", "mean_active",
    "mean_rest", "answers", "below",
)  # fmt: skip


def said_at_random(rng: random.Random, n: int, largest: int) -> list[Statement]:
    """Statements on answers from 0 to `largest` of n clusters, which may hold or not."""
    said = []
    for i, kind in enumerate(rng.choices(KINDS, k=rng.randint(2, 5))):
        if kind in ("count", "without", "answers", "below"):
            values = exactly(rng.randint(0 if kind != "answers" else 1, n))
        elif kind in ("share", "share_of_all", "without_share"):
            values = rounded(rng.choice(["0", "20", "25", "33", "40", "50", "60", "67", "75", "80", "100"]))
        elif kind == "total":
            values = rounded(str(rng.randint(0, n * largest)))
        else:
            values = rounded(f"{rng.randint(0, 10 * largest) / 10}")
        lower, upper = sorted(rng.sample(range(largest + 1), 2))
        band = Cut(Fraction(lower), strict=rng.random() < 0.5), Cut(Fraction(upper), strict=rng.random() < 0.5)
        if kind == "below" or rng.random() < 0.3:
            band = None, band[1]
        elif rng.random() < 0.5:
            band = band[0], None
        said.append(statement(f"{kind}{i}", Says(kind, values, *band, rank=rng.randint(1, n))))
    return said


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize(("n", "largest"), [(3, 6), (4, 5), (5, 5)])
def test_patterns_agree_with_trying_all_answers(n: int, largest: int, seed: int) -> None:
    """A few clusters, answers from 0 on: every set of answers of one to all of them."""
    rng = random.Random(seed)
    everything = [x for size in range(1, n + 1) for x in combinations_with_replacement(range(largest + 1), size)]
    said = said_at_random(rng, n, largest)
    if seed % 2:  # what some answers satisfy
        x = rng.choice(everything)
        said = [s for s in said if s.says and holds(s.says, x, n)] or said
    by_hand = any(all(holds(s.says, x, n) for s in said if s.says) for x in everything)
    assert AnswersSystem([Quantity("Q", n, ceiling=Fraction(largest))]).feasible(said) is by_hand


@pytest.mark.parametrize("seed", range(40))
def test_a_link_agrees_with_trying_all_answers(seed: int) -> None:
    """Two quantities of four clusters, answers from 0 to 3; the first has no more answers above zero."""
    rng = random.Random(seed)
    child, parent = (
        [replace(s, key=key, id=f"{key} {s.id}") for s in said_at_random(rng, 4, 3)[:2]] for key in ("C", "P")
    )
    positive: dict[str, set[int]] = {"C": set(), "P": set()}
    for size in range(1, 5):
        for x in combinations_with_replacement(range(4), size):
            for key, own in (("C", child), ("P", parent)):
                if all(holds(s.says, x, 4) for s in own if s.says):
                    positive[key].add(sum(a > 0 for a in x))
    rule = replace(statement("rule", Says("mean", exactly(0)), "rule"), says=None)
    quantities = [Quantity(key, 4, ceiling=Fraction(3)) for key in ("C", "P")]
    system = AnswersSystem(quantities, Link(rule, "C", "P"))
    both = bool(positive["C"] and positive["P"])
    assert system.feasible([*child, *parent]) is both
    assert system.feasible([*child, *parent, rule]) is (both and min(positive["C"]) <= max(positive["P"]))


def test_large_amounts_need_no_large_numbers_of_steps() -> None:
    """A mean of 4.1 billion with a largest answer of 100 billion, in hundredths: neither is the other's limit."""
    system = AnswersSystem([Quantity("Q", 42, 100)])
    everyone = answers_are("Q", 42)
    mean = statement("mean", Says("mean", rounded("4.1", 10**9)))
    top = statement("top", Says("rank", rounded("100.0", 10**9)))
    rest = statement("rest", Says("mean_rest", rounded("1.8", 10**9)))
    assert system.feasible([mean, top, rest, everyone])
    assert system.feasible([mean, top, everyone, replace(rest, says=Says("mean_rest", rounded("1.5", 10**9)))]) is False


@pytest.mark.parametrize("seed", range(20))
def test_sector_patterns_agree_with_trying_all_answers(seed: int) -> None:
    """Two sectors of two clusters, answers from 0 to 4."""
    rng = random.Random(seed)
    said = [
        statement("a", Says("sector_mean", rounded(str(rng.choice([0.5, 1.0, 2.0, 2.5, 3.0]))), sector="a")),
        statement("b", Says("sector_mean", rounded(str(rng.choice([0.5, 1.0, 2.0, 3.5]))), sector="b")),
        statement("mean", Says("mean", rounded(str(rng.choice([1.0, 1.3, 1.5, 1.8, 2.0, 2.3]))))),
        statement("n", Says("answers", exactly(rng.randint(2, 4)))),
    ]
    found = False
    for i, j in product((1, 2), repeat=2):
        for a, b in product(product(range(9), repeat=i), product(range(9), repeat=j)):
            means = (Fraction(sum(a), i), Fraction(sum(b), j), Fraction(sum(a) + sum(b), i + j), Fraction(i + j))
            found |= all(s.values.holds(m) for s, m in zip(said, means, strict=True))
    assert SectorSystem(Quantity("Q", 4, sectors={"a": 2, "b": 2})).feasible(said) is found


@pytest.mark.parametrize("seed", range(20))
def test_sectors_without_a_mean_agree_with_trying_all_sums(seed: int) -> None:
    """A sector of two clusters with a mean, sectors of two and of one without; sums of answers up to nine."""
    rng = random.Random(seed)
    said = [
        statement("a", Says("sector_mean", rounded(str(rng.choice([0.5, 1.0, 2.0, 2.5, 3.0]))), sector="a")),
        statement("mean", Says("mean", rounded(str(rng.choice([0.2, 0.3, 0.6, 0.7, 1.3, 1.8, 2.0, 2.3]))))),
        statement("total", Says("total", exactly(rng.randint(1, 9)))),
    ]
    found = False
    for i, j in product((1, 2), (0, 1, 2, 3)):
        for a, rest in product(range(10), range(10) if j else (0,)):
            values = (Fraction(a, i), Fraction(a + rest, i + j), Fraction(a + rest))
            found |= all(s.values.holds(v) for s, v in zip(said, values, strict=True))
    assert SectorSystem(Quantity("Q", 5, sectors={"a": 2, "b": 2, "c": 1})).feasible(said) is found


# --- known results by hand ----------------------------------------


def test_mean_times_42_against_a_total_holds_for_37_answers_only() -> None:
    """4 093.6 thousand x 42 = 171.9 million; 151.5 million / 4 093.6 thousand = 37.0."""
    system = AnswersSystem([Quantity("Q", 42, 100)])
    mean = statement("mean", Says("mean", rounded("4093.6", 1000)), factor=1000)
    total = statement("total", Says("total", rounded("151.5", 10**6)), "series", factor=10**6)
    everyone = answers_are("Q", 42)
    assert system.feasible([mean, total])
    ((members, minimal),) = contradictions([mean, total, everyone], system)
    assert minimal and {m.id for m in members} == {"mean", "total", everyone.id}
    assert [n for n in range(1, 43) if system.feasible([mean, total, answers_are("Q", n)])] == [37]
    assert nearest(total, [mean, everyone], system) == [Fraction("171.9")]
    assert nearest(mean, [total, everyone], system) == [Fraction("3608.3")]


def test_26_positive_clusters_exclude_a_median_of_zero() -> None:
    system = AnswersSystem([Quantity("IV", 42)])
    median = replace(statement("median", Says("median", rounded("0.0"))), key="IV")
    positive = replace(statement("positive", Says("count", exactly(26), POSITIVE), decimals=0), key="IV")
    assert system.feasible([median, positive]) is False
    assert nearest(positive, [median], system) == [20]  # x21 + x22 < 0.1 leaves 20 positions above
    assert nearest(median, [positive], system) == [1]


def test_47_percent_is_no_share_of_42() -> None:
    system = AnswersSystem([Quantity("Q", 42, ceiling=Fraction(1))])
    share = statement("share", Says("share", rounded("47"), POSITIVE), decimals=0)
    assert system.feasible([share]) and system.feasible([share, answers_are("Q", 42)]) is False
    assert nearest(share, [answers_are("Q", 42)], system) == [45, 48]
    assert [n for n in range(30, 43) if system.feasible([share, answers_are("Q", n)])] == [30, 32, 34, 36, 38]


def test_36_7_and_36_8_have_no_value_in_common() -> None:
    same = Relation({"a": Fraction(1), "b": Fraction(-1)})
    assert not possible(same, {"a": rounded("36.7"), "b": rounded("36.8")})
    assert possible(same, {"a": rounded("36.7"), "b": rounded("37")})
    assert not possible(replace(same, sense="<="), {"a": rounded("0.51"), "b": rounded("0.50")})
    assert possible(replace(same, sense="<="), {"a": rounded("0.5"), "b": rounded("0.50")})


@pytest.mark.parametrize(
    ("value", "printed", "unit", "statistic", "inside", "outside"),
    [
        ("4.1", "średnia 4,1 mln zł", "PLN million", "mean", 4_093_600, 4_150_000),
        ("27", "blisko 27 mln zł", "PLN million", "mean", 26_887_200, 28_000_000),
        ("4.0", "ok. 4,0", "score 1-5", "mean", Fraction("4.19"), Fraction("4.25")),
        ("41", "ponad 41 tys.", "thousand persons", "mean", 48_000, 40_900),
        ("3", "niespełna 3", "investments", "mean", Fraction("2.7"), 3),
        ("4.5", "wyniosła 4–5", "events", "mean_range(4;5)", 5, Fraction("5.6")),
        ("50", "mniej niż połową", "%", "share_lt", 49, 50),
    ],
)
def test_words_around_a_number(
    value: str, printed: str, unit: str, statistic: str, inside: Fraction, outside: Fraction
) -> None:
    found = stands_for(value, printed, unit, statistic)
    assert found is not None
    assert found[0].holds(Fraction(inside)) and not found[0].holds(Fraction(outside))


# --- whole folders ----------------------------------------


def audit(made: dict[str, pd.DataFrame]) -> tuple[Proof, ...]:
    return prove(Tables(published_tables(made))).proofs


@pytest.mark.parametrize("seed", range(6))
def test_tables_computed_from_answers_are_not_contradicted(seed: int) -> None:
    made = synthetic.tables(seed)
    assert [(p.id, [m.printed for m in p.members]) for p in audit(made)] == []
    findings = consistency.audit(published_tables(made))
    readings = findings["kind"].isin(READINGS_OF_METHOD)  # of the two readings of area scores one must fail
    assert findings.loc[(findings["verdict"] == "contradicted") & ~readings, "id"].tolist() == []


def corrupt(made: dict[str, pd.DataFrame], name: str, where: dict[str, str], column: str, value: str) -> str:
    """Change one cell; returns its line."""
    frame = made[name]
    rows = frame[(frame[list(where)] == pd.Series(where)).all(axis=1)].index
    assert len(rows) == 1
    frame.loc[rows[0], column] = value
    return str(frame.loc[rows[0], "line"])


@pytest.mark.parametrize(
    ("name", "where", "column", "change"),
    [
        ("indicator_facts", {"code": "I.1.1", "kind": "n_positive"}, "value", 2),
        ("indicator_facts", {"code": "I.1.4", "kind": "total"}, "value", 9),
        ("indicator_facts", {"code": "I.1.3", "kind": "mean_positive"}, "value", 400),
        ("indicator_facts", {"code": "I.2.1", "kind": "max"}, "value", 7),
        ("sector_means", {"code": "I.1.1", "sector_code": "ict"}, "value_str", 30),
        ("claims", {"subject": "I.2.1 thing", "statistic": "count_gt(0)"}, "value", 3),
        ("claims", {"subject": "I.1.3 thing", "statistic": "mean"}, "value", 1),
        ("scores", {"table": "18", "column_code": "I.1", "measure": "q1"}, "value", 1),
        ("registry", {"no": "7"}, "members", 40),
    ],
)
def test_a_single_corrupted_number_is_found(name: str, where: dict[str, str], column: str, change: int) -> None:
    made = synthetic.tables(1)
    frame = made[name]
    row = frame[(frame[list(where)] == pd.Series(where)).all(axis=1)].iloc[0]
    new = Fraction(row[column]) + change
    line = corrupt(made, name, where, column, str(float(new)) if new.denominator > 1 else str(int(new)))
    found = audit(made)
    assert found
    if name != "registry":  # counted, not a statement of its own
        assert any(line in m.lines for p in found for m in p.members)


def test_ids_come_from_content() -> None:
    one, two = synthetic.tables(2), synthetic.tables(2)
    for made in (one, two):
        corrupt(made, "claims", {"subject": "I.2.1 thing", "statistic": "count_gt(0)"}, "value", "41")
    corrupt(two, "claims", {"subject": "I.1.1 thing", "statistic": "count_gt(0)"}, "value", "42")
    first, second = ({p.id for p in audit(made)} for made in (one, two))
    assert first and first < second


# --- the command ----------------------------------------


def write(made: dict[str, pd.DataFrame], folder: Path) -> Path:
    for name, frame in made.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def test_the_command_passes_consistent_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit-published", str(write(synthetic.tables(3), tmp_path))]) == 0
    assert "0 contradictions proved" in capsys.readouterr().out


def test_the_command_names_a_median_above_the_maximum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = synthetic.tables(3)
    row = {"table": "18", "column_code": "I.2", "measure": "median"}
    line = corrupt(made, "scores", row, "value", "1.40")
    out = tmp_path / "found.csv"
    assert main(["audit-published", str(write(made, tmp_path)), "--out", str(out)]) == 1
    printed = capsys.readouterr().out
    assert "table 18: median of I.2 (all): 1.40" in printed and f"(l. {line})" in printed
    proofs = pd.read_csv(tmp_path / "found_proofs.csv")
    assert (proofs["irreducible"] == "yes").all()
    assert set(pd.read_csv(tmp_path / "found_statements.csv")["proof"]) == set(proofs["id"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(index=1), "missing: table 18"),
        (
            lambda t: t.rename(columns={"value": "line", "line": "value"})[list(t.columns)],
            "a line number of the source is expected",
        ),
        (lambda t: t.assign(value=["0.x1", *t["value"][1:]]), "value: '0.x1'"),
    ],
)
def test_the_command_names_bad_input(
    change: object, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = synthetic.tables(3)
    made["scores"] = change(made["scores"])  # type: ignore[operator]
    assert main(["audit-published", str(write(made, tmp_path))]) == 2
    shown = capsys.readouterr().err
    assert "scores.csv" in shown and message in shown


def test_2849_rows_of_scores_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (EDITION / "published").glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (tmp_path / "scores.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "scores.csv").write_text("".join([lines[0], *lines[2:]]), "utf-8")
    assert main(["audit-published", str(tmp_path)]) == 2
    assert "2849 rows where 2850 are expected; missing: table 18, I.1, min" in capsys.readouterr().err


# --- the printed edition ----------------------------------------


@pytest.fixture(scope="module")
def printed() -> Tables:
    return Tables(read_published(EDITION / "published"))


@pytest.fixture(scope="module")
def proved(printed: Tables) -> tuple[Proof, ...]:
    found = prove(printed)
    assert found.undecided == ()
    return found.proofs


def by_lines(proved: tuple[Proof, ...], *lines: str) -> list[Proof]:
    return [p for p in proved if set(lines) <= {x for m in p.members for x in m.lines}]


def test_every_proof_of_the_edition_is_irreducible(proved: tuple[Proof, ...]) -> None:
    assert proved and all(p.minimal for p in proved)
    assert len({p.id for p in proved}) == len(proved)
    assert all(len(p.members) > 1 for p in proved)


def test_contradictions_known_by_hand_are_proved(proved: tuple[Proof, ...]) -> None:
    (budget,) = [p for p in by_lines(proved, "12497", "9394") if len(p.members) == 3]
    assert "N = 37" in budget.repairs.values()
    (agreements,) = by_lines(proved, "13140", "13143")
    assert agreements.kind == "impossible" and list(agreements.repairs.values()) == ["1.0", "20"]
    (services,) = by_lines(proved, "13278", "13301")
    assert set(services.repairs.values()) == {"33", "8"}
    (growth,) = by_lines(proved, "9303", "9304")
    assert growth.repairs[growth.members[-1].id] == "5.7"


def test_exchanged_editions_are_found_in_every_indicator_of_the_section(proved: tuple[Proof, ...]) -> None:
    exchanged = [p for p in proved if p.kind == "edition"]
    assert {p.key for p in exchanged} == {f"III.1.{k}" for k in range(1, 10)}
    assert all(p.witnesses and w.values.meets(p.members[0].values) for p in exchanged for w in p.witnesses)


def test_proofs_cover_what_the_checks_excuse(printed: Tables, proved: tuple[Proof, ...]) -> None:
    """A finding that excuses a cell of the ledger has a proof with that cell."""
    findings = consistency.audit(printed.published)
    excused = {
        c for cells in findings.loc[findings["verdict"] == "contradicted", "cells"] for c in cells.split(";") if c
    }
    lines = {line for p in proved for m in p.members for line in m.lines}
    assert excused and {c for c in excused if c.split(":")[0] not in lines} == set()


def test_severity(proved: tuple[Proof, ...]) -> None:
    assert {severity(p) for p in proved if p.kind in ("impossible", "edition", "method")} == {"high"}
    assert {severity(p) for p in proved if p.kind == "rounding"} == {"low"}


def test_the_annex_in_polish_has_every_proof_once(proved: tuple[Proof, ...], printed: Tables) -> None:
    made = annex_tables(Audit(proved, 0, ()), {}, {})
    rows = pd.concat(made.values())
    assert rows["no"].tolist() == [str(i) for i in range(1, len(rows) + 1)]
    assert set(rows["proof"]) >= {p.id for p in proved if p.kind != "method"}
    assert rows["values"].str.len().gt(0).all() and rows["repair"].str.len().gt(0).all()
    (budget,) = rows.loc[rows["lines"] == "9394, 12497", "repair"]
    assert budget.endswith("liczba odpowiedzi: 37")
    by_rule = rows[rows["repair"] == word("by_rule")]
    assert 5 <= len(by_rule) < sum(p.kind == "method" for p in proved)


def test_the_annex_begins_with_the_weightiest(proved: tuple[Proof, ...]) -> None:
    by_id = {p.id: p for p in proved}
    for table in annex_tables(Audit(proved, 0, ()), {}, {}).values():
        shown = [by_id[name] for name in table["proof"]]
        kinds = [KIND_ORDER.index(p.kind) for p in shown]
        assert kinds == sorted(kinds)
        for kind in ("impossible", "two values"):
            far = [distance(p) for p in shown if p.kind == kind]
            assert far == sorted(far, reverse=True)
    first = annex_tables(Audit(proved, 0, ()), {}, {})["high"].iloc[0]
    # a mean of 20.1 participants is 17.1% of the members, not 40.7%
    assert first["values"].startswith("średnia: 20,1") and first["repair"].endswith("w.\u00a012858: 17,1%")


def test_what_numbers_are_of_is_said_once(proved: tuple[Proof, ...]) -> None:
    rows = pd.concat(annex_tables(Audit(proved, 0, ()), {}, {}).values()).set_index("lines")
    assert rows.at["1685, 9318", "values"] == ("średnia: „66,3%” (w.\u00a01685) wobec „66,2%” (w.\u00a09318)")
    assert not rows["values"].str.contains(r"\bw\. \d|tab\. \d", regex=True).any()
