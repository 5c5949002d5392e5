"""Base bank, overlay, events and champion version in; one consistent picture to answer from."""

import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.disk import revision_of
from engine.bank.overlay import Overlay, effective_consents
from engine.bank.tables import coerce, concat, content_hash
from engine.customers import profiles as _profiles
from engine.customers.learned_metrics.store import MetricStore
from engine.customers.profiles import Profiles
from engine.customers.texts import TextModels, load_texts
from engine.errors import StateError
from engine.feedback.registry import Registry, Version, settings_hash
from engine.feedback.statistics import training_events
from engine.feedback.store import EventStore, effective
from engine.guard.hiding import hidden
from engine.guard.standing import Wishes
from engine.guard.verdicts import Rulebook
from engine.models.encoder import CachedEncoder, load_encoder
from engine.ranking import needs as _needs
from engine.ranking.learned import Learned
from engine.ranking.ranker import Model, Ranker
from engine.ranking.signals import Signals
from engine.settings import Settings, load
from engine.vocabulary import SOCIAL


@dataclass(frozen=True, eq=False)
class View:
    """Everything that one answer is computed from; nothing in it changes.

    Attributes
    ----------
    bank : Bank
        Base with overlay, events and purchases.
    consents : DataFrame
        `effective_consents` of the bank.
    log : DataFrame
        All events, imported and recorded ones, undone ones included; the bank has those that stand.
    signals : Signals
    version : Version or None
        The champion; None before the first training.
    ranker : Ranker or None
    """

    bank: Bank
    consents: pd.DataFrame
    log: pd.DataFrame
    signals: Signals
    version: Version | None
    ranker: Ranker | None

    @property
    def profiles(self) -> Profiles:
        return self.signals.profiles

    @cached_property
    def rulebook(self) -> Rulebook:
        return Rulebook(self.bank, self.profiles, self.signals.settings)

    @cached_property
    def wishes(self) -> Wishes:
        bank, guard = self.bank, self.signals.settings.guard
        return Wishes(self.consents, hidden(bank, bank["events"], bank["consents"], guard))

    @cached_property
    def all_rows(self) -> np.ndarray:
        return np.arange(self.bank.n_customers)


class Views:
    """Keeps the current view and rebuilds only what a change touches.

    Parameters
    ----------
    base : Bank
        As imported; never written.
    state : Path
        Folder of everything that is written at run time.
    """

    def __init__(self, base: Bank, state: Path):
        self.base = base
        self.overlay = Overlay(state, base.bank_id)
        self.store = EventStore(self.overlay.folder("events"))
        self.registry = Registry(self.overlay.folder("versions"))
        self.metrics = MetricStore(self.overlay.folder("metrics"))
        self._lock = threading.RLock()
        self._key: tuple[object, ...] | None = None
        self._view: View | None = None
        self._profiles: tuple[object, Profiles, _needs.Needs] | None = None
        self._model: tuple[object, Model] | None = None
        self._settings: tuple[str, Settings] | None = None

    @property
    def settings(self) -> Settings:
        """settings.toml with this bank's own file on top, read again when that file changes."""
        with self._lock:
            written = revision_of(self.overlay.settings_file)
            if self._settings is None or self._settings[0] != written:
                self._settings = (written, load(self.overlay.settings_file))
            return self._settings[1]

    @cached_property
    def texts(self) -> TextModels:
        """Sentiment and keywords behind this bank's cache."""
        return load_texts(self.settings, cache=self.overlay.folder("cache"))

    @cached_property
    def encoder(self) -> CachedEncoder:
        """The encoder behind this bank's cache."""
        return load_encoder(self.settings, cache=self.overlay.folder("cache"))

    def current(self) -> View:
        """The view of this moment; the same object as long as nothing was written."""
        with self._lock:
            champion = self.registry.champion()
            key = (
                self.overlay.revision,
                self.store.revision,
                self.metrics.revision,
                _identity(champion),
            )
            if self._view is None or key != self._key:
                self._view = self._build(champion)
                self._key = key
            return self._view

    def forget(self) -> None:
        """Drop what was computed, after a reset."""
        with self._lock:
            self._key = self._view = self._profiles = self._model = None

    def bank(self) -> Bank:
        """The bank of this moment, whether or not a version serves."""
        return self._bank_and_log()[0]

    def _bank_and_log(self) -> tuple[Bank, pd.DataFrame]:
        bank = self.overlay.apply(self.base)
        log = concat("events", [bank["events"], self.store.read()])
        return _with_purchases(bank.with_tables(events=effective(log))), log

    def _build(self, champion: Version | None) -> View:
        bank, log = self._bank_and_log()
        consents = effective_consents(bank, self.settings)
        profiles, needs = self._profiles_of(bank, consents)
        model = self._model_of(champion)
        learned = model.learned if model else Learned()
        signals = Signals(bank, profiles, needs, learned, bank["events"], self.settings)
        ranker = Ranker(signals, model) if model else None
        return View(bank, consents, log, signals, champion, ranker)

    def _profiles_of(self, bank: Bank, consents: pd.DataFrame) -> tuple[Profiles, _needs.Needs]:
        key: tuple[object, ...] = (
            consents[f"{SOCIAL}_allowed"].to_numpy().tobytes(),
            content_hash(self.overlay.edits()),
            settings_hash(self.settings),
        )
        # Rows bought or added by hand stand behind the base's.
        for table in ("holdings", "transactions", "messages"):
            key = (*key, content_hash(bank[table].iloc[len(self.base[table]) :]))
        learned = self.metrics.load()
        key = (*key, *learned.items())
        if self._profiles is None or self._profiles[0] != key:
            built = _profiles.build(
                bank,
                consents=consents,
                texts=self.texts,
                settings=self.settings,
                learned=learned,
            )
            needs = _needs.build(bank, built.interests, self.encoder)
            self._profiles = (key, built, needs)
        return self._profiles[1], self._profiles[2]

    def _model_of(self, champion: Version | None) -> Model | None:
        if champion is None:
            return None
        with self._lock:
            if self._model is None or self._model[0] != _identity(champion):
                folder = self.registry.verified(champion.version_id)
                self._model = (_identity(champion), Model.load(folder))
            return self._model[1]

    def signals_of(self, bank: Bank, learned: Learned) -> Signals:
        """Signals of a bank as known on some day, for training."""
        consents = effective_consents(bank, self.settings)
        built = _profiles.build(
            bank,
            consents=consents,
            texts=self.texts,
            settings=self.settings,
            learned=self.metrics.load(),
        )
        needs = _needs.build(bank, built.interests, self.encoder)
        return Signals(bank, built, needs, learned, bank["events"], self.settings)

    def scores_of(self, bank: Bank) -> np.ndarray:
        """Scores of all pairs of a bank by the champion, NaN for no candidate (decision 12)."""
        model = self._model_of(self.registry.champion())
        if model is None:
            raise StateError("No version serves yet. Run: python -m engine retrain")
        ranker = Ranker(self.signals_of(bank, model.learned), model)
        scores = ranker.scores(np.arange(bank.n_customers))
        return np.where(scores.candidates, scores.blended, np.nan)

    def interest_of(self, bank: Bank) -> pd.DataFrame:
        """What events add to holdings when collaborative models are fitted (F89)."""
        return training_events(bank["events"], bank)


def _identity(champion: Version | None) -> tuple[object, ...] | None:
    """What tells a version from one of the same number before a reset: its files' hashes."""
    return (champion.version_id, *champion.files.values()) if champion else None


def _with_purchases(bank: Bank) -> Bank:
    """A purchase makes a holding from that day (decision 17)."""
    events = bank["events"]
    bought = events.loc[events["action"] == "purchased"]
    bought = bought.loc[bank.product_positions(bought["product_id"]) >= 0]
    if bought.empty:
        return bank
    new = bought[["customer_id", "product_id"]].assign(opened_on=bought["recorded_at"])
    return bank.with_tables(
        holdings=concat("holdings", [bank["holdings"], coerce("holdings", new)])
    )
