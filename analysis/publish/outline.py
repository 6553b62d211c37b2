"""The order of the book: `report/chapters.yaml` as a list of chapters."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from analysis.errors import ConfigError, suggest
from analysis.yamlfile import read_mapping


class Chapter(BaseModel):
    """One line of `report/chapters.yaml`.

    `notebooks` are those that the chapter draws on; `facts` are patterns (`gap.*.largest`) of facts that it promises to
    print. A notebook or a fact that is announced here and not printed stops the build.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str | None = None
    title: str
    status: Literal["ready", "in_preparation"]
    file: str | None = None
    lang: Literal["pl", "en"] = "pl"
    split: bool = True
    note: str | None = None
    notebooks: list[str] = []
    facts: list[str] = []
    sections: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def _number_as_text(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("number"), int):
            return {**data, "number": str(data["number"])}
        return data

    @model_validator(mode="after")
    def _file_when_ready(self) -> Chapter:
        if self.status == "ready" and not self.file:
            raise ValueError(f"chapter “{self.title}” is ready but names no file")
        return self

    @property
    def stem(self) -> str:
        """Name of the chapter's files."""
        return Path(self.file).stem if self.file else f"in-preparation-{self.number or self.title}"


def load_chapters(path: Path) -> list[Chapter]:
    """Read the order of the book.

    Raises
    ------
    ConfigError
        An entry has an unknown key or value, a file is missing or named twice; lists all of them.
    """
    entries = read_mapping(path).get("chapters") or []
    out, problems = [], []
    for i, entry in enumerate(entries, start=1):
        try:
            chapter = Chapter.model_validate(entry)
        except ValidationError as error:
            for item in error.errors():
                key = ".".join(map(str, item["loc"]))
                hint = suggest(key, list(Chapter.model_fields)) if item["type"] == "extra_forbidden" else ""
                problems.append(f"entry {i}: {key or 'entry'}: {item['msg']}{hint}")
            continue
        if chapter.file and not (path.parent / "chapters" / chapter.file).is_file():
            problems.append(f"entry {i}: chapters/{chapter.file} does not exist")
        out.append(chapter)
    files = [chapter.file for chapter in out if chapter.file]
    problems += [f"chapters/{name} is named twice" for name in sorted({n for n in files if files.count(n) > 1})]
    if not entries:
        problems.append("no chapters; expected a list under `chapters:`")
    if problems:
        raise ConfigError(f"{path.name}:\n  " + "\n  ".join(problems))
    return out
