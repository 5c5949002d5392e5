"""What may be said: a fact with its number, its unit, its names and of whom it is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from engine.writing.quantities import Quantity, read_one

CALLED: Final = frozenset({"customer", "client"})
"""What somebody is called in place of their name."""


@dataclass(frozen=True)
class Fact:
    """One thing that is so.

    Attributes
    ----------
    name : str
        What it is, for a reason: "unresolved cases".
    subject : str
        Of whom it is said, by the name that a text would use; "" for the one that all is about.
    quantities : tuple of Quantity
        As they are written, each of another unit. A text says all of them or does not say it.
    needs : tuple of frozenset of str
        Of each set a text uses at least one word: what the number is the number of.
    words : frozenset of str
        Further words that may be used of it. A word that is in no set says something else.
    names : tuple of str
        Products, categories, goals, segments that it is said of; a text names all of them.
    phrases : tuple of str
        Words of ours that mean something only together: "current, savings or deposit accounts".
    optional : bool
        A text may leave it out: it says how another figure was worked out.
    goes_on : tuple of str
        Phrases that may follow it, and nothing else: "more than is usual here".
    after : str
        Name of the fact that it belongs to: a month of a balance, a confidence of an offer. It may
        be said only where that fact, or another one after it, was said just before.
    """

    name: str
    subject: str = ""
    quantities: tuple[Quantity, ...] = ()
    needs: tuple[frozenset[str], ...] = ()
    words: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    optional: bool = False
    goes_on: tuple[str, ...] = ()
    after: str = ""

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that may be used of it."""
        return self.words.union(*self.needs)


def fact(
    name: str,
    written: str | Iterable[str] = (),
    *,
    needs: Iterable[str] = (),
    words: str = "",
    names: Iterable[str] = (),
    phrases: Iterable[str] = (),
    subject: str = "",
    optional: bool = False,
    goes_on: Iterable[str] = (),
    after: str = "",
) -> Fact:
    """A fact from short texts.

    Parameters
    ----------
    written : str or several
        Its quantities as the template writes them: "USD 1,240".
    needs : iterable of str
        Sets of words, each as one text: "case cases"; a phrase does for a word of the first.
    words : str
        Further words.
    """
    texts = (written,) if isinstance(written, str) else tuple(written)
    known = tuple(phrases)
    groups = [frozenset(group.split()) for group in needs]
    if known and groups:
        groups[0] |= frozenset(known)
    return Fact(
        name=name,
        subject=subject,
        quantities=tuple(read_one(text) for text in texts),
        needs=tuple(groups),
        words=frozenset((*words.split(), *known)),
        names=tuple(dict.fromkeys(names)),
        phrases=known,
        optional=optional,
        goes_on=tuple(goes_on),
        after=after,
    )
