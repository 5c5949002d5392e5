"""Account statements as a bank sends them in; raw tables of transactions and accounts out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pandas as pd

from engine import settings
from engine.bank.reading.raw_table import Budget, RawTable, Rows, huge_cell
from engine.bank.reading.typed_cells import text_of
from engine.errors import BadInput

BOOKED, PENDING, REPEATED = "booked", "pending", "in an earlier statement"
"""What the column `status` says of an entry."""

_ENTRY = (
    *("account_number", "booked_at", "amount", "currency", "status", "description"),
    *("counterparty", "payment_method", "bank_reference", "customer_name"),
)
_ACCOUNT = ("account_number", "kind", "balance", "as_of", "customer_name")
_MOST_NOTES = 5
"""Statements that do not add up and are named; the rest is counted (own choice)."""


@dataclass(frozen=True)
class Entry:
    """One line of a statement: `day` is an ISO date, a negative amount goes out."""

    day: str
    amount: Decimal
    currency: str
    description: str = ""
    counterparty: str = ""
    payment_method: str = ""
    reference: str = ""
    status: str = BOOKED


@dataclass(frozen=True)
class Statement:
    """What a bank says of one account and some days; balances are missing where it says none."""

    account: str
    currency: str
    entries: Sequence[Entry]
    kind: str = "current"
    owner: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    closing_day: str = ""

    @property
    def movements(self) -> Decimal:
        return sum((e.amount for e in self.entries if e.status == BOOKED), Decimal(0))

    @property
    def adds_up(self) -> bool | None:
        """Whether opening balance and entries give the closing one; None where one is missing."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening + self.movements == self.closing


def as_tables(
    statements: Sequence[Statement],
    file: str,
    stem: str,
    bad: Iterable[tuple[int, str]] = (),
    notes: Iterable[str] = (),
    *,
    is_signed: bool = True,
) -> list[RawTable]:
    """Transactions and accounts of the statements of one file.

    Parameters
    ----------
    statements : sequence of Statement
    file, stem : str
        As shown to people, and without its ending.
    bad : iterable of (int, str)
        Entries that cannot be read, by their number in the file, and why.
    is_signed : bool
        The format says of every entry whether it comes in, and the file does not contradict it.

    Raises
    ------
    BadInput
        If there is no statement.
    """
    if not statements:
        raise BadInput(f"{file} holds no statement of an account.")
    checks = [s.adds_up for s in statements if s.adds_up is not None]
    evidence = "its format says of every entry whether it comes in or goes out"
    if checks:
        evidence += (
            f"; opening balance and entries give the closing one, to the cent, in {sum(checks):,} "
            f"of {len(checks):,} statements"
        )
    is_signed = is_signed and (not checks or any(checks))
    rows, accounts, groups = _filled(statements, f"{file}, entries", f"{file}, accounts", bad)
    raw = rows.table(f"{stem}/transactions")
    status, more = _statuses(raw.frame, groups)
    raw = replace(
        raw,
        frame=raw.frame.assign(status=status),
        signed=evidence if is_signed else "",
        notes=(*notes, *_notes(statements, file), *(f"{file}: {note}" for note in more)),
    )
    return [raw, accounts.table(f"{stem}/accounts")]


def _filled(
    statements: Sequence[Statement], entries: str, accounts: str, bad: Iterable[tuple[int, str]]
) -> tuple[Rows, Rows, np.ndarray]:
    """Rows of transactions and of accounts, and the number of the statement of each transaction."""
    rows, held = Rows(_ENTRY, entries), Rows(_ACCOUNT, accounts)
    most, budget = settings.default().bank.max_cell_characters, Budget(entries)
    numbers: list[int] = []
    n = 0
    for number, statement in enumerate(statements):
        for n, entry in enumerate(statement.entries, start=n + 1):  # noqa: B020 - counts on
            cells = [
                *(statement.account, entry.day, text_of(entry.amount), entry.currency),
                *(entry.status, entry.description, entry.counterparty, entry.payment_method),
                *(entry.reference, statement.owner),
            ]
            budget.take(len(cells), sum(len(cell) for cell in cells if cell))
            if len(entry.description) > most:
                rows.bad.add(n, huge_cell(most))
            else:
                rows.add(n, [cell or None for cell in cells])
                numbers.append(number)
    for line, problem in bad:
        rows.bad.add(line, problem)
    for line, last in enumerate(_latest(statements), start=1):
        balance = None if last.closing is None else f"{text_of(last.closing)} {last.currency}"
        held.add(
            line, [last.account, last.kind, balance, last.closing_day or None, last.owner or None]
        )
    return rows, held, np.asarray(numbers, dtype="int64")


def _latest(statements: Sequence[Statement]) -> list[Statement]:
    """Of each account the statement that ends last."""
    latest: dict[str, Statement] = {}
    for statement in statements:
        before = latest.get(statement.account)
        if before is None or statement.closing_day >= before.closing_day:
            latest[statement.account] = statement
    return list(latest.values())


def _notes(statements: Sequence[Statement], file: str) -> list[str]:
    """Statements that do not add up."""
    wrong = [s for s in statements if s.adds_up is False]
    notes = [
        f"{file}: the statement of account ****{s.account[-4:]} to {s.closing_day} does not add "
        f"up: opening {s.opening:,.2f} and entries of {s.movements:,.2f} are not the closing "
        f"{s.closing:,.2f}; entries are missing."
        for s in wrong[:_MOST_NOTES]
    ]
    if more := len(wrong) - len(notes):
        notes.append(f"{file}: {more:,} more statements do not add up.")
    return notes


# --- entries that stand in several statements ------------------------------------------------


def _statuses(entries: pd.DataFrame, groups: np.ndarray) -> tuple[pd.Series, list[str]]:
    """The status of each entry, which says so where an earlier group has it too; what is open.

    A bank reference tells that two entries are one. Entries without one are, by their count, where
    one of two groups has all that the other has, and on days that lie within the days of a group:
    it has all entries of such a day.
    """
    booked = entries["status"] == BOOKED
    again = pd.Series(False, index=entries.index)
    keys = _keys(entries[booked], groups[booked.to_numpy()])
    again[booked] = keys.drop(columns="group").duplicated()
    whole = again.where(booked, True).groupby(groups).transform("all")
    is_sure = entries["bank_reference"].notna() | whole
    if (again & ~is_sure).any():
        is_sure[booked] |= _within(keys) | _holds_another(keys)
    repeated = again & is_sure
    notes = []
    if n_open := int((again & ~repeated).sum()):
        notes.append(
            f"{n_open:,} entries without a bank reference look the same as one of another "
            "statement of their account and day; they count as payments of their own. Import "
            "statements that do not overlap if they are not."
        )
    return entries["status"].where(~repeated, REPEATED), notes


def _keys(frame: pd.DataFrame, groups: np.ndarray) -> pd.DataFrame:
    """What tells an entry, and its group; the second of two equal ones of a group is number 1."""
    referred = frame["bank_reference"].notna()
    texts = frame["bank_reference"].where(referred, frame["description"])
    keys = frame[["account_number", "booked_at", "amount"]].assign(text=texts, own=referred)
    keys = keys.assign(group=groups)
    return keys.assign(nth=keys.groupby([*keys], dropna=False).cumcount())


def _within(keys: pd.DataFrame) -> pd.Series:
    """Entries of days after the first and before the last day of any group of their account."""
    within = pd.Series(False, index=keys.index)
    days = keys.groupby(["account_number", "group"])["booked_at"].agg(["min", "max"])
    for (account, _), (first, last) in zip(days.index, days.to_numpy(), strict=True):
        day = keys["booked_at"]
        within |= (keys["account_number"] == account) & (day > first) & (day < last)
    return within


def _holds_another(keys: pd.DataFrame) -> pd.Series:
    """Entries of groups that have all entries which an earlier group has of their account."""
    keys = keys.fillna("")  # so that two missing texts are equal
    told = keys.drop(columns="group")
    parts = {
        key: set(told.loc[rows].itertuples(index=False, name=None))
        for key, rows in keys.groupby(["account_number", "group"]).groups.items()
    }
    holders = {
        (account, later)
        for account, later in parts
        for other, earlier in parts
        if other == account and earlier < later and parts[other, earlier] <= parts[account, later]
    }
    own = zip(keys["account_number"], keys["group"], strict=True)
    return pd.Series([key in holders for key in own], index=keys.index, dtype="bool")


def joined(tables: Mapping[str, RawTable]) -> tuple[dict[str, RawTable], list[str]]:
    """Statements of several files: what stands in two of them, and the latest balances.

    Returns
    -------
    dict of str to RawTable
        Entries that an earlier file has too say so in `status`; each account is there once.
    list of str
        What has to be known of them.
    """
    tables = dict(tables)
    parts = {name: raw for name, raw in tables.items() if is_of_entries(raw)}
    if len(parts) < 2:
        return tables, []
    entries = pd.concat([raw.frame for raw in parts.values()], ignore_index=True)
    groups = np.repeat(np.arange(len(parts)), [len(raw.frame) for raw in parts.values()])
    status, notes = _statuses(entries, groups)
    for number, (name, raw) in enumerate(parts.items()):
        own = status[groups == number].to_numpy()
        tables[name] = replace(raw, frame=raw.frame.assign(status=pd.Series(own, dtype="str")))
    return _with_latest_accounts(tables), notes


def is_of_entries(raw: RawTable) -> bool:
    """Are these the entries of statements?"""
    return tuple(raw.frame.columns) == _ENTRY


def is_of_accounts(raw: RawTable) -> bool:
    """Are these the accounts of statements, of which each speaks for itself alone?"""
    return tuple(raw.frame.columns) == _ACCOUNT


def _with_latest_accounts(tables: dict[str, RawTable]) -> dict[str, RawTable]:
    """Of an account that several files have only the latest balance."""
    parts = {name: raw for name, raw in tables.items() if is_of_accounts(raw)}
    accounts = pd.concat([raw.frame.assign(table=name) for name, raw in parts.items()])
    accounts["row"] = np.concatenate([np.arange(len(raw.frame)) for raw in parts.values()])
    ordered = accounts.sort_values("as_of", kind="stable", na_position="first")
    last = ordered.drop_duplicates("account_number", keep="last")
    for name, raw in parts.items():
        kept = np.sort(last.loc[last["table"] == name, "row"].to_numpy())
        if len(kept):
            frame = raw.frame.iloc[kept].reset_index(drop=True)
            tables[name] = replace(raw, frame=frame, lines=raw.lines[kept])
        else:
            del tables[name]
    return tables
