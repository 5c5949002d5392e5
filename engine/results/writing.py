"""Texts about a customer and a product, with who wrote them; what people say of a product."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.json_values import JsonRecord
from engine.results.selections import Counted

TEMPLATE = "template"


@dataclass(frozen=True)
class Written(JsonRecord):
    """A text, and who wrote it."""

    text: str
    template: str
    """The same facts as the template says them."""
    by: str = TEMPLATE
    """Or the writer's name: a model's, or a model's at a host."""
    reason: str = ""
    """Why the template is shown although somebody else was asked; may be empty."""

    @property
    def mark(self) -> str:
        """What stands beside the text."""
        if self.by != TEMPLATE:
            return f"Written by {self.by}, checked against the facts"
        return f"Template: {self.reason}" if self.reason else "Template"

    def to_json(self) -> dict[str, Any]:
        """With the mark."""
        return {"text": self.text, "by": self.by, "mark": self.mark, "template": self.template}


@dataclass(frozen=True, eq=False)
class CustomerInsight(JsonRecord):
    """One line and one paragraph about a customer."""

    customer_id: str
    line: Written
    paragraph: Written
    as_of: pd.Timestamp
    writer: str = ""
    """Who could put it in other words; "" where nobody is set."""


@dataclass(frozen=True)
class ProductNote(JsonRecord):
    """One thing that people find wrong with a product, and what could be done about it."""

    theme: str
    text: str
    """What is so, with count, share and interval."""
    suggestion: str
    n: int
    of: int
    source: str
    """"refusals", "reviews", "ratings" or "messages"."""
    quotes: tuple[str, ...] = ()
    """As they were written, cut; text of strangers, never markup."""
    cited: tuple[str, ...] = ()
    """Numbers of the records behind it: messages and events; "review 2" of the catalogue."""


@dataclass(frozen=True, eq=False)
class ProductVoice(JsonRecord):
    """What people say of a product and do with it."""

    product_id: str
    name: str
    line: str
    """Who holds it, to whom it is offered first, how it is rated."""
    notes: tuple[ProductNote, ...]
    themes: pd.DataFrame
    """source, theme, n, of, share, low, high: everything that was counted."""
    reviews: tuple[str, ...]
    """Of the catalogue, as they came, cut; "" is none."""
    quiet: str = ""
    """Why there is no note, where there is none."""
    offered_first: Counted | None = None
    holders: Counted | None = None
