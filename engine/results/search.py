"""What was typed into the search box of every page, and what it may mean."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """One thing that a typed text may mean."""

    kind: str
    """customer, product or page."""
    key: str
    """Customer number, product id, or the page's address."""
    name: str
    similar: bool
    """Found only by taking what was typed for a slip."""
