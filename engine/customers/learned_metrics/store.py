"""The state of a bank in; the metrics that were learned, put to use and removed, out."""

from engine.customers.metrics.learned_metric import LearnedMetric
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
        """Every learned metric; StateError where one was written by another release.

        One that was damaged is left out: its scorecard serves, and the state names the damage.
        """
        texts = self._texts.all()
        return {
            name: LearnedMetric.from_json(texts[name], where=f"The learned metric {name!r}")
            for name in LEARNABLE
            if name in texts
        }

    def save(self, model: LearnedMetric) -> None:
        """Put a metric to use."""
        self._texts.put(model.metric, model.to_json())

    def remove(self, metric: str) -> bool:
        """Go back to the scorecard; False when nothing was learned."""
        return self._texts.remove(metric)
