"""Settings and learned metrics as they were when a list was shown, kept under their own hash."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from engine.customers.learned_metrics.store import MetricStore
from engine.customers.metrics.learned_metric import LearnedMetric
from engine.errors import StateError
from engine.feedback.versions import as_json
from engine.settings import DEFAULTS, Settings, load, with_sections
from engine.state.rows import Texts

RULES_SINCE: Final = {
    "guard": {
        "read_terms": False,
        "services_need_reason": False,
        "no_lower_level_in": [],
        "one_account_in": [],
        "max_premium_share": 0.0,
        "one_level_a_list": False,
        "wishes_tell_group": False,
        "lower_level_by_name": False,
        "large_minimum_needs_wealth": False,
        "minimum_needs_figure": 0.0,
        "salary_needs_job": False,
        "no_credit_vulnerable": False,
        "no_credit_distress": False,
        "no_credit_arrears": False,
        "no_credit_shortfall": False,
        "shortfall_covered_months": 0,
        "no_credit_complaint": False,
        "no_credit_refused": False,
    },
    "consent": {"mask_sensitive_spending": False},
    "fairness": {"prices": {}},
    "experiments": {"started": {}},
    "models": {"sentiment_default": "vader"},
    "metrics": {"whole_months": False},
    "money": {"unlisted_have_no_margin": False},
}
"""Settings that switch on what no release did before them: off for a receipt without them, and the
default model of mood is the one of then."""


class Archive:
    """Contents that receipts name by their SHA-256; written once each, never changed."""

    def __init__(self, contents: Texts):
        self._contents = contents

    def has(self, name: str) -> bool:
        """Is a content of this SHA-256 kept?"""
        return name in self._contents.all()

    def put(self, content: bytes) -> str:
        """Keep a content; returns its SHA-256."""
        name = hashlib.sha256(content).hexdigest()
        if not self.has(name):
            self._contents.put(name, content.decode())
        return name

    def get(self, name: str) -> bytes:
        """A content by its SHA-256; StateError if it is gone or was changed."""
        content = self._contents.get(name)
        if content is None:
            raise StateError(f"What a receipt names as {name[:12]} is gone.")
        if hashlib.sha256(content.encode()).hexdigest() != name:
            raise StateError(f"What a receipt names as {name[:12]} was changed.")
        return content.encode()

    def put_settings(self, settings: Settings) -> str:
        """Keep all settings in effect; the name is `settings_hash`."""
        return self.put(as_json(settings.model_dump(mode="json")))

    def settings(self, name: str) -> tuple[Settings, list[str]]:
        """Settings as they were, and those of them that this release does not know.

        One that has come since has the value of settings.toml, and a rule that has come since
        (`RULES_SINCE`) is off.

        Raises
        ------
        StateError
            If they are gone or were changed.
        SettingsError
            If one has a value that this release does not allow.
        """
        known, unknown = _known(json.loads(self.get(name)))
        return _as_stored(load(**known), known), unknown

    def metrics(self, names: Mapping[str, str]) -> dict[str, LearnedMetric]:
        """Learned metrics as they were, by metric."""
        where = "What a receipt names as {:.12}".format
        return {
            metric: LearnedMetric.from_json(self.get(name).decode(), where=where(name))
            for metric, name in names.items()
        }

    def put_metrics(self, store: MetricStore) -> dict[str, str]:
        """Keep the learned metrics in use; metric -> SHA-256."""
        return {name: self.put(model.to_json().encode()) for name, model in store.load().items()}


def changed_settings(settings: Settings) -> dict[str, Any]:
    """Settings that differ from those of settings.toml: "section.key" -> value."""
    return differing(settings.model_dump(mode="json"), tomllib.loads(DEFAULTS.read_text("utf-8")))


def differing(one: Mapping[str, Any], other: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """What of one tree is not the same in another: dotted key -> value in the first."""
    changed: dict[str, Any] = {}
    for key in sorted({*one, *other}):
        name, mine, theirs = f"{path}{key}", one.get(key), other.get(key)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            changed |= differing(mine, theirs, f"{name}.")
        elif mine != theirs:
            changed[name] = mine
    return changed


def _as_stored(settings: Settings, known: Mapping[str, Mapping[str, Any]]) -> Settings:
    """The same without margins that stand in settings.toml and were none of then."""
    margins = known.get("money", {}).get("product_margin")
    if margins is None:
        return settings
    return with_sections(
        settings, money={**settings.money.model_dump(), "product_margin": dict(margins)}
    )


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
    for section, off in RULES_SINCE.items():
        known[section] = {**off, **known.get(section, {})}
    return known, unknown
