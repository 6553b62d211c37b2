"""Every sentence that the import says to a person, in English and Polish, in one place.

A text is found by its key; `say` fills in the values. Texts never receive a value that identifies a person: callers
pass values through `privacy.mask` first.
"""

from __future__ import annotations

LANGUAGES = ("en", "pl")

# key: (what is wrong, what to do), for each language.
PROBLEMS: dict[str, dict[str, tuple[str, str]]] = {
    "not_a_number": {
        "en": ("cannot be read as a number", "say what it means under `answers` of this column, '' for no answer"),
        "pl": (
            "nie da się odczytać jako liczby",
            "zapisz, co oznacza, pod `answers` tej kolumny; '' znaczy brak odpowiedzi",
        ),
    },
    "bound": {
        "en": ("states a bound or a range, not one number", "ask the respondent, or decide under `answers`"),
        "pl": (
            "podaje granicę albo przedział, a nie jedną liczbę",
            "zapytaj respondenta albo rozstrzygnij pod `answers`",
        ),
    },
    "none_word": {
        "en": (
            "may mean zero or no answer",
            "decide under `answers` of this column: {value!r}: '0', or '' for no answer",
        ),
        "pl": (
            "może znaczyć zero albo brak odpowiedzi",
            "rozstrzygnij pod `answers` tej kolumny: {value!r}: '0' albo '' (brak odpowiedzi)",
        ),
    },
    "two_readings": {
        "en": ("can be read as {first} or {second}", "set `decimal_mark` of the table, or decide under `answers`"),
        "pl": (
            "można odczytać jako {first} albo {second}",
            "ustaw `decimal_mark` tabeli albo rozstrzygnij pod `answers`",
        ),
    },
    "currency": {
        "en": ("is an amount in another currency", "convert it and write the amount under `answers`"),
        "pl": ("to kwota w innej walucie", "przelicz ją i wpisz kwotę pod `answers`"),
    },
    "wrong_unit": {
        "en": (
            "has the unit {unit}, the question asks for {wanted}",
            "decide under `answers`, in the unit of the question",
        ),
        "pl": (
            "ma jednostkę {unit}, a pytanie dotyczy jednostki {wanted}",
            "rozstrzygnij pod `answers`, w jednostce pytania",
        ),
    },
    "date_for_number": {
        "en": (
            "is a date where a number is asked for (spreadsheets turn 5.2 or 1-3 into dates)",
            "find what was typed and write it under `answers`",
        ),
        "pl": (
            "to data, a pytanie jest o liczbę (arkusz zamienia 5.2 albo 1-3 na datę)",
            "ustal, co wpisano, i zapisz to pod `answers`",
        ),
    },
    "not_an_option": {
        "en": ("is not an answer of the codebook ({options})", "name its option under `answers` of this column"),
        "pl": (
            "nie jest odpowiedzią z książki kodów ({options})",
            "podaj odpowiadającą opcję pod `answers` tej kolumny",
        ),
    },
    "several": {
        "en": (
            "holds several answers ({options}, …), the column is for one",
            "export the question with a column for each option, or split the column so in a copy of the file",
        ),
        "pl": (
            "zawiera kilka odpowiedzi ({options}, …), a kolumna jest na jedną",
            "wyeksportuj pytanie z osobną kolumną dla każdej opcji albo rozdziel tak kolumnę w kopii pliku",
        ),
    },
    "two_ticks_disagree": {
        "en": ("cannot be read as ticked or not ticked", "say what it means under `answers`: '1', '0' or ''"),
        "pl": ("nie wiadomo, czy znaczy zaznaczenie", "zapisz pod `answers`, co oznacza: '1', '0' albo ''"),
    },
    "spreadsheet_error": {
        "en": ("is an error of the spreadsheet", "repair the formula in a copy of the file, or decide under `answers`"),
        "pl": ("to błąd arkusza", "popraw formułę w kopii pliku albo rozstrzygnij pod `answers`"),
    },
    "formula_without_value": {
        "en": (
            "is a formula whose result the file does not hold",
            "open the file in a spreadsheet, save it, import again",
        ),
        "pl": (
            "to formuła, której wyniku nie ma w pliku",
            "otwórz plik w arkuszu kalkulacyjnym, zapisz i zaimportuj ponownie",
        ),
    },
    "merged": {
        "en": (
            "cells are merged over several rows of answers",
            "set `merged_cells: fill` (the value holds for all of them) or `first` (only for the first)",
        ),
        "pl": (
            "komórki są scalone przez kilka wierszy odpowiedzi",
            "ustaw `merged_cells: fill` (wartość dotyczy wszystkich) albo `first` (tylko pierwszego)",
        ),
    },
    "column_gone": {
        "en": (
            "the mapping names a column that the file does not have{near}",
            "correct the mapping, or propose it anew",
        ),
        "pl": (
            "odwzorowanie wymienia kolumnę, której nie ma w pliku{near}",
            "popraw odwzorowanie albo przygotuj je od nowa",
        ),
    },
    "column_new": {
        "en": (
            "the file has a column that the mapping does not name",
            "add it to the mapping: an item, or `item: none`",
        ),
        "pl": ("plik ma kolumnę, której nie ma w odwzorowaniu", "dopisz ją do odwzorowania: pozycję albo `item: none`"),
    },
    "column_open": {
        "en": ("nobody has decided which item this column is", "set `item` to one of: {candidates}; or to none"),
        "pl": (
            "nie rozstrzygnięto, której pozycji odpowiada ta kolumna",
            "wpisz w `item` jedną z: {candidates}; albo none",
        ),
    },
    "identity_personal": {
        "en": ("holds personal data, which are not read", "identify respondents by another column (`identify.by`)"),
        "pl": (
            "zawiera dane osobowe, których program nie wczytuje",
            "wskaż inną kolumnę, która odróżnia respondentów (`identify.by`)",
        ),
    },
    "identity_none": {
        "en": (
            "nothing says which column tells respondents apart",
            "name it under `identify.by` (an identifier of the survey system, or the name of the cluster)",
        ),
        "pl": (
            "nie wskazano kolumny, która odróżnia respondentów",
            "wpisz ją pod `identify.by` (identyfikator z systemu ankiet albo nazwa klastra)",
        ),
    },
    "answer_open": {
        "en": ("nobody has decided what this answer means", "under `answers` replace '?' by one of: {options}; or ''"),
        "pl": (
            "nie rozstrzygnięto, co znaczy ta odpowiedź",
            "pod `answers` zastąp '?' jedną z wartości: {options}; albo ''",
        ),
    },
    "item_unknown": {
        "en": ("the codebook of {instrument} has no item {item!r}{near}", "correct `item`, or write none"),
        "pl": ("książka kodów {instrument} nie ma pozycji {item!r}{near}", "popraw `item` albo wpisz none"),
    },
    "unit_unfit": {
        "en": ("unit {given} cannot be converted into {wanted}", "correct `unit` of the column"),
        "pl": ("jednostki {given} nie da się przeliczyć na {wanted}", "popraw `unit` kolumny"),
    },
    "sheet_gone": {
        "en": ("the mapping names the sheet {sheet!r}, which holds no table{near}", "correct `sheet` or `header_rows`"),
        "pl": (
            "odwzorowanie wymienia arkusz {sheet!r}, w którym nie ma tabeli{near}",
            "popraw `sheet` lub `header_rows`",
        ),
    },
    "identity_missing": {
        "en": ("the row does not say whose answers it holds", "fill in the column named under `identify`"),
        "pl": ("wiersz nie mówi, czyje są odpowiedzi", "uzupełnij kolumnę wskazaną pod `identify`"),
    },
    "identity_double": {
        "en": (
            "the respondent has already answered in row {first}",
            "set `duplicates: first` or `last`, or remove one of the two rows from a copy of the file",
        ),
        "pl": (
            "ten respondent odpowiedział już w wierszu {first}",
            "ustaw `duplicates: first` albo `last` lub usuń jeden z wierszy w kopii pliku",
        ),
    },
    "identity_form": {
        "en": ("is not an identifier of the form {form}", "set `ids: neutral` to number the respondents anew"),
        "pl": ("nie jest identyfikatorem o postaci {form}", "ustaw `ids: neutral`, aby nadać nowe numery"),
    },
    "reference_unknown": {
        "en": (
            "is no respondent of {reference} (the value is not shown: it names one)",
            "import {reference} first; add another spelling of the name to {link}",
        ),
        "pl": (
            "nie jest respondentem z {reference} (wartości nie pokazano: to nazwa)",
            "zaimportuj najpierw {reference}; inną pisownię nazwy dopisz w {link}",
        ),
    },
    "answer_code": {
        "en": ("`answers` turns {was!r} into this, which is not an option ({options})", "correct `answers`"),
        "pl": ("`answers` zamienia {was!r} na tę wartość, a nie jest to opcja ({options})", "popraw `answers`"),
    },
    "no_rows": {
        "en": ("no row of answers is left to import", "check `header_rows`, `incomplete` and the sheet"),
        "pl": ("nie został żaden wiersz odpowiedzi", "sprawdź `header_rows`, `incomplete` i arkusz"),
    },
}

# What was done to a cell: the rule's name in the report, for a person.
RULES: dict[str, dict[str, str]] = {
    "label": {"en": "full answer → code of the codebook", "pl": "pełna odpowiedź → kod z książki kodów"},
    "mapping": {"en": "as decided in the mapping", "pl": "jak rozstrzygnięto w odwzorowaniu"},
    "no_answer": {"en": "words for no answer → empty", "pl": "słowa oznaczające brak odpowiedzi → pusto"},
    "user_missing": {"en": "declared missing in SPSS → empty", "pl": "brak danych zadeklarowany w SPSS → pusto"},
    "not_ticked": {"en": "blank in a multiple response → not ticked", "pl": "puste w pytaniu wielokrotnym → 0"},
    "ticked": {"en": "mark of a multiple response → 1 or 0", "pl": "znak w pytaniu wielokrotnym → 1 albo 0"},
    "spaces": {"en": "spaces around or within removed", "pl": "usunięto odstępy"},
    "decimal": {"en": "decimal comma or form of the number", "pl": "przecinek dziesiętny lub zapis liczby"},
    "thousands": {"en": "thousands separators removed", "pl": "usunięto znaki oddzielające tysiące"},
    "approximate": {"en": "approximate number taken as it is", "pl": "liczbę przybliżoną przyjęto jak podano"},
    "unit": {"en": "unit removed", "pl": "usunięto jednostkę"},
    "unit_converted": {"en": "converted into the unit of the question", "pl": "przeliczono na jednostkę pytania"},
    "year_of_date": {"en": "year of a date", "pl": "rok z daty"},
    "yes_no": {"en": "yes or no → 1 or 0", "pl": "tak lub nie → 1 albo 0"},
    "neutral_id": {"en": "respondent → neutral number", "pl": "respondent → numer neutralny"},
    "personal": {"en": "personal data removed from a text", "pl": "usunięto dane osobowe z tekstu"},
    "merged_fill": {"en": "value of the merged cell", "pl": "wartość z komórki scalonej"},
    "row_incomplete": {"en": "row left out: not completed", "pl": "wiersz pominięto: ankieta nieukończona"},
    "row_duplicate": {"en": "row left out: another row of the respondent", "pl": "wiersz pominięto: powtórzony"},
    "row_total": {"en": "row left out: a total", "pl": "wiersz pominięto: suma, a nie respondent"},
    "row_empty": {"en": "row left out: no answer in it", "pl": "wiersz pominięto: brak odpowiedzi"},
    "column_personal": {"en": "column not read: personal data", "pl": "kolumny nie wczytano: dane osobowe"},
    "column_none": {"en": "column left out by the mapping", "pl": "kolumnę pominięto zgodnie z odwzorowaniem"},
    "item_empty": {"en": "no column for this item: left empty", "pl": "brak kolumny w pliku: pozycja pusta"},
    "hidden_row": {"en": "hidden row, read as the others", "pl": "wiersz ukryty, wczytany jak inne"},
    "hidden_column": {"en": "hidden column, read as the others", "pl": "kolumna ukryta, wczytana jak inne"},
    "sheet_left_out": {"en": "sheet left out", "pl": "arkusz pominięto"},
    "encoding": {"en": "how the bytes were read", "pl": "sposób odczytania pliku"},
}  # fmt: skip


# Why a reader decided as it did; after the key, separated by colons, the values of the text.
DETAILS: dict[str, dict[str, str]] = {
    "hidden": {"en": "hidden", "pl": "ukryty"},
    "no_header": {"en": "no header found", "pl": "nie znaleziono nagłówka"},
    "no_table": {"en": "no table", "pl": "brak tabeli"},
    "bom": {"en": "byte-order mark", "pl": "znacznik na początku pliku"},
    "utf8": {"en": "every byte is valid UTF-8", "pl": "wszystkie bajty są poprawne w UTF-8"},
    "ascii": {"en": "no letter beyond ASCII", "pl": "brak liter spoza ASCII"},
    "windows": {
        "en": "not UTF-8; {0} Polish letters as Windows writes them, {1} as ISO-8859-2",
        "pl": "nie UTF-8; polskich liter jak w Windows: {0}, jak w ISO-8859-2: {1}",
    },
    "iso": {
        "en": "not UTF-8; {0} Polish letters of ISO-8859-2, {1} as Windows writes them",
        "pl": "nie UTF-8; polskich liter jak w ISO-8859-2: {0}, jak w Windows: {1}",
    },
    "even": {"en": "cuts every row into {0} cells", "pl": "dzieli każdy wiersz na tyle samo komórek: {0}"},
    "stated": {"en": "as stated", "pl": "jak podano"},
    "comma": {"en": "comma", "pl": "przecinek"},
    "semicolon": {"en": "semicolon", "pl": "średnik"},
    "tab": {"en": "tab", "pl": "tabulator"},
}


def detail(text: str, lang: str = "en") -> str:
    """Return a detail of a reader in the language; what is no key of `DETAILS` (a heading, a name) stays."""
    key, *values = text.split(":")
    return DETAILS[key][lang].format(*values) if key in DETAILS else text


def say(key: str, lang: str = "en", **values: object) -> tuple[str, str]:
    """Return what is wrong and what to do, for a person, in the language."""
    message, remedy = PROBLEMS[key][lang]
    return message.format(**values), remedy.format(**values)


def rule(key: str, lang: str = "en") -> str:
    """Return the name of a rule of the report, in the language."""
    return RULES[key][lang]
