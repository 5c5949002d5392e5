"""Where a score comes from: parts that sum to it, and lines that sum to each part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

PART_LABELS: Final[Mapping[str, str]] = {
    "needs": "Needs",
    "collaborative": "Similar customers",
    "item_to_item": "Products held",
    "transitions": "Usual next step",
    "suitability": "Suitability",
    "mood": "Mood",
    "rules": "Bank's rules",
    "popularity": "Popularity",
    "feedback": "Earlier feedback",
    "product": "Product itself",
    "objective": "Aim of this list",
}
"""Part of a score -> what people call it."""


def part_label(name: str) -> str:
    """What people call a part; its own name in words where it is a new one."""
    words = name.replace("_", " ")
    return PART_LABELS.get(name, words[:1].upper() + words[1:])


@dataclass(frozen=True)
class Line:
    """One thing that stands behind a part.

    Attributes
    ----------
    label : str
        What it is, in words.
    detail : str
        Its figures with their units; may be empty.
    points : float
        Its share of the part, in units of the score.
    """

    label: str
    detail: str
    points: float


@dataclass(frozen=True)
class Part:
    """One part of a score.

    Attributes
    ----------
    name : str
        A key of `Offer.parts`.
    points : float
        In units of the score.
    lines : tuple of Line
        Largest first; they sum to `points` within 1e-9. Empty for a part of 0 points that nothing
        stands behind.
    note : str
        How to read the lines, or why there are none; may be empty.
    """

    name: str
    points: float
    lines: tuple[Line, ...]
    note: str = ""

    @property
    def label(self) -> str:
        """What people call it."""
        return part_label(self.name)

    def shown(self, most: int = 8) -> tuple[Line, ...]:
        """At most so many lines; the smaller ones as one, so that the sum stays."""
        if len(self.lines) <= most:
            return self.lines
        rest = self.lines[most - 1 :]
        points = sum(line.points for line in rest)
        return (*self.lines[: most - 1], Line(f"{len(rest)} smaller ones", "", points))


@dataclass(frozen=True)
class Explanation:
    """One score of one customer and one product, taken apart.

    `score` is the sum of the parts' points within 1e-9.
    """

    customer_id: str
    product_id: str
    name: str
    list: str
    score: float
    parts: tuple[Part, ...]

    def to_json(self) -> dict[str, Any]:
        """Parts with their lines."""
        return {
            "customer_id": self.customer_id,
            "product_id": self.product_id,
            "list": self.list,
            "score": self.score,
            "parts": [
                {
                    "part": part.name,
                    "points": part.points,
                    "lines": [vars(line) for line in part.lines],
                    "note": part.note,
                }
                for part in self.parts
            ],
        }


@dataclass(frozen=True)
class Comparison:
    """Two products of one customer side by side.

    Attributes
    ----------
    first, second : str
        Names of the products.
    gap : float
        Score of the first minus that of the second.
    table : DataFrame
        part (label), first, second, difference (points of the score); the largest difference
        first. The differences sum to `gap` within 1e-9.
    sentence : str
    """

    first: str
    second: str
    gap: float
    table: pd.DataFrame
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """The difference by parts."""
        return {
            "first": self.first,
            "second": self.second,
            "gap": self.gap,
            "parts": self.table.to_dict("records"),
            "sentence": self.sentence,
        }
