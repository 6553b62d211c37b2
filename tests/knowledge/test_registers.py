"""Contradictions between statements are found by computing, on invented lists and on the real ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import ConfigError
from analysis.framework import Framework, load_framework
from analysis.knowledge.eligibility import check_conditions, funnel, load_conditions
from analysis.knowledge.registers import absent, checks, common_base, load_registers

CLUSTERS = """\
id,voivodeship,name,initiator,year,activity,registry_name,line,note
a-01,lubelskie,Alfa,municipality,,unknown,,1,
a-02,lubelskie,Beta,marshal,2020,inactive,,2,
"""
HEAD = "id,subject,name,value,unit,as_of,source,line,part_of,share_part,share_whole,counted\n"
ROWS = {
    "total": "total,Alfa,Liczba członków,100,members,2024,x.txt,1,,,,",
    "firms": "firms,Alfa,Firmy,90,members,2024,x.txt,2,total,,,",
    "rest": "rest,Alfa,Reszta,10,members,2024,x.txt,3,total,,,",
    "share": "share,Alfa,Udział firm,90,percent,2024,x.txt,4,,firms,total,",
    "list": "list,Lista,Liczba klastrów,2,clusters,2024,x.txt,5,,,,lubelskie",
}
REGISTRY = pd.DataFrame({"name": ["Alfa", "Gamma"], "members": ["100", "30"], "voivodeship": ["lubelskie"] * 2})


@pytest.fixture(scope="module")
def framework(root: Path) -> Framework:
    return load_framework(root / "data")


def _verdicts(tmp_path: Path, framework: Framework, **changed: str) -> dict[tuple[str, str], str]:
    folder = tmp_path / "data/knowledge/registers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clusters.csv").write_text(CLUSTERS, encoding="utf-8")
    (folder / "statements.csv").write_text(HEAD + "\n".join({**ROWS, **changed}.values()) + "\n", encoding="utf-8")
    found = checks(load_registers(folder, framework), REGISTRY, "2023")
    return {(row["id"], row["kind"]): row["verdict"] for row in found.to_dict("records")}


def test_statements_that_hold_together(tmp_path: Path, framework: Framework) -> None:
    assert _verdicts(tmp_path, framework) == dict.fromkeys(
        [("total", "dated"), ("total", "sum"), ("share", "share"), ("list", "list")], "agree"
    )


@pytest.mark.parametrize(
    ("key", "old", "new", "wrong"),
    [
        ("rest", ",10,", ",11,", ("total", "sum")),
        ("total", ",100,", ",101,", ("total", "dated")),
        ("share", ",90,", ",91,", ("share", "share")),
        ("list", ",2,", ",3,", ("list", "list")),
    ],
)
def test_one_wrong_number_is_found(
    tmp_path: Path, framework: Framework, key: str, old: str, new: str, wrong: tuple[str, str]
) -> None:
    found = _verdicts(tmp_path, framework, **{key: ROWS[key].replace(old, new, 1)})
    assert found[wrong] == "contradict"


def test_rounding_is_no_contradiction(tmp_path: Path, framework: Framework) -> None:
    found = _verdicts(
        tmp_path, framework, firms=ROWS["firms"].replace(",90,", ",897,"), rest=ROWS["rest"].replace(",10,", ",103,"),
        total=ROWS["total"].replace(",100,", ",1000,"),
    )  # fmt: skip
    assert found["share", "share"] == "agree"  # 89.7% is printed as 90%


@pytest.mark.parametrize(
    ("key", "old", "new", "message"),
    [
        ("firms", ",total,,,", ",totl,,,", "statements.csv:3: part_of: unknown statement `totl`; did you mean total"),
        ("share", ",firms,total,", ",firms,,", "share_part and share_whole belong together"),
        ("rest", ",10,", ",,", "statements.csv:4: value: missing"),
        ("list", "lubelskie", "opolskie", "statements.csv:6: counted: no cluster in `opolskie`"),
        ("rest", "rest,", "firms,", "`firms` is taken"),
    ],
)
def test_broken_statement(tmp_path: Path, framework: Framework, key: str, old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        _verdicts(tmp_path, framework, **{key: ROWS[key].replace(old, new, 1)})
    assert message in str(error.value)


def test_unknown_activity_is_a_value_and_others_are_refused(tmp_path: Path, framework: Framework) -> None:
    _verdicts(tmp_path, framework)
    folder = tmp_path / "data/knowledge/registers"
    made = load_registers(folder, framework)
    assert [c.activity for c in made.clusters] == ["unknown", "inactive"]
    assert absent(made, "lubelskie", REGISTRY) == ["Alfa", "Gamma"]  # no row names them as a cluster of the register
    (folder / "clusters.csv").write_text(CLUSTERS.replace("inactive", "perhaps"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"clusters\.csv:3: activity: Input should be 'active', 'inactive'"):
        load_registers(folder, framework)


def test_real_lists(root: Path, framework: Framework) -> None:
    made = load_registers(root / "data/knowledge/registers", framework)
    registry = pd.read_csv(root / "data/editions/2024/raw/registry.csv", dtype=str, keep_default_na=False)
    assert (len(made.of("podlaskie")), len(made.of("lubelskie"))) == (13, 23)
    counts = [len(made.of("lubelskie", x)) for x in ("municipality", "marshal", "other")]
    assert counts == [5, 3, 15]
    found = checks(made, registry, "2023-12-31").set_index(["id", "kind"])
    wrong = set(found.index[found["verdict"] == "contradict"])
    assert wrong == {
        ("pkb_members", "dated"), ("evoluma_members", "dated"), ("evoluma_shares", "sum"),
        ("medycyna_region_share", "share"), ("medycyna_city_share", "share"),
    }  # fmt: skip
    assert found.loc[("pkb_members", "dated"), ["stated", "other"]].tolist() == [436, 501]
    assert found.loc[("evoluma_members", "dated"), ["stated", "other"]].tolist() == [156, 166]
    assert common_base(made, "Klaster Lubelska Medycyna") == (174, 174)
    assert absent(made, "podlaskie", registry) == ["Polski Wschodni Klaster Medyczny"]


def test_conditions_on_an_invented_register(root: Path, framework: Framework) -> None:
    conditions = load_conditions(root / "data/knowledge/eligibility.csv", framework)
    registry = pd.DataFrame(
        {
            "name": ["Stary", "Młody", "Mały"],
            "founded": ["2010", "2022", "2022"],
            "operating_since": ["", "", "2015"],
            "members": ["20", "50", "19"],
            "sector": ["ict", "bio", "ict"],
            "voivodeship": ["łódzkie", "opolskie", "łódzkie"],
        }
    )
    limits = {"years": 3, "members": 20}
    tested = check_conditions(
        conditions, registry, limits=limits, at=2023, sectors=["bio", "ict"],
        voivodeships=["łódzkie", "opolskie", "lubuskie"],
    ).set_index("id")  # fmt: skip
    assert tested["verdict"].to_dict() == {
        "legal_form": "unknown", "years": "not_met", "members": "not_met", "organisation": "unknown",
        "concentration": "unknown", "sectors": "met", "voivodeships": "not_met",
    }  # fmt: skip
    assert tested.loc[["years", "members", "voivodeships"], "names"].tolist() == ["Młody", "Mały", "lubuskie"]


def test_funnel_only_narrows() -> None:
    assert funnel({"a": 200, "b": 50})["share_of_previous"].iloc[1] == 25
    with pytest.raises(ValueError, match="`b`"):
        funnel({"a": 10, "b": 11})
