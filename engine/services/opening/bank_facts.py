"""What stands behind every figure of a bank: its data, its version, its import, its settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from engine import settings as _settings
from engine.audit.grading import NOT_GRADABLE, stand_in
from engine.bank import bank_folders
from engine.bank.quality import read_report
from engine.receipts.trail import Trail
from engine.results import BankSummary
from engine.services.versions.models import Models
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshots
from engine.state.named_settings import NamedSettings

_SETTINGS_GONE = (
    "settings/settings.toml holds nothing any more, though settings were put in force: those that "
    "Attune comes with hold meanwhile. “python -m engine levers --take-back” puts them back."
)
_SHOWN_PARTS = ("embeddings", "sentiment")
"""Parts whose stand-in is worth a line on every page: they change what is shown."""


class BankFacts:
    """Facts about one bank as a whole.

    Parameters
    ----------
    folder : Path
        Of the imported bank.
    """

    def __init__(self, folder: Path, snapshots: Snapshots, models: Models):
        self._folder = folder
        self._snapshots = snapshots
        self._models = models
        self._results = LastResults()

    def summary(self) -> BankSummary:
        """Whose data, of which day, scored by which version, and what runs on a stand-in."""
        snapshot = self._snapshots.current()
        manifest, version = snapshot.bank.manifest, snapshot.version
        stand_ins = stand_in(version.facts.details) if version else ()
        return BankSummary(
            bank_id=snapshot.bank.bank_id,
            name=manifest.name,
            currency=manifest.currency,
            as_of=snapshot.bank.as_of,
            simulated=manifest.simulated,
            n_customers=snapshot.bank.n_customers,
            n_products=snapshot.bank.n_products,
            model_version=version.version_id if version else "none yet",
            grade=version.facts.grade if version else NOT_GRADABLE,
            degraded=(*self._stand_ins(snapshot.settings), *stand_ins),
            notes=tuple(manifest.notes),
            damage=self._said_of_damage(),
        )

    def tag(self) -> str:
        """Changes with all that is written and that an answer may show; time alone changes more."""
        return self._snapshots.tag

    def acknowledged(self) -> int:
        """Events that this process stored, and said so, since it opened the bank."""
        return self._snapshots.events.n_acknowledged

    def damage(self, thorough: bool = False) -> pd.DataFrame:
        """Records that are not what was written: source (a file), row, about.

        What a damaged record may have refused is kept off the lists.

        Parameters
        ----------
        thorough : bool
            Look through the whole state file and follow the audit trail too, which takes longer.
        """
        state = self._snapshots.state
        stored = state.damage(thorough)
        if thorough:
            more = pd.DataFrame(Trail(state).damage(), columns=list(stored))
            stored = pd.concat([stored, more], ignore_index=True) if len(more) else stored
        rows = pd.DataFrame({"source": stored["file"], "about": stored["problem"]})
        rows.insert(1, "row", (stored["table"] + " " + stored["row"]).str.strip())
        problems = (*self._own_problems(), *self._snapshots.registry.damaged())
        found = [(problem.partition(" ")[0], "", problem) for problem in problems]
        whole = pd.DataFrame(found, columns=list(rows))
        parts = [frame for frame in (whole, self._snapshots.events.damage(), rows) if len(frame)]
        return pd.concat(parts, ignore_index=True) if parts else rows

    def _problems(self) -> tuple[str, ...]:
        """What is damaged and has something else in its place: a sentence each, with what helps."""
        return (*self._own_problems(), *self._snapshots.registry.problems())

    def _own_problems(self) -> tuple[str, ...]:
        """The same without the versions."""
        own = self._snapshots

        def look() -> tuple[str, ...]:
            gone = (_SETTINGS_GONE,) if NamedSettings(own.state).is_gone else ()
            return (*gone, *own.metrics.problems().values())

        return self._results.get("problems", own.state.whole_revision, look)

    def _said_of_damage(self) -> str:
        """What serves in the place of what, and how many records `damage` names besides; looked up
        once until something is written."""
        own, problems = self._snapshots, self._problems()
        named = len(self._own_problems()) + len(own.registry.damaged())
        key = (own.state.whole_revision, own.events.revision, problems, named)
        n = self._results.get("damage", key, lambda: len(self.damage())) - named
        if not n:
            return " ".join(problems)
        records = "1 record is" if n == 1 else f"{n:,} records are"
        more = (
            f"{records} damaged: what may have been refused stays off the lists. "
            "“python -m engine check” names them."
        )
        return " ".join((*problems, more))

    def _stand_ins(self, settings: _settings.Settings) -> tuple[str, ...]:
        """Parts that run on a default; looked up once for each state of the settings."""

        def make() -> tuple[str, ...]:
            models = self._models.doctor()
            rows = models.loc[~models["found"] & models["part"].isin(_SHOWN_PARTS)]
            return tuple(f"{row.part.capitalize()}: {row.used}" for row in rows.itertuples())

        key = (settings, self._snapshots.text_versions.revision)
        return self._results.get("stand-ins", key, make)

    def tables(self) -> pd.DataFrame:
        """What the bank's tables hold: table, rows, first_date, last_date, sha256."""
        return bank_folders.contents(self._snapshots.base, self._folder)

    def quality(self) -> Mapping[str, Any] | None:
        """The import's quality report in its JSON shape; None for a generated bank."""
        return read_report(self._folder)

    def settings(self) -> pd.DataFrame:
        """setting, value, meaning."""
        rows = _described(self._snapshots.settings)
        return pd.DataFrame(rows, columns=["setting", "value", "meaning"])


def _described(settings: _settings.Settings) -> list[tuple[str, str, str]]:
    """Every setting in effect: key, value, and its meaning as settings.toml states it.

    Keys in a row share the comment above the first of them.
    """
    meanings: dict[str, str] = {}
    section, comment, ended = "", [], False
    for line in _settings.DEFAULTS.read_text("utf-8").splitlines():
        text = line.strip()
        if text.startswith("#"):
            comment = [text.strip("# ")] if ended else [*comment, text.strip("# ")]
            ended = False
        elif text.startswith("["):
            section = text.strip("[]")
            meanings[section] = " ".join(comment)
        elif "=" in text:
            key = text.partition("=")[0].strip().strip('"')
            meanings[f"{section}.{key}"] = " ".join(comment)
            ended = True
        else:
            comment, ended = [], False
    return [
        (key, value, meanings.get(key) or meanings.get(key.rpartition(".")[0], ""))
        for key, value in _flat(settings.model_dump())
    ]


def _flat(tree: Mapping[str, Any], path: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{path}.{key}" if path else key
        rows += _flat(value, name) if isinstance(value, dict) and value else [(name, str(value))]
    return rows
