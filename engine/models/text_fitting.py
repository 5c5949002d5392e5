"""Labelled texts in; a classifier that reads words, an encoder's vectors or both, by folds, out."""

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import minimize_scalar

from engine.errors import BadInput
from engine.models.categories import TextClassifier, grams_of, matrix
from engine.models.encoder import Encoder

WORDS: Final = "words and characters"
MEANING: Final = "an encoder's vectors"
BOTH: Final = "both"
VIEWS: Final = (WORDS, MEANING, BOTH)
"""What may be read, the simplest first."""

INVERSE_RIDGE: Final = 1.0
"""Of the support vector machine; its usual value (on 374 statement lines .3 to 3 are alike)."""
MAX_GRAMS: Final = 100_000
"""The most frequent ones are kept, so that a fit and its file are bounded (own choice)."""
MAX_CHOOSING: Final = 3_000
"""Texts that choose what is read and how sharp chances are, spread evenly (own choice)."""
_N_FOLDS: Final = 5
_MAX_STEPS: Final = 2_000


class Texts(NamedTuple):
    """Labelled texts as a linear model sees them.

    Attributes
    ----------
    names : tuple of str
        The labels, sorted; `y` holds their places.
    vectors : ndarray of shape (n, n_dimensions)
        No columns without an encoder.
    groups : ndarray of int, shape (n,)
        Texts of one group stay on one side of every fold.
    min_texts : int
        Words and characters of fewer texts are not learned from.
    """

    names: tuple[str, ...]
    y: np.ndarray
    counts: list[Counter[str]]
    vectors: np.ndarray
    groups: np.ndarray
    encoder: Encoder | None
    min_texts: int = 1

    @property
    def views(self) -> tuple[str, ...]:
        """What can be read."""
        return VIEWS[:1] if self.encoder is None else VIEWS

    def take(self, rows: np.ndarray) -> "Texts":
        """Some of the texts, of the same labels."""
        counts = [self.counts[row] for row in rows]
        return self._replace(
            y=self.y[rows], counts=counts, vectors=self.vectors[rows], groups=self.groups[rows]
        )


class _Linear(NamedTuple):
    """One linear model; the words' rows of `weights` come before the vectors'."""

    grams: tuple[str, ...]
    idf: np.ndarray
    reads_vectors: bool
    weights: np.ndarray
    intercepts: np.ndarray


def read(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    encoder: Encoder | None = None,
    groups: Sequence[str] | None = None,
    min_texts: int = 1,
) -> Texts:
    """Labelled texts, read once; without an encoder only words can be learned from.

    Raises
    ------
    BadInput
        If there are fewer than two labels, or the texts hold no letter or digit.
    """
    names, y = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    if len(names) < 2:
        raise BadInput(f"Got the labels {names.tolist()}; expected at least two.")
    counts = [grams_of(text) for text in texts]
    if not any(counts):
        raise BadInput("The texts hold no letter and no digit; expected statement lines.")
    vectors = np.empty((len(texts), 0)) if encoder is None else encoder.encode(list(texts))
    ids = np.arange(len(texts)) if groups is None else np.unique(groups, return_inverse=True)[1]
    return Texts(tuple(names.tolist()), y, counts, vectors, ids, encoder, min_texts)


def learn(texts: Texts, *, seed: int) -> tuple[TextClassifier, str]:
    """The classifier that reads what folds choose, and which of VIEWS that is."""
    view, sharpness = choose(texts, seed=seed)
    return fit(texts, view, seed=seed, sharpness=sharpness), view


def fit(texts: Texts, view: str, *, seed: int, sharpness: float = 1.0) -> TextClassifier:
    """Learn from one of VIEWS; margins are multiplied by `sharpness` before they are chances.

    Notes
    -----
    One linear support vector machine a label against the others (Fan et al. 2008, LIBLINEAR).
    """
    model = _fit(texts, view, seed)
    weights = (model.weights * sharpness).astype(np.float32)
    n = len(model.grams)
    encoder = texts.encoder if model.reads_vectors else None
    arrays = (model.idf, weights[:n], weights[n:], model.intercepts * sharpness)
    return TextClassifier(texts.names, model.grams, *arrays, encoder)


def choose(texts: Texts, *, seed: int) -> tuple[str, float]:
    """What is to be read, and what margins are to be multiplied by.

    Notes
    -----
    Margins become chances by one temperature, fitted on texts of held-out folds (Guo et al. 2017).
    The view whose chances have the least log loss there serves, of equals the simplest; how many
    texts it names is a coarser measure, and chose worse than chance would on 423 statement lines.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    n = len(texts.y)
    texts = texts.take(np.unique(np.linspace(0, n - 1, min(n, MAX_CHOOSING)).round().astype(int)))
    held = {view: np.zeros((len(texts.y), len(texts.names))) for view in texts.views}
    judged = np.zeros(len(texts.y), dtype=bool)
    with warnings.catch_warnings():
        # A label with fewer groups than folds is missing in some; the others are judged there.
        warnings.simplefilter("ignore", UserWarning)
        cut = StratifiedGroupKFold(_N_FOLDS, shuffle=True, random_state=seed)
        split = list(cut.split(texts.y, texts.y, texts.groups)) if _folds_hold(texts) else []
    for train, test in split:
        if len(np.unique(texts.y[train])) < 2:
            continue
        judged[test] = True
        learned_from, asked = texts.take(train), texts.take(test)
        for view, margins in held.items():
            model = _fit(learned_from, view, seed)
            margins[test] = _inputs(asked, *model[:3]) @ model.weights + model.intercepts
    y = texts.y[judged]
    fitted = {view: _sharpness(margins[judged], y) for view, margins in held.items()}
    best = min(texts.views, key=lambda view: round(fitted[view][1], 9))
    return best, fitted[best][0]


def _folds_hold(texts: Texts) -> bool:
    """Whether some label has as many texts, and the texts as many groups, as there are folds."""
    return np.bincount(texts.y).max() >= _N_FOLDS <= len(set(texts.groups.tolist()))


def _sharpness(margins: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The factor under which the softmax of margins has the least log loss, and that loss."""
    if not len(y):
        return 1.0, 0.0

    def loss(log_factor: float) -> float:
        logits = margins * np.exp(log_factor)
        logits = logits - logits.max(axis=1, keepdims=True)
        return float((np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y]).mean())

    found = minimize_scalar(loss, bounds=(-3, 3), method="bounded")
    return float(np.exp(found.x)), float(found.fun)


def _fit(texts: Texts, view: str, seed: int) -> _Linear:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    n_with = Counter(gram for count in texts.counts for gram in count) if view != MEANING else {}
    enough = [gram for gram, n in n_with.items() if n >= texts.min_texts]
    kept = sorted(enough, key=lambda gram: (-n_with[gram], gram))[:MAX_GRAMS]
    grams = tuple(sorted(kept))
    documents = np.array([n_with[gram] for gram in grams], dtype=float)
    idf = np.log((1 + len(texts.y)) / (1 + documents)) + 1
    reads = (grams, idf, view != WORDS)
    machine = LinearSVC(C=INVERSE_RIDGE, max_iter=_MAX_STEPS, random_state=seed)
    with warnings.catch_warnings():
        # A search that is stopped after so many steps is an answer too; folds judge it.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(_inputs(texts, *reads), texts.y)
    present, weights, intercepts = machine.classes_, machine.coef_, machine.intercept_
    if len(present) == 2:  # one row says all; a softmax wants one for each label
        weights = np.vstack([-weights, weights]) / 2
        intercepts = np.append(-intercepts, intercepts) / 2
    everywhere = np.zeros((weights.shape[1], len(texts.names)))
    everywhere[:, present] = weights.T
    offsets = np.full(
        len(texts.names), intercepts.min() - 1
    )  # a label that a fold lacks comes last
    offsets[present] = intercepts
    return _Linear(*reads, everywhere, offsets)


def _inputs(
    texts: Texts, grams: tuple[str, ...], idf: np.ndarray, reads_vectors: bool
) -> sparse.csr_array:
    words = matrix(texts.counts, grams, idf)
    if not reads_vectors:
        return words
    return sparse.csr_array(sparse.hstack([words, sparse.csr_array(texts.vectors)]))
