"""A walk through a page with the Tab key: what it does not reach, cannot leave, or reaches without showing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

WALK_LIMIT = 400  # presses of Tab on one page
COMPARED_LIMIT = 15  # pictures taken where no style tells the focus
MENUS_TRIED = 4


def _described(page: Page, check: str, expression: str, detail: str = "") -> dict[str, str]:
    handle = page.evaluate_handle(expression)
    return {"check": check, "detail": detail} | dict(page.evaluate("(el) => klastryKeys.describe(el)", handle))


def _looks_the_same(page: Page, box: dict[str, float]) -> bool:
    """Whether a picture of the focused element equals one without the focus; the focus is put back."""
    view = page.viewport_size or {"width": 1280, "height": 900}
    left, top = max(0.0, box["x"] - 8), max(0.0, box["y"] - 8)
    width = min(box["width"] + 16, view["width"] - left)
    height = min(box["height"] + 16, view["height"] - top)
    if width < 1 or height < 1:
        return True
    clip: Any = {"x": left, "y": top, "width": width, "height": height}
    focused = page.screenshot(clip=clip)
    page.evaluate("() => { window.klastryAt = document.activeElement; window.klastryAt.blur(); }")
    blurred = page.screenshot(clip=clip)
    page.evaluate("() => window.klastryAt.focus({ preventScroll: true, focusVisible: true })")
    return focused == blurred


def walk(page: Page) -> list[dict[str, str]]:
    """Press Tab from the top of the page until it is left; returns findings with check, selector, snippet, detail."""
    found: list[dict[str, str]] = []
    expected = int(page.evaluate("() => klastryKeys.prepare()"))
    if not expected:
        return found
    seen: list[int] = []
    compared = frame_steps = 0
    ended = False
    for _ in range(min(WALK_LIMIT, 2 * expected + 20)):
        page.keyboard.press("Tab")
        at = page.evaluate("() => klastryKeys.where()")
        if at["kind"] == "outside":
            if seen:
                ended = True
                break
            continue
        if at["kind"] == "frame" and seen and seen[-1] == at["id"] and frame_steps < 40:
            frame_steps += 1
            continue
        if seen and at["id"] == seen[-1] and at["kind"] == "element":
            found.append(_described(page, "keyboard-trap", "() => document.activeElement"))
            return found + _menus(page)
        if at["id"] in seen:
            if at["modal"]:
                page.keyboard.press("Escape")
                if page.evaluate("() => klastryKeys.where()").get("modal"):
                    found.append(_described(page, "walk-cut-short", "() => document.activeElement"))
                    return found
                continue
            if page.evaluate("() => klastryKeys.leftOut().length"):
                found.append(_described(page, "keyboard-trap", "() => document.activeElement"))
                return found + _menus(page)
            ended = True
            break
        seen.append(at["id"])
        if not at["shown"] and compared < COMPARED_LIMIT:
            compared += 1
            if _looks_the_same(page, at["box"]):
                found.append(_described(page, "focus-not-visible", "() => document.activeElement"))
    if not ended:
        found.append(_described(page, "walk-cut-short", "() => document.activeElement", str(len(seen))))
        return found + _menus(page)
    for number in range(int(page.evaluate("() => klastryKeys.leftOut().length"))):
        found.append(_described(page, "not-reached-by-tab", f"() => klastryKeys.leftOut()[{number}]"))
    return found + _menus(page)


def _menus(page: Page) -> list[dict[str, str]]:
    """Menus that open under the pointer: whether they open by keyboard as well. No link is followed."""
    found = []
    pairs = page.evaluate_handle("(limit) => klastryKeys.hiddenMenus(limit)", MENUS_TRIED)
    for number in range(int(page.evaluate("(pairs) => pairs.length", pairs))):
        host = page.evaluate_handle(f"(pairs) => pairs[{number}][0]", pairs).as_element()
        link = page.evaluate_handle(f"(pairs) => pairs[{number}][1]", pairs).as_element()
        assert host is not None and link is not None
        box = host.bounding_box()
        if box is None:
            continue
        page.evaluate("(el) => el.scrollIntoView({ block: 'center' })", host)
        box = host.bounding_box() or box
        page.mouse.move(box["x"] + min(box["width"] / 2, 40), box["y"] + min(box["height"] / 2, 12))
        page.wait_for_timeout(80)
        opened = link.is_visible()
        page.mouse.move(0, 0)
        page.wait_for_timeout(80)
        if not opened or link.is_visible():
            continue
        control = host.query_selector("button, [aria-expanded], [aria-haspopup], a, [tabindex]")
        if control is not None:
            control.focus()
            for key in ("", "ArrowDown", "Enter"):
                opens = bool(control.evaluate("(el) => el.matches('button, [aria-expanded], [aria-haspopup]')"))
                if key and (opens or key == "ArrowDown"):
                    page.keyboard.press(key)
                page.wait_for_timeout(50)
                if link.is_visible():
                    break
        if not link.is_visible():
            found.append(
                {"check": "menu-by-pointer-only", "detail": ""}
                | dict(page.evaluate("(el) => klastryKeys.describe(el)", host))
            )
    return found
