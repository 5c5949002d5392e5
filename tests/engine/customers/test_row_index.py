"""Rows of a table are found by customer."""

import numpy as np

from engine.customers.row_index import customer_positions, rows_of, total


def test_rows_of_a_customer_are_those_that_a_plain_search_finds(small_bank):
    rows = rows_of(small_bank, "transactions")
    table = small_bank["transactions"]
    for position, customer_id in enumerate(small_bank.customer_ids):
        expected = np.flatnonzero((table["customer_id"] == customer_id).to_numpy())
        assert rows.of(position).tolist() == expected.tolist()
    assert rows.counts.tolist() == [3, 1, 0, 2, 0, 0]


def test_rows_of_unknown_customers_fall_away(small_bank):
    table = small_bank["transactions"].assign(customer_id="nobody")
    bank = small_bank.with_tables(transactions=table)
    rows = rows_of(bank, "transactions")
    assert rows.counts.sum() == 0
    assert (rows.positions == -1).all()
    assert total(rows.positions, 6, np.ones(6)).tolist() == [0.0] * 6


def test_an_empty_table_has_no_rows_for_anybody(small_bank):
    empty = small_bank["messages"].iloc[:0]
    assert customer_positions(small_bank, empty["customer_id"]).tolist() == []
