"""Bodies of pages are finished and searched as a parser of HTML would read them."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag

from analysis.publish.site import Page
from analysis.publish.site_body import finish_body, search_entries

HAND = '<table style="width:90%;">\n<colgroup><col style="width: 7%" /></colgroup><thead><tr><th>A</th></tr></thead>'
BODY = f"""<h1 id="sec-1">Tytuł &amp; „reszta”</h1>
<p>Wstęp, a&#8289;b <em>c</em> (<a href="x.html" class="r">tu</a>).</p>
<h2 data-number="1.1" id="sec-2">Tabele</h2>
{HAND}<tbody><tr><td>1</td><th>2</th></tr></tbody></table>
<figure class="exhibit"><table class="exhibit-table" aria-labelledby="t"><thead><tr><th scope="col" class="left">B</th>
</tr></thead><tbody><tr><td colspan="2">x<br>y &lt; z</td></tr></tbody></table></figure>
<p>Wzór:<math display="block" xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>x</mi><mspace />
</mrow><annotation encoding="application/x-tex">x</annotation></semantics></math></p>
<h2>Bez odnośnika</h2>{HAND}</table><details class="sources"><summary>Źródła</summary>3</details>
<p>Koniec <!-- c -->.</p><script type="application/json">{{"a": 1}}</script>
"""


def slowly(html: str) -> str:
    """Make the same of a page with a tree of its elements."""
    soup = BeautifulSoup(html, "html.parser")
    for table in soup.find_all("table"):
        if "exhibit-table" in (table.get("class") or []):
            continue
        for head in [cell for part in table.find_all("thead") for cell in part.find_all("th")]:
            head["scope"] = "col"
        heading = table.find_previous(["h1", "h2", "h3", "h4"])
        named = str(heading.get("id") or "") if heading else ""
        name = {"aria-labelledby": named} if named else {"aria-label": "Tabela"}
        table.wrap(soup.new_tag("div", attrs={"class": "table-scroll", "role": "region", "tabindex": "0", **name}))
    for formula in soup.find_all("math", display="block"):
        box = {"class": "formula-scroll", "role": "group", "tabindex": "0", "aria-label": "Wzór"}
        formula.wrap(soup.new_tag("span", attrs=box))
    return str(soup)


@pytest.mark.parametrize("body", [BODY, BODY.replace('id="sec-2"', ""), BODY[BODY.index("<table") :]])
def test_a_page_is_finished_as_with_a_tree(body: str) -> None:
    assert finish_body(body) == slowly(body)


def test_a_table_in_a_table_keeps_its_box() -> None:
    inner = "<table><tbody><tr><td><table><tbody></tbody></table></td></tr></tbody></table>"
    assert finish_body(inner) == slowly(inner)


def test_a_page_without_tables_and_formulas_is_left_alone() -> None:
    assert finish_body('<p class="b" id="a">&quot;x&quot;</p>') == '<p class="b" id="a">&quot;x&quot;</p>'


def test_entries_hold_the_words_between_headings() -> None:
    page = Page("p.html", "Strona", "1", "pl", [], body=finish_body(BODY))
    found = search_entries(page)
    assert [(e["title"], e["url"]) for e in found] == [
        ("1 Strona", "p.html"), ("Tabele", "p.html#sec-2"), ("Bez odnośnika", "p.html"),
    ]  # fmt: skip
    soup = BeautifulSoup(page.body, "html.parser")
    for tag in soup.find_all(
        lambda t: isinstance(t, Tag) and t.name in ("annotation", "details", "script", "h1", "h2")
    ):
        tag.decompose()
    told = re.sub(r"\s", "", "".join(e["text"] for e in found))
    assert told == re.sub(r"\s", "", soup.get_text())
