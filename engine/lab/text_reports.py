"""A CSV file of labelled texts in; how well categories, zero-shot and sentiment do on it out."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from engine.errors import BadInput, WeightsError
from engine.lab.labelled_texts import Labelled, labelled, read_table
from engine.lab.text_evaluation import System, TextEvaluation, evaluate
from engine.lab.text_systems import (
    MOVED,
    Descriptions,
    after_rules,
    fitted_of,
    keywords_of,
    learned_of,
    rules_of,
    sentiment_labels,
    sentiment_of,
    zero_shot_of,
)
from engine.models import text_fitting
from engine.models.categories import TextClassifier, Why
from engine.models.encoder import Encoder, load_encoder
from engine.models.mood.vader import VaderSentiment
from engine.models.sentiment import Sentiment, load_sentiment
from engine.models.text_cache import TextCache
from engine.models.text_versions import CATEGORY, SENTIMENT, TOPIC, TextVersions
from engine.models.zero_shot import load_zero_shot
from engine.settings import default
from engine.vocabulary import SPENDING_CATEGORIES

log = logging.getLogger(__name__)

SERVES: Final = "fitted version that serves"
MIN_TEXTS: Final = 2
"""Texts that a word has to stand in to be learned from a bank's labels (own choice)."""
MIN_NEW: Final = 30
"""New texts that judge two versions of a model beside each other (own choice)."""
_DIGITS: Final = 12
_SHOWN: Final = 5
"""Labels that an error names."""

MAX_ENCODED: Final = 20_000
"""Texts that an encoder is asked for, about five minutes of one core (own choice)."""


def evaluate_categories(
    file: Path,
    text: str,
    label: str,
    group: str | None = None,
    *,
    ours: bool = True,
    versions: TextVersions | None = None,
) -> TextEvaluation:
    """Rules, the learned classifier and the zero-shot model on the same folds of a CSV file.

    They are judged on `ours`, our own categories, or else on the file's labels, of which the rules
    know none. The columns are those of engine.lab.labelled_texts.labelled. A version that was
    fitted on the bank's labels stands first where one serves.
    """
    data = labelled(read_table(file), text, label, group, ours=ours)
    with _encoder_for(data) as encoder:
        systems = _learned(data, encoder, ours) | _zero_shot(data)
    return _evaluate(data, _serving(data, CATEGORY, versions) | systems, "learned")


def evaluate_zero_shot(
    file: Path,
    text: str,
    label: str,
    group: str | None = None,
    *,
    descriptions: Descriptions | None = None,
    versions: TextVersions | None = None,
) -> TextEvaluation:
    """The zero-shot model against the labels' names, or what is said of them."""
    data = labelled(read_table(file), text, label, group)
    systems = _serving(data, TOPIC, versions) | _zero_shot(data, descriptions)
    return _evaluate(data, systems, MOVED)


def evaluate_sentiment(
    file: Path,
    text: str,
    label: str,
    group: str | None = None,
    *,
    versions: TextVersions | None = None,
) -> TextEvaluation:
    """The sentiment model on texts whose sentiment is known, and the default beside it."""
    data = _of_sentiment(file, text, label, group)
    default_one = _sentiment(data)
    chief = next(iter(default_one))
    return _evaluate(data, _serving(data, SENTIMENT, versions) | default_one, chief)


def fit_and_save(
    file: Path,
    text: str,
    label: str,
    group: str | None,
    into: Path,
    *,
    ours: bool = True,
) -> TextEvaluation:
    """Fit once on all texts, save with the figures of held-out ones beside it.

    Raises
    ------
    BadInput
        If the folder is in use for something else, or the file cannot be judged.
    """
    if into.exists() and (not into.is_dir() or any(p.name[:5] != "text." for p in into.iterdir())):
        raise BadInput(f"{into} holds other files; name a new folder.")
    data = labelled(read_table(file), text, label, group, ours=ours)
    seed, groups = default().models.seed, data.groups.astype(str).tolist()
    with _encoder_for(data) as encoder:
        held_out = _evaluate(data, _learned(data, encoder, ours), "learned")
        read = text_fitting.read(
            data.texts.tolist(), data.labels.tolist(), encoder=encoder, groups=groups
        )
        model, view = text_fitting.learn(read, seed=seed)
    model.save(into, _facts(data, view, held_out))
    return held_out


@dataclass(frozen=True)
class FittedText:
    """A version of a text model that was fitted, and whether it serves.

    Attributes
    ----------
    number : int
    serves : bool
    says : str
        Why it serves or does not.
    calibration_error : float
        Of held-out texts, 0 to 1.
    """

    judged: TextEvaluation
    task: str
    number: int
    serves: bool
    says: str
    calibration_error: float


def fit_version(
    task: str,
    file: Path,
    text: str,
    label: str,
    group: str | None,
    versions: TextVersions,
    *,
    ours: bool = True,
) -> FittedText:
    """Fit a text model of a task on a bank's own labels; it serves where it is surely better.

    It is judged on held-out texts beside the defaults and, on texts which that one has not learned
    from, the version that serves. Words and characters of a single text are not learned, since
    they may be a person's.

    Raises
    ------
    BadInput
        If the file cannot be judged, or has labels of spending that are none of our categories.
    """
    if task == SENTIMENT:
        data = _of_sentiment(file, text, label, group)
    else:
        data = labelled(read_table(file), text, label, group, ours=ours and task == CATEGORY)
    if task == CATEGORY:
        _check_categories(data, label)
    seed = default().models.seed
    with _encoder_for(data) as encoder:
        learned = learned_of(data, encoder, seed=seed, min_texts=MIN_TEXTS)
        rivals = _defaults(data, task, ours) | _serving(data, task, versions)
        judged = evaluate(data, learned.systems | rivals, seed=seed, chief="learned")
        model, view = text_fitting.learn(learned.read, seed=seed)
    error = learned.calibration_error()
    learned_from = sorted(map(_digest, data.texts))
    serves, says = _verdict(judged, data, versions, task)
    facts = _facts(data, view, judged) | {
        "task": task,
        "calibration_error": error,
        "serves": says,
        "texts": learned_from,
    }
    number = versions.add(task, model, facts)
    if serves:
        versions.let_serve(task, number)
    return FittedText(judged, task, number, serves, says, error)


def _verdict(
    judged: TextEvaluation, data: Labelled, versions: TextVersions, task: str
) -> tuple[bool, str]:
    """Whether what was learned takes over, and why."""
    hits = {name: hit.mean() for name, hit in judged.hits.items()}
    others = [n for n in hits if not n.startswith(("learned", SERVES))]
    best = max(others, key=lambda name: hits[name])
    more, low, high = judged.lead("learned", best)
    said = f"{more:+.3f} [{low:+.3f}, {high:+.3f}] of {data.n:,} texts over {best}"
    if low <= 0:
        return False, f"Not put in force: {said}, so it is not surely better."
    number = versions.serving(task)
    if number is None:
        return True, f"In force: {said}."
    known = set(versions.facts(task, number)["texts"])
    new = np.array([_digest(text) not in known for text in data.texts])
    if new.sum() >= MIN_NEW:
        own, its = (judged.hits[name][new].mean() for name in ("learned", SERVES))
        beside = f"{own:.3f} against {its:.3f} of version {number} on {new.sum():,} new texts"
        return bool(own > its), f"{'In' if own > its else 'Not put in'} force: {said}; {beside}."
    is_larger = data.n >= len(known)
    beside = f"version {number} learned from {len(known):,} texts, {new.sum():,} of these are new"
    return is_larger, f"{'In' if is_larger else 'Not put in'} force: {said}; {beside}."


def _check_categories(data: Labelled, label: str) -> None:
    """A bank's spending has our categories alone: any other label would be read as "other"."""
    foreign = [name for name in data.names if name not in SPENDING_CATEGORIES]
    if foreign:
        raise BadInput(
            f"Got {len(foreign):,} labels in column {label!r} that are none of our categories "
            f"({', '.join(foreign[:_SHOWN])}{', ...' if len(foreign) > _SHOWN else ''}); expected "
            f"some of {', '.join(SPENDING_CATEGORIES)}. Leave out --source-labels, so that they "
            "are turned into ours, or save the classifier by itself with --into FOLDER."
        )


def why(folder: Path, text: str) -> Why:
    """What a saved classifier says of one text, and the words behind it."""
    return TextClassifier.load(folder, lambda: load_encoder(default())).why(text)


def _facts(data: Labelled, view: str, held_out: TextEvaluation) -> dict[str, Any]:
    """What is kept beside a classifier."""
    return {
        "reads": view,
        "labels": list(data.names),
        "n": data.n,
        "n_groups": data.n_groups,
        "majority": data.majority,
        "left_out": list(data.left_out),
        "seed": held_out.seed,
        "held_out": held_out.table.to_dict("records"),
    }


def _digest(text: str) -> str:
    """Enough of a hash to know a text again, and too little to read it from."""
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _evaluate(data: Labelled, systems: dict[str, System], chief: str) -> TextEvaluation:
    """What serves is the chief system: a fitted version where there is one."""
    chief = SERVES if SERVES in systems else chief
    return evaluate(data, systems, seed=default().models.seed, chief=chief)


def _of_sentiment(file: Path, text: str, label: str, group: str | None) -> Labelled:
    table = read_table(file)
    if label in table.columns:
        table = table.assign(**{label: sentiment_labels(table[label])})
    return labelled(table, text, label, group)


def _defaults(data: Labelled, task: str, ours: bool) -> dict[str, System]:
    """What a task is done with where nothing was fitted."""
    if task == SENTIMENT:
        return _sentiment(data)
    if task == CATEGORY and ours:
        return {"rules": rules_of(data)}
    return _zero_shot(data)


def _serving(data: Labelled, task: str, versions: TextVersions | None) -> dict[str, System]:
    """The version that serves, under one name."""
    folder = versions.serving_path(task) if versions else None
    if folder is None:
        return {}
    facts = versions.facts(task, int(folder.name)) if versions else {}
    n_known = sum(_digest(text) in set(facts["texts"]) for text in data.texts)
    if n_known:
        log.warning("%s of %s texts are among those that it learned from.", n_known, data.n)
    model = TextClassifier.load(folder, lambda: load_encoder(default()))
    return {SERVES: fitted_of(data, model)}


def _sentiment(data: Labelled) -> dict[str, System]:
    settings = default()
    models = [
        load_sentiment(settings),
        Sentiment(VaderSentiment(), TextCache(), settings.models.max_text_chars),
    ]
    return {model.name: sentiment_of(data, model, settings) for model in models}


def _zero_shot(data: Labelled, descriptions: Descriptions | None = None) -> dict[str, System]:
    settings = default()
    with TemporaryDirectory() as folder:  # every text is encoded once
        encoder = load_encoder(settings, cache=Path(folder))
        return zero_shot_of(data, load_zero_shot(settings, encoder), encoder, descriptions)


def _learned(data: Labelled, encoder: Encoder | None, ours: bool) -> dict[str, System]:
    learned = learned_of(data, encoder, seed=default().models.seed).systems
    if not ours:
        return learned
    rules = rules_of(data)
    both = after_rules(rules, learned["learned"])
    plain = {"keywords": keywords_of(data), "rules": rules}
    return {**plain, **learned, "rules, then learned": both}


@contextmanager
def _encoder_for(data: Labelled) -> Iterator[Encoder | None]:
    """The encoder, which reads every text once; None where it is not here or texts are many."""
    if data.n > MAX_ENCODED:
        log.warning("%s texts are too many for the encoder; only words are read.", f"{data.n:,}")
        yield None
        return
    with TemporaryDirectory() as folder:
        try:
            encoder = load_encoder(default(), cache=Path(folder))
            encoder.encode(data.texts.tolist())
        except WeightsError as error:
            log.warning("Only words are read: %s", error)
            encoder = None
        yield encoder
