"""Who, why and since when in; alerts of one kind, as rows of the feed, out."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.tables import DTYPES
from engine.customers.claims import Claim

COLUMNS: Final = (
    *("position", "kind", "cause", "raised_at", "claim", "reason", "action", "severity"),
)


def raised(
    kind: str,
    positions: np.ndarray,
    *,
    cause: Sequence[str] | np.ndarray | str,
    raised_at: pd.Timestamp | np.ndarray | pd.Series,
    claims: Sequence[Claim],
    action: str,
    severity: str,
) -> pd.DataFrame:
    """Alerts of one kind.

    Parameters
    ----------
    kind : str
        One of engine.labels.ALERT_TITLES.
    positions : ndarray of int64, shape (n,)
        Customers, as rows of the bank.
    cause : sequence of str or str
        What the alert is about, so that it is the same alert tomorrow and another one when the
        cause is another: a message, a payment, an account, a month.
    raised_at : Timestamp, ndarray or Series
        When the cause came to be.
    claims : sequence of Claim
        What is said of each; `reason` is its text.
    action : str
        What to do about it.
    severity : str
        One of engine.results.customers.SEVERITIES.
    """
    return pd.DataFrame(
        {
            "position": positions,
            "kind": kind,
            "cause": cause,
            "raised_at": np.asarray(raised_at, dtype="datetime64[us]"),
            "claim": pd.Series(list(claims), dtype=object),
            "reason": pd.Series([f"{claim.text}." for claim in claims], dtype="str"),
            "action": action,
            "severity": severity,
        }
    ).astype({"cause": "str", "kind": "str", "raised_at": DTYPES["time"]})
