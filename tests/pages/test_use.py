"""The tab of how much the lists are used: days are chosen, rows are for managers alone."""

from datetime import date

import pandas as pd

from pages.components.frame import access
from tests.pages.conftest import texts


def metrics(at):
    return {metric.label: metric.value for metric in at.metric}


def test_F166_F167_the_days_span_the_data_and_narrow_the_figures(open_page):
    at = open_page("feedback.py", tab="Use")
    assert metrics(at)["Offers opened"] == "143"
    assert metrics(at)["Customers concerned"] == "16"
    assert at.date_input[0].value == (date(2024, 3, 20), date(2024, 3, 22))
    at.date_input[0].set_value((date(2024, 3, 21), date(2024, 3, 22))).run()
    assert metrics(at)["Offers opened"] == "46"
    assert "2 openings without a date" in texts(at)


def test_F168_F169_F170_F171_each_figure_has_its_chart_or_table(open_page):
    at = open_page("feedback.py", tab="Use")
    said = texts(at)
    for title in ("Customers a day", "By product", "Ratings, 0 to 1", "Income", "Risk tolerance"):
        assert f"**{title}**" in said
    products = next(f.value for f in at.dataframe if "n_selected" in f.value and "name" in f.value)
    assert isinstance(products, pd.DataFrame)
    assert list(products["name"]) == ["Index Fund"]


def test_F173_rows_are_shown_to_managers_alone(open_page, monkeypatch):
    at = open_page("feedback.py", tab="Use")
    assert "Rows as they are stored" in [box.label for box in at.expander]
    clerk = access.Principal("rita", "Rita", frozenset({"relationship_manager"}))
    monkeypatch.setattr(access, "principal", lambda: clerk)
    at = open_page("feedback.py", tab="Use")
    assert "Rows as they are stored" not in [box.label for box in at.expander]
