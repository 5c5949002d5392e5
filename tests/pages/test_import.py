"""The tab "Import": what is asked, what an answer changes, what came in, what is named."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Opener, texts

PEOPLE = b"customer_id,name,age\nK1,Ida,31\nK2,Jon,44\n"
PAID = b"""customer_id,date,amount (EUR),text
K1,2026-01-13,5,a
K2,2026-01-14,7,b
K1,2026-01-15,-1,c
"""
QUESTION = "Which way do the amounts of transactions.csv go?"


def with_files(at: AppTest, files: dict[str, bytes]) -> AppTest:
    given = [(name, content, "text/csv") for name, content in files.items()]
    at.file_uploader[0].set_value(given)
    return at.run()


@pytest.fixture
def form(open_page: Opener) -> AppTest:
    """The form of a new bank."""
    return open_page("data.py", tab="Import")


@pytest.fixture
def asked(form: AppTest) -> AppTest:
    """Two files of which one raises a question."""
    return with_files(form, {"customers.csv": PEOPLE, "transactions.csv": PAID})


def test_a_guess_is_asked_first_with_nothing_chosen(asked):
    assert QUESTION in texts(asked)
    assert "1 question to answer" in asked.info[0].value
    assert asked.radio[0].value is None
    before, after = asked.dataframe[0].value, asked.dataframe[1].value
    assert before["amount (EUR)"].tolist() == ["5", "7", "-1"]
    assert after["amount"].tolist() == [5, 7, -1]


def test_an_answer_is_read_at_once_and_the_files_are_not(asked, monkeypatch):
    from engine.services.opening.banks import Banks

    monkeypatch.setattr(Banks, "read_uploads", None)
    asked.radio[0].set_value("positive is out").run()
    assert not asked.exception
    assert asked.dataframe[1].value["amount"].tolist() == [-5, -7, 1]
    assert not asked.info
    asked.radio[0].set_value("negative is out").run()
    assert asked.dataframe[1].value["amount"].tolist() == [5, 7, -1]


def test_other_files_are_asked_about_anew(asked):
    asked.radio[0].set_value("positive is out").run()
    assert not asked.info
    again = with_files(
        asked, {"customers.csv": PEOPLE, "transactions.csv": PAID + b"K2,2026-01-16,9,d\n"}
    )
    assert again.radio[0].value is None
    assert again.info
    assert again.dataframe[1].value["amount"].tolist() == [5, 7, -1, 9]


def test_what_cannot_be_imported_yet_says_so(form):
    at = with_files(form, {"a.csv": b"x,y\nK1,Ida\n"})
    assert "What does a.csv hold?" in texts(at)
    assert next(b for b in at.button if b.label == "Import").disabled


def test_an_unreadable_file_is_one_sentence(form):
    at = with_files(form, {"a.csv": b"\x89PNG\x00\x00"})
    assert at.error[0].value
    assert not at.exception


def test_an_unreadable_bank_is_named_and_takes_no_other_away(tmp_path: Path, form, fake):
    import pandas as pd

    row = ("/state/banks/broken", "bank.json cannot be read")
    fake.unreadable = classmethod(
        lambda cls, state, folders: pd.DataFrame([row], columns=["path", "problem"])
    )
    form.run()
    assert "broken" in form.warning[0].value
    assert form.file_uploader


def test_an_import_without_customers_is_no_success(form):
    at = with_files(form, {"products.csv": b"product_id,name,category\nP1,Loan,Mortgage\n"})
    at.session_state["import_report"] = (
        "Mine was imported",
        {"tables": {"products": {"read": 1, "kept": 1, "rejected": 0}}, "rejected": []},
        0,
    )
    at.run()
    assert not at.success
    assert "without a single customer" in at.error[0].value


def test_after_an_import_the_control_sheet_stands_first(form):
    line = {"table": "transactions", "file": "t.csv", "rows": 2, "currency": "EUR"}
    line |= {"sum_in": 1.0, "sum_out": 12.0}
    days = {"first_day": "2026-01-13", "last_day": ""}
    control = [{**line, **days, "part": part} for part in ("source", "kept")]
    counts = {"read": 2, "kept": 2, "rejected": 0}
    empty = {"read": 3, "kept": 0, "rejected": 3}
    problem = {"table": "products", "file": "p.csv", "line": 2, "problem": "no name"}
    form.session_state["import_report"] = (
        "Mine was imported",
        {
            "tables": {"customers": counts, "products": empty},
            "control": control,
            "rejected": [problem],
            "decisions": [{"certainty": "a guess"}],
        },
        2,
    )
    form.run()
    assert not form.exception
    assert not form.success, "a table that stayed empty is no success"
    assert "without products" in form.warning[0].value and "2 customers" in form.warning[0].value
    assert "No row of products was kept" in form.warning[1].value
    assert "1 reading stayed a guess" in form.warning[2].value
    assert form.dataframe[0].value["what"].tolist() == [
        "Transactions, source",
        "Transactions, kept",
    ]
    assert any(button.label == "See customers" for button in form.button)


def test_after_an_update_its_drift_is_said_with_what_to_do(form):
    field = {"field": "balance", "change": "large", "psi": 0.4, "by_chance": 0.05}
    form.session_state["import_report"] = ("Mine is edition 2 now", {"tables": {}}, 2)
    form.session_state["import_drift"] = {
        "says": ["Largely changed: balance (PSI 0.40).", "Retrain: python -m engine retrain."],
        "retrain": True,
        "fields": [{**field, "n_before": 400, "n_after": 410}],
        "some": 0.05,
        "large": 0.3,
    }
    form.run()
    assert not form.exception
    assert form.warning[0].value.startswith("Retrain")
    assert "PSI 0.40" in texts(form)
    assert "from 0.05 some change, from 0.30 a large one" in texts(form)
    shown = form.dataframe[0].value
    assert (shown["field"][0], shown["change"][0]) == ("Balance", "Large")


def test_the_files_of_all_forms_of_a_session_are_bounded_together(form, monkeypatch):
    from engine import settings

    bank = settings.default().bank.model_copy(update={"max_upload_megabytes": 1})
    small = settings.default().model_copy(update={"bank": bank})
    monkeypatch.setattr(settings, "default", lambda: small)
    people = PEOPLE + b"K3,Kim,20\n" * 60_000  # 600 kB
    at = with_files(form, {"customers.csv": people})
    assert not at.error
    at.file_uploader[1].set_value(("plan.toml", b"#" * 600_000, "text/plain")).run()
    assert "The upload has 1 MB and other forms hold 1 MB, more than the 1 MB" in at.error[0].value
    at.file_uploader[1].set_value(None).run()
    assert not at.error
    at.file_uploader[0].set_value([]).run()
    assert "import_read" not in at.session_state
    assert at.session_state["uploaded_bytes"] == {}
