"""The words of the annex of contradictions, in every language of the report; `word` gives that of the process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import language

_PL: dict[str, Any] = {
    "by_rule": "obszar jako średnia wskaźników",
    "measures": {
        "mean": "średnia", "median": "mediana", "benchmark": "największa wartość", "min": "najmniejsza wartość",
        "q1": "pierwszy kwartyl", "q3": "trzeci kwartyl", "total": "suma", "iqr": "rozstęp międzykwartylowy",
        "growth": "średni roczny wzrost", "count": "liczba", "ratio": "krotność", "ratio_median": "krotność mediany",
        "n_sites_passing": "liczba stron spełniających", "n_sites": "liczba stron",
        "share_eq(0)": "odsetek stron niespełniających", "share": "odsetek", "other": "liczba z komentarza",
    },
    "sectors": {
        "bio": "biotechnologia", "chem": "chemia", "edu": "edukacja, żywność, turystyka", "ict": "ICT",
        "moto": "motoryzacja", "metal": "przemysł metalowy",
    },
    "units": {
        "count": "", "clusters": "", "enterprises": "", "entities": "", "placements": "", "members": "", "persons": "",
        "points": "pkt", "thousand": "tys.", "thousand persons": "tys. os.", "thousand m2": "tys. m²", "m2": "m²",
        "%": "%",
    },
    "supposed": {
        "all answered": "odpowiedziały wszystkie klastry",
        "supposed:all have": "każdy klaster ma wynik",
        "supposed:alike": "obie wielkości podały te same klastry i zmierzono je tak samo",
        "supposed:same years": "za każdy rok odpowiedziały te same klastry",
        "supposed:base": "podstawą odsetka są wszystkie klastry",
        "rule:area": "metodyka: wynik obszaru to zwykła średnia wyników podobszarów",
        "rule:overall": "metodyka: wynik ogółem to średnia wyników obszarów",
        "rule:unit": "miary jednego wskaźnika mają jedną jednostkę",
        "supposed:": "drugą wielkość mogą mieć tylko klastry, które mają pierwszą",
    },
    "million": "mln",
    "positive": "dodatnią", "above": "powyżej {low}", "at_least": "co najmniej {low}", "at_most": "najwyżej {high}",
    "under": "poniżej {high}", "above_to": "powyżej {low} do {high}", "above_under": "powyżej {low} poniżej {high}",
    "from_to": "od {low} do {high}", "from_under": "od {low} poniżej {high}",
    "in_table": "{measure} {code}, tab. {table}", "question": "pyt. {no}: {option}",
    "part": " – {part}", "year_mean": "średnia za {year} r.", "option_share": "odsetek: {option}", "value": "wartość",
    "largest": "największa wartość", "rank": "wartość {rank}. od góry",
    "clusters": "liczba klastrów", "share_of_clusters": "odsetek klastrów", "with_value": "{what} z wartością {band}",
    "share_of_whole": "udział w całości",
    "says": {
        "without": "liczba klastrów bez tej wielkości", "without_share": "odsetek klastrów bez tej wielkości",
        "answers": "liczba odpowiedzi", "mean_active": "średnia wśród klastrów z wartością dodatnią",
        "mean_rest": "średnia bez lidera",
    },
    "sector_mean": "średnia, {sector}",
    "percent_names": ("odsetek", "udział"),
    "quote": "„{text}”", "lines": " (w. {lines})", "line": "w. {line}", "against": " wobec ",
    "edition": "zamiana edycji w tekście (por. w. {lines})", "answers_n": "liczba odpowiedzi: {spans}",
    "no_supposition": "uchylenie założenia", "one_unit": "jedna jednostka", "no_rule": "uchylenie reguły",
    "or": " lub ", "otherwise": "; albo ", "only_survey": "rozstrzygną dopiero ankiety",
    "previous": " (poprzednia edycja)", "members": "Ankieta członków, pytanie {no}",
    "criterion": "Dostępność stron, kryterium {no}", "tables": "; dotyczy to {n} tabel",
    "areas": "podobszary {parts}; obszar {area} {printed} ({where}){more}", "table_line": "tab. {table}, w. {line}",
    "tie": r"\b(w\.|tab\.|pyt\.|od|do|N =) (?=\d)",
}  # fmt: skip
_EN: dict[str, Any] = {
    "by_rule": "the area as the mean of its indicators",
    "measures": {
        "mean": "mean", "median": "median", "benchmark": "largest value", "min": "smallest value",
        "q1": "first quartile", "q3": "third quartile", "total": "total", "iqr": "interquartile range",
        "growth": "mean yearly growth", "count": "number", "ratio": "multiple",
        "ratio_median": "multiple of the median",
        "n_sites_passing": "number of sites that pass", "n_sites": "number of sites",
        "share_eq(0)": "percentage of sites that fail", "share": "percentage", "other": "number from a comment",
    },
    "sectors": {
        "bio": "biotechnology", "chem": "chemistry", "edu": "education, food, tourism", "ict": "ICT",
        "moto": "automotive", "metal": "metal industry",
    },
    "units": {
        "count": "", "clusters": "", "enterprises": "", "entities": "", "placements": "", "members": "", "persons": "",
        "points": "points", "thousand": "thousand", "thousand persons": "thousand persons",
        "thousand m2": "thousand m²", "m2": "m²", "%": "%",
    },
    "supposed": {
        "all answered": "all clusters answered",
        "supposed:all have": "every cluster has a score",
        "supposed:alike": "the same clusters gave both quantities, and they were measured alike",
        "supposed:same years": "the same clusters answered for every year",
        "supposed:base": "the percentage is of all clusters",
        "rule:area": "method: the score of an area is the plain mean of the sub-area scores",
        "rule:overall": "method: the overall score is the mean of the area scores",
        "rule:unit": "the measures of one indicator have one unit",
        "supposed:": "only clusters that have the first quantity can have the second",
    },
    "million": "million",
    "positive": "above zero", "above": "above {low}", "at_least": "of at least {low}", "at_most": "of at most {high}",
    "under": "below {high}", "above_to": "above {low} up to {high}", "above_under": "above {low} below {high}",
    "from_to": "from {low} to {high}", "from_under": "from {low} below {high}",
    "in_table": "{measure} of {code}, table {table}", "question": "question {no}: „{option}”",
    "part": " – „{part}”", "year_mean": "mean for {year}", "option_share": "percentage: „{option}”", "value": "value",
    "largest": "largest value", "rank": "value number {rank} from the top",
    "clusters": "number of clusters", "share_of_clusters": "percentage of clusters",
    "with_value": "{what} with a value {band}",
    "share_of_whole": "share of the whole",
    "says": {
        "without": "number of clusters without it", "without_share": "percentage of clusters without it",
        "answers": "number of answers", "mean_active": "mean over clusters with a value above zero",
        "mean_rest": "mean without the leader",
    },
    "sector_mean": "mean, {sector}",
    "percent_names": ("percentage", "share"),
    "quote": "„{text}”", "lines": " (l. {lines})", "line": "l. {line}", "against": " against ",
    "edition": "editions exchanged in the text (see l. {lines})", "answers_n": "number of answers: {spans}",
    "no_supposition": "dropping the supposition", "one_unit": "one unit", "no_rule": "dropping the rule",
    "or": " or ", "otherwise": "; or ", "only_survey": "only the questionnaires can tell",
    "previous": " (previous edition)", "members": "Survey of members, question {no}",
    "criterion": "Accessibility of websites, criterion {no}", "tables": "; the same in {n} tables",
    "areas": "sub-areas {parts}; area {area} {printed} ({where}){more}", "table_line": "table {table}, l. {line}",
    "tie": r"\b(l\.|table|question|N =) (?=\d)",
}  # fmt: skip
WORDS: Mapping[str, Mapping[str, Any]] = {"pl": _PL, "en": _EN}


def word(key: str, **values: object) -> str:
    """Return a phrase in the language of the process with its places filled in."""
    return str(WORDS[language.current()][key]).format(**values)


def words(key: str) -> Any:
    """Return a group of words in the language of the process: a mapping or a tuple."""
    return WORDS[language.current()][key]
