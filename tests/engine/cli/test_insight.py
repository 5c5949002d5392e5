"""The commands insight and returns: one shape, one of three subjects, no figure built in."""

import json

import pytest
from typer.testing import CliRunner

from engine.cli import app
from tests.conftest import DEMO

RUN = CliRunner()
FIGURES = {
    "--contacts": "1000",
    "--cost": "5",
    "--conversion": "0.04",
    "--without": "0.01",
    "--value": "120",
    "--years": "2",
    "--fixed": "500",
}


def _asked(*arguments: str) -> object:
    answer = RUN.invoke(app, [*arguments, "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_F110_F113_insight_prints_a_customer_or_a_product(trained_state):
    where = ("--data", str(DEMO), "--state", str(trained_state))
    made = _asked("insight", "--customer", "C00001", *where)
    assert made["line"]["by"] == "template" and made["line"]["text"] in made["paragraph"]["text"]
    product = _asked("insight", "--product", "P33", *where)
    assert product["product"]["name"] == product["voice"]["name"]
    assert product["voice"]["notes"][0]["cited"]


@pytest.mark.parametrize("asked", [[], ["--portfolio", "--customer", "C00001"]])
def test_F114_insight_asks_for_one_subject(asked):
    assert RUN.invoke(app, ["insight", *asked]).exit_code == 2


def test_F197_returns_needs_every_figure_and_prints_the_formula(trained_state):
    where = ("--data", str(DEMO), "--state", str(trained_state))
    given = [part for pair in FIGURES.items() for part in pair]
    made = _asked("returns", *given, *where)
    assert made["net"] == pytest.approx(1700) and made["steps"][0][0] == "Adoptions gained"
    for name in FIGURES:
        fewer = [part for pair in FIGURES.items() if pair[0] != name for part in pair]
        assert RUN.invoke(app, ["returns", *fewer]).exit_code == 2
