"""A website audit, site by criterion, from which the printed numbers of sites that meet each criterion follow.

The report prints ten column totals and about two criteria together that almost half of the sites fail both; nothing
else about single sites, not even how many fall into each band of the score. So these are exact and the rest is drawn:
every site has a latent quality, every criterion follows it more or less closely, and the sites with the greatest
propensity meet the criterion. Criteria of perception and semantics follow quality closely, formal ones (title,
language, media) loosely. This needs no solver: any choice of sites per criterion has the right totals, and exchanges
of sites within one criterion bring two criteria together.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import DataError, FrameworkError, Problem
from analysis.reproduction.claims.grammar import holds
from analysis.reproduction.printed import parse_printed
from analysis.reproduction.sidecars import write_sidecar
from analysis.workspace import write_csv

# How closely a criterion follows the quality of the site: invented, the report prints no joint numbers.
CLOSENESS = {
    "alt_text": 0.75, "headings": 0.65, "contrast": 0.6, "form_labels": 0.65, "link_purpose": 0.75, "language": 0.45,
    "keyboard": 0.65, "page_title": 0.4, "colour_only": 0.6, "media_alternatives": 0.2,
}  # fmt: skip
# Section 12.2.3: almost half of the sites (50%) fail keyboard operation as well as form labels.
FAIL_BOTH, FAIL_BOTH_PRINTED, FAIL_BOTH_RELATION = ("form_labels", "keyboard"), "50", "almost"


def fail_together(first: np.ndarray, second: np.ndarray, propensity: np.ndarray, least: int) -> np.ndarray:
    """Exchange sites that meet the first criterion until at least `least` sites fail both criteria.

    Parameters
    ----------
    first, second
        (n_sites,) 1 met, 0 not met.
    propensity
        (n_sites,) of meeting the first criterion. Of the sites that meet only the first, the one with the least gives
        way to the one with the greatest of those that meet only the second.
    least
        Number of sites that must fail both.

    Returns
    -------
    np.ndarray
        (n_sites,) the first criterion anew, with the same total; unchanged if enough sites fail both already.

    Raises
    ------
    FrameworkError
        The totals of the two criteria leave room for fewer sites.
    """
    met = first.copy()
    for _ in range(least - int(((met == 0) & (second == 0)).sum())):
        only_first, only_second = (met == 1) & (second == 0), (met == 0) & (second == 1)
        if not (only_first.any() and only_second.any()):
            raise FrameworkError(
                f"audit.csv: {int((met == 0).sum())} sites fail {FAIL_BOTH[0]} and {int((second == 0).sum())} fail "
                f"{FAIL_BOTH[1]}, so {least} cannot fail both; correct the totals or the statement"
            )
        met[int(np.argmin(np.where(only_first, propensity, np.inf)))] = 0
        met[int(np.argmax(np.where(only_second, propensity, -np.inf)))] = 1
    return met


def fewest_failing_both(sites: int) -> int:
    """Return the smallest number of sites that is the stated part of all."""
    printed = parse_printed(FAIL_BOTH_PRINTED)
    assert printed is not None
    return next(k for k in range(sites + 1) if holds(100 * k / sites, printed, FAIL_BOTH_RELATION))


def build_audit(totals: pd.Series, sites: int, *, rng: np.random.Generator) -> pd.DataFrame:
    """Draw an audit with given column totals.

    Parameters
    ----------
    totals
        Number of sites that meet each criterion, indexed by item.
    sites
        Number of sites.
    rng
        Source of the draws.

    Returns
    -------
    pd.DataFrame
        (sites, 1 + n_criteria): site_id, then 1 (met) or 0 for every criterion.
    """
    quality = rng.standard_normal(sites)
    columns: dict[str, np.ndarray] = {}
    propensities: dict[str, np.ndarray] = {}
    for item, total in totals.items():
        weight = CLOSENESS[str(item)]
        propensity = weight * quality + np.sqrt(1 - weight**2) * rng.standard_normal(sites)
        met = np.zeros(sites, dtype=int)
        met[np.argsort(-propensity, kind="stable")[: int(total)]] = 1
        columns[str(item)], propensities[str(item)] = met, propensity
    if set(FAIL_BOTH) <= set(columns):
        one, two = FAIL_BOTH
        columns[one] = fail_together(columns[one], columns[two], propensities[one], fewest_failing_both(sites))
    return pd.DataFrame({"site_id": [f"W{i:02d}" for i in range(1, sites + 1)], **columns})


def reconstruct_websites(published_dir: Path, framework_dir: Path, out_dir: Path, *, seed: int) -> list[Path]:
    """Write websites.csv and its sidecar; the same inputs give the same bytes.

    Parameters
    ----------
    published_dir
        Folder with audit.csv, the digitised Figure 49.
    framework_dir
        Folder with questionnaires/websites.csv.
    out_dir
        Folder of the raw files.
    seed
        Seed of all draws.

    Returns
    -------
    list of Path
        Files written. There is no list of unmet numbers: all are met.

    Raises
    ------
    FrameworkError, DataError
        The codebook and the printed criteria differ, or a total is impossible.
    """
    printed = pd.read_csv(published_dir / "audit.csv", dtype={"no": str})
    codebook = pd.read_csv(framework_dir / "questionnaires" / "websites.csv", dtype=str, keep_default_na=False)
    criteria = codebook[codebook["question_no"] != ""]
    if list(criteria["question_pl"]) != list(printed["name"]) or set(criteria["item"]) != set(CLOSENESS):
        raise FrameworkError("questionnaires/websites.csv: the criteria are not those of published/audit.csv")
    sites = int(printed["n_sites"].iloc[0])
    wrong = printed[(printed["n_sites"] != sites) | ~printed["n_sites_passing"].between(0, sites)]
    if len(wrong):
        raise DataError(
            Problem(
                "audit.csv", int(str(row)) + 2, "n_sites_passing", str(wrong.at[row, "n_sites_passing"]),
                f"cannot be a number of {sites} sites", "compare with the printed figure",
            )
            for row in wrong.index
        )  # fmt: skip
    totals = pd.Series(printed["n_sites_passing"].to_numpy(), index=criteria["item"].to_list())
    audit = build_audit(totals, sites, rng=np.random.default_rng([seed, zlib.crc32(b"websites")]))
    path = write_csv(audit, out_dir / "websites.csv")
    side = write_sidecar(
        path,
        title="Audit of the clusters' websites, edition 2024: reconstructed results",
        description=(
            f"{sites} synthetic sites by {len(totals)} criteria, 1 met and 0 not met. The number of sites that meet "
            "each criterion is the printed one, and almost half fail form labels and keyboard both. No row describes "
            "a real website."
        ),
        fact=(
            "The ten criteria and, for each, the number of sites that meet it (Figure 49 and its description); that "
            "almost half of the sites fail two of them together."
        ),
        reconstructed=(
            "Which criteria a site meets together otherwise, so also the scores of sites and how many sites fall into "
            "each band of the score: the report prints neither. Sites are not linked to respondents."
        ),
        seed=seed,
    )
    return [path, side]
