"""The cash flow of the demo bank's personas, through the one door."""

from pathlib import Path

import pytest

from engine import Engine
from engine.errors import NotFound
from engine.json_values import json_value

DEMO = Path(__file__).parents[3] / "data" / "demo"
LEO = "C00010"


@pytest.fixture(scope="module")
def engine(trained_state) -> Engine:
    return Engine.open(DEMO, trained_state)


@pytest.mark.parametrize("which", ["growth", "retention"])
def test_F49_leo_whose_spending_swings_is_offered_the_wellness_programme(engine, which):
    offers = engine.offers.recommend(LEO, list=which, k=5).offers
    offer = next(o for o in offers if o.name == "Financial Wellness Programme")
    assert offer.rank <= 3
    assert offer.parts["rules"] > 0
    assert any("the wellness rule holds" in reason for reason in offer.reasons)


def test_F49_the_rule_is_silent_for_steady_spenders(engine):
    steady = engine.snapshot().profiles.table.query("~volatile & segment != 'Unknown'").index[:20]
    parts = [
        offer.parts["rules"]
        for customer in steady
        for offer in engine.offers.recommend(customer, list="retention", k=5).offers
        if "Wellness" in offer.name
    ]
    assert not any(parts)


def test_F48_leo_is_shown_as_volatile_with_the_figure_behind_it(engine):
    found = engine.customers.cashflow(LEO)
    assert found.volatility.volatile
    assert found.volatility.value > found.volatility.threshold
    assert found.savings.rate < 0
    assert {"Rent", "Household insurance"} <= set(found.recurring["description"])
    assert (found.recurring["n"] >= 2).all()


def test_nothing_shown_is_missing(engine):
    for customer in engine.bank.customer_ids[:40]:
        found = engine.customers.cashflow(customer)
        for table in (found.recurring, found.unusual, found.calendar.drop(columns="balance_after")):
            assert not table.isna().any(axis=None)
        assert "nan" not in f"{found.summary} {found.savings.sentence} {found.volatility.sentence}"
        assert len(found.unusual) <= 5


def test_few_payments_stand_out(engine):
    unusual = [len(engine.customers.cashflow(c).unusual) for c in engine.bank.customer_ids[:60]]
    assert 0 < sum(n > 0 for n in unusual) < 10


def test_an_unknown_customer_has_no_cash_flow(engine):
    with pytest.raises(NotFound, match="nobody"):
        engine.customers.cashflow("nobody")


def test_F72_affinity_is_the_likeness_of_needs_and_products_and_is_never_called_mood(engine):
    made = engine.offers.affinity(LEO)
    table, bank = made.table, engine.bank
    assert table["end"].tolist() == ["nearest"] * 5 + ["farthest"] * 5
    assert table["affinity"].is_monotonic_decreasing and table["product_id"].is_unique
    needs = engine.snapshot().signals.needs
    mine = needs.interests_of(bank.customer_position(LEO))
    meant = set(bank["products"].query("audience in ('retail', 'any')")["product_id"])
    slow = {
        product: sum(
            share * needs.similarity[int(code), at]
            for share, code in zip(mine["share"], mine["phrase"], strict=True)
        )
        for at, product in enumerate(bank.product_ids)
        if product in meant
    }
    assert made.n_products == len(slow)
    assert table["affinity"].tolist() == pytest.approx(
        [slow[product] for product in table["product_id"]]
    )
    ordered = sorted(slow.values())
    assert table["affinity"].iloc[4] >= ordered[-5] - 1e-9
    assert table["affinity"].iloc[5] <= ordered[4] + 1e-9
    said = f"{made.meaning} {' '.join(table.columns)}".lower()
    assert "affinity" in said and "no mood" in said and "sentiment" not in said


def test_F72_nobody_who_opted_out_has_an_affinity(engine):
    allowed = engine.snapshot().consents["personalisation_allowed"].to_numpy(dtype=bool)
    opted_out = str(engine.bank.customer_ids[(~allowed).argmax()])
    made = engine.offers.affinity(opted_out)
    assert made.table.empty and made.why.startswith("No personal recommendations")
    with pytest.raises(NotFound):
        engine.offers.affinity("nobody")


def test_what_is_kept_for_the_next_who_asks_cannot_be_changed_by_one(engine):
    (offer, *_), kept = engine.offers.recommend(LEO).offers, engine.customers.profile(LEO)
    for mapping in (offer.facts, offer.parts, offer.scores, kept.metrics, kept.facts, kept.figures):
        with pytest.raises(TypeError):
            mapping["added"] = 1
        assert json_value(mapping) == {str(key): json_value(mapping[key]) for key in mapping}
