"""What a campaign asks for: products, customers, limits, who is held out; or a file of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.results import FOR_CHANCE, FOR_VALUE, Campaign, Counted
from pages.components.customers import customer_filters, customer_list
from pages.components.frame import access
from pages.components.look import choosing, tables, wording
from pages.components.look.wording import badge_text, escape

AIMS = {FOR_VALUE: "Most value", FOR_CHANCE: "Most takers"}
KEY = "campaign"
"""In the session: the campaign that is shown."""
MOST_BYTES = 100_000


def show(engine: Engine) -> Campaign | None:
    """The form; the campaign that was asked for last."""
    given: Campaign = st.session_state.get(KEY, Campaign("My campaign"))
    turn = st.session_state.get(f"{KEY}_turn", 0)
    base = _base(engine, given, turn)
    products = engine.prospects.products().set_index("product_id")["name"]
    with st.form(f"campaign_form_{turn}"):
        first, second = st.columns([2, 3], vertical_alignment="bottom")
        name = first.text_input("Name", given.name, max_chars=60)
        chosen = second.multiselect(
            "Products",
            products.index.tolist(),
            default=[one for one in given.products if one in products.index],
            format_func=lambda one: str(products.get(one, one)),
            placeholder="All: the best offer for each",
        )
        filters = _filters(engine, given)
        aim, minimum = _aim(given)
        limits = _limits(engine, given)
        begun = _begun(given)
        with st.expander("Places of single products, and what is never offered together"):
            places, never_with = _by_product(given, products)
        sent = st.form_submit_button("Make the list", type="primary", icon=":material/checklist:")
    _open(engine, turn)
    if sent:
        st.session_state[KEY] = Campaign(
            name=name.strip(),
            products=tuple(chosen),
            filters=filters,
            aim=aim,
            minimum=minimum,
            places=places,
            never_with=never_with,
            base=base,
            **limits,
            **begun,
        )
    return st.session_state.get(KEY)


def _base(engine: Engine, given: Campaign, turn: int) -> str:
    """The address of the selection among whom the filters choose; a number that was followed here
    comes before what a campaign says."""
    followed = st.query_params.get(customer_list.BASE)
    if not followed:
        segments = {one.selection.address: one for one in engine.segments.counts()}
        if given.base in ("", *segments):
            return _segment(segments, given, turn)
    address = followed or given.base
    try:
        base = engine.campaigns.base(replace(given, base=address))
    except EngineError as error:
        st.warning(escape(error), icon=":material/link_off:")
        return ""
    if base is None:
        return ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = f"Among {wording.counted(base.n, 'customer')}: {base.title}"
        st.badge(badge_text(said), icon=":material/filter_alt:", color="blue")
        st.button("Everybody", on_click=_everybody, args=(given,), type="tertiary")
    if base.note:
        st.warning(escape(base.note), icon=":material/history:")
    return address


def _segment(segments: Mapping[str, Counted], given: Campaign, turn: int) -> str:
    """One of the segments of customers who are alike, where such were found, or everybody."""
    if not segments:
        return ""
    addresses = list(segments)
    chosen = st.selectbox(
        "Among",
        addresses,
        index=addresses.index(given.base) if given.base else None,
        placeholder="Everybody",
        format_func=lambda one: (
            f"{segments[one].title} ({wording.counted(segments[one].n, 'customer')})"
        ),
        help="Segments of customers who are alike, as Insights shows them.",
        key=f"{KEY}_segment_{turn}",
    )
    return chosen or ""


def _everybody(given: Campaign) -> None:
    st.query_params.pop(customer_list.BASE, None)
    st.session_state[KEY] = replace(given, base="")


def _filters(engine: Engine, given: Campaign) -> dict[str, str]:
    """A relationship manager sees their own book."""
    book = access.require().book
    said = {"relationship_manager": book} if book else {}
    options = {
        column: engine.customers.choices(column)
        for column in engine.campaigns.filters
        if column not in said
    }
    options = {column: values for column, values in options.items() if len(values) > 1}
    for place, (column, values) in zip(
        st.columns(len(options) or 1), options.items(), strict=False
    ):
        known = [choosing.ALL, *values]
        now = given.filters.get(column, choosing.ALL)
        value = place.selectbox(
            customer_filters.FILTERS[column],
            known,
            index=known.index(now) if now in known else 0,
            format_func=lambda one: one if one == choosing.ALL else wording.label(one),
        )
        if value != choosing.ALL:
            said[column] = value
    return said


def _aim(given: Campaign) -> tuple[str, float]:
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        aim = st.segmented_control(
            "Aim", list(AIMS), default=given.aim, required=True, format_func=AIMS.get
        )
    with right:
        least = st.slider(
            "Confidence or fit at least", 0.0, 0.95, given.minimum, 0.05, format="percent"
        )
    return str(aim), float(least)


def _limits(engine: Engine, given: Campaign) -> dict[str, Any]:
    """Offers in all, budget, cost of a contact, shares that are held out; empty is no limit, or
    the bank's setting, which stands there pale."""
    usual, currency = engine.campaigns.defaults(), engine.facts.summary().currency
    places = st.columns(5, vertical_alignment="bottom")
    most = places[0].number_input(
        "Offers in all, at most", 0, None, given.most, 50, placeholder="No limit"
    )
    budget = places[1].number_input(
        f"Budget, {currency}", 0.0, None, given.budget, 100.0, format="%.0f", placeholder="No limit"
    )
    cost = places[2].number_input(
        f"Cost of a contact, {currency}",
        0.0,
        None,
        given.cost,
        0.5,
        format="%.2f",
        placeholder=f"{usual['cost']:.2f}",
    )
    held = places[3].number_input(
        "Held out, %",
        0.0,
        90.0,
        None if given.hold_out is None else 100 * given.hold_out,
        1.0,
        format="%.0f",
        placeholder=f"{100 * usual['hold_out']:.0f}",
        help="Chosen by customer number, not contacted, so that the effect can be measured.",
    )
    alone = places[4].number_input(
        "Left alone, %",
        0.0,
        90.0,
        None if given.no_contact is None else 100 * given.no_contact,
        1.0,
        format="%.0f",
        placeholder=f"{100 * usual['no_contact']:.0f}",
        help="The same customers in every campaign of this bank.",
    )
    return {
        "most": most,
        "budget": budget,
        "cost": cost,
        "hold_out": None if held is None else held / 100,
        "no_contact": None if alone is None else alone / 100,
    }


def _begun(given: Campaign) -> dict[str, Any]:
    """The day from which the arms are compared, and what contacting is to add."""
    first, second, _ = st.columns([1, 1, 3], vertical_alignment="bottom")
    day = first.date_input(
        "Began on",
        date.fromisoformat(given.since) if given.since else None,
        help="Empty until it has begun; from this day on what each arm takes is compared.",
    )
    points = second.number_input(
        "Promised difference, points",
        0.0,
        100.0,
        None if given.difference is None else 100 * given.difference,
        0.5,
        format="%.1f",
        placeholder="None stated",
        help="What contacting is to add to the share that takes it.",
    )
    return {
        "since": day.isoformat() if day else "",
        "difference": None if points is None else points / 100,
    }


def _by_product(given: Campaign, products: Any) -> tuple[dict[str, int], tuple[Any, ...]]:
    frame = products.rename("product").reset_index()
    frame["places"] = frame["product_id"].map(given.places).astype("Int64")
    left, right = st.columns([3, 2], gap="large")
    with left:
        edited = st.data_editor(
            frame,
            column_order=["product", "places"],
            column_config={
                "product": st.column_config.TextColumn("Product", disabled=True),
                "places": st.column_config.NumberColumn("Places at most", min_value=0, step=1),
            },
            hide_index=True,
            height=8 * tables.ROW,
        )
    with right:
        names = {str(one): str(name) for one, name in products.items()}
        now = given.never_with[0] if given.never_with else (None, None)
        pair = [
            st.selectbox(
                label,
                list(names),
                index=list(names).index(one) if one in names else None,
                format_func=names.get,
                placeholder="No product",
            )
            for label, one in (("Never offered …", now[0]), ("… to who holds", now[1]))
        ]
        st.caption("It holds the other way round as well.")
    limited = edited.loc[edited["places"].notna(), ["product_id", "places"]]
    places = {str(one): int(most) for one, most in limited.itertuples(index=False)}
    more = given.never_with[1:]
    return places, ((pair[0], pair[1]), *more) if all(pair) else more


def _open(engine: Engine, turn: int) -> None:
    """A campaign that was kept here, or one from a file."""
    with st.popover("Open a campaign", icon=":material/folder_open:"):
        kept = engine.campaigns.saved()
        name = st.selectbox(
            "Kept here",
            list(kept),
            index=None,
            placeholder="None chosen" if kept else "Nothing is kept yet",
            key=f"campaign_kept_{turn}",
        )
        opening, forgetting = st.columns(2)
        if opening.button("Open", disabled=name is None, key=f"campaign_open_{turn}"):
            _begin(kept[str(name)], turn)
        if forgetting.button("Forget", disabled=name is None, key=f"campaign_forget_{turn}"):
            engine.campaigns.remove(str(name))
            st.rerun()
        file = st.file_uploader(
            "Or a file, TOML", type=["toml"], max_upload_size=1, key=f"campaign_file_{turn}"
        )
        if file is None:
            return
        try:
            if file.size > MOST_BYTES:
                raise UnicodeError
            opened = Campaign.read(file.getvalue().decode("utf-8"), file.name.rpartition(".")[0])
        except UnicodeError:
            st.warning("This is no campaign: expected a short TOML file in UTF-8.")
        except EngineError as error:
            st.warning(escape(error), icon=":material/error:")
        else:
            _begin(opened, turn)


def _begin(campaign: Campaign, turn: int) -> None:
    """Draw the form anew with what a campaign says; widgets of another round have other keys."""
    st.session_state[KEY] = campaign
    st.session_state[f"{KEY}_turn"] = turn + 1
    st.rerun()
