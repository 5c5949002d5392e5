"""One score of one customer in; its parts out, each taken apart into lines that sum to it."""

import math

from engine.explain import list_objective
from engine.explain.evidence import CustomerEvidence
from engine.explain.signals.table import TABLE
from engine.ranking.blend import Blend
from engine.ranking.ranker import Scores
from engine.results import Line, Part

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
SWITCHED_OFF = "The bank has switched this signal off."
NOTHING = "Nothing is known here that would count."


def parts(
    customer: CustomerEvidence, scores: Scores, which: str, row: int, product: int
) -> tuple[Part, ...]:
    """Every part of one score with its lines, largest part first.

    Parameters
    ----------
    row : int
        Of the customer within `scores`.

    Returns
    -------
    tuple of Part
        Their points sum to the score, and each part's lines to its points, within 1e-9.

    Notes
    -----
    A signal enters a score as weight * (raw - centre) / scale, so whatever sums to the raw value
    sums to the part, with one line for the centre: what products get on average.
    """
    blend = customer.evidence.ranker.model.blend
    taken_apart = [
        _part(
            name,
            points,
            customer,
            product,
            which,
            blend,
            emphasis=scores.emphasis.get(name, 1.0),
        )
        for name, points in scores.parts_of(which, row, product).items()
    ]
    return tuple(sorted(taken_apart, key=lambda part: -abs(part.points)))


def _part(
    name: str,
    points: float,
    customer: CustomerEvidence,
    product: int,
    which: str,
    blend: Blend,
    *,
    emphasis: float,
) -> Part:
    if name == "objective":
        lines = [Line(*behind) for behind in list_objective.behind(customer, product, which)]
        return Part(name, points, settled(lines, points), "Fixed for this list, the same for all.")
    if name == "product":
        history = customer.evidence.ranker.model.calibration.temperature is not None
        often = "more" if points > 0 else "less"
        said = f"{'taken' if history else 'held'} {often} often than its other parts say"
        lines = [Line("By itself", said, points)] if points else []
        return Part(name, points, settled(lines, points))
    newcomer = not len(customer.held)
    weight = blend.weight(name, newcomer=newcomer)
    if weight == 0:
        for_others = blend.weight(name, newcomer=not newcomer)
        note = NO_WEIGHT_HERE[newcomer] if for_others else NO_WEIGHT
        return Part(name, points, settled([], points), note)
    if emphasis == 0:
        return Part(name, points, settled([], points), SWITCHED_OFF)
    explanation = TABLE.get(name)
    behind = explanation.behind(customer, product) if explanation else None
    if explanation is None or behind is None:
        return Part(name, points, settled([WHOLE], points))
    slope = emphasis * weight / blend.scales[name]
    lines = [Line(one.label, one.detail, slope * one.raw + 0.0) for one in behind]
    if centre := -slope * blend.centres[name]:
        lines.append(Line("Against the average", "what products get here on average", centre))
    note = (newcomer and explanation.note_for_newcomers) or explanation.note
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
