"""What is better than an offer, in one sentence: a case first, an objection, or nothing."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from engine.customers import claims
from engine.explain.wording import day
from engine.settings import GuardSettings

NO_OFFER = "No product may be offered to this customer now"
OPTED_OUT = "The customer has opted out of personal recommendations: no list is made"
SERVICES_ONLY = "The customer objects to marketing: services only, no product"


def no_offer(left_out: Mapping[str, int]) -> str:
    """That nothing may be offered, and how many products each rule, by its label, keeps off."""
    counts = sorted(left_out.items(), key=lambda rule: (-rule[1], rule[0]))
    said = ", ".join(f"{n:,} {label[:1].lower()}{label[1:]}" for label, n in counts)
    return f"{NO_OFFER}: {said}" if said else NO_OFFER


def no_confident_offer(why: str) -> str:
    """That nothing on a list is worth a call by itself, and why."""
    return f"No confident offer: {why}. A call without a product is better"


def service_action(
    cases: pd.DataFrame,
    mood: float,
    as_of: pd.Timestamp,
    settings: GuardSettings,
    last: pd.Timestamp | None = None,
) -> str:
    """A service contact that comes before any offer.

    Parameters
    ----------
    cases : DataFrame
        This customer's unresolved cases with sent_at, repeated and our `sentiment`.
    mood : float
        -1..1 over all messages, NaN without any.
    last : Timestamp, optional
        Day of the last message, where it is not a recent one.

    Returns
    -------
    str
        "Call about the open case of 12 Mar 2026 first", or "" where nothing is pressing.

    Notes
    -----
    An open case is pressing where it was repeated, is angry, has no date or is recent. A mood of
    messages that are older than `service_reason_days` is no news.
    """
    case = _pressing(cases, as_of, settings)
    if case is not None:
        again = ", which was repeated," if case["repeated"] is True else ""
        when = "" if pd.isna(case["sent_at"]) else f" of {day(case['sent_at'])}"
        return f"Call about the open case{when}{again} first"
    late = last is not None and (as_of - last).days > settings.service_reason_days
    if mood <= settings.service_mood and not late:
        said = claims.unhappy(mood=mood, last=last).text
        return f"{said[:1].upper()}{said[1:]}: call to listen first, sell later"
    return ""


def _pressing(
    cases: pd.DataFrame, as_of: pd.Timestamp, settings: GuardSettings
) -> Mapping[str, Any] | None:
    """The latest case that cannot wait."""
    pressing = cases.loc[is_pressing(cases, as_of, settings)]
    if pressing.empty:
        return None
    last = pressing.sort_values("sent_at", kind="stable", na_position="first").iloc[-1]
    again = last["repeated"]
    return {"sent_at": last["sent_at"], "repeated": not pd.isna(again) and bool(again)}


def is_pressing(cases: pd.DataFrame, as_of: pd.Timestamp, settings: GuardSettings) -> np.ndarray:
    """Which unresolved cases cannot wait: those repeated, angry, recent or without a date."""
    repeated = cases["repeated"].fillna(False).to_numpy(dtype=bool)
    angry = (cases["sentiment"] <= settings.service_mood).to_numpy()
    age = (as_of - cases["sent_at"]).dt.days
    recent = (age.isna() | (age <= settings.service_recent_days)).to_numpy()
    return repeated | angry | recent
