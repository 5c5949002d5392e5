"""A workbook to fill in: a sheet a table with an example, and a sheet that explains them."""

import io
from collections.abc import Mapping
from typing import Any, Final

from engine.bank.importing.schema import ALLOWED, REQUIRED
from engine.bank.reading.workbooks import NOT_READ
from engine.vocabulary import LIST_SEPARATOR, TABLES, Kind

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


_HOLDS: Final[Mapping[str, str]] = {
    "customers": "People and companies, one a row. Needed.",
    "products": "What the bank offers, one a row. Needed.",
    "holdings": "Who has what; opened_on lets the lists learn from what was taken when.",
    "accounts": "Money of the customers on a day.",
    "transactions": "Money in (positive) and out (negative).",
    "messages": "What customers wrote, for needs, mood and open cases.",
    "consents": "What each customer allows; without a row the setting for unknown holds.",
}
_KINDS: Final[Mapping[Kind, str]] = {
    "id": "a number or short name of yours",
    "text": "text",
    "list": f'several texts between "{LIST_SEPARATOR.strip()}"',
    "json": "JSON",
    "number": "a number",
    "flag": "yes or no",
    "time": "a day, such as 2026-03-31",
}
_LEAD: Final = (
    "Write your rows over the example line of each sheet.",
    "Leave out sheets and columns that you do not have; columns of your own may be added.",
    "An empty cell means: not known. Money is in one currency; rates and shares are 0 to 1.",
    "This sheet is not read.",
)


def explanations() -> list[tuple[str, str, str, str]]:
    """Sheet, column, whether a row needs it, and what it holds; a table's own line comes first."""
    lines = []
    for table in _EXAMPLES:
        lines.append((table, "", "", _HOLDS[table]))
        for column, kind in TABLES[table].items():
            if column not in _MADE:
                allowed = ALLOWED.get(table, {}).get(column)
                holds = f"one of: {', '.join(allowed)}" if allowed else _KINDS[kind]
                lines.append((table, column, "yes" if column in REQUIRED[table] else "", holds))
    return lines


def workbook() -> bytes:
    """An Excel file: how to fill it in, and a sheet a table with one line to be written over."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        about = book.add_worksheet(NOT_READ)
        about.set_column(0, 1, 20)
        about.set_column(3, 3, 70)
        about.write_column(0, 0, _LEAD)
        about.write_row(len(_LEAD) + 1, 0, ("Sheet", "Column", "Needed", "Holds"), bold)
        for row, line in enumerate(explanations(), start=len(_LEAD) + 2):
            about.write_row(row, 0, line, None if line[1] else bold)
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
