"""Events in; what a version learns from answers, and whether it may act on that, out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import pandas as pd

from engine.audit.later_answers import LaterAnswers, judged
from engine.figures import count
from engine.ranking.ranker import Model
from engine.ranking.signals import Signals
from engine.ranking.signals import answers as learning
from engine.ranking.signals.answers import AnswerModel
from engine.settings import Settings
from engine.threads import one_thread

MOST_PEOPLE: Final = 10
"""People of whom it is worked out what their answers alone changed; those with the most."""


class PersonsAnswers(NamedTuple):
    """New answers of one person, and what would be learned of them with those of before alone."""

    n: int
    n_no: int
    n_later: int
    """Of them a no, and of them "Not now"."""
    alone: AnswerModel | None


@dataclass(frozen=True, eq=False)
class LearnedAnswers:
    """What answers taught."""

    model: AnswerModel | None
    """None where that part is off."""
    before: AnswerModel | None
    """What the version before learned."""
    later: LaterAnswers
    n: int
    n_new: int
    """Answers that say something, and those that came since the version before."""
    says: str
    """Why it acts, or why not, in a sentence."""
    by_person: Mapping[str, PersonsAnswers]
    """Of new answers, whoever gave most first."""

    @property
    def moves(self) -> bool:
        """Is it something else than the version before learned?"""
        return _named(self.model) != _named(self.before)

    def onto(self, model: Model, weight: float) -> Model:
        """A model that acts on it, and is the same otherwise."""
        blend = model.blend.without("answers")
        if self.model is not None:
            blend = blend.with_answers(weight)
        return replace(model, blend=blend, learned=replace(model.learned, answers=self.model))


@one_thread()
def learned_from(
    events: pd.DataFrame, signals: Signals, settings: Settings, before: AnswerModel | None
) -> LearnedAnswers:
    """Fit and judge.

    Parameters
    ----------
    events : DataFrame
        Events recorded here that stand. Imported ones answered lists of another system: whom it
        asked, and why, is not known.
    signals : Signals
        Of today.
    before : AnswerModel, optional
        What the version that serves learned.
    """
    rule, groups = settings.answers, signals.groups
    answers = learning.answers_of(events, signals.bank)
    new = answers
    if before is not None:
        new = answers[answers["recorded_at"] > pd.Timestamp(before.until or 0)]
    if len(answers) < rule.least:
        says = (
            f"{count(len(answers), 'answer')} so far: other customers' lists move from "
            f"{rule.least:,} on."
        )
        return LearnedAnswers(None, before, LaterAnswers(), len(answers), len(new), says, {})
    later = judged(answers, groups, rule, before)
    model: AnswerModel | None = learning.fit(answers, groups, rule)
    if not later.helps:
        model = None
    elif later.worse:
        model = before
    by_person = {}
    if model is not None and model is not before:
        for actor, n in new["actor"].value_counts().head(MOST_PEOPLE).items():
            theirs = new.loc[new["actor"] == actor]
            others = new.index.difference(theirs.index)
            mine = answers.drop(index=others).reset_index(drop=True)
            alone = learning.fit(mine, groups, rule) if len(mine) >= rule.least else None
            later_than_now = (theirs["action"] == "postponed").to_numpy(dtype=bool)
            n_no = int(((theirs["yes"] == 0) & ~later_than_now).sum())
            put_off = int(later_than_now.sum())
            by_person[str(actor)] = PersonsAnswers(int(n), n_no, put_off, alone)
    says = _says(later, rule.judged, len(answers))
    return LearnedAnswers(model, before, later, len(answers), len(new), says, by_person)


def _says(later: LaterAnswers, needed: int, n: int) -> str:
    if not later.n:
        return (
            f"{count(n, 'answer')}: too few to judge by later ones ({needed:,} are needed beside "
            f"those before), so each moves little."
        )
    how = (
        f"{later.n:,} later answers of {count(later.n_customers, 'customer')} whom they were not "
        f"learned from are foretold {'better' if later.helps else 'not surely better'} than by "
        f"the overall rate ({_nats(later.gain)} nats an answer [{_nats(later.low)}, "
        f"{_nats(later.high)}])"
    )
    if not later.helps:
        return f"Answers do not act: {how}."
    if later.worse:
        return (
            f"New answers do not act: {later.n_new:,} answers that came since are foretold worse "
            f"with them than by what the version before learned."
        )
    return f"Answers act: {how}."


def _nats(value: float) -> str:
    return "–" if value != value else f"{value:.3f}".replace("-", "−")


def _named(model: AnswerModel | None) -> tuple[int, str] | None:
    return None if model is None else (model.n, model.until)
