"""A password in; a slow salted hash, whether it fits, or what is wrong with it out.

Argon2id as argon2-cffi sets it (RFC 9106, low memory: 64 MiB, 3 passes, 4 lanes), a salt of its own
for each account. Rules after NIST SP 800-63B: length counts, no composition, nothing that is
guessed first.
"""

import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from engine.errors import BadInput

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 256
"""Characters of a password; the most keeps a hash from costing what a visitor likes."""
_GUESSED_FIRST: Final = (
    "password",
    "passwort",
    "qwerty",
    "letmein",
    "welcome",
    "attune",
    "admin",
    "iloveyou",
    "123456",
    "abcdef",
)
_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Hashes at once: each takes 64 MiB, and anybody may ask for one."""


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


def hashed(password: str) -> str:
    """Hash a password with a new salt; parameters and salt stand in it."""
    with _AT_ONCE:
        return _hasher().hash(_plain(password))


def fits(kept: str | None, password: str) -> bool:
    """Does a password fit a hash? Takes as long where there is none, and is then False."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        with _AT_ONCE:
            return _hasher().verify(kept or _nobodys(), _plain(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher().hash("the password of nobody")


def outdated(kept: str) -> bool:
    """Was a hash made with other parameters than today's?"""
    return _hasher().check_needs_rehash(kept)


def expect_good(password: str, name: str) -> None:
    """Refuse a password that is short, holds the name, or is mostly what is guessed first.

    Raises
    ------
    BadInput
    """
    plain = _plain(password)
    if not LEAST <= len(plain) <= MOST:
        raise BadInput(
            f"A password has {LEAST} to {MOST} characters; this one has {len(plain)}. Four or five "
            "words in a row are easy to remember."
        )
    bare = plain.casefold()
    for guess in (name.casefold(), *_GUESSED_FIRST):
        bare = bare.replace(guess, "") if guess else bare
    if len(bare) < LEAST // 2 or len(set(bare)) < LEAST // 3:
        raise BadInput(
            "That password is among the first that are guessed: a name, a common word or one "
            "character again and again. Four or five words in a row are easy to remember."
        )


def _plain(password: str) -> str:
    """One spelling of what looks the same, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)[: MOST + 1]
