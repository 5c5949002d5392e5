"""A workbook to fill in: our tables as sheets, our columns as headers, an example in each."""

import io
from collections.abc import Mapping
from typing import Any, Final

from engine.vocabulary import TABLES

_EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "customers": {
        "customer_id": "C1", "audience": "retail", "name": "Ann Ash", "age": 41, "gender": "F",
        "city": "Leeds", "occupation": "Engineer", "annual_income": 54000, "credit_score": 700,
        "risk_tolerance": "medium", "goals": "buy a house", "joined_on": "2019-04-30",
        "relationship_manager": "Ida Lind", "status": "active",
    },
    "products": {
        "product_id": "P1", "name": "Home Loan", "item_type": "product", "audience": "retail",
        "category": "Mortgage", "description": "Lets you buy a house", "min_age": 18,
        "min_income": 20000, "interest_rate": 0.045, "term_months": 300,
    },
    "holdings": {"customer_id": "C1", "product_id": "P1", "opened_on": "2024-02-01"},
    "accounts": {
        "account_id": "A1", "customer_id": "C1", "kind": "current", "balance": 2134.86,
        "as_of": "2026-03-31",
    },
    "transactions": {
        "transaction_id": "T1", "customer_id": "C1", "booked_at": "2026-03-30", "amount": -42.1,
        "currency": "EUR", "description": "Grocer", "category": "groceries",
    },
    "messages": {
        "message_id": "M1", "customer_id": "C1", "sent_at": "2026-03-30", "kind": "ticket",
        "text": "My card was declined abroad.",
    },
    "consents": {
        "customer_id": "C1", "purpose": "marketing", "status": "granted",
        "recorded_at": "2026-01-15",
    },
}  # fmt: skip
"""Table -> the example line of its sheet (invented). Other tables follow, or are seldom brought."""
_MADE: Final = frozenset({"attributes", "age_as_of", "scores_estimated"})
"""Columns that follow from others."""


def workbook() -> bytes:
    """An Excel file with a sheet a table: its columns, and one line to be written over."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for table, example in _EXAMPLES.items():
            sheet = book.add_worksheet(table)
            sheet.freeze_panes(1, 0)
            columns = [c for c in TABLES[table] if c not in _MADE]
            sheet.set_column(0, len(columns) - 1, 16)
            sheet.write_row(0, 0, columns, bold)
            for place, column in enumerate(columns):
                if column in example:
                    sheet.write(1, place, example[column])
    return content.getvalue()
