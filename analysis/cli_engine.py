"""The commands of the engine: compose, uncertainty, compare, bridge; thin, as the others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import ConfigError
from analysis.project import build_folder, project_dir

if TYPE_CHECKING:
    from analysis.publish.revision import Unit


def _config_dir() -> Path | None:
    """Folder of the named methods; None outside the project."""
    try:
        return project_dir() / "config"
    except ConfigError:
        return None


def cmd_compose(args: argparse.Namespace) -> int:
    """Build an index from two files; works outside the project as well."""
    from analysis.compose import FILES, compose
    from analysis.config import load_index_method

    index = compose(args.data, args.framework, load_index_method(args.method, _config_dir()), args.out)
    out = index.screened.units.index[~index.screened.units["included"]]
    print(
        f"{len(index.scores)} units, {len(index.structure.indicators)} indicators, {len(index.scores.columns)} scores"
    )
    if index.optimised is not None and not index.optimised.met:
        print(
            f"weights: the wanted importances are not met, largest gap {index.optimised.largest_gap:.3f} (weights.csv)"
        )
    if len(out):
        print(f"left out by availability: {', '.join(map(str, out))}")
    print(f"{args.out}: {', '.join(FILES)}")
    return 0


def cmd_uncertainty(args: argparse.Namespace) -> int:
    """Say how sure scores and ranks are, given what the method file calls uncertain."""
    from analysis.compose.uncertainty import problem_of_edition, problem_of_files, uncertainty
    from analysis.config import load_index_method, load_method
    from analysis.sources import load_edition

    if (args.data is None) != (args.framework is None):
        raise ConfigError("--data and --framework go together; without both, the built edition is used")
    if args.data is not None:
        if args.out is None:
            raise ConfigError("--out is needed with --data: the folder for the tables")
        method = load_index_method(args.method, _config_dir())
        seed = method.seed if args.seed is None else args.seed
        problem, traits = problem_of_files(args.data, args.framework, method, seed=seed)
        out = args.out
    else:
        root = project_dir()
        edition_method = load_method(args.method, root / "config")
        seed = edition_method.seed if args.seed is None else args.seed
        build = root / "build" / str(args.edition)
        dimensions = [str(d) for d in edition_method.cross_sections.dimensions]
        data = load_edition(args.edition, root / "data").framework.parent
        problem, traits = problem_of_edition(build, data, edition_method, dimensions, seed=seed)
        out = args.out or build / "uncertainty" / args.method

    def progress(done: int, total: int) -> None:
        print(f"  {done}/{total} draws", flush=True)

    how = {"jobs": args.jobs, "scheduler": args.scheduler, "batch_size": args.batch_size, "keep": args.keep}
    tables = uncertainty(
        problem, traits, out, seed=seed, replications=args.replications, sobol=not args.no_sobol, progress=progress,
        **how,
    )  # fmt: skip
    units = tables["units"]
    width = (units["rank_p95"] - units["rank_p5"]).median()
    print(f"{len(tables['draws'])} draws of {len(units)} units; median width of the 5-95 % rank interval: {width:g}")
    print(f"{out}: {', '.join(f'{name}.csv' for name in tables)}")
    return 0


def cmd_compare(args: argparse.Namespace) -> int:
    """Put two methods, or two folders of scores, side by side."""
    from analysis import compare
    from analysis.compose.writing import write_tables
    from analysis.config import load_method
    from analysis.framework import OVERALL
    from analysis.sources import load_edition
    from analysis.tables import load_labels

    root = project_dir()
    build = root / "build" / str(args.edition)
    reports = _reports(root, args) if args.report else None
    inputs = None
    sides = []
    for given in (args.first, args.second):
        if Path(given).is_dir() and not (root / "config" / "method" / f"{given}.yaml").is_file():
            sides.append(compare.side_of_scores(Path(given)))
            continue
        if inputs is None:
            edition = load_edition(args.edition, root / "data")
            labels = load_labels(root / "report/labels", edition=edition.info)
            inputs = compare.edition_inputs(build, edition.framework.parent, labels)
        sides.append(compare.side_of_method(inputs, load_method(given, root / "config"), name=Path(given).stem))
    first, second = sides
    table = compare.compare_sides(first, second)
    tables = {"scores.csv": table, "agreement.csv": compare.agreement(table)}
    medians, facts = compare.group_medians(first, second), compare.changed_facts(first, second)
    tables |= {} if medians is None else {"group_medians.csv": medians}
    tables |= {} if facts is None else {"facts.csv": facts}
    last = OVERALL if (table["code"] == OVERALL).any() else str(table["code"].iloc[-1])
    print("\n".join(compare.summary_lines(first, second, table, root=last, medians=medians, facts=facts)))
    names = [Path(side.name).name for side in sides]
    out = args.out or build / "compare" / "__".join(names)
    write_tables(tables, out)
    print(f"\n{out}: {', '.join(tables)}")
    if reports is not None:
        from analysis.publish.revision import write_revision

        print(write_revision(*reports, root / "report" / "style", out / "report"))
    return 0


def _reports(root: Path, args: argparse.Namespace) -> tuple[list[Unit], list[Unit], tuple[str, str]]:
    """Read the two published reports; a side is a method, or the build folder of an edition."""
    from analysis.publish.revision import read_document

    builds = [
        Path(given)
        if Path(given).is_dir() and not (root / "config" / "method" / f"{given}.yaml").is_file()
        else root / build_folder(args.edition, Path(given).stem)
        for given in (args.first, args.second)
    ]
    return read_document(builds[0]), read_document(builds[1]), (builds[0].name, builds[1].name)


def cmd_bridge(args: argparse.Namespace) -> int:
    """Say what a change of mean scores between two editions consists of; works outside the project as well."""
    from analysis.compose.bridge import bridge_folders, summary_lines
    from analysis.config import load_index_method

    method = load_index_method(args.method, _config_dir())
    made = bridge_folders(args.first, args.second, method, args.out, framework=args.framework)
    print("\n".join(summary_lines(made, args.code)))
    if args.out is not None:
        print(f"\n{args.out}: contributions.csv, ranges.csv, frames.csv, units.csv")
    return 0


def add_engine_commands(commands: Any) -> None:
    """Add the commands to the sub-parsers of `klastry`."""
    sub = commands.add_parser(
        "compose",
        help="build a composite index from two files: data and framework",
        description="Build a composite index from two CSV files: units × indicators, and the framework (also COINr's "
        "iData and iMeta). Without --method: no treatment, min-max onto 0-1, weights of the framework, arithmetic "
        "means at each level, missing values left out. See docs/engine.md.",
    )
    sub.set_defaults(function=cmd_compose)
    sub.add_argument("--data", type=Path, required=True, help="CSV: a row for each unit, a column for each indicator")
    sub.add_argument("--framework", type=Path, required=True, help="CSV: a row for each indicator and each aggregate")
    sub.add_argument("--method", help="YAML file, or the name of a method under config/method/")
    sub.add_argument("--out", type=Path, required=True, help="folder for the tables")

    sub = commands.add_parser(
        "uncertainty",
        help="intervals of scores and ranks, and which decision of the method moves them",
        description="Monte Carlo and Sobol indices over the choices that the method file lists under `uncertainty`, "
        "for the built edition or for two files as `compose` reads them. See docs/uncertainty.md.",
    )
    sub.set_defaults(function=cmd_uncertainty)
    sub.add_argument("--edition", type=int, default=2024, help="year of the edition (default 2024)")
    sub.add_argument("--data", type=Path, help="CSV: a row for each unit (instead of the edition)")
    sub.add_argument("--framework", type=Path, help="CSV: a row for each indicator and each aggregate")
    sub.add_argument("--method", default="default", help="name under config/method/; with --data also a YAML file")
    sub.add_argument("--replications", type=int, help="draws (default: the key of the method)")
    sub.add_argument("--seed", type=int, help="seed of draws and design (default: the key of the method)")
    sub.add_argument("--batch-size", type=int, help="draws computed and kept together (default: the key)")
    sub.add_argument("--jobs", type=int, default=1, help="processes on this machine")
    sub.add_argument("--scheduler", help="address of a Dask scheduler, say tcp://host:8786: its workers compute")
    sub.add_argument("--keep", type=Path, help="folder for finished batches; the same command then resumes a run")
    sub.add_argument("--no-sobol", action="store_true", help="Monte Carlo only")
    sub.add_argument("--out", type=Path, help="folder for the tables (default build/<edition>/uncertainty/<method>)")

    sub = commands.add_parser(
        "compare",
        help="two methods side by side: scores, ranks, group medians, facts that change",
        description="Compare two methods (names under config/method/, or YAML files) on an edition, or two folders "
        "with scores.csv. Writes scores, agreement, group medians and changed facts; a is the first, b the second.",
    )
    sub.set_defaults(function=cmd_compare)
    sub.add_argument("--edition", type=int, default=2024, help="year of the edition (default 2024)")
    sub.add_argument("first", metavar="A", help="method or folder")
    sub.add_argument("second", metavar="B", help="method or folder")
    sub.add_argument("--out", type=Path, help="folder for the tables (default build/<edition>/compare/<A>__<B>)")
    sub.add_argument(
        "--report", action="store_true", help="also a page of tracked changes between the two published reports"
    )

    sub = commands.add_parser(
        "bridge",
        help="how much of a change between two editions is real, how much the scale and the set of units",
        description="Decompose the change of every mean normalised score between two editions exactly: values of the "
        "same units, answers that appear or vanish, observed range, fence of the cap, units entering, units leaving. "
        "A and B are folders with indicators.csv and framework.csv as in `compose`; see docs/edition-bridge.md.",
    )
    sub.set_defaults(function=cmd_bridge)
    sub.add_argument("first", metavar="A", type=Path, help="folder of the earlier edition")
    sub.add_argument("second", metavar="B", type=Path, help="folder of the later edition")
    sub.add_argument("--framework", type=Path, help="framework of both, instead of a framework.csv in each folder")
    sub.add_argument("--method", help="YAML file, or the name of a method under config/method/")
    sub.add_argument("--code", help="element to print (default: the whole index)")
    sub.add_argument("--out", type=Path, help="folder for the tables (default: only the summary is printed)")
