"""A CSV file of labelled texts in; how well categories, zero-shot and sentiment do on it out."""

from pathlib import Path

from engine.errors import BadInput
from engine.lab.labelled_texts import Labelled, labelled, read_table
from engine.lab.text_evaluation import System, TextEvaluation, evaluate
from engine.lab.text_systems import (
    after_rules,
    learned_of,
    rules_of,
    sentiment_labels,
    sentiment_of,
    zero_shot_of,
)
from engine.models.categories import TextClassifier
from engine.models.encoder import load_encoder
from engine.models.sentiment import load_sentiment
from engine.models.zero_shot import load_zero_shot
from engine.settings import default


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
    return _evaluate(data, _learned(data, ours) | _zero_shot(data))


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
    held_out, seed = _evaluate(data, _learned(data, ours)), default().models.seed
    model = TextClassifier.fit(data.texts, data.labels, seed=seed)
    facts = {
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


def _evaluate(data: Labelled, systems: dict[str, System]) -> TextEvaluation:
    return evaluate(data, systems, seed=default().models.seed)


def _zero_shot(data: Labelled) -> dict[str, System]:
    settings = default()
    return zero_shot_of(data, load_zero_shot(settings, load_encoder(settings)))


def _learned(data: Labelled, ours: bool) -> dict[str, System]:
    learned = learned_of(data, seed=default().models.seed)
    if not ours:
        return {"learned": learned}
    rules = rules_of(data)
    return {"rules": rules, "learned": learned, "rules, then learned": after_rules(rules, learned)}
