"""A CSV file of labelled texts in; how well categories, zero-shot and sentiment do on it out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from engine.errors import BadInput, WeightsError
from engine.lab.labelled_texts import Labelled, labelled, read_table
from engine.lab.text_evaluation import System, TextEvaluation, evaluate
from engine.lab.text_systems import (
    after_rules,
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
from engine.models.sentiment import load_sentiment
from engine.models.zero_shot import load_zero_shot
from engine.settings import default

log = logging.getLogger(__name__)

MAX_ENCODED: Final = 20_000
"""Texts that an encoder is asked for, about five minutes of one core (own choice)."""


def evaluate_categories(
    file: Path,
    text: str,
    label: str,
    group: str | None = None,
    *,
    ours: bool = True,
) -> TextEvaluation:
    """Rules, the learned classifier and the zero-shot model on the same folds of a CSV file.

    They are judged on `ours`, our own categories, or else on the file's labels, of which the rules
    know none. The columns are those of engine.lab.labelled_texts.labelled.
    """
    data = labelled(read_table(file), text, label, group, ours=ours)
    with _encoder_for(data) as encoder:
        return _evaluate(data, _learned(data, encoder, ours) | _zero_shot(data))


def evaluate_zero_shot(
    file: Path, text: str, label: str, group: str | None = None
) -> TextEvaluation:
    """The zero-shot model against the labels' names."""
    data = labelled(read_table(file), text, label, group)
    return _evaluate(data, _zero_shot(data))


def evaluate_sentiment(
    file: Path, text: str, label: str, group: str | None = None
) -> TextEvaluation:
    """The sentiment model on texts whose sentiment is known."""
    table = read_table(file)
    if label in table.columns:
        table = table.assign(**{label: sentiment_labels(table[label])})
    data = labelled(table, text, label, group)
    model = load_sentiment(default())
    return _evaluate(data, {model.name: sentiment_of(data, model, default())})


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
        held_out = _evaluate(data, _learned(data, encoder, ours))
        read = text_fitting.read(
            data.texts.tolist(), data.labels.tolist(), encoder=encoder, groups=groups
        )
        model, view = text_fitting.learn(read, seed=seed)
    facts = {
        "reads": view,
        "labels": list(model.labels),
        "n": data.n,
        "n_groups": data.n_groups,
        "majority": data.majority,
        "left_out": list(data.left_out),
        "seed": seed,
        "held_out": held_out.table.to_dict("records"),
    }
    model.save(into, facts)
    return held_out


def why(folder: Path, text: str) -> Why:
    """What a saved classifier says of one text, and the words behind it."""
    return TextClassifier.load(folder, lambda: load_encoder(default())).why(text)


def _evaluate(data: Labelled, systems: dict[str, System]) -> TextEvaluation:
    return evaluate(data, systems, seed=default().models.seed)


def _zero_shot(data: Labelled) -> dict[str, System]:
    settings = default()
    return zero_shot_of(data, load_zero_shot(settings, load_encoder(settings)))


def _learned(data: Labelled, encoder: Encoder | None, ours: bool) -> dict[str, System]:
    learned = learned_of(data, encoder, seed=default().models.seed)
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
