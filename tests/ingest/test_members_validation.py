"""Bad answers of members against the edition's own codebook: everything at once, nothing dropped silently."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.framework import load_framework
from analysis.ingest import validate_edition
from analysis.sources import load_edition, seal


def test_every_kind_of_bad_answer_is_listed_with_row_and_column(root: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(root / "data/framework", data / "framework")
    shutil.copytree(root / "data/editions/2024", data / "editions/2024")
    edition = load_edition(2024, data)
    path = edition.raw / "members.csv"
    answers = pd.read_csv(path, dtype=str, keep_default_na=False)
    small = answers["respondent_id"].value_counts().idxmin()
    elsewhere = answers[answers["respondent_id"] != small].index
    no_project = elsewhere[answers.loc[elsewhere, "cluster_project"] == "no"][0]
    no_survey = elsewhere[answers.loc[elsewhere, "needs_survey"] == "no"][0]
    outside, nowhere, double, twin = [i for i in elsewhere if i not in (no_project, no_survey)][-4:]
    answers.loc[no_project, "innovation_project"] = "yes"
    answers.loc[no_survey, "survey_followup"] = "many"
    answers.loc[outside, "benefits"] = "enormous"
    answers.loc[nowhere, "respondent_id"] = ""
    answers.loc[twin, "member_id"] = answers.loc[double, "member_id"]
    kept = answers.drop(index=answers.index[answers["respondent_id"] == small][4:])
    kept.to_csv(path, index=False, lineterminator="\n")
    seal(path)
    line = {i: int(at) + 2 for at, i in enumerate(kept.index)}
    with pytest.raises(DataError) as caught:
        validate_edition(edition, load_framework(data))
    found = {(p.row, p.column) for p in caught.value.problems if p.file == "members.csv"}
    assert found == {
        (line[no_project], "innovation_project"),
        (line[no_survey], "survey_followup"),
        (line[outside], "benefits"),
        (line[nowhere], "respondent_id"),
        (line[twin], "member_id"),
        (None, "respondent_id"),
    }
    text = str(caught.value)
    assert "only asked if cluster_project=yes (here: cluster_project=no)" in text
    assert "has 4 rows here, at least 5 needed" in text and "enormous" in text
