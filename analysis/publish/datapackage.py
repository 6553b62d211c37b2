"""The annex as data: tidy CSV files with a Frictionless Data Package descriptor (specification 2.0).

Only statistics of groups and shares of answers are in it, never a row of a respondent. Every file says what its columns
are in Polish and English; the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import PublishError
from analysis.framework import OVERALL, Framework, load_framework
from analysis.publish.publication import Publication
from analysis.publish.withholding import SUMS
from analysis.yamlfile import read_mapping

SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"
LICENCES = {
    "CC0-1.0": ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0 Universal"),
    "CC-BY-4.0": ("https://creativecommons.org/licenses/by/4.0/", "Creative Commons Attribution 4.0"),
}
STATISTICS = ("n", "missing", "mean", "median", "benchmark", "min", "max", "zeros", "positive", "q1", "q3", "total")


@dataclass(frozen=True)
class Field:
    """A column: name, type of the specification, what it holds in both languages, and its constraints."""

    name: str
    type: str
    pl: str
    en: str
    constraints: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The column as the descriptor has it."""
        out: dict[str, Any] = {"name": self.name, "type": self.type, "title": self.name}
        out |= {"description": self.pl, "description_en": self.en}
        return out | ({"constraints": dict(self.constraints)} if self.constraints else {})


@dataclass(frozen=True)
class Resource:
    """A file of the package: table, columns, key, references to other files (column, file, its column)."""

    name: str
    pl: str
    en: str
    table: pd.DataFrame
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    references: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()


_REQUIRED = {"required": True}
_WITHHELD = Field(
    "withheld", "integer", "1: wartości nie podano, żeby nie ujawnić odpowiedzi pojedynczego klastra",
    "1: the value is withheld so that no answers of a single cluster are disclosed",
    {"required": True, "enum": [0, 1]},
)  # fmt: skip
_CODE = Field("code", "string", "kod podobszaru, obszaru, wskaźnika albo ALL", "code of the element, or ALL", _REQUIRED)
_DIMENSION = Field("dimension", "string", "przekrój", "kind of grouping", _REQUIRED)
_GROUP = Field("group", "string", "grupa klastrów", "group of clusters", _REQUIRED)
_N = Field("n", "integer", "liczba klastrów", "number of clusters", {"required": True, "minimum": 0})


def _elements(framework: Framework) -> Resource:
    rows = [
        (code, "area", "", framework.label(code), framework.label(code, "en"), "score")
        for code in framework.areas.index
    ]
    for code, row in framework.subareas.iterrows():
        rows.append((str(code), "subarea", row["parent"], row["name_pl"], row["name_en"], "score"))
    for code, row in framework.indicators.iterrows():
        rows.append((str(code), "indicator", row["subarea"], row["name_pl"], row["name_en"], row["unit"]))
    rows.append((OVERALL, "overall", "", framework.label(OVERALL), framework.label(OVERALL, "en"), "score"))
    fields = (
        _CODE,
        Field("level", "string", "poziom: obszar, podobszar, wskaźnik, wynik ogółem", "level of the element",
              {"required": True, "enum": ["area", "subarea", "indicator", "overall"]}),
        Field("parent", "string", "element nadrzędny", "element above"),
        Field("name_pl", "string", "nazwa po polsku", "name in Polish", _REQUIRED),
        Field("name_en", "string", "nazwa po angielsku", "name in English", _REQUIRED),
        Field("unit", "string", "jednostka wartości", "unit of the values", _REQUIRED),
    )  # fmt: skip
    table = pd.DataFrame(rows, columns=[f.name for f in fields])
    return Resource(
        "elements", "Obszary, podobszary i wskaźniki", "Areas, sub-areas and indicators", table, fields, ("code",)
    )


def _scores(pub: Publication, framework: Framework) -> tuple[Resource, Resource]:
    """Groups, and the scores by group: the numbers of the annex tables."""
    cross = pub.shield.scores(_read(pub, "40_analyses/cross_sections.csv"))
    names = framework.cross_sections.set_index(["dimension", "group"])
    groups = cross.drop_duplicates(["dimension", "group"])[["dimension", "group", "n"]].reset_index(drop=True)
    for lang in ("pl", "en"):
        known = names[f"label_{lang}"].to_dict()
        pairs = zip(groups["dimension"], groups["group"], strict=True)
        groups[f"label_{lang}"] = [str(known[pair]) for pair in pairs]
    pair = ("dimension", "group")
    label = Field("label_pl", "string", "nazwa grupy po polsku", "name of the group in Polish", _REQUIRED)
    label_en = Field("label_en", "string", "nazwa grupy po angielsku", "name of the group in English", _REQUIRED)
    listed = Resource(
        "groups", "Grupy klastrów", "Groups of clusters", groups, (_DIMENSION, _GROUP, _N, label, label_en), pair
    )
    measure = Field(
        "measure", "string", "miara w grupie; benchmark to największy wynik", "measure; the benchmark is the maximum",
        {"required": True, "enum": ["min", "q1", "median", "mean", "q3", "benchmark"]},
    )  # fmt: skip
    exact = ("niezaokrąglony", "unrounded") if not pub.shield.active else ("jak w druku", "as printed")
    value = Field("value", "number", f"wynik od zera do jednego, {exact[0]}", f"score from 0 to 1, {exact[1]}",
                  {"minimum": 0, "maximum": 1})  # fmt: skip
    fields = (_DIMENSION, _GROUP, _N, _CODE, measure, value, *([_WITHHELD] if pub.shield.active else []))
    scores = Resource(
        "scores_by_group", "Wyniki według grup klastrów", "Scores by group of clusters",
        cross[[f.name for f in fields]],
        fields, (*pair, "code", "measure"), ((pair, "groups", pair), (("code",), "elements", ("code",))),
    )  # fmt: skip
    return listed, scores


def _statistics(pub: Publication) -> Resource:
    wide = _read(pub, "40_analyses/indicator_statistics.csv")
    order = {code: i for i, code in enumerate(wide["code"])}
    long = wide.melt(id_vars="code", value_vars=list(STATISTICS), var_name="statistic", value_name="value")
    rank = {name: i for i, name in enumerate(STATISTICS)}
    long = long.sort_values(
        ["code", "statistic"], key=lambda c: c.map(order if c.name == "code" else rank), ignore_index=True
    )
    gone = long["code"].isin(pub.shield.elements) & long["statistic"].isin(SUMS)
    long = long.assign(value=long["value"].mask(gone), withheld=gone.astype(int))
    fields = (
        _CODE,
        Field("statistic", "string", "miara; n to liczba odpowiedzi, positive liczba klastrów powyżej zera",
              "statistic; n is the number of answers, positive the number above zero",
              {"required": True, "enum": list(STATISTICS)}),
        Field("value", "number", "wartość w jednostce wskaźnika", "value in the indicator's unit, unrounded"),
        *([_WITHHELD] if pub.shield.active else []),
    )  # fmt: skip
    return Resource(
        "indicator_statistics", "Statystyki wskaźników", "Statistics of the indicators",
        long[[f.name for f in fields]], fields,
        ("code", "statistic"), ((("code",), "elements", ("code",)),),
    )  # fmt: skip


def _shares(pub: Publication, framework: Framework) -> Resource:
    table = _read(pub, "40_analyses/answer_shares.csv").astype({"option": str})
    book = framework.codebooks["coordinators"].set_index("item")
    lists = framework.option_lists.set_index(["option_list", "option"])
    for lang in ("pl", "en"):
        table[f"question_{lang}"] = table["item"].map(book[f"question_{lang}"])
        labels: list[str] = []
        for item, option, label in table[["item", "option", "label"]].itertuples(index=False, name=None):
            ticked = book.at[item, f"option_{lang}"] if option == "ticked" else ""
            place = (str(book.at[item, "option_list"]) or "yes_no", option)
            labels.append(str(ticked or (lists.at[place, f"label_{lang}"] if place in lists.index else label)))
        table[f"label_{lang}"] = pd.Series(labels, index=table.index)
    fields = (
        Field("item", "string", "kolumna ankiety koordynatorów", "column of the questionnaire", _REQUIRED),
        Field("option", "string", "odpowiedź; ticked oznacza zaznaczoną pozycję", "answer; ticked is a ticked box",
              _REQUIRED),
        _N,
        Field("k", "integer", "liczba klastrów z tą odpowiedzią", "clusters with this answer", {"minimum": 0}),
        Field("share", "number", "udział w procentach", "share in percent", {"minimum": 0, "maximum": 100}),
        Field("question_pl", "string", "pytanie po polsku", "question in Polish", _REQUIRED),
        Field("question_en", "string", "pytanie po angielsku", "question in English", _REQUIRED),
        Field("label_pl", "string", "odpowiedź po polsku", "answer in Polish", _REQUIRED),
        Field("label_en", "string", "odpowiedź po angielsku", "answer in English", _REQUIRED),
    )  # fmt: skip
    return Resource(
        "answer_shares", "Udziały odpowiedzi koordynatorów", "Shares of the coordinators' answers",
        table[[f.name for f in fields]], fields, ("item", "option"),
    )  # fmt: skip


def _members(pub: Publication, framework: Framework) -> Resource:
    table = _read(pub, "44_members_survey/estimates.csv").astype({"option": str}).fillna({"option": ""})
    table["option"] = table["option"].replace("nan", "")
    hidden = pd.Series([pub.shield.hides(d, g) for d, g in zip(table["dimension"], table["group"], strict=True)])
    numeric = ["count", "value", "low", "high", "deff"]
    table[numeric] = table[numeric].mask(hidden)
    table["withheld"] = hidden.astype(int)
    book = framework.codebooks["members"].set_index("item")
    for lang in ("pl", "en"):
        parts = [book[f"{column}_{lang}"].reindex(table["item"]).to_numpy() for column in ("question", "option")]
        table[f"question_{lang}"] = [f"{q}: {p}" if p else q for q, p in zip(*parts, strict=True)]
    measures = ["share", "mean", "top_two", "headline"]
    percent = "w procentach albo punktach średniej"
    points = "percent, or points of a mean"
    fields = (
        _DIMENSION,
        _GROUP,
        Field("item", "string", "kolumna ankiety członków", "column of the members' questionnaire", _REQUIRED),
        Field("option", "string", "odpowiedź; kilka połączonych kreską liczy się razem",
              "answer; several are counted together"),
        Field("measure", "string",
              "share: odsetek; mean: średnia ocen; top_two: dwie najwyższe oceny; headline: odpowiedzi przychylne",
              "share, mean rating, two highest ratings, favourable answers", {"required": True, "enum": measures}),
        Field("count", "integer", "liczba tych odpowiedzi", "number of these answers", {"minimum": 0}),
        Field("n", "integer", "liczba odpowiedzi, z której liczono", "base", {"minimum": 1}),
        Field("clusters", "integer", "liczba klastrów tych członków", "clusters of these members", {"minimum": 1}),
        Field("value", "number", percent, points),
        Field("low", "number", "dolny koniec przedziału ufności", "lower confidence limit"),
        Field("high", "number", "górny koniec przedziału ufności", "upper confidence limit"),
        Field("deff", "number", "efekt schematu: wariancja na tle próby prostej", "design effect"),
        Field("small", "boolean", "mała podstawa", "small base", {"required": True}),
        *([_WITHHELD] if pub.shield.active else []),
        Field("question_pl", "string", "pytanie po polsku", "question in Polish", _REQUIRED),
        Field("question_en", "string", "pytanie po angielsku", "question in English", _REQUIRED),
    )  # fmt: skip
    pair = ("dimension", "group")
    return Resource(
        "members_by_group", "Opinie członków według grup klastrów", "Members' opinions by group of clusters",
        table[[f.name for f in fields]], fields, (*pair, "item", "option", "measure"), ((pair, "groups", pair),),
    )  # fmt: skip


def _read(pub: Publication, table: str) -> pd.DataFrame:
    path = pub.build / table
    if not path.is_file():
        raise PublishError(f"{table} is not there yet; run the analyses first: klastry build analyses")
    return pd.read_csv(path, keep_default_na=True, float_precision="round_trip")


def _licence(pub: Publication) -> dict[str, str]:
    """Licence of the answers, from their sidecar: what is computed from them is published under the same."""
    path = pub.project / f"data/editions/{pub.edition}/raw/coordinators.csv.source.yaml"
    name = str(read_mapping(path).get("licence", "")) if path.is_file() else ""
    if name not in LICENCES:
        raise PublishError(
            f"{path.name}: licence is {name!r}; a data package needs one of {', '.join(LICENCES)} there, the "
            "sidecar of the coordinators' answers"
        )
    target, title = LICENCES[name]
    return {"name": name, "path": target, "title": title}


def resources(pub: Publication) -> list[Resource]:
    """The files of the package, the lists that others refer to first."""
    framework = load_framework(pub.framework_root)
    groups, scores = _scores(pub, framework)
    return [_elements(framework), groups, scores, _statistics(pub), _shares(pub, framework), _members(pub, framework)]


def build_datapackage(pub: Publication, out: Path) -> int:
    """Write the package into an empty folder that is there; returns the number of its files.

    Raises
    ------
    PublishError
        A table has not been computed, a key is not unique, or the answers have no known licence.
    """
    described = []
    for resource in resources(pub):
        twice = resource.table[resource.table.duplicated(list(resource.key))]
        if len(twice):
            raise PublishError(f"{resource.name}.csv: more than one row for {tuple(twice.iloc[0][list(resource.key)])}")
        path = out / f"{resource.name}.csv"
        resource.table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n", float_format="%.15g")
        content = path.read_bytes()
        schema: dict[str, Any] = {"fields": [f.record() for f in resource.fields], "primaryKey": list(resource.key)}
        schema["missingValues"] = [""]
        if resource.references:
            schema["foreignKeys"] = [
                {"fields": list(own), "reference": {"resource": other, "fields": list(theirs)}}
                for own, other, theirs in resource.references
            ]
        described.append(
            {
                "name": resource.name, "type": "table", "path": path.name, "title": resource.pl,
                "title_en": resource.en, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
                "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True}, "schema": schema,
            }
        )  # fmt: skip
    source = str(pub.info.get("citation") or pub.title)
    package = {
        "$schema": SCHEMA,
        "name": f"klastry-{pub.edition}-annex",
        "title": f"{pub.title}. Aneks statystyczny",
        "title_en": f"{pub.info.get('title_en') or pub.title}. Statistical annex",
        "description": " ".join(f"Statystyki grup klastrów. {pub.provenance_note}".split()),
        "description_en": " ".join(f"Statistics of groups of clusters. {_note_en(pub)}".split()),
        "version": str(pub.edition),
        "created": f"{pub.date.isoformat()}T00:00:00Z",
        "licenses": [_licence(pub)],
        "sources": [{"title": " ".join(source.split())}],
        "resources": described,
    }
    (out / "datapackage.json").write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(described)


def _note_en(pub: Publication) -> str:
    return str(pub.info.get("provenance_note_en") or "") if pub.provenance_note else ""
