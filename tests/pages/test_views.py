"""The list of customers under a name, and notes on days: typed, kept, shown as they are."""

from datetime import date

from pages.components.customers import saved_views
from tests.pages.conftest import texts
from tests.pages.fake_people import customers

EVIL = "**bold** <b>x</b> :red[y]"
CHOSEN = {"churn_band": "High", "sort": "Name, A to Z", "churn_from": "2.5", "has_mood": "Good"}
HIGH = int((customers()["churn_band"] == "high").sum())


def press(at, label: str):
    return next(button for button in at.button if button.label == label).click().run()


def saved(at, name: str):
    at.text_input(key="view_name").set_value(name).run()
    return press(at, "Save the list as it is")


def test_a_list_is_saved_left_opened_renamed_and_removed(open_page, fake):
    at = saved(open_page(**CHOSEN, last_contact_from="2024-05-01"), "Mine")
    assert at.session_state["view_open"] == "Mine" and not at.exception
    [view] = fake.opened[0].views.saved()
    assert view.query == CHOSEN | {"last_contact_from": "2024-05-01"}
    press(at, "Leave")
    assert "48 customers" in texts(at) and "churn_band" not in at.query_params
    assert at.selectbox(key="sort").value == "value_a_year"
    press(at, "Mine")
    state = at.session_state
    assert (state["churn_band"], state["sort"], state["churn_from"]) == ("high", "name", 2.5)
    assert state["last_contact_from"] == date(2024, 5, 1)
    at.text_input(key="view_name").set_value("Ours").run()
    press(at, "Rename")
    assert [one.name for one in fake.opened[0].views.saved()] == ["Ours"]
    press(at, "Remove")
    assert fake.opened[0].views.saved() == [] and not at.exception


def test_a_name_that_is_typed_right_before_the_click_counts(open_page, fake):
    at = open_page(churn_band="High")
    at.text_input(key="view_name").set_value("Mine")
    at.selectbox(key="sort").set_value("name")
    press(at, "Save the list as it is")  # all three come to the server in one run
    at.text_input(key="view_name").set_value("Ours")
    press(at, "Rename")
    [view] = fake.opened[0].views.saved()
    assert (view.name, view.query) == ("Ours", {"churn_band": "High", "sort": "Name, A to Z"})
    assert not at.error


def test_what_is_changed_in_an_open_view_is_said_and_can_be_saved(open_page, fake):
    at = saved(open_page(churn_band="High"), EVIL)
    assert f"{HIGH} customers" in texts(at)
    labels = [button.label for button in at.button]
    assert any(label.startswith(r"\*\*bold\*\* \<b\>x") for label in labels)
    at.selectbox(key="sort").set_value("name").run()
    press(at, "Save changes")
    [view] = fake.opened[0].views.saved()
    assert view.query == {"churn_band": "High", "sort": "Name, A to Z"}
    assert "Save changes" not in [button.label for button in at.button]


def test_the_next_session_begins_with_the_last_view_unless_the_address_says_more(open_page, fake):
    def later():
        return open_page("my_day.py").switch_page("customer_explorer.py").run()

    at = saved(open_page(churn_band="High"), "Mine")
    again = later()
    assert f"{HIGH} customers" in texts(again)
    assert again.session_state["view_open"] == "Mine"
    assert open_page(alerts="true").session_state["churn_band"] == "All"
    press(again, "Leave")
    assert "48 customers" in texts(again)
    assert "48 customers" in texts(later()), "it was left"
    assert not at.exception and not again.exception


def test_a_view_of_what_the_bank_no_longer_has_opens_without_it(open_page, fake):
    at = open_page(churn_band="High")
    query = {"segment": "Gone", "churn_from": "99", "last_contact_from": "x", "alerts": "true"}
    fake.opened[0].views.save("Old", saved_views.PAGE, query, actor="Rita")
    press(at.run(), "Old")
    assert at.toggle(key="alerts").value and at.session_state["segment"] == "All"
    assert not at.exception


def test_a_note_stands_on_the_charts_as_it_was_typed_until_it_is_removed(open_page, fake):
    at = open_page("insights.py")
    day = fake.opened[0].customers.insights().mood["month"].iloc[1].date()
    at.date_input(key="note_day").set_value(day)
    at.text_input(key="note_text").set_value(EVIL)
    press(at, "Add the note")
    assert not at.exception and EVIL in mood_chart(at)["alt"]
    assert "&lt;b&gt;x" in mood_chart(at)["spec"] and "<b>x" not in mood_chart(at)["spec"]
    assert any(r"\*\*bold" in one.value for one in at.markdown)
    at.switch_page("feedback.py").run()
    assert at.session_state["pinned_notes"] == ()
    at.switch_page("insights.py").run()
    press(at, "Remove")
    assert EVIL not in mood_chart(at)["alt"]


def mood_chart(at) -> dict[str, str]:
    of_mood = (one.proto for one in at.get("plotly_chart") if "mood" in one.proto.alt.casefold())
    [chart] = [proto for proto in of_mood if "month" in proto.alt]
    return {"alt": chart.alt, "spec": chart.spec}
