"""Labelled texts and models in; the systems that engine.lab.text_evaluation compares out."""

from functools import cache, partial

import numpy as np
import pandas as pd

from engine.customers.finances.spending import NAMES, categorise
from engine.errors import BadInput
from engine.lab.compat import OTHERS, keyword_category
from engine.lab.labelled_texts import Labelled
from engine.lab.text_evaluation import System
from engine.models import text_fitting
from engine.models.encoder import Encoder
from engine.models.sentiment import CLASSES, Sentiment, sentiment_classes
from engine.models.zero_shot import ZeroShot
from engine.settings import Settings

OTHER = "other"


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


def learned_of(data: Labelled, encoder: Encoder | None, *, seed: int) -> dict[str, System]:
    """What is learned on each fold's other texts: from each kind of reading, and from the one
    that those texts choose by folds of their own."""
    read = text_fitting.read(
        data.texts.tolist(), data.labels.tolist(), encoder=encoder, groups=data.groups.astype(str)
    )

    @cache
    def said(view: str, train: bytes, test: bytes) -> np.ndarray:
        rows, asked = np.frombuffer(train, np.int64), np.frombuffer(test, np.int64)
        model = text_fitting.fit(read.take(rows), view, seed=seed)
        return model.predict(data.texts[asked].tolist())

    @cache
    def chosen(train: bytes) -> str:
        return text_fitting.choose(read.take(np.frombuffer(train, np.int64)), seed=seed)[0]

    def learned(train: np.ndarray, test: np.ndarray, view: str | None = None) -> np.ndarray:
        rows, asked = (one.astype(np.int64).tobytes() for one in (train, test))
        return said(view or chosen(rows), rows, asked)

    parts = {f"learned from {view}": partial(learned, view=view) for view in read.views}
    return {**(parts if len(parts) > 1 else {}), "learned": learned}


def after_rules(rules: System, learned: System) -> System:
    """The rules where they know a word, else the learned classifier."""

    def system(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        said = rules(train, test)
        return np.where(said == OTHER, learned(train, test), said)

    return system


def zero_shot_of(data: Labelled, model: ZeroShot) -> dict[str, System]:
    """The zero-shot model against the labels' names, bare and centred.

    Centred: each label's log chance minus its mean over the other folds' texts (whose labels are
    not looked at), so that a label that fits everything a little does not win everywhere.
    """
    words = {name: name.replace("_", " ") for name in data.names}
    chances = model.classify(data.texts.tolist(), words)
    logs, names = np.log(np.maximum(chances, 1e-12)), np.array(data.names, dtype=object)

    def centred(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        return names[(logs[test] - logs[train].mean(axis=0)).argmax(axis=1)]

    return {
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
