"""Settings that move, results at once, and a named variant file in the end; no widgets in here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pydantic import ValidationError

from analysis.compare import Side, agreement, changed_facts, compare_sides, group_medians, side_of_method
from analysis.compare.sides import Inputs
from analysis.config import Method, load_method
from analysis.errors import ConfigError, suggest
from analysis.framework import OVERALL
from analysis.lab.controls import STEPS, Control, controls

PROTECTED = ("default", "published")


@dataclass(frozen=True)
class Result:
    """What a setting gives beside the published method; the columns are those of `analysis.compare`.

    `overall` has one row for each unit, best first; `agreement` one for each score; `medians` the index by group;
    `facts` the facts of the report that change.
    """

    overall: pd.DataFrame
    agreement: pd.DataFrame
    medians: pd.DataFrame
    facts: pd.DataFrame


class Laboratory:
    """A method whose keys can be moved, on one edition.

    Parameters
    ----------
    inputs
        From `analysis.compare.edition_inputs`.
    published
        The method that results are compared with and variants extend.
    config_dir
        Folder that holds `method/`.
    """

    def __init__(self, inputs: Inputs, published: Method, config_dir: Path) -> None:
        self.inputs = inputs
        self.published = published
        self.config_dir = config_dir
        self._changes: dict[str, dict[str, Any]] = {}
        self._side: Side = side_of_method(inputs, published)

    @property
    def controls(self) -> list[Control]:
        """The keys that can be moved, with their present values."""
        return controls(self.method)

    @property
    def method(self) -> Method:
        """The method as it is set now."""
        return self.published.replaced(**self._changes)

    @property
    def changes(self) -> dict[str, dict[str, Any]]:
        """Section → key → value, where it differs from the published method."""
        return {section: dict(keys) for section, keys in self._changes.items()}

    def set(self, name: str, value: Any) -> None:
        """Set a key, `section.key`; setting it to the published value takes the change back.

        Raises
        ------
        ConfigError
            No such key, or a value outside its type; the setting stays as it was.
        """
        section, _, key = name.partition(".")
        known = [control.name for control in controls(self.published)]
        if section not in STEPS or name not in known:
            raise ConfigError(f"no control `{name}`{suggest(name, known)}")
        before = self.changes
        keys = {k: v for k, v in before.get(section, {}).items() if k != key}
        if value != getattr(getattr(self.published, section), key):
            keys[key] = value
        self._changes = {s: k for s, k in {**before, section: keys}.items() if k}
        try:
            self.published.replaced(**self._changes)
        except ValidationError as error:
            self._changes = before
            raise ConfigError(f"`{name}` = {value!r}: {error.errors()[0]['msg']}") from error

    def reset(self) -> None:
        """Return to the published method."""
        self._changes = {}

    def result(self) -> Result:
        """Build the index as set and compare it with the published one.

        Raises
        ------
        MethodError
            The setting cannot be applied; the message says why.
        """
        side = side_of_method(self.inputs, self.method, name="setting")
        table = compare_sides(self._side, side)
        overall = table[table["code"] == OVERALL].sort_values("rank_b", kind="stable", ignore_index=True)
        medians, facts = group_medians(self._side, side), changed_facts(self._side, side)
        assert medians is not None and facts is not None  # both sides are methods
        medians = medians[medians["code"] == OVERALL].reset_index(drop=True)
        return Result(overall, agreement(table), medians, facts)

    def save(self, name: str, description: str) -> Path:
        """Write the setting as a variant, `config/method/<name>.yaml`, with only what differs.

        Raises
        ------
        ConfigError
            The name is no file name, is taken or protected; nothing differs; the description is empty.
        """
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ConfigError(f"`{name}` is no name for a variant; use small letters, digits and underscores")
        path = self.config_dir / "method" / f"{name}.yaml"
        if name in PROTECTED or path.exists():
            raise ConfigError(f"method `{name}` is there already and is not overwritten; choose another name")
        if not self._changes:
            raise ConfigError("nothing differs from the published method, so there is no variant to save")
        if not description.strip():
            raise ConfigError("describe the variant in one line, so that others know what it is")
        content = {"extends": self.published.name, "name": name, "description": description.strip(), **self.changes}
        path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
        load_method(name, self.config_dir)
        return path
