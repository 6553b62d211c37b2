# The individual reports: one notebook run once for each respondent in the data, one template. Which respondents there
# are is known only from the data, so one listing stands for all their files; it is written last.

INDIVIDUAL = BUILD + "/40_analyses/individual"
INDIVIDUAL_FILES = sorted(str(p) for p in Path("report/individual").rglob("*") if p.is_file())


rule individual_notebooks:
    input:
        notebook="notebooks/individual/report.ipynb",
        runner=[f"workflow/scripts/{name}.py" for name in ("run_individual", "run_notebook")],
        tables=rules.validation_10.output.tables,
        indicators=rules.indicators_20.output.indicators,
        characteristics=rules.indicators_20.output.characteristics,
        normalised=rules.scores_30.output.normalised,
        scores=rules.scores_30.output.scores,
        treatment=rules.scores_30.output.log,
        statistics=rules.indicator_statistics_22.output.statistics,
        cross=rules.cross_sections_40.output.cross,
        uncertainty=rules.uncertainty_32.output.tables,
        graph=rules.cooperation_graph_42.output.tables,
        partners=rules.partners_51.output.tables,
        resilience=rules.resilience_43.output.tables,
        records=rules.knowledge_12.output.facts,
        labels="report/labels/pl.yaml",
        example="data/examples/strategy_microepc.yaml",
        strategies=sorted(str(p) for p in Path(f"data/editions/{EDITION}/strategies").glob("*.yaml")),
        private=private_files(),
        edition=f"data/editions/{EDITION}/edition.yaml",
        plan=plan(),
    output:
        ensure(INDIVIDUAL + "/respondents.csv", non_empty=True),
    log:
        BUILD + "/logs/individual.log",
    # Two processes share this step, but it does not wait for two free cores: something else may run beside it.
    threads: 1
    params:
        name="individual",
        method=method(*STEPS, "individual", "cooperation"),
        shield=shield(),
        framework=framework(),
        knowledge=knowledge(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "profiles", "composite", "contingency", "cooperation", "knowledge", "opinions", "charts", "tables"),
    priority: 70
    resources:
        mem_mb=2000,
        runtime=30,
    message:
        "individual: notebooks"
    shell:
        STEP
        + "run_individual.py --build "
        + BUILD
        + " --log {log} --jobs 2 -p edition "
        + f"{EDITION} -p method {METHOD} -p data_dir ../data -p build_dir ../{BUILD}"


rule individual_reports:
    input:
        respondents=rules.individual_notebooks.output,
        template=INDIVIDUAL_FILES,
        lint="report/lint.yaml",
        style=sorted(str(p) for p in Path("report/style").rglob("*") if p.is_file()),
        edition=f"data/editions/{EDITION}/edition.yaml",
    output:
        ensure(BUILD + "/50_chapters/out/individual/index.html", non_empty=True),
    log:
        BUILD + "/logs/60_individual.log",
    threads: 1
    params:
        method=method("words"),
        knowledge=knowledge(),
        code=package("publish", "knowledge"),
    priority: 69
    resources:
        mem_mb=2500,
        runtime=30,
    message:
        "60_report: individual reports"
    shell:
        PUBLISH + "--log {log} individual"
