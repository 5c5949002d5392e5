"""What a campaign asks for, and the list that comes of it."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

import pandas as pd
import tomli_w

from engine.errors import BadInput
from engine.figures import day, signed
from engine.json_values import JsonRecord

FOR_VALUE, FOR_CHANCE = "value", "chance"
AIMS: Final = (FOR_VALUE, FOR_CHANCE)


@dataclass(frozen=True)
class Campaign(JsonRecord):
    """What a campaign asks for.

    Attributes
    ----------
    name : str
        Also decides who is held out: another name, another draw.
    products : tuple of str
        Product ids; empty for the best offer of all.
    filters : mapping
        Column of the customer list (audience, segment, relationship_manager, churn_band,
        value_band) -> the one value that is meant.
    aim : str
        "value": expected value a year. "chance": as many takers as possible.
    minimum : float
        Confidence (fit where there is no history) at least, 0-1.
    places : mapping
        Product id -> offers of it at most.
    most : int, optional
        Offers in all at most.
    budget : float, optional
        For contacts at most, in the bank's currency.
    cost : float, optional
        Of one contact; None is the setting `campaigns.cost_of_contact`.
    never_with : tuple of (str, str)
        Product ids of which nobody who holds one is offered the other.
    hold_out, no_contact : float, optional
        Shares of customers who are not contacted, so that the effect can be measured; None are
        the settings.
    base : str
        Address of a selection of customers, among whom the filters choose; "" for everybody.
    since : str
        ISO day on which it began, "" before that: what its arms took is counted from then on.
    difference : float, optional
        What contacting is promised to add to the rate of takers, 0-1.
    """

    name: str
    products: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    aim: str = FOR_VALUE
    minimum: float = 0.0
    places: Mapping[str, int] = field(default_factory=dict)
    most: int | None = None
    budget: float | None = None
    cost: float | None = None
    never_with: tuple[tuple[str, str], ...] = ()
    hold_out: float | None = None
    no_contact: float | None = None
    base: str = ""
    since: str = ""
    difference: float | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Campaign":
        """A campaign from a file's fields; BadInput for an unknown one or one of another kind."""
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise BadInput(
                f"A campaign has no field {unknown[0]!r}; it has {', '.join(sorted(known))}."
            )
        made = dict(values)
        for name in _NUMBERS:
            if name in made and not _is_number(made[name]):
                raise BadInput(f"{name} of a campaign is {made[name]!r}; expected a number.")
        for name, value in {"most": made.get("most", 0), **_table("places", made)}.items():
            if not _is_number(value) or value != int(value):
                raise BadInput(f"{name} of a campaign is {value!r}; expected a whole number.")
        for name, value in {
            "name": made.get("name", ""),
            "base": made.get("base", ""),
            **_table("filters", made),
        }.items():
            if not isinstance(value, str):
                raise BadInput(f"{name} of a campaign is {value!r}; expected a text in quotes.")
        if made.get("since"):
            made["since"] = _day(made["since"])
        if "products" in made:
            made["products"] = tuple(_strings("products", made["products"]))
        if "never_with" in made:
            made["never_with"] = tuple(
                _pair(one) for one in _items("never_with", made["never_with"])
            )
        return cls(**({"name": ""} | made))

    @classmethod
    def read(cls, text: str, name: str) -> "Campaign":
        """A campaign from the text of a TOML file; `name` stands in for one that it does not say.

        Raises
        ------
        BadInput
            If the text is no TOML, or has a field that a campaign has not.
        """
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadInput(f"The campaign {name} is no TOML: {error}.") from error
        return cls.of({"name": name} | values)

    def to_toml(self) -> str:
        """The campaign as a file that `read` reads; what was left open is left out."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        listed = {
            name: [list(one) for one in value] if name == "never_with" else value
            for name, value in said.items()
            if value is not None and value not in ((), {}, "")
        }
        return tomli_w.dumps(listed)


_NUMBERS: Final = ("minimum", "budget", "cost", "hold_out", "no_contact", "difference")


def _day(value: Any) -> str:
    try:
        return dt.date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise BadInput(
            f"since of a campaign is {value!r}; expected a day such as 2026-07-15."
        ) from error


def _items(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise BadInput(f"{name} of a campaign is {value!r}; expected a list.")
    return list(value)


def _table(name: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    table = values.get(name, {})
    if not isinstance(table, Mapping):
        raise BadInput(f"{name} of a campaign is {table!r}; expected name = value, line by line.")
    return table


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _strings(name: str, value: Any) -> list[str]:
    items = _items(name, value)
    if bad := [one for one in items if not isinstance(one, str)]:
        raise BadInput(f"{name} of a campaign has {bad[0]!r}; expected a text in quotes.")
    return items


def _pair(value: Any) -> tuple[str, str]:
    names = _strings("never_with", value)
    if len(names) != 2:
        raise BadInput(f"never_with has {value!r}; expected two product ids.")
    return names[0], names[1]


@dataclass(frozen=True, eq=False)
class CampaignOutcome(JsonRecord):
    """What each arm of a campaign took since it began, from holdings and recorded purchases."""

    campaign: str
    since: pd.Timestamp
    until: pd.Timestamp
    """The last day on record."""
    arms: pd.DataFrame
    """arm, n, taken, rate, low, high (95 % interval); of those that have anybody."""
    differences: pd.DataFrame
    """against, difference (of rates, contacted less the arm), low, high (95 %), n_more (of that
    arm, until the promised difference would most likely show; NaN where none is promised)."""
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What contacting added, and whether that is sure."""
        told = "; ".join(
            f"{_points(one.difference)} points against {one.against} "
            f"(95 % interval {_points(one.low)} to {_points(one.high)}), "
            + ("not told apart from none" if one.low <= 0 <= one.high else "surely not none")
            for one in self.differences.itertuples()
        )
        began = f"Since {day(self.since)}, contacted"
        return f"{began}: {told}." if told else f"{began}: no arm to compare with."


def _points(share: float) -> str:
    return signed(100 * share, 1)


@dataclass(frozen=True, eq=False)
class CampaignList(JsonRecord):
    """Who is offered what by a campaign, what its limits cost, and whom they leave out."""

    campaign: Campaign
    table: pd.DataFrame
    """rank, customer_id, name, segment, relationship_manager, product_id, product, confidence
    (NaN without history), fit, propensity (NaN without history), value_if_taken, expected_value
    (both a year, the bank's currency; the latter NaN without history), last_contact, notice (what
    has to stand beside an offer of credit, "" beside any other): who is contacted, most worth
    first."""
    left_out: pd.DataFrame
    """customer_id, arm, product_id, product: who is held out or left alone, and what they would
    have been offered."""
    by_product: pd.DataFrame
    """product_id, product, n_may (customers who may be offered it), n_wanted (whose best offer it
    is without limits), places (None for no limit), n_offered, n_lost (of those who wanted it),
    n_other, n_none (of the lost: offered another product, offered nothing), next_place (what one
    more place would be worth a year)."""
    limits: pd.DataFrame
    """limit, capacity, used, next_one (what one more unit would be worth)."""
    groups: pd.DataFrame
    """attribute, group, n_may, n_offered, rate, low, high, note: the allocation by group."""
    n_matching: int
    """Customers whom the filters leave."""
    n_may: int
    """Of those, how many may be offered something."""
    n_held_out: int
    n_left_alone: int
    takers: float
    """Expected number who take what they are offered; NaN without history."""
    takers_low: float
    takers_high: float
    """Between which it lies in 95 of 100 runs if every chance is right."""
    value: float
    """Sum of the aim: expected value a year, or expected takers; of fit where there is no history,
    and then no money and no count."""
    bound: float
    """No allocation within the limits has more."""
    cost: float
    """Of all contacts, in the bank's currency."""
    detectable: float
    """The smallest difference of the rates of contacted and held out that would show; NaN without
    both."""
    basis: str
    """"propensity" or "fit": what stands for the chance."""
    currency: str
    bank: str
    model_version: str
    as_of: pd.Timestamp
    simulated: bool
    notes: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """Share of the bound that was not reached."""
        return 0.0 if self.bound <= 0 else max(0.0, 1 - self.value / self.bound)

    @property
    def sentence(self) -> str:
        """Whom it contacts, and what may come of it."""
        n = len(self.table)
        said = (
            f"{n:,} of the {self.n_may:,} customers who may be offered something are contacted"
            f" ({self.n_matching:,} match the filters)"
        )
        if n and self.takers == self.takers:
            said += (
                f"; {self.takers:,.0f} are expected to take it "
                f"(95 of 100 times {self.takers_low:,.0f} to {self.takers_high:,.0f})"
            )
        return f"{said}."

    @property
    def about(self) -> tuple[tuple[str, str | int | float], ...]:
        """What the list was made from, line by line."""
        asked = self.campaign
        chosen = "; ".join(f"{n.replace('_', ' ')}: {v}" for n, v in asked.filters.items())
        return (
            ("Campaign", asked.name),
            ("Bank", f"{self.bank}, simulated" if self.simulated else self.bank),
            ("Data as of", f"{self.as_of:%d %b %Y}"),
            ("Model version", self.model_version),
            ("Products", ", ".join(asked.products) or "all"),
            ("Filters", chosen or "none"),
            ("Match the filters", self.n_matching),
            ("May be offered something", self.n_may),
            ("Contacted", len(self.table)),
            ("Held out", self.n_held_out),
            ("Left alone", self.n_left_alone),
            (f"Cost of contacts, {self.currency}", self.cost),
            ("Expected value", self._expected),
            ("Of the bound, %", 100 * (1 - self.gap)),
            *(("Note", note) for note in self.notes),
        )

    @property
    def _expected(self) -> str:
        if self.basis == "propensity":
            return f"propensity x assumed yearly margin, {self.currency}"
        return "none: without history no chance is known; the order is by fit"

    def to_json(self) -> dict[str, Any]:
        """Every field, and the gap."""
        return {**super().to_json(), "gap": self.gap}
