"""A drawing put down directly as SVG: lines, marks and texts at places that the caller knows.

Matplotlib lays a figure out: it measures every text, makes an object of every tick, and does it anew for each figure. A
picture that is made hundreds of times, and whose places follow from its table alone, needs none of that. Letters are
outlines of the same font as in all other charts, so a drawing looks the same on every machine; an outline is made once
for a process.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from analysis.charts.style import FONT, INK

_UNITS = 64  # of a letter's outline in one unit of `text_to_path`: its coordinates become whole numbers
_EM = text_to_path.FONT_SCALE * _UNITS  # of a letter's outline in its size
_GROUND, _AROUND = 1.3, 0.6  # height of the ground of a text in sizes of its letters, and how far it goes on, in points
_COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
_POINTS = {Path.CURVE3: 2, Path.CURVE4: 3}  # how many a command takes; others take one
# Outlines of marks of size 2 around their place, y downwards; a circle is an element of its own.
_MARKS = {"^": "M0 -1L-1 1L1 1Z", "s": "M-1 -1H1V1H-1Z", "D": "M0 -1.41421L1.41421 0L0 1.41421L-1.41421 0Z"}
CIRCLE, TRIANGLE, SQUARE, DIAMOND = "o", *_MARKS


class _Text(NamedTuple):
    """A text as it is set: names of its letters with their places, its width, both in `_EM` to the size of letters."""

    letters: tuple[tuple[str, int], ...]
    width: float


_outlines: Any = {}  # name of a letter → path; the same for every drawing of a process


def _font(bold: bool, italic: bool) -> FontProperties:
    return FontProperties(
        family=FONT, size=1, weight="bold" if bold else "normal", style="italic" if italic else "normal"
    )


@cache
def _set(text: str, bold: bool, italic: bool) -> _Text:
    """Set a text, and keep the outlines of letters that are new."""
    properties = _font(bold, italic)
    font = get_font(findfont(properties))
    font.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
    placed, new, _ = text_to_path.get_glyphs_with_font(font, text, glyph_map=_outlines, return_new_glyphs_only=True)
    _outlines.update({name: _path(vertices, codes) for name, (vertices, codes) in new.items()})
    width, _, _ = text_to_path.get_text_width_height_descent(text, properties, False)
    return _Text(tuple((name, round(x * _UNITS)) for name, x, _, _ in placed), width)


def _path(vertices: Any, codes: Any) -> str:
    """Write an outline as the data of a path."""
    parts, left = [], 0
    for (x, y), code in zip(vertices, codes, strict=True):
        if code == Path.CLOSEPOLY:
            parts.append("Z")
            continue
        sign = " " if left else _COMMANDS[code]
        left = (left or _POINTS.get(code, 1)) - 1
        parts.append(f"{sign}{round(x * _UNITS)} {round(y * _UNITS)}")
    return "".join(parts)


@cache
def _middle(bold: bool, italic: bool) -> float:
    """How far below the middle of a line of text its letters stand, in sizes of the letters."""
    _, height, descent = text_to_path.get_text_width_height_descent("lp", _font(bold, italic), False)
    return float(height / 2 - descent)


def _told(value: float) -> str:
    """Write a coordinate with four decimals at most."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def text_width(text: str, size: float, *, bold: bool = False, italic: bool = False) -> float:
    """Return the width of a line of text in points, for letters of a size."""
    return _set(text, bold, italic).width * size


class Drawing:
    """Elements in the order in which they are drawn; all measures in points, y from the top down."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []
        self._letters: dict[str, None] = {}
        self.rectangle(0, 0, width, height, "#FFFFFF")

    def rectangle(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle, given by its upper left corner."""
        size = f'width="{_told(width)}" height="{_told(height)}"'
        self._parts.append(f'<rect x="{_told(x)}" y="{_told(y)}" {size} fill="{colour}"/>')

    def line(
        self, x: float, y: float, to_x: float, to_y: float, *, colour: str, width: float, dashes: str = ""
    ) -> None:
        """Draw a straight line that ends where it is told to; `dashes` are lengths of its parts and of its gaps."""
        places = f'x1="{_told(x)}" y1="{_told(y)}" x2="{_told(to_x)}" y2="{_told(to_y)}"'
        look = f'stroke="{colour}" stroke-width="{_told(width)}"'
        if dashes:
            look += f' stroke-dasharray="{dashes}"'
        self._parts.append(f"<line {places} {look}/>")

    def mark(self, shape: str, x: float, y: float, size: float, *, fill: str, edge: str, width: float) -> None:
        """Draw a mark around a place: CIRCLE, TRIANGLE, SQUARE or DIAMOND, with an edge of a width of its own."""
        look = f'fill="{fill}" stroke="{edge}" stroke-width="{_told(width)}"'
        if shape == CIRCLE:
            self._parts.append(f'<circle cx="{_told(x)}" cy="{_told(y)}" r="{_told(size / 2)}" {look}/>')
            return
        place = f"translate({_told(x)} {_told(y)}) scale({_told(size / 2)})"
        look = f'fill="{fill}" stroke="{edge}" stroke-width="{_told(2 * width / size)}"'
        self._parts.append(f'<path d="{_MARKS[shape]}" transform="{place}" {look}/>')

    def text(
        self, x: float, y: float, text: str, size: float, *, align: str = "left", colour: str = INK,
        bold: bool = False, italic: bool = False, ground: str = "",
    ) -> float:  # fmt: skip
        """Set one line of text whose middle is at the height `y`; returns its width.

        Parameters
        ----------
        x
            Where the text begins (`align` left), has its middle (center) or ends (right).
        size
            Of the letters, in points.
        ground
            Colour behind the text, where it must stand out from what was drawn before; none if empty.
        """
        laid = _set(text, bold, italic)
        width = laid.width * size
        start = x - {"left": 0.0, "center": 0.5, "right": 1.0}[align] * width
        if ground:
            high = _GROUND * size
            self.rectangle(start - _AROUND, y - high / 2, width + 2 * _AROUND, high, ground)
        scale = f"{size / _EM:.8f}".rstrip("0")
        place = f"translate({_told(start)} {_told(y + size * _middle(bold, italic))}) scale({scale} -{scale})"
        letters = "".join(f'<use xlink:href="#{name}" x="{at}"/>' for name, at in laid.letters if _outlines[name])
        self._letters.update(dict.fromkeys(name for name, _ in laid.letters if _outlines[name]))
        self._parts.append(f'<g fill="{colour}" transform="{place}">{letters}</g>')
        return width

    def svg(self) -> str:
        """Return the drawing as SVG."""
        width, height = _told(self.width), _told(self.height)
        names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        letters = [f'<path id="{name}" d="{_outlines[name]}"/>' for name in self._letters]
        return "\n".join(
            [
                '<?xml version="1.0" encoding="utf-8"?>',
                f'<svg {names} width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}" version="1.1">',
                "<defs>", *letters, "</defs>", *self._parts, "</svg>", "",
            ]
        )  # fmt: skip
