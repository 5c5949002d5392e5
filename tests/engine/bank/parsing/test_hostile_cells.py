"""Cells made to be slow: each is read in a process of its own that is ended if it hangs."""

import subprocess
import sys

import pytest

CELLS = """
spaces = [" ", "\\u00a0", "\\u202f", "\\t", "  \\u00a0"]
cells = pd.Series(
    ["1" + space * 150 + "x" for space in spaces]
    + ["1" + mark * 5000 + "x" for mark in ".,'-+/:%$(k \\u00a0\\u2212"]
    + [part * 3000 + "x" for part in ("1 ", "1,", "1.", "12/", "1 - ", "to ", "Jan ", "T1:")]
    + ["aged 1" * 3000]
    + ["x" * 50_000, "1" * 50_000 + "x", " " * 50_000 + "x", "(" * 5000, "Mon, " * 2000],
    dtype="str",
)
"""

READERS = {
    "numbers of a form": "numbers.read(cells, numbers.form_of(cells))",
    "numbers with decimal commas": "numbers.read(cells, numbers.NumberForm(','))",
    "numbers": "cell_parsing.number(cells)",
    "moments": "cell_parsing.time(cells)",
    "money": "ranges.PARSERS['money_low'](cells[cells.str.startswith('x')])",
}


def answer(expression: str) -> str:
    """What a process of its own prints; a minute is over fifty times what it takes."""
    script = (
        "import pandas as pd\n"
        "from engine.bank.parsing import cell_parsing, currencies, dates, numbers\n"
        "from engine.bank.parsing import eligibility_clauses, ranges, words\n"
        "from engine.bank.parsing.decimals import with_points\n"
        f"{CELLS}\nprint({expression})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("reader", READERS)
def test_cells_made_to_be_slow_are_no_value(reader):
    assert answer(f"{READERS[reader]}.notna().sum()") == "0"


def test_ranges_clauses_and_words_answer_for_cells_made_to_be_slow():
    readers = (
        "*ranges.PARSERS.values(), words.account_kind, cell_parsing.items, cell_parsing.yymmdd"
    )
    clauses = "[eligibility_clauses.read(cell, cell) for cell in cells]"
    answered = f"sum(len(read(cells)) == len(cells) for read in ({readers})), len({clauses})"
    assert answer(answered) == "11 33"


def test_a_column_of_cells_made_to_be_slow_has_no_decimal_commas():
    assert answer("with_points(pd.DataFrame({'a': cells}), 't.csv')[1]") == "[]"
