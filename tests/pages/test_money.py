"""Forecast, cash flow and unusual transactions on the customer page."""

import json

from pages.components.customers import personal_facts
from tests.pages.conftest import texts

CUSTOMER = "C0001"


def _charts(at) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def _metrics(at) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def test_F31_the_personal_facts_stand_on_the_overview(open_page):
    said = texts(open_page(customer=CUSTOMER))
    for fact in (
        "Age and gender: **34, female**",
        "Family: **Married, 1 dependant**",
        "Lives in: **Bristol, South West**",
        "Education: **Bachelor's degree**",
        "Occupation: **Software developer**",
        "Yearly income: **USD",
        "Pays by: **credit card, direct debit**",
        "Buy a house",
    ):
        assert fact in said


def test_a_company_is_based_somewhere_and_has_an_industry():
    known = {"audience": "corporate", "city": "Mereford", "industry": "Freight", "n_employees": 64}
    found = {name: text for name, text in personal_facts._facts(known, "USD").items() if text}
    assert found == {"Based in": "Mereford", "Industry": "Freight", "Employees": "64"}


def test_F32_key_figures_carry_a_band_or_an_arrow(open_page):
    at = open_page(customer=CUSTOMER)
    assert _metrics(at)["Credit score"] == ("780", "Excellent")
    assert _metrics(at)["Balance"] == ("USD 4,380", "up on the month before")


def test_F59_the_months_expected_are_drawn_with_their_interval_and_method(open_page):
    at = open_page(customer=CUSTOMER)
    names = {trace.get("name") for trace in _charts(at)[0]["data"]}
    assert {"Balance", "expected", "80 % interval"} <= names
    said = texts(at)
    assert "By exponential smoothing" in said
    assert "Tested on 900 past months" in said


def test_F59_an_unusual_month_is_flagged(open_page):
    at = open_page(customer=CUSTOMER)
    assert "unusual month" in {trace.get("name") for trace in _charts(at)[1]["data"]}
    assert texts(at).count("March 2026 was unusual for the whole bank") == 1


def test_F58_spending_can_be_shown_as_amount_or_number(open_page, fake):
    at = open_page(customer=CUSTOMER)
    low, high = _charts(at)[1]["layout"]["yaxis"]["range"]
    least, most = fake.opened[-1].customers.forecast(CUSTOMER).spending.axis
    assert low <= least
    assert high >= most
    at.segmented_control(key="activity").set_value("Number").run()
    assert not at.exception
    assert _charts(at)[1]["data"][0]["type"] == "bar"


def test_F48_cash_flow_says_what_comes_what_is_due_what_is_saved_and_how_it_swings(open_page):
    at = open_page(customer=CUSTOMER)
    shown = _metrics(at)
    assert shown["Next salary"] == ("USD 4,200", "21 Mar 2026")
    assert shown["Going out"][0] == "USD 900"
    assert shown["Savings rate"] == ("12\u00a0%", "of income kept")
    assert shown["Spending swings"] == ("62\u00a0%", "volatile")
    assert "Recurring payments and subscriptions" in texts(at)


def test_F34_a_purchase_has_its_day_category_place_price_and_way_of_paying(open_page):
    at = open_page(customer=CUSTOMER)
    at.session_state["customer_tab"] = "Transactions"
    at.run()
    first = at.dataframe[0].value.iloc[0]
    assert first[["category", "channel", "payment_method"]].tolist() == [
        "Travel",
        "Online",
        "Credit card",
    ]
    assert first["amount"] == -310.4
    assert first["merchant"] == "Skyline Air"


def test_F35_F36_a_message_stands_with_its_topics_state_and_sentiment(open_page):
    at = open_page(customer=CUSTOMER)
    at.session_state["customer_tab"] = "Messages"
    at.run()
    said = texts(at)
    for expected in ("Negative", "Open", "Repeated", "Card", "Not used: no consent", "Post"):
        assert expected in said
    assert "**Mood by month**" in said


def test_an_unusual_transaction_is_marked_with_its_reason(open_page):
    at = open_page(customer=CUSTOMER)
    at.session_state["customer_tab"] = "Transactions"
    at.run()
    assert "Far above the usual 40" in texts(at)
    marks = at.dataframe[0].value["mark"]
    assert marks.iloc[0] == "▲ unusual"
    assert (marks.iloc[1:] == "").all()


def test_the_page_says_whether_a_metric_is_learned_or_a_scorecard(open_page):
    said = texts(open_page(customer=CUSTOMER))
    assert said.count("Learned from the bank's labels") == 1
    assert said.count("By scorecard") == 3


def test_an_expected_loss_is_shown_with_how_it_was_learned(open_page):
    at = open_page(customer=CUSTOMER)
    at.session_state["customer_tab"] = "Products held"
    at.run()
    assert _metrics(at)["Expected loss on loans"][0] == "USD 216"
    assert "354 labels" in texts(at)


def test_F70_a_post_without_engagement_or_brands_opens_as_well(open_page):
    at = open_page("customer_explorer.py", customer="C0000")
    at.session_state["customer_tab"] = "Messages"
    at.run()
    assert not at.exception
    said = texts(at)
    assert said.count("Engagement:") == 1 and "REI" in said
    assert "On products: negative" in said and "nan" not in said


def test_F75_what_customers_say_of_products_is_counted_on_their_page_and_on_insights(open_page):
    at = open_page("customer_explorer.py", customer="C0000")
    at.session_state["customer_tab"] = "Messages"
    for page in (at.run(), open_page("insights.py")):
        assert not page.exception
        said = texts(page)
        assert all(chip in said for chip in ("Positive · 7", "Neutral · 56", "Negative · 10"))
