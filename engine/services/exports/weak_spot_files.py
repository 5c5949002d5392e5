"""Weak spots in; a workbook with real numbers, or a CSV that no spreadsheet runs, out."""

from typing import Final

from engine.results import WeakSpots
from engine.services.exports import sheets

COLUMNS: Final[dict[str, tuple[str, str, int]]] = {
    "group": ("Group", "@", 60),
    "confirmed": ("Worse on both halves", "@", 20),
    "n": ("Customers judged", "0", 16),
    "hits": ("Found in first three", "0", 18),
    "value": ("Share", "0.0%", 9),
    "low": ("From (95 %)", "0.0%", 12),
    "high": ("To (95 %)", "0.0%", 12),
    "n_others": ("All others", "0", 11),
    "value_others": ("Share of others", "0.0%", 14),
    "gap": ("Difference", "0.0%", 11),
    "gap_low": ("Difference from", "0.0%", 14),
    "gap_high": ("Difference to", "0.0%", 14),
    "p_value": ("p", "0.0000", 9),
    "q_value": ("p, adjusted", "0.0000", 11),
    "mrr": ("Reciprocal rank", "0.000", 15),
    "mrr_low": ("Rank from", "0.000", 11),
    "mrr_high": ("Rank to", "0.000", 11),
    "mrr_others": ("Rank of others", "0.000", 14),
    "popular": ("Found by what most hold", "0", 22),
    "n_found": ("Customers where found", "0", 20),
    "hits_found": ("Hits where found", "0", 16),
    "n_today": ("Customers today", "0", 15),
}
"""Column -> heading, number format and width in a workbook."""


def exported(found: WeakSpots, kind: str) -> bytes:
    """Every group that stood out as a file: "csv" or "xlsx"."""
    table = found.table.reindex(columns=list(COLUMNS))
    table = table.assign(confirmed=table["confirmed"].map({True: "yes", False: "no"}))
    about = [
        ("Judged by", found.kind),
        ("Customers in both halves", found.n),
        ("Customers where groups were looked for", found.n_found),
        ("Groups looked at", found.n_groups),
        ("Smallest group in each half", found.min_n),
        ("Chance of naming any where there is none", found.false_discoveries),
        ("Simulated bank", "yes" if found.simulated else "no"),
    ]
    return sheets.exported(kind, [sheets.Sheet("Weak spots", table, COLUMNS)], about)
