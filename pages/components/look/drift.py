"""How far a bank has moved from what a version was trained on: sentences, and a table behind."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from engine.labels import DRIFT_CHANGES, DRIFT_LABELS
from pages.components.look import notices, tables
from pages.components.look.wording import escape

COLUMNS: tables.Columns = {
    "field": "Field",
    "change": "Change",
    "psi": ("PSI", "two"),
    "by_chance": ("PSI by chance", "two"),
    "n_before": ("Counted at training", "count"),
    "n_after": ("Counted now", "count"),
}


def show(drift: Mapping[str, Any]) -> None:
    """What `Drift.to_json` gave; what to do stands last."""
    st.markdown("**Drift since the version was trained**")
    *facts, last = drift["says"]
    if drift["retrain"]:
        st.warning(escape(last), icon=":material/model_training:")
        notices.notes(facts)
    else:
        notices.notes([*facts, last])
    if drift["fields"]:
        with st.expander("Field by field"):
            fields = pd.DataFrame(drift["fields"])
            named = fields.assign(
                field=fields["field"].map(DRIFT_LABELS), change=fields["change"].map(DRIFT_CHANGES)
            )
            tables.show(named, COLUMNS, "Each field then and now", height="content")
            st.caption(
                f"PSI is the population stability index: from {drift['some']:.2f} some change, "
                f"from {drift['large']:.2f} a large one, where chance alone would not give it."
            )
