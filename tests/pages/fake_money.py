"""The money side of the stand-in Engine: forecast, cash flow, allocation and goal."""

import numpy as np
import pandas as pd

from engine.errors import BadInput
from engine.results import (
    Cashflow,
    Due,
    ExpectedLoss,
    Forecast,
    Goal,
    LearnedFrom,
    Outlook,
    Savings,
    Strategy,
    Volatility,
)
from tests.pages.fake_people import AS_OF, EVIL
from tests.pages.fake_service import FakeService

MONTHS = pd.date_range("2024-04-01", periods=24, freq="MS")


def forecast_of(figure: str, values: np.ndarray, *, unusual: bool) -> Forecast:
    last = float(values[-1])
    ahead = pd.date_range("2026-04-01", periods=3, freq="MS")
    return Forecast(
        figure=figure,
        label=figure.capitalize(),
        history=pd.DataFrame({"month": MONTHS, "value": values}),
        months=pd.DataFrame({"month": ahead, "value": last, "low": last - 300, "high": last + 300}),
        level=0.8,
        method="exponential smoothing",
        fallback=False,
        slope=60.0,
        position=0.5,
        position_text="in the middle",
        unusual_last_month=unusual,
        unusual_for_bank=unusual,
        compat=None,
        axis=(0.9 * float(values.min()), 1.1 * float(values.max())),
        tested="Tested on 900 past months of 48 customers.",
        sentence=f"{figure.capitalize()} in April 2026: about USD {last:,.0f}.",
        notes=("March 2026 was unusual for the whole bank.",) if unusual else (),
    )


class FakeLearned(FakeService):
    """Stands in for `engine.services.versions.learned_metrics.LearnedMetrics`."""

    def expected_loss(self, customer_id: str) -> ExpectedLoss | None:
        if customer_id != "C0001":
            return None
        return ExpectedLoss(
            customer_id, "USD", 0.04, 12_000.0, 216.0, 0.45, "Learned from 354 labels. AUC 0.71."
        )

    def table(self) -> pd.DataFrame:
        columns = [
            "metric",
            "source",
            "form",
            "target",
            "n",
            "n_positive",
            "quality",
            "low",
            "high",
            "fitted_on",
        ]
        rows = [
            (
                "churn",
                "learned",
                "a regression on columns",
                "left",
                480,
                61,
                0.78,
                0.71,
                0.85,
                "2026-03-01",
            )
        ]
        return pd.DataFrame(rows, columns=columns)

    def learned_from(self, metric: str) -> LearnedFrom:
        beside = [
            ("a regression on columns", 0.78, 0.71, 0.85),
            ("AUC of the scorecard", 0.7, 0.6, 0.8),
        ]
        return LearnedFrom(
            metric,
            480,
            pd.DataFrame(beside, columns=["what", "value", "low", "high"]),
            ("Tier", "Balance, mean of 3 months"),
            pd.DataFrame([("attributes.Code", "has one value")], columns=["column", "why"]),
        )


class FakeMoney(FakeService):
    """The money side of the customers: forecast, cash flow, allocation and goal."""

    def forecast(self, customer_id: str) -> Outlook:
        wave = 3000 + 60 * np.arange(24) + 400 * np.sin(np.arange(24))
        counts = np.arange(20.0, 44.0)
        return Outlook(
            customer_id,
            "USD",
            AS_OF,
            True,
            forecast_of("balance", wave, unusual=False),
            forecast_of("spending", wave / 2, unusual=True),
            {"balance": 60.0, "spending": 30.0, "loan_balance": None},
            pd.DataFrame({"month": MONTHS, "amount": wave / 2, "count": counts}),
            ("travel",),
            ("credit card", "direct debit"),
        )

    def cashflow(self, customer_id: str) -> Cashflow:
        rent = {"name": "Parkview Estates", "description": EVIL, "kind": "bill"}
        recurring = {
            "category": "housing",
            "rhythm": "every month",
            "amount": -900.0,
            "a_month": -900.0,
            "fixed": True,
            "n": 12,
            "first": MONTHS[-12],
            "last": MONTHS[-1],
            "next_due": AS_OF + pd.Timedelta(days=5),
            "active": True,
            "late": False,
        }
        due = {"day": AS_OF + pd.Timedelta(days=5), "amount": -900.0, "late": False}
        unusual = {
            "booked_at": MONTHS[-1],
            "name": "Skyline Air",
            "description": EVIL,
            "category": "travel",
            "amount": -310.4,
            "usual": 40.0,
            "times": 7.8,
            "score": 6.0,
            "reason": "Far above the usual 40",
        }
        return Cashflow(
            customer_id,
            AS_OF,
            "USD",
            30,
            pd.DataFrame([rent | recurring]),
            pd.DataFrame([rent | due | {"balance_after": 3480.0}]),
            pd.DataFrame([unusual]),
            Due(AS_OF + pd.Timedelta(days=9), "Harbour Works", 4200.0),
            900.0,
            35.0,
            41.5,
            3480.0,
            Volatility(0.62, 0.5, True, "Monthly spending deviates by 62 % of its mean."),
            Savings(0.12, 4200.0, 3700.0, 12, "12 % of the income is kept."),
            "USD 4,200 from Harbour Works expected on 21 Mar 2026.",
        )

    def strategy(self, customer_id: str, market=None) -> Strategy:
        if customer_id == "C0003":
            raise BadInput("The risk level of this customer is not known.")
        tilt = market if isinstance(market, float) else 0.0 if market is None else 0.01
        base = np.array([0.4, 0.4, 0.2])
        weights = (base + tilt * np.array([0.5, -0.25, 0])) / (1 + tilt / 4)
        lines = [
            f"{name}: {round(100 * w, 2):g} %"
            for name, w in zip(("Stocks", "Bonds", "Real estate"), weights, strict=True)
        ]
        return Strategy(
            customer_id,
            "medium",
            "stated risk tolerance: medium",
            tilt,
            "none" if market is None else getattr(market, "name", "as given"),
            pd.DataFrame(
                {
                    "asset": ["Stocks", "Bonds", "Real estate"],
                    "base": base,
                    "weight": weights,
                    "percent": np.round(100 * weights, 2),
                }
            ),
            tuple(lines),
            f"For a medium risk level: {', '.join(lines)}.",
            None,
            ("An illustration, not investment advice and not for credit decisions.",),
        )

    def goal(self, customer_id, *, target=None, saved=None, income=None, spending=None) -> Goal:
        target = target if target is not None else 10_000.0 if self._engine.has_goal else None
        if target is None:
            raise BadInput("This customer has named no savings goal; give an amount above 0.")
        saved = 8_000.0 if saved is None else saved
        income = 4_000.0 if income is None else income
        spending = 3_500.0 if spending is None else spending
        spare = income - spending
        months = max(target - saved, 0) / spare if spare > 0 else None
        when = None if months is None else AS_OF + pd.Timedelta(days=round(30.4 * months))
        said = "Nothing is left over." if months is None else f"Reached in {months:.1f} months."
        return Goal(
            customer_id,
            "USD",
            target,
            saved,
            saved / target,
            income,
            spending,
            spare,
            months,
            when,
            months is None,
            said,
        )
