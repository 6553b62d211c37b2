"""The language in which exhibits are being made: of numbers, of names from the framework, of sentences about charts.

One process makes exhibits in one language. `open_workspace` sets it, like the style of the charts; what runs without a
workspace is Polish. Numbers themselves never depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from analysis.errors import ConfigError

LANGUAGES = ("pl", "en")
_current = "pl"
_texts: Mapping[str, str] = {}
_missing: list[str] = []


def current() -> str:
    """Return the language of this process, `pl` or `en`."""
    return _current


def named(kind: str) -> str:
    """Return the column that holds a kind of word in the language of this process.

    Examples
    --------
    >>> named("short")
    'short_pl'
    """
    return f"{kind}_{_current}"


def decimal_mark() -> str:
    """Return what stands between a number and its decimals in the language of this process."""
    return "," if _current == "pl" else "."


def text(written: str) -> str:
    """Return a text that a record holds in Polish only, in the language of this process.

    One without a translation is noted (`missing`) and returned as it is.
    """
    if _current == "pl" or not written:
        return written
    if written not in _texts:
        _missing.append(written)
    return _texts.get(written, written)


def missing() -> list[str]:
    """Return the texts that wanted a translation and had none, each once."""
    return list(dict.fromkeys(_missing))


def use(lang: str, texts: Mapping[str, str] | None = None) -> None:
    """Make exhibits in a language from now on; `texts` are translations of what records hold in Polish only.

    Raises
    ------
    ConfigError
        The language is not one of `LANGUAGES`.
    """
    global _current, _texts
    if lang not in LANGUAGES:
        raise ConfigError(f"no language `{lang}`; languages: {', '.join(LANGUAGES)}")
    _current, _texts = lang, texts or {}
    _missing.clear()


@contextmanager
def using(lang: str, texts: Mapping[str, str] | None = None) -> Iterator[None]:
    """Make exhibits in a language for the length of a `with` block."""
    before = _current, _texts
    use(lang, texts)
    try:
        yield
    finally:
        use(*before)
