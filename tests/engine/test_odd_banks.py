"""Banks that hold next to nothing, or odd ids: every answer is an answer or a clear error."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.bank.bank import Bank, Manifest
from engine.errors import BadInput
from engine.results import Campaign
from engine.vocabulary import LISTS

NOW = dt.datetime(2026, 7, 15, 9, 0)
ODD_CUSTOMERS = ["00123", "a,b", 'q"x', "O'Neil", "ünï 漢字", "NA", "nan", " lead", "=1+1"]
ODD_PRODUCTS = ["007", "p,1", 'p"2', "ß", "None", "NA"]


def _customers(ids: list[str], **more: object) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": ids, **more})


def _products(ids: list[str], **more: object) -> pd.DataFrame:
    return pd.DataFrame({"product_id": ids, "name": [f"Product {i}" for i in ids], **more})


BANKS = {
    "nothing": {},
    "no products": {"customers": _customers(["a", "b"])},
    "no customers": {"products": _products(["p", "q"], category=["Loan", "Card"])},
    "one of each": {"customers": _customers(["a"]), "products": _products(["p"])},
    "companies, but products for people": {
        "customers": _customers(["a", "b"], audience="corporate"),
        "products": _products(["p", "q"], audience="retail"),
    },
    "everything held": {
        "customers": _customers(["a"]),
        "products": _products(["p", "q"]),
        "holdings": pd.DataFrame({"customer_id": ["a", "a"], "product_id": ["p", "q"]}),
    },
    "everybody objects": {
        "customers": _customers(["a"]),
        "products": _products(["p", "q"]),
        "consents": pd.DataFrame(
            {"customer_id": ["a"], "purpose": ["personalisation"], "status": ["refused"]}
        ),
    },
    "products without a name": {
        "customers": _customers(["a"]),
        "products": pd.DataFrame({"product_id": ["p", "q"]}),
    },
    "rows of strangers": {
        "customers": _customers(["a"]),
        "products": _products(["p"]),
        "holdings": pd.DataFrame({"customer_id": ["z"], "product_id": ["y"]}),
        "messages": pd.DataFrame({"message_id": ["1"], "customer_id": ["z"], "kind": ["ticket"]}),
    },
    "odd ids": {
        "customers": _customers(ODD_CUSTOMERS, name=ODD_CUSTOMERS),
        "products": _products(ODD_PRODUCTS, category=["C,1", 'C"2', None, "ß", "None", "NA"]),
    },
}


@pytest.fixture(scope="module", params=BANKS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    tmp_path = tmp_path_factory.mktemp("bank")
    manifest = Manifest(request.param, currency="JPY", as_of="2026-06-30")
    Bank.from_tables(manifest, BANKS[request.param]).save(tmp_path / "bank")
    found = Engine.open(tmp_path / "bank", tmp_path / "state", now=lambda: NOW)
    found.models.warm_up()
    return found


def _asked(engine: Engine) -> Iterator[object]:
    yield engine.facts.summary()
    for column in ("churn", "mood", "last_contact", "next_offer"):
        yield engine.customers.table(sort=column)
    yield engine.customers.table(search='a,"(')
    yield engine.customers.choices("segment")
    yield json.dumps(engine.days.today().to_json(), allow_nan=False)
    yield from (engine.days.card(customer) for customer in engine.bank.customer_ids)
    yield from (engine.days.timeline(customer) for customer in engine.bank.customer_ids)
    made = engine.campaigns.plan(Campaign("Autumn", most=1, budget=9.0, hold_out=0))
    assert made.basis == "fit" and len(made.table) <= 1
    assert made.table[["confidence", "propensity", "expected_value"]].isna().all(axis=None)
    assert "expected to take" not in made.sentence and made.detectable != made.detectable
    assert any("no expected value is known" in note for note in made.notes)
    yield json.dumps(made.to_json(), allow_nan=False)
    yield engine.campaigns.export(made, "xlsx")
    yield engine.campaigns.side_by_side([made, made])
    yield engine.offers.score(k=20)
    yield engine.offers.score(customers=[])
    yield engine.feedback.history()
    yield engine.feedback.statistics()
    yield engine.models.versions()
    yield engine.customers.insights()
    yield from (engine.fairness.report(attribute) for attribute in engine.fairness.attributes)
    yield engine.fairness.blinding()
    yield engine.facts.tables()
    yield engine.models.retrain()


def test_every_question_has_an_answer(engine: Engine):
    assert all(answer is not None for answer in _asked(engine))


def test_every_customer_has_lists_and_a_record_that_json_can_hold(engine: Engine):
    for customer in engine.bank.customer_ids:
        json.dumps(engine.customers.profile(customer).to_json(), allow_nan=False)
        for which in LISTS:
            for order in ("score", "value"):
                found = engine.offers.recommend(customer, k=20, list=which, order=order)
                json.dumps(found.to_json(), allow_nan=False)
                assert found.offers or found.removed or found.action or not engine.bank.n_products


def test_feedback_on_the_last_product_changes_only_that_pair(engine: Engine):
    bank = engine.bank
    if not (bank.n_customers and bank.n_products):
        return
    event = str(uuid.uuid4())
    customer, product = bank.customer_ids[-1], bank.product_ids[-1]
    engine.feedback.record(
        event_id=event,
        customer_id=customer,
        product_id=product,
        action="dismissed",
        actor='R, "x"\n',
        reason="unsuitable",
    )
    assert product not in {o.product_id for o in engine.offers.recommend(customer, k=20).offers}
    history = engine.feedback.history(customer)
    assert history["event_id"].tolist() == [event]
    assert history["customer_id"].tolist() == [customer]


def test_a_list_or_a_customer_named_twice_counts_once_and_wrong_numbers_are_refused(
    engine: Engine,
):
    ids = list(engine.bank.customer_ids[:1])
    once = engine.offers.score(customers=ids, lists=("growth",), k=3)
    pd.testing.assert_frame_equal(
        engine.offers.score(customers=ids * 2, lists=("growth", "growth"), k=3), once
    )
    for k in (0, -1, 10**9):
        with pytest.raises(BadInput, match="1 to 20"):
            engine.offers.score(k=k)
    with pytest.raises(BadInput, match="at least one list"):
        engine.offers.score(lists=())


def test_questions_levers_and_takers_answer_too(engine: Engine):
    bank = engine.bank
    assert engine.levers.effect({"ranking.objective_times": 2.0}).n == bank.n_customers
    for customer in bank.customer_ids[-1:]:
        found = engine.scenarios.what_if(
            customer, metrics={"churn": 9.0}, mood=-1.0, add_needs=["buy a boat"], k=20
        )
        assert np.isfinite(found.table["score"].to_numpy(dtype=float)).all()
        for product in bank.product_ids[-1:]:
            json.dumps(engine.scenarios.why_not(customer, product).to_json(), allow_nan=False)
            if not engine.offers.recommend(customer).personalised:
                with pytest.raises(BadInput, match="opted out"):
                    engine.scenarios.explain(customer, product)
                continue
            score = engine.scenarios.explain(customer, product).score
            again = engine.scores.get().ranker.scores(np.array([bank.n_customers - 1]))
            which = engine.scenarios.explain(customer, product).list
            assert score == pytest.approx(float(again.total(which)[0, -1]), abs=1e-9)
    for product in bank.product_ids[-1:]:
        found = engine.prospects.of(product)
        assert len(found.table) == found.n_matching <= found.n_allowed <= bank.n_customers
    assert engine.receipts.verify().sound


@pytest.mark.parametrize("k", [0, -1, 10**6])
def test_a_what_if_has_as_many_products_as_a_list(engine: Engine, k: int):
    for customer in engine.bank.customer_ids[:1]:
        with pytest.raises(BadInput, match="1 to 20"):
            engine.scenarios.what_if(customer, k=k)
