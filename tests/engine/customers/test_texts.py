"""The text models are those of engine.models, and nothing loads before the first new text."""

import subprocess
import sys

from engine.customers.words.texts import load_texts
from engine.settings import default


def test_loaded_models_name_themselves(tmp_path):
    texts = load_texts(default(), cache=tmp_path)
    assert texts.sentiment.name
    assert texts.keywords.name


def test_a_warm_start_imports_neither_spacy_nor_vader():
    code = (
        "import sys; import engine.customers.profile, engine.customers.portfolio\n"
        "from engine.customers.words.texts import load_texts; from engine.settings import default\n"
        "load_texts(default())\n"
        "heavy = {'spacy', 'torch', 'vaderSentiment', 'sklearn', 'transformers'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
