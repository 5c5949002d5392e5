"""Colours of charts in both themes; contrast with the background is at least 3 for shapes."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Palette:
    """Colours of one theme; contrast with its background is at least 3 for every shape."""

    text: str
    muted: str
    grid: str
    primary: str
    good: str
    warning: str
    bad: str
    band: str
    series: tuple[str, ...]


LIGHT = Palette(
    text="#1A2130",
    muted="#566077",
    grid="#E3E8F1",
    primary="#1F5FBF",
    good="#1B7F4B",
    warning="#9A5B00",
    bad="#B3261E",
    band="rgba(86, 96, 119, 0.16)",
    series=(
        "#1F5FBF",
        "#D55E00",
        "#00796B",
        "#8E5BB5",
        "#B8860B",
        "#C2417A",
        "#4F6D7A",
        "#6B8E23",
    ),
)
DARK = Palette(
    text="#E9ECF4",
    muted="#A3ADC2",
    grid="#2A3347",
    primary="#7FB0FF",
    good="#5BD697",
    warning="#F2B24C",
    bad="#FF8A80",
    band="rgba(163, 173, 194, 0.20)",
    series=(
        "#7FB0FF",
        "#FF9D5C",
        "#4FD1BD",
        "#C79BF0",
        "#E9C34B",
        "#FF8FB8",
        "#9FB6C3",
        "#B5D56A",
    ),
)


def palette() -> Palette:
    """Colours of the theme that the browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT
