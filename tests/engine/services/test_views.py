"""Named queries of pages and notes on days: kept once, bounded, and as they were typed."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from engine import Engine
from engine.bank.bank import Bank
from engine.errors import BadInput, NotFound
from engine.results import View

NOW = dt.datetime(2025, 1, 10, 9, 0)
QUERY = {"churn_band": "High", "sort": "Name, A to Z"}


@pytest.fixture
def engine(small_bank: Bank, tmp_path: Path) -> Engine:
    return Engine(tmp_path, small_bank, tmp_path, lambda: NOW)


def _names(engine: Engine) -> list[str]:
    return [view.name for view in engine.views.saved("customers")]


def test_a_view_is_kept_renamed_opened_and_removed_and_another_process_sees_it(
    engine: Engine, small_bank: Bank, tmp_path: Path
):
    view = engine.views.save("  My   calls ", "customers", QUERY | {"page": "3"}, actor="Rita")
    assert (view.name, view.query, view.actor) == ("My calls", QUERY, "Rita")
    assert view.address == "churn_band=High&sort=Name%2C+A+to+Z"
    other = Engine(tmp_path, small_bank, tmp_path, lambda: NOW)
    assert other.views.open("customers", "my calls", actor="Raj") == view
    assert other.views.last("customers", actor="Raj") == view
    assert engine.views.last("customers", actor="Rita") is None
    engine.views.rename("customers", "My calls", "MY CALLS", actor="Rita")
    engine.views.rename("customers", "My calls", "Ours", actor="Rita")
    last = other.views.last("customers", actor="Raj")
    assert isinstance(last, View) and (last.name, last.query) == ("Ours", QUERY)
    other.views.leave("customers", actor="Raj")
    assert other.views.last("customers", actor="Raj") is None
    other.views.open("customers", "Ours", actor="Raj")
    assert engine.views.remove("customers", "Ours") and not engine.views.remove("customers", "Ours")
    assert _names(other) == [] and other.views.last("customers", actor="Raj") is None
    with pytest.raises(NotFound, match="no view 'Ours'"):
        other.views.open("customers", "Ours", actor="Raj")


def test_of_two_who_save_one_name_at_once_one_is_told_and_the_other_is_kept(
    engine: Engine, small_bank: Bank, tmp_path: Path
):
    two = [engine, Engine(tmp_path, small_bank, tmp_path, lambda: NOW)]
    both = Barrier(2)

    def save(n: int) -> str:
        both.wait()
        try:
            two[n].views.save("Calls", "customers", {"search": str(n)}, actor=f"P{n}")
        except BadInput as error:
            return str(error)
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(save, range(2)))
    kept = engine.views.get("customers", "Calls")
    assert said[int(kept.query["search"])] == "kept"
    told = said[1 - int(kept.query["search"])]
    assert told.startswith("There is a view 'Calls' already, saved by P")
    again = two[1].views.save("calls", "customers", kept.query, actor="P9")
    assert again == kept, "the same query under the same name is no conflict"
    replaced = engine.views.save("CALLS", "customers", QUERY, actor="P9", replacing=True)
    assert engine.views.saved() == [replaced]


def test_a_rename_onto_another_view_changes_neither(engine: Engine):
    for name in ("One", "Two"):
        engine.views.save(name, "customers", {"search": name}, actor="Rita")
    with pytest.raises(BadInput, match="already"):
        engine.views.rename("customers", "One", "two", actor="Rita")
    assert [view.query["search"] for view in engine.views.saved()] == ["One", "Two"]


@pytest.mark.parametrize("to", ["Ours", "CALLS"])
def test_a_rename_keeps_what_another_saves_and_brings_back_nothing_that_is_removed(
    engine: Engine, small_bank: Bank, tmp_path: Path, to: str
):
    other = Engine(tmp_path, small_bank, tmp_path, lambda: NOW).views
    engine.views.save("Calls", "customers", QUERY, actor="Rita")
    meanwhile = [
        lambda: other.save("Calls", "customers", {"search": "x"}, actor="Raj", replacing=True)
    ]

    def now() -> dt.datetime:
        while meanwhile:
            meanwhile.pop()()
        return NOW

    mine = Engine(tmp_path, small_bank, tmp_path, now).views
    assert mine.rename("customers", "Calls", to, actor="Rita").query == {"search": "x"}
    assert [(v.name, v.query) for v in engine.views.saved()] == [(to, {"search": "x"})]
    meanwhile.append(lambda: other.remove("customers", to))
    with pytest.raises(NotFound, match="somebody may have removed it"):
        mine.rename("customers", to, to.lower(), actor="Rita")
    with pytest.raises(NotFound, match="somebody may have removed it"):
        mine.save(to, "customers", QUERY, actor="Rita", replacing=True)
    assert engine.views.saved() == []


@pytest.mark.parametrize(
    ("name", "page", "query", "said"),
    [
        (" ", "customers", QUERY, "expected 1 to 60"),
        ("x" * 61, "customers", QUERY, "61 characters"),
        ("a\u202eb", "customers", QUERY, "on one line"),
        ("Calls", "fairness", QUERY, "views are of"),
        ("Calls", "customers", {"customer": "ann"}, "Nothing is narrowed"),
        ("Calls", "customers", {"search": "x" * 301}, "301 characters"),
        ("Calls", "customers", {"Search it!": "x"}, "expected a filter's name"),
        ("Calls", "customers", {f"k{n}": "x" for n in range(41)}, "41 parts"),
    ],
)
def test_what_is_no_view_is_refused_with_what_is_wrong(engine: Engine, name, page, query, said):
    with pytest.raises(BadInput, match=said):
        engine.views.save(name, page, query, actor="Rita")
    assert engine.views.saved() == []


def test_no_page_has_more_views_than_are_found_again(engine: Engine, monkeypatch):
    monkeypatch.setattr("engine.services.views.MOST_VIEWS", 1)
    engine.views.save("One", "customers", QUERY, actor="Rita")
    engine.views.save("one", "customers", {"search": "x"}, actor="Rita", replacing=True)
    with pytest.raises(BadInput, match="remove one"):
        engine.views.save("Two", "customers", QUERY, actor="Rita")


def test_notes_stand_by_day_once_as_they_were_typed(engine: Engine):
    later = engine.notes.add(dt.date(2025, 5, 1), " fee   change <b>", actor="Rita", note_id="n1")
    assert engine.notes.add(dt.date(2025, 5, 2), "again", actor="Raj", note_id="n1") == later
    first = engine.notes.add(dt.date(2024, 5, 1), "new app", actor="Raj")
    assert engine.notes.all() == [first, later]
    assert (later.text, str(later.day.date())) == ("fee change <b>", "2025-05-01")
    assert engine.notes.remove("n1") == later and engine.notes.all() == [first]
    with pytest.raises(NotFound, match="no note 'n1'"):
        engine.notes.remove("n1")


@pytest.mark.parametrize(
    ("day", "text", "said"),
    [
        (dt.date(2025, 5, 1), " ", "0 characters"),
        (dt.date(2025, 5, 1), "x" * 81, "81 characters"),
        (dt.date(1025, 5, 1), "a slip", "expected one of 1950"),
    ],
)
def test_what_is_no_note_is_refused(engine: Engine, day, text, said):
    with pytest.raises(BadInput, match=said):
        engine.notes.add(day, text, actor="Rita")
    assert engine.notes.all() == []
