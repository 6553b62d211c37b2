"""The sentences of alternative texts, in every language of the report; `say` fills one in.

They stand here and not among the labels because they are grammar: what may be put into a place depends on the sentence.
"""

from __future__ import annotations

from analysis import language

SENTENCES: dict[str, tuple[str, str]] = {
    "and": (" i ", " and "),
    "bars": ("Wykres słupkowy", "Bar chart"),
    "stacked": ("Wykres paskowy skumulowany", "Stacked bar"),
    "levels": ("Wykres słupkowy skumulowany: {what}. {rows}.", "Stacked bar chart: {what}. {rows}."),
    "map": (
        "Mapa Polski w podziale na województwa: {what}. {groups}.{tail}",
        "Map of Poland by voivodeship: {what}. {groups}.{tail}",
    ),
    "map_each": ("po {value}: {names}", "{value} each: {names}"),
    "map_zero": (" Wartość zero: {names}.", " Zero: {names}."),
    "no_data": ("brak danych", "no data"),
    "median_name": ("Mediana", "Median"),
    "benchmark_name": ("Benchmark", "Benchmark"),
    "median_one": ("mediana", "median"),
    "median_many": ("mediany", "medians"),
    "mean_one": ("średnia", "mean"),
    "mean_many": ("średnie", "means"),
    "benchmark_one": ("benchmark", "benchmark"),
    "benchmark_many": ("benchmarki", "benchmarks"),
    "from_to": ("{many} od {low} do {high}", "{many} from {low} to {high}"),
    "dots": ("Wykres punktowy: {what}. Skala od 0 do 1. {rows}", "Dot chart: {what}. Scale from 0 to 1. {rows}"),
    "scatter": (
        "Wykres rozrzutu. Liczba punktów: {n}; każdy przedstawia jeden klaster. Oś pozioma: {x}, od {x_low} do "
        "{x_high}. Oś pionowa: {y}, od {y_low} do {y_high}. Linia regresji {direction}: {equation}; R² = {r2}. "
        "Wokół linii zaznaczono 95-procentowy przedział ufności.",
        "Scatter plot. Number of points: {n}; each stands for one cluster. Horizontal axis: {x}, from {x_low} to "
        "{x_high}. Vertical axis: {y}, from {y_low} to {y_high}. The regression line {direction}: {equation}; "
        "R² = {r2}. "
        "The 95% confidence interval is drawn around the line.",
    ),
    "rises": ("rośnie", "rises"),
    "falls": ("opada", "falls"),
    "ranks": (
        "Wykres przedziałów. Liczba klastrów: {n}, uporządkowane według miejsca w wyniku ogółem, bez nazw. Poziomy "
        "pasek pokazuje miejsca zajmowane w losowaniach od piątego do dziewięćdziesiątego piątego percentyla. Typowa "
        "szerokość paska (liczba miejsc): {top} w górnej części listy, {middle} w środkowej, {bottom} w dolnej.",
        "Chart of intervals. Number of clusters: {n}, ordered by their place in the overall score, without names. The "
        "horizontal bar shows the places taken in the draws from the fifth to the ninety-fifth percentile. Typical "
        "width of a bar (number of places): {top} in the upper part of the list, {middle} in the middle, {bottom} in "
        "the lower.",
    ),
    "ranks_moved": (
        " Największe przesunięcie miejsca w wariantach metody: {moved}.",
        " Largest shift of a place in variants of the method: {moved}.",
    ),
    "sobol_row": ("{label}: {total} (sama {first})", "{label}: {total} (alone {first})"),
    "sobol": (
        "Wykres słupkowy: {what}; wskaźnik łączny i wskaźnik samej decyzji. {rows}.",
        "Bar chart: {what}; total index, and the index of the decision alone. {rows}.",
    ),
    "network": (
        "Graf powiązań. Liczba podmiotów: {nodes} ({who}). Liczba powiązań: {ties} ({what}). Najwięcej powiązań mają "
        "{most}. Pełną listę powiązań zawiera strona interaktywna i plik danych.",
        "Graph of ties. Number of organisations: {nodes} ({who}). Number of ties: {ties} ({what}). Most ties: {most}. "
        "The full list of ties is in the data file.",
    ),
    "network_numbers": (
        " Na rysunku podmioty z liczbą zamiast nazwy: {count}; ich wykaz jest w uwadze pod rysunkiem.",
        " Organisations with a number instead of a name in the drawing: {count}; the note below lists them.",
    ),
    "removal_row": (
        "{name}: {tenth}% po usunięciu co dziesiątego podmiotu, {quarter}% po usunięciu co czwartego",
        "{name}: {tenth}% after one organisation in ten is removed, {quarter}% after one in four",
    ),
    "removal": (
        "Wykres liniowy: udział największej spójnej części sieci przy usuwaniu podmiotów. {rows}.",
        "Line chart: share of the largest connected part of the network as organisations are removed. {rows}.",
    ),
    "dendrogram_all": ("wszystkie branże", "all sectors"),
    "dendrogram_row": ("{who}: odległość {height}", "{who}: distance {height}"),
    "dendrogram_support": (", poparcie {support}%", ", support {support}%"),
    "dendrogram": (
        "Dendrogram sześciu grup branż, łączonych od najbardziej podobnych. {rows}.",
        "Dendrogram of six groups of sectors, joined from the most alike on. {rows}.",
    ),
    "choice_row": (
        "{name}: najwyższa sylwetka {best} przy liczbie typów {best_k}, a {last} przy liczbie typów {last_k}",
        "{name}: highest silhouette {best} with {best_k} types, and {last} with {last_k} types",
    ),
    "choice": (
        "Dwa wykresy liniowe. Średnia sylwetka: {rows}. Statystyka luki wskazuje liczbę typów {taken}.",
        "Two line charts. Mean silhouette: {rows}. Number of types by the gap statistic: {taken}.",
    ),
    "silhouette_row": (
        "{name}: liczba klastrów {n}, średnia {mean}, najmniej {least}, poniżej zera {below}",
        "{name}: {n} clusters, mean {mean}, lowest {least}, below zero {below}",
    ),
    "silhouettes": (
        "Wykres sylwetek klastrów w podziale na typy. {rows}.",
        "Silhouettes of the clusters by type. {rows}.",
    ),
    "biplot_row": ("{name}: od {low} do {high}", "{name}: from {low} to {high}"),
    "biplot": (
        "Wykres punktowy klastrów na dwóch składowych głównych, które niosą {first}% i {second}% zmienności. "
        "Położenie typów na pierwszej osi: {rows}.",
        "Scatter plot of the clusters on two principal components, which hold {first}% and {second}% of the variation. "
        "Place of the types on the first axis: {rows}.",
    ),
    "heatmap_row": (
        "{name}: {above}% pól powyżej średniej, {below}% poniżej",
        "{name}: {above}% of the cells above the mean, {below}% below",
    ),
    "heatmap": (
        "Mapa ciepła wyników podobszarów poszczególnych klastrów z drzewami podobieństwa. {rows}.",
        "Heat map of the sub-area scores of single clusters, with trees of likeness. {rows}.",
    ),
    "diverging": (
        "Wykres słupkowy skumulowany wokół środka skali: {what}. {rows}.",
        "Bars stacked around the middle of the scale: {what}. {rows}.",
    ),
    "priority_row": ("{label}: ważność {y}, ocena {x}", "{label}: importance {y}, rating {x}"),
    "priorities": (
        "Wykres punktowy. Oś pozioma: {x}; oś pionowa: {y}. {rows}.",
        "Scatter plot. Horizontal axis: {x}; vertical axis: {y}. {rows}.",
    ),
    "interval_row": (
        "{title}: najmniej {low} ({low_value}%), najwięcej {high} ({high_value}%)",
        "{title}: least {low} ({low_value}%), most {high} ({high_value}%)",
    ),
    "intervals": (
        "Wykres punktowy z przedziałami ufności: {what}. {rows}.",
        "Dot chart with confidence intervals: {what}. {rows}.",
    ),
    "loss_row": ("{shock}: najwięcej {listed}", "{shock}: most in {listed}"),
    "losses": ("Mapa cieplna: {what}. {rows}.", "Heat map: {what}. {rows}."),
    "curve_row": (
        "{name}: {half}% przy połowie siły, {full}% przy pełnej",
        "{name}: {half}% at half severity, {full}% at full severity",
    ),
    "curves": ("Wykres liniowy: {what}. {rows}.", "Line chart: {what}. {rows}."),
    "columns": ("Wykres kolumnowy: {what}. {rows}.{tail}", "Column chart: {what}. {rows}.{tail}"),
    "columns_missing": (" Bez danych: {years}.", " No data: {years}."),
    "spread_row": (
        "{label}: od {min} do {max}, mediana {median}; dolna ćwiartka {lower}, środkowa połowa {middle}, "
        "górna ćwiartka {upper}.",
        "{label}: from {min} to {max}, median {median}; lower quarter {lower}, middle half {middle}, "
        "upper quarter {upper}.",
    ),
    "spread": (
        "Wykres pasków: {what}. Skala od 0 do 1. {rows}",
        "Chart of ranges: {what}. Scale from 0 to 1. {rows}",
    ),
    "waterfall": (
        "Wykres kaskadowy: {what}. {first}. Kolejne kroki: {steps}. {last}.",
        "Waterfall chart: {what}. {first}. Steps in order: {steps}. {last}.",
    ),
}  # fmt: skip


def say(key: str, **values: object) -> str:
    """Return a sentence in the language of this process with its places filled in.

    Raises
    ------
    KeyError
        There is no such sentence, or a value for one of its places is missing.
    """
    return SENTENCES[key][language.LANGUAGES.index(language.current())].format(**values)
