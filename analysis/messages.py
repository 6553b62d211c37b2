"""What the checks of raw data say, in English and Polish: one catalogue, one entry for each kind of problem.

`say(key, **values)` fills an entry and returns English text that carries its Polish wording (`Said.pl`); a value that
is itself `Said` is shown in the language of the text around it.
"""

from __future__ import annotations

from typing import Any

from analysis.errors import LANGUAGES, Said

# key → (English, Polish); `{name}` is a place to fill, the same places in both languages.
CATALOGUE: dict[str, tuple[str, str]] = {
    # reading a file
    "file_absent": ("does not exist", "pliku nie ma"),
    "file_absent.do": ("put the file in {folder}/", "umieść plik w folderze {folder}/"),
    "file_first.do": ("put the raw file there first", "najpierw umieść tam plik z odpowiedziami"),
    "file_empty": ("is empty", "plik jest pusty"),
    "file_empty.do": ("restore the file with its header and rows", "wstaw plik z nagłówkiem i wierszami"),
    "file_large": ("has {size} bytes", "plik ma {size} bajtów"),
    "file_large.do": (
        "at most {most} are read; is this the right file?",
        "czytamy najwyżej {most}; czy to na pewno ten plik?",
    ),
    "cell_long": ("a cell has more than {most} characters", "komórka ma ponad {most} znaków"),
    "cell_long.do": ("shorten it, or close its quotation mark", "skróć ją albo zamknij w niej cudzysłów"),
    "unprintable": (
        "holds characters that cannot be printed ({codes})",
        "są tu znaki, których nie da się wydrukować ({codes})",
    ),
    "unprintable.do": ("remove them", "usuń je"),
    "sidecar_unreadable": ("{error}", "nie da się odczytać opisu pochodzenia: {error}"),
    "sidecar_unreadable.do": (
        "correct the sidecar, or remove it and seal the file",
        "popraw opis albo usuń go i uruchom `klastry seal`",
    ),
    "no_rows": ("has a header but no rows", "plik ma nagłówek, ale nie ma żadnego wiersza"),
    "no_rows.do": ("add the answers", "dopisz odpowiedzi"),
    "not_text": ("is {kind}, not UTF-8 text", "to {kind}, a nie tekst w kodowaniu UTF-8"),
    "not_text.do": (
        "save it as 'CSV UTF-8 (comma delimited)'",
        "zapisz plik jako „CSV UTF-8 (rozdzielany przecinkami)”",
    ),
    "workbook": ("an Excel workbook", "skoroszyt Excela"),
    "encoding": (
        "byte 0x{byte} at position {position} of the line is not UTF-8",
        "bajt 0x{byte} na pozycji {position} w wierszu nie jest zapisany w UTF-8",
    ),
    "encoding_more": (
        "byte 0x{byte} at position {position} of the line is not UTF-8; {n} lines of the file are affected",
        "bajt 0x{byte} na pozycji {position} w wierszu nie jest zapisany w UTF-8; dotyczy to {n} wierszy pliku",
    ),
    "encoding.do": (
        "save the file as UTF-8 (in Excel: 'CSV UTF-8'); shown here as Windows-1250",
        "zapisz plik w UTF-8 (w Excelu: „CSV UTF-8”); tu pokazano go jako Windows-1250",
    ),
    "heading_absent": ("column {number} has no name", "kolumna nr {number} nie ma nazwy"),
    "heading_absent.do": (
        "name column {number} as in the codebook, or remove it",
        "nazwij kolumnę nr {number} tak jak w książce kodów albo ją usuń",
    ),
    "heading_spaces": ("the column name has spaces around it", "wokół nazwy kolumny są spacje"),
    "write": ("write {value}", "wpisz {value}"),
    "heading_double": (
        "the column name is used twice, by columns {first} and {second}",
        "tę samą nazwę mają dwie kolumny: nr {first} i nr {second}",
    ),
    "heading_double.do": (
        "keep one of the columns or rename one",
        "zostaw jedną z kolumn albo zmień nazwę jednej z nich",
    ),
    "semicolons": ("semicolons", "średnikami"),
    "tabs": ("tabs", "tabulatorami"),
    "bars": ("bars", "pionowymi kreskami"),
    "separator": (
        "the columns are separated by {mark}, not commas",
        "kolumny są rozdzielone {mark}, a nie przecinkami",
    ),
    "separator.do": (
        "save it with commas (Excel with Polish settings writes semicolons; set the list separator)",
        "zapisz plik z przecinkami (Excel w polskich ustawieniach pisze średniki; zmień separator listy)",
    ),
    "quotes": ("the quotation marks cannot be read ({error})", "nie da się odczytać cudzysłowów ({error})"),
    "quotes.do": (
        "close the quotation mark; write a quotation mark inside a cell twice",
        "zamknij cudzysłów; cudzysłów wewnątrz komórki zapisz podwójnie",
    ),
    "row_length": (
        "the row has {cells} cells, the header {header}",
        "liczba komórek w wierszu to {cells}, a w nagłówku {header}",
    ),
    "row_length.do": (
        "put cells that hold a comma in quotation marks, and give every column a cell",
        "komórki z przecinkiem ujmij w cudzysłów i wpisz komórkę dla każdej kolumny",
    ),
    "no_sidecar": ("has no sidecar", "brakuje opisu pochodzenia pliku"),
    "no_sidecar.do": (
        "run `klastry seal` to write {name}, then state its origin and licence there",
        "uruchom `klastry seal`, które zapisze {name}, i podaj tam pochodzenie i licencję",
    ),
    "sidecar_differs": (
        "differs from the file its sidecar describes ({recorded}…)",
        "plik zmienił się od czasu, gdy go opisano ({recorded}…)",
    ),
    "sidecar_differs.do": (
        "restore the file, or, if the change is meant, run `klastry seal` to record the new content",
        "przywróć plik albo, jeśli zmiana jest zamierzona, uruchom `klastry seal`",
    ),
    "made_up": (
        "holds made-up answers, but the edition says provenance: {provenance}",
        "plik zawiera odpowiedzi zmyślone, a wydanie ma provenance: {provenance}",
    ),
    "made_up.do": (
        "put the real file there, or write `provenance: made_up` into edition.yaml",
        "wstaw prawdziwy plik albo wpisz `provenance: made_up` w edition.yaml",
    ),
    # columns
    "column_absent": ("the column is missing", "brakuje kolumny"),
    "column_absent.do": (
        "add the column; its cells may stay empty{hint}",
        "dodaj kolumnę; jej komórki mogą pozostać puste{hint}",
    ),
    "column_unknown": ("the column is not in the codebook", "takiej kolumny nie ma w książce kodów"),
    "column_unknown.do": (
        "remove the column or describe it in the codebook{hint}",
        "usuń kolumnę albo opisz ją w książce kodów{hint}",
    ),
    # cells
    "no_identifier": ("the row has no identifier", "wiersz nie ma identyfikatora"),
    "no_identifier.do": (
        "fill in the cell; delete the row if it is empty",
        "uzupełnij komórkę; jeśli wiersz jest pusty, usuń go",
    ),
    "required": ("a required answer is missing", "brakuje obowiązkowej odpowiedzi"),
    "required_if": (
        "a required answer is missing (asked because {condition})",
        "brakuje obowiązkowej odpowiedzi (pytanie zadano, bo {condition})",
    ),
    "fill": ("fill in the cell", "uzupełnij komórkę"),
    "only_spaces": ("holds only spaces", "w komórce są same spacje"),
    "empty_cell": ("empty the cell", "opróżnij komórkę"),
    "spaces": ("has spaces around the answer", "wokół odpowiedzi są spacje"),
    "spaces_inside": ("has spaces inside a number", "w liczbie są spacje"),
    "comma": ("has a comma in a number", "w liczbie jest przecinek"),
    "comma.do": (
        "use a point if it is a decimal comma ({point}), nothing if it marks thousands ({joined})",
        "jeśli to przecinek dziesiętny, wpisz kropkę ({point}), jeśli oddziela tysiące, usuń go ({joined})",
    ),
    "decimal_comma": ("has a decimal comma in a number", "w liczbie jest przecinek dziesiętny"),
    "decimal_comma.do": ("use a point: {value}", "wpisz kropkę: {value}"),
    "thousands": ("has thousands separators", "w liczbie są znaki rozdzielające tysiące"),
    "scientific": (
        "is in scientific notation, digits may be lost",
        "liczba jest w zapisie wykładniczym, część cyfr mogła zginąć",
    ),
    "scientific.do": ("write the whole number with all its digits", "wpisz całą liczbę, ze wszystkimi cyframi"),
    "not_written_whole": ("is not written as a whole number", "liczba całkowita jest zapisana z częścią po kropce"),
    "not_whole": ("is not a whole number", "to nie jest liczba całkowita"),
    "not_whole.do": (
        "write a whole number; this question counts things",
        "wpisz liczbę całkowitą; to pytanie o liczbę sztuk",
    ),
    "too_long": ("is too long for a number", "liczba ma za dużo cyfr"),
    "too_long.do": ("check the number of digits", "sprawdź liczbę cyfr"),
    "letter": ("has a letter in a number", "w liczbie jest litera"),
    "letter.do": (
        "write digits only, without a unit; leave the cell empty if there is no answer",
        "wpisz same cyfry, bez jednostki; jeśli odpowiedzi nie ma, zostaw pustą komórkę",
    ),
    "not_number": ("is not a number", "to nie jest liczba"),
    "not_number.do": (
        "write digits only; leave the cell empty if there is no answer",
        "wpisz same cyfry; jeśli odpowiedzi nie ma, zostaw pustą komórkę",
    ),
    "not_option": ("is not an allowed answer", "takiej odpowiedzi nie ma na liście"),
    "not_option.do": ("use one of: {options}, or nothing{hint}", "wpisz jedno z: {options} albo nic{hint}"),
    "not_option_long.do": (
        "use an option of the list `{name}`{hint}",
        "wpisz odpowiedź z listy `{name}`{hint}",
    ),
    "minimum": (
        "is below the least possible value {bound}",
        "to mniej niż najmniejsza możliwa wartość ({bound})",
    ),
    "maximum": (
        "is above the greatest possible value {bound}",
        "to więcej niż największa możliwa wartość ({bound})",
    ),
    "bound.do": ("check the answer and its unit{unit}", "sprawdź odpowiedź i jednostkę{unit}"),
    "not_identifier": ("is not an identifier of this file", "to nie jest identyfikator z tego pliku"),
    "not_identifier.do": ("identifiers have the form {form}", "identyfikatory mają postać {form}"),
    "identifier_used": (
        "the identifier is already used in row {row}",
        "ten identyfikator ma już wiersz {row}",
    ),
    "identifier_used.do": (
        "keep one of the two rows, or give one its own identifier",
        "zostaw jeden z dwóch wierszy albo nadaj jednemu inny identyfikator",
    ),
    "not_asked": (
        "is answered although the question is only asked if {condition} (here: {found})",
        "podano odpowiedź, choć pytanie zadaje się tylko, gdy {condition} (tu: {found})",
    ),
    "not_asked.do": (
        "empty the cell, or correct the answer that the question depends on",
        "opróżnij komórkę albo popraw odpowiedź, od której zależy to pytanie",
    ),
    # between columns, rows and files
    "agree.do": ("make the answers agree (check `{check}`)", "uzgodnij odpowiedzi ze sobą (reguła `{check}`)"),
    "ask.do": (
        "ask the respondent if in doubt (check `{check}`)",
        "w razie wątpliwości zapytaj respondenta (reguła `{check}`)",
    ),
    "look.do": (
        "correct the answer if it is a slip, else leave it (check `{check}`)",
        "jeśli to pomyłka, popraw odpowiedź, jeśli nie, zostaw (reguła `{check}`)",
    ),
    "not_in_column": (
        "is not in {file}.csv, column {column}{hint}",
        "nie ma tego w {file}.csv, w kolumnie {column}{hint}",
    ),
    "not_in_column.do": (
        "correct the cell, or add the row to {file}.csv",
        "popraw komórkę albo dopisz wiersz w {file}.csv",
    ),
    "repeats": (
        "repeats row {row} (same {columns})",
        "powtarza wiersz {row} (tak samo wypełniono: {columns})",
    ),
    "repeats.do": (
        "remove one of the rows, or correct what should differ",
        "usuń jeden z wierszy albo popraw to, co powinno je różnić",
    ),
    "not_in_file": ("is not in {file}", "nie ma tego w {file}"),
    "not_in_file_rows": (
        "is not in {file} ({n} rows, the first is named)",
        "nie ma tego w {file} (liczba wierszy: {n}, podano pierwszy)",
    ),
    "not_in_file.do": (
        "correct the identifier, or add the row to {file}",
        "popraw identyfikator albo dopisz wiersz w {file}",
    ),
    "too_few_one": (
        "has {n} row here, at least {least} needed",
        "ma tu {n} wiersz, a potrzeba co najmniej {least}",
    ),
    "too_few": (
        "has {n} rows here, at least {least} needed",
        "liczba wierszy tutaj to {n}, a potrzeba co najmniej {least}",
    ),
    "too_few.do": (
        "add the missing rows, or remove the respondent from {file}",
        "dopisz brakujące wiersze albo usuń respondenta z {file}",
    ),
    # reviewed corrections
    "correction_columns.do": ("the columns are {columns}", "kolumny to: {columns}"),
    "correction_status": ("unknown status", "nieznany status"),
    "one_of.do": ("use one of: {options}", "wpisz jedno z: {options}"),
    "correction_no_reason": ("the correction has no reason", "poprawka nie ma uzasadnienia"),
    "correction_no_reason.do": ("say who found it and how", "napisz, kto i jak znalazł błąd"),
    "correction_no_review": (
        "the correction is accepted but nobody reviewed it",
        "poprawkę przyjęto, ale nikt jej nie sprawdził",
    ),
    "correction_no_review.do": (
        "name in `reviewed_by` who checked it, or set the status to proposed",
        "wpisz w `reviewed_by`, kto ją sprawdził, albo nadaj jej status proposed",
    ),
    "correction_no_date": ("the date of the review is no date", "data sprawdzenia nie jest datą"),
    "correction_no_date.do": ("write it as 2027-03-15", "zapisz ją w postaci 2027-03-15"),
    "correction_double": (
        "the same cell is corrected twice (row {row})",
        "tę samą komórkę poprawia już wiersz {row}",
    ),
    "correction_double.do": ("keep one of the corrections", "zostaw jedną z poprawek"),
    "correction_file": ("is not a raw file of the edition", "nie ma takiego pliku z odpowiedziami"),
    "correction_file.do": ("name a file of raw/{hint}", "podaj plik z folderu raw/{hint}"),
    "correction_column": ("{file} has no such column", "w {file} nie ma takiej kolumny"),
    "correction_column.do": ("name a column of the file{hint}", "podaj kolumnę tego pliku{hint}"),
    "correction_rows": (
        "{file} has {n} rows with this identifier",
        "liczba wierszy z tym identyfikatorem w {file}: {n}",
    ),
    "correction_rows.do": ("name exactly one row", "wskaż dokładnie jeden wiersz"),
    "correction_guard": (
        "{file}, {who}, {column} holds {now!r}, the correction expects {expect!r}",
        "{file}, {who}, {column}: w pliku jest {now!r}, a poprawka oczekuje {expect!r}",
    ),
    "correction_fixed": (
        "{file}, {who}, {column} already holds {value!r}: the source has been mended",
        "{file}, {who}, {column}: w pliku jest już {value!r}, źródło poprawiono",
    ),
    "correction_fixed.do": ("remove the correction, it has done its work", "usuń poprawkę, nie jest już potrzebna"),
    "correction_guard.do": (
        "the source has changed: remove the correction if it is no longer needed, or review it",
        "źródło się zmieniło: usuń poprawkę, jeśli nie jest już potrzebna, albo sprawdź ją ponownie",
    ),
}


def say(key: str, **values: Any) -> Said:
    """Fill an entry of the catalogue.

    Raises
    ------
    KeyError
        There is no such entry, or a place to fill has no value: a defect of the program.
    """
    english, polish = (
        text.format(**{k: v.pl if lang == "pl" and isinstance(v, Said) else v for k, v in values.items()})
        for lang, text in zip(LANGUAGES, CATALOGUE[key], strict=True)
    )
    return Said(english, polish)
