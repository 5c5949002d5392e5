"""What a question may be about: every intent with its phrasings, read from a file."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("intents.toml")
NONE: Final = "none"
"""The intent of what is refused."""
FIRST: Final = ("fraud", "distress")
"""Answered before anything else, and alone."""
ACTIONS: Final = ("outcome", "objection", "follow_up")
"""Proposed, never done by text."""
ABOUT_ONE: Final = frozenset(
    {"balance", "spending", "income", "due", "forecast", "offers", "why", "why_not", "what_if"}
    | {"mood", "used", "holdings", "leaving", "about", *ACTIONS}
)
"""Intents that are of one customer."""
ABOUT_A_PRODUCT: Final = frozenset({"why_not", "takers", "product"})
"""Intents that are of one product."""
_SLOT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Phrasings:
    """Every phrasing with its intent.

    Attributes
    ----------
    labels : dict
        Intent -> what people call it.
    intents, texts : tuple of str
        Of each phrasing; a slot stands in a text as `slot_word` gives it.
    """

    labels: dict[str, str]
    intents: tuple[str, ...]
    texts: tuple[str, ...]

    @classmethod
    def read(cls, path: Path = FILE) -> "Phrasings":
        """From a TOML file: a table an intent, with `label` and `phrasings`."""
        tables = tomllib.loads(path.read_text("utf-8"))
        pairs = [(name, text) for name, table in tables.items() for text in table["phrasings"]]
        return cls(
            {name: table["label"] for name, table in tables.items()},
            tuple(name for name, _ in pairs),
            tuple(_SLOT.sub(lambda found: slot_word(found[1]), text) for _, text in pairs),
        )


@cache
def shipped() -> Phrasings:
    """Those that come with the program."""
    return Phrasings.read()


def slot_word(slot: str) -> str:
    """The word that stands for what was found, in phrasings and questions alike."""
    return f"x{slot}x"
