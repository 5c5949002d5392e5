"""Churn, messages and cases in; alerts on how customer and bank get on out."""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import claims, claims_ahead, leaving_words
from engine.customers.alerts.raised import raised
from engine.customers.columns import column_label
from engine.customers.finances.months import last_day
from engine.customers.metrics import churn as _churn
from engine.customers.profiles import Profiles
from engine.customers.row_index import total
from engine.settings import Settings


def churn(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """A churn index at or above its threshold; neutral values of unknown customers never count."""
    table = profiles.table
    values = table["churn"].to_numpy()
    rows = np.flatnonzero(table["churn_known"] & (values >= settings.alerts.churn_from))
    points = profiles.drivers["churn"].iloc[rows]
    strongest = points.columns[points.to_numpy().argmax(axis=1)] if len(rows) else []
    day, limit = last_day(bank), settings.alerts.churn_from
    return raised(
        "churn",
        rows,
        cause=f"{day:%Y-%m}",
        raised_at=day,
        claims=[
            claims.may_leave(
                index=value,
                edge=limit,
                strongest=_churn.details(profiles.figures_of(row)).get(key)
                or claims.driver(name=_churn.DRIVERS.get(key, column_label(key))),
            )
            for value, key, row in zip(values[rows], strongest, rows, strict=True)
        ],
        action="Call this week and listen before any offer.",
        severity="high",
    )


def mood_shift(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """The last 3 messages are clearly worse than those before.

    Notes
    -----
    Only dated messages that may be used count, and only a shift whose last message
    is recent is news.
    """
    limits, day = settings.alerts, last_day(bank)
    sent = bank["messages"]["sent_at"]
    mood = profiles.data.messages.sentiment
    kept = np.flatnonzero(profiles.data.messages.used & sent.notna().to_numpy() & ~np.isnan(mood))
    positions = profiles.data.message_rows.positions[kept]
    order = np.lexsort((kept, sent.to_numpy()[kept], positions))
    kept, positions = kept[order], positions[order]
    n = np.bincount(positions, minlength=bank.n_customers)
    ends = np.cumsum(n)
    from_end = ends[positions] - np.arange(len(kept))  # 1 is the newest
    newest = from_end <= limits.mood_last
    size = bank.n_customers
    last, n_last = (total(positions[newest], size, w) for w in (mood[kept][newest], None))
    past, n_past = (total(positions[~newest], size, w) for w in (mood[kept][~newest], None))
    enough = (n_last == limits.mood_last) & (n_past >= limits.mood_min_earlier)
    last, past = last / np.maximum(n_last, 1), past / np.maximum(n_past, 1)
    rows = np.flatnonzero(enough & (past - last >= limits.mood_margin))
    when = sent.iloc[kept[ends[rows] - 1]]
    fresh = ((day - when).dt.days <= limits.recent_days).to_numpy(dtype=bool)
    rows, when = rows[fresh], when[fresh]
    said = [
        claims.mood_fell(
            last=new,
            n_last=limits.mood_last,
            before=old,
            n_before=int(n),
            edge=limits.mood_margin,
        )
        for new, old, n in zip(last[rows], past[rows], n_past[rows], strict=True)
    ]
    return raised(
        "mood_shift",
        rows,
        cause=when.dt.strftime("%Y-%m").to_numpy(),
        raised_at=when,
        claims=said,
        action="Read the last messages and call before the next offer.",
        severity="medium",
    )


def open_cases(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """Cases that have waited too long, one alert a customer.

    Notes
    -----
    The cause is the case that became overdue last: another one makes another alert, and
    settling an older one changes nothing.
    """
    wait, day = settings.alerts.complaint_days, last_day(bank)
    table = bank["messages"]
    days = (day - table["sent_at"].dt.normalize()).dt.days.to_numpy(dtype=float)
    positions = profiles.data.message_rows.positions
    late = np.flatnonzero(profiles.data.messages.unresolved & (positions >= 0) & (days >= wait))
    frame = pd.DataFrame(
        {
            "position": positions[late],
            "days": days[late],
            "message_id": table["message_id"].to_numpy(dtype=object)[late],
        }
    ).sort_values(["position", "days", "message_id"], kind="stable")
    newest = frame.drop_duplicates("position")
    oldest = frame.groupby("position")["days"].agg(["max", "size"])
    said = [
        claims.cases_late(n=int(n), oldest=int(days), edge=wait)
        for days, n in zip(oldest["max"], oldest["size"], strict=True)
    ]
    due = day - pd.to_timedelta(newest["days"] - wait, unit="D")
    return raised(
        "open_complaint",
        newest["position"].to_numpy(),
        cause=newest["message_id"].to_numpy(),
        raised_at=due.to_numpy("datetime64[us]"),
        claims=said,
        action="Settle it and tell the customer by when; offer nothing before.",
        severity="high",
    )


def says_leaving(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """A message of late says that the customer leaves, whatever the index is."""
    del settings  # the insight says the same words for as long
    found = leaving_words.said(bank, profiles, profiles.leaving_days)
    return raised(
        "says_leaving",
        found["position"].to_numpy(),
        cause=found["message_id"].to_numpy(dtype=object),
        raised_at=found["sent_at"].fillna(last_day(bank)),
        claims=[
            claims_ahead.says_leaving(words=words, on=on)
            for words, on in zip(found["words"], found["sent_at"], strict=True)
        ],
        action="Call today and listen; offer nothing before.",
        severity="high",
    )


RULES = (says_leaving, churn, mood_shift, open_cases)
