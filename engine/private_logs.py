"""Log records in; the same without e-mail addresses, phone, card and account numbers, out."""

import logging
import re
from typing import Any, Final

_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT: Final = re.compile(
    r"(?<![^\W_])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![^\W_])", re.I
)
"""What may be an IBAN (ISO 13616); `_is_iban` decides."""
_SAID: Final = re.compile(
    r"\b(account|acct|konto|iban)((?:[ .:=#'\"_-]|no|nr|number){1,10})\d[\d -]{4,}\d\b", re.I
)
_NUMBERS: Final = re.compile(
    r"""
    (?P<moment>(?<![\d-])(?:19|20)\d\d(?P<a>[-/.])(?:0[1-9]|1[0-2])(?P=a)(?:[0-2]\d|3[01])(?![\d-])
        |(?<![\d/.-])(?:[0-2]?\d|3[01])(?P<b>[-/.])(?:[0-2]?\d|3[01])(?P=b)(?:19|20)\d\d(?![\d/.-]))
    |(?P<phone>(?<![\w.])\+\d[\d ()/-]{7,}\d                                # +44 (0)20 7946 0958
        |(?<![\w.])\+\d{1,3}(?:\.\d{1,4}){3,5}(?!\w)(?!\.\d)                # +33.1.23.45.67.89
        |(?<![\w.])00[1-9]\d{0,2}[ /-]\(?\d[\d ()/-]{5,}\d(?!\w)            # 0041 79 123 45 67
        |(?<![\w.(])\((?:0\d{1,4}|[2-9]\d\d)\)[ -]?\d{3,4}[ -]?\d{3,5}(?!\w)  # (555) 123-4567
        |(?<![\w./-])(?:1[ .-])?\d{3}(?P<c>[.-])\d{3}(?P=c)\d{4}(?![\w-])     # 555-123-4567
        |(?<![\w./-])0[1-9]\d{0,4}(?:[ /-]{1,3}\d{2,8}){1,5}(?![\w-])(?!\.\d)  # 0171 2345678
        |(?<![\w./-])0\d(?:\.\d\d){4}(?![\w-])                                # 01.23.45.67.89
        |(?<![\w./-])0[1-9]\d{8,9}(?!\w)(?!\.\d))                             # 01712345678
    |(?P<number>(?<![^\W_])(?<!\d\.)\d(?:[ -]?\d){12,18}(?![^\W_])(?!\.\d)
        |(?<![^\W_])\d{4}(?P<d>[./_])\d{4}(?P=d)\d{4}(?P=d)\d{1,7}(?![^\W_]))
    """,
    re.VERBOSE,
)
"""Days stand first, so that they are passed over and what follows them is read by itself."""
_NATIONAL: Final = range(8, 14)
"""Digits of a phone number without the code of a country; fewer are an ordinary number."""


def install() -> None:
    """From now on no logger of this process writes one of them, whatever handler it has.

    A handler's filter would miss the handlers of others, so records are made without them. Called
    by the faces (server and command line) when they start; a second call changes nothing.
    """
    plain = logging.getLogRecordFactory()
    if getattr(plain, "is_private", False):
        return

    def made(*args: Any, **named: Any) -> logging.LogRecord:
        return _cleaned(plain(*args, **named))

    made.is_private = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(made)


def without_private(text: str) -> str:
    """A text with the kind of what was in it in place of each address and number."""
    text = _EMAIL.sub("[e-mail address]", text)
    text = _ACCOUNT.sub(_account, text)
    text = _SAID.sub(r"\1\2[card or account number]", text)
    return _NUMBERS.sub(_number, text)


def _account(found: re.Match[str]) -> str:
    """The longest part of it that is an account number is replaced; words may follow one."""
    said = found[0]
    ends = [place.start() for place in re.finditer(r"[ -]|$", said)]
    for end in reversed(ends):
        if _is_iban(re.sub(r"[ -]", "", said[:end])):
            return f"[account number]{said[end:]}"
    return said


def _is_iban(said: str) -> bool:
    """Do the check digits fit (ISO 7064, MOD 97-10), or is it one with a slip in it?

    A slip is forgiven in capital letters, and where nearly all are digits: a hash is in neither.
    """
    if len(said) < 15:
        return False
    if said.isupper() or said[4:].isdigit():
        return True
    return int("".join(str(int(c, 36)) for c in said[4:] + said[:4])) % 97 == 1


def _number(found: re.Match[str]) -> str:
    if found["moment"]:
        return found[0]
    if found["number"]:
        return "[card or account number]"
    n = sum(c.isdigit() for c in found[0])
    known = found[0].startswith(("+", "00")) or n in _NATIONAL
    return "[phone number]" if known else found[0]


def _cleaned(record: logging.LogRecord) -> logging.LogRecord:
    try:
        said = record.getMessage()
    except (TypeError, ValueError, KeyError):  # the handler reports a message that does not fit
        return record
    if (cleaned := without_private(said)) != said:
        record.msg, record.args = cleaned, None
    if record.exc_info and record.exc_info[0] is not None:
        trace = logging.Formatter().formatException(record.exc_info)
        if (cleaned := without_private(trace)) != trace:
            record.exc_info, record.exc_text = None, cleaned
    return record
