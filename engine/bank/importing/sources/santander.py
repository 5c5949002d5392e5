"""Santander: customers are whoever adopted something; products get readable names."""

from collections.abc import Mapping

import pandas as pd

from engine.bank.importing.columns.mapping import FILE, LINE, Frames
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Add the customers, in the order of their numbers."""
    del tables
    frames = dict(frames)
    if "holdings" in frames:
        seen = frames["holdings"].dropna(subset=["customer_id"]).drop_duplicates("customer_id")
        order = pd.to_numeric(seen["customer_id"], errors="coerce").fillna(float("inf"))
        seen = seen.loc[order.sort_values(kind="stable").index]
        frames["customers"] = seen[["customer_id", FILE, LINE]].assign(audience="retail")
        stock = frames["holdings"]["opened_on"] < "2015-02-01"
        findings.note(f"{int(stock.sum()):,} holdings date from January 2015 or before.")
    return frames
