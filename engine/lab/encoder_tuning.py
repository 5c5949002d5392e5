"""Pairs of texts that belong together in; an encoder whose vectors say so out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import TrainingError
from engine.models.encoder import sentence_transformer
from engine.models.weights import ModelWeights
from engine.progress import Progress
from engine.settings import Settings
from engine.threads import one_torch_thread

MIN_PAIRS = 50
"""Pairs below which there is nothing to learn an encoder from (own choice)."""
_WARM_UP = 0.1
"""Share of the steps over which the learning rate rises (Sentence Transformers' usual value)."""


@dataclass(frozen=True)
class Pairs:
    """Texts that belong together: what a customer wanted, and the product they took."""

    wants: tuple[str, ...]
    products: tuple[str, ...]
    """Tuple of str, one length. A pair may come more than once; other products of a batch count as
    not wanted."""

    def __len__(self) -> int:
        return len(self.wants)


def fine_tune(
    pretrained: ModelWeights,
    pairs: Pairs,
    into: Path,
    settings: Settings,
    *,
    epochs: int,
    seed: int,
    progress: Progress,
) -> list[float]:
    """Tune an encoder on pairs, save it as a Sentence Transformers folder, give each epoch's loss.

    The folder of the encoder to start from is only read.

    Raises
    ------
    TrainingError
        If there are too few pairs, or all are about one product.

    Notes
    -----
    Multiple negatives ranking (Henderson et al. 2017, arXiv 1705.00652): within a batch a want
    has to be nearer to its own product than to the others'. A product that comes twice in a
    batch is no negative of itself. Runs on one thread of the CPU, so that the same pairs and the
    same seed give the same weights; written here because the library's own trainer wants two
    further packages.
    """
    import torch

    if len(pairs) < MIN_PAIRS or len(set(pairs.products)) < 2:
        raise TrainingError(
            f"Got {len(pairs)} pairs about {len(set(pairs.products))} products to tune the encoder "
            f"on; expected at least {MIN_PAIRS} pairs and 2 products. It stays as it is."
        )
    tuning = settings.finetuning
    with one_torch_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = sentence_transformer(pretrained)
        n_steps = epochs * -(-len(pairs) // tuning.batch)
        optimiser = torch.optim.AdamW(model.parameters(), lr=tuning.learning_rate)
        slope = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda i: _slope(i, n_steps))
        losses, done = [], 0
        model.train()
        for epoch in range(epochs):
            total = 0.0
            for batch in _batches(len(pairs), tuning.batch, seed + epoch):
                loss = _loss(model, pairs, batch, tuning.scale)
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                slope.step()
                total += float(loss.detach()) * len(batch)
                done += 1
                progress(done / n_steps, f"Epoch {epoch + 1} of {epochs}")
            losses.append(total / len(pairs))
        model.eval()
        model.save_pretrained(str(into), create_model_card=False)
    return losses


def _slope(step: int, n_steps: int) -> float:
    """Rises over the first steps, then falls to 0."""
    rising = max(1, round(_WARM_UP * n_steps))
    if step < rising:
        return (step + 1) / rising
    return max(0.0, (n_steps - step) / max(1, n_steps - rising))


def _batches(n: int, size: int, seed: int) -> Iterator[np.ndarray]:
    order = np.random.default_rng(seed).permutation(n)
    return (order[start : start + size] for start in range(0, n, size))


def _loss(model: Any, pairs: Pairs, batch: np.ndarray, scale: float) -> Any:
    import torch

    products = [pairs.products[i] for i in batch]
    wants = _vectors(model, [pairs.wants[i] for i in batch])
    cosine = scale * wants @ _vectors(model, products).T
    names = np.array(products, dtype=object)
    same = torch.from_numpy(names[:, None] == names[None, :])
    same.fill_diagonal_(False)
    cosine = cosine.masked_fill(same, float("-inf"))
    return torch.nn.functional.cross_entropy(cosine, torch.arange(len(batch)))


def _vectors(model: Any, texts: Sequence[str]) -> Any:
    import torch

    vectors = model(model.preprocess(list(texts)))["sentence_embedding"]
    return torch.nn.functional.normalize(vectors, dim=1)
