"""STATE/<bank>/metrics: one JSON file for each metric that was learned; no file, no metric."""

from pathlib import Path

from engine.bank import disk
from engine.customers.metrics.learned_metric import LearnedMetric
from engine.errors import StateError
from engine.vocabulary import METRICS

EXPECTED_LOSS = "expected_loss"
LEARNABLE = (*METRICS, EXPECTED_LOSS)


class MetricStore:
    """Learned metrics of one bank, read by every session and process.

    Parameters
    ----------
    folder : Path
        STATE/<bank_id>/metrics, whether or not it exists yet.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    @property
    def revision(self) -> str:
        """Changes when a metric is learned or removed."""
        return disk.revision_of(*(self.path(name) for name in LEARNABLE))

    def path(self, metric: str) -> Path:
        """The file of one metric."""
        return self.folder / f"{metric}.json"

    def load(self) -> dict[str, LearnedMetric]:
        """Every learned metric; StateError for a damaged file."""
        metrics = {}
        for name in LEARNABLE:
            path = self.path(name)
            try:
                text = path.read_text("utf-8")
            except FileNotFoundError:
                continue
            except (OSError, UnicodeDecodeError) as error:
                raise StateError(f"{path} cannot be read: {error}.") from error
            metrics[name] = LearnedMetric.from_json(text, where=str(path))
        return metrics

    def save(self, model: LearnedMetric) -> None:
        """Put a metric to use; a reader sees the old file or the new, never a part."""
        disk.write_whole(self.path(model.metric), model.to_json().encode())

    def remove(self, metric: str) -> bool:
        """Go back to the scorecard; False when nothing was learned."""
        path = self.path(metric)
        if not path.exists():
            return False
        path.unlink(missing_ok=True)
        disk.sync_folder(path.parent)
        return True
