import pytest

from analysis.charts import style
from analysis.publish import numbers


@pytest.mark.parametrize("value", [0.125, 2.675, 25863.04, -4.0, -0.04, 1404, 0, 0.1 + 0.2, 888230.95])
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_charts_print_numbers_as_the_text_does(value, decimals):
    assert style.polish_number(value, decimals) == numbers.number(value, decimals)


def test_text_inside_marks_is_readable():
    """WCAG 2.1: contrast of at least 4.5 for normal text."""
    for colour in (*style.STEPS, *style.SEQUENTIAL, style.DARK, style.LIGHT):
        assert style.contrast(style.readable_on(colour), colour) >= 4.5, colour


def test_colours_survive_greyscale():
    """Neighbours in a part-to-whole bar, and the two marks of a dot plot, differ in lightness, not only in hue."""

    def lightness(colour: str) -> float:
        y = style.luminance(colour)
        return 116 * (y ** (1 / 3) if y > 0.008856 else 7.787 * y + 16 / 116) - 16

    pairs = [
        *zip(style.STEPS[:4], style.STEPS[1:4], strict=False),
        (style.DARK, style.LIGHT),
        (style.DARK, style.ACCENT),
    ]
    for first, second in pairs:
        assert abs(lightness(first) - lightness(second)) >= 9, (first, second)


def test_axis_has_a_decimal_comma():
    figure = style.new_figure(4)
    axes = figure.add_subplot()
    axes.set_xlim(0, 1)
    style.number_axis(axes, axis="x", decimals=1)
    figure.canvas.draw()
    shown = [label.get_text() for label in axes.get_xticklabels()]
    assert "0,2" in shown
    assert not any("." in text for text in shown)


def test_figure_is_as_wide_as_the_page_text():
    assert style.new_figure(5).get_size_inches()[0] * 2.54 == pytest.approx(16)
