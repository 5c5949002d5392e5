"""Messages in; who complained about offers of which products, and when, out."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.row_index import customer_positions
from engine.figures import day

_OFFERS: Final = (
    r"\b(?:offer(?:s|ed|ing)?|adverts?|advertis\w+|ads|marketing|promotions?|promos?|mailings?|"
    r"newsletters?|sales calls?|campaigns?)\b"
)
_UNWANTED: Final = (
    r"\b(?:stop|unwanted|unsolicited|spam\w*|annoy\w*|tired of|sick of|fed up|no more|pushy|"
    r"not interested|(?:do|does|did) ?n[o']t want|never asked|pester\w*|harass\w*|complain\w*)\b"
)


@dataclass(frozen=True, eq=False)
class OfferComplaints:
    """Pairs of a customer and a product of whose offers they complained."""

    rows: np.ndarray
    columns: np.ndarray
    """Int, both of shape (n_pairs,)."""
    sent: np.ndarray
    """Datetime64, NaT without a date."""
    open: np.ndarray
    """Bool: not known to be resolved."""

    def standing(
        self, rows: np.ndarray, now: pd.Timestamp, days: int
    ) -> dict[tuple[int, int], str]:
        """(place in `rows`, product) -> why, for what is open or not older than so many days."""
        recent = self.sent > (now - pd.Timedelta(days=days)).to_datetime64()
        places = {int(row): place for place, row in enumerate(rows)}
        return {
            (places[row], int(self.columns[i])): _text(self.sent[i])
            for i in np.flatnonzero(self.open | recent)
            if (row := int(self.rows[i])) in places
        }


def offer_complaints(bank: Bank) -> OfferComplaints:
    """Tickets, chats and calls that complain of offers and name a product or its category.

    Notes
    -----
    A sentence must speak of offers and of not wanting them; the product may be named anywhere in
    the message. Posts are not read: they are there for other people. Source: own choice.
    """
    messages = bank["messages"]
    said = messages["text"].fillna("").str.lower().str.replace("\u2019", "'")
    asked = said.str.contains(_OFFERS, regex=True) & said.str.contains(_UNWANTED, regex=True)
    asked &= (messages["kind"] != "post").fillna(True)
    found = [
        (place, product)
        for place in np.flatnonzero(asked.to_numpy(dtype=bool))
        if _complains(said.iloc[place])
        for product in _named(said.iloc[place], bank["products"])
    ]
    places, columns = np.array(found, dtype=np.int64).reshape(-1, 2).T
    mine = messages.iloc[places]
    rows = customer_positions(bank, mine["customer_id"])
    is_open = ~mine["resolved"].eq(True).fillna(False).to_numpy(dtype=bool)
    sent = mine["sent_at"].to_numpy(dtype="datetime64[us]")
    return OfferComplaints(rows, columns, sent, is_open)


def _complains(text: str) -> bool:
    sentences = re.split(r"[.!?;\n]+", text)
    return any(re.search(_OFFERS, one) and re.search(_UNWANTED, one) for one in sentences)


def _named(text: str, products: pd.DataFrame) -> list[int]:
    """Positions of the products whose name, subcategory or category stands in a text."""
    kinds = products[["name", "subcategory", "category"]]
    words = {word: rf"\b{re.escape(word)}s?\b" for word in _words(kinds)}
    there = {word for word, pattern in words.items() if re.search(pattern, text)}
    named = [there & set(_words(kinds.iloc[[place]])) for place in range(len(kinds))]
    return [place for place, mine in enumerate(named) if mine]


def _words(kinds: pd.DataFrame) -> list[str]:
    """Names in lower case, without the s of a plural."""
    cells = kinds.to_numpy(dtype=object).ravel()
    return [cell.strip().lower().removesuffix("s") for cell in cells if isinstance(cell, str)]


def _text(sent: np.datetime64) -> str:
    when = "" if np.isnat(sent) else f" on {day(pd.Timestamp(sent))}"
    return f"The customer complained about offers of it{when}: service comes first"
