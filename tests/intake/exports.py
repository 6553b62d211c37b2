"""Raw answers written as survey systems export them; made here, with csv, openpyxl and pyreadstat, for the tests."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.framework import Framework, read_text_table

TOKEN, IP, MAIL = "tK9xQ2vLm1", "83.21.144.7", "jan.kowalski@klaster-x.pl"


def raw_answers(root: Path, instrument: str) -> pd.DataFrame:
    return read_text_table(root / "data/editions/2024/raw" / f"{instrument}.csv")


def question_code(number: str) -> str:
    return number if re.match(r"[A-Z]", number) else f"Q{number}"


def headings(codebook: pd.DataFrame, style: str) -> list[str]:
    """Headings of LimeSurvey: `code`, `em` (expression manager), `full`, `codetext`."""
    out = []
    for number, rows in codebook.groupby("question_no", sort=False):
        for place, row in enumerate(rows.to_dict("records"), start=1):
            code, text = question_code(str(number)), row["question_pl"]
            if not number:  # what the research team fills in has no number: its code is the name
                code = row["item"].replace("_", "")
            elif row["option_pl"] or len(rows) > 1:
                sub = f"SQ{place:03d}"
                code = f"{code}_{sub}" if style == "em" else f"{code}[{sub}]"
                if row["option_pl"]:
                    text = f"{text} [{row['option_pl']}]"
            out.append({"code": code, "em": code, "full": text, "codetext": f"{code}. {text}"}[style])
    return out


def full_answer(value: str, row: dict[str, str], lists: dict[tuple[str, str], str]) -> str:
    """An answer as LimeSurvey shows it in full; numbers with the ten decimals of its database."""
    if value == "":
        return "N/A" if row["type"] == "tick" else ""
    if row["type"] in ("tick", "yes_no"):
        return "Tak" if value == "1" else "Nie"
    if row["option_list"]:
        return lists[row["option_list"], value]
    if row["type"] in ("integer", "decimal", "amount", "percent", "year"):
        return f"{float(value):.10f}"
    return value


def limesurvey(
    answers: pd.DataFrame, codebook: pd.DataFrame, framework: Framework, *, style: str = "full", ticks: str = "full"
) -> list[list[str]]:
    """The answers as the rows of a LimeSurvey export; `ticks` is `full` (Tak, Nie, N/A) or `Y` (Y, blank).

    Two rows that were not submitted are put between the others, and every row has a token, an IP address and a name.
    """
    own = codebook.sort_values("question_no", key=lambda s: s.map({q: i for i, q in enumerate(s.unique())}))
    own = own.loc[[i for q in codebook["question_no"].unique() for i in codebook.index[codebook["question_no"] == q]]]
    lists = {(r["option_list"], r["option"]): r["label_pl"] for r in framework.option_lists.to_dict("records")}
    records = own.to_dict("records")
    head = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "token",
        "startdate",
        "datestamp",
        "ipaddr",
        "refurl",
    ]
    rows = [[*head, "firstname", "email", *headings(own, style), "interviewtime"]]
    n = 0
    for number, answer in enumerate(answers.to_dict("records")):
        cells = []
        for row in records:
            value = answer[row["item"]]
            if row["type"] == "tick" and ticks == "Y":
                cells.append("Y" if value == "1" else "")
            else:
                cells.append(full_answer(value, row, lists))
        for submitted in ("2026-02-03 10:11:12", *([""] if number in (3, 11) else [])):
            n += 1
            start = [str(n), submitted, "9" if submitted else "4", "pl", "12345", TOKEN, "2026-02-01 08:00:00",
                     "2026-02-03 10:11:12", IP, "https://example.org/?ref=" + TOKEN, "Jan", MAIL]  # fmt: skip
            rows.append([*start, *cells, "512.33"])
    return rows


def as_csv(rows: Sequence[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)
