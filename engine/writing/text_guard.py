"""A text that somebody wrote and the facts in; whether it says those and nothing else, out.

A text is read as sentences, and a sentence as statements between its commas and its "and". Each
statement must be one fact: its numbers with their units, the words that say what they are numbers
of, its names, and the one it is said of. A word that belongs to no fact of the statement is not
supported, whatever it means; so a text fails that is merely put in words nobody foresaw, and the
template is shown in its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.writing.facts import CALLED, Fact
from engine.writing.quantities import Token, Unreadable, read

_LINKS: Final = frozenset(
    {"a", "an", "the", "this", "is", "are", "has", "have", "there", "it", "its", "they", "their"}
    | {"of", "on", "in", "at", "that", "which", "'s"}
)
"""Words that link others and say nothing of their own."""
_LONGEST: Final = 4_000


@dataclass(frozen=True)
class Verdict:
    """Whether a text may be shown, and else why not, as a clause."""

    supported: bool
    reason: str = ""


@dataclass(frozen=True)
class _Statement:
    """What stands between two borders of one sentence."""

    tokens: tuple[Token, ...]
    goes_on: bool = False
    """It ends in a colon: the next may be of the same thing."""

    def of(self, kind: str) -> list[Token]:
        return [token for token in self.tokens if token.kind == kind]

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)


def check(text: str, facts: Sequence[Fact]) -> Verdict:
    """Does the text say every fact that it must, and nothing that is none?

    Parameters
    ----------
    text : str
        By anybody; nothing in it is carried out or taken for granted.
    facts : sequence of Fact
        All that may be said.
    """
    if len(text) > _LONGEST:
        return Verdict(False, f"it is longer than {_LONGEST:,} characters")
    if odd := _unfit(facts):
        return Verdict(False, f"“{odd}” is a name that reads like a word of the language")
    names = [*_subjects(facts), *(name for one in facts for name in one.names)]
    phrases = [phrase for one in facts for phrase in (*one.phrases, *one.goes_on)]
    try:
        tokens = read(text, names, phrases)
    except Unreadable as error:
        return Verdict(False, f"it holds {error}")
    told: dict[int, set[str]] = {}
    for sentence in _sentences(tokens):
        if wrong := _sentence(sentence, facts, told):
            return Verdict(False, wrong)
    return _whole(facts, told)


def _whole(facts: Sequence[Fact], told: dict[int, set[str]]) -> Verdict:
    """Nothing may be left out that the facts ask for."""
    for place, one in enumerate(facts):
        if place not in told and not one.optional:
            return Verdict(False, f"it leaves out {one.name}")
        if place in told and set(one.names) - told[place]:
            return Verdict(False, f"it leaves out {sorted(set(one.names) - told[place])[0]}")
    return Verdict(True)


def _sentence(
    statements: Sequence[_Statement], facts: Sequence[Fact], told: dict[int, set[str]]
) -> str:
    """What is wrong with one sentence; adds to `told` what it says."""
    subjects = _subjects(facts)
    whose = subjects[0] if len(subjects) == 1 else ""
    last: int | None = None
    waiting = False
    ahead: list[str] = []  # names before what they are: "travel and dining, named on record"
    for statement in _joined(statements, facts, whose):
        named = [t.text for t in statement.of("name") if t.text in subjects]
        named += [t.text for t in statement.of("word") if t.text in CALLED]
        if len(named) > 1 or (waiting and named):
            return f"it says “{statement.text}” of more than one"
        if own := [name for name in named if name in subjects]:
            whose = own[0]
        if not _says(statement, subjects):
            waiting = waiting or bool(named)
            continue
        waiting = False
        place = _supporting(statement, facts, whose, last, subjects)
        if place is None and (names := _names_alone(statement, subjects)):
            ahead += names
            continue
        if place is None or not set(ahead) <= set(facts[place].names):
            return f"no fact supports “{' '.join((*ahead, statement.text))}”"
        said = {t.text for t in statement.of("name") if t.text in facts[place].names}
        told.setdefault(place, set()).update(said, ahead)
        last, ahead = place, []
    if ahead:
        return f"no fact supports “{' '.join(ahead)}”"
    return "it names somebody and says nothing of them" if waiting else ""


def _names_alone(statement: _Statement, subjects: Sequence[str]) -> list[str]:
    """The names of a statement that holds nothing else, and no subject."""
    names = [token.text for token in statement.of("name")]
    return names if len(names) == len(statement.tokens) and not set(names) & set(subjects) else []


def _joined(
    statements: Sequence[_Statement], facts: Sequence[Fact], whose: str
) -> Iterator[_Statement]:
    """The statements, two around a colon as one where a fact says both together."""
    subjects = _subjects(facts)
    rest = list(statements)
    while rest:
        first = rest.pop(0)
        if first.goes_on and rest:
            both = _Statement(first.tokens + rest[0].tokens, rest[0].goes_on)
            if _supporting(both, facts, whose, None, subjects) is not None:
                first = both
                rest.pop(0)
        yield first


def _says(statement: _Statement, subjects: Sequence[str]) -> bool:
    """Is there more than a subject and words that link?"""
    if statement.of("quantity"):
        return True
    names = [t.text for t in statement.of("name") if t.text not in subjects]
    words = [t.text for t in statement.of("word") if t.text not in _LINKS | CALLED]
    return bool(names or words)


def _supporting(
    statement: _Statement,
    facts: Sequence[Fact],
    whose: str,
    last: int | None,
    subjects: Sequence[str],
) -> int | None:
    """The place of the fact that a statement says, or goes on saying."""
    words = {t.text for t in statement.of("word")} - _LINKS - CALLED
    names = [t.text for t in statement.of("name") if t.text not in subjects]
    numbers = [t.quantity for t in statement.of("quantity")]
    for place, one in enumerate(facts):
        if one.subject != whose and len(subjects) > 0:
            continue
        if place == last and not numbers and _more(one, words, names):
            return place
        if one.after and not _belongs(one, facts, last):
            continue
        if not words <= one.vocabulary or not set(names) <= set(one.names):
            continue
        whole = sorted(map(repr, numbers)) == sorted(map(repr, one.quantities))
        meant = all(words & group for group in one.needs)
        about = not one.names or bool(names)
        if whole and meant and about:
            return place
    return None


def _more(said: Fact, words: set[str], names: Sequence[str]) -> bool:
    """Does it only go on: a second goal, a phrase in brackets? Words alone may say anything."""
    if names:
        return not words and set(names) <= set(said.names)
    return bool(words) and words <= {*said.goes_on, *said.phrases}


def _belongs(one: Fact, facts: Sequence[Fact], last: int | None) -> bool:
    """Was what the fact belongs to said just before, or something else that belongs to it?"""
    if last is None or facts[last].subject != one.subject:
        return False
    return one.after in (facts[last].name, facts[last].after)


def _sentences(tokens: Sequence[Token]) -> Iterator[list[_Statement]]:
    """The statements of each sentence."""
    sentence: list[_Statement] = []
    current: list[Token] = []
    for token in (*tokens, Token("stop", ".")):
        if token.kind in ("break", "stop"):
            if current:
                sentence.append(_Statement(tuple(current), token.text == ":"))
            current = []
            if token.kind == "stop" and sentence:
                yield sentence
                sentence = []
        else:
            current.append(token)


def _subjects(facts: Sequence[Fact]) -> list[str]:
    return list(dict.fromkeys(one.subject for one in facts if one.subject))


def _unfit(facts: Sequence[Fact]) -> str:
    """A name that is itself a word of the vocabulary would hide what a text says with it."""
    reserved = _LINKS | CALLED | frozenset().union(*(one.vocabulary for one in facts))
    names = (*_subjects(facts), *(name for one in facts for name in one.names))
    for name in names:
        text = " ".join(name.lower().split())
        if len(text) < 2 or text in reserved or not any(sign.isalpha() for sign in text):
            return name
    return ""
