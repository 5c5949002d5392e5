"""What a relationship manager asks and is told, narrowed to the customers of the own book."""

import dataclasses
import threading
from collections.abc import Callable, Collection, Mapping
from inspect import BoundArguments
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from engine.errors import NotAllowed, NotFound
from engine.people.rights import BOUND, COUNTS, CUSTOMER, MADE, OWNED, ROWS, Right
from engine.people.viewer import Viewer
from engine.results import Counted, Selected

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.seen.seen import Seen

UNKNOWN: Final = "There is no customer {0!r} in your book. Search the list of your customers."
"""Said of whom the bank does not have and of whose customer somebody else's is, alike."""
NO_SUCH: Final = "There is no {0} {1!r} in your book."
OF_THE_BANK: Final = "This is worked out over the whole bank, so it is not open to your role."
_NOBODY: Final = "\x00"
"""A name that no table of customers holds."""
_NO_BOOK: Final = "This bank has no customers in your book."


class Books:
    """Who is in whose book of one bank, worked out once for a table of customers."""

    def __init__(self, engine: "Engine"):
        self._engine = engine
        self._lock = threading.Lock()
        self._books: dict[str, tuple[pd.DataFrame, np.ndarray, frozenset[str]]] = {}

    def of(self, manager: str | None) -> tuple[np.ndarray, frozenset[str]]:
        """Which customers of the bank's order, bool of shape (n_customers,), and their ids."""
        customers = self._engine.snapshot().bank["customers"]
        key = manager or ""
        with self._lock:
            known = self._books.get(key)
            if known is None or known[0] is not customers:
                mine = np.zeros(len(customers), dtype=bool)
                if manager:
                    named = customers["relationship_manager"] == manager
                    mine = named.fillna(False).to_numpy(dtype=bool)
                ids = frozenset(customers.loc[mine, "customer_id"].astype(str))
                known = self._books[key] = (customers, mine, ids)
        return known[1], known[2]


class OwnBook:
    """Narrows one person's questions and answers.

    Parameters
    ----------
    seen : Seen
        The same engine for the same person: what answers are made of is narrowed too.
    """

    def __init__(self, engine: "Engine", seen: "Seen", viewer: Viewer, books: Books):
        self._engine = engine
        self._seen = seen
        self._viewer = viewer
        self._books = books

    @property
    def ids(self) -> frozenset[str]:
        """Customers of the book."""
        return self._books.of(self._viewer.book)[1]

    @property
    def rows(self) -> np.ndarray:
        """The same among those of the bank, bool of shape (n_customers,)."""
        return self._books.of(self._viewer.book)[0]

    @property
    def manager(self) -> str:
        """Whose customers they are; whoever has none here is not taken for those of nobody."""
        return self._viewer.book if self._viewer.book and self.ids else _NOBODY

    # --- what is asked

    def narrow(self, action: str, right: Right, asked: BoundArguments) -> None:
        """Set or check the arguments of one question.

        Raises
        ------
        NotFound
            For a customer, or something stored of one, that is not of the book or not at all.
        NotAllowed
            For what is only known of the whole bank.
        """
        if right.scope == COUNTS:
            raise NotAllowed(OF_THE_BANK)
        given = asked.arguments
        if right.scope == CUSTOMER:
            for name in right.of:
                self._expect_customers(action, name, asked)
            if "manager" in asked.signature.parameters:
                given["manager"] = self.manager
        elif right.scope == BOUND:
            self._bind(action, right, asked)
        elif right.scope == MADE:
            for name in right.of:
                self.expect(customers_in(given[name]))
        elif right.scope == OWNED:
            for name in right.of:
                self._expect_owned(action, str(given[name]))
        elif right.scope == ROWS:
            for name in right.of:
                if given.get(name) is not None:
                    self.expect([given[name]])

    def expect(self, customers: Collection[Any]) -> None:
        """NotFound unless each is of the book."""
        ids = self.ids
        for customer in customers:
            if not isinstance(customer, str) or customer not in ids:
                raise NotFound(UNKNOWN.format(customer))

    def _expect_customers(self, action: str, name: str, asked: BoundArguments) -> None:
        value = asked.arguments.get(name)
        if value is None and action in _OF_NOBODY:
            return
        if value is None and name == "customers":
            order = self._engine.snapshot().bank.customer_ids
            asked.arguments[name] = [str(one) for one in order[self.rows]]
            return
        self.expect([value] if isinstance(value, str) or value is None else list(value))

    def _bind(self, action: str, right: Right, asked: BoundArguments) -> None:
        given = asked.arguments
        if "customer_id" in right.of and given.get("customer_id") is not None:
            self.expect([given["customer_id"]])
        if "manager" in asked.signature.parameters:
            named = given.get("manager")
            if named is not None and named != self._viewer.book:
                raise NotFound(NO_SUCH.format("relationship manager", named))
            given["manager"] = self.manager
        if "book" in right.of:
            given["book"] = self.manager
        if "among" in right.of:
            among = given.get("among")
            given["among"] = self.ids if among is None else self.ids & among
        if action == "alerts.open":
            given["fairness"] = False
        if action == "days.today" and not self.ids:
            raise NotFound(_NO_BOOK)
        if action == "assistant.suggestions" and given.get("customer_id") is None:
            given["customer_id"] = min(self.ids, default="")
        if (talk := given.get("conversation")) is not None:
            spoken_of = {talk.customer_id, *(one.customer_id for one in talk.history)}
            self.expect(sorted((spoken_of | {one for one, _ in talk.in_need}) - {""}))

    def _expect_owned(self, action: str, reference: str) -> None:
        """NotFound, alike for what is of another book and for what is not there."""
        what = _STORED[action]
        customer = _CUSTOMER_OF[what](self._engine, reference)
        if customer is None or customer not in self.ids:
            raise NotFound(NO_SUCH.format(what, reference))

    # --- who answers

    def instead(self, action: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """The method that answers: the assistant's asks services that are narrowed themselves."""
        if action == "assistant.ask":
            return self._engine.assistant.of(self._seen).ask
        return method

    # --- what is told

    def refused(self, said: Any) -> Any:
        """What an answer that could not be given says."""
        return said

    def own(self, ids: pd.Series) -> pd.Series:
        """Of some customers those of the book."""
        return ids[ids.isin(self.ids)].reset_index(drop=True)

    def narrowed(self, action: str, right: Right, answer: Any) -> Any:
        """An answer without what is of other books."""
        if action in _TOLD:
            return _TOLD[action](self, answer)
        if isinstance(answer, pd.DataFrame) and (right.scope == ROWS or "customer_id" in answer):
            return self._own_rows(answer)
        if right.scope == ROWS and action not in _ONE_OF:
            raise NotAllowed(OF_THE_BANK)
        return self._counted(answer)

    def _own_rows(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["customer_id"].isin(self.ids)].reset_index(drop=True)

    def _counted(self, answer: Any) -> Any:
        """Numbers of customers counted again over the book."""
        if isinstance(answer, Counted) and not isinstance(answer, Selected):
            who = self._engine.selections.who(answer.selection)
            return dataclasses.replace(answer, n=int((who & self.rows).sum()))
        if isinstance(answer, tuple | list) and any(isinstance(one, Counted) for one in answer):
            counted = [self._counted(one) for one in answer]
            return tuple(one for one in counted if not isinstance(one, Counted) or one.n)
        return answer

    def _selected(self, answer: Selected) -> Selected:
        ids = answer.customer_ids[answer.customer_ids.isin(self.ids)]
        return dataclasses.replace(answer, n=len(ids), customer_ids=ids)

    def _managers(self, _answer: tuple[str, ...]) -> tuple[str, ...]:
        return (self._viewer.book,) if self._viewer.book and self.ids else ()

    def _summary(self, answer: Any) -> Any:
        return dataclasses.replace(answer, n_customers=len(self.ids))

    def _day(self, answer: Any) -> Any:
        return dataclasses.replace(answer, managers=self._managers(()))

    def _catalogue(self, answer: pd.DataFrame) -> pd.DataFrame:
        held = self._held()
        return answer.assign(n_holders=answer["product_id"].map(held).astype(float))

    def _sheet(self, answer: Any) -> Any:
        if answer.n_holders is None:
            return answer
        audience = self._engine.snapshot().bank["customers"]["audience"] == answer.audience
        n = int((audience.fillna(False).to_numpy(dtype=bool) & self.rows).sum())
        holders = int(self._held()[answer.product_id])
        return dataclasses.replace(answer, n_holders=holders, share=holders / n if n else None)

    def _held(self) -> dict[str, float]:
        """Product id -> how many of the book hold it; NaN where the bank records no holdings."""
        bank = self._engine.snapshot().bank
        held = bank.held[self.rows].sum(axis=0).astype(float)
        if bank["holdings"].empty:
            held[:] = np.nan
        return dict(zip(map(str, bank.product_ids), held, strict=True))


def customers_in(made: Any) -> list[str]:
    """Numbers of the customers whom an earlier answer is about.

    Raises
    ------
    NotAllowed
        Where it cannot be told.
    """
    if isinstance(made, pd.DataFrame) and "customer_id" in made.columns:
        return [str(one) for one in made["customer_id"]]
    if isinstance(getattr(made, "customer_id", None), str):
        return [made.customer_id]
    if isinstance(table := getattr(made, "table", None), pd.DataFrame):
        return customers_in(table)
    raise NotAllowed(OF_THE_BANK)


def _customer_of_event(engine: "Engine", event_id: str) -> str | None:
    found = engine.snapshots.events.find(event_id)
    return None if found is None else str(found["customer_id"])


def _customer_of_alert(engine: "Engine", alert_id: str) -> str | None:
    feed = engine.alerts.feed(engine.snapshot())
    return _first(feed.loc[feed["alert_id"] == alert_id, "customer_id"])


def _customer_of_contact(engine: "Engine", contact_id: str) -> str | None:
    rows = engine.snapshots.state.contacts.read()
    return _first(rows.loc[rows["contact_id"] == contact_id, "customer_id"])


def _customer_of_receipt(engine: "Engine", reference: str) -> str | None:
    table, text = engine.receipts.table(), reference.strip()
    named = (table["number"].astype(str) == text) | (table["receipt_id"] == text)
    return _first(table.loc[named, "customer_id"])


def _first(customers: pd.Series) -> str | None:
    found = customers.dropna()
    return None if found.empty else str(found.iloc[0])


_CUSTOMER_OF: Final = {
    "event": _customer_of_event,
    "alert": _customer_of_alert,
    "contact": _customer_of_contact,
    "receipt": _customer_of_receipt,
}
"""What is stored -> whose it is; None where there is no such thing."""
_STORED: Final = {
    "feedback.purchased": "event",
    "feedback.undo": "event",
    "alerts.acknowledge": "alert",
    "alerts.reopen": "alert",
    "days.take_back": "contact",
    "receipts.get": "receipt",
    "receipts.replay": "receipt",
}
_OF_NOBODY: Final = frozenset({"scenarios.nearest", "trail.exported"})
"""Actions that may be about nobody."""
_ONE_OF: Final = frozenset({"selections.no_lists"})
"""Actions of the scope rows whose answers are numbers of customers."""
_TOLD: Final[Mapping[str, Callable[[OwnBook, Any], Any]]] = {
    "selections.open": OwnBook._selected,
    "days.managers": OwnBook._managers,
    "days.today": OwnBook._day,
    "facts.summary": OwnBook._summary,
    "products.table": OwnBook._catalogue,
    "products.of": OwnBook._sheet,
}
"""Actions whose answers have a way of their own to be narrowed."""
