"""Shapes drawn on a map in; an address's text of them, and who lies within, out."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.errors import BadInput

MOST_CORNERS: Final = 100
"""Corners of one shape in an address; a line that was drawn by hand is thinned to so many."""
MOST_SHAPES: Final = 10
_CORNER, _SHAPE = ",", ";"

Shape = Sequence[tuple[float, float]]


def written(shapes: Sequence[Shape]) -> str:
    """Shapes as they stand in an address: "x,y x,y x,y;...", with two decimals."""
    texts = []
    for shape in shapes[:MOST_SHAPES]:
        step = -(-len(shape) // MOST_CORNERS)
        corners = [f"{x:.2f}{_CORNER}{y:.2f}" for x, y in list(shape)[:: max(step, 1)]]
        texts.append(" ".join(corners))
    return _SHAPE.join(texts)


def read(text: str) -> list[np.ndarray]:
    """Shapes of such a text, each of shape (n_corners, 2).

    Raises
    ------
    BadInput
        If it is none.
    """
    try:
        shapes = [
            np.array([[float(part) for part in corner.split(_CORNER)] for corner in shape.split()])
            for shape in text.split(_SHAPE)
        ]
    except ValueError as error:
        raise _none(text) from error
    most = len(shapes) <= MOST_SHAPES
    for shape in shapes:
        if shape.ndim != 2 or shape.shape[1:] != (2,) or not 3 <= len(shape) <= MOST_CORNERS:
            raise _none(text)
        most = most and bool(np.isfinite(shape).all())
    if not most:
        raise _none(text)
    return shapes


def within(places: np.ndarray, shapes: Sequence[np.ndarray]) -> np.ndarray:
    """Which places of shape (n, 2) lie in any of the shapes (the even-odd rule)."""
    chosen = np.zeros(len(places), dtype=bool)
    x, y = places[:, 0], places[:, 1]
    for shape in shapes:
        inside = np.zeros(len(places), dtype=bool)
        for (x0, y0), (x1, y1) in zip(shape, np.roll(shape, -1, axis=0), strict=True):
            if y0 != y1:
                crosses = (y0 > y) != (y1 > y)
                inside ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
        chosen |= inside
    return chosen


def _none(text: str) -> BadInput:
    return BadInput(
        f"Got {text[:80]!r} as an area of the map; expected corners such as 0,0 1,0 1,1, with ; "
        "between shapes. Draw it on the map again."
    )
