"""`evaluate` from end to end: every system, by a protocol in time, with ablation, or why not."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.audit import weak_spots
from engine.audit.grading import NOT_GRADABLE, Verdict
from engine.audit.slices import Condition
from engine.bank.bank import Bank, Manifest
from engine.cli import app
from engine.errors import BadInput, StateError
from engine.lab.needs_ablation import needs_ablation
from engine.models.encoder import CachedEncoder
from engine.models.text_cache import TextCache
from engine.results import Evaluation, ResponseEvaluation, Selection, WeakSpots
from engine.settings import Section
from engine.snapshot import snapshot
from engine.vocabulary import MARKETING, REFUSED
from tests.engine.audit.weak_spot_oracle import WeakSpotOracle

SYSTEMS = [
    "served", "served_retention", "blend", "random", "popular_owned", "popular_adopted", "rules",
    "logistic", "item_to_item", "lightfm", "next_steps", "popularity", "needs", "suitability",
    "mood", "feedback",
]  # fmt: skip
METRICS = ["map@7", "ndcg@5", "hit@1", "hit@3", "mrr"]
PRODUCTS = ("Savings", "Card", "Loan", "Fund", "Insurance", "Pension", "Mortgage", "Wallet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """500 customers; whoever starts with product 0 takes 2 next, with product 1 takes 3, or any."""
    rng = np.random.default_rng(5)
    n = 500
    ids = np.array([f"c{i:03d}" for i in range(n)])
    start = rng.integers(0, 2, n)
    following = np.where(rng.random(n) < 0.6, start + 2, rng.integers(4, 8, n))
    days = pd.Timestamp("2023-02-01") + pd.to_timedelta(rng.integers(0, 600, n), unit="D")
    holdings = pd.DataFrame(
        {
            "customer_id": [*ids, *ids],
            "product_id": [f"p{p}" for p in (*start, *following)],
            "opened_on": [pd.Timestamp("2023-01-01")] * n + list(days),
        }
    )
    # Those without a pattern went to school for less long; two of them in ten did not.
    pathless = (following >= 4) & (np.arange(n) % 5 > 0)
    schooling = np.where(pathless, "primary", "tertiary")
    people = {"customer_id": [*ids, "z"], "audience": "retail", "education": [*schooling, None]}
    frames = {
        "customers": pd.DataFrame(people),
        "products": pd.DataFrame(
            {
                "product_id": [f"p{i}" for i in range(8)],
                "name": [f"{name} account" for name in PRODUCTS],
                "category": list(PRODUCTS),
            }
        ),
        "holdings": holdings,
    }
    folder = tmp_path_factory.mktemp("evaluating")
    Bank.from_tables(Manifest("History", as_of="2024-12-31"), frames).save(folder / "bank")
    return folder


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return Engine.open(folder / "bank", folder / "state")


@pytest.fixture(scope="module")
def found(engine: Engine) -> Evaluation:
    return engine.evaluations.evaluate(lambda done, step: None, ablate=True)


def test_F194_every_system_has_every_metric_with_its_interval(found: Evaluation):
    printed = found.to_json()
    assert list(printed["systems"]) == SYSTEMS
    for metrics in printed["systems"].values():
        assert list(metrics) == METRICS
        for figure in metrics.values():
            assert 0 <= figure["low"] <= figure["value"] <= figure["high"] <= 1
    assert set(printed["paired"]) == set(SYSTEMS) - {"served"}
    assert set(printed["coverage"]) == set(SYSTEMS)
    assert printed["n"] == found.systems["n"].iloc[0] > 50
    assert json.dumps(printed, allow_nan=False)


def test_what_is_held_is_judged_beside_what_was_taken_and_named_apart(found: Evaluation):
    beside = found.beside
    assert (found.kind, beside.kind) == ("in time", "cross-section")
    assert beside.grade.endswith(", cross-section") and beside.letter in ("A", "B", "C")
    assert beside.meaning.startswith("Cross-section. ")
    assert any("chosen on the same hidden holdings" in note for note in beside.notes)
    assert not any("hidden holdings that judge" in note for note in found.notes)
    assert found.to_json()["cross_section"]["n"] == beside.n > found.n
    ahead = beside.paired.set_index("system")
    assert ahead.loc["random", "low"] > 0
    assert (ahead["high"] >= 0).all(), "surely behind nothing"


def test_a_bank_without_days_is_served_and_graded_by_what_is_held(folder: Path, tmp_path: Path):
    bank = Bank.load(folder / "bank")
    undated = bank["holdings"].assign(opened_on=pd.NaT)
    bank.with_tables(holdings=undated).save(tmp_path / "bank")
    engine = Engine.open(tmp_path / "bank", tmp_path / "state")
    engine.models.warm_up()
    stored = engine.evaluations.stored()
    assert stored.kind == "cross-section" and stored.letter in ("A", "B", "C")
    assert engine.facts.summary().grade == stored.grade
    rivals = stored.paired.set_index("system")
    assert (rivals["high"] >= 0).all()
    assert rivals.loc["popular_owned", "standing"] == "surely ahead"
    offer = engine.offers.recommend(str(bank.customer_ids[0]), k=1).offers[0]
    assert offer.confidence is None
    again = engine.models.retrain()
    assert "hidden holdings" in again.verdict and not again.promoted
    assert again.challenger["map@7"] == again.champion["map@7"], "the same data, the same weights"
    kept = engine.models.versions().set_index("version_id")["map@7"]
    served = stored.systems.set_index(["system", "metric"])["value"]["served", "map@7"]
    assert kept[again.version_id] == pytest.approx(served), "of weights fitted on other folds"
    assert "since holdings have no days" in stored.meaning


def test_F194_what_goes_with_what_beats_chance_and_what_everybody_holds(found: Evaluation):
    ahead = found.paired.set_index("system")
    assert ahead.loc["random", "low"] > 0
    assert ahead.loc["popular_owned", "low"] > 0
    assert found.letter in ("A", "B", "C")
    assert found.sentence.startswith(f"{found.letter}: MAP@7 ")


def test_F196_each_signal_is_taken_out_in_its_turn(found: Evaluation):
    assert {"item_to_item", "popularity", "needs"} <= set(found.ablation["signal"])
    assert (found.ablation["low"] <= found.ablation["value"]).all()
    assert (found.ablation["value"] <= found.ablation["high"]).all()
    assert found.ablation["n"].eq(found.n).all()


class Wordy:
    """An encoder of one dimension a word, so that this test loads none."""

    name, sha256, dimension = "wordy", "0", len(PRODUCTS) + 1

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = [[1e-2, *(word.lower() in text.lower() for word in PRODUCTS)] for text in texts]
        raw = np.array(rows, dtype=np.float32)
        return raw / np.linalg.norm(raw, axis=1, keepdims=True)


@pytest.fixture
def wanting(folder: Path, tmp_path: Path, monkeypatch) -> list[str]:
    """The command about a bank whose customers say, but for every fifth, what they take next."""
    bank = Bank.load(folder / "bank")
    taken = bank["holdings"].drop_duplicates("customer_id", keep="last").set_index("customer_id")
    wanted = taken["product_id"].str[1:].astype(int).map(dict(enumerate(PRODUCTS)))
    customers = bank["customers"].set_index("customer_id").assign(goals=wanted)
    customers.loc[customers.index[:500:5], "goals"] = "Travel"
    frames = {"customers": customers.reset_index(), "products": bank["products"],
              "holdings": bank["holdings"]}  # fmt: skip
    Bank.from_tables(Manifest("Wishes", as_of="2024-12-31"), frames).save(tmp_path / "bank")
    encoder = CachedEncoder(Wordy(), TextCache())
    monkeypatch.setattr(snapshot, "load_encoder", lambda settings, cache, shipped: encoder)
    state = str(tmp_path / "state")
    return ["evaluate", "needs", "--data", str(tmp_path / "bank"), "--state", state]


def test_issue_4_needs_by_phrases_are_compared_with_whole_texts(wanting: list[str]):
    found = json.loads(CliRunner().invoke(app, [*wanting, "--json"]).stdout)
    assert (found["n"], found["n_known"], found["encoder"]) == (500, 500, "wordy")  # all but z
    assert list(found["ways"]) == [
        "phrases", "phrases, not centred", "whole text", "whole text, centred",
    ]  # fmt: skip
    for way, figures in found["ways"].items():
        assert figures["map@7"]["n"] == found["n_adopters"] > 50
        assert figures["map@7"]["low"] > 0.6  # four in five say what they take
        assert figures["same first 3"]["value"] <= 1
        assert ("phrases ahead by" in figures) == (way != "phrases")
    assert [row["way"] for row in found["speed"]] == ["phrases", "whole text"]
    said = CliRunner().invoke(app, wanting).stdout
    assert "500 of 500 customers with a known need" in said
    assert "nan" not in said


def test_F150_needs_of_who_objects_are_not_compared(wanting: list[str]):
    engine = Engine.open(Path(wanting[3]), wanting[5])
    snapshots, who = engine.snapshots, str(engine.bank.customer_ids[1])
    now = pd.Timestamp("2025-01-01")
    snapshots.state.consents.record(who, MARKETING, REFUSED, now=now, source="test")
    assert needs_ablation(snapshots, lambda done, step: None).n_known == 499


def test_without_a_known_need_there_is_nothing_to_embed(engine: Engine):
    with pytest.raises(StateError, match="Nothing is known of what customers want"):
        needs_ablation(engine.snapshots, lambda done, step: None)


def test_the_same_question_gets_the_same_bytes(engine: Engine, found: Evaluation):
    again = engine.evaluations.evaluate(lambda done, step: None, ablate=True)
    assert json.dumps(again.to_json()) == json.dumps(found.to_json())


def test_a_day_outside_the_adoptions_is_refused(engine: Engine):
    with pytest.raises(BadInput, match="Name a day within them"):
        engine.evaluations.evaluate(lambda done, step: None, since=pd.Timestamp("2030-01-01"))


@pytest.fixture(scope="module")
def judged(engine: Engine) -> Verdict:
    """The first version was trained, and this is what judged it; of few, groups are small."""
    engine.snapshots.state.settings_file.parent.mkdir(parents=True, exist_ok=True)
    engine.snapshots.state.settings_file.write_text("[weak_spots]\nmin_n = 10\n", "utf-8")
    kept, measured = [], weak_spots.measured

    def keeping(verdict: Verdict, *settings: Section, simulated: bool) -> WeakSpots:
        kept.append(verdict)
        return measured(verdict, *settings, simulated=simulated)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(weak_spots, "measured", keeping)
        engine.models.warm_up()
    return kept[0]


def test_F194_for_whom_the_lists_fail_is_kept_with_a_version_and_true(engine: Engine, judged):
    found = engine.evaluations.weak_spots()
    stored = engine.evaluations.stored()
    served = stored.systems.set_index(["system", "metric"]).loc[("served", "hit@3")]
    assert (found.kind, found.n) == (stored.kind, served["n"])
    oracle = WeakSpotOracle(judged, found)
    assert sum(oracle.hit.values()) == pytest.approx(served["value"] * found.n)
    rows = found.table.to_dict("records")
    claims = [
        (row["conditions"], claim) for row in rows for claim in weak_spots.claims_of(row, found)
    ]
    assert [wrong for at, claim in claims if (wrong := oracle.wrong(at, claim))] == []
    for at, claim in claims:
        for name in set(claim.figures) & {"n", "hits", "popular", "n_others", "hits_others"}:
            lie = claim.but(**{name: claim.figures[name] + 1})
            assert oracle.wrong(at, lie), f"{lie.text} is not caught"
    assert list(found.confirmed["group"]) == ["Education: primary"]


def test_a_group_opens_its_customers_of_today_in_a_list_and_a_file(engine: Engine, judged):
    found = engine.evaluations.weak_spots()
    (behind,) = engine.evaluations.behind_weak_spots(found)[:1]
    row = found.table.iloc[0]
    opened = engine.selections.open(engine.selections.read(behind.selection.address))
    education = engine.bank["customers"].set_index("customer_id")["education"]
    assert (opened.title, opened.n) == (row["group"], row["n_today"])
    assert set(opened.customer_ids) == set(education.index[education == "primary"])
    assert len(engine.customers.table(selection=behind.selection)) == opened.n
    assert b"Education: primary" in engine.evaluations.export_weak_spots("csv")
    asked = ["evaluate", "weak-spots", "--data", str(engine.folder), "--state", str(engine.state)]
    said = CliRunner().invoke(app, asked).stdout
    assert "surely worse off on the other half" in " ".join(said.split())
    printed = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert printed["table"][0]["sentences"][0].startswith(f"Of {row['n']} customers (education: ")


def test_nobody_is_chosen_by_a_protected_trait(engine: Engine, judged):
    found = engine.evaluations.weak_spots()
    fair = dataclasses.replace(found, table=found.table.head(1).assign(protected=True))
    assert engine.evaluations.behind_weak_spots(fair) == [None]
    by_gender = Condition("customers.gender", word="female").address
    with pytest.raises(BadInput, match="cannot be chosen"):
        engine.selections.open(Selection("weak_spot", (by_gender,)))


def test_a_version_keeps_what_its_training_measured(engine: Engine, judged):
    stored = engine.evaluations.stored()
    assert stored.letter in ("A", "B", "C")
    assert engine.facts.summary().grade == stored.grade
    assert set(SYSTEMS) <= set(stored.systems["system"])
    for offer in engine.offers.recommend("z", k=3).offers:
        assert sum(offer.parts.values()) == pytest.approx(offer.score, abs=1e-9)


def test_decision_4_the_command_says_not_gradable_and_exits_0(tmp_path: Path):
    frames = {
        "customers": pd.DataFrame({"customer_id": ["a", "b"]}),
        "products": pd.DataFrame({"product_id": ["p", "q"], "name": ["Pig bank", "Quick loan"]}),
    }
    Bank.from_tables(Manifest("Tiny", as_of="2026-06-30"), frames).save(tmp_path / "bank")
    asked = ["evaluate", "--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state")]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 0
    assert NOT_GRADABLE in said.stdout
    printed = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert (printed["grade"], printed["n"], printed["systems"]) == (NOT_GRADABLE, 0, {})


def test_decision_24_a_campaign_is_judged_on_its_last_contacts(tmp_path: Path):
    rng = np.random.default_rng(3)
    n = 1500
    likes = rng.random(n)
    ids = [f"{i:04d}" for i in range(n)]
    frames = {
        "customers": pd.DataFrame(
            {
                "customer_id": ids,
                "age": rng.integers(20, 70, n),
                "marital_status": "single",
                "attributes": [json.dumps({"campaign": round(10 * float(x), 2)}) for x in likes],
            }
        ),
        "products": pd.DataFrame({"product_id": ["p"], "name": ["Deposit"]}),
        "labels": pd.DataFrame(
            {
                "customer_id": ids,
                "name": "accepted",
                "value": (rng.random(n) < likes).astype(float),
                "known_on": pd.date_range("2023-01-01", periods=n, freq="6h").normalize(),
            }
        ),
    }
    Bank.from_tables(Manifest("Campaign", as_of="2024-12-31"), frames).save(tmp_path / "bank")
    engine = Engine.open(tmp_path / "bank", tmp_path / "state")
    found = engine.evaluations.evaluate(lambda done, step: None)
    assert isinstance(found, ResponseEvaluation)
    assert (found.n, found.n_train) == (300, 1200)
    figures = found.table.set_index("metric")
    assert figures.loc["auc", "low"] > 0.7
    assert figures.loc["brier", "value"] < figures.loc["brier_base", "value"]
    assert figures.loc["lift@10%", "value"] > 1.3
    read = " ".join(found.used)
    assert "campaign" in read
    assert not any(word in read for word in ("age", "marital", "duration", "gender"))


def test_where_nobody_took_anything_there_is_no_table_of_nothing(tmp_path: Path):
    ids = [f"c{i:03d}" for i in range(300)]
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(300), unit="D")
    holdings = pd.DataFrame({"customer_id": ids, "product_id": "a", "opened_on": days})
    bank = Bank.from_tables(
        Manifest("One product each", as_of="2024-12-31"),
        {
            "customers": pd.DataFrame({"customer_id": ids}),
            "products": pd.DataFrame({"product_id": ["a", "b"]}),
            "holdings": holdings,
        },
    )
    bank.save(tmp_path / "bank")
    where = ("--data", str(tmp_path / "bank"), "--state", str(tmp_path / "state"))
    done = CliRunner().invoke(app, ["evaluate", *where])
    assert done.exit_code == 0, done.output
    assert "Nobody took a product that could be listed." in done.stdout
    assert "nan" not in done.stdout
