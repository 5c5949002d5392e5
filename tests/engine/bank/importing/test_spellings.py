"""Statements in drawn spellings: read as they were meant, or asked about; never silently wrong."""

from tests.benchmarks.spellings import outcomes

N = 40
"""Drawn tables; `python -m tests.benchmarks.spellings` draws more."""


def test_a_table_in_any_spelling_is_read_as_meant_or_asked_about():
    counted, silent = outcomes(N)
    assert [difference for difference, _ in silent] == []
    assert counted.total() == N
    assert counted["same"] >= N / 2
