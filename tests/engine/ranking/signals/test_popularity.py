"""Adoption rates: a slow loop says the same, and newcomers are told apart from the others."""

import numpy as np
import pandas as pd
import pytest

from engine.ranking.signals.popularity import HELD_EDGES, group_of, log_rates, occasions
from engine.ranking.temporal_split import dated_adoptions


def _slow(bank, settings):
    """Occasion by occasion, product by product."""
    holdings = bank["holdings"]
    first = {}
    for row in holdings.itertuples():
        day = row.opened_on.normalize() if pd.notna(row.opened_on) else pd.Timestamp(0)
        key = (row.customer_id, row.product_id)
        first[key] = min(first.get(key, day), day)
    adoptions = dated_adoptions(bank)
    n_groups, products = len(HELD_EDGES) + 1, list(bank.product_ids)
    taken, could = np.zeros((n_groups, len(products))), np.zeros((n_groups, len(products)))
    for (customer, day), took in adoptions.groupby(["customer", "day"]):
        name = bank.customer_ids[customer]
        before = [p for p in products if first.get((name, p), pd.Timestamp.max) < day]
        ago = (adoptions["day"].max() - day).days
        weight = 0.5 ** (ago / settings.popularity_half_life_days)
        group = int(group_of(np.array(len(before))))
        for position, product in enumerate(products):
            taken[group, position] += weight * (position in set(took["product"]))
            could[group, position] += weight * (product not in before)
    held = bank.held.sum(axis=0) + 0.5
    prior = settings.popularity_prior
    everyone = (taken.sum(axis=0) + prior * held / held.sum()) / (could.sum(axis=0) + prior)
    group_prior = settings.popularity_group_prior
    return np.log((taken + group_prior * everyone) / (could + group_prior))


def test_the_rates_are_those_of_a_slow_loop(history_bank, settings):
    np.testing.assert_allclose(
        log_rates(history_bank, settings.ranking), _slow(history_bank, settings.ranking), atol=1e-12
    )


def test_undated_holdings_were_there_before_every_occasion(history_bank):
    holdings = history_bank["holdings"]
    first = holdings.index[0]
    undated = history_bank.with_tables(
        holdings=holdings.assign(opened_on=holdings["opened_on"].mask(holdings.index == first))
    )
    found = occasions(undated)
    product = undated.product_positions(holdings["product_id"])[0]
    customer = undated.customer_positions(holdings["customer_id"])[0]
    mine = dated_adoptions(undated)
    assert not ((mine["customer"] == customer) & (mine["product"] == product)).any()
    assert len(found.day) == mine.groupby(["customer", "day"]).ngroups


def test_F104_what_newcomers_take_first_is_told_apart_from_what_others_take(history_bank, settings):
    apart = settings.ranking.model_copy(update={"popularity_group_prior": 1.0})
    rates = np.exp(log_rates(history_bank, apart))
    assert rates.shape == (len(HELD_EDGES) + 1, 6)
    second = [history_bank.product_ids.get_loc(p) for p in ("p1", "p3", "p4", "p5")]
    assert rates[1, second].sum() > rates[0, second].sum()


def test_what_all_hold_but_one_who_takes_it_beats_what_few_take(history_bank, settings):
    """Counts would say the opposite: this is why rates are of those who lacked a product."""
    n = 200
    ids = [f"c{i:03d}" for i in range(n)]
    before, later = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-06-01")
    rows = [(c, "p0", before) for c in ids]
    rows += [(c, "p1", before) for c in ids[:180]] + [(c, "p1", later) for c in ids[180:190]]
    rows += [(c, "p2", later) for c in ids[:30]]
    bank = history_bank.with_tables(
        customers=pd.DataFrame({"customer_id": ids}),
        holdings=pd.DataFrame(rows, columns=["customer_id", "product_id", "opened_on"]),
    )
    rates = log_rates(bank, settings.ranking)
    one, two = (bank.product_ids.get_loc(p) for p in ("p1", "p2"))
    assert (rates[:, one] > rates[:, two]).all()


def test_without_dated_adoptions_the_rates_are_what_is_held(small_bank, settings):
    holdings = small_bank["holdings"]
    undated = small_bank.with_tables(holdings=holdings.assign(opened_on=pd.NaT))
    rates = log_rates(undated, settings.ranking)
    held = undated.held.sum(axis=0) + 0.5
    assert np.exp(rates[0]) == pytest.approx(held / held.sum())
