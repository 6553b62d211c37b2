import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.profiles.regression import fit_line
from analysis.profiles.statistics import answer_shares, indicator_statistics

CODEBOOK = pd.DataFrame(
    [
        ("tool__website", "tick", "", "strona"),
        ("strategy", "single", "strategy", ""),
        ("purchase", "yes_no", "", ""),
        ("robots", "level", "level", ""),
        ("budget", "amount", "", ""),
    ],
    columns=["item", "type", "option_list", "option_pl"],
)
OPTIONS = pd.DataFrame(
    [("strategy", "none", "brak"), ("strategy", "updated", "jest"), ("yes_no", "1", "tak"), ("yes_no", "0", "nie"),
     ("level", "0", "brak"), ("level", "1", "początek"), ("level", "2", "wdrożenie")],
    columns=["option_list", "option", "label_pl"],
)  # fmt: skip


def test_statistics_leave_missing_answers_out():
    table = indicator_statistics(pd.DataFrame({"I.1.1": [0.0, 0.0, 10.0, np.nan]})).iloc[0]
    assert (table["n"], table["missing"], table["zeros"], table["positive"]) == (3, 1, 2, 1)
    assert table["mean"] == pytest.approx(10 / 3)
    assert (table["median"], table["benchmark"], table["q3"], table["total"]) == (0, 10, 5, 10)


def test_indicator_without_any_answer_is_refused():
    with pytest.raises(MethodError, match=r"I\.1\.2"):
        indicator_statistics(pd.DataFrame({"I.1.1": [1.0], "I.1.2": [np.nan]}))


def test_shares_have_their_own_base():
    answers = pd.DataFrame(
        {
            "tool__website": [1, 0, np.nan, 1],
            "strategy": ["none", "updated", "updated", "updated"],
            "purchase": [1.0, 0.0, np.nan, 1.0],
            "robots": [0, 1, 2, 2],
            "budget": [1, 2, 3, 4],
        }
    )
    table = answer_shares(answers, CODEBOOK, OPTIONS)
    found = {(r.item, r.option): (r.n, r.k, round(r.share, 1)) for r in table.itertuples()}
    assert found[("tool__website", "ticked")] == (3, 2, 66.7)
    assert found[("strategy", "updated")] == (4, 3, 75.0)
    assert found[("purchase", "1")] == (3, 2, 66.7)
    assert found[("robots", "2")] == (4, 2, 50.0)
    assert "budget" not in set(table["item"])


def test_line_through_exact_points():
    x = pd.Series([0.0, 1, 2, 3, np.nan])
    fit = fit_line(0.5 + 0.25 * x, x)
    assert (fit.slope, fit.intercept, fit.r2) == pytest.approx((0.25, 0.5, 1.0))
    assert fit.n == 4
    assert (fit.band["low"] <= fit.band["fit"]).all()


def test_line_agrees_with_the_closed_formula():
    rng = np.random.default_rng(5)
    x, noise = pd.Series(rng.uniform(20, 500, 42)), rng.normal(0, 0.1, 42)
    y = 0.18 + 0.0012 * x + noise
    fit = fit_line(y, x)
    assert fit.slope == pytest.approx(np.cov(x, y)[0, 1] / np.var(x, ddof=1))
    assert fit.r2 == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2)
    assert fit.low < fit.slope < fit.high
    middle = fit.band.iloc[len(fit.band) // 4]
    end = fit.band.iloc[-1]
    assert end["high"] - end["low"] > middle["high"] - middle["low"]


def test_no_line_through_equal_x():
    with pytest.raises(MethodError, match="no line"):
        fit_line(pd.Series([1.0, 2, 3]), pd.Series([5.0, 5, 5]))
