"""What a campaign would return by the reader's own figures: fields, formula, break-even, spread."""

import streamlit as st

from engine import Engine
from engine.errors import BadInput
from engine.figures import at_least, money_at_least
from engine.results import ReturnEstimate, ReturnInputs
from pages.components.look import notices, tables, wording
from pages.components.look.wording import escape

HELP = {
    "fixed_cost": "Of the campaign, however many are contacted. 0 is a figure as well.",
    "conversion_without": "What would be taken anyway; a campaign with a hold-out measures it.",
    "value_a_year": "What one adoption is worth to the bank; its own figure.",
}
FORMULA = (
    "Net = contacts × (conversion − conversion without a contact) × value a year × years "
    "− contacts × cost of a contact − fixed cost"
)


@st.fragment
def show(engine: Engine) -> None:
    """Empty fields until somebody fills them; no figure is built in."""
    st.header("Return of a campaign, by your own figures", anchor=False)
    st.caption(FORMULA)
    given = _fields(engine)
    missing = [label for label, value in given.values() if value is None]
    if missing:
        notices.empty(
            "Nothing is worked out yet",
            f"{wording.counted(len(missing), 'figure')} to give: {', '.join(missing)}. No figure "
            "is built in, since a built-in figure would be a built-in result.",
        )
        return
    inputs = ReturnInputs(**{name: float(value) for name, (_, value) in given.items()})
    try:
        made = engine.campaigns.returns(inputs)
    except BadInput as error:
        st.error(escape(error))
        return
    _result(made)


def _fields(engine: Engine) -> dict[str, tuple[str, float | None]]:
    """Input -> its label and what was given, shares as 0-1."""
    campaigns, currency = engine.campaigns, engine.facts.summary().currency
    given: dict[str, tuple[str, float | None]] = {}
    places = st.columns(3, gap="medium")
    for n, (name, label) in enumerate(campaigns.return_labels.items()):
        share = name in campaigns.return_shares
        money = name.startswith(("cost", "fixed", "value"))
        unit = "%" if share else currency if money else ""
        with places[n % 3]:
            value = st.number_input(
                f"{label}, {unit}" if unit else label,
                min_value=0.0,
                max_value=100.0 if share else None,
                value=None,
                step=1.0 if name in ("contacts", "years") else 0.1,
                format="%.6g",
                key=f"return_{name}",
                help=HELP.get(name),
                placeholder="your figure",
            )
        given[name] = label, value if value is None or not share else value / 100
    return given


def _result(made: ReturnEstimate) -> None:
    st.markdown(f"**{escape(made.sentence)}**")
    steps = [f"| {escape(a)} | {escape(b)} | {escape(c)} |" for a, b, c in made.steps]
    st.markdown("\n".join(("| | By your figures | |", "|---|---|---|", *steps)))
    with st.grid(3, min_column_width=180, border=True):
        needed = made.break_even_conversion
        conversion = "none up to 100 %" if needed is None else at_least(needed)
        tables.figure("Break-even conversion", conversion, "net of nothing")
        value = made.break_even_value
        worth = wording.DASH if value is None else money_at_least(value, made.currency)
        tables.figure("Break-even value a year", worth, "of one adoption")
        ends = (wording.money(one, made.currency) for one in (made.net_low, made.net_high))
        tables.figure("Net between your conversions", " to ".join(ends), "lowest to highest")
    st.markdown("**Which figure matters most**")
    tables.show(
        made.sensitivity,
        {
            "input": ("Figure", "240"),
            "low": (f"Net at the worse end, {made.currency}", "money"),
            "high": (f"Net at the better end, {made.currency}", "money"),
        },
        "Net with each figure a fifth lower and a fifth higher",
    )
    notices.notes(["Each figure alone is a fifth lower and a fifth higher; the others stay."])
