"""`klastry compose`: both formats, the engine's defaults, all or nothing on disk, and every bad input by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.cli import main
from analysis.compose import FILES

FRAMEWORK = """code,name,level,parent,direction,weight,unit,type
a,Alpha,1,G,1,1,EUR,Indicator
b,Beta,1,G,-1,3,%,Indicator
c,Gamma,1,H,1,1,,Indicator
G,First group,2,INDEX,1,1,,Aggregate
H,Second group,2,INDEX,1,3,,Aggregate
INDEX,The index,3,,1,1,,Aggregate
"""
DATA = """unit,a,b,c
U1,0,10,5
U2,5,0,
U3,10,5,15
"""


def write(folder: Path, data: str = DATA, framework: str = FRAMEWORK, method: str | None = None) -> list[str]:
    (folder / "d.csv").write_text(data, "utf-8")
    (folder / "f.csv").write_text(framework, "utf-8")
    args = ["compose", "--data", str(folder / "d.csv"), "--framework", str(folder / "f.csv")]
    args += ["--out", str(folder / "out")]
    if method is not None:
        (folder / "m.yaml").write_text(method, "utf-8")
        args += ["--method", str(folder / "m.yaml")]
    return args


def scores(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "out" / "scores.csv").pivot(index="unit", columns="code", values="score")


def test_defaults_worked_by_hand(tmp_path: Path) -> None:
    assert main(write(tmp_path)) == 0
    # a: 0, ½, 1; b is better when low: 0, 1, ½; c: 0, missing, 1. b weighs three times in G, H in the index.
    table = scores(tmp_path)
    np.testing.assert_allclose(table["G"], [0, (0.5 + 3) / 4, (1 + 1.5) / 4])
    np.testing.assert_allclose(table["H"], [0, np.nan, 1])
    np.testing.assert_allclose(table["INDEX"], [0, 0.875, (0.625 + 3) / 4])
    long = pd.read_csv(tmp_path / "out" / "scores.csv", dtype=str, keep_default_na=False)
    assert list(long.columns) == ["unit", "code", "score", "rank"]
    assert long[long["code"] == "INDEX"]["rank"].tolist() == ["3", "2", "1"]
    assert long[(long["unit"] == "U2") & (long["code"] == "H")][["score", "rank"]].values.tolist() == [["", ""]]
    weights = pd.read_csv(tmp_path / "out" / "weights.csv").set_index("code")
    effective = weights.loc[["a", "b", "c", "G", "H"], "effective"]
    np.testing.assert_allclose(effective, [1 / 16, 3 / 16, 0.75, 0.25, 0.75])
    np.testing.assert_allclose(weights.loc[["a", "b", "c"], "within_parent"], [0.25, 0.75, 1])
    assert {p.name for p in (tmp_path / "out").iterdir()} == set(FILES)
    statistics = pd.read_csv(tmp_path / "out" / "statistics.csv").set_index("code")
    assert statistics.loc["c", ["n", "n_missing"]].tolist() == [2, 1] and statistics.at["a", "zeros"] == 1


def test_fifteen_digits_and_the_same_bytes(tmp_path: Path) -> None:
    args = write(tmp_path, "unit,a,b,c\nU1,0,0,0\nU2,1,1,1\nU3,3,3,3\n")
    assert main(args) == 0
    first = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}
    assert b"0.333333333333333\n" in first["normalised.csv"] or b"0.333333333333333," in first["normalised.csv"]
    (tmp_path / "out" / "mine.txt").write_text("keep")
    assert main(args) == 0
    assert {name: (tmp_path / "out" / name).read_bytes() for name in FILES} == first
    assert (tmp_path / "out" / "mine.txt").read_text() == "keep"
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


IMETA = """"Level","iCode","iName","Direction","Weight","Unit","Target","Denominator","Parent","Type"
1,"a","Alpha",1,1,"EUR",10,"Pop","G","Indicator"
1,"b","Beta",-1,3,"%",0,NA,"G","Indicator"
1,"c","Gamma",1,1,NA,15,NA,"H","Indicator"
2,"G","First",1,1,NA,NA,NA,"INDEX","Aggregate"
2,"H","Second",1,3,NA,NA,NA,"INDEX","Aggregate"
3,"INDEX","Index",1,1,NA,NA,NA,NA,"Aggregate"
NA,"Pop","Population",NA,NA,NA,NA,NA,NA,"Denominator"
NA,"Region","Region",NA,NA,NA,NA,NA,NA,"Group"
"""
IDATA = """"uName","uCode","Time","Region","Pop","a","b","c"
"Namibia","NA",2020,"S",10,0,10,5
"Two","U2",2020,"N",5,5,0,NA
"Three","U3",2020,"N",2,10,5,15
"""


def test_coinr_files_as_they_are(tmp_path: Path) -> None:
    assert main(write(tmp_path, IDATA, IMETA)) == 0
    table = pd.read_csv(tmp_path / "out" / "scores.csv", keep_default_na=False)
    assert set(table["unit"]) == {"NA", "U2", "U3"}  # Namibia's code is no missing value
    own = tmp_path / "own"
    own.mkdir()
    assert main(write(own, DATA.replace("U1", "NA"))) == 0
    assert (own / "out" / "scores.csv").read_bytes() == (tmp_path / "out" / "scores.csv").read_bytes()


def test_denominator_group_and_target_of_coinr_are_used_when_the_method_asks(tmp_path: Path) -> None:
    method = "denomination: {rule: framework}\nimputation: {rule: group_mean, group: Region}\n"
    assert main(write(tmp_path, IDATA, IMETA, method)) == 0
    normalised = pd.read_csv(tmp_path / "out" / "normalised.csv", keep_default_na=False).set_index("unit")
    np.testing.assert_allclose(normalised["a"].astype(float), [0, 0.2, 1])  # 0, 5/5, 10/2 of 5
    log = pd.read_csv(tmp_path / "out" / "imputation_log.csv")
    assert log.values.tolist() == [["U2", "c", 15.0, "group_mean", 1]]
    no_name = IDATA.replace('"uName",', "").replace('"Namibia",', "").replace('"Two",', "").replace('"Three",', "")
    assert main(write(tmp_path, no_name, IMETA, "normalisation: {rule: distance_to_target}\n")) == 0


def test_byte_order_mark_and_other_line_ends_are_read(tmp_path: Path) -> None:
    args = write(tmp_path)
    (tmp_path / "d.csv").write_bytes(b"\xef\xbb\xbf" + DATA.replace("\n", "\r\n").encode())
    (tmp_path / "f.csv").write_bytes(b"\xef\xbb\xbf" + FRAMEWORK.encode())
    assert main(args) == 0
    assert scores(tmp_path).loc["U2", "G"] == 0.875


def swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


BAD: dict[str, tuple[str, str, str | None, list[str]]] = {
    "constant": (swap(DATA, "U1,0,10,5\nU2,5,", "U1,10,10,5\nU2,10,"), FRAMEWORK, None, ["a has the same value"]),
    "all missing": ("unit,a,b,c\nU1,0,1,\nU2,1,2,NA\n", FRAMEWORK, None, ["no answer at all for c", "d.csv"]),
    "geometric mean of zero": (
        DATA, FRAMEWORK, "aggregation: {rule: geometric}\n", ["geometric mean", "G has a = 0 for U1"]
    ),
    "negative under a geometric mean": (
        DATA, FRAMEWORK, "normalisation: {rule: zscore}\naggregation: {levels: {3: {rule: geometric}}}\n",
        ["INDEX has G = -", "for U1"],
    ),
    "cycle": (DATA, swap(FRAMEWORK, "INDEX,The index,3,,", "INDEX,The index,3,G,"), None, ["circle", "G → INDEX → G"]),
    "two roots": (DATA, swap(FRAMEWORK, "2,INDEX,1,3", "2,,1,3"), None, ["2 roots (H, INDEX)", "f.csv"]),
    "duplicate codes": (DATA, FRAMEWORK + "a,Again,1,G,1,1,,Indicator\n", None, ["duplicate code(s) a", "f.csv"]),
    "unknown parent": (DATA, swap(FRAMEWORK, "c,Gamma,1,H", "c,Gamma,1,K"), None, ["c: unknown parent `K`"]),
    "level": (DATA, swap(FRAMEWORK, "INDEX,The index,3", "INDEX,The index,4"), None,
        ["INDEX: level 4", "child G has level 2"]),
    "direction": (DATA, swap(FRAMEWORK, "G,-1,3", "G,0,3"), None, ["b: direction 0, must be 1 or -1"]),
    "negative weight": (DATA, swap(FRAMEWORK, "G,-1,3", "G,-1,-3"), None, ["b: weight -3"]),
    "missing weight": (DATA, swap(FRAMEWORK, "G,-1,3", "G,-1,"), None, ["b: weight nan"]),
    "childless aggregate": (
        DATA, FRAMEWORK + "K,Empty,2,INDEX,1,1,,Aggregate\n", None, ["K: an aggregate without children"]
    ),
    "unknown type": (DATA, swap(FRAMEWORK, "EUR,Indicator", "EUR,Index"), None, ["row 2", "column type", "'Index'"]),
    "misspelt heading": (DATA, swap(FRAMEWORK, "direction", "directoin"), None, ["`directoin`", "direction"]),
    "duplicate units": (swap(DATA, "U3", "U1"), FRAMEWORK, None, ["row 4, column unit", "'U1'", "row 2 already"]),
    "no unit code": (swap(DATA, "U2,", ","), FRAMEWORK, None, ["row 3, column unit", "no unit code"]),
    "no unit column": (swap(DATA, "unit,", "a,").replace("a,a,", "a,x,"), FRAMEWORK, None, ["no column of unit codes"]),
    "text": (swap(DATA, "U3,10,", "U3,many,"), FRAMEWORK, None, ["row 4, column a", "'many'", "not a number"]),
    "decimal comma": (swap(DATA, "U3,10,", 'U3,"10,5",'), FRAMEWORK, None, ["'10,5'", "decimals with a point"]),
    "infinite": (swap(DATA, "U3,10,", "U3,inf,"), FRAMEWORK, None, ["row 4, column a", "an infinite value"]),
    "overflow": (swap(DATA, "U3,10,", "U3,1e999,"), FRAMEWORK, None, ["row 4, column a", "an infinite value"]),
    "unknown column": (swap(DATA, "b,c\n", "b,cc\n"), FRAMEWORK, None, ["column cc", "column c", "without data"]),
    "null bytes": (swap(DATA, "U3,10,", "U3,1\0,"), FRAMEWORK, None, ["d.csv"]),
    "ragged": (swap(DATA, "U3,10,5,15", "U3,10,5"), FRAMEWORK, None, ["row 4", "3 cells where the headings are 4"]),
    "heading twice": (swap(DATA, "a,b,c\n", "a,b,b\n"), FRAMEWORK, None, ["column b", "more than once"]),
    "empty file": ("", FRAMEWORK, None, ["d.csv: the file is empty"]),
    "only headings": ("unit,a,b,c\n", FRAMEWORK, None, ["no row below the headings"]),
    "empty framework": (DATA, "\n", None, ["f.csv: the file is empty"]),
    "semicolons": (DATA.replace(",", ";"), FRAMEWORK, None, ["semicolons", "CSV UTF-8 (comma delimited)"]),
    "two times": (IDATA.replace('"U2",2020', '"U2",2021'), IMETA, None, ["column Time", "2 times"]),
    "number that is a key here": (
        DATA, swap(FRAMEWORK, ",unit,type", ",goalpost_trunc2posts,type"), None,
        ["row 2, column goalpost_trunc2posts", "key of the method"],
    ),
    "unknown key": (DATA, FRAMEWORK, "treatment: {kk: 3}\n", ["unknown key `treatment.kk`", "m.yaml"]),
    "unknown nested key": (
        DATA, FRAMEWORK, "treatment: {indicators: {a: {rul: log}}}\n",
        ["unknown key `treatment.indicators.a.rul`", "rule"],
    ),
    "unknown value": (DATA, FRAMEWORK, "normalisation: {rule: minmx}\n", ["`normalisation.rule` = 'minmx'"]),
    "override of nobody": (DATA, FRAMEWORK, "treatment: {indicators: {z: {rule: log}}}\n", ["names z"]),
    "no goalposts": (DATA, FRAMEWORK, "normalisation: {rule: goalposts}\n", ["no goalposts for a, b, c"]),
    "empty method": (DATA, FRAMEWORK, "# nothing\n", ["m.yaml: the file is empty"]),
    "level that is not there": (
        DATA, FRAMEWORK, "aggregation: {levels: {7: {rule: geometric}}}\n", ["names level 7", "levels 2, 3"]
    ),
    "power of a level": (DATA, FRAMEWORK, "aggregation: {levels: {2: {power: 0}}}\n", ["power must not be 0"]),
    "bounds": (DATA, FRAMEWORK, "normalisation: {indicators: {b: {lower: 5}}}\n", ["b has bounds 5 to 1"]),
    "bounds in the framework": (
        DATA, swap(FRAMEWORK, ",unit,type", ",minmax_lower,type").replace(",EUR,", ",5,").replace(",%,", ",,"), None,
        ["a has bounds 5 to 1"],
    ),
    "moved key": (DATA, FRAMEWORK, "missing: {rule: omit}\n", ["unknown key `missing`; it is `imputation` now"]),
    "nobody left": (DATA, FRAMEWORK, "availability: {exclude: [U1, U2, U3]}\n", ["no unit is left"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_and_leaves_nothing(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, framework, method, expected = BAD[name]
    args = write(tmp_path, data, framework, method)
    before = {p.name for p in tmp_path.iterdir()}
    assert main(args) == 2
    message = capsys.readouterr().err
    for part in expected:
        assert part in message
    assert {p.name for p in tmp_path.iterdir()} == before, "nothing is left behind"


def test_failure_keeps_the_last_good_tables(tmp_path: Path) -> None:
    assert main(write(tmp_path)) == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    assert main(write(tmp_path, DATA.replace("U3,10,", "U3,x,"))) == 2
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before


def test_missing_files_and_methods_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = write(tmp_path)
    assert main([*args, "--method", "nowhere/m.yaml"]) == 2
    assert "nowhere/m.yaml does not exist" in capsys.readouterr().err
    assert main([*args, "--method", "defualt"]) == 2
    assert "did you mean default" in capsys.readouterr().err
    assert main([a.replace("d.csv", "e.csv") for a in args]) == 2
    assert "e.csv: the file does not exist" in capsys.readouterr().err


def test_method_file_extends_a_named_method_and_its_neighbour(tmp_path: Path, root: Path) -> None:
    args = write(tmp_path, method="extends: base\nweights: {rule: equal}\n")
    (tmp_path / "base.yaml").write_text("aggregation: {rule: harmonic}\nnormalisation: {lower: 1, upper: 2}\n")
    assert main(args) == 0
    assert scores(tmp_path).loc["U3", "G"] == pytest.approx(2 / (1 / 2 + 1 / 1.5))
    # The edition's own method, its unused sections included; area scores from indicators.
    (tmp_path / "m.yaml").write_text(
        "extends: default\ntreatment: {rule: none}\naggregation: {complete_from_level: null}\n"
    )
    assert main(args) == 0
    np.testing.assert_allclose(scores(tmp_path).loc["U3", "INDEX"], np.mean([1, 0.5, 1]))


def test_area_and_subarea_columns_make_a_framework(tmp_path: Path) -> None:
    framework = "code,area,subarea,weight\na,A,A.1,1\nb,A,A.1,1\nc,B,B.1,1\n"
    assert main(write(tmp_path, framework=framework)) == 0
    assert list(scores(tmp_path).columns) == ["A", "A.1", "ALL", "B", "B.1"]


def test_excluded_units_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(write(tmp_path, method="availability: {min_unit_share: 0.8}\n")) == 0
    assert "left out by availability: U2" in capsys.readouterr().out
    table = pd.read_csv(tmp_path / "out" / "availability.csv").set_index("unit")
    assert table["included"].to_dict() == {"U1": 1, "U2": 0, "U3": 1} and table.at["U2", "reason"] == "too little data"


def test_works_outside_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KLASTRY_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    assert main(["compose", "--data", "d.csv", "--framework", "f.csv", "--out", "a/new/out"]) == 0
    assert (tmp_path / "a/new/out/scores.csv").is_file()
    assert main(["compose", "--data", "d.csv", "--framework", "f.csv", "--out", "x", "--method", "default"]) == 2


def test_inputs_are_not_overwritten_and_unwritable_folders_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    (tmp_path / "scores.csv").write_text(DATA)
    args = ["compose", "--framework", str(tmp_path / "f.csv")]
    assert main([*args, "--data", str(tmp_path / "scores.csv"), "--out", str(tmp_path)]) == 2
    assert "would be overwritten" in capsys.readouterr().err and (tmp_path / "scores.csv").read_text() == DATA
    (tmp_path / "file").write_text("")
    assert main([*args, "--data", str(tmp_path / "d.csv"), "--out", str(tmp_path / "file" / "out")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_optimised_weights_report_what_was_reached(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = "unit,a,b,c\n" + "".join(f"U{i},{i},{-i},{i * 7 % 5}\n" for i in range(12))
    method = "weights: {rule: optimised, targets: {G: 1, H: 9}}\n"
    assert main(write(tmp_path, data, method=method)) == 0
    weights = pd.read_csv(tmp_path / "out" / "weights.csv").set_index("code")
    assert weights.loc[["G", "H"], "target"].tolist() == [0.1, 0.9]
    assert weights.loc[["G", "H"], "reached"].sum() == pytest.approx(1) and weights["target"].count() == 2
    gap = (weights["reached"] - weights["target"]).abs().max()
    assert ("are not met" in capsys.readouterr().out) == (gap > 0.005)


def test_an_override_may_name_one_bound_only(tmp_path: Path) -> None:
    method = "normalisation: {lower: 10, upper: 20, indicators: {a: {upper: 30}, b: {lower: 15}}}\n"
    assert main(write(tmp_path, method=method)) == 0
    normalised = pd.read_csv(tmp_path / "out" / "normalised.csv")
    assert normalised["a"].tolist() == [10, 20, 30] and normalised["b"].tolist() == [15, 20, 17.5]
