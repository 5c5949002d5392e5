"""Every page over the real Engine and the demo bank, without a browser."""

from datetime import date

import pytest

from pages.components.frame import session
from tests.pages.conftest import ROOT, texts

CUSTOMER = "C00004"


@pytest.mark.parametrize(
    "file",
    [
        "customer_explorer.py",
        "assistant.py",
        "recommendations.py",
        "campaigns.py",
        "insights.py",
        "fairness.py",
        "governance.py",
        "feedback.py",
        "data.py",
    ],
)
def test_F186_every_page_opens_with_and_without_a_customer(visit, file: str):
    for query in ({}, {"customer": CUSTOMER}):
        at = visit(file, **query)
        assert not at.exception
        assert not at.error
        assert "Attune demo bank" in at.sidebar.caption[0].value


@pytest.mark.parametrize(
    "tab",
    [
        "Transactions",
        "Messages",
        "Products held",
        "Alerts",
        "Plan",
        "Record",
        "Consent",
        "Who did what",
    ],
)
def test_every_tab_of_a_customer_opens(visit, tab: str):
    at = visit("customer_explorer.py", customer=CUSTOMER)
    at.session_state["customer_tab"] = tab
    at.run()
    assert not at.exception
    assert not at.error


@pytest.mark.parametrize("tab", ["Use", "Rate a product", "History", "Retrain", "Versions"])
def test_every_tab_of_feedback_opens(visit, tab: str):
    at = visit("feedback.py", customer=CUSTOMER)
    at.session_state["tab"] = tab
    at.run()
    assert not at.exception
    assert not at.error


@pytest.mark.parametrize("tab", ["Products", "Import", "Quality report", "Models", "Settings"])
def test_every_tab_of_data_opens(visit, tab: str):
    at = visit("data.py")
    at.session_state["tab"] = tab
    at.run()
    assert not at.exception
    assert not at.error


@pytest.mark.parametrize("tab", ["Data", "Drift", "Overrides", "Audits", "Pilot", "Questions"])
def test_every_tab_of_governance_opens(visit, tab: str):
    at = visit("governance.py")
    at.session_state["tab"] = tab
    at.run()
    assert not at.exception
    assert not at.error


def test_F29_products_are_searched_by_column_and_one_opens_in_full(visit):
    at = visit("data.py")
    at.session_state["tab"] = "Products"
    at.run()
    at.text_input(key="product_name").set_value("loan").run()
    found = at.dataframe[0].value["name"].tolist()
    assert found
    assert all("loan" in name.lower() for name in found)
    at.text_input(key="product_category").set_value("nothing such").run()
    assert "category contains “nothing such”" in texts(at)
    next(button for button in at.button if button.label == "Clear the search").click().run()
    at.query_params["product"] = "P02"
    at.run()
    assert at.header[0].value == "Student Account"
    assert "An age of at most 28" in texts(at)
    next(button for button in at.button if button.label == "All products").click().run()
    assert len(at.dataframe[0].value) == 62


def test_F112_F113_a_product_page_says_who_holds_it_and_what_could_be_better(visit):
    at = visit("data.py")
    at.session_state["tab"] = "Products"
    at.query_params["product"] = "P33"
    at.run()
    assert not at.exception
    shown = texts(at)
    assert "Held by" in shown and "What could be better" in [one.value for one in at.subheader]
    assert "refusals with a reason" in shown


def test_F154_a_six_part_rating_is_stored_with_its_mean(visit):
    at = visit("feedback.py", customer=CUSTOMER)
    at.session_state["tab"] = "Rate a product"
    at.run()

    def asked():
        return [one for one in at.selectbox if one.placeholder == "Not rated yet"]

    assert [one.value for one in asked()] == [None] * 6, "nothing is chosen beforehand"
    save = next(button for button in at.button if button.label == "Save rating")
    asked()[0].set_value(0.0)
    save.click().run()
    assert "give all six parts" in texts(at)
    for one, value in zip(asked(), (0.0, 1.0, 0.0, 0.0, 0.0, 0.9), strict=True):
        one.set_value(value)
    next(button for button in at.button if button.label == "Save rating").click().run()
    engine = session.opened(str(ROOT / "data" / "demo"), str(session.state_folder()), 1)
    rated = engine.feedback.history(CUSTOMER).query("action == 'rated' and actor == 'demo'")
    assert rated["rating"].round(4).tolist() == [0.3167]


def test_F106_both_lists_of_a_customer_can_be_shown(visit):
    at = visit("recommendations.py", customer=CUSTOMER)
    chooser = at.segmented_control(key=f"list_{CUSTOMER}")
    for name in ("growth", "retention"):
        chooser.set_value(name).run()
        assert not at.exception
        assert f"{name.title()} list" in texts(at)


def test_a_campaign_from_the_form_to_the_list_and_beside_another(visit):
    at = visit("campaigns.py")
    at.text_input[0].set_value("Autumn")
    at.number_input[0].set_value(40)
    at.button[0].click().run()
    assert not at.exception
    assert not at.error
    assert "40 of the" in texts(at)
    at.button(key="campaign_keep").click().run()
    at.text_input[0].set_value("Winter")
    at.number_input[0].set_value(20)
    at.date_input[0].set_value(date(2026, 4, 1))
    at.button[0].click().run()
    assert "Since 1 Apr 2026, contacted" in texts(at) and "95 % interval" in texts(at)
    at.button(key="campaign_keep").click().run()
    shown = [frame.value for frame in at.dataframe]
    beside = next(one for one in shown if "shared" in one.columns)
    assert beside["campaign"].tolist() == ["Autumn", "Winter"]
    assert beside["contacted"].tolist() == [40, 20]


def test_a_campaign_chooses_among_a_segment_of_customers_who_are_alike(visit):
    at = visit("campaigns.py")
    among = at.selectbox(key="campaign_segment_0")
    n = among.options[0].rstrip(")").rsplit(" (", 1)[1]
    among.select_index(0)
    at.button[0].click().run()
    assert not at.exception
    assert f"Chosen among {n}" in texts(at)
    at.button[0].click().run()
    assert f"Chosen among {n}" in texts(at)


def test_a_campaign_without_a_name_says_so(visit):
    at = visit("campaigns.py")
    at.text_input[0].set_value(" ")
    at.button[0].click().run()
    assert not at.exception
    assert "has no name" in texts(at)
