"""Settings and a bank's currency in; the settings with assumed amounts of that currency out."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic_settings import EnvSettingsSource

from engine.settings import MoneySettings, Settings, default, with_sections

_EARNED: Final = {
    "money": ("cost_to_serve", "product_margin"),
    "campaigns": ("cost_of_contact",),
}
"""Section -> keys of what is assumed to be earned and spent: none of it without a rate."""
_BARS: Final = {
    "guard": ("high_income", "wealthy_balance", "wealthy_income", "tier_min_income"),
    "alerts": ("spending_limit", "loan_nearly_repaid"),
    "ranking": ("rule_tech_monthly_spend",),
}
"""Section -> keys of amounts from which something holds: as shipped without a rate."""


def stated_in(file: Path) -> dict[str, dict[str, Any]]:
    """Section -> keys that a bank's own file or the environment states; all others are shipped.

    Parameters
    ----------
    file : Path
        The bank's own settings, that `settings.load` has read without an error; or none there.
    """
    return stated_by(tomllib.loads(file.read_text("utf-8")) if file.is_file() else {})


def stated_by(own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The same of what a bank's own file would hold, as tables."""
    named = EnvSettingsSource(Settings)()
    return {name: _over(named.get(name, {}), own.get(name, {})) for name in {*named, *own}}


def in_currency(settings: Settings, currency: str, stated: Mapping[str, Any]) -> Settings:
    """Attune's own amounts, which are dollars, in a bank's currency.

    Parameters
    ----------
    settings : Settings
        As read; `money.units_per_dollar` by currency.
    currency : str
        The bank's, three letters.
    stated : mapping
        Section -> what the bank's own file and the environment state, as `stated_in` reads it.
        That is in the bank's own currency and stays, whatever number it is: a lever in force is
        among it.

    Notes
    -----
    Where it is not stated how many units stand for a dollar, no amount of a product is assumed and
    no cost, so that nothing is shown in the wrong money; incomes and balances from which a rule or
    an alert holds stay as shipped, since a rule needs some.
    """
    rates = settings.money.units_per_dollar
    own = sorted(stated.get("money", {}).get("product_margin", {}))
    if own != settings.money.own_margins:
        money = {**settings.money.model_dump(), "own_margins": own}
        settings = with_sections(settings, money=money)
    if rates.get(currency) == 1:
        return settings
    units = rates.get(currency)
    sections = {
        name: _converted(settings, name, keys, stated.get(name, {}), units)
        for name, keys in (*_EARNED.items(), *(_BARS.items() if units else ()))
    }
    return with_sections(settings, **sections)


def is_assumed(name: str, settings: MoneySettings, currency: str) -> bool:
    """Is the margin of a category in effect Attune's own, and not one that the bank states?"""
    shipped = default().money.product_margin.get(name)
    if shipped is None or name in settings.own_margins:
        return False
    units = settings.units_per_dollar.get(currency) or 1.0
    return settings.product_margin.get(name) == shipped * units


def _over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """One table over another; tables within them key by key."""
    tables = {k: {**under[k], **v} for k, v in over.items() if isinstance(under.get(k), dict)}
    return {**under, **over, **tables}


def _converted(
    settings: Settings,
    section: str,
    keys: tuple[str, ...],
    stated: Mapping[str, Any],
    units: float | None,
) -> dict[str, Any]:
    """One section with its shipped amounts times the units; without a rate they are left out."""
    values = getattr(settings, section).model_dump()
    for key in keys:
        if isinstance(values[key], dict):
            own = stated.get(key, {})
            values[key] = {
                name: value if name in own else value * units
                for name, value in values[key].items()
                if name in own or units
            }
        elif key not in stated:
            values[key] *= units or 0.0
    return values
