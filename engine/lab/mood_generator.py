"""A seed in; sentences with a known mood, from templates that were written for them, out."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.models.mood.head import CLASSES

FOLDER: Final = Path(__file__).with_name("mood_texts")
SEED: Final = 7
DRAFTING: Final = "drafting"
HELD_OUT: Final = "held_out"

_FILLINGS: Final = 30
"""Of a template; those with many choices get up to three times as many (own choice)."""
_MESSAGES: Final = 1_800
"""Of several sentences, for each mood (own choice)."""
_CHOICE: Final = re.compile(r"\(([^()]*)\)")
_SLOT: Final = re.compile(r"\{(\w+)\}")
_COURTESIES: Final = (
    "Thanks in advance.", "Thank you for reading this.", "Please let me know.", "Kind regards.",
    "There is no rush.", "I can be reached by email.", "Many thanks and regards.",
    "Looking forward to your answer.", "Have a good day.", "I thank you for your attention.",
    "Thanks for your help with this.", "You have my number.", "It is not urgent.",
)  # fmt: skip
"""They close messages of every mood."""


def generate(seed: int = SEED) -> pd.DataFrame:
    """Texts that a head of mood learns from, each once: source, label, text; same seed, same texts.

    Sources are single sentences to a company (service), short public messages (tweets), business
    news (news) and messages of several sentences (messages).
    """
    rng = np.random.default_rng(seed)
    slots = _toml("slots")
    rows: list[tuple[str, str, str]] = []
    more = {"service": (1.0, 1.0), "tweets": (1.0, 2.0), "news": (1.0, 1.0)}
    for source, (of_negative, of_others) in more.items():
        templates = _toml(source)
        for label in CLASSES:
            each = _FILLINGS * (of_negative if label == CLASSES[0] else of_others)
            if source == "news" and label == "neutral":
                each *= 1.5
            for template in templates[label]:
                n = int(each) * (1 + min(template.count("|") // 12, 2) * (source == "service"))
                rows += [(source, label, _fill(template, slots, rng)) for _ in range(n)]
    rows += _messages(rows, _toml("service")["openers"], rng)
    table = pd.DataFrame(rows, columns=["source", "label", "text"])
    table["text"] = [
        _typed(text, source, rng)
        for text, source in zip(table["text"], table["source"], strict=True)
    ]
    return table.drop_duplicates("text", ignore_index=True)


def written(name: str) -> pd.DataFrame:
    """Sentences written one by one, label and text: DRAFTING or HELD_OUT."""
    said = _toml(name)
    rows = [(label, text) for label in CLASSES for text in said[label]]
    return pd.DataFrame(rows, columns=["label", "text"])


def digest(texts: pd.DataFrame) -> str:
    """SHA-256 of labels and texts, by which a shipped head knows what it learned from."""
    lines = (f"{row.label}\t{row.text}\n" for row in texts.itertuples())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def _fill(template: str, slots: dict[str, list[str]], rng: np.random.Generator) -> str:
    """Choose within (a|b), the innermost first, then a word for each {slot}."""

    def chosen(options: list[str]) -> str:
        return options[rng.integers(len(options))]

    while match := _CHOICE.search(template):
        said = chosen(match.group(1).split("|"))
        template = template[: match.start()] + said + template[match.end() :]
    filled = _SLOT.sub(lambda match: chosen(slots[match.group(1)]), template)
    filled = re.sub(r"\s+", " ", filled).strip()
    return filled[:1].upper() + filled[1:]


def _messages(
    rows: list[tuple[str, str, str]], openers: list[str], rng: np.random.Generator
) -> list[tuple[str, str, str]]:
    """Sentences of one mood, plain ones beside them, courtesies at the end."""
    pools = {
        label: [text for source, mood, text in rows if source == "service" and mood == label]
        for label in CLASSES
    }
    made = []
    for label in CLASSES:
        for _ in range(_MESSAGES):
            n_more = rng.integers(0, 3)
            moods = [label, *(label if rng.random() < 0.5 else "neutral" for _ in range(n_more))]
            parts = [pools[mood][rng.integers(len(pools[mood]))] for mood in moods]
            rng.shuffle(parts)
            if rng.random() < 0.35:
                parts.append(_COURTESIES[rng.integers(len(_COURTESIES))])
            opener = openers[rng.integers(len(openers))]
            made.append(("messages", label, opener + " ".join(parts)))
    return made


def _typed(text: str, source: str, rng: np.random.Generator) -> str:
    """As people type: some without capitals or stops, a few in capitals; news as agencies do."""
    chance = rng.random()
    if source == "news":
        return text.replace(" %", "%") if chance < 0.15 else text
    if chance < 0.12:
        return text.lower()
    if chance < 0.20:
        return re.sub(r"[.,!?]", "", text.lower())
    return text.upper() if chance < 0.23 else text
