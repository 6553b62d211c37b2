"""One headless Chromium that opens pages, runs axe-core and our checks, and says what it found."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Sequence
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analysis.accessibility.keyboard import walk
from analysis.errors import ConfigError, KlastryError

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, Playwright, Response, Route

ROBOT = "klastry-audit"  # the name that robots.txt may address
USER_AGENT = f"Mozilla/5.0 (compatible; {ROBOT}/1.0; accessibility audit of websites)"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "KLASTRY_CHROMIUM"
SETTLE_LIMIT = 40  # runs of axe-core more on one page, for texts that something covers
NARROW = 320  # CSS pixels: a window of 1280 enlarged four times (WCAG 1.4.10)


class PageError(KlastryError):
    """A page does not answer, or answers with an error."""

    exit_code = 1
    status = 0  # what the server said, and after which time it may be asked again
    wait = ""


def find_chromium() -> Path:
    """Path of the system's Chromium.

    Raises
    ------
    ConfigError
        There is none; says how to get one.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise ConfigError(
                f"{VARIABLE} is {named!r}, and there is no such file; name Chromium's executable or unset it"
            )
        return Path(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise ConfigError(
        f"Chromium is not installed (looked for {', '.join(NAMES)} on PATH); install it, on Debian with "
        f"`apt-get install chromium`, or name its executable in {VARIABLE}"
    )


def axe_source() -> str:
    """JavaScript of axe-core, as the pinned package brings it."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def axe_version(source: str) -> str:
    """Version that the file of axe-core states in its first line."""
    return source[:60].split("axe v", 1)[1].split()[0]


def _script(name: str) -> str:
    return (resources.files("analysis.accessibility") / name).read_text(encoding="utf-8")


def run_axe(page: Page, run_only: dict[str, Any]) -> dict[str, Any]:
    """Run axe-core on an open page that has it; texts scrolled out of their box are brought into view and asked again.

    Parameters
    ----------
    page
        Its window has `axe` (see `axe_source`).
    run_only
        axe-core's option `runOnly`: `type` (rule or tag) and `values`.

    Returns
    -------
    dict
        axe-core's result; complete for `violations` and `incomplete` only.
    """
    options = {"runOnly": run_only, "resultTypes": ["violations", "incomplete"], "iframes": False, "preload": False}
    page.evaluate(_script("settle.js"))
    call = "async ([options, limit]) => window.klastrySettle(await window.axe.run(document, options), limit)"
    result: dict[str, Any] = page.evaluate(call, [options, SETTLE_LIMIT])
    return result


class Auditor:
    """A browser for the time of an audit; use as a context manager.

    Parameters
    ----------
    rules
        Rules of axe-core to run.
    only_hosts
        If given, nothing else is contacted: neither a page nor what a page asks for.
    timeout
        Seconds to wait for a page.
    """

    def __init__(
        self, rules: Sequence[str], *, only_hosts: Collection[str] | None = None, timeout: float = 30.0
    ) -> None:
        self.rules = list(rules)
        self.only_hosts = None if only_hosts is None else frozenset(only_hosts)
        self.timeout = timeout * 1000
        self.axe = axe_source()
        self.refused: list[str] = []
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._context: BrowserContext | None = None

    def __enter__(self) -> Auditor:
        executable = find_chromium()
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        arguments = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--mute-audio"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            arguments.append("--no-sandbox")
        if self.only_hosts is not None:  # names are not even looked up
            keep = ", ".join(f"EXCLUDE {host}" for host in sorted(self.only_hosts))
            arguments.append(f"--host-resolver-rules=MAP * ~NOTFOUND, {keep}")
        try:
            self._browser = self._playwright.chromium.launch(executable_path=str(executable), args=arguments)
        except Exception as error:
            self._playwright.stop()
            raise ConfigError(f"{executable} does not start: {str(error).splitlines()[0]}") from error
        self._context = self._browser.new_context(
            user_agent=USER_AGENT, locale="pl-PL", viewport={"width": 1280, "height": 900}, bypass_csp=True,
            reduced_motion="reduce", accept_downloads=False, service_workers="block",
        )  # fmt: skip
        self._context.set_default_timeout(self.timeout)
        self._context.add_init_script(_script("listen.js"))
        if self.only_hosts is not None:
            self._context.route("**/*", self._guard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()

    def allowed(self, url: str) -> bool:
        """Whether the address may be contacted."""
        return self.only_hosts is None or (urlsplit(url).hostname or "") in self.only_hosts

    def _guard(self, route: Route) -> None:
        url = route.request.url
        if url.startswith(("data:", "blob:")) or self.allowed(url):
            route.continue_()
        else:
            self.refused.append(url)
            route.abort()

    def get(self, url: str) -> APIResponse:
        """Fetch a file beside the pages (robots.txt, captions); redirects to refused hosts are not followed.

        Raises
        ------
        PageError
            The address is refused or does not answer.
        """
        assert self._context is not None
        if not self.allowed(url):
            self.refused.append(url)
            raise PageError(f"{url}: not among the hosts that may be contacted")
        try:
            redirects = 5 if self.only_hosts is None else 0
            return self._context.request.get(url, timeout=self.timeout, max_redirects=redirects)
        except Exception as error:
            raise PageError(f"{url}: {_reason(error)}") from error

    def audit_page(self, url: str) -> dict[str, Any]:
        """Open a page and check it.

        Returns
        -------
        dict
            `page` (address after redirects), `title`, `statement` (whether it leads to an accessibility statement),
            `links` (pairs of address and text), `findings` (check, page, selector, snippet, detail, doubtful).

        Raises
        ------
        PageError
            The page does not answer, answers with an error or is no HTML page; `status` and `wait` tell what the
            server said.
        """
        assert self._context is not None
        page = self._context.new_page()
        page.on("dialog", lambda dialog: dialog.dismiss())
        try:
            answers: list[Response] = []  # Chromium gives no response to a failure without a body
            page.on("response", lambda r: answers.append(r) if r.request.is_navigation_request() else None)
            failed = ""
            try:
                response = page.goto(url, wait_until="load")
            except Exception as error:
                response, failed = (answers[-1] if answers else None), _reason(error)
            if response is not None and response.status >= 400:
                failure = PageError(f"{url}: the server answers with {response.status}")
                failure.status, failure.wait = response.status, response.headers.get("retry-after", "")
                raise failure
            if failed or response is None:
                raise PageError(f"{url}: {failed or 'no answer'}")
            if "html" not in response.headers.get("content-type", "html"):
                raise PageError(f"{url}: no HTML page but {response.headers['content-type']}")
            page.wait_for_timeout(150)
            return self._checked(page)
        except PageError:
            raise
        except Exception as error:  # the browser lost the page: it navigated away, closed itself or hung
            raise PageError(f"{url}: the checks could not be run: {_reason(error)}") from error
        finally:
            page.close()

    def _checked(self, page: Page) -> dict[str, Any]:
        page.evaluate(self.axe)
        found = _of_axe(run_axe(page, {"type": "rule", "values": self.rules}))
        page.evaluate(_script("checks.js"))
        own = page.evaluate("() => window.klastryChecks()")
        found += own["found"]
        for track in own["tracks"]:
            if not self._answers(str(track["src"])):
                found.append({"check": "captions-missing-file", "detail": track["src"], **track})
        address = page.url
        page.evaluate(_script("walk.js"))
        found += walk(page)
        if page.url.split("#")[0] != address.split("#")[0]:
            raise PageError(f"{address}: a key led away to {page.url}")
        page.set_viewport_size({"width": NARROW, "height": 800})
        page.wait_for_timeout(50)
        sizes = page.evaluate("() => [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]")
        if sizes[0] > sizes[1] + 1:
            found.append({"check": "reflow", "selector": "html", "detail": f"{sizes[0]} > {sizes[1]}"})
        findings = [
            {"page": address, "doubtful": bool(f.get("doubtful"))}
            | {key: str(f.get(key, "")) for key in ("check", "selector", "snippet", "detail")}
            for f in found
        ]
        return {"page": address, "title": str(own["title"]), "statement": bool(own["statement"]), "links": own["links"],
                "findings": findings}  # fmt: skip

    def _answers(self, url: str) -> bool:
        try:
            return bool(self.get(url).ok)
        except PageError:
            return False


def _of_axe(result: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for part, doubtful in (("violations", False), ("incomplete", True)):
        for rule in result[part]:
            for node in rule["nodes"]:
                checks = node["any"] + node["all"] + node["none"]
                found.append(
                    {
                        "check": rule["id"],
                        "selector": " ".join(str(t) for t in node["target"]),
                        "snippet": " ".join(node["html"].split())[:240],
                        "detail": " ".join(str(checks[0]["message"]).split())[:200] if checks else "",
                        "doubtful": doubtful,
                    }
                )
    return found


def _reason(error: Exception) -> str:
    """First line of a browser's message, without the name of the call."""
    line = str(error).splitlines()[0] if str(error) else type(error).__name__
    return line.split(": ", 1)[-1] if line.startswith(("Page.", "APIRequestContext.")) else line
