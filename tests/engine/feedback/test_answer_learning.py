"""Four answers and a retrain: what they move, whose they are, and that the version before stays."""

import datetime as dt
import json
import shutil
import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.bank.bank import Bank, Manifest
from engine.errors import BadInput, NeedsAgreement, NotFound
from engine.ranking.ranker import Model
from engine.ranking.signals.answers import AnswerModel, answers_of, design
from engine.services.versions.levers import Levers

NOW = dt.datetime(2026, 7, 15, 9, 0)
N = 12


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank without history or interests, whose versions cost no model, and its first version."""
    place = tmp_path_factory.mktemp("made")
    frames = {
        "customers": pd.DataFrame({"customer_id": [f"c{n:02}" for n in range(N)]}),
        "products": pd.DataFrame(
            {
                "product_id": ["p", "q", "r", "s"],
                "name": ["Pig bank", "Quick loan", "Rich saver", "Slow loan"],
                "category": ["Savings", "Loan", "Savings", "Loan"],
            }
        ),
    }
    Bank.from_tables(Manifest("Tiny", as_of="2026-06-30"), frames).save(place / "bank")
    Engine.open(place / "bank", place / "state", now=lambda: NOW).models.warm_up()
    return place


@pytest.fixture
def engine(made: Path, tmp_path: Path) -> Engine:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return Engine.open(tmp_path / "bank", tmp_path / "state", now=lambda: NOW)


def answer(engine: Engine, customer: str, product: str, action: str, actor: str, **more) -> str:
    event = str(uuid.uuid4())
    engine.feedback.record(
        event_id=event, customer_id=customer, product_id=product, action=action, actor=actor, **more
    )
    return event


def refused(engine: Engine, n: int = 4, actor: str = "Rita") -> list[str]:
    """The first so many customers refuse the product that everybody is offered first."""
    first = engine.offers.recommend("c00").offers[0].product_id
    return [answer(engine, f"c{i:02}", first, "dismissed", actor) for i in range(n)]


def test_F163_F165_own_answers_act_at_once_and_others_after_retraining(engine: Engine):
    before = engine.offers.recommend("c11")
    first = before.offers[0]
    refused(engine)
    assert engine.offers.recommend("c11").offers == before.offers, "nobody else is touched yet"
    assert engine.offers.recommend("c00").offers[-1].product_id == first.product_id
    report = engine.models.retrain(actor="Rita")
    assert report.promoted and "with 4 new answers learned from" in report.verdict
    assert "too few to judge by later ones" in report.answers
    after = {offer.product_id: offer for offer in engine.offers.recommend("c11").offers}
    moved = after[first.product_id]
    limit = engine.snapshots.settings.answers.most
    assert -limit <= moved.parts["answers"] < -0.05
    assert moved.score == pytest.approx(first.score + moved.parts["answers"], abs=1e-9)
    assert moved.score == pytest.approx(sum(moved.parts.values()), abs=1e-9)


def test_F165_before_and_after_say_whose_answers_changed_whose_first_offer(engine: Engine):
    refused(engine)
    answer(engine, "c05", "q", "viewed", "Sam")
    was = {f"c{n:02}": engine.offers.recommend(f"c{n:02}").offers[0].name for n in range(N)}
    found = engine.models.retrain().changes
    now = {f"c{n:02}": engine.offers.recommend(f"c{n:02}").offers[0].name for n in range(N)}
    others = {one for one in was if was[one] != now[one]}
    assert others and set(found.rows["customer_id"]) == others and found.n_changed == len(others)
    told = found.rows.set_index("customer_id")
    assert told["before"].to_dict() == {one: was[one] for one in others}
    assert told["after"].to_dict() == {one: now[one] for one in others}
    assert set(told["part"]) == {"answers"} and (told["by"] > 0).all()
    assert (told["rank_before"] > 1).all() and (told["rank_after"] > 1).all()
    people = found.by_person.set_index("actor")
    assert people.loc["Rita", ["n_answers", "n_no", "n_changed"]].tolist() == [4, 4, len(others)]
    assert "Sam" not in people.index, "to look is no answer"
    n = len(others)
    assert f"Rita: 4 answers that say no by themselves change {n} first offers." in found.says
    again = engine.models.compare("v0001", "v0002")
    pd.testing.assert_frame_equal(again.rows, found.rows)
    assert engine.models.compare("v0002", "v0002").n_changed == 0
    with pytest.raises(NotFound, match="v0009"):
        engine.models.compare("v0001", "v0009")
    json.dumps(found.to_json(), allow_nan=False)


def test_F165_every_figure_of_the_reason_is_one_of_the_answers(engine: Engine):
    refused(engine)
    answer(engine, "c06", "q", "accepted", "Sam")
    refused_one = engine.feedback.history()["product_id"].iloc[-1]
    answer(engine, "c07", refused_one, "postponed", "Sam")
    answer(engine, "c08", refused_one, "rated", "Sam", aspects=ratings(0.45))
    engine.models.retrain()
    first = engine.models.compare("v0001", "v0002").rows["before"].iloc[0]
    product = {o.name: o for o in engine.offers.recommend("c11").offers}[first]
    against = [text for text in product.reasons if "said no" in text]
    events = answers_of(engine.snapshots.current().log, engine.bank)
    names = engine.bank["products"]["name"].to_numpy()[events["product"]]
    kind = engine.bank["products"]["category"].to_numpy()[events["product"]]
    about = (names == first) | (kind == product.category)
    whole = events["weight"] == 1
    about &= whole
    n, no = int(about.sum()), int((about & (events["yes"] == 0)).sum())
    assert len(against) == 1 and (n, no) == (4, 4) and len(events) == 7
    assert f"{no} of {n} customers" in against[0]
    all_no = int((whole & (events["yes"] == 0)).sum())
    assert f"{all_no} of {whole.sum()} of all who said yes or no to anything" in against[0]
    explained = engine.scenarios.explain("c11", product.product_id)
    part = next(part for part in explained.parts if part.name == "answers")
    assert sum(line.points for line in part.lines) == pytest.approx(part.points, abs=1e-9)


def test_F161_below_the_least_number_nothing_moves_and_it_says_so(engine: Engine):
    refused(engine, 3)
    report = engine.models.retrain()
    assert not report.promoted and report.changes.n_changed == 0
    assert report.answers == "3 answers so far: other customers' lists move from 4 on."
    assert engine.models.retrain().changes.by_person.empty


def test_F161_lists_that_widen_a_gap_are_not_served_and_the_table_stands(engine, monkeypatch):
    refused(engine)
    monkeypatch.setattr(Levers, "wider", lambda *_: "a gap would be 21 points")
    engine = Engine.open(engine.folder, engine.state, now=lambda: NOW)
    before = engine.offers.recommend("c11")
    report = engine.models.retrain()
    assert not report.promoted
    assert report.verdict == (
        "v0001 keeps serving. With v0002, a gap would be 21 points. It can serve once two people "
        "agree."
    )
    assert report.changes.n_changed and engine.offers.recommend("c11") == before
    assert engine.models.versions().set_index("version_id").loc["v0002", "status"] == "rejected"
    assert engine.models.kept_back()["version_id"].tolist() == ["v0002"]
    for actor in ("Rita", "command line", "rita "):  # proposes; is nobody; is the same person
        with pytest.raises(NeedsAgreement, match="Rita proposed to serve v0002"):
            engine.models.agree("v0002", actor=actor)
    assert engine.levers.waiting()["name"].tolist() == ["serve v0002"]
    assert engine.offers.recommend("c11") == before
    done = engine.models.agree("v0002", actor="Kim", why="The gap is of three customers.")
    assert done.startswith("v0002 serves in place of v0001: two people agreed, although a gap")
    assert engine.offers.recommend("c11").model_version == "v0002"
    assert engine.levers.waiting().empty and engine.models.kept_back().empty
    assert engine.trail.table(action="trained")["what"].iloc[0].startswith("agreed yes")
    assert engine.models.roll_back() == "v0001"
    with pytest.raises(NeedsAgreement):  # what was agreed to once is not agreed to for good
        engine.models.agree("v0002", actor="Kim")
    with pytest.raises(BadInput, match="v0001 was not kept back"):
        engine.models.agree("v0001", actor="Kim")


def test_F161_not_now_is_called_postponed_and_no_dismissal(engine: Engine):
    for n in range(4):
        answer(engine, f"c{n:02}", "q", "postponed", "Sam")
    for n in range(4, 8):
        answer(engine, f"c{n:02}", "q", "postponed" if n > 4 else "dismissed", "Rita")
    found = engine.models.retrain().changes
    people = found.by_person.set_index("actor")[["n_answers", "n_no", "n_later"]]
    assert people.loc["Sam"].tolist() == [4, 0, 4] and people.loc["Rita"].tolist() == [4, 1, 3]
    said = " ".join(found.says)
    assert "Sam: 4 offers postponed" in said and "Rita: 4 answers" in said
    assert "dismissal" not in said


def test_F161_a_version_of_answers_is_sealed_says_who_asked_and_rolls_back(engine: Engine):
    refused(engine)
    before = engine.offers.recommend("c11")
    engine.models.retrain(actor="Rita")
    registry = engine.snapshots.registry
    version = registry.champion()
    assert version.facts.author == "Rita" and "answers.npz" in version.files
    loaded = Model.load(registry.verified("v0002"))
    assert loaded.learned.answers.n == 4
    assert {p.suffix for p in version.folder.iterdir()} == {".npz", ".json"}
    assert not engine.models.retrain().promoted, "the same answers again teach nothing new"
    assert engine.models.roll_back() == "v0001"
    assert engine.offers.recommend("c11").offers == before.offers
    (version.folder / "answers.npz").write_bytes(b"damaged")
    with pytest.raises(Exception, match=r"answers\.npz was changed"):
        registry.verified("v0002")


def test_F161_undone_answers_are_unlearned_and_receipts_of_before_replay(engine: Engine):
    events = refused(engine, 5)
    engine.models.retrain()
    shown = engine.offers.recommend("c11")
    engine.feedback.record_shown(shown, actor="Rita")
    for event in events[:3]:
        engine.feedback.undo(event, undo_id=str(uuid.uuid4()), actor="Rita")
    report = engine.models.retrain()
    assert report.promoted and "without what answers taught" in report.verdict
    assert all("answers" not in o.parts for o in engine.offers.recommend("c11").offers)
    assert engine.receipts.replay(shown.receipt_id).same


def test_F165_imported_answers_to_other_lists_are_not_learned_from(engine: Engine):
    bank, recorded = engine.snapshots.to_train_on()
    assert recorded.empty
    refused(engine)
    bank, recorded = engine.snapshots.to_train_on()
    assert len(recorded) == 4 and len(bank["events"]) == 4


def test_F165_answers_of_another_edition_keep_their_customers_and_products(engine: Engine):
    refused(engine)
    engine.models.retrain()
    learned = engine.snapshots.current().signals.learned.answers
    groups = engine.snapshots.current().signals.groups
    customers, products = np.array([11, -1, 0]), np.array([3, -1, 0, 1, 2])
    moved = learned.aligned(customers, products)
    kind = np.append(groups.kind, 0)[[3, 4, 0, 1, 2]]
    newer = replace(groups, kind=kind, of={f: v[[11, 5, 0]] for f, v in groups.of.items()})
    was, now = learned.raw(groups, np.array([11, 0])), moved.raw(newer, np.array([0, 2]))
    assert np.allclose(now[:, [2, 3, 4, 0]], was)
    assert isinstance(moved, AnswerModel)
    assert moved.covariance.shape == (len(learned.covariance) + 1,) * 2


def test_F165_not_now_and_a_rating_between_the_ends_move_but_are_told_as_neither(engine: Engine):
    for n in range(6):
        answer(engine, f"c{n:02}", "q", "postponed", "Rita")
    answer(engine, "c06", "q", "rated", "Rita", aspects=ratings(0.45))
    answer(engine, "c07", "q", "dismissed", "Rita", reason="held already")
    answer(engine, "c08", "s", "rated", "Rita", aspects=ratings(1.0))
    engine.models.retrain()
    learned = engine.snapshots.current().signals.learned.answers
    assert learned.asked["product"].tolist() == [[0, 0, 0], [7, 0, 0], [0, 0, 0], [1, 1, 0]]
    offers = {offer.product_id: offer for offer in engine.offers.recommend("c11").offers}
    assert offers["q"].parts["answers"] < 0
    assert not any("said no" in text for text in offers["q"].reasons)


def test_F165_counts_of_before_are_read_as_they_were_told(engine: Engine, tmp_path: Path):
    refused(engine)
    answer(engine, "c06", "q", "accepted", "Sam")
    engine.models.retrain()
    learned = engine.snapshots.current().signals.learned.answers
    before = {family: counted[..., :2] for family, counted in learned.asked.items()}
    replace(learned, asked=before).save(tmp_path)
    again = AnswerModel.load(tmp_path)
    for family, counted in learned.asked.items():
        assert np.array_equal(again.asked[family], counted)


def test_F165_what_is_unsure_is_found_by_the_names_of_the_groups(engine: Engine):
    refused(engine)
    engine.models.retrain()
    learned = engine.snapshots.current().signals.learned.answers
    groups = engine.snapshots.current().signals.groups
    kinds, segments = groups.kinds, groups.names["segment"]
    assert np.array_equal(learned.covariance_for(groups), learned.covariance)
    resorted = replace(groups, kinds=kinds[::-1], kind=len(kinds) - 1 - groups.kind)
    pair = np.array([11]), np.array([0])

    def variance(names, covariance: np.ndarray) -> float:
        x = design(names, *pair)[0].toarray()[0]
        return float(x @ covariance[1:, 1:] @ x)

    same = variance(groups, learned.covariance)
    assert variance(resorted, learned.covariance_for(resorted)) == pytest.approx(same)
    assert variance(resorted, learned.covariance) != pytest.approx(same)
    renamed = replace(
        groups, names=groups.names | {"segment": tuple(f"new {name}" for name in segments)}
    )
    assert variance(renamed, learned.covariance_for(renamed)) > same


def test_F165_whom_to_ask_is_where_most_is_unknown_of_most(engine: Engine):
    before = engine.models.whom_to_ask()
    assert 0 < before["worth"].iloc[0] < 1 and before["asked"].iloc[0] == 0
    assert before["worth"].is_monotonic_decreasing
    assert f"{int(before['reach'].iloc[0])} customers of the segment" in before["why"].iloc[0]
    first = before["product"].iloc[0]
    for n in range(8):
        product = before["product_id"].iloc[0]
        answer(engine, f"c{n:02}", product, "rated", "Rita", aspects=ratings(0.9))
    engine.models.retrain()
    after = engine.models.whom_to_ask()
    same = after[after["product"] == first]
    assert same.empty or same["worth"].iloc[0] < before["worth"].iloc[0]


def ratings(value: float) -> dict[str, float]:
    aspects = ("relevance", "clarity", "value", "complexity", "risk_level", "cost")
    return dict.fromkeys(aspects, value)
