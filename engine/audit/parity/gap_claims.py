"""What is said of a gap between groups and of its parts, typed: its figures, and its words.

`tests/engine/audit/test_gap_parts.py` works every figure out again from lists that are made anew.
"""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from engine.audit.parity.gap_parts import CATEGORY_LIMIT, LIMIT, PRICE, RULE
from engine.bank.bank import Bank
from engine.customers.claims import Claim, kind
from engine.figures import count, percent
from engine.labels import part_label, rule_label
from engine.settings import FairnessSettings

__all__ = ["Claim", "cause", "chance", "said"]

_PROTECTS: Final = "It protects customers and stays on"
_RULES: Final = {
    "consent": "It is these customers' own choice and stays on: look at how they are asked",
    "objection": "It is these customers' own choice and stays on: look at what they are sent",
    "status": "Their relationship with the bank has ended, which stays as it is",
    "audience": "A product is sold to those whom it was made for: look at whom the catalogue "
    "serves",
    "held": "They hold it already, and nothing is sold twice: look at what else the catalogue has",
    "hidden": "What a customer said of an offer stands: look at what they said",
    "vulnerable": f"{_PROTECTS}: look at how the bank marks customers",
    "distress": f"{_PROTECTS}: look at the help that these customers are given",
    "arrears": f"{_PROTECTS}: look at the payment plans that these customers are given",
    "shortfall": f"{_PROTECTS}: look at the budgeting help that these customers are given",
    "complaint": f"{_PROTECTS}: look at how long complaints stay open",
    "eligibility": f"{_PROTECTS}: look at the terms of the products and at the figures that it "
    "reads",
    "affordability": f"{_PROTECTS}: look at the figures of income and debt that it reads",
    "suitability": f"{_PROTECTS}: look at the appetite for risk that it reads",
    "experiment": "Arms are drawn by chance, so that this passes when the experiment ends",
}
"""Rule of the guard -> what can be done where it makes a gap."""
_LIMIT: Final = "How many offers of one category a list may show is a lever"
_PRICE: Final = "They were put in force to close gaps, and are switched off as a lever"
_LEVER: Final = "Its weight is a lever"


@kind
def cause(
    attribute: str,
    group: str,
    kind: str,
    n: int,
    n_others: int,
    value: float,
    others: float,
    gap: float,
    low: float,
    high: float,
    part_of: str,
    part: str,
    part_gap: float,
    without: float,
) -> str:
    """A gap of attention, the part that adds most to it, and what is left without that part."""
    return (
        f"{_compared(attribute, group, kind, n, n_others, (value, others), (gap, low, high))}. "
        f"What adds most to it is {_named(part_of, part)}: {_points(part_gap)}. Without it alone "
        f"the gap would be {_points(without)}. {_closing(part_of, part)}"
    )


@kind
def chance(
    attribute: str,
    group: str,
    kind: str,
    n: int,
    n_others: int,
    value: float,
    others: float,
    gap: float,
    low: float,
    high: float,
) -> str:
    """A gap of attention that is not surely there, so that no cause of it is named."""
    return (
        f"{_compared(attribute, group, kind, n, n_others, (value, others), (gap, low, high))}. "
        "That is within chance, so no cause is named"
    )


def said(attribute: str, gaps: pd.DataFrame, parts: pd.DataFrame, min_n: int) -> str:
    """The largest gap beyond chance with its cause; or that there is none."""
    if gaps.empty:
        return f"No group by {attribute} has {count(min_n, 'customer')} and as many outside."
    beyond = gaps.loc[gaps["differs"].astype(bool)]
    if beyond.empty:
        return f"No gap of attention between groups by {attribute} is beyond chance."
    row = beyond.loc[beyond["gap"].abs().idxmax()].to_dict()
    return f"{cause_of(attribute, row, parts).text}."


def cause_of(attribute: str, gap: Mapping[str, Any], parts: pd.DataFrame) -> Claim:
    """The claim of one row of gaps: the part that adds most in the gap's own direction, where the
    gap surely differs."""
    figures = {name: float(gap[name]) for name in ("value", "others", "gap", "low", "high")}
    who = {"attribute": attribute, "group": str(gap["group"]), "kind": str(gap["kind"])}
    sizes = {"n": int(gap["n"]), "n_others": int(gap["n_others"])}
    if not gap["differs"]:
        return chance(**who, **sizes, **figures)
    mine = parts[(parts["kind"] == gap["kind"]) & (parts["group"] == gap["group"])]
    way = 1 if gap["gap"] >= 0 else -1
    largest = mine.loc[(way * mine["gap"]).idxmax()]
    return cause(
        **who,
        **sizes,
        **figures,
        part_of=str(largest["part_of"]),
        part=str(largest["part"]),
        part_gap=float(largest["gap"]),
        without=float(largest["without"]),
    )


def notes(bank: Bank, n: int, n_bank: int, rule: FairnessSettings) -> tuple[str, ...]:
    """What to know when the parts of a gap are read."""
    said = [
        "Attention on a kind of offer is its share of all places of a list, earlier places "
        "counting more; who gets no offer counts with 0.",
        "A part adds what it changes on average over all orders in which rules, signals and the "
        "limit may come in; the parts of a gap sum to the gap.",
        f"Saving and investing: {', '.join(rule.benefits)}. Credit: {', '.join(rule.burdens)}.",
    ]
    if n < n_bank:
        said.append(f"{n:,} of {n_bank:,} persons, drawn at random, were taken apart.")
    if bank.manifest.simulated:
        said.append("Simulated bank: these figures describe generated customers.")
    return tuple(said)


def named(part_of: str, part: str) -> str:
    """What people call a part."""
    return part_label(part) if part_of not in (RULE, LIMIT) else rule_label(part)


def _compared(
    attribute: str,
    group: str,
    kind: str,
    n: int,
    n_others: int,
    attention: tuple[float, float],
    gap: tuple[float, float, float],
) -> str:
    value, others = attention
    return (
        f"{_first(kind)} gets {percent(value)} of the attention in the lists of customers with "
        f"{attribute} “{group}” and {percent(others)} in those of everybody else: "
        f"{_points(gap[0])} [{_ends(*gap)}], n = {n:,} and {n_others:,}"
    )


def _closing(part_of: str, part: str) -> str:
    """What can be done about a part."""
    if part_of == RULE:
        return _RULES.get(part, _PROTECTS)
    return {LIMIT: _LIMIT, PRICE: _PRICE}.get(part_of, _LEVER)


def _named(part_of: str, part: str) -> str:
    if part == CATEGORY_LIMIT:
        return "the limit on offers of one category and level"
    if part_of == PRICE:
        return "what the prices on groups do"
    word = "the rule" if part_of == RULE else "the signal"
    return f"{word} “{named(part_of, part)}”"


def _points(gap: float) -> str:
    return f"{_number(abs(gap))} points {'less' if gap < 0 else 'more'}"


def _ends(gap: float, low: float, high: float) -> str:
    way = -1 if gap < 0 else 1
    ends = sorted((way * low, way * high))
    return f"{_number(ends[0])}, {_number(ends[1])}"


def _number(share: float) -> str:
    return f"{100 * share:.1f}".replace("-", "−")


def _first(words: str) -> str:
    return words[:1].upper() + words[1:]
