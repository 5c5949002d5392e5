"""What is said of segments that were found, typed: when it may be said, and its words.

As in `engine.customers.claims`; `tests/engine/customers/clusters/segment_oracle.py` works every
figure out again.
"""

from collections.abc import Sequence
from typing import Final

from engine.customers.claims import kind
from engine.customers.clusters.figures import FIGURES, MONEY, SHARE, YEARS
from engine.figures import count, figure, listing, money, percent, signed

CLOSE: Final = "Close to the average"
_STABILITY: Final = ((0.9, "excellent"), (0.8, "good"), (0.65, "moderate"))


def amount(value: float, unit: str, currency: str) -> str:
    """A figure of a customer in its unit: "USD 1,240", "5.7 years", "24 %", "3.2"."""
    if value != value:
        return figure(float("nan"))
    if unit == MONEY:
        return money(value, currency)
    if unit == YEARS:
        return f"{value:.1f} years"
    return percent(value) if unit == SHARE else figure(round(value, 2))


def between(low: float, high: float, unit: str, currency: str) -> str:
    """ "USD 900 to USD 1,300"; says so where there is none."""
    if low != low or high != high:
        return "too few to tell"
    return f"{amount(low, unit, currency)} to {amount(high, unit, currency)}"


def called(parts: Sequence[str]) -> str:
    """ "High balances, few products"; "Close to the average" where nothing is named."""
    words = [FIGURES[p[1:]].high if p[0] == "+" else FIGURES[p[1:]].low for p in parts]
    text = ", ".join(words)
    return text[:1].upper() + text[1:] if text else CLOSE


def stability_word(value: float) -> str:
    """How Steinley (2004) calls an adjusted Rand index."""
    return next((word for edge, word in _STABILITY if value >= edge), "poor")


@kind
def segments_found(
    n: int,
    n_little_known: int,
    k: int,
    whom: str,
    again: int,
    of: int,
    stability: float,
    silhouette: float,
    most_empty: float,
    halfway: int,
    around: int,
) -> str:
    """Groups that were found: there are gaps between them, and no cloud gives as much."""
    rest = _little_known(n_little_known)
    return (
        f"Found groups: {n:,} {whom} customers fall into {k}{rest}. Between "
        f"any two neighbours there is a gap (where it is narrowest, {count(halfway, 'customer')} "
        f"half-way and {around:,} in as much room around the middle of one), and their mean "
        f"silhouette is {silhouette:.3f}, where banks without groups reach {most_empty:.3f}. "
        f"{_come_back('Each', again, of, stability)}"
    )


@kind
def cut_into_parts(
    n: int,
    n_little_known: int,
    k: int,
    whom: str,
    again: int,
    of: int,
    stability: float,
    halfway: int,
    around: int,
) -> str:
    """No groups were found, since no gap is sure; customers are cut into parts that come back."""
    return (
        f"No separate groups were found: {n:,} {whom} customers vary without clear gaps "
        f"({count(halfway, 'customer')} half-way between two of the parts below, and {around:,} in "
        f"as much room around the middle of one){_little_known(n_little_known)}. They are cut into "
        f"{k} parts for convenience. {_come_back('Each part', again, of, stability)}"
    )


@kind
def cut_by_steps(
    n: int,
    n_little_known: int,
    k: int,
    whom: str,
    again: int,
    of: int,
    stability: float,
    silhouette: float,
    most_empty: float,
) -> str:
    """No groups were found, since figures that take few values make such gaps in one cloud too."""
    return (
        f"No separate groups were found: {n:,} {whom} customers lie no further apart than one "
        f"cloud with the same figures would (mean silhouette {silhouette:.3f}, and banks without "
        f"groups reach {most_empty:.3f}){_little_known(n_little_known)}. They are cut into {k} "
        f"parts for convenience. {_come_back('Each part', again, of, stability)}"
    )


def _little_known(n: int) -> str:
    return f"; too little is known of {n:,} more" if n else ""


def _come_back(what: str, again: int, of: int, stability: float) -> str:
    word = stability_word(stability)
    index = f"adjusted Rand index {stability:.2f}, {word}"
    return f"{what} came back in {again} of {of} re-draws ({index})"


@kind
def part_of_cut(k: int, whom: str) -> str:
    """A part of customers who fall into no groups."""
    return (
        f"One of {k} parts into which {whom} customers, who fall into no separate groups, were cut "
        "for convenience"
    )


@kind
def too_few(n: int, least: int, whom: str) -> str:
    """Too few customers to look for groups."""
    return (
        f"{count(n, f'{whom} customer')} are too few to look for groups among them (at least "
        f"{least})"
        if n != 1
        else f"1 {whom} customer is too few to look for groups (at least {least})"
    )


@kind
def too_little_known(n_figures: int, whom: str) -> str:
    """Fewer than two figures are known of enough customers."""
    return (
        f"Of {whom} customers {count(n_figures, 'figure')} that could make groups "
        f"{'is' if n_figures == 1 else 'are'} known (at least 2)"
    )


@kind
def not_stable(whom: str, n: int, k: int, stability: float, least: float) -> str:
    """No number of groups comes back in other samples."""
    return (
        f"{n:,} {whom} customers fall into no groups that come back in other samples: the most "
        f"stable number, {k}, has an adjusted Rand index of {stability:.2f} (at least {least:.2f})"
    )


@kind
def some_too_small(whom: str, n: int, k: int, stability: float, smallest: int, least: int) -> str:
    """Groups come back, but one of them is too small to act on."""
    return (
        f"{n:,} {whom} customers fall into no groups that are all large enough: {k} come back "
        f"(adjusted Rand index {stability:.2f}), but the smallest has about "
        f"{count(smallest, 'customer')} (at least {least})"
    )


@kind
def one_dissolves(whom: str, n: int, k: int, returns: float, least: float) -> str:
    """Groups come back on the whole, but one of them does not."""
    return (
        f"{n:,} {whom} customers fall into no groups that all come back: of {k}, one shares only "
        f"{percent(returns)} of its customers with the likest one of other samples (more than "
        f"{percent(least)} are asked)"
    )


@kind
def kept_segments() -> str:
    """The rule-based segments stand."""
    return "The segments by churn and value stand below instead"


@kind
def made_by(names: Sequence[str], whom: str) -> str:
    """The figures that groups are made by."""
    return (
        f"Made by {count(len(names), 'figure')} of {whom} customers, each as deviations from their "
        f"mean: {listing([FIGURES[name].label.lower() for name in names])}"
    )


@kind
def filled(labels: Sequence[str], shares: Sequence[float]) -> str:
    """Figures that are not known of everybody, and of which share they are not."""
    said = [
        f"{label.lower()} ({percent(share)})" for label, share in zip(labels, shares, strict=True)
    ]
    return (
        f"Not known of everybody: {listing(said)}. Who lacks a figure counts as average in it; who "
        "lacks more than half of them is in “Little known”"
    )


@kind
def stands_for(label: str, why: str) -> str:
    """A figure that tells a protected trait makes no group."""
    return f"{label} makes no segment: it {why}"


@kind
def set_apart(
    name: str,
    up: bool,
    value: float,
    low: float,
    high: float,
    n: int,
    of_all: float,
    apart: float,
    whom: str,
    currency: str,
) -> str:
    """A figure in which a segment surely differs from all customers of its kind."""
    told = FIGURES[name]
    word = told.high if up else told.low
    middle = "mean" if told.is_mean else "median"
    interval = between(low, high, told.unit, currency)
    return (
        f"{word[:1].upper()}{word[1:]}: {middle} {told.label[:1].lower()}{told.label[1:]} "
        f"{amount(value, told.unit, currency)} (95 % interval {interval}, n = {n:,}) against "
        f"{amount(of_all, told.unit, currency)} of {whom} ({signed(apart, 1)} standard deviations)"
    )


@kind
def held_more(product: str, times: float, low: float, high: float, n: int, whom: str) -> str:
    """A product that a segment surely holds more often than all of its kind."""
    return (
        f"{product} is held {times:.1f} times as often as by {whom} (95 % interval {low:.1f} to "
        f"{high:.1f}, {count(n, 'customer')})"
    )


@kind
def as_average(whom: str) -> str:
    """No figure surely differs by a fifth of a standard deviation."""
    return f"No figure surely sets it apart from {whom} by .2 standard deviations or more"


@kind
def risk_of(value: float, of: float, n: int, n_unknown: int, currency: str) -> str:
    """Value at risk of a segment and its share of the bank's."""
    share = f", {percent(value / of)} of the bank's" if of > 0 else ""
    unknown = f"; of {n_unknown:,} churn or value is not known" if n_unknown else ""
    return (
        f"Value at risk: {money(value, currency)} a year{share}, of {count(n, 'customer')}{unknown}"
    )


@kind
def risk_formula(chance: bool) -> str:
    """How value at risk is worked out, and from which assumption."""
    if chance:
        return (
            "Value at risk = value a year × chance of leaving (learned from the bank's labels), "
            "added up; the yearly value rests on stated assumptions, and who costs money counts as "
            "0"
        )
    return (
        "Value at risk = value a year × churn index ÷ 10, added up. Assumption: the index is no "
        "chance of leaving, and stands for one here; so it ranks customers and segments and "
        "foretells no loss. The yearly value rests on stated assumptions, and who costs money "
        "counts as 0"
    )


@kind
def axis(parts: Sequence[str], share: float) -> str:
    """What a direction of the map means, and how much of the variance it has."""
    return f"{called(parts)} ({percent(share)} of the variance)"


@kind
def stayed(n: int, of: int, n_new: int, n_left: int, edition: int) -> str:
    """How many customers of both editions are in the same segment still."""
    more = [f"{count(k, 'customer')} {word}" for k, word in ((n_new, "new"), (n_left, "gone")) if k]
    also = f"; {listing(more)}" if more else ""
    return (
        f"Since edition {edition} {n:,} of {count(of, 'customer')} ({percent(n / of)}) stayed in "
        f"their segment{also}"
    )


@kind
def renamed(number: int, name: str, was: str) -> str:
    """A segment that goes on under another name, since the one of before is no longer true."""
    return f"Segment {number}, “{name}”, was called “{was}” before, which is no longer true of it"


@kind
def differs(
    name: str,
    first: float,
    second: float,
    first_segment: str,
    second_segment: str,
    apart: float,
    low: float,
    high: float,
    currency: str,
) -> str:
    """A figure in which two segments surely differ."""
    told = FIGURES[name]
    middle = "mean" if told.is_mean else "median"
    values = [amount(value, told.unit, currency) for value in (first, second)]
    return (
        f"{told.label} ({middle}): {values[0]} in “{first_segment}”, {values[1]} in "
        f"“{second_segment}” ({signed(apart, 1)} standard deviations, 95 % interval "
        f"{signed(low, 1)} to {signed(high, 1)})"
    )


@kind
def alike(first_segment: str, second_segment: str) -> str:
    """No figure differs surely."""
    return f"In no figure do “{first_segment}” and “{second_segment}” surely differ"


@kind
def by_chance(n: int, n_sure: int, n_making: int) -> str:
    """How many figures would look sure where nothing differs: 1 in 20 of those that made nothing.

    Figures that segments were made by differ since they were made so, and are not counted.
    """
    by_making = (
        f"The {count(n_making, 'figure')} that made these segments "
        f"{'differs' if n_making == 1 else 'differ'} by construction"
    )
    if not n:
        return f"{by_making}, and no other figure is known"
    of = f"{n_sure} of {n} other figures" if n_making else f"{n_sure} of {count(n, 'figure')}"
    surely = f"{of} surely {'differs' if n_sure == 1 else 'differ'}; about {n / 20:.1f} would seem "
    surely += "to by chance alone"
    return f"{by_making}; {surely}" if n_making else surely


@kind
def held_apart(
    product: str, first: float, second: float, first_segment: str, second_segment: str, low: float,
    high: float,
) -> str:  # fmt: skip
    """A product that one of two segments surely holds more often."""
    return (
        f"{product}: held by {percent(first)} of “{first_segment}” and {percent(second)} of "
        f"“{second_segment}” (95 % interval of the difference {_points(low)} to {_points(high)} "
        "points)"
    )


def _points(share: float) -> str:
    return signed(100 * share, 1)


@kind
def outside_segments(n: int) -> str:
    """Who opted out of personal recommendations is in no segment."""
    stand = "stands" if n == 1 else "stand"
    who = f"{count(n, 'customer')} who opted out of personal recommendations"
    return f"{who} {stand} in no segment, count or file of segments"
