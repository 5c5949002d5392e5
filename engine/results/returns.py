"""What a campaign would return, by the figures of whoever asks; there are no others in it."""

from dataclasses import dataclass

import pandas as pd

from engine.json_values import JsonRecord


@dataclass(frozen=True)
class ReturnInputs:
    """The user's own figures; none has a default, since a built-in one would be a built-in result.

    Money is in the bank's currency, shares are 0 to 1.
    """

    contacts: float
    """How many customers are contacted."""
    cost_of_contact: float
    fixed_cost: float
    """Of the campaign, however many are contacted; 0 is a figure as well."""
    conversion: float
    """Share of the contacted who take the product: the likely one ..."""
    conversion_low: float
    conversion_high: float
    """... and the lowest and highest that are thought possible."""
    conversion_without: float
    """Share who would take it without a contact; what counts is the rest."""
    value_a_year: float
    """What one adoption is worth to the bank in a year."""
    years: float
    """For how long an adoption counts."""


@dataclass(frozen=True, eq=False)
class ReturnEstimate(JsonRecord):
    """What follows from the figures, step by step."""

    inputs: ReturnInputs
    currency: str
    adoptions: float
    """More than without a contact."""
    gain: float
    cost: float
    net: float
    ratio: float | None
    """Net over cost; None where nothing is spent."""
    net_low: float
    net_high: float
    """At the lowest and the highest conversion."""
    break_even_conversion: float | None
    """The conversion at which the net is nothing; None where no conversion up to 1 does."""
    break_even_value: float | None
    """The value a year at which it is; None without adoptions."""
    steps: tuple[tuple[str, str, str], ...]
    """What it is, the formula with the figures put in, and the result."""
    sensitivity: pd.DataFrame
    """input, low, high: the net with this one figure a fifth lower and a fifth higher, the widest
    first."""
    sentence: str
