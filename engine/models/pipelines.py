"""A folder of weights in, a transformers pipeline for sequence classification out."""

from typing import Any, Literal

from engine.errors import WeightsError
from engine.models.weights import ModelWeights

Task = Literal["text-classification", "zero-shot-classification"]


def load_pipeline(task: Task, weights: ModelWeights) -> Any:
    """Load a classifier and its tokenizer from a folder, on the CPU, without the network.

    Raises
    ------
    WeightsError
        If the folder does not hold such a model.
    """
    from safetensors import SafetensorError
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(weights.path, local_files_only=True)
        model = AutoModelForSequenceClassification.from_pretrained(
            weights.path, local_files_only=True, use_safetensors=True
        )
        return pipeline(task, model=model, tokenizer=tokenizer, device=-1)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            f"{weights.path} does not load as {weights.name} for {task}: {error}. Expected "
            "config.json, tokenizer.json and model.safetensors of a sequence classifier."
        ) from error


class Classifier:
    """What is said of a sequence classifier that is loaded from its folder at the first text."""

    def __init__(self, model: ModelWeights) -> None:
        self.weights = model
        self.name = model.name
        self.source: str = model.source
        self.identity = model.identity
