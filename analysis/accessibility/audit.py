"""The audit of a list of sites: opens pages one by one, keeps what is done, and goes on where it stopped.

Everything lies in one folder. `state/<site>.json` holds what the pages of a site showed and is written after each page;
the tables are made from it. Each file is written beside its place and then moved there, so none is ever half-written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from analysis.accessibility import outputs
from analysis.accessibility.browser import Auditor, PageError, axe_source, axe_version
from analysis.accessibility.crawl import Pace, Robots, check_address, next_pages, origin
from analysis.accessibility.criteria import Criteria
from analysis.errors import ConfigError

LONGEST_WAIT = 60.0  # seconds that a server may ask us to wait before the one second try


@dataclass(frozen=True)
class Settings:
    """What decides the findings; an audit is continued only with the same."""

    max_pages: int
    axe: str
    checks: str  # content of our checks

    def as_dict(self) -> dict[str, Any]:
        """For the state file."""
        return {"max_pages": self.max_pages, "axe": self.axe, "checks": self.checks}


def settings_for(max_pages: int) -> Settings:
    """Settings of this program version.

    Raises
    ------
    ConfigError
        Fewer than one page.
    """
    if max_pages < 1:
        raise ConfigError(f"--max-pages {max_pages}: at least one page of a site must be opened")
    folder = resources.files("analysis.accessibility")
    parts = [
        (folder / n).read_text(encoding="utf-8")
        for n in ("checks.js", "listen.js", "settle.js", "walk.js", "keyboard.py", "browser.py")
    ]
    return Settings(max_pages, axe_version(axe_source()), hashlib.sha256("".join(parts).encode()).hexdigest()[:16])


def site_ids(urls: Sequence[str], known: dict[str, str]) -> dict[str, str]:
    """Neutral ids of the sites (W01, W02, …); a site that the folder knows keeps its own.

    Raises
    ------
    ConfigError
        An address is given twice, or is none.
    """
    clean = [check_address(url) for url in urls]
    twice = sorted({u for u in clean if clean.count(u) > 1})
    if twice:
        raise ConfigError(f"given twice: {', '.join(twice)}; name every site once")
    ids = dict(known)
    for url in clean:
        if url not in ids:
            ids[url] = f"W{len(ids) + 1:02d}"
    return ids


def audit_sites(
    urls: Sequence[str],
    out: Path,
    criteria: Criteria,
    *,
    max_pages: int = 5,
    delay: float = 2.0,
    only_hosts: Collection[str] | None = None,
    timeout: float = 30.0,
    progress: Callable[[str], None] = lambda message: None,
) -> outputs.Tables:
    """Audit sites and write tables and report into `out`.

    Parameters
    ----------
    urls
        One address for each site: where its audit begins.
    max_pages
        Pages of a site at most; the first one and those of the same origin it leads to.
    delay
        Seconds between two pages of one host; more if robots.txt asks for it.
    only_hosts
        Hosts that may be contacted, or None for no limit.

    Raises
    ------
    ConfigError
        An address is wrong, the folder holds an audit with other settings, Chromium is missing.
    """
    settings = settings_for(max_pages)
    if delay < 0:
        raise ConfigError(f"--delay {delay}: seconds cannot be negative")
    states = _read_states(out, settings)
    ids = site_ids(urls, {state["url"]: site for site, state in states.items()})
    open_sites = [url for url in ids if not states.get(ids[url], {}).get("done")]
    if open_sites:
        with Auditor(criteria.axe_rules, only_hosts=only_hosts, timeout=timeout) as auditor:
            pace = Pace(delay)
            for url in open_sites:
                site = ids[url]
                state = states.get(site) or {"url": url, "settings": settings.as_dict(), "pages": [], "failed": []}
                states[site] = state
                _audit_site(state, out / "state" / f"{site}.json", auditor, pace, max_pages, progress)
                outputs.write_tables(outputs.make_tables(states, criteria), out, criteria)
    tables = outputs.make_tables(states, criteria, decisions=outputs.read_decisions(out, criteria))
    outputs.write_tables(tables, out, criteria)
    return tables


def _read_states(out: Path, settings: Settings) -> dict[str, dict[str, Any]]:
    states = {}
    for path in sorted((out / "state").glob("W*.json")):
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise ConfigError(f"{path}: not readable ({error}); remove it, and the site is audited again") from error
        if state["settings"] != settings.as_dict():
            raise ConfigError(
                f"{out} holds an audit with other settings ({state['settings']}; now {settings.as_dict()}); its pages "
                "would not be comparable: choose another folder with --out, or remove this one"
            )
        states[path.stem] = state
    return states


def _audit_site(
    state: dict[str, Any], path: Path, auditor: Auditor, pace: Pace, max_pages: int, say: Callable[[str], None]
) -> None:
    """Open the pages of one site that are not yet done; `state` and its file are kept up to date page by page."""
    url, site = state["url"], path.stem
    # A failure of an earlier run may have passed since.
    state["failed"] = []
    done = {page["asked"] for page in state["pages"]}
    robots = _robots(url, auditor, state)
    queue = [url] if robots is not None else []
    while queue and len(done) < max_pages:
        asked = queue.pop(0)
        if asked not in done:
            assert robots is not None
            if not robots.allows(asked):
                state["failed"].append({"page": asked, "reason": "robots.txt forbids it"})
                say(f"{site} {asked}: robots.txt forbids it")
            else:
                pace.wait(asked, robots.delay)
                record = _open(asked, auditor, pace, robots, state, say, site)
                if record is not None:
                    state["pages"].append({"asked": asked} | record)
                    done.add(asked)
                    outputs.write_json(state, path)
                    say(f"{site} {asked}: {len(record['findings'])} findings")
        if asked == url and state["pages"]:
            links = state["pages"][0]["links"]
            queue = next_pages(str(state["pages"][0]["page"]), links, max_pages - 1)
    state["done"] = bool(state["pages"])  # a site of which nothing was seen is tried again
    outputs.write_json(state, path)


def _robots(url: str, auditor: Auditor, state: dict[str, Any]) -> Robots | None:
    try:
        response = auditor.get(f"{origin(url)}/robots.txt")
        return Robots(response.status, response.text() if response.ok else "")
    except PageError as error:
        state["failed"].append({"page": url, "reason": str(error)})
        return None


def _open(
    url: str, auditor: Auditor, pace: Pace, robots: Robots, state: dict[str, Any], say: Callable[[str], None], site: str
) -> dict[str, Any] | None:
    """One page, with one second try if the server is busy; None if it could not be had, with the reason in `state`."""
    for attempt in (1, 2):
        try:
            return auditor.audit_page(url)
        except PageError as error:
            busy = error.status in (429, 503)
            if attempt == 1 and busy:
                pace.wait(url, min(float(error.wait) if error.wait.isdigit() else 2 * pace.seconds, LONGEST_WAIT))
                continue
            state["failed"].append({"page": url, "reason": str(error)})
            say(f"{site} {error}")
            return None
    return None
