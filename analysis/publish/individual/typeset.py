"""The report as PDF/UA, with the exhibits of the general report and a page of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import typst

from analysis.errors import PublishError
from analysis.publish.assemble import Book
from analysis.publish.exhibit_tables import typst_string
from analysis.publish.individual.page import imprint
from analysis.publish.individual.publication import IndividualPublication
from analysis.publish.pdf import STANDARDS, chapter_source, row_headers


def typeset(book: Book, one: IndividualPublication, title: str, out: Path) -> None:
    """Typeset the report with the exhibits of the general report and the page of `individual.typ`.

    Raises
    ------
    PublishError
        Typst refuses the text; names the respondent.
    """
    shutil.copyfile(one.style_dir / "report.typ", one.build / "report.typ")
    shutil.copyfile(one.template_dir / "individual.typ", one.build / "individual.typ")
    (one.build / "body.typ").write_text(chapter_source(book.chapters[0], one, new_page=False), encoding="utf-8")
    meta = {
        "title": title,
        "author": one.publisher,
        "description": f"{title}. {one.title}. {one.period}.",
        "running": one.title,
        "imprint": imprint(one),
    }
    (one.build / "meta.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
    main = one.build / "main.typ"
    long = typst_string(f"tbl-{one.numbered['indicators']}")
    main.write_text(
        f'#import "individual.typ": individual\n#show: individual.with({long})\n\n#include "body.typ"\n',
        encoding="utf-8",
    )
    try:
        typst.compile(
            str(main), output=str(out), root=str(one.build), font_paths=[str(one.style_dir / "fonts")],
            ignore_system_fonts=True, pdf_standards=[*STANDARDS], timestamp=one.epoch,
        )  # fmt: skip
    except typst.TypstError as error:
        detail = str(getattr(error, "diagnostic", "") or error).strip()
        raise PublishError(f"respondent {one.respondent}: the PDF cannot be typeset: {detail}") from error
    row_headers(out)
