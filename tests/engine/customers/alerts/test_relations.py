import pandas as pd
import pytest

from engine.customers import key_figures
from engine.customers.alerts import alerts
from engine.settings import default

GOOD, BAD, NEUTRAL = "I love it, great", "This is terrible, I am angry", "A question"


def _said(customer_id, texts, kind="chat", sent="2025-06-28", **columns):
    days = pd.date_range(end=sent, periods=len(texts), freq="D")
    return [
        {
            "message_id": f"{customer_id}-{i}",
            "customer_id": customer_id,
            "sent_at": day,
            "kind": kind,
            "text": text,
            **columns,
        }
        for i, (day, text) in enumerate(zip(days, texts, strict=True))
    ]


def test_F77_a_mood_that_turns_raises_an_alert_and_one_that_stays_or_lifts_does_not(
    bank_of, alerts_of
):
    messages = [
        *_said("turned", [GOOD, GOOD, GOOD, BAD, BAD, BAD]),
        *_said("angry", [BAD] * 6),
        *_said("lifted", [BAD, BAD, BAD, GOOD, GOOD, GOOD]),
        *_said("new", [BAD, BAD, BAD]),
    ]
    feed = alerts_of(bank_of(["turned", "angry", "lifted", "new"], messages=messages))
    turned = feed[feed["kind"] == "mood_shift"]
    assert turned["customer_id"].tolist() == ["turned"]
    assert turned["raised_at"].tolist() == [pd.Timestamp("2025-06-28")]
    assert turned["reason"].tolist() == [
        "Mean sentiment of the last 3 messages −0.90, of the 3 before +0.90 (alert from 0.4 lower)."
    ]


@pytest.mark.parametrize(("margin", "fires"), [(0.2, True), (0.4, False)])
def test_F77_the_margin_is_the_settings(bank_of, raised, margin, fires):
    texts = [NEUTRAL] * 4 + [NEUTRAL, NEUTRAL, BAD]  # -.3 against 0
    bank = bank_of(["ann"], messages=_said("ann", texts))
    assert raised(bank, "mood_shift", mood_margin=margin) == (["ann"] if fires else [])


def test_F77_posts_without_consent_and_undated_or_old_messages_show_no_shift(bank_of, raised):
    texts = [GOOD, GOOD, GOOD, BAD, BAD, BAD]
    old = [
        {**row, "sent_at": row["sent_at"] - pd.Timedelta(days=200)} for row in _said("old", texts)
    ]
    undated = [{**row, "sent_at": None} for row in _said("undated", texts)]
    messages = [*_said("poster", texts, kind="post"), *old, *undated]
    assert raised(bank_of(["poster", "old", "undated"], messages=messages), "mood_shift") == []


def test_F77_the_order_of_rows_does_not_matter(bank_of, raised):
    rows = _said("ann", [GOOD, GOOD, GOOD, BAD, BAD, BAD])
    assert raised(bank_of(["ann"], messages=rows[::-1]), "mood_shift") == ["ann"]


def _complaint(customer_id, number, day, *, resolved=False):
    return {
        "message_id": f"{customer_id}{number}",
        "customer_id": customer_id,
        "sent_at": day,
        "kind": "ticket",
        "text": BAD,
        "resolved": resolved,
    }


def test_a_complaint_is_raised_from_the_day_on_which_it_is_overdue(bank_of, alerts_of):
    messages = [
        _complaint("late", 1, "2025-06-16 21:40"),  # days of the calendar, not of 24 hours
        _complaint("fresh", 1, "2025-06-17"),
        _complaint("settled", 1, "2025-05-01", resolved=True),
    ]
    feed = alerts_of(bank_of(["late", "fresh", "settled"], messages=messages))
    late = feed[feed["kind"] == "open_complaint"]
    assert late["customer_id"].tolist() == ["late"]
    assert late["raised_at"].tolist() == [pd.Timestamp("2025-06-30")]
    assert late["reason"].tolist() == ["1 case open for 14 days (alert from 14)."]


def test_two_complaints_make_one_alert_that_settling_the_older_does_not_renew(bank_of, alerts_of):
    def feed(*messages):
        found = alerts_of(bank_of(["ann"], messages=list(messages)))
        return found[found["kind"] == "open_complaint"]

    newer = _complaint("ann", 2, "2025-06-10")
    both = feed(_complaint("ann", 1, "2025-05-01"), newer)
    assert both["reason"].tolist() == ["2 cases open for 14 days or more, the oldest for 60."]
    after = feed(_complaint("ann", 1, "2025-05-01", resolved=True), newer)
    assert after["alert_id"].tolist() == both["alert_id"].tolist()


def test_churn_is_raised_at_its_threshold_and_never_for_the_unknown(bank_of, alerts_of, profile_of):
    messages = [_complaint("ben", i, f"2025-06-0{i + 1}") for i in range(4)]
    bank = bank_of(["ben", "nobody"], messages=messages)
    value = profile_of(bank).table.loc["ben", "churn"]
    at = alerts_of(bank, churn_from=float(value))
    assert at.loc[at["kind"] == "churn", "customer_id"].tolist() == ["ben"]
    assert (
        "Strongest sign: 4 cases (unresolved, repeated or unhappy): 4 unresolved"
        in at.loc[at["kind"] == "churn", "reason"].iloc[0]
    )
    dormant = bank_of(pd.DataFrame({"customer_id": ["ben"], "status": ["dormant"]}))
    assert (
        "Strongest sign: the bank marks the account as hardly used."
        in (alerts_of(dormant, churn_from=0.0)["reason"].iloc[0])
    )
    above = alerts_of(bank, churn_from=float(value) + 0.001)
    assert "churn" not in set(above["kind"])
    everybody = alerts_of(bank, churn_from=0.0)
    assert everybody.loc[everybody["kind"] == "churn", "customer_id"].tolist() == ["ben"]


@pytest.mark.parametrize(("days", "heard"), [(180, True), (30, False), (400, True)])
def test_F128_words_of_leaving_are_news_for_as_long_in_the_alert_as_in_the_insight(
    bank_of, profile_of, days, heard
):
    bank = bank_of(messages=_said("ann", ["I will close my accounts"], sent="2025-04-01"))
    guard = default().guard.model_copy(update={"service_reason_days": days})
    settings = default().model_copy(update={"guard": guard})
    profiles = profile_of(bank, settings)
    feed = alerts(bank, profiles, settings)
    said = [claim.kind for claim in key_figures.insight(profiles, 0, "USD")]
    assert ("says_leaving" in set(feed["kind"])) == ("says_leaving" in said) == heard
