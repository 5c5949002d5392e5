"""A calibration and one offer's figures in; the word for it, its meaning and its notes out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.explain.wording import count, percent
from engine.ranking.calibration import POOR_FIT, Calibration
from engine.rates import wilson
from engine.settings import ConfidenceSettings

NO_HISTORY = (
    "No history to learn from: fit, the percentile of the score within the bank, stands in place "
    "of confidence"
)
UNDATED = (
    "Popularity, what goes together and similar customers are learned from what is held, whenever "
    "that began; what is usually taken next needs dated adoptions and is off"
)
NOTHING_HELD = "Signals that need holdings are off: popularity, what goes together"
TEST = "in the test on later adoptions"
"""Where every share here is from: nobody need have been offered anything."""
AMONG = "among customers who took something"
"""Of whom every share here is: who took nothing is not counted, so of everybody it is far less."""
_NEARLY_ALL = 0.995
_EQUAL = 1e-9
"""Scores are written down to a billionth."""


@dataclass(frozen=True)
class Displayed:
    """What a boost and a cap would make of a confidence, and the marks that say so beside it."""

    value: float | None
    """None without history."""
    boost: float
    """What a rule or a stated interest would add, 0 where none agrees."""
    cap: float | None
    """The product's cap, whether or not it took effect."""
    marks: tuple[str, ...] = ()
    """In points of a hundred; empty where nothing took effect, or the bank shows none."""


def displayed(
    confidence: float | None, agrees: bool, cap: float, settings: ConfidenceSettings
) -> Displayed:
    """Boost and cap a confidence; the confidence itself stays as it is, and is what is shown.

    It is boosted where a business rule or a stated interest agrees; a cap of NaN is none.
    """
    cap_shown = None if math.isnan(cap) else float(cap)
    if confidence is None:
        return Displayed(None, 0.0, cap_shown)
    boost = settings.boost if agrees else 0.0
    value = min(confidence + boost, 1.0 if cap_shown is None else cap_shown)
    marks = [f"+{100 * boost:.0f} by the bank's rule"] if boost else []
    if cap_shown is not None and confidence + boost > cap_shown:
        marks.append(f"at most {100 * cap_shown:.0f} by the bank's rule")
    return Displayed(value, boost, cap_shown, tuple(marks) if settings.marks else ())


def word_meaning(
    word: str, calibration: Calibration, fit: float, settings: ConfidenceSettings
) -> str:
    """What high, fair or low has meant so far: the measured share with its 95 % interval.

    The fit (0-1) stands in where there is no history.
    """
    if calibration.temperature is None:
        share = "nearly all" if fit >= _NEARLY_ALL else percent(fit)
        return f"No dated holdings to learn from yet: scores above {share} of this bank's pairs"
    precision, n = {
        "high": (calibration.precision_high, calibration.n_high),
        "fair": (calibration.precision_fair, calibration.n_fair),
    }.get(word, (None, 0))
    if precision is not None and n:
        sure = wilson(round(precision * n), n)
        between = f"{100 * float(sure.low):.0f} to {percent(float(sure.high))}"
        taken = f"{percent(precision)} of products called {word} were taken, {AMONG}"
        return f"I{TEST[1:]}, {taken} ({between}, n = {n:,})"
    wanted = percent(settings.fair_precision)
    if calibration.high is None and calibration.fair is None:
        return f"At no confidence were {wanted} of the products taken {TEST}, {AMONG}"
    return (
        f"Under the confidence from which at least {wanted} of the products were taken {TEST}, "
        f"{AMONG}"
    )


def unsure(surest: float | None, fit: float, calibration: Calibration) -> str:
    """Why no offer of a list is a confident one; "" where one is.

    `surest` is the highest confidence of the list; without history it is None, and the highest
    fit decides.
    """
    bar = bar_of(calibration, history=surest is not None)
    if (fit if surest is None else surest) >= bar:
        return ""
    if surest is None:
        return f"every one scores below {percent(bar)} of this bank's pairs"
    under = "just under" if percent(surest) == percent(bar) else "under"
    said = f"the surest is at {percent(surest)}, {under} the {percent(bar)} that one needs here"
    if calibration.precision_below is None:
        return said
    taken = percent(calibration.precision_below)
    below = f"{TEST} {taken} of products below it were taken, {AMONG}"
    return f"{said}; {below} (n = {calibration.n_below:,})"


def bar_of(calibration: Calibration, *, history: bool) -> float:
    """Confidence, or without history fit, that the surest offer of a list needs to be named."""
    if calibration.bar is not None:
        return calibration.bar
    return 0.0 if history else POOR_FIT


def likely_next(
    names: Sequence[str], calibration: Calibration, most: int, barred: Sequence[str] = ()
) -> str:
    """Of which products the next one is one, with what certainty.

    "" where nothing is known, and where a set narrows nothing down: that holds for most customers.
    The set is of all that customers like this one took; what this one may not be offered is named.

    Parameters
    ----------
    names : sequence of str
        The customer's set (`Calibration.next_set`), surest first.
    most : int
        Products above which a set narrows nothing down.
    """
    if not names or len(names) > most or calibration.set_coverage is None:
        return ""
    names = [f"{name} (may not be offered)" if name in barred else name for name in names]
    sure, held = percent(calibration.set_level), percent(calibration.set_coverage)
    proof = f"measured {held} of {calibration.n:,} held-out customers"
    if len(names) == 1:
        return f"The next product is {names[0]} with {sure} certainty ({proof})"
    return (
        f"The next product is one of these {len(names)} with {sure} certainty ({proof}): "
        f"{', '.join(names)}"
    )


def notes(calibration: Calibration, *, counts_holdings: bool) -> tuple[str, ...]:
    """What a reader of the list must know about its figures."""
    if calibration.temperature is not None:
        return ()
    return NO_HISTORY, UNDATED if counts_holdings else NOTHING_HELD


def are_equal(score: Any, other: float) -> Any:
    """Is the order of two scores none? Of one score, or of an array of them."""
    return abs(score - other) <= _EQUAL


def not_told_apart(names: Sequence[str], scores: Sequence[float], beyond: int = 0) -> str:
    """Which neighbours on a list have the same score, so that their order means nothing.

    `beyond` more products have the score of the last one and are not on the list.
    """
    together: list[list[str]] = []
    for i, (name, score) in enumerate(zip(names, scores, strict=True)):
        if i and are_equal(score, scores[i - 1]):
            together[-1].append(name)
        else:
            together.append([name])
    if together and beyond:
        together[-1].append(f"{count(beyond, 'more', 'more')} that no longer fit on the list")
    tied = [", ".join(group) for group in together if len(group) > 1]
    return f"The data cannot tell these apart: {'; '.join(tied)}" if tied else ""
