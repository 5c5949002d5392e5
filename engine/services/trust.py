"""A version that serves in; how far its confidences and its lists can be trusted out."""

import dataclasses
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pandas as pd

from engine.audit import confidence_words, grading, stability
from engine.customers.texts import TextModels
from engine.errors import BadInput, StateError, TrainingError
from engine.guard.verdicts import Rulebook
from engine.lab import rating_comparison
from engine.lab.rating_models import Vectors
from engine.ranking import training
from engine.ranking.learned_signals import Learned
from engine.ranking.needs import phrase, product_texts
from engine.ranking.ranker import Model, Ranker
from engine.ranking.signals import Signals
from engine.results import ConfidenceReport, RatingsReport, StabilityReport
from engine.scoring.lists import Lists
from engine.settings import Settings
from engine.snapshot.snapshot import View, Views
from engine.vocabulary import GROWTH, LISTS

Progress = Callable[[float, str], None]
FIRST = 3
"""First offers whose overlap is measured (F123)."""


class Trust:
    """Checks of the version that serves.

    Parameters
    ----------
    views : Views
    now : callable
        The moment, in UTC without a zone.
    """

    def __init__(self, views: Views, now: Callable[[], datetime]):
        self._views = views
        self._now = now

    def confidence(self) -> ConfidenceReport:
        """Promises against outcomes of the serving version, as its training measured them.

        Raises
        ------
        StateError
            If no version serves yet, or its report is damaged.
        """
        version = self._views.registry.champion()
        if version is None:
            raise StateError("No version serves yet. Run: python -m engine retrain")
        return confidence_words.load(self._views.registry.verified(version.version_id))

    def stability(
        self, progress: Progress, *, list: str = GROWTH, seed: int | None = None
    ) -> StabilityReport:
        """Make the lists again under another seed and with small noise, and compare (F123).

        Parameters
        ----------
        progress : callable
        list : str
            Growth or retention.
        seed : int, optional
            The other seed, also that of the noise; the one after the setting by default.

        Raises
        ------
        BadInput
            If there is no such list, or the seed is negative.
        StateError
            If no version serves yet.

        Notes
        -----
        The seed is compared between two models that are fitted anew on the same history, the
        noise between two lists of the model that serves.
        """
        views, view = self._views, self._views.current()
        settings = views.settings
        if view.ranker is None:
            raise StateError("No version serves yet. Run: python -m engine retrain")
        audit, usual = settings.stability, settings.models.seed
        other = usual + 1 if seed is None else seed
        if list not in LISTS:
            raise BadInput(f"There is no list {list!r}; lists are {' and '.join(LISTS)}.")
        if other < 0:
            raise BadInput(f"Got the seed {other}; a seed is 0 or more.")
        segments = view.profiles.table["segment"]
        progress(0.05, f"Fitting with seed {usual}")
        first = self._lists_of(view, view.signals, self._fitted(settings, usual), list)
        progress(0.35, f"Fitting with seed {other}")
        second = self._lists_of(view, view.signals, self._fitted(settings, other), list)
        progress(0.65, "Small noise on balances, spending and sentiment")
        model = view.ranker.model
        calm = self._lists_of(view, view.signals, model, list)
        noisy = self._lists_of(view, self._noisy(view, model, other), model, list)
        tables = [
            stability.overlap(before, after, segments, k=FIRST).assign(change=change)
            for change, before, after in (
                (stability.ANOTHER_SEED, first, second),
                (stability.INPUT_NOISE, calm, noisy),
            )
        ]
        table = pd.concat(tables, ignore_index=True)
        progress(1.0, "Done")
        return StabilityReport(
            table=table[["change", *table.columns.drop("change")]],
            k=FIRST,
            list=list,
            seed=usual,
            other_seed=other,
            balance_noise=audit.balance_noise,
            sentiment_noise=audit.sentiment_noise,
            model_version=view.version.version_id if view.version else "",
            simulated=view.bank.manifest.simulated,
            sentence=stability.sentence(table, FIRST),
        )

    def ratings(self, progress: Progress) -> RatingsReport:
        """Rivals' models of ratings against the plain mean, and LightFM against popularity.

        Notes
        -----
        None of them serves: they are here to be compared with (F87, F88, F97).
        """
        views, settings = self._views, self._views.settings
        seed, bank = settings.models.seed, views.bank()
        progress(0.1, "Ratings")
        table, reason, untouched = pd.DataFrame(), "", 0
        try:
            known, untouched = rating_comparison.ratings_of(bank)
            signals = views.signals_of(bank, Learned())
            table = rating_comparison.compare(known, self._vectors(signals), seed)
        except TrainingError as error:
            reason = str(error)
        progress(0.5, "Collaborative filtering on held-out adoptions")
        fold = training.train(bank, views.signals_of, views.interest_of, settings, _quiet).holdout
        return RatingsReport(
            table=table,
            reason=reason,
            n_untouched=untouched,
            recall=pd.DataFrame() if fold is None else _recall(fold, seed),
            simulated=bank.manifest.simulated,
        )

    def _vectors(self, signals: Signals) -> Vectors:
        """What customers want and what products say, as the encoder sees both."""
        wants = signals.needs
        pairs = wants.interests[["phrase", "kind", "item"]].drop_duplicates("phrase")
        pairs = pairs.sort_values("phrase")
        phrases = [phrase(row.kind, row.item) for row in pairs.itertuples(index=False)]
        vectors = self._views.encoder.encode(phrases + product_texts(signals.bank))
        split = len(phrases)
        return Vectors(wants.weights @ vectors[:split].astype(float), vectors[split:].astype(float))

    def _fitted(self, settings: Settings, seed: int) -> Model:
        models = settings.models.model_copy(update={"seed": seed})
        changed = settings.model_copy(update={"models": models})
        views = self._views
        judge = partial(grading.judge, seed=seed, simulated=views.base.manifest.simulated)
        found = training.train(
            views.bank(), views.signals_of, views.interest_of, changed, _quiet, choose=judge
        )
        return found.model

    def _noisy(self, view: View, model: Model, seed: int) -> Signals:
        audit, texts = self._views.settings.stability, self._views.texts
        reader = stability.ShakenSentiment(texts.sentiment, audit.sentiment_noise, seed)
        bank = stability.shaken(view.bank, share=audit.balance_noise, seed=seed)
        return self._views.signals_of(bank, model.learned, TextModels(reader, texts.keywords))

    def _lists_of(self, view: View, signals: Signals, model: Model, which: str) -> pd.DataFrame:
        """First offers of everybody, guard included, as that model and those signals give them."""
        settings = self._views.settings
        signals = dataclasses.replace(signals, learned=model.learned)
        ranker = Ranker(signals, model)
        rulebook = Rulebook(signals.bank, signals.profiles, settings)
        seen = dataclasses.replace(view, signals=signals, rulebook=rulebook, ranker=ranker)
        lists = Lists(seen, ranker, settings, self._now())
        return lists.score(seen.all_rows, [which], FIRST, _quiet)


def _recall(fold: training.Holdout, seed: int) -> pd.DataFrame:
    """Recall at 10 of LightFM and popularity on the held-out adopters."""
    systems = {
        name: fold.raw[signal]
        for name, signal in (("LightFM", "collaborative"), ("popularity", "popularity"))
        if signal in fold.raw
    }
    return rating_comparison.recall(systems, fold.adopted, fold.candidates, k=10, seed=seed)


def _quiet(done: float, step: str) -> None:
    """A progress report within a larger one."""
    del done, step
