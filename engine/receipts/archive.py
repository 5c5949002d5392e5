"""Settings and learned metrics as they were when a list was shown, kept under their own hash."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.bank import disk
from engine.customers.learned_metrics.store import MetricStore
from engine.customers.metrics.learned_metric import LearnedMetric
from engine.errors import StateError
from engine.feedback.versions import as_json
from engine.settings import DEFAULTS, Settings, load


class Archive:
    """Small files that receipts name by their SHA-256; written once each, never changed.

    Parameters
    ----------
    folder : Path
        STATE/<bank_id>/receipts/kept.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def has(self, name: str) -> bool:
        """Is a content of this SHA-256 kept? One `stat`."""
        return self._path(name).is_file()

    def put(self, content: bytes) -> str:
        """Keep a content; returns its SHA-256."""
        name = hashlib.sha256(content).hexdigest()
        if not self.has(name):
            disk.write_whole(self._path(name), content)
        return name

    def get(self, name: str) -> bytes:
        """A content by its SHA-256.

        Raises
        ------
        StateError
            If it is gone or was changed.
        """
        try:
            content = self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise StateError(f"{self._path(name)} is gone.") from error
        if hashlib.sha256(content).hexdigest() != name:
            raise StateError(f"{self._path(name)} was changed after it was written.")
        return content

    def put_settings(self, settings: Settings) -> str:
        """Keep all settings in effect; the name is `settings_hash`."""
        return self.put(as_json(settings.model_dump(mode="json")))

    def settings(self, name: str) -> tuple[Settings, list[str]]:
        """Settings as they were, and those of them that this release does not know.

        One that has come since has the value of settings.toml.

        Raises
        ------
        StateError
            If they are gone or were changed.
        SettingsError
            If one has a value that this release does not allow.
        """
        known, unknown = _known(json.loads(self.get(name)))
        return load(**known), unknown

    def metrics(self, names: Mapping[str, str]) -> dict[str, LearnedMetric]:
        """Learned metrics as they were, by metric."""
        return {
            metric: LearnedMetric.from_json(self.get(name).decode(), where=str(self._path(name)))
            for metric, name in names.items()
        }

    def put_metrics(self, store: MetricStore) -> dict[str, str]:
        """Keep the learned metrics in use; metric -> SHA-256."""
        return {name: self.put(model.to_json().encode()) for name, model in store.load().items()}

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def changed_settings(settings: Settings) -> dict[str, Any]:
    """Settings that differ from those of settings.toml: "section.key" -> value."""
    return differing(settings.model_dump(mode="json"), tomllib.loads(DEFAULTS.read_text("utf-8")))


def differing(one: Mapping[str, Any], other: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """What of one tree is not the same in another: dotted key -> value in the first."""
    found: dict[str, Any] = {}
    for key in sorted({*one, *other}):
        name, mine, theirs = f"{path}{key}", one.get(key), other.get(key)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            found |= differing(mine, theirs, f"{name}.")
        elif mine != theirs:
            found[name] = mine
    return found


def _known(stored: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Stored settings that this release has, and the names of the others."""
    known: dict[str, dict[str, Any]] = {}
    unknown: list[str] = []
    for section, values in stored.items():
        field = Settings.model_fields.get(section)
        keys = field.annotation.model_fields if field and field.annotation else {}
        if field:
            known[section] = {key: value for key, value in values.items() if key in keys}
        unknown += [f"{section}.{key}" for key in values if key not in keys]
    return known, unknown
