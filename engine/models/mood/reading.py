"""A text in; its sentences, its words and the classes that these belong to out."""

import re
import tomllib
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

CUES: Final = Path(__file__).with_name("cues.toml")

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d[\d.,]*|[?]|[#@]\w+")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_NUMBER: Final = re.compile(r"\d[\d.,]*")
_GREETING: Final = re.compile(
    r"^\W*(?:(?:good (?:morning|afternoon|evening|day)|hello|hi|hey|dear|greetings)\b"
    r"(?: there| again| all| (?:sir|madam|team|support|bank)\b)?[\s,!.:;-]*)+",
    re.IGNORECASE,
)
"""A greeting says nothing of the mood, and VADER reads "good" and "dear" in it."""
_AHEAD: Final = 4
"""Classes of words that follow within so many others are read as a pair."""
_SIGNS: Final = {sign: "money" for sign in "$€£"} | {"?": "?"}


class _Cues(NamedTuple):
    classes: dict[str, str]
    pattern: re.Pattern[str]


def without_greeting(text: str) -> str:
    """The text after its greeting, with straight apostrophes; empty where it is nothing else."""
    return _GREETING.sub("", text.replace("\u2019", "'"), count=1)


def sentences(text: str) -> list[str]:
    """Sentences of a text, at least one."""
    return [part for part in _SENTENCE.split(text) if part.strip()] or [text]


def grams_of(text: str) -> tuple[Counter[str], Counter[str]]:
    """Words and pairs of neighbouring words; classes of words and which follows which.

    A number is a 0 and who is addressed an @. Exclamation marks are left to VADER, since they go
    with every mood. Nothing reaches beyond its sentence.
    """
    words: Counter[str] = Counter()
    cues: Counter[str] = Counter()
    for sentence in sentences(text.lower()):
        tokens = [_token(token) for token in _TOKEN.findall(sentence)]
        words.update(tokens)
        words.update(f"{one} {next_one}" for one, next_one in pairwise(tokens))
        found = cues_of(sentence)
        cues.update(f"~{cue}" for cue in sorted(set(found)))
        for place, cue in enumerate(found):
            after = set(found[place + 1 : place + 1 + _AHEAD])
            cues.update(f"~{cue}~{later}" for later in sorted(after))
    return words, cues


def cues_of(sentence: str) -> list[str]:
    """Classes of the words of a lower-case sentence, in order; one in a row counts once."""
    classes, pattern = _cues()
    found: list[str] = []
    for match in pattern.finditer(sentence):
        said = match.group()
        cue = classes.get(_spaced(said)) or _SIGNS.get(said, "number")
        if not found or found[-1] != cue:
            found.append(cue)
    return found


@cache
def _cues() -> _Cues:
    classes: dict[str, str] = {}
    for name, phrases in tomllib.loads(CUES.read_text("utf-8")).items():
        for phrase in phrases:
            classes.setdefault(_spaced(phrase), name)
    longest_first = sorted(classes, key=lambda phrase: (-len(phrase), phrase))
    either = "|".join(re.escape(phrase).replace(r"\ ", r"[\s-]+") for phrase in longest_first)
    return _Cues(classes, re.compile(rf"(?<!\w)(?:{either})(?!\w)|\d[\d.,]*|[$€£?]"))


def _spaced(phrase: str) -> str:
    return re.sub(r"[\s-]+", " ", phrase)


def _token(token: str) -> str:
    return "@" if token[0] == "@" else _NUMBER.sub("0", token)
