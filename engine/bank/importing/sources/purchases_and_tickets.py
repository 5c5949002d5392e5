"""Twelve-month series written as text to months and accounts; counts compared with tickets."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.bank.importing.columns.layout import MONTHS_BACK
from engine.bank.importing.columns.mapping import Frames, placed
from engine.bank.parsing import cell_parsing
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable

_SERIES = {"balance": "balance", "loan_balance": "loan_amts", "spending": "monthly_spending"}


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Add months and accounts, and say how many products each catalogue has."""
    frames = dict(frames)
    profile, organisations = tables.get("customer_profile"), tables.get("org_profile")
    accounts = []
    if profile is not None and set(_SERIES.values()) <= set(profile.frame.columns):
        frames["months"] = _months(profile, findings)
        accounts += _last_balances(frames["months"])
        _compare_tickets(profile, frames, findings)
    if organisations is not None:
        accounts += _average_balances(organisations)
    if accounts:
        frames["accounts"] = pd.concat(accounts, ignore_index=True)
    if "products" in frames:
        counts = frames["products"]["audience"].value_counts()
        for audience in ("retail", "corporate"):
            if audience in counts:
                findings.note(f"{counts[audience]} {audience} products were read.")
    return frames


def _months(raw: RawTable, findings: Findings) -> pd.DataFrame:
    """One row per customer and month; the series are oldest first."""
    series = {}
    for ours, source in _SERIES.items():
        cells = raw.frame[source].str.strip(" []").str.split(",", expand=True)
        series[ours] = cells.apply(lambda column: cell_parsing.number(column.astype("str")))
    width = max(frame.shape[1] for frame in series.values())
    rows = np.repeat(np.arange(len(raw.frame)), width)
    months = pd.DataFrame({"customer_id": raw.column("customer_id").to_numpy()[rows]})
    months[MONTHS_BACK] = np.tile(np.arange(width)[::-1], len(raw.frame))
    for ours, frame in series.items():
        if frame.shape[1] < width:
            findings.warn("months", [raw.file], f"{_SERIES[ours]} has fewer months than others")
        padded = frame.reindex(columns=range(frame.shape[1] - width, frame.shape[1]))
        months[ours] = padded.to_numpy(dtype="float64").ravel()
    known = months[list(_SERIES)].notna().any(axis="columns").to_numpy()
    return placed(months, raw, rows)[known].reset_index(drop=True)


def _last_balances(months: pd.DataFrame) -> list[pd.DataFrame]:
    last = months[months[MONTHS_BACK] == 0].drop(columns=MONTHS_BACK)
    owing = last[last["loan_balance"] > 0]
    dropped = list(_SERIES)
    return [
        last.assign(kind="current").drop(columns=[c for c in dropped if c != "balance"]),
        owing.assign(kind="loan", balance=owing["loan_balance"]).drop(
            columns=["loan_balance", "spending"]
        ),
    ]


def _average_balances(raw: RawTable) -> list[pd.DataFrame]:
    parts = []
    for column, kind in (("avg_account_balance", "current"), ("total_loan_amt", "loan")):
        if column in raw.frame:
            balance = cell_parsing.number(raw.frame[column])
            rows = np.flatnonzero(balance.notna() & ((kind != "loan") | (balance > 0)))
            ids = raw.column("org_id").to_numpy()[rows]
            frame = pd.DataFrame(
                {"customer_id": ids, "kind": kind, "balance": balance.to_numpy()[rows]}
            )
            parts.append(placed(frame, raw, rows))
    return parts


def _compare_tickets(profile: RawTable, frames: Frames, findings: Findings) -> None:
    """Warn where a profile's count of support contacts is not the number of its tickets."""
    if "messages" not in frames or "support_interaction_count" not in profile.frame:
        return
    tickets = frames["messages"].query("kind == 'ticket'")["customer_id"].value_counts()
    ids = profile.column("customer_id")
    said = cell_parsing.number(profile.frame["support_interaction_count"])
    n_tickets = ids.map(tickets).fillna(0)
    different = said.notna() & (said != n_tickets)
    findings.warn(
        "customers",
        ids[different],
        [
            f"the profile says {s:.0f} support contacts, there are {f:.0f} tickets"
            for s, f in zip(said[different], n_tickets[different], strict=True)
        ],
    )
