"""Who must and must not get which product: what settings are tried on before they take force."""

import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.labels import LIST_LABELS
from engine.vocabulary import LISTS
from pages.components.frame import access
from pages.components.look import tables
from pages.components.look.wording import escape

_DOES = ("must get it", "must not get it", "is asked about no more")


def show(engine: Engine) -> None:
    """The tests as they stand today, and a form that adds or removes one."""
    st.header("Persona tests", anchor=False)
    st.caption("Settings under which one that holds today fails are not put in force.")
    found = engine.personas.check()
    if len(found):
        tables.show(
            found.assign(
                list=[LIST_LABELS[name] for name in found["list"]],
                today=[
                    "holds" if holds else "⚠ fails" if there else "⚠ no longer in the bank"
                    for holds, there in zip(found["holds"], found["in_bank"], strict=True)
                ],
            ),
            {
                "customer_id": "Customer",
                "must": "Must",
                "product": "Product",
                "list": "List",
                "today": "Today",
                "why": ("Why", "long"),
                "actor": "Who asked",
            },
            "Who must and must not get which product, and whether it holds today",
            height="content" if len(found) < 8 else 280,
        )
    with st.popover("Add or remove a test", type="tertiary"):
        _form(engine)


def _form(engine: Engine) -> None:
    names = engine.prospects.products().set_index("product_id")["name"]
    with st.form("persona_test", border=False, clear_on_submit=True):
        customer = st.text_input("Customer number", max_chars=40).strip()
        product = st.selectbox(
            "Product", names.index.tolist(), format_func=lambda one: str(names.get(one, one))
        )
        which = st.selectbox("List it is about", LISTS, format_func=LIST_LABELS.get)
        does = st.radio("The customer", _DOES)
        why = st.text_input("Reason", placeholder="Stands beside the test")
        sent = st.form_submit_button("Keep")
    if not sent:
        return
    actor = access.require().actor
    try:
        if does == _DOES[-1]:
            engine.personas.remove(customer, product, list=which, actor=actor)
        else:
            gets = does == _DOES[0]
            engine.personas.add(customer, product, gets=gets, list=which, actor=actor, why=why)
    except EngineError as error:
        st.warning(escape(error), icon=":material/error:")
        return
    st.rerun()
