"""One control for each key of the method's steps that a widget can move, made from the typed configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from analysis.config import IndexMethod, Section

STEPS = ("imputation", "treatment", "normalisation", "weights", "aggregation", "ranks")
Kind = Literal["choice", "switch", "number", "whole"]


@dataclass(frozen=True)
class Control:
    """A key of the method: what it may be, what it is now, and what it means.

    `options` of a choice; `low` and `high` where the type bounds a number, else None.
    """

    section: str
    key: str
    kind: Kind
    value: Any
    description: str
    options: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def name(self) -> str:
        """`section.key`, as in a method file."""
        return f"{self.section}.{self.key}"


def controls(method: IndexMethod) -> list[Control]:
    """Return the controls of a method in the order of its sections.

    Lists and mappings (exceptions for single indicators or levels, targets) and keys that may be null are left to the
    file: they need names, not a knob.
    """
    out = []
    for section in STEPS:
        settings: Section = getattr(method, section)
        fields = sorted(type(settings).model_fields.items(), key=lambda item: item[0] != "rule")  # the rule first
        for key, field in fields:
            made = _control(section, key, field, getattr(settings, key))
            if made is not None:
                out.append(made)
    return out


def _control(section: str, key: str, field: FieldInfo, value: Any) -> Control | None:
    kind = field.annotation
    text = field.description or ""
    if get_origin(kind) is Literal:
        return Control(section, key, "choice", value, text, options=get_args(kind))
    if kind is bool:
        return Control(section, key, "switch", value, text)
    if kind in (int, float):
        low, high = None, None
        for rule in field.metadata:
            low = next((float(getattr(rule, x)) for x in ("ge", "gt") if getattr(rule, x, None) is not None), low)
            high = next((float(getattr(rule, x)) for x in ("le", "lt") if getattr(rule, x, None) is not None), high)
        return Control(section, key, "whole" if kind is int else "number", value, text, low=low, high=high)
    return None
