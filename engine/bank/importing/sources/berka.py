"""Berka: clients, accounts, cards, loans and transactions joined through dispositions."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.bank.ages import full_years
from engine.bank.importing.columns.mapping import FILE, LINE, Frames, lookup, placed
from engine.bank.parsing import cell_parsing, dates
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput
from engine.vocabulary import ORDERS

_NEEDED = ("account", "card", "client", "disp", "loan")
_STATEMENT = {
    "POPLATEK MESICNE": "monthly",
    "POPLATEK TYDNE": "weekly",
    "POPLATEK PO OBRATU": "after each transaction",
}
_PURPOSES = {
    "SIPO": "household payment",
    "POJISTNE": "insurance payment",
    "UVER": "loan payment",
    "LEASING": "leasing",
}
"""As the documentation of the files has them."""
_BAD_LOANS = ("B", "D")


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Join the files; loan outcomes become the label `defaulted` (B and D are bad)."""
    del frames
    if missing := [name for name in _NEEDED if name not in tables]:
        raise BadInput(f"The layout berka needs {', '.join(missing)}.asc beside the other files.")
    disp = tables["disp"]
    owner = disp.column("type") == "OWNER"
    owners = lookup(disp.column("account_id")[owner], disp.column("client_id")[owner])
    loans = _loans(tables["loan"], owners)
    cards = _cards(tables, disp)
    day = max(loans["opened_on"].max(), cards["opened_on"].max())
    if pd.isna(day):
        raise BadInput("loan.asc and card.asc have no readable dates, so no day of the data.")
    joined = {
        "customers": _customers(tables, day, loans),
        "accounts": _accounts(tables["account"], owners),
        "holdings": pd.concat([cards, _loan_holdings(loans, day)], ignore_index=True),
        "labels": _labels(loans, day),
    }
    if "order" in tables:
        joined[ORDERS] = _orders(tables["order"], owners)
    if "feup_subset/trans_test" in tables:
        joined["transactions"], joined["months"] = _transactions(
            tables["feup_subset/trans_test"], owners
        )
        findings.note(
            f"Transactions of {joined['transactions']['customer_id'].nunique()} of "
            f"{len(owners):,} accounts."
        )
    return joined


def birth(numbers: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Gender and day of birth from birth numbers YYMMDD, where a woman's month has 50 added."""
    month = cell_parsing.number(numbers.str.slice(2, 4)).fillna(0).astype("int64")
    woman = month > 50
    days = numbers.str.slice(0, 2) + (month - 50 * woman).astype("str").str.zfill(2)
    gender = pd.Series(np.where(woman, "female", "male"), index=numbers.index, dtype="str")
    gender = gender.where(month > 0)
    return gender, dates.yymmdd(days + numbers.str.slice(4, 6))


def _customers(
    tables: Mapping[str, RawTable], day: pd.Timestamp, loans: pd.DataFrame
) -> pd.DataFrame:
    raw = tables["client"]
    gender, born = birth(raw.column("birth_number").str.strip().str.zfill(6))
    customers = pd.DataFrame(
        {
            "customer_id": raw.column("client_id"),
            "audience": "retail",
            "age": full_years(born, day),
            "age_as_of": day,
            "gender": gender,
            "country": "Czech Republic",
        }
    )
    if "district" in tables:
        names = tables["district"]
        for ours, theirs in (("city", "A2"), ("region", "A3")):
            places = lookup(names.column("A1"), names.column(theirs))
            customers[ours] = raw.column("district_id").map(places)
    roles = lookup(tables["disp"].column("client_id"), tables["disp"].column("type"))
    customers["status"] = raw.column("client_id").map(roles).astype("str").str.lower()
    customers["attributes"] = _loan_terms(customers["customer_id"], loans)
    return placed(customers, raw)


def _loan_terms(ids: pd.Series, loans: pd.DataFrame) -> pd.Series:
    """Amount, duration and payments of a client's loan as JSON; never how it ended."""
    terms = loans.drop_duplicates("customer_id").set_index("customer_id")[
        ["amount", "duration", "payments"]
    ]
    texts = pd.Series(
        [
            f'{{"loan": {{"amount": {a:g}, "months": {d:g}, "payment": {p:g}}}}}'
            for a, d, p in terms.itertuples(index=False)
        ],
        index=terms.index,
        dtype="str",
    )
    return ids.map(texts)


def _accounts(raw: RawTable, owners: pd.Series) -> pd.DataFrame:
    statement = raw.column("frequency").str.strip().map(_STATEMENT)
    accounts = pd.DataFrame(
        {
            "account_id": raw.column("account_id"),
            "customer_id": raw.column("account_id").map(owners),
            "kind": "current",
            "opened_on": cell_parsing.yymmdd(raw.column("date")),
            "attributes": '{"statement": "' + statement.fillna("unknown") + '"}',
        }
    )
    return placed(accounts, raw)


def _orders(raw: RawTable, owners: pd.Series) -> pd.DataFrame:
    """Standing orders of an account's owner; of the account that is paid the end alone is kept."""
    end = raw.column("account_to").str.strip().str.slice(-4)
    orders = pd.DataFrame(
        {
            "order_id": raw.column("order_id"),
            "customer_id": raw.column("account_id").map(owners),
            "account_id": raw.column("account_id"),
            "amount": cell_parsing.number(raw.column("amount")),
            "purpose": raw.column("k_symbol").str.strip().map(_PURPOSES),
            "payee": "account ending in " + end + " at bank " + raw.column("bank_to").str.strip(),
        }
    )
    return placed(orders, raw)


def _cards(tables: Mapping[str, RawTable], disp: RawTable) -> pd.DataFrame:
    raw = tables["card"]
    clients = lookup(disp.column("disp_id"), disp.column("client_id"))
    cards = pd.DataFrame(
        {
            "customer_id": raw.column("disp_id").map(clients),
            "product_id": "card-" + raw.column("type").str.strip().str.lower(),
            "opened_on": cell_parsing.yymmdd(raw.column("issued")),
        }
    )
    return placed(cards, raw)


def _loans(raw: RawTable, owners: pd.Series) -> pd.DataFrame:
    """Loans with their owner, term, last month and status."""
    months = cell_parsing.number(raw.column("duration"))
    opened = cell_parsing.yymmdd(raw.column("date"))
    end = opened.dt.to_period("M") + months.fillna(0).astype("int64")
    loans = pd.DataFrame(
        {
            "customer_id": raw.column("account_id").map(owners),
            "opened_on": opened,
            "ends_on": end.dt.to_timestamp().astype("datetime64[us]"),
            "amount": cell_parsing.number(raw.column("amount")),
            "duration": months,
            "payments": cell_parsing.number(raw.column("payments")),
            "status": raw.column("status").str.strip(),
        }
    )
    return placed(loans, raw)


def _loan_holdings(loans: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    ended = loans["status"].isin(["A", "B"]) & (loans["ends_on"] <= day)
    holdings = loans.drop(columns=["ends_on", "amount", "duration", "payments", "status"])
    return holdings.assign(product_id="loan", closed_on=loans["ends_on"].where(ended))


def _labels(loans: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """How a loan ended, known at its end or on the data's last day."""
    known_on = loans["ends_on"].where(loans["ends_on"] <= day, day)
    value = loans["status"].isin(_BAD_LOANS).astype("float64")
    dropped = ["opened_on", "ends_on", "amount", "duration", "payments", "status"]
    return loans.drop(columns=dropped).assign(name="defaulted", value=value, known_on=known_on)


def _transactions(raw: RawTable, owners: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    out = raw.column("type").str.strip().str.startswith("withdrawal")
    amount = cell_parsing.number(raw.column("amount"))
    symbol = cell_parsing.text(raw.column("k_symbol"))
    booked_at = cell_parsing.yymmdd(raw.column("date"))
    transactions = pd.DataFrame(
        {
            "transaction_id": raw.column("trans_id"),
            "customer_id": raw.column("account_id").map(owners),
            "booked_at": booked_at,
            "amount": amount.where(~out, -amount),
            "currency": "CZK",
            "description": symbol.fillna(cell_parsing.text(raw.column("operation"))),
            "category": symbol.fillna(cell_parsing.text(raw.column("operation"))).fillna(
                raw.column("type")
            ),
            "channel": cell_parsing.text(raw.column("operation")),
        }
    )
    transactions = placed(transactions, raw)
    balance = cell_parsing.number(raw.column("balance"))
    balances = transactions.assign(
        balance=balance,
        month=dates.month_start(booked_at),
        ends=ends_a_day(transactions, balance),
    )
    last = balances.sort_values(["booked_at", "ends"], kind="stable").drop_duplicates(
        ["customer_id", "month"], keep="last"
    )
    return transactions, last[["customer_id", "month", "balance", FILE, LINE]]


def ends_a_day(transactions: pd.DataFrame, balance: pd.Series) -> np.ndarray:
    """Rows from whose balance no other of that day goes on: the file has a day in any order."""
    keys = [transactions["customer_id"], transactions["booked_at"]]
    after = pd.MultiIndex.from_arrays([*keys, (balance * 10).round()])
    before = pd.MultiIndex.from_arrays([*keys, ((balance - transactions["amount"]) * 10).round()])
    return ~after.isin(before)
