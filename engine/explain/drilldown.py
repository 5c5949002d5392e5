"""One score of one customer in; its parts out, each taken apart into lines that sum to it."""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.explain import signal_sources
from engine.explain.signal_sources import Source
from engine.results import Line, Part

if TYPE_CHECKING:
    from engine.explain.offer_cases import Person
    from engine.ranking.blend import Blend
    from engine.ranking.ranker import Scores

ROUNDING = 1e-4
"""Points by which lines may miss their part: learned models count in 32 bits (about 1e-6 a figure,
measured). What misses by more is shown as a whole, for then the lines are not what was scored."""
WHOLE = Line("As a whole", "This part is not taken apart further.", 0.0)
NO_WEIGHT = "History gives this no weight in this bank."
NO_WEIGHT_HERE = {
    False: "History gives this no weight for customers who hold something.",
    True: "History gives this no weight for customers who hold nothing.",
}
"""What is said in place of `NO_WEIGHT` where it counts for the others; key: holds nothing."""
HOLDS_NOTHING = {
    "collaborative": "What customers with the same needs take, as nothing is held yet.",
    "transitions": "What is taken next whatever is held, as nothing is held yet.",
}
"""Signal -> how to read its part for one who holds nothing, where that differs."""
SWITCHED_OFF = "The bank has switched this signal off."
NOTHING = "Nothing is known here that would count."


class _Part(NamedTuple):
    """How one part is taken apart: what stands behind it, and how its lines are to be read."""

    find: Callable[["Person", int], list[Source] | None]
    note: str


_SIGNALS: Final[Mapping[str, _Part]] = {
    "needs": _Part(
        signal_sources.needs, "Each need by its share and how well the product answers it."
    ),
    "suitability": _Part(
        signal_sources.suitability, "What the metrics ask for against the product."
    ),
    "item_to_item": _Part(
        signal_sources.item_to_item, "What goes with the products held, in shares."
    ),
    "transitions": _Part(
        signal_sources.transitions, "What customers with these products took next."
    ),
    "collaborative": _Part(
        signal_sources.collaborative, "The customer's taste as a mix of the products held."
    ),
    "popularity": _Part(signal_sources.popularity, ""),
    "mood": _Part(signal_sources.mood, ""),
    "rules": _Part(signal_sources.rules, ""),
    "feedback": _Part(signal_sources.feedback, ""),
}
"""Signal -> what stands behind its raw value; a signal that is not here is shown as a whole."""


def parts(
    person: "Person", scores: "Scores", which: str, row: int, product: int
) -> tuple[Part, ...]:
    """Every part of one score with its lines, largest part first.

    Parameters
    ----------
    person : Person
        The customer.
    scores : Scores
        Among its rows this customer.
    which : str
        The list.
    row : int
        Of the customer within `scores`.
    product : int
        Position of the product.

    Returns
    -------
    tuple of Part
        Their points sum to the score, and each part's lines to its points, within 1e-9.

    Notes
    -----
    A signal enters a score as weight * (raw - centre) / scale, so whatever sums to the raw value
    sums to the part, with one line for the centre: what products get on average.
    """
    blend = person.cases.ranker.model.blend
    found = [
        _part(
            name,
            points,
            person,
            product,
            which,
            blend,
            emphasis=scores.emphasis.get(name, 1.0),
        )
        for name, points in scores.parts_of(which, row, product).items()
    ]
    return tuple(sorted(found, key=lambda part: -abs(part.points)))


def _part(
    name: str,
    points: float,
    person: "Person",
    product: int,
    which: str,
    blend: "Blend",
    *,
    emphasis: float,
) -> Part:
    if name == "objective":
        lines = [Line(*source) for source in signal_sources.objective(person, product, which)]
        return Part(name, points, settled(lines, points), "Fixed for this list, the same for all.")
    if name == "product":
        lines = [Line(*source) for source in signal_sources.intercept(points)]
        return Part(name, points, settled(lines, points))
    weighed, newcomer = name in getattr(blend, "weights", {}), not len(person.held)
    weight = blend.weight(name, newcomer=newcomer) if weighed else None
    if weight == 0:
        for_others = blend.weight(name, newcomer=not newcomer)
        note = NO_WEIGHT_HERE[newcomer] if for_others else NO_WEIGHT
        return Part(name, points, settled([], points), note)
    if emphasis == 0:
        return Part(name, points, settled([], points), SWITCHED_OFF)
    known = _SIGNALS.get(name)
    behind = known.find(person, product) if known and weight is not None else None
    if known is None or behind is None:
        return Part(name, points, settled([WHOLE], points))
    slope = emphasis * weight / blend.scales[name]
    lines = [Line(source.label, source.detail, slope * source.raw + 0.0) for source in behind]
    if centre := -slope * blend.centres[name]:
        lines.append(Line("Against the average", "what products get here on average", centre))
    note = HOLDS_NOTHING.get(name, known.note) if newcomer else known.note
    return Part(name, points, settled(lines, points), note if behind else NOTHING)


def settled(lines: list[Line], points: float) -> tuple[Line, ...]:
    """The lines, largest first, so that they sum to the points exactly.

    What 32-bit rounding leaves over goes to the largest line; lines that miss by more than that
    give way to one for the whole.
    """
    ordered = sorted(lines, key=lambda line: -abs(line.points))
    left = points - math.fsum(line.points for line in ordered)
    if not ordered and abs(left) <= 1e-12:
        return ()
    if not ordered or abs(left) > ROUNDING:
        return (Line(WHOLE.label, WHOLE.detail, points),)
    first = ordered[0]
    return (Line(first.label, first.detail, first.points + left), *ordered[1:])
