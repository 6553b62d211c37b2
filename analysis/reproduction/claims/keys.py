"""One key for one quantity, so that two statements about the same quantity can be found.

The columns of `claims.csv` name a quantity in the words of the transcription (`I.3.1 budget`, `max`, `sector:ICT`,
`end-2023`); tables of the report name it by code, measure and group. The key is what both have in common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

SECTORS = {
    "biotech": "bio", "chemistry": "chem", "education": "edu", "ICT": "ict", "automotive": "moto", "metal": "metal",
}  # fmt: skip
GROUPS = {
    "KKK": "kkk: KKK", "nonKKK": "kkk: not KKK", "size:very_large": "size: 150+",
    **{f"sector:{name}": f"sector: {code}" for name, code in SECTORS.items()},
}  # fmt: skip
# The edition whose survey covers a period; a single year and a span of editions are quantities of their own.
EDITIONS = {
    "2022-2023": "2024", "end-2023": "2024", "2025": "2024", "end-2024": "2024", "edition-2024": "2024",
    "2020-2021": "2022", "end-2021": "2022", "edition-2022": "2022",
    "2018-2019": "2020", "edition-2020": "2020",
    "2016-2017": "2018", "end-2017": "2018", "edition-2018": "2018",
    "2012-2013": "2014", "edition-2014": "2014", "edition-2012": "2012", "edition-2010": "2010",
    "2023": "2024 (2023)", "2022": "2024 (2022)", "2021": "2022 (2021)",
}  # fmt: skip
_INDICATOR = re.compile(r"^([IVX]+\.\d+\.\d+[a-z]?) [^:+/]+?(?::(.+))?$")
_SCORE = re.compile(r"^(?:area|sub):([IVX]+(?:\.\d+)?)$")
_MEMBER = re.compile(r"^member:(Q[\d?]+) (.+)$")


class ClaimKey(NamedTuple):
    """What a statement is about: `code` of an indicator, a score (`ALL`: overall), a question or a characteristic.

    `statistic` is that of the statement, the largest value being `benchmark` as in the tables; `group` is `all` or
    `dimension: group` as in the ledger; `edition` the edition of the survey, with a year in brackets where the
    statement is about one year of it.
    """

    code: str
    statistic: str
    group: str
    edition: str


def claim_key(row: Mapping[str, str]) -> ClaimKey:
    """Return the key of a row of `claims.csv` (columns subject, statistic, group, period)."""
    subject = row["subject"]
    if match := _INDICATOR.match(subject):
        code = f"{match[1]}:{match[2]}" if match[2] else match[1]
    elif match := _SCORE.match(subject):
        code = match[1]
    elif match := _MEMBER.match(subject):
        code = f"{match[1]}:{match[2]}"
    else:
        code = "ALL" if subject == "overall" else subject.removeprefix("char:")
    statistic = "benchmark" if row["statistic"] == "max" else row["statistic"]
    edition = EDITIONS.get(row["period"], row["period"])
    if subject.startswith("char:") and row["period"] == "2025":
        edition = "2024 (2025)"  # labels and seats are given for two dates
    return ClaimKey(code, statistic, GROUPS.get(row["group"], row["group"]), edition)
