"""Nothing heavy is imported before a model is used."""

import subprocess
import sys
from pathlib import Path

import engine.models
from engine.models.encoder import load_encoder
from engine.models.keywords import load_keywords
from engine.models.sentiment import load_sentiment
from engine.models.zero_shot import load_zero_shot
from engine.settings import load

ROOT = Path(engine.models.__path__[0]).parents[1]
HEAVY = """
heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "spacy", "lightfm",
         "vaderSentiment", "huggingface_hub", "requests"} & set(sys.modules)
assert not heavy, heavy
"""
LABELS = {"home": "a house", "travel": "a flight"}
TEXTS = ["I love my mortgage", "Booked a flight", "I love my mortgage"]


def _run(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys\n{code}\n{HEAVY}"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr


def test_importing_every_module_and_the_inventory_loads_no_model_library() -> None:
    (folder,) = engine.models.__path__
    names = [p.stem for p in sorted(Path(folder).glob("*.py")) if p.stem != "__init__"]
    assert "encoder" in names
    imports = "\n".join(f"import engine.models.{name}" for name in names)
    _run(
        f"{imports}\nfrom engine.settings import load\n"
        "assert len(engine.models.inventory.inventory(load())) == 9"
    )


def test_a_warm_start_reads_known_texts_without_any_model(tmp_path: Path) -> None:
    settings = load()
    encoder = load_encoder(settings, cache=tmp_path)
    load_zero_shot(settings, encoder, cache=tmp_path).classify(TEXTS, LABELS)
    load_sentiment(settings, cache=tmp_path).score(TEXTS)
    load_keywords(settings, cache=tmp_path).read(TEXTS)
    _run(f"""
from pathlib import Path
from engine.models.encoder import load_encoder
from engine.models.keywords import load_keywords
from engine.models.sentiment import load_sentiment
from engine.models.zero_shot import load_zero_shot
from engine.settings import load
settings, cache = load(), Path({str(tmp_path)!r})
encoder = load_encoder(settings, cache=cache)
assert load_zero_shot(settings, encoder, cache=cache).classify({TEXTS}, {LABELS}).shape == (3, 2)
assert load_sentiment(settings, cache=cache).score({TEXTS})[0] > 0
assert load_keywords(settings, cache=cache).read({TEXTS}).counts.any()
""")
