"""What people did, counted so that each figure means what its name says."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from engine.feedback.events import retraction
from engine.feedback.statistics import (
    MOST_OF_ONE_PERSON,
    decisions,
    funnel,
    interactions,
    product_statistics,
    statistics,
    training_events,
    user_statistics,
    why_left_out,
)


def imported(make, action, clicked=None, selected=None, source="log", **given):
    """An event as an importer makes it: what our columns lack stands in the comment as JSON."""
    note = {"source": source, "product_name": "Odd card"}
    note |= {k: v for k, v in (("clicked", clicked), ("selected", selected)) if v is not None}
    return make(action, actor="import", comment=json.dumps(note), **given)


def test_F157_opening_an_offer_is_one_interaction_and_is_not_a_click(make, table):
    events = table(
        make("shown", receipt_id="r1"),
        make("viewed", receipt_id="r1"),
        make("viewed", receipt_id="r1", product_id="fund"),
        make("clicked", receipt_id="r1", product_id="fund"),
        make("accepted", receipt_id="r1", product_id="fund"),
        make("viewed", receipt_id="r2"),
        make("viewed", customer_id="ben"),
    )
    found = interactions(events)
    assert len(found) == 4, "a list that was shown is none; one receipt is one opening"
    figures = user_statistics(events)
    assert figures["click_rate"] == 0.25
    assert figures["selection_rate"] == 0.25
    assert figures["n_feedback"] == 0
    assert math.isnan(figures["mean_feedback"])


def test_F158_flags_of_a_source_count_instead_of_its_actions(make, table):
    parts = dict.fromkeys(
        ("relevance", "clarity", "value", "complexity", "risk_level", "cost"), 0.2
    )
    events = table(
        imported(make, "viewed", clicked=True, selected=False, rating=0.8),
        imported(make, "viewed", clicked=True, selected=True, rating=0.6),
        imported(make, "rated", clicked=True, selected=True, rating=0.2),
        imported(make, "viewed", clicked=False, selected=False, rating=0.4, customer_id="ben"),
        imported(make, "rated", source="ratings", aspects=parts, rating=None),
    )
    assert user_statistics(events) == {
        "n_interactions": 4,
        "n_feedback": 1,
        "mean_feedback": pytest.approx(0.5),
        "click_rate": 0.75,
        "selection_rate": 0.5,
    }


def test_F158_no_events_give_no_rates(table):
    figures = user_statistics(table())
    assert figures["n_interactions"] == 0
    assert math.isnan(figures["click_rate"])


def test_F156_a_rated_product_still_appears_and_is_called_by_its_name(make, table, small_bank):
    events = table(
        make("rated", rating=0.2),
        make("rated", rating=0.4, customer_id="ben"),
        make("dismissed"),
        make("accepted", product_id="fund"),
        imported(make, "viewed", product_id="gone"),
    )
    found = product_statistics(events, small_bank).set_index("product_id")
    assert found.index.tolist() == ["card", "fund", "gone"]
    assert found["name"].tolist() == ["Travel card", "Growth fund", "Odd card"]
    assert found.loc["card", ["n", "n_rated", "n_accepted", "n_dismissed"]].tolist() == [3, 2, 0, 1]
    assert found.loc["card", "mean_rating"] == pytest.approx(0.3)
    assert found["acceptance"].tolist()[:2] == [0, 1]
    assert np.isnan(found.loc["gone", "acceptance"]), "nobody has decided"


def test_the_funnel_narrows_and_counts_pairs_not_clicks(make, table):
    events = table(
        *[make("shown", product_id=p) for p in ("card", "fund", "home", "loan")],
        make("viewed"),
        make("viewed"),
        make("viewed", product_id="fund"),
        make("accepted", product_id="fund"),
        make("purchased", product_id="fund"),
        make("accepted", product_id="save"),
    )
    assert dict(funnel(events).to_numpy()) == {
        "shown": 5,
        "viewed": 3,
        "accepted": 2,
        "purchased": 1,
    }


def test_only_the_last_decision_of_a_customer_about_a_product_counts(make, table):
    events = table(
        make("dismissed"),
        make("accepted"),
        make("accepted", product_id="fund"),
        make("purchased", product_id="fund"),
        make("postponed", customer_id="ben"),
        make("viewed", customer_id="dee"),
    )
    found = decisions(events)
    assert found.set_index(["customer_id", "product_id"])["accepted"].to_dict() == {
        ("ann", "card"): True,
        ("ann", "fund"): True,
        ("ben", "card"): False,
    }


def test_acceptance_by_segment_actor_and_reason_after_undoing(make, table, small_bank):
    undone = make("accepted", customer_id="dee")
    events = table(
        make("accepted"),
        make("dismissed", customer_id="ben", reason="unsuitable"),
        make("dismissed", customer_id="cid", actor="Raj"),
        undone,
        retraction(small_bank, undone, event_id="u", recorded_at="2025-02-01", actor="Raj"),
        make("accepted", customer_id="stranger", actor="Raj"),
    )
    segments = pd.Series(["gold", "gold", "calm", "bold", "calm", "firm"])
    found = statistics(events, small_bank, segments=segments)
    assert found.by_segment[["group", "n_decisions", "n_accepted"]].to_numpy().tolist() == [
        ["gold", 2, 1],
        ["calm", 1, 0],
    ]
    assert found.by_actor["acceptance"].tolist() == [0.5, 0.5]
    assert (found.by_actor["low"] < 0.5).all()
    assert (found.by_actor["high"] > 0.5).all()
    assert found.by_reason["reason"].tolist() == ["no reason given", "unsuitable"]
    assert found.totals["n_interactions"] == 4
    assert found.funnel["n"].tolist() == [4, 4, 2, 0]


def test_statistics_of_no_events_are_empty_tables(table, small_bank):
    found = statistics(table(), small_bank, segments=pd.Series(["x"] * 6))
    assert found.by_product.empty
    assert found.by_segment.empty
    assert found.by_reason.empty
    assert found.funnel["n"].tolist() == [0, 0, 0, 0]


def test_F89_bought_weighs_three_clicked_two_viewed_one(make, table, small_bank):
    events = table(*[make(a) for a in ("purchased", "clicked", "viewed", "accepted", "selected")])
    assert training_events(events, small_bank)["weight"].tolist() == [3, 2, 1, 3, 2]
    often = table(*[make("purchased") for _ in range(4)])
    weights = training_events(often, small_bank).groupby(["customer_id", "product_id"])["weight"]
    assert weights.sum().tolist() == [12], "F09: purchased four times"


def test_ratings_train_by_how_much_they_praise(make, table, small_bank):
    events = table(make("rated", rating=1.0), make("rated", rating=0.75))
    assert training_events(events, small_bank)["weight"].tolist() == [3.0, 1.5]


def test_what_never_trains_is_kept_and_counted_with_its_reason(make, table, small_bank):
    events = table(
        make("viewed"),
        make("shown"),
        make("dismissed"),
        make("dismissed", product_id="fund"),
        make("rated", rating=0.5),
        make("rated", rating=0.2),
        make("purchased", product_id="gone"),
        make("purchased", customer_id="nobody"),
    )
    assert len(training_events(events, small_bank)) == 1
    assert why_left_out(events, small_bank).value_counts().to_dict() == {
        "no sign of interest: dismissed": 2,
        "no sign of interest: shown": 1,
        "a rating left at its default": 1,
        "a low rating: it acts on that customer's own list": 1,
        "an unknown product": 1,
        "an unknown customer": 1,
    }
    assert training_events(table(), small_bank).empty


def test_F159_acceptance_by_place_in_the_list_and_by_arm_with_n(make, table, small_bank):
    events = table(
        make("accepted", product_id="card", rank=1),
        make("dismissed", product_id="loan", rank=2),
        make("postponed", "ben", product_id="card", rank=1),
        make("accepted", "ben", product_id="loan"),
    )
    arms = events.assign(arm=["engine", "engine", "random", None], edition=1.0)
    found = statistics(arms, small_bank)
    columns = ["group", "n_decisions", "n_accepted"]
    assert found.by_rank[columns].values.tolist() == [["1", 2, 1], ["2", 1, 0]]
    assert found.by_arm[columns].values.tolist() == [["engine", 2, 1], ["random", 1, 0]]
    assert found.by_rank["low"].iloc[0] < 0.5 < found.by_rank["high"].iloc[0]
    assert statistics(events, small_bank).by_arm.empty, "before there were arms"


def test_F154_one_persons_word_about_one_product_and_customer_has_a_most(make, table, small_bank):
    stubborn = [make("accepted", actor="Raj", product_id="card") for _ in range(40)]
    others = [make("accepted", actor=f"person {n}", product_id="card") for n in range(3)]
    trained = training_events(table(*stubborn, *others), small_bank)
    assert len(trained) == 43, "a row an event, as before"
    assert trained["weight"].iloc[:40].sum() == pytest.approx(MOST_OF_ONE_PERSON)
    assert trained["weight"].iloc[40:].tolist() == [3.0] * 3
