"""The state of a bank in; the metrics that were learned, put to use and removed, out."""

from collections.abc import Mapping

from engine.customers.metrics.learned_metric import LearnedMetric
from engine.errors import StateError
from engine.state.state import State
from engine.vocabulary import METRICS

EXPECTED_LOSS = "expected_loss"
LEARNABLE = (*METRICS, EXPECTED_LOSS)


class MetricStore:
    """Learned metrics of one bank, read by every session and process."""

    def __init__(self, state: State):
        self._texts = state.learned_metrics

    @property
    def revision(self) -> str:
        """Changes when a metric is learned or removed."""
        return self._texts.revision

    def load(self) -> dict[str, LearnedMetric]:
        """Every learned metric that can be read.

        One that was damaged, or written by another release, is left out: its scorecard serves, and
        the state or `problems` names it.
        """
        return self._read()[0]

    def problems(self) -> Mapping[str, str]:
        """Metric -> why what was learned cannot be read, and what helps."""
        return self._read()[1]

    def _read(self) -> tuple[dict[str, LearnedMetric], dict[str, str]]:
        texts = self._texts.all()
        read: dict[str, LearnedMetric] = {}
        problems: dict[str, str] = {}
        for name in LEARNABLE:
            if name in texts:
                where = f"The learned metric {name!r}"
                try:
                    read[name] = LearnedMetric.from_json(texts[name], where=where)
                except StateError as error:
                    problems[name] = f"{error} Its scorecard serves meanwhile."
        return read, problems

    def save(self, model: LearnedMetric) -> None:
        """Put a metric to use."""
        self._texts.put(model.metric, model.to_json())

    def remove(self, metric: str) -> bool:
        """Go back to the scorecard; False when nothing was learned."""
        return self._texts.remove(metric)
