"""Some customers of a bank by what they have in common: an address, a number, who they are."""

from dataclasses import dataclass, field

import pandas as pd

from engine.errors import BadInput

_BETWEEN, _MARK = ":", "%"
_NO_BASE = frozenset({"writes_of", "nothing"})
"""By what people write of in their messages, or by a protected trait."""


@dataclass(frozen=True)
class Selection:
    """What some customers have in common; who they are is looked up when it is opened.

    Attributes
    ----------
    kind : str
        For example "segment", "open_cases", "alert".
    of : tuple of str
        What the kind asks for: the segment's name, the kind of alert ...
    edition : int
        The bank's edition for which it was made, 0 where none is meant.
    """

    kind: str
    of: tuple[str, ...] = ()
    edition: int = 0

    @property
    def address(self) -> str:
        """As it stands in an address or a file: "3:segment:High churn, high value"."""
        return _BETWEEN.join((str(self.edition), self.kind, *map(_quoted, self.of)))

    @property
    def may_be_base(self) -> bool:
        """May a campaign choose among them? Not by what people write of, nor by a trait."""
        return self.kind not in _NO_BASE

    @classmethod
    def read(cls, address: str) -> "Selection":
        """The selection of an address; BadInput where it is none."""
        edition, between, rest = address.partition(_BETWEEN)
        if not (between and rest and edition.isdecimal() and len(edition) < 10):
            raise BadInput(
                f"Got {address!r} as a selection of customers; expected edition:kind and what the "
                "kind asks for, e.g. 1:segment:High churn, high value."
            )
        kind, *of = rest.split(_BETWEEN)
        return cls(kind, tuple(map(_plain, of)), int(edition))


def _quoted(text: str) -> str:
    return text.replace(_MARK, f"{_MARK}25").replace(_BETWEEN, f"{_MARK}3A")


def _plain(text: str) -> str:
    return text.replace(f"{_MARK}3A", _BETWEEN).replace(f"{_MARK}25", _MARK)


@dataclass(frozen=True)
class Counted:
    """A number of customers that is said somewhere, and what opens them."""

    n: int
    title: str
    """Who they are, in words."""
    selection: Selection


@dataclass(frozen=True, eq=False)
class Selected(Counted):
    """A selection that was opened."""

    customer_ids: pd.Series
    note: str = ""
    """Says so where the selection was made for another edition."""


@dataclass(frozen=True, eq=False)
class PilotScope:
    """For whom lists are written to files, where a bank begins with a part of its book."""

    is_on: bool
    """Whether anybody is left out."""
    customer_ids: pd.Series
    of: int
    """Customers of the bank."""
    by_segment: pd.DataFrame
    """segment, n, n_in_pilot."""
    sentence: str

    @property
    def n(self) -> int:
        """Customers in the pilot."""
        return len(self.customer_ids)


@dataclass(frozen=True, eq=False)
class Nothing:
    """Who got nothing and why, by one attribute."""

    attribute: str
    table: pd.DataFrame
    """reason, label, group, n_group, n, rate, low, high, difference, difference_low,
    difference_high (to everybody else; of the reason "any" alone), q_value, more (bool), opens
    (address of these customers; "" where there is none)."""
    sentence: str
    n: int
    """Customers without a list; of persons and companies."""
    n_customers: int
    min_n: int
    model_version: str
    as_of: pd.Timestamp
    credit: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The same columns: who is kept from credit while in difficulty, by the first rule that does;
    reason "credit" is all of them together."""
    credit_sentence: str = ""
