"""Literature: every entry of the printed edition is there once, and every entry is cited or listed with a reason."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from analysis.errors import ConfigError
from analysis.publish.bibliography import entries, load_nocite, unused

CITED = re.compile(r"(?<![\w.@{])-?@([A-Za-z][\w]*)")


def _cited(root: Path) -> set[str]:
    sources = [*(root / "report/chapters").glob("*.md"), *(root / "data/knowledge").rglob("*.*")]
    return {key for path in sources for key in CITED.findall(path.read_text("utf-8"))}


def test_the_seventy_of_the_printed_edition(root: Path) -> None:
    with (root / "data/knowledge/references.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    keys = [row["key"] for row in rows]
    assert len(set(keys)) == len({row["no"] for row in rows}) == 70
    assert set(keys) <= set(entries(root / "report/references.bib"))


def test_each_entry_is_cited_or_listed_with_a_reason(root: Path) -> None:
    known, nocite, cited = entries(root / "report/references.bib"), load_nocite(root / "report"), _cited(root)
    assert len(known) > 80
    assert set(known) <= cited | set(nocite)
    assert set(nocite) <= set(known)
    assert not cited & set(nocite), "cited now: take them off report/nocite.yaml"


def test_entries_have_title_and_language(root: Path) -> None:
    parts = re.split(r"(?m)^@", (root / "report/references.bib").read_text("utf-8"))[1:]
    poor = [p.split(",")[0] for p in parts if not re.search(r"\n  title = ", p) or not re.search(r"\n  langid = ", p)]
    assert not poor


def test_unused_entry_and_wrong_list_are_reported(tmp_path: Path) -> None:
    (tmp_path / "references.bib").write_text("@book{a,\n}\n\n@book{b,\n}\n", encoding="utf-8")
    (tmp_path / "nocite.yaml").write_text("nocite:\n  - {key: c, reason: x}\n", encoding="utf-8")
    found = [str(f) for f in unused(tmp_path, {"a"}, load_nocite(tmp_path))]
    assert found[0].startswith("references.bib:4: `b` is cited nowhere")
    assert found[1].startswith("nocite.yaml:1: `c` is not in references.bib")
    (tmp_path / "nocite.yaml").write_text("nocite:\n  - {key: b}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="needs key and reason"):
        load_nocite(tmp_path)
    (tmp_path / "references.bib").write_text("@book{a,\n}\n@book{a,\n}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"references\.bib:3: key `a` is used twice, first in line 1"):
        entries(tmp_path / "references.bib")


def test_only_the_general_report_must_use_every_work(tmp_path: Path) -> None:
    from analysis.errors import PublishError
    from analysis.publish.assemble import make_book
    from analysis.publish.chapters import Rendered
    from analysis.publish.outline import Chapter

    (tmp_path / "references.bib").write_text("@book{a,\n title={A}\n}\n@book{b,\n title={B}\n}\n", encoding="utf-8")
    chapter = Chapter(title="T", status="ready", file="04.md")
    rendered = {"04": Rendered(chapter, "# T {#sec-t}\n\nTak [@a].\n")}
    where = {"edition": {}, "report_dir": tmp_path, "out_dir": tmp_path}
    part = make_book([chapter], rendered, {}, **where)  # type: ignore[arg-type]
    assert [c.id for c in part.chapters] == ["sec-t", "bibliografia"]
    with pytest.raises(PublishError, match="`b` is cited nowhere"):
        make_book([chapter], rendered, {}, whole=True, **where)  # type: ignore[arg-type]
    (tmp_path / "nocite.yaml").write_text("nocite:\n  - {key: b, reason: x}\n", encoding="utf-8")
    whole = make_book([chapter], rendered, {}, whole=True, **where)  # type: ignore[arg-type]
    assert "ref-b" in str(whole.chapters[-1].blocks)
