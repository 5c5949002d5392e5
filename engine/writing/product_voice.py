"""Reviews, refusals, ratings and messages of a product in; what is found wrong, counted, out.

A text says a theme if a sentence of it has the theme's complaint (product_themes.toml). What to do
about a theme stands in the same file; no text is made up, and no figure but a count.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.profiles import Profiles
from engine.feedback.history import imported_notes
from engine.feedback.ratings import left_at_default
from engine.rates import wilson
from engine.results import ProductNote
from engine.settings import Settings
from engine.writing.product_claims import complained

_THEMES: Final = Path(__file__).with_name("product_themes.toml")
_QUOTE: Final = 160
_MOST_QUOTES: Final = 2
_FEWEST: Final = {"reviews": 1}
"""Times that something must be said before it is a note; 3 where nothing stands here (own choice):
a catalogue holds a few chosen reviews, a bank's own answers are many."""
_LOW_RATING: Final = 0.5


_DENIAL: Final = r"(?:no|not|never|without|nothing|none|nobody|hardly|barely|rarely|cannot|\w+n't)"
_DENIED: Final = re.compile(
    rf"\b{_DENIAL}(?:\s+(?!(?:and|because|but|doubt|expect|idea|if|just|know|like|love|only|that|"
    r"want|when|why)\b)[\w'-]+){0,3}\s+$"
)
"""A denial whose last words stand before a complaint: "never takes" too much time. It denies no
further than to a comma, an "and" or a word after which something else begins (own choice)."""
_DENIES: Final = re.compile(rf"{_DENIAL}\b|(?:do|does|did|can|could) ?n[o']t\b")
_LOOKED_BACK: Final = 80


@dataclass(frozen=True)
class Said:
    """One text about a product: its number, and the words."""

    cited: str
    text: str


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads(_THEMES.read_text("utf-8"))


@lru_cache(maxsize=1)
def themes() -> Mapping[str, Mapping[str, Any]]:
    """Name of a theme -> label, complains, remedy, terms."""
    return {theme["name"]: theme for theme in _file()["themes"]}


@lru_cache(maxsize=4096)
def themes_of(text: str) -> frozenset[str]:
    """Which themes a text complains of."""
    spared = re.compile(_file()["spared"])
    sentences = re.split(r"[.!?;\n]+", text.lower().replace("\u2019", "'"))
    return frozenset(
        name
        for name, theme in themes().items()
        for one in sentences
        if _complains(theme["complains"], one) and not spared.search(one)
    )


def _complains(pattern: str, sentence: str) -> bool:
    """Is the pattern there without a denial before it? One that begins with its own is spared."""
    return any(
        _DENIES.match(found[0])
        or not _DENIED.search(sentence[max(0, found.start() - _LOOKED_BACK) : found.start()])
        for found in re.finditer(pattern, sentence)
    )


def quote(text: str) -> str:
    """A text of a stranger on one line, cut, without addresses and long numbers."""
    plain = " ".join(text[: 4 * _QUOTE].split())
    plain = re.sub(r"\S+@\S+", "(address)", plain)
    plain = re.sub(r"\d(?:[ -]?\d){5,}", "(number)", plain)
    return plain if len(plain) <= _QUOTE else f"{plain[:_QUOTE].rsplit(' ', 1)[0]} …"


def reviews_of(attributes: Any) -> tuple[str, ...]:
    """The reviews that a catalogue has beside a product, in the field whose name says reviews."""
    try:
        read = json.loads(attributes) if isinstance(attributes, str) else {}
    except ValueError:
        return ()
    named = [value for key, value in read.items() if "review" in key.lower()]
    lines = [line for value in named for line in (value if isinstance(value, list) else [value])]
    return tuple(text for line in lines if isinstance(line, str) and (text := line.strip()))


def counted(bank: Bank, profiles: Profiles, position: int, settings: Settings) -> pd.DataFrame:
    """Everything that was counted of one product.

    Returns
    -------
    DataFrame
        source, theme, n, of, share, low, high (Wilson, 95 %), said (tuple of `Said`); the most
        frequent first within each source.
    """
    events = bank["events"]
    mine = events[events["product_id"] == bank.product_ids[position]]
    rows = [
        *_refusals(mine),
        *_texts("comments", _comments(mine)),
        *_texts("reviews", _reviews(bank, position)),
        *_ratings(mine),
        *_texts("messages", *_messages(bank, profiles, position, settings)),
    ]
    frame = pd.DataFrame(rows, columns=["source", "theme", "n", "of", "said"])
    rate = wilson(frame["n"].to_numpy(float), frame["of"].to_numpy(float))
    frame = frame.assign(share=rate.value, low=rate.low, high=rate.high)
    return frame[["source", "theme", "n", "of", "share", "low", "high", "said"]]


def notes(found: pd.DataFrame, terms: Mapping[str, str], most: int = 6) -> tuple[ProductNote, ...]:
    """What to look at first, each with what could be done; a theme once, from its surest source.

    Parameters
    ----------
    terms : mapping
        Label -> text of the product's own terms; a remedy cites those that it is about.
    """
    fewest = found["source"].map(_FEWEST).fillna(3)
    kept = found[found["n"] >= fewest].sort_values(
        ["low", "n", "theme"], ascending=[False, False, True], kind="stable"
    )
    made = []
    for row in kept.drop_duplicates("theme").head(most).itertuples():
        theme = themes()[row.theme]
        about = [
            f"{label}: {text}"
            for label, text in terms.items()
            if any(word in label.lower() for word in theme["terms"]) and text != "none"
        ]
        cited = f" On record: {'; '.join(about)}." if about else ""
        claim = complained(
            source=row.source, theme=theme["label"], n=row.n, of=row.of,
            low=float(row.low), high=float(row.high),
        )  # fmt: skip
        texts = dict.fromkeys(quote(one.text) for one in row.said if one.text)
        made.append(
            ProductNote(
                theme=theme["label"],
                text=f"{claim.text}.",
                suggestion=f"{theme['remedy']}{cited}",
                n=int(row.n),
                of=int(row.of),
                source=row.source,
                quotes=tuple(texts)[:_MOST_QUOTES],
                cited=tuple(one.cited for one in row.said),
            )
        )
    return tuple(made)


Counted = tuple[str, str, int, int, tuple[Said, ...]]
"""Source, theme, how often, of how many, and the records."""


def _refusals(mine: pd.DataFrame) -> list[Counted]:
    refused = mine[(mine["action"] == "dismissed") & mine["reason"].notna()]
    reasons = refused["reason"].map(_file()["reasons"])
    rows: list[Counted] = []
    for theme, group in refused.groupby(reasons, sort=True):
        said = tuple(Said(str(one), "") for one in group["event_id"])
        rows.append(("refusals", str(theme), len(group), len(refused), said))
    return sorted(rows, key=lambda row: -row[2])


def _comments(mine: pd.DataFrame) -> list[Said]:
    """What people wrote; what an import noted in the place of a comment is none."""
    comments, _ = imported_notes(mine)
    given = comments.dropna()
    pairs = zip(mine.loc[given.index, "event_id"], given, strict=True)
    return [Said(str(number), str(text)) for number, text in pairs]


def _reviews(bank: Bank, position: int) -> list[Said]:
    texts = reviews_of(bank["products"]["attributes"].iloc[position])
    return [Said(f"review {n}", text) for n, text in enumerate(texts, start=1)]


def _texts(source: str, said: Sequence[Said], of: int | None = None) -> list[Counted]:
    """Themes of several texts, each text once a theme."""
    by_theme: dict[str, list[Said]] = {}
    for one in said:
        for theme in sorted(themes_of(one.text)):
            by_theme.setdefault(theme, []).append(one)
    n = len(said) if of is None else of
    rows = [(source, theme, len(some), n, tuple(some)) for theme, some in by_theme.items()]
    return sorted(rows, key=lambda row: (-row[2], row[1]))


def _ratings(mine: pd.DataFrame) -> list[Counted]:
    """Parts of ratings that are mostly below half."""
    rated = mine[(mine["action"] == "rated") & ~left_at_default(mine)]
    rows: list[Counted] = []
    for aspect, theme in _file()["ratings"].items():
        known = rated[rated[aspect].notna()]
        low = known[known[aspect] < _LOW_RATING]
        if 2 * len(low) > len(known):
            said = tuple(Said(str(one), "") for one in low["event_id"])
            rows.append(("ratings", theme, len(low), len(known), said))
    return rows


def _messages(
    bank: Bank, profiles: Profiles, position: int, settings: Settings
) -> tuple[list[Said], int]:
    """Complaints about a product, and how many messages are about it.

    Notes
    -----
    A message is about a product that it names; or whose kind it names and no other kind ("card" of
    a credit card), if it is the one product of that kind which its sender holds. Posts count only
    where their writer allows the use of social data. Source: own choice.
    """
    messages, read = bank["messages"], profiles.data.messages
    text = messages["text"].fillna("").str.lower()
    products = bank["products"]
    named = products["name"].iloc[position]
    name = "" if pd.isna(named) else re.escape(str(named).strip().lower())
    about = text.str.contains(rf"\b{name}\b", regex=True).to_numpy(dtype=bool) if name else False
    kinds = products["category"].fillna("").str.lower().str.split().str[-1].fillna("")
    if word := kinds.iloc[position].removesuffix("s"):
        alike = kinds.str.removesuffix("s").to_numpy() == word
        rows = profiles.data.message_rows.positions
        only = bank.held[:, alike].sum(axis=1) == 1
        holder = np.append(only & bank.held[:, position].astype(bool), False)[rows]
        spoken = holder & _names(text, word)
        for other in set(kinds.str.removesuffix("s")) - {word, ""}:
            spoken[spoken] &= ~_names(text[spoken], other)
        about = about | spoken
    about = about & read.used
    unhappy = np.nan_to_num(read.sentiment) < -settings.models.sentiment_class_bound
    complaints = about & (read.case | unhappy)
    chosen = messages[complaints]
    pairs = zip(chosen["message_id"], chosen["text"].fillna(""), strict=True)
    said = [Said(str(number), str(one)) for number, one in pairs]
    return said, int(about.sum())


def _names(text: pd.Series, word: str) -> np.ndarray:
    """Which texts in small letters name a kind of product, one or several of it."""
    found = text.str.contains(rf"\b{re.escape(word)}s?\b", regex=True)
    return found.to_numpy(dtype=bool)
