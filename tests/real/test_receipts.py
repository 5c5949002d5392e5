"""Receipts on the real banks: every list replays on a fresh start, wherever the state lies."""

import shutil
import uuid
from pathlib import Path

import pytest

from engine import Engine
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real


@pytest.mark.parametrize("source", ["peers/B", "peers/D", "santander", "berka"])
def test_every_list_shown_replays_after_answers_consents_and_a_move(
    source: str, real_banks: RealBanks, tmp_path: Path
):
    engine = Engine.open(*real_banks.fitted(source, tmp_path))
    ids = engine.bank.customer_ids
    for place, customer in enumerate(ids[:: max(1, len(ids) // 6)][:6]):
        for which in ("growth", "retention"):
            shown = engine.offers.recommend(customer, k=7, list=which)
            engine.feedback.record_shown(shown, actor="Rita")
            for offer, action in zip(shown.offers, ("purchased", "dismissed"), strict=False):
                engine.feedback.record(
                    event_id=str(uuid.uuid4()),
                    customer_id=customer,
                    product_id=offer.product_id,
                    action=action if place % 2 else "postponed",
                    actor="Rita",
                    offer=offer,
                )
        engine.records.set_consent(customer, "social", "granted", source="page")
    state = Path(shutil.move(tmp_path / "state", tmp_path / "elsewhere"))
    moved = Engine.open(tmp_path / "bank", state).receipts
    assert moved.verify().sound
    numbers = moved.table()["number"]
    assert len(numbers) >= 10
    for number in numbers:
        found = moved.replay(int(number))
        assert found.same and found.checks["same"].all(), found.checks.to_string()
