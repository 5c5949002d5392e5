"""Values that have a type (of a database) in, texts that can be read in one way only out."""

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

from engine.bank.reading.raw_table import printable


def text_of(value: Any) -> str | None:
    """A value as the text of a cell; None for none.

    A number never has three digits behind its point: "1.250" could be read as 1250, "1.25" cannot,
    and 1.234 is written "1.2340". Bytes are hexadecimal, lists and objects JSON.
    """
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() | Decimal():
            return _number(value)
        case dt.date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case list() | dict() | tuple():
            return printable(json.dumps(value, ensure_ascii=False, default=str))
        case _:
            return printable(str(value))


def _number(value: float | Decimal) -> str | None:
    if not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    digits = f"{Decimal(repr(value)) if isinstance(value, float) else value:f}"
    whole, _, rest = digits.partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}{'0' if len(rest) == 3 else ''}" if rest else whole
