"""C: the interaction log's frequencies and the customers that only the log knows."""

import json
from collections.abc import Mapping

import pandas as pd

from engine.bank import parse
from engine.bank.mapping import FILE, LINE, Frames
from engine.bank.quality import Findings
from engine.bank.raw import RawTable

_LOGS = {"dataset": "Transaction_Frequency", "bankingdata": "interaction_score"}


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Keep frequencies with the events; name repeated products; add customers of the log."""
    frames = dict(frames)
    if "events" in frames:
        frames["events"] = _with_counts(frames["events"], tables)
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


def _with_counts(events: pd.DataFrame, tables: Mapping[str, RawTable]) -> pd.DataFrame:
    """Put each log's count into the comment: `engine.bank.interactions` weighs events with it."""
    comments = []
    for name, column in _LOGS.items():
        if name in tables:
            cells = tables[name].frame
            counts = parse.number(cells[column]) if column in cells else pd.Series(1.0, cells.index)
            key = "frequency" if name == "dataset" else "source_score"
            comments += [json.dumps({"source": name, key: _plain(count)}) for count in counts]
    return events.assign(
        actor="import", comment=pd.Series(comments, index=events.index, dtype="str")
    )


def _plain(count: float) -> float | int | None:
    if pd.isna(count):
        return None
    return int(count) if float(count).is_integer() else float(count)


def _with_log_customers(frames: Frames, findings: Findings) -> pd.DataFrame:
    events = frames["events"]
    known = frames.get("customers", pd.DataFrame({"customer_id": pd.Series(dtype="str")}))
    new = events[~events["customer_id"].isin(known["customer_id"])]
    new = new.dropna(subset=["customer_id"]).drop_duplicates("customer_id")
    if new.empty:
        return known
    findings.note(f"{len(new)} customers are known from the interaction log alone, by their id.")
    return pd.concat([known, new[["customer_id", FILE, LINE]]], ignore_index=True)
