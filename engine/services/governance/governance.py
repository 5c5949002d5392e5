"""Models and rules with their owners, data, drift and overrides: what a bank has to answer for."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pandas as pd

from engine.customers.finances.assumed_amounts import in_currency
from engine.governance import inventory as _inventory
from engine.governance import overrides as _overrides
from engine.governance import register
from engine.receipts.archive import changed_settings, differing
from engine.receipts.content import made_with
from engine.receipts.trail import UNREADABLE, Trail, what_of
from engine.results import Drift, Oversight, TrailCheck
from engine.scoring.levers import persona_tests
from engine.services.opening.bank_facts import BankFacts
from engine.services.trail import AuditTrail
from engine.services.versions.learned_metrics import LearnedMetrics
from engine.services.versions.levers import Levers
from engine.services.versions.models import Models
from engine.settings import default
from engine.snapshot.snapshot import Snapshots
from engine.state.erasure import NOBODY
from engine.state.named_settings import NamedSettings, flat
from engine.vocabulary import AUDITED, CONSENTED

_CHANGED = ("large", "some")
_ROLLED_BACK = "rolled back"
_STAFF = ("governance.", "pilot.")
"""Settings that name members of staff: they change no list."""
_SHORT = 8
"""Characters of a hash that tell releases apart."""


class Governance:
    """Reads what is known of the models of one bank; it changes nothing.

    Notes
    -----
    Owners come from the setting `governance.owners`: the program never guesses who answers.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        facts: BankFacts,
        models: Models,
        learned: LearnedMetrics,
        levers: Levers,
        trail: AuditTrail,
    ):
        self._snapshots = snapshots
        self._facts = facts
        self._models = models
        self._learned = learned
        self._levers = levers
        self._trail = trail

    def overview(self) -> Oversight:
        """Counts of it all, and what a reader should know."""
        table, drift, standing = self.inventory(), self.drift(), self.overrides()
        owners = self._snapshots.settings.governance.owners
        changes = drift.fields["change"] if len(drift.fields) else pd.Series(dtype="str")
        notes = [
            f"The setting governance.owners names {key!r}, which is no model or rule here."
            for key in _inventory.unknown_owners(owners)
        ]
        return Oversight(
            n_models=int((table["kind"] == "model").sum()),
            n_rules=int((table["kind"] == "rule").sum()),
            n_without_owner=int((table["owner"] == _inventory.NO_OWNER).sum()),
            n_changed=int(changes.isin(_CHANGED).sum()),
            n_compared=int((changes != "too few").sum()),
            n_overrides=len(standing),
            n_endless=int(standing["until"].isna().sum()),
            drift_owner=self.drift_owner(),
            notes=tuple(notes),
        )

    def inventory(self) -> pd.DataFrame:
        """Every model and rule: key, name, kind, purpose, not_for, inputs, version, sha256, owner,
        validated_on, validation, limits, decided_in."""
        snapshot, settings = self._snapshots.current(), self._snapshots.settings
        version = snapshot.version
        known = _inventory.Known(
            version_id=version.version_id if version else "",
            created_at=version.created_at if version else "",
            grade=version.facts.grade if version else "",
            parts=self._models.doctor(),
            metrics=self._learned.table(),
            release=self.release(),
        )
        return _inventory.inventory(known, settings.governance.owners)

    def parts(self) -> pd.DataFrame:
        """What each part uses now, with hashes, in the columns of `Models.doctor`."""
        return self._models.doctor()

    def release(self) -> str:
        """Hash of the program's own source: what "this release" means."""
        return made_with(self._snapshots.current(), self._snapshots)["program"][:_SHORT]

    def lineage(self) -> pd.DataFrame:
        """Every table of the bank: table, rows, first_date, last_date, sha256."""
        return self._facts.tables()

    def sources(self) -> pd.DataFrame:
        """The files that the bank was read from: file, sha256; empty for a generated bank."""
        sources = self._snapshots.base.manifest.sources
        return pd.DataFrame(sorted(sources.items()), columns=["file", "sha256"])

    def drift(self) -> Drift:
        """How far the bank has moved from what the version that serves was trained on."""
        return self._models.drift()

    def drift_owner(self) -> str:
        """Who answers for drift."""
        return _inventory.owner_of(_inventory.DRIFT, self._snapshots.settings.governance.owners)

    def overrides(self) -> pd.DataFrame:
        """What people set by hand and still stands: kind, what, n, by, since, until, why."""
        state = self._snapshots.state
        named = NamedSettings(state)
        log = named.log()
        in_force = log[log["action"] == "in force"].drop_duplicates("name")
        in_force = in_force[in_force["name"].isin(named.in_force())].iloc[::-1]
        put = named.values_in_force()
        decided = state.decisions.read().drop_duplicates("version_id", keep="last")
        edits = state.edits.read()
        return _overrides.overrides(
            in_force,
            {k: v for k, v in self.changed().items() if _is_by_hand(k, v, put)},
            edits[edits["row_id"] != NOBODY],
            self._consents(),
            decided[decided["action"] == _ROLLED_BACK],
            self._levers.waiting(),
        )

    def changed(self) -> dict[str, Any]:
        """Settings other than those of the release in the bank's currency: "section.key" ->
        value. Those that name members of staff are left out."""
        shipped = default()
        own = in_currency(shipped, self._snapshots.base.manifest.currency, {})
        converted = differing(own.model_dump(mode="json"), shipped.model_dump(mode="json"))
        return {
            key: value
            for key, value in changed_settings(self._snapshots.settings).items()
            if not key.startswith((*_STAFF, "money.own_margins")) and converted.get(key) != value
        }

    def controls(self) -> pd.DataFrame:
        """What holds back settings that would treat groups otherwise: control, stands, meaning."""
        rule, levers = self._snapshots.settings.fairness, self._snapshots.settings.levers
        prices, waiting = len(rule.prices), len(self._levers.waiting())
        cases = len(persona_tests.standing(self._snapshots.state.personas.read()))
        rows = [
            (
                "Prices on groups",
                f"{prices} in force" if prices else "off",
                "Re-order lists so that groups get the same attention; no score changes. What they "
                f"leave is at most {rule.gap_tolerance:.1%} of a list's attention.",
            ),
            (
                "Second person",
                f"{waiting} waiting",
                f"Settings that bring a gap above {rule.alert_gap:.0%} wait until a second person "
                f"agrees, {levers.agreement_days} days at most.",
            ),
            (
                "Persona tests",
                f"{cases} kept",
                "Who must and must not get which product, tried on every named setting before it "
                "takes force.",
            ),
            (
                "Parts of a gap",
                "on request",
                "The page Fairness and the command audit split a gap into rules, signals and "
                "limits; it is not measured for this pack.",
            ),
        ]
        return pd.DataFrame(rows, columns=["control", "stands", "meaning"])

    def _consents(self) -> pd.DataFrame:
        """The last consent of each customer and purpose, with who recorded it by the trail."""
        said = self._snapshots.state.consents.latest()
        said = said[said["customer_id"] != NOBODY]
        kept = Trail(self._snapshots.state)
        ids, actors = kept.customers(), dict[tuple[str, str, pd.Timestamp], str]()
        for row in kept.rows(action=CONSENTED):
            if row.erased is not None or row.customer not in ids:
                continue
            with suppress(*UNREADABLE):  # edited: `check` names it
                purpose, at = str(what_of(row).get("purpose")), _utc(row.noted_at)
                actors[ids[row.customer], purpose, at] = row.actor
        asked = zip(said["customer_id"], said["purpose"], said["recorded_at"], strict=True)
        return said.assign(actor=[actors.get((c, p, _utc(at)), "") for c, p, at in asked])

    def history(self) -> pd.DataFrame:
        """Every version with what its training measured, newest first."""
        return self._models.versions()

    def audits(self) -> pd.DataFrame:
        """Every audit of fairness that somebody ran, newest first: number, at, actor, what."""
        return self._trail.table(action=AUDITED)[["number", "at", "actor", "what"]]

    def trail(self) -> tuple[pd.DataFrame, TrailCheck]:
        """How often each kind of act stands in the audit trail (action, n, people, first, last),
        and whether its chain is whole."""
        return self._trail.counts(), self._trail.verify()

    def questions(self) -> pd.DataFrame:
        """What a risk officer asks: number, question, answer, page, files, answered."""
        rows = [
            (one.number, one.question, one.answer, one.page, ", ".join(one.files), one.answered)
            for one in register.questions()
        ]
        columns = ["number", "question", "answer", "page", "files", "answered"]
        return pd.DataFrame(rows, columns=columns)


def _utc(moment: Any) -> pd.Timestamp:
    time = pd.Timestamp(moment)
    return time.tz_convert("UTC").tz_localize(None) if time.tzinfo else time


def _is_by_hand(key: str, value: Any, put: Mapping[str, Any]) -> bool:
    """Is a setting of the bank's file other than what named settings put there? An experiment is
    one setting that holds others."""
    if not isinstance(value, Mapping):
        return key not in put or put[key] != value
    return any(
        str(put.get(".".join((key, *path)))) != str(one)
        for path, one in flat(value).items()
        if one is not None
    )
