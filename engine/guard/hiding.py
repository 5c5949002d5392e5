"""Events and wishes in; which products stay off which customers' lists, and until when, out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import latest
from engine.customers.rows import customer_positions
from engine.customers.wording import day
from engine.settings import GuardSettings
from engine.vocabulary import REFUSED

SWITCHED_OFF = "category:"
"""A refused consent of the purpose "category:NAME" switches that category off (F151)."""
_UNSUITABLE = "unsuitable|not suitable"
_HIDES = ("accepted", "postponed", "dismissed")


@dataclass(frozen=True, eq=False)
class Hidden:
    """Pairs that stay off the lists, customer by customer.

    Attributes
    ----------
    rows : ndarray of int, shape (n_pairs,)
        Customer positions, ascending; within a customer in the order of the events.
    columns : ndarray of int, shape (n_pairs,)
        Product positions.
    actions : ndarray of object, shape (n_pairs,)
        What was said; "" where the customer has switched the product's category off.
    said, until : ndarray of datetime64, shape (n_pairs,)
        NaT for `until` means: until it is undone.
    """

    rows: np.ndarray
    columns: np.ndarray
    actions: np.ndarray
    said: np.ndarray
    until: np.ndarray

    def of(self, rows: np.ndarray, now: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
        """Which pairs of the customers at `rows` stand at a moment.

        Returns
        -------
        tuple of ndarray of int
            Place of the customer within `rows`, and the number of the pair.
        """
        first, last = np.searchsorted(self.rows, rows), np.searchsorted(self.rows, rows, "right")
        n = last - first
        place = np.repeat(np.arange(len(rows)), n)
        pairs = np.arange(n.sum()) + np.repeat(first - (np.cumsum(n) - n), n)
        until = self.until[pairs]
        stands = np.isnat(until) | (until > now)
        return place[stands], pairs[stands]

    def text(self, pairs: np.ndarray, category: str) -> str:
        """Why one product is hidden from one customer, from the pairs that stand between them."""
        actions, until = self.actions[pairs], self.until[pairs]
        if (actions == "").any():
            return f"The customer has switched off offers of the category {category}"
        forever = np.flatnonzero(np.isnat(until))
        if len(forever):
            last = pairs[forever[-1]]
        else:
            last = pairs[np.flatnonzero(until == until.max())[-1]]
        said, end = pd.Timestamp(self.said[last]), pd.Timestamp(self.until[last])
        if self.actions[last] == "dismissed":
            return f"Marked as not suitable on {day(said)}; stays off until that is undone"
        if self.actions[last] == "accepted":
            return f"Accepted on {day(said)}; stays off until it is opened, or until {day(end)}"
        return f"“Not now” on {day(said)}; back on {day(end)}"

    def ended(self, before: np.datetime64, now: np.datetime64) -> np.ndarray:
        """Customers for whom something came back between two moments, each once."""
        low, high = min(before, now), max(before, now)
        return np.unique(self.rows[(self.until > low) & (self.until <= high)])

    def replaced(self, rows: np.ndarray, new: "Hidden") -> "Hidden":
        """The same, but for the customers at `rows`, of whom `new` holds everything."""
        kept = ~np.isin(self.rows, rows)
        parts = [
            np.concatenate([getattr(self, name)[kept], getattr(new, name)])
            for name in ("rows", "columns", "actions", "said", "until")
        ]
        order = np.argsort(parts[0], kind="stable")
        return Hidden(*(part[order] for part in parts))


def hidden(
    bank: Bank, events: pd.DataFrame, consents: pd.DataFrame, settings: GuardSettings
) -> Hidden:
    """What events and switched-off categories hide (decision 17).

    Parameters
    ----------
    bank : Bank
        Names the customers and products.
    events, consents : DataFrame
        All rows of the customers of interest. An event that was undone hides nothing, whether
        or not the caller left it out.
    settings : GuardSettings
        How long "Not now" and "Accepted" hide a product.
    """
    said, off = _said(bank, events, settings), _switched_off(bank, consents)
    rows = np.concatenate([said["row"].to_numpy(), off["row"].to_numpy()])
    never = np.full(len(off), np.datetime64("NaT"), dtype="datetime64[us]")
    order = np.argsort(rows, kind="stable")
    columns = np.concatenate([said["column"].to_numpy(), off["column"].to_numpy()])
    actions = np.concatenate([said["action"].to_numpy(object), np.full(len(off), "", object)])
    return Hidden(
        rows[order].astype(np.int64),
        columns[order].astype(np.int64),
        actions[order],
        np.concatenate([said["recorded_at"].to_numpy("datetime64[us]"), never])[order],
        np.concatenate([said["until"].to_numpy("datetime64[us]"), never])[order],
    )


def _said(bank: Bank, events: pd.DataFrame, settings: GuardSettings) -> pd.DataFrame:
    """row, column, action, recorded_at and until (missing: until undone) of what hides."""
    undone = events.loc[events["action"] == "retracted", "reason"]
    events = events.loc[events["action"].isin(_HIDES) & ~events["event_id"].isin(undone)]
    days = events["action"].map(
        {"accepted": settings.accepted_hides_days, "postponed": settings.postponed_hides_days}
    )
    unsuitable = events["reason"].str.contains(_UNSUITABLE, case=False, na=False)
    table = pd.DataFrame(
        {
            "row": customer_positions(bank, events["customer_id"]),
            "column": bank.product_positions(events["product_id"]),
            "action": events["action"],
            "recorded_at": events["recorded_at"],
            "until": events["recorded_at"] + pd.to_timedelta(days, unit="D"),
        }
    )
    hides = table["until"].notna() | ((table["action"] == "dismissed") & unsuitable)
    return table.loc[hides & (table["row"] >= 0) & (table["column"] >= 0)]


def _switched_off(bank: Bank, consents: pd.DataFrame) -> pd.DataFrame:
    """row, column of the products in categories that a customer has switched off."""
    stated = consents.loc[consents["purpose"].str.startswith(SWITCHED_OFF, na=False)]
    refused = latest(stated)
    refused = refused.loc[refused["status"] == REFUSED]
    wishes = pd.DataFrame(
        {
            "row": bank.customer_positions(refused["customer_id"]),
            "category": refused["purpose"].str.removeprefix(SWITCHED_OFF).str.strip().str.lower(),
        }
    )
    products = pd.DataFrame(
        {
            "category": bank["products"]["category"].str.lower(),
            "column": np.arange(bank.n_products),
        }
    ).dropna()
    return wishes.loc[wishes["row"] >= 0].merge(products, on="category")[["row", "column"]]
