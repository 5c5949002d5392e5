"""One route: where it is, what it takes and gives, who may ask it, and what it asks the engine."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from engine import Engine

READ, WRITE, EXPORT, TRAIN = "read", "write", "export", "train"
METRICS: Final = "metrics"
"""Opens no route of the API but /metrics."""
MEGABYTE: Final = 1_000_000


class Query(BaseModel):
    """What every question may say in its query."""

    model_config = ConfigDict(extra="forbid")

    bank: str | None = Field(
        None, max_length=200, description="Id of a bank; else the one that pages open first."
    )


class Body(BaseModel):
    """What stands in the body of a request; nothing else may."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True)
class Call:
    """One request that may be answered: whose it is, and all that it says.

    Attributes
    ----------
    engine : Engine
        For what this client may see.
    whole : Engine
        The engine behind it, for what the server itself has to know.
    actor : str
        Who stands in records and in the audit trail.
    session : str
        Within which a look at the same record is noted once: a client and an hour.
    path : mapping
        Parameters of the path.
    query, body : BaseModel
        Checked; `body` is bytes where the route takes a file.
    """

    engine: Engine
    whole: Engine
    actor: str
    session: str
    path: Mapping[str, str]
    query: Any
    body: Any = None
    rows: tuple[int, int] = (100, 1000)
    """Rows of a page unless the client says otherwise, and at most."""

    @property
    def customer(self) -> str:
        """The customer of the path."""
        return self.path["customer_id"]

    @property
    def limit(self) -> int:
        """Rows of a page."""
        usual, most = self.rows
        return min(self.query.limit or usual, most)

    def look(self, customer_id: str) -> str:
        """Note that this client sees a customer's record; NotFound where it may see nobody so."""
        self.engine.trail.looked(customer_id, actor=self.actor, session=self.session)
        return customer_id

    def listed(self, what: str, customers: Iterable[Any]) -> None:
        """Note that this client gets a list of customers, and of how many: once a query and hour.

        A page of a long list is a query of its own.
        """
        asked = hashlib.sha256(repr(self.query).encode()).hexdigest()
        self.engine.trail.exported(
            what,
            actor=self.actor,
            rows=len(set(customers)),
            session=f"{self.session} {asked}",
        )

    def own(self, made: str) -> str:
        """An id that the client made, as it is stored: no other client's is the same."""
        return hashlib.sha256(f"{self.actor} {made}".encode()).hexdigest()

    @property
    def named(self) -> set[str]:
        """Customers whom the request names."""
        told = {self.path.get("customer_id")}
        for part in (self.query, self.body):
            told.add(getattr(part, "customer_id", None))
            told |= set(getattr(part, "customers", None) or ())
        return {one for one in told if one is not None}


@dataclass(frozen=True)
class Answer:
    """An answer with another status or with headers."""

    value: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Streamed:
    """An answer that is sent piece by piece."""

    media: str
    pieces: Iterator[bytes]


@dataclass(frozen=True)
class Endpoint:
    """A route and everything that is documented of it.

    Attributes
    ----------
    asks : str
        "service.method" of the engine: whoever may ask for that may ask this; "" for everybody.
    run : callable
        Call -> what is answered; runs in a thread.
    gives : type
        Of the answer: a record of the engine, a model, or `list[...]` of one.
    media : tuple of str
        Of a body that is a file.
    most : int
        Largest body in bytes; 0 for the setting.
    tagged : bool
        Whether an ETag stands with the answer, so that asking again is cheap.
    streams : tuple of str
        Media types of an answer that is streamed.
    """

    method: str
    path: str
    name: str
    summary: str
    tag: str
    asks: str
    run: Callable[[Call], Any]
    gives: Any
    scope: str = READ
    query: type[Query] = Query
    body: type[Body] | None = None
    media: tuple[str, ...] = ()
    most: int = 0
    status: tuple[int, ...] = (200,)
    tagged: bool = False
    streams: tuple[str, ...] = ()
    conflicts: bool = False
    """Whether 409 is among its answers."""

    @property
    def parameters(self) -> list[str]:
        """Names in the path, in their order."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
