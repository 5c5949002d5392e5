"""The question "what if we set it otherwise?", asked of the whole base; and the answer kept."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import pandas as pd

from engine.errors import BadInput, NeedsAgreement, NotFound, StateError
from engine.experiment_plan import SAVED_AS
from engine.figures import day
from engine.labels import rule_label
from engine.receipts.trail import Trail
from engine.results import LeverEffect
from engine.scoring.current import CurrentScores
from engine.scoring.levers import adjustable, parity_gate, persona_tests
from engine.scoring.levers.adjustable import Changes, Lever, Path, Switch
from engine.scoring.levers.effect import effect
from engine.scoring.levers.lever_base import LeverBase, prepare
from engine.scoring.levers.outcome import first_offers, outcome
from engine.scoring.levers.parity import Parity
from engine.scoring.score_table import ScoreTable
from engine.services.versions import tuning
from engine.services.versions.personas import Personas
from engine.snapshot.snapshot import Snapshots
from engine.state.named_settings import PROPOSED, SERVING, TAKING_BACK, NamedSettings

GUARD_SWITCHES = ("tiers", "retired")
"""Switches that change what may be offered; the others change the order."""
_Asked = tuple[str, str, str | None]
"""What is proposed: its name, its text, and the checksum of what is saved under that name."""


class Levers:
    """Weights, thresholds and rules, and what a change of them does to everybody."""

    def __init__(
        self,
        snapshots: Snapshots,
        scores: CurrentScores,
        personas: Personas,
        now: Callable[[], datetime],
    ):
        self._personas = personas
        self._snapshots, self._scores, self._now = snapshots, scores, now
        self._store = NamedSettings(snapshots.state, Trail(snapshots.state).note_setting)
        self._lock = threading.RLock()
        self._base: LeverBase | None = None
        self._parity: Parity | None = None

    # --- what may be moved

    def table(self) -> tuple[Lever, ...]:
        """Everything that may be moved, with today's value and its range."""
        return self._levers(self._scores.get())

    def switches(self) -> tuple[Switch, ...]:
        """Rules that may be switched off."""
        return adjustable.switches(self._snapshots.settings)

    def locked(self) -> pd.DataFrame:
        """rule, label, why: what can never be switched off."""
        rows = [(rule, rule_label(rule), why) for rule, why in adjustable.LOCKED.items()]
        return pd.DataFrame(rows, columns=["rule", "label", "why"])

    def _levers(self, table: ScoreTable) -> tuple[Lever, ...]:
        blend = table.ranker.model.blend
        signals = tuple(blend.weights)
        return adjustable.levers(table.bank, table.settings, signals, blend.widened)

    # --- what it does

    def effect(
        self, changes: Mapping[str, float | str] | None = None, off: tuple[str, ...] = ()
    ) -> LeverEffect:
        """The lists of the whole base under other settings, beside today's.

        Parameters
        ----------
        changes : mapping of str to float, optional
            Key of a lever ("ranking.emphasis.needs") -> value.
        off : tuple of str
            Switches to be off.

        Raises
        ------
        BadInput
            For an unknown or locked setting, or a value out of range.

        Notes
        -----
        The first call scores everybody; from then on a change costs one weighted sum and one
        selection. A first call also follows whatever changes scores: a click, a training.
        """
        table = self._scores.get()
        wanted = self._wanted(table, changes or {}, off)
        with self._lock:
            base, parity = self._prepared(table)
            settings = adjustable.changed(table.settings, wanted)
            without = frozenset(
                switch.name
                for switch in adjustable.switches(table.settings)
                if switch.name in GUARD_SWITCHES and switch.off.items() <= wanted.items()
            )
            new, k = parity.today, parity.today.picks.shape[1]
            if wanted:
                new = outcome(base, settings, without, k)
            return effect(parity, new, self._described(table, wanted))

    def _prepared(self, table: ScoreTable) -> tuple[LeverBase, Parity]:
        if self._base is None or self._parity is None or self._base.table is not table:
            settings = table.settings
            off = {
                switch.name: switch.off
                for switch in adjustable.switches(settings)
                if switch.name in GUARD_SWITCHES and switch.on
            }
            memory = settings.levers.max_megabytes
            self._base = self._parity = None
            base = prepare(table, off, memory, settings.models.seed)
            k = min(settings.levers.offers, settings.guard.diversity_window)
            today = outcome(base, settings, frozenset(), k)
            self._base, self._parity = base, Parity(base, settings.fairness, today)
        return self._base, self._parity

    def _wanted(
        self, table: ScoreTable, changes: Mapping[str, float | str], off: tuple[str, ...]
    ) -> dict[Path, float]:
        """Changes that change something, by path."""
        known, switches = self._levers(table), adjustable.switches(table.settings)
        more = {path: value for switch in switches for path, value in switch.off.items()}
        wanted = dict(adjustable.parsed(key, value, known, more) for key, value in changes.items())
        by_name = {switch.name: switch for switch in switches}
        for name in off:
            if name in adjustable.LOCKED:
                raise BadInput(adjustable.cannot_switch_off(name))
            if name not in by_name:
                raise BadInput(f"There is no rule {name!r}; rules are {', '.join(by_name)}.")
            wanted |= by_name[name].off
        return {p: v for p, v in wanted.items() if adjustable.read(table.settings, p) != v}

    def _described(self, table: ScoreTable, wanted: Changes) -> pd.DataFrame:
        labels = {lever.path: lever.label for lever in self._levers(table)}
        switched = {
            path: switch.label
            for switch in adjustable.switches(table.settings)
            for path in switch.off
        }
        names = switched | labels
        rows = [
            (".".join(p), names.get(p, p[-1]), adjustable.read(table.settings, p), float(value))
            for p, value in wanted.items()
        ]
        return pd.DataFrame(rows, columns=["key", "label", "today", "new"])

    # --- what is kept

    def saved(self) -> list[str]:
        """Names of what is saved; experiments are kept beside it and are none of these."""
        return [name for name in self._store.names() if not name.startswith(SAVED_AS)]

    def save(
        self,
        name: str,
        changes: Mapping[str, float | str],
        *,
        actor: str,
        why: str = "",
        off: tuple[str, ...] = (),
    ) -> None:
        """Keep changes under a name."""
        _no_experiment(name)
        wanted = self._wanted(self._scores.get(), changes, off)
        self._store.save(name, adjustable.nested(wanted), now=self._now(), actor=actor, why=why)

    def load(self, name: str) -> dict[str, float]:
        """Saved changes by key, checked against what may be moved here."""
        changes = {".".join(path): value for path, value in self._store.load(name).items()}
        self._wanted(self._scores.get(), changes, ())
        return changes

    def remove(self, name: str, *, actor: str) -> bool:
        """Forget what is saved under a name; what is in force stays."""
        _no_experiment(name)
        return self._store.remove(name, now=self._now(), actor=actor)

    def apply(self, name: str, *, actor: str, why: str = "") -> tuple[str, ...]:
        """Put saved changes in force: every list from now on is made with them.

        Returns
        -------
        tuple of str
            Sentences on persona tests that were passed over.

        Raises
        ------
        BadInput
            Where a persona test that holds today fails under them, or something else was saved
            under the name while they were checked.
        NeedsAgreement
            Where they bring a gap between groups above the tolerance: the first person who asks
            proposes them, and another puts them in force by asking too, within the days of the
            setting `levers.agreement_days`.
        """
        _no_experiment(name)
        checked = self._store.checksum(name)
        if not tuning.is_tuned(self._store.load(name)):
            self.load(name)
        saved, file = self._store.saved_text(name), self._store.with_applied(name, checked)

        def act() -> None:
            self._store.apply(
                name, now=self._now(), actor=actor, why=why, checked=checked, judged=file
            )

        return self._put_in_force((name, saved, checked), file, act, actor, why)

    def take_back(self, *, actor: str, why: str = "") -> tuple[str, tuple[str, ...]]:
        """Undo what was put in force last; its name, and what `apply` returns.

        Experiments stay as they are, also one that was started since: it is stopped, and what
        came of it stays on record. Raises as `apply` does: the lists of before may fail a test or
        widen a gap too.
        """
        name, file = self._store.before_last()

        def act() -> None:
            self._store.take_back(now=self._now(), actor=actor, why=why, judged=file)

        asked = (f"{TAKING_BACK}{name}", file, None)
        return name, self._put_in_force(asked, file, act, actor, why)

    def mend(self, *, actor: str) -> str:
        """Where the bank's settings file cannot be read, put back what this program last wrote.

        The damaged file stays, under another name. Returns a sentence, "" where nothing was to be
        mended; StateError where nothing was put in force here.
        """
        mended = self._store.mend(now=self._now(), actor=actor)
        if mended is None:
            return ""
        name, aside = mended
        return (
            "The settings file could not be read, or held nothing any more; what there was of it "
            f"lies beside as {aside.name}. What was last written there ({name}) is in force again. "
            "Nothing was taken back."
        )

    def _put_in_force(
        self, asked: _Asked, file: str, act: Callable[[], None], actor: str, why: str
    ) -> tuple[str, ...]:
        """Every way into force: persona tests, the gaps of every group, and a second person.

        `file` is the bank's settings file as it would be. Before the first version there is no
        list to judge.
        """
        if self._snapshots.registry.champion() is None:
            act()
            return ()
        table = self._scores.get()
        new = persona_tests.under(table, self._snapshots.settings_of(file))
        notes = self._personas.require(new)
        claim = parity_gate.worse(self._gaps(table, new), table.settings.fairness)
        if claim is not None:
            self._second_person(asked, claim.text, actor, why)
        act()
        return notes

    def agreed(self, version_id: str, gap: str, *, actor: str, why: str) -> None:
        """Note that somebody wants a version to serve although its lists widen a gap.

        NeedsAgreement where it is the first who asks, the same person again, or somebody who gives
        no name; the second person's agreement is noted.
        """
        self._second_person((f"{SERVING}{version_id}", version_id, None), gap, actor, why)

    def wider(self, table: ScoreTable, new: ScoreTable) -> str:
        """The gap that the lists of another table bring above the tolerance, or widen there; ""
        where there is none."""
        claim = parity_gate.worse(self._gaps(table, new), table.settings.fairness)
        return "" if claim is None else claim.text

    def _gaps(self, table: ScoreTable, new: ScoreTable) -> pd.DataFrame:
        """Every judged gap of today's lists and of those of another table."""
        with self._lock:
            base, parity = self._prepared(table)
            return parity.judged(*first_offers(new, base.rows, parity.today.picks.shape[1]))

    def _second_person(self, asked: _Asked, said: str, actor: str, why: str) -> None:
        """Note an agreement; NeedsAgreement where it is a proposal, the same person's, or of
        somebody who gives no name."""
        name, text, checked = asked
        waiting, named = self._waiting(name, text), parity_gate.is_named(actor)
        proposed = waiting is not None and parity_gate.is_named(waiting["actor"])
        if waiting is None or (named and not proposed):
            self._store.propose(name, text, now=self._now(), actor=actor, why=why, checked=checked)
            waiting = self._waiting(name, text)
        who = actor if waiting is None else str(waiting["actor"])
        if proposed and named and not parity_gate.same_person(who, actor):
            return self._store.agree(name, now=self._now(), actor=actor, why=why, checked=checked)
        until = "" if waiting is None else f" by {day(waiting['until'])}"
        done = f"{who} proposed {name}; it is in force once a second person puts it in force"
        if name.startswith(SERVING):
            done = f"{who} proposed to {name}; it serves once a second person asks for it"
        if name.startswith(TAKING_BACK):
            done = f"{who} proposed to {name}; that is done once a second person asks for it"
        nobody = "" if named else f" {actor!r} is nobody's name: say who asks, with --as."
        raise NeedsAgreement(f"{said}. {done}{until}.{nobody}")

    def _waiting(self, name: str, text: str) -> dict[str, Any] | None:
        """A proposal that may still be agreed to."""
        found = self._store.proposal(name, text)
        if found is None:
            return None
        asked = pd.Timestamp(found["recorded_at"])
        until = asked + pd.Timedelta(days=self._snapshots.settings.levers.agreement_days)
        return None if until < pd.Timestamp(self._now()) else found | {"until": until}

    def waiting(self) -> pd.DataFrame:
        """What waits for a second person: name ("take back NAME" where it is to be taken back,
        "serve VERSION" where that is to serve), actor (who proposed), recorded_at, until, why,
        kind ("apply", "take_back" or "serve") and of (the bare name of settings or version)."""
        log = self._store.log()
        proposed = set(log.loc[log["action"] == PROPOSED, "name"])
        texts = {n: self._store.saved_text(n) for n in self._store.names() if n in proposed}
        with suppress(NotFound, StateError):
            name, file = self._store.before_last()
            texts[f"{TAKING_BACK}{name}"] = file
        texts |= {n: n.removeprefix(SERVING) for n in proposed if n.startswith(SERVING)}
        rows = [
            found | _asked_of(found["name"])
            for one in texts.items()
            if (found := self._waiting(*one))
        ]
        columns = ["name", "actor", "recorded_at", "until", "why", "kind", "of"]
        return pd.DataFrame(rows, columns=columns)

    def in_force(self) -> list[str]:
        """Names that were put in force and not taken back, oldest first."""
        return [name for name in self._store.in_force() if not name.startswith(SAVED_AS)]

    def log(self) -> pd.DataFrame:
        """recorded_at, actor, action, name, why: newest first."""
        return self._store.log()


def _asked_of(name: str) -> dict[str, str]:
    """What a proposal asks for, and of what."""
    for kind, before in (("take_back", TAKING_BACK), ("serve", SERVING)):
        if name.startswith(before):
            return {"kind": kind, "of": name.removeprefix(before)}
    return {"kind": "apply", "of": name}


def _no_experiment(name: str) -> None:
    if name.startswith(SAVED_AS):
        raise BadInput(
            f"Names that begin with {SAVED_AS!r} are those of experiments, which are planned, "
            "started and stopped on the page Feedback or with the command experiment."
        )
