"""Reading method files: a chain of `extends`, merged, checked; errors name file, key and what is allowed."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from analysis.config.edition import ComposeMethod, Method
from analysis.errors import ConfigError, suggest
from analysis.yamlfile import read_yaml

M = TypeVar("M", bound=BaseModel)
# Keys of earlier method files and what says the same now.
MOVED = {
    "missing": "; it is `imputation` now, with rule: none for omit",
    "weights.indicators": "; it is `weights.rule` now",
    "aggregation.subarea": "; it is `aggregation.rule` now, or `aggregation.levels` for one level",
    "aggregation.overall": "; it is `aggregation.rule` now, or `aggregation.levels` for one level",
}


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Models inside an annotation: `X`, `X | None`, `dict[str, X]`, `Annotated[X | Y, …]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is Annotated:
        return _models(get_args(annotation)[0])
    if get_origin(annotation) in (dict, types.UnionType, Union):
        return [m for part in get_args(annotation) for m in _models(part)]
    return []


def _allowed(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Keys allowed at a path of a method file; keys of a mapping (indicator codes, levels) are passed over."""
    current: list[type[BaseModel]] = [model]
    for part in path:
        fields = [m.model_fields[str(part)] for m in current if str(part) in m.model_fields]
        if fields:
            current = [m for field in fields for m in _models(field.annotation)]
    return [name for m in current for name in m.model_fields]


def _explain(error: ValidationError, source: str, model: type[BaseModel]) -> ConfigError:
    lines = []
    for item in error.errors():
        loc = tuple(item["loc"])
        key = ".".join(map(str, loc))
        if item["type"] == "extra_forbidden":
            hint = MOVED.get(key) or suggest(str(loc[-1]), _allowed(model, loc[:-1]))
            lines.append(f"unknown key `{key}`{hint}")
        elif item["type"] == "missing":
            lines.append(f"key `{key}` is missing; add it, or let the file extend `default`")
        else:
            lines.append(f"`{key}` = {item['input']!r}: {item['msg']}")
    return ConfigError(f"{source}: " + "\n  ".join(lines))


def _read_yaml(path: Path) -> dict[str, Any]:
    data = read_yaml(path)
    if data is None:
        raise ConfigError(f"{path}: the file is empty; write at least one key, say `treatment: {{rule: iqr_cap}}`")
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: a mapping of keys is expected, found {type(data).__name__}")
    return data


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = _merge(out[key], value)
        else:
            out[key] = value
    return out


def _named(name: str, folders: list[Path]) -> Path:
    for folder in folders:
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = sorted({p.stem for folder in folders for p in folder.glob("*.yaml")})
    where = " or ".join(map(str, folders)) or "any folder (run inside the project, or give the path of a file)"
    raise ConfigError(f"no method `{name}` in {where}{suggest(name, known)}")


def _chain(first: Path, folders: list[Path]) -> list[Path]:
    """Files a method rests on, base first; a base is looked for beside the file that names it, then in `folders`."""
    chain: list[Path] = []
    path: Path | None = first
    while path is not None:
        if path in chain:
            raise ConfigError(f"{path}: `extends` goes round in a circle")
        chain.append(path)
        base = _read_yaml(path).get("extends")
        path = None if base is None else _named(str(base), list(dict.fromkeys([path.parent, *folders])))
    return chain[::-1]


def _validated(files: list[Path], model: type[M]) -> M:
    merged: dict[str, Any] = {}
    for path in files:
        merged = _merge(merged, _read_yaml(path))
    try:
        return model.model_validate(merged)
    except ValidationError as error:
        raise _explain(error, files[-1].name, model) from error


def _files(name: str | Path, folders: list[Path]) -> list[Path]:
    """Files of a method given as a path or a name, base first."""
    path = Path(name)
    if path.suffix not in (".yaml", ".yml") and len(path.parts) == 1:
        return _chain(_named(str(name), folders), folders)
    if not path.is_file():
        raise ConfigError(f"method file {path} does not exist; give the path of a YAML file or the name of a method")
    return _chain(path, folders)


def method_files(name: str | Path, config_dir: Path) -> list[Path]:
    """Return the files a variant rests on, base first; raises `ConfigError` for an unknown or circular name."""
    return _files(name, [config_dir / "method"])


def load_method(name: str | Path, config_dir: Path) -> Method:
    """Load the method of an edition, a name under `config/method/` or a file, with everything it extends.

    Raises
    ------
    ConfigError
        Unknown method, unknown or missing key, or a value outside its type; names file, key and what is allowed.
    """
    return _validated(method_files(name, config_dir), Method)


def load_index_method(name: str | Path | None, config_dir: Path | None = None) -> ComposeMethod:
    """Load the method of an index of one's own: a file, a name under `config/method/`, or None for the defaults.

    Parameters
    ----------
    name
        Path of a YAML file, or the name of a variant. A file may extend a named variant.
    config_dir
        Folder that holds `method/`; None outside a project.

    Raises
    ------
    ConfigError
        As `load_method`; sections that only an edition uses are checked but not needed.
    """
    if name is None:
        return ComposeMethod.model_validate({})
    return _validated(_files(name, [] if config_dir is None else [config_dir / "method"]), ComposeMethod)


def schema_json() -> str:
    """Return the JSON schema of a method file, for editors; committed as `config/schema.json`."""
    return json.dumps(Method.model_json_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
