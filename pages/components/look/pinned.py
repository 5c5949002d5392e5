"""Notes on days in; labelled lines on every chart over time out."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine.results import Note
from pages.components.look import wording
from pages.components.look.colours import palette
from pages.components.look.wording import figure_text

_KEY = "pinned_notes"
_LABELS = 5
"""Lines that are labelled by their text; the others are named when pointed at."""
_LETTERS = 26
_ROW = 17
"""Height of a label, in pixels."""
_LATE = 0.7
"""Part of the axis from which on a label stands before its line, not behind it."""


def pin(notes: Sequence[Note]) -> None:
    """Have the charts that are drawn from here on carry these notes."""
    st.session_state[_KEY] = tuple(notes)


def drawn(figure: go.Figure, alt: str) -> str:
    """Draw the notes that fall into a chart over time; its alternative text with them."""
    span = _span(figure)
    if span is None:
        return alt
    first, last = span
    end = last + pd.offsets.MonthEnd(0) if last.day == 1 else last
    notes = [note for note in st.session_state.get(_KEY, ()) if first <= note.day <= end]
    if not notes:
        return alt
    latest = max(last, *(note.day for note in notes))
    room = 0.03 * (latest - first)
    if latest > last:
        figure.update_xaxes(range=[first - room, latest + room])
    n_rows = min(len(notes), _LABELS)
    for place, note in enumerate(notes):
        _line(figure, note)
        if place < _LABELS:
            _label(figure, note, row=place, late=(note.day - first) > _LATE * (latest - first))
    figure.update_layout(
        height=figure.layout.height + n_rows * _ROW,
        margin_t=figure.layout.margin.t + n_rows * _ROW,
        legend={"orientation": "h", "y": -0.16, "yanchor": "top", "x": 0},
    )
    said = "; ".join(f"{wording.day(note.day)}, {note.text}" for note in notes)
    return f"{alt.removesuffix('.')}. Notes: {said}."


def _span(figure: go.Figure) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of a chart whose horizontal axis is time; None for any other."""
    if "%b" not in (figure.layout.xaxis.tickformat or ""):
        return None
    days = [pd.to_datetime(pd.Series(trace.x)) for trace in figure.data if len(trace.x)]
    known = pd.concat(days).dropna() if days else pd.Series(dtype="datetime64[ns]")
    return (known.min(), known.max()) if len(known) else None


def _line(figure: go.Figure, note: Note) -> None:
    """A dashed line over the whole height, which says its note when it is pointed at."""
    colour = palette().muted
    figure.add_shape(
        type="line",
        xref="x",
        yref="paper",
        x0=note.day,
        x1=note.day,
        y0=0,
        y1=1,
        line={"color": colour, "width": 1.5, "dash": "dash"},
    )


def _label(figure: go.Figure, note: Note, *, row: int, late: bool) -> None:
    text = note.text if len(note.text) <= _LETTERS else f"{note.text[: _LETTERS - 1].rstrip()}…"
    said = f"{note.day.day} {note.day:%b}: {text}"
    figure.add_annotation(
        x=note.day,
        y=1,
        xref="x",
        yref="paper",
        yanchor="bottom",
        yshift=row * _ROW,
        xanchor="right" if late else "left",
        text=figure_text(said),
        hovertext=figure_text(f"{wording.day(note.day)}: {note.text}"),
        showarrow=False,
        font={"size": 12, "color": palette().text},
    )
