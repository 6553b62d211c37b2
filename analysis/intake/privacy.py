"""What the import must never store: tokens, addresses, names of persons; and what hides in ordinary text.

A column is personal by its heading or by what most of its cells hold. Such columns are dropped when the file is read;
only their headings are known afterwards. E-mail and IP addresses inside other cells are masked before anything is
written, in answers, reports and messages alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

HIDDEN = "[…]"
EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
IPV4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")
IPV6 = re.compile(
    r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}(?![\w:])"
    r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,6}:[0-9a-fA-F:]*(?!\w)"
)
# A pattern is only tried where the sign occurs without which it cannot match: most cells are short answers.
_PATTERNS = (("@", EMAIL), (".", IPV4), (":", IPV6))

# Headings as they are exported, without accents, signs and case.
_CODES = {
    "token", "accesscode", "kodostepu", "koddostepu", "kodostepowy", "ipaddr", "ipaddress", "ip", "adresip", "refurl",
    "referrerurl", "referrer", "firstname", "lastname", "fullname", "imie", "nazwisko", "imieinazwisko",
    "imienazwisko", "email", "emailaddress", "adresemail", "mail", "telefon", "phone", "phonenumber", "numertelefonu",
    "nrtelefonu", "tel", "komorka", "osobakontaktowa", "osobadokontaktu", "danekontaktowe", "kontakt", "participantid",
    "pesel", "stanowisko", "osobawypelniajaca", "osobawypelniajacaankiete", "wypelniajacy",
}  # fmt: skip
_WORDS = re.compile(
    r"\b(e-?mail|adres ip|ip address|imie i nazwisko|imie|nazwisko|first name|last name|nr telefonu|telefon|"
    r"phone|osob[aey] (do kontaktu|kontaktow\w+|wypelniajac\w+)|dane kontaktowe|pesel|referrer|"
    r"adres odsylajacy|kod dostepu)\b"
)
_LONGEST_HEADING = 70  # a question about something else may mention a telephone; a contact field is short


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """Return a text without accents, case and outer spaces: 'Imię' → 'imie'."""
    swapped = text.replace("ł", "l").replace("Ł", "L")
    bare = unicodedata.normalize("NFKD", swapped)
    return "".join(c for c in bare if not unicodedata.combining(c)).casefold().strip()


def personal_heading(heading: str) -> bool:
    """Return whether a heading names personal data that are not part of any questionnaire."""
    text = plain(heading)
    code = re.sub(r"[^a-z0-9]", "", text)
    if code in _CODES or re.fullmatch(r"attribute_?\d+", text):
        return True
    return len(text) <= _LONGEST_HEADING and _WORDS.search(text) is not None


def personal_values(values: Iterable[object]) -> bool:
    """Return whether at least half of the filled cells hold an e-mail or IP address."""
    filled = [str(v) for v in values if v is not None and str(v).strip()]
    found = sum(any(sign in v and p.search(v) for sign, p in _PATTERNS) for v in filled)
    return bool(filled) and 2 * found >= len(filled)


def mask(text: str) -> str:
    """Replace e-mail and IP addresses in a text by […]; a text without any comes back as it is."""
    for sign, pattern in _PATTERNS:
        if sign in text:
            text = pattern.sub(HIDDEN, text)
    return text
