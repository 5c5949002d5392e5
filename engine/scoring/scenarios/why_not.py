"""One customer and one product in; why it is not among the first, and what would change that."""

import numpy as np

from engine.audit.parity import move_claims
from engine.explain.comparison import compare
from engine.explain.wording import figure, percent
from engine.figures import signed
from engine.labels import rule_label
from engine.results import Change, Comparison, WhyNot
from engine.scoring.recommendation import CATEGORY_LIMIT, enough_of, level_of
from engine.scoring.scenarios.inputs import METRIC, MOOD, Input, inputs
from engine.scoring.scenarios.scenario import CustomerScenario, Variants
from engine.scoring.scenarios.threshold_search import Enough, Race


def why_not(scenario: CustomerScenario, which: str, product: int, first: int) -> WhyNot:
    """Answer "why not this product?" for one list.

    Parameters
    ----------
    first : int
        Places from the top that the question is about.

    Notes
    -----
    A rule is answered with its fact and no way around it: rules protect the customer. Places are
    those of the list as it is shown, so prices on groups count; where they move the product, the
    answer says where it would stand without them.
    """
    products = scenario.table.bank["products"]
    name = str(products["name"].iloc[product])
    rule, reason = _removed_by(scenario, product)
    allowed = scenario.verdicts.allowed.copy()
    allowed[0, product] = True
    totals = scenario.today.total(which)
    rank = _rank(scenario, scenario.ordered(which, totals), allowed, product)
    race = Race(scenario, which, product, first)
    place = 0 if rule else int(race.places(Variants(1, {}))[0])
    status = "removed" if rule else "top" if place else "low"
    comparison = _against_the_last(scenario, which, product, first) if status == "low" else None
    changes = _changes(race) if status == "low" else ()
    if status == "low":
        rule, reason = _category_limit(scenario, which, product, rank)
    by_score = _rank(scenario, totals, allowed, product)
    moved = _moved(scenario, which, by_score) if by_score != rank and status != "removed" else ""
    said = _sentence(
        status, name, place or rank, int(allowed.sum()), rule, reason, _basis(scenario, which)
    )
    return WhyNot(
        customer_id=str(scenario.table.bank.customer_ids[scenario.row]),
        product_id=str(scenario.table.bank.product_ids[product]),
        name=name,
        list=which,
        first=first,
        status=status,
        rank=place or rank,
        n_ranked=int(allowed.sum()),
        rule=rule,
        reason=reason,
        comparison=comparison,
        changes=changes,
        sentence=f"{said} {moved}" if moved else said,
    )


def _rank(scenario: CustomerScenario, totals: np.ndarray, allowed: np.ndarray, product: int) -> int:
    """Place of a product among all that are allowed, from 1; ties go to the smaller id."""
    ids = scenario.table.bank.product_ids.to_numpy(dtype="str")
    order = np.lexsort((ids, -np.where(allowed[0], totals[0], -np.inf)))
    return int(np.flatnonzero(order == product)[0]) + 1


def _basis(scenario: CustomerScenario, which: str) -> str:
    """What places are read from."""
    if scenario.by_arm is not None:
        return "the experiment"
    priced = scenario.table.group_prices.reasons(which, scenario.row)
    return "its score less prices on groups" if priced else "its score"


def _moved(scenario: CustomerScenario, which: str, by_score: int) -> str:
    """What orders the list in place of the scores: an experiment, or prices on groups and what
    those are for."""
    if (told := scenario.by_arm) is not None:
        return f"{told.text}."
    reasons = scenario.table.group_prices.reasons(which, scenario.row)
    return f"{move_claims.by_score(place=by_score, reasons=reasons).text}."


def _removed_by(scenario: CustomerScenario, product: int) -> tuple[str, str]:
    """The first rule against the product and its fact; empty where it may be offered."""
    if scenario.verdicts.allowed[0, product]:
        return "", ""
    rule = scenario.verdicts.rule(0, product)
    return rule_label(rule), scenario.verdicts.reason(0, product)


def _category_limit(
    scenario: CustomerScenario, which: str, product: int, rank: int
) -> tuple[str, str]:
    """Whether so many of its category stand above that it is passed over at its place."""
    totals, allowed = scenario.today.total(which), scenario.verdicts.allowed
    totals = scenario.ordered(which, totals)
    lists = scenario.table.top_k
    listed = lists.positions(totals, allowed, rank)
    if not lists.pushed_out(totals, allowed, listed)[0, product]:
        return "", ""
    products = scenario.table.bank["products"]
    if (other := lists.other_level(product, listed[0])) is not None:
        return rule_label(CATEGORY_LIMIT), level_of(products["name"].iloc[other])
    return rule_label(CATEGORY_LIMIT), enough_of(products["category"].iloc[product])


def _against_the_last(
    scenario: CustomerScenario, which: str, product: int, first: int
) -> Comparison | None:
    """The last of the first ones against the product; None where there is no offer at all."""
    listed = scenario.listed(scenario.today, scenario.verdicts.allowed, which, first)
    if not listed:
        return None
    last, names = listed[-1], scenario.table.bank["products"]["name"]
    return compare(
        str(names.iloc[last]),
        str(names.iloc[product]),
        *(scenario.table.parts_ordered(which, scenario.today, 0, one) for one in (last, product)),
    )


def _changes(race: Race) -> tuple[Change, ...]:
    """Every input that is enough alone, the smallest change first; one new need at most."""
    changes = [
        _change(race, given, hit)
        for given in inputs(race.scenario)
        if (hit := race.nearest(given)) is not None
    ]
    wanted = ((given, race.nearest(given)) for given in race.new_needs())
    changes += [_change(race, given, hit) for given, hit in wanted if hit is not None][:1]
    return tuple(sorted(changes, key=lambda change: (change.size, change.feature)))


def _change(race: Race, given: Input, hit: Enough) -> Change:
    size = abs(hit.value - given.now) / (given.high - given.low)
    sentence = _worded(given, _printed(race, given, hit.value))
    return Change(given.feature, given.label, given.now, hit.value, size, hit.rank, sentence)


def _printed(race: Race, given: Input, value: float) -> str:
    """The value with as few decimals as keep it enough, rounded away from today's."""
    away = np.ceil if value > given.now else np.floor
    for digits in range(1, 7):
        unit = 10.0 ** -(digits + (given.scale not in (METRIC, MOOD)))
        rounded = float(np.clip(away(value / unit) * unit, given.low, given.high))
        if race.places(given.variants(np.array([rounded])))[0] > 0:
            return _text(given, rounded, digits)
    return _text(given, value, 6)


def _text(given: Input, value: float, digits: int) -> str:
    if given.scale == METRIC:
        return f"{value:.{digits}f}"
    if given.scale == MOOD:
        return signed(value, digits)
    return f"{100 * value:.{max(digits - 1, 0)}f} %"


def _worded(given: Input, needed: str) -> str:
    """The change as one sentence."""
    if given.scale == METRIC:
        return f"{given.label} {needed} instead of {figure(round(given.now, 1))}, of 10"
    if given.scale == MOOD:
        return f"Mood {needed} instead of {signed(given.now, 1)}, on a scale of −1 to 1"
    if given.now == 0:
        return f"{given.label} at {needed} of the needs; today it is not among them"
    return f"{given.label} at {needed} of the needs instead of {percent(given.now)}"


def _sentence(status: str, name: str, rank: int, n: int, rule: str, reason: str, basis: str) -> str:
    if status == "removed":
        said = f"{name} is left out: {rule[:1].lower()}{rule[1:]}."
        return f"{said} {reason}." if reason else said
    if status == "top":
        return f"{name} is among the first already, in place {rank}."
    said = f"{name} may be offered and stands in place {rank} of {n} by {basis}."
    return f"{said} {reason}." if reason else said
