"""Signals of a day in; what might be offered then, and lists in the order in which they are shown,
out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.audit.parity.group_prices import GroupPrices
from engine.bank.consents import effective_consents
from engine.guard.hidden_products import hidden_products
from engine.guard.list_selection import TopK
from engine.guard.preconditions import CustomerChoices
from engine.guard.verdicts import Rulebook
from engine.ranking.adopters import Adopters
from engine.ranking.blend import Blend
from engine.ranking.objectives import objectives
from engine.ranking.signals import Signals
from engine.vocabulary import GROWTH


@dataclass(frozen=True, eq=False)
class ShownLists:
    """How a bank's lists were put together on the day of some signals."""

    signals: Signals

    @cached_property
    def _rulebook(self) -> Rulebook:
        return Rulebook(self.signals.bank, self.signals.profiles, self.signals.settings)

    @cached_property
    def _choices(self) -> CustomerChoices:
        bank, settings = self.signals.bank, self.signals.settings
        hidden = hidden_products(bank, bank["events"], bank["consents"], settings.guard)
        return CustomerChoices(effective_consents(bank, settings), hidden)

    @cached_property
    def _prices(self) -> GroupPrices:
        return GroupPrices.of(self.signals.bank, self.signals.settings.fairness)

    def top_k(self, blend: Blend) -> TopK:
        """How lists of a blend are put together."""
        return TopK.of(self.signals.bank, self.signals.settings.guard, blend.widened)

    def allowed(self, rows: np.ndarray) -> np.ndarray:
        """What might be offered to some customers, bool of shape (len(rows), n_products)."""
        now = self.signals.bank.as_of.to_pydatetime()
        return self._rulebook.judge(self._choices, rows, now).allowed

    def offerable(self, fold: Adopters) -> Adopters:
        """Those who took something that might have been offered to them, with nothing else as a
        candidate: for the lists that are shown, and for every rival of theirs."""
        return fold.within(self.allowed(fold.rows))

    def scores(
        self,
        blend: Blend,
        raw: Mapping[str, np.ndarray],
        newcomers: np.ndarray,
        which: str = GROWTH,
    ) -> np.ndarray:
        """What a list is ordered by: the blend with its emphasis, and the list's own aim."""
        ranking = self.signals.settings.ranking
        parts = blend.parts(raw, newcomers)
        weighed = sum(ranking.emphasis.get(name, 1.0) * part for name, part in parts.items())
        return weighed + objectives(self.signals, blend.aims, ranking)[which]

    @staticmethod
    def ranked(
        lists: TopK, scores: np.ndarray, allowed: np.ndarray, k: int | None = None
    ) -> np.ndarray:
        """Scores that fall by the place on the list, NaN for what is not on it.

        Of shape (n_rows, n_products). The first `k` places; all by default.
        """
        k = scores.shape[1] if k is None else min(k, scores.shape[1])
        places = lists.positions(scores, allowed, k)
        rank = np.full((len(scores), scores.shape[1] + 1), np.nan)  # the last is for what pads
        np.put_along_axis(rank, places, -np.arange(1.0, k + 1)[None, :], axis=1)
        return rank[:, :-1]

    def of(
        self, fold: Adopters, blend: Blend, which: str = GROWTH, k: int | None = None
    ) -> np.ndarray:
        """`ranked` lists of some adopters, whose candidates are what might be offered."""
        scores = self.scores(blend, fold.raw, fold.newcomers, which)
        prices = self._prices.of_rows(which, fold.rows)
        scores = scores if prices is None else scores - prices
        return self.ranked(self.top_k(blend), scores, fold.candidates, k)
