"""Texts that would do harm if anything on the way to print took them for more than text."""

from __future__ import annotations

TEXTS = (
    "{{ 7*7 }}", "{% for x in y %}", "{# note #}", "{{ f('sample.persons') }}",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</script><b>out", "</style><!--",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)", "&lt;b&gt;", "]]>",
    '#import "x"', '#read("/etc/passwd")', "$x^2$", "#{panic()}", "@citation", "@fig-13", "[^note]",
    "\\input{/etc/passwd}",
    "=cmd|' /C calc'!A0", "+1+1", "@SUM(1+1)", "-2+3", "=HYPERLINK(\"http://x\")",
    "[link](http://x)", "![image](http://x/y.png)", "::: {.note}", "`<i>`{=html}", "# Heading {#sec-x}",
    "*star* **two** _under_",
    "~~gone~~", "| a | b |", "'; DROP TABLE clusters; --", "%s %n %d", "${HOME}", "`whoami`",
)  # fmt: skip


def marked(number: int) -> str:
    """A hostile text with a number before it, so that it can be found again."""
    return f"{TEXTS[number]} q{number:02d}z"
