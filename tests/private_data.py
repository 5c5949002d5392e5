"""Log records in; those that hold an e-mail address, a phone, card or account number, out.

It reads otherwise than the cleaner of the program does, and wider, so that it hears what that one
lets through: runs of digits are taken apart and judged by check digits, issuers and lengths.
"""

import logging
import re

_EMAIL = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@.]+\.[^\s@]*[^\W\d_]")
_SEPARATORS = " \u00a0._/()-"
_RUN = re.compile(rf"(?<![^\W_])[+(]?\d(?:[{re.escape(_SEPARATORS)}]{{0,3}}\d)*(?![^\W_])")
_DAY = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d)(?!\d)"
)
_FRACTION = re.compile(r"(?<![\d.])\d+\.\d+(?!\.?\d)")
_COUNTRY = re.compile(r"(?<![^\W_])([A-Za-z]{2})\d\d")
_IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IT": 27, "LU": 20, "NL": 18,
    "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
}  # fmt: skip
"""Registry of ISO 13616."""
_ISSUERS = {
    r"4": (13, 16, 19),
    r"5[1-5]|2[2-7]": (16,),
    r"3[47]": (15,),
    r"3[068]": (14,),
    r"6": (16, 17, 18, 19),
}
"""First digits of a card's number -> how many it has (ISO/IEC 7812-1)."""


def private_in(text: str) -> list[str]:
    """What of a text names or numbers a person: kind of it, never the thing itself."""
    plain = _FRACTION.sub("|", _DAY.sub("|", text))
    runs = [match[0] for match in _RUN.finditer(plain)]
    tests = {
        "an e-mail address": bool(_EMAIL.search(text)),
        "a phone number": any(map(_is_phone, runs)),
        "an account number": any(map(_is_iban, _after_countries(text))),
        "a card number": any(map(_has_card, runs)),
    }
    return [kind for kind, heard in tests.items() if heard]


def _after_countries(text: str) -> list[str]:
    """Letters and digits from each place on where an IBAN may begin, as many as it has."""
    found = []
    for match in _COUNTRY.finditer(text):
        n = _IBAN_LENGTHS.get(match[1].upper(), 0)
        rest = re.match(rf"(?:[^\W_][ \u00a0-]?){{{n}}}(?![^\W_]{{2}})", text[match.start() :])
        found += [re.sub(r"[\W_]", "", rest[0])] if n and rest else []
    return found


def _is_iban(said: str) -> bool:
    return int("".join(str(int(c, 36)) for c in said[4:] + said[:4])) % 97 == 1


def _has_card(run: str) -> bool:
    """Is a span of its groups of digits a card's number? Groups of one or two are counts."""
    groups = re.findall(r"\d+", run)
    for first in range(len(groups)):
        for last in range(first + 1, len(groups) + 1):
            some = groups[first:last]
            if min(map(len, some[:-1]), default=9) > 2 and _is_card("".join(some)):
                return True
    return False


def _is_card(digits: str) -> bool:
    """Is it of an issuer, of the right length, with a check digit that fits (annex B)?"""
    known = any(re.match(first, digits) and len(digits) in n for first, n in _ISSUERS.items())
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return known and sum(one - 9 * (one > 9) for one in doubled) % 10 == 0


def _is_phone(run: str) -> bool:
    """By what it begins with, how its groups are long and what stands between them."""
    groups = re.findall(r"\d+", run)
    digits, between = "".join(groups), set(re.sub(r"\d", "", run[1:]))
    if run.startswith("+") or (digits.startswith("00") and len(groups) > 1):
        return 8 <= len(digits) <= 16 and not (between == {"."} and len(groups) == 2)
    if not 9 <= len(digits) <= 13 or len(groups) == 1 or "_" in between:
        return False
    lengths = [len(one) for one in groups]
    national = digits[0] == "0" and digits[1] != "0" and 2 <= lengths[0] <= 5
    if run.startswith("("):
        return national or lengths == [3, 3, 4]
    if national:
        return (between != {"."} or len(groups) > 2) and min(lengths[1:]) > 1
    return lengths[-3:] == [3, 3, 4] and between in ({"-"}, {"."})


class PrivateRecords(logging.Handler):
    """Keeps where a record with private data was written, by kind."""

    def __init__(self) -> None:
        super().__init__(level=0)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record and at the error that it carries."""
        said = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            said += f" {record.exc_info[1]}"
        self.found += [f"{record.name}:{record.lineno} {kind}" for kind in private_in(said)]
