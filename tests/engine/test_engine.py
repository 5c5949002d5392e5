"""The main path through the one door, on the demo bank."""

import datetime as dt
import shutil
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.errors import BadInput, NotFound
from engine.vocabulary import LISTS
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 15, 9, 0)


def _open(state: Path, now: dt.datetime = NOW, data: Path = DEMO) -> Engine:
    return Engine.open(data, state, now=lambda: now)


@pytest.fixture(scope="module")
def reading(trained_state: Path) -> Engine:
    """For tests that write nothing."""
    return _open(trained_state)


@pytest.fixture
def engine(demo_state: Path) -> Engine:
    return _open(demo_state)


def _answer(engine: Engine, customer: str, product: str, action: str, **more) -> str:
    event_id = str(uuid.uuid4())
    engine.feedback.record(
        event_id=event_id,
        customer_id=customer,
        product_id=product,
        action=action,
        actor="Rita",
        **more,
    )
    return event_id


def test_the_summary_says_whose_data_of_which_day_and_that_it_is_simulated(reading: Engine):
    found = reading.facts.summary()
    assert found.n_customers == 1000
    assert found.as_of == reading.bank.as_of
    assert found.model_version == "v0001"
    assert found.grade.startswith("simulated (")


@pytest.mark.parametrize("which", LISTS)
def test_F99_every_score_is_the_sum_of_its_parts(reading: Engine, which: str):
    for customer in reading.bank.customer_ids[:40]:
        for offer in reading.offers.recommend(customer, k=10, list=which).offers:
            assert sum(offer.parts.values()) == pytest.approx(offer.score, abs=1e-9)


def test_offers_are_ranked_with_confidence_reasons_and_figures(reading: Engine):
    found = reading.offers.recommend("C00001", k=7)
    assert [o.rank for o in found.offers] == list(range(1, 8))
    scores = [o.score for o in found.offers]
    assert all(0 < o.confidence < 1 and 0 <= o.fit <= 1 for o in found.offers)
    assert all(o.propensity < 0.9 for o in found.offers)
    assert all(o.reasons and len(o.short_reason) < 60 for o in found.offers)
    assert scores[0] == max(scores)


def test_F109_a_list_has_one_to_twenty_offers(reading: Engine):
    for k in range(1, 21):
        assert len(reading.offers.recommend("C00001", k=k).offers) == k
    for k in (0, 21):
        with pytest.raises(BadInput, match="1 to 20"):
            reading.offers.recommend("C00001", k=k)


def test_F103_at_most_three_of_a_category_stand_in_the_first_seven(reading: Engine):
    table = reading.offers.score(k=7)
    category = reading.bank["products"].set_index("product_id")["category"]
    counts = table.assign(category=table["product_id"].map(category)).value_counts(
        ["customer_id", "list", "category"]
    )
    assert counts.max() <= 3


def test_F102_nobody_is_offered_what_they_hold(reading: Engine):
    table = reading.offers.score(k=7)
    rows = reading.bank.customer_positions(table["customer_id"])
    columns = reading.bank.product_positions(table["product_id"])
    assert not reading.bank.held[rows, columns].any()


def test_F16_corporate_customers_get_corporate_products_only(reading: Engine):
    table = reading.offers.score(k=5)
    of_customer = reading.bank["customers"].set_index("customer_id")["audience"]
    of_product = reading.bank["products"].set_index("product_id")["audience"]
    mine, theirs = table["customer_id"].map(of_customer), table["product_id"].map(of_product)
    assert ((mine == theirs) | (theirs == "any")).all()


def test_one_customer_and_the_batch_agree(reading: Engine):
    table = reading.offers.score(k=5)
    for customer in ("C00001", "C00400", "C00999"):
        for which in LISTS:
            one = reading.offers.recommend(customer, k=5, list=which)
            batch = table[(table["customer_id"] == customer) & (table["list"] == which)]
            assert [o.product_id for o in one.offers] == batch["product_id"].tolist()
            assert [o.score for o in one.offers] == pytest.approx(batch["score"].tolist())


def test_F106_the_retention_list_opens_for_customers_who_may_leave(reading: Engine):
    churn = reading.customers.table()[["customer_id", "churn"]].set_index("customer_id")["churn"]
    leaving, staying = churn.idxmax(), churn.idxmin()
    assert churn[leaving] >= 7
    assert reading.offers.recommend(leaving).list == "retention"
    assert reading.offers.recommend(staying).list == "growth"


def test_order_by_value_puts_the_highest_expected_value_first(reading: Engine):
    offers = reading.offers.recommend("C00001", k=5, order="value").offers
    values = [o.expected_value for o in offers]
    assert values == sorted(values, reverse=True)
    with pytest.raises(BadInput, match="score, value or interests"):
        reading.offers.recommend("C00001", order="name")


def test_F104_a_new_customer_of_whom_three_facts_are_known_gets_offers(reading: Engine):
    new = reading.bank["customers"].set_index("name").loc["Noor Haddad", "customer_id"]
    assert len(reading.offers.recommend(new, k=5).offers) >= 3


def test_F27_an_unknown_customer_is_an_error_that_says_so(reading: Engine):
    for ask in (reading.offers.recommend, reading.customers.profile):
        with pytest.raises(NotFound, match="has no customer 'nobody'"):
            ask("nobody")


def test_customers_are_searched_filtered_and_sorted(reading: Engine):
    everyone = reading.customers.table()
    assert len(everyone) == 1000
    assert everyone["value_a_year"].dropna().is_monotonic_decreasing
    assert reading.customers.table(search="tara voss")["customer_id"].tolist() == ["C00001"]
    assert reading.customers.table(search="c00001")["name"].tolist() == ["Tara Voss"]
    manager = reading.customers.choices("relationship_manager")[0]
    mine = reading.customers.table(manager=manager, sort="churn")
    assert set(mine["relationship_manager"]) == {manager}
    assert mine["churn"].is_monotonic_decreasing
    assert reading.customers.table(search="(no [such customer").empty
    with pytest.raises(BadInput, match="Cannot sort"):
        reading.customers.table(sort="password")


def test_F150_an_objection_empties_every_surface_at_once(engine: Engine):
    assert engine.offers.recommend("C00001").offers
    engine.records.set_consent("C00001", "personalisation", "refused", source="call")
    found = engine.offers.recommend("C00001")
    assert not found.offers
    assert not found.personalised
    assert "opted out" in found.action
    assert "C00001" not in set(engine.offers.score(k=3)["customer_id"])
    assert pd.isna(engine.customers.table(search="C00001")["next_offer"].iloc[0])


def test_an_objection_of_one_engine_is_seen_by_another_at_once(demo_state: Path):
    one, two = _open(demo_state), _open(demo_state)
    assert two.offers.recommend("C00001").offers
    one.records.set_consent("C00001", "personalisation", "refused", source="call")
    assert not two.offers.recommend("C00001").offers


def test_F149_social_messages_count_only_with_consent(engine: Engine):
    used = engine.customers.profile("C00001").messages
    posts = used["kind"] == "post"
    assert posts.any()
    assert used.loc[posts, "used"].all()
    engine.records.set_consent("C00001", "social", "refused", source="call")
    assert not engine.customers.profile("C00001").messages.loc[posts, "used"].any()


def test_F149_what_is_posted_moves_scores_only_with_consent(engine: Engine):
    def scores(post: str) -> np.ndarray:
        engine.records.add_post(
            "C00001", submit_id=post, actor="call", platform="Instagram", text=post
        )
        row = np.array([engine.bank.customer_position("C00001")])
        return engine.snapshot().ranker.scores(row).total("growth")

    engine.records.set_consent("C00001", "social", "refused", source="call")
    before = scores("A day.")
    said = "We saved for a house and want a mortgage. This bank is awful, terrible and slow."
    np.testing.assert_array_equal(scores(said), before)
    engine.records.set_consent("C00001", "social", "granted", source="call")
    row = np.array([engine.bank.customer_position("C00001")])
    assert not np.array_equal(engine.snapshot().ranker.scores(row).total("growth"), before)


def test_F163_a_dismissed_offer_falls_for_that_customer_only(engine: Engine):
    def score(customer: str, product: str) -> float:
        bank = engine.bank
        scores = engine.snapshot().ranker.scores(np.array([bank.customer_position(customer)]))
        return scores.total("growth")[0, bank.product_position(product)]

    top = engine.offers.recommend("C00001", k=20, list="growth").offers[0]
    other = engine.offers.recommend("C00002", k=20)
    before = score("C00001", top.product_id)
    _answer(engine, "C00001", top.product_id, "dismissed", reason="too expensive", offer=top)
    assert score("C00001", top.product_id) < before - 1
    after = engine.offers.recommend("C00001", k=20, list="growth")
    assert after.offers[0].product_id != top.product_id
    for offer in after.offers:
        assert offer.product_id != top.product_id or offer.parts["feedback"] < 0
    assert engine.offers.recommend("C00002", k=20) == other


@pytest.mark.parametrize(
    ("action", "reason", "days", "hidden"),
    [
        ("postponed", "", 29, True),
        ("postponed", "", 31, False),
        ("accepted", "", 89, True),
        ("accepted", "", 91, False),
        ("dismissed", "unsuitable", 400, True),
        ("purchased", "", 400, True),
    ],
)
def test_what_a_customer_answered_hides_the_product_for_its_time(
    small_demo: Path, small_copy: Path, action: str, reason: str, days: int, hidden: bool
):
    engine = _open(small_copy, data=small_demo)
    product = engine.offers.recommend("C00001").offers[0].product_id
    _answer(engine, "C00001", product, action, reason=reason)
    later = _open(small_copy, NOW + dt.timedelta(days=days), small_demo)
    offered = {o.product_id for o in later.offers.recommend("C00001", k=20).offers}
    assert (product not in offered) is hidden


def test_one_flipped_bit_in_a_refusal_brings_no_offer_back(engine: Engine, demo_state: Path):
    product = engine.offers.recommend("C00001").offers[0].product_id
    _answer(engine, "C00001", product, "dismissed", reason="unsuitable")
    before = {o.product_id for o in engine.offers.recommend("C00001", k=20).offers}
    log = engine.snapshots.events
    content = log.path.read_bytes()
    assert content.count(b",unsuitable,") == 1
    log.path.write_bytes(content.replace(b",unsuitable,", b",tnsuitable,"))

    fresh = _open(demo_state)
    shown = fresh.offers.recommend("C00001", k=20)
    assert product not in before
    assert {o.product_id for o in shown.offers} == before
    assert "is damaged" in next(r.reason for r in shown.removed if r.product_id == product)
    assert fresh.facts.damage()["about"].tolist() == ["C00001"]
    assert fresh.facts.summary().damage.startswith("1 record is damaged")
    assert engine.facts.summary().damage == ""
    assert len(fresh.offers.recommend("C00002").offers) == len(
        engine.offers.recommend("C00002").offers
    )


def test_damage_is_looked_up_once_until_something_is_written(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    looks, damage = [], engine.facts.damage
    monkeypatch.setattr(engine.facts, "damage", lambda: (looks.append(1), damage())[1])
    assert engine.facts.summary() == engine.facts.summary()
    assert len(looks) == 1
    engine.snapshots.state.settings_saved.put("calm", "")
    assert engine.facts.summary().damage == ""
    assert len(looks) == 2


def test_undoing_brings_the_list_back(engine: Engine):
    before = engine.offers.recommend("C00001", k=5)
    event = _answer(engine, "C00001", before.offers[0].product_id, "dismissed", reason="unsuitable")
    assert engine.offers.recommend("C00001", k=5).offers != before.offers
    assert engine.feedback.undo(event, undo_id=str(uuid.uuid4()), actor="Rita")
    after = engine.offers.recommend("C00001", k=5)
    assert [o.product_id for o in after.offers] == [o.product_id for o in before.offers]
    row = engine.feedback.history("C00001").set_index("event_id").loc[event]
    assert row["retracted"]
    with pytest.raises(NotFound, match="imported ones stay"):
        engine.feedback.undo("no such event", undo_id=str(uuid.uuid4()), actor="Rita")


def test_a_repeated_submit_is_stored_once(engine: Engine):
    event = {
        "event_id": str(uuid.uuid4()),
        "customer_id": "C00001",
        "product_id": engine.offers.recommend("C00001").offers[0].product_id,
        "action": "dismissed",
        "actor": "Rita",
    }
    assert engine.feedback.record(**event)
    assert not engine.feedback.record(**event)
    assert (engine.feedback.history("C00001")["event_id"] == event["event_id"]).sum() == 1


def test_feedback_on_an_unknown_customer_or_product_is_refused(engine: Engine):
    for customer, product in (("nobody", "P01"), ("C00001", "nothing")):
        with pytest.raises(NotFound):
            _answer(engine, customer, product, "accepted")


def test_shown_is_logged_once_per_receipt_day_and_person(engine: Engine):
    shown = engine.offers.recommend("C00001", k=3)
    assert engine.feedback.record_shown(shown, actor="Rita") == 3
    assert engine.feedback.record_shown(shown, actor="Rita") == 0
    assert engine.feedback.record_shown(shown, actor="Raj") == 3


def test_an_answer_is_stored_with_the_version_that_made_the_list_not_with_the_one_that_serves(
    engine: Engine,
):
    shown = engine.offers.recommend("C00001")
    registry = engine.snapshots.registry
    old = registry.version(shown.model_version)
    with registry.retraining() as draft:
        for name in old.files:
            shutil.copy(old.folder / name, draft.folder / name)
        new = registry.commit(draft, old.facts, now=NOW)
    registry.promote(new.version_id, now=NOW)
    assert engine.offers.recommend("C00001").model_version == "v0002"

    offer = shown.offers[0]
    answer = _answer(engine, "C00001", offer.product_id, "accepted", offer=offer)
    rating = _answer(engine, "C00001", offer.product_id, "rated", rating=0.7)
    assert engine.snapshots.events.find(answer)["model_version"] == "v0001"
    assert pd.isna(engine.snapshots.events.find(rating)["model_version"]), "it answers no list"


def test_F161_retraining_writes_a_version_keeps_the_old_and_the_better_serves(
    small_demo: Path, small_copy: Path
):
    engine = _open(small_copy, data=small_demo)
    product = engine.offers.recommend("C00001").offers[0].product_id
    _answer(engine, "C00001", product, "dismissed", reason="not interested")
    steps: list[float] = []
    report = engine.models.retrain(lambda done, step: steps.append(done))
    assert report.version_id == "v0002"
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    history = engine.models.versions().set_index("version_id")
    assert set(history.index) == {"v0001", "v0002"}
    assert history["serving"].sum() == 1
    serving = history.index[history["serving"]][0]
    assert (serving == "v0002") is report.promoted
    assert report.challenger["map@7"] > 0
    assert engine.offers.recommend("C00001").offers[0].product_id != product


def test_F123_the_same_list_twice_and_in_a_new_process_is_the_same(trained_state: Path):
    one = _open(trained_state).offers.recommend("C00007", k=10)
    two = _open(trained_state).offers.recommend("C00007", k=10)
    assert one == two


def test_a_reset_starts_a_demonstration_afresh(engine: Engine):
    engine.records.set_consent("C00001", "personalisation", "refused", source="call")
    assert engine.records.reset().is_dir()
    engine.models.warm_up()
    assert engine.offers.recommend("C00001").offers
    assert engine.facts.summary().model_version == "v0001"


def test_F144_no_score_moves_when_gender_age_name_or_place_change(reading: Engine):
    found = reading.fairness.blinding()
    assert found.n_changed == 0
    assert found.table["n_customers"].min() > 900


def test_F142_fairness_compares_recipients_with_who_could_be_offered(reading: Engine):
    for attribute in reading.fairness.attributes:
        found = reading.fairness.report(attribute)
        assert found.overall["n"].sum() == found.n
        assert found.overall["rate"].between(0, 1).all()
        assert not found.table.loc[~found.table["judged"], "alert"].any()


def test_insights_name_a_count_a_segment_and_an_action(reading: Engine):
    found = reading.customers.insights()
    assert found.segments["n"].sum() == 1000
    assert found.sentences
    assert all(any(c.isdigit() for c in sentence) for sentence in found.sentences)
    assert (found.lift["low"] <= found.lift["lift"]).all()


def test_the_data_page_can_say_what_there_is(reading: Engine):
    tables = reading.facts.tables().set_index("table")
    assert tables.loc["customers", "rows"] == 1000
    assert len(tables.loc["customers", "sha256"]) == 64
    assert reading.facts.quality() is None
    settings = reading.facts.settings().set_index("setting")
    assert settings.loc["guard.max_per_category", "value"] == "3"
    assert settings["meaning"].str.len().min() > 10
    assert set(reading.models.doctor()["part"]) >= {"embeddings", "collaborative", "sentiment"}


def test_available_banks_are_listed_without_loading_them(tmp_path: Path):
    found = Engine.banks.available(tmp_path, [DEMO])
    assert found["n_customers"].tolist() == [1000]
    assert Engine.banks.available(tmp_path, [tmp_path]).empty


def test_a_folder_without_a_bank_says_how_to_get_one(tmp_path: Path):
    with pytest.raises(NotFound, match="python -m engine import"):
        Engine.open(tmp_path, tmp_path)


def test_confidences_of_the_candidates_sum_to_one(reading: Engine):
    snapshot = reading.snapshot()
    scores = snapshot.ranker.scores(np.arange(100))
    assert scores.confidence.sum(axis=1) == pytest.approx(1.0)
