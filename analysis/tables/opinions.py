"""Printed tables of the members' survey: all answers, groups side by side, tests, and coordinators against members."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis import language
from analysis.language import decimal_mark, named
from analysis.tables.exhibits import Labels
from analysis.workspace import Column

Number = Callable[[float, int], str]
EMPTY = "–"
_LONG = 90
FEE, AMOUNT = "higher_fee", "higher_fee_amount"


def short_label(text: str) -> str:
    """Return a long answer without the examples in its brackets.

    Examples
    --------
    >>> short_label("Rynek krajowy (np. hurt)")
    'Rynek krajowy (np. hurt)'
    """
    if len(text) <= _LONG:
        return text
    return re.sub(
        r"\s*\((?:np\.|takich|m\.in\.|w tym|choć|tj\.|e\.g\.|such as|such|without).*$", "", text, flags=re.DOTALL
    )


def headline_labels(headlines: pd.DataFrame, lang: str | None = None) -> dict[str, str]:
    """Return option list → words for its favourable answers."""
    return dict(zip(headlines["option_list"], headlines[f"label_{lang or language.current()}"], strict=True))


class _Questions:
    """Names of questions, items and options in a language."""

    def __init__(self, codebook: pd.DataFrame, option_lists: pd.DataFrame, lang: str) -> None:
        self.entries: dict[str, dict[str, Any]] = codebook.set_index("item").to_dict("index")  # type: ignore[assignment]
        unique = option_lists.drop_duplicates(["option_list", "option"])
        self.options = unique.set_index(["option_list", "option"])[f"label_{lang}"].to_dict()
        self.lang = lang

    def question(self, item: str) -> str:
        entry = self.entries[item]
        return f"{entry['question_no']}. {entry[f'question_{self.lang}']}"

    def item(self, item: str) -> str:
        return short_label(str(self.entries[item][f"option_{self.lang}"]))

    def option(self, item: str, option: str) -> str:
        return short_label(str(self.options.get((self.entries[item]["option_list"], option), "")))


def survey_table(
    estimates: pd.DataFrame,
    answers: pd.DataFrame,
    codebook: pd.DataFrame,
    option_lists: pd.DataFrame,
    words: Mapping[str, str],
    *,
    number: Number,
    lang: str | None = None,
) -> pd.DataFrame:
    """Table 37: every answer in the order of the questionnaire, with its base and interval.

    Parameters
    ----------
    estimates
        From `analysis.opinions.estimates.estimate`; only rows of all clusters are used.
    answers
        One row a member, as text; for the number of clusters and the mean amount of question 13.
    words
        `mean`, `clusters_willing`, `amount`.

    Returns
    -------
    DataFrame
        Columns item, option, measure, name, value (number), low, high, value_text, low_text, high_text, n, emphasis. A
        question is an emphasised row that has only a name. Of a rating there is the mean, as in print.
    """
    said = _Questions(codebook, option_lists, lang or language.current())
    whole: dict[str, list[dict[Any, Any]]] = {}
    for row in estimates[estimates["dimension"] == "all"].to_dict("records"):
        whole.setdefault(row["item"], []).append(row)
    rows: list[dict[str, object]] = []
    current = ""
    for item in codebook["item"].tolist():
        own = whole.get(item)
        if not own:
            continue
        wanted = "mean" if any(row["measure"] == "mean" for row in own) else "share"
        if said.question(item) != current:
            current = said.question(item)
            rows.append({"item": item, "name": current, "emphasis": 1})
        for row in own:
            if row["measure"] != wanted:
                continue
            part, chosen = said.item(item), said.option(item, str(row["option"]))
            name = f"{part}: {chosen}" if part and chosen else part or chosen
            sign = "%" if wanted == "share" else ""
            entry = {
                "item": item,
                "option": row["option"],
                "measure": wanted,
                "name": name or words["mean"],
                "n": row["n"],
            }
            for key in ("value", "low", "high"):
                known = row[key] == row[key]
                entry |= {key: row[key], f"{key}_text": number(row[key], 1) + sign if known else EMPTY}
            rows.append(entry | {"emphasis": 0})
        if item == FEE:
            willing = answers[answers[item] == "yes"]
            amounts = pd.to_numeric(willing[AMOUNT].replace("", None)).dropna()
            for name, value, n in (
                (words["clusters_willing"], willing["respondent_id"].nunique(), len(willing)),
                (words["amount"], float(amounts.mean()) if len(amounts) else float("nan"), len(amounts)),
            ):
                shown = number(value, 0) if value == value else EMPTY
                rows.append(
                    {"item": item, "measure": "other", "name": name, "value": value, "value_text": shown, "n": n,
                     "low_text": EMPTY, "high_text": EMPTY, "emphasis": 0}
                )  # fmt: skip
    table = pd.DataFrame(rows)
    table["n"] = table["n"].astype("Int64")
    text = ["option", "measure", "value_text", "low_text", "high_text"]
    table[text] = table[text].fillna("")
    return table


def survey_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of Table 37."""
    right: dict[str, Any] = {"align": "right"}
    return [
        Column("name", words["answer"], width=0.56),
        Column("value_text", words["value"], format="mixed", width=0.12, **right),
        Column("n", words["base"], format="integer", width=0.08, **right),
        Column("low_text", words["low"], format="mixed", width=0.12, group=words["interval"], **right),
        Column("high_text", words["high"], format="mixed", width=0.12, group=words["interval"], **right),
    ]


def cross_table(
    estimates: pd.DataFrame,
    dimensions: Sequence[str],
    codebook: pd.DataFrame,
    option_lists: pd.DataFrame,
    headlines: Mapping[str, str],
    words: Mapping[str, str],
    groups: Mapping[tuple[str, str], str],
    *,
    number: Number,
    lang: str | None = None,
) -> tuple[pd.DataFrame, list[Column]]:
    """One row for each item with its headline, one column for all members and for each group.

    Parameters
    ----------
    estimates
        From `analysis.opinions.estimates.estimate`.
    dimensions
        Groupings to show, in this order.
    headlines
        Option list → words for what is counted; a rating shows its mean, a ticked item its share.
    groups
        (dimension, group) → heading, in printed order.

    Returns
    -------
    tuple
        The table (columns item, name, one `<dimension>/<group>` a group with the printed value, small: names of the
        groups whose number rests on few answers, emphasis) and its columns. Groups that are small in every row are
        marked in their heading instead.
    """
    said = _Questions(codebook, option_lists, lang or language.current())
    keep = estimates["measure"].isin(["headline", "mean"]) | (estimates["type"] == "tick")
    shown = estimates[keep].copy()
    shown["column"] = shown["dimension"] + "/" + shown["group"]
    wanted = {"all/all": words["all_members"]}
    wanted |= {f"{d}/{g}": name for (d, g), name in groups.items() if d in dimensions}
    own = shown[shown["column"].isin(list(wanted))]
    always = [c for c in wanted if own.loc[own["column"] == c, "small"].all()]
    rows: list[dict[str, object]] = []
    current = ""
    for item, table in own.groupby("item", sort=False):
        entry = said.entries[str(item)]
        what = words["mean"] if entry["type"] == "rating" else headlines.get(str(entry["option_list"]), "")
        question = said.question(str(item))
        name = said.item(str(item))
        if name:
            heading = f"{question} ({what})" if what else question
            if heading != current:
                current = heading
                rows.append({"item": item, "name": heading, "emphasis": 1})
        else:
            name, current = f"{question} ({what})", ""
        # Empty, not 0: the row stands by itself, under no heading of the rows before it.
        under = 0 if current else ""
        values = dict(zip(table["column"], table["value"].astype(float), strict=True))
        weak = set(table.loc[table["small"], "column"]) - set(always)
        sign = "" if entry["type"] == "rating" else "%"
        cells = {c: number(values[c], 1) + sign if c in values else EMPTY for c in wanted}
        small = [wanted[c] for c in wanted if c in weak]
        rows.append({"item": item, "name": name, **cells, "small": ", ".join(small) or EMPTY, "emphasis": under})
    out = pd.DataFrame(rows).fillna({**dict.fromkeys(wanted, ""), "small": ""})
    flagged = bool((out["small"].replace("", EMPTY) != EMPTY).any())
    width = (0.56 if flagged else 0.66) / len(wanted)
    columns = [Column("name", words["answer"], width=0.34)]
    columns += [
        Column(c, f"{name}{words['small_mark']}" if c in always else name, align="right", format="mixed", width=width)
        for c, name in wanted.items()
    ]
    if flagged:
        columns.append(Column("small", words["small_base"], width=0.10))
    return out, columns


def difference_table(
    differences: pd.DataFrame,
    codebook: pd.DataFrame,
    option_lists: pd.DataFrame,
    words: Mapping[str, str],
    dimensions: Mapping[str, str],
    groups: Mapping[tuple[str, str], str],
    *,
    number: Number,
    most: int,
    lang: str | None = None,
) -> pd.DataFrame:
    """The `most` tests with the smallest p: what, between which groups, both ends, the statistic and p.

    Parameters
    ----------
    differences
        From `analysis.opinions.differences.compare_groups`.
    """
    said = _Questions(codebook, option_lists, lang or language.current())
    first = differences.sort_values(["p_permutation", "p_rao_scott", "item"], kind="stable").head(most)
    rows = []
    for row in first.to_dict("records"):
        item, dimension = str(row["item"]), str(row["dimension"])
        part = said.item(item)
        what = f"{said.entries[item]['question_no']}. {part or said.entries[item][f'question_{said.lang}']}"
        sign = "" if row["measure"] == "mean" else "%"
        ends = {
            e: f"{groups[dimension, str(row[e])]} ({number(row[f'{e}_value'], 1)}{sign})" for e in ("lowest", "highest")
        }
        rows.append(
            {"name": what, "dimension": dimensions[dimension], **ends, "n": row["n"], "statistic": row["statistic"],
             "p_rao_scott": row["p_rao_scott"], "p_permutation": row["p_permutation"], "p_adjusted": row["p_adjusted"],
             "effect": row["effect"]}
        )  # fmt: skip
    return pd.DataFrame(rows)


def difference_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of tests."""
    right: dict[str, Any] = {"align": "right", "format": "number"}
    return [
        Column("name", words["question"], width=0.27),
        Column("dimension", words["dimension"], width=0.11),
        Column("lowest", words["lowest"], width=0.16),
        Column("highest", words["highest"], width=0.16),
        Column("statistic", "F", decimals=2, width=0.06, **right),
        Column("effect", words["effect"], decimals=2, width=0.06, **right),
        Column("p_rao_scott", words["p_rao_scott"], decimals=3, width=0.06, **right),
        Column("p_permutation", words["p_permutation"], decimals=3, width=0.06, **right),
        Column("p_adjusted", words["p_adjusted"], decimals=3, width=0.06, **right),
    ]


def triangulation_table(
    summary: pd.DataFrame, topics: pd.DataFrame, words: Mapping[str, str], *, number: Number, lang: str | None = None
) -> pd.DataFrame:
    """Agreement topic by topic as printed; a dash where a measure does not belong to the kind of topic."""
    names = topics.set_index("topic")[f"label_{lang or language.current()}"]
    rows = []
    for row in summary.to_dict("records"):
        quantity = row["kind"] == "quantity"
        stated = number(row["stated"], 2 if quantity else 0) + ("" if quantity else "%")
        rows.append(
            {"topic": row["topic"], "name": names[str(row["topic"])], "kind": words[f"kind_{row['kind']}"],
             "stated": stated, "members": number(row["members"], 0) + "%",
             **{v: EMPTY if pd.isna(row[v]) else number(row[v], 0) for v in ("agrees", "differs", "contradicts")},
             **{m: EMPTY if pd.isna(row[m]) else number(row[m], 2) for m in ("kappa", "rho")},
             "p_adjusted": EMPTY if pd.isna(row["p_adjusted"]) else number(row["p_adjusted"], 3)}
        )  # fmt: skip
    return pd.DataFrame(rows)


def triangulation_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of agreement."""
    right: dict[str, Any] = {"align": "right", "format": "mixed"}
    return [
        Column("name", words["topic"], width=0.27),
        Column("kind", words["kind"], width=0.10),
        Column("stated", words["stated"], width=0.10, **right),
        Column("members", words["members"], width=0.09, **right),
        Column("agrees", words["agrees"], width=0.07, group=words["clusters"], **right),
        Column("differs", words["differs"], width=0.08, group=words["clusters"], **right),
        Column("contradicts", words["contradicts"], width=0.09, group=words["clusters"], **right),
        Column("kappa", "κ", width=0.06, **right),
        Column("rho", "ρ", width=0.06, **right),
        Column("p_adjusted", words["p_adjusted"], width=0.08, **right),
    ]


def contradiction_table(
    found: pd.DataFrame, topics: pd.DataFrame, words: Mapping[str, str], *, number: Number, lang: str | None = None
) -> pd.DataFrame:
    """Contradictions by topic and direction: clusters, and the members' shares in them from least to most.

    Parameters
    ----------
    found
        From `analysis.opinions.triangulation.contradictions`. The list by cluster stays in the build: two answers of
        one respondent side by side do not belong in a report.
    """
    names = topics.set_index("topic")[f"label_{lang or language.current()}"]
    over = found["gap"] > 0
    rows = []
    for (topic, above), own in found.assign(over=over).groupby(["topic", "over"], sort=False):
        least, most = (number(x, 0) for x in (own["members"].min(), own["members"].max()))
        way = "over" if above else "under"
        rows.append(
            {"topic": topic, "name": names[str(topic)], "direction": words[f"{own['kind'].iloc[0]}_{way}"],
             "clusters": len(own), "members": f"{least}–{most}%" if least != most else f"{least}%",
             "n": int(own["n"].sum())}
        )  # fmt: skip
    order = {topic: i for i, topic in enumerate(topics["topic"])}
    out = pd.DataFrame(rows, columns=["topic", "name", "direction", "clusters", "members", "n"])
    return out.sort_values(
        ["topic", "clusters"], key=lambda c: c.map(order) if c.name == "topic" else -c, kind="stable", ignore_index=True
    )


def contradiction_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of contradictions."""
    right: dict[str, Any] = {"align": "right"}
    return [
        Column("name", words["topic"], width=0.34),
        Column("direction", words["direction"], width=0.34),
        Column("clusters", words["clusters_n"], format="integer", width=0.10, **right),
        Column("members", words["shares"], width=0.12, **right),
        Column("n", words["base"], format="integer", width=0.10, **right),
    ]


def base_table(bases: pd.DataFrame, codebook: pd.DataFrame, words: Mapping[str, str], *, whole: int) -> pd.DataFrame:
    """Items whose printed shares no `whole` respondents can have, those that no base can have first.

    Parameters
    ----------
    bases
        From `analysis.reproduction.member_counts.bases_of_items`.
    """
    questions = codebook.drop_duplicates("question_no").set_index("question_no")[named("question")]
    items = dict(zip(codebook["option_pl"], codebook[named("option")], strict=True))
    odd = bases[bases["base"].isna() | (bases["base"] < whole)]
    ordered = pd.concat([odd[odd["base"].isna()], odd[odd["base"].notna()]])
    rows = []
    for row in ordered.to_dict("records"):
        item = items.get(row["item_pl"], row["item_pl"]) or questions[row["question_no"]]
        rows.append(
            {
                "name": f"{row['question_no']}. {short_label(item)}",
                "shares": str(row["shares"]).replace(".", decimal_mark()),
                "total": row["total"],
                "base": words["no_base"] if pd.isna(row["base"]) else str(row["base"]),
            }
        )
    return pd.DataFrame(rows, columns=["name", "shares", "total", "base"])


def base_columns(words: Mapping[str, str]) -> list[Column]:
    """Columns of the table of bases."""
    return [
        Column("name", words["question"], width=0.50),
        Column("shares", words["printed_shares"], width=0.24),
        Column("total", words["total"], align="right", format="number", decimals=1, width=0.12),
        Column("base", words["largest_base"], align="right", format="mixed", width=0.14),
    ]


def group_headings(labels: Labels, dimensions: Sequence[str]) -> dict[tuple[str, str], str]:
    """(dimension, group) → heading, in the order of the labels file."""
    sections = {"sector": "sector_columns", "kkk": "status"}
    out = {}
    for dimension in dimensions:
        for group, name in labels[sections.get(dimension, dimension)].items():
            if dimension != "kkk" or group in ("KKK", "not KKK"):
                out[dimension, group] = name
    return out
