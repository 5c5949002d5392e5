"""Segments in; a workbook with real numbers, or a CSV that no spreadsheet runs, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.customers.clusters import profile
from engine.customers.clusters.grouping import Grouping
from engine.customers.clusters.value_at_risk import value_at_risk
from engine.figures import day
from engine.results import Segmentation
from engine.services.exports import sheets

_Columns = dict[str, tuple[str, str, int]]
SEGMENTS: Final[_Columns] = {
    "number": ("Segment", "0", 9),
    "segment": ("Name", "@", 34),
    "how": ("What it is", "@", 16),
    "audience": ("Audience", "@", 11),
    "n": ("Customers", "#,##0", 11),
    "share": ("Share", "0.0%", 9),
    "value_a_year": ("Value, {currency} a year", "#,##0.00", 16),
    "value_at_risk": ("Value at risk, {currency} a year", "#,##0.00", 16),
    "risk_share": ("Share of the bank's value at risk", "0.0%", 14),
    "mean_churn": ("Mean churn", "0.0", 9),
    "mood": ("Mean mood, −1 to 1", "0.00", 10),
    "returns": ("Comes back (Jaccard)", "0.00", 11),
    "apart": ("What sets it apart", "@", 90),
    "was": ("Name before", "@", 30),
}
"""Column -> heading, number format and width in a workbook."""
_FIGURES: Final[_Columns] = {
    "segment": ("Segment", "@", 34),
    "label": ("Figure", "@", 34),
    "middle": ("Middle", "@", 9),
    "n": ("Known of", "#,##0", 10),
    "value": ("Here", "#,##0.00", 14),
    "low": ("From (95 %)", "#,##0.00", 14),
    "high": ("To (95 %)", "#,##0.00", 14),
    "of_all": ("Of all of its kind", "#,##0.00", 14),
    "apart": ("Apart, standard deviations", "0.00", 13),
    "apart_low": ("From (95 %)", "0.00", 11),
    "apart_high": ("To (95 %)", "0.00", 11),
}
_PRODUCTS: Final[_Columns] = {
    "segment": ("Segment", "@", 34),
    "product": ("Product", "@", 34),
    "n": ("Customers", "#,##0", 11),
    "rate": ("Share here", "0.0%", 11),
    "base_rate": ("Share of all", "0.0%", 11),
    "lift": ("Lift", "0.00", 9),
    "low": ("From (95 %)", "0.00", 11),
    "high": ("To (95 %)", "0.00", 11),
}
_MOVES: Final[_Columns] = {
    "from_segment": ("From", "@", 34),
    "to_segment": ("To", "@", 34),
    "n": ("Customers", "#,##0", 11),
}
_CUSTOMERS: Final[_Columns] = {
    "customer_id": ("Customer number", "@", 16),
    "name": ("Name", "@", 26),
    "number": ("Segment", "0", 9),
    "segment": ("Name of the segment", "@", 34),
    "how": ("What it is", "@", 16),
    "value_a_year": ("Value, {currency} a year", "#,##0.00", 16),
    "churn": ("Churn, 0 to 10", "0.0", 9),
    "value_at_risk": ("Value at risk, {currency} a year", "#,##0.00", 16),
}


def exported(found: Segmentation, grouping: Grouping, kind: str) -> bytes:
    """The segments as a file: "csv" of the table of segments, or "xlsx" of everything."""
    numbers = found.table[["number", "segment"]].itertuples(index=False, name=None)
    first = sheets.Sheet("Segments", found.table, _headed(SEGMENTS, found), frozen="C2")
    if kind == "csv":
        return sheets.exported(kind, [first], ())
    figures, products = [], []
    for number, name in numbers:
        figures.append(profile.figures_of(grouping, number).assign(segment=name))
        products.append(profile.products_of(grouping, number).assign(segment=name))
    more = [
        sheets.Sheet("Figures", pd.concat(figures, ignore_index=True), _FIGURES, frozen="C2"),
        sheets.Sheet("Products", pd.concat(products, ignore_index=True), _PRODUCTS, frozen="C2"),
        sheets.Sheet("Customers", _people(grouping), _headed(_CUSTOMERS, found), frozen="C2"),
    ]
    if len(found.moves):
        more.insert(2, sheets.Sheet("Moves", found.moves, _MOVES))
    about = (
        ("Bank", f"{grouping.bank.manifest.name}{' (simulated)' if found.simulated else ''}"),
        ("As of", day(found.as_of)),
        ("Edition", found.edition),
        *(("Found", text) for text in found.sentences),
        ("Value at risk", found.formula),
        *(("Made", text) for text in found.method),
    )
    return sheets.exported(kind, [first, *more], about)


def _headed(columns: _Columns, found: Segmentation) -> _Columns:
    return {
        name: (heading.format(currency=found.currency), form, width)
        for name, (heading, form, width) in columns.items()
    }


def _people(grouping: Grouping) -> pd.DataFrame:
    customers, table = grouping.bank["customers"], grouping.profiles.table
    names = {one.number: one.name for one in grouping.segments}
    how = {one.number: grouping.how(one.number) for one in grouping.segments}
    numbers, there = grouping.numbers.tolist(), grouping.is_in_one
    everybody = pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            "name": customers["name"].to_numpy(),
            "number": grouping.numbers,
            "segment": [names.get(number, "") for number in numbers],
            "how": [how.get(number, "") for number in numbers],
            "value_a_year": table["value_a_year"].to_numpy(dtype=float),
            "churn": np.where(table["churn_known"], table["churn"], np.nan),
            "value_at_risk": value_at_risk(grouping.profiles),
        }
    )
    return everybody[there].reset_index(drop=True)
