"""Profiles and open alerts in; what presses about each customer, and how much, out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.hardship.signs import ARREARS, DISTRESS, Hardship
from engine.customers.profiles import Profiles
from engine.customers.row_index import total
from engine.customers.words.mood import silent_days
from engine.explain.actions import is_pressing
from engine.settings import Settings

CASE, REPEATED, UNHAPPY, SUPPORT = "case", "repeated", "unhappy", "support"
SERVICE = (CASE, REPEATED, UNHAPPY, SUPPORT)
"""Causes for which a customer is called who may be offered nothing."""


@dataclass(frozen=True, eq=False)
class Pressing:
    """What presses, of all customers."""

    causes: tuple[str, ...]
    """As in the settings."""
    holds: np.ndarray
    """Bool, shape (n_customers, n_causes)."""
    newest_case: np.ndarray
    """Int, shape (n_customers,). Message of the last case that cannot wait, -1 without."""
    n_open: np.ndarray
    """Unresolved cases of each customer."""


def pressing(
    bank: Bank,
    profiles: Profiles,
    alerted: pd.DataFrame,
    settings: Settings,
    hardship: Hardship | None = None,
) -> Pressing:
    """What presses about everybody.

    Parameters
    ----------
    alerted : DataFrame
        position and kind of the open alerts.
    hardship : Hardship, optional
        Signs that a customer needs help; nobody by default. A shortfall is an alert, a complaint
        a case, and the bank's own mark alone no reason to call today.
    """
    n, causes = bank.n_customers, tuple(settings.day.urgency)
    rows = np.flatnonzero(
        profiles.data.messages.unresolved & (profiles.data.message_rows.positions >= 0)
    )
    positions = profiles.data.message_rows.positions[rows].astype(np.int64)
    cases = bank["messages"][["sent_at", "repeated"]].iloc[rows]
    cases = cases.assign(sentiment=profiles.messages["sentiment"].to_numpy()[rows])
    now = is_pressing(cases, bank.as_of, settings.guard)
    again = now & cases["repeated"].fillna(False).to_numpy(dtype=bool)
    data = profiles.data
    silent = silent_days(bank, data.messages, data.message_rows.positions, n)
    found = {
        CASE: total(positions[now], n) > 0,
        REPEATED: total(positions[again], n) > 0,
        UNHAPPY: (profiles.table["mood"].to_numpy() <= settings.guard.service_mood)
        & (silent <= settings.guard.service_reason_days),
    }
    signs = np.zeros(n, dtype=bool) if hardship is None else _needs_help(hardship)
    found[SUPPORT] = signs
    kinds = alerted["kind"].to_numpy()
    for cause in causes:
        if cause not in found:
            at = alerted["position"].to_numpy()[kinds == cause].astype(np.int64)
            found[cause] = np.bincount(at, minlength=n) > 0
    sent = cases["sent_at"].to_numpy("datetime64[us]")[now].astype(np.int64)  # no date is smallest
    order = np.argsort(sent, kind="stable")
    newest = np.full(n, -1)
    newest[positions[now][order]] = rows[now][order]
    return Pressing(
        causes=causes,
        holds=np.column_stack([found[cause] for cause in causes]),
        newest_case=newest,
        n_open=profiles.table["n_cases_open"].to_numpy(),
    )


def _needs_help(hardship: Hardship) -> np.ndarray:
    return hardship.holds[ARREARS] | hardship.holds[DISTRESS]
