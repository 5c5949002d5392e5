"""Who may run which command of the command line, where `ATTUNE_USER` says who runs it.

Without it a command goes by the rights of the operating system: who reads the files of a bank needs
no command. With it the same table of role x action holds that pages and the API read.
"""

from collections.abc import Mapping
from typing import Final

from engine.people.rights import RIGHTS
from engine.people.roles import ADMIN, ANALYST, MANAGER
from engine.people.viewer import Viewer

_WHOLE: Final = frozenset({MANAGER})
"""Reads the bank as a whole, past the services that narrow an answer to a book."""
_RUNS: Final = frozenset({MANAGER, ADMIN})
_PEOPLE: Final = frozenset({ADMIN})
_TEXTS: Final = frozenset({ANALYST, MANAGER, ADMIN})
"""Reads no bank: texts, recordings or pictures of whoever asks."""

COMMANDS: Final[Mapping[str, str | frozenset[str]]] = {
    "recommend": "offers.recommend",
    "day": "days.today",
    "score": _WHOLE,
    "profile": "customers.profile",
    "customers": "customers.table",
    "why-not": "scenarios.why_not",
    "nearest": "scenarios.nearest",
    "affinity": "offers.affinity",
    "replay": "receipts.replay",
    "verify-receipts": "receipts.verify",
    "backtest": "customers.backtest",
    "confidence": "evaluations.confidence",
    "stability": "evaluations.stability",
    "ratings": _WHOLE,
    "ask": "assistant.ask",
    "transcribe": "speech.transcribe",
    "meeting": "meetings.read",
    "audit": "fairness.report",
    "brief": "briefs.of",
    "notice": "notices.of",
    "campaign": "campaigns.plan",
    "returns": "campaigns.returns",
    "client": _PEOPLE,
    "import": "banks.make",
    "generate": _RUNS,
    "consent": "records.set_consent",
    "export-customer": "access.export",
    "erase": "erasing.erase",
    "remove": "banks.remove",
    "check": "facts.damage",
    "reset": "records.reset",
    "ship-texts": _WHOLE,
    "ship-mood": _WHOLE,
    "doctor": "models.doctor",
    "torture": _RUNS,
    "torture-state": _WHOLE,
    "bench": _RUNS,
    "experiment": "experiments.table",
    "governance": "governance.overview",
    "pack": "packs.make",
    "report": "packs.report",
    "retain": "retention.due",
    "insight": "customers.insights",
    "views": "views.saved",
    "notes": "notes.all",
    "backup": _PEOPLE,
    "restore": _PEOPLE,
    "levers": "levers.table",
    "personas": "personas.check",
    "takers": "prospects.of",
    "user": _PEOPLE,
    "read-receipt": _TEXTS,
    "segments": "segments.overview",
    "trail": "trail.table",
    "nothing": "selections.nothing",
    "usage": "feedback.usage",
    "versions": "models.versions",
    "ask-next": "models.whom_to_ask",
    "retrain": "models.retrain",
    "tune": "tuning.tune",
    "fine-tune": _WHOLE,
    "fit-metric": "learned_metrics.fit",
    "fit-text": _WHOLE,
    "label-text": _TEXTS,
    "evaluate": "evaluations.evaluate",
    "evaluate categories": _WHOLE,
    "evaluate zero-shot": _WHOLE,
    "evaluate sentiment": _WHOLE,
    "evaluate product-topics": _TEXTS,
    "evaluate needs": _WHOLE,
    "evaluate weak-spots": "evaluations.weak_spots",
    "evaluate assistant": _WHOLE,
    "evaluate speech": _TEXTS,
    "evaluate receipts": _TEXTS,
}
"""Command -> the action of `RIGHTS` that opens it, or the roles that may run it. What it asks of
the engine besides is looked at there, one by one."""


def may_run(command: str, viewer: Viewer, sees_names: bool = False) -> bool:
    """May somebody run a command? One that is not in the table is for nobody."""
    opens = COMMANDS.get(command, frozenset())
    if isinstance(opens, str):
        return RIGHTS[opens].is_open_to(viewer.role, sees_names)
    return viewer.role in opens and viewer.book is None
