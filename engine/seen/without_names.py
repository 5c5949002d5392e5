"""What an analyst asks and is told, with keyed pseudonyms in place of customers and managers."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from inspect import BoundArguments
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from engine.customers import claims
from engine.errors import NotAllowed, NotFound
from engine.feedback.statistics import NO_REASON
from engine.labels import ALERT_TITLES, DISMISSAL_LABELS
from engine.people.rights import Right
from engine.results import Campaign, FeedbackStatistics, Selection

if TYPE_CHECKING:
    from engine.engine import Engine

PERSONAL: Final = "Names, contact and messages are not open to your role."
_AS_PSEUDONYM: Final = frozenset({"customer_id", "relationship_manager"})
_CALLED: Final = frozenset({"name", "customer"})
"""Columns of names; where the row has a customer's number they become its pseudonym."""
_GONE: Final = frozenset({"email", "phone", "address", "comment", "note", "text", "city"})
_KEYED: Final = frozenset({"alert_id", "event_id", "receipt_id"})
"""Columns of ids that may be hashes of a customer's number: whoever tries all numbers finds it."""
_NUMBERS: Final = ("customer_id", "manager", "customers")
"""Arguments that name customers or managers: pseudonyms are taken back."""
_OF_A_MANAGER: Final = {"alerts": 0, "alert": 1}
"""Kind of a selection -> which of its parameters is a manager."""
_TIES: Final[Mapping[str, tuple[str, ...]]] = {
    "alerts.open": ("severity", "raised_at"),
    "prospects.of": ("score", "confidence", "fit", "expected_value"),
    "campaigns.plan": ("expected_value", "confidence", "fit"),
    "campaigns.compare": ("expected_value", "confidence", "fit"),
}
"""Action -> columns by which its rows stand in order; ties stand by pseudonym."""
_TOLD_WHOLE: Final = frozenset(ALERT_TITLES) - {"says_leaving", "unusual_transaction"}
"""Kinds of alerts whose reasons are figures; any other is told by kind and day, without the
customer's words and without who was paid."""
_OTHER: Final = "other"
"""Stands for a reason of a dismissal in free words."""
_REASONS: Final = frozenset({*DISMISSAL_LABELS, NO_REASON})
_NOBODY: Final = "\x00"
"""A name or number that nobody has."""
UNKNOWN: Final = "There is no customer {0!r} here. Take a pseudonym from the list of customers."


class WithoutNames:
    """Narrows the questions and answers of whoever may see no names."""

    def __init__(self, engine: "Engine"):
        self._engine = engine

    # --- what is asked

    def narrow(self, action: str, right: Right, asked: BoundArguments) -> None:  # noqa: ARG002
        """Take pseudonyms back, and refuse to search by what is not told.

        Raises
        ------
        NotAllowed
            For a search, bounds or an order by who customers are.
        NotFound
            For a customer who is no pseudonym of this bank, be it somebody's number.
        """
        given = asked.arguments
        if action == "search.find":
            given["among"] = frozenset()
            return
        if action.startswith("customers."):
            _expect_plain(given)
        for name in _NUMBERS:
            value = given.get(name)
            if value is None or isinstance(value, pd.DataFrame):
                continue
            one = self._manager if name == "manager" else self._customer
            given[name] = one(value) if isinstance(value, str) else [one(str(v)) for v in value]
        for name, value in given.items():
            if isinstance(value, Selection):
                given[name] = self._selection(value)
            elif isinstance(value, Campaign):
                given[name] = self._campaign(value)
            elif isinstance(value, list) and any(isinstance(one, Campaign) for one in value):
                given[name] = [self._campaign(one) for one in value]

    def _customer(self, told: str) -> str:
        found = self._engine.pseudonyms.numbers().get(told)
        if found is None:
            raise NotFound(UNKNOWN.format(told))
        return found

    def _manager(self, told: str) -> str:
        return self._engine.pseudonyms.numbers().get(told, _NOBODY)

    def _selection(self, asked: Selection) -> Selection:
        place = _OF_A_MANAGER.get(asked.kind, len(asked.of))
        of = [self._manager(one) if n == place else one for n, one in enumerate(asked.of)]
        return dataclasses.replace(asked, of=tuple(of))

    def _campaign(self, asked: Campaign) -> Campaign:
        filters = {
            name: self._manager(value) if name == "relationship_manager" else value
            for name, value in asked.filters.items()
        }
        base = asked.base and self._selection(Selection.read(asked.base)).address
        return dataclasses.replace(asked, filters=filters, base=base)

    def instead(self, action: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """The method that answers."""
        if action != "customers.table":
            return method

        def in_order(*args: Any, **asked: Any) -> Any:
            found = method(*args, **asked)
            return self._among_ties(found, (asked.get("sort", "value_a_year"),))

        return in_order

    def refused(self, said: Any) -> Any:
        """What an answer that could not be given says, which may list managers."""
        return _Teller(self._engine).said(said) if isinstance(said, str) else said

    def own(self, ids: pd.Series) -> pd.Series:
        """Customers of the bank as they are called here, in no order of theirs."""
        return _in_no_order(ids, self._pseudonyms())

    # --- what is told

    def narrowed(self, action: str, right: Right, answer: Any) -> Any:  # noqa: ARG002
        """An answer without names."""
        if action == "customers.choices":
            pseudonyms = self._pseudonyms()
            told = [pseudonyms.get(one, one) for one in answer]
            return told if told == answer else sorted(told)
        if action == "feedback.history":
            answer = answer.assign(
                actor=self._engine.pseudonyms.keyed(answer["actor"]),
                reason=_known(answer["reason"]),
            )
        if action == "feedback.statistics":
            answer = self._statistics(answer)
        if columns := _TIES.get(action):
            answer = self._each_among_ties(answer, columns)
        return _Teller(self._engine).told(answer)

    def _pseudonyms(self) -> Mapping[str, str]:
        return self._engine.pseudonyms.known()

    def _statistics(self, answer: FeedbackStatistics) -> FeedbackStatistics:
        """By whom under pseudonyms, and why in the words of the list of reasons alone."""
        by_actor = answer.by_actor
        by_actor = by_actor.assign(group=self._engine.pseudonyms.keyed(by_actor["group"]))
        order = {"by": ["n_decisions", "group"], "ascending": [False, True]}
        why = answer.by_reason
        if len(why):
            why = why.assign(reason=_known(why["reason"]))
            why = why.groupby(["action", "reason"], as_index=False)["n"].sum()
            by = ["n", "action", "reason"]
            why = why.sort_values(by, ascending=[False, True, True], ignore_index=True)
        return dataclasses.replace(
            answer, by_actor=by_actor.sort_values(**order, ignore_index=True), by_reason=why
        )

    def _each_among_ties(self, answer: Any, columns: tuple[str, ...]) -> Any:
        if isinstance(answer, list):
            return [self._each_among_ties(one, columns) for one in answer]
        table = self._among_ties(answer.table, columns)
        return dataclasses.replace(answer, table=table)

    def _among_ties(self, table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
        """Rows in the order that they have, those alike in these columns by pseudonym.

        A rank stays where it is. Without it ties would stand by the number of the customer.
        """
        if len(table) < 2:
            return table
        kept = table[[name for name in columns if name in table]].reset_index(drop=True)
        before = kept.shift()
        alike = (kept == before) | (kept.isna() & before.isna())
        run = (~alike.fillna(False).astype(bool).all(axis="columns")).cumsum().to_numpy()
        called = table["customer_id"].map(self._pseudonyms()).fillna("").to_numpy(dtype=str)
        ordered = table.iloc[np.lexsort((called, run))]
        return ordered.assign(rank=table["rank"].to_numpy()) if "rank" in table else ordered


class _Teller:
    """Tells one answer: whom its pseudonyms are for is asked once, not at each of its words."""

    def __init__(self, engine: "Engine"):
        self._engine = engine
        self._pseudonyms = engine.pseudonyms.known()
        self._managers = engine.pseudonyms.managers()

    def told(self, answer: Any) -> Any:
        if isinstance(answer, pd.DataFrame):
            return self._table(answer)
        if isinstance(answer, pd.Series) and answer.name == "customer_id":
            return _in_no_order(answer, self._pseudonyms)
        if isinstance(answer, list):
            return [self.told(one) for one in answer]
        if isinstance(answer, tuple) and not hasattr(answer, "_fields"):
            return tuple(self.told(one) for one in answer)
        if isinstance(answer, dict):
            return {name: self.told(one) for name, one in answer.items()}
        if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
            return self._record(answer)
        return self.said(answer) if type(answer) is str else answer

    def _record(self, answer: Any) -> Any:
        """A record with each of its fields so changed."""
        changed = {}
        for field in dataclasses.fields(answer):
            if not field.init:
                continue
            value = getattr(answer, field.name)
            told = self._field(field.name, value)
            if told is not value:
                changed[field.name] = told
        return dataclasses.replace(answer, **changed) if changed else answer

    def _field(self, name: str, value: Any) -> Any:
        if type(value) is str and name in _AS_PSEUDONYM:
            return self._pseudonyms.get(value, value)
        return self.told(value)

    def said(self, text: str) -> str:
        """A text with pseudonyms for the managers whom it names."""
        for name, pseudonym in self._managers.items():
            if name in text:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", pseudonym, text)
        return text.replace(_NOBODY, "nobody")

    def _table(self, table: pd.DataFrame) -> pd.DataFrame:
        """Rows under new labels: those of the bank are places among its customers."""
        columns = set(table.columns)
        if not columns & _AS_PSEUDONYM:
            return table
        pseudonyms = self._pseudonyms
        # Whoever is in no table any more has no pseudonym there, and no number either.
        changed: dict[str, Any] = {
            name: table[name].map(pseudonyms) for name in columns & _AS_PSEUDONYM
        }
        if "customer_id" in columns:
            changed |= {name: changed["customer_id"] for name in columns & _CALLED}
        keyed = self._engine.pseudonyms.keyed
        changed |= {name: keyed(table[name]) for name in columns & _KEYED}
        if {"kind", "reason", "title", "raised_at"} <= columns:
            changed["reason"] = _by_kind(table)
        told = table.assign(**changed).drop(columns=[*(columns & _GONE)])
        if "customer_id" in columns and self._as_the_bank_has_them(table["customer_id"]):
            told = told.sort_values("customer_id", kind="stable")
        return told.reset_index(drop=True)

    def _as_the_bank_has_them(self, ids: pd.Series) -> bool:
        """Do customers stand in the order of the bank's rows, so that a place says who it is?"""
        places = self._engine.snapshot().bank.customer_positions(ids)
        return len(places) > 1 and bool(
            (np.diff(places) >= 0).all() or (np.diff(places) <= 0).all()
        )


def _in_no_order(ids: pd.Series, pseudonyms: Mapping[str, str]) -> pd.Series:
    """Customers as they are called here, in no order of theirs."""
    return ids.map(pseudonyms).sort_values(ignore_index=True)


def _expect_plain(given: Mapping[str, Any]) -> None:
    """NotAllowed where customers are looked for, bounded or ordered by who they are."""
    asked = {name for how in ("contains", "between") for name in _wanted(given.get(how))}
    if given.get("search") or (asked | {given.get("sort")}) & (_CALLED | _GONE | _AS_PSEUDONYM):
        raise NotAllowed(PERSONAL)
    if given.get("column") in _CALLED | _GONE:
        raise NotAllowed(PERSONAL)


def _wanted(by_column: Mapping[str, Any] | None) -> list[str]:
    nothing = ("", None, (None, None))
    return [name for name, what in (by_column or {}).items() if what not in nothing]


def _known(reasons: pd.Series) -> pd.Series:
    """Reasons of the list that is offered; `_OTHER` in place of any other words."""
    return reasons.where(reasons.isna() | reasons.isin(_REASONS), _OTHER)


def _by_kind(alerts: pd.DataFrame) -> pd.Series:
    """Reasons of alerts; of those that quote or name somebody the kind and the day."""
    hidden = ~alerts["kind"].isin(_TOLD_WHOLE)
    said = [
        f"{claims.raised_on(title=title, on=on).text}."
        for title, on in zip(alerts["title"][hidden], alerts["raised_at"][hidden], strict=True)
    ]
    reasons = alerts["reason"].copy()
    reasons[hidden] = said
    return reasons
