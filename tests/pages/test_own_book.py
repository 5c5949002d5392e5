"""Pages over the real engine for a relationship manager, and for an analyst without names."""

import re

import pandas as pd
import pytest

from engine import Engine
from pages.components.frame import access
from tests.conftest import DEMO
from tests.pages.conftest import Opener, texts

BOOK, OWN, FOREIGN = "Edgar Bellamy", "C00337", "C00458"


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch):
    """Have somebody look at what is opened next."""

    def look(role: str, book: str | None = None) -> None:
        monkeypatch.setattr(access, "signs_in", lambda: True)
        roles = access._HOLDS.get(role, frozenset({role}))
        person = access.Principal("rita", "Rita", roles, book, role)
        monkeypatch.setattr(access, "principal", lambda: person)

    return look


def test_F177_a_foreign_deep_link_says_what_an_unknown_number_does(visit: Opener, looking):
    looking("relationship_manager", BOOK)
    customers = pd.read_csv(DEMO / "customers.csv", dtype=str)
    own = customers.loc[customers["relationship_manager"] == BOOK, "name"]
    said = []
    for number in (FOREIGN, "C99999"):
        at = visit("customer_explorer.py", customer=number)
        assert not at.exception
        assert "customer" not in at.query_params
        said.append([warning.value.replace(number, "WHO") for warning in at.warning])
        assert at.dataframe[0].value["name"].isin(own).all()
    assert said[0] == said[1] != []
    assert "184 customers" in at.sidebar.caption[0].value
    links = [link.proto.label for link in at.sidebar.get("page_link")]
    assert links == [
        *("My day", "Customers", "Assistant", "Recommendations", "Insights", "Feedback"),
        "What is this?",
    ]
    at.text_input(key="search_box").set_value(FOREIGN).run()
    found = [one.label for one in at.button if (one.key or "").startswith("found_customer")]
    assert {label.split(" · ")[0] for label in found} <= set(own)


def test_F177_offers_of_the_own_book_alone(visit: Opener, looking):
    looking("relationship_manager", BOOK)
    at = visit("recommendations.py", customer=FOREIGN)
    assert not at.exception
    assert FOREIGN not in texts(at)
    at = visit("recommendations.py", customer=OWN)
    assert not at.error
    assert [tab.label for tab in at.tabs] == ["Offers", "Why not?", "What if?", "By product"]


def test_F177_an_analyst_opens_lists_under_pseudonyms_and_no_record(visit: Opener, looking):
    looking("analyst")
    at = visit("customer_explorer.py")
    assert not at.exception
    assert "Choose a name to open" not in texts(at)
    assert at.dataframe[0].value["name"].str.fullmatch(r"p[0-9a-f]{16}").all()
    one = str(at.dataframe[0].value["name"].iloc[0])
    at = visit("customer_explorer.py", customer=one)
    assert "not open to your role" in texts(at)
    assert not re.search(r"\bC\d{5}\b", texts(at))


def test_F177_every_page_asks_for_something_of_the_table():
    assert set(access.ASKS.values()) <= set(Engine.rights)
    assert all(access.OPEN_TO.values())
