"""What the pages say of confidences and of lists that are made twice."""

import dataclasses
from types import SimpleNamespace

import pandas as pd
import pytest

from engine.results import ConfidenceReport, StabilityReport
from tests.pages.conftest import texts
from tests.pages.fake_engine import FakeEngine
from tests.pages.fake_offers import FakeOffers


def report() -> ConfidenceReport:
    figures = pd.DataFrame(
        [
            ("ece", "all", 0.010, 0.007, 0.017, 0.005, 199),
            ("ece", "first", 0.077, 0.063, 0.154, 0.063, 199),
            ("brier", "all", 0.035, 0.033, 0.037, None, 199),
            ("brier", "first", 0.219, 0.191, 0.245, None, 199),
        ],
        columns=["measure", "over", "value", "low", "high", "expected", "n"],
    )
    bins = pd.DataFrame(
        {
            "over": ["all", "all", "first"],
            "lower": [0.0, 0.1, 0.3],
            "upper": [0.1, 0.2, 0.4],
            "n": [3000, 300, 52],
            "confidence": [0.02, 0.14, 0.34],
            "taken": [0.02, 0.20, 0.34],
            "low": [0.01, 0.16, 0.23],
            "high": [0.03, 0.25, 0.48],
        }
    )
    curve = pd.DataFrame(
        {
            "half": ["calibration", "calibration", "measured", "measured"],
            "threshold": [0.4, 0.08, 0.4, 0.08],
            "n": [38, 490, 50, 550],
            "coverage": [0.1, 0.9, 0.1, 0.9],
            "precision": [0.5, 0.27, 0.5, 0.26],
        }
    )
    words = pd.DataFrame(
        {
            "word": ["high", "fair", "low"],
            "start": [0.4, 0.08, None],
            "n": [38, 456, 34],
            "precision": [0.5, 0.26, 0.06],
            "n_measured": [54, 504, 39],
            "taken": [0.5, 0.25, 0.15],
            "low": [0.37, 0.22, 0.07],
            "high": [0.63, 0.29, 0.30],
        }
    )
    sets = pd.DataFrame(
        {
            "rule": ["count", "mass"],
            "served": [False, True],
            "n_products": [8.0, 7.3],
            "smallest": [8.0, 5.0],
            "largest": [8.0, 10.0],
            "narrow": [0.0, 0.21],
            "coverage": [0.92, 0.88],
            "low": [0.89, 0.84],
            "high": [0.95, 0.92],
            "n": [199, 199],
        }
    )
    marks = pd.DataFrame(
        {
            "name": ["high", "bar"],
            "threshold": [0.4, 0.05],
            "coverage": [0.1, 0.95],
            "precision": [0.5, 0.26],
        }
    )
    days = "28 Nov 2015 to 28 May 2016"
    return ConfidenceReport(
        176, 199, days, figures, bins, curve, words, 0.05, 0.04, sets, 0.9, 5, marks=marks
    )


def stable() -> StabilityReport:
    table = pd.DataFrame(
        {
            "change": ["another seed", "small input noise"],
            "segment": ["Everybody", "Everybody"],
            "n": [897, 897],
            "moved": [0.0, 1.0],
            "jaccard": [1.0, 0.99],
            "low": [0.99, 0.98],
            "high": [1.0, 1.0],
            "same_first": [1.0, 0.99],
            "first_low": [0.99, 0.98],
            "first_high": [1.0, 1.0],
        }
    )
    return StabilityReport(
        table, 3, "growth", 7, 8, 0.05, 0.1, "v1", True, "With another seed no score changes."
    )


@pytest.fixture
def trust(fake: type[FakeEngine]) -> SimpleNamespace:
    fake.evaluations = SimpleNamespace(
        confidence=report, stability=lambda progress, *, list: stable()
    )
    return fake.evaluations


def test_F116_promises_and_what_was_taken_stand_on_the_feedback_page(open_page, trust):
    at = open_page("feedback.py", tab="Confidence")
    assert not at.exception
    said = texts(at)
    assert "176 customers took sets the words" in said and "the other 199 took only checks" in said
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown["Calibration error, any product"] == "0.010"
    assert shown["Calibration error, first product"] == "0.077"
    assert "nan" not in said.lower()


def test_F85_the_bar_is_marked_and_said(open_page, trust):
    said = texts(open_page("feedback.py", tab="Confidence"))
    assert "A list whose surest offer is below 5\N{NO-BREAK SPACE}% says" in said


def test_without_history_the_page_says_why(open_page, trust):
    trust.confidence = lambda: ConfidenceReport.nothing("There are no dated adoptions.")
    at = open_page("feedback.py", tab="Confidence")
    assert not at.exception and not at.metric
    assert "There are no dated adoptions" in texts(at)


def test_F123_stability_is_measured_on_demand(open_page, trust):
    at = open_page("fairness.py")
    button = next(b for b in at.button if b.label == "Measure stability")
    assert "no score changes" not in texts(at)
    at = button.click().run()
    assert not at.exception
    said = texts(at)
    assert "With another seed no score changes" in said and "seeds 7 and 8" in said
    assert "Simulated bank" in said


def test_the_set_of_likely_next_products_stands_above_the_offers(
    open_page, fake: type[FakeEngine], monkeypatch
):
    real = FakeOffers.recommend

    def with_set(self, *given, **named):
        return dataclasses.replace(
            real(self, *given, **named), likely_next="One of these 2: [a](b), c"
        )

    monkeypatch.setattr(FakeOffers, "recommend", with_set)
    said = texts(open_page("recommendations.py", customer="C0001"))
    assert "One of these 2" in said and "[a](b)" not in said
