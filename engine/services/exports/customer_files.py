"""A list of customers in; a workbook with real numbers, or a CSV that no spreadsheet runs, out."""

from typing import Final

import pandas as pd

from engine.bank.manifest import Manifest
from engine.figures import day
from engine.services.exports import sheets

COLUMNS: Final[dict[str, tuple[str, str, int]]] = {
    "customer_id": ("Customer number", "@", 16),
    "name": ("Name", "@", 26),
    "audience": ("Audience", "@", 11),
    "segment": ("Segment", "@", 28),
    "relationship_manager": ("Relationship manager", "@", 22),
    "value_a_year": ("Value, {currency} a year", "#,##0.00", 16),
    "churn": ("Churn, 0 to 10", "0.0", 9),
    "mood": ("Mood, −1 to 1", "0.00", 9),
    "next_offer": ("Next best offer", "@", 28),
    "next_offer_confidence": ("Confidence", "0.0%", 12),
    "next_offer_fit": ("Fit", "0.0%", 9),
    "n_holdings": ("Products held", "0", 10),
    "n_alerts": ("Open alerts", "0", 9),
    "last_contact": ("Last contact", "dd mmm yyyy", 14),
}
"""Column -> heading, number format and width in a workbook."""


def exported(customers: pd.DataFrame, kind: str, bank: Manifest, chosen_by: str) -> bytes:
    """The list as a file: "csv" or "xlsx"."""
    columns = {
        name: (heading.format(currency=bank.currency), form, width)
        for name, (heading, form, width) in COLUMNS.items()
    }
    about = (
        ("Customers", len(customers)),
        ("Chosen by", chosen_by or "Everybody"),
        ("Bank", f"{bank.name}{' (simulated)' if bank.simulated else ''}"),
        ("As of", day(pd.Timestamp(bank.as_of))),
        ("Edition", bank.edition),
    )
    sheet = sheets.Sheet("Customers", customers, columns, frozen="C2")
    return sheets.exported(kind, [sheet], about)
