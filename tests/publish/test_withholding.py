"""Sentences and facts on withheld values do not print; a broken rule stops the publication and says what to change."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.config import WITHHELD, Disclosure
from analysis.disclosure.plan import COLUMNS
from analysis.disclosure.shield import Shield, read_shield
from analysis.errors import MethodError, PublishError
from analysis.publish import gate
from analysis.publish.numbers import fact_text
from analysis.publish.withholding import ELISION, HIDDEN, PLAIN, RULES, leave_out, withhold
from analysis.tables import load_words

MEASURES = ("min", "q1", "median", "mean", "q3", "benchmark")


def shield(action: str = "suppress", **keys: Any) -> Shield:
    rows = [("sector", "bio", "ALL", m, 4, "too few", 0.1, 0.5) for m in MEASURES]
    rows += [("all", "all", "I.2.3", m, 42, "dominance", 0.0, 9.0) for m in MEASURES]
    settings = Disclosure.model_validate({"rule": "custom", "min_group": 5, "action": action, **keys})
    return Shield(pd.DataFrame(rows, columns=COLUMNS), settings)


def fact(table: str, key: str, value: Any = 0.234, column: str = "value", unit: str = "score") -> dict[str, Any]:
    return {"table": table, "key": key, "value": value, "column": column, "unit": unit, "decimals": 2, "notebook": "x"}


FACTS = {
    "bio": fact("40_analyses/cross_sections.csv", "sector/bio/ALL/median"),
    "ict": fact("40_analyses/cross_sections.csv", "sector/ict/ALL/median"),
    "size": fact("40_analyses/cross_sections.csv", "sector/bio", 4, "n", "clusters"),
    "first": fact("37_sector_profiles/leaders.csv", "median/ALL/1", "ICT", "group", "text"),
    "total": fact("40_analyses/indicator_statistics.csv", "I.2.3", 900, "mean", "count"),
    "half": fact("40_analyses/indicator_statistics.csv", "I.2.3", 3, "median", "count"),
    "now": fact("46_trends/trends.csv", "I.2.3/max", 9, "now", "count"),
    "before": fact("46_trends/trends.csv", "I.2.3/max", 8, "before", "count"),
}


def test_facts_lose_their_value_where_the_plan_says_so_and_only_there() -> None:
    kept = withhold(FACTS, shield())
    assert {k for k, f in kept.items() if f.get("withheld")} == {"bio", "first", "total", "now"}
    assert all(kept[k]["value"] is None for k in ("bio", "first", "total", "now"))
    assert fact_text(kept["bio"]) == "#" and fact_text(kept["half"]) == "3,00"
    assert withhold(FACTS, Shield(shield().plan, Disclosure())) == FACTS  # without a rule nothing changes


def test_scores_of_groups_are_as_coarse_as_the_rule_says() -> None:
    assert withhold(FACTS, shield(rounding=0.05))["ict"]["value"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Jedno zdanie. Drugie ma {HIDDEN} i znika. Trzecie zostaje.", f"Jedno zdanie. {ELISION} Trzecie zostaje."),
        (f"Mediana to {HIDDEN}. Średnia to {HIDDEN}. Koniec.", f"{ELISION} Koniec."),
        (f"- pierwszy {HIDDEN}.\n- drugi zostaje.", f"- {ELISION}\n- drugi zostaje."),
        (f"| a | {HIDDEN} |\n| b | 2 |", "| a | # |\n| b | 2 |"),
        (f"**Mocne. A {HIDDEN} i.** Dalej.", "**Mocne."),
        ("Nic tu nie znika.", "Nic tu nie znika."),
    ],
)
def test_a_sentence_with_a_withheld_value_is_left_out(text: str, kept: str) -> None:
    out, count = leave_out(text)
    assert HIDDEN not in out and (count > 0) == (HIDDEN in text)
    assert out.startswith(kept)


def test_the_shield_puts_signs_into_tables() -> None:
    cover = shield()
    table = pd.DataFrame(
        {"dimension": ["sector", "sector", "size"], "group": ["bio", "ict", "20-49"], "x": [1.0, 2, 3]}
    )
    assert cover.lines(table, ["x"])["x"].to_list() == ["#", 2, 3]
    ends = pd.DataFrame({"dimension": ["branża", "wielkość"], "lowest": ["a", "b"], "n": [1, 2]})
    assert cover.ends(ends, words={"sector": "branża"})["lowest"].to_list() == ["#", "b"]
    assert cover.elements == {"I.2.3"} and cover.groups("sector") == {"bio"}


def publication(tmp_path: Path, cover: Shield, disclosed: float = 0.0, printed: str = "#") -> SimpleNamespace:
    (tmp_path / "40_analyses/tables").mkdir(parents=True)
    (tmp_path / "dane").mkdir()
    (tmp_path / "40_analyses/disclosure_protected.csv").write_text(
        f"part,scores,narrow_share\ntotal,100,{disclosed}\nsector=ict,10,{disclosed}\n", "utf-8"
    )
    row = ",".join([printed] * len(MEASURES))
    (tmp_path / "40_analyses/tables/table-24.csv").write_text(f"code,{','.join(MEASURES)}\nALL,{row}\n", "utf-8")
    value = "" if printed == "#" else printed
    rows = [f"sector,bio,ALL,{m},{value}" for m in MEASURES]
    (tmp_path / "dane/scores_by_group.csv").write_text(
        "\n".join(["dimension,group,code,measure,value", *rows]) + "\n", "utf-8"
    )
    record = {"subject": "sector/bio"}
    table = SimpleNamespace(kind="table", no=24, record=record, data_file="40_analyses/tables/table-24.csv")
    return SimpleNamespace(
        build=tmp_path,
        home=tmp_path,
        lang="pl",
        shield=cover,
        exhibits={"tbl-24": table},
        facts=withhold(FACTS, cover),
        project=tmp_path,
    )


def test_the_gate_refuses_and_names_table_group_element_and_key(tmp_path: Path) -> None:
    with pytest.raises(PublishError) as caught:
        gate.check_protection(publication(tmp_path, shield("refuse")), tmp_path)  # type: ignore[arg-type]
    message = str(caught.value).replace("\u00a0", " ")
    for part in ("Table 24", "group bio of sector (n=4)", "too few", "ALL", "disclosure.action: suppress", "min_group"):
        assert part in message


def test_the_gate_lets_a_kept_rule_pass_and_no_rule_unasked(tmp_path: Path) -> None:
    gate.check_protection(publication(tmp_path, shield()), tmp_path)  # type: ignore[arg-type]
    nobody = SimpleNamespace(shield=Shield(shield().plan, Disclosure()))
    gate.check_protection(nobody, tmp_path)  # type: ignore[arg-type]


def test_the_gate_sees_what_is_printed_all_the_same(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"table-24\.csv: ALL, min of bio is withheld and printed"):
        gate.check_protection(publication(tmp_path, shield(), printed="0.31"), tmp_path)  # type: ignore[arg-type]


def test_the_gate_finds_a_withheld_value_in_any_file(tmp_path: Path) -> None:
    pub = publication(tmp_path, shield())
    rows = ["sector,bio,4,ALL,median,0.123456789012345", "sector,ict,9,ALL,median,0.987654321098765"]
    (tmp_path / "40_analyses/cross_sections.csv").write_text(
        "\n".join(["dimension,group,n,code,measure,value", *rows]) + "\n", "utf-8"
    )
    out = tmp_path / "out"
    (out / "html/dane/zrodla").mkdir(parents=True)
    (out / "dane").mkdir()
    (out / "dane/scores_by_group.csv").write_text("dimension,group,code,measure,value\n", "utf-8")
    leak = out / "html/dane/zrodla/anything.csv"
    leak.write_text("value\n0.987654321098765\n", "utf-8")
    gate.check_protection(pub, out)  # type: ignore[arg-type]
    leak.write_text("a,value\n1,0.123456789012345\n", "utf-8")
    with pytest.raises(PublishError, match=r"anything\.csv: 1 withheld statistic"):
        gate.check_protection(pub, out)  # type: ignore[arg-type]


def test_the_gate_reads_an_edition_in_another_language(tmp_path: Path) -> None:
    pub = publication(tmp_path, shield())
    rows = ["sector,bio,4,ALL,median,0.123456789012345"]
    (tmp_path / "40_analyses/cross_sections.csv").write_text(
        "\n".join(["dimension,group,n,code,measure,value", *rows]) + "\n", "utf-8"
    )
    pub.lang, pub.build, out = "en", tmp_path / "en", tmp_path / "en/out"
    (out / "html").mkdir(parents=True)
    (tmp_path / "en/40_analyses").mkdir()
    (tmp_path / "40_analyses/tables").rename(tmp_path / "en/40_analyses/tables")
    gate.check_protection(pub, out)  # type: ignore[arg-type]
    (out / "html/figure-14.html").write_text("<td>0.123456789012345</td>", "utf-8")
    with pytest.raises(PublishError, match=r"figure-14\.html: 1 withheld statistic"):
        gate.check_protection(pub, out)  # type: ignore[arg-type]


def test_the_gate_sees_what_stays_disclosed(tmp_path: Path) -> None:
    strict = shield(max_disclosed=5)
    with pytest.raises(PublishError, match=r"12\.0% of the scores stay disclosed.*sector=ict.*rounding"):
        gate.check_protection(publication(tmp_path, strict, disclosed=12.0), tmp_path)  # type: ignore[arg-type]


def test_the_gate_stops_at_facts_of_a_table_nobody_judged(tmp_path: Path) -> None:
    pub = publication(tmp_path, shield())
    pub.facts["new"] = fact("99_new/by_group.csv", "sector/bio")
    with pytest.raises(PublishError, match=r"99_new/by_group\.csv, which no list"):
        gate.check_protection(pub, tmp_path)  # type: ignore[arg-type]


def test_a_rule_without_its_plan_stops(tmp_path: Path) -> None:
    with pytest.raises(MethodError, match="klastry build 36_protection"):
        read_shield(tmp_path, Disclosure(rule="polish_public_statistics"))
    assert not read_shield(tmp_path, Disclosure()).active


@pytest.mark.parametrize("lang", ["pl", "en"])
def test_the_note_explains_the_sign(lang: str) -> None:
    note = load_words(Path(__file__).resolve().parents[2] / "report/labels", lang)["words"]["withheld_note"]
    assert WITHHELD in note and note.endswith("cluster." if lang == "en" else "klastra.")


def test_no_table_is_in_both_lists_as_a_whole() -> None:
    assert not [table for table in RULES if table in PLAIN]
