"""The files that other people and programs rely on: they exist, agree with each other, and make sense."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.framework import load_framework
from analysis.generated import generated_files
from analysis.sources import sha256

pytestmark = pytest.mark.product


def table(build: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(build / name)


def test_indicators_and_scores_have_the_contract_shape(root: Path, build: Path) -> None:
    framework = load_framework(root / "data")
    respondents = table(build, "10_validated/coordinators.csv")["respondent_id"].tolist()
    for name in ("20_indicators/indicators.csv", "30_scores/normalised.csv"):
        frame = table(build, name)
        assert list(frame.columns) == ["respondent_id", *framework.codes]
        assert frame["respondent_id"].tolist() == respondents
    normalised = table(build, "30_scores/normalised.csv").drop(columns="respondent_id")
    assert normalised.min().eq(0).all() and normalised.max().eq(1).all()
    scores = table(build, "30_scores/scores.csv")
    assert list(scores.columns) == ["respondent_id", "code", "score", "rank"]
    assert set(scores["code"]) == set(framework.score_codes) and len(scores) == len(respondents) * 25
    assert scores["score"].dropna().between(0, 1).all()
    best = scores.loc[scores.groupby("code")["score"].idxmax()]
    assert best["rank"].eq(1).all()


def test_scores_are_missing_only_where_every_indicator_is(root: Path, build: Path) -> None:
    framework = load_framework(root / "data")
    indicators = table(build, "20_indicators/indicators.csv").set_index("respondent_id")
    scores = table(build, "30_scores/scores.csv").pivot(index="respondent_id", columns="code", values="score")
    for code in framework.score_codes:
        nothing = indicators[framework.members_of(code)].isna().all(axis=1)
        assert scores[code].isna().eq(nothing.reindex(scores.index)).all(), code


def test_cross_sections_are_complete_and_ordered(build: Path) -> None:
    cross = table(build, "40_analyses/cross_sections.csv")
    assert list(cross.columns) == ["dimension", "group", "n", "code", "measure", "value"]
    assert len(cross) == 19 * 25 * 6
    wide = cross.pivot(index=["dimension", "group", "code"], columns="measure", values="value")
    order = ["min", "q1", "median", "q3", "benchmark"]
    assert (np.diff(wide[order].to_numpy(), axis=1) >= -1e-12).all()
    sizes = cross.drop_duplicates(["dimension", "group"]).groupby("dimension")["n"].sum()
    assert sizes.eq(42).all()


def test_every_exhibit_of_the_printed_edition_is_listed_and_computed_ones_exist(build: Path) -> None:
    with (build / "60_report/exhibits.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0])[:7] == ["kind", "no", "title", "chapter", "notebook", "data_file", "image_file"]
    numbers = {kind: [int(r["no"]) for r in rows if r["kind"] == kind] for kind in ("figure", "table")}
    assert numbers["figure"] == list(range(1, 72)) and numbers["table"] == list(range(1, 75))
    computed = {(r["kind"], int(r["no"])): r for r in rows if r["notebook"]}
    expected = {("figure", n) for n in range(1, 72)} | {("table", n) for n in range(1, 75)}
    assert set(computed) == expected
    for row in computed.values():
        for column in ("data_file", "image_file"):
            if row[column]:
                assert (build / row[column]).is_file() or (build / "60_report" / row[column]).is_file(), row
        assert row["kind"] == "table" or row["image_file"]


def test_facts_have_cells_that_exist(build: Path) -> None:
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    assert len(facts) > 1000
    tables = {record["table"] for record in facts.values()}
    root = build.parents[1]
    absent = [t for t in tables if not (build / t).is_file() and not (root / t).is_file()]
    assert not absent


def test_facts_equal_the_cells_they_name(build: Path) -> None:
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    statistics = table(build, "40_analyses/indicator_statistics.csv").set_index("code")
    checked = 0
    for fact_id, record in facts.items():
        if fact_id.startswith("indicator.") and record["column"] in statistics.columns:
            assert record["value"] == pytest.approx(statistics.at[record["key"], record["column"]]), fact_id
            checked += 1
    assert checked > 400


def test_printed_numbers_of_a_table_are_those_of_the_csv(build: Path) -> None:
    from openpyxl import load_workbook

    book = load_workbook(build / "60_report/aneks-statystyczny-2024.xlsx", read_only=False)
    cross = table(build, "40_analyses/cross_sections.csv")
    expected = cross[(cross["dimension"] == "all") & (cross["code"] == "ALL")].set_index("measure")["value"]
    sheet = next(s for s in book.worksheets if "tabela_18" in s.tables)
    last = [c.value for c in list(sheet[sheet.tables["tabela_18"].ref])[-1]]
    numbers = [v for v in last if isinstance(v, int | float)]
    assert numbers == pytest.approx(list(expected), abs=0.005)


def test_pictures_of_notebooks_are_the_figures_with_their_descriptions(build: Path) -> None:
    described = {json.loads(p.read_text("utf-8"))["alt"] for p in (build / "40_analyses/figures").glob("*.json")}
    shown = [
        output["metadata"]["image/png"]["alt"]
        for path in (build / "notebooks").glob("*.ipynb")
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    assert len(shown) >= 40 and set(shown) <= described


def test_report_files_are_whole(build: Path) -> None:
    report = build / "60_report"
    pdf = (report / "raport-ogolny-2024.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    for name in ("raport-ogolny-2024.docx", "aneks-statystyczny-2024.xlsx"):
        assert zipfile.ZipFile(report / name).testzip() is None


def test_pdf_is_tagged_polish_and_has_bookmarks(build: Path) -> None:
    from pypdf import PdfReader

    reader = PdfReader(build / "60_report/raport-ogolny-2024.pdf")
    root = reader.trailer["/Root"]
    assert str(root["/Lang"]).startswith("pl") and root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert any("Wyniki badania" in str(t) for t in titles)
    assert reader.metadata is not None and "Benchmarking klastrów" in str(reader.metadata.title)


def test_site_works_without_a_network(build: Path) -> None:
    from bs4 import BeautifulSoup

    site = build / "60_report/html"
    pages = list(site.rglob("*.html"))
    assert len(pages) > 10
    anchors: dict[Path, set[str]] = {}

    def anchors_of(file: Path) -> set[str]:
        if file not in anchors:
            anchors[file] = set(re.findall(r'\sid="([^"]+)"', file.read_text("utf-8")))
        return anchors[file]

    for page in pages:
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        # The chapter "Summary" and the notebooks are in English.
        english = "summary" in page.name or page.parent.name == "obliczenia"
        assert soup.html is not None and soup.html.get("lang") == ("en" if english else "pl"), page.name
        for tag, attribute in (("script", "src"), ("link", "href"), ("img", "src"), ("source", "srcset")):
            for node in soup.find_all(tag):
                target = str(node.get(attribute) or "")
                assert not target.startswith(("http:", "https:", "//")), f"{page.name}: {target}"
                if target and not target.startswith(("data:", "#")):
                    assert (page.parent / target.split("?")[0].split("#")[0]).exists(), f"{page.name}: {target}"
        for image in soup.find_all("img"):
            assert image.has_attr("alt"), f"{page.name}: {image.get('src')} has no alt text"
        for link in soup.find_all("a"):
            target = str(link.get("href") or "")
            if target and not target.startswith(("http:", "https:", "mailto:", "#")):
                path, _, anchor = target.partition("#")
                file = page.parent / path.split("?")[0]
                assert file.exists(), f"{page.name}: {target}"
                if anchor and file.suffix == ".html":
                    assert anchor in anchors_of(file.resolve()), f"{page.name}: {target}"


def test_reconstruction_is_declared_where_answers_are_shown(build: Path) -> None:
    site = build / "60_report/html"
    pages = [p for p in [*site.glob("*.html"), *site.glob("liczby/*.html")] if p.name != "szukaj.html"]
    assert len(pages) > 150
    for page in pages:
        text = page.read_text("utf-8").lower()
        assert "odtworzon" in text or "zrekonstruowan" in text, page.name


def test_manifest_matches_the_files(root: Path, build: Path) -> None:
    manifest = json.loads((build / "manifest.json").read_text("utf-8"))
    for group, base in (("inputs", root), ("outputs", build)):
        assert manifest[group], group
        for name, digest in manifest[group].items():
            path = base / name if (base / name).is_file() else root / name
            assert sha256(path) == digest, f"{name} is not the file the manifest describes"


def test_readme_table_is_the_built_one(root: Path, build: Path) -> None:
    readme = generated_files(root)[Path("README.md")]
    assert (root / "README.md").read_text("utf-8") == readme, "run: klastry generated"


def test_no_path_of_this_machine_is_published(root: Path, build: Path) -> None:
    needle = str(root).encode()
    report = build / "60_report"
    found = [p.name for p in report.rglob("*") if p.is_file() and p.suffix != ".png" and needle in p.read_bytes()]
    assert not found


def test_contradicted_rows_of_the_ledger_name_their_proof(build: Path) -> None:
    ledger = table(build, "40_analyses/reproduction.csv")
    proofs = table(build, "40_analyses/contradictions.csv").set_index("id")
    statements = table(build, "40_analyses/contradiction_statements.csv")
    assert proofs.index.is_unique and set(statements["proof"]) == set(proofs.index)
    assert statements[statements["role"] == "member"].groupby("proof").size().ge(2).all()
    contradicted = ledger[(ledger["match"] == "contradicted") & (ledger["source"] != "claims")]
    assert len(contradicted) and contradicted["reason"].str.contains("proof ").all()
    named = contradicted["reason"].str.extractall(r"proof ([^;]+)")[0]
    assert set(named) <= set(proofs.index)


def test_disclosure_bounds_hold_the_scores_of_the_edition(build: Path) -> None:
    """Whoever published these tables has these scores: each lies in the interval of its profile."""
    intervals = table(build, "40_analyses/disclosure.csv").set_index(["code", "profile"])
    traits = table(build, "20_indicators/characteristics.csv").set_index("respondent_id").astype(str)
    scores = table(build, "30_scores/scores.csv").dropna(subset="score")
    dimensions = [part.split("=")[0] for part in intervals.index[0][1].split("; ")]
    assert len(dimensions) == 7
    # Groups outside of Tables 18-36: plans for the status (Figure 14), and any strategy.
    planned = traits["kkk_plans"].str.startswith("1")
    traits["status"] = np.select([traits["kkk"] == "KKK", planned], ["KKK", "plans"], "no plans")
    traits["strategy_any"] = traits["strategy"].where(traits["strategy"] == "updated", "behind")
    profile = traits[dimensions].apply(lambda row: "; ".join(f"{d}={row[d]}" for d in dimensions), axis=1)
    for row in scores.itertuples(index=False):
        bounds = intervals.loc[(row.code, profile[row.respondent_id])]
        assert bounds["low"] - 1e-9 <= row.score <= bounds["high"] + 1e-9, (row.code, row.respondent_id)
        if bounds["status"] == "narrow":
            assert bounds["width"] <= 0.02 + 1e-9
    assert intervals["respondents"].sum() == len(scores)
    assert not intervals["status"].eq("infeasible").any()


def test_disclosure_counts_are_the_printed_ones_and_name_nobody(build: Path) -> None:
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    intervals = table(build, "40_analyses/disclosure.csv")
    weight = intervals["respondents"]
    assert facts["disclosure.total.scores"]["value"] == weight.sum()
    assert facts["disclosure.total.narrow"]["value"] == weight[intervals["status"] == "narrow"].sum()
    assert facts["disclosure.total.single"]["value"] == weight[intervals["single"] == 1].sum()
    # What identifies a profile stays in the build: neither the report nor the published notebook shows it.
    profiles = set(intervals["profile"])
    for page in (build / "60_report/html").rglob("*.html"):
        text = page.read_text("utf-8")
        assert not any(profile in text for profile in profiles), page.name


def test_compose_gives_the_scores_of_the_build(root: Path, build: Path, tmp_path: Path) -> None:
    from analysis.cli import main

    data, framework = build / "20_indicators/indicators.csv", root / "data/framework/indicators.csv"
    args = ["compose", "--data", str(data), "--framework", str(framework), "--method", "default", "--out"]
    assert main([*args, str(tmp_path / "out")]) == 0
    for name in ("normalised.csv", "scores.csv", "treatment_log.csv"):
        ours, built = ((folder / name).read_bytes() for folder in (tmp_path / "out", build / "30_scores"))
        assert ours.replace(b"unit,", b"respondent_id,", 1) == built, name


def test_uncertainty_tables_agree_with_scores_facts_and_each_other(root: Path, build: Path) -> None:
    folder = build / "32_uncertainty"
    units, draws = table(build, "32_uncertainty/units.csv"), table(build, "32_uncertainty/draws.csv")
    scores = table(build, "30_scores/scores.csv")
    overall = scores[scores["code"] == "ALL"].set_index("respondent_id")
    assert units["unit"].is_unique and set(units["unit"]) == set(overall.index)
    assert units["score"].to_numpy() == pytest.approx(overall.loc[units["unit"], "score"].to_numpy())
    assert units["rank"].tolist() == overall.loc[units["unit"], "rank"].tolist()
    for prefix in ("rank", "score"):
        steps = units[[f"{prefix}_p{p}" for p in (5, 25, 50, 75, 95)]].to_numpy()
        assert (np.diff(steps, axis=1) >= -1e-12).all()
    assert units["p_top_3"].sum() == pytest.approx(3, abs=0.05) and units["p_top_1"].sum() == pytest.approx(1, abs=0.05)
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    assert facts["robust.draws"]["value"] == len(draws)
    rows = table(build, "32_uncertainty/comparisons.csv").astype({"other": str}).set_index(["group", "other", "code"])
    for code, name in (("*", "every"), ("ALL", "ALL"), ("III", "III")):
        share = rows.at[("KKK", "not KKK", code), "probability"]
        assert facts[f"robust.gap.kkk.{name}"]["value"] == pytest.approx(100 * share)
        assert facts[f"robust.gap.kkk.{name}.draws"]["value"] == round(share * len(draws))
    sobol = pd.read_csv(folder / "sobol.csv", keep_default_na=True)
    every = sobol[sobol["output"] == "*"].set_index("input")
    assert every["total"].idxmax() in set(table(build, "32_uncertainty/decisive.csv")["input"])
    assert (every["total"] >= every["first"] - 0.1).all() and every["total"].between(-0.05, 1.05).all()


def test_nobody_is_named_where_uncertainty_is_published(build: Path) -> None:
    respondents = table(build, "30_scores/scores.csv")["respondent_id"].unique()
    figure = (build / "40_analyses/figures/figure-50.csv").read_text("utf-8")
    page = next((build / "60_report/html").rglob("*32_uncertainty*.html")).read_text("utf-8")
    chapter = next((build / "60_report/html").glob("13-7*.html")).read_text("utf-8")
    for text in (figure, chapter):
        assert not any(f'"{r}"' in text or f"{r}," in text or f">{r}<" in text for r in respondents)
    assert not any(f">{r}<" in page for r in respondents)


def test_coherence_tables_hold_every_group(root: Path, build: Path) -> None:
    framework = load_framework(root / "data")
    consistency = table(build, "31_coherence/consistency.csv").set_index("code")
    sizes = framework.indicators["subarea"].value_counts()
    assert set(consistency.index) == {*sizes.index[sizes > 1], *framework.areas.index, "ALL"}
    path = table(build, "31_coherence/redundancy_path.csv")
    facts = json.loads((build / "facts.json").read_text("utf-8"))
    kept = facts["coherence.kept"]["value"]
    assert path.loc[path["kept"] == kept, "tau"].iloc[0] >= 0.95 and kept < 90
