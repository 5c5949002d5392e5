"""Small pieces of sentences: figures, clauses and texts that fit a width."""

from engine.figures import count, day, figure, listing, money, percent

__all__ = [
    "clause",
    "count",
    "day",
    "figure",
    "listing",
    "money",
    "percent",
    "score",
    "shorten",
]


def score(value: float) -> str:
    """A 0-10 score or metric as "7.5 of 10"; whole numbers without a decimal."""
    text = f"{value:.1f}"
    return f"{text.removesuffix('.0')} of 10"


def clause(text: str) -> str:
    """A text as it stands inside a sentence: small first letter, unless the word is a name."""
    text = text.strip().rstrip(".")
    first = text.split(" ", 1)[0]
    plain = first[1:].islower() or len(first) == 1
    return text[:1].lower() + text[1:] if plain else text


def shorten(text: str, width: int) -> str:
    """A text of at most `width` characters, cut between words with an ellipsis."""
    if len(text) <= width:
        return text
    kept = text[: width - 1].rsplit(" ", 1)[0].rstrip(" ,;:")
    return f"{kept}…"
