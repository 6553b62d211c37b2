"""`klastry bridge`: two folders in, the decomposition of every mean score out."""

from __future__ import annotations

from pathlib import Path

from analysis.bridge import FACTORS, Bridge, Side, bridge, read_side
from analysis.compose.readers import read_data, read_framework
from analysis.compose.writing import check_target, write_tables
from analysis.config import IndexMethod
from analysis.errors import ConfigError, MethodError, suggest

WORDS = {
    "values": "the same units, their answers",
    "answers": "the same units, answers given in one edition only",
    "frame": "observed range (min-max frame)",
    "cap": "fence of the cap",
    "entering": "units entering",
    "leaving": "units leaving",
}


def _side(folder: Path, framework: Path | None, method: IndexMethod) -> Side:
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder; give a folder with indicators.csv and framework.csv")
    own = framework or folder / "framework.csv"
    if framework is None and not own.is_file():
        raise ConfigError(f"{own} does not exist; put the framework there, or give one for both with --framework")
    structure = read_framework(own)
    indicators, others = read_data(folder / "indicators.csv", structure)
    return read_side(str(folder), indicators, structure, method, others=others)


def bridge_folders(
    first: Path, second: Path, method: IndexMethod, out: Path | None = None, *, framework: Path | None = None
) -> Bridge:
    """Decompose the change between the editions of two folders; write its tables if `out` is given.

    Parameters
    ----------
    first, second
        Folders with `indicators.csv`, as `read_data`, and `framework.csv`, as `read_framework`.
    method
        The method, the same for both.
    framework
        Framework of both, instead of theirs.

    Raises
    ------
    KlastryError
        A file cannot be read or the editions cannot be bridged; nothing is written.
    """
    if out is not None:
        check_target(out)
        if out.resolve() in (first.resolve(), second.resolve()):
            raise ConfigError(f"{out} holds the data of an edition; choose another folder as --out")
    made = bridge(_side(first, framework, method), _side(second, framework, method))
    if out is not None:
        write_tables(
            {
                "contributions.csv": made.contributions.reset_index(),
                "ranges.csv": made.ranges,
                "frames.csv": made.frames.reset_index(),
                "units.csv": made.units.reset_index(),
            },
            out,
        )
    return made


def summary_lines(made: Bridge, code: str | None = None) -> list[str]:
    """Return the bridge of one element in words; the default is the last one, the whole index.

    Raises
    ------
    MethodError
        There is no such element.
    """
    table = made.contributions
    code = code or str(table.index[-1])
    if code not in table.index:
        raise MethodError(f"bridge: no element `{code}`{suggest(code, [str(c) for c in table.index])}")
    row = table.loc[[code]].to_dict("records")[0]
    name = "" if row["name"] == code else f" {row['name']}"
    counts = ", ".join(f"{of['n']} {of['group']}" for of in made.units.reset_index().to_dict("records"))
    lines = [f"{code}{name}: mean score {row['before']:.3f} -> {row['after']:.3f}, change {row['change']:+.3f}"]
    lines.append(f"units: {counts}")
    width = max(map(len, WORDS.values()))
    for part in made.ranges[made.ranges["code"] == code].to_dict("records"):
        low, high = part["lowest"], part["highest"]
        lines.append(f"  {WORDS[part['factor']]:<{width}}  {part['share']:+.3f}   ({low:+.3f} to {high:+.3f} by order)")
    lines.append(f"  {'sum':<{width}}  {sum(row[f] for f in FACTORS):+.3f}")
    lines.append(
        f"the same units on one scale: {row['same_first']:+.3f} on that of the first edition, "
        f"{row['same_second']:+.3f} on that of the second"
    )
    return lines
