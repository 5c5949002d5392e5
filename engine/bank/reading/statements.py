"""Account statements as a bank sends them in; raw tables of transactions and accounts out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

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
Balances = Mapping[str, tuple[str, str]]
"""Account -> opening and closing balance, where both are known."""
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
    status, more = _statuses(raw.frame, groups, [_balances([each]) for each in statements])
    raw = replace(
        raw,
        frame=raw.frame.assign(status=status),
        signed=evidence if is_signed else "",
        balances=_balances(statements),
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


def _balances(statements: Sequence[Statement]) -> Balances:
    """Of each account the balances before the first and after the last of its statements."""
    first: dict[str, Statement] = {}
    for statement in statements:
        before = first.get(statement.account)
        if before is None or statement.closing_day < before.closing_day:
            first[statement.account] = statement
    return {
        last.account: (str(opening), str(last.closing))
        for last in _latest(statements)
        if (opening := first[last.account].opening) is not None and last.closing is not None
    }


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


def _statuses(
    entries: pd.DataFrame, groups: np.ndarray, balances: Sequence[Balances]
) -> tuple[pd.Series, list[str]]:
    """The status of each entry, which says so where an earlier group has it too; what is open.

    Where one of two groups opens with what the other closes with, they share nothing. Else a bank
    reference tells that two entries are one. Entries without one are, by their count, where one of
    two groups has all that the other has (a single entry only if both groups open or close
    alike), and on days that lie within the days of a group: it has all entries of such a day.
    """
    booked = entries["status"] == BOOKED
    again = pd.Series(False, index=entries.index)
    keys = _keys(entries[booked], groups[booked.to_numpy()])
    again[booked] = _again(keys, balances)
    is_sure = entries["bank_reference"].notna()
    if (again & ~is_sure).any():
        is_sure[booked] |= _within(keys) | _of_whole_parts(keys, balances)
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


def _again(keys: pd.DataFrame, balances: Sequence[Balances]) -> list[bool]:
    """Entries that an earlier group has too, which does not adjoin theirs."""
    told = keys.drop(columns="group").fillna("")  # so that two missing texts are equal
    before: dict[tuple[object, ...], list[int]] = {}
    again = []
    for key, group in zip(told.itertuples(index=False), keys["group"], strict=True):
        earlier = before.setdefault(key, [])
        account = key.account_number
        again.append(any(not _adjoin(balances[one], balances[group], account) for one in earlier))
        earlier.append(group)
    return again


def _adjoin(one: Balances, other: Balances, account: str) -> bool:
    """Does one of two groups open with what the other closes with, and does each move money?"""
    if account not in one or account not in other:
        return False
    (opens, closes), (begins, ends) = (map(Decimal, each[account]) for each in (one, other))
    return opens != closes and begins != ends and (closes == begins or ends == opens)


def _is_part(part: set[Any], whole: set[Any], account: str, one: Balances, other: Balances) -> bool:
    """Does a group have all entries of a part, and is that no chance?

    Two fees of a day may be alike: of a single entry the balances have to tell, by the same
    opening or closing one.
    """
    if not part <= whole or len(part) > 1:
        return part <= whole
    pairs = zip(one.get(account, ()), other.get(account, ()), strict=False)
    return any(Decimal(mine) == Decimal(theirs) for mine, theirs in pairs)


def _of_whole_parts(keys: pd.DataFrame, balances: Sequence[Balances]) -> pd.Series:
    """Entries of groups that have all of an earlier one of their account, or no more than those."""
    keys = keys.fillna("")
    told = keys.drop(columns="group")
    held: dict[str, dict[int, set[Any]]] = {}
    for (account, group), rows in keys.groupby(["account_number", "group"]).groups.items():
        own = set(told.loc[rows].itertuples(index=False, name=None))
        held.setdefault(account, {})[group] = own
    sure = set()
    for account, parts in held.items():
        for later, own in parts.items():
            said = balances[later]
            before = [
                (part, balances[group])
                for group, part in parts.items()
                if group < later and not _adjoin(balances[group], said, account)
            ]
            union = set().union(*(part & own for part, _ in before))
            if any(
                _is_part(part, own, account, theirs, said)
                or (own == union and _is_part(own, union, account, theirs, said))
                for part, theirs in before
            ):
                sure.add((account, later))
    pairs = zip(keys["account_number"], keys["group"], strict=True)
    return pd.Series([pair in sure for pair in pairs], index=keys.index, dtype="bool")


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
    status, notes = _statuses(entries, groups, [raw.balances for raw in parts.values()])
    for number, (name, raw) in enumerate(parts.items()):
        own = status[groups == number].to_numpy()
        tables[name] = replace(raw, frame=raw.frame.assign(status=pd.Series(own, dtype="str")))
    return _with_latest_accounts(tables), notes


def is_of_entries(raw: RawTable) -> bool:
    """Are these the entries of statements?"""
    return tuple(raw.frame.columns) == _ENTRY


def holds_entries(raw: RawTable) -> bool:
    """Are these the entries of statements, whatever was added to them?"""
    return set(_ENTRY) <= set(raw.frame.columns)


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
