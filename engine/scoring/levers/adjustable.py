"""Settings and a bank in; what may be moved, within which bounds, and what may never be, out."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.labels import part_label, rule_label
from engine.settings import Settings, with_sections

Path = tuple[str, ...]
"""Keys of one setting from its section down; a category may hold a dot."""
Changes = Mapping[Path, float]

WEIGHTS: Final = "Weights"
THRESHOLDS: Final = "Thresholds"
MARGINS: Final = "Margins"
GROUPS: Final = (WEIGHTS, THRESHOLDS, MARGINS)

MARGIN: Final = ("money", "product_margin")
EMPHASIS: Final = ("ranking", "emphasis")
OBJECTIVE: Final = ("ranking", "objective_times")
BAR: Final = ("confidence", "bar")
CHURN: Final = ("metrics", "retention_from_churn")
LIMIT: Final = ("guard", "max_per_category")
PRICES: Final = ("fairness", "prices")
"""Prices on groups: put in force and taken back as found, not moved one by one."""
HIGHEST_PRICE: Final = 100.0
"""Units of score either way; a score moves a list by a few (own choice)."""


@dataclass(frozen=True)
class Lever:
    """One setting that may be moved."""

    path: Path
    label: str
    group: str
    """One of `GROUPS`."""
    today: float
    low: float
    high: float
    step: float
    unit: str
    """"times", "share", "0-10", "products" or "money"."""
    meaning: str
    note: str = ""
    """What of the model that serves bears on it."""

    @property
    def key(self) -> str:
        """As it is written on a command line."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Switch:
    """A rule that may be switched off."""

    name: str
    label: str
    meaning: str
    off: Changes
    """The settings with which the rule holds nobody back."""
    on: bool


LOCKED: Final[Mapping[str, str]] = {
    "consent": "GDPR 6 and 21: the customer decides, not the bank",
    "objection": "GDPR 21(3): an objection is absolute",
    "status": "closed, deceased and blocked customers get no offers",
    "audience": "a product is sold to those it was made for",
    "held": "nothing is sold twice",
    "hidden": "what a customer said stands",
    "vulnerable": "FCA FG21/1: who is vulnerable is protected",
    "distress": "FCA FG21/1: who is in distress is helped, not sold credit",
    "arrears": "no new debt on top of what is not paid",
    "shortfall": "lending duty: money that runs short carries no instalment",
    "complaint": "FCA DISP: a complaint is settled before anything is sold on credit",
    "eligibility": "minors are protected; the product's terms bind",
    "affordability": "lending duty to assess what a customer can carry",
    "suitability": "MiFID II 25, FCA FG21/1: suitability; the vulnerable are protected",
    "experiment": "arms that are mixed tell nothing; stop the experiment to end it",
}
"""Rule of the guard -> why it can never be switched off."""


def levers(
    bank: Bank,
    settings: Settings,
    signals: tuple[str, ...],
    widened: Mapping[str, int] | None = None,
) -> tuple[Lever, ...]:
    """Everything that may be moved; `signals` are those that the version has a weight for, and
    `widened` are limits on a category that it measured to cost too much (`Blend.widened`)."""
    ranking, guard = settings.ranking, settings.guard
    weights = [
        Lever((*EMPHASIS, s), part_label(s), WEIGHTS, ranking.emphasis.get(s, 1.0), 0, 3, 0.25,
              "times", "1 is the weight of the version that serves, 0 switches it off")
        for s in signals
    ]  # fmt: skip
    return (
        *weights,
        Lever(OBJECTIVE, "The list's own aim", WEIGHTS, ranking.objective_times, 0, 3, 0.25,
              "times", "1 is what was measured to cost no accuracy that shows, 0 switches it off"),
        Lever(BAR, "Bar for a confident offer", THRESHOLDS, settings.confidence.bar, 0, 0.99, 0.01,
              "share", "the surest offer below it is no confident one; 0 takes what was measured"),
        Lever(CHURN, "Retention list from churn", THRESHOLDS,
              settings.metrics.retention_from_churn, 0, 10, 0.5,
              "0-10", "from here a customer's list opens on retention"),
        Lever(LIMIT, "Offers of one category", THRESHOLDS, guard.max_per_category, 1,
              guard.diversity_window, 1,
              "products", f"at most, among the first {guard.diversity_window}",
              _wider(guard.max_per_category, widened or {})),
        *_margins(bank, settings),
    )  # fmt: skip


def _wider(limit: int, widened: Mapping[str, int]) -> str:
    """That a version shows more of a category than was asked for, where it does."""
    shown = widened.get(str(limit), limit)
    if shown == limit:
        return ""
    return (
        f"The version that serves shows {shown} where {limit} is set, since {limit} surely cost "
        "more than guard.diversity_cost on what was taken later."
    )


def _margins(bank: Bank, settings: Settings) -> list[Lever]:
    """One a category of the bank, under the name that the settings know it by."""
    names = {name.lower(): name for name in settings.money.product_margin}
    margins = []
    for category in sorted(bank["products"]["category"].dropna().unique()):
        name = names.get(category.lower(), category)
        today = read(settings, (*MARGIN, name))
        high = max(1000.0, 5 * today)
        meaning = "assumed yearly margin of one product"
        margins.append(
            Lever((*MARGIN, name), str(category), MARGINS, today, 0, high, 10, "money", meaning)
        )
    return margins


def switches(settings: Settings) -> tuple[Switch, ...]:
    """The rules that are the bank's own choice, with the settings that switch each off."""
    guard = settings.guard
    tiers: dict[Path, float] = {("guard", "tier_min_income", t): 0.0 for t in guard.tier_min_income}
    tiers |= {("guard", "tier_min_credit_score", t): 0.0 for t in guard.tier_min_credit_score}
    careful: dict[Path, float] = {("guard", "retired_low_risk_appetite"): guard.low_risk_appetite}
    variety: dict[Path, float] = {LIMIT: float(guard.diversity_window)}
    rules: dict[Path, float] = {(*EMPHASIS, "rules"): 0.0}
    prices: dict[Path, float] = {
        (*PRICES, n): 0.0 for n, p in settings.fairness.prices.items() if p
    }
    return tuple(
        Switch(name, label, meaning, off, any(read(settings, p) != v for p, v in off.items()))
        for name, label, meaning, off in (
            ("tiers", "Income and score for high tiers", "elite products ask for both", tiers),
            ("retired", "More caution for the retired", "a stricter risk limit", careful),
            ("variety", "At most so many of a category", "the category limit of a list", variety),
            ("rules", "Business rules", "a rule lifts the products it names", rules),
            ("prices", "Prices on groups", "the order uses an attribute to close a gap", prices),
        )
        if off
    )


def read(settings: Settings, path: Path) -> float:
    """One setting; a category without a margin of its own has the default."""
    section, key, *category = path
    value = getattr(getattr(settings, section), key)
    if not category:
        return float(value)
    if (section, key) == PRICES:
        return float(value.get(category[0], 0.0))
    no_margin = (section, key) == MARGIN and settings.money.unlisted_have_no_margin
    return float(value.get(category[0], 0.0 if no_margin else value.get("default", 1.0)))


def changed(settings: Settings, changes: Changes) -> Settings:
    """Settings with some of them changed; SettingsError names a value that is out of range."""
    sections = {path[0]: getattr(settings, path[0]).model_dump() for path in changes}
    return with_sections(settings, **nested(changes, sections))


def nested(changes: Changes, onto: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Changes as tables within tables, over others where they are given."""
    tables = copy.deepcopy(dict(onto or {}))
    for path, value in changes.items():
        place = tables
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = int(value) if path == LIMIT else value
    return tables


def cannot_switch_off(rule: str) -> str:
    """Why a rule of the guard stays on, as a sentence."""
    return f"The rule “{rule_label(rule)}” can never be switched off: {LOCKED[rule]}."


def parsed(key: str, value: object, known: tuple[Lever, ...], more: Changes) -> tuple[Path, float]:
    """One change as it was typed, checked against what may be moved.

    Raises
    ------
    BadInput
        For a setting that is no lever, one that is locked, or a value that is out of range.
    """
    if key.startswith(prefix := ".".join((*PRICES, ""))):
        return _price(key.removeprefix(prefix), value)
    lever = next((one for one in known if one.key == key), None)
    extra = next((path for path in more if ".".join(path) == key), None)
    if lever is None and extra is None:
        rule = key.removeprefix("guard.").removeprefix("rules.")
        if rule in LOCKED:
            raise BadInput(cannot_switch_off(rule))
        keys = ", ".join(one.key for one in known)
        raise BadInput(f"There is no lever {key!r}; levers are {keys}.")
    try:
        number = float(str(value))
    except ValueError as error:
        raise BadInput(f"Got {value!r} for {key}; a number is expected.") from error
    if extra is not None and number == more[extra]:
        return extra, number
    if lever is None:
        raise BadInput(f"Got {number:g} for {key}; it may only be switched off ({more[extra]:g}).")
    if not lever.low <= number <= lever.high:
        raise BadInput(f"Got {number:g} for {key}; expected {lever.low:g} to {lever.high:g}.")
    if lever.path == LIMIT and number != int(number):
        raise BadInput(f"Got {number:g} for {key}; a whole number is expected.")
    return lever.path, number


def _price(name: str, value: object) -> tuple[Path, float]:
    """A price on a group as it was saved."""
    try:
        price = float(str(value))
    except ValueError as error:
        raise BadInput(f"Got {value!r} for a price on a group; a number is expected.") from error
    if name.count(" | ") != 3 or not abs(price) <= HIGHEST_PRICE:
        raise BadInput(
            f"Got {price:g} for the price {name!r}; expected LIST | ATTRIBUTE | GROUP | KIND and "
            f"at most {HIGHEST_PRICE:g} either way."
        )
    return (*PRICES, name), price
