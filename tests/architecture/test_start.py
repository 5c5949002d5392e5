"""What a start may cost: with nothing new to embed or to fit, no model library is imported."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import DEMO
from tests.fixtures.first_start import TEXT_MODELS, start

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


@pytest.fixture(scope="module")
def steps(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What a second start imports, step by step."""
    return start(DEMO, shutil.copytree(trained_state, tmp_path_factory.mktemp("start") / "s"), MORE)


def test_a_first_start_fits_a_version_and_runs_no_text_model(first_imports):
    assert "lightfm" in first_imports
    assert not first_imports & set(TEXT_MODELS)


def test_without_results_that_came_along_a_first_start_loads_the_encoder(small_bank, tmp_path):
    small_bank.save(tmp_path / "bank")
    found = start(tmp_path / "bank", tmp_path / "state")
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
