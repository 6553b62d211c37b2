"""Raw answers in the shape in which survey systems export the forms that we write."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analysis.questionnaire.form import Form
from analysis.questionnaire.limesurvey import codes
from analysis.schemas import NONE_TICKED, short_codes

YES = {"pl": ("Tak", "Nie"), "en": ("Yes", "No")}


def limesurvey_cell(form: Form, item: str, raw: str | None, *, full: bool, lang: str) -> str:
    """One cell of a LimeSurvey export: codes, or full answers in a language."""
    question, field = form.place()[item]
    kind = codes(form)[item].type
    if raw is None:
        return ""
    if kind == "M":
        ticked = YES[lang][0] if full else "Y"
        return ticked if raw == "1" else ""
    if kind == "Y":
        return YES[lang][raw == "0"] if full else "YN"[raw == "0"]
    if question.kind == "ticks":
        return form.words("choice.yes" if raw == "1" else "choice.no")[lang] if full else raw
    if question.choices:
        label = next(c.label[lang] for c in question.choices if c.code == raw)
        return label if full else short_codes(field.item.options)[raw]
    return raw


def limesurvey_heading(form: Form, item: str, *, full: bool, lang: str) -> str:
    question, field = form.place()[item]
    code = codes(form)[item]
    if not full:
        return code.heading
    return f"{question.text[lang]} [{field.option[lang]}]" if code.sub else question.text[lang]


def _write(path: Path, header: list[str], rows: Iterable[list[str]], *, delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        writer.writerows(rows)


def write_limesurvey_export(form: Form, answers: pd.DataFrame, path: Path, *, full: bool, lang: str = "pl") -> None:
    items = list(form.place())
    system = ["id", "submitdate", "lastpage", "startlanguage"]
    header = system + [limesurvey_heading(form, item, full=full, lang=lang) for item in items]
    rows = [
        [str(i), "2027-03-01 10:00:00", "9", lang]
        + [limesurvey_cell(form, c, None if pd.isna(row[c]) else row[c], full=full, lang=lang) for c in items]
        for i, row in enumerate(answers.to_dict("records"), start=1)
    ]
    _write(path, header, rows)


def write_kobo_export(form: Form, answers: pd.DataFrame, path: Path) -> None:
    """KoboToolbox, values as names: a column for a question with boxes, then one for each box, and system columns."""
    header, columns = ["start", "end"], []
    for question in form.questions:
        if question.kind == "ticks":
            header += [question.stem, *(f"{question.stem}/{question.option(f)}" for f in question.fields)]
            header.append(f"{question.stem}/{NONE_TICKED}")
        else:
            header += [field.item.name for field in question.fields]
    for row in answers.to_dict("records"):
        cells = ["2027-03-01T10:00:00", "2027-03-01T10:20:00"]
        for question in form.questions:
            own = [None if pd.isna(row[f.item.name]) else row[f.item.name] for f in question.fields]
            if question.kind != "ticks":
                cells += [v or "" for v in own]
            elif own[0] is None:
                cells += [""] * (len(own) + 2)
            else:
                chosen = [question.option(f) for f, v in zip(question.fields, own, strict=True) if v == "1"] or [
                    NONE_TICKED
                ]
                cells += [" ".join(chosen), *(str(v) for v in own), str(int(chosen == [NONE_TICKED]))]
        columns.append([*cells, "uuid:x", "2027-03-01T10:21:00"])
    _write(path, [*header, "_uuid", "_submission_time"], columns, delimiter=";")
