"""Settings and a bank's currency in; the settings with assumed amounts of that currency out."""

from engine.settings import Settings, default, with_sections


def in_currency(settings: Settings, currency: str) -> Settings:
    """Attune's own yearly amounts, which are dollars, in a bank's currency.

    Parameters
    ----------
    settings : Settings
        As read; `money.units_per_dollar` by currency, `money.cost_to_serve` and
        `money.product_margin` as shipped, or the bank's own.
    currency : str
        The bank's, three letters.

    Notes
    -----
    What a bank has set itself is in its own currency and stays. Where it is not stated how many
    units stand for a dollar, no amount of a product is assumed and no cost to serve, so that
    nothing is shown in the wrong money.
    """
    rates = settings.money.units_per_dollar
    if rates.get(currency) == 1:
        return settings
    shipped, own = default().money, settings.money
    units = rates.get(currency)
    margins = {
        name: value * units if value == shipped.product_margin.get(name) and units else value
        for name, value in own.product_margin.items()
        if units or value != shipped.product_margin.get(name)
    }
    cost = own.cost_to_serve
    if cost == shipped.cost_to_serve:
        cost *= units or 0.0
    changed = {"cost_to_serve": cost, "product_margin": margins}
    return with_sections(settings, money={**own.model_dump(), **changed})
