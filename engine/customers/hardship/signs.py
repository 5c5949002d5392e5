"""A bank and its profiles in; every sign of a customer in difficulty, with its evidence, out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.parsing.word_search import says
from engine.bank.parsing.words import TIED_MONEY
from engine.customers.alerts.money import shortfalls
from engine.customers.finances.months import last_day
from engine.customers.finances.profitability import INVESTMENT_KINDS, balance_of_kinds
from engine.customers.hardship import claims
from engine.customers.hardship.arrears import arrears
from engine.customers.hardship.claims import Claim
from engine.customers.hardship.own_words import distress_in, may_name_distress, topics
from engine.customers.hardship.refusals import says_refused
from engine.customers.profiles import Profiles
from engine.customers.wording import shorten
from engine.customers.words.mood import POST
from engine.settings import GuardSettings, Settings

VULNERABLE, DISTRESS, ARREARS, SHORTFALL, COMPLAINT = SIGNS = (
    "vulnerable",
    "distress",
    "arrears",
    "shortfall",
    "complaint",
)
"""In the order in which they are told."""
_SWITCH: Final = "no_credit_{}"
"""Setting of section guard that switches a kind of sign on."""
_INVESTED: Final = "invest|fund|securit"
"""Words of products whose accounts are investments."""
_QUOTED: Final = 120
"""Signs of a message that are quoted."""


@dataclass(frozen=True)
class Sign:
    """One sign of one customer."""

    kind: str
    """One of `SIGNS`."""
    topic: str
    """A key of `claims.HELP`: the kind, or what the customer's own words are about."""
    why: Claim
    """The evidence, with its sentence and day."""


@dataclass(frozen=True, eq=False)
class Hardship:
    """Signs of everybody, by the position of a customer in the bank."""

    n_customers: int
    signs: dict[int, tuple[Sign, ...]]
    """Of those who have one: in the order of `SIGNS`, one of each kind."""

    @cached_property
    def holds(self) -> dict[str, np.ndarray]:
        """Kind -> who has such a sign, bool of shape (n_customers,)."""
        found = {kind: np.zeros(self.n_customers, dtype=bool) for kind in SIGNS}
        for position, mine in self.signs.items():
            for sign in mine:
                found[sign.kind][position] = True
        return found

    def of(self, position: int) -> tuple[Sign, ...]:
        """The signs of one customer; empty for most."""
        return self.signs.get(position, ())


def in_force(settings: GuardSettings) -> tuple[str, ...]:
    """The kinds of signs that keep credit back."""
    return tuple(kind for kind in SIGNS if getattr(settings, _SWITCH.format(kind)))


def hardship(bank: Bank, profiles: Profiles, settings: Settings) -> Hardship:
    """Everybody's signs, of those kinds that the settings have switched on.

    Notes
    -----
    Posts are never read: they are not written to the bank, and data of social networks has no say
    in credit (EU directive 2023/2225, article 18). Only messages to the bank are, tickets, chats
    and calls, and of transactions no category.
    """
    sources = {
        VULNERABLE: _marked,
        DISTRESS: _distress,
        ARREARS: _arrears,
        SHORTFALL: _shortfalls,
        COMPLAINT: _complaints,
    }
    found: dict[int, dict[str, Sign]] = {}
    for kind in in_force(settings.guard):
        for position, topic, why in sources[kind](bank, profiles, settings):
            found.setdefault(position, {}).setdefault(kind, Sign(kind, topic or kind, why))
    return Hardship(bank.n_customers, {p: tuple(mine.values()) for p, mine in found.items()})


_Found = Iterator[tuple[int, str, Claim]]
"""Position, topic ("" for the kind itself) and evidence."""


def _marked(bank: Bank, profiles: Profiles, settings: Settings) -> _Found:
    del profiles, settings
    flags = bank["customers"]["vulnerable"].fillna(False).to_numpy(dtype=bool)
    for position in np.flatnonzero(flags):
        yield int(position), "", claims.marked()


def _distress(bank: Bank, profiles: Profiles, settings: Settings) -> _Found:
    """The newest own words of each customer that are not too old; undated ones count as new."""
    del settings
    days = {topic.name: topic.days for topic in topics()}
    said = _to_bank(bank, profiles)
    said = said[may_name_distress(said["text"])]
    for row in said[::-1].itertuples():
        read = distress_in(row.text)
        if read is not None and not row.age > days[read[0]]:
            yield int(row.position), read[0], claims.wrote(words=read[1], on=row.sent_at)


def _arrears(bank: Bank, profiles: Profiles, settings: Settings) -> _Found:
    for position, why in arrears(bank, profiles, settings.guard):
        yield position, "", why


def _shortfalls(bank: Bank, profiles: Profiles, settings: Settings) -> _Found:
    """The forecast that raises the alert, in its words: one rule. Who has investments to sell for
    it is left out; the alert still names them."""
    found = shortfalls(bank, profiles, settings)
    months = settings.guard.shortfall_covered_months
    at = found["position"].to_numpy(dtype=np.int64)
    covered = _sellable(bank)[at] if months else np.zeros(len(at))
    for position, why, has in zip(at, found["claim"], covered, strict=True):
        if not (months and has >= _needed(why, months)):
            yield int(position), "", why


def _needed(why: Claim, months: int) -> float:
    """What a forecast shortfall takes, and so many months like it."""
    each = why.figures["spending"] - why.figures["income"]
    return float(-why.figures["balance"] + (months + 1) * max(each, 0.0))


def _sellable(bank: Bank) -> np.ndarray:
    """What each customer has in investments that can be sold, shape (n_customers,).

    A pension's account is no investment (`account_kind`). Another does not say which product it
    is: with a pension or a lock-in among what a customer holds, none of it counts.
    """
    products = bank["products"]
    kind = products["category"].fillna("") + " " + products["name"].fillna("")
    tied = says(kind, TIED_MONEY)
    invested = says(products["category"], _INVESTED, any_case=True)
    tied = tied | ((products["lock_in_months"].fillna(0) > 0).to_numpy(dtype=bool) & invested)
    has = np.nan_to_num(balance_of_kinds(bank, INVESTMENT_KINDS))
    return np.where(bank.held[:, tied].any(axis=1), 0.0, has)


def _complaints(bank: Bank, profiles: Profiles, settings: Settings) -> _Found:
    """Cases that the bank has not resolved, repeated or unhappy, and recent or undated; of any age
    where the customer says that credit was refused."""
    unresolved = profiles.data.messages.unresolved
    sentiment = np.nan_to_num(profiles.data.messages.sentiment)
    said = _to_bank(bank, profiles)
    rows = said["row"].to_numpy()
    complains = unresolved[rows] & (said["repeated"].to_numpy() | (sentiment[rows] < 0))
    recent = ~(said["age"].to_numpy() > settings.guard.service_recent_days)
    if settings.guard.no_credit_refused:
        old = complains & ~recent
        recent[old] = says_refused(said.loc[old, "text"])
    for row in said[complains & recent][::-1].itertuples():
        text = "" if pd.isna(row.text) else shorten(" ".join(row.text.split()), _QUOTED)
        why = claims.complains(on=row.sent_at, words=text, repeated=bool(row.repeated))
        yield int(row.position), "", why


def _to_bank(bank: Bank, profiles: Profiles) -> pd.DataFrame:
    """row, position, text, sent_at, age (days, NaN undated), repeated of tickets, chats and calls
    of known customers, oldest first; undated ones first."""
    messages = bank["messages"]
    positions = profiles.data.message_rows.positions
    rows = np.flatnonzero((messages["kind"] != POST).to_numpy(dtype=bool) & (positions >= 0))
    mine = messages.iloc[rows]
    said = pd.DataFrame(
        {
            "row": rows,
            "position": positions[rows],
            "text": mine["text"].array,
            "sent_at": mine["sent_at"].to_numpy("datetime64[us]"),
            "age": (last_day(bank) - mine["sent_at"]).dt.days.to_numpy(float, na_value=np.nan),
            "repeated": mine["repeated"].fillna(False).to_numpy(dtype=bool),
        }
    )
    return said.sort_values("sent_at", kind="stable", na_position="first")
