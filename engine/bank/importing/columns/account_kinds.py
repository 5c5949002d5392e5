"""Accounts, customers and payments in; what kind each account is, as far as anything says, out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.bank.decision import Certainty, Decision, counted
from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.column_matching import (
    ACCOUNT,
    BALANCE,
    RUNNING_BALANCE,
    Match,
)
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.parsing import currencies
from engine.bank.parsing.words import TIED_MONEY
from engine.bank.reading.raw_table import RawTable
from engine.vocabulary import ACCOUNT_KINDS

Tables = dict[str, RawTable]
Matches = dict[str, Match]

KIND = "kind of account"
"""Column that is added to a raw table whose columns say, between them, what each account is."""
CURRENT = "current"

_OF_ACCOUNTS = (
    "account_type", "type_of_account", "subtype", "account_subtype", "sub_type",
    "cash_account_type", "account_product", "product", "product_name", "product_type",
    "scheme_type", "account_name", "official_name", "account_description",
)  # fmt: skip
"""Names of columns that may say what an account is, the surest first."""
_BARE = ("type", "kind", "name", "nickname", "description")
"""The same of columns that say it only where most of their cells do."""
_MOST = 0.5
_ALL = 0.9
"""Share of the cells that say a kind of account (own choice)."""
_DEPOSITS = frozenset({CURRENT, "savings", "deposit", ""})
"""Kinds whose money a customer's one balance may be; "" is a kind that is not said."""
_NEUTRAL = frozenset({"balance", "account", "accounts", "credit"})


def _kinds(cells: pd.Series) -> pd.Series:
    """Kind of account of each cell; missing where it says none of ours."""
    said = PARSERS["account_kind"](cells)
    return said.where(said.isin(ACCOUNT_KINDS))


def _are_tied(cells: pd.Series) -> pd.Series:
    """Where a cell says that the money is tied until old age: no other column makes it savings."""
    return cells.str.contains(TIED_MONEY).fillna(False).astype(bool)


def kind_named(name: str) -> str:
    """The kind of account that the name of a file or of a column says; empty where it says none."""
    said = _kinds(pd.Series([synonyms.normal(name).replace("_", " ")], dtype="str"))
    return "" if said.isna().all() else str(said.iloc[0])


def _candidates(raw: RawTable, match: Match, least: float, bare: Sequence[str]) -> list[str]:
    """Free columns that may say what an account is, of whose cells enough do, the surest first."""
    names = (*_OF_ACCOUNTS, *bare)
    free = {synonyms.spelled(synonyms.normal(c)): c for c in raw.frame if c not in match.columns}
    found = []
    for name in names:
        if (column := free.get(synonyms.spelled(name))) is None:
            continue
        said = raw.frame[column].dropna()
        if len(said) and _kinds(said).notna().mean() >= least:
            found.append(column)
    return found


def with_kinds(raw: RawTable, match: Match) -> tuple[RawTable, Match, list[Decision]]:
    """A table of accounts with the kind of each where a further column, or its own name, says it.

    "depository" says nothing; "savings" in the column beside it does.
    """
    theirs = {ours: column for column, ours in match.columns.items()}
    own = raw.frame[theirs["kind"]] if "kind" in theirs else None
    told = pd.Series(None, index=raw.frame.index, dtype="str") if own is None else _kinds(own)
    before, used = int(told.notna().sum()), list[str]()
    tied = _are_tied(own) if own is not None else pd.Series(False, index=told.index)
    for column in _candidates(raw, match, 0, ()) + _candidates(raw, match, _MOST, _BARE):
        tied |= _are_tied(raw.frame[column])
        more = told.fillna(_kinds(raw.frame[column])).mask(tied)
        if more.notna().sum() > told.notna().sum() and column not in used:
            told, used = more, [*used, column]
    file_says = kind_named(raw.name)
    if own is None and not used and file_says:
        told, used = told.fillna(file_says), ["its name"]
    if int(told.notna().sum()) == before:
        return raw, match, []
    columns = {c: ours for c, ours in match.columns.items() if ours != "kind"}
    frame = raw.frame.assign(**{KIND: told.astype("str")})
    said = ", ".join(f"{n:,} {kind}" for kind, n in told.value_counts().items())
    n_open = int(told.isna().sum())
    rest = f"; of {counted(n_open, 'account')} nothing says it" if n_open else ""
    where = "the name of the file says so" if used == ["its name"] else f"{', '.join(used)} says so"
    decision = Decision(raw.file, "", "kind of account", said + rest, Certainty.LIKELY, where)
    return replace(raw, frame=frame), Match(match.table, {**columns, KIND: "kind"}), [decision]


def of_customers(raw: RawTable, match: Match) -> tuple[RawTable, Match, Decision] | None:
    """Accounts of a file of customers that says what account the balance is of, or has a balance
    for each kind; None where the balance is of no kind that is said."""
    theirs = {ours: column for column, ours in match.columns.items()}
    if match.table != "customers" or "customer_id" not in theirs:
        return None
    owner, parts, lines = theirs["customer_id"], list[pd.DataFrame](), list[np.ndarray]()
    if BALANCE in theirs:
        says = _candidates(raw, match, _MOST, ())
        own = synonyms.normal(theirs[BALANCE])
        balances = {theirs[BALANCE]: _kinds(raw.frame[says[0]])} if says else {}
        why = f"column {says[0]} says what account each balance is of" if says else ""
        if not says and own.startswith(f"{CURRENT}_"):
            balances = {c: _constant(raw, kind) for c, kind in _named(raw, match).items()}
            balances |= {theirs[BALANCE]: _constant(raw, CURRENT)} if balances else {}
            why = "the names of the columns say so"
    else:
        balances = {c: _constant(raw, kind) for c, kind in _named(raw, match).items()}
        why = "the names of the columns say so"
    said_in = {currencies.of_header(column).code for column in balances}
    balance = next(iter(balances), "")  # its name may say the currency
    for column, kinds in balances.items() if len(said_in) == 1 else ():
        cells = {owner: raw.frame[owner], balance: raw.frame[column], KIND: kinds}
        rows = raw.frame[column].notna().to_numpy()
        parts.append(pd.DataFrame(cells)[rows])
        lines.append(raw.lines[rows])
    if not parts:
        return None
    frame = pd.concat(parts, ignore_index=True).astype("str")
    made = replace(
        raw, name=f"{raw.name} accounts", frame=frame, lines=np.concatenate(lines),
        bad_lines=(), n_bad_lines=0,
    )  # fmt: skip
    said = ", ".join(f"{n:,} {kind}" for kind, n in frame[KIND].value_counts().items())
    n_open = int(frame[KIND].isna().sum())
    said += f"; of {counted(n_open, 'account')} nothing says it" if n_open else ""
    columns = ", ".join(balances)
    decision = Decision(raw.file, columns, "kind of account", said, Certainty.LIKELY, why)
    targets = {owner: "customer_id", balance: "balance", KIND: "kind"}
    return made, Match("accounts", targets), decision


def without_balance(match: Match) -> Match:
    """The same without a balance, which stands in accounts of its own."""
    columns = {column: ours for column, ours in match.columns.items() if ours != BALANCE}
    return Match(match.table, columns)


def _constant(raw: RawTable, kind: str) -> pd.Series:
    return pd.Series(kind, index=raw.frame.index, dtype="str")


def _named(raw: RawTable, match: Match) -> dict[str, str]:
    """Free columns such as "savings_balance" with figures, and the kind that the name says."""
    found = {}
    for column in (c for c in raw.frame if c not in match.columns):
        words = synonyms.without_currency(synonyms.normal(column)).split("_")
        rest = [word for word in words if word not in _NEUTRAL]
        if "balance" not in words or len(rest) != 1 or not (kind := kind_named(rest[0])):
            continue
        cells = PARSERS["text"](raw.frame[column]).dropna()
        if len(cells) and PARSERS["number"](cells).notna().mean() >= _ALL:
            found[column] = kind
    return found if len(set(found.values())) == len(found) else {}


def without_repeated(tables: Tables, matches: Matches) -> tuple[Matches, list[Decision], Tables]:
    """Balances of customers whose accounts have balances as well: those of the accounts count."""
    known = pd.concat(
        [_balances_of(tables[n], m) for n, m in matches.items() if m.table == "accounts"]
        or [pd.Series(dtype="float64")]
    )
    sums = known.groupby(level=0).sum(min_count=1)
    tables, matches, decisions = dict(tables), dict(matches), []
    for name, match in list(matches.items()):
        theirs = {ours: column for column, ours in match.columns.items()}
        if match.table != "customers" or BALANCE not in theirs or name not in tables:
            continue
        raw, column = tables[name], theirs[BALANCE]
        ids = PARSERS["identity"](raw.frame[theirs["customer_id"]])
        values = PARSERS["number"](raw.frame[column])
        has_both = (ids.isin(sums.index) & values.notna()).to_numpy()
        if not has_both.any():
            continue
        if has_both[values.notna()].all():
            matches[name] = without_balance(match)
        else:
            cells = {f"{column} as written": raw.frame[column]}
            cells[column] = raw.frame[column].mask(has_both)
            tables[name] = replace(raw, frame=raw.frame.assign(**cells))
        equal = (ids[has_both].map(sums) - values[has_both]).abs() < 0.006
        evidence = (
            f"their accounts have balances of their own, whose sum is the same for "
            f"{int(equal.sum()):,} of {counted(len(equal), 'customer')}"
        )
        certainty = Certainty.PROVED if equal.all() else Certainty.LIKELY
        reading = f"of {counted(len(equal), 'customer')} counts once, as that of the accounts"
        decisions.append(Decision(raw.file, column, "balance", reading, certainty, evidence))
    return matches, decisions, tables


def _balances_of(raw: RawTable, match: Match) -> pd.Series:
    """Balance of each account that may be a deposit; the customer is the index."""
    theirs = {ours: column for column, ours in match.columns.items()}
    if "balance" not in theirs or "customer_id" not in theirs:
        return pd.Series(dtype="float64")
    values = PARSERS["number"](raw.frame[theirs["balance"]])
    values.index = pd.Index(PARSERS["identity"](raw.frame[theirs["customer_id"]]))
    kinds = _kinds(raw.frame[theirs["kind"]]).fillna("") if "kind" in theirs else None
    keep = values.notna().to_numpy() & values.index.notna()
    return values[keep if kinds is None else keep & kinds.isin(_DEPOSITS).to_numpy()]


def with_account_each(raw: RawTable, match: Match) -> tuple[RawTable, Match]:
    """Payments with a running balance and no account, of which a column says the kind of account:
    each customer's accounts of a kind are one."""
    theirs = {ours: column for column, ours in match.columns.items()}
    if match.table != "transactions" or RUNNING_BALANCE not in theirs or ACCOUNT in theirs:
        return raw, match
    says = _candidates(raw, match, _ALL, ())
    if not says or "customer_id" not in theirs or raw.frame[says[0]].nunique() < 2:
        return raw, match
    owner = raw.frame[theirs["customer_id"]].fillna("")
    account = (owner + " " + raw.frame[says[0]].fillna("")).astype("str")
    columns = {**match.columns, "account by its kind": ACCOUNT}
    return replace(raw, frame=raw.frame.assign(**{"account by its kind": account})), Match(
        match.table, columns
    )


def of_payments(raw: RawTable, match: Match) -> pd.Series:
    """Kind of the account of each payment: as a column or the file's name says, else current."""
    says = _candidates(raw, match, _ALL, ())
    if says:
        return _kinds(raw.frame[says[0]]).astype("str")
    return _constant(raw, kind_named(raw.name) or CURRENT)


def kinds_told(raw: RawTable, made: RawTable, match: Match) -> list[Decision]:
    """What is said of accounts that were made from payments and are no current accounts."""
    column = next(c for c, ours in match.columns.items() if ours == "kind")
    kinds = made.frame[column]
    if (kinds == CURRENT).all():
        return []
    said = ", ".join(f"{n:,} {kind}" for kind, n in kinds.value_counts().items())
    evidence = "a column or the name of the file says so"
    return [Decision(raw.file, "", "kind of account", said, Certainty.LIKELY, evidence)]
