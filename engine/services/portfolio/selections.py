"""Who is behind a number: groups, segments, alerts, customers without a list, weak spots."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from engine.audit import slices
from engine.audit.parity import groups
from engine.customers.book.groups import GROUPS, Book
from engine.errors import BadInput
from engine.labels import ALERT_TITLES
from engine.results import Counted, Nothing, Selected, Selection
from engine.scoring import nothing
from engine.scoring.current import CurrentScores
from engine.scoring.no_lists import CREDIT_KEPT, REASONS, credit_kept, no_lists
from engine.scoring.score_table import ScoreTable
from engine.services.portfolio.alerts import Alerting
from engine.services.portfolio.segments import SELECTIONS as OF_SEGMENTS
from engine.services.portfolio.segments import Segments
from engine.snapshot.kept_results import LastResults
from engine.vocabulary import CORPORATE

_ASKS: Final = {
    **{kind: (group.n_of,) for kind, group in GROUPS.items()},
    "alerts": (0, 1),
    "alert": (1, 2),
    "no_list": (0, 1),
    "nothing": (3,),
    "weak_spot": (1, 2),
    **OF_SEGMENTS,
}
"""Kind -> how many parameters it may have."""

_ANY_CREDIT: Final = "credit"
"""Stands for all rules together that keep credit back."""


class Selections:
    """Selections of customers of one bank, opened: the very customers whom a number counts."""

    def __init__(self, scores: CurrentScores, alerting: Alerting, segments: Segments):
        self._scores = scores
        self._alerting = alerting
        self._segments = segments
        self._results = LastResults()

    def read(self, address: str) -> Selection:
        """The selection of an address; BadInput where there is none of that kind."""
        selection = Selection.read(address)
        if len(selection.of) not in _ASKS.get(selection.kind, ()):
            what = f" with {len(selection.of)} parameters" if selection.kind in _ASKS else ""
            raise BadInput(
                f"There is no selection {selection.kind!r}{what}; expected one of "
                f"{', '.join(sorted(_ASKS))}. Open it from Insights again."
            )
        return selection

    def open(self, selection: Selection) -> Selected:
        """Whom it selects today, in the bank's order.

        Raises
        ------
        BadInput
            If there is no such kind, or it asks for something else.
        """
        selection = self.read(selection.address)
        bank = self._scores.get().bank
        ids = bank["customers"].loc[self.who(selection), "customer_id"]
        edition, note = bank.manifest.edition, ""
        if selection.edition not in (0, edition):
            note = (
                f"This was counted in edition {selection.edition} of the bank; edition {edition} "
                "is open, so the number may be another."
            )
        return Selected(len(ids), self._title(selection), selection, ids, note)

    def who(self, selection: Selection) -> np.ndarray:
        """Whom it selects, bool of shape (n_customers,)."""
        if selection.kind in GROUPS:
            return self.book().who(selection.kind, *selection.of)
        if selection.kind in OF_SEGMENTS:
            return self._segments.who(selection.kind, *selection.of)
        if selection.kind == "no_list":
            reasons = no_lists(self._scores.get())
            return (reasons == selection.of[0] if selection.of else reasons.notna()).to_numpy()
        if selection.kind == "nothing":
            return self._without(*selection.of)
        if selection.kind == "weak_spot":
            snapshot = self._scores.get().snapshot
            conditions, rule = _conditions(selection.of), snapshot.settings.fairness
            return slices.members(snapshot.profiles, conditions, snapshot.bank, rule)
        return self._alerted(*(selection.of if selection.kind == "alert" else ("", *selection.of)))

    def book(self) -> Book:
        """All customers at this moment, with what may be offered to them; one as long as nothing
        changes.
        """
        table = self._scores.get()
        return self._results.get("book", table, lambda: _book(table))

    def no_lists(self) -> tuple[Counted, ...]:
        """How many have no list: in all first, then by the reason; nothing where all have one."""
        reasons = set(no_lists(self._scores.get()).dropna())
        if not reasons:
            return ()
        parts = [self._counted("no_list", name) for name in REASONS if name in reasons]
        return self._counted("no_list"), *parts

    def nothing(self, attribute: str) -> Nothing:
        """Who has no list, by the first rule that leaves nothing and by group; persons only.

        Parameters
        ----------
        attribute : str
            As `Fairness.attributes` names it.
        """
        table = self._scores.get()
        reasons, kept, group = no_lists(table), credit_kept(table), self._groups(attribute)
        rule = table.settings.fairness
        counted = nothing.counted(reasons, group, rule.min_n)
        credit = nothing.counted(kept, group, rule.min_n, CREDIT_KEPT, "no credit, for any reason")
        credit["reason"] = credit["reason"].replace(nothing.ANY, _ANY_CREDIT)
        n, n_kept = (int((one.notna() & group.notna()).sum()) for one in (reasons, kept))
        n_customers = int(group.notna().sum())
        of_credit = credit.assign(reason=credit["reason"].replace(_ANY_CREDIT, nothing.ANY))
        return Nothing(
            attribute=attribute,
            table=self._openable(counted, attribute),
            sentence=nothing.sentence(counted, attribute, n, n_customers),
            credit=self._openable(credit, attribute),
            credit_sentence=nothing.sentence(
                of_credit, attribute, n_kept, n_customers, nothing.NO_CREDIT
            ),
            n=n,
            n_customers=n_customers,
            min_n=rule.min_n,
            model_version=table.version,
            as_of=table.bank.as_of,
        )

    def _openable(self, counted: pd.DataFrame, attribute: str) -> pd.DataFrame:
        """The same counts, each with the address of its customers."""
        edition = self._scores.get().bank.manifest.edition
        opens = [
            Selection("nothing", (row.reason, attribute, row.group), edition).address
            if row.n
            else ""
            for row in counted.itertuples()
        ]
        return counted.assign(opens=opens)

    def _groups(self, attribute: str) -> pd.Series:
        """The group of every person; missing for a company."""
        table = self._scores.get()
        person = (table.bank["customers"]["audience"] != CORPORATE).to_numpy()
        return groups.group_of(table.bank, attribute, table.settings.fairness).where(person)

    def _without(self, reason: str, attribute: str, group: str) -> np.ndarray:
        of_credit = reason == _ANY_CREDIT or reason in CREDIT_KEPT
        reasons = (credit_kept if of_credit else no_lists)(self._scores.get())
        all_ = reason in (nothing.ANY, _ANY_CREDIT)
        why = reasons.notna() if all_ else (reasons == reason).fillna(False)
        return (why & (self._groups(attribute) == group)).to_numpy(dtype=bool)

    def alerted(self, title: str | None = None, manager: str | None = None) -> Counted:
        """Customers with an open alert, of one title or of any, in one book or in all."""
        whose = (manager,) if manager else ()
        if title is None:
            return self._counted("alerts", *whose)
        kinds = [kind for kind, said in ALERT_TITLES.items() if said == title]
        return self._counted("alert", *(kinds or [title]), *whose)

    def weak_spot(self, conditions: Sequence[str]) -> Counted | None:
        """Who is today in a group for whom lists are worse; None where its columns are gone."""
        try:
            return self._counted("weak_spot", *conditions)
        except BadInput:
            return None

    def _counted(self, kind: str, *of: str) -> Counted:
        selection = Selection(kind, of, self._scores.get().bank.manifest.edition)
        return Counted(int(self.who(selection).sum()), self._title(selection), selection)

    def _title(self, selection: Selection) -> str:
        if selection.kind in GROUPS:
            return self.book().title(selection.kind, *selection.of)
        if selection.kind in OF_SEGMENTS:
            return self._segments.title(selection.kind, *selection.of)
        return _TITLES[selection.kind](*selection.of)

    def _alerted(self, kind: str, manager: str = "") -> np.ndarray:
        """Who has an open alert, of a kind or of any, in one book or in all."""
        table = self._scores.get()
        standing = self._alerting.standing(table.snapshot)
        if kind:
            standing = standing[standing["kind"] == kind]
        chosen = np.zeros(table.bank.n_customers, dtype=bool)
        chosen[standing["position"].to_numpy(dtype=int)] = True
        if manager:
            chosen &= (table.overview["relationship_manager"] == manager).to_numpy()
        return chosen


def _conditions(addresses: Sequence[str]) -> list[slices.Condition]:
    return [slices.Condition.read(address) for address in addresses]


def _weak_spot(*addresses: str) -> str:
    return slices.title(_conditions(addresses))


def _with_alerts(manager: str | None = None) -> str:
    return f"With an open alert{f', book of {manager}' if manager else ''}"


def _with_alert(kind: str, manager: str | None = None) -> str:
    whose = f", book of {manager}" if manager else ""
    return f"Alert: {ALERT_TITLES.get(kind, kind)}{whose}"


def _without_list(reason: str | None = None) -> str:
    return f"Without a list: {REASONS.get(reason, reason)}" if reason else "Without a list"


def _nothing(reason: str, attribute: str, group: str) -> str:
    if reason == _ANY_CREDIT or reason in CREDIT_KEPT:
        said = f": {CREDIT_KEPT[reason]}" if reason in CREDIT_KEPT else ""
        return f"Kept from credit, {attribute} {group}{said}"
    why = "" if reason == nothing.ANY else f": {REASONS.get(reason, reason)}"
    return f"Without a list, {attribute} {group}{why}"


_TITLES: Final[Mapping[str, Callable[..., str]]] = {
    "alerts": _with_alerts,
    "alert": _with_alert,
    "no_list": _without_list,
    "nothing": _nothing,
    "weak_spot": _weak_spot,
}


def _book(table: ScoreTable) -> Book:
    return Book(
        table.bank,
        table.snapshot.profiles,
        table.settings,
        next_offer=table.overview["next_offer"],
        allowed=table.allowed,
    )
