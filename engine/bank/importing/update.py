"""The rows of newer files and a bank in; the rows of its next edition, and what changed, out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import latest
from engine.bank.decision import Certainty, Decision
from engine.bank.importing.enrichment import KNOWN_SINCE, monthly_sums
from engine.bank.importing.mapping import FILE, LINE, Frames
from engine.vocabulary import FOREIGN, KEYS, REFUSED, TABLES

Mode = Literal["auto", "whole", "rows"]
"""How newer files speak of a table: as they look, as its whole content, or as further rows."""

_ROW_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    **KEYS,
    "holdings": ("customer_id", "product_id", "opened_on"),
    "consents": ("customer_id", "purpose", "recorded_at"),
    "labels": ("customer_id", "name", "known_on"),
    "contacts": ("customer_id", "contacted_at", "channel"),
}
_DAYS: Final[Mapping[str, str]] = {
    "transactions": "booked_at",
    FOREIGN: "booked_at",
    "months": "month",
    "messages": "sent_at",
    "events": "recorded_at",
    "contacts": "contacted_at",
}
"""Tables that grow by day; newer files speak of the days that they cover."""
_NEVER_GONE: Final = frozenset({"consents", "labels"})
"""What was said or happened once stays on record, whether or not a later file repeats it."""

_WHOLE: Final = 0.5
"""Share of the rows so far that come again, from which a table is taken as whole (own choice)."""
_SURE: Final = 0.9
"""Share above which that is likely and not a guess; the same far below it (own choice)."""

_AS_WHOLE: Final = "the whole table"
_AS_ROWS: Final = "further rows"

COUNTS: Final = (
    *("table", "before", "new", "changed", "gone", "after", "amount_before", "amount_after"),
)
_AMOUNTS: Final[Mapping[str, str]] = {"transactions": "amount", "accounts": "balance"}
_FILLED: Final = frozenset({"age_as_of", "as_of", "scores_estimated"})
"""Columns that follow from the day or from others: a change of them alone is none."""


@dataclass(frozen=True, eq=False)
class Changes:
    """What newer files change about a bank.

    Attributes
    ----------
    tables : DataFrame
        table, before, new, changed, gone, after (rows), amount_before, amount_after (sums of the
        amounts or balances that were restated, in the bank's currency; NaN where none was).
    columns : DataFrame
        table, column, changed (rows), most changed first.
    decisions : tuple of Decision
        For each table, whether the newer files are its whole content or further rows.
    """

    tables: pd.DataFrame
    columns: pd.DataFrame
    decisions: tuple[Decision, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain lists and dicts."""
        shown = self.tables.astype("object").where(self.tables.notna(), None)
        return {
            "tables": shown.to_dict("records"),
            "columns": self.columns.to_dict("records"),
            "readings": [asdict(decision) for decision in self.decisions],
        }


def merge(
    bank: Bank,
    new: Frames,
    columns: Mapping[str, frozenset[str]],
    mode: Mode = "auto",
    made: frozenset[str] = frozenset(),
) -> tuple[Frames, tuple[Decision, ...]]:
    """Lay the rows of newer files over those of a bank.

    Parameters
    ----------
    bank : Bank
        The edition that serves.
    new : dict of str to DataFrame
        Checked rows of the newer files, in all columns of their tables, with FILE and LINE.
    columns : mapping of str to frozenset of str
        Table -> the columns that the newer files have at all; others keep what they held.
    mode : {"auto", "whole", "rows"}
        Whether the newer files are the whole content of their tables or further rows.
    made : frozenset of str
        Tables that follow from others: who is not in these files is not gone.

    Returns
    -------
    dict of str to DataFrame
        All rows of the next edition. Rows about customers or products who are gone, are gone too.
    tuple of Decision
        For each table, whether the newer files are its whole content or further rows.
    """
    merged = earlier_rows(bank)
    decisions = []
    for table, rows in new.items():
        old = merged.get(table, rows.iloc[:0])
        places, covered = _places(table, old, rows), _covered(table, old, rows)
        rows, places = _no_older(table, old, rows, places) if table in made else (rows, places)
        decision = _reading(table, rows, places[covered] >= 0, "made" if table in made else mode)
        decisions.append(decision)
        stays = places < 0
        if decision.reading == _AS_WHOLE and table not in _NEVER_GONE:
            stays &= ~covered
        held = [c for c in TABLES[table] if c not in columns[table]]
        rows = _with_held(rows, old[held], places)
        merged[table] = pd.concat([old[stays], rows], ignore_index=True) if stays.any() else rows
    return _without_gone(merged), tuple(decisions)


def dated_objections(bank: Bank, new: Frames, moment: pd.Timestamp) -> Frames:
    """Newer rows in which an objection without a day has that of the import, when it became known.

    One that stands so far is not repeated: what was said since would be undone month by month.
    """
    if "consents" not in new:
        return new
    rows = new["consents"]
    undated = (rows["recorded_at"].isna() & (rows["status"] == REFUSED)).to_numpy()
    stands = latest(bank["consents"])
    stands = stands[stands["status"] == REFUSED]
    key = ["customer_id", "purpose"]
    known = pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(stands[key]))
    sources = rows["source"].fillna("file") + KNOWN_SINCE
    dated = rows.assign(
        recorded_at=rows["recorded_at"].mask(undated, moment),
        source=rows["source"].mask(undated, sources),
    )
    return {**new, "consents": dated[~(undated & known)].reset_index(drop=True)}


def earlier_rows(bank: Bank) -> Frames:
    """A bank's tables as if they were read from files; months that were added up are left out."""
    frames = {}
    for name, table in bank.tables.items():
        if len(table):
            place = {FILE: f"edition {bank.manifest.edition}", LINE: np.arange(1, len(table) + 1)}
            frames[name] = table.assign(**place)
    if "months" in frames and "transactions" in frames:
        frames["months"] = _given_months(frames["months"], bank["transactions"])
    return frames


def _given_months(months: pd.DataFrame, transactions: pd.DataFrame) -> pd.DataFrame:
    """Months as a source gave them: figures that equal the sums of transactions were added up."""
    keys, figures = ["customer_id", "month"], ["income", "spending", "n_transactions"]
    sums = monthly_sums(transactions)
    beside = months[keys].merge(sums, "left", keys)[figures].to_numpy(dtype="float64")
    own = months[figures].to_numpy(dtype="float64")
    if not np.isclose(own, beside, rtol=1e-9, atol=1e-6, equal_nan=True).all():
        return months
    bare = months.assign(**dict.fromkeys(figures, np.nan))
    return bare[bare[["balance", "loan_balance"]].notna().any(axis=1)]


def _places(table: str, old: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Row of `new` with the key of each old row, int64 of shape (n_old,); -1 where none has it."""
    key = list(_ROW_KEYS[table])
    both = pd.concat([old[key], new[key]], ignore_index=True)
    codes = both.groupby(key, dropna=False, sort=False).ngroup().to_numpy()
    last = pd.Series(np.arange(len(new)), index=codes[len(old) :])
    last = last[~last.index.duplicated(keep="last")]
    return last.reindex(codes[: len(old)]).fillna(-1).to_numpy(dtype="int64")


def _covered(table: str, old: pd.DataFrame, new: pd.DataFrame) -> np.ndarray:
    """Old rows of which the newer files could speak, bool of shape (n_old,)."""
    day = _DAYS.get(table)
    if day is None or new[day].isna().all():
        return np.ones(len(old), dtype=bool)
    return (old[day].isna() | old[day].between(new[day].min(), new[day].max())).to_numpy()


def _reading(
    table: str, new: pd.DataFrame, again: np.ndarray, mode: Mode | Literal["made"]
) -> Decision:
    """Are newer rows the whole content of a table (of its days), or further rows of it?"""
    n, n_again = len(again), int(again.sum())
    of_days = " of the days that it covers" if table in _DAYS else ""
    evidence = f"{n_again:,} of {n:,} rows so far{of_days} come again"
    share = n_again / n if n else 1.0
    reading = _AS_WHOLE if share >= _WHOLE else _AS_ROWS
    is_clear = share >= _SURE or share <= 1 - _SURE
    certainty = Certainty.LIKELY if is_clear else Certainty.GUESS
    if share == 1.0:
        certainty = Certainty.PROVED
        evidence = f"all {n:,} rows so far{of_days} come again" if n else "none so far"
    if mode == "made":
        reading, certainty, evidence = _AS_ROWS, Certainty.PROVED, "made from the rows of others"
    elif mode != "auto":
        reading = _AS_WHOLE if mode == "whole" else _AS_ROWS
        certainty, evidence = Certainty.PROVED, "as it was said"
    other = _AS_ROWS if reading == _AS_WHOLE else _AS_WHOLE
    return Decision(
        file=", ".join(sorted(set(new[FILE].astype("str"))))[:200],
        column="",
        about=f"what the files hold of {table}",
        reading=reading,
        certainty=certainty,
        evidence=evidence,
        others=() if certainty == Certainty.PROVED else (other,),
    )


def _no_older(
    table: str, old: pd.DataFrame, new: pd.DataFrame, places: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Without balances that are older than the one that an account has already."""
    if table != "accounts" or "as_of" not in new:
        return new, places
    again = np.flatnonzero(places >= 0)
    older = new["as_of"].to_numpy()[places[again]] < old["as_of"].to_numpy()[again]
    kept = new.drop(index=new.index[places[again[older]]]).reset_index(drop=True)
    return kept, _places(table, old, kept)


def _with_held(rows: pd.DataFrame, held: pd.DataFrame, places: np.ndarray) -> pd.DataFrame:
    """Newer rows with what was held in columns that the newer files do not have."""
    again = places >= 0
    filled = {}
    for column in held:
        cells = rows[column].copy()
        cells.iloc[places[again]] = held[column][again]
        filled[column] = cells
    return rows.assign(**filled)


def _without_gone(merged: Frames) -> Frames:
    """Without rows about customers or products who are no longer there."""
    kept = {}
    for name, rows in merged.items():
        keys = [("customer_id", "customers")]
        if name != "events":  # an event on a product that is gone stays, and is not used
            keys.append(("product_id", "products"))
        for key, table in keys:
            if key in rows and name != table and table in merged:
                rows = rows[rows[key].isin(merged[table][key])]
        kept[name] = rows.reset_index(drop=True)
    return kept


def compare(before: Bank, after: Bank, decisions: tuple[Decision, ...]) -> Changes:
    """What differs between two editions, row by row."""
    counts, columns = [], []
    for table, rows in after.tables.items():
        old = before[table]
        if rows.empty and old.empty:
            continue
        places = _places(table, old, rows)
        again = places >= 0
        one, other = old[again], rows.iloc[places[again]]
        differs = {c: _differs(one[c], other[c]) for c in TABLES[table] if c not in _FILLED}
        changed = np.logical_or.reduce(list(differs.values()))
        amounts = [np.nan, np.nan]
        if (name := _AMOUNTS.get(table)) and differs[name].any():
            amounts = [float(frame[name].to_numpy()[differs[name]].sum()) for frame in (one, other)]
        n_new = len(rows) - len(np.unique(places[again]))
        gone = int((~again).sum())
        counts.append((table, len(old), n_new, int(changed.sum()), gone, len(rows), *amounts))
        columns += [(table, column, int(rows.sum())) for column, rows in differs.items()]
    named = pd.DataFrame(columns, columns=["table", "column", "changed"])
    named = named[named["changed"] > 0].sort_values("changed", ascending=False, kind="stable")
    return Changes(
        pd.DataFrame(counts, columns=list(COUNTS)), named.reset_index(drop=True), decisions
    )


def _differs(before: pd.Series, after: pd.Series) -> np.ndarray:
    one, other = before.reset_index(drop=True), after.reset_index(drop=True)
    missing = (one.isna() & other.isna()).to_numpy()
    return ~((one == other).fillna(False).to_numpy(dtype=bool) | missing)
