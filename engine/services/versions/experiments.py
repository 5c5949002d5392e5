"""Experiments: planned beforehand, started, looked at on any day, stopped; all on record."""

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from pydantic import ValidationError

from engine.bank.bank import Bank
from engine.errors import BadInput, NotFound
from engine.experiment_plan import (
    ACCEPTANCE,
    ARMS,
    MEASURES,
    NAME,
    NO_CONTACT,
    SAVED_AS,
    VALUE,
    ExperimentPlan,
)
from engine.experiments import arm_claims, power
from engine.experiments.arms import codes_of
from engine.experiments.looking import Look, base_of
from engine.experiments.outcomes import Outcomes, outcomes
from engine.figures import count, day, listing, percent
from engine.receipts.trail import Trail
from engine.results import ExperimentLook, ExperimentSample
from engine.scoring.current import CurrentScores
from engine.scoring.score_table import ScoreTable
from engine.snapshot.snapshot import Snapshots
from engine.state.named_settings import NamedSettings

_STOP: Final = "-stop"
PLANNED, RUNNING, ENDED, WAITS = "planned", "running", "ended", "waits for its first day"
"""What an experiment is at a moment."""


class Experiments:
    """Experiments of one bank: plan and result. Which customer is in which arm is worked out with
    every list, from the settings alone."""

    arms = ARMS
    measures = MEASURES

    def __init__(
        self,
        snapshots: Snapshots,
        scores: CurrentScores,
        now: Callable[[], dt.datetime],
    ):
        self._snapshots, self._scores, self._now = snapshots, scores, now
        self._store = NamedSettings(snapshots.state, Trail(snapshots.state).note_setting)

    # --- beforehand

    def sample(
        self,
        name: str,
        *,
        shares: Mapping[str, float],
        uplift: float,
        starts: dt.date | None = None,
        days: int = 90,
        measure: str = ACCEPTANCE,
        base: float | None = None,
        own_list: Sequence[str] = (),
        offers: int = 5,
        strength: float = 0.8,
        owner: str = "",
        may_see: Sequence[str] = ("analyst", "manager"),
    ) -> ExperimentSample:
        """How many customers an experiment takes; keeps nothing.

        Parameters
        ----------
        shares : mapping of str to float
            Arm of `ARMS` -> share of the customers; the rest is in no arm.
        uplift : float
            The change of the primary measure that should be found, as a share of its base; of
            churn the fall.
        starts : date, optional
            Today by default, in UTC.
        base : float, optional
            The measure without the program by the end; by default that of as many days before the
            last on record.
        strength : float
            Chance that such a change is found (power).

        Raises
        ------
        NotFound or BadInput
            For an unknown product; for what does not make an experiment.
        """
        table, first = self._scores.get(), starts or self._now().date()
        for product in own_list:
            table.bank.product_position(product)
        if not NAME.fullmatch(name) or name.endswith(_STOP):
            raise BadInput(
                f"Got the name {name!r}; expected small letters, digits, - and _, at most 23, and "
                f"no {_STOP!r} at the end."
            )
        if days < 1:
            raise BadInput(f"Got {days} days; an experiment takes one at least.")
        known, spread, base_from = self._base(table, measure, days, first)
        fields = {
            "shares": {arm: shares[arm] for arm in sorted(shares, key=_place)},
            "own_list": list(own_list),
            "offers": offers,
            "measure": measure,
            "base": known if base is None else base,
            "spread": spread,
            "uplift": uplift,
            "power": strength,
            "needed": 1,
            "starts": first,
            "ends": first + dt.timedelta(days=days - 1),
            "owner": owner or "nobody named",
            "may_see": list(may_see),
        }
        if base is not None:
            base_from = "The base is as it was stated."
        elif not known:
            raise BadInput(f"{base_from} State the base instead.")
        return self._sampled(name, table, _checked(fields), base_from)

    def _sampled(
        self, name: str, table: ScoreTable, plan: ExperimentPlan, base_from: str
    ) -> ExperimentSample:
        how = {"spread": plan.spread, "power": plan.power, "level": plan.level}
        needed = power.needed(plan.base, plan.change, plan.shares, **how)
        any_look = power.needed_at_any_look(plan.base, plan.change, plan.shares, **how)
        plan = plan.model_copy(update={"needed": needed})
        bank, whole = table.bank, power.sum_of(plan.shares)
        codes = codes_of(bank["customers"]["customer_id"], bank.bank_id, name, plan.shares)
        rows = [(arm, share, int((codes == ARMS.index(arm)).sum()), round(needed * share / whole))
                for arm, share in plan.shares.items()]  # fmt: skip
        said = arm_claims.experiment_sample(
            measure=plan.measure,
            base=plan.base,
            uplift=plan.uplift,
            power=plan.power,
            n=needed,
            n_any=any_look,
            there=int((codes >= 0).sum()),
            currency=bank.manifest.currency,
        )
        notes = [
            "Arms are drawn by a hash of the customer's number and the name of the experiment",
            f"What is taken counts from {day(pd.Timestamp(plan.starts))} on; who joins later is in "
            "an arm and is not counted",
        ]
        if NO_CONTACT in plan.shares:
            notes.append(
                "No contact means no offers; cases, help and promises are still called about"
            )
        if bank.manifest.simulated:
            notes.append("Simulated bank: these figures describe generated customers")
        return ExperimentSample(
            name=name,
            plan=plan.model_dump(mode="json"),
            sentence=f"{said.text}.",
            needed=needed,
            needed_at_any_look=any_look,
            arms=pd.DataFrame(rows, columns=["arm", "share", "n", "needed"]),
            base_from=base_from,
            notes=tuple(notes),
        )

    def _base(
        self, table: ScoreTable, measure: str, days: int, first: dt.date
    ) -> tuple[float, float, str]:
        """Base and spread of as many days before, and where they are from."""
        if measure not in MEASURES:
            raise BadInput(f"Got the measure {measure!r}; expected {', '.join(MEASURES)}.")
        bank = self._imported(table)
        last = min(bank.as_of.date(), first - dt.timedelta(days=1))
        start = last - dt.timedelta(days=days - 1)
        rows = _there_before(table, start)
        before = outcomes(bank, rows, table.margins, start, last)
        base, spread = base_of(before, measure, len(rows))
        span = f"from {day(pd.Timestamp(start))} to {day(pd.Timestamp(last))}"
        if not base:
            return 0.0, spread, f"Nothing of the measure {measure} is on record {span}."
        told = f"{base:,.2f} {table.bank.manifest.currency} a customer"
        told = told if measure == VALUE else percent(base)
        return base, spread, f"The base is {told} of {count(len(rows), 'customer')} {span}."

    def plan(self, sample: ExperimentSample, *, actor: str, why: str = "") -> None:
        """Keep a plan under its name; nobody is in an arm before it is started.

        Raises
        ------
        BadInput
            If an experiment of this name was started: its plan is fixed.
        """
        if sample.name in self._started():
            raise BadInput(f"{sample.name} was started, so its plan is fixed; take another name.")
        self._keep(sample.name, _checked(sample.plan), sample.name, actor, why)

    def _keep(
        self, saved: str, plan: ExperimentPlan, name: str, actor: str, why: str
    ) -> None:  # fmt: skip
        fields = plan.model_dump(exclude_none=True)
        tree = {"experiments": {"started": {name: fields}}}
        self._store.save(f"{SAVED_AS}{saved}", tree, now=self._now(), actor=actor, why=why)

    def _apply(self, saved: str, actor: str, why: str) -> None:
        """Into force as it was kept: no list is judged, since arms are drawn by chance and pass."""
        name = f"{SAVED_AS}{saved}"
        checked = self._store.checksum(name)
        self._store.apply(name, now=self._now(), actor=actor, why=why, checked=checked)

    # --- while it runs

    def start(self, name: str, *, actor: str, why: str = "") -> None:
        """Keep the arms of a planned experiment apart, from its first day on or from today.

        Raises
        ------
        NotFound or BadInput
            If there is no such plan; if it was started, its last day is over, or another
            experiment would run at the same time.
        """
        today, plan = self._now().date(), self._planned(name)
        if name in self._started():
            raise BadInput(f"{name} was started already.")
        if plan.starts < today:  # lists were made without arms until now
            moved = today - plan.starts
            plan = plan.model_copy(update={"starts": today, "ends": plan.ends + moved})
        for other, one in self._started().items():
            if plan.starts <= one.last_day and one.starts <= plan.last_day:
                until = day(pd.Timestamp(one.last_day))
                raise BadInput(f"{other} runs until {until}; one experiment runs at a time.")
        self._keep(name, plan, name, actor, why)
        self._apply(name, actor, why)

    def stop(self, name: str, *, actor: str, why: str = "") -> None:
        """End an experiment before its last day: from today on nobody is in an arm.

        Raises
        ------
        NotFound or BadInput
            If none of this name was started; if it has ended.
        """
        today, plan = self._now().date(), self._plan_of(name)
        if plan.last_day < today or plan.stopped is not None:
            raise BadInput(f"{name} ended on {day(pd.Timestamp(plan.last_day))}.")
        stopped = plan.model_copy(update={"stopped": today})
        self._keep(f"{name}{_STOP}", stopped, name, actor, why)
        self._apply(f"{name}{_STOP}", actor, why)

    def remove(self, name: str, *, actor: str) -> bool:
        """Forget a plan that was not started; False when there is none."""
        if name in self._started():
            raise BadInput(f"{name} was started; what came of it stays on record.")
        return self._store.remove(f"{SAVED_AS}{name}", now=self._now(), actor=actor)

    def arm_of(self, customer_id: str) -> str:
        """The arm of a customer in the experiment that runs now; "" where there is none."""
        table = self._scores.get()
        arms = table.arms
        return "" if arms is None else arms.arm(table.bank.customer_position(customer_id))

    # --- what came of it

    def _imported(self, table: ScoreTable) -> Bank:
        """The bank with what its own files say of products and leaving, and nothing recorded here:
        a sale is recorded here where it was offered, so of some arms alone."""
        base = self._snapshots.base
        return table.bank.with_checked(holdings=base["holdings"], labels=base["labels"])

    def table(self) -> pd.DataFrame:
        """name, status, measure, arms, starts, last_day, owner, needed: planned, started and ended
        ones, the newest first."""
        today, started = self._now().date(), self._started()
        plans = {
            name: self._planned(name)
            for saved in self._store.names()
            if saved.startswith(SAVED_AS) and not saved.endswith(_STOP)
            if (name := saved.removeprefix(SAVED_AS)) not in started
        }
        rows = [
            (
                name,
                PLANNED if name in plans else _status(plan, today),
                plan.measure,
                listing(list(plan.shares)),
                pd.Timestamp(plan.starts),
                pd.Timestamp(plan.last_day),
                plan.owner,
                plan.needed,
            )
            for name, plan in (plans | started).items()
        ]
        columns = ["name", "status", "measure", "arms", "starts", "last_day", "owner", "needed"]
        table = pd.DataFrame(rows, columns=columns)
        return table.sort_values(["starts", "name"], ascending=[False, True], ignore_index=True)

    def may_see(self, name: str) -> frozenset[str]:
        """Roles that may see what comes of an experiment."""
        started = self._started()
        return frozenset((started[name] if name in started else self._planned(name)).may_see)

    def look(self, name: str) -> ExperimentLook:
        """What came of an experiment until the last day of the bank's files; on any day, as often
        as wanted.

        Raises
        ------
        NotFound
            If none of this name was started.
        BadInput
            If the bank's files end before its start; if it was stopped before its first day.
        """
        plan, table = self._plan_of(name), self._scores.get()
        bank = self._imported(table)
        if plan.last_day < plan.starts:
            raise BadInput(f"{name} was stopped before it had run a day: nothing came of it.")
        until = min(bank.as_of.date(), plan.last_day, self._now().date())
        if until < plan.starts:
            raise BadInput(
                f"{name} starts on {day(pd.Timestamp(plan.starts))}, and the bank's files end on "
                f"{day(bank.as_of)}: there is nothing to look at before newer files are imported."
            )
        rows = _there_before(table, plan.starts)
        ids = bank["customers"]["customer_id"].iloc[rows]
        codes = codes_of(ids, bank.bank_id, name, plan.shares)
        found = outcomes(bank, rows, table.margins, plan.starts, until)
        length = dt.timedelta(days=(plan.ends - plan.starts).days + 1)
        day_before = plan.starts - dt.timedelta(days=1)
        before = outcomes(bank, rows, table.margins, plan.starts - length, day_before)
        made = Look(plan, codes, found, before, bank.manifest.currency)
        differences = made.differences()
        begun = arm_claims.experiment_begun(
            experiment=name,
            n_days=found.n_days,
            n_left=max(0, (plan.last_day - until).days),
            n=int(made.n.sum()),
            needed=plan.needed,
        )
        return ExperimentLook(
            name=name,
            plan=plan.model_dump(mode="json"),
            sentences=tuple(differences.loc[differences["primary"], "says"]),
            begun=f"{begun.text}.",
            arms=made.arm_table(),
            differences=differences,
            by_day=made.day_table(),
            unit=bank.manifest.currency if plan.measure == VALUE else "share",
            until=pd.Timestamp(until),
            notes=_notes(table, plan, made, found),
        )

    def _started(self) -> dict[str, ExperimentPlan]:
        return self._snapshots.settings.experiments.started

    def _plan_of(self, name: str) -> ExperimentPlan:
        started = self._started()
        if name not in started:
            raise NotFound(
                f"No experiment {name!r} was started; there are {', '.join(started) or 'none'}."
            )
        return started[name]

    def _planned(self, name: str) -> ExperimentPlan:
        tree = tomllib.loads(self._store.saved_text(f"{SAVED_AS}{name}"))
        return _checked(tree["experiments"]["started"][name])


def _there_before(table: ScoreTable, first: dt.date) -> np.ndarray:
    """Positions of customers who had joined before a day, or of whom no day is on record."""
    joined = table.bank["customers"]["joined_on"]
    return np.flatnonzero(~(joined >= pd.Timestamp(first)).to_numpy(dtype=bool))


def _checked(fields: Mapping[str, Any]) -> ExperimentPlan:
    try:
        return ExperimentPlan.model_validate(dict(fields))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"No experiment: {f'{where}: ' if where else ''}{said}.") from error


def _place(arm: str) -> int:
    return ARMS.index(arm) if arm in ARMS else len(ARMS)


def _status(plan: ExperimentPlan, today: dt.date) -> str:
    if plan.runs_on(today):
        return RUNNING
    return WAITS if today < plan.starts and plan.stopped is None else ENDED


def _notes(table: ScoreTable, plan: ExperimentPlan, made: Look, found: Outcomes) -> tuple[str, ...]:
    said = [
        "Everybody of an arm counts, whatever they were shown; who joined later does not",
        "Took a product: one that began on a day of the experiment by the bank's own files; an "
        "answer to an offer or a sale recorded here does not count, since an arm without offers "
        "can give none",
        f"Intervals hold at every look, and for {count(len(made.others), 'comparison')} together; "
        "those of a single look would be narrower, and wrong for who looks more than once",
    ]
    if found.n_unpriced:
        said.append(
            f"Of {count(found.n_unpriced, 'product')} that customers took no margin is set: they "
            "count as no value"
        )
    if not found.has("churn"):
        said.append("Who left is not on record with a day, so churn is not compared")
    if len(made.differences()) > len(made.others):
        said.append(
            f"The primary measure is {plan.measure}; the others were not planned for and are hints"
        )
    if table.bank.manifest.simulated:
        said.append("Simulated bank: every figure describes generated customers")
    return tuple(said)
