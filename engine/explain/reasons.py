"""What is known of one customer and one product in, reasons for and against it out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.explain.offer_case import Case, Neighbour, Said
from engine.explain.product_facts import kind_of, point
from engine.explain.wording import clause, count, day, figure, listing, money, score, shorten
from engine.labels import ACTION_LABELS
from engine.vocabulary import BUSINESS, SECTOR

SHORT = 59
"""Characters of a short reason at most."""
_MAX_FOR, _MAX_AGAINST = 4, 2
_TELLING = 0.05
"""A part below this is noise and gives no reason (units of the score, own choice)."""
_ANSWERS = 0.85
"""A product answers an interest if it does so better than this share of all products (own choice):
a small likeness to everything is no reason."""
_GOAL = "Goal: "
_SPENT = " a month on "
_TALKS, _LIKES, _STAGE = "Talks about ", "Interested in ", "Life stage: "
_PLURALS = {
    _GOAL: "Goals: ",
    "Spends ": "Spends ",
    **{start: start for start in (_TALKS, _LIKES, _STAGE)},
}
_UNHAPPY = -0.2
"""Mood from which messages are called unhappy (own choice)."""
_NEAR = 1.5
"""Product risk and appetite that differ by no more go well together (own choice)."""


@dataclass(frozen=True)
class Reason:
    """One reason.

    Attributes
    ----------
    part : str
        The part of the score that it explains.
    text : str
        A sentence without a full stop that names a fact of the customer and one of the product.
    short : str
        The same in at most `SHORT` characters.
    points : float
        Its share of the part; negative where it speaks against.
    """

    part: str
    text: str
    short: str
    points: float


def reasons(case: Case) -> tuple[Reason, ...]:
    """The reasons of one offer: what speaks for it first, strongest first, then what is against.

    Notes
    -----
    What is popular says nothing of this customer and stands behind what does, however much of the
    score it makes up. There is always one: where no part gives a reason, what is known of the
    product stands beside what is known of the customer.
    """
    found = [reason for write in _WRITERS for reason in write(case)]
    found.sort(key=lambda r: (r.part == "popularity", -abs(r.points)))
    speaking = [r for r in found if r.points >= 0][:_MAX_FOR]
    against = [r for r in found if r.points < 0][:_MAX_AGAINST]
    return (*(speaking or [_fallback(case)]), *against)


def texts(found: tuple[Reason, ...]) -> tuple[str, ...]:
    """The sentences to show; one that speaks against says so."""
    return tuple(r.text if r.points >= 0 else f"Against it: {clause(r.text)}" for r in found)


def short_reason(found: tuple[Reason, ...]) -> str:
    """The strongest reason in under 60 characters."""
    return shorten(found[0].short, SHORT) if found else ""


# --- needs ---------------------------------------------------------------------------------------


def _needs(case: Case) -> Iterator[Reason]:
    """The two interests that speak most for the product, each with what the product answers."""
    speaking = [need for need in case.needs if need.contribution > 0]
    total = float(np.sum([need.contribution for need in speaking]))
    part = max(case.parts.get("needs", 0.0), 0.0) / max(total, 1e-12)
    answers: dict[str, list[tuple[str, float]]] = {}
    for need in [need for need in speaking if need.answered >= _ANSWERS][:2]:
        fact = interest(need.kind, str(need.item), need.value, need.n)
        answer = point(case.product, str(need.item), case.currency)
        answers.setdefault(answer, []).append((fact, part * need.contribution))
    for answer, facts in answers.items():
        told = _joined([fact for fact, _ in facts])
        points = sum(points for _, points in facts)
        yield Reason("needs", f"{told}; {case.name}{answer}", facts[0][0], points)


def _joined(facts: list[str]) -> str:
    """Facts with one answer as one clause: "Goals: a house and travel"."""
    for start, plural in _PLURALS.items():
        if len(facts) > 1 and all(fact.startswith(start) for fact in facts):
            rest = [fact.removeprefix(start) for fact in facts]
            rest[1:] = [fact.replace(_SPENT, " on ") for fact in rest[1:]]
            return plural + listing(rest)
    return ", ".join([facts[0], *(clause(fact) for fact in facts[1:])])


def interest(kind: str, item: str, value: float, n: float) -> str:
    """One interest as a fact about the customer."""
    if kind == "spending":
        amount = figure(round(value)) if value >= 1 else ""
        return f"Spends {amount}{_SPENT}{item}" if amount else f"Spends on {item}"
    if kind in ("topic", "message"):
        mentions = f" ({count(n, 'message')})" if n > 0 else ""
        return f"{_TALKS}{clause(item)}{mentions}"
    if kind == "goal":
        return f"{_GOAL}{clause(item)}"
    if kind == "occupation":
        for ending, told in ((BUSINESS, "Runs a business in"), (SECTOR, "Works in")):
            if item.endswith(ending):
                return f"{told} {clause(item.removesuffix(ending))}"
        return f"Works as {item}"
    return f"{_STAGE if kind == 'life_stage' else _LIKES}{clause(item)}"


# --- what others hold ----------------------------------------------------------------------------


def _item_to_item(case: Case) -> Iterator[Reason]:
    told = "customers who do often hold {} too"
    yield from _from_held(case, "item_to_item", case.neighbours, told, "often held together")


def _transitions(case: Case) -> Iterator[Reason]:
    told = "customers who did often took {} next"
    yield from _from_held(case, "transitions", case.next_steps, told, "often the next step")


def _from_held(
    case: Case, name: str, said: tuple[Neighbour, ...], told: str, short: str
) -> Iterator[Reason]:
    part = case.parts.get(name, 0.0)
    speaking = [held.name for held in said if held.contribution > 0][:2]
    if part > _TELLING and speaking:
        text = f"Holds {listing(speaking)}; {told.format(case.name)}"
        yield Reason(name, text, f"Holds {speaking[0]}; {short}", part)


def _collaborative(case: Case) -> Iterator[Reason]:
    part = case.parts.get("collaborative", 0.0)
    if part > _TELLING and case.held_names:
        products = count(len(case.held_names), "product")
        text = f"Holds {products}; customers with similar ones lean towards {case.name}"
        yield Reason("collaborative", text, "Similar customers lean towards it", part)


def _popularity(case: Case) -> Iterator[Reason]:
    part = case.parts.get("popularity", 0.0)
    if part > _TELLING and case.n_holders:
        share = f"{case.n_holders:,} of {case.n_customers:,} customers"
        text = f"Does not hold {case.name} yet; {share} do"
        yield Reason("popularity", text, f"Held by {share}", part)


# --- metrics against the product's scores --------------------------------------------------------


def _suitability(case: Case) -> Iterator[Reason]:
    """Risk appetite against the product's risk, the axis on which a wrong offer does harm."""
    part = case.parts.get("suitability", 0.0)
    appetite, risk = case.profile["risk"], case.product["risk_customer"]
    if pd.isna(risk) or not case.profile.get("risk_known", True) or abs(part) < _TELLING:
        return
    figures = f"Risk appetite {score(appetite)}; {case.name} has risk {score(risk)}"
    if part > 0 and risk <= appetite + _NEAR:
        suits = "which goes well with it" if risk >= appetite - _NEAR else "which is well within it"
        short = f"Risk {figure(risk)} suits an appetite of {figure(round(appetite, 1))}"
        yield Reason("suitability", f"{figures}, {suits}", short, part)
    elif part < 0 and risk > appetite + _NEAR:
        yield Reason("suitability", f"{figures}, which is more than wanted", figures, part)
    elif part < 0 and risk < appetite - _NEAR and kind_of(case.product) == "investment":
        yield Reason("suitability", f"{figures}, which is less than wanted", figures, part)


def _objective(case: Case) -> Iterator[Reason]:
    part, retention = case.parts.get("objective", 0.0), case.product["retention_value"]
    if case.which == "retention" and part > _TELLING and not pd.isna(retention):
        fact = f"Churn index {score(case.profile['churn'])}"
        text = f"{fact}; {case.name} keeps customers (retention value {score(retention)})"
        yield Reason("objective", text, f"{fact}; retention value {score(retention)}", part)


# --- conduct -------------------------------------------------------------------------------------


def _rules(case: Case) -> Iterator[Reason]:
    part = case.parts.get("rules", 0.0)
    for rule in case.rules:
        answer = point(case.product, "", case.currency)
        yield Reason("rules", f"{rule}; {case.name}{answer}", rule.split(":")[0], part)


def _mood(case: Case) -> Iterator[Reason]:
    """What serves instead of selling, where messages are unhappy (F90).

    That a sale can wait is said once for the whole list (engine.explain.actions).
    """
    part, mood = case.parts.get("mood", 0.0), case.profile["mood"]
    if part > _TELLING and mood <= _UNHAPPY:
        fact = f"Recent messages are unhappy ({mood:+.1f})"
        yield Reason("mood", f"{fact}; {case.name} is a service, not a sale", fact, part)


_SAID: Final = {
    **{action: ACTION_LABELS[action] for action in ("accepted", "selected", "rated")},
    "clicked": "Clicked on",
    "postponed": "Postponed",
    "dismissed": "Dismissed",
}
"""Action that a reason may rest on -> how a sentence about it begins."""


def _feedback(case: Case) -> Iterator[Reason]:
    part = case.parts.get("feedback", 0.0)
    said = [event for event in case.events if event.action in _SAID]
    if abs(part) < _TELLING or not said:
        return
    last = sorted(said, key=_when)[-1]
    reason = f" ({clause(last.reason)})" if isinstance(last.reason, str) else ""
    fact = f"{_SAID[last.action]} on {day(last.recorded_at)}"
    yield Reason("feedback", f"{case.name}: {clause(fact)}{reason}", fact, part)


def _when(said: Said) -> tuple[bool, pd.Timestamp]:
    """The order of events in time; one without a time counts as the latest."""
    undated = pd.isna(said.recorded_at)
    return undated, pd.Timestamp(0) if undated else said.recorded_at


_WRITERS: Final[tuple[Callable[[Case], Iterator[Reason]], ...]] = (
    _rules,
    _needs,
    _item_to_item,
    _transitions,
    _collaborative,
    _suitability,
    _objective,
    _feedback,
    _mood,
    _popularity,
)


def _fallback(case: Case) -> Reason:
    """Where no part speaks: what the customer has, beside what the product is."""
    answer = point(case.product, "", case.currency)
    balance = case.profile.get("balance", float("nan"))
    if balance > 0 and kind_of(case.product) in ("investment", "account"):
        fact = f"Has a balance of {money(balance, case.currency)}"
    else:
        held = count(len(case.held_names), "product") if case.held_names else "nothing"
        fact = f"Holds {held} here so far"
    return Reason("product", f"{fact}; {case.name}{answer}", fact, 0.0)
