"""A bank's profiles in; who is in which group of the book, and what the group is called, out.

Every number of customers that is said of the book is counted here, so that it opens the very ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import segments, topics
from engine.customers.profiles import Profiles
from engine.errors import BadInput
from engine.results import Counted, Selection
from engine.settings import Settings

NEED_KINDS: Final = ("goal", "saving", "spending", "topic", "message", "declared")
FEW_PRODUCTS: Final = 2


@dataclass(frozen=True, eq=False)
class Book:
    """All customers of a bank at one moment.

    Attributes
    ----------
    next_offer : Series of length n_customers, optional
        Name of each customer's first offer, missing where there is none.
    allowed : ndarray of bool, shape (n_customers, n_products), optional
        Who may be offered what, as the guard says.
    """

    bank: Bank
    profiles: Profiles
    settings: Settings
    next_offer: pd.Series | None = None
    allowed: np.ndarray | None = None

    @property
    def table(self) -> pd.DataFrame:
        """Of the profiles."""
        return self.profiles.table

    @cached_property
    def mentions(self) -> pd.DataFrame:
        """What every usable message is about (engine.customers.topics)."""
        return topics.mentions_of(self.profiles.data)

    def who(self, kind: str, *of: str) -> np.ndarray:
        """Which customers a group has, bool of shape (n_customers,)."""
        return np.asarray(GROUPS[kind].members(self, *of), dtype=bool)

    def counted(self, kind: str, *of: str) -> Counted:
        """A group with its number."""
        selection = Selection(kind, of, self.bank.manifest.edition)
        return Counted(int(self.who(kind, *of).sum()), self.title(kind, *of), selection)

    def title(self, kind: str, *of: str) -> str:
        """What a group is called; a product by its name, or its number where there is none."""
        products = self.bank["products"].set_index("product_id")["name"]
        names = (products.get(of[-1], of[-1]),) if kind in PRODUCT_KINDS else ()
        return GROUPS[kind].title.format(*of, *names)

    def product(self, product_id: str) -> np.ndarray:
        """Where the product stands among the bank's, bool of shape (n_products,)."""
        return np.asarray(self.bank.product_ids) == product_id


@dataclass(frozen=True)
class Group:
    """One kind of group: what it is called, with its parameters, and who is in it."""

    title: str
    members: Callable[..., pd.Series | np.ndarray]
    n_of: int = 0
    """How many parameters it has."""


def _everybody(book: Book) -> np.ndarray:
    return np.ones(len(book.table), dtype=bool)


def _known(column: str) -> Callable[[Book], pd.Series]:
    return lambda book: book.table[column].notna()


def _spending(book: Book) -> np.ndarray:
    return ~np.isnan(book.profiles.data.months.mean_of_year("spending"))


def _at_risk(book: Book) -> pd.Series:
    edge = book.settings.metrics.retention_from_churn
    return book.table["churn_known"] & (book.table["churn"] >= edge)


def _at_risk_valued(book: Book) -> pd.Series:
    return _at_risk(book) & (book.table["value_band"] == "high")


def _said_in(book: Book, segment: str) -> pd.Series:
    return segments.said_of(book.table) == segment


def _open_cases(book: Book, segment: str | None = None) -> pd.Series:
    chosen = book.table["n_cases_open"] > 0
    return chosen if segment is None else chosen & _said_in(book, segment)


def _falling(book: Book, segment: str | None = None) -> pd.Series:
    chosen = book.profiles.features["balance_change"] <= -book.settings.metrics.large_change
    return chosen if segment is None else chosen & _in_segment(book, segment)


def _few_products(book: Book) -> pd.Series:
    table = book.table
    loyal = table["churn_known"] & (table["churn_band"] == "low")
    few = table["n_holdings"].between(1, FEW_PRODUCTS)
    return loyal & (table["value_band"] == "high") & few


def _offered_something(book: Book) -> np.ndarray:
    if book.next_offer is None:
        return np.zeros(len(book.table), dtype=bool)
    return book.next_offer.notna().to_numpy()


def _in_need(book: Book, need: str) -> np.ndarray:
    interests = book.profiles.interests
    rows = (interests["item"] == need) & interests["kind"].isin(NEED_KINDS)
    chosen = np.zeros(len(book.table), dtype=bool)
    chosen[interests.loc[rows, "position"].to_numpy(dtype=int)] = True
    return chosen


def _writes_of(book: Book, kind: str, item: str) -> np.ndarray:
    told = book.mentions
    rows = (told["kind"] == kind) & (told["item"] == item)
    chosen = np.zeros(len(book.table), dtype=bool)
    chosen[told.loc[rows, "position"].to_numpy(dtype=int)] = True
    if chosen.sum() < topics.MIN_WRITERS:
        raise BadInput(
            f"Who writes of {item!r} is not shown: fewer than {topics.MIN_WRITERS} customers do, "
            "or it is a subject that no group is made of."
        )
    return chosen


def _in_segment(book: Book, segment: str) -> pd.Series:
    return book.table["segment"] == segment


def _without(book: Book, segment: str, product_id: str) -> np.ndarray:
    holds = book.bank.held[:, book.product(product_id)].any(axis=1)
    return _in_segment(book, segment).to_numpy() & ~holds


def _may(book: Book, segment: str, product_id: str) -> np.ndarray:
    if book.allowed is None:
        return np.zeros(len(book.table), dtype=bool)
    may = book.allowed[:, book.product(product_id)].any(axis=1)
    return _without(book, segment, product_id) & may


def _holders(book: Book, product_id: str) -> np.ndarray:
    return np.asarray(book.bank.held[:, book.product(product_id)].any(axis=1))


def _offered_first(book: Book, product_id: str) -> np.ndarray:
    """On whose list it stands first, by its name, as a list of customers shows it."""
    if book.next_offer is None:
        return np.zeros(len(book.table), dtype=bool)
    products = book.bank["products"]
    named = products.loc[products["product_id"] == product_id, "name"]
    return book.next_offer.isin(named).to_numpy(dtype=bool)


GROUPS: Final[Mapping[str, Group]] = {
    "customers": Group("Everybody", _everybody),
    "valued": Group("Customers whose value a year is known", _known("value_a_year")),
    "balance": Group("Customers whose balance is known", _known("balance")),
    "spending": Group("Customers whose monthly spending is known", _spending),
    "rated": Group("Customers whose churn is known", lambda book: book.table["churn_known"]),
    "at_risk": Group("At risk of leaving", _at_risk),
    "at_risk_valued": Group("May leave, high value", _at_risk_valued),
    "at_risk_cases": Group(
        "At risk of leaving, with an open case", lambda book: _at_risk(book) & _open_cases(book)
    ),
    "at_risk_valued_cases": Group(
        "May leave, high value, with an open case",
        lambda book: _at_risk_valued(book) & _open_cases(book),
    ),
    "open_cases": Group("Open cases", _open_cases),
    "open_cases_in": Group("Open cases, {0}", _open_cases, 1),
    "falling": Group("Falling balances", _falling),
    "falling_in": Group("Falling balances, {0}", _falling, 1),
    "few_products": Group("Low churn, high value, one or two products", _few_products),
    "few_products_may": Group(
        "Low churn, high value, one or two products, may be offered something",
        lambda book: _few_products(book).to_numpy() & _offered_something(book),
    ),
    "need": Group("Need: {0}", _in_need, 1),
    "writes_of": Group("Messages with the {0} “{1}”", _writes_of, 2),
    "segment": Group("{0}", _in_segment, 1),
    "without": Group("{0}, without {2}", _without, 2),
    "may": Group("{0}, may be offered {2}", _may, 2),
    "holders": Group("Hold {1}", _holders, 1),
    "offered_first": Group("{1} is the first offer", _offered_first, 1),
}
PRODUCT_KINDS: Final = ("without", "may", "holders", "offered_first")
"""Kinds whose last parameter is a product's number."""
FIGURES: Final = {
    "Customers": "customers",
    "Value a year": "valued",
    "Deposits": "balance",
    "Monthly spending": "spending",
    "Mean churn index": "rated",
    "At risk of leaving": "at_risk",
    "Value of those at risk": "at_risk",
    "Open cases": "open_cases",
    "Products a customer": "customers",
}
"""Key figure -> whom it is of."""
