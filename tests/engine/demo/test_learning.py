"""There is something to learn in the demo bank, and not everything can be learned."""

import numpy as np
import pandas as pd


def _split(bank, day="2025-12-31"):
    """Products held on a day and the first adoption after it, retail customers only."""
    retail = (bank["customers"]["audience"] == "retail").to_numpy()
    products = (bank["products"]["audience"] == "retail").to_numpy()
    held = bank.held_on(pd.Timestamp(day))[np.ix_(retail, products)]
    later = bank["holdings"].query("opened_on > @day").sort_values("opened_on")
    later = later.drop_duplicates("customer_id")
    rows = bank.customer_positions(later["customer_id"])
    columns = bank.product_positions(later["product_id"])
    known = retail[rows] & (columns < products.sum())
    place = np.cumsum(retail) - 1
    return held, place[rows[known]], columns[known]


def _hit_rate(scores, held, rows, columns, k=3):
    scores = np.where(held, -np.inf, scores)[rows]
    above = (scores > scores[np.arange(len(rows)), columns][:, None]).sum(axis=1)
    return (above < k).mean()


def test_F21_popularity_and_co_ownership_beat_chance_but_are_far_from_certain(demo_bank):
    held, rows, columns = _split(demo_bank)
    assert len(rows) > 300
    rng = np.random.default_rng(0)
    chance = _hit_rate(rng.random(held.shape), held, rows, columns)
    popular = _hit_rate(np.tile(held.sum(axis=0), (len(held), 1)), held, rows, columns)
    together = held.astype(float)
    gram = together.T @ together
    inverse = np.linalg.inv(gram + 20 * np.eye(len(gram)))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    alike = _hit_rate(together @ weights, held, rows, columns)
    assert 0.03 < chance < 0.15
    assert 2 * chance < popular < 0.5
    assert popular < alike < 0.6


def test_retail_customers_take_one_and_a_half_products_in_the_window(demo_bank):
    retail = demo_bank["customers"].query("audience == 'retail'")["customer_id"]
    recent = demo_bank["holdings"].query("opened_on >= '2024-07-01'")
    assert recent["customer_id"].isin(retail).sum() / len(retail) >= 1.5


def test_churn_labels_follow_falling_balances_and_open_cases(demo_bank):
    churned = demo_bank["labels"].query("name == 'churned'").set_index("customer_id")["value"]
    balance = demo_bank["months"].groupby("customer_id")["balance"]
    fell = (balance.last() < 0.5 * balance.first()).reindex(churned.index, fill_value=False)
    assert churned[fell].mean() > 2 * churned[~fell].mean()
    tickets = demo_bank["messages"]
    complaints = tickets.loc[~tickets["resolved"].fillna(True), "customer_id"]
    complained = churned.index.isin(complaints)
    assert churned[complained].mean() > 1.5 * churned[~complained].mean()
    assert churned[complained].mean() < 0.6


def test_people_write_about_what_they_spend_on(demo_bank):
    booked = demo_bank["transactions"].query("amount < 0")
    share = booked.pivot_table(
        index="customer_id", columns="category", values="amount", aggfunc="sum", fill_value=0
    )
    share = share.div(share.sum(axis=1), axis=0)
    posts = demo_bank["messages"].query("kind == 'post'")
    for topic, category in (
        ("travel", "travel"),
        ("dining", "dining"),
        ("technology", "technology"),
        ("children", "children and family"),
    ):
        writers = share.index.isin(posts.loc[posts["topics"] == topic, "customer_id"])
        assert share.loc[writers, category].mean() > 1.2 * share.loc[~writers, category].mean()


def test_accepted_offers_became_holdings_and_dismissed_ones_did_not(demo_bank):
    events = demo_bank["events"]
    opened = demo_bank["holdings"].set_index(["customer_id", "product_id"])["opened_on"]
    keys = ["customer_id", "product_id"]
    accepted = events.query("action == 'accepted'").join(opened, on=keys)
    assert (accepted["opened_on"] >= accepted["recorded_at"].dt.normalize()).all()
    dismissed = events.query("action == 'dismissed'").join(opened, on=keys)
    assert dismissed["opened_on"].isna().all()
    assert dismissed["reason"].notna().all()
    assert {"shown", "viewed", "rated"} <= set(events["action"])
