"""The parts of two scores in; what puts one before the other out, as a table and one sentence."""

from collections.abc import Mapping

import pandas as pd

from engine.explain.wording import clause
from engine.figures import signed
from engine.labels import part_label
from engine.results import Comparison

_EQUAL = 1e-9
_TELLING = 0.005
"""A difference below this would be printed as 0.00."""


def compare(
    first: str, second: str, of_first: Mapping[str, float], of_second: Mapping[str, float]
) -> Comparison:
    """Compare two products of one customer and list by what each score is the sum of."""
    names = [*of_first, *(name for name in of_second if name not in of_first)]
    table = pd.DataFrame(
        {
            "part": [part_label(name) for name in names],
            "first": [of_first.get(name, 0.0) for name in names],
            "second": [of_second.get(name, 0.0) for name in names],
        }
    )
    table["difference"] = table["first"] - table["second"]
    order = table["difference"].abs().sort_values(ascending=False, kind="stable").index
    table = table.loc[order].reset_index(drop=True)
    gap = float(table["difference"].sum())
    return Comparison(first, second, gap, table, _sentence(first, second, gap, table))


def _sentence(first: str, second: str, gap: float, table: pd.DataFrame) -> str:
    if abs(gap) < _EQUAL:
        return f"{first} and {second} score the same; the order between them says nothing."
    if abs(gap) < _TELLING:
        ahead, behind = (first, second) if gap > 0 else (second, first)
        return f"{ahead} is less than 0.01 points ahead of {behind}: nearly the same."
    ahead, behind = (first, second) if gap > 0 else (second, first)
    towards = table["difference"] if gap > 0 else -table["difference"]
    best, worst = towards.idxmax(), towards.idxmin()
    said = f"{ahead} is {abs(gap):.2f} points ahead of {behind}"
    said += f", most by {clause(table['part'][best])} ({signed(towards[best])})"
    if towards[worst] > -_TELLING:
        return f"{said}."
    gained = signed(-towards[worst])
    return f"{said}; {behind} gains most by {clause(table['part'][worst])} ({gained})."
