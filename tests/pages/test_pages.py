"""Every page opens, says what it is for, and keeps data from being read as markdown."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import texts
from tests.pages.fake_engine import FakeEngine

PAGES = {
    "my_day.py": "My day",
    "customer_explorer.py": "Customers",
    "recommendations.py": "Recommendations",
    "insights.py": "Insights",
    "fairness.py": "Fairness",
    "governance.py": "Governance",
    "feedback.py": "Feedback",
    "data.py": "Data",
    "about.py": "What is this?",
}


def _button(at: AppTest, label: str, place: int = 0):
    return [button for button in at.button if button.label == label][place]


@pytest.mark.parametrize(("file", "title"), PAGES.items())
def test_F186_every_page_opens_without_an_exception(open_page, file: str, title: str):
    at = open_page(file)
    assert not at.exception
    assert not at.error
    assert title in [element.value for element in at.title]


@pytest.mark.parametrize("file", PAGES)
def test_every_page_opens_with_a_chosen_customer(open_page, file: str):
    at = open_page(file, customer="C0001")
    assert not at.exception
    assert not at.error


@pytest.mark.parametrize("file", PAGES)
def test_the_bank_its_day_and_its_version_stand_on_every_page(open_page, file: str):
    said = "\n".join(caption.value for caption in open_page(file).sidebar.caption)
    assert "Harbour Bank" in said
    assert "12 Mar 2026" in said
    assert "v1" in said
    assert "simulated" in said
    assert "Demo user" in said


def test_a_fallback_is_named_on_the_page(open_page):
    assert "sentiment\\: lexicon only" in texts(open_page())


def test_nothing_is_said_about_fallbacks_where_there_are_none(open_page, fake: type[FakeEngine]):
    fake.degraded = ()
    assert "lexicon" not in texts(open_page())


@pytest.mark.parametrize("file", PAGES)
def test_every_page_says_that_a_record_is_damaged(open_page, fake: type[FakeEngine], file: str):
    fake.damage = "1 record is damaged: what may have been refused stays off the lists."
    [said] = [error.value for error in open_page(file).error]
    assert said.startswith("1 record is damaged")


def test_F30_choosing_somebody_else_changes_the_page(open_page):
    at = open_page("recommendations.py")
    assert "Choose a customer first" in texts(at)
    offered = [b for b in at.button if str(b.key).startswith("recommendations_C")]
    assert len(offered) == 8
    for button in offered[2:4]:
        at = open_page("recommendations.py")
        at.button(key=button.key).click().run()
        assert button.label in texts(at)
        assert "Choose a customer first" not in texts(at)
        assert at.query_params["customer"] in (button.key[-5:], [button.key[-5:]])


def test_F30_the_list_shows_a_page_of_customers_in_at_most_eight_columns(open_page):
    shown = open_page().dataframe[0].value
    assert shown.shape == (20, 8)


def test_F187_a_search_that_finds_nobody_says_what_was_filtered_and_can_be_cleared(open_page):
    at = open_page()
    at.text_input(key="search").set_value("nobody of this name").run()
    assert "Nobody matches" in texts(at)
    assert "nobody of this name" in texts(at)
    _button(at, "Clear the filters").click().run()
    assert len(at.dataframe[0].value) == 20


def test_filters_narrow_the_list(open_page):
    at = open_page()
    at.selectbox(key="segment").set_value("Loyal").run()
    assert set(at.dataframe[0].value["segment"]) == {"Loyal"}


def test_F28_each_column_is_searched_on_its_own_and_all_hold_together(open_page):
    at = open_page()
    at.text_input(key="has_next_offer").set_value("CARD").run()
    at.number_input(key="churn_from").set_value(4.0).run()
    found = at.dataframe[0].value
    assert 0 < len(found) < 20
    assert found["offer"].str.startswith("Travel Rewards Card").all()
    assert (found["churn"] >= 4).all()
    at.text_input(key="has_name").set_value("nobody").run()
    assert "next best offer contains “CARD”; churn from 4" in texts(at)
    _button(at, "Clear the filters").click().run()
    assert len(at.dataframe[0].value) == 20


def test_F28_a_column_filter_lives_in_the_address(open_page):
    at = open_page(has_name="okafor")
    assert at.dataframe[0].value["name"].tolist() == ["Amara Okafor"]


def test_F40_a_customer_has_a_header_with_facts_and_consents(open_page):
    said = texts(open_page(customer="C0001"))
    assert "Ben Whitfield" in said
    assert "C0001 · 34, female · Software developer" in said
    assert "Use of social posts: refused" in said


def test_previous_and_next_walk_through_the_list(open_page):
    at = open_page(customer="C0001")
    before = at.title[0].value
    _button(at, "Next").click().run()
    assert at.title[0].value != before
    _button(at, "Previous").click().run()
    assert at.title[0].value == before


def test_F149_a_changed_consent_acts_at_once(open_page):
    at = open_page(customer="C0001")
    at.session_state["customer_tab"] = "Consent"
    at.run()
    control = at.segmented_control(key="consent_C0001_personalisation")
    control.set_value("refused").run()
    at.switch_page("recommendations.py").run()
    assert "objects to personal offers" in texts(at)
    assert not [button for button in at.button if button.label == "Accepted"]


@pytest.mark.parametrize("file", ["customer_explorer.py", "recommendations.py", "feedback.py"])
def test_a_name_that_is_markdown_stays_text(open_page, file: str):
    said = texts(open_page(file, customer="C0002"))
    assert "evil.example" in said.replace("\u2060", "")
    assert "](http://" not in said
    assert "<script>" not in said.replace("\\<", "")


def test_F39_the_needs_stand_with_the_recommendation_as_text(open_page):
    said = texts(open_page("recommendations.py", customer="C0001"))
    assert "searched by “travel”" in said.replace("\\", "")
    assert "](http://" not in said


def test_F184_every_chart_has_a_title_an_axis_with_its_unit_and_an_alternative_text(open_page):
    for file in ("customer_explorer.py", "insights.py", "fairness.py", "feedback.py"):
        at = open_page(file, customer="C0001")
        charts = at.get("plotly_chart")
        assert charts
        titles = [text.value for text in at.markdown if text.value.startswith("**")]
        assert len(titles) >= len(charts)
        for chart in charts:
            layout = json.loads(chart.proto.spec)["layout"]
            assert any(layout[axis]["title"].get("text") for axis in ("xaxis", "yaxis"))
            assert chart.proto.alt


def test_F142_an_attribute_that_is_not_recorded_is_a_sentence_not_an_exception(open_page):
    at = open_page("fairness.py")
    at.segmented_control(key="attribute").set_value("income band").run()
    assert not at.exception
    assert "records no income" in texts(at)


def test_F144_the_blinding_check_runs_on_a_button(open_page):
    at = open_page("fairness.py")
    _button(at, "Run the blinding check").click().run()
    assert "0 of 48 customers change" in at.success[0].value


def test_F142_a_gap_is_taken_apart_on_a_button(open_page):
    at = open_page("fairness.py")
    assert "Credit gets less" not in texts(at)
    _button(at, "Take the gaps apart").click().run()
    assert "The rule “Not affordable” adds most." in texts(at)
    assert at.selectbox(key="gap_of").options == ["Credit, Female: −5.0 points, beyond chance"]
    at.segmented_control(key="attribute").set_value("gender").run()
    at.slider(key="first").set_value(3).run()
    assert "Credit gets less" not in texts(at), "of another question"


def test_F145_prices_that_close_a_gap_are_found_and_kept_with_their_cost(open_page):
    at = open_page("fairness.py")
    at.number_input(key="gap_left").set_value(3.0).run()
    at.checkbox(key="gap_later").check().run()
    _button(at, "Find prices").click().run()
    assert "2 of 2 gaps by gender are closed." in texts(at)
    assert "1 today, 0 with prices" in texts(at)
    assert "Of 90 later adopters" in texts(at)
    _button(at, "Keep these prices").click().run()
    assert "Give the prices a name." in at.warning[-1].value
    next(box for box in at.text_input if box.label == "Name").set_value("Alike")
    _button(at, "Keep these prices").click().run()
    assert at.success[-1].value.startswith("Kept as alike. A manager puts it in force")
    at.number_input(key="gap_left").set_value(4.0).run()
    assert "are closed" not in texts(at), "of another question"


def test_two_attributes_are_crossed_in_every_part_of_the_page(open_page):
    at = open_page("fairness.py")
    at.selectbox(key="and_by").set_value("age band").run()
    assert "Of 2 comparisons by gender × age band 2 differ" in texts(at)
    _button(at, "Run the proxy check").click().run()
    assert "Nothing tells a group by gender × age band." in texts(at)
    at.selectbox(key="and_by").set_value(None).run()
    assert "Nothing tells a group" not in texts(at)


def test_an_unknown_way_to_sign_in_is_refused(open_page, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATTUNE_AUTH", "none")
    at = open_page()
    assert "ATTUNE\\_AUTH" in texts(at)
    assert not at.dataframe


def test_F187_a_first_run_without_any_bank_offers_two_ways_to_begin(
    open_page, fake: type[FakeEngine]
):
    fake.n_banks = 0
    at = open_page()
    assert "Welcome to Attune" in texts(at)
    _button(at, "Try the demo bank").click().run()
    assert at.selectbox(key="bank").value == "fake"
    assert at.title[0].value == "My day"
    assert "4 calls today of 48 customers" in texts(at)


def test_data_can_be_imported_when_there_is_no_bank_yet(open_page, fake: type[FakeEngine]):
    fake.n_banks = 0
    at = open_page("data.py")
    assert not at.exception
    at.session_state["tab"] = "Import"
    at.run()
    assert "Bring your own bank" in texts(at)


def test_the_address_names_the_bank(open_page, fake: type[FakeEngine]):
    fake.n_banks = 2
    at = open_page("recommendations.py", bank="second", customer="C0001")
    assert at.selectbox(key="bank").value == "second"
    assert "Ben Whitfield" in texts(at)


def test_a_bank_that_is_not_there_opens_the_first_and_says_so(open_page, fake: type[FakeEngine]):
    fake.n_banks = 2
    at = open_page(bank="gone")
    assert at.selectbox(key="bank").value == "fake"
    assert "There is no bank gone here" in texts(at)
    assert "There is no bank" not in texts(at.switch_page("data.py").run())


def test_a_tab_that_is_not_there_is_a_sentence(open_page):
    at = open_page("feedback.py", tab="Nowhere")
    assert "There is no tab “Nowhere” here; there are Statistics, " in texts(at)


def test_the_search_box_finds_somebody_from_every_page_and_a_click_opens(open_page):
    at = open_page("insights.py")
    at.text_input(key="search_box").set_value("ben whitf").run()
    [found] = [button for button in at.button if str(button.key).startswith("found_")]
    assert found.label == "Ben Whitfield · C0001"
    found.click().run()
    assert at.title[0].value == "Ben Whitfield"
    assert at.text_input(key="search_box").value == ""


def test_a_search_that_finds_nothing_says_so(open_page):
    at = open_page("insights.py")
    at.text_input(key="search_box").set_value("nobody is called so").run()
    assert "Nothing has such a name or number." in [caption.value for caption in at.sidebar.caption]
