"""Sentences with a known mood in; the head that ships, with how it does on written ones, out."""

import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from engine.audit.reliability import ece
from engine.lab import mood_generator
from engine.models.mood.head import ARRAYS, CLASSES, MoodHead, inputs_of, read
from engine.models.mood.vader import VaderSentiment
from engine.rates import wilson

INVERSE_RIDGE: Final = 1.0
"""Of the regression (.3 to 10 are alike on written sentences)."""
MIN_TEXTS: Final = 3
"""Texts that a word has to stand in (own choice)."""
WRONG_OPINION: Final = 1.5
"""An opinion that is not there costs so many that are not heard (own choice)."""
JUDGED: Final = (
    "Temperature and bar are chosen on one half of the held-out sentences and judged on the other, "
    "in turn; those that ship are chosen on all of them. The form of the head was chosen on all of "
    "them too, so the figures flatter it."
)
_DIGITS: Final = 4
"""Decimals of what is stored, so that another machine's last bits give the same file."""
# None below: an opinion is at least as likely as not.
_BARS: Final = np.round(np.arange(0.5, 0.91, 0.02), 2)


def fit_head(texts: pd.DataFrame, held_out: pd.DataFrame) -> MoodHead:
    """Multinomial logistic regression; temperature and bar are chosen on held-out sentences.

    Parameters
    ----------
    texts, held_out : DataFrame
        Columns label (of CLASSES) and text.
    """
    from sklearn.linear_model import LogisticRegression

    seen = read(texts["text"].tolist())
    words, cues = _kept(seen.words), _kept(seen.cues)
    grams = (tuple(words), tuple(cues))
    idf = (_idf(words, len(texts)), _idf(cues, len(texts)))
    regression = LogisticRegression(C=INVERSE_RIDGE, max_iter=1_000, tol=1e-5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        regression.fit(inputs_of(seen, grams, idf), _places(texts))
    coefficients = np.round(regression.coef_.T, _DIGITS).astype(np.float32)
    intercepts = np.round(regression.intercept_, _DIGITS)
    plain = MoodHead(grams, idf, coefficients, intercepts, 1.0, 0.0)
    return _made_sure(plain, held_out)


def ship(path: Path = ARRAYS) -> dict[str, Any]:
    """Fit the head on generated sentences and write it; returns what is kept beside it.

    The same templates give the same bytes.
    """
    texts = mood_generator.generate()
    held_out = mood_generator.written(mood_generator.HELD_OUT)
    head = fit_head(texts, held_out)
    vader = VaderSentiment()
    scores, chances = across_halves(head, held_out)
    facts = {
        "licence": "Learned from sentences written for this project, under its licence; none is "
        "from a data set or from engine/demo.",
        "seed": mood_generator.SEED,
        "n_texts": len(texts),
        "texts_sha256": mood_generator.digest(texts),
        "labels": texts["label"].value_counts().reindex(CLASSES).to_dict(),
        "temperature": head.temperature,
        "bar": head.bar,
        "judged": JUDGED,
        "held_out": measures(scores, held_out)
        | {"calibration_error": _calibration_error(chances, held_out)},
        "held_out_vader": measures(vader.score(held_out["text"].tolist()), held_out),
    }
    head.save(path, facts)
    return facts


def across_halves(head: MoodHead, texts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Scores and chances of each text with a temperature and bar that the other half gave.

    Every second text of a class is of one half, so that no text judges what it chose; the words
    and coefficients stay as they are.
    """
    half = np.arange(len(texts)) % 2
    scores, chances = np.zeros(len(texts)), np.zeros((len(texts), len(CLASSES)))
    for one in (0, 1):
        mine = half == one
        judged = _made_sure(head, texts[~mine])
        said = texts.loc[mine, "text"].tolist()
        scores[mine], chances[mine] = judged.score(said), judged.chances(said)
    return scores, chances


def measures(scores: np.ndarray, texts: pd.DataFrame, bound: float = 0.2) -> dict[str, Any]:
    """Accuracy with its 95 % interval (Wilson), macro-F1, n and majority of three classes."""
    said, known = np.digitize(scores, [-bound, bound]), _places(texts)
    hits = int((said == known).sum())
    _, low, high = wilson(hits, len(known))
    f1 = [
        2 * ((said == c) & (known == c)).sum() / max((said == c).sum() + (known == c).sum(), 1)
        for c in range(len(CLASSES))
    ]
    return {
        "n": len(known),
        "accuracy": hits / len(known),
        "low": float(low),
        "high": float(high),
        "macro_f1": float(np.mean(f1)),
        "majority": float(np.bincount(known).max() / len(known)),
    }


def _kept(counts: list[Counter[str]]) -> dict[str, int]:
    """Grams of enough texts, sorted, with the number of those."""
    n_with = Counter(gram for count in counts for gram in count)
    return {gram: n_with[gram] for gram in sorted(n_with) if n_with[gram] >= MIN_TEXTS}


def _idf(n_with: dict[str, int], n: int) -> np.ndarray:
    documents = np.array(list(n_with.values()), dtype=float)
    return (np.log((1 + n) / (1 + documents)) + 1).astype(np.float32)


def _places(texts: pd.DataFrame) -> np.ndarray:
    return texts["label"].map({name: i for i, name in enumerate(CLASSES)}).to_numpy()


def _made_sure(head: MoodHead, texts: pd.DataFrame) -> MoodHead:
    """The same head with the temperature and the bar that these texts give."""
    plain = replace(head, temperature=1.0, bar=0.0)
    chances, said = plain.chances(texts["text"].tolist()), _places(texts)
    temperature = _temperature(np.log(chances), said)
    return replace(plain, temperature=temperature, bar=_bar(chances, said, temperature))


def _temperature(logs: np.ndarray, said: np.ndarray) -> float:
    """What log chances are divided by for the least log loss (Guo et al. 2017)."""

    def loss(log_temperature: float) -> float:
        chances = _softmax(logs / np.exp(log_temperature))
        return float(-np.log(chances[np.arange(len(said)), said]).mean())

    found = minimize_scalar(loss, bounds=(-1.5, 2), method="bounded", options={"xatol": 1e-3})
    return round(float(np.exp(found.x)), 2)


def _bar(chances: np.ndarray, said: np.ndarray, temperature: float) -> float:
    """The chance below which a text is better read as neutral; of equals the highest."""
    sharp = _softmax(np.log(chances) / temperature)
    likeliest, neutral = sharp.argmax(axis=1), CLASSES.index("neutral")

    def cost(bar: float) -> float:
        answer = np.where(sharp.max(axis=1) < bar, neutral, likeliest)
        wrong = answer != said
        return float((wrong * np.where(answer == neutral, 1.0, WRONG_OPINION)).sum())

    return float(min(_BARS, key=lambda bar: (cost(bar), -bar)))


def _calibration_error(chances: np.ndarray, texts: pd.DataFrame) -> float:
    return float(ece(chances.max(axis=1), chances.argmax(axis=1) == _places(texts)))


def _softmax(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
