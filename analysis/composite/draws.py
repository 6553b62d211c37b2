"""Draws of a method: uniform numbers → settings → scores, thousands at once or one by one through `build_index`.

A draw is a row of uniform numbers, one for each uncertain input, so Monte Carlo and Sobol designs share everything
below. Runs that differ in numbers only (cap multiple, weights, an indicator left out) are computed together on the
array kernels; each is the same, to rounding, as `build_index` with its settings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.composite.aggregation import array_aggregate
from analysis.composite.availability import screen
from analysis.composite.denomination import denominate
from analysis.composite.imputation import impute
from analysis.composite.index import Index, build_index
from analysis.composite.normalisation import RANKED, array_extremes, array_linear, array_minmax, array_ranked
from analysis.composite.normalisation import array_zscore as zscore
from analysis.composite.structure import NUMBERS, Structure
from analysis.composite.treatment import cap, iqr_fences
from analysis.composite.weighting import weights_of
from analysis.config import Choice, IndexMethod, LeaveOut, UncertainInput, Uniform, WeightNoise
from analysis.errors import ConfigError, MethodError

Array = NDArray[np.float64]
SEEDS = 2**32
CHUNK = 2**20  # cells of a batch that are worked on together: what fits into the cache of a core
FAST_RULES = ("minmax", "zscore", "distance_to_max", *RANKED)
OWN_COLUMN = ("none", "zero", "mean", "median", "group_mean", "group_median")


@dataclass(frozen=True)
class Problem:
    """What is computed again and again: data, tree, method with its section `uncertainty`, other columns, seed."""

    indicators: pd.DataFrame
    structure: Structure
    method: IndexMethod
    others: pd.DataFrame
    seed: int
    _made: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_made": {}}  # what was made once is made again in another process, not sent there

    @property
    def inputs(self) -> dict[str, UncertainInput]:
        """The uncertain inputs, in the order of the file."""
        return dict(self.method.uncertainty.inputs)

    @cached_property
    def has_own_scales(self) -> bool:
        """Whether the framework gives single indicators numbers for normalisation."""
        return bool(self.structure.elements[list(NUMBERS)].notna().any(axis=None))

    @cached_property
    def signs(self) -> Array:
        """Directions, (n_indicators,)."""
        return self.structure.directions.to_numpy(dtype=float)

    @cached_property
    def nominal(self) -> Index:
        """The index under the method itself."""
        return build_index(self.indicators, self.structure, self.method, others=self.others)


def make_problem(
    indicators: pd.DataFrame,
    structure: Structure,
    method: IndexMethod,
    *,
    seed: int,
    others: pd.DataFrame | None = None,
) -> Problem:
    """Check that every input can be drawn and return the problem.

    Parameters
    ----------
    indicators, structure, others
        As `build_index`.
    method
        A method whose section `uncertainty` has inputs.
    seed
        Seed of random weights; draws have a seed of their own.

    Raises
    ------
    ConfigError
        There are no inputs, or a key or value of one is none of the method. Names the input.
    """
    inputs = method.uncertainty.inputs
    if not inputs:
        raise ConfigError(f"method {method.name}: nothing is uncertain; name inputs under `uncertainty.inputs`")
    keys: dict[str, str] = {}
    for name, given in inputs.items():
        if isinstance(given, Uniform):
            values: list[Any] = [given.low, given.high]
        elif isinstance(given, Choice):
            values = list(given.values)
        else:
            continue
        if given.key in keys:
            raise ConfigError(f"`uncertainty.inputs`: {keys[given.key]} and {name} both draw `{given.key}`")
        keys[given.key] = name
        for value in values:
            try:
                apply(method, {given.key: value})
            except (ValueError, ConfigError) as error:
                raise ConfigError(f"`uncertainty.inputs.{name}`: {given.key} = {value!r}: {_first(error)}") from error
    return Problem(
        indicators, structure, method, pd.DataFrame(index=indicators.index) if others is None else others, seed
    )


def _first(error: Exception) -> str:
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]) if callable(errors) else str(error)


def apply(method: IndexMethod, settings: dict[str, Any]) -> IndexMethod:
    """Return the method with keys replaced: `{"treatment.k": 2, "normalisation": {"rule": "rank"}}`."""
    sections: dict[str, dict[str, Any]] = {}
    for key, value in settings.items():
        section, _, name = key.partition(".")
        model = type(method).model_fields.get(section)
        if model is None or section in ("name", "description", "extends", "seed", "uncertainty"):
            raise ConfigError(f"`{section}` is no section of the method's steps")
        if not name and not isinstance(value, dict):
            raise ConfigError(f"`{section}` is a section, so a mapping of its keys is expected")
        sections.setdefault(section, {}).update({name: value} if name else value)
    return method.replaced(**sections)


# ------------------------------------------------------------------------------------------------------------ settings


def draw_uniform(problem: Problem, size: int, *, rng: np.random.Generator) -> Array:
    """Uniform numbers of `size` independent draws, (size, n_inputs)."""
    return rng.random((size, len(problem.inputs)))


def resolve(problem: Problem, u: Array) -> pd.DataFrame:
    """Values of the inputs for each draw.

    Parameters
    ----------
    u
        (n_draws, n_inputs), in [0, 1].

    Returns
    -------
    DataFrame
        (n_draws, n_inputs): a number (uniform), the place of the value in the list (choice), the seed of the weights
        (weight_noise), the place of the indicator or -1 (leave_out).

    Notes
    -----
    Each input rests on one uniform number. For weights it is a seed: all weights of the input move together with it,
    so their Sobol index is that of the whole group of weights.
    """
    out: dict[str, NDArray[Any]] = {}
    for j, (name, given) in enumerate(problem.inputs.items()):
        x = np.clip(u[:, j], 0.0, np.nextafter(1.0, 0.0))
        if isinstance(given, Uniform):
            out[name] = given.low + x * (given.high - given.low)
        elif isinstance(given, Choice):
            weight = np.ones(len(given.values)) if given.probabilities is None else np.array(given.probabilities)
            steps = np.cumsum(weight / weight.sum())[:-1]
            out[name] = np.searchsorted(steps, x, side="right")
        elif isinstance(given, WeightNoise):
            out[name] = np.floor(x * SEEDS).astype(np.int64)
        else:
            m = len(problem.structure.indicators)
            at = np.minimum(np.floor(x / given.probability * m), m).astype(np.int64)
            out[name] = np.where(at < m, at, -1)
    return pd.DataFrame(out)


def describe(problem: Problem, values: pd.DataFrame) -> pd.DataFrame:
    """Return the values of `resolve` as one reads them: settings, codes, seeds."""
    out = values.copy()
    for name, given in problem.inputs.items():
        if isinstance(given, Choice):
            shown = [v if isinstance(v, str) else json.dumps(v) for v in given.values]
            out[name] = [shown[int(i)] for i in values[name]]
        elif isinstance(given, LeaveOut):
            codes = [*problem.structure.indicators, ""]
            out[name] = [codes[int(i)] for i in values[name]]
    return out


def _settings(problem: Problem, row: dict[str, Any]) -> dict[str, Any]:
    """Keys of the method that a draw sets."""
    out: dict[str, Any] = {}
    for name, given in problem.inputs.items():
        if isinstance(given, Uniform):
            out[given.key] = float(row[name])
        elif isinstance(given, Choice):
            out[given.key] = given.values[int(row[name])]
    return out


def weight_noise(problem: Problem, row: dict[str, Any]) -> Array:
    """Factors on the weights of one draw, (n_elements,) in the order of indicators and aggregates."""
    tree = problem.structure
    codes = [*tree.indicators, *tree.aggregates]
    factor = np.ones(len(codes))
    for name, given in problem.inputs.items():
        if not isinstance(given, WeightNoise):
            continue
        if name not in problem._made:
            problem._made[name] = np.array([given.level is None or tree.level(c) == given.level for c in codes])
        moved = problem._made[name]
        rng = np.random.default_rng([problem.seed, int(row[name])])
        if given.distribution == "relative":
            factor[moved] *= 1 + rng.uniform(-given.noise, given.noise, int(moved.sum()))
        else:
            base = tree.weights[[c for c, m in zip(codes, moved, strict=True) if m]].to_numpy(dtype=float)
            shape = given.concentration * base / base.mean()
            factor[moved] *= rng.standard_gamma(shape) / np.where(shape > 0, shape, 1.0)
    return factor


def run_one(problem: Problem, row: dict[str, Any]) -> Index:
    """Build the index of one draw step by step; the reference of the array path, and the way for any other rule.

    Parameters
    ----------
    row
        Values of one draw, as `resolve` gives them.

    Raises
    ------
    MethodError
        A step cannot be applied.
    """
    method = apply(problem.method, _settings(problem, row))
    left_out = _left_out(problem, row)
    if left_out:
        dropped = [*method.availability.exclude_indicators, left_out]
        method = method.replaced(availability={"exclude_indicators": dropped})
    index = build_index(problem.indicators, problem.structure, method, others=problem.others)
    if any(isinstance(given, WeightNoise) for given in problem.inputs.values()):
        tree = problem.structure
        factor = pd.Series(weight_noise(problem, row), index=[*tree.indicators, *tree.aggregates])
        noisy = tree.elements.copy()
        noisy["weight"] = (index.weights * factor).reindex(noisy.index).fillna(noisy["weight"])
        moved = method.replaced(weights={"rule": "framework"})
        index = build_index(problem.indicators, Structure(noisy, tree.others), moved, others=problem.others)
    return index


def _left_out(problem: Problem, row: dict[str, Any]) -> str:
    for name, given in problem.inputs.items():
        if isinstance(given, LeaveOut) and int(row[name]) >= 0:
            return problem.structure.indicators[int(row[name])]
    return ""


# ----------------------------------------------------------------------------------------------------------- array path


def group_keys(problem: Problem, values: pd.DataFrame) -> NDArray[np.int64]:
    """Number of the group of each draw; draws of a group differ only in what the array path varies."""
    keys = [
        name
        for name, given in problem.inputs.items()
        if isinstance(given, Choice) or (isinstance(given, Uniform) and given.key != "treatment.k")
    ]
    if not keys:
        return np.zeros(len(values), dtype=np.int64)
    return np.asarray(values.groupby(keys, sort=True).ngroup(), dtype=np.int64)


def _fast(problem: Problem, method: IndexMethod) -> bool:
    """Whether the array path can do what the method says."""
    leaves = any(isinstance(given, LeaveOut) for given in problem.inputs.values())
    screens = method.availability.model_copy(update={"include": [], "exclude": [], "exclude_indicators": []})
    rules = {method.aggregation.settings(g.level).rule for g in problem.structure.groups()}
    partial = any(method.aggregation.settings(g.level).min_available > 0 for g in problem.structure.groups())
    imputed = {method.imputation.rule, *method.imputation.indicators.values()}
    return (
        method.treatment.rule in ("none", "iqr_cap")
        and not method.treatment.indicators
        and method.treatment.zero_iqr != "error"
        and method.normalisation.rule in FAST_RULES
        and not method.normalisation.indicators
        and not problem.has_own_scales
        and method.weights.rule in ("framework", "equal", "by_number_of_indicators")
        and "benefit_of_the_doubt" not in rules
        and not method.availability.exclude_indicators
        and method.availability.min_indicator_share == 0
        and (
            not leaves
            or (imputed <= set(OWN_COLUMN) and screens == type(screens)() and not partial and "copeland" not in rules)
        )
    )


def _prepared(problem: Problem, method: IndexMethod) -> Array:
    """Values before treatment and what takes part; made once for the settings that they depend on."""
    sections = method.model_dump_json(include={"denomination", "availability", "imputation"})
    if sections not in problem._made:
        tree = problem.structure
        values = problem.indicators[tree.indicators].astype(float)
        divided = denominate(values, problem.others, tree.elements["denominator"], method.denomination)
        screened = screen(divided, tree, method.availability)
        prepared, _ = impute(screened.values, tree, method.imputation, problem.others)
        if not prepared.index.equals(problem.nominal.scores.index):
            raise MethodError("uncertainty: the inputs change which units take part; ranks could not be compared")
        problem._made[sections] = prepared.to_numpy(dtype=float)
    made: Array = problem._made[sections]
    return made


def _weights(problem: Problem, method: IndexMethod, rows: list[dict[str, Any]]) -> Array:
    """Weights of some draws, (n_draws, n_elements); those of an indicator left out are zero."""
    tree = problem.structure
    codes = [*tree.indicators, *tree.aggregates]
    out = np.empty((len(rows), len(codes)))
    for i, row in enumerate(rows):
        left_out = _left_out(problem, row)
        key = (method.weights.model_dump_json(), left_out)
        if key not in problem._made:
            rest = tree.without([left_out]) if left_out else tree
            base, _ = weights_of(rest, pd.DataFrame(), method.weights, method.aggregation)
            problem._made[key] = base.reindex(codes).fillna(0.0).to_numpy(dtype=float)
        out[i] = problem._made[key] * weight_noise(problem, row)
    return out


def _normalised(x: Array, method: IndexMethod, k: Array, signs: Array) -> Array:
    """Treated and normalised values of one group, (n_draws, n_units, n_indicators)."""
    settings = method.treatment
    # Indicators slowest in memory: sums over them then run along contiguous columns.
    treated = np.moveaxis(np.repeat(np.ascontiguousarray(x.T)[:, None, :], len(k), axis=1), 0, -1)
    if settings.rule == "iqr_cap":
        fences = iqr_fences(
            x, k=k, side=settings.side, quantile_type=settings.quantile_type, zero_iqr=settings.zero_iqr
        )
        treated = cap(treated, fences)
    directed = treated if (signs == 1).all() else treated * signs
    own = method.normalisation
    if own.rule == "minmax":
        return array_minmax(directed, own.lower, own.upper)
    if own.rule == "zscore":
        return zscore(directed, own.mean, own.sd)
    if own.rule in RANKED:
        return array_ranked(directed, own.rule)
    low, high = array_extremes(directed)
    return array_linear(directed, low, high)


def run_draws(problem: Problem, values: pd.DataFrame) -> Array:
    """Scores of many draws.

    Parameters
    ----------
    problem
        The problem.
    values
        (n_draws, n_inputs), as `resolve` gives them.

    Returns
    -------
    ndarray
        (n_draws, n_units, n_aggregates), units as `problem.nominal.scores`, columns as `structure.aggregates`. An
        aggregate that a draw leaves without indicators is missing.

    Raises
    ------
    MethodError
        A step cannot be applied in some draw; the message has the settings of the draw.
    """
    tree = problem.structure
    out = np.full((len(values), len(problem.nominal.scores), len(tree.aggregates)), np.nan)
    keys = group_keys(problem, values)
    size = max(1, CHUNK // (out.shape[1] * len(tree.indicators)))
    records = values.to_dict("records")
    for key in np.unique(keys):
        places = np.flatnonzero(keys == key)
        method = apply(problem.method, _settings(problem, records[places[0]]))
        fast = _fast(problem, method)
        prepared = _prepared(problem, method) if fast else None
        for start in range(0, len(places), size):
            part = places[start : start + size]
            rows = [{str(k): v for k, v in records[i].items()} for i in part]
            if prepared is None:
                out[part] = np.stack([_one(problem, row) for row in rows])
            else:
                out[part] = _many(problem, method, rows, prepared)
    return out


def _one(problem: Problem, row: dict[str, Any]) -> Array:
    try:
        index = run_one(problem, row)
    except MethodError as error:
        raise _failed(problem, row, str(error)) from error
    nominal = problem.nominal.scores
    if not index.scores.index.equals(nominal.index):
        raise _failed(problem, row, "the inputs change which units take part; ranks could not be compared")
    return index.scores.reindex(columns=problem.structure.aggregates).to_numpy(dtype=float)


def _many(problem: Problem, method: IndexMethod, rows: list[dict[str, Any]], x: Array) -> Array:
    tree = problem.structure
    k = np.array([_settings(problem, row).get("treatment.k", method.treatment.k) for row in rows], dtype=float)
    weights = _weights(problem, method, rows)
    try:
        normalised = _normalised(x, method, k, problem.signs)
        scores = array_aggregate(normalised, weights, tree, method.aggregation)
    except MethodError as error:
        _explain(problem, rows)
        raise MethodError(f"uncertainty: {error}") from error
    # A constant indicator or a unit without a score shows as a missing value.
    flat = (np.isnan(normalised) & ~np.isnan(x)).any(axis=1) & (weights[:, : len(tree.indicators)] > 0)
    wrong = np.asarray(flat.any(axis=1))
    if method.aggregation.complete_from_level is not None:
        above = [tree.level(code) >= method.aggregation.complete_from_level for code in tree.aggregates]
        wrong |= np.isnan(scores[..., above]).any(axis=(1, 2))
    if wrong.any():
        _explain(problem, [row for row, bad in zip(rows, wrong, strict=True) if bad])
    return scores


def _explain(problem: Problem, rows: list[dict[str, Any]]) -> None:
    """Repeat draws step by step until one fails, for its reason."""
    for row in rows:
        _one(problem, row)


def _failed(problem: Problem, row: dict[str, Any], message: str) -> MethodError:
    shown = describe(problem, pd.DataFrame([row])).iloc[0]
    settings = ", ".join(f"{name} = {value}" for name, value in shown.items())
    return MethodError(f"uncertainty: a draw failed: {message}\n  its settings: {settings}")
