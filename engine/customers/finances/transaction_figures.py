"""Transactions in; whose each is, monthly figures and spending out, kept for the next start."""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.finances.kept_figures import Arrays, KeptFigures
from engine.customers.finances.months import (
    COLUMNS,
    Months,
    grid,
    last_day,
    monthly_figures,
    transaction_slots,
)
from engine.customers.finances.spending import Spending, spending_of
from engine.customers.row_index import CustomerRows, rows_of
from engine.models.categories import TextClassifier
from engine.vocabulary import SPENDING_CATEGORIES

TransactionFigures = tuple[CustomerRows, Months, Spending]


def transaction_figures(bank: Bank, learned: TextClassifier | None = None) -> TransactionFigures:
    """Read every transaction of the bank.

    Parameters
    ----------
    learned : TextClassifier, optional
        Names what the rules only know as "other".
    """
    rows = rows_of(bank, "transactions")
    first_days = grid(last_day(bank))
    slots = transaction_slots(bank, rows, first_days)
    months = monthly_figures(bank, rows, slots)
    return rows, months, spending_of(bank, rows, first_days, learned, slots)


def kept_transaction_figures(bank: Bank, kept: KeptFigures | None) -> TransactionFigures:
    """The same without a classifier; read from what an earlier start kept, where it still holds."""
    if kept is None:
        return transaction_figures(bank)
    made: list[TransactionFigures] = []

    def make() -> Arrays:
        made.append(transaction_figures(bank))
        return _packed(*made[0])

    arrays = kept.get("transactions", make)
    return made[0] if made else _unpacked(arrays, bank)


def _packed(rows: CustomerRows, months: Months, spending: Spending) -> Arrays:
    """Plain arrays; customers by runs of rows, since the rows of each stand together."""
    cuts = np.flatnonzero(np.diff(rows.positions, prepend=rows.positions[:1] - 1))
    return {
        "run_of": rows.positions[cuts],
        "run_length": np.diff(np.append(cuts, len(rows.positions))),
        "dated": np.array(months.dated),
        "complete": months.complete,
        **({} if months.whole is None else {"whole": months.whole}),
        **{f"month_{name}": months.figures[name] for name in COLUMNS},
        "codes": spending.codes,
        "in_window": np.packbits(spending.in_window),
        "bets": np.packbits(spending.bets),
        "monthly": spending.monthly.to_numpy(),
        "speculative": spending.speculative,
        "known": spending.known,
        "stated": spending.stated,
        "days": spending.days,
        "last_day": spending.last_day,
        "counts": spending.counts,
    }


def _unpacked(arrays: Arrays, bank: Bank) -> TransactionFigures:
    positions = np.repeat(arrays["run_of"], arrays["run_length"])
    n = len(positions)
    months = Months(
        grid(last_day(bank)),
        bool(arrays["dated"]),
        {name: arrays[f"month_{name}"] for name in COLUMNS},
        arrays["complete"],
        arrays.get("whole"),
    )
    spending = Spending(
        codes=arrays["codes"],
        in_window=np.unpackbits(arrays["in_window"], count=n).view(bool),
        bets=np.unpackbits(arrays["bets"], count=n).view(bool),
        monthly=pd.DataFrame(
            arrays["monthly"], index=bank.customer_ids, columns=list(SPENDING_CATEGORIES)
        ),
        speculative=arrays["speculative"],
        known=arrays["known"],
        stated=arrays["stated"],
        days=arrays["days"],
        last_day=arrays["last_day"],
        counts=arrays["counts"],
    )
    return CustomerRows.by(positions, bank.n_customers), months, spending
