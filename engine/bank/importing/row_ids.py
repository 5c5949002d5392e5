"""Rows of sources that give no ids in, rows with ids that a second import repeats out."""

import re
from typing import Final

import pandas as pd

from engine.bank.importing.columns.mapping import FILE, LINE, Frames

_MADE: Final = re.compile(r"[aetm][0-9a-f]{16}(-\d+)?")


def identify(frames: Frames) -> Frames:
    """Give ids to accounts, transactions, messages and events of sources that have none."""
    frames = dict(frames)
    for table, key in (
        ("accounts", "account_id"),
        ("transactions", "transaction_id"),
        ("messages", "message_id"),
        ("events", "event_id"),
    ):
        if table not in frames:
            continue
        rows = frames[table].reset_index(drop=True)
        made = _account_ids(rows) if table == "accounts" else _row_ids(table, rows)
        rows[key] = rows[key].fillna(made) if key in rows else made
        frames[table] = rows
    return frames


def _account_ids(rows: pd.DataFrame) -> pd.Series:
    kind = rows["kind"].fillna("account") if "kind" in rows else pd.Series("account", rows.index)
    base = rows["customer_id"] + "-" + kind
    nth = base.groupby(base).cumcount()
    return base.where(nth == 0, base + "-" + (nth + 1).astype("str"))


def _row_ids(table: str, rows: pd.DataFrame) -> pd.Series:
    """Ids that follow from a row's content, so that a second import gives the same ones."""
    content = pd.util.hash_pandas_object(rows.drop(columns=[FILE, LINE]), index=False)
    nth = content.groupby(content).cumcount()
    texts = [
        f"{table[0]}{c:016x}" + (f"-{n}" if n else "") for c, n in zip(content, nth, strict=True)
    ]
    return pd.Series(texts, index=rows.index, dtype="str")


def made_here(record_id: str, customer_id: str) -> bool:
    """Was this id made by `identify`, so that the bank would not know it?"""
    return record_id.startswith(f"{customer_id}-") or bool(_MADE.fullmatch(record_id))
