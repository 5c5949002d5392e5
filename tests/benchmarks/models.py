"""Encoder and exact search in; how long one text and one search take, and memory, out.

`python -m tests.benchmarks.models` measures in a process of its own, whose memory is then that of
the model, and prints what it found as JSON. Everything runs on the processor, as it does for users.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from tests.benchmarks.measure import (
    ROOT,
    Row,
    peak_memory,
    processor_seconds,
    seconds,
    sized,
    timed,
)

DIMENSIONS: Final = 384
PRODUCTS: Final = (50, 500)
"""Catalogues that are searched: a small and a large bank's."""
FIRST: Final = 5
TEXT: Final = (
    "Number {}: works as a nurse, spends on travel and groceries, saves for a house, wants low "
    "fees and a card without charges abroad, and writes that the app is slow."
)


def measured(asked: int, seed: int = 7) -> dict[str, Any]:
    """Embed single texts that no cache knows, and search catalogues.

    Returns
    -------
    dict
        what -> seconds of each time; "memory" -> bytes at their highest, None where it is unknown.
    """
    from engine.models.encoder import load_encoder
    from engine.settings import load

    encoder = load_encoder(load()).encoder
    texts = [TEXT.format(i) for i in range(asked + 1)]
    found: dict[str, Any] = {"load": [seconds(lambda: encoder.encode(texts[:1]))]}
    found["embed"] = [seconds(lambda t=text: encoder.encode([t])) for text in texts[1:]]
    rng = np.random.default_rng(seed)
    for n in PRODUCTS:
        products = rng.normal(size=(n, DIMENSIONS)).astype(np.float32)
        wants = rng.normal(size=(asked, DIMENSIONS)).astype(np.float32)
        found[f"search {n}"] = [seconds(lambda w=want, p=products: first(w, p)) for want in wants]
        found[f"slow {n}"] = [seconds(lambda w=want, p=products: slowly(w, p)) for want in wants]
    return found | {"memory": peak_memory()} | per_text(texts[1:])


def per_text(texts: list[str], rounds: int = 3) -> dict[str, list[float]]:
    """Processor seconds of one text by each model of texts, in turns; no cache knows any.

    Returns
    -------
    dict
        "text <model>" -> one figure a round.
    """
    from engine.customers.words.brands import brands_in
    from engine.models import text_fitting
    from engine.models.encoder import load_encoder
    from engine.models.keywords import load_keywords
    from engine.models.sentiment import load_sentiment
    from engine.settings import load

    settings = load()
    learned = text_fitting.read(texts, [str(i % 4) for i in range(len(texts))])
    classifier = text_fitting.fit(learned, text_fitting.WORDS, seed=7)
    models: dict[str, Callable[[list[str]], object]] = {
        "encoder": load_encoder(settings).encode,
        "mood": load_sentiment(settings).score,
        "topics and keywords": load_keywords(settings).read,
        "brands": lambda some: [brands_in(text) for text in some],
        "categories, learned from words": classifier.predict,
    }
    found: dict[str, list[float]] = {f"text {name}": [] for name in models}
    for read in models.values():
        read(texts[:1])  # weights are loaded
    for turn in range(rounds):
        new = [f"{text} {turn}" for text in texts]
        for name, read in models.items():
            took = processor_seconds(lambda r=read, t=new: r(t))
            found[f"text {name}"].append(took / len(new))
    return found


def first(want: np.ndarray, products: np.ndarray) -> np.ndarray:
    """Positions of the nearest products, nearest first: one product of arrays, no index."""
    scores = products @ want
    some = np.argpartition(-scores, FIRST)[:FIRST]
    return some[np.argsort(-scores[some], kind="stable")]


def slowly(want: np.ndarray, products: np.ndarray) -> np.ndarray:
    """The same, one product after another."""
    scores = [float(product @ want) for product in products]
    return np.array(sorted(range(len(scores)), key=lambda i: -scores[i])[:FIRST])


def apart(asked: int) -> dict[str, Any]:
    """`measured` in a new process."""
    command = [sys.executable, "-m", "tests.benchmarks.models", str(asked)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def rows(found: Mapping[str, Any]) -> list[Row]:
    """The table of `measured`."""
    searches = [
        timed(
            f"first {FIRST} of {n} products, exactly",
            found[f"search {n}"],
            unit="µs",
            ratio=f"{np.median(found[f'slow {n}']) / np.median(found[f'search {n}']):.0f} times as "
            "long one by one",
        )
        for n in PRODUCTS
    ]
    return [
        timed("first text, weights loaded", found["load"]),
        timed("one text of 40 words embedded", found["embed"], unit="ms"),
        *searches,
        sized("memory with the encoder loaded", [found["memory"]]),
        *_by_model(found),
    ]


def _by_model(found: Mapping[str, Any]) -> list[Row]:
    """Texts a second of processor time by each model, and how many times the encoder's that is."""
    times = {name: values for name, values in found.items() if name.startswith("text ")}
    encoder = float(np.median(times["text encoder"]))
    rows = []
    for name, values in times.items():
        speeds = 1 / np.asarray(values)
        ratio = "" if name == "text encoder" else f"{encoder / np.median(values):.1f} times that"
        spread = f"{speeds.min():,.0f} to {speeds.max():,.0f}"
        said = name.removeprefix("text ")
        said = f"texts a second, {said}"
        rows.append(Row(said, f"{np.median(speeds):,.0f}", spread, len(values), ratio))
    return rows


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
