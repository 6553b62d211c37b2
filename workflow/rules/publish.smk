# From facts and exhibits to the published report. Formats are made beside each other in 50_chapters/out; 60_report is
# replaced only when all of them are there, so a failed build leaves the last good report as it was.

REPORT_FILES = sorted(
    str(p) for p in Path("report").rglob("*") if p.is_file() and not {"style", "individual"} & set(p.parts)
)
STYLE_FILES = sorted(str(p) for p in Path("report/style").rglob("*") if p.is_file())
OUT = BUILD + "/50_chapters/out"
# What stands beside a printed report is not made where there is none.
BESIDE_PRINT = set() if PRINTED else {38, 39, 40, 53, 63}
ALL_EXHIBITS = [
    *exhibits("table", *[no for no in range(1, 75) if no not in BESIDE_PRINT]),
    *exhibits("figure", *range(1, 72)),
]


rule figures:
    input:
        rules.scores_30.output,
        exhibits("figure", *range(1, 72)),


rule chapters_50:
    input:
        facts=rules.facts.output,
        exhibits=ALL_EXHIBITS,
        report=REPORT_FILES,
        edition=f"data/editions/{EDITION}/edition.yaml",
    output:
        book=ensure(BUILD + "/50_chapters/book.json", non_empty=True),
        text=BUILD + "/50_chapters/book.md",
    log:
        BUILD + "/logs/50_chapters.log",
    params:
        method=method("words"),
        shield=shield(),
        framework=framework(),
        knowledge=knowledge(),
        code=package("publish", "narrative", "knowledge", "disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression"),
    priority: 83
    message:
        "50_chapters"
    shell:
        PUBLISH + "--log {log} chapters"


rule html:
    input:
        book=rules.chapters_50.output,
        style=STYLE_FILES,
        # The ledger of numbers names elements and questions, and shows the raw cells.
        raw=raw_files(),
        # Executed notebooks are published for reading ("Obliczenia"); their tables and facts are what the book rests on.
        notebooks=expand(
            BUILD + "/notebooks/{name}.ipynb",
            name=[
                "10_validation",
                "12_knowledge",
                "20_indicators",
                "21_sample",
                "22_indicator_statistics",
                "23_indicator_profiles",
                "30_scores",
                "31_coherence",
                "32_uncertainty",
                "33_weights",
                "34_score_drivers",
                "36_protection",
                "37_sector_profiles",
                "38_selected_results",
                "39_subareas",
                "40_cross_sections",
                "41_sector_clusters",
                "42_cooperation_graph",
                "43_resilience",
                "44_members_survey",
                "45_website_audit",
                "46_trends",
                "47_edition_bridge",
                "48_disclosure",
                *(["35_printed_report", "49_reproduction"] if PRINTED else []),
                "51_partners",
                "52_good_practices",
                "53_recommendations",
            ],
        ),
    output:
        OUT + "/html/index.html",
    log:
        BUILD + "/logs/60_html.log",
    params:
        framework=framework(),
    priority: 82
    resources:
        mem_mb=1500,
        runtime=30,
    message:
        "60_report: html"
    shell:
        PUBLISH + "--log {log} html"


rule pdf:
    input:
        book=rules.chapters_50.output,
        style=STYLE_FILES,
    output:
        f"{OUT}/raport-ogolny-{EDITION}.pdf",
    log:
        BUILD + "/logs/60_pdf.log",
    priority: 68
    resources:
        mem_mb=2000,
        runtime=30,
    message:
        "60_report: pdf"
    shell:
        PUBLISH + "--log {log} pdf"


rule docx:
    input:
        book=rules.chapters_50.output,
        style=STYLE_FILES,
    output:
        f"{OUT}/raport-ogolny-{EDITION}.docx",
    log:
        BUILD + "/logs/60_docx.log",
    message:
        "60_report: docx"
    shell:
        PUBLISH + "--log {log} docx"


rule epub:
    input:
        book=rules.chapters_50.output,
        style=STYLE_FILES,
    output:
        f"{OUT}/raport-ogolny-{EDITION}.epub",
    log:
        BUILD + "/logs/60_epub.log",
    message:
        "60_report: epub"
    shell:
        PUBLISH + "--log {log} epub"


rule annex:
    input:
        exhibits=ALL_EXHIBITS,
        tables=expand(
            BUILD + "/40_analyses/{name}.csv",
            name=["cross_sections", "indicator_statistics", "answer_shares"],
        ),
        members=BUILD + "/44_members_survey/estimates.csv",
        licence=f"{RAW}/coordinators.csv.source.yaml",
        edition=f"data/editions/{EDITION}/edition.yaml",
        plan=plan(),
    output:
        f"{OUT}/aneks-statystyczny-{EDITION}.xlsx",
        f"{OUT}/statistical-annex-{EDITION}.xlsx",
        OUT + "/dane/datapackage.json",
    log:
        BUILD + "/logs/60_annex.log",
    params:
        shield=shield(),
        framework=framework(),
        code=package("publish", "disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression"),
    message:
        "60_report: xlsx"
    shell:
        PUBLISH + "--log {log} annex"


rule publish:
    input:
        html=rules.html.output,
        pdf=rules.pdf.output,
        docx=rules.docx.output,
        epub=rules.epub.output,
        xlsx=rules.annex.output,
        individual=rules.individual_reports.output,
        attack=rules.disclosure_48.output.summary,
        outline="report/exhibits.csv",
    output:
        # One file stands for the folder, which is swapped as a whole; naming its files as outputs would let the
        # workflow delete the last good report before the new one is ready.
        BUILD + "/logs/60_report.done",
    log:
        BUILD + "/logs/60_report.log",
    message:
        "60_report"
    shell:
        PUBLISH + "--log {log} publish && touch {output}"


rule exhibits_en:
    input:
        facts=rules.facts.output,
        exhibits=ALL_EXHIBITS,
        notebooks=sorted(str(p) for p in Path("notebooks").glob("[0-9]*.ipynb")),
        labels=REPORT_FILES,
        script="workflow/scripts/translate_exhibits.py",
    output:
        # The exhibits are written beside it, as many as the notebooks make.
        BUILD + "/logs/40_exhibits_en.done",
    log:
        BUILD + "/logs/40_exhibits_en.log",
    params:
        framework=framework(),
        knowledge=knowledge(),
        code=package("charts", "tables", "reproduction", "knowledge"),
    message:
        "40_analyses, English"
    shell:
        f"{STEP}translate_exhibits.py --language en --edition {EDITION} --method {METHOD} "
        f"--build {BUILD} --log {{log}} && touch {{output}}"


rule english:
    input:
        exhibits=rules.exhibits_en.output,
        report=rules.publish.output,
        style=STYLE_FILES,
        labels=REPORT_FILES,
    output:
        BUILD + "/logs/60_report_en.done",
    log:
        BUILD + "/logs/60_report_en.log",
    params:
        code=package("publish"),
    resources:
        mem_mb=3000,
        runtime=30,
    message:
        "60_report, English"
    shell:
        PUBLISH + "--log {log} english && touch {output}"


rule manifest:
    input:
        report=rules.publish.output,
        ledger=rules.reproduction_49.output.ledger if PRINTED else [],
        facts=rules.facts.output,
        hashed=hashed_inputs(),
    output:
        BUILD + "/manifest.json",
    log:
        BUILD + "/logs/manifest.log",
    message:
        "manifest"
    shell:
        PUBLISH + "--log {log} manifest"
