from __future__ import annotations

import pytest

from analysis.publish import pandoc
from analysis.publish.typography import bind, typeset

N = "\u00a0"


@pytest.mark.parametrize(
    ("text", "set_"),
    [
        ("w klastrze i z nim", f"w{N}klastrze i{N}z{N}nim"),
        ("A to", f"A{N}to"),
        ("(w tym", f"(w{N}tym"),
        ("nr 5, tab. 3, rys. 7", f"nr{N}5, tab.{N}3, rys.{N}7"),
        ("N = 42", f"N{N}={N}42"),
        ("w 2023 r. wynik", f"w{N}2023{N}r. wynik"),
        ("5 mln zł", f"5{N}mln{N}zł"),
        ("strona s. 15", f"strona s.{N}15"),
        ("na do we od", "na do we od"),
    ],
)
def test_bind(text: str, set_: str) -> None:
    assert bind(text) == set_


def _html(markdown: str, lang: str = "pl") -> str:
    doc = pandoc.read_markdown(markdown)
    return pandoc.write(pandoc.with_blocks(doc, typeset(doc["blocks"], lang)), "html", ["--wrap=none"]).decode().strip()


def test_tree_gets_the_same_spaces_and_polish_quotes() -> None:
    assert _html('Rola "lidera" w *klastrze* i\nz nim') == f"<p>Rola „lidera” w{N}<em>klastrze</em> i{N}z{N}nim</p>"


def test_number_in_a_span_stays_with_its_unit() -> None:
    assert f"</span>{N}tys." in _html('[25]{.fact f="a"} tys. osób')


def test_code_and_link_targets_stay() -> None:
    html = _html('`w kodzie i "tu"` oraz [i tu](a%20w%20b.html)')
    assert "<code>w kodzie i &quot;tu&quot;</code>" in html or '<code>w kodzie i "tu"</code>' in html
    assert 'href="a%20w%20b.html"' in html


def test_english_keeps_its_own_quotes_and_spaces() -> None:
    assert _html('A "leader" in a cluster', "en") == "<p>A “leader” in a cluster</p>"
