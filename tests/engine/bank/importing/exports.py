"""What a small file of a stranger means, and what of it has to be asked."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Export:
    """One file, what it means, and what has to be asked since the file leaves it open.

    Attributes
    ----------
    name : str
    file : str
    text : str or bytes
    amounts : tuple of float
        Of the transactions in the file's order; negative is out.
    days : tuple of str
    currency : str
    asked : frozenset of str
        What decisions have to be guesses: "currency", "direction", "date order" ...
    values : dict
        (table, column) -> values of other tables.
    """

    name: str
    file: str
    text: str | bytes
    amounts: tuple[float, ...] = ()
    days: tuple[str, ...] = ()
    currency: str = ""
    asked: frozenset[str] = frozenset()
    values: dict[tuple[str, str], list[Any]] = field(default_factory=dict)


def export(name, file, text, amounts=(), days="", currency="", asked="", **values):
    whole = {tuple(key.split("__")): found for key, found in values.items()}
    lines = text if isinstance(text, bytes) else text.lstrip("\n")
    about = frozenset(filter(None, asked.split(",")))
    return Export(name, file, lines, tuple(amounts), tuple(days.split()), currency, about, whole)


WHO = "currency,customer"
"""What a statement without a currency and a customer leaves open."""
