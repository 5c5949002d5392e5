"""Weights are looked for in a fixed order, and are what they claim to be."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import WeightsError
from engine.models import hashes, weights
from engine.models.hashes import sha256_of
from engine.models.weights import PACKAGES, Package, find, find_first, resolve
from engine.settings import Settings, load

MINILM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def _folder(path: Path, content: bytes = b"weights") -> Path:
    path.mkdir(parents=True)
    (path / "model.safetensors").write_bytes(content)
    (path / "config.json").write_text("{}")
    return path


def _hub_snapshot(hub: Path, name: str) -> Path:
    model = hub / f"models--{name}"
    folder = _folder(model / "snapshots" / "abc123")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("abc123")
    return folder


def test_the_packaged_minilm_is_the_published_one(settings: Settings) -> None:
    located = resolve("all-MiniLM-L6-v2", settings)
    assert (located.source, located.version, located.sha256) == ("package", "0.1.0", MINILM)
    assert (located.path / "modules.json").is_file()


def test_a_package_with_other_weights_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = PACKAGES["all-MiniLM-L6-v2"]
    forged = Package(genuine.distribution, genuine.module, genuine.data, "0" * 64)
    monkeypatch.setitem(PACKAGES, "all-MiniLM-L6-v2", forged)
    with pytest.raises(WeightsError, match=f"{MINILM}, expected 0000"):
        find("all-MiniLM-L6-v2", settings)


@pytest.mark.parametrize("key", ["all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"])
def test_a_folder_named_in_settings_comes_first(
    key: str, tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    folder = _folder(tmp_path / "mine")
    located = resolve("sentence-transformers/all-MiniLM-L6-v2", with_folder({key: folder}))
    assert (located.name, located.source, located.path) == ("all-MiniLM-L6-v2", "folder", folder)
    assert located.sha256 == hashlib.sha256(b"weights").hexdigest()


def test_a_named_folder_that_is_missing_is_an_error_and_not_a_fallback(
    tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    with pytest.raises(WeightsError, match="no such folder"):
        find("all-MiniLM-L6-v2", with_folder({"all-MiniLM-L6-v2": tmp_path / "gone"}))


@pytest.mark.parametrize("folder", ["ProsusAI--finbert", "finbert"])
def test_the_local_cache_of_the_hub_is_read(
    folder: str, settings: Settings, tmp_path: Path
) -> None:
    snapshot = _hub_snapshot(tmp_path / "hub", folder)
    located = resolve("finbert", settings)
    assert (located.source, located.version, located.path) == ("hub cache", "abc123", snapshot)


def test_a_half_fetched_model_in_the_cache_does_not_count(
    settings: Settings, tmp_path: Path
) -> None:
    (_hub_snapshot(tmp_path / "hub", "ProsusAI--finbert") / "model.safetensors").unlink()
    assert find("finbert", settings) is None


def test_a_model_that_is_nowhere_says_what_to_do(settings: Settings) -> None:
    assert find("bart-large-mnli", settings) is None
    with pytest.raises(WeightsError, match=r"models\.allow_hub"):
        resolve("bart-large-mnli", settings)


def test_the_first_of_several_that_is_here_is_taken(
    tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    settings = with_folder({"finbert": _folder(tmp_path / "a")})
    located = find_first(["bart-large-mnli", "finbert"], settings)
    assert located is not None
    assert located.name == "finbert"
    assert find_first([], settings) is None


def test_the_hub_is_asked_only_where_settings_allow_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    asked = []

    def fetch(hub_id: str, allow_patterns: list[str]) -> str:
        asked.append(hub_id)
        assert not any("bin" in pattern for pattern in allow_patterns)
        return str(_folder(tmp_path / "commit7"))

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    open_settings = load(models={"allow_hub": True})
    assert find("finbert", load()) is None
    assert find("finbert", open_settings, fetch=False) is None
    assert not asked
    located = resolve("finbert", open_settings)
    assert (located.source, located.version, asked) == ("hub", "commit7", ["ProsusAI/finbert"])


def test_a_hub_that_cannot_be_reached_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def fail(*_: object, **__: object) -> str:
        raise OSError("no route to host")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(WeightsError, match="Could not fetch ProsusAI/finbert"):
        find("finbert", load(models={"allow_hub": True}))


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(WeightsError, match="a pickle can run code"):
        sha256_of(tmp_path)


def test_an_empty_folder_has_no_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is empty"):
        sha256_of(tmp_path)


def test_every_shard_counts_in_the_hash(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"1")
    (tmp_path / "b.safetensors").write_bytes(b"2")
    before = sha256_of(tmp_path)
    (tmp_path / "b.safetensors").write_bytes(b"three")
    assert sha256_of(tmp_path) != before


def test_a_big_file_is_hashed_once_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = _folder(tmp_path / "model"), tmp_path / "cache"
    hashed = []
    real = hashes.sha256_of_file
    monkeypatch.setattr(hashes, "sha256_of_file", lambda p: hashed.append(p) or real(p))
    first = sha256_of(folder, cache=cache)
    monkeypatch.setattr(hashes, "_HASHED", {})  # as in another process
    assert sha256_of(folder, cache=cache) == first
    assert len(hashed) == 1
    (folder / "model.safetensors").write_bytes(b"other weights")
    assert sha256_of(folder, cache=cache) != first
    assert len(hashed) == 2


def test_a_damaged_store_of_hashes_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = _folder(tmp_path / "model"), tmp_path / "cache"
    cache.mkdir()
    (cache / "hashes.json").write_text('{"half')
    expected = hashlib.sha256(b"weights").hexdigest()
    assert sha256_of(folder, cache=cache) == expected
    monkeypatch.setattr(hashes, "_HASHED", {})
    assert json.loads((cache / "hashes.json").read_text())[0][-1] == expected
    assert sha256_of(folder, cache=cache) == expected


def test_a_package_that_is_not_installed_has_no_version() -> None:
    assert weights.version_of("no-such-package-as-this") == ""
