"""The words of a question and what was found in them in; words that still mean something, out."""

import re
from functools import cache
from typing import Final

from engine.assistant import periods
from engine.assistant.phrasings import shipped
from engine.assistant.words import FILLER, PRONOUNS, words

_UNITS: Final = frozenset(
    {f"{unit}{s}" for unit in ("day", "week", "month", "quarter", "year") for s in ("", "s")}
)
_EACH: Final = frozenset({"per", "each", "every", "a", "by"})
_TIMES: Final = (
    periods.WORDS - _UNITS - {"may", "this", "few", "couple", "following", "during", "last", "past"}
    - {"next", "previous", "coming", "two", "three", "four", "six", "twelve"}
) | {
    *("until", "till", "ago", "weekend", "christmas", "easter", "summer", "winter", "autumn"),
    *("spring", "ytd", "tonight", "fortnight", "before", "after"),
}  # fmt: skip
_BOUNDS: Final = frozenset(
    {"until", "till", "before", "after", "by", "through", "to", "between", "mid", "early", "late"}
    | {"end", "beginning", "start", "middle", "except", "without", "excluding", "not", "half"}
)
"""Words before a date that change which days it means."""
_NUMBER: Final = re.compile(r"^(?:\d.*|[qh]\d)$")
_ON: Final = frozenset({"on", "at", "for", "in", "with", "to"})
_SKIPPED: Final = frozenset({"the", "a", "an", "her", "his", "their", "my", "our", "all", "any"})
_JOINED: Final = frozenset({"and", "or", "plus", ",", "nor"})
_SPENDING: Final = frozenset({"spending", "spend", "spends", "expenses"})
_PLAIN: Final = frozenset(
    {"average", "total", "general", "detail", "details", "present", "moment", "record", "account"}
    | {"accounts", "meeting", "sum", "review", "overview", "short", "things", "stuff", "items"}
    | {"top", "overall", "usual", "recent", "yearly", "current", "typical", "compare", "summary"}
    | {"balance", "income", "forecast", "customers", "clients", "ask", "get", "look", "expected"}
)


def of_time(
    mended: list[str], inside: set[int], firsts: list[int], start: int, stop: int
) -> tuple[str, ...]:
    """Words of time and numbers between two tokens that no date was read from.

    Parameters
    ----------
    firsts : list of int
        The first token of every date that was read.
    """
    small = [word.casefold() for word in mended]
    left = []
    for n in range(start, stop):
        word, before = small[n], small[n - 1] if n > start else ""
        bound = word in _BOUNDS and any(
            first - n in (1, 2) and small[n + 1 : first] in ([], ["of"], ["the"])
            for first in firsts
        )
        named = word in ("may", "march") and (word == "march" or before in _BOUNDS)
        unit = word in _UNITS and not (word.startswith("month") and before in _EACH)
        if n in inside:
            continue
        if bound or named or unit or word in _TIMES - {"march"} or _NUMBER.match(word):
            left.append(word)
    return tuple(left)


def kinds(mended: list[str], inside: set[int], start: int, stop: int) -> tuple[str, ...]:
    """What stands where a kind of spending would, and is none that is known."""
    small = [word.casefold() for word in mended]
    found: list[str] = []

    def strange(n: int) -> bool:
        return start <= n < stop and n not in inside and small[n].isalpha() and not _known(small[n])

    for n in range(start, stop):
        if n in inside:
            continue
        at = n + 1
        while at < stop and small[at] in _SKIPPED:
            at += 1
        if small[n] in _ON and strange(at):
            found.append(small[at])
        elif small[n] in _SPENDING and (strange(n - 1) or strange(n + 1)):
            found += [small[m] for m in (n - 1, n + 1) if strange(m)]
        elif small[n] in _JOINED and strange(at) and (n - 1 in inside or small[n - 1] in found):
            found.append(small[at])
    return tuple(dict.fromkeys(found))


def _known(word: str) -> bool:
    from spacy.lang.en.stop_words import STOP_WORDS

    return word in STOP_WORDS or word in FILLER or word in PRONOUNS or word in _phrased()


@cache
def _phrased() -> frozenset[str]:
    """Words of the phrasings of spending, and plain ones."""
    phrasings = shipped()
    pairs = zip(phrasings.intents, phrasings.texts, strict=True)
    told = {word for intent, text in pairs if intent == "spending" for word in words(text)}
    return _PLAIN | told | _UNITS | periods.WORDS
