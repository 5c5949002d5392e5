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
engine = Engine.open(sys.argv[1], sys.argv[2])
engine.models.warm_up()
customers = engine.customers.table()
first = customers["customer_id"].iloc[0]
{more}
print(engine.facts.summary().model_version, *[m for m in sys.argv[3:] if m in sys.modules])
"""


def start(state: Path, more: str = "", data: Path = DEMO) -> list[str]:
    """Version that serves, then the model libraries that a process of its own has imported."""
    done = subprocess.run(
        [sys.executable, "-c", USE.format(more=more), str(data), str(state), *MODELS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder after a first start, which fitted a version and ran no text model."""
    state = tmp_path_factory.mktemp("state")
    version, *imported = start(state)
    assert version
    assert not set(imported) & set(TEXT_MODELS)
    return state


def test_without_results_that_came_along_a_first_start_loads_the_encoder(tmp_path):
    bank = tmp_path / "bank"
    bank.mkdir()
    for file in DEMO.iterdir():
        if file.suffix != ".sqlite":
            (bank / file.name).symlink_to(file)
    version, *imported = start(tmp_path / "state", data=bank)
    assert version
    assert "sentence_transformers" in imported


def test_a_start_with_nothing_new_to_embed_imports_no_encoder(filled):
    version, *imported = start(filled)
    assert version
    assert imported == []


def test_showing_a_customer_and_their_list_imports_no_encoder(filled):
    more = "engine.customers.profile(first)\nassert engine.offers.recommend(first).offers"
    assert start(filled, more)[1:] == []


def test_scores_insights_and_parity_import_no_encoder(filled):
    more = "engine.offers.score()\nengine.customers.insights()\nengine.fairness.report('gender')"
    tests_of_chance_bring = {"scipy.optimize"}
    assert set(start(filled, more)[1:]) <= tests_of_chance_bring


def test_an_answer_of_a_customer_acts_without_an_encoder(filled):
    more = (
        "import uuid\n"
        "offer = engine.offers.recommend(first).offers[0]\n"
        "engine.feedback.record(event_id=str(uuid.uuid4()), customer_id=first, actor='test',\n"
        "              product_id=offer.product_id, action='dismissed', offer=offer)\n"
        "again = {o.product_id: o.score for o in engine.offers.recommend(first, k=20).offers}\n"
        "assert again.get(offer.product_id, float('-inf')) < offer.score"
    )
    assert start(filled, more)[1:] == []
