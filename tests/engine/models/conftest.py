"""Settings that find nothing but what a test puts there, and tiny models to find."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.settings import Settings, load
from tests.engine.models import tiny


@pytest.fixture(autouse=True)
def closed_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network at all, and an empty hub cache, whatever the machine has."""

    def refuse(*_: object) -> None:
        raise AssertionError("a model asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load()


@pytest.fixture(scope="session")
def with_folder() -> Callable[..., Settings]:
    """Settings with folders by model name, and any other setting of models."""

    def build(folders: dict[str, Path], **models: object) -> Settings:
        named = {name: str(folder) for name, folder in folders.items()}
        return load(models={"folders": named, **models})

    return build


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.sentence_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def tiny_distilbert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.distilbert_sst2(tmp_path_factory.mktemp("distilbert"))


@pytest.fixture(scope="session")
def tiny_finbert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    labels = ("positive", "negative", "neutral")
    return tiny.bert_classifier(tmp_path_factory.mktemp("finbert"), labels)


@pytest.fixture(scope="session")
def tiny_bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.bart_mnli(tmp_path_factory.mktemp("bart"))


@pytest.fixture(scope="session")
def tiny_spacy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.spacy_tagger(tmp_path_factory.mktemp("spacy") / "pipeline")
