# From raw files to tables, facts and exhibits: papermill-run notebooks.


rule validation_10:
    input:
        notebook="notebooks/10_validation.ipynb",
        raw=raw_files(),
    output:
        tables=ensure(expand(BUILD + "/10_validated/{name}.csv", name=[*INSTRUMENTS, "registry", *COOPERATION]), non_empty=True),
        completeness=BUILD + "/10_validated/completeness.csv",
        summary=BUILD + "/10_validated/summary.csv",
        notes=BUILD + "/10_validated/notes.csv",
        facts=BUILD + "/40_analyses/facts/10_validation.json",
        notebook=BUILD + "/notebooks/10_validation.ipynb",
    log:
        BUILD + "/logs/10_validation.log",
    params:
        name="10_validation",
        framework=framework(),
        code=package("ingest", "schemas"),
    priority: 100
    message:
        "10_validation"
    shell:
        NOTEBOOK


rule knowledge_12:
    input:
        notebook="notebooks/12_knowledge.ipynb",
        edition=f"data/editions/{EDITION}/edition.yaml",
        labels=["report/labels/pl.yaml", "report/labels/exhibits_pl.yaml"],
    output:
        exhibits("table", *range(69, 73)),
        checks=BUILD + "/40_analyses/register_checks.csv",
        funnel=BUILD + "/40_analyses/recruitment.csv",
        summary=ensure(BUILD + "/40_analyses/knowledge.csv", non_empty=True),
        facts=BUILD + "/40_analyses/facts/12_knowledge.json",
        notebook=BUILD + "/notebooks/12_knowledge.ipynb",
    log:
        BUILD + "/logs/12_knowledge.log",
    params:
        name="12_knowledge",
        framework=framework(),
        knowledge=knowledge(),
        code=package("knowledge", "publish.numbers", "tables"),
    message:
        "12_knowledge"
    shell:
        NOTEBOOK


rule indicators_20:
    input:
        notebook="notebooks/20_indicators.ipynb",
        tables=rules.validation_10.output.tables,
    output:
        indicators=ensure(BUILD + "/20_indicators/indicators.csv", non_empty=True),
        characteristics=ensure(BUILD + "/20_indicators/characteristics.csv", non_empty=True),
        lineage=BUILD + "/20_indicators/lineage.csv",
        facts=BUILD + "/40_analyses/facts/20_indicators.json",
        notebook=BUILD + "/notebooks/20_indicators.ipynb",
    log:
        BUILD + "/logs/20_indicators.log",
    params:
        name="20_indicators",
        method=method("cross_sections"),
        framework=framework(),
        code=package("indicators"),
    priority: 99
    message:
        "20_indicators"
    shell:
        NOTEBOOK


rule protection_36:
    input:
        notebook="notebooks/36_protection.ipynb",
        scores=BUILD + "/30_scores/scores.csv",
        indicators=rules.indicators_20.output.indicators,
        characteristics=rules.indicators_20.output.characteristics,
    output:
        plan=ensure(BUILD + "/36_protection/plan.csv", non_empty=True),
        notebook=BUILD + "/notebooks/36_protection.ipynb",
    log:
        BUILD + "/logs/36_protection.log",
    params:
        name="36_protection",
        method=method("disclosure", "cross_sections", "normalisation"),
        framework=framework(),
        code=package("disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "profiles", "composite.quantiles", "tables"),
    priority: 97
    message:
        "36_protection"
    shell:
        NOTEBOOK


rule sample_21:
    input:
        notebook="notebooks/21_sample.ipynb",
        tables=rules.validation_10.output.tables,
        characteristics=rules.indicators_20.output.characteristics,
        previous=previous_files(),
    output:
        exhibits("table", 3, 4),
        exhibits("figure", *range(1, 13)),
        facts=BUILD + "/40_analyses/facts/21_sample.json",
        notebook=BUILD + "/notebooks/21_sample.ipynb",
    log:
        BUILD + "/logs/21_sample.log",
    params:
        name="21_sample",
        method=method("cross_sections"),
        framework=framework(),
        code=package("profiles", "composite.quantiles", "charts", "tables"),
    message:
        "21_sample"
    shell:
        NOTEBOOK


rule indicator_statistics_22:
    input:
        notebook="notebooks/22_indicator_statistics.ipynb",
        tables=rules.validation_10.output.tables,
        indicators=rules.indicators_20.output.indicators,
        plan=plan(),
    output:
        exhibits("table", *range(13, 18)),
        statistics=BUILD + "/40_analyses/indicator_statistics.csv",
        shares=BUILD + "/40_analyses/answer_shares.csv",
        facts=BUILD + "/40_analyses/facts/22_indicator_statistics.json",
        notebook=BUILD + "/notebooks/22_indicator_statistics.ipynb",
    log:
        BUILD + "/logs/22_indicator_statistics.log",
    params:
        name="22_indicator_statistics",
        shield=shield(),
        framework=framework(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "profiles", "composite.quantiles", "charts", "tables"),
    priority: 95
    message:
        "22_indicator_statistics"
    shell:
        NOTEBOOK


rule indicator_profiles_23:
    input:
        notebook="notebooks/23_indicator_profiles.ipynb",
        tables=rules.validation_10.output.tables,
        indicators=rules.indicators_20.output.indicators,
        statistics=rules.indicator_statistics_22.output.statistics,
        shares=rules.indicator_statistics_22.output.shares,
        previous=previous_files(),
    output:
        exhibits("figure", 29),
        profiles=ensure(BUILD + "/40_analyses/indicator_profiles.csv", non_empty=True),
        previous_shares=BUILD + "/40_analyses/previous_option_shares.csv",
        facts=BUILD + "/40_analyses/facts/23_indicator_profiles.json",
        notebook=BUILD + "/notebooks/23_indicator_profiles.ipynb",
    log:
        BUILD + "/logs/23_indicator_profiles.log",
    params:
        name="23_indicator_profiles",
        framework=framework(),
        code=package("profiles", "composite.quantiles", "charts", "tables"),
    message:
        "23_indicator_profiles"
    shell:
        NOTEBOOK


rule scores_30:
    input:
        notebook="notebooks/30_scores.ipynb",
        indicators=rules.indicators_20.output.indicators,
    output:
        normalised=ensure(BUILD + "/30_scores/normalised.csv", non_empty=True),
        scores=ensure(BUILD + "/30_scores/scores.csv", non_empty=True),
        log=BUILD + "/30_scores/treatment_log.csv",
        facts=BUILD + "/40_analyses/facts/30_scores.json",
        notebook=BUILD + "/notebooks/30_scores.ipynb",
    log:
        BUILD + "/logs/30_scores.log",
    params:
        name="30_scores",
        method=method(*STEPS),
        framework=framework(),
        code=package("composite", "tables"),
    priority: 98
    message:
        "30_scores"
    shell:
        NOTEBOOK


rule coherence_31:
    input:
        notebook="notebooks/31_coherence.ipynb",
        indicators=rules.indicators_20.output.indicators,
    output:
        consistency=ensure(BUILD + "/31_coherence/consistency.csv", non_empty=True),
        parents=BUILD + "/31_coherence/parent_correlations.csv",
        siblings=BUILD + "/31_coherence/group_correlations.csv",
        collinear=BUILD + "/31_coherence/collinear_pairs.csv",
        path=BUILD + "/31_coherence/redundancy_path.csv",
        lost=BUILD + "/31_coherence/redundancy_lost.csv",
        one_out=BUILD + "/31_coherence/leave_one_out.csv",
        facts=BUILD + "/40_analyses/facts/31_coherence.json",
        notebook=BUILD + "/notebooks/31_coherence.ipynb",
    log:
        BUILD + "/logs/31_coherence.log",
    params:
        name="31_coherence",
        method=method(*STEPS),
        framework=framework(),
        code=package("composite", "tables"),
    message:
        "31_coherence"
    shell:
        NOTEBOOK


rule uncertainty_32:
    input:
        notebook="notebooks/32_uncertainty.ipynb",
        indicators=rules.indicators_20.output.indicators,
        characteristics=rules.indicators_20.output.characteristics,
    output:
        exhibits("figure", 50, 51),
        tables=[
            f"{BUILD}/32_uncertainty/{name}.csv"
            for name in (
                "draws",
                "units",
                "neighbours",
                "elements",
                "groups",
                "comparisons",
                "slopes",
                "sobol",
                "decisive",
                "variant_ranks",
                "variants",
            )
        ],
        facts=BUILD + "/40_analyses/facts/32_uncertainty.json",
        notebook=BUILD + "/notebooks/32_uncertainty.ipynb",
    log:
        BUILD + "/logs/32_uncertainty.log",
    params:
        name="32_uncertainty",
        method=method(*STEPS, "uncertainty", "cross_sections", "seed"),
        shield=shield(),
        variants=variant_methods(),
        framework=framework(),
        code=package("composite", "charts", "tables"),
    priority: 87
    message:
        "32_uncertainty"
    shell:
        NOTEBOOK


rule weights_33:
    input:
        notebook="notebooks/33_weights.ipynb",
        normalised=rules.scores_30.output.normalised,
        characteristics=rules.indicators_20.output.characteristics,
    output:
        page=ensure(BUILD + "/33_weights/explorer.json", non_empty=True),
        notebook=BUILD + "/notebooks/33_weights.ipynb",
    log:
        BUILD + "/logs/33_weights.log",
    params:
        name="33_weights",
        method=method(*STEPS),
        framework=framework(),
        code=package("composite", "tables"),
    message:
        "33_weights"
    shell:
        NOTEBOOK


rule score_drivers_34:
    input:
        notebook="notebooks/34_score_drivers.ipynb",
        scores=rules.scores_30.output.scores,
        characteristics=rules.indicators_20.output.characteristics,
        previous=previous_files(),
    output:
        exhibits("figure", 17, 18),
        drivers=BUILD + "/40_analyses/score_drivers.csv",
        facts=BUILD + "/40_analyses/facts/34_score_drivers.json",
        notebook=BUILD + "/notebooks/34_score_drivers.ipynb",
    log:
        BUILD + "/logs/34_score_drivers.log",
    params:
        name="34_score_drivers",
        shield=shield(),
        framework=framework(),
        code=package("profiles", "composite.quantiles", "charts", "tables"),
    message:
        "34_score_drivers"
    shell:
        NOTEBOOK


rule cross_sections_40:
    input:
        notebook="notebooks/40_cross_sections.ipynb",
        scores=rules.scores_30.output.scores,
        characteristics=rules.indicators_20.output.characteristics,
        previous=previous_files(),
        plan=plan(),
    output:
        exhibits("table", 1, 2, 12, *range(18, 37)),
        exhibits("figure", 13, 14, 15, 16, 19, 40, 48),
        cross=ensure(BUILD + "/40_analyses/cross_sections.csv", non_empty=True),
        strengths=BUILD + "/40_analyses/strengths.csv",
        sides=BUILD + "/40_analyses/sector_sides.csv",
        ends=BUILD + "/40_analyses/area_ends.csv",
        spread=BUILD + "/40_analyses/spread.csv",
        facts=BUILD + "/40_analyses/facts/40_cross_sections.json",
        notebook=BUILD + "/notebooks/40_cross_sections.ipynb",
    log:
        BUILD + "/logs/40_cross_sections.log",
    params:
        name="40_cross_sections",
        method=method("cross_sections", "strengths"),
        shield=shield(),
        framework=framework(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "profiles", "composite.quantiles", "charts", "tables"),
    priority: 96
    message:
        "40_cross_sections"
    shell:
        NOTEBOOK


rule members_survey_44:
    input:
        notebook="notebooks/44_members_survey.ipynb",
        tables=rules.validation_10.output.tables,
        characteristics=rules.indicators_20.output.characteristics,
        labels=[f"report/labels/{name}.yaml" for name in ("pl", "en", "exhibits_pl", "exhibits_en")],
        plan=plan(),
    output:
        exhibits("table", 37, *range(58, 63)),
        exhibits("figure", *range(64, 70)),
        survey=ensure(BUILD + "/40_analyses/members_survey.csv", non_empty=True),
        tables=[
            f"{BUILD}/44_members_survey/{name}.csv"
            for name in ("estimates", "differences", "priorities", "by_cluster", "triangulation", "contradictions")
        ],
        facts=BUILD + "/40_analyses/facts/44_members_survey.json",
        notebook=BUILD + "/notebooks/44_members_survey.ipynb",
    log:
        BUILD + "/logs/44_members_survey.log",
    params:
        name="44_members_survey",
        method=method("opinions", "seed"),
        shield=shield(),
        framework=framework(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "opinions", "charts", "tables"),
    priority: 94
    message:
        "44_members_survey"
    shell:
        NOTEBOOK


rule website_audit_45:
    input:
        notebook="notebooks/45_website_audit.ipynb",
        tables=rules.validation_10.output.tables,
        knowledge="data/knowledge/web_recommendations.yaml",
    output:
        exhibits("figure", 49),
        exhibits("table", 73, 74),
        criteria=ensure(BUILD + "/45_website_audit/criteria.csv", non_empty=True),
        tables=[f"{BUILD}/45_website_audit/{name}.csv" for name in ("distribution", "bands")],
        facts=BUILD + "/40_analyses/facts/45_website_audit.json",
        notebook=BUILD + "/notebooks/45_website_audit.ipynb",
    log:
        BUILD + "/logs/45_website_audit.log",
    params:
        name="45_website_audit",
        framework=framework(),
        code=package("accessibility", "charts", "tables"),
    message:
        "45_website_audit"
    shell:
        NOTEBOOK


rule subareas_39:
    input:
        notebook="notebooks/39_subareas.ipynb",
        cross=rules.cross_sections_40.output.cross,
        plan=plan(),
    output:
        exhibits("table", *range(5, 10)),
        exhibits("figure", *range(20, 29), *range(30, 40)),
        notebook=BUILD + "/notebooks/39_subareas.ipynb",
    log:
        BUILD + "/logs/39_subareas.log",
    params:
        name="39_subareas",
        shield=shield(),
        framework=framework(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "charts", "tables"),
    message:
        "39_subareas"
    shell:
        NOTEBOOK


rule sector_profiles_37:
    input:
        notebook="notebooks/37_sector_profiles.ipynb",
        indicators=rules.indicators_20.output.indicators,
        characteristics=rules.indicators_20.output.characteristics,
        normalised=rules.scores_30.output.normalised,
        cross=rules.cross_sections_40.output.cross,
        plan=plan(),
    output:
        exhibits("table", 10),
        tables=[f"{BUILD}/37_sector_profiles/{name}.csv" for name in ("means", "contrasts", "leaders")],
        facts=BUILD + "/40_analyses/facts/37_sector_profiles.json",
        notebook=BUILD + "/notebooks/37_sector_profiles.ipynb",
    log:
        BUILD + "/logs/37_sector_profiles.log",
    params:
        name="37_sector_profiles",
        shield=shield(),
        framework=framework(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "profiles", "composite.quantiles", "charts", "tables"),
    message:
        "37_sector_profiles"
    shell:
        NOTEBOOK


rule selected_results_38:
    input:
        notebook="notebooks/38_selected_results.ipynb",
        tables=rules.validation_10.output.tables,
        indicators=rules.indicators_20.output.indicators,
        characteristics=rules.indicators_20.output.characteristics,
        edition=f"data/editions/{EDITION}/edition.yaml",
    output:
        exhibits("figure", 41, 42, 43, 44),
        facts=BUILD + "/40_analyses/facts/38_selected_results.json",
        notebook=BUILD + "/notebooks/38_selected_results.ipynb",
    log:
        BUILD + "/logs/38_selected_results.log",
    params:
        name="38_selected_results",
        framework=framework(),
        code=package("profiles", "composite.quantiles", "charts", "tables"),
    message:
        "38_selected_results"
    shell:
        NOTEBOOK


rule trends_46:
    input:
        notebook="notebooks/46_trends.ipynb",
        tables=rules.validation_10.output.tables,
        indicators=rules.indicators_20.output.indicators,
        scores=rules.scores_30.output.scores,
        previous=previous_files(),
        history=HISTORY,
        plan=plan(),
    output:
        exhibits("table", 11, 45),
        exhibits("figure", 46, 47),
        history=ensure(BUILD + "/46_trends/history.csv", non_empty=True),
        trends=ensure(BUILD + "/46_trends/trends.csv", non_empty=True),
        implied=BUILD + "/46_trends/implied_totals.csv",
        facts=BUILD + "/40_analyses/facts/46_trends.json",
        notebook=BUILD + "/notebooks/46_trends.ipynb",
    log:
        BUILD + "/logs/46_trends.log",
    params:
        name="46_trends",
        shield=shield(),
        framework=framework(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "profiles", "composite.quantiles", "charts", "tables"),
    priority: 40
    message:
        "46_trends"
    shell:
        NOTEBOOK


rule edition_bridge_47:
    input:
        notebook="notebooks/47_edition_bridge.ipynb",
        example=sorted(str(p) for p in Path("data/examples/bridge").rglob("*.*")),
        previous=previous_files(),
    output:
        exhibits("table", 46),
        exhibits("figure", 53),
        tables=[
            f"{BUILD}/47_edition_bridge/{name}.csv"
            for name in ("contributions", "ranges", "frames", "units", "ingredients")
        ],
        facts=BUILD + "/40_analyses/facts/47_edition_bridge.json",
        notebook=BUILD + "/notebooks/47_edition_bridge.ipynb",
    log:
        BUILD + "/logs/47_edition_bridge.log",
    params:
        name="47_edition_bridge",
        framework=framework(),
        code=package("bridge", "composite", "compose", "charts", "tables"),
    message:
        "47_edition_bridge"
    shell:
        NOTEBOOK


rule sector_clusters_41:
    input:
        notebook="notebooks/41_sector_clusters.ipynb",
        indicators=rules.indicators_20.output.indicators,
        characteristics=rules.indicators_20.output.characteristics,
        normalised=rules.scores_30.output.normalised,
        scores=rules.scores_30.output.scores,
        labels=["report/labels/pl.yaml", "report/labels/exhibits_pl.yaml"],
        plan=plan(),
    output:
        exhibits("figure", 54, 55, 56, 57, 58),
        exhibits("table", 47, 48, 49, 50, 51),
        tables=[
            f"{BUILD}/41_sector_clusters/{name}.csv"
            for name in (
                "filled",
                "differences",
                "permanova",
                "sector_merges",
                "sector_distances",
                "nearest_sector",
                "nearest_test",
                "validity",
                "gap",
                "bic",
                "labels",
                "types",
                "profiles",
                "stability",
                "stability_partitions",
                "agreement",
                "traits",
                "leave_one_out",
                "plane",
            )
        ],
        page=BUILD + "/41_sector_clusters/sector_map.json",
        facts=BUILD + "/40_analyses/facts/41_sector_clusters.json",
        notebook=BUILD + "/notebooks/41_sector_clusters.ipynb",
    log:
        BUILD + "/logs/41_sector_clusters.log",
    params:
        name="41_sector_clusters",
        method=method(*STEPS, "clustering", "seed"),
        shield=shield(),
        framework=framework(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "contingency", "clustering", "composite", "charts", "tables"),
    priority: 89
    message:
        "41_sector_clusters"
    shell:
        NOTEBOOK + " -p features method -p algorithm method -p k 0 -p seed 0"


rule cooperation_graph_42:
    input:
        notebook="notebooks/42_cooperation_graph.ipynb",
        tables=rules.validation_10.output.tables,
        edition=f"data/editions/{EDITION}/edition.yaml",
        labels=["report/labels/pl.yaml", "report/labels/exhibits_pl.yaml"],
    output:
        exhibits("figure", 45, 52),
        exhibits("table", 41, 42, 43),
        tables=[
            f"{BUILD}/42_cooperation_graph/{name}"
            for name in (
                "definitions.csv",
                "node_measures.csv",
                "graphs.csv",
                "cluster_edges.csv",
                "bipartite.csv",
                "sector_mixing.csv",
                "bridges.csv",
                "brokerage.csv",
                "brokerage_test.csv",
                "communities.csv",
                "agreement.csv",
                "null_models.csv",
                "small_world.csv",
                "r_index.csv",
                "curves.csv",
                "node_losses.csv",
                "best_ties.csv",
                "models.csv",
            )
        ],
        page=BUILD + "/42_cooperation_graph/network.json",
        graphml=BUILD + "/42_cooperation_graph/siec.graphml",
        gexf=BUILD + "/42_cooperation_graph/siec.gexf",
        facts=BUILD + "/40_analyses/facts/42_cooperation_graph.json",
        notebook=BUILD + "/notebooks/42_cooperation_graph.ipynb",
    log:
        BUILD + "/logs/42_cooperation_graph.log",
    params:
        name="42_cooperation_graph",
        method=method("cooperation", "seed"),
        framework=framework(),
        code=package("contingency", "cooperation", "charts", "tables"),
    priority: 90
    message:
        "42_cooperation_graph"
    shell:
        NOTEBOOK + " -p expansion method -p projection method -p seed 0"


rule partners_51:
    input:
        notebook="notebooks/51_partners.ipynb",
        tables=rules.validation_10.output.tables,
        scores=rules.scores_30.output.scores,
        characteristics=rules.indicators_20.output.characteristics,
        edition=f"data/editions/{EDITION}/edition.yaml",
        link=private_files(),
        labels=["report/labels/pl.yaml", "report/labels/exhibits_pl.yaml"],
    output:
        exhibits("table", 44),
        tables=[f"{BUILD}/42_cooperation_graph/{name}.csv" for name in ("matching", "hidden_ties", "matching_respondents")],
        facts=BUILD + "/40_analyses/facts/51_partners.json",
        notebook=BUILD + "/notebooks/51_partners.ipynb",
    log:
        BUILD + "/logs/51_partners.log",
    params:
        name="51_partners",
        method=method("cooperation"),
        framework=framework(),
        code=package("contingency", "cooperation", "charts", "tables"),
    priority: 89
    message:
        "51_partners"
    shell:
        NOTEBOOK + " -p expansion method -p projection method"


rule disclosure_48:
    input:
        notebook="notebooks/48_disclosure.ipynb",
        cross=rules.cross_sections_40.output.cross,
        scores=rules.scores_30.output.scores,
        characteristics=rules.indicators_20.output.characteristics,
        plan=rules.protection_36.output.plan,
        indicators=rules.indicators_20.output.indicators,
        normalised=rules.scores_30.output.normalised,
        shares=rules.indicator_statistics_22.output.shares,
        members=BUILD + "/44_members_survey/estimates.csv",
    output:
        intervals=ensure(BUILD + "/40_analyses/disclosure.csv", non_empty=True),
        summary=BUILD + "/40_analyses/disclosure_summary.csv",
        effect=BUILD + "/40_analyses/disclosure_effect.csv",
        signs=BUILD + "/40_analyses/disclosure_signs.csv",
        small=BUILD + "/40_analyses/disclosure_small_groups.csv",
        crossings=BUILD + "/40_analyses/disclosure_crossings.csv",
        more=[f"{BUILD}/40_analyses/disclosure_{name}.csv" for name in ("linked", "exposure", "lists", "protected")],
        facts=BUILD + "/40_analyses/facts/48_disclosure.json",
        notebook=BUILD + "/notebooks/48_disclosure.ipynb",
    log:
        BUILD + "/logs/48_disclosure.log",
    params:
        name="48_disclosure",
        method=method("disclosure", "cross_sections", "normalisation"),
        framework=framework(),
        code=package("disclosure", "profiles", "composite.quantiles", "charts", "tables"),
    priority: 93
    resources:
        mem_mb=1500,
        runtime=60,
    message:
        "48_disclosure"
    shell:
        NOTEBOOK


if PRINTED:

    rule printed_report_35:
        input:
            notebook="notebooks/35_printed_report.ipynb",
            published=edition_files("published", "reproduction"),
            edition=f"data/editions/{EDITION}/edition.yaml",
            labels=["report/labels/pl.yaml", "report/labels/exhibits_pl.yaml"],
        output:
            consistency=ensure(BUILD + "/40_analyses/consistency.csv", non_empty=True),
            consistency_summary=BUILD + "/40_analyses/consistency_summary.csv",
            known=BUILD + "/40_analyses/known_contradictions.csv",
            proofs=ensure(BUILD + "/40_analyses/contradictions.csv", non_empty=True),
            statements=BUILD + "/40_analyses/contradiction_statements.csv",
            bases=BUILD + "/40_analyses/member_bases.csv",
            exhibits=exhibits("table", 38, 39, 40, 63),
            facts=BUILD + "/40_analyses/facts/35_printed_report.json",
            notebook=BUILD + "/notebooks/35_printed_report.ipynb",
        log:
            BUILD + "/logs/35_printed_report.log",
        params:
            name="35_printed_report",
            framework=framework(),
            code=package("reproduction", "opinions.tabulation", "opinions.counts", "tables"),
        priority: 93
        resources:
            mem_mb=1500,
            runtime=60,
        message:
            "35_printed_report"
        shell:
            NOTEBOOK

    rule reproduction_49:
        input:
            notebook="notebooks/49_reproduction.ipynb",
            published=edition_files("published", "reproduction"),
            previous=previous_files(),
            history="data/editions/history.csv",
            edition=f"data/editions/{EDITION}/edition.yaml",
            consistency=rules.printed_report_35.output.consistency,
            known=rules.printed_report_35.output.known,
            statements=rules.printed_report_35.output.statements,
            scores=rules.scores_30.output.scores,
            registry=RAW + "/registry.csv",
            tables=rules.validation_10.output.tables,
            indicators=rules.indicators_20.output,
            cross=rules.cross_sections_40.output.cross,
        output:
            ledger=ensure(BUILD + "/40_analyses/reproduction.csv", non_empty=True),
            ledger_summary=BUILD + "/40_analyses/reproduction_summary.csv",
            facts=BUILD + "/40_analyses/facts/49_reproduction.json",
            notebook=BUILD + "/notebooks/49_reproduction.ipynb",
        log:
            BUILD + "/logs/49_reproduction.log",
        params:
            name="49_reproduction",
            method=method("treatment", "normalisation", "strengths", "cross_sections"),
            framework=framework(),
            code=package("reproduction", "opinions.tabulation", "opinions.counts"),
        priority: 92
        message:
            "49_reproduction"
        shell:
            NOTEBOOK


rule resilience_43:
    input:
        notebook="notebooks/43_resilience.ipynb",
        tables=rules.validation_10.output.tables,
        indicators=rules.indicators_20.output,
        scores=rules.scores_30.output.scores,
        ledger=rules.reproduction_49.output.ledger if PRINTED else [],
        edition=f"data/editions/{EDITION}/edition.yaml",
        own_method="config/resilience/index.yaml",
        labels=["report/labels/pl.yaml", "report/labels/exhibits_pl.yaml"],
        plan=plan(),
    output:
        exhibits("figure", *range(59, 64)),
        exhibits("table", *[no for no in range(52, 58) if PRINTED or no != 53]),
        tables=[
            f"{BUILD}/43_resilience/{name}.csv"
            for name in (
                *(["printed"] if PRINTED else []),
                "indicators",
                "scores",
                "dimensions",
                "parent_correlations",
                "link",
                "units",
                "responses",
                "severities",
                "response",
                "exposed",
                "groups",
                "departures",
                "graph",
            )
        ],
        facts=BUILD + "/40_analyses/facts/43_resilience.json",
        notebook=BUILD + "/notebooks/43_resilience.ipynb",
    log:
        BUILD + "/logs/43_resilience.log",
    params:
        name="43_resilience",
        method=method(*STEPS, "resilience", "cooperation", "seed"),
        shield=shield(),
        framework=framework(),
        code=package("disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression", "resilience", "composite", "contingency", "cooperation", "indicators", "profiles", "charts", "tables"),
    priority: 88
    message:
        "43_resilience"
    shell:
        NOTEBOOK + " -p seed 0"


rule good_practices_52:
    input:
        notebook="notebooks/52_good_practices.ipynb",
        scores=rules.scores_30.output.scores,
        cross=rules.cross_sections_40.output.cross,
        labels=["report/labels/pl.yaml", "report/labels/exhibits_pl.yaml"],
    output:
        exhibits("figure", 70),
        exhibits("table", 64, 65),
        tables=[f"{BUILD}/52_good_practices/{name}.csv" for name in ("matrix", "coverage", "summary")],
        facts=BUILD + "/40_analyses/facts/52_good_practices.json",
        notebook=BUILD + "/notebooks/52_good_practices.ipynb",
    log:
        BUILD + "/logs/52_good_practices.log",
    params:
        name="52_good_practices",
        framework=framework(),
        knowledge=knowledge(),
        code=package("knowledge", "publish.numbers", "charts", "tables"),
    message:
        "52_good_practices"
    shell:
        NOTEBOOK + " -p limit 20 -p weakest 5"


# Facts of the notebooks 10 to 47: what recommendations may be put to.
ANALYSIS_FACTS = [
    rules.validation_10.output.facts,
    rules.knowledge_12.output.facts,
    rules.indicators_20.output.facts,
    rules.sample_21.output.facts,
    rules.indicator_statistics_22.output.facts,
    rules.indicator_profiles_23.output.facts,
    rules.scores_30.output.facts,
    rules.coherence_31.output.facts,
    rules.uncertainty_32.output.facts,
    rules.score_drivers_34.output.facts,
    rules.cross_sections_40.output.facts,
    rules.members_survey_44.output.facts,
    rules.sector_profiles_37.output.facts,
    rules.selected_results_38.output.facts,
    rules.website_audit_45.output.facts,
    rules.trends_46.output.facts,
    rules.edition_bridge_47.output.facts,
    rules.sector_clusters_41.output.facts,
    rules.cooperation_graph_42.output.facts,
    rules.partners_51.output.facts,
    rules.resilience_43.output.facts,
]


rule recommendations_53:
    input:
        notebook="notebooks/53_recommendations.ipynb",
        facts=ANALYSIS_FACTS,
        scores=rules.scores_30.output.scores,
        cross=rules.cross_sections_40.output.cross,
        strengths=rules.cross_sections_40.output.strengths,
        labels=["report/labels/pl.yaml", "report/labels/exhibits_pl.yaml"],
    output:
        exhibits("figure", 71),
        exhibits("table", 66, 67, 68),
        tables=[
            f"{BUILD}/40_analyses/recommendation_{name}.csv" for name in ("evidence", "verdicts", "subareas")
        ],
        facts=BUILD + "/40_analyses/facts/53_recommendations.json",
        notebook=BUILD + "/notebooks/53_recommendations.ipynb",
    log:
        BUILD + "/logs/53_recommendations.log",
    params:
        name="53_recommendations",
        method=method("words", "strengths"),
        knowledge=knowledge(),
        framework=framework(),
        code=package("knowledge", "publish.numbers", "charts", "tables"),
    priority: 85
    message:
        "53_recommendations"
    shell:
        NOTEBOOK


rule facts:
    input:
        facts=[
            *ANALYSIS_FACTS,
            rules.recommendations_53.output.facts,
            rules.disclosure_48.output.facts,
            *([rules.printed_report_35.output.facts, rules.reproduction_49.output.facts] if PRINTED else []),
            rules.good_practices_52.output.facts,
        ],
        plan=plan(),
    output:
        ensure(BUILD + "/facts.json", non_empty=True),
    log:
        BUILD + "/logs/facts.log",
    params:
        shield=shield(),
        code=package("publish.withholding", "disclosure.shield", "disclosure.plan", "disclosure.column", "disclosure.sensitivity", "disclosure.suppression"),
    priority: 84
    message:
        "facts"
    shell:
        PUBLISH + "--log {log} facts"
