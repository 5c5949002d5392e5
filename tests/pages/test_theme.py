"""Colours of both themes can be read: contrast as WCAG computes it."""

import tomllib
from itertools import product

import pytest

from engine.results import Driver, Metric
from pages.components.customers import metric_tile
from pages.components.look import charts
from pages.components.look.colours import DARK, LIGHT
from tests.pages.conftest import ROOT

THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
NAMES = ("blue", "green", "orange", "yellow", "red", "violet", "gray")


def _luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("scheme", "name"), list(product(("light", "dark"), NAMES)))
def test_coloured_text_can_be_read_on_every_background(scheme: str, name: str):
    theme = THEME[scheme]
    grounds = ("backgroundColor", "secondaryBackgroundColor", f"{name}BackgroundColor")
    for ground in grounds:
        assert contrast(theme[f"{name}TextColor"], theme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_links_can_be_read(scheme: str):
    theme = THEME[scheme]
    for colour in ("textColor", "linkColor", "primaryColor"):
        assert contrast(theme[colour], theme["backgroundColor"]) >= 4.5


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_shapes_in_charts_can_be_told_from_the_background(scheme: str, palette):
    ground = THEME[scheme]["backgroundColor"]
    shapes = (*palette.series, palette.primary, palette.good, palette.warning, palette.bad)
    assert all(contrast(colour, ground) >= 3 for colour in shapes)
    assert list(palette.series) == THEME[scheme]["chartCategoricalColors"]


def test_F188_what_raises_churn_is_drawn_as_bad_and_what_lowers_it_as_good():
    drivers = (
        Driver("a", "Complaints", 1.9),
        Driver("b", "Products", -0.6),
        Driver("c", "None", 0),
    )
    bars = charts.drivers(Metric("churn", "Churn", 6.3, "medium", True, drivers)).data[0]
    assert list(bars.x) == [-0.6, 1.9]
    assert list(bars.marker.color) == [LIGHT.good, LIGHT.bad]


@pytest.mark.parametrize(("word", "green"), [("low", True), ("medium", False), ("high", False)])
def test_F188_a_high_churn_is_never_green(word: str, green: bool):
    colour = metric_tile._metric_colour(Metric("churn", "Churn", 8.0, word, True, ()))
    assert (colour == "green") is green
    assert (colour == "red") is (word == "high")


@pytest.mark.parametrize("name", ["risk", "acumen", "profit"])
def test_F188_what_is_neither_good_nor_bad_has_no_colour_of_either(name: str):
    for word in ("low", "medium", "high", "growth", "fair"):
        colour = metric_tile._metric_colour(Metric(name, name, 8.0, word, True, ()))
        assert colour not in ("green", "red")
    drivers = (Driver("a", "A", 1.9), Driver("b", "B", -0.6))
    bars = charts.drivers(Metric(name, name, 6.3, "medium", True, drivers)).data[0]
    assert not {LIGHT.good, LIGHT.bad} & set(bars.marker.color)
