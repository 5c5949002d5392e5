"""Rows as they are stored, for who looks after the data: nobody can be reached by them."""

import pandas as pd
import pytest

from engine.errors import BadInput
from engine.feedback.raw_rows import masked_text, raw_rows


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ann.lee@example.com", "a…@example.com"),
        ("Write to ann@example.com, or b@c.org!", "Write to a…@example.com, or b…@c.org!"),
        ("+44 (0)20 7946 0958", "…58"),
        ("call 030-1234567 at 9", "call …67 at 9"),
        ("GB33BUKB20201555555555", "…55"),
        ("4 of 12 on 2025-01-06", "4 of 12 on 2025-01-06"),
    ],
)
def test_F173_addresses_and_long_numbers_cannot_be_read(text, masked):
    assert masked_text(text) == masked


def test_F173_customers_and_events_are_shown_masked(small_bank, make, table):
    customers = small_bank["customers"]
    customers = customers.assign(email="ann@example.com", phone="+44 20 7946 0958")
    bank = small_bank.with_tables(customers=customers)
    events = table(
        make("dismissed", comment="mail ben@example.org first"), make("viewed", product_id="fund")
    )
    shown = raw_rows(bank, events, "customers", 2)
    assert len(shown) == 2
    assert set(shown["email"]) == {"a…@example.com"}
    assert set(shown["phone"]) == {"…58"}
    newest = raw_rows(bank, events, "events", 10)
    assert list(newest["action"]) == ["viewed", "dismissed"]
    assert newest["comment"].iloc[1] == "mail b…@example.org first"
    assert "checksum" not in newest
    assert pd.isna(newest["comment"].iloc[0])
    with pytest.raises(BadInput, match="Got the table 'consents'"):
        raw_rows(bank, events, "consents", 1)
