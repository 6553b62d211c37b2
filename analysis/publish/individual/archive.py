"""The data of one report as a ZIP: its tables as CSV, a data package, a list of every number that the report prints."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analysis.publish import numbers
from analysis.publish.individual.publication import IndividualPublication, provenance
from analysis.publish.publication import LANG

NUMBERS = "liczby.csv"
COLUMNS = ["exhibit", "row", "column", "fact", "printed", "value", "unit", "table", "key", "cell"]
# Columns of the notebook's tables that only the typesetting needs.
HELPERS = {"items", "label", "q1", "q3", "own_decimals", "target_decimals", "decimals"}


def printed_numbers(one: IndividualPublication, in_text: Iterable[str]) -> list[dict[str, str]]:
    """Every fact that the report prints, in text and in tables, as printed and with the cell it comes from."""
    places = [("", "", "", fact) for fact in in_text] + [(c.exhibit, c.row, c.column, c.fact) for c in one.cells]
    rows = []
    for exhibit, row, column, ident in places:
        fact = one.facts[ident]
        table, key, cell = provenance(fact)
        shown = numbers.fact_text(fact, lang=LANG)
        rows.append(
            {
                "exhibit": exhibit, "row": row, "column": column, "fact": ident,
                "printed": shown.replace(numbers.NBSP, " "),
                "value": str(fact["value"]), "unit": str(fact["unit"]), "table": table, "key": key, "cell": cell,
            }
        )  # fmt: skip
    return rows


def _csv(rows: list[dict[str, str]], columns: list[str]) -> str:
    handle = io.StringIO()
    writer = csv.DictWriter(handle, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return handle.getvalue()


def _type(values: list[str]) -> str:
    known = [value for value in values if value != ""]
    try:
        _ = [float(value) for value in known]
    except ValueError:
        return "string"
    return "number" if known else "string"


def _package(one: IndividualPublication, files: dict[str, tuple[str, str, list[dict[str, str]], list[str]]]) -> str:
    resources: list[dict[str, Any]] = []
    for path, (name, title, rows, columns) in files.items():
        fields = [{"name": column, "type": _type([row[column] for row in rows])} for column in columns]
        resources.append(
            {
                "name": name, "path": path, "title": title, "format": "csv", "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": fields, "missingValues": [""]},
            }
        )  # fmt: skip
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"raport-indywidualny-{one.edition}-{one.respondent.lower()}",
        "title": f"{one.title}. Raport indywidualny {one.respondent}",
        "description": one.provenance_note,
        "created": f"{one.date.isoformat()}T00:00:00Z",
        "resources": resources,
    }
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"


def write_archive(one: IndividualPublication, in_text: Iterable[str], out: Path) -> list[str]:
    """Write the ZIP; returns the names of its files. Same tables, same bytes: the dates are that of publication.

    Only columns of which the report knows are copied, so that nothing leaves with the data that no page would print.
    """
    words = one.labels["archive"]
    files: dict[str, tuple[str, str, list[dict[str, str]], list[str]]] = {}
    for name, title in words["files"].items():
        if name == "numbers":
            rows, columns, path = printed_numbers(one, in_text), COLUMNS, NUMBERS
        else:
            rows, path = one.rows(f"{name}.csv"), f"{name}.csv"
            columns = [column for column in (rows[0] if rows else {}) if column not in HELPERS]
        if rows:
            files[path] = (name.replace("_", "-"), title, rows, columns)
    listing = "\n".join(f"- `{path}` – {title}" for path, (_, title, _, _) in files.items())
    note = f"{one.provenance_note}\n\n" if one.provenance_note else ""
    readme = words["readme"].format(
        respondent=one.respondent, title=one.title, period=one.period, note=note, files=listing
    )
    texts = {"README.md": readme, "datapackage.json": _package(one, files)}
    texts |= {path: _csv(rows, columns) for path, (_, _, rows, columns) in files.items()}
    moment = time.gmtime(one.epoch)[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in texts.items():
            info = zipfile.ZipInfo(f"{one.respondent}/{path}", date_time=moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, text.encode("utf-8"), compresslevel=6)
    return list(texts)
