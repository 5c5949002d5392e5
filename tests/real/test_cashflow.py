"""Recurring payments of the Czech bank, held to the standing orders that the bank has on file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers.cashflow.bookings import Bookings, bookings_of
from engine.customers.cashflow.recurring import RHYTHMS, RecurringPayments, recurring
from engine.customers.profiles import build
from engine.customers.words.texts import load_texts
from engine.settings import default
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def berka(real_banks: RealBanks, tmp_path_factory) -> tuple[Bank, Bookings, RecurringPayments]:
    bank = Bank.load(real_banks.imported("berka", tmp_path_factory.mktemp("berka") / "bank"))
    settings = default()
    consents = effective_consents(bank, settings)
    profiles = build(bank, consents=consents, texts=load_texts(settings), settings=settings)
    bookings = bookings_of(profiles, settings.cashflow)
    return bank, bookings, recurring(bookings, settings.cashflow)


def _orders(real_data: Path, bank: Bank) -> pd.DataFrame:
    """Standing orders by customer position; what was booked of each at least six times."""
    folder = real_data / "berka"
    orders = pd.read_csv(folder / "order.asc", sep=";", encoding="latin-1")
    owners = pd.read_csv(folder / "disp.asc", sep=";").query("type == 'OWNER'")
    orders = orders.merge(owners, on="account_id")
    orders["position"] = bank.customer_positions(orders["client_id"].astype("str"))
    return orders[["position", "amount"]]


def test_standing_orders_are_found_as_monthly_payments(real_data, berka):
    bank, bookings, series = berka
    orders = _orders(real_data, bank)
    paid = pd.DataFrame({"position": bookings.positions, "paid": -bookings.amounts})
    pairs = orders.reset_index().merge(paid[paid["paid"] > 0], on="position")
    hits = pairs[np.abs(pairs["paid"] - pairs["amount"]) < 1].groupby("index").size()
    booked = orders.loc[hits.index[hits >= 6]].reset_index()
    monthly = series.table[[RHYTHMS[r].words == "every month" for r in series.table["rhythm"]]]
    found = booked.merge(monthly[["position", "amount"]], on="position", suffixes=("", "_found"))
    near = np.abs(found["amount"] + found["amount_found"]) < 1
    n_found = found.loc[near, "index"].nunique()
    print(f"{n_found} of {len(booked)} standing orders booked six times or more")
    assert len(booked) > 100
    assert n_found / len(booked) >= 0.95


def test_most_of_what_goes_out_every_month_is_a_standing_order_or_a_fee(real_data, berka):
    bank, _, series = berka
    orders = _orders(real_data, bank)
    out = series.table[(series.table["amount"] < -50)].reset_index()
    pairs = out.merge(orders, on="position", suffixes=("", "_order"))
    near = np.abs(pairs["amount"] + pairs["amount_order"]) < 1
    share = pairs.loc[near, "index"].nunique() / len(out)
    print(f"{share:.3f} of {len(out)} recurring payments above 50 are standing orders")
    assert share > 0.9
