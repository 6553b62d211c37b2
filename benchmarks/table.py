"""The measured part of docs/performance.md, between two marks, from `benchmarks/results.json`."""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.harness import RESULTS, ROOT

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: written by make bench -->", "<!-- end of what is measured -->"
ORDER = ("end_to_end", "individual", "index", "cooperation", "survey")
HEAD = (
    "| What | Seconds | Processor s | Ratio | Largest process, MB | All together, MB | |\n|---|--:|--:|--:|--:|--:|---|"
)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _seconds(value: float | None) -> str:
    return _number(value, 3 if value is not None and value < 1 else 1)


def _row(row: dict[str, Any]) -> str:
    ratio = f"{row['ratio']:.2f} × faster than {row['against']}" if "ratio" in row else ""
    note = [f"target {row['limit']:g} s"] if "limit" in row else []
    note += [row["note"]] if "note" in row else []
    cells = [
        row["case"], _seconds(row["seconds"]), _seconds(row.get("cpu")), ratio, _number(row.get("process_mb"), 0),
        _number(row.get("all_mb"), 0), "; ".join(note),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def measured(results: dict[str, Any]) -> str:
    """Return the tables as Markdown: for each benchmark its machine, versions and date, rows and notes."""
    parts = []
    for name in ORDER:
        if name not in results:
            continue
        found, on = results[name], results[name]["machine"]
        versions = ", ".join(f"{package} {number}" for package, number in on["versions"].items())
        parts.append(
            f"### {found['title']}\n\n{found['date']}, {on['cpu']}, {on['cores']} cores, {on['memory_gb']} GB, "
            f"{on['system']}, Python {on['python']}, {versions}. Load before it began: {found['load']:g}.\n\n"
            + "\n".join([HEAD, *map(_row, found["rows"])])
        )
        if found["notes"]:
            parts.append("\n".join(f"- {note}" for note in found["notes"]))
    return "\n\n".join(parts)


def page(text: str, results: dict[str, Any]) -> str:
    """Return the page with its measured part renewed; both marks must be there, once."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise SystemExit(f"{PAGE.relative_to(ROOT)} must have once each: {BEGIN} and {END}")
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{measured(results)}\n\n{END}{rest.partition(END)[2]}"


def main() -> int:
    """Write the page."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8", newline="\n")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
