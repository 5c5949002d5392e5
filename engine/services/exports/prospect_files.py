"""A list of prospects in; a workbook with real numbers, or a CSV that no spreadsheet runs, out."""

from typing import Final

from engine.results import ProspectList
from engine.services.exports import sheets

COLUMNS: Final[dict[str, tuple[str, str, int]]] = {
    "rank": ("Rank", "0", 7),
    "customer_id": ("Customer number", "@", 16),
    "name": ("Name", "@", 26),
    "segment": ("Segment", "@", 24),
    "relationship_manager": ("Relationship manager", "@", 22),
    "score": ("Score", "0.000", 9),
    "confidence": ("Confidence", "0.0%", 12),
    "fit": ("Fit", "0.0%", 9),
    "propensity": ("Propensity", "0.00%", 12),
    "value_if_taken": ("Value if taken, {currency} a year", "#,##0.00", 20),
    "expected_value": ("Expected value, {currency} a year", "#,##0.00", 20),
    "churn_band": ("Churn", "@", 10),
    "value_band": ("Value", "@", 10),
    "reason": ("Reason", "@", 58),
    "last_contact": ("Last contact", "dd mmm yyyy", 14),
    "notice": ("Notice to the customer", "@", 48),
}
"""Column -> heading, number format and width in a workbook."""


def exported(takers: ProspectList, kind: str) -> bytes:
    """The list as a file: "csv" or "xlsx"."""
    columns = {
        name: (heading.format(currency=takers.currency), form, width)
        for name, (heading, form, width) in COLUMNS.items()
    }
    sheet = sheets.Sheet("Customers", takers.table, columns, frozen="D2")
    return sheets.exported(kind, [sheet], takers.about)
