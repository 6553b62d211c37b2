"""A small edition for the publishing tests: two chapters and an announced one, tables, figures, one notebook."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[2]

EDITION = """\
edition: 2024
title: Benchmarking próbny
subtitle: Raport ogólny
period: 2022-2023
provenance: reconstructed
publication_date: 2025-11-30
knowledge: none
"""

CHAPTERS = """\
chapters:
  - {number: 1, title: Wstęp, status: in_preparation}
  - {number: 4, title: Wyniki, status: ready, file: 04_results.md}
  - {number: 5, title: Summary, status: ready, file: 05_summary.md, lang: en}
"""

RESULTS = """\
# Wyniki próbne {#sec-results}

Wprowadzenie z "cudzysłowem" i z odsyłaczem do tabeli: zob. @tbl-18, [na rysunku @fig-13]
oraz [w rozdziale @sec-members].[^note]

[^note]: Przypis dolny o klastrach.

## Członkowie {#sec-members}

W badaniu wzięło udział {{ plural("sample.clusters", "klaster", "klastry", "klastrów") }},
łącznie {{ f("sample.persons") }} osób.
Udział przedsiębiorstw to {{ f("sample.share") }}, a budżet {{ f("sample.budget") }}. Mediana zatrudnienia
to {{ f("indicator.I.1.1.median") }}, a wyniku {{ f("score.I.1.all.median") }}. Widać
{{ change("sample.persons", "sample.persons_before", "wzrost", "spadek", "brak zmian") }} zatrudnienia.

{{ figure(13) }}

### Tabela długa

{{ table(18) }}

## Procesy {#sec-processes}

{{ table(4) }}

Wskaźnik II.1.1 ma wzór [$k$]{alt="ka"}:

[$x' = \\min\\left(x,\\; Q_3 + k\\,(Q_3 - Q_1)\\right), \\qquad y = \\dfrac{x' - \\min x'}{\\max x'}$]{alt="x z kreską"}

- pierwszy punkt o klastrach,
- drugi punkt z `kodem`.

| Nazwa | Opis |
|-------|-----:|
| Alfa  | opis |

{{ figure(8) }}
"""

SUMMARY = """\
# Summary {#sec-summary}

There are {{ f("sample.persons") }} persons in {{ plural("sample.clusters", "cluster", "clusters") }}, see @fig-13.

## Details {#sec-details}

{{ table(20) }}
"""

FACTS: dict[str, tuple[Any, str, int]] = {
    "sample.clusters": (42, "clusters", 0),
    "sample.persons": (25863, "persons", 0),
    "sample.persons_before": (20000, "persons", 0),
    "sample.share": (83.2254, "percent", 1),
    "sample.budget": (6269.05, "thousand_pln", 1),
}

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320pt" height="160pt" viewBox="0 0 320 160">'
    '<rect x="20" y="40" width="60" height="100" fill="#17456b"/><rect x="110" y="70" width="60" height="70" '
    'fill="#a9c4db"/><path d="M10 140H310" stroke="#555"/></svg>\n'
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000010802000000"
    "7b40e8dd0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


def _column(name: str, label: str, **more: Any) -> dict[str, Any]:
    base = {
        "name": name,
        "label": label,
        "align": "left",
        "format": "text",
        "decimals": 0,
        "width": None,
        "group": None,
    }
    return base | more


def _number(name: str, label: str, **more: Any) -> dict[str, Any]:
    return _column(name, label, align="right", format="number", decimals=2, **more)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _exhibit(build: Path, kind: str, no: int, title: str, **more: Any) -> None:
    stem = f"40_analyses/{kind}s/{kind}-{no:02d}"
    record = {
        "kind": kind, "no": no, "id": f"{'fig' if kind == 'figure' else 'tbl'}-{no}", "title": title, "chapter": "4",
        "notebook": "21_sample", "source": "opracowanie własne na podstawie badania koordynatorów klastrów (N=42)",
        "note": "", "data_file": f"{stem}.csv", "edition_status": "computed", **more,
    }  # fmt: skip
    if kind == "figure":
        record |= {"svg": f"{stem}.svg", "png": f"{stem}.png", "alt": f"Wykres słupkowy: {title}.", "width": "full"}
        _write(build / f"{stem}.svg", SVG)
        (build / f"{stem}.png").write_bytes(PNG)
        _write(build / f"{stem}.csv", "group,value\nA,1\n")
    _write(build / f"{stem}.json", json.dumps(record, ensure_ascii=False))


FRAME = '<table border="1"><thead><tr><th>a</th></tr></thead><tbody><tr><th>0</th></tr></tbody></table>'
MEASURES = ["Minimum", "1. kwartyl", "Mediana", "Średnia", "3. kwartyl", "Benchmark"]
NAMES = [
    "Zasoby ludzkie", "Zasoby infrastrukturalne", "Oddziaływanie na środowisko przyrodnicze",
    "Wpływ na kształtowanie warunków otoczenia", "Eksport i działania proeksportowe",
]  # fmt: skip
LONG = (
    "Liczba podmiotów uczestniczących w międzynarodowych wydarzeniach gospodarczych współorganizowanych przez klaster"
)


SIDECAR = "origin: reconstructed\nlicence: CC0-1.0\n"
SCORES = ("min", "q1", "median", "mean", "q3", "benchmark")


def _write_data(project: Path, build: Path) -> None:
    """Framework of the edition, answers of three respondents, and the tables that facts and the annex rest on."""
    shutil.copytree(ROOT / "data" / "framework", project / "data" / "framework")
    (project / "report/labels").mkdir(parents=True)
    shutil.copyfile(ROOT / "report/labels/facts_pl.yaml", project / "report/labels/facts_pl.yaml")
    raw = project / "data/editions/2024/raw"
    _write(
        raw / "coordinators.csv",
        "respondent_id,employment_total,employment_enterprises\nR01,7101,4321\nR02,,\nR03,25863,8765\n",
    )
    _write(raw / "coordinators.csv.source.yaml", SIDECAR)
    answers = "respondent_id,I.1.1,I.1.2\nR01,7101,4321\nR02,,\nR03,25863,8765\n"
    _write(build / "20_indicators/indicators.csv", answers)
    _write(
        build / "20_indicators/lineage.csv",
        "code,instrument,item\nI.1.1,coordinators,employment_total\nI.1.2,coordinators,employment_enterprises\n",
    )
    traits = "respondent_id,sector,kkk,size,age,strategy\n"
    traits += "".join(f"{r},ict,KKK,20-49,2010-2014,updated\n" for r in ("R01", "R02", "R03"))
    _write(build / "20_indicators/characteristics.csv", traits)
    normalised = "respondent_id,I.1.1,I.1.2,I.1.3,I.1.4\nR01,0.25,0,0,0\nR02,,0,0,0\nR03,1,0,0,0\n"
    _write(build / "30_scores/normalised.csv", normalised)
    _write(build / "30_scores/scores.csv", "respondent_id,code,score,rank\nR01,I.1,0.1,2\nR02,I.1,0.2,1\nR03,I.1,0,3\n")
    cross = "".join(f"all,all,3,I.1,{m},0.1{i}\n" for i, m in enumerate(SCORES))
    _write(build / "40_analyses/cross_sections.csv", f"dimension,group,n,code,measure,value\n{cross}")
    _write(
        build / "40_analyses/indicator_statistics.csv",
        "code,n,missing,mean,median,benchmark,min,max,zeros,positive,q1,q3,total\n"
        "I.1.1,2,1,16482,16482,25863,7101,25863,0,2,11791.5,21172.5,32964\n",
    )
    shares = "item,question,option,label,n,k,share\nkkk_status,kkk_status,1,tak,3,2,66.6666666666667\n"
    _write(build / "40_analyses/answer_shares.csv", shares)
    _write(
        build / "44_members_survey/estimates.csv",
        "dimension,group,item,option,measure,count,n,clusters,value,low,high,deff,small\n"
        "all,all,role,1_body,share,1,4,2,25,5,70,1.5,True\nall,all,resource_fit__research_infrastructure,,mean,3,3,2,3.5,,,,True\n",
    )


def make_project(folder: Path) -> tuple[Path, Path]:
    """Write the project and its build; returns both folders."""
    project, build = folder / "project", folder / "project" / "build" / "2024"
    shutil.copytree(ROOT / "report" / "style", project / "report" / "style")
    shutil.copytree(ROOT / "config", project / "config")
    _write(project / "data/editions/2024/edition.yaml", EDITION)
    _write_data(project, build)
    _write(project / "report/chapters.yaml", CHAPTERS)
    _write(project / "report/chapters/04_results.md", RESULTS)
    _write(project / "report/chapters/05_summary.md", SUMMARY)
    _write(project / "report/lint.yaml", "allow: []\n")
    outline = ["kind,no,title,chapter", "figure,8,Mapa,4", "figure,13,Mediany,4", "figure,40,Branże,6"]
    outline += ["table,4,Klastry,4", "table,18,Wyniki,13", ""]
    _write(project / "report/exhibits.csv", "\n".join(outline))
    facts = {
        key: {
            "value": value, "unit": unit, "decimals": decimals, "table": "20_indicators/indicators.csv", "key": "all",
            "column": "I.1.1", "inputs": ["employment_total"], "text": "", "n": 42, "notebook": "21_sample",
        }
        for key, (value, unit, decimals) in FACTS.items()
    }  # fmt: skip
    for measure, cell in zip(SCORES, range(6), strict=True):
        facts[f"score.I.1.all.{measure}"] = {
            "value": 0.1 + cell / 100, "unit": "score", "decimals": 2, "table": "40_analyses/cross_sections.csv",
            "key": f"all/all/I.1/{measure}", "column": "value", "inputs": [], "text": "", "n": 3,
            "notebook": "21_sample",
        }  # fmt: skip
    facts["indicator.I.1.1.median"] = {
        "value": 16482, "unit": "persons", "decimals": 0, "table": "40_analyses/indicator_statistics.csv",
        "key": "I.1.1", "column": "median", "inputs": ["employment_total"], "text": "", "n": 2,
        "notebook": "21_sample",
    }  # fmt: skip
    _write(build / "facts.json", json.dumps(facts))
    _exhibit(build, "figure", 13, "Wartości mediany i benchmarków")
    _exhibit(build, "figure", 8, "Siedziba koordynatora w podziale na województwa")
    names = [(f"I.{k}", NAMES[k % 5]) for k in range(24)] + [("I", "Zasoby ogółem")]
    rows = [f"{code},{name},{','.join(str(i / 7) for i in range(6))},{int(code == 'I')}" for code, name in names]
    _write(build / "40_analyses/tables/table-18.csv", "code,name,a,b,c,d,e,f,mark\n" + "\n".join(rows) + "\n")
    columns = [_column("name", "Podobszar"), *(_number(n, m) for n, m in zip("abcdef", MEASURES, strict=True))]
    _exhibit(
        build, "table", 18, "Zestawienie wyników (klastry ogółem)", columns=columns, row_header="name", emphasis="mark"
    )
    cluster = "Klaster Innowacyjnych Technologii i Wytwarzania nr"
    rows = [f"{i},{cluster} {i},{2000 + i % 20},{i * 37},68.20,{LONG[: 30 + i]},mazowieckie" for i in range(1, 43)]
    _write(
        build / "40_analyses/tables/table-04.csv", "\n".join(["no,name,year,members,pkd,pkd_name,region", *rows, ""])
    )
    activity = "Przeważająca działalność"
    columns = [
        _column("no", "Lp.", align="right", format="integer"),
        _column("name", "Nazwa klastra"),
        _column("year", "Rok założenia", align="right"),
        _column("members", "Liczba członków", align="right", format="integer"),
        _column("pkd", "PKD", group=activity),
        _column("pkd_name", "Nazwa działu", group=activity),
        _column("region", "Województwo"),
    ]
    _exhibit(build, "table", 4, "Charakterystyka klastrów", columns=columns, row_header="name", orientation="landscape")
    rows = [f"{NAMES[i // 6]},{LONG},{i * 1234.5},{i / 3},,{'tak' if i % 2 else 'nie'}" for i in range(30)]
    _write(build / "40_analyses/tables/table-20.csv", "group,name,mean,median,max,text\n" + "\n".join(rows) + "\n")
    columns = [_column("name", "Indicator"), _number("mean", "Mean"), _number("median", "Median"),
               _number("max", "Benchmark"), _column("text", "Note", format="mixed", align="right")]  # fmt: skip
    _exhibit(build, "table", 20, "Indicators by area", columns=columns, row_header="name", row_groups="group",
             note="– no data", source="own work")  # fmt: skip
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# The sample\n\nWhy and how."),
            nbformat.v4.new_code_cell(
                "table = 1 + 1  # add\nprint('x')",
                execution_count=1,
                outputs=[
                    nbformat.v4.new_output("stream", text="x\n"),
                    nbformat.v4.new_output(
                        "execute_result",
                        {"text/html": FRAME},
                        execution_count=1,
                    ),
                ],
            ),
        ]
    )
    path = build / "notebooks" / "21_sample.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return project, build
