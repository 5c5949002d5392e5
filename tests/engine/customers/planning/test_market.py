import pandas as pd
import pytest

from engine.customers.planning.market import NEUTRAL, Market, market_of
from engine.errors import BadInput, NotFound

DAY = pd.Timestamp("2025-06-30")
FIGURES = "date,change\n2025-05-31,0.01\n2025-07-31,0.04\n2025-06-30,-0.02\n"


def _of(supplied, default, **changes):
    return market_of(supplied, default, DAY, changes.get("max_tilt", 0.05))


def test_F139_without_a_figure_the_market_is_neutral(tmp_path):
    assert _of(None, tmp_path / "market.csv") == NEUTRAL


def test_F139_a_figure_counts_as_given_and_beyond_the_bound_is_refused(tmp_path):
    assert _of(0.03, tmp_path / "none.csv") == Market(0.03, "as given")
    for wrong in (0.051, float("nan")):
        with pytest.raises(BadInput, match=r"at most 0\.05"):
            _of(wrong, tmp_path / "none.csv")


def test_F139_the_banks_own_file_gives_the_last_figure_of_the_day(tmp_path):
    file = tmp_path / "market.csv"
    file.write_text(FIGURES)
    assert _of(None, file) == Market(-0.02, "market.csv, 30 Jun 2025")
    assert _of(str(file), tmp_path / "none.csv") == _of(file, tmp_path / "none.csv")
    assert _of(0.01, file) == Market(0.01, "as given")


def test_F139_a_larger_figure_of_a_file_counts_up_to_the_bound_and_says_so(tmp_path):
    file = tmp_path / "market.csv"
    file.write_text("date,change\n2025-06-30,-0.12\n")
    assert _of(file, file) == Market(
        -0.05, "market.csv, 30 Jun 2025, −12.0 % there, at most 5 % counts"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("day,change\n2025-06-30,0.1\n", "no column 'date'"),
        ("date,change\n30/06/2025,0.1\n", "line 2: got '30/06/2025' and '0.1'"),
        ("date,change\n2025-06-30,nan\n", "is no share"),
        ("date,change\n2025-06-30\n", "line 2"),
        ("date,change\n2025-07-30,0.1\n", "no market figure on or before 30 Jun 2025"),
        ("", "no column"),
    ],
)
def test_a_file_that_holds_no_figures_says_where(tmp_path, text, says):
    file = tmp_path / "market.csv"
    file.write_text(text)
    with pytest.raises(BadInput, match=says):
        _of(file, file)


def test_a_missing_file_is_an_error_when_it_was_asked_for(tmp_path):
    with pytest.raises(NotFound, match="There is no file"):
        _of(tmp_path / "none.csv", tmp_path / "market.csv")
