"""Tables and banks in drawn spellings: read as they were meant, or asked about; never silent."""

from tests.benchmarks import spelled_banks, spellings

N_TABLES, N_BANKS = 20, 8
"""Drawn; `python -m tests.benchmarks.spellings` and `... .spelled_banks` draw more."""


def test_a_statement_in_any_spelling_is_read_as_meant_or_asked_about():
    counted, silent = spellings.outcomes(N_TABLES)
    assert [difference for difference, _ in silent] == []
    assert counted.total() == N_TABLES
    assert counted["same"] >= N_TABLES / 2


def test_a_bank_in_any_spelling_is_read_as_meant_or_asked_about():
    counted, silent = spelled_banks.outcomes(N_BANKS)
    assert silent == []
    assert counted.total() == N_BANKS
    assert counted["same"] >= N_BANKS / 2
