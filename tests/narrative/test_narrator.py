"""The narrator: golden sentences, agreement of words with numbers, and a fact behind every digit."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from narrated import SPAN, Facts, fact, options, printed, profile, voice

from analysis.config import Words
from analysis.errors import FrameworkError, PublishError
from analysis.framework import load_framework
from analysis.narrative import Grammar, Narrator, load_grammar
from analysis.narrative.areas import group_id, score
from analysis.narrative.grammar import _problems
from analysis.narrative.indicators import IndicatorWriter
from analysis.narrative.writing import Desk
from analysis.publish.numbers import fact_text
from analysis.tables import slug

ROOT = Path(__file__).resolve().parents[2]
GRAMMAR = load_grammar(ROOT / "data")
CODES = load_framework(ROOT / "data").codes
SUBAREAS = list(GRAMMAR.framework.subareas.index)


def bullet(code: str, numbers: dict[str, float] | None = None, more: Facts | None = None, **kwargs: str) -> str:
    facts = profile(GRAMMAR, code, numbers or {}, **kwargs) | options(GRAMMAR, code) | (more or {})
    speaker = voice(facts, GRAMMAR)
    text = speaker.indicator(code)
    assert not speaker.findings, speaker.findings
    return text


def scores(code: str, mean: float, median: float, benchmark: float, groups: dict[str, float] | None = None) -> Facts:
    out = {score(code, m): fact(v, "score", 2) for m, v in
           (("mean", mean), ("median", median), ("benchmark", benchmark))}  # fmt: skip
    names = GRAMMAR.groups["group"].astype(str)
    return out | {score(code, "mean", g): fact((groups or {}).get(g, mean), "score", 2) for g in names}


@pytest.mark.parametrize("code", CODES)
def test_every_digit_of_a_bullet_is_a_recorded_fact(code: str) -> None:
    numbers = {"mean": 23.4, "median": 2.0, "zeros": 12, "positive": 27, "missing": 3, "previous.mean": 20.0,
               "previous.median": 3.0, "previous.benchmark": 11.0, "previous.positive": 22}  # fmt: skip
    facts = profile(GRAMMAR, code, numbers) | options(GRAMMAR, code)
    speaker = voice(facts, GRAMMAR)
    text = speaker.indicator(code)
    assert not speaker.findings
    spans = SPAN.findall(text)
    assert spans and {fact_id for _, fact_id in spans} == speaker.rendered.facts
    for shown, fact_id in spans:
        assert fact_text(facts[fact_id]).startswith(shown.replace("\\", ""))
    words = GRAMMAR.words(code)
    rest = SPAN.sub("", text)
    for question in filter(None, words["options"].split(";")):
        for label in GRAMMAR.option_labels(question, words["level"]).values():
            rest = rest.replace(label, "")
    assert not re.search(r"\d", rest.replace("Przemysłu 4.0", "")), rest
    assert text.startswith(f"**{words['title']}.**") and ".." not in text and "  " not in text


def test_golden_bullet_of_a_count() -> None:
    text = bullet(
        "III.2.1",
        {"mean": 1.8, "median": 0.0, "benchmark": 11.0, "zeros": 23, "positive": 19, "previous.mean": 4.0,
         "previous.median": 2.0, "previous.benchmark": 73.0, "previous.positive": 27, "ge_10.count": 2},
    )  # fmt: skip
    assert printed(text) == (
        "**Wspólne projekty innowacyjne i B+R.** Na klaster przypada średnio 1,8 projektu, ale mediana jest zerowa. "
        "Obie wartości spadły (poprzednio 4,0 i 2). Benchmark spadł z 73 do 11. Wspólne projekty innowacyjne lub "
        "badawcze realizowało 19 klastrów, mniej niż w poprzedniej edycji (27). W 23 klastrach takich projektów nie "
        "było. W 2 klastrach jest to co najmniej 10 projektów."
    )


def test_golden_bullet_of_money() -> None:
    text = bullet(
        "I.2.2",
        {"mean": 6269.07, "median": 0.0, "benchmark": 60000.0, "zeros": 28, "positive": 14, "previous.mean": 11090.0,
         "previous.benchmark": 120000.0, "ge_40000.count": 4},
    )  # fmt: skip
    assert printed(text) == (
        "**Inwestycje w infrastrukturę badawczą.** Średnio jest to 6,27 mln zł, ale mediana jest zerowa. W poprzedniej "
        "edycji średnia wynosiła 11,09 mln zł, a więc spadła. Najwyższa wartość spadła: było 120 mln zł, jest 60 mln "
        "zł. W infrastrukturę badawczą zainwestowało 14 klastrów; w 28 klastrach takich inwestycji nie było. Co "
        "najmniej 40 mln zł wykazują 4 klastry."
    )


def test_options_are_ordered_and_ties_stand_together() -> None:
    items = list(GRAMMAR.option_labels("it_systems"))
    shares = [93, 93, 93, 88, 86, 86, 83, 76, 74]
    more = {f"option.{item}.share": fact(v, "percent") for item, v in zip(items, shares, strict=True)}
    text = printed(bullet("II.6.1", more=more))
    assert (
        "Najczęstsze systemy: zarządzanie relacjami z klientami, zarządzanie zasobami i zarządzanie dokumentami "
        "(po 93%); najrzadziej: zarządzanie łańcuchem dostaw (74%)."
    ) in text


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "1 klaster"),
        (2, "2 klastry"),
        (5, "5 klastrów"),
        (12, "12 klastrów"),
        (22, "22 klastry"),
        (25, "25 klastrów"),
    ],
)
def test_clusters_agree_with_their_number(count: int, expected: str) -> None:
    text = printed(bullet("V.2.2", {"positive": count, "zeros": 42 - count}))
    verb = "realizował " if count == 1 else "realizowały " if expected.endswith("klastry") else "realizowało "
    assert f"Projekty międzynarodowe {verb}{expected}" in text
    assert f"w {42 - count} klastr{'ze' if count == 41 else 'ach'} takich projektów nie było" in text.replace(
        "W ", "w "
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "1 projekt."), (2, "2 projekty."), (5, "5 projektów."), (12, "12 projektów."), (22, "22 projekty."),
     (2.5, "2,5 projektu.")],
)  # fmt: skip
def test_nouns_agree_with_their_number(value: float, expected: str) -> None:
    assert f"Benchmark to {expected}" in printed(bullet("V.2.2", {"benchmark": value}))


values = st.floats(0.1, 400).map(lambda x: round(x, 2))
NUMERIC = [c for c in CODES if GRAMMAR.framework.indicators.at[c, "rule"] in ("value", "sum", "mean", "count_ticked")]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NUMERIC), values, values, values, values)
def test_words_of_change_agree_with_the_printed_numbers(
    code: str, mean: float, median: float, mean_before: float, median_before: float
) -> None:
    numbers = {"mean": mean, "median": median, "previous.mean": mean_before, "previous.median": median_before}
    facts = profile(GRAMMAR, code, numbers)
    text = IndicatorWriter(Desk(GRAMMAR, facts, Words()), code).change()
    up, down = [], []
    for name, now, before in (("mean", mean, mean_before), ("median", median, median_before)):
        shown = [fact_text(facts[f"profile.{code}.{p}{name}"]) for p in ("", "previous.")]
        near = abs(now - before) / before < 0.02
        if shown[0] != shown[1] and not near:
            (up if now > before else down).append(name)
    assert ("wzros" in text or "wzrós" in text) == bool(up), text
    assert ("spad" in text) == bool(down), text
    if mean == mean_before and median == median_before:
        assert "takie same" in text


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NUMERIC), values, values)
def test_benchmark_never_moves_when_printed_alike(code: str, now: float, before: float) -> None:
    facts = profile(GRAMMAR, code, {"benchmark": now, "previous.benchmark": before})
    text = IndicatorWriter(Desk(GRAMMAR, facts, Words()), code).benchmark()
    same = fact_text(facts[f"profile.{code}.benchmark"]) == fact_text(facts[f"profile.{code}.previous.benchmark"])
    assert ("bez zmian" in text) == same
    if "wzr" in text:
        assert now > before and not same
    if "spad" in text:
        assert now < before and not same


def test_what_is_not_comparable_is_not_compared_and_says_why_once() -> None:
    facts: Facts = {}
    for code in ("I.3.2", "I.3.3"):
        facts |= profile(GRAMMAR, code, {"previous.mean": 1.0, "previous.median": 1.0}, comparable="no")
        facts[f"profile.{code}.reason"] = fact("ta sama średnia jest wydrukowana dwa razy", "text")
    speaker = voice(facts, GRAMMAR)
    first, second = (printed(speaker.indicator(code)) for code in ("I.3.2", "I.3.3"))
    assert "nie porównuje się z poprzednią edycją (ta sama średnia" in first
    assert "ta sama średnia" not in second
    assert not re.search("wzr[oó]s|spad", first + second)


def test_environmental_actions_show_no_change_of_options_either() -> None:
    item = "environment_actions__circular_economy"
    more = {f"previous.option.{item}.share": fact(59, "percent"), "profile.IV.3.1.reason": fact("inna lista", "text")}
    assert "z 59%" not in printed(bullet("IV.3.1", more=more, comparable="no"))
    assert "z 59% do 90%" in printed(bullet("IV.3.1", more=more))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SUBAREAS), st.floats(0.01, 1), st.floats(0, 1))
def test_lead_and_groups_say_what_their_numbers_say(code: str, mean: float, kkk: float) -> None:
    facts = scores(code, round(mean, 3), 0.3, 1.0, {"KKK": round(kkk, 3), "not KKK": 0.4, "metal": 1.0, "edu": 0.0})
    narrator = Narrator(GRAMMAR, facts, Words())
    lead, groups = narrator.subarea_lead(code), narrator.groups_view(code)
    assert ("stosunkowo bliska" in lead or "równa benchmarkowi" in lead) == (round(mean, 3) >= 0.65)
    shown = [fact_text(facts[score(code, "mean", g)]) for g in ("KKK", "not KKK")]
    higher, lower = r"wyższą niż pozostałe|przewyższa średnią|z wyższą średnią", r"niższą niż|ustępuje|z niższą średnią"
    assert bool(re.search(higher, groups)) == (shown[0] > shown[1])
    assert bool(re.search(lower, groups)) == (shown[0] < shown[1])
    assert "przemysł metalowy" in groups and "edukacja, żywność" in groups


def test_groups_printed_alike_lead_together() -> None:
    facts = scores("I.1", 0.3, 0.2, 0.9, {"KKK": 0.5, "bio": 0.7, "ict": 0.701})
    text = printed(voice(facts, GRAMMAR).groups_view("I.1"))
    assert "biotechnologia i medycyna oraz ICT (po 0,70)" in text


def test_area_verdict_names_both_ends() -> None:
    facts = scores("I", 0.28, 0.21, 0.79)
    for code, median, best in (("I.1", 0.22, 0.87), ("I.2", 0.14, 1.0), ("I.3", 0.11, 1.0)):
        facts |= scores(code, 0.3, median, best)
    assert printed(voice(facts, GRAMMAR).area_verdict("I")) == (
        "Benchmark obszaru wynosi 0,79. Średnia to 0,28, a mediana 0,21: przeciętny klaster nie osiąga połowy wyniku "
        "lidera. Najwyższą medianę ma podobszar „Zasoby ludzkie” (0,22), a najniższą podobszar „Zasoby finansowe” "
        "(0,11). Najwyższą możliwą notę (1,00) zdobyto w podobszarach „Zasoby infrastrukturalne” i „Zasoby finansowe”."
    )


@pytest.mark.parametrize(
    ("share", "word"),
    [(79.5, "Zdecydowana większość"), (54.4, "Ponad połowa"), (50.0, "Połowa"), (49.9, "Mniej niż połowa"),
     (20.0, "Mniejszość")],
)  # fmt: skip
def test_words_for_shares_of_members(share: float, word: str) -> None:
    rows = GRAMMAR.members[GRAMMAR.members["subarea"] == "I.1"]
    facts = {f"members.{row}": fact(share, "percent", 1) for row in rows["fact"]}
    assert f"{word} ankietowanych członków" in printed(voice(facts, GRAMMAR).members_view("I.1"))


@pytest.mark.parametrize(
    ("wanted", "expected"), [(4.6, "wyprzedzają"), (4.0, "wyższa niż oczekiwania"), (4.4, "równe")]
)
def test_expectations_against_rating(wanted: float, expected: str) -> None:
    facts = {"members.Q10.marketing.achieved.share": fact(49.7, "percent", 1),
             "members.Q24.marketing.mean": fact(4.4, "coefficient", 1),
             "members.Q25.marketing.mean": fact(wanted, "coefficient", 1)}  # fmt: skip
    assert expected in printed(voice(facts, GRAMMAR).members_view("II.4"))


def test_sixteen_subareas_have_a_view_of_members() -> None:
    assert set(SUBAREAS) - set(GRAMMAR.members["subarea"]) == {"II.3", "IV.4", "V.1"}


def test_a_missing_fact_and_an_unknown_code_stop_the_chapter() -> None:
    speaker = voice({}, GRAMMAR)
    speaker.indicator("I.1.1")
    speaker.indicator("I.9.9")
    speaker.members_view("V.1")
    messages = " ".join(f.message for f in speaker.findings)
    assert "profile.I.1.1" in messages and "`I.9.9`" in messages and "no question for V.1" in messages


def test_group_ids_are_those_of_the_facts() -> None:
    for group in GRAMMAR.groups["group"].astype(str):
        assert group_id(group) == slug(group)


def test_grammar_covers_the_framework_and_says_what_is_missing() -> None:
    tables = {"indicators": GRAMMAR.indicators.reset_index(), "options": GRAMMAR.options.reset_index(),
              "subareas": GRAMMAR.subareas.reset_index(), "members": GRAMMAR.members}  # fmt: skip
    assert not _problems(tables, GRAMMAR.framework)
    spoilt: dict[str, pd.DataFrame] = dict(tables)
    words = tables["indicators"].copy()
    words.loc[words["code"] == "I.1.2", "verb"] = "ma"
    spoilt["indicators"] = words[words["code"] != "I.1.1"]
    spoilt["subareas"] = tables["subareas"][1:]
    found = " ".join(_problems(spoilt, GRAMMAR.framework))
    assert "0 rows for I.1.1" in found and "I.1.2: needed are 3 forms" in found and "no row for I.1" in found


def test_grammar_without_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "framework").symlink_to(ROOT / "data/framework")
    broken = tmp_path / "broken/framework"
    broken.mkdir(parents=True)
    for path in (ROOT / "data/framework").iterdir():
        if path.name != "narrative":
            (broken / path.name).symlink_to(path)
    with pytest.raises(FrameworkError, match="narrative"):
        load_grammar(tmp_path / "broken")
    assert isinstance(load_grammar(tmp_path), Grammar)


def test_narrator_refuses_an_unknown_area() -> None:
    with pytest.raises(PublishError, match="no `VI` among the areas"):
        Narrator(GRAMMAR, {}, Words()).area_verdict("VI")
