"""One product's text in; how hard it is to read, and how much risk it names, out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.explain.wording import listing, percent
from engine.vocabulary import LIST_SEPARATOR

LONG_WORD = 8
"""Letters above which a word counts as long (of an earlier system)."""
COMPLEX_FROM: Final = ((0.30, "High"), (0.15, "Medium"))
"""Share of long words above which a text is of a level (of an earlier system)."""
RISKY_FROM: Final = ((0.6, "High"), (0.3, "Medium"))
"""Risky against safe words above which a text is of a level (of an earlier system)."""

_RISKY = re.compile(
    r"high[- ]risk|crypto\w*|bitcoin|hedge funds?|leverag\w*|derivativ\w*|options trading|futures"
    r"|day trading|speculat\w*|volatil\w*|aggressive|emerging markets?|equit(?:y|ies)"
    r"|stocks?\b|forex|venture capital|margin loans?|unsecured",
    re.IGNORECASE,
)
_SAFE = re.compile(
    r"low[- ]risk|guarantee\w*|insured|capital (?:safety|protect\w*)|fixed (?:rate|return|interest)"
    r"|government|secure\b|stable|steady|no risk|risk[- ]free|conservative|deposit protection",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?;]+(?:\s|$)|\n")


@dataclass(frozen=True)
class Wording:
    """What a product's own text says of itself."""

    complexity: str
    """High, Medium or Low, by the share of long words; "" without any word."""
    long_words: float
    """Share of words of more than LONG_WORD letters."""
    words_per_sentence: float
    """Mean."""
    risk: str
    """High, Medium or Low, by risky against safe words; "" where the text names neither."""
    named: tuple[str, ...]
    """Those words, in the order of the text, each once."""


def wording(text: str) -> Wording:
    """Read one text.

    An earlier system divides its balance of words by a fixed 8, so that all 43 of its products
    come out Low; here it is divided by the words that were found.
    """
    words = _WORD.findall(text)
    sentences = [part for part in _SENTENCE.split(text) if _WORD.search(part)]
    share = sum(len(w) > LONG_WORD for w in words) / len(words) if words else 0.0
    safe = _SAFE.findall(text)
    # "no risk" and "low-risk" hold words of the other list: what is safe is taken out first.
    risky = _RISKY.findall(_SAFE.sub(" ", text))
    n_named = len(risky) + len(safe)
    named = dict.fromkeys(word.lower() for word in (*risky, *safe))
    return Wording(
        complexity=_level(share, COMPLEX_FROM) if words else "",
        long_words=share,
        words_per_sentence=len(words) / len(sentences) if sentences else 0.0,
        risk=_level((len(risky) - len(safe)) / n_named, RISKY_FROM) if n_named else "",
        named=tuple(sorted(named, key=text.lower().find)),
    )


def wording_facts(product: Mapping[str, Any]) -> dict[str, str]:
    """Label -> text for the detail of an offer: both levels, each with what it rests on."""
    columns = ("name", "description", "features")
    parts = [product.get(c) for c in columns]
    texts = [p.replace(LIST_SEPARATOR, ". ") for p in parts if isinstance(p, str) and p.strip()]
    read = wording(". ".join(texts))
    facts = {}
    if read.complexity:
        facts["Reading level"] = (
            f"{read.complexity} ({percent(read.long_words)} long words, "
            f"{read.words_per_sentence:.0f} words a sentence)"
        )
    if read.risk:
        facts["Risk by its text"] = f"{read.risk} ({listing(list(read.named[:3]))})"
    return facts


def _level(value: float, bounds: tuple[tuple[float, str], ...]) -> str:
    return next((level for bound, level in bounds if value > bound), "Low")
