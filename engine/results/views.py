"""What people keep for one another: named queries of a page, and notes on days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pandas as pd

from engine.json_values import JsonRecord


@dataclass(frozen=True)
class View(JsonRecord):
    """A page with what it was narrowed to, under a name.

    Attributes
    ----------
    name : str
    page : str
        "customers", for example.
    query : mapping
        What stands in the address of the page: name of a filter -> its value.
    actor : str
        Who saved it last.
    saved_at : Timestamp
        In UTC.
    """

    name: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    actor: str = ""
    saved_at: pd.Timestamp = pd.NaT

    @property
    def address(self) -> str:
        """The query as an address has it: "churn_band=High&sort=Name%2C+A+to+Z"."""
        return urlencode(dict(self.query))


@dataclass(frozen=True)
class Note(JsonRecord):
    """A note on a day, which stands on charts over time.

    Attributes
    ----------
    note_id : str
    day : Timestamp
        Midnight of the day.
    text : str
    actor : str
    recorded_at : Timestamp
        In UTC.
    """

    note_id: str
    day: pd.Timestamp
    text: str
    actor: str
    recorded_at: pd.Timestamp
