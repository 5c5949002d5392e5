"""Texts about the stand-in bank's customers, with a writer where a test names one."""

from collections.abc import Collection

from engine.results import CustomerInsight, Written
from tests.pages.fake_people import AS_OF, EVIL
from tests.pages.fake_service import FakeService


class FakeWriting(FakeService):
    """Stands in for `engine.services.writing.Writing`."""

    trouble = ""

    @property
    def leaves(self) -> str:
        if not self.writer:
            return "Nothing leaves this machine."
        return f"Figures go to {self.writer}; names leave as tokens."

    @property
    def writer(self) -> str:
        return self._engine.writer

    def customer(self, customer_id: str, *, ask: Collection[str] = ()) -> CustomerInsight:
        if ask:
            self._engine.asked_writer.append((customer_id, *ask))
        text = f"Spends 1,240 a month on {EVIL}."
        by = self.writer if ask and self.writer else "template"
        made = Written(text, text, by)
        return CustomerInsight(customer_id, made, made, AS_OF, self.writer)
