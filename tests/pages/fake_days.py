"""A day of the stand-in bank: one call of each kind, and what was written down about them."""

import pandas as pd

from engine.errors import BadInput, NotFound
from engine.results import Call, CallCard, CallPart, Day, FollowUp
from tests.pages.fake_people import AS_OF, EVIL, PRODUCTS
from tests.pages.fake_service import FakeService

PARTS = (CallPart("case", "Unresolved case", 1.5, "4 times"), CallPart("value", "Worth", 0.25))
KINDS = ("promise", "case", "care", "offer", "support")
MANAGERS = ("Raj Sen", "Rita Rao")


class FakeDays(FakeService):
    """Stands in for `engine.services.day.Days`."""

    def managers(self) -> tuple[str, ...]:
        return MANAGERS if self._engine.has_managers else ()

    def today(self, manager=None, *, most=None) -> Day:
        del most
        people = self._engine.people
        if manager is not None:
            people = people[people["relationship_manager"] == manager]
        gone = {row["customer_id"] for row in self._engine.contacts.values()}
        left = people[~people["customer_id"].isin(gone)] if self._engine.has_calls else people[:0]
        calls = tuple(
            self._call(row, rank) for rank, row in enumerate(left.head(4).itertuples(), start=1)
        )
        said = f"{len(calls)} calls today of {len(people)} customers."
        return Day(
            AS_OF,
            AS_OF,
            manager,
            self.managers(),
            len(people),
            calls,
            max(len(left) - 4, 0),
            {"Objects to marketing": 3},
            said if calls else f"Nobody of {len(people)} customers is called today.",
            ("The bank is generated: every figure is simulated.",),
            "USD",
            "v1",
        )

    def _call(self, row, rank: int) -> Call:
        kind = KINDS[(rank - 1) % len(KINDS)]
        sells = kind in ("case", "offer")
        return Call(
            rank,
            row.customer_id,
            row.name,
            row.relationship_manager,
            kind,
            f"May leave (churn index 8.4 of 10); worth about USD 1,240 a year; {EVIL}",
            1.75,
            PARTS,
            ("No offer before the case of 12 Jun 2026 is settled",),
            row.last_contact,
            (),
            1240.0,
            "P0" if sells else None,
            PRODUCTS[0] if sells else None,
            0.34 if sells else None,
            None,
        )

    def card(self, customer_id: str) -> CallCard:
        row = self._engine.row(customer_id)
        call = self._call(row, 2)
        promise = FollowUp("p1", customer_id, AS_OF, f"the rates {EVIL}", "Rita", AS_OF)
        return CallCard(
            customer_id,
            call.line,
            call.kind,
            PARTS,
            call.product_id,
            call.product,
            call.confidence,
            call.product or "",
            ("Spends USD 1,240 a month on flights", "Holds no card", "Asked for miles"),
            call.avoid,
            (promise,),
            row.last_contact,
            "Called about the rates",
        )

    def timeline(self, customer_id: str) -> pd.DataFrame:
        self._engine.row(customer_id)
        rows = [
            ("contact", "Reached", "Called about the rates", "Rita"),
            ("message", "Ticket, unresolved", EVIL, ""),
            ("money", "USD 12,000 out", "Harbour Motors", ""),
        ]
        frame = pd.DataFrame(rows, columns=["kind", "what", "detail", "by"])
        return frame.assign(at=[AS_OF - pd.Timedelta(days=n) for n in range(3)])

    def log(
        self,
        customer_id,
        *,
        contact_id,
        outcome,
        actor,
        note="",
        product_id=None,
        follow_up=None,
    ) -> bool:
        what = {"outcome": outcome, "note": note, "product_id": product_id, "until": follow_up}
        return self._stored(customer_id, contact_id, "log", actor, **what)

    def promise(self, customer_id, *, contact_id, actor, on, note="") -> bool:
        return self._stored(customer_id, contact_id, "promise", actor, until=on, note=note)

    def snooze(self, customer_id, *, contact_id, actor, until) -> bool:
        return self._stored(customer_id, contact_id, "snooze", actor, until=until)

    def done(self, customer_id, *, contact_id, actor) -> bool:
        return self._stored(customer_id, contact_id, "done", actor)

    def _stored(self, customer_id: str, contact_id: str, way: str, actor: str, **what) -> bool:
        if what.get("note") == "refuse":
            raise BadInput("The note has 2,001 characters; expected at most 2,000.")
        new = contact_id not in self._engine.contacts
        row = {"customer_id": customer_id, "way": way, "actor": actor, **what}
        self._engine.contacts.setdefault(contact_id, row)
        return new

    def take_back(self, contact_id: str, *, actor: str) -> bool:
        del actor
        if contact_id not in self._engine.contacts:
            raise NotFound("No contact was recorded here.")
        del self._engine.contacts[contact_id]
        return True


class FakeBriefs(FakeService):
    """Stands in for `engine.services.briefs.Briefs`."""

    def of(self, customer_id: str, *, actor: str, k: int = 5) -> str:
        del k
        self._engine.row(customer_id)
        return f"<!doctype html><h1>{customer_id}</h1><p>{actor}</p>"

    def export(self, brief: str, kind: str) -> bytes:
        del kind
        return brief.encode()
