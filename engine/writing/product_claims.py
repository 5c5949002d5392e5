"""What is said of a product: kinds of claims with their words."""

from engine.customers.claims import kind
from engine.figures import count, percent


@kind
def product_held(n: int, of: int, audience: str) -> str:
    """Customers of its audience who hold it."""
    return f"held by {n:,} of {count(of, f'{audience} customer')} ({percent(n / of)})"


@kind
def product_first(n: int) -> str:
    """Customers on whose growth list it stands first."""
    return f"the first offer to {count(n, 'customer')}"


@kind
def product_answers(n: int, of: int) -> str:
    """Customers who answered an offer of it, by their last answer, and those who took it."""
    return f"taken by {n:,} of {count(of, 'customer')} who answered an offer ({percent(n / of)})"


@kind
def product_rated(mean: float, n: int) -> str:
    """Mean of its ratings, 0 to 1, without those that nobody moved."""
    return f"rated {mean:.2f} of 1 ({count(n, 'rating')})"


@kind
def complained(source: str, theme: str, n: int, of: int, low: float, high: float) -> str:
    """What is found wrong with a product: how often, of how many, with the 95 % interval."""
    interval = f"{percent(n / of)} [{percent(low)}, {percent(high)}]"
    return f"{theme[:1].upper()}{theme[1:]}: {n:,} of {count(of, *_SOURCES[source])}, {interval}"


_SOURCES = {
    "refusals": ("refusal with a reason", "refusals with a reason"),
    "comments": ("comment", "comments"),
    "reviews": ("review of the catalogue", "reviews of the catalogue"),
    "ratings": ("rating, below half", "ratings below half"),
    "messages": ("message about it", "messages about it"),
}
"""Source -> one and several of what is counted."""
