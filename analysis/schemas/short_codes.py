"""Short codes for options: LimeSurvey stores at most five letters and digits for an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

ANSWER_CODE = 5
NONE_TICKED = "none_of_these"  # the box of a form that says that no other one is ticked; no column of raw answers


def short_codes(options: Sequence[str]) -> dict[str, str]:
    """Return a code of at most five letters and digits for each option, no two alike.

    An option that is such a code already keeps it (`bio`, `1`); others take the beginning of their letters, with a
    number at the end where two begin alike. The result depends on the options and their order only.
    """
    bare = {option: re.sub(r"[^A-Za-z0-9]", "", option) for option in options}
    out = {option: option for option in options if bare[option] == option and len(option) <= ANSWER_CODE}
    used = {code.casefold() for code in out.values()}
    for option in options:
        if option in out:
            continue
        code, number = bare[option][:ANSWER_CODE], 1
        while not code or code.casefold() in used:
            number += 1
            code = bare[option][: ANSWER_CODE - len(str(number))] + str(number)
        out[option] = code
        used.add(code.casefold())
    return {option: out[option] for option in options}
