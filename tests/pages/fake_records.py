"""What is set down about the stand-in bank's customers, kept in memory."""

from engine.errors import BadInput
from engine.results import Added, Preferences
from engine.vocabulary import CONSENTED
from tests.pages.fake_people import EVIL
from tests.pages.fake_service import FakeService


class FakeRecords(FakeService):
    """Stands in for `engine.services.records.Records`."""

    def add_purchase(self, customer_id: str, *, submit_id: str, actor: str, **fields) -> Added:
        return self._add("TXN_", customer_id, fields | {"submit_id": submit_id, "actor": actor})

    def add_ticket(self, customer_id: str, *, submit_id: str, actor: str, **fields) -> Added:
        return self._add("SPRT_", customer_id, fields | {"submit_id": submit_id, "actor": actor})

    def add_post(self, customer_id: str, *, submit_id: str, actor: str, **fields) -> Added:
        return self._add("POST_", customer_id, fields | {"submit_id": submit_id, "actor": actor})

    def _add(self, prefix: str, customer_id: str, fields: dict) -> Added:
        if not fields.get("text", fields.get("merchant")):
            raise BadInput("The text has 0 characters; expected 1 to 4,000.")
        new = fields["submit_id"] not in self._engine.added
        self._engine.added.setdefault(fields["submit_id"], {"customer_id": customer_id, **fields})
        return Added(f"{prefix}{len(self._engine.added)}", "transactions", new)

    def set_consent(self, customer_id, purpose, status, *, source, actor="the program") -> None:
        self._engine.consents[customer_id, purpose] = status
        self._engine.trail.note(
            CONSENTED, actor=actor, customer_id=customer_id, what={purpose: status, "by": source}
        )

    def preferences(self, customer_id: str) -> Preferences:
        return Preferences(
            customer_id,
            "Medium",
            "low",
            (EVIL, "Buy a Home"),
            ("Bonds", "Dog Walking"),
            "",
            ("Low", "Medium"),
            ("low", "very high"),
            ("Rarely", "Daily"),
            ("Buy a Home", "Pay off Debt", EVIL),
            {"Investments": ("Bonds", "Funds"), "Other": ("Dog Walking",)},
        )

    def save_preferences(self, customer_id: str, *, actor: str, **stated) -> bool:
        self._engine.saved.append({"customer_id": customer_id, "actor": actor, **stated})
        return True

    def has_market(self) -> bool:
        return self._engine.market is not None

    def save_market(self, content: bytes, name: str, *, actor="the program") -> None:
        del name, actor
        self._engine.market = content

    def remove_market(self, *, actor="the program") -> bool:
        self._engine.market = None
        return True

    def reset(self, *, delete=False, actor="the program") -> None:
        self._engine.start()
