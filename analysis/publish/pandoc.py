"""Pandoc's document tree in Python: read Markdown, walk and change the tree, write any format.

The tree is pandoc's JSON as it stands: a node is `{"t": type, "c": content}`. Only the few node types that the book
changes have helpers here; everything else passes through untouched.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from analysis.errors import PublishError
from analysis.publish.pandoc_process import binary, converted

Node = dict[str, Any]
Attr = list[Any]  # [id, [class, …], [[key, value], …]]
INLINE = {"Str", "Space", "SoftBreak", "Quoted"}  # at least one of them is in a list of inlines
_INNER = (list, dict)  # what may hold nodes

# What looks like HTML, TeX or raw output of a format is text: chapters print records and names that others wrote. So is
# a word in brackets that happens to be a heading: what leads there is `@sec-…`.
READER = (
    "markdown-auto_identifiers-implicit_figures-example_lists-raw_html-raw_attribute-raw_tex-latex_macros-native_divs"
    "-native_spans-markdown_in_html_blocks-implicit_header_references"
)

# Pandoc collects garbage from the 64th megabyte on, then for every eight: half of its time for a short document, a
# fifth for the whole book. Memory that it does not use it does not take.
LARGE = 2_000_000  # characters of input


def _room(text: str) -> tuple[str, ...]:
    """Options for how much memory pandoc may fill before it collects garbage."""
    return ("+RTS", "-A128m" if len(text) > LARGE else "-A64m", "-RTS")


def run(
    text: str, *, source: str, to: str, args: Sequence[str] = (), epoch: int | None = None, cwd: Path | None = None
) -> bytes:
    """Run pandoc on text and return what it writes to standard output; with the one that is kept where it can do that.

    Raises
    ------
    PublishError
        Pandoc fails; carries its message.
    """
    if epoch is None and cwd is None and len(text) <= LARGE:
        short = converted(text, source, to, args, _room(text))
        if short is not None:
            return short
    environment = dict(os.environ)
    if epoch is not None:
        environment["SOURCE_DATE_EPOCH"] = str(epoch)
    done = subprocess.run(
        [binary(), *_room(text), "-f", source, "-t", to, *args],
        input=text.encode(),
        capture_output=True,
        env=environment,
        cwd=cwd,
        check=False,
    )
    if done.returncode:
        raise PublishError(f"pandoc could not write {to}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def read_markdown(text: str) -> Node:
    """Parse Markdown into a document tree."""
    return dict(json.loads(run(text, source=READER, to="json")))


def write(doc: Node, to: str, args: Sequence[str] = (), *, epoch: int | None = None, cwd: Path | None = None) -> bytes:
    """Write a document tree in a format."""
    text = json.dumps(doc, ensure_ascii=False, separators=(",", ":"))
    return run(text, source="json", to=to, args=args, epoch=epoch, cwd=cwd)


def with_blocks(doc: Node, blocks: list[Node], meta: Node | None = None) -> Node:
    """Return a document with the same version and other blocks."""
    return {
        "pandoc-api-version": doc["pandoc-api-version"],
        "meta": doc["meta"] if meta is None else meta,
        "blocks": blocks,
    }


# --- building -------------------------------------------------------------------------------------------------------


def text_inlines(text: str) -> list[Node]:
    """Split plain text into words and spaces; no-break spaces stay inside their word."""
    out: list[Node] = []
    for i, word in enumerate(text.split(" ")):
        if i:
            out.append({"t": "Space"})
        if word:
            out.append({"t": "Str", "c": word})
    return out


def attr(ident: str = "", classes: Sequence[str] = (), **pairs: str) -> Attr:
    """Build an attribute triple."""
    return [ident, list(classes), [[key, value] for key, value in pairs.items()]]


def para(inlines: list[Node]) -> Node:
    """Build a paragraph."""
    return {"t": "Para", "c": inlines}


def div(ident: str, classes: Sequence[str], blocks: list[Node], **pairs: str) -> Node:
    """Build a Div."""
    return {"t": "Div", "c": [attr(ident, classes, **pairs), blocks]}


def span(ident: str, classes: Sequence[str], inlines: list[Node], **pairs: str) -> Node:
    """Build a Span."""
    return {"t": "Span", "c": [attr(ident, classes, **pairs), inlines]}


def citation(key: str) -> Node:
    """Build a citation of literature that shows nothing by itself."""
    cited = {"citationId": key, "citationPrefix": [], "citationSuffix": [], "citationMode": {"t": "NormalCitation"},
             "citationNoteNum": 0, "citationHash": 0}  # fmt: skip
    return {"t": "Cite", "c": [[cited], []]}


def link(inlines: list[Node], target: str, classes: Sequence[str] = ()) -> Node:
    """Build a link."""
    return {"t": "Link", "c": [attr("", classes), inlines, [target, ""]]}


def raw_block(form: str, text: str) -> Node:
    """Build a block that passes unchanged into one output format."""
    return {"t": "RawBlock", "c": [form, text]}


def raw_inline(form: str, text: str) -> Node:
    """Build an inline that passes unchanged into one output format."""
    return {"t": "RawInline", "c": [form, text]}


# --- reading --------------------------------------------------------------------------------------------------------


def pairs(attributes: Attr) -> dict[str, str]:
    """Return the key-value pairs of an attribute triple."""
    return dict(attributes[2])


def nodes(tree: Any) -> Iterator[Node]:
    """Yield every node of a tree, parents first."""
    left = [tree] if type(tree) in _INNER else []
    while left:
        here = left.pop()
        if type(here) is dict:
            if "t" in here:
                yield here
            left.extend([part for part in reversed(here.values()) if type(part) in _INNER])
        else:
            left.extend([part for part in reversed(here) if type(part) in _INNER])


def plain(tree: Any) -> str:
    """Return the text of a tree, notes left out."""
    if isinstance(tree, list):
        return "".join(plain(x) for x in tree)
    if not isinstance(tree, dict):
        return ""
    kind = tree.get("t")
    content = tree.get("c")
    if kind in ("Str",):
        return str(content)
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "Math", "CodeBlock") and isinstance(content, list):
        return str(content[1])
    if kind in ("Note", "RawInline", "RawBlock"):
        return ""
    if kind in ("Para", "Plain", "Header"):
        return plain(content) + "\n"
    return plain(content)


def change(tree: Any, action: Callable[[Node], Node | list[Node] | None], kinds: Collection[str] | None = None) -> Any:
    """Return the tree with `action` applied to every node, or to those of some `kinds`, children first.

    `action` returns None to keep a node, a node to replace it, or a list to put several (or none) in its place. What
    the new tree has in common with the old one may be the same object, so neither may be changed in place.
    """
    # Trees have a million parts, most of them words and spaces: these are passed on here, without a call for each.
    if type(tree) is list:
        out: list[Any] = []
        for item in tree:
            if type(item) is dict:
                kind = item.get("t")
                if kind is not None and kinds is not None and kind not in kinds and type(item.get("c")) not in _INNER:
                    out.append(item)
                    continue
                changed = change(item, action, kinds)
                if type(changed) is list and kind is not None:
                    out.extend(changed)
                else:
                    out.append(changed)
            else:
                out.append(change(item, action, kinds) if type(item) is list else item)
        return out
    if type(tree) is dict:
        renewed = {k: change(v, action, kinds) if type(v) in _INNER else v for k, v in tree.items()}
        if "t" in renewed and (kinds is None or renewed["t"] in kinds):
            replaced = action(renewed)
            return renewed if replaced is None else replaced
        return renewed
    return tree


def change_inline_lists(tree: Any, action: Callable[[list[Node]], list[Node]]) -> Any:
    """Return the tree with `action` applied to every list of inlines (recognised by a Str, Space or Quoted in it).

    Inner lists come first. Words and spaces are the same objects in both trees and may not be changed in place.
    """
    if type(tree) is list:
        out: list[Any] = []
        inline = False
        for x in tree:
            if type(x) is dict:
                inline = inline or x.get("t") in INLINE
                out.append(change_inline_lists(x, action) if type(x.get("c")) in _INNER or "t" not in x else x)
            else:
                out.append(change_inline_lists(x, action) if type(x) is list else x)
        return action(out) if inline else out
    if type(tree) is dict:
        return {k: change_inline_lists(v, action) if type(v) in _INNER else v for k, v in tree.items()}
    return tree
