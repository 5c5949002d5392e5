"""Contacts of the bank and those recorded here in; who may be called, and what is due, out."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.row_index import customer_positions
from engine.results import FollowUp
from engine.settings import DaySettings
from engine.state.contacts import REACHED

NOT_REACHED = "not reached"
FOLLOW_UP = "follow-up"
SNOOZED = "snoozed"
DONE = "done"
ANSWERS = ("accepted", "postponed", "dismissed")
"""Events after which a product group is left alone for a while."""
_NEVER = np.datetime64("NaT", "us")


@dataclass(frozen=True, eq=False)
class Contacts:
    """What was last agreed with every customer, as of a day; arrays have a row a customer."""

    hidden_until: np.ndarray
    """Datetime64: the day on which a snoozed customer, or one who is done, comes back."""
    hidden_by: np.ndarray
    """Object: the action that hides, "" for none."""
    last_reached: np.ndarray
    """Datetime64: the last contact, of the bank's or recorded here."""
    reached_here: np.ndarray
    """Datetime64: the last call recorded here that reached them."""
    n_recent: np.ndarray
    """Contacts within the period of the contact limit."""
    follow_ups: pd.DataFrame
    """position, contact_id, due, note, actor, recorded_at of every open promise, soonest first."""
    quiet: tuple[np.ndarray, np.ndarray]
    """Customers and products of groups that are left alone just now."""

    def promises(self, position: int, customer_id: str) -> tuple[FollowUp, ...]:
        """Open promises of one customer."""
        mine = self.follow_ups[self.follow_ups["position"] == position]
        return tuple(
            FollowUp(row.contact_id, customer_id, row.due, row.note, row.actor, row.recorded_at)
            for row in mine.itertuples()
        )


def contacts(bank: Bank, recorded: pd.DataFrame, now: datetime, settings: DaySettings) -> Contacts:
    """Read what the bank knows and what was recorded here.

    Parameters
    ----------
    recorded : DataFrame
        Rows of `engine.state.contacts` that stand, oldest first.

    Notes
    -----
    A call that did not reach anybody is no contact: it only waits for the next day. A promise is
    open until a call reaches the customer or they are done.
    """
    n, today = bank.n_customers, pd.Timestamp(now).normalize()
    rows = recorded.assign(position=customer_positions(bank, recorded["customer_id"]))
    rows = rows[rows["position"] >= 0].reset_index(drop=True)
    until, by = _hidden(rows, n, settings)
    reached = rows[rows["action"] == REACHED]
    known = bank["contacts"]
    position = np.concatenate([customer_positions(bank, known["customer_id"]), reached["position"]])
    when = np.concatenate(
        [
            known["contacted_at"].to_numpy("datetime64[us]"),
            reached["recorded_at"].to_numpy("datetime64[us]"),
        ]
    )
    dated = (position >= 0) & ~np.isnat(when) & (when <= np.datetime64(now, "us"))
    position, when = position[dated].astype(np.int64), when[dated]
    recent = when > (today - pd.Timedelta(days=settings.contact_days)).to_datetime64()
    return Contacts(
        hidden_until=until,
        hidden_by=by,
        last_reached=_latest(position, when, n),
        reached_here=_latest(
            reached["position"].to_numpy(), reached["recorded_at"].to_numpy("datetime64[us]"), n
        ),
        n_recent=np.bincount(position[recent], minlength=n),
        follow_ups=_open_promises(rows),
        quiet=_quiet(bank, reached, now, settings),
    )


def last_contact(table: pd.DataFrame, reached_here: pd.Series) -> pd.Series:
    """Of each row of a customer table: as the bank knows it, or of a later call recorded here.

    Parameters
    ----------
    table : DataFrame
        customer_id and last_contact, as the bank knows it.
    reached_here : Series
        By customer id, the last call recorded here that reached them.
    """
    known = table["last_contact"]
    if reached_here.empty:
        return known
    here = reached_here.reindex(table["customer_id"]).to_numpy(known.dtype)
    later = pd.Series(here, known.index)
    return known.where(later.isna() | (known > later), later)


def _latest(position: np.ndarray, when: np.ndarray, n: int) -> np.ndarray:
    latest = np.full(n, _NEVER)
    order = np.argsort(when, kind="stable")
    latest[position[order]] = when[order]
    return latest


def _hidden(rows: pd.DataFrame, n: int, settings: DaySettings) -> tuple[np.ndarray, np.ndarray]:
    """By the last that was done to each customer; a later promise brings them back for its day."""
    until, by = np.full(n, _NEVER), np.full(n, "", dtype=object)
    last = rows[rows["action"] != FOLLOW_UP].drop_duplicates("position", keep="last")
    at, action = last["position"].to_numpy(), last["action"].to_numpy(dtype=object)
    day = last["recorded_at"].to_numpy("datetime64[us]").astype("datetime64[D]")
    for name, days in ((DONE, settings.done_days), (NOT_REACHED, settings.again_days)):
        mine = action == name
        until[at[mine]] = day[mine] + np.timedelta64(days, "D")
    snoozed = action == SNOOZED
    until[at[snoozed]] = last["until"].to_numpy("datetime64[us]")[snoozed]
    promised = _after(rows, last).sort_values("until", ascending=False, kind="stable")
    due = np.full(n, _NEVER)
    due[promised["position"]] = promised["until"].to_numpy("datetime64[us]")
    by[at] = np.where(action == REACHED, "", action)
    return np.where(due < until, due, until), by


def _after(rows: pd.DataFrame, acts: pd.DataFrame) -> pd.DataFrame:
    """Promises that were made with or after the last of some acts on the same customer."""
    places = pd.Series(rows.index, index=rows.index)
    promised = rows[rows["action"] == FOLLOW_UP]
    last = acts.assign(place=places).groupby("position")["place"].max()
    before = last.reindex(promised["position"]).fillna(-1).to_numpy()
    return promised[places[promised.index].to_numpy() > before]


def _open_promises(rows: pd.DataFrame) -> pd.DataFrame:
    # What is stored at once is one act, its promise last: it is not kept by the call it came with.
    promised = _after(rows, rows[rows["action"].isin([REACHED, DONE])])
    promised = promised.rename(columns={"until": "due"}).sort_values("due", kind="stable")
    columns = ["position", "contact_id", "due", "note", "actor", "recorded_at"]
    texts = {"note": promised["note"].fillna(""), "actor": promised["actor"].fillna("")}
    return promised.assign(**texts)[columns].reset_index(drop=True)


def _quiet(
    bank: Bank, reached: pd.DataFrame, now: datetime, settings: DaySettings
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a customer and each product of a group that they spoke of, or answered, lately."""
    days = settings.quiet_days_by_category
    known = {name.lower(): value for name, value in days.items()}
    category = bank["products"]["category"].fillna("").str.lower()
    lasts = category.map(known).fillna(known["default"]).to_numpy(dtype=float)
    since = pd.Timestamp(now) - pd.Timedelta(days=float(max(known.values())))
    answered = bank["events"]
    answered = answered[answered["action"].isin(ANSWERS) & (answered["recorded_at"] > since)]
    columns = ["customer_id", "product_id", "recorded_at"]
    said = pd.concat([answered[columns], reached.loc[reached["product_id"].notna(), columns]])
    rows = customer_positions(bank, said["customer_id"])
    products = bank.product_positions(said["product_id"])
    age = (pd.Timestamp(now) - said["recorded_at"]).dt.total_seconds().to_numpy() / 86400
    stands = (rows >= 0) & (products >= 0)
    stands[stands] &= age[stands] < lasts[products[stands]]
    rows, products = rows[stands], products[stands]
    codes = pd.factorize(category.where(category != "", bank["products"]["product_id"]))[0]
    place, column = np.nonzero(codes[products][:, None] == codes[None, :])
    return rows[place].astype(np.int64), column
