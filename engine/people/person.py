"""People who use the dashboard, and a session of theirs."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """Somebody with an account.

    Attributes
    ----------
    actor : str
        Stable id, written with every event.
    name : str
        What they type to sign in.
    book : str or None
        The relationship manager, as the bank's table of customers names them, whose customers are
        theirs; None in any other role.
    """

    actor: str
    name: str
    shown_name: str
    email: str
    role: str
    locked: bool
    book: str | None = None


@dataclass(frozen=True)
class SignIn:
    """A session that has begun; the token is known to the browser alone.

    Attributes
    ----------
    seconds : int
        After which it ends, whatever happens.
    """

    token: str = field(repr=False)
    seconds: int
    person: Person
