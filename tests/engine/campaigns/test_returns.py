"""The return of a campaign follows from the user's own figures alone, step by step."""

import re
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.campaigns.returns import LABELS, estimate
from engine.errors import BadInput
from engine.results import ReturnInputs

ASKED = ReturnInputs(
    contacts=1000,
    cost_of_contact=5,
    fixed_cost=500,
    conversion=0.04,
    conversion_low=0.02,
    conversion_high=0.06,
    conversion_without=0.01,
    value_a_year=120,
    years=2,
)


def test_F197_every_figure_follows_by_hand():
    made = estimate(ASKED, "USD")
    assert made.adoptions == pytest.approx(30)
    assert (made.gain, made.cost, made.net) == pytest.approx((7200, 5500, 1700))
    assert made.ratio == pytest.approx(1700 / 5500)
    assert (made.net_low, made.net_high) == pytest.approx((-3100, 6500))
    assert made.break_even_conversion == pytest.approx(0.01 + 5500 / 240_000)
    assert made.break_even_value == pytest.approx(5500 / 60)
    assert [step[0] for step in made.steps] == ["Adoptions gained", "Gain", "Cost", "Net", "Return"]
    assert made.steps[0][1] == "1,000 contacts × (4.00 % − 1.00 %)"
    assert made.steps[1][2] == "USD 7,200"
    assert made.sentence == (
        "By your figures the net is USD 1,700 (−USD 3,100 to USD 6,500 between your conversions); "
        "it pays from a conversion of 3.30 % on."
    )


def test_F197_no_figure_has_a_default():
    with pytest.raises(TypeError):
        ReturnInputs()
    for name in asdict(ASKED):
        with pytest.raises(BadInput, match="missing"):
            estimate(replace(ASKED, **{name: float("nan")}), "USD")
        with pytest.raises(BadInput):
            estimate(replace(ASKED, **{name: -1.0}), "USD")


@given(
    some.floats(0, 1e6), some.floats(0, 100), some.floats(0, 1e5), some.floats(0, 0.5),
    some.floats(0, 0.5), some.floats(0, 1e4), some.floats(0, 10),
)  # fmt: skip
def test_F197_at_the_break_even_the_net_is_nothing(n, cost, fixed, more, without, value, years):
    asked = ReturnInputs(n, cost, fixed, without + more, without, 1.0, without, value, years)
    made = estimate(asked, "USD")
    assert made.net == pytest.approx(made.gain - made.cost)
    if (share := made.break_even_conversion) is not None:
        there = estimate(replace(asked, conversion=share, conversion_low=0), "USD")
        assert there.net == pytest.approx(0, abs=1e-6 * (1 + there.cost + abs(there.gain)))
    if made.break_even_value is not None:
        there = estimate(replace(asked, value_a_year=made.break_even_value), "USD")
        assert there.net == pytest.approx(0, abs=1e-6 * (1 + there.cost))


def test_F197_sensitivity_moves_one_figure_at_a_time():
    made = estimate(ASKED, "USD")
    rows = made.sensitivity.set_index("input")
    fewer = estimate(replace(ASKED, value_a_year=96), "USD").net
    more = estimate(replace(ASKED, value_a_year=144), "USD").net
    assert tuple(rows.loc[LABELS["value_a_year"], ["low", "high"]]) == pytest.approx((fewer, more))
    assert (rows["low"] <= made.net + 1e-9).all() and (rows["high"] >= made.net - 1e-9).all()


def test_F197_free_or_hopeless_campaigns_are_said():
    free = estimate(replace(ASKED, cost_of_contact=0, fixed_cost=0), "USD")
    assert free.ratio is None and "nothing is spent" in free.steps[-1][2]
    lost = estimate(replace(ASKED, value_a_year=0), "USD")
    assert lost.break_even_conversion is None and "no conversion pays" in lost.sentence


def test_F197_the_conversion_that_is_said_to_pay_does_and_one_less_does_not():
    asked = replace(
        ASKED, cost_of_contact=12.4, fixed_cost=0, conversion=0.124, conversion_low=0,
        conversion_high=1, conversion_without=0, value_a_year=100, years=1,
    )  # fmt: skip
    for fixed in (0, 0.01, 7, 33, 50, 1234.56):
        made = estimate(replace(asked, fixed_cost=fixed), "USD")
        said = round(float(re.search(r"conversion of ([\d.]+) %", made.sentence)[1]), 2)
        nets = [
            estimate(replace(asked, fixed_cost=fixed, conversion=share / 100), "USD").net
            for share in (said - 0.01, said)
        ]
        assert nets[0] < 0 <= round(nets[1], 6), made.sentence
    assert "12.40 % on" in estimate(asked, "USD").sentence


def test_F197_the_formula_that_is_shown_adds_up():
    asked = replace(
        ASKED, contacts=1000, conversion=0.124, conversion_high=0.2, conversion_without=0.02,
        cost_of_contact=112.4, fixed_cost=0.5, value_a_year=100.25, years=1,
    )  # fmt: skip
    steps = {label: (how, what) for label, how, what in estimate(asked, "USD").steps}
    assert steps["Adoptions gained"] == ("1,000 contacts × (12.40 % − 2.00 %)", "104")
    assert steps["Gain"] == ("104 adoptions × USD 100.25 a year × 1 year", "USD 10,426")
    assert steps["Cost"] == ("1,000 contacts × USD 112.40 + USD 0.50 fixed", "USD 112,400.50")
    assert steps["Net"] == ("USD 10,426 − USD 112,400.50", "−USD 101,974.50")
    finer = estimate(replace(asked, conversion=0.123456, contacts=1_000_000), "USD").steps[0]
    assert finer[1:] == ("1,000,000 contacts × (12.3456 % − 2.00 %)", "103,456")
    half = estimate(replace(asked, conversion=0.1245, years=0.5), "USD").steps
    assert half[0][2] == "104.5" and half[1][1].endswith("× 0.5 years")


def test_F197_who_spends_nothing_has_nothing_to_pay_for():
    free = replace(ASKED, cost_of_contact=0, fixed_cost=0)
    assert estimate(free, "USD").sentence.endswith(
        "nothing is spent, so every conversion above 1.00 % is a gain."
    )
    for nothing in (replace(free, value_a_year=0), replace(free, contacts=0)):
        assert estimate(nothing, "USD").sentence.endswith(
            "nothing is spent and nothing can be gained."
        )
