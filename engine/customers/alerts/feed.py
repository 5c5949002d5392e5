"""Bank, profiles and thresholds in; the feed of alerts, each with an id that stays, out."""

from hashlib import blake2b
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.alerts import money, relations
from engine.customers.finances import kept_frames
from engine.customers.finances.kept_figures import Arrays
from engine.customers.profiles import Profiles
from engine.results.customers import SEVERITIES
from engine.settings import Settings

COLUMNS: Final = (
    "alert_id",
    "customer_id",
    "kind",
    "raised_at",
    "reason",
    "action",
    "severity",
)


def alerts(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    """Everything that crossed a threshold, for all customers at once.

    Parameters
    ----------
    bank : Bank
        The one that `profiles` was built on, or that one with other consents or holdings.
    settings : Settings
        Section alerts.

    Returns
    -------
    DataFrame
        alert_id, customer_id, kind, raised_at, reason, action, severity; the most severe first,
        then the newest, then in bank order. No alert_id occurs twice.

    Notes
    -----
    An id is a hash of customer, kind and cause, so the same alert keeps its id from run to run and
    an acknowledged one stays away. What holds for a while (churn, swings) is raised at most once a
    month; what happened (a payment, a complaint, a loan's end) once.
    """
    if profiles.kept is None:
        return _raised(bank, profiles, settings)

    def make() -> Arrays:
        return kept_frames.packed(_raised(bank, profiles, settings), "alerts")

    kept = profiles.kept.on(settings.model_dump_json())
    return kept_frames.unpacked(kept.get("alerts", make), "alerts")


def _raised(bank: Bank, profiles: Profiles, settings: Settings) -> pd.DataFrame:
    rules = (*money.RULES, *relations.RULES)
    feed = pd.concat([rule(bank, profiles, settings) for rule in rules], ignore_index=True)
    customer = bank.customer_ids.to_numpy(dtype=object)[feed["position"]]
    feed["customer_id"] = pd.Series(customer, dtype="str")
    causes = zip(feed["customer_id"], feed["kind"], feed["cause"], strict=True)
    feed["alert_id"] = pd.Series([alert_id(*cause) for cause in causes], dtype="str")
    order = pd.DataFrame(
        {
            "severity": pd.Index(SEVERITIES).get_indexer(feed["severity"]),
            "age": -feed["raised_at"].to_numpy("datetime64[us]").astype(np.int64),
            "position": feed["position"],
            "kind": feed["kind"],
        }
    ).sort_values(["severity", "age", "position", "kind"], kind="stable")
    feed = feed.loc[order.index].drop_duplicates("alert_id")
    return feed[list(COLUMNS)].reset_index(drop=True)


def alert_id(customer_id: str, kind: str, cause: str) -> str:
    """16 hexadecimal digits that stay the same as long as customer, kind and cause do."""
    return blake2b(f"{customer_id}\x1f{kind}\x1f{cause}".encode(), digest_size=8).hexdigest()
