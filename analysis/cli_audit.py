"""The command that audits websites; thin, as the others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from analysis.project import project_dir


def cmd_audit_site(args: argparse.Namespace) -> int:
    """Audit websites against the ten criteria; exit 1 if a site could not be opened."""
    from analysis.accessibility.audit import audit_sites
    from analysis.accessibility.criteria import load_criteria
    from analysis.accessibility.score import MET, NEEDS_PERSON, NOT_MET

    criteria = load_criteria(project_dir() / "data" / "framework")
    tables = audit_sites(
        args.urls, args.out, criteria, max_pages=args.max_pages, delay=args.delay, timeout=args.timeout,
        progress=lambda message: print(f"  {message}", flush=True),
    )  # fmt: skip
    for site in tables.sites.to_dict("records"):
        own = tables.verdicts[tables.verdicts["site_id"] == site["site_id"]].set_index("verdict")["no"]
        parts = [
            f"{word} {', '.join(map(str, own[own.index == verdict])) or 'none'}"
            for verdict, word in ((MET, "met"), (NOT_MET, "not met"), (NEEDS_PERSON, "a person has to look at"))
        ]
        print(f"{site['site_id']} {site['url']} ({site['pages']} pages): {'; '.join(parts)}")
        if site["problems"]:
            print(f"  not opened: {site['problems']}")
    print(f"{args.out}: websites.csv, verdicts.csv, evidence.csv, decisions.csv, sites.csv, report.html")
    return int((tables.sites["pages"] == 0).any())


def add_audit_command(commands: Any) -> None:
    """Add `audit-site` to the command line."""
    text = "audit websites against the ten accessibility criteria in headless Chromium"
    sub = commands.add_parser(
        "audit-site",
        help=text,
        description=f"{text[0].upper()}{text[1:]}. Keeps to robots.txt, sends nothing, stays within the origin. "
        "Run again with the same folder, it goes on where it stopped; a person decides the rest in decisions.csv.",
    )
    sub.set_defaults(function=cmd_audit_site)
    sub.add_argument("urls", nargs="+", metavar="URL", help="where the audit of a site begins, one for each site")
    sub.add_argument(
        "--out", type=Path, default=Path("website-audit"), help="folder of the audit (default website-audit)"
    )
    sub.add_argument("--max-pages", type=int, default=5, help="pages of a site at most (default 5)")
    sub.add_argument("--delay", type=float, default=2.0, help="seconds between pages of one host (default 2)")
    sub.add_argument("--timeout", type=float, default=30.0, help="seconds to wait for a page (default 30)")
