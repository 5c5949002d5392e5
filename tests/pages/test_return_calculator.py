"""The return calculator works out nothing before every figure was given, and shows its formula."""

FIGURES = {
    "contacts": 1000.0,
    "cost_of_contact": 5.0,
    "fixed_cost": 0.0,
    "conversion": 4.0,
    "conversion_low": 2.0,
    "conversion_high": 6.0,
    "conversion_without": 1.0,
    "value_a_year": 120.0,
    "years": 2.0,
}


def _texts(at) -> str:
    return " ".join(one.value for one in (*at.markdown, *at.caption))


def test_F197_no_result_is_built_in_and_the_formula_stands_there(open_page):
    at = open_page("insights.py", view="Return")
    assert [at.number_input(key=f"return_{name}").value for name in FIGURES] == [None] * 9
    assert "Nothing is worked out yet" in _texts(at)
    assert "By your figures" not in _texts(at)
    assert "Net = contacts × (conversion" in _texts(at)


def test_F197_the_result_follows_from_ones_own_figures(open_page):
    at = open_page("insights.py", view="Return")
    for name, value in FIGURES.items():
        at.number_input(key=f"return_{name}").set_value(value)
    at.run()
    assert not at.exception
    assert "By your figures the net is USD 2,200" in _texts(at)
    tiles = {one.label: one.value for one in at.metric}
    assert tiles["Break-even conversion"].replace("\u00a0", " ") == "3.09 %"  # 3.083...
    assert tiles["Break-even value a year"].replace("\u00a0", " ") == "USD 83.34"  # 83.333...
    at.number_input(key="return_conversion").set_value(9.0).run()
    assert "between the lowest and the highest" in at.error[0].value
