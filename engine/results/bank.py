"""The bank itself: what stands on every page, what was added by hand, where a demo stops."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine import figures
from engine.json_values import json_value


@dataclass(frozen=True)
class BankSummary:
    """What stands on every page: whose data, of which day, scored by which version."""

    bank_id: str
    name: str
    currency: str
    as_of: pd.Timestamp
    simulated: bool
    n_customers: int
    n_products: int
    model_version: str
    grade: str
    """A letter, "simulated (A)", or "not gradable: no dated adoptions"."""
    degraded: tuple[str, ...] = ()
    """One short sentence per part that runs on a fallback ("sentiment: lexicon only")."""
    notes: tuple[str, ...] = ()
    damage: str = ""
    """A sentence where records of the bank cannot be read; "" where all can."""


@dataclass(frozen=True)
class Added:
    """What became of one submit."""

    record_id: str
    """For example "TXN_67": the prefix and the highest number so far plus one."""
    table: str
    """transactions or messages."""
    stored: bool
    """False when this submit was stored before; the id is then the one it got at that time."""


@dataclass(frozen=True)
class Retention:
    """How long each kind of data is kept, and what is past its period."""

    table: pd.DataFrame
    """kind, what, days (0: without an end), before (the moment to which the period reaches back),
    n, oldest, due, held, owner, last_run, last_by: a row a kind. `due` are past their period;
    `held` of them stay for the replay of lists whose receipts are kept, and for nothing else."""
    deleted: bool
    """Was what was due deleted, or only counted?"""

    @property
    def sentence(self) -> str:
        """What was deleted, or would be."""
        due, held = int(self.table["due"].sum()), int(self.table["held"].sum())
        if not due:
            return "Nothing is past its period."
        one, many = ("item was", "items were") if self.deleted else ("item is", "items are")
        verb = "deleted" if self.deleted else "due to be deleted"
        use = "serve" if self.deleted else "would serve"
        stay = f"; {held:,} more {use} nothing but the replay of kept lists" if held else ""
        return f"{figures.count(due - held, one, many)} {verb}{stay}."

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "deleted": self.deleted,
            "sentence": self.sentence,
            "kinds": json_value(self.table),
        }


@dataclass(frozen=True)
class Oversight:
    """What somebody who answers for the models looks at first."""

    n_models: int
    n_rules: int
    n_without_owner: int
    """Models and rules that no setting names an owner of."""
    n_changed: int
    """Fields that have surely changed since the version that serves was trained."""
    n_compared: int
    """Fields that could be compared."""
    n_overrides: int
    n_endless: int
    """Overrides without an end."""
    drift_owner: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stop:
    """One customer of the demo bank, on one page."""

    customer_id: str
    name: str
    title: str
    """In a few words, who this is."""
    page: str
    """Address of the page to look at; "" for the customer's own."""
    line: str
    """What to look at: facts of this moment."""
