"""Rules that break a set of raw files: each takes the files and a random generator, and spoils something."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SMALL = ("desk_research", "websites", "cooperation_nodes", "cooperation_ties", "registry")
NASTY = (
    "NaN", "nan", "inf", "-inf", "1e400", "-1e400", "1e5", "-0", "9" * 400, "0x10", "1_000", "½", "٣", "１２", "1,5",
    "1 000", "b.d.", "nie dotyczy", "ok. 500", "None", "null", "NA", "#N/A", "#DIV/0!", "TRUE", "\x00", "a\x00b",
    "\x1b[31m",
    "\u202e1", "\ufeff1", "\u200b", " ", "\t", "5 ", " 5", "=1+1", "@SUM(A1)", "-2+3", "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "${HOME}", "../../../etc/passwd", "R01;R02", "'", '"', '""', "\\", "a" * 200_000, "-1", "1000000000000000",
    "99999", "0",
    "1.0", "1.5", "2024-01-01", "\u0000\uffff", "\ud7ff", "🙂", "é", "ż" * 1000, "%s", "{}", "__import__('os')",
)  # fmt: skip


@dataclass
class RawSet:
    """Files of `raw/` by name, and the text of `edition.yaml`; what cannot be written as bytes is done by `after`."""

    files: dict[str, bytes]
    edition: str
    sealed: bool = True
    corrections: bytes | None = None
    after: list[Callable[[Path], None]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def write(self, root: Path) -> None:
        """Write the edition into a folder; sidecars fit the files unless a rule has spoilt them."""
        raw = root / "raw"
        raw.mkdir(parents=True)
        (root / "edition.yaml").write_bytes(self.edition.encode("utf-8", "surrogatepass"))
        if self.corrections is not None:
            (root / "corrections.csv").write_bytes(self.corrections)
        for name, data in self.files.items():
            (raw / name).write_bytes(data)
            side = f"{name}.source.yaml"
            if name.endswith(".csv") and self.sealed and side not in self.files:
                (raw / side).write_text(f"title: t\nsha256: {hashlib.sha256(data).hexdigest()}\n", "utf-8")
        for act in self.after:
            act(raw)


def _pick(raw: RawSet, rng: random.Random) -> str:
    return rng.choice(sorted(n for n in raw.files if n.endswith(".csv")))


def _rows(raw: RawSet, name: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(raw.files[name].decode("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return []


def _table(raw: RawSet, name: str, rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    raw.files[name] = out.getvalue().encode("utf-8", "surrogatepass")


def _with_rows(raw: RawSet, rng: random.Random, change: Callable[[list[list[str]]], object]) -> None:
    name = _pick(raw, rng)
    rows = _rows(raw, name)
    if len(rows) > 2 and rows[0]:
        change(rows)
        _table(raw, name, rows)


def _row(rows: list[list[str]], rng: random.Random) -> list[str]:
    """A row below the header that has cells: earlier changes may have left blank lines."""
    return rng.choice([row for row in rows[1:] if row] or [rows[0]])


def cell(raw: RawSet, rng: random.Random) -> None:
    """An odd value somewhere."""

    def change(rows: list[list[str]]) -> None:
        for _ in range(rng.choice((1, 1, 3, 40))):
            row = _row(rows, rng)
            row[rng.randrange(len(row))] = rng.choice(NASTY)

    _with_rows(raw, rng, change)


def header(raw: RawSet, rng: random.Random) -> None:
    """An odd column name."""
    _with_rows(raw, rng, lambda rows: rows[0].__setitem__(rng.randrange(len(rows[0])), rng.choice((*NASTY, ""))))


def drop_column(raw: RawSet, rng: random.Random) -> None:
    """A column less."""

    def change(rows: list[list[str]]) -> None:
        at = rng.randrange(len(rows[0]))
        for row in rows:
            del row[at : at + 1]

    _with_rows(raw, rng, change)


def double_column(raw: RawSet, rng: random.Random) -> None:
    """A column twice."""

    def change(rows: list[list[str]]) -> None:
        at = rng.randrange(len(rows[0]))
        for row in rows:
            row.append(row[at] if at < len(row) else "")

    _with_rows(raw, rng, change)


def extra_column(raw: RawSet, rng: random.Random) -> None:
    """A column that nobody asked for, with or without a name."""

    def change(rows: list[list[str]]) -> None:
        for number, row in enumerate(rows):
            row.insert(0, rng.choice(("", "extra", "ipaddr")) if number == 0 else "x")

    _with_rows(raw, rng, change)


def empty_column(raw: RawSet, rng: random.Random) -> None:
    """A column without answers."""

    def change(rows: list[list[str]]) -> None:
        at = rng.randrange(len(rows[0]))
        for row in rows[1:]:
            row[at : at + 1] = [""]

    _with_rows(raw, rng, change)


def shuffle_columns(raw: RawSet, rng: random.Random) -> None:
    """The columns in another order: allowed."""

    def change(rows: list[list[str]]) -> None:
        order = list(range(len(rows[0])))
        rng.shuffle(order)
        rows[:] = [[row[i] for i in order if i < len(row)] for row in rows]  # an earlier change may have cut one

    _with_rows(raw, rng, change)


def shift_row(raw: RawSet, rng: random.Random) -> None:
    """A row with a cell too many or too few."""

    def change(rows: list[list[str]]) -> None:
        row = _row(rows, rng)
        row.insert(0, "x") if rng.random() < 0.5 else row.pop()

    _with_rows(raw, rng, change)


def double_row(raw: RawSet, rng: random.Random) -> None:
    """A respondent twice."""
    _with_rows(raw, rng, lambda rows: rows.append(list(rng.choice(rows[1:]))))


def drop_rows(raw: RawSet, rng: random.Random) -> None:
    """Fewer respondents, down to one or none."""
    _with_rows(raw, rng, lambda rows: rows.__delitem__(slice(rng.randint(1, len(rows) - 1), None)))


def wrong_ids(raw: RawSet, rng: random.Random) -> None:
    """Identifiers that no other file knows, or none at all."""
    value = rng.choice(("R99", "", "r01", "R01 ", "../R01", "con", "R01\n"))
    _with_rows(raw, rng, lambda rows: _row(rows, rng).__setitem__(0, value))


def truncate(raw: RawSet, rng: random.Random) -> None:
    """Cut off somewhere, as by a broken transfer."""
    name = _pick(raw, rng)
    raw.files[name] = raw.files[name][: rng.randrange(len(raw.files[name]) + 1)]


def noise(raw: RawSet, rng: random.Random) -> None:
    """Random bytes somewhere."""
    name = _pick(raw, rng)
    data = bytearray(raw.files[name])
    for _ in range(rng.choice((1, 5, 50))):
        data.insert(rng.randrange(len(data) + 1), rng.randrange(256))
    raw.files[name] = bytes(data)


def encoding(raw: RawSet, rng: random.Random) -> None:
    """Another encoding, or a byte-order mark (one is allowed)."""
    name = _pick(raw, rng)
    text = raw.files[name].decode("utf-8", "replace")
    how = rng.choice(("utf-16", "utf-16-le", "utf-32", "cp1250", "utf-8-sig", "twice", "latin-1"))
    raw.files[name] = (
        b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode() if how == "twice" else (text + "ż").encode(how, "replace")
    )


def line_ends(raw: RawSet, rng: random.Random) -> None:
    """Windows (allowed) or old Macintosh line ends, blank lines, or none at the end."""
    name = _pick(raw, rng)
    end = rng.choice((b"\r\n", b"\r", b"\n\n", b"\n \n", b"\x0b", b"\xe2\x80\xa8"))
    raw.files[name] = raw.files[name].replace(b"\n", end)


def delimiter(raw: RawSet, rng: random.Random) -> None:
    """Other separators."""
    name = _pick(raw, rng)
    raw.files[name] = raw.files[name].replace(b",", rng.choice((b";", b"\t", b"|", b", ", b" ", b",,")))


def quotes(raw: RawSet, rng: random.Random) -> None:
    """Quotation marks that do not close."""
    name = _pick(raw, rng)
    data = raw.files[name]
    at = rng.randrange(len(data) + 1)
    raw.files[name] = data[:at] + rng.choice((b'"', b'","', b'\n"', b'""a"')) + data[at:]


def replaced(raw: RawSet, rng: random.Random) -> None:
    """Something else under the name of a raw file."""
    kinds = (
        b"",
        b"\n",
        b"\x00" * 100,
        b"PK\x03\x04rest",
        b"%PDF-1.7",
        b"<html>",
        b"a,b\n",
        b",\n,\n",
        b'"',
        b"\xef\xbb\xbf",
    )
    raw.files[_pick(raw, rng)] = rng.choice((*kinds, b"respondent_id\n", b"a" * 300_000, b"," * 5000 + b"\n"))


def missing(raw: RawSet, rng: random.Random) -> None:
    """A file less."""
    del raw.files[_pick(raw, rng)]


def stranger(raw: RawSet, rng: random.Random) -> None:
    """A file that does not belong there."""
    name = rng.choice(("notes.csv", "coordinators (1).csv", "ż.csv", ".csv", "x.csv.source.yaml", "framework.csv"))
    raw.files[name] = rng.choice((b"", b"a,b\n1,2\n", b"\xff\xfe", b"a,a\n1,2\n", b'a,b\n"'))


def odd_place(raw: RawSet, rng: random.Random) -> None:
    """A folder, a link to nowhere, outside or itself, or a pipe in the place of a file."""
    name, how = _pick(raw, rng), rng.choice(("folder", "nowhere", "outside", "loop", "pipe", "sidecar_folder"))

    def act(folder: Path) -> None:
        import os

        path = folder / (name if how != "sidecar_folder" else f"{name}.source.yaml")
        path.unlink(missing_ok=True)
        if how in ("folder", "sidecar_folder"):
            path.mkdir()
        elif how == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to({"nowhere": "/nowhere", "outside": "/etc/passwd", "loop": path.name}[how])

    raw.after.append(act)


YAML = (
    "", "- a\n- b\n", "just text", "a: [", "a: 1\na: 2\nsha256: x\n", "\x00",
    "!!python/object/apply:os.system ['true']",
    "a: &x [1]\nb: *x\n", "sha256: null\n", "sha256: [1]\n", "[" * 3000, "{" * 3000, "- " * 3000, "\ttab: 1\n",
    "? [a]\n: 1\n",
    "a: !!binary '$$$'\n", "2024-99-99: x\n", "a: 2024-02-31\n", "x: 1e400\n", "? {a: 1}\n: 2\n",
    "a: " + "9" * 5000 + "\n",
    "%YAML 9.9\n---\na: 1\n", "a: 1\n---\nb: 2\n", "<<: 1\n", "a: .inf\n", "'\ud800'", "edition: 2024\n",
    "\ufeffa: 1\n",
    "x: " + "a" * 3_000_000,
)  # fmt: skip


def sidecar(raw: RawSet, rng: random.Random) -> None:
    """A sidecar that describes another file, or nothing."""
    name = f"{_pick(raw, rng)}.source.yaml"
    raw.files[name] = rng.choice((*YAML, "sha256: " + "0" * 64 + "\n")).encode("utf-8", "surrogatepass")


def unsealed(raw: RawSet, rng: random.Random) -> None:
    """No sidecars."""
    raw.sealed = False


def edition_file(raw: RawSet, rng: random.Random) -> None:
    """An `edition.yaml` that is no YAML, no mapping, or lacks keys."""
    raw.edition = rng.choice(YAML)


def edition_key(raw: RawSet, rng: random.Random) -> None:
    """A wrong value in `edition.yaml`."""
    line = rng.choice(
        (
            "instruments: coordinators", "instruments: {a: 1}", "instruments: [nothing]", "instruments: [[1]]",
            "instruments: 5",
            "instruments: ['../../../etc/passwd']", "previous_edition: ../../etc", "previous_edition: [1]",
            "knowledge: yes please",
            "provenance: made up", "provenance: [survey]", "provenance: null", "edition: twenty", "edition: 2023",
            "edition: [2024]",
            "title: survey", "period: 1\nperiod: 2", "instruments: [coordinators, coordinators]",
        )
    )  # fmt: skip
    key = line.split(":")[0]
    kept = [old for old in raw.edition.splitlines() if not old.startswith(f"{key}:")]
    raw.edition = "\n".join([*kept, line, ""])


def corrections(raw: RawSet, rng: random.Random) -> None:
    """Corrections that fit nothing."""
    head = b"file,respondent,column,expect,value,reason,status\n"
    raw.corrections = rng.choice(
        (
            b"", b"\xff", b"a,b\n1,2\n", head, head + b"websites.csv,R01,nothing,,1,because,accepted\n",
            head + b"websites.csv,R99,contrast,,1,because,accepted\n",
            head + b"nothing.csv,R01,x,,1,because,accepted\n",
            head + b"desk_research.csv,R01,search_hits,wrong,\x00,because,accepted\n",
            head + b"desk_research.csv,R01,search_hits,1,2,,accepted\n", head + b"x,x,x,x,x,x,x,x\n", head + b'"',
            head + b"desk_research.csv,R01,search_hits,1,2,because,perhaps\n",
        )
    )  # fmt: skip


RULES: tuple[Callable[[RawSet, random.Random], None], ...] = (
    cell, header, drop_column, double_column, extra_column, empty_column, shuffle_columns, shift_row, double_row,
    drop_rows,
    wrong_ids, truncate, noise, encoding, line_ends, delimiter, quotes, replaced, missing, stranger, odd_place, sidecar,
    unsealed, edition_file, edition_key, corrections,
)  # fmt: skip


def spoil(raw: RawSet, rng: random.Random) -> RawSet:
    """Break a set by one to three rules."""
    for rule in rng.sample(RULES, rng.choice((1, 1, 1, 2, 3))):
        if any(n.endswith(".csv") for n in raw.files):
            rule(raw, rng)
            raw.told.append(rule.__name__)
    return raw
