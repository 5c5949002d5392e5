"""The frequencies of an interaction log, and the customers that only the log knows."""

from collections.abc import Mapping

import pandas as pd

from engine.bank.importing.columns.mapping import FILE, LINE, Frames
from engine.bank.parsing import cell_parsing
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable

_FREQUENCY = "Transaction_Frequency"
_MOST = 1000
"""Rows that one line of the log may stand for (own choice)."""


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Repeat events by their frequency; name repeated products; add customers of the log."""
    frames = dict(frames)
    if "events" in frames:
        frames["events"] = _repeated(frames["events"], tables, findings)
        frames["customers"] = _with_log_customers(frames, findings)
    if "products" in frames:
        names = frames["products"]["name"].str.strip().str.lower()
        repeated = frames["products"][names.duplicated()]
        findings.warn(
            "products",
            repeated["product_id"],
            [f"the name {name!r} occurs before; both are kept" for name in repeated["name"]],
        )
    return frames


def _repeated(
    events: pd.DataFrame, tables: Mapping[str, RawTable], findings: Findings
) -> pd.DataFrame:
    """One event for each time that a line of the log stands for: bought 4 times weighs 4 times."""
    times = pd.Series(1, index=events.index)
    if "dataset" in tables and _FREQUENCY in tables["dataset"].frame:
        counts = cell_parsing.number(tables["dataset"].frame[_FREQUENCY]).fillna(1).round()
        times.iloc[: len(counts)] = counts.clip(1, _MOST).astype("int64").to_numpy()
    if times.gt(1).any():
        findings.note(
            f"{_FREQUENCY}: {len(events):,} lines of the log stand for {times.sum():,} events."
        )
    repeated = events.loc[events.index.repeat(times)].reset_index(drop=True)
    return repeated.assign(actor="import")


def _with_log_customers(frames: Frames, findings: Findings) -> pd.DataFrame:
    events = frames["events"]
    known = frames.get("customers", pd.DataFrame({"customer_id": pd.Series(dtype="str")}))
    new = events[~events["customer_id"].isin(known["customer_id"])]
    new = new.dropna(subset=["customer_id"]).drop_duplicates("customer_id")
    if new.empty:
        return known
    findings.note(f"{len(new)} customers are known from the interaction log alone, by their id.")
    return pd.concat([known, new[["customer_id", FILE, LINE]]], ignore_index=True)
