"""What is said of a customer's arm and of what came of an experiment, typed: figures and words.

`tests/engine/experiments/test_looking.py` works every figure out again from the raw tables.
"""

from math import isnan

from engine.customers.claims import kind
from engine.experiment_plan import (
    ACCEPTANCE,
    CHURN,
    ENGINE,
    NO_CONTACT,
    OWN_LIST,
    RANDOM,
    VALUE,
)
from engine.figures import count, money, signed

__all__ = [
    "arm_difference",
    "experiment_begun",
    "experiment_sample",
    "in_arm",
    "kept_apart",
    "moved_by_arm",
]

_WITHOUT = {
    NO_CONTACT: "without contact",
    OWN_LIST: "by the bank's own list",
    RANDOM: "by a list drawn at random",
}
_DID = {ACCEPTANCE: "took a product", CHURN: "left"}
_PER = 1_000


@kind
def kept_apart(arm: str, experiment: str) -> str:
    """Why a product that may be offered is not: the customer's arm."""
    return {
        NO_CONTACT: f"In the experiment {experiment} this customer is offered nothing",
        OWN_LIST: f"In the experiment {experiment} this customer is offered the first of the "
        "bank's own list",
        RANDOM: f"In the experiment {experiment} this customer is offered products drawn at random",
    }[arm]


@kind
def in_arm(arm: str, experiment: str) -> str:
    """What a list is made by while its customer is in an arm."""
    return {
        ENGINE: f"In the experiment {experiment} this customer is offered what the program "
        "proposes",
        NO_CONTACT: f"In the experiment {experiment} this customer is offered nothing",
        OWN_LIST: f"The order is that of the bank's own list, for the experiment {experiment}; the "
        "scores are as ever",
        RANDOM: f"The order is drawn at random, for the experiment {experiment}; the scores are as "
        "ever",
    }[arm]


@kind
def moved_by_arm(now: int, before: int, arm: str, experiment: str) -> str:
    """Where an offer would stand by its score among what the arm is offered."""
    by = "drawn at random" if arm == RANDOM else "from the bank's own list"
    return (
        f"Place {now} is {by}, for the experiment {experiment}; by score it would be place {before}"
    )


@kind
def arm_difference(
    measure: str,
    against: str,
    value: float,
    low: float,
    high: float,
    n: int,
    n_other: int,
    level: float,
    currency: str = "",
) -> str:
    """What an arm adds to another: of 1,000 customers, or money a customer and year."""
    than = f"than {_WITHOUT[against]}"
    sure = f"at {100 * level:g}{NBSP}% over all looks"
    basis = f"{n:,} against {count(n_other, 'customer')}"
    if isnan(low):
        return f"Nobody of either arm {_DID.get(measure, _DID[ACCEPTANCE])} yet ({basis})"
    if measure == VALUE:
        size = money(abs(value), currency)
        span = f"{signed(low, 2)} and {signed(high, 2)}"
        return (
            f"{size} {_way(value, 'less')} a customer and year {than}; between {span} {sure} "
            f"({basis}){_verdict(round(low, 2), round(high, 2))}"
        )
    size, low_, high_ = (round(_PER * one) for one in (value, low, high))
    return (
        f"{abs(size):,} of {_PER:,} {_way(size)} {_DID[measure]} {than}; "
        f"between {_span(low_, high_)} {sure} ({basis}){_verdict(low_, high_)}"
    )


NBSP = "\N{NO-BREAK SPACE}"


def _way(size: float, fewer: str = "fewer") -> str:
    return "more" if size >= 0 else fewer


def _span(low: int, high: int) -> str:
    """Both ends, each with its way where they are on either side of nothing."""
    if low < 0 < high:
        return f"{-low:,} fewer and {high:,} more"
    ends = sorted((abs(low), abs(high)))
    return f"{ends[0]:,} and {ends[1]:,}"


def _verdict(low: float, high: float) -> str:
    """Of the ends as they are shown: one that reads 0 is no difference that anybody could see."""
    return ". That may be chance" if low <= 0 <= high else ""


@kind
def experiment_begun(experiment: str, n_days: int, n_left: int, n: int, needed: int) -> str:
    """How far an experiment is, and whether there are as many customers as it takes."""
    enough = "as many as it takes" if n >= needed else f"fewer than the {needed:,} that it takes"
    left = f", {count(n_left, 'day')} to go" if n_left else ", ended"
    return (
        f"{experiment}: {count(n_days, 'day')} on record{left}; {count(n, 'customer')} in its "
        f"arms, {enough}"
    )


@kind
def experiment_sample(
    measure: str, base: float, uplift: float, power: float, n: int, n_any: int, there: int,
    currency: str = "",
) -> str:  # fmt: skip
    """How many customers an experiment takes, and how many there are; churn is to fall."""
    then = base * (1 - uplift if measure == CHURN else 1 + uplift)
    if measure == VALUE:
        what = f"{money(base, currency)} a customer that becomes {money(then, currency)}"
    else:
        what = f"{_PER * base:,.0f} of {_PER:,} who {_DID[measure]} that become {_PER * then:,.0f}"
    return (
        f"To find {what}, {100 * power:.0f} times in 100, takes {count(n, 'customer')} at one look "
        f"at the end and {n_any:,} where it may be stopped at any look; there are {there:,}"
    )
