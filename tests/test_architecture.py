"""Imports go one way, science knows no machinery, and every rule lists the code its notebook imports."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

CORE = {
    "errors",
    "messages",
    "config",
    "facts",
    "files",
    "framework",
    "kept",
    "language",
    "pictures",
    "sources",
    "workspace",
    "yamlfile",
}
# A package may import from its own layer's earlier names only if listed; the analysis packages meet in tables.
LAYERS: dict[str, set[str]] = {
    "errors": set(),
    "messages": {"errors"},
    "language": {"errors"},
    "config": {"errors", "yamlfile"},
    "sources": {"errors", "messages", "yamlfile"},
    "framework": {"errors", "language"},
    "files": {"errors"},
    "yamlfile": {"errors"},
    "lock": {"errors", "files"},
    "unchanged": {"files"},
    "facts": {"errors", "files"},
    "kept": {"errors", "files"},
    "project": {"errors"},
    "progress": {"errors", "files"},
    "executor": {"errors", "yamlfile"},
    "watching": {"errors"},
    "pictures": {"errors", "files"},
    "workspace": {"errors", "language", "config", "facts", "files", "framework", "kept", "lock", "pictures", "sources"},
    "schemas": {"errors", "messages", "config", "framework"},
    "ingest": {"errors", "messages", "config", "framework", "sources", "schemas"},
    "questionnaire": {"errors", "files", "framework", "schemas", "ingest"},
    "madeup": {"errors", "framework", "sources", "schemas", "ingest", "yamlfile"},
    "editions": {"errors", "framework", "sources", "workspace", "yamlfile"},
    # Exports as they come → raw files, before anything is validated.
    "intake": {"errors", "files", "framework", "sources", "schemas", "yamlfile"},
    "indicators": {"errors", "config", "framework"},
    "composite": {"errors", "config"},
    "compare": {
        "errors",
        "config",
        "framework",
        "facts",
        "workspace",
        "composite",
        "profiles",
        "tables",
        "publish.numbers",
    },
    "resilience": {"errors", "language", "config", "composite"},
    "lab": {"errors", "config", "framework", "compare"},
    "bridge": {"errors", "config", "composite"},
    "compose": {"errors", "config", "framework", "composite", "bridge", "workspace"},
    "opinions": {"errors"},
    "accessibility": {"errors", "files", "yamlfile"},
    "profiles": {"errors", "language", "config", "framework", "facts", "composite.quantiles", "yamlfile"},
    "disclosure": {"errors", "config"},
    "contingency": set(),
    "clustering": {"errors", "config", "contingency"},
    "cooperation": {"errors", "config", "contingency"},
    "reproduction": {
        "errors",
        "language",
        "config",
        "framework",
        "sources",
        "workspace",
        "composite.quantiles",
        "opinions.tabulation",
    },
    "charts": {"errors", "language", "config", "framework", "facts"},
    "tables": {"errors", "language", "config", "framework", "facts", "pictures", "workspace", "yamlfile"},
    # Sentences about numbers: the words must agree with the digits as they are printed.
    "narrative": {"errors", "config", "framework", "publish.numbers"},
    # Records of data/knowledge: read and checked against the framework.
    "knowledge": {"errors", "language", "facts", "framework", "publish.numbers", "yamlfile"},
    # What a rule of disclosure control withholds is decided once, in the plan.
    "publish": CORE
    | {"disclosure.shield", "disclosure.plan", "disclosure.column"}
    | {"lock", "unchanged", "narrative", "knowledge", "execution.processes"},
    "generated": {"errors", "config", "bridge"},
    "execution": {"errors"},
}
FORBIDDEN = {"snakemake", "papermill", "IPython"}
MACHINERY = "execution"  # the one package that runs notebooks


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if node.module == "analysis":
                found.update(f"analysis.{alias.name}" for alias in node.names)
            else:
                found.add(node.module)
    return found


def layer_of(path: Path, root: Path) -> str:
    return path.relative_to(root / "analysis").parts[0].removesuffix(".py")


def test_imports_go_one_way(root: Path) -> None:
    wrong = []
    for path in sorted((root / "analysis").rglob("*.py")):
        own = layer_of(path, root)
        if own in (
            "cli",
            "cli_audit",
            "cli_build",
            "cli_engine",
            "cli_fieldwork",
            "cli_import",
            "cli_watch",
            "__init__",
        ):
            continue
        allowed = LAYERS[own]
        for name in imports_of(path):
            if not name.startswith("analysis."):
                continue
            inner = name.removeprefix("analysis.")
            top = inner.split(".")[0]
            if top != own and top not in allowed and not any(inner == a or inner.startswith(a + ".") for a in allowed):
                wrong.append(f"{path.relative_to(root)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_science_knows_no_machinery(root: Path) -> None:
    wrong = [
        f"{path.relative_to(root)}: {name}"
        for path in sorted((root / "analysis").rglob("*.py"))
        if layer_of(path, root) != MACHINERY
        for name in imports_of(path)
        if name.split(".")[0] in FORBIDDEN
    ]
    assert not wrong, wrong


def notebook_code(path: Path) -> str:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


ALL_NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("[0-9]*.ipynb"))
NOTEBOOKS = [path for path in ALL_NOTEBOOKS if not path.stem.startswith("9")]  # 90 and on are outside the pipeline


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_rule_lists_the_code_its_notebook_imports(root: Path, path: Path) -> None:
    rules = (root / "workflow/rules/analysis.smk").read_text("utf-8")
    rule = next(r for r in re.split(r"\n\s*rule ", rules) if f'name="{path.stem}"' in r)
    listed = set(re.findall(r'"([\w.]+)"', re.search(r"code=package\(([^)]*)\)", rule)[1]))  # type: ignore[index]
    used = set()
    for node in ast.walk(ast.parse(notebook_code(path))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("analysis."):
            used.add(node.module.removeprefix("analysis."))
    missing = {
        name
        for name in used
        if name.split(".")[0] not in CORE and not any(name == item or name.startswith(item + ".") for item in listed)
    }
    # What the imported packages import themselves counts as well.
    for item in listed:
        folder = root / "analysis" / Path(*item.split("."))
        files = folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]
        for file in files:
            for name in imports_of(file):
                inner = name.removeprefix("analysis.")
                known = inner.split(".")[0] in CORE or any(inner == i or inner.startswith(i + ".") for i in listed)
                if name.startswith("analysis.") and not known:
                    missing.add(inner)
    assert not missing, f"{path.stem}: add to code=package(…): {sorted(missing)}"


@pytest.mark.parametrize("path", ALL_NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_a_short_story(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    tagged = [c for c in cells if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1, "exactly one cell is tagged `parameters`"
    assert all(c["cell_type"] == "markdown" or (not c["outputs"] and c["execution_count"] is None) for c in cells)
    code = notebook_code(path)
    assert len([line for line in code.splitlines() if line.strip()]) <= 150
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.While, ast.Try)
    assert not [n for n in ast.walk(ast.parse(code)) if isinstance(n, kinds)], "functions belong to the package"
    # Markdown says why and how; results are computed, so they would go stale there.
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert not re.search(r"\d+[.,]\d+\s?%|\d{1,3}( \d{3})+", text)
