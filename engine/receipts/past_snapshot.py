"""A bank's state in, with what was known at an earlier moment; the snapshot of that moment out."""

from collections.abc import Mapping

from engine.bank.bank import Bank
from engine.customers.learned_metrics.store import MetricStore
from engine.customers.metrics.learned_metric import LearnedMetric
from engine.feedback.registry import Registry, Version
from engine.settings import Settings
from engine.snapshot.recorded_bank import RecordedBankReader
from engine.snapshot.snapshot import Snapshots
from engine.state.event_log import EventLog
from engine.state.state import State


class Past(Snapshots):
    """Snapshots of one earlier moment; nothing in it is the present's.

    Parameters
    ----------
    now : Snapshots
        Of the same bank; its state folder is read.
    base : Bank
        The edition of that moment.
    until : mapping of str to int
        How many events, consents, edits and added records there were.
    settings : Settings
        As they were.
    metrics : mapping of str to LearnedMetric
        As they were.
    version_id : str
        The version that served.
    """

    def __init__(
        self,
        now: Snapshots,
        base: Bank,
        *,
        until: Mapping[str, int],
        settings: Settings,
        metrics: Mapping[str, LearnedMetric],
        version_id: str,
    ):
        state = now.state.parent
        super().__init__(base, state, now.shipped)
        self._then = settings
        self.state = State(state, base.bank_id, until={"evidence": 0, **until})
        self.events = EventLog(self.state.folder("events"), first=until["events"])
        self.registry = _Pinned(self.state, version_id)
        self.metrics = _Learned(self.state, metrics)
        self._reader = RecordedBankReader(base, self.state, self.events)

    @property
    def settings(self) -> Settings:
        """As they were."""
        return self._then


class _Pinned(Registry):
    """A registry in which one version serves, whatever was promoted since."""

    def __init__(self, state: State, version_id: str):
        super().__init__(state)
        self._serving = version_id

    def champion(self) -> Version | None:
        return self.version(self._serving)


class _Learned(MetricStore):
    """A store of metrics as it was."""

    def __init__(self, state: State, models: Mapping[str, LearnedMetric]):
        super().__init__(state)
        self._models = dict(models)

    def load(self) -> dict[str, LearnedMetric]:
        return self._models
