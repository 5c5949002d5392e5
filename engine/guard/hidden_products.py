"""Events and choices in; which products stay off which customers' lists, and until when, out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import latest
from engine.customers.row_index import customer_positions
from engine.figures import day
from engine.settings import GuardSettings
from engine.vocabulary import CATEGORY_PURPOSE, RATING_ASPECTS, REFUSED

DAMAGED = "damaged"
"""Stands as the action of an event that cannot be read."""
_UNSUITABLE = "unsuitable|not suitable|held already"
_HIDES = ("accepted", "postponed", "dismissed")
_AHEAD = np.timedelta64(1, "D")
"""How far the clock of who said something may be ahead of ours. What is dated further ahead comes
of a wrong clock: "Not now" of a year that is yet to come hides nothing before that year."""
_OPENS_AT = 0.5
"""Where every slider of a rating stands before anybody moves it."""


@dataclass(frozen=True, eq=False)
class HiddenProducts:
    """Pairs that stay off the lists, customer by customer."""

    rows: np.ndarray
    """Int, shape (n_pairs,). Customer positions, ascending; within a customer in the order of the
    events."""
    columns: np.ndarray
    """Int, shape (n_pairs,). Product positions."""
    actions: np.ndarray
    """Object, shape (n_pairs,). What was said; "" where the customer has switched the product's
    category off."""
    said: np.ndarray
    until: np.ndarray
    """Both datetime64, shape (n_pairs,). NaT for `until` means: until it is undone."""

    def of(self, rows: np.ndarray, now: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
        """Which pairs stand at a moment: place of the customer in `rows`, number of the pair."""
        first, last = np.searchsorted(self.rows, rows), np.searchsorted(self.rows, rows, "right")
        n = last - first
        place = np.repeat(np.arange(len(rows)), n)
        pairs = np.arange(n.sum()) + np.repeat(first - (np.cumsum(n) - n), n)
        until = self.until[pairs]
        stands = np.isnat(until) | ((until > now) & (self.said[pairs] <= now + _AHEAD))
        return place[stands], pairs[stands]

    def text(self, pairs: np.ndarray, category: str) -> str:
        """Why one product is hidden from one customer, from the pairs that stand between them."""
        actions, until = self.actions[pairs], self.until[pairs]
        if (actions == DAMAGED).any():
            return "What was recorded about it is damaged; stays off until that record is restored"
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
        if self.actions[last] == "rated":
            return f"Rated low on average, last on {day(said)}; stays off until it is rated better"
        if self.actions[last] == "accepted":
            return f"Accepted on {day(said)}; stays off until it is opened, or until {day(end)}"
        return f"“Not now” on {day(said)}; back on {day(end)}"

    def ended(self, before: np.datetime64, now: np.datetime64) -> np.ndarray:
        """Customers for whom something came back, or left, between two moments; each once."""
        low, high = min(before, now), max(before, now)
        back = (self.until > low) & (self.until <= high)
        begun = self.said - _AHEAD
        left = ~np.isnat(self.until) & (begun > low) & (begun <= high)
        return np.unique(self.rows[back | left])

    def replaced(self, rows: np.ndarray, new: "HiddenProducts") -> "HiddenProducts":
        """The same, but for the customers at `rows`, of whom `new` holds everything."""
        kept = ~np.isin(self.rows, rows)
        parts = [
            np.concatenate([getattr(self, name)[kept], getattr(new, name)])
            for name in ("rows", "columns", "actions", "said", "until")
        ]
        order = np.argsort(parts[0], kind="stable")
        return HiddenProducts(*(part[order] for part in parts))


def hidden_products(
    bank: Bank,
    events: pd.DataFrame,
    consents: pd.DataFrame,
    settings: GuardSettings,
    unreadable: Sequence[tuple[str, ...]] = (),
) -> HiddenProducts:
    """What events, switched-off categories and damaged events hide.

    Parameters
    ----------
    events, consents : DataFrame
        All rows of the customers of interest. An event that was undone hides nothing, whether
        or not the caller left it out.
    unreadable : sequence of tuple of str
        First cells of damaged events (`EventLog.unreadable`); each may have been a refusal.
    """
    said, off = _said(bank, events, settings), _switched_off(bank, consents)
    if lost := _maybe_refused(bank, unreadable):
        undated = pd.Series(pd.NaT, index=range(len(lost)), dtype=said["until"].dtype)
        pairs = pd.DataFrame(lost, columns=["row", "column"])
        pairs = pairs.assign(action=DAMAGED, recorded_at=undated, until=undated)
        said = pairs if said.empty else pd.concat([said, pairs], ignore_index=True)
    rows = np.concatenate([said["row"].to_numpy(), off["row"].to_numpy()])
    never = np.full(len(off), np.datetime64("NaT"), dtype="datetime64[us]")
    order = np.argsort(rows, kind="stable")
    columns = np.concatenate([said["column"].to_numpy(), off["column"].to_numpy()])
    actions = np.concatenate([said["action"].to_numpy(object), np.full(len(off), "", object)])
    return HiddenProducts(
        rows[order].astype(np.int64),
        columns[order].astype(np.int64),
        actions[order],
        np.concatenate([said["recorded_at"].to_numpy("datetime64[us]"), never])[order],
        np.concatenate([said["until"].to_numpy("datetime64[us]"), never])[order],
    )


def _maybe_refused(bank: Bank, unreadable: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Pairs of customer and product that a damaged event names; all products where it names none.

    A damaged comma or quote moves cells, so an id counts wherever among the first cells it stands.
    """
    pairs = []
    for cells in unreadable:
        customers = [row for row in bank.customer_positions(pd.Index(cells)).tolist() if row >= 0]
        products = [column for column in bank.product_positions(pd.Index(cells)) if column >= 0]
        named = products or range(bank.n_products)
        pairs += [(row, int(column)) for row in customers for column in named]
    return pairs


def _said(bank: Bank, events: pd.DataFrame, settings: GuardSettings) -> pd.DataFrame:
    """row, column, action, recorded_at and until (missing: until undone) of what hides."""
    undone = events.loc[events["action"] == "retracted", "reason"]
    stands = ~events["event_id"].isin(undone)
    rated = events.loc[(events["action"] == "rated") & stands]
    events = events.loc[events["action"].isin(_HIDES) & stands]
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
    table = table.loc[hides & (table["row"] >= 0) & (table["column"] >= 0)]
    if rated.empty:
        return table
    low = _disliked(bank, rated, settings)
    return table if low.empty else pd.concat([table, low], ignore_index=True)


def _disliked(bank: Bank, rated: pd.DataFrame, settings: GuardSettings) -> pd.DataFrame:
    """What a customer has rated low on average, and often enough."""
    rating = rated["rating"].fillna(rated[list(RATING_ASPECTS)].mean(axis=1))
    # A form that was sent as it opened says nothing of the product.
    moved = (rating != _OPENS_AT) | rated[list(RATING_ASPECTS)].sub(_OPENS_AT).abs().gt(0).any(
        axis=1
    )
    known = pd.DataFrame(
        {
            "row": customer_positions(bank, rated["customer_id"]),
            "column": bank.product_positions(rated["product_id"]),
            "rating": rating,
            "recorded_at": rated["recorded_at"],
        }
    ).loc[(moved & rating.notna()).to_numpy(dtype=bool)]
    known = known.loc[(known["row"] >= 0) & (known["column"] >= 0)]
    pairs = known.groupby(["row", "column"], as_index=False).agg(
        n=("rating", "size"), rating=("rating", "mean"), recorded_at=("recorded_at", "max")
    )
    low = (pairs["n"] >= settings.disliked_min_ratings) & (
        pairs["rating"] < settings.disliked_below
    )
    disliked = pairs.loc[low, ["row", "column", "recorded_at"]]
    return disliked.assign(action="rated", until=pd.NaT).astype(
        {"until": disliked["recorded_at"].dtype}
    )


def _switched_off(bank: Bank, consents: pd.DataFrame) -> pd.DataFrame:
    """row, column of the products in categories that a customer has switched off."""
    stated = consents.loc[consents["purpose"].str.startswith(CATEGORY_PURPOSE, na=False)]
    refused = latest(stated)
    refused = refused.loc[refused["status"] == REFUSED]
    choices = pd.DataFrame(
        {
            "row": bank.customer_positions(refused["customer_id"]),
            "category": refused["purpose"]
            .str.removeprefix(CATEGORY_PURPOSE)
            .str.strip()
            .str.lower(),
        }
    )
    products = pd.DataFrame(
        {
            "category": bank["products"]["category"].str.lower(),
            "column": np.arange(bank.n_products),
        }
    ).dropna()
    return choices.loc[choices["row"] >= 0].merge(products, on="category")[["row", "column"]]
