"""Which pages of a site are opened, in what order and how fast: robots.txt, a delay, and the pages that matter most."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urldefrag, urlsplit
from urllib.robotparser import RobotFileParser

from analysis.accessibility.browser import ROBOT
from analysis.errors import ConfigError

# Pages with forms, media and documents say more than a second article; the earlier a pattern, the sooner the page.
_FIRST = (
    r"kontakt|contact",
    r"formularz|rejestracja|zapisy|form\b|newsletter|dolacz|dołącz|join",
    r"dostępno|dostepno|accessib",
    r"wideo|video|film|galeria|gallery|multimedia|podcast",
    r"o nas|o-nas|o klastrze|about",
    r"aktualno|news|wydarzen|events",
)
_NO_PAGE = re.compile(
    r"\.(pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|svg|webp|mp[34]|m4a|webm|ogg|wav|ics|xml|json|rss)$", re.IGNORECASE
)
_ACTS = re.compile(r"logout|wyloguj|add-to-cart|delete|usun|unsubscribe", re.IGNORECASE)


def check_address(url: str) -> str:
    """Return the address without its fragment.

    Raises
    ------
    ConfigError
        It is no web address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{url!r} is no address of a website; write it in full, as in https://example.org/")
    return urldefrag(url).url


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def next_pages(start: str, links: Iterable[Sequence[str]], wanted: int) -> list[str]:
    """Pages of the same origin to open after the first, those that tell most first, then in order of appearance.

    Parameters
    ----------
    links
        Pairs of address and text.
    wanted
        How many at most.
    """
    home, seen, found = origin(start), {start.rstrip("/")}, []
    for place, (href, text) in enumerate(links):
        url = urldefrag(href).url
        path = urlsplit(url).path
        if origin(url) != home or url.rstrip("/") in seen or _NO_PAGE.search(path) or _ACTS.search(url):
            continue
        seen.add(url.rstrip("/"))
        about = f"{path} {text}".lower()
        rank = next((i for i, pattern in enumerate(_FIRST) if re.search(pattern, about)), len(_FIRST))
        found.append((rank, place, url))
    picked, used = [], set()
    for rank, _, url in sorted(found):  # one page of each kind first, then the rest
        if rank < len(_FIRST) and rank not in used:
            used.add(rank)
            picked.append(url)
    rest = [url for _, _, url in sorted(found, key=lambda f: f[1]) if url not in picked]
    return [*picked, *rest][: max(0, wanted)]


class Robots:
    """What robots.txt of a site allows our robot."""

    def __init__(self, status: int, text: str) -> None:
        self._parser = RobotFileParser()
        # A missing file allows everything; a server in trouble must be left alone (RFC 9309).
        if status >= 500:
            self._parser.parse(["User-agent: *", "Disallow: /"])
        else:
            self._parser.parse(text.splitlines() if status < 400 else [])

    def allows(self, url: str) -> bool:
        """Whether the page may be opened."""
        return self._parser.can_fetch(ROBOT, url)

    @property
    def delay(self) -> float:
        """Seconds between two pages that the site asks for."""
        return float(self._parser.crawl_delay(ROBOT) or 0)


class Pace:
    """Lets a time pass between two pages of one host."""

    def __init__(
        self,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds, self._clock, self._sleep = seconds, clock, sleep
        self._last: dict[str, float] = {}

    def wait(self, url: str, asked: float = 0.0) -> None:
        """Wait until the host of `url` may be asked again; `asked` is the delay the site wishes."""
        host = urlsplit(url).netloc
        if host in self._last:
            left = max(self.seconds, asked) - (self._clock() - self._last[host])
            if left > 0:
                self._sleep(left)
        self._last[host] = self._clock()
