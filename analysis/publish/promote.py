"""The report folder changes only when everything is there: stage beside it, then swap."""

from __future__ import annotations

import shutil
from pathlib import Path

from analysis.errors import PublishError
from analysis.files import whole_folder
from analysis.publish.about_page import fill_files
from analysis.publish.crate import write_crate
from analysis.publish.exhibits import load_outline, write_list
from analysis.publish.gate import check_protection
from analysis.publish.publication import Publication

INDIVIDUAL = "individual"
APART = "61_individual"
"""Folder of the build, beside the report, for individual reports that are for their respondents alone."""


def _promote_individual(pub: Publication, staged: Path) -> None:
    """Put the individual reports into the report folder, or beside it where their content must not be published."""
    made, apart = pub.out_dir / INDIVIDUAL, pub.build / APART
    if not pub.reports_apart:
        if made.is_dir():
            shutil.copytree(made, staged / INDIVIDUAL)
        if apart.exists():
            shutil.rmtree(apart)
    elif made.is_dir():
        with whole_folder(apart) as folder:
            shutil.copytree(made, folder, dirs_exist_ok=True)


def promote_language(pub: Publication) -> Path:
    """Publish an edition in another language into `60_report/<language>`; returns that folder.

    Raises
    ------
    PublishError
        A format is missing, or a rule of disclosure control is broken; the last edition in this language stays as it
        was.
    """
    files = {name: pub.out_dir / name for name in ("html", pub.file_name("pdf"), pub.file_name("docx"))}
    files[pub.file_name("xlsx")] = pub.home / "60_report" / pub.file_name("xlsx")
    absent = [name for name, path in files.items() if not path.exists()]
    if absent:
        raise PublishError(f"the edition in `{pub.lang}` is not complete, so nothing was replaced: {', '.join(absent)}")
    check_protection(pub, pub.out_dir)
    target = pub.home / "60_report" / pub.lang
    with whole_folder(target) as staged:
        for name, path in files.items():
            if path.is_dir():
                shutil.copytree(path, staged / name)
            else:
                shutil.copyfile(path, staged / name)
        write_crate(pub, staged)
    return target


def promote(pub: Publication) -> Path:
    """Publish the finished formats into `60_report`; returns that folder.

    Individual reports are in it unless the answers are confidential or a rule withholds statistics; then beside it, in
    `61_individual`.

    Raises
    ------
    PublishError
        A format is missing, named with the step that makes it, or a rule of disclosure control is broken. The last
        report stays as it was.
    """
    steps = {
        "html": "html",
        pub.file_name("pdf"): "pdf",
        pub.file_name("docx"): "docx",
        pub.file_name("epub"): "epub",
        pub.file_name("xlsx"): "annex",
        pub.file_name("xlsx", "en"): "annex",
        "dane": "annex",
    }
    absent = [f"{name} (klastry publish {step})" for name, step in steps.items() if not (pub.out_dir / name).exists()]
    if absent:
        raise PublishError(f"the report is not complete, so nothing was replaced; missing: {', '.join(absent)}")
    check_protection(pub, pub.out_dir)
    target = pub.build / "60_report"
    with whole_folder(target, durable=True) as staged:
        for name in steps:
            source = pub.out_dir / name
            if source.is_dir():
                shutil.copytree(source, staged / name)
            else:
                shutil.copyfile(source, staged / name)
        _promote_individual(pub, staged)
        write_list(
            load_outline(pub.report_dir / "exhibits.csv"), pub.exhibits, set(pub.book.placed), staged / "exhibits.csv"
        )
        fill_files(staged)
        write_crate(pub, staged)
    return target
