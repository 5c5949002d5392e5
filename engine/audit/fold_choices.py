"""Trials on folds in; which signals a fit leaves out, how wide the limit on a category is, what a
list's own aim may weigh and how a score becomes a chance, out."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from engine.audit.evaluation import GATE_METRIC, bootstrap
from engine.audit.metrics import per_customer
from engine.audit.shown_lists import ShownLists
from engine.figures import signed
from engine.labels import part_label
from engine.ranking.adopters import Adopters
from engine.ranking.blend import Blend
from engine.ranking.calibration import softmax
from engine.ranking.signals.all_signals import NOT_FITTED
from engine.ranking.training import Scored
from engine.vocabulary import GROWTH

Trial = tuple[Adopters, Adopters]
"""Who the weights are fitted on, and who judges them."""
STEPS = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05)
"""Shares of an aim's weight at most that are tried, from the largest (own choice)."""
TOP = 7
"""Places that the metric looks at."""
SUSPECT = 0.002
"""A signal is fitted without where its part adds less than so much to the metric; what adds more
cannot hurt, and fits take time (own choice)."""


FEWEST = 30
"""Adopters below which an interval is luck and nothing is decided (own choice)."""


def prepared(start: Blend, trials: Sequence[Trial]) -> Blend:
    """Fixed weights without the signals that surely hurt, with the limit on a category and with the
    weight of the growth aim.

    All are judged on folds that their weights were not fitted on, never on the hold-out.
    """
    judged = [(fit, ShownLists(test.signals).offerable(test)) for fit, test in trials]
    judged = [(fit, test) for fit, test in judged if len(test.rows)]
    if sum(len(test.rows) for _, test in judged) < FEWEST:
        return start
    start, blends = _without_harmful(start, judged)
    start = _widened(start, blends, judged)
    blends = [dataclasses.replace(blend, widened=start.widened) for blend in blends]
    ranking = judged[0][1].signals.settings.ranking
    share = _free_share(blends, judged, ranking.objective_weight, ranking.objective_cost)
    return dataclasses.replace(start, aims={GROWTH: share * ranking.objective_weight})


def offsets_help(trials: Sequence[tuple[Scored, Scored]], seed: int) -> bool:
    """Does an offset of each product surely lower the log loss of the next stretch's adopters?"""
    if sum(len(later.score) for _, later in trials) < FEWEST:
        return False
    gain = _log_loss(trials, by_product=False) - _log_loss(trials, by_product=True)
    return bool(bootstrap(gain, seed=seed).low > 0)


def _log_loss(trials: Sequence[tuple[Scored, Scored]], *, by_product: bool) -> np.ndarray:
    """Of what each later adopter took, with the scaling of the adopters before."""
    found = []
    for past, later in trials:
        scaling = past.scaling(by_product=by_product)
        chance = softmax(scaling.utility(later.score, later.n_held), later.candidates)
        surprise = -np.log(np.maximum(chance, 1e-12))
        found.append(np.where(later.adopted, surprise, 0.0).sum(axis=1) / later.adopted.sum(axis=1))
    return np.concatenate(found)


def _without_harmful(start: Blend, judged: Sequence[Trial]) -> tuple[Blend, list[Blend]]:
    """The start without what surely hurts, one signal after the other, and a fit a trial."""
    while True:
        blends = [_fitted(fit, start) for fit, _ in judged]
        with_all = _precision([test.scores(b) for b, (_, test) in zip(blends, judged, strict=True)],
                              judged)  # fmt: skip
        losses = {}
        for signal in start.weights:
            if signal in NOT_FITTED or not any(b.weights[signal] for b in blends):
                continue
            silent = [test.scores(b.without(signal))
                      for b, (_, test) in zip(blends, judged, strict=True)]  # fmt: skip
            if (with_all - _precision(silent, judged)).mean() > SUSPECT:
                continue
            without = start.without(signal)
            scores = [test.scores(_fitted(fit, without)) for fit, test in judged]
            gain = bootstrap(with_all - _precision(scores, judged), seed=_seed(judged))
            if gain.high < 0:
                losses[signal] = gain
        if not losses:
            return start, blends
        worst = min(losses, key=lambda signal: float(losses[signal].value))
        gain = losses[worst]
        said = (
            f"Left out, since it surely hurts on folds: {part_label(worst)} "
            f"({signed(gain.value, 3)} [{signed(gain.low, 3)}, {signed(gain.high, 3)}] with it)."
        )
        start = dataclasses.replace(
            start.without(worst), left_out=f"{start.left_out} {said}".strip()
        )


def _widened(start: Blend, blends: Sequence[Blend], judged: Sequence[Trial]) -> Blend:
    """The start with a wider limit on a category where the setting's surely costs accuracy.

    The limit is the bank's own wish, so it stays where the folds do not tell; `diversity_cost`
    says what it may cost.
    """
    guard = judged[0][1].signals.settings.guard
    asked = guard.max_per_category

    def precision(limit: int) -> np.ndarray:
        shown = _shown(blends, judged, aims={GROWTH: 0.0}, widened={str(asked): limit})
        return _precision(shown, judged)

    free = precision(max(asked, guard.diversity_window))
    for limit in range(asked, guard.diversity_window):
        found = bootstrap(precision(limit) - free, seed=_seed(judged))
        if found.high >= 0 or found.value >= -guard.diversity_cost:
            break
        if limit == asked:
            most = found
    else:
        limit = max(asked, guard.diversity_window)
    if limit == asked:
        return start
    said = (
        f"Up to {limit} of a category among the first {guard.diversity_window}, because {asked} "
        f"surely cost accuracy on folds ({signed(most.value, 3)} [{signed(most.low, 3)}, "
        f"{signed(most.high, 3)}])."
    )
    return dataclasses.replace(
        start, widened={str(asked): limit}, left_out=f"{start.left_out} {said}".strip()
    )


def _free_share(
    blends: Sequence[Blend], judged: Sequence[Trial], most: float, cost: float
) -> float:
    """The largest share of the aim's weight whose interval of what it costs stays within `cost`."""

    def precision(weight: float) -> np.ndarray:
        return _precision(_shown(blends, judged, aims={GROWTH: weight}), judged)

    nothing = precision(0.0)
    for share in STEPS:
        if bootstrap(precision(share * most) - nothing, seed=_seed(judged)).low >= -cost:
            return share
    return 0.0


def _shown(
    blends: Sequence[Blend], judged: Sequence[Trial], **changed: Mapping[str, float]
) -> list[np.ndarray]:
    """The first places of the lists of all trials, as blends with something changed show them."""
    return [
        ShownLists(test.signals).of(test, dataclasses.replace(blend, **changed), k=TOP)
        for blend, (_, test) in zip(blends, judged, strict=True)
    ]


def _fitted(fit: Adopters, start: Blend) -> Blend:
    return fit.fitted(start, fit.signals.settings.ranking)


def _precision(scores: Sequence[np.ndarray], judged: Sequence[Trial]) -> np.ndarray:
    """The metric of every adopter of all trials, one after the other."""
    tables = [
        per_customer(score, test.adopted, test.candidates)[GATE_METRIC].to_numpy()
        for score, (_, test) in zip(scores, judged, strict=True)
    ]
    return np.concatenate(tables)


def _seed(judged: Sequence[Trial]) -> int:
    return judged[0][1].signals.settings.models.seed
