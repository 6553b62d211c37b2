"""Published tables computed from random answers: whatever they print holds together, so no audit may object."""

from __future__ import annotations

import random
import statistics
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.reproduction.claims.keys import SECTORS
from analysis.reproduction.printed import round_half_up
from analysis.reproduction.published import MEASURES, SCHEMAS

N = 42
COUNT, AMOUNT = ("I.1.1", "I.1.4", "I.2.1"), "I.1.3"
SECTOR_OF = ["bio"] * 4 + ["chem"] * 6 + ["edu"] * 6 + ["ict"] * 9 + ["moto"] * 9 + ["metal"] * 8


def table(name: str, *rows: dict[str, object]) -> pd.DataFrame:
    """Rows of a published table; columns not given are empty, `line` counts from 1."""
    full = [{**dict.fromkeys(SCHEMAS[name], ""), "line": str(i), **row} for i, row in enumerate(rows, 1)]
    return pd.DataFrame(full, columns=list(SCHEMAS[name])).astype(str)


def printed(value: float | Fraction | int, decimals: int = 1) -> str:
    return str(round_half_up(Fraction(value), decimals))


def _answers(rng: random.Random) -> dict[str, list[Fraction]]:
    """Skewed answers with zeros; amounts in złoty, so that their median need not be printable exactly."""
    out = {
        code: [Fraction(0 if rng.random() < 0.3 else int(rng.lognormvariate(1.5, 1))) for _ in range(N)]
        for code in COUNT
    }
    out[AMOUNT] = [Fraction(0 if rng.random() < 0.2 else int(rng.lognormvariate(13, 1.5))) for _ in range(N)]
    for values in out.values():
        values[rng.randrange(N)] = max(values) + 3  # a leader, and nothing constant
    return out


def _facts(code: str, values: list[Fraction], line: int) -> list[dict[str, object]]:
    unit = "tys. zł" if code == AMOUNT else "count"
    factor = 1000 if code == AMOUNT else 1
    positive = [v for v in values if v > 0]
    level = 500_000 if code == AMOUNT else 5

    def fact(kind: str, value: str, threshold: str = "", unit: str = "clusters") -> dict[str, object]:
        return {"code": code, "kind": kind, "value": value, "threshold": threshold, "unit": unit,
                "note": f"{kind} of {code}", "printed": value, "line": line}  # fmt: skip

    shown = "500 tys. zł" if code == AMOUNT else "5"
    return [
        fact("n_positive", str(len(positive))),
        fact("n_zero", str(N - len(positive))),
        fact("n_ge", str(sum(v >= level for v in values)), shown),
        fact("n_gt", str(sum(v > level for v in values)), shown),
        fact("max", printed(max(values) / factor), unit=unit),
        fact("mean_positive", printed(sum(positive) / len(positive) / factor), unit=unit),
        fact("mean_excluding", printed((sum(values) - max(values)) / (N - 1) / factor), "leader", unit=unit),
        *([] if code == AMOUNT else [fact("total", str(int(sum(values))))]),
    ]


def _claims(code: str, values: list[Fraction], start: int) -> list[dict[str, object]]:
    factor, unit = (1_000_000, "PLN million") if code == AMOUNT else (1, "count")
    positive = sum(v > 0 for v in values)
    ordered = sorted(values, reverse=True)
    said = [
        ("mean", printed(sum(values) / N / factor), unit),
        ("median", printed(Fraction(statistics.median(values)) / factor), unit),
        ("max", printed(ordered[0] / factor), unit), ("rank2", printed(ordered[1] / factor), unit),
        ("count_gt(0)", str(positive), "clusters"), ("share_gt(0)", printed(Fraction(100 * positive, N), 0), "%"),
    ]  # fmt: skip
    return [
        {"id": f"C{start + i}", "line": 5000 + start + i, "section": "1", "statement_en": f"{s} of {code}",
         "subject": f"{code} thing", "statistic": s, "group": "all", "period": "2022-2023", "value": v, "unit": u,
         "printed": v}
        for i, (s, v, u) in enumerate(said)
    ]  # fmt: skip


def _scores(values: dict[str, list[Fraction]]) -> list[dict[str, object]]:
    def scaled(code: str) -> np.ndarray:
        x = np.array([float(v) for v in values[code]])
        return (x - x.min()) / (x.max() - x.min())

    one = np.mean([scaled(c) for c in ("I.1.1", "I.1.4", AMOUNT)], axis=0)
    two = scaled("I.2.1")
    area = (one + two) / 2
    columns = {"I.1": one, "I.2": two, "I": area, "ALL": area}
    sectors = np.array(SECTOR_OF)
    groups = [("all", "all", np.ones(N, bool)), *(("sector", s, sectors == s) for s in dict.fromkeys(SECTOR_OF))]
    rows = []
    for number, (dim, group, chosen) in enumerate(groups, 18):
        for code, column in columns.items():
            x = column[chosen]
            q = np.quantile(x, [0, 0.25, 0.5, 0.75, 1])
            found = dict(zip(MEASURES, (q[0], q[1], q[2], x.mean(), q[3], q[4]), strict=True))
            rows += [
                {"table": number, "group_dim": dim, "group": group, "column_code": code, "measure": m,
                 "value": str(round_half_up(float(v), 2))}
                for m, v in found.items()
            ]  # fmt: skip
    return rows


def tables(seed: int) -> dict[str, pd.DataFrame]:
    """Return published tables of 42 clusters, everything in them computed from answers drawn with the seed."""
    rng = random.Random(seed)
    values = _answers(rng)
    members = [rng.randint(20, 300) for _ in range(N)]
    indicators, facts, claims, sectors = [], [], [], []
    for line, (code, x) in enumerate(values.items(), 100):
        unit, factor = ("tys. zł", 1000) if code == AMOUNT else ("count", 1)
        shown = {
            "mean": printed(sum(x) / N / factor), "median": printed(Fraction(statistics.median(x)) / factor),
            "benchmark": printed(max(x) / factor),
        }  # fmt: skip
        indicators.append(
            {"code": code, "area_code": "I", "subarea_code": code.rsplit(".", 1)[0], "name_pl": code, "unit": unit,
             "table": 13, "name_line": line, "line": line, **shown,
             **{f"{m}_str": v for m, v in shown.items()}, **{f"unit_{m}": unit for m in shown}}
        )  # fmt: skip
        facts += _facts(code, x, line)
        claims += _claims(code, x, 10 * line)
        for sector in dict.fromkeys(SECTOR_OF):
            own = [v for v, s in zip(x, SECTOR_OF, strict=True) if s == sector]
            mean = printed(sum(own) / len(own) / factor)
            sectors.append({"indicator_label": code, "sector": sector, "sector_code": sector, "value": mean,
                            "value_str": mean, "unit": unit, "code": code, "line": line + 900})  # fmt: skip
    words = {code: word for word, code in SECTORS.items()}
    for i, (sector, word) in enumerate(words.items(), 1):
        size = str(SECTOR_OF.count(sector))
        claims.append({"id": f"S{i}", "line": 4000 + i, "section": "1", "statement_en": f"clusters in {sector}",
                       "subject": "char:sector", "statistic": f"count_eq({word})", "group": "all",
                       "period": "2022-2023", "value": size, "unit": "clusters", "printed": size})  # fmt: skip
    row = {"name": "x", "founded": "2012", "pkd_code": "1", "pkd_name": "p", "voivodeship": "v"}
    return {
        "framework": table(
            "framework",
            {"area_code": "I", "area_name": "A", "subarea_code": "I.1", "subarea_name": "a", "n_indicators": 3},
            {"area_code": "I", "area_name": "A", "subarea_code": "I.2", "subarea_name": "b", "n_indicators": 1},
        ),
        "scores": table("scores", *_scores(values)),
        "indicators": table("indicators", *indicators),
        "indicator_facts": table("indicator_facts", *facts),
        "sector_means": table("sector_means", *sectors),
        "registry": table("registry", *({"no": i, "members": m, **row} for i, m in enumerate(members, 1))),
        "history": table(
            "history",
            {"edition": 2024, "metric": "members", "value": sum(members), "unit": "count"},
            {"edition": 2024, "metric": "clusters surveyed", "value": N, "unit": "count"},
        ),
        "claims": table("claims", *claims),
    }
