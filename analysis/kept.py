"""Results of slow computations, kept as text so that another process takes them instead of computing them again.

The file is JSON. A value that JSON does not know is an object with one key that says what it is: numbers of arrays are
their bytes, so nothing is rounded. Only plain values, tables, arrays and data classes of this package can be kept, and
reading makes nothing else: unlike Python's own serialisation, a file cannot run code.
"""

from __future__ import annotations

import base64
import dataclasses
import importlib
import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from analysis.errors import PublishError
from analysis.files import write_text

_PACKAGE = "analysis."
_PLAIN = (str, bool, int, type(None))


def write_kept(value: Any, path: Path) -> None:
    """Keep a value.

    Raises
    ------
    PublishError
        A part of it is of a type that cannot be kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(json.dumps(_told(value), ensure_ascii=False, separators=(",", ":")) + "\n", path)


def read_kept(path: Path) -> Any:
    """Read a value that `write_kept` has kept.

    Raises
    ------
    PublishError
        There is no such file, or it is not one of these.
    """
    if not path.is_file():
        raise PublishError(f"{path} is not there yet; build the edition first: klastry build")
    try:
        return _made(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise PublishError(f"{path} cannot be read ({error}); remove it and build the edition anew") from error


def _told(value: Any) -> Any:
    """Say a value in JSON."""
    if type(value) in _PLAIN:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is list:
        return [_told(one) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [_told(one) for one in value]} | ({"of": _name(value)} if hasattr(value, "_fields") else {})
    if isinstance(value, (set, frozenset)):
        listed = sorted((_told(one) for one in value), key=repr)
        return {type(value).__name__: listed}
    if isinstance(value, dict):
        return {"dict": [[_told(key), _told(one)] for key, one in value.items()]}
    if isinstance(value, Fraction):
        return {"fraction": str(value)}
    if isinstance(value, (np.ndarray, np.generic)):
        return _told_array(value)
    if isinstance(value, (pd.DataFrame, pd.Series, pd.Index)):
        return _told_table(value)
    if isinstance(value, BaseModel):
        return {
            "model": _name(value),
            "fields": _told({name: getattr(value, name) for name in type(value).model_fields}),
        }
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {"record": _name(value), "fields": _told(fields)}
    raise PublishError(f"a value of type {type(value).__module__}.{type(value).__qualname__} cannot be kept")


def _told_array(value: Any) -> Any:
    array = np.asarray(value)
    if array.dtype == object:
        flat = [_told(one) for one in array.ravel()]
        return {"array": "object", "shape": list(array.shape), "values": flat}
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
    kind = "scalar" if isinstance(value, np.generic) else "array"
    return {kind: array.dtype.str, "shape": list(array.shape), "bytes": data}


def _told_column(values: Any) -> Any:
    """One column or one level of an index, with its type."""
    dtype = values.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "biufMm":
        return {"column": str(dtype), "values": _told_array(values.to_numpy())}
    if isinstance(dtype, pd.CategoricalDtype):
        categories = _told_table(pd.Index(dtype.categories))
        return {"category": categories, "ordered": bool(dtype.ordered), "codes": [int(c) for c in values.cat.codes]}
    cells = [None if one is pd.NA else _told(one) for one in values.tolist()]
    return {"column": str(dtype), "cells": cells}


def _told_table(value: Any) -> Any:
    if isinstance(value, pd.MultiIndex):
        levels = [_told_table(value.get_level_values(i)) for i in range(value.nlevels)]
        return {"levels": levels, "names": _told(list(value.names))}
    if isinstance(value, pd.RangeIndex):
        return {"range": [value.start, value.stop, value.step], "name": _told(value.name)}
    if isinstance(value, pd.Index):
        return {"index": _told_column(value.to_series()), "name": _told(value.name)}
    if isinstance(value, pd.Series):
        return {"series": _told_column(value), "rows": _told_table(value.index), "name": _told(value.name)}
    columns = [_told_column(value.iloc[:, i]) for i in range(value.shape[1])]
    return {"table": columns, "rows": _told_table(value.index), "heads": _told_table(value.columns)}


def _name(value: Any) -> str:
    kind = type(value)
    name = f"{kind.__module__}:{kind.__qualname__}"
    if not name.startswith(_PACKAGE):
        raise PublishError(f"a value of type {name} cannot be kept")
    return name


def _kind(name: str) -> Any:
    module, _, qualified = name.partition(":")
    if not module.startswith(_PACKAGE) or not qualified.isidentifier():
        raise ValueError(f"{name} is no record of this package")
    kind = getattr(importlib.import_module(module), qualified)
    if not (isinstance(kind, type) and (dataclasses.is_dataclass(kind) or issubclass(kind, (BaseModel, tuple)))):
        raise ValueError(f"{name} is no record of this package")
    return kind


def _made(told: Any) -> Any:
    """Make the value that `_told` has said."""
    if isinstance(told, list):
        return [_made(one) for one in told]
    if not isinstance(told, dict):
        return told
    if "dict" in told:
        return {_made(key): _made(one) for key, one in told["dict"]}
    if "tuple" in told:
        parts = [_made(one) for one in told["tuple"]]
        return _kind(told["of"])(*parts) if "of" in told else tuple(parts)
    if "float" in told:
        return float(told["float"])
    if "fraction" in told:
        return Fraction(told["fraction"])
    if "set" in told:
        return {_made(one) for one in told["set"]}
    if "frozenset" in told:
        return frozenset(_made(one) for one in told["frozenset"])
    if "model" in told:
        return _kind(told["model"]).model_construct(**_made(told["fields"]))
    if "record" in told:
        return _made_record(_kind(told["record"]), _made(told["fields"]))
    if "array" in told or "scalar" in told:
        return _made_array(told)
    return _made_table(told)


def _made_record(kind: Any, fields: dict[str, Any]) -> Any:
    """A data class as it was, without running what it does when it is first made."""
    if fields.keys() != {field.name for field in dataclasses.fields(kind)}:
        raise ValueError(f"{kind.__name__} has other fields now")
    made = object.__new__(kind)
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def _made_array(told: dict[str, Any]) -> Any:
    if told.get("array") == "object":
        array = np.empty(len(told["values"]), dtype=object)
        for i, one in enumerate(told["values"]):
            array[i] = _made(one)
        return array.reshape(told["shape"])
    dtype = np.dtype(told.get("array") or told["scalar"])
    array = np.frombuffer(base64.b64decode(told["bytes"]), dtype=dtype).reshape(told["shape"]).copy()
    return array[()] if "scalar" in told else array


def _made_column(told: dict[str, Any]) -> pd.Series:
    if "category" in told:
        dtype = pd.CategoricalDtype(_made_table(told["category"]), ordered=told["ordered"])
        return pd.Series(pd.Categorical.from_codes(told["codes"], dtype=dtype))
    if "values" in told:
        return pd.Series(_made_array(told["values"]), dtype=told["column"])
    return pd.Series([_made(one) for one in told["cells"]], dtype=told["column"])


def _made_table(told: dict[str, Any]) -> Any:
    if "levels" in told:
        return pd.MultiIndex.from_arrays([_made_table(one) for one in told["levels"]], names=_made(told["names"]))
    if "range" in told:
        start, stop, step = told["range"]
        return pd.RangeIndex(start, stop, step, name=_made(told["name"]))
    if "index" in told:
        return pd.Index(_made_column(told["index"]), name=_made(told["name"]))
    if "series" in told:
        made = _made_column(told["series"])
        made.index, made.name = _made_table(told["rows"]), _made(told["name"])
        return made
    rows = _made_table(told["rows"])
    table = pd.concat([_made_column(one) for one in told["table"]], axis=1) if told["table"] else pd.DataFrame()
    table = table if told["table"] else pd.DataFrame(index=range(len(rows)))
    table.index, table.columns = rows, _made_table(told["heads"])
    return table
