"""What narrows and sorts the list of customers, as an address has it; and chosen from one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import streamlit as st

from engine import Engine
from pages.components.customers import column_filters, customer_filters, following
from pages.components.look import choosing, wording


@dataclass(frozen=True)
class _Field:
    """One widget: what it holds when nothing is chosen, and its value from and as a text."""

    default: Any
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str


def said(engine: Engine) -> dict[str, str]:
    """What is chosen now: name of a filter -> its value, without what is as it begins."""
    known = st.session_state
    query = {
        key: field.write(known[key])
        for key, field in _fields(engine).items()
        if key in known and known[key] != field.default
    }
    show = st.query_params.get(following.SHOW)
    return query | ({following.SHOW: show} if show else {})


def sound(engine: Engine, query: Mapping[str, str]) -> dict[str, str]:
    """The parts of a query that this list has, as `said` says them."""
    values = _values(engine, query)
    fields = _fields(engine)
    sound = {k: fields[k].write(v) for k, v in values.items() if v != fields[k].default}
    show = query.get(following.SHOW)
    return sound | ({following.SHOW: show} if show else {})


def choose(engine: Engine, query: Mapping[str, str]) -> None:
    """Have the list be what a query says, and nothing else."""
    values = _values(engine, query)
    for key, field in _fields(engine).items():
        st.session_state[key] = values.get(key, field.default)
    st.query_params.pop(following.SHOW, None)
    if show := query.get(following.SHOW):
        st.query_params[following.SHOW] = show
        following.seen(show)


def _values(engine: Engine, query: Mapping[str, str]) -> dict[str, Any]:
    """Values of the widgets; what is none of a widget's is left out."""
    values = {}
    for key, field in _fields(engine).items():
        try:
            if key in query:
                values[key] = field.read(query[key])
        except (ValueError, KeyError):
            continue  # a segment that the next edition does not have, for example
    return values


def _fields(engine: Engine) -> dict[str, _Field]:
    columns = column_filters
    closed = () if customer_filters.sees_names(engine) else customer_filters.WHO
    texts = [f"has_{one}" for one in columns.TEXTS if one not in closed]
    fields = {key: _Field("") for key in ([] if closed else ["search"]) + texts}
    fields["alerts"] = _Field(False, lambda text: text == "true", lambda on: str(on).lower())
    fields["sort"] = _among(
        customer_filters.sorts(engine), lambda by: customer_filters.SORTS[by][0]
    )
    fields["has_mood"] = _among([columns.ANY, *columns.MOODS], str)
    for key in customer_filters.FILTERS:
        options = [choosing.ALL, *engine.customers.choices(key)]
        fields[key] = _among(options, wording.label)
    for side in columns.SIDES:
        fields[f"last_contact_{side}"] = _Field(None, date.fromisoformat, date.isoformat)
        for key, (_, highest, _) in columns.NUMBERS.items():
            fields[f"{key}_{side}"] = _number(key, highest)
    return fields


def _among(options: list[str], label: Callable[[str], str]) -> _Field:
    by_label = {label(one): one for one in options}
    return _Field(options[0], by_label.__getitem__, label)


def _number(key: str, highest: float | None) -> _Field:
    def read(text: str) -> float:
        number = float(text)
        too_low = number < 0 and key != "value_a_year"
        if not isfinite(number) or too_low or (highest is not None and number > highest):
            raise ValueError(text)
        return number

    return _Field(None, read, "{:.12g}".format)
