"""Pictures made from a drawing: the drawing's size, colours and words, in whole files."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from analysis.charts.style import CM
from analysis.errors import PublishError
from analysis.pictures import PRINT_PPI, SCREEN_PPI, Picture, rasterise, save_figure, save_raster


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A drawing of 8 × 4 cm: its left half red, a word in its right half."""
    figure = Figure(figsize=(8 * CM, 4 * CM))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.set_xlim(0, 2)
    axes.axvspan(0, 1, color="#FF0000", linewidth=0)
    axes.text(1.2, 0.5, "łąka", fontsize=20)
    return save_figure(figure, tmp_path / "figure.svg")


@pytest.mark.parametrize("ppi", [SCREEN_PPI, PRINT_PPI])
def test_a_picture_has_the_size_and_the_marks_of_the_drawing(drawing: Path, ppi: int) -> None:
    picture = Image.open(BytesIO(rasterise(drawing, ppi)))
    picture.load()  # every chunk of the file is checked
    width, height = picture.size
    assert abs(width - 8 * CM * ppi) <= 1 and abs(height - 4 * CM * ppi) <= 1
    assert picture.info["dpi"] == pytest.approx((ppi, ppi), abs=0.1)
    pixels = picture.convert("RGB")
    assert pixels.getpixel((width // 4, height // 2)) == (255, 0, 0)
    right = pixels.crop((width // 2 + 2, 0, width, height)).convert("L")
    assert right.getpixel((right.width - 1, 0)) == 255 and right.getextrema()[0] < 60  # ground, and ink of the word


def test_the_same_drawing_gives_the_same_bytes(drawing: Path) -> None:
    assert rasterise(drawing, 100) == rasterise(drawing, 100)


def test_a_broken_drawing_is_told_and_leaves_the_last_picture(drawing: Path, tmp_path: Path) -> None:
    target = save_raster(drawing, tmp_path / "figure.png")
    before = target.read_bytes()
    drawing.write_text("<svg", encoding="utf-8")
    with pytest.raises(PublishError, match=r"figure\.svg: cannot be drawn"):
        save_raster(drawing, target)
    assert target.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir()) == ["figure.png", "figure.svg"]


def test_a_notebook_gets_the_picture_with_its_description(drawing: Path) -> None:
    data, metadata = Picture(drawing, "7. Łąka", "Wykres: łąka.")._repr_png_()
    assert Image.open(BytesIO(b64decode(data))).width == Image.open(BytesIO(rasterise(drawing, SCREEN_PPI))).width
    assert metadata == {"alt": "Wykres: łąka."} and repr(Picture(drawing, "7. Łąka", "")) == "7. Łąka"
