"""A question in; whom, what, when and how much it names, and its words without those, out."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import pandas as pd

from engine.assistant import periods, unread
from engine.assistant.naming import MOST_WORDS, Named, People, Shelf
from engine.assistant.periods import Period
from engine.assistant.phrasings import slot_word
from engine.assistant.words import FILLER, PRONOUNS, Spelling, words
from engine.bank.bank import Bank
from engine.bank.parsing.letters import plain

FILE: Final = Path(__file__).with_name("slots.toml")
_TOKEN: Final = re.compile(
    r"\d[\d.,]*\d[km]?\b|\d[km]?\b|[^\W\d]\w*(?:['’][^\W\d]+)?|\w+(?:[-_]\w+)*|[^\w\s]"
)
_ID: Final = re.compile(r"[^\W_][\w]*(?:[-_]\w+)+")
_WANT: Final = re.compile(r"\bwant(?:s|ed)? to ([^,;?.!]{3,60})|\bgoal (?:to|of) ([^,;?.!]{3,60})")
_SPENT: Final = frozenset({"spend", "spends", "spent", "spending", "expenses", "paid", "pay"})
"""Words with which a question is of money that went out."""
_TIMED: Final = periods.WORDS - {"may", "this", "next", "following", "coming"}
_JOINS: Final = frozenset("-–&/'’")
_BEHIND: Final = frozenset({"of", "for", "does", "did", "about", "if"})
"""Words behind which whoever is meant stands."""
_BEFORE_TWO: Final = frozenset({"is", "was", "has", "will", "can", "with", "to", "from", "offer"})
"""Words behind which two unknown words are a name."""
_CUTS: Final = frozenset({*"?!.;,", "and", "plus", "or"})


@dataclass(frozen=True)
class Slots:
    """What a question, or a part of it, names.

    Attributes
    ----------
    customers, products : tuple of tuple of str
        Of each that is named, the ids that it may be; none where nobody here is called so.
    words : tuple of str
        Small letters, slips mended; what was found stands as its slot.
    """

    customers: tuple[tuple[str, ...], ...] = ()
    products: tuple[tuple[str, ...], ...] = ()
    stranger: bool = False
    """Some word looks like a name and is none here."""
    unknown_word: bool = False
    """Behind "of", "for" or "does" stands a word in small letters that is in no vocabulary."""
    number: str = ""
    """A bare number behind "of" or "for"."""
    kind_of_product: bool = False
    """What names products names a kind of them."""
    said: tuple[str, ...] = ()
    """Its words in small letters, slips mended, nothing in the place of what was found."""
    category: str = ""
    """Kinds of spending, joined by ";"."""
    period: Period | None = None
    times: tuple[Period, ...] = ()
    """All that are named and differ; `period` is the first."""
    when: str = ""
    """The words of the first."""
    left: tuple[str, ...] = ()
    """Words of time and numbers that were not read."""
    unread: tuple[str, ...] = ()
    """What money would have gone on, and no kind of ours is called so."""
    amount: float | None = None
    attribute: str = ""
    goal: str = ""
    words: tuple[str, ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        """Every kind of spending that is named."""
        return tuple(filter(None, self.category.split(";")))


class Finder:
    """Finds what questions to one bank name.

    Parameters
    ----------
    people, shelf
        Of the bank.
    vocabulary : mapping of str to int
        Words of the phrasings, and how often they have them.
    """

    def __init__(self, people: People, shelf: Shelf, vocabulary: Mapping[str, int]):
        self._people, self._shelf = people, shelf
        tables = tomllib.loads(FILE.read_text("utf-8"))
        self._categories: dict[str, list[str]] = tables["categories"]
        self._attributes = {word: n for n, told in tables["attributes"].items() for word in told}
        named = {word for told in self._categories.values() for one in told for word in one.split()}
        self._common = (
            frozenset(vocabulary) | named | periods.WORDS | FILLER | frozenset(self._attributes)
        )
        self._spelling = Spelling(dict.fromkeys(self._common | shelf.words, 1) | dict(vocabulary))

    @classmethod
    def of(cls, bank: Bank, vocabulary: Mapping[str, int]) -> Self:
        """For the customers and products of a bank."""
        customers, products = bank["customers"], bank["products"]
        people = People(customers["customer_id"], customers["name"])
        kinds = [products["category"], products["subcategory"]]
        return cls(people, Shelf(products["product_id"], products["name"], kinds), vocabulary)

    def parts(self, question: str, as_of: pd.Timestamp, today: pd.Timestamp) -> list[Slots]:
        """The whole question, then the parts that sentences, commas and "and" cut it into."""
        tokens = [m[0] for m in _TOKEN.finditer(_joined(question))][:MOST_WORDS]
        tokens = [re.sub(r"['’]s$", "", token) for token in tokens if token not in _JOINS]
        marks = self._marks(tokens, as_of, today)
        ends = [
            n for n, token in enumerate(tokens) if n not in marks.inside and token.lower() in _CUTS
        ]
        spans = [(0, len(tokens))]
        if ends:
            starts = [0, *(end + 1 for end in ends)]
            stops = [*ends, len(tokens)]
            spans += [pair for pair in zip(starts, stops, strict=True) if pair[0] < pair[1]]
        return [self._slots(tokens, marks, *span) for span in spans]

    def _marks(self, tokens: list[str], as_of: pd.Timestamp, today: pd.Timestamp) -> "_Marks":
        people = self._people.find(tokens, self._common | self._shelf.words)
        strangers = [one for one in people if one.similar and not one.keys]
        people = [one for one in people if one not in strangers]
        spent = not _SPENT.isdisjoint(map(_small, tokens))
        if spent and len(people) > 1:  # a small word behind "on" is what money went on
            people = [one for one in people if not _behind_on(tokens, one)]
        named = {n for one in people for n in range(one.first, one.last + 1)}
        mended = [
            token if n in named or not token.isalpha() else self._spelling.mended(_small(token))
            for n, token in enumerate(tokens)
        ]
        people = [self._in_full(one, tokens, named) for one in people]
        shelved = [
            one
            for one in self._shelf.find(mended, self._common)
            if not named & set(range(one.first, one.last + 1))
        ]
        if spent or not _TIMED.isdisjoint(map(_small, mended)):
            said = {word for told in self._categories.values() for word in told} | _CUTS
            shelved = [
                one
                for one in shelved
                if not {_small(t) for t in mended[one.first : one.last + 1]} <= said
            ]
        inside = named | {n for one in shelved for n in range(one.first, one.last + 1)}
        doc, matcher, phrases = self._matched(mended)
        spans: list[tuple[str, int, int, Any]] = []
        for key, first, last in matcher(doc):
            spans.append((doc.vocab.strings[key], first, last, None))
        for key, first, last in phrases(doc):
            spans.append(("category", first, last, doc.vocab.strings[key]))
        small = [_small(token) for token in mended]
        spans += [("dates", first, last, None) for first, last in periods.found_dates(small)]
        spans.sort(key=lambda one: (one[1] - one[2], one[1], one[0] == "amount"))
        found: list[tuple[str, int, int, Any]] = []
        for kind, first, last, value in spans:
            if inside & set(range(first, last)):
                continue
            if kind == "amount":
                value = _amount(mended[last - 1])
            elif kind != "category":
                value = periods.read(kind, [_small(t) for t in mended[first:last]], as_of, today)
            if value is None:
                continue
            found.append((kind, first, last, value))
            inside |= set(range(first, last))
        unknown = self._unknown_names(tokens, mended, inside)
        return _Marks(people, strangers, shelved, found, mended, inside, unknown)

    def _is_unknown(self, token: str, mended: str = "") -> bool:
        """Is a word in no vocabulary, nor what it is mended to?"""
        small = _small(token)
        plain_word = small.replace("_", "")
        if len(small) < 2 or plain_word.isdecimal() or not plain_word.isalnum():
            return False
        if small in self._common:
            return False
        known = small in self._shelf.words or self._spelling.knows(small)
        return not known and mended not in PRONOUNS

    def _in_full(self, one: Named, tokens: list[str], named: set[int]) -> Named:
        """A name of one word beside which an unknown one stands, as in "Milan Smyth": only those
        who are called that too."""
        if one.first != one.last or not one.keys or not tokens[one.first].isalpha():
            return one
        for n in (one.last + 1, one.first - 1):
            if n in named or not 0 < n < len(tokens) or not self._is_unknown(tokens[n]):
                continue
            small, capital = _small(tokens[n]), tokens[n][:1].isupper()
            if n > one.last:
                of_name = capital or self._spelling.mended(small) == small
            else:
                of_name = capital or _small(tokens[n - 1]) in _BEHIND
            if of_name:
                return replace(one, keys=self._people.called_also(one.keys, small))
        return one

    def _unknown_names(self, tokens: list[str], mended: list[str], inside: set[int]) -> list[int]:
        """Places of words that stand where a name would and are in no vocabulary."""
        unknown = [
            n not in inside and self._is_unknown(token, mended[n]) for n, token in enumerate(tokens)
        ]
        unknown.append(False)
        return [
            n
            for n in range(1, len(tokens))
            if unknown[n]
            and (
                _small(tokens[n - 1]) in _BEHIND
                or (_small(tokens[n - 1]) in _BEFORE_TWO and unknown[n + 1])
            )
        ]

    def _slots(self, tokens: list[str], marks: "_Marks", start: int, stop: int) -> Slots:
        def here(first: int, last: int) -> bool:
            return start <= first and last < stop

        people = [one for one in marks.people if here(one.first, one.last)]
        shelved = [one for one in marks.shelved if here(one.first, one.last)]
        found = [one for one in marks.found if here(one[1], one[2] - 1)]
        slots = {one.first: ("customer", one.last) for one in people}
        slots |= {one.first: ("product", one.last) for one in shelved}
        for kind, first, last, _ in found:
            word = kind if kind in ("amount", "category") else "period"
            if [_small(t) for t in marks.mended[first:last]] == ["today"]:
                continue
            slots[first] = (word, last - 1)
        told, n = [], start
        while n < stop:
            if n in slots:
                told.append(slot_word(slots[n][0]))
                n = slots[n][1] + 1
                continue
            told.append(marks.mended[n])
            n += 1
        text = " ".join(tokens[start:stop])
        by_kind: dict[str, Any] = {kind: value for kind, _, _, value in reversed(found)}
        found = sorted(found, key=lambda one: one[1])
        times = [one for one in found if one[0] not in ("amount", "category")]
        kinds = dict.fromkeys(value for kind, _, _, value in found if kind == "category")
        differ = {(one[3].first, one[3].last): one[3] for one in times}
        wanted = _WANT.search(text.lower())
        attributes = [
            self._attributes[w] for t in tokens[start:stop] if (w := _small(t)) in self._attributes
        ]
        behind = [
            tokens[first]
            for kind, first, last, _ in found
            if kind == "amount" and last - first == 1 and _small(tokens[first - 1]) in _BEHIND
            if first > start and tokens[first].isdecimal()
        ]
        return Slots(
            unknown_word=any(start <= n < stop for n in marks.unknown),
            number=behind[0] if behind else "",
            kind_of_product=bool(shelved) and all(one.kind for one in shelved),
            said=tuple(_small(token) for token in marks.mended[start:stop]),
            customers=tuple(one.keys for one in people),
            stranger=any(here(one.first, one.last) for one in marks.strangers),
            products=tuple(one.keys for one in shelved),
            category=";".join(kinds),
            period=times[0][3] if times else None,
            times=tuple(differ.values()),
            when=" ".join(map(_small, marks.mended[times[0][1] : times[0][2]])) if times else "",
            left=unread.of_time(marks.mended, marks.inside, [one[1] for one in times], start, stop),
            unread=unread.kinds(marks.mended, marks.inside, start, stop),
            amount=by_kind.get("amount"),
            attribute=attributes[0] if attributes else "",
            goal="" if wanted is None else (wanted[1] or wanted[2]).strip(),
            words=tuple(self._mended_words(" ".join(told))),
        )

    def _mended_words(self, text: str) -> list[str]:
        return [self._spelling.mended(word) for word in words(text)]

    def _matched(self, mended: list[str]) -> tuple[Any, Any, Any]:
        from spacy.tokens import Doc

        nlp, matcher, phrases = self._pipeline
        return Doc(nlp.vocab, words=[word or " " for word in mended]), matcher, phrases

    @cached_property
    def _pipeline(self) -> tuple[Any, Any, Any]:
        import spacy
        from spacy.matcher import Matcher, PhraseMatcher

        nlp = spacy.blank("en")
        matcher = Matcher(nlp.vocab)
        for kind, told in periods.patterns().items():
            matcher.add(kind, told)
        matcher.add("amount", [[{"TEXT": {"REGEX": r"^\d[\d.,]*[kmKM]?$"}}]])
        phrases = PhraseMatcher(nlp.vocab, attr="LOWER")
        for category, told in self._categories.items():
            phrases.add(category, [nlp.make_doc(one) for one in told])
        return nlp, matcher, phrases


@dataclass(frozen=True)
class _Marks:
    """What was found among the words of a question."""

    people: Sequence[Named]
    strangers: Sequence[Named]
    shelved: Sequence[Named]
    found: Sequence[tuple[str, int, int, Any]]
    mended: list[str]
    inside: set[int]
    unknown: Sequence[int]


def _behind_on(tokens: list[str], one: Named) -> bool:
    before, word = tokens[one.first - 1] if one.first else "", tokens[one.first]
    return one.first == one.last and word.islower() and _small(before) in ("on", "at", "and", "or")


def _small(token: str) -> str:
    return plain(token).casefold()


def _joined(question: str) -> str:
    """Numbers such as CUST-7 in one piece."""
    return _ID.sub(lambda m: m[0].replace("-", "_") if re.search(r"\d", m[0]) else m[0], question)


def _amount(text: str) -> float | None:
    """12,000 and 12k and 1.5m as numbers; None where it is none."""
    size = {"k": 1e3, "m": 1e6}.get(text[-1:].lower(), 1.0)
    digits = text.rstrip("kmKM").replace(",", "")
    try:
        value = float(digits) * size
    except ValueError:
        return None
    return value if 0 <= value < 1e12 else None
