"""Respondents get neutral numbers; who is who stays in a confidential file that version control never sees.

New respondents are numbered in the order of a keyed hash of what identifies them, so that a number says nothing about
the alphabet or about who answered first. The key and the numbers given so far lie in the `confidential` folder: with
the same folder the same file gives the same numbers, and a later export only adds to them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.errors import ConfigError, DataError, Problem
from analysis.intake.privacy import plain

LINK = "respondents.csv"
SALT = "salt.txt"
COLUMNS = ("instrument", "source_key", "id")
_SHAPE = re.compile(r"(?P<prefix>[A-Z])\[0-9\]\{(?P<least>\d),(?P<most>\d)\}")


def key_form(text: str) -> str:
    """Return what identifies a respondent, as it is compared: without accents, case and doubled spaces."""
    return " ".join(plain(text).split())


@dataclass
class Link:
    """Which respondent has which number: `numbers` maps (instrument, key form) to the number."""

    salt: bytes
    numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    written: dict[tuple[str, str], str] = field(default_factory=dict)  # spelling as it first came

    def find(self, instrument: str, key: str) -> str | None:
        """Return the number of a respondent, None if there is none."""
        return self.numbers.get((instrument, key_form(key)))

    def number(self, instrument: str, keys: list[str], pattern: str) -> dict[str, str]:
        """Number the respondents of an instrument; those known keep their numbers.

        Parameters
        ----------
        instrument
            Name of the instrument.
        keys
            What identifies each respondent; no two alike.
        pattern
            Pattern of identifiers in `instruments.csv`, such as R[0-9]{2,3}.

        Raises
        ------
        ConfigError
            The pattern is of another shape, or its digits do not suffice.
        """
        shape = _SHAPE.fullmatch(pattern)
        if shape is None:
            raise ConfigError(f"{instrument}: identifiers of the form {pattern} cannot be numbered; set `ids: keep`")
        used = {n for (name, _), n in self.numbers.items() if name == instrument}
        new = [k for k in keys if self.find(instrument, k) is None]
        new.sort(key=lambda k: hmac.new(self.salt, key_form(k).encode(), hashlib.sha256).hexdigest())
        free = (n for n in range(1, 10 ** int(shape["most"])))
        for key in new:
            for n in free:
                text = f"{shape['prefix']}{n:0{shape['least']}d}"
                if text not in used:
                    break
            else:
                raise ConfigError(f"{instrument}: more respondents than identifiers of the form {pattern}")
            self.numbers[instrument, key_form(key)] = text
            self.written[instrument, key_form(key)] = key
            used.add(text)
        return {key: self.numbers[instrument, key_form(key)] for key in keys}

    def text(self) -> str:
        """Return the link as the content of its CSV file."""
        rows = [
            (name, self.written.get((name, key), key), number)
            for (name, key), number in sorted(self.numbers.items(), key=lambda one: (one[0][0], one[1], one[0][1]))
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(index=False, lineterminator="\n")


def load_link(folder: Path, *, salt: bytes | None = None) -> Link:
    """Load the link of an edition, or begin one with a new secret key.

    Parameters
    ----------
    folder
        The confidential folder; it need not exist.
    salt
        The secret key instead of the stored or a drawn one, for runs that must be the same anywhere.

    Raises
    ------
    DataError
        The file has other columns, or gives one respondent two numbers.
    """
    stored = folder / SALT
    if salt is None:
        salt = stored.read_bytes().strip() if stored.is_file() else secrets.token_hex(16).encode()
    link = Link(salt)
    path = folder / LINK
    if not path.is_file():
        return link
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if tuple(table.columns) != COLUMNS:
        remedy = f"restore the file: its columns are {', '.join(COLUMNS)}"
        raise DataError([Problem(LINK, 1, None, None, "has other columns", remedy)])
    problems = []
    for line, row in enumerate(table.to_dict("records"), start=2):
        place = (str(row["instrument"]), key_form(str(row["source_key"])))
        if link.numbers.setdefault(place, str(row["id"])) != row["id"]:
            remedy = "keep the one that raw/ uses"
            problems.append(
                Problem(LINK, line, "id", str(row["id"]), "the respondent has another number above", remedy)
            )
        link.written.setdefault(place, str(row["source_key"]))
    if problems:
        raise DataError(problems)
    return link
