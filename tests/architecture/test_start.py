"""What a start may cost: with nothing new to embed or to fit, no model library is imported."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "demo"
TEXT_MODELS = ("torch", "sentence_transformers", "transformers", "spacy")
MODELS = (*TEXT_MODELS, "sklearn", "lightfm", "scipy.optimize")

USE = """
import sys
from engine import Engine
def told(step):
    print(step, *[m for m in sys.argv[3:] if m in sys.modules])
engine = Engine.open(sys.argv[1], sys.argv[2])
engine.models.warm_up()
customers = engine.customers.table()
first = customers["customer_id"].iloc[0]
assert engine.facts.summary().model_version
told("start")
{more}
"""
MORE = """
import uuid
engine.customers.profile(first)
offer = engine.offers.recommend(first).offers[0]
told("list")
engine.feedback.record(event_id=str(uuid.uuid4()), customer_id=first, actor='test',
              product_id=offer.product_id, action='dismissed', offer=offer)
again = {o.product_id: o.score for o in engine.offers.recommend(first, k=20).offers}
assert again.get(offer.product_id, float('-inf')) < offer.score
told("answer")
engine.offers.score()
engine.customers.insights()
engine.fairness.report('gender')
told("book")
"""


def start(state: Path, more: str = "", data: Path = DEMO) -> dict[str, set[str]]:
    """Step -> the model libraries that a process of its own has imported when it was done."""
    done = subprocess.run(
        [sys.executable, "-c", USE.replace("{more}", more), str(data), str(state), *MODELS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = (line.split() for line in done.stdout.splitlines())
    return {step: set(imported) for step, *imported in lines}


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What a second start imports, step by step; the first fits a version and runs no text
    model."""
    state = tmp_path_factory.mktemp("state")
    assert not start(state)["start"] & set(TEXT_MODELS)
    return start(state, MORE)


def test_without_results_that_came_along_a_first_start_loads_the_encoder(small_bank, tmp_path):
    small_bank.save(tmp_path / "bank")
    found = start(tmp_path / "state", data=tmp_path / "bank")
    assert "sentence_transformers" in found["start"]


def test_a_start_with_nothing_new_to_embed_imports_no_encoder(steps):
    assert steps["start"] == set()


def test_showing_a_customer_and_their_list_imports_no_encoder(steps):
    assert steps["list"] == set()


def test_an_answer_of_a_customer_acts_without_an_encoder(steps):
    assert steps["answer"] == set()


def test_scores_insights_and_parity_import_no_encoder(steps):
    tests_of_chance_bring = {"scipy.optimize"}
    assert steps["book"] <= tests_of_chance_bring
