"""A bank without days learns from what is held; a hidden holding is seen nowhere."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.audit.grading import Judged, Verdict, not_gradable
from engine.bank.bank import Bank, Manifest
from engine.bank.hidden_holdings import NONE, without_holdings
from engine.feedback import retrain
from engine.ranking import cross_section, training
from engine.ranking.signals import popularity
from engine.ranking.signals.learned import LearnedModels
from engine.ranking.signals.popularity import stock_log_rates
from engine.settings import default


def _quiet(done: float, step: str) -> None:
    assert 0 <= done <= 1
    assert step


@pytest.fixture(scope="module")
def undated(history_bank) -> Bank:
    """Holders of p0 hold p1, holders of p2 hold p3, and a few p4 or p5; nobody knows since when."""
    return history_bank.with_tables(holdings=history_bank["holdings"].assign(opened_on=pd.NaT))


def few(bank: Bank, n: int) -> Bank:
    ids = bank.customer_ids[:n]
    holdings = bank["holdings"]
    return bank.with_tables(
        customers=bank["customers"].iloc[:n],
        holdings=holdings[holdings["customer_id"].isin(ids)].reset_index(drop=True),
    )


@pytest.fixture(scope="module")
def trained(undated, signals_of, no_interest, settings):
    return training.train(undated, signals_of, no_interest, settings, _quiet)


def test_what_goes_with_what_is_learned_without_days(trained):
    blend, fold = trained.model.blend, trained.fold
    assert blend.fitted and trained.holdout is None
    assert len(fold.rows) == 400
    assert "hidden holdings" in blend.note
    scores = np.where(fold.candidates, fold.scores(blend), -np.inf)
    found = fold.adopted[np.arange(400), scores.argmax(axis=1)].mean()
    assert found > 0.6
    assert trained.model.calibration.temperature is None


def test_each_customer_is_judged_by_what_the_others_hold(undated, signals_of, no_interest):
    folds = cross_section.folds(undated, signals_of, no_interest, default())
    rows = np.concatenate([fold.rows for fold in folds])
    assert sorted(rows) == list(range(400))
    for fold in folds:
        held = fold.signals.bank.held
        assert not (held[fold.rows] & fold.adopted).any()
        assert held[fold.rows].sum(axis=1).tolist() == [1] * len(fold.rows)
        others = np.setdiff1d(np.arange(400), fold.rows)
        assert (held[others] == undated.held[others]).all()


def test_a_small_bank_stays_near_needs_and_suitability_without_a_step(
    undated, signals_of, no_interest, settings
):
    """The fewer customers, the nearer the weights lie to those that the settings start from."""
    away = []
    for n in (5, 40, 400):
        found = training.train(few(undated, n), signals_of, no_interest, settings, _quiet)
        usual = settings.ranking.weights
        start = {
            s: usual[s] if s in ("needs", "suitability") else 0.0 for s in found.model.blend.weights
        }
        fitted = [s for s in start if s not in ("mood", "rules", "feedback")]
        away.append(sum(abs(found.model.blend.weights[s] - start[s]) for s in fitted))
    assert away[0] < away[1] < away[2]
    assert away[0] < away[2] / 2


def test_the_same_blend_is_no_better_than_itself_when_a_version_is_retrained(
    undated, signals_of, no_interest, settings
):
    """Champion and challenger have both seen the hidden holdings, or neither has."""
    found = training.train(few(undated, 60), signals_of, no_interest, settings, _quiet)
    folds = cross_section.folds(few(undated, 60), signals_of, no_interest, settings)
    lists = SimpleNamespace(of=lambda fold, blend: fold.scores(blend))
    judged = tuple(
        Judged(lists, test, fit.fitted(found.fixed, settings.ranking))
        for fit, test in training.crossed(folds)
    )
    seen = dataclasses.replace(not_gradable(), n=60)
    verdict = Verdict(found.fixed, found.model.blend, None, seen, judged=judged)
    again = dataclasses.replace(found, choice=verdict)
    _, old, new = retrain._compare(again, seen, found.model, 7)
    assert old == new > 0


def test_a_bank_where_nothing_is_held_has_fixed_weights(undated, signals_of, no_interest, settings):
    bare = undated.with_tables(holdings=undated["holdings"].iloc[:0])
    found = training.train(bare, signals_of, no_interest, settings, _quiet)
    assert not found.model.blend.fitted and found.fold is None


def test_a_number_of_products_held_has_its_own_last_product():
    """Holders of two hold a and b; holders of three also c: c is the third and never the second."""
    held = np.array([[1, 1, 0]] * 50 + [[1, 1, 1]] * 50, dtype=bool)
    rates = stock_log_rates(held, np.ones_like(held), default().ranking)
    assert rates[2, 2] > rates[1, 2]


def test_segments_that_differ_have_a_popularity_of_their_own_and_others_everybodys():
    """Segment 0 holds a alone, segment 1 b alone, where segments differ; else both alike."""
    everybody = np.ones((200, 2), dtype=bool)
    segment = np.arange(200) % 2
    apart = np.stack([segment == 0, segment == 1], axis=1)
    rates = stock_log_rates(apart, everybody, default().ranking, segment, 2)
    groups = len(rates) // 3
    assert rates[groups, 0] - rates[groups, 1] > 2 and rates[2 * groups, 1] > rates[2 * groups, 0]
    alike = np.stack([np.arange(200) % 4 < 2, np.arange(200) % 4 >= 2], axis=1)
    rates = stock_log_rates(alike, everybody, default().ranking, segment, 2)
    np.testing.assert_allclose(rates[groups : 2 * groups], rates[:groups], atol=0.02)


def test_a_segment_that_nobody_was_in_has_the_popularity_of_everybody(trained):
    models = trained.model.learned
    assert models.segments == ("Everybody",)
    assert models.segment(pd.Series(["Everybody", "Elsewhere", None])).tolist() == [0, -1, -1]
    held = np.zeros((2, 6), dtype=bool)
    found = popularity.raw(models.popularity, held, ~held, np.array([-1, 0]))
    np.testing.assert_allclose(found[0] - found[0].mean(), found[1], atol=0.2)


def test_segments_survive_saving(trained, tmp_path):
    trained.model.learned.save(tmp_path)
    assert LearnedModels.load(tmp_path).segments == ("Everybody",)


@pytest.fixture
def telling() -> Bank:
    """Ann's mortgage stands in every table, its account by the kind that an import writes; so does
    Ben's in his own."""
    both = ["ann", "ben"]
    return Bank.from_tables(
        Manifest("Telling", as_of="2024-12-31"),
        {
            "customers": pd.DataFrame(
                {"customer_id": both, "attributes": ['{"n_products": 2}', '{"uses": "Mortgage"}']}
            ),
            "products": pd.DataFrame(
                {
                    "product_id": ["HOME1", "SAVE1"],
                    "name": ["House plan", "Saver"],
                    "category": ["Mortgages", "Savings"],
                }
            ),
            "holdings": pd.DataFrame(
                {"customer_id": [*both, "ann"], "product_id": ["HOME1", "HOME1", "SAVE1"]}
            ),
            "accounts": pd.DataFrame(
                {"account_id": ["a", "b"], "customer_id": "ann", "kind": ["loan", "current"]}
            ),
            "transactions": pd.DataFrame(
                {
                    "transaction_id": ["1", "2", "3"],
                    "customer_id": ["ann", "ann", "ben"],
                    "booked_at": "2024-11-01",
                    "amount": -500.0,
                    "currency": "USD",
                    "description": ["HOUSE PLAN INSTALMENT", "Supermarket", "house plan fee"],
                }
            ),
            "months": pd.DataFrame(
                {"customer_id": both, "month": "2024-11-01", "loan_balance": 1000.0, "balance": 5.0}
            ),
            "messages": pd.DataFrame(
                {
                    "message_id": ["m", "n"],
                    "customer_id": "ann",
                    "sent_at": "2024-11-02",
                    "text": ["My House Plan is too dear", "Thank you"],
                }
            ),
            "events": pd.DataFrame(
                {
                    "event_id": ["e", "f"],
                    "recorded_at": "2024-11-02",
                    "customer_id": "ann",
                    "product_id": ["HOME1", "SAVE1"],
                    "action": "accepted",
                }
            ),
        },
    )


def test_a_hidden_holding_leaves_every_table(telling):
    found = without_holdings(telling, np.array([0, NONE]))
    assert found.held.tolist() == [[False, True], [True, False]]
    assert found["accounts"]["kind"].tolist() == ["current"]
    assert found["transactions"]["transaction_id"].tolist() == ["2", "3"]
    assert found["messages"]["message_id"].tolist() == ["n"]
    assert found["events"]["event_id"].tolist() == ["f"]
    assert found["months"]["loan_balance"].isna().tolist() == [True, False]
    assert found["months"]["balance"].notna().all()
    assert found["customers"]["attributes"].isna().all()


def test_a_row_leaves_for_the_products_name_and_not_for_its_kind_or_a_part_of_a_word(telling):
    """With a card hidden, payments by card stay; a name in the plural leaves."""
    products = telling["products"].assign(name=["Gold Card", "Saver"], category=["Cards", "Saver"])
    said = ["card payment, Aldi", "Gold Cardigan", "fee for gold cards"]
    bank = telling.with_checked(
        products=products,
        accounts=telling["accounts"].assign(kind=["card", "current"]),
        transactions=telling["transactions"].assign(description=said, customer_id="ann"),
    )
    found = without_holdings(bank, np.array([0, NONE]))
    assert found["accounts"]["kind"].tolist() == ["current"]
    assert found["transactions"]["description"].tolist() == said[:2]


def test_nothing_else_leaves_a_table(telling):
    found = without_holdings(telling, np.array([NONE, NONE]))
    for table in ("holdings", "accounts", "transactions", "messages", "events", "months"):
        pd.testing.assert_frame_equal(found[table], telling[table])


def test_what_is_hidden_is_one_holding_that_a_list_could_have_held(undated):
    hidden = cross_section.hidden_holdings(undated, 7)
    assert undated.held[np.arange(400), hidden].all()
    again = cross_section.hidden_holdings(undated, 7)
    assert (hidden == again).all()
    assert (hidden != cross_section.hidden_holdings(undated, 8)).any()
    corporate = undated.with_tables(products=undated["products"].assign(audience="corporate"))
    assert (cross_section.hidden_holdings(corporate, 7) == NONE).all()
