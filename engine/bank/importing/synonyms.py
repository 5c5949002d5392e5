"""What other banks call our tables and columns (synonyms.toml), in the spelling of `normal`."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from engine.bank.parsing import currencies

_GIVEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

TABLES: Mapping[str, str] = {
    name: table for table, names in _GIVEN["tables"].items() for name in names
}
"""Another name -> our table."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    column: tuple(names) for column, names in _GIVEN["columns"].items()
}
"""Our column, or table.column where tables differ -> other names for it."""
FOLLOWED: Mapping[str, frozenset[str]] = {
    what: frozenset(names) for what, names in _GIVEN["followed"].items()
}
"""What is no column of ours, but one follows from it -> its names."""

UNBOOKED: Mapping[str, str] = {
    word: kind for kind, names in _GIVEN["unbooked"].items() for word in names
}
"""What a booking status says of a transaction that does not count -> the kind it is counted as."""
BOOKED = frozenset(_GIVEN["status"]["booked"])
AUDIENCES: Mapping[str, str] = {
    word: audience for audience, names in _GIVEN["audiences"].items() for word in names
}
"""What other banks call an audience -> ours."""


def _any_of(names: list[str]) -> str:
    return rf"(?:^|[\W_])(?:{'|'.join(map(re.escape, names))})"


INCOMING, OUTGOING = (_any_of(_GIVEN["content"][key]) for key in ("incoming", "outgoing"))
"""Patterns of texts, in lower case, of payments that come in and that go out."""

_NOISE = frozenset(_GIVEN["noise"]["files"])
_CURRENCIES = frozenset(code.lower() for code in currencies.CODES - currencies.WORDS)
_CUSTOMER_NUMBER = re.compile(
    r"(?:customer|client|cust|member|user|party|person|holder|cif|subscriber)"
    r"_?(?:id|no|nr|num|number|ref|reference|code|key)?"
    r"|(?:id|no|nr|num|number|code)_(?:customer|client|cust|member|user)"
)


def normal(name: str) -> str:
    """A name in lower-case words joined by underscores: "CustomerID" is customer_id."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def without_noise(name: str) -> str:
    """The name of a file without numbers and words such as "export": "ledger_2024" is ledger."""
    return "_".join(w for w in name.split("_") if not w.isdigit() and w not in _NOISE)


def without_currency(name: str) -> str:
    """The name of a column without the currency at its end: "salary_in_gbp" is salary."""
    first, _, last = name.rpartition("_")
    return first.removesuffix("_in") if first and last in _CURRENCIES else name


def is_customer_number(name: str) -> bool:
    """Whether a normal name says that the column holds the number of a customer."""
    return bool(_CUSTOMER_NUMBER.fullmatch(name))
