"""The rows of newer files and a bank in; the rows of its next edition, and what changed, out."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import latest
from engine.bank.decision import Certainty, Decision, counted
from engine.bank.importing.columns.mapping import FILE, LINE, Frames
from engine.bank.importing.enrichment import KNOWN_SINCE, monthly_sums
from engine.vocabulary import FOREIGN, KEYS, ORDERS, REFUSED, TABLES

Mode = Literal["auto", "whole", "rows"]
"""How newer files speak of a table: as they look, as its whole content, or as further rows."""

_ROW_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    **KEYS,
    "holdings": ("customer_id", "product_id", "opened_on"),
    "consents": ("customer_id", "purpose", "recorded_at"),
    "labels": ("customer_id", "name", "known_on"),
    "contacts": ("customer_id", "contacted_at", "channel"),
    ORDERS: ("customer_id", "order_id", "account_id", "payee", "purpose"),
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
    accounts: Mapping[str, str] | None = None,
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
    accounts : mapping of str to str, optional
        File of transactions, newer or earlier -> its column of the account, which is kept with the
        rows.

    Returns
    -------
    dict of str to DataFrame
        All rows of the next edition. Rows about customers or products who are gone, are gone too.
    tuple of Decision
        For each table, whether the newer files are its whole content or further rows; a table
        that grows by day is judged file by file, for the customers that the file names.
    """
    merged = earlier_rows(bank)
    decisions = []
    for table, rows in new.items():
        old = merged.get(table, rows.iloc[:0])
        places = _places(table, old, rows)
        rows, places = _no_older(table, old, rows, places) if table in made else (rows, places)
        by_file = mode == "auto" and table in _DAYS and table not in made
        parts = _parts(table, old, rows, accounts or {}) if by_file else []
        stays, read_as = places < 0, []
        for part, covered in parts or [(rows, _covered(table, old, rows))]:
            again = places[covered] >= 0
            read_as.append(_Reading(table, part, again, "made" if table in made else mode))
            if read_as[-1].is_whole and table not in _NEVER_GONE:
                stays &= ~covered
        decisions += _decided(table, read_as)
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


def _parts(
    table: str, old: pd.DataFrame, new: pd.DataFrame, accounts: Mapping[str, str]
) -> list[tuple[pd.DataFrame, np.ndarray]]:
    """Rows of every newer file, and the old rows of which it could speak: those of its days that
    are of its own customers, and of its own accounts where both name them."""
    customers = pd.Index(new["customer_id"].unique())
    codes = customers.get_indexer(pd.Index(old["customer_id"]))
    maybe = np.flatnonzero((codes >= 0) & _covered(table, old, new))
    parts = []
    for file, rows in new.groupby(FILE, sort=False, observed=True):
        is_own = np.zeros(len(customers), dtype=bool)
        is_own[customers.get_indexer(pd.Index(rows["customer_id"].unique()))] = True
        theirs = maybe[is_own[codes[maybe]]]
        mine = old.iloc[theirs]
        spoken = _covered(table, mine, rows)
        column = accounts.get(str(file)) if "attributes" in rows else None
        if column:
            named = attribute(rows, column)
            if named.notna().all():
                before = attribute(mine, column)
                for other in {*accounts.values()} - {column}:
                    before = before.fillna(attribute(mine, other))
                spoken = spoken & (before.isna() | before.isin(named)).to_numpy()
        covered = np.zeros(len(old), dtype=bool)
        covered[theirs[spoken]] = True
        parts.append((rows, covered))
    return parts


def attribute(rows: pd.DataFrame, column: str) -> pd.Series:
    """What is kept with rows of one column of their file, as it stands in the JSON."""
    pattern = rf'{re.escape(json.dumps(column, ensure_ascii=False))}: "((?:[^"\\]|\\.)*)"'
    return rows["attributes"].astype("str").str.extract(pattern, expand=False)


@dataclass(frozen=True)
class _Reading:
    """Are the rows of newer files all of a table, of its days and customers, or further rows?"""

    table: str
    new: pd.DataFrame
    again: np.ndarray
    mode: Mode | Literal["made"]

    @property
    def share(self) -> float:
        """Of the rows so far that come again."""
        return float(self.again.mean()) if len(self.again) else 1.0

    @property
    def is_whole(self) -> bool:
        return self.mode == "whole" or (self.mode == "auto" and self.share >= _WHOLE)

    @property
    def certainty(self) -> Certainty:
        if self.mode != "auto" or self.share == 1.0:
            return Certainty.PROVED
        is_clear = self.share >= _SURE or self.share <= 1 - _SURE
        return Certainty.LIKELY if is_clear else Certainty.GUESS


def _decided(table: str, readings: list[_Reading]) -> list[Decision]:
    """One decision for all files that were read in one way and are as sure."""
    alike: dict[tuple[bool, Certainty], list[_Reading]] = {}
    for reading in readings:
        alike.setdefault((reading.is_whole, reading.certainty), []).append(reading)
    return [_decision(table, *said, of) for said, of in alike.items()]


def _decision(
    table: str, is_whole: bool, certainty: Certainty, readings: list[_Reading]
) -> Decision:
    again = np.concatenate([reading.again for reading in readings])
    n, n_again, mode = len(again), int(again.sum()), readings[0].mode
    of_days = " of the days and customers that they cover" if table in _DAYS else ""
    evidence = f"{n_again:,} of {counted(n, 'row')} so far{of_days} come again"
    if mode == "made":
        evidence = "made from the rows of others"
    elif mode != "auto":
        evidence = "as it was said"
    elif certainty == Certainty.PROVED:
        evidence = f"all of {counted(n, 'row')} so far{of_days} come again" if n else "none so far"
    reading, other = (_AS_WHOLE, _AS_ROWS) if is_whole else (_AS_ROWS, _AS_WHOLE)
    files = {str(file) for one in readings for file in one.new[FILE].unique()}
    return Decision(
        file=", ".join(sorted(files))[:200],
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
