"""All shocks of a method at once: severities drawn, answers struck, indicators computed anew, scores compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.config import Resilience
from analysis.resilience.response import Ruler, fixed_scores, responses, stacked_values
from analysis.resilience.shocks import quantile_draws, repeat, severities, strike

Array = NDArray[np.float64]
Answers = Mapping[str, pd.DataFrame]
# Answers by instrument → (n_rows, n_indicators); the package does not know the rules of indicators.
Compute = Callable[[Answers], pd.DataFrame]
MAIN = "coordinators"


class Simulation(NamedTuple):
    """`responses`: `response.responses` of every shock and index with the column shock; `severities`: quantile and a
    column for each shock (`combination/part` for the parts of one); `unknown`: shock → respondents of unknown exposure.
    """

    responses: pd.DataFrame
    severities: pd.DataFrame
    unknown: dict[str, int]


def _repeated(answers: Answers, count: int) -> Answers:
    """What no shock changes, for every severity: the same for all shocks."""
    return {key: repeat(table, count) for key, table in answers.items() if key != MAIN}


def simulate(
    answers: Answers, settings: Resilience, scales: Mapping[str, tuple[Ruler, Compute]], *, rng: np.random.Generator
) -> Simulation:
    """Strike with every shock at drawn severities.

    Parameters
    ----------
    answers
        Validated tables by instrument, index the respondents; shocks change those of the coordinators.
    settings
        Section `resilience` of the method.
    scales
        Index → its ruler, and the function that computes its indicators.
    """
    u = quantile_draws(settings.draws, rng=rng)
    levels = {level: int(np.abs(u - level).argmin()) for level in settings.levels}
    others = _repeated(answers, len(u))
    found, columns, unknown = [], {"quantile": u}, {}
    for name, shock in settings.shocks.items():
        severity = severities(shock, settings.shocks, u)
        columns |= {f"{name}/{part}" if part else name: s for part, s in severity.items()}
        hit = strike(answers[MAIN], name, settings.shocks, severity)
        left, unknown[name] = {MAIN: hit.answers, **others}, hit.unknown
        for ruler, compute in scales.values():
            values = stacked_values(compute(left), ruler)
            found.append(responses(values, ruler, levels=levels).assign(shock=name))
    return Simulation(pd.concat(found, ignore_index=True), pd.DataFrame(columns), unknown)


def response_curves(answers: Answers, settings: Resilience, ruler: Ruler, compute: Compute, code: str) -> pd.DataFrame:
    """Mean loss of one score at severities from 0 to 1, on the old scales; parts of a combination are equally severe.

    Returns
    -------
    DataFrame
        shock, severity, loss (percent of the mean score before), middle (true at the severity nearest to the median of
        its distribution; of the first part, for a combination).
    """
    steps = np.linspace(0, 1, settings.grid)
    place = ruler.index.structure.aggregates.index(code)
    base = float(ruler.index.scores[code].mean())
    others = _repeated(answers, len(steps))
    out = []
    for name, shock in settings.shocks.items():
        medians = severities(shock, settings.shocks, np.array([0.5]))
        hit = strike(answers[MAIN], name, settings.shocks, dict.fromkeys(medians, steps))
        left = {MAIN: hit.answers, **others}
        scores = fixed_scores(stacked_values(compute(left), ruler), ruler)[..., place]
        loss = 100 * (1 - np.nanmean(scores, axis=1) / base)
        middle = np.abs(steps - next(iter(medians.values()))[0])
        out.append(pd.DataFrame({"shock": name, "severity": steps, "loss": loss, "middle": middle == middle.min()}))
    return pd.concat(out, ignore_index=True)
