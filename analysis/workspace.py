"""The desk of a notebook: reads inputs, writes tables, facts, figures and formatted tables under one build folder.

Paths live here and in the workflow only; the analysis packages take tables and return tables.
"""

from __future__ import annotations

import inspect
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import language
from analysis.config import Method, load_method
from analysis.errors import ConfigError, PublishError
from analysis.facts import FactSet
from analysis.files import whole, write_json, write_text
from analysis.framework import Framework, changed_indicators, comparable, load_framework
from analysis.kept import read_kept, write_kept
from analysis.lock import join
from analysis.pictures import Drawn, Picture, save_figure, save_raster
from analysis.sources import MADE_UP, RECONSTRUCTED, SURVEY, Edition, load_edition

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Column", "Workspace", "open_workspace", "write_csv", "write_json"]
FLOAT_FORMAT = "%.15g"
# Language, provenance of the answers.
SOURCE_LINES = {
    (
        "pl",
        RECONSTRUCTED,
    ): "opracowanie własne na podstawie zrekonstruowanych odpowiedzi koordynatorów klastrów (N={n})",
    ("pl", SURVEY): "opracowanie własne na podstawie badania koordynatorów klastrów (N={n})",
    ("pl", MADE_UP): "odpowiedzi zmyślone, na próbę; nie opisują żadnego klastra (N={n})",
    ("en", RECONSTRUCTED): "own work based on the reconstructed answers of cluster coordinators (N={n})",
    ("en", SURVEY): "own work based on the survey of cluster coordinators (N={n})",
    ("en", MADE_UP): "made-up answers, for a trial; they describe no cluster (N={n})",
}


def write_csv(table: pd.DataFrame, path: Path, *, index: bool = False) -> Path:
    """Write a table so that the same table gives the same bytes: UTF-8, Unix line ends, 15 significant digits."""
    with whole(path) as part:
        table.to_csv(part, index=index, encoding="utf-8", lineterminator="\n", float_format=FLOAT_FORMAT)
    return path


@dataclass(frozen=True)
class Column:
    """How one column of a printed table looks.

    `format` is text, integer, number, percent or mixed (text that may hold numbers already formatted); `width` the
    share of the table's width; `group` a heading above several columns.
    """

    name: str
    label: str
    align: str = "left"
    format: str = "text"
    decimals: int = 0
    width: float | None = None
    group: str | None = None


@dataclass(frozen=True)
class Workspace:
    """Everything a notebook needs, from four parameters."""

    data_dir: Path
    build_dir: Path
    config_dir: Path
    edition: Edition
    method_name: str
    _facts: dict[str, FactSet] = field(default_factory=dict)

    @cached_property
    def method(self) -> Method:
        """The typed method configuration; shocks name the answers of the edition's own years."""
        made = load_method(self.method_name, self.config_dir)
        resilience = made.resilience.of_period(str(self.edition.info["period"]))
        return made.model_copy(update={"resilience": resilience})

    @cached_property
    def framework(self) -> Framework:
        """The framework tables of the edition."""
        return load_framework(self.framework_dir.parent)

    @property
    def framework_dir(self) -> Path:
        """Folder of the framework: the edition's own, or the common one."""
        return self.edition.framework

    @property
    def printed(self) -> bool:
        """Whether the edition has a printed report that its numbers are compared with."""
        return (self.edition.root / "published").is_dir()

    def previous(self, name: str, **kwargs: Any) -> pd.DataFrame:
        """Read a table about the previous edition: statistics, or comparability.

        An indicator that is defined otherwise than in the previous edition is not comparable, whatever the table says
        without a reservation of its own (`analysis.framework.comparable`).

        Raises
        ------
        ConfigError
            Nothing is known of a previous edition.
        """
        folder = self.edition.previous
        if folder is None or not (folder / f"{name}.csv").is_file():
            raise ConfigError(
                f"edition {self.edition.year}: no {name}.csv of the previous edition; an edition made by "
                "`klastry new-edition` has it under previous/"
            )
        table = pd.read_csv(folder / f"{name}.csv", **kwargs)
        before = folder / "framework"
        if name != "comparability" or not before.is_dir():
            return table
        return comparable(table, changed_indicators(load_framework(folder), self.framework))

    def previous_path(self, name: str) -> str:
        """Path of a table about the previous edition in the project, for the facts that rest on it."""
        folder = self.edition.previous
        return f"data/{folder.relative_to(self.data_dir).as_posix()}/{name}.csv" if folder else ""

    def history(self) -> pd.DataFrame:
        """Totals of all editions before this one."""
        own = self.edition.root / "previous" / "history.csv"
        return pd.read_csv(own if own.is_file() else self.data_dir / "editions/history.csv")

    @property
    def source_line_en(self) -> str:
        """The same source line in English."""
        return self.source_in("en")

    @property
    def source_line(self) -> str:
        """Source line of exhibits made from the coordinators' answers, honest about where they come from."""
        return self.source_in(language.current())

    def source_in(self, lang: str) -> str:
        """Return `source_line` in a language (pl, en); it has a place `{n}` for the number of respondents."""
        return SOURCE_LINES[lang, self.edition.provenance]

    def reference(self, name: str) -> pd.DataFrame:
        """Read a reference table, codes as text."""
        return pd.read_csv(self.data_dir / "reference" / f"{name}.csv", dtype=str, keep_default_na=False)

    def raw(self, name: str) -> Path:
        """Path of a raw file of the edition."""
        return self.edition.raw / name

    def path(self, relative: str) -> Path:
        """Path below the build folder."""
        return self.build_dir / relative

    def exhibit_path(self, relative: str) -> Path:
        """Path of an exhibit's file; another language has a folder of its own."""
        return self.path(relative)

    def read(self, relative: str, *, index: str | list[str] | None = None, **kwargs: Any) -> pd.DataFrame:
        """Read a table that an earlier step wrote.

        Raises
        ------
        ConfigError
            The step has not been run.
        """
        path = self.path(relative)
        if not path.is_file():
            raise ConfigError(
                f"{relative} is not there yet; run the step that writes it: klastry build {relative.split('/')[0]}"
            )
        table = pd.read_csv(path, encoding="utf-8", **kwargs)
        return table if index is None else table.set_index(index)

    def write(self, table: pd.DataFrame, relative: str, *, index: bool = False) -> Path:
        """Write a table below the build folder."""
        return write_csv(table, self.path(relative), index=index)

    def write_json(self, data: Any, relative: str) -> Path:
        """Write data as JSON below the build folder."""
        return write_json(data, self.path(relative))

    def write_text(self, text: str, relative: str) -> Path:
        """Write a text below the build folder."""
        return write_text(text, self.path(relative))

    def keeping(self, notebook: str, *sources: Any) -> list[Any]:
        """Return functions and modules that keep every result, so that another language need not compute it again.

        A result is kept under the name of its function and the number of its call, so a notebook must call in the same
        order in every language; what is kept must not hold words.
        """
        return [_Keeper(self, notebook, source) for source in sources]

    def kept(self, name: str, compute: Callable[[], Any]) -> Any:
        """Compute what takes long and keep the result below the build folder."""
        made = compute()
        write_kept(made, self.path(f"kept/{name}.json"))
        return made

    def facts(self, notebook: str) -> FactSet:
        """Return the facts of a notebook, to be filled and then written by `save_facts`."""
        return self._facts.setdefault(notebook, FactSet(notebook))

    def save_facts(self, notebook: str) -> Path:
        """Write the facts of a notebook."""
        path = self.path(f"40_analyses/facts/{notebook}.json")
        self.facts(notebook).write(path)
        return path

    def save_figure(
        self,
        figure: Figure | Drawn,
        *,
        no: int,
        title: str,
        chapter: str,
        alt: str,
        data: pd.DataFrame,
        notebook: str,
        source: str,
        note: str = "",
        width: str = "full",
    ) -> Picture:
        """Save a figure under its printed number as SVG and PNG, with its data and what accessibility needs.

        Returns
        -------
        Picture
            The figure as the notebook shows it.

        Raises
        ------
        PublishError
            Title or alt text is empty.
        """
        if not title.strip() or not alt.strip():
            raise PublishError(f"{notebook}: figure {no} needs a title and an alt text")
        stem = f"40_analyses/figures/figure-{no:02d}"
        svg = save_figure(figure, self.exhibit_path(f"{stem}.svg"))
        save_raster(svg, svg.with_suffix(".png"))
        write_csv(data, self.exhibit_path(f"{stem}.csv"))
        record = {
            "kind": "figure", "no": no, "id": f"fig-{no}", "title": title, "chapter": chapter, "notebook": notebook,
            "source": source, "alt": alt, "note": note, "svg": f"{stem}.svg", "png": f"{stem}.png",
            "data_file": f"{stem}.csv", "width": width, "edition_status": "computed",
        }  # fmt: skip
        write_json(record, self.exhibit_path(f"{stem}.json"))
        return Picture(svg, f"{no}. {title}", alt)

    def save_table(
        self,
        table: pd.DataFrame,
        *,
        no: int,
        title: str,
        chapter: str,
        columns: Sequence[Column],
        notebook: str,
        source: str,
        note: str = "",
        row_header: str | None = None,
        orientation: str = "portrait",
        emphasis: str | None = None,
        subject: str = "",
        english: Mapping[str, Any] | None = None,
    ) -> Path:
        """Save a table under its printed number with the description of its columns.

        `emphasis` names a column of 0/1 that marks rows to set off; it is kept in the data but not printed. `subject`
        is the group of clusters that the table is about, as `dimension/group`. `english` is the same table in English
        (`title`, `source`, `note`, `columns`, `table`), for the English workbook.

        Raises
        ------
        PublishError
            A described column is not in the table, the title is empty, or the English table has other rows.
        """
        if not title.strip():
            raise PublishError(f"{notebook}: table {no} needs a title")
        absent = [c.name for c in columns if c.name not in table.columns]
        if absent:
            raise PublishError(
                f"{notebook}: table {no} has no column {', '.join(absent)}; it has {', '.join(table.columns)}"
            )
        stem = f"40_analyses/tables/table-{no:02d}"
        write_csv(table, self.exhibit_path(f"{stem}.csv"))
        record: dict[str, Any] = {
            "kind": "table", "no": no, "id": f"tbl-{no}", "title": title, "chapter": chapter, "notebook": notebook,
            "source": source, "note": note, "data_file": f"{stem}.csv", "columns": [asdict(c) for c in columns],
            "row_header": row_header or columns[0].name, "orientation": orientation, "emphasis": emphasis,
            "edition_status": "computed", "subject": subject,
        }  # fmt: skip
        if english is not None:
            if len(english["table"]) != len(table):
                raise PublishError(f"{notebook}: table {no} has {len(table)} rows, in English {len(english['table'])}")
            write_csv(english["table"], self.exhibit_path(f"{stem}.en.csv"))
            record["en"] = {key: english[key] for key in ("title", "source", "note")}
            record["en"] |= {"data_file": f"{stem}.en.csv", "columns": [asdict(c) for c in english["columns"]]}
        return write_json(record, self.exhibit_path(f"{stem}.json"))


class _Keeper:
    """A function or module whose results a workspace keeps; everything else of a module is passed through."""

    def __init__(self, workspace: Workspace, notebook: str, source: Any) -> None:
        self._workspace, self._notebook, self._source = workspace, notebook, source
        self._calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._source, name)
        return partial(self._keep, value) if inspect.isfunction(value) else value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._keep(self._source, *args, **kwargs)

    def _keep(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._calls[function.__name__] += 1
        name = f"{self._notebook}/{function.__module__}.{function.__name__}.{self._calls[function.__name__]}"
        return self._workspace.kept(name, partial(function, *args, **kwargs))


def language_folder(build: Path, lang: str) -> Path:
    """Return the folder of a language inside a build."""
    return build / lang


class TranslatedWorkspace(Workspace):
    """A workspace that reads the build of the first language and writes exhibits in the language of the process."""

    def exhibit_path(self, relative: str) -> Path:
        """Path of an exhibit's file in the folder of the language."""
        path = language_folder(self.build_dir, language.current()) / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, table: pd.DataFrame, relative: str, *, index: bool = False) -> Path:
        """Compare a table with the one in the build instead of writing it.

        Raises
        ------
        PublishError
            It is not there, or has other rows or numbers; words may differ.
        """
        path = self.path(relative)
        if not path.is_file():
            raise PublishError(f"{relative} is not there yet; build the edition first: klastry build")
        stream = io.StringIO()
        table.to_csv(stream, index=index, lineterminator="\n", float_format=FLOAT_FORMAT)
        if stream.getvalue() != path.read_text(encoding="utf-8"):
            stream.seek(0)
            compare_numbers(pd.read_csv(path), pd.read_csv(stream), relative)
        return path

    def write_json(self, data: Any, relative: str) -> Path:
        """Leave the file of the first language as it is."""
        return self.path(relative)

    def write_text(self, text: str, relative: str) -> Path:
        """Leave the file of the first language as it is."""
        return self.path(relative)

    def save_facts(self, notebook: str) -> Path:
        """Leave the facts as they are: every language prints the same."""
        return self.path(f"40_analyses/facts/{notebook}.json")

    def kept(self, name: str, compute: Callable[[], Any]) -> Any:
        """Fetch what the build of the first language has kept.

        Raises
        ------
        PublishError
            It has not been kept.
        """
        return read_kept(self.path(f"kept/{name}.json"))


def compare_numbers(there: pd.DataFrame, made: pd.DataFrame, place: str) -> None:
    """Compare the numeric columns of two tables, by position.

    Raises
    ------
    PublishError
        Another shape, or another number; names file, row and column.
    """
    if there.shape != made.shape:
        raise PublishError(f"{place}: {there.shape} in the build, {made.shape} in `{language.current()}`")
    for at, column in enumerate(there.columns):
        first, second = there.iloc[:, at], made.iloc[:, at]
        if not (pd.api.types.is_numeric_dtype(first) and pd.api.types.is_numeric_dtype(second)):
            continue
        same = np.isclose(first.astype(float), second.astype(float), rtol=1e-12, atol=0, equal_nan=True)
        if not same.all():
            row = int(np.flatnonzero(~same)[0])
            raise PublishError(
                f"{place}, line {row + 2}, column {column}: {first.iloc[row]} in the build, {second.iloc[row]} in "
                f"`{language.current()}`; build the edition anew, then the language"
            )


def open_workspace(
    edition: int = 2024,
    method: str = "default",
    data_dir: str | Path = "../data",
    build_dir: str | Path = "../build/2024",
    config_dir: str | Path | None = None,
) -> Workspace:
    """Open the workspace of an edition; the defaults fit a notebook opened in `notebooks/`.

    In another language than Polish (`analysis.language`) it is one that changes nothing but words.

    Raises
    ------
    ConfigError
        The edition or the method does not exist.
    """
    join(Path(build_dir))
    data = Path(data_dir)
    config = Path(config_dir) if config_dir is not None else data.parent / "config"
    kind = Workspace
    if language.current() != "pl":
        kind = TranslatedWorkspace
    workspace = kind(data, Path(build_dir), config, load_edition(edition, data), method)
    _ = workspace.method  # a wrong name fails here, in the first cell, not in the middle of the notebook
    return workspace
