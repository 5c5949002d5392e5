"""Forms for records added by hand: checked, and refused by name."""

from datetime import date, datetime

import pytest

from engine.bank import record_forms
from engine.errors import BadInput

NOON = datetime(2024, 12, 31, 12)


def ticket(customer_id="ben", **fields):
    return record_forms.ticket(customer_id, **{"text": "Nobody helps me.", "now": NOON, **fields})


def purchase(customer_id="ann", **fields):
    known = {"amount": 12.5, "category": "dining", "merchant": "Cafe", "currency": "USD"}
    return record_forms.purchase(customer_id, now=NOON, **{**known, **fields})


def post(customer_id="ann", **fields):
    known = {"platform": "X", "text": "Off to Lisbon!"}
    return record_forms.post(customer_id, now=NOON, **{**known, **fields})


@pytest.mark.parametrize(
    ("make", "fields", "problem"),
    [
        (purchase, {"amount": 0}, "0.01"),
        (purchase, {"amount": -5}, "0.01"),
        (purchase, {"amount": float("nan")}, "0.01"),
        (purchase, {"amount": 1e12}, "100,000,000"),
        (purchase, {"amount": "much"}, "expected a number"),
        (purchase, {"category": "sweets"}, "groceries"),
        (purchase, {"merchant": "  "}, "merchant"),
        (purchase, {"channel": "x" * 201}, "channel"),
        (purchase, {"on": date(2025, 1, 1)}, "today, 2024-12-31"),
        (purchase, {"on": "tomorrow"}, "date"),
        (ticket, {"text": " "}, "0 characters"),
        (ticket, {"text": "x" * 4001}, "4,001"),
        (ticket, {"topics": "fees"}, "list of topics"),
        (ticket, {"topics": ["a; b"]}, "separates topics"),
        (ticket, {"topics": [f"t{i}" for i in range(21)]}, "at most 20"),
        (ticket, {"on": date(1900, 1, 1)}, "1970-01-01"),
        (post, {"platform": ""}, "platform"),
        (post, {"on": date(2025, 1, 1)}, "2024-12-31"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(make, fields, problem):
    with pytest.raises(BadInput, match=problem):
        make(**fields)
