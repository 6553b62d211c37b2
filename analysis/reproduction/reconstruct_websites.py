"""A website audit, site by criterion, from which the printed numbers of sites that meet each criterion follow.

The report prints ten column totals and nothing about single sites, not even how many sites fall into each band of
the score. So the totals are exact and the rest is drawn: every site has a latent quality, every criterion follows it
more or less closely, and the sites with the greatest propensity meet the criterion. Criteria of perception and
semantics follow quality closely, formal ones (title, language, media) loosely. This needs no solver: any choice of
sites per criterion has the right totals.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import DataError, FrameworkError, Problem
from analysis.reproduction.sidecars import write_sidecar
from analysis.workspace import write_csv

# How closely a criterion follows the quality of the site: invented, the report prints no joint numbers.
CLOSENESS = {
    "alt_text": 0.75, "headings": 0.65, "contrast": 0.6, "form_labels": 0.65, "link_purpose": 0.75, "language": 0.45,
    "keyboard": 0.65, "page_title": 0.4, "colour_only": 0.6, "media_alternatives": 0.2,
}  # fmt: skip


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
    columns: dict[str, object] = {"site_id": [f"W{i:02d}" for i in range(1, sites + 1)]}
    for item, total in totals.items():
        weight = CLOSENESS[str(item)]
        propensity = weight * quality + np.sqrt(1 - weight**2) * rng.standard_normal(sites)
        met = np.zeros(sites, dtype=int)
        met[np.argsort(-propensity, kind="stable")[: int(total)]] = 1
        columns[str(item)] = met
    return pd.DataFrame(columns)


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
        Files written. There is no list of unmet numbers: all ten are met.

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
            "each criterion is the printed one. No row describes a real website."
        ),
        fact="The ten criteria and, for each, the number of sites that meet it (Figure 49 and its description).",
        reconstructed=(
            "Which criteria a site meets together, so also the scores of sites and how many sites fall into each band "
            "of the score: the report prints neither. Sites are not linked to respondents."
        ),
        seed=seed,
    )
    return [path, side]
