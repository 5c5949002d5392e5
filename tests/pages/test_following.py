"""From a number to its customers: whom the list is of, what narrows it, and the way back."""

import pytest

from pages.components.customers.following import HOW
from tests.pages.conftest import texts
from tests.pages.fake_people import customers

N_AT_RISK = int((customers()["churn"] >= 7).sum())


def press(at, label: str):
    return next(button for button in at.button if button.label == label).click().run()


def test_a_number_opens_its_customers_in_a_list_of_their_own_and_leads_back_to_everybody(open_page):
    at = open_page(show="0:at_risk")
    assert f"{N_AT_RISK} customers" in texts(at)
    assert not at.exception
    files = [one.label for one in at.get("download_button")]
    assert files == ["Download Excel", "Download CSV"]
    press(at, "Everybody")
    assert "show" not in at.query_params
    assert "48 customers" in texts(at)


def test_what_was_chosen_before_does_not_narrow_a_number_that_is_followed(open_page):
    at = open_page(customer="C0001")
    at.session_state["alerts"] = True
    at.query_params.clear()
    at.query_params["show"] = "0:at_risk"
    at.run()
    assert f"{N_AT_RISK} customers" in texts(at)
    assert not at.toggle(key="alerts").value


def test_a_filter_narrows_the_selection_and_stays_with_a_link_that_has_it(open_page):
    at = open_page(show="0:at_risk", alerts="true")
    both = customers().query("churn >= 7 and n_alerts > 0")
    assert at.toggle(key="alerts").value
    assert f"{len(both)} customer" in texts(at)


def test_an_address_that_is_none_is_a_sentence_and_everybody_is_shown(open_page):
    at = open_page(show="0:nobody")
    assert "There is no selection 'nobody'" in texts(at)
    assert "48 customers" in texts(at)


@pytest.mark.parametrize("page", ["customer_explorer.py", "recommendations.py", "insights.py"])
def test_who_has_no_list_is_counted_and_opened_from_every_list(open_page, page: str):
    at = open_page(page)
    assert "have no list of offers" in texts(at)
    links = [one.proto.label for one in at.get("page_link")]
    assert any(one.endswith(": all of them") for one in links) and not at.exception


@pytest.mark.parametrize("label", ["48 customers", f"{N_AT_RISK} customers"])
def test_every_figure_of_insights_has_its_link(open_page, label: str):
    at = open_page("insights.py")
    links = [one.proto.label for one in at.get("page_link")]
    assert label in links
    assert any(one.startswith(f"{N_AT_RISK} customers: ") for one in links)
    assert "have no list of offers" in texts(at)


def test_how_a_row_opens_its_customers_is_said_once_a_page(open_page):
    at = open_page("insights.py")
    assert [one.value for one in at.caption].count(HOW) == 1


def test_a_map_on_which_nobody_can_be_drawn_is_a_sentence(open_page, fake, monkeypatch):
    monkeypatch.setattr(fake, "people", fake.people.assign(profit=float("nan")))
    at = open_page("insights.py")
    assert not at.exception
    assert "Churn and profit are known together of nobody" in texts(at)
    assert "Draw a box" not in texts(at)
