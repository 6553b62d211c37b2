# What the rules share: paths, the typed method, and which package code a step rests on.
# Snakemake does not notice a changed import by itself, so every rule lists the sub-packages it uses
# (tests/test_architecture.py checks the lists against what the notebooks import).

from functools import cache
from hashlib import sha256
from pathlib import Path

from analysis.config import load_method
from analysis.sources import INSTRUMENTS, load_edition

EDITION = int(config.get("edition", 2024))
METHOD = str(config.get("method", "default"))
BUILD = f"build/{EDITION}" if METHOD == "default" else f"build/{EDITION}-{METHOD}"
RAW = f"data/editions/{EDITION}/raw"
EDITION_ON_DISK = load_edition(EDITION, Path("data"))
# Numbers of a printed report can be set beside the computed ones only where there is such a report.
PRINTED = (EDITION_ON_DISK.root / "published").is_dir()
HISTORY = [str(p) for p in (EDITION_ON_DISK.root / "previous/history.csv", Path("data/editions/history.csv")) if p.is_file()][:1]
METHOD_CONFIG = load_method(METHOD, Path("config"))
# Raw files about named organisations, beside the questionnaires.
COOPERATION = ["cooperation_nodes", "cooperation_ties"]
# Sections of the method that build the index.
STEPS = ["availability", "denomination", "imputation", "treatment", "normalisation", "weights", "aggregation", "ranks"]
# Modules at the top of the package that every step goes through.
CORE = ["errors", "messages", "config", "facts", "files", "framework", "kept", "language", "pictures", "sources", "workspace", "yamlfile"]


@cache
def digest(*files):
    """Short hash of files, over paths and contents: what a step rests on when it is no table that another one writes.

    As a parameter of the rule it makes the step stale as a changed input would. Snakemake hashes every input once for
    each output and keeps the list with each of them; a step with forty outputs would hash two hundred files forty times.
    """
    total = sha256()
    for path in files:
        content = Path(path).read_bytes()
        total.update(f"{path}\0{len(content)}\0".encode() + content)
    return total.hexdigest()[:16]


@cache
def package(*names):
    """Python files of sub-packages and modules of `analysis`, with the core every step uses: name and hash of each."""
    made = []
    for name in [*CORE, *names]:
        path = Path("analysis", *name.split("."))
        files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
        made.append(f"{name} {digest(*sorted(map(str, files)))}")
    return ", ".join(made)


@cache
def framework():
    """Hash of the tables of the framework and of reference data."""
    folders = (EDITION_ON_DISK.framework, Path("data/reference"))
    return digest(*sorted(str(p) for folder in folders for p in folder.rglob("*.*")))


@cache
def knowledge():
    """Hash of the records of what the report knows besides the survey, with the registers whose clusters they name."""
    found = [p for p in Path("data", "knowledge").rglob("*.*") if p.suffix in (".csv", ".yaml")]
    for name in ("registry.csv", "cooperation_nodes.csv"):
        found += Path("data", "editions").glob(f"*/raw/{name}")
    return digest(*sorted(map(str, found)))


def raw_files():
    """Raw files of the edition with their sidecars, and reviewed corrections if there are any."""
    found = [p for p in Path(RAW).glob("*") if p.suffix in (".csv", ".yaml") and ".unmet" not in p.name]
    found += Path(f"data/editions/{EDITION}").glob("corrections.csv")
    return sorted(str(p) for p in [*found, Path(f"data/editions/{EDITION}/edition.yaml")])


def edition_files(*folders):
    """Tables in folders of the edition."""
    return sorted(str(p) for name in folders for p in Path(f"data/editions/{EDITION}", name).glob("*.csv"))


def previous_files():
    """What is published of the previous edition."""
    folder = EDITION_ON_DISK.previous
    return sorted(str(p) for p in folder.rglob("*.csv")) if folder else []


def private_files():
    """Files of an edition that are never committed; a survey edition may have them."""
    return sorted(str(p) for p in Path(f"data/editions/{EDITION}/private").glob("*.csv"))


def hashed_inputs():
    """Every input that the manifest describes: it is written anew when any of them changes."""
    from analysis.publish.inputs import input_files

    return sorted(str(p) for p in input_files(Path("."), EDITION))


def method(*sections):
    """Sections of the method as text: a step runs again only when a section that it uses has changed."""
    dump = METHOD_CONFIG.model_dump()
    return repr({name: dump[name] for name in sections})


def shield():
    """What the method withholds, as text, for the steps that draw and print; the attack has keys of its own."""
    settings = METHOD_CONFIG.disclosure
    return repr(settings.model_dump(include={"rule", "action", "rounding", "decimals", "points"}))


def plan():
    """The plan of what is withheld, for the steps that print; without a rule they do not wait for it."""
    return [BUILD + "/36_protection/plan.csv"] if METHOD_CONFIG.disclosure.protects else []


def variant_methods():
    """The index of each variant that is shown beside the draws, as text."""
    variants = {name: load_method(name, Path("config")) for name in METHOD_CONFIG.uncertainty.variants}
    return repr({name: made.model_dump(include=set(STEPS)) for name, made in variants.items()})


def exhibits(kind, *numbers):
    """Description files of exhibits (their images and data are written with them)."""
    folder = {"figure": "figures", "table": "tables"}[kind]
    return [f"{BUILD}/40_analyses/{folder}/{kind}-{no:02d}.json" for no in numbers]


# Every step runs in a process forked from the build's server if there is one (`analysis/execution`).
STEP = "python -I -S workflow/scripts/step.py workflow/scripts/"
# Rules have a `priority` by what still follows from them: of the steps that could run, the one with the longest way to
# the end goes first. Without that, the longest steps begin when nothing is left to run beside them.
# One command for every notebook; parameters are checked against the notebook before it runs.
NOTEBOOK = (
    STEP
    + "run_notebook.py {params.name} --build "
    + BUILD
    + " --log {log} -p edition "
    + f"{EDITION} -p method {METHOD} -p data_dir ../data -p build_dir ../{BUILD}"
)
PUBLISH = STEP + f"publish.py --edition {EDITION} --method {METHOD} "
