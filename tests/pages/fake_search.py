"""What the stand-in bank finds for the search box, and its demonstration: it has none."""

import pandas as pd

from engine.customers.name_index import NameIndex
from engine.errors import BadInput
from engine.results import Found
from tests.pages.fake_service import FakeService


class FakeSearch(FakeService):
    """Stands in for `engine.services.search.Search`."""

    def find(self, text, pages=None, k=5, *, among=None):
        people = self._engine.people
        index = NameIndex.of(people["name"], people["customer_id"])
        rows, _ = index.find(text)
        found = people.loc[rows, ["customer_id", "name"]].itertuples(index=False)
        found = [Found("customer", *one, False) for one in found]
        names = pd.Series(pages or {}, dtype="str")
        rows, _ = NameIndex.of(names).find(text)
        return found[:k] + [Found("page", names.index[row], names.iloc[row], False) for row in rows]

    def warm_up(self):
        return None


class FakeDemonstration(FakeService):
    """Stands in for `engine.services.opening.demonstration.Demonstration`."""

    n_stops = 0

    def stop(self, number):
        raise BadInput(f"Got the stop {number}; this bank has 0 stops.")

    def reset(self, *, actor="the program"):
        raise BadInput("This is not the demo bank.")
