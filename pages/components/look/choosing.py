"""One of several options, one or all of them, and one page of a long table."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.components.look import wording

ALL = "All"
ROWS_A_PAGE = 20


def one_of(label: str, options: Mapping[str, str], key: str, **more: Any) -> str:
    """One of a few options, which stand side by side under their names; the first by default."""
    names = list(options)
    more = {"default": names[0], **more}
    return st.segmented_control(
        label, names, required=True, format_func=options.get, key=key, **more
    )


def choice(label: str, options: list[str], key: str) -> str | None:
    """One of the options or all of them."""
    chosen = st.selectbox(
        label,
        [ALL, *options],
        format_func=lambda option: option if option == ALL else wording.label(option),
        key=key,
        bind="query-params",
    )
    return None if chosen == ALL else chosen


def page_of(table: Any, key: str, rows: int = ROWS_A_PAGE, **options: Any) -> Any:
    """Draw the pages of a table, where there is more than one; the rows of the chosen one."""
    n_pages = max(1, -(-len(table) // rows))
    number = st.pagination(n_pages, key=key, **options) if n_pages > 1 else 1
    return table.iloc[(number - 1) * rows : number * rows]
