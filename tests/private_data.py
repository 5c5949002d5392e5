"""Log records in; those that hold an e-mail address, a phone, card or account number, out."""

import logging
import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.])\+\d[\d ()/-]{7,}\d")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_DIGITS = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")


def private_in(text: str) -> list[str]:
    """What of a text names or numbers a person: kind of it, never the thing itself."""
    kinds = {"an e-mail address": _EMAIL, "a phone number": _PHONE, "an account number": _IBAN}
    found = [kind for kind, pattern in kinds.items() if pattern.search(text)]
    cards = (re.sub(r"\D", "", match) for match in _DIGITS.findall(text))
    return found + ["a card number"] * any(map(_is_card, cards))


def _is_card(digits: str) -> bool:
    """Does the check digit fit (ISO/IEC 7812-1, annex B)?"""
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return sum(one - 9 * (one > 9) for one in doubled) % 10 == 0


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
