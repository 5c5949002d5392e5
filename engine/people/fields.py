"""What a name, an e-mail address and a book of an account may be, and how they are kept."""

import re
import unicodedata
from typing import Final

from engine.errors import BadInput
from engine.people.roles import RELATIONSHIP_MANAGER, ROLES

NAME: Final = re.compile(r"[\w.@+-]{2,64}")
"""Of an account, as it is kept."""
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def bare(name: str) -> str:
    """A name as it is kept, however it was typed."""
    return unicodedata.normalize("NFKC", name[:200]).strip().casefold()


def is_spelled(told: str, name: str) -> bool:
    """Is a name the one that is kept, but for capitals?

    `bare` also makes one of "ß" and "ss", of wide and narrow letters, and of what a long name
    begins with; at an identity provider these may be several people.
    """
    return unicodedata.normalize("NFC", told).lower() == name


def expect_about(shown_name: str, email: str) -> tuple[str, str]:
    """A name to be shown and an e-mail address, "" for none, as they are kept."""
    shown = " ".join(shown_name.split())
    if not 1 <= len(shown) <= 80 or not shown.isprintable():
        raise BadInput("A name to be shown has 1 to 80 characters.")
    if email and not _EMAIL.fullmatch(email):
        raise BadInput("That is no e-mail address: it has one @ between a name and a place.")
    return shown, email


def expect_book(role: str, book: str) -> str:
    """A book as it is kept, "" for none; BadInput where there is no such role, or it and the book
    do not go together."""
    if role not in ROLES:
        raise BadInput(f"{role!r} is no role; there are {', '.join(ROLES)} (--role).")
    told = book.strip()
    if role == RELATIONSHIP_MANAGER and not (0 < len(told) <= 200 and told.isprintable()):
        raise BadInput(
            "A relationship manager sees the customers of one book: name it as the column "
            "relationship_manager of the bank's customers does (--book)."
        )
    if role != RELATIONSHIP_MANAGER and told:
        raise BadInput(f"Only a relationship_manager has a book, and this is {role}.")
    return told
