"""Figures as files: drawn once as vectors; every other picture of a figure is made from that drawing.

Drawing again for each format lays out all texts again, with other rounding of their sizes, which takes longer than all
the rest and gives pictures that differ in details. Typst, which typesets the report, turns the drawing into pixels with
the same renderer that puts it into the PDF.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from zlib import crc32

from analysis.errors import PublishError
from analysis.files import whole, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PRINT_PPI = 200  # pixels per inch of a picture for documents
SCREEN_PPI = 100  # of one that a notebook shows
_POINTS = 72  # per inch: the unit of a drawing
_INCH = 0.0254  # metres
_IHDR_END = 33  # bytes: the signature of a PNG and its first chunk


@runtime_checkable
class Drawn(Protocol):
    """A drawing that is SVG already, such as `analysis.charts.drawing.Drawing`."""

    def svg(self) -> str:
        """Return it."""


def save_figure(figure: Figure | Drawn, path: Path) -> Path:
    """Save a figure as SVG, without dates and versions, as a whole; its layout is fixed from then on."""
    if isinstance(figure, Drawn):
        return write_text(figure.svg(), path)
    _lay_out(figure)
    with whole(path) as part:
        figure.savefig(part, metadata={"Date": None, "Creator": None})
    return path


def _lay_out(figure: Figure) -> None:
    """Lay a figure out for SVG: else Matplotlib draws all of it once for nobody, to lay it out on the way."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    engine = figure.get_layout_engine()
    if engine is None:
        return
    FigureCanvasSVG(figure)  # sizes of texts are those of outlines
    dpi, figure.dpi = figure.dpi, _POINTS
    engine.execute(figure)
    figure.dpi = dpi
    figure.set_layout_engine(None)


def save_raster(svg: Path, path: Path) -> Path:
    """Save a drawing as PNG for documents, as a whole."""
    with whole(path) as part:
        part.write_bytes(rasterise(svg, PRINT_PPI))
    return path


def rasterise(svg: Path, ppi: int) -> bytes:
    """Return a drawing as PNG that knows its size in print.

    Parameters
    ----------
    svg
        A drawing whose texts are outlines, so that no fonts are needed.
    ppi
        Pixels per inch.

    Raises
    ------
    PublishError
        It is no SVG that can be drawn.
    """
    import typst

    source: Any = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{svg.name}")'.encode()
    try:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
        made = typst.compile(source, root=str(svg.parent), font_paths=fonts, format="png", ppi=ppi)
    except typst.TypstError as error:
        raise PublishError(f"{svg}: cannot be drawn: {error}; build the step that writes it again") from error
    return _with_density(bytes(made), ppi)


def _with_density(png: bytes, ppi: int) -> bytes:
    """Insert the chunk by which a word processor knows how large a picture is; Typst writes none."""
    dots = round(ppi / _INCH)
    chunk = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    return png[:_IHDR_END] + struct.pack(">I", 9) + chunk + struct.pack(">I", crc32(chunk)) + png[_IHDR_END:]


@dataclass(frozen=True)
class Picture:
    """A saved figure as a notebook shows it, with its alternative text."""

    svg: Path
    name: str
    alt: str

    def __repr__(self) -> str:
        return self.name

    def _repr_png_(self) -> tuple[str, dict[str, Any]]:
        return b64encode(rasterise(self.svg, SCREEN_PPI)).decode(), {"alt": self.alt}
