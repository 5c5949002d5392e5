"""Outcomes of the arms in; the differences by day with intervals that hold at every look, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.customers.claims import Claim
from engine.experiment_plan import ACCEPTANCE, ARMS, ENGINE, MEASURES, VALUE, ExperimentPlan
from engine.experiments import sequential
from engine.experiments.arm_claims import arm_difference
from engine.experiments.outcomes import Outcomes
from engine.experiments.power import variance_at_end
from engine.rates import Estimate

_RARE: Final = 0.01
"""Share by the end that a measure is tuned to where nothing is known of before (own choice)."""


class Look:
    """One experiment until one day.

    Parameters
    ----------
    codes : ndarray of int8, shape (n_customers,)
        Arm of each customer, -1 for none.
    found, before : Outcomes
        Of the same customers since the start, and over as many days before it: what intervals of
        measures that are not the primary one are tuned to, so that nothing is read off the result.
    """

    def __init__(
        self, plan: ExperimentPlan, codes: np.ndarray, found: Outcomes, before: Outcomes, unit: str
    ):
        self.plan, self.codes, self.found, self.before, self.unit = plan, codes, found, before, unit
        self.arms = [arm for arm in ARMS if arm in plan.shares]
        self._indices = [ARMS.index(arm) for arm in self.arms]
        self.n = np.array([(codes == index).sum() for index in self._indices])

    @property
    def level(self) -> float:
        """Of each comparison, so that all of one measure hold together (Bonferroni)."""
        return 1 - (1 - self.plan.level) / (len(self.arms) - 1)

    @property
    def others(self) -> list[str]:
        """The arms that the engine's is compared with, of those that have anybody."""
        at = dict(zip(self.arms, self.n, strict=True))
        return [arm for arm in self.arms if arm != ENGINE and at[arm] and at[ENGINE]]

    def by_day(self, measure: str, other: str) -> Estimate:
        """The engine's arm less another at the end of each day, arrays of shape (n_days,)."""
        first, second = self.arms.index(ENGINE), self.arms.index(other)
        pair = [self._indices[first], self._indices[second]]
        n, n_other = int(self.n[first]), int(self.n[second])
        tuned = {"tuned_at": self._tuned(measure, n, n_other), "level": self.level}
        if measure == VALUE:
            mean, variance = self.found.values(self.codes, pair)
            return sequential.of_means(
                mean[0], variance[0], n, mean[1], variance[1], n_other, **tuned
            )
        taken = self.found.counts(measure, self.codes, pair)
        return sequential.of_shares(taken[0], n, taken[1], n_other, **tuned)

    def _tuned(self, measure: str, n: int, n_other: int) -> float:
        plan = self.plan
        if measure == plan.measure:
            return variance_at_end(plan.base, plan.change, n, n_other, spread=plan.spread)
        rate, spread = self.base(measure)
        return variance_at_end(rate or _RARE, 0.0, n, n_other, spread=spread)

    def base(self, measure: str) -> tuple[float, float]:
        """Share or mean of the days before, and the standard deviation a customer of a mean."""
        return base_of(self.before, measure, len(self.codes))

    def differences(self) -> pd.DataFrame:
        """See `ExperimentLook.differences`; of the last day."""
        rows = [
            (measure, measure == self.plan.measure, other, *self._last(measure, other))
            for measure in MEASURES
            if self.found.has(measure)
            for other in self.others
        ]
        columns = ["measure", "primary", "against", "difference", "low", "high", "says"]
        table = pd.DataFrame(rows, columns=columns)
        return table.sort_values("primary", ascending=False, kind="stable", ignore_index=True)

    def _last(self, measure: str, other: str) -> tuple[float, float, float, str]:
        value, low, high = (float(one[-1]) for one in self.by_day(measure, other))
        return value, low, high, f"{self.claim(measure, other).text}."

    def claim(self, measure: str, other: str) -> Claim:
        """What is said of one comparison on the last day."""
        value, low, high = (float(one[-1]) for one in self.by_day(measure, other))
        at = dict(zip(self.arms, self.n, strict=True))
        return arm_difference(
            measure=measure,
            against=other,
            value=value,
            low=low,
            high=high,
            n=int(at[ENGINE]),
            n_other=int(at[other]),
            level=self.plan.level,
            currency=self.unit,
        )

    def arm_table(self) -> pd.DataFrame:
        """See `ExperimentLook.arms`."""
        found, n = self.found, np.maximum(self.n, 1)
        taken = found.counts(ACCEPTANCE, self.codes, self._indices)[:, -1]
        table = pd.DataFrame(
            {"arm": self.arms, "n": self.n, "taken": taken, "acceptance": taken / n}
        )
        mean, _ = found.values(self.codes, self._indices)
        table["value"] = mean[:, -1] if found.has(VALUE) else np.nan
        left = None
        if found.left_on is not None:
            left = found.counts("churn", self.codes, self._indices)[:, -1]
        return table.assign(
            left=np.nan if left is None else left, churn=np.nan if left is None else left / n
        )

    def day_table(self) -> pd.DataFrame:
        """See `ExperimentLook.by_day`."""
        days = pd.date_range(self.plan.starts, periods=self.found.n_days, freq="D")
        tables = []
        for other in self.others:
            by_day = self.by_day(self.plan.measure, other)
            tables.append(
                pd.DataFrame(
                    {
                        "day": days,
                        "against": other,
                        "difference": by_day.value,
                        "low": by_day.low,
                        "high": by_day.high,
                    }
                )
            )
        columns = ["day", "against", "difference", "low", "high"]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def base_of(before: Outcomes, measure: str, n: int) -> tuple[float, float]:
    """Share or mean over some days, and the standard deviation of a mean, 0 of shares."""
    if not n or not before.has(measure):
        return 0.0, 0.0
    codes, everybody = np.zeros(n, dtype=np.int8), [0]
    if measure == VALUE:
        mean, variance = before.values(codes, everybody)
        return float(mean[0, -1]), float(np.sqrt(variance[0, -1]))
    return float(before.counts(measure, codes, everybody)[0, -1] / n), 0.0
