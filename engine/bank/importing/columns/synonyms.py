"""What other banks call our tables and columns (synonyms.toml), in the spelling of `normal`."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from engine.bank.parsing import currencies, letters
from engine.vocabulary import TABLES as TABLE_COLUMNS

_GIVEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_SHORT: Mapping[str, str] = _GIVEN["short"]


def spelled(name: str) -> str:
    """A normal name with its short words written out: "txn_amt" is transaction_amount."""
    return "_".join(_SHORT.get(word, word) for word in name.split("_"))


def normal(name: str) -> str:
    """A name in lower-case words joined by underscores: "CustomerID" is customer_id.

    Accents are left out, and so is a currency in brackets: "Débit (EUR)" is debit.
    """
    first, bracket, rest = name.rpartition("(")
    if bracket and first.strip() and currencies.meanings(rest.rstrip(") ")):
        name = first
    plain = letters.plain(name)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain)
    return re.sub(r"[\W_]+", "_", words.casefold()).strip("_")


def _names(section: str) -> dict[str, tuple[str, ...]]:
    """What is named -> its names, in English and in other languages, and as they are spelled."""
    given, abroad = _GIVEN[section], _GIVEN["abroad"][section]
    names = {what: [*given.get(what, ()), *abroad.get(what, ())] for what in {**given, **abroad}}
    plain = {
        what: [name if name.isascii() else normal(name) for name in said]
        for what, said in names.items()
    }
    return {
        what: tuple(dict.fromkeys([*said, *map(spelled, said)])) for what, said in plain.items()
    }


TABLES: Mapping[str, str] = {
    name: table for table, names in _names("tables").items() for name in names
}
"""Another name -> our table."""
COLUMNS: Mapping[str, tuple[str, ...]] = _names("columns")
"""Our column, or table.column where tables differ -> other names for it."""
FOLLOWED: Mapping[str, frozenset[str]] = {
    what: frozenset(names) for what, names in _names("followed").items()
}
"""What is no column of ours, but one follows from it -> its names."""

NAMES = frozenset(
    name
    for names in [*COLUMNS.values(), *FOLLOWED.values(), *TABLE_COLUMNS.values(), COLUMNS]
    for name in names
    if "." not in name
)
"""Every name of a column that is known."""

UNBOOKED: Mapping[str, str] = {
    word: kind for kind, names in _GIVEN["unbooked"].items() for word in names
}
"""What a booking status says of a transaction that does not count -> the kind it is counted as."""
BOOKED = frozenset(_GIVEN["status"]["booked"])
BOOKED_KIND = "booked"
FLAGS: Mapping[str, str] = {name: kind for kind, names in _GIVEN["flags"].items() for name in names}
"""Name of a column of yes and no, without "is_" -> what a yes says of the booking."""
ENDED = frozenset(_GIVEN["status"]["ended"])
"""What a state says of a holding or an account that is no more."""
STATE_NAMES = frozenset(_GIVEN["status"]["of"])
"""Names of columns of such a state."""
KEY_NAMES = frozenset(
    name
    for what, names in COLUMNS.items()
    if re.search(r"_id$|_at$|_on$|^month$", what.rpartition(".")[2])
    for name in (what.rpartition(".")[2], *names)
) | {name for name in NAMES if re.search(r"_id$|_at$|_on$|^month$", name)}
"""Names of columns of a key or a day."""
FEES, GROSS = (frozenset(_GIVEN["fees"][key]) for key in ("fee", "gross"))
"""Names of columns of fees beside an amount, and of amounts before the fee."""
AUDIENCES: Mapping[str, str] = {
    word: audience for audience, names in _GIVEN["audiences"].items() for word in names
}
"""What other banks call an audience -> ours."""


def _any_of(names: list[str]) -> str:
    return rf"(?:^|[\W_])(?:{'|'.join(map(re.escape, names))})"


INCOMING, OUTGOING = (_any_of(_GIVEN["content"][key]) for key in ("incoming", "outgoing"))
"""Patterns of texts, in lower case, of payments that come in and that go out."""

_NOISE = frozenset(_GIVEN["noise"]["files"])
_CURRENCIES = (frozenset(code.lower() for code in currencies.CODES - currencies.WORDS)) | {
    "euro",
    "euros",
    "円",
    "zl",
}
_CUSTOMER_NUMBER = re.compile(
    r"(?:customer|client|cust|member|user|party|person|holder|cif|subscriber)"
    r"_?(?:id|no|nr|num|number|ref|reference|code|key)?"
    r"|(?:id|no|nr|num|number|code)_(?:customer|client|cust|member|user)"
)


_STATUS_WORDS: Mapping[str, str] = {
    letters.plain(word).casefold(): kind
    for word, kind in {**dict.fromkeys(BOOKED, BOOKED_KIND), **UNBOOKED}.items()
}
_LONGEST_STATUS = 40
_DENIALS, _NEUTRAL = (
    frozenset(letters.plain(word) for word in _GIVEN["status"][key])
    for key in ("denials", "neutral")
)


def booking_status(cell: str) -> str | None:
    """What a cell in lower case says of a booking: BOOKED_KIND, a kind of UNBOOKED, or nothing.

    The whole cell, or one of its words where they all say the same: "umsatz vorgemerkt". Another
    word may deny it, in any language: none but those known to add nothing may stand beside what
    says that it is booked.
    """
    plain = " ".join(letters.plain(cell[: _LONGEST_STATUS + 1]).casefold().split())
    if plain in _STATUS_WORDS:
        return _STATUS_WORDS[plain]
    words = plain.replace("_", " ").split()
    if len(plain) > _LONGEST_STATUS or not 1 < len(words) <= 3:
        return None
    kinds = {_STATUS_WORDS[word] for word in words if word in _STATUS_WORDS}
    others = {word for word in words if word not in _STATUS_WORDS}
    if len(kinds) != 1 or others & _DENIALS or (BOOKED_KIND in kinds and others - _NEUTRAL):
        return None
    return kinds.pop()


def denies_booking(cell: str) -> bool:
    """Whether a cell in lower case denies that something is booked: "non contabilizzato"."""
    words = letters.plain(cell[: _LONGEST_STATUS + 1]).casefold().replace("_", " ").split()
    others = {word for word in words if _STATUS_WORDS.get(word) != BOOKED_KIND}
    is_denied = not others.isdisjoint(_DENIALS) and others <= _DENIALS | _NEUTRAL
    return is_denied and len(others) < len(set(words))


_UNITS = tuple(
    (re.compile(rf"(.+?)_(?:in_)?(?:{words})"), factor)
    for words, factor in (
        (r"cents?|pence|centimes?|centavos?|grosz[ey]?|paise|kopecks?|ore|minor(?:_units?)?", 0.01),
        (r"thousands?|x?_?1?_?000s?|k|tsd|[kt](?:eur|usd|gbp|chf)", 1e3),
        (r"lakhs?|lacs?|lpa", 1e5),
        (r"millions?|mn|mio|mln", 1e6),
        (r"crores?", 1e7),
        (r"billions?|bn|mrd", 1e9),
    )
)
_OF_CUSTOMER = re.compile(
    r"^(?:customer|client|cust)_(?!id|no|nr|num|number|code|key|ref|type|since"
    r"|(?:risk|state|branch)(?:_|$))"
)


def without_noise(name: str) -> str:
    """The name of a file without numbers and words such as "export": "ledger_2024" is ledger."""
    return "_".join(w for w in name.split("_") if not w.isdigit() and w not in _NOISE)


def without_currency(name: str) -> str:
    """The name of a column without the currency at its end: "salary_in_gbp" is salary."""
    first, _, last = name.rpartition("_")
    return first.removesuffix("_in") if first and last in _CURRENCIES else name


def unit_of(name: str) -> tuple[str, float]:
    """The name of a column without the unit at its end, and what a figure is multiplied by:
    "amount_cents" is ("amount", .01), "balance_in_thousands" ("balance", 1000)."""
    for pattern, factor in _UNITS:
        if (found := pattern.fullmatch(name)) and not found[1].endswith("_per"):
            return found[1], factor
    return name, 1.0


def without_owner(name: str) -> str:
    """The name of a column about a customer without saying so: "customer_age" is age."""
    return _OF_CUSTOMER.sub("", name)


def is_customer_number(name: str) -> bool:
    """Whether a normal name says that the column holds the number of a customer."""
    return bool(_CUSTOMER_NUMBER.fullmatch(name))
