"""Who the bank's own identity provider says somebody is: claims in, a name and perhaps a role out.

The claims are those of an ID token (OpenID Connect Core 1.0, section 2) whose signature, issuer,
audience and nonce were checked when it was fetched; what this program relies on is checked here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from engine.errors import BadInput, SettingsError
from engine.people.roles import RELATIONSHIP_MANAGER, ROLES

EXPIRED: Final = "Your sign-in at the bank's identity provider is over. Sign in again."
"""For a token past its time, and for one that was used already."""
_NO_ROLE: Final = (
    "The bank's identity provider says who you are, and gives you no role in Attune. Ask whoever "
    "runs Attune at your bank."
)
_TWO_ROLES: Final = (
    "The bank's identity provider gives you more than one role in Attune. Ask whoever runs Attune "
    "at your bank which one is yours."
)
NO_BOOK: Final = (
    "The bank's identity provider says that you are a relationship manager, and not whose "
    "customers are yours. Ask whoever runs Attune at your bank."
)
_KEYS: Final = ("name_claim", "role_claim", "book_claim", "roles")


@dataclass(frozen=True)
class ClaimSettings:
    """Which claims are read.

    Attributes
    ----------
    name : str
        Holds what the account is named.
    role : str
        Holds the role or roles; "" where roles are those of the accounts' table.
    book : str
        Holds a relationship manager's book; "" where it is that of the account. The name shown is
        never it: at many providers people change that themselves.
    roles : mapping of str to str
        A value of the role claim -> a role of `ROLES`. Where it is empty, a value means itself;
        else only those in it mean anything: a group of the bank may be called as a role is.
    """

    name: str = "email"
    role: str = ""
    book: str = ""
    roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Identity:
    """Somebody as the identity provider knows them.

    Attributes
    ----------
    name : str
        Of the account.
    subject : str
        Hash of issuer and subject, which stay when a name is given to somebody else.
    mark : str
        Hash of the token: one token begins one session.
    role : str or None
        None where the table of accounts has it.
    book : str
        "" where the table of accounts has it, and in any role but one.
    until : datetime
        When the token ends, in UTC without a zone.
    """

    name: str
    subject: str = field(repr=False)
    mark: str = field(repr=False)
    shown_name: str
    email: str
    role: str | None
    book: str
    until: datetime


def claim_settings(told: Mapping[str, Any]) -> ClaimSettings:
    """Read the table [attune] of secrets.toml.

    Raises
    ------
    SettingsError
        For a key that is not known, a value that is no text, or a role that there is not.
    """
    if unknown := sorted(set(told) - set(_KEYS)):
        raise SettingsError(
            f"[attune] of secrets.toml has {', '.join(unknown)}; there are {', '.join(_KEYS)}."
        )
    roles = told.get("roles", {})
    claims = {key: told[key] for key in _KEYS[:3] if key in told}
    if not isinstance(roles, Mapping) or not all(isinstance(one, str) for one in claims.values()):
        raise SettingsError(
            "[attune] of secrets.toml holds names of claims, and a table [attune.roles] of what "
            "each value of the role claim stands for."
        )
    if wrong := sorted({str(role) for role in roles.values()} - set(ROLES)):
        raise SettingsError(
            f"[attune.roles] of secrets.toml leads to {', '.join(wrong)}; there are "
            f"{', '.join(ROLES)}."
        )
    return ClaimSettings(
        name=claims.get("name_claim") or "email",
        role=claims.get("role_claim", ""),
        book=claims.get("book_claim", ""),
        roles=MappingProxyType(dict(roles)),
    )


def identity_of(claims: Mapping[str, Any], read: ClaimSettings, now: datetime) -> Identity:
    """Read who somebody is.

    Parameters
    ----------
    claims : mapping
        Of a verified ID token.
    now : datetime
        In UTC without a zone.

    Raises
    ------
    BadInput
        If the token is past its time, names nobody, or gives no role or more than one.
    """
    until = _until(claims.get("exp"))
    if until <= now:
        raise BadInput(EXPIRED)
    issuer, subject = claims.get("iss"), claims.get("sub")
    name = _at(claims, read.name)
    if not all(isinstance(one, str) and one for one in (issuer, subject, name)):
        raise BadInput(_nothing_in(read.name))
    if read.name == "email" and claims.get("email_verified", True) is not True:
        raise BadInput(
            "The bank's identity provider has not verified your e-mail address, which is your "
            "name in Attune. Ask whoever runs it."
        )
    role = _role(_at(claims, read.role), read.roles) if read.role else None
    shown, email = claims.get("name"), claims.get("email")
    book = ""
    if role == RELATIONSHIP_MANAGER:
        book = _book(_at(claims, read.book)) if read.book else ""
    return Identity(
        name=name,
        subject=_hash([issuer, subject]),
        mark=_hash(dict(claims)),
        shown_name=shown if isinstance(shown, str) else "",
        email=email if isinstance(email, str) else "",
        role=role,
        book=book,
        until=until,
    )


def _until(exp: object) -> datetime:
    """When a token ends; BadInput where it does not say so."""
    if isinstance(exp, bool) or not isinstance(exp, int | float):
        raise BadInput(_nothing_in("exp"))
    try:
        return datetime.fromtimestamp(exp, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        raise BadInput(_nothing_in("exp")) from None


def _at(claims: Mapping[str, Any], claim: str) -> Any:
    """A claim by its name, or by its place in others ("realm_access.roles")."""
    if claim in claims:
        return claims[claim]
    found: Any = claims
    for part in claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _role(told: object, meanings: Mapping[str, str]) -> str:
    values = [told] if isinstance(told, str) else told
    if not isinstance(values, list | tuple):
        raise BadInput(_NO_ROLE)
    named = {one for one in values if isinstance(one, str)}
    meant = {meanings[one] for one in named & meanings.keys()} if meanings else named & ROLES.keys()
    if len(meant) != 1:
        raise BadInput(_TWO_ROLES if meant else _NO_ROLE)
    return meant.pop()


def _book(told: object) -> str:
    book = told.strip() if isinstance(told, str) else ""
    if not 0 < len(book) <= 200 or not book.isprintable():
        raise BadInput(NO_BOOK)
    return book


def _nothing_in(claim: str) -> str:
    return (
        f"The bank's identity provider sent no usable {claim}, which Attune needs to know who you "
        "are. Ask whoever runs it."
    )


def _hash(what: object) -> str:
    text = json.dumps(what, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
