"""Who is behind a number of the stand-in bank."""

import pandas as pd

from engine.errors import BadInput
from engine.results import Counted, Nothing, Selected, Selection
from tests.pages.fake_people import AS_OF, EVIL
from tests.pages.fake_service import FakeService


def opened(people: pd.DataFrame, selection: Selection) -> Selected:
    """Whom it selects."""
    churn = people["churn"]
    chosen = {
        "segment": lambda name: people["segment"] == name,
        "at_risk": lambda: churn >= 7,
        "alerts": lambda manager=None: people["n_alerts"] > 0,
        "no_list": lambda reason=None: churn < 2,
    }.get(selection.kind, lambda *of: churn >= 0)(*selection.of)
    ids = people.loc[chosen, "customer_id"]
    return Selected(len(ids), " ".join((EVIL, selection.kind, *selection.of)), selection, ids)


class FakeSelections(FakeService):
    """Stands in for `engine.services.portfolio.selections.Selections`."""

    def read(self, address: str) -> Selection:
        if "nobody" in address:
            raise BadInput("There is no selection 'nobody'; expected one of segment.")
        return Selection.read(address)

    def open(self, selection: Selection) -> Selected:
        return opened(self._engine.people, selection)

    def no_lists(self) -> tuple[Counted, ...]:
        return self.open(Selection("no_list")), self.open(Selection("no_list", ("objects",)))

    def nothing(self, attribute: str) -> Nothing:
        address = Selection("nothing", ("any", attribute, "female")).address
        rows = [
            ("any", "no list, for any reason", "female", 24, 6, 0.25, 0.1, 0.4, True, address),
            ("refused", "opted out", "female", 24, 6, 0.25, 0.1, 0.4, False, address),
        ]
        columns = ["reason", "label", "group", "n_group", "n", "rate", "low", "high", "more"]
        table = pd.DataFrame(rows, columns=[*columns, "opens"])
        said = f"6 of 48 customers have no list of offers. By {attribute}, more often: female."
        return Nothing(attribute, table, said, 6, 48, 30, "v2", AS_OF)

    def alerted(self, title: str | None = None, manager: str | None = None) -> Counted:
        del title, manager
        return self.open(Selection("alerts"))


class FakeSegments(FakeService):
    """Stands in for `engine.services.portfolio.segments.Segments`: one of whoever is at risk."""

    def warm_up(self) -> None:
        """There is nothing to find."""

    def counts(self) -> tuple[Counted, ...]:
        return (opened(self._engine.people, Selection("profile_segment", ("1",))),)

    def like(self, customer_id: str) -> Counted | None:
        return self.counts()[0] if customer_id != "unlike" else None
