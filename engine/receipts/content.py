"""One list and what it was worked out from in; everything that its receipt says out."""

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import BadInput
from engine.receipts.archive import Archive, changed_settings
from engine.receipts.canonical import hash_of, rounded
from engine.receipts.input_hashes import InputHasher
from engine.results import Offer, Recommendation
from engine.scoring.customer_scores import CustomerScores
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshot, Snapshots
from engine.vocabulary import PURPOSES

LIBRARIES = (
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "rectools-lightfm",
    "sentence-transformers",
    "torch",
)
"""Whose version could move a score."""

_NUMBERS = (
    "score",
    "confidence",
    "display_confidence",
    "boost",
    "cap",
    "fit",
    "propensity",
    "expected_value",
)


class Writer:
    """Turns lists of one bank into the content of receipts."""

    def __init__(self, snapshots: Snapshots, archive: Archive):
        self._snapshots = snapshots
        self._archive = archive
        self._inputs = InputHasher()
        self._results = LastResults()

    def decision(self, shown: Recommendation) -> dict[str, Any]:
        """What was known, what it was worked out with, and what came of it; JSON values only.

        No personal data: no id, name, text or amount of the customer, only hashes of them.
        """
        chosen = basis_of(shown)
        snapshot = chosen.snapshot
        return {
            **self._same_for_all(snapshot),
            "known": {**snapshot.recorded_bank.known_rows, "last_event": _last_event(snapshot)},
            "decided_at": chosen.now.isoformat(),
            "consents": {name: str(snapshot.consents[name].iloc[chosen.row]) for name in PURPOSES},
            "inputs": self._inputs.hashes(snapshot, chosen.row, chosen.scores.parts),
            "funnel": _funnel(shown, chosen),
            "offers": [_offer(offer) for offer in shown.offers],
            "words": _words(shown),
            "notices": {o.product_id: o.notice for o in shown.offers if o.notice},
        }

    def _same_for_all(self, snapshot: Snapshot) -> dict[str, Any]:
        """What is the same for every customer, worked out once for a version and settings."""
        bank, settings, version = snapshot.bank, snapshot.signals.settings, snapshot.version

        def make() -> dict[str, Any]:
            return {
                "bank": {
                    "id": bank.bank_id,
                    "edition": bank.manifest.edition,
                    "fingerprint": bank.base_fingerprint,
                },
                "as_of": bank.as_of.date().isoformat(),
                "model": {
                    "version": version.version_id if version else "",
                    "files": dict(version.files) if version else {},
                    "seed": version.facts.seed if version else settings.models.seed,
                },
                "settings": {
                    "sha256": self._archive.put_settings(settings),
                    "changed": changed_settings(settings),
                },
                "metrics": self._archive.put_metrics(self._snapshots.metrics),
                "made_with": made_with(snapshot, self._snapshots),
            }

        key = (version, settings, self._snapshots.metrics.revision)
        same = self._results.get("same for all", key, make)
        if self._archive.has(same["settings"]["sha256"]):
            return same
        return make()  # a reset took away what the archive kept


def basis_of(shown: Recommendation) -> CustomerScores:
    """What a list was worked out from.

    Raises
    ------
    BadInput
        If it was not made by `Engine.recommend`.
    """
    if not isinstance(shown.basis, CustomerScores):
        raise BadInput("Only a list of Engine.recommend has a receipt; this one was put together.")
    return shown.basis


def made_with(snapshot: Snapshot, snapshots: Snapshots) -> dict[str, str]:
    """Program, libraries and models behind a list: name -> version or hash."""
    return {
        "program": _program(),
        "encoder": f"{snapshots.encoder.name}@{snapshots.encoder.sha256[:16]}",
        "sentiment": snapshot.profiles.sentiment_source,
        **_libraries(),
    }


def _funnel(shown: Recommendation, chosen: CustomerScores) -> dict[str, Any]:
    """Products of the customer's audience: all, left out by rule, ranked lower, offered."""
    snapshot = chosen.snapshot
    meant = snapshot.signals.audience[chosen.row]
    considered = [str(p) for p in snapshot.bank.product_ids[np.flatnonzero(meant)]]
    removed: dict[str, list[str]] = {}
    for removal in shown.removed:
        removed.setdefault(removal.rule, []).append(removal.product_id)
    offered = [offer.product_id for offer in shown.offers]
    gone = {*offered, *(r.product_id for r in shown.removed)}
    return {
        "considered": len(considered),
        "removed": {rule: sorted(products) for rule, products in removed.items()},
        "lower": sorted(p for p in considered if p not in gone),
        "offered": offered,
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "product_id": offer.product_id,
        "rank": offer.rank,
        "word": offer.word,
        "value_basis": offer.value_basis,
        **{name: rounded(getattr(offer, name)) for name in _NUMBERS},
        "parts": {name: rounded(value) for name, value in offer.parts.items()},
        **({"moved": offer.moved} if offer.moved else {}),
    }


def _words(shown: Recommendation) -> str:
    """Hash of every sentence of the list; the sentences themselves are about a person."""
    return hash_of(
        [
            shown.insight,
            shown.action,
            list(shown.notes),
            [[o.short_reason, list(o.reasons), list(o.checks)] for o in shown.offers],
            [[r.product_id, r.reason] for r in shown.removed],
            *([[one.text for one in shown.support]] if shown.support else []),
        ]
    )[:32]


def _last_event(snapshot: Snapshot) -> str | None:
    times = snapshot.recorded_bank.recorded["recorded_at"]
    return times.max().isoformat() if len(times) else None


@lru_cache(maxsize=1)
def _libraries() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


@lru_cache(maxsize=1)
def _program() -> str:
    """Hash of the engine's own source: tells whether another release replays a receipt."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".toml")):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
