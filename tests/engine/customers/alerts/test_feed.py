import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from engine.bank.bank import Bank, Manifest
from engine.customers.alerts import alerts
from engine.customers.alerts.feed import COLUMNS, alert_id
from engine.labels import ALERT_TITLES
from engine.results import SEVERITIES
from engine.settings import default

MONTHS = pd.date_range("2024-07-01", "2025-06-01", freq="MS")


def _planted() -> dict[str, pd.DataFrame]:
    """One customer for each kind of alert, named by it, and one without any."""
    kinds = ["savings_goal", "spending_limit", "loan_nearly_repaid", "volatility", "shortfall"]
    kinds += ["churn", "mood_shift", "open_complaint", "unusual_transaction", "calm"]
    kinds += ["says_leaving"]
    customers = pd.DataFrame({"customer_id": kinds, "savings_goal": [100.0] + [None] * 10})
    accounts = pd.DataFrame(
        {
            "account_id": ["s", "l", "c"],
            "customer_id": ["savings_goal", "loan_nearly_repaid", "shortfall"],
            "kind": ["savings", "loan", "current"],
            "balance": [100.0, 20.0, 10.0],
        }
    )
    swings = [300.0, 1500.0] * 6
    months = [("spending_limit", [5001.0], None), ("volatility", swings, None)]
    months += [("shortfall", [900.0] * 4, 800.0), ("calm", [900.0] * 12, 2000.0)]
    rows = [
        {"customer_id": name, "month": day, "spending": value, "income": income}
        for name, values, income in months
        for day, value in zip(MONTHS[-len(values) :], values, strict=True)
    ]
    good, bad = "I love it", "terrible"
    said = [("mood_shift", t, "chat", None) for t in (good, good, good, bad, bad, bad)]
    said += [("open_complaint", "A question", "ticket", False)]
    said += [("churn", f"{bad} and awful {i}", "ticket", True) for i in range(8)]
    said += [("says_leaving", "I will close my accounts", "chat", None)]
    days = pd.date_range(end="2025-06-10", periods=len(said), freq="D")
    messages = [
        {
            "message_id": f"m{i}",
            "customer_id": name,
            "sent_at": day,
            "kind": kind,
            "text": text,
            "resolved": resolved,
        }
        for i, (day, (name, text, kind, resolved)) in enumerate(zip(days, said, strict=True))
    ]
    dates = pd.date_range(end="2025-06-20", periods=60, freq="3D")
    payments = pd.DataFrame(
        {
            "transaction_id": [f"t{i}" for i in range(60)],
            "customer_id": "unusual_transaction",
            "booked_at": dates,
            "amount": [-20.0 - 3 * (i % 5) for i in range(59)] + [-2400.0],
            "merchant": [f"Shop {'abcdefg'[i % 7]}" for i in range(59)] + ["Jeweller"],
            "description": "Purchase",
        }
    )
    return {
        "customers": customers,
        "accounts": accounts,
        "months": pd.DataFrame(rows),
        "messages": pd.DataFrame(messages),
        "transactions": payments,
    }


@pytest.fixture(scope="module")
def planted() -> Bank:
    return Bank.from_tables(Manifest(name="Planted", as_of="2025-06-30"), _planted())


@pytest.fixture(scope="module")
def feed(planted, profile_of) -> pd.DataFrame:
    return alerts(planted, profile_of(planted), default())


def test_F128_each_planted_case_appears_once_with_id_and_time(feed):
    own = feed[feed["kind"] == feed["customer_id"]]
    kinds = set(ALERT_TITLES) - {"fairness", "churn"}
    assert kinds <= set(own["kind"])
    assert own["kind"].is_unique
    assert feed["alert_id"].is_unique
    assert feed["alert_id"].str.fullmatch(r"[0-9a-f]{16}").all()
    assert feed["raised_at"].notna().all()
    assert (feed["raised_at"] <= pd.Timestamp("2025-06-30")).all()
    assert "calm" not in set(feed["customer_id"])


def test_F128_every_alert_says_why_with_figures_and_what_to_do(feed):
    assert list(feed.columns) == list(COLUMNS)
    assert feed["reason"].str.contains(r"\d").all()
    assert (feed["action"].str.len() > 20).all()
    assert set(feed["kind"]) <= set(ALERT_TITLES)
    assert set(feed["severity"]) <= set(SEVERITIES)
    assert not feed.astype(str).apply(lambda column: column.str.contains("nan")).any(axis=None)


def test_F128_the_same_bank_has_the_same_feed(feed, planted, profile_of):
    pd.testing.assert_frame_equal(feed, alerts(planted, profile_of(planted), default()))


def test_F128_the_most_severe_come_first_and_then_the_newest(feed):
    severity = pd.Index(SEVERITIES).get_indexer(feed["severity"])
    assert (severity[1:] >= severity[:-1]).all()
    for _, part in feed.groupby("severity"):
        assert part["raised_at"].is_monotonic_decreasing


def test_F127_a_bank_without_anything_to_say_has_an_empty_feed(bank_of, alerts_of):
    for bank in (bank_of(["ann"]), bank_of([])):
        feed = alerts_of(bank)
        assert feed.empty
        assert list(feed.columns) == list(COLUMNS)


@examples(max_examples=15, deadline=None)
@given(
    chosen=st.lists(st.integers(0, 9), min_size=1, unique=True),
    repeated=st.booleans(),
)
def test_an_alert_is_the_same_one_whoever_else_is_there_and_in_any_order(
    feed, profile_of, chosen, repeated
):
    """Each alert once: other customers, their order and repeated rows change no id."""
    tables = _planted()
    kept = tables["customers"].iloc[chosen]
    if repeated:
        tables["messages"] = tables["messages"].iloc[::-1]
        tables["accounts"] = tables["accounts"].iloc[::-1]
    bank = Bank.from_tables(
        Manifest(name="Some", as_of="2025-06-30"), {**tables, "customers": kept}
    )
    raised = alerts(bank, profile_of(bank), default())
    absolute = {"savings_goal", "loan_nearly_repaid", "mood_shift", "open_complaint", "volatility"}
    assert raised["alert_id"].is_unique
    assert set(raised["customer_id"]) <= set(kept["customer_id"])
    expected = feed[feed["customer_id"].isin(kept["customer_id"]) & feed["kind"].isin(absolute)]
    mine = raised[raised["kind"].isin(absolute)]
    assert set(mine["alert_id"]) == set(expected["alert_id"])


@examples(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=8), min_size=3, max_size=3))
def test_an_id_depends_on_customer_kind_and_cause(parts):
    customer, kind, cause = parts
    assert alert_id(*parts) == alert_id(*parts)
    assert alert_id(customer, kind, cause + "x") != alert_id(*parts)
    assert alert_id(customer + "x", kind, cause) != alert_id(*parts)
