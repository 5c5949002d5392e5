"""Labelled texts and models in; the systems that engine.lab.text_evaluation compares out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import numpy as np
import pandas as pd

from engine.audit.reliability import ece
from engine.customers.finances.spending import NAMES, categorise
from engine.errors import BadInput
from engine.lab.compat import OTHERS, keyword_category
from engine.lab.labelled_texts import Labelled
from engine.lab.text_evaluation import System
from engine.models import text_fitting
from engine.models.categories import TextClassifier
from engine.models.encoder import Encoder
from engine.models.sentiment import CLASSES, Sentiment, sentiment_classes
from engine.models.text_fitting import Texts
from engine.models.zero_shot import Anchors, ZeroShot, label_vectors
from engine.settings import Settings, default

OTHER: Final = "other"
MOVED: Final = "zero-shot, moved to the texts"

Descriptions = Mapping[str, str | Sequence[str]]
"""Label -> what it is about: one description or several."""


def rules_of(data: Labelled) -> System:
    """The words of lexicon.toml."""
    texts = pd.Series(data.texts, dtype="str")
    empty = pd.Series(np.nan, index=texts.index, dtype="str")
    lines = {"description": texts, "merchant": empty, "category": empty, "amount": -1.0}
    said = np.array(NAMES, dtype=object)[categorise(pd.DataFrame(lines))[0]]
    return lambda _train, test: said[test]


def keywords_of(data: Labelled) -> System:
    """The four keyword lists of an earlier system; what they do not know is other."""
    said = np.array([keyword_category(text) for text in data.texts], dtype=object)
    said[said == OTHERS] = OTHER
    return lambda _train, test: said[test]


@dataclass(frozen=True, eq=False)
class LearnedTexts:
    """A classifier that is learned anew for each fold, from what that fold's texts choose.

    Attributes
    ----------
    read : Texts
    systems : mapping of str to System
        One for each kind of reading, where there is a choice, and "learned".
    chances : dict of bytes to ndarray
        Held-out rows (the bytes of int64) -> what "learned" gave each label, in the order of
        `read.names`; filled as the system is asked.
    """

    read: Texts
    systems: dict[str, System]
    chances: dict[bytes, np.ndarray]

    def calibration_error(self) -> float:
        """Expected calibration error of the likeliest labels of all held-out texts, 0 to 1."""
        chances = np.vstack(list(self.chances.values()))
        rows = np.concatenate([np.frombuffer(one, np.int64) for one in self.chances])
        hits = chances.argmax(axis=1) == self.read.y[rows]
        return ece(chances.max(axis=1), hits)


def learned_of(
    data: Labelled, encoder: Encoder | None, *, seed: int, min_texts: int = 1
) -> LearnedTexts:
    """What is learned on each fold's other texts: from each kind of reading, and from the one
    that those texts choose by folds of their own."""
    read = text_fitting.read(
        data.texts.tolist(),
        data.labels.tolist(),
        encoder=encoder,
        groups=data.groups.astype(str),
        min_texts=min_texts,
    )
    chances: dict[bytes, np.ndarray] = {}

    @cache
    def said(view: str, train: bytes, test: bytes) -> np.ndarray:
        rows, asked = np.frombuffer(train, np.int64), np.frombuffer(test, np.int64)
        model = text_fitting.fit(read.take(rows), view, seed=seed)
        given = np.zeros((len(asked), len(read.names)))
        given[:, [read.names.index(label) for label in model.labels]] = model.chances(
            data.texts[asked].tolist()
        )
        return given

    @cache
    def chosen(train: bytes) -> tuple[str, float]:
        return text_fitting.choose(read.take(np.frombuffer(train, np.int64)), seed=seed)

    def learned(train: np.ndarray, test: np.ndarray, view: str | None = None) -> np.ndarray:
        rows, asked = (one.astype(np.int64).tobytes() for one in (train, test))
        given = said(view or chosen(rows)[0], rows, asked)
        if view is None:
            sharpened = given ** chosen(rows)[1]
            chances[asked] = sharpened / sharpened.sum(axis=1, keepdims=True)
        return np.array(read.names, dtype=object)[given.argmax(axis=1)]

    parts = {f"learned from {view}": partial(learned, view=view) for view in read.views}
    systems = {**(parts if len(parts) > 1 else {}), "learned": learned}
    return LearnedTexts(read, systems, chances)


def fitted_of(data: Labelled, model: TextClassifier) -> System:
    """A classifier that was fitted before."""
    said = model.predict(data.texts.tolist())
    return lambda _train, test: said[test]


def after_rules(rules: System, learned: System) -> System:
    """The rules where they know a word, else the learned classifier."""

    def system(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        said = rules(train, test)
        return np.where(said == OTHER, learned(train, test), said)

    return system


def zero_shot_of(
    data: Labelled,
    model: ZeroShot,
    encoder: Encoder,
    descriptions: Descriptions | None = None,
) -> dict[str, System]:
    """The zero-shot model against what the labels are called: moved to the texts, bare, centred.

    Moved to the texts (`zero_shot.Anchors`) and centred learn from the other folds' texts, whose
    labels are not looked at. Centred: each label's log chance minus its mean there, so that a
    label that fits everything a little does not win everywhere.

    Parameters
    ----------
    descriptions : mapping, optional
        Label -> one description or several, for every label; by default its name.
    """
    words = {name: name.replace("_", " ") for name in data.names}
    if descriptions is not None:
        if missing := [name for name in data.names if name not in descriptions]:
            raise BadInput(
                f"The labels {', '.join(missing)} have no description; expected one for each of "
                f"{', '.join(data.names)}."
            )
        words = {name: descriptions[name] for name in data.names}
    first = {name: said if isinstance(said, str) else said[0] for name, said in words.items()}
    chances = model.classify(data.texts.tolist(), first)
    logs, names = np.log(np.maximum(chances, 1e-12)), np.array(data.names, dtype=object)
    vectors, labels = encoder.encode(data.texts.tolist()), label_vectors(encoder, words)

    def moved(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        anchors = Anchors.of(vectors[train], labels, default().models.zero_shot_temperature)
        return names[anchors.chances(vectors[test]).argmax(axis=1)]

    def centred(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        return names[(logs[test] - logs[train].mean(axis=0)).argmax(axis=1)]

    return {
        MOVED: moved,
        "zero-shot": lambda _train, test: names[logs[test].argmax(axis=1)],
        "zero-shot, centred": centred,
    }


def sentiment_of(data: Labelled, model: Sentiment, settings: Settings) -> System:
    """Our sentiment model in its three classes, or in two where the labels know no neutral."""
    scores = model.score(data.texts.tolist())
    said = sentiment_classes(scores, settings).astype(object)
    if CLASSES[1] not in data.names:
        said = np.where(scores > 0, CLASSES[2], CLASSES[0])
    return lambda _train, test: said[test]


def sentiment_labels(labels: pd.Series) -> pd.Series:
    """Labels as negative, neutral and positive.

    Raises
    ------
    BadInput
        Names the first label that is neither a word for one of them nor a number.
    """
    words = labels.astype("str").str.strip().str.lower()
    numbers = pd.to_numeric(words, errors="coerce")
    shifted = numbers - 0.5 if numbers.dropna().isin([0, 1]).all() else numbers  # 0 and 1, or signs
    signs = np.sign(shifted).map(dict(zip((-1.0, 0.0, 1.0), CLASSES, strict=True)))
    spelt = words.str[:3].map({name[:3]: name for name in CLASSES})
    read = spelt.where(spelt.notna(), signs).astype("str")
    unread = read.isna() & labels.notna()
    if unread.any():
        raise BadInput(
            f"The label {labels[unread].iloc[0]!r} is no sentiment; expected words such as "
            "positive, neutral and negative, or numbers (0 and 1, or below and above 0)."
        )
    return read
