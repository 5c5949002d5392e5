"""What was written about a bank belongs to the bank, whatever its content becomes."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd

from engine import Engine
from engine.bank.bank import Bank

NOW = dt.datetime(2025, 1, 10, 9, 0)


def test_the_next_edition_of_a_bank_finds_what_was_recorded_about_the_first(
    small_bank: Bank, tmp_path: Path
):
    gus = small_bank["customers"].iloc[[0]].assign(customer_id="gus")
    newer = Bank.from_tables(
        replace(small_bank.manifest, bank_id="", as_of="2025-01-31"),
        {
            **small_bank.tables,
            "customers": pd.concat([small_bank["customers"], gus], ignore_index=True),
        },
    )
    assert newer.bank_id != small_bank.bank_id, "by itself it would be another bank"
    second = small_bank.next_edition(newer)
    small_bank.save(tmp_path / "december")
    second.save(tmp_path / "january")

    state = tmp_path / "state"
    before = Engine.open(tmp_path / "december", state, now=lambda: NOW)
    before.records.set_consent("ann", "marketing", "refused", source="call")
    said = {"event_id": "e1", "customer_id": "ben", "product_id": "card", "action": "dismissed"}
    assert before.feedback.record(**said, actor="Rita")

    after = Engine.open(tmp_path / "january", state, now=lambda: NOW)
    bank = after.snapshots.bank()
    assert (bank.bank_id, bank.manifest.edition) == (small_bank.bank_id, 2)
    assert bank.base_fingerprint != small_bank.base_fingerprint
    assert bank.n_customers == small_bank.n_customers + 1
    assert "e1" in set(bank["events"]["event_id"])
    refused = bank["consents"].query("customer_id == 'ann' and purpose == 'marketing'")
    assert refused["status"].tolist() == ["refused"]
    assert not after.feedback.record(**said, actor="Rita"), "it was recorded in the first edition"
    folders = [path.name for path in state.iterdir() if not path.name.startswith(".")]
    assert folders == [small_bank.bank_id]
