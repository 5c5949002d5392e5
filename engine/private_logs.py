"""Log records in; the same without e-mail addresses, phone, card and account numbers, out."""

import logging
import re
from typing import Any, Final

_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_PHONE: Final = re.compile(r"(?<![\w.])\+\d[\d ()/-]{7,}\d")
_LONG_NUMBER: Final = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")
_ISO_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


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
    text = _ACCOUNT.sub("[account number]", text)
    text = _PHONE.sub("[phone number]", text)
    return _LONG_NUMBER.sub(
        lambda found: found[0] if _ISO_MOMENT.match(found[0]) else "[card or account number]", text
    )


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
