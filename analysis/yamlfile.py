"""YAML that somebody else wrote: only plain data, of a bounded size, each key once, with errors that name the line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.resolver import Resolver

from analysis.errors import ConfigError, KlastryError

LARGEST = 2_000_000  # characters of a file; the longest record of the project has less than a hundredth
DEEPEST = 40  # levels of nesting


class _Plain(Composer, SafeConstructor, Resolver):
    """Refuses repeated keys, references between nodes (a short file could stand for gigabytes) and deep nesting."""

    once = True  # a repeated key is an error
    _depth = 0
    peek_event: Callable[[], Any]
    check_event: Callable[..., bool]

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        mark = self.peek_event().start_mark
        if self.check_event(yaml.AliasEvent):
            raise ConstructorError(None, None, "references (*name) are not used here", mark)
        self._depth += 1
        if self._depth > DEEPEST:
            raise ConstructorError(None, None, "nested too deeply", mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value if self.once else ():
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise ConstructorError(None, None, f"the key `{key}` is there twice", key_node.start_mark)
            if isinstance(key, Hashable):
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


class _PlainLoader(_Plain, yaml.SafeLoader):
    """Reads letter by letter in Python; its messages are those that users see."""


class _RepeatingLoader(_PlainLoader):
    """Takes the last of repeated keys; for a caller that looks for them in the nodes itself."""

    once = False


if yaml.__with_libyaml__:
    CParser: Any = yaml.cyaml.CParser  # type: ignore[attr-defined]

    class _QuickLoader(_Plain, CParser):
        """The same rules on what libyaml reads, several times faster."""

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)

    class _QuickRepeatingLoader(_QuickLoader):
        once = False

    _QUICK: dict[type, Any] = {_PlainLoader: _QuickLoader, _RepeatingLoader: _QuickRepeatingLoader}
else:  # PyYAML without its extension
    _QUICK = {}


def _parsed(parse: Callable[..., Any], text: str, loader: type[_PlainLoader]) -> Any:
    """Parse with the quick loader; what it refuses is for the other one to read, or to explain."""
    quick = _QUICK.get(loader)
    if quick is not None:
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            return parse(text, Loader=quick)
    return parse(text, Loader=loader)


@contextmanager
def _explained(source: str, error: type[KlastryError]) -> Iterator[None]:
    try:
        yield
    except (yaml.YAMLError, ValueError, OverflowError) as found:
        mark = getattr(found, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        told = getattr(found, "problem", None) or str(found)
        raise error(f"{source}: not readable as YAML ({told}{line}); correct the file") from found


def _bounded(text: str, source: str, error: type[KlastryError]) -> str:
    if len(text) > LARGEST:
        raise error(f"{source}: {len(text)} characters, at most {LARGEST} are read; is this the right file?")
    return text


def parse_yaml(text: str, source: str, *, error: type[KlastryError] = ConfigError) -> Any:
    """Parse YAML text; `source` names the file in messages.

    Raises
    ------
    ConfigError
        Or the class given as `error`: the text is no YAML, too long, nested too deeply, has a key twice, a reference or
        a tag.
    """
    with _explained(source, error):
        # The loader is a safe one: it makes plain data only.
        return _parsed(yaml.load, _bounded(text, source, error), _PlainLoader)


def read_yaml(
    path: Path, *, error: type[KlastryError] = ConfigError, change: Callable[[str], str] | None = None
) -> Any:
    """Read a YAML file in UTF-8; an empty one gives None. `change` is applied to the text before it is parsed.

    Raises
    ------
    ConfigError
        Or the class given as `error`: the file is not there, not UTF-8, or see `parse_yaml`.
    """
    text = _read(path, error)
    return parse_yaml(change(text) if change else text, str(path), error=error)


def _read(path: Path, error: type[KlastryError]) -> str:
    try:
        if path.stat().st_size > 4 * LARGEST:
            raise error(f"{path}: {path.stat().st_size} bytes, at most {LARGEST} characters are read")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as found:
        raise error(f"{path}: not readable as YAML (byte {found.start + 1} is not UTF-8); save it as UTF-8") from found
    except OSError as found:
        raise error(f"{path} cannot be read ({found.strerror}); restore the file") from found


def _node_and_data(text: str, Loader: type[Any]) -> tuple[yaml.Node | None, Any]:
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def read_nodes(path: Path, source: str) -> tuple[yaml.Node | None, Any]:
    """Read a YAML file as nodes, which know their lines, and as data; repeated keys are left to the caller.

    `source` names the file in messages.

    Raises
    ------
    ConfigError
        See `read_yaml`.
    """
    text = _bounded(_read(path, ConfigError), source, ConfigError)
    with _explained(source, ConfigError):
        return _parsed(_node_and_data, text, _RepeatingLoader)


def read_mapping(path: Path, *, error: type[KlastryError] = ConfigError) -> dict[str, Any]:
    """Read a YAML file that holds keys and values; an empty one gives no keys.

    Raises
    ------
    ConfigError
        Or the class given as `error`: see `read_yaml`, or the file holds something else than keys and values.
    """
    found = read_yaml(path, error=error)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise error(f"{path}: keys and values are expected, found {type(found).__name__}")
    return found
