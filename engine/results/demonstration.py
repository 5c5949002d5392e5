"""Where a demonstration stops, and what there is to see."""

from dataclasses import dataclass


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
