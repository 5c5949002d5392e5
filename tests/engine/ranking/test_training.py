import dataclasses

import numpy as np
import pandas as pd
import pytest

from engine.errors import StateError
from engine.ranking import training
from engine.ranking.ranker import Model, Ranker
from engine.settings import load
from engine.vocabulary import MARKETING, PERSONALISATION, PURPOSES


def _quiet(done: float, step: str) -> None:
    assert 0 <= done <= 1
    assert step


@pytest.fixture(scope="module")
def trained(history_bank, signals_of, no_interest, settings):
    return training.train(history_bank, signals_of, no_interest, settings, _quiet)


def test_what_goes_with_what_is_learned_from_dated_adoptions(trained, history_bank, signals_of):
    assert trained.n_adoptions == 400
    assert trained.model.blend.fitted
    fold = trained.holdout
    hit = fold.adopted[
        np.arange(len(fold.rows)),
        np.where(fold.candidates, fold.scores(trained.model.blend), -np.inf).argmax(axis=1),
    ]
    assert hit.mean() > 0.6


def test_no_fold_sees_its_own_adoptions(trained):
    fold = trained.holdout
    assert not (fold.adopted & fold.signals.bank.held[fold.rows]).any()
    assert fold.signals.bank.as_of < fold.since


def test_confidence_is_calibrated_and_propensity_is_smaller(trained, history_bank, signals_of):
    ranker = Ranker(signals_of(history_bank, trained.model.learned), trained.model)
    scores = ranker.scores(np.arange(50))
    assert scores.confidence.sum(axis=1) == pytest.approx(1.0)
    assert (scores.propensity <= 1).all()
    assert trained.model.calibration.horizon_days <= 90


def test_F99_parts_and_objective_sum_to_the_total(trained, history_bank, signals_of):
    ranker = Ranker(signals_of(history_bank, trained.model.learned), trained.model)
    scores = ranker.scores(np.array([3, 7]))
    for which in ("growth", "retention"):
        for row in (0, 1):
            for product in range(6):
                parts = scores.parts_of(which, row, product)
                assert sum(parts.values()) == pytest.approx(
                    scores.total(which)[row, product], abs=1e-9
                )


def test_one_customer_scores_the_same_alone_and_among_all(trained, history_bank, signals_of):
    ranker = Ranker(signals_of(history_bank, trained.model.learned), trained.model)
    everyone = ranker.scores(np.arange(400)).total("growth")
    alone = ranker.scores(np.array([123])).total("growth")
    assert alone[0] == pytest.approx(everyone[123], abs=1e-9)


def test_F123_training_twice_gives_the_same_bytes(
    trained, history_bank, signals_of, no_interest, settings, tmp_path
):
    again = training.train(history_bank, signals_of, no_interest, settings, _quiet)
    for name, model in (("one", trained.model), ("two", again.model)):
        (tmp_path / name).mkdir()
        model.save(tmp_path / name)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


def test_F149_F150_what_objectors_hold_moves_no_byte_of_a_fit(
    trained, history_bank, signals_of, no_interest, settings, tmp_path
):
    ids = history_bank.customer_ids[::8]
    said = ((one, PURPOSES[n % 3], "refused") for n, one in enumerate(ids))
    refused = pd.DataFrame(said, columns=["customer_id", "purpose", "status"])
    bank = history_bank.with_tables(consents=refused)
    objecting = refused.loc[refused["purpose"].isin([PERSONALISATION, MARKETING]), "customer_id"]
    holdings = bank["holdings"]
    theirs = holdings["customer_id"].isin(objecting)
    changed = holdings.assign(product_id=holdings["product_id"].mask(theirs, "p5"))
    written = []
    for n, one in enumerate((bank, bank.with_tables(holdings=changed))):
        found = training.train(one, signals_of, no_interest, settings, _quiet)
        assert found.n_adoptions == 400 - len(objecting) and found.holdout
        (tmp_path / str(n)).mkdir()
        found.model.save(tmp_path / str(n))
        written.append({f.name: f.read_bytes() for f in (tmp_path / str(n)).iterdir()})
    assert written[0] == written[1]
    assert found.model.blend.weights != trained.model.blend.weights, "they would have taught it"


def test_a_model_survives_saving(trained, history_bank, signals_of, tmp_path):
    trained.model.save(tmp_path)
    loaded = Model.load(tmp_path)
    before = Ranker(signals_of(history_bank, trained.model.learned), trained.model)
    after = Ranker(signals_of(history_bank, loaded.learned), loaded)
    rows = np.arange(10)
    assert (before.scores(rows).total("growth") == after.scores(rows).total("growth")).all()
    assert (before.scores(rows).propensity == after.scores(rows).propensity).all()
    assert (before.scores(rows).confidence == after.scores(rows).confidence).all()


def test_F99_the_fixed_weights_are_those_of_the_settings(small_signals, small_bank, no_interest):
    bare = small_bank.with_tables(holdings=small_bank["holdings"].iloc[:0])
    signals = dataclasses.replace(small_signals, bank=bare)
    for needs in (1.0, 3.0):
        settings = load(ranking={"weights": {"needs": needs}})
        found = training.train(
            bare, lambda bank, learned: signals, no_interest, settings, _quiet
        ).model.blend
        assert found.weights == {s: settings.ranking.weights[s] for s in found.weights}
        assert found.weights["needs"] == needs
        assert not found.fitted
        assert "holdings with a day, 200 needed" in found.note


def test_estimated_scores_weigh_less_in_the_fixed_weights(small_signals, small_bank, no_interest):
    """Two of five products estimated: the mean of what stated and estimated scores count."""
    settings = load()
    flags = [True, True, False, False, False]
    bare = small_bank.with_tables(
        holdings=small_bank["holdings"].iloc[:0],
        products=small_bank["products"].assign(scores_estimated=flags),
    )
    signals = dataclasses.replace(small_signals, bank=bare)
    found = training.train(bare, lambda *_: signals, no_interest, settings, _quiet).model.blend
    usual = settings.ranking.weights["suitability"]
    counted = (3 + 2 * settings.ranking.estimated_scores) / 5
    assert found.weights["suitability"] == pytest.approx(usual * counted)


def test_holdings_without_days_teach_but_give_no_confidence(
    small_bank, signals_of, no_interest, settings
):
    undated = small_bank.with_tables(
        holdings=small_bank["holdings"].assign(opened_on=pd.NaT, closed_on=pd.NaT)
    )
    assert undated.held.any()
    found = training.train(undated, signals_of, no_interest, settings, _quiet)
    assert found.holdout is None
    assert found.model.calibration.temperature is None
    assert found.model.learned.transitions is None
    assert {"popularity", "item_to_item", "collaborative"} <= found.model.blend.weights.keys()


def test_another_catalogue_is_refused(trained, small_signals):
    with pytest.raises(StateError, match="another catalogue"):
        Ranker(small_signals, trained.model)


def test_a_damaged_model_says_what_to_do(trained, tmp_path):
    trained.model.save(tmp_path)
    (tmp_path / "blend.json").write_text("{", "utf-8")
    with pytest.raises(StateError, match="Retrain, or roll back"):
        Model.load(tmp_path)


def _changed(bank, **holdings):
    return bank.with_tables(holdings=bank["holdings"].assign(**holdings))


def test_a_day_on_which_everything_held_is_closed_is_no_reason_to_fail(
    history_bank, signals_of, no_interest, settings, tmp_path
):
    opened = history_bank["holdings"]["opened_on"]
    closed = _changed(history_bank, closed_on=opened + np.timedelta64(1, "D"))
    found = training.train(closed, signals_of, no_interest, settings, _quiet)
    assert found.model.learned.factorization is None
    found.model.save(tmp_path)
    assert Model.load(tmp_path).learned.factorization is None
    ranker = Ranker(signals_of(closed, found.model.learned), found.model)
    assert np.isfinite(ranker.scores(np.arange(20)).blended).all()


def test_adoptions_that_no_list_could_have_held_teach_nothing(
    history_bank, signals_of, no_interest, settings
):
    products = history_bank["products"].assign(audience="corporate")
    others = history_bank.with_tables(products=products)
    found = training.train(others, signals_of, no_interest, settings, _quiet)
    assert not found.model.blend.fitted
    assert found.model.calibration.temperature is None
    assert "no later adoptions" in found.model.blend.note
