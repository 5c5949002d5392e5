"""A campaign's list in; a workbook with real numbers, or a CSV that no spreadsheet runs, out."""

from typing import Final

from engine.results import CampaignList
from engine.services.exports import sheets
from engine.services.exports.sheets import Sheet

CONTACTS: Final[dict[str, tuple[str, str, int]]] = {
    "rank": ("Rank", "0", 7),
    "customer_id": ("Customer number", "@", 16),
    "name": ("Name", "@", 26),
    "segment": ("Segment", "@", 24),
    "relationship_manager": ("Relationship manager", "@", 22),
    "product_id": ("Product number", "@", 14),
    "product": ("Product", "@", 28),
    "confidence": ("Confidence", "0.0%", 12),
    "fit": ("Fit", "0.0%", 9),
    "propensity": ("Propensity", "0.00%", 12),
    "value_if_taken": ("Value a year if taken", "#,##0.00", 20),
    "expected_value": ("Expected value a year", "#,##0.00", 20),
    "last_contact": ("Last contact", "dd mmm yyyy", 14),
    "notice": ("Notice to the customer", "@", 48),
}
"""Column -> heading, number format and width in a workbook."""
_LEFT_OUT: Final = {
    "customer_id": ("Customer number", "@", 16),
    "arm": ("Arm", "@", 12),
    "product_id": ("Product number", "@", 14),
    "product": ("Would have been offered", "@", 28),
}
_BY_PRODUCT: Final = {
    "product_id": ("Product number", "@", 14),
    "product": ("Product", "@", 28),
    "n_may": ("May be offered it", "0", 12),
    "n_wanted": ("Best offer of", "0", 12),
    "places": ("Places", "0", 9),
    "n_offered": ("Offered", "0", 9),
    "n_lost": ("Lost a place", "0", 12),
    "n_other": ("Of these, offered another", "0", 14),
    "n_none": ("Of these, offered nothing", "0", 14),
    "next_place": ("One more place is worth, a year", "#,##0.00", 18),
}
_GROUPS: Final = {
    "attribute": ("Attribute", "@", 16),
    "group": ("Group", "@", 20),
    "n_may": ("May be offered something", "0", 14),
    "n_offered": ("Offered", "0", 9),
    "rate": ("Share", "0.0%", 9),
    "low": ("At least", "0.0%", 9),
    "high": ("At most", "0.0%", 9),
    "note": ("Note", "@", 16),
}


def exported(made: CampaignList, kind: str) -> bytes:
    """The list as a file: "csv" (the contacts alone) or "xlsx"."""
    tables = [
        Sheet("Contacts", made.table, CONTACTS, frozen="D2"),
        Sheet("Left out on purpose", made.left_out, _LEFT_OUT),
        Sheet("Products", made.by_product, _BY_PRODUCT),
        Sheet("Groups", made.groups, _GROUPS),
    ]
    return sheets.exported(kind, tables, made.about)
