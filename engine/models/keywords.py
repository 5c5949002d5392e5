"""Texts in; their nouns and adjectives, and counts of terms by topic, out."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import WeightsError
from engine.models import weights
from engine.models.hashes import sha256_of_file
from engine.models.text_cache import CachedTextModel, TextCache, readable
from engine.vocabulary import LIST_SEPARATOR

if TYPE_CHECKING:
    from engine.settings import Settings

TERMS = Path(__file__).with_name("finance_terms.toml")
BLANK = "spaCy blank English with finance terms"

_KEPT_PARTS = ("NOUN", "PROPN", "ADJ")
_DROPPED_ENDINGS = ("ing", "ly", "ed")
_MIN_LETTERS = 3


@dataclass(frozen=True)
class Terms:
    """Topics and their words.

    Attributes
    ----------
    topics : tuple of str
        In the order of the columns of `Keywords.counts`.
    phrases : tuple of tuple of str
        Terms of each topic, plurals included.
    """

    topics: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, path: Path = TERMS) -> "Terms":
        """Read a TOML file with the tables `finance` and `life`: topic -> terms."""
        tables = tomllib.loads(path.read_text("utf-8"))
        topics = {**tables["finance"], **tables["life"]}
        return cls(
            tuple(topics),
            tuple(
                tuple(sorted({form for term in terms for form in (term, f"{term}s")}))
                for terms in topics.values()
            ),
        )


@dataclass(frozen=True)
class Keywords:
    """What n texts are about.

    Attributes
    ----------
    words : ndarray of shape (n,), object
        Distinct keywords of each text, lower-cased, in order of appearance, joined by "; ".
    counts : ndarray of shape (n, n_topics), float32
        How often a term of each topic occurs.
    source : str
        Name of the model that read them.
    """

    words: np.ndarray
    counts: np.ndarray
    topics: tuple[str, ...]
    source: str


class SpacyReader:
    """A spaCy pipeline, loaded at the first text.

    With a trained one, keywords are nouns and adjectives; blank English knows no parts of speech,
    so it keeps the words that are neither stop words nor look like verbs or adverbs.

    Parameters
    ----------
    pipeline : ModelWeights, optional
        A trained pipeline such as en_core_web_sm; blank English without one.
    terms : Path
        TOML file of topics.
    """

    def __init__(self, pipeline: weights.ModelWeights | None = None, terms: Path = TERMS) -> None:
        self.pipeline = pipeline
        self.terms = Terms.read(terms)
        self.name = pipeline.name if pipeline else BLANK
        self.source: str = pipeline.source if pipeline else "default"
        version = pipeline.identity if pipeline else f"blank {weights.version_of('spacy')}"
        self.identity = f"{version} {sha256_of_file(terms)}"

    def read(self, texts: list[str]) -> list[dict[str, Any]]:
        """Keywords and counts by topic of each text, as {"words": [...], "topics": {...}}."""
        language, matcher = self._loaded
        keep = self._is_tagged if self.pipeline else self._is_content
        topic_of = language.vocab.strings
        documents = zip(texts, language.pipe(map(str.lower, texts)), strict=True)
        return [
            {
                "words": list(dict.fromkeys(t.text for t in document if keep(t))),
                "topics": Counter(topic_of[key] for key in _longest(matcher(document))),
            }
            for _, document in documents
        ]

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        import spacy
        from spacy.matcher import PhraseMatcher

        try:
            language = (
                spacy.load(self.pipeline.path, exclude=["parser", "ner"])
                if self.pipeline
                else spacy.blank("en")
            )
        except (OSError, ValueError, KeyError) as error:
            raise WeightsError(
                f"{self.pipeline.path if self.pipeline else 'en'} does not load as a spaCy pipeline"
                f": {error}. Expected a folder with config.cfg and meta.json for spaCy "
                f"{spacy.__version__}."
            ) from error
        matcher = PhraseMatcher(language.vocab)
        for topic, phrases in zip(self.terms.topics, self.terms.phrases, strict=True):
            matcher.add(topic, [language.make_doc(phrase) for phrase in phrases])
        return language, matcher

    @staticmethod
    def _is_tagged(token: Any) -> bool:
        return token.pos_ in _KEPT_PARTS and token.is_alpha and not token.is_stop

    def _is_content(self, token: Any) -> bool:
        return token.is_alpha and (
            token.text in self._single_terms
            or (
                not token.is_stop
                and len(token) >= _MIN_LETTERS
                and not token.text.endswith(_DROPPED_ENDINGS)
            )
        )

    @cached_property
    def _single_terms(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(self.terms.phrases))


class KeywordReader(CachedTextModel[SpacyReader]):
    """Keywords behind a cache."""

    def read(self, texts: Sequence[str | None]) -> Keywords:
        """Keywords and topic counts of each text; none for None, NaN and blank texts."""
        present, kept = readable(texts, self.max_chars)
        records = self.cache.records(kept, f"keywords {self.model.identity}", self.model.read)
        terms = self.model.terms
        column = {topic: i for i, topic in enumerate(terms.topics)}
        words = np.full(len(present), "", dtype=object)
        words[present] = [LIST_SEPARATOR.join(record["words"]) for record in records]
        counts = np.zeros((len(present), len(column)), np.float32)
        cells = [
            (row, column[topic], n)
            for row, record in zip(np.flatnonzero(present), records, strict=True)
            for topic, n in record["topics"].items()
        ]
        if cells:
            rows, columns, n = np.array(cells).T
            counts[rows, columns] = n
        return Keywords(words, counts, terms.topics, self.name)


def load_keywords(
    settings: "Settings", *, cache: Path | None = None, shipped: Path | None = None
) -> KeywordReader:
    """The first spaCy pipeline of settings that is here, else blank English; nothing loads yet.

    Parameters
    ----------
    settings : Settings
        Reads ``models.keywords`` and ``models.max_text_chars``.
    cache : Path, optional
        Folder of the cache; without one every call computes.
    """
    pipeline = weights.find_first(settings.models.keywords, settings, cache=cache)
    return KeywordReader(
        SpacyReader(pipeline), TextCache(cache, shipped), settings.models.max_text_chars
    )


def _longest(matches: Any) -> Iterator[int]:
    """Keys of the matches that remain when the longest of overlapping ones wins."""
    taken: set[int] = set()
    for key, start, end in sorted(matches, key=lambda m: (m[1] - m[2], m[1])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            yield key
