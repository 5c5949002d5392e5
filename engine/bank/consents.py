"""Recorded consents in, what may be done with each customer's data out."""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.erased import without_customers
from engine.errors import BadInput
from engine.settings import Settings
from engine.vocabulary import (
    GRANTED,
    MARKETING,
    PERSONALISATION,
    PURPOSES,
    REFUSED,
    TABLES,
    UNKNOWN,
)

TEACH_BY = (PERSONALISATION, MARKETING)
"""Purposes that must be allowed before anything is learned from a customer: what is fitted ranks
offers, and an objection to marketing covers the profiling for it (GDPR, article 21, 2 and 3)."""


def latest(consents: pd.DataFrame) -> pd.DataFrame:
    """The consent that stands per customer and purpose.

    Parameters
    ----------
    consents : DataFrame
        The consents table: customer_id, purpose, status, recorded_at, source.

    Returns
    -------
    DataFrame
        The same columns, one row per customer and purpose: the one recorded last. An objection
        wins among rows of the same time, and an objection without a time wins over all.
    """
    refused = consents["status"] == REFUSED
    undated = consents["recorded_at"].isna()
    order = pd.DataFrame(
        {
            "when": np.select([undated & refused, undated], [2, 0], default=1),
            "recorded_at": consents["recorded_at"],
            "refused": refused,
            "row": np.arange(len(consents)),
        },
        index=consents.index,
    ).sort_values(["when", "recorded_at", "refused", "row"])
    ordered = consents.loc[order.index]
    kept = ordered.drop_duplicates(["customer_id", "purpose"], keep="last")
    return kept.sort_index(kind="stable").reset_index(drop=True)


def expect_personal(consents: pd.DataFrame, row: int) -> None:
    """BadInput where nothing personal may be worked out for the customer at a row.

    `consents` are those of `effective_consents`.
    """
    if consents[f"{PERSONALISATION}_allowed"].iloc[row]:
        return
    why = (
        "The customer has opted out of personal recommendations"
        if consents[PERSONALISATION].iloc[row] == REFUSED
        else "Personal recommendations need this customer's consent; none is recorded"
    )
    raise BadInput(f"{why}, so nothing is worked out for them.")


def effective_consents(
    bank: Bank, settings: Settings, rows: np.ndarray | None = None
) -> pd.DataFrame:
    """What each customer's consents allow; what is unknown is settled by the bank's default.

    Parameters
    ----------
    bank : Bank
        With its records laid over it (`engine.snapshot.laid_over`).
    settings : Settings
        `consent.unknown_allows`: purpose -> is it allowed where nothing is recorded.
    rows : ndarray of int, optional
        Customer positions; all customers by default.

    Returns
    -------
    DataFrame
        Row i is customer i of the bank, or of `rows`. Per purpose a column with its status
        (granted, refused, unknown) and a boolean column ``<purpose>_allowed``.

    Notes
    -----
    Where nothing is recorded, the status is the one that the import stated for the whole bank
    (``--consent social=granted``), else unknown. An objection wins over every default.
    """
    ids, recorded = bank.customer_ids, bank["consents"]
    if rows is not None:
        ids = ids[rows]
        recorded = recorded.loc[recorded["customer_id"].isin(ids)]
    recorded = latest(recorded)
    places = ids.get_indexer(pd.Index(recorded["customer_id"], dtype="str"))
    columns: dict[str, np.ndarray] = {}
    for purpose in PURPOSES:
        status = np.full(len(ids), UNKNOWN, dtype=object)
        mine = ((recorded["purpose"] == purpose) & (places >= 0)).to_numpy()
        status[places[mine]] = recorded["status"].to_numpy(dtype=object)[mine]
        default = bank.manifest.consent_defaults.get(purpose, UNKNOWN)
        status[status == UNKNOWN] = default
        columns[purpose] = status
        columns[f"{purpose}_allowed"] = (status == GRANTED) | (
            (status == UNKNOWN) & settings.consent.unknown_allows.get(purpose, False)
        )
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(ids)))
    return frame.astype({purpose: "str" for purpose in PURPOSES})


def without_objectors(bank: Bank, settings: Settings) -> Bank:
    """The bank that models may learn from; the same object where everybody may be learned from.

    Parameters
    ----------
    bank : Bank
        With its records laid over it, so that an objection of a minute ago counts, also for what
        lies years back.
    settings : Settings

    Notes
    -----
    Who may not be profiled for offers (`TEACH_BY`) has no row in any table of it. Counts of the
    whole bank (quality, groups without a list, Insights) are no fit and keep everybody.
    """
    allowed = effective_consents(bank, settings)
    teaches = np.logical_and.reduce([allowed[f"{one}_allowed"].to_numpy() for one in TEACH_BY])
    return without_customers(bank, bank.customer_ids[~teaches])


def n_left_out(bank: Bank, taught: Bank) -> dict[str, int]:
    """Table -> how many of its rows nothing was learned from; tables that lost none are left out.

    `taught` is the bank of `without_objectors`.
    """
    lost = {name: len(bank.rows(name)) - len(taught.rows(name)) for name in TABLES}
    return {name: n for name, n in lost.items() if n}
