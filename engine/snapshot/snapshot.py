"""Bank, recorded state, settings and champion in; one consistent picture to answer from."""

import hashlib
import shutil
import threading
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents, without_objectors
from engine.bank.disk import revision_of
from engine.bank.erased import ErasedCustomers
from engine.bank.record_forms import short
from engine.customers import profiles as _profiles
from engine.customers.finances.assumed_amounts import in_currency, stated_by, stated_in
from engine.customers.finances.kept_figures import KeptFigures
from engine.customers.learned_metrics.store import MetricStore
from engine.customers.profiles import Profiles
from engine.customers.words.texts import TextModels, load_texts
from engine.errors import NotFound, NoVersion, StateError
from engine.experiments.arms import Arms
from engine.feedback.registry import Registry, Version, settings_hash
from engine.feedback.statistics import training_events
from engine.guard.hidden_products import hidden_products
from engine.guard.preconditions import CustomerChoices
from engine.guard.verdicts import Rulebook
from engine.models.encoder import CachedEncoder, load_encoder
from engine.models.text_versions import TextVersions
from engine.ranking.alignment import aligned
from engine.ranking.ranker import Model, Ranker
from engine.ranking.signals import Signals
from engine.ranking.signals import needs as _needs
from engine.ranking.signals import said as _said
from engine.ranking.signals.learned import LearnedModels
from engine.results import Added
from engine.settings import Settings, load
from engine.snapshot.kept_results import LastResults, RecentResults, forget_all
from engine.snapshot.recorded_bank import RecordedBank, RecordedBankReader
from engine.state.added_records import PREFIXES, highest, table_of
from engine.state.event_log import EventLog
from engine.state.state import State
from engine.vocabulary import KEYS, SOCIAL

_T = TypeVar("_T")

_ERASED = "erased"
"""Folder in that of everything that is written: who was erased, one file a bank."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything that one answer is computed from; nothing in it changes."""

    settings: Settings
    recorded_bank: RecordedBank
    signals: Signals
    rulebook: Rulebook
    choices: CustomerChoices
    """What consents and events keep off the lists."""
    version: Version | None
    """The champion; None before the first training."""
    ranker: Ranker | None

    @property
    def bank(self) -> Bank:
        """Base with records, events and purchases."""
        return self.recorded_bank.bank

    @property
    def consents(self) -> pd.DataFrame:
        """`effective_consents` of the bank."""
        return self.recorded_bank.consents

    @property
    def log(self) -> pd.DataFrame:
        """All events, undone ones included; the bank has those that stand."""
        return self.recorded_bank.log

    @property
    def profiles(self) -> Profiles:
        return self.signals.profiles

    @cached_property
    def all_rows(self) -> np.ndarray:
        return np.arange(self.bank.n_customers)


class Snapshots:
    """Keeps the current snapshot and rebuilds only what a change touches.

    The base is as imported and never written; `state` is the folder of everything that is written
    at run time, `shipped` that of text results which came with the bank, so that its first start
    runs no model.

    Notes
    -----
    Locks are taken in one order: those of services, then the lock of this class, then what `State`
    takes. So nobody asks anything of this class within a transaction; `state` alone takes none.
    """

    def __init__(self, base: Bank, state: Path, shipped: Path | None = None):
        self.shipped = shipped
        self.erased = ErasedCustomers(state / _ERASED / f"{base.bank_id}.json")
        self._erased_at = self.erased.revision
        self._base = self.erased.without(base)
        self.state = State(state, base.bank_id)
        self.events = EventLog(self.state.folder("events"))
        self.registry = Registry(self.state)
        self.metrics = MetricStore(self.state)
        self._reader = RecordedBankReader(self._base, self.state, self.events)
        self._lock = threading.RLock()
        self._key: tuple[object, ...] | None = None
        self._snapshot: Snapshot | None = None
        self._results = LastResults()
        self._asked: RecordedBank | None = None
        self._recent: WeakSet[RecentResults] = WeakSet()

    @property
    def base(self) -> Bank:
        """As imported; whoever is erased, by any process, is gone from it at once."""
        self._see_erased()
        return self._base

    def _see_erased(self) -> None:
        if (revision := self.erased.revision) != self._erased_at:
            with self._lock:
                left = self.erased.without(self._base)
                if left is not self._base:
                    self._base = self._reader.base = left
                    self.forget()
                self._erased_at = revision

    @property
    def settings(self) -> Settings:
        """settings.toml with this bank's own file on top, read again when that file changes."""
        file = self.state.settings_file
        with self._lock:
            currency = self._base.manifest.currency
            return self._results.get(
                "settings",
                revision_of(file),
                lambda: in_currency(load(file), currency, stated_in(file)),
            )

    def settings_of(self, text: str) -> Settings:
        """The settings as they would be if this bank's own file held a TOML text."""
        own, currency = tomllib.loads(text), self._base.manifest.currency
        return in_currency(load(None, **own), currency, stated_by(own))

    @property
    def texts(self) -> TextModels:
        """Sentiment and keywords behind this bank's cache, as the settings of now name them."""
        load = partial(load_texts, versions=self.text_versions)
        return self._loaded("texts", load, self.text_versions.revision)

    @property
    def text_versions(self) -> TextVersions:
        """The text models that were fitted on this bank's labels."""
        return TextVersions(self.state.folder("texts"))

    @property
    def encoder(self) -> CachedEncoder:
        """The encoder behind this bank's cache, as the settings of now name it."""
        return self._loaded("encoder", load_encoder)

    def _loaded(self, name: str, load_one: Callable[..., _T], revision: str = "") -> _T:
        settings = self.settings
        cache = self.state.folder("cache")
        make = partial(load_one, settings, cache=cache, shipped=self.shipped)
        with self._lock:
            return self._results.get(name, (settings.models, revision), make)

    def current(self) -> Snapshot:
        """The snapshot of this moment; the same object as long as nothing was written."""
        self._see_erased()
        with self._lock:
            champion = self.registry.champion()
            key = (
                self.state.revision,
                self.events.revision,
                self.metrics.revision,
                self.text_versions.revision,
                _identity(champion),
            )
            if self._snapshot is None or key != self._key:
                self._snapshot = self._build(champion)
                self._key = key
                for recent in self._recent:
                    recent.forget()
            return self._snapshot

    @property
    def tag(self) -> str:
        """Changes with all that is written and that an answer may show, by any process; who was
        shown what and who looked are not of it."""
        with self._lock:
            self.current()
            manifest = self._base.manifest
            rests_on = (self._base.bank_id, manifest.edition, self.state.answers_revision)
            return hashlib.sha256(repr((self._key, *rests_on)).encode()).hexdigest()

    def add_record(
        self,
        kind: str,
        row: Mapping[str, Any],
        *,
        submit_id: str,
        now: datetime,
        actor: str,
        noted: Callable[[Added], object] = lambda _: None,
    ) -> Added:
        """Store a purchase, a ticket or a post of a customer of the bank.

        Parameters
        ----------
        noted : callable, optional
            Called with what was stored within the transaction that stores it.

        Raises
        ------
        BadInput
            If the submit id is empty, or (IdUsed) was used for another record.
        """
        self.base.customer_position(row["customer_id"])
        table = table_of(kind)
        rows, key = self.base.rows(table), KEYS[table][0]
        with self._lock:
            imported = self._results.get(
                f"highest {kind}", "as imported", lambda: highest(rows.column(key), PREFIXES[kind])
            )
        submit_id, actor = short("submit_id", submit_id, needed=True), short("actor", actor)
        with self.state.store.writing():
            added = self.state.added.add(
                kind, row, submit_id=submit_id, now=now, actor=actor, imported=imported
            )
            noted(added)
        return added

    def forget(self) -> None:
        """Drop what was computed, after a reset or an erasure, whoever keeps it."""
        with self._lock:
            self._key = self._snapshot = self._asked = None
            forget_all()

    def recent(self, most: int) -> RecentResults:
        """A keeper of the last results, which are dropped as soon as a snapshot is replaced: they
        hold what they rest on, the whole bank of then."""
        made = RecentResults(most)
        self._recent.add(made)
        return made

    def start_over(
        self, *, delete: bool, noted: Callable[[State], object] = lambda _: None
    ) -> Path | None:
        """Move everything that is written aside, or delete it; nobody here answers meanwhile.

        `noted` is given the state of before, right after it was moved.

        The first version comes back where it was fitted on the bank as it is then, with the
        settings that are then in effect: fitting it again would give the same.
        """
        with self._lock:
            aside = self.state.reset()
            self.forget()
            if aside is None:
                return None
            written = State(aside.parent, aside.name)
            noted(written)
            before = Registry(written)
            with suppress(StateError, NotFound):  # a damaged one is fitted again
                first = before.version("v0001")
                made_from = (first.facts.bank_fingerprint, first.facts.settings_hash)
                now = (self.bank().fingerprint, settings_hash(self.settings))
                if first.readable and made_from == now:
                    self.registry.bring_back(before, first)
            if delete:
                shutil.rmtree(aside)
                return None
            return aside

    def bank(self) -> Bank:
        """The bank of this moment, whether or not a version serves."""
        self._see_erased()
        with self._lock:
            self._asked = self._reader.read(self.settings)
            return self._asked.bank

    def teaching_bank(self) -> Bank:
        """The bank of this moment without who objects: what anything may be learned from."""
        return without_objectors(self.bank(), self.settings)

    def to_train_on(self) -> tuple[Bank, pd.DataFrame]:
        """The bank of this moment, and its events that were recorded here and stand."""
        with self._lock:
            bank = self.bank()
            asked = self._asked
            n_imported = 0 if asked is None else len(asked.stable_bank["events"])
            return bank, bank["events"].iloc[n_imported:].reset_index(drop=True)

    def _build(self, champion: Version | None) -> Snapshot:
        settings = self.settings
        recorded_bank = self._reader.read(settings)
        bank, stable_bank = recorded_bank.bank, recorded_bank.stable_bank
        profiles, needs = self._profiles_of(recorded_bank, settings)
        model = self._model_of(champion)
        learned = model.learned if model else LearnedModels()
        standing = self._results.get(
            "signals",
            (stable_bank, profiles, model, settings),
            lambda: Signals(stable_bank, profiles, needs, learned, stable_bank["events"], settings),
        )
        said = self._said(recorded_bank, needs, settings)
        signals = standing.since(bank, recorded_bank.changed, said)
        rulebook = self._results.get(
            "rulebook",
            (stable_bank, profiles, settings),
            lambda: Rulebook(stable_bank, profiles, settings),
        )
        return Snapshot(
            settings,
            recorded_bank,
            signals,
            rulebook,
            self._choices_of(recorded_bank, settings),
            champion,
            Ranker(signals, model) if model else None,
        )

    def _said(
        self, recorded_bank: RecordedBank, needs: _needs.Needs, settings: Settings
    ) -> _said.Said | None:
        """What customers said, as far as their consents of now allow it to count."""
        bank = recorded_bank.stable_bank
        mentions = _said.counting(recorded_bank.evidence, bank, recorded_bank.consents)
        share = settings.evidence.share
        key = (bank, needs, settings.models, share, tuple(mentions["evidence_id"]))
        return self._results.get(
            "said", key, lambda: _said.build(bank, mentions, needs, self.encoder, share)
        )

    def _choices_of(self, recorded_bank: RecordedBank, settings: Settings) -> CustomerChoices:
        stable_bank, guard = recorded_bank.stable_bank, settings.guard
        usual = self._results.get(
            "hidden",
            (stable_bank, settings),
            lambda: hidden_products(
                stable_bank, stable_bank["events"], stable_bank["consents"], guard
            ),
        )
        events, consents = (recorded_bank.of_changed(table) for table in ("events", "consents"))
        new = hidden_products(recorded_bank.bank, events, consents, guard, recorded_bank.unreadable)
        arms = self._results.get(
            "arms",
            (stable_bank, settings.experiments),
            lambda: (
                Arms(settings.experiments, stable_bank) if settings.experiments.started else None
            ),
        )
        hidden = usual.replaced(recorded_bank.changed, new)
        return CustomerChoices(recorded_bank.consents, hidden, arms)

    def _profiles_of(
        self, recorded_bank: RecordedBank, settings: Settings
    ) -> tuple[Profiles, _needs.Needs]:
        consents, learned = recorded_bank.consents, self.metrics.load()
        social = consents[f"{SOCIAL}_allowed"].to_numpy(dtype=bool).tobytes()
        read_by = self.text_versions.revision

        def make() -> tuple[Profiles, _needs.Needs, Settings, str]:
            before = self._results.last("profiles")
            built = _profiles.build(
                recorded_bank.bank,
                consents=consents,
                texts=self.texts,
                settings=settings,
                learned=learned,
                before=before[0] if before and before[2:] == (settings, read_by) else None,
                keep=partial(
                    KeptFigures.of,
                    folder=self.state.folder("cache"),
                    erased=self.erased,
                    base=self._base,
                ),
            )
            needs = _needs.build(recorded_bank.bank, built.interests, self.encoder)
            return built, needs, settings, read_by

        key = (recorded_bank.stable_bank, social, settings, read_by, *learned.items())
        return self._results.get("profiles", key, make)[:2]

    def _model_of(self, champion: Version | None) -> Model | None:
        if champion is None:
            return None
        with self._lock:
            return self._results.get(
                "model",
                _identity(champion),
                lambda: aligned(Model.load(self.registry.verified(champion.version_id)), self.base),
            )

    def signals_of(
        self, bank: Bank, learned: LearnedModels, texts: TextModels | None = None
    ) -> Signals:
        """Signals of a bank as known on some day, for training; `texts` reads it otherwise.

        Profiles of the bank of this moment serve the snapshots too, so they are worked out once.
        """
        with self._lock:
            if texts is None and self._asked is not None and bank is self._asked.bank:
                built, needs = self._profiles_of(self._asked, self.settings)
                return Signals(bank, built, needs, learned, bank["events"], self.settings)
        consents = effective_consents(bank, self.settings)
        built = _profiles.build(
            bank,
            consents=consents,
            texts=texts or self.texts,
            settings=self.settings,
            learned=self.metrics.load(),
        )
        needs = _needs.build(bank, built.interests, self.encoder)
        return Signals(bank, built, needs, learned, bank["events"], self.settings)

    def scores_of(self, bank: Bank) -> np.ndarray:
        """Scores of all pairs of a bank by the champion, NaN for no candidate."""
        model = self._model_of(self.registry.champion())
        if model is None:
            raise NoVersion
        ranker = Ranker(self.signals_of(bank, model.learned), model)
        scores = ranker.scores(np.arange(bank.n_customers))
        return np.where(scores.candidates, scores.blended, np.nan)

    def interest_of(self, bank: Bank) -> pd.DataFrame:
        """What events add to holdings when collaborative models are fitted."""
        return training_events(bank["events"], bank)


def _identity(champion: Version | None) -> tuple[object, ...] | None:
    """What tells a version from one of the same number before a reset: its files' hashes."""
    return (champion.version_id, *champion.files.values()) if champion else None
