"""System B's way (F86): the products whose texts are nearest to a want, by cosine alone."""

from pathlib import Path

import numpy as np
import pytest

from engine import Engine
from engine.errors import BadInput, NotFound
from engine.models.encoder import load_encoder
from engine.models.inventory import inventory
from engine.ranking.product_search import nearest, texts
from engine.settings import Settings, load
from tests.conftest import DEMO
from tests.engine.models import tiny

NAME = "multi-qa-MiniLM-L6-cos-v1"


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that name System B's encoder; a tiny one with random weights lies in its folder."""
    folder = tiny.sentence_encoder(tmp_path_factory.mktemp(NAME))
    return load(models={"encoder": NAME, "folders": {NAME: str(folder)}})


@pytest.fixture(scope="module")
def engine(trained_state: Path, chosen: Settings) -> Engine:
    """The demo bank, in which only a want in words is embedded by the tiny encoder."""
    engine = Engine.open(DEMO, trained_state)
    engine.snapshot()
    vars(engine.snapshots)["encoder"] = load_encoder(chosen)
    return engine


def test_F86_the_encoder_of_system_B_is_found_by_its_name_and_named_by_doctor(chosen: Settings):
    encoder = load_encoder(chosen)
    assert (encoder.name, encoder.dimension) == (NAME, 16)
    row = inventory(chosen).set_index("part").loc["embeddings"]
    assert (row["used"], row["found"], row["source"]) == (NAME, True, "folder")


def test_F86_a_product_is_its_description_features_and_eligibility(small_bank):
    products = small_bank["products"]
    told = small_bank.with_tables(
        products=products.assign(
            features=["lounge; miles", None, None, None, None],
            eligibility=["Residents.", "Adults.", None, None, None],
            description=products["description"].where(products["product_id"] != "home"),
        )
    )
    found = dict(zip(told.product_ids, texts(told), strict=True))
    assert found["card"] == f"{products['description'][0]} lounge, miles Residents."
    assert found["fund"].endswith("high risk Adults.")
    assert found["home"] == "Home insurance"  # nothing else is known of it


def test_F86_the_score_is_cosine_plus_1_over_2_and_the_nearest_come_first(small_bank, chosen):
    encoder, want = load_encoder(chosen), "a journey by air"
    found = nearest(small_bank, want, encoder, k=5)
    vectors = {}
    for product_id, text in zip(small_bank.product_ids, texts(small_bank), strict=True):
        one, other = (encoder.encode([t])[0].astype(float) for t in (want, text))
        cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        vectors[product_id] = (cosine + 1) / 2
    assert found["product_id"].tolist() == sorted(vectors, key=lambda p: (-vectors[p], p))
    assert found["score"].tolist() == pytest.approx([vectors[p] for p in found["product_id"]])
    assert found["rank"].tolist() == [1, 2, 3, 4, 5]
    assert (
        nearest(small_bank, want, encoder, 2, among=[1, 4])["product_id"]
        .isin(small_bank.product_ids[[1, 4]])
        .all()
    )


def test_F86_three_products_by_default_and_as_many_as_are_asked_for(engine: Engine):
    assert len(engine.scenarios.nearest(want="travel")) == 3
    assert len(engine.scenarios.nearest(want="travel", k=7)) == 7
    assert engine.snapshots.settings.questions.nearest == 3
    mine = engine.scenarios.nearest(customer_id="C00001", k=62)
    assert not set(mine["product_id"]) & set(
        engine.customers.profile("C00001").holdings["product_id"]
    )


def test_decision_12_who_asks_does_not_change_what_is_found(engine: Engine):
    one, other = (engine.scenarios.nearest(want=f"{who} who travels") for who in ("man", "woman"))
    assert one.equals(other)


def test_what_cannot_be_looked_for_is_said(engine: Engine):
    for given in ({}, {"want": "travel", "customer_id": "C00001"}, {"want": "  "}):
        with pytest.raises(BadInput, match="Say either what is wanted"):
            engine.scenarios.nearest(**given)
    with pytest.raises(BadInput, match="at least 1"):
        engine.scenarios.nearest(want="travel", k=0)
    with pytest.raises(NotFound):
        engine.scenarios.nearest(customer_id="nobody")
