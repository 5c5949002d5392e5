"""A user's own figures in; what a campaign would return, its formula and its break-even, out.

net = contacts x (conversion - conversion without) x value a year x years
      - contacts x cost of a contact - fixed cost

Nothing of the bank is read and no figure is built in: whoever asks answers for the inputs.
"""

import math
from dataclasses import asdict, replace
from typing import Final

import pandas as pd

from engine.errors import BadInput
from engine.figures import MINUS, at_least, money
from engine.results import ReturnEstimate, ReturnInputs

LABELS: Final = {
    "contacts": "Contacts",
    "cost_of_contact": "Cost of a contact",
    "fixed_cost": "Fixed cost",
    "conversion": "Conversion",
    "conversion_low": "Lowest conversion",
    "conversion_high": "Highest conversion",
    "conversion_without": "Conversion without a contact",
    "value_a_year": "Value of an adoption a year",
    "years": "Years that an adoption counts",
}
"""Input -> what people call it."""
SHARES: Final = ("conversion", "conversion_low", "conversion_high", "conversion_without")
_MOVED: Final = ("contacts", "cost_of_contact", "fixed_cost", "conversion", "conversion_without",
                 "value_a_year", "years")  # fmt: skip
_STEP: Final = 0.2


def estimate(inputs: ReturnInputs, currency: str) -> ReturnEstimate:
    """What follows from the inputs.

    Raises
    ------
    BadInput
        If a figure is missing, negative or out of range, or the conversions are not in order.
    """
    _check(inputs)
    adoptions, gain, cost = _parts(inputs)
    net = gain - cost
    worth = inputs.contacts * inputs.value_a_year * inputs.years
    needed = inputs.conversion_without + cost / worth if worth else math.inf
    low, high = (
        _net(replace(inputs, conversion=share))
        for share in (inputs.conversion_low, inputs.conversion_high)
    )
    per_value = adoptions * inputs.years
    made = ReturnEstimate(
        inputs=inputs,
        currency=currency,
        adoptions=adoptions,
        gain=gain,
        cost=cost,
        net=net,
        ratio=net / cost if cost else None,
        net_low=low,
        net_high=high,
        break_even_conversion=needed if needed <= 1 else None,
        break_even_value=cost / per_value if per_value > 0 else None,
        steps=_steps(inputs, currency),
        sensitivity=_sensitivity(inputs),
        sentence="",
    )
    return replace(made, sentence=_sentence(made))


def _check(inputs: ReturnInputs) -> None:
    for name, value in asdict(inputs).items():
        label = LABELS[name].lower()
        if value is None or not math.isfinite(value):
            raise BadInput(f"The {label} is missing; every figure is yours to give.")
        if value < 0 or (name in SHARES and value > 1):
            most = "a share of 0 to 1" if name in SHARES else "nothing below 0"
            raise BadInput(f"The {label} is {value:g}; expected {most}.")
    if not inputs.conversion_low <= inputs.conversion <= inputs.conversion_high:
        raise BadInput("The likely conversion must lie between the lowest and the highest.")


def _parts(inputs: ReturnInputs) -> tuple[float, float, float]:
    """Adoptions more than without a contact, their value, and the cost."""
    adoptions = inputs.contacts * (inputs.conversion - inputs.conversion_without)
    gain = adoptions * inputs.value_a_year * inputs.years
    return adoptions, gain, inputs.contacts * inputs.cost_of_contact + inputs.fixed_cost


def _net(inputs: ReturnInputs) -> float:
    _, gain, cost = _parts(inputs)
    return gain - cost


def _steps(inputs: ReturnInputs, currency: str) -> tuple[tuple[str, str, str], ...]:
    adoptions, gain, cost = _parts(inputs)
    contacts, more = _number(inputs.contacts), _share(inputs.conversion)
    years = "1 year" if inputs.years == 1 else f"{_number(inputs.years)} years"
    a_year, a_contact, fixed, gained, spent, net = (
        _money(value, currency)
        for value in (
            inputs.value_a_year, inputs.cost_of_contact, inputs.fixed_cost, gain, cost, gain - cost
        )
    )  # fmt: skip
    return (
        (
            "Adoptions gained",
            f"{contacts} contacts × ({more} − {_share(inputs.conversion_without)})",
            _number(adoptions),
        ),
        ("Gain", f"{_number(adoptions)} adoptions × {a_year} a year × {years}", gained),
        ("Cost", f"{contacts} contacts × {a_contact} + {fixed} fixed", spent),
        ("Net", f"{gained} − {spent}", net),
        (
            "Return",
            f"{net} / {spent}",
            _share((gain - cost) / cost, 2) if cost else "nothing is spent",
        ),
    )


def _sensitivity(inputs: ReturnInputs) -> pd.DataFrame:
    rows = []
    for name in _MOVED:
        value = getattr(inputs, name)
        ends = [value * (1 - _STEP), value * (1 + _STEP)]
        if name in SHARES:
            ends[1] = min(ends[1], 1.0)
        nets = [_net(replace(inputs, **{name: end})) for end in ends]
        rows.append((LABELS[name], min(nets), max(nets)))
    frame = pd.DataFrame(rows, columns=["input", "low", "high"])
    order = (frame["high"] - frame["low"]).sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _sentence(made: ReturnEstimate) -> str:
    """What the figures come to, in one sentence; they are the user's, and it says so."""
    low, high = money(made.net_low, made.currency), money(made.net_high, made.currency)
    net = money(made.net, made.currency)
    said = f"By your figures the net is {net} ({low} to {high} between your conversions)"
    return f"{said}; {_when_it_pays(made)}."


def _when_it_pays(made: ReturnEstimate) -> str:
    inputs = made.inputs
    if not made.cost:
        if not inputs.contacts * inputs.value_a_year * inputs.years:
            return "nothing is spent and nothing can be gained"
        without = at_least(inputs.conversion_without)
        return f"nothing is spent, so every conversion above {without} is a gain"
    if made.break_even_conversion is None:
        return "no conversion pays for the cost"
    return f"it pays from a conversion of {at_least(made.break_even_conversion)} on"


def _share(value: float, most: int = 4) -> str:
    """A share with two decimals, and up to `most` where it was given with more."""
    return f"{_decimals(100 * value, most)} %"


def _money(value: float, currency: str) -> str:
    """Money to the cent at any size, so that a formula can be followed."""
    sign = MINUS if round(value, 2) < 0 else ""
    return f"{sign}{currency} {_decimals(abs(value), 2).removesuffix('.00')}".strip()


def _number(value: float) -> str:
    return _decimals(value, 4).rstrip("0").rstrip(".")


def _decimals(value: float, most: int) -> str:
    """With thousands, at least two decimals and at most `most`; what rounds to 0 has no sign."""
    whole, _, part = f"{abs(value):,.{most}f}".partition(".")
    text = f"{whole}.{part[:2]}{part[2:].rstrip('0')}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text
