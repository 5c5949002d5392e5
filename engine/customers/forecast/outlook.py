"""Profiles and the bank's choices in; one customer's outlook, or the backtest's tables, out."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.tables import attributes
from engine.customers.forecast.choose import ChosenMethod
from engine.customers.forecast.figure import forecast_of, tested
from engine.customers.forecast.series import BALANCE, FIGURES, SPENDING, trend
from engine.customers.forecast.store import ServedFigure
from engine.customers.profiles import Profiles
from engine.json_values import json_value
from engine.results.money import Backtest, Outlook
from engine.settings import ForecastSettings

_SHOWN: Final = 3
_CATEGORIES: Final = "FrequentlyUsedTransactionCategory"
_PAYMENT_MODES: Final = "FrequentlyUsedPaymentMode"
"""Source columns, kept in `attributes`, where a bank without transactions names what is used."""


def outlook(
    profiles: Profiles,
    served: Mapping[str, ServedFigure],
    customer_id: str,
    settings: ForecastSettings,
) -> Outlook:
    """What one customer's months were and what is expected of the next, in milliseconds.

    Parameters
    ----------
    served : mapping
        Figure -> series and choice of this bank (engine.customers.forecast.store.ForecastStore).

    Raises
    ------
    NotFound
        If the bank has no such customer.
    """
    bank, months = profiles.data.bank, profiles.data.months
    position = bank.customer_position(customer_id)
    currency = bank.manifest.currency
    forecasts = {
        figure: forecast_of(*served[figure], position, currency, settings) for figure in FIGURES
    }
    row = slice(position, position + 1)
    loans = trend(months.figures["loan_balance"][row, months.complete])[0][0]
    amount, count = (months.figures[f][position] for f in ("spending", "n_transactions"))
    told = months.complete & ~(np.isnan(amount) & np.isnan(count))
    activity = {"month": months.months[told], "amount": amount[told], "count": count[told]}
    categories, payment_methods = _most_used(profiles, position)
    return Outlook(
        customer_id=bank.customer_ids[position],
        currency=currency,
        as_of=bank.as_of,
        dated=months.dated,
        balance=forecasts[BALANCE],
        spending=forecasts[SPENDING],
        trends={f: forecasts[f].slope for f in FIGURES} | {"loan_balance": json_value(loans)},
        activity=pd.DataFrame(activity),
        categories=categories,
        payment_methods=payment_methods,
    )


def backtest(
    served: Mapping[str, ServedFigure], currency: str, settings: ForecastSettings
) -> tuple[Backtest, ...]:
    """The choices as tables that can be read, one for each figure that has past months."""
    return tuple(
        _readable(choice, currency, settings.level)
        for _, choice in served.values()
        if choice.tested
    )


def _readable(choice: ChosenMethod, currency: str, level: float) -> Backtest:
    table = pd.DataFrame(choice.table)
    apart = pd.DataFrame(choice.apart, columns=["month", *table.columns])
    numbers = dict.fromkeys(("mae", "smape", "relative", "beats_last_value", "coverage"), float)
    return Backtest(
        figure=choice.figure,
        label=choice.figure.capitalize(),
        currency=currency,
        level=level,
        chosen=next(row["method"] for row in choice.table if row["chosen"]),
        n_customers=choice.n_customers,
        table=table.astype(numbers),
        apart=apart.assign(month=pd.to_datetime(apart["month"])).astype(numbers),
        unusual={month[:7]: share for month, share in choice.unusual.items()},
        first=pd.Timestamp(choice.first),
        last=pd.Timestamp(choice.last),
        sentence=f"{tested(choice, currency, level).text}.",
    )


def _most_used(profiles: Profiles, position: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Categories and payment methods by number of transactions; else what the source names."""
    bank = profiles.data.bank
    rows = profiles.data.transaction_rows.of(position)
    stated = attributes(bank["customers"].iloc[position])
    spent = rows[profiles.data.spending.codes[rows] >= 0]
    codes = profiles.data.spending.codes[spent]
    names = profiles.spending.columns.to_numpy(dtype=object)
    paid = bank.rows("transactions").take(rows, ["payment_method"])["payment_method"]
    methods = paid.dropna().to_numpy(dtype=object)
    return (
        _most(names[codes[codes < len(names)]]) or _listed(stated.get(_CATEGORIES)),
        _most(methods) or _listed(stated.get(_PAYMENT_MODES)),
    )


def _most(items: np.ndarray) -> tuple[str, ...]:
    names, n = np.unique(items.astype(str), return_counts=True)
    return tuple(str(item) for item in names[np.argsort(-n, kind="stable")][:_SHOWN])


def _listed(stated: object) -> tuple[str, ...]:
    return tuple(map(str, stated)) if isinstance(stated, list) else ()
