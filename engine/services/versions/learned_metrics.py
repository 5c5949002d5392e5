"""A bank's labels in; metrics learned from them, put to use or removed, and the expected loss."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents, without_objectors
from engine.customers import profiles as _profiles
from engine.customers.columns import column_label, columns_of
from engine.customers.learned_metrics import (
    accuracy,
    choice,
    column_checks,
    features,
    fit,
    leaks,
    metric_signs,
)
from engine.customers.learned_metrics.features import LOAN_INPUTS, TERMS, Training
from engine.customers.learned_metrics.store import EXPECTED_LOSS, LEARNABLE, MetricStore
from engine.customers.metrics.learned_metric import (
    ADDITIVE,
    CHANCE,
    DRIVERS,
    FORM_LABELS,
    FORMS,
    LINEAR,
    LearnedMetric,
    facts,
)
from engine.customers.profiles import Profiles
from engine.errors import BadInput
from engine.receipts.trail import Trail
from engine.results import Driver, ExpectedLoss, LearnedFrom, MetricFit
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import METRICS, PROGRAM, SET

NOT_FOR_CREDIT = "Never used to rank or to decide credit."
TERMS_KNOWN = "The loan's terms come with the label, but were known when it was granted."


class LearnedMetrics:
    """Learn a metric from labels in place of its scorecard."""

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._now = now
        self._trail = Trail(snapshots.state)

    @property
    def _store(self) -> MetricStore:
        return self._snapshots.metrics

    def fit(
        self, metric: str, target: str, keep: Collection[str] = (), *, actor: str = PROGRAM
    ) -> MetricFit:
        """Learn in several forms, and put to use the simplest that none surely beats.

        The scorecard is one of them: where nothing learned surely beats it, it stays.

        Parameters
        ----------
        metric : str
            churn, profit, risk, acumen or expected_loss.
        target : str
            Name of a label of the bank's table labels: 0 and 1, or numbers.
        keep : collection of str
            Columns that the bank decided to use although a check names them.

        Raises
        ------
        BadInput
            If there is no such metric or label.
        TrainingError
            If there are too few labels.
        """
        _check(metric)
        settings = self._snapshots.settings
        bank = without_objectors(self._snapshots.current().bank, settings)
        known = features.training(bank, metric, target, self._profiles, settings)
        if metric == EXPECTED_LOSS and fit.kind_of(known.label) != CHANCE:
            raise BadInput(
                f"expected_loss is learned from labels of 0 and 1; {target!r} has others."
            )
        seed = settings.models.seed
        if metric != EXPECTED_LOSS:
            known = known.as_served(columns_of(self._snapshots.current().profiles.data))
        known = known.at_most(choice.MOST_LABELS, seed)
        leaking = self._leaks(bank, metric, target, known)
        stated = TERMS if metric == EXPECTED_LOSS else ()
        banned = frozenset(leaking.loc[leaking["suspicious"], "column"]) - frozenset(stated)
        used = fit.usable(known.design, banned - frozenset(keep))
        checks = self._columns(bank, metric, known, keep)
        wide = _wide(metric, known, used, checks)
        given = known.design[used], wide, known.label
        signs = _signs(metric, used, wide)
        models = choice.candidates(*given, signs=signs, seed=seed)
        serving = choice.chosen(known.label, known.baseline, models)
        best = max(models, key=lambda model: fit.quality_of(known.label, model.predicted).value)
        model = fit.learned(
            metric,
            target,
            known.label,
            serving or best,
            known_until=known.known_until,
            fitted_on=str(self._now().date()),
        )
        better = serving is not None and choice.beats_chance(
            serving, *given, signs=signs, seed=seed
        )
        leaking = leaking[~leaking["column"].isin(checks["column"])]
        leaking = pd.concat([leaking, checks], ignore_index=True)
        said = _Learned(
            model,
            serving or best,
            tuple(models),
            serving is not None,
            better,
            self._store.load().get(metric),
        )
        report = _report(bank, known, said, leaking, _with_all(known, checks, seed))
        if better:
            self._store.save(_told(model, report, checks))
            self._note("learned", metric, actor)
        return report

    def remove(self, metric: str, *, actor: str = PROGRAM) -> bool:
        """Go back to the scorecard; False when nothing was learned."""
        _check(metric)
        if removed := self._store.remove(metric):
            self._note("back to the scorecard", metric, actor)
        return removed

    def _note(self, done: str, metric: str, actor: str) -> None:
        what = {"name": f"metric {metric}", "done": done}
        self._trail.add(SET, actor=actor, at=self._now(), what=what)

    def table(self) -> pd.DataFrame:
        """Which of the two is in use: metric, source (scorecard, learned, none), form, target, n,
        n_positive, quality, low, high, fitted_on."""
        models = self._store.load()
        rows = [
            facts(models[name])
            if name in models
            else {"metric": name, "source": "scorecard" if name in METRICS else "none"}
            for name in LEARNABLE
        ]
        return pd.DataFrame(rows, columns=list(facts(_NOTHING)))

    def learned_from(self, metric: str) -> LearnedFrom | None:
        """What a learned metric reads, what it leaves out and why, and what it was judged beside.

        None where the scorecard serves, or the metric was learned by an earlier release.
        """
        model = self._store.load().get(metric)
        if model is None or not model.beside:
            return None
        own = [(FORM_LABELS[model.form], model.quality, model.low, model.high)]
        return LearnedFrom(
            metric=metric,
            n=model.n,
            beside=pd.DataFrame([*own, *model.beside], columns=["what", "value", "low", "high"]),
            read=tuple(column_label(name) for name in model.inputs),
            left_out=pd.DataFrame(list(model.left_out), columns=["column", "why"]),
        )

    def targets(self) -> pd.DataFrame:
        """label, n_customers: what there is to learn from."""
        counts = features.labels_by_name(self._snapshots.base)
        return pd.DataFrame({"label": list(counts), "n_customers": list(counts.values())})

    def expected_loss(self, customer_id: str) -> ExpectedLoss | None:
        """What a customer's loan may cost; None without a model or without a loan."""
        snapshot = self._snapshots.current()
        position = snapshot.bank.customer_position(customer_id)
        model = self._store.load().get(EXPECTED_LOSS)
        if model is None:
            return None
        owed = features.exposure(snapshot.bank, snapshot.profiles.data.money.loans)[position]
        if not owed > 0:
            return None
        design = features.inputs(EXPECTED_LOSS, snapshot.profiles, self._snapshots.settings)
        mine = design.iloc[[position]]
        chance = float(model.predict(mine)[0])
        points = model.card(mine).points.iloc[0]
        share = self._snapshots.settings.money.loss_given_default
        return ExpectedLoss(
            customer_id=snapshot.bank.customer_ids[position],
            currency=snapshot.bank.manifest.currency,
            chance=chance,
            exposure=float(owed),
            amount=chance * share * float(owed),
            loss_given_default=share,
            note=f"{model.sentence} {NOT_FOR_CREDIT}",
            drivers=tuple(
                Driver(key, LOAN_INPUTS[key], float(points[key]))
                for key in sorted(model.inputs, key=lambda k: (-abs(points[k]), k))
                if points[key]
            ),
        )

    def _profiles(self, bank: Bank) -> Profiles:
        """Profiles by scorecards alone, which the learned ones are compared with."""
        consents = effective_consents(bank, self._snapshots.settings)
        return _profiles.build(
            bank, consents=consents, texts=self._snapshots.texts, settings=self._snapshots.settings
        )

    def _columns(
        self, bank: Bank, metric: str, known: Training, keep: Collection[str]
    ) -> pd.DataFrame:
        """The checks of every column that may be learned from; none of the expected loss."""
        columns = known.columns if metric != EXPECTED_LOSS else known.columns.iloc[:, :0]
        rows = bank.customer_positions(columns.index)
        traits = {name: values[rows] for name, values in column_checks.traits_of(bank).items()}
        everyone = columns_of(self._snapshots.current().profiles.data).loc[bank.customer_ids]
        others = everyone.reindex(columns=columns.columns)[~everyone.index.isin(columns.index)]
        table = column_checks.checked(columns, known.label, traits, others)
        return column_checks.kept_anyway(table, keep)

    def _leaks(self, bank: Bank, metric: str, target: str, known: Training) -> pd.DataFrame:
        """The leak check over inputs, features and the columns that no model reads."""
        if fit.kind_of(known.label) != CHANCE:
            return pd.DataFrame(columns=["column", "used", "suspicious", "why"])
        today = self._snapshots.current().profiles
        labelled = features.labels_of(bank, target)["customer_id"]
        alone = ~bank.customer_ids.isin(labelled)
        seen = alone.copy()
        if metric == EXPECTED_LOSS:  # what was asked of the labelled is asked of the others
            seen &= bank.customer_ids.isin(bank.rows("transactions").column("customer_id").unique())
        settings = self._snapshots.settings
        inputs = features.inputs(metric, today, settings)
        read = known.features.select_dtypes(["number", "bool"]).astype(float)
        read = read.drop(columns=read.columns.intersection(known.design.columns))
        everyone = today.features.reindex(columns=read.columns).astype(float).join(inputs)
        everyone = everyone.loc[bank.customer_ids]
        label = pd.Series(known.label, index=known.design.index)
        source = leaks.source_columns(bank, label)
        tested = read.join(known.design)
        checks = [
            leaks.leaks(tested, known.label, everyone[seen], known.design.columns),
            leaks.leaks(source.reindex(label.index), known.label, source[alone], ()),
        ]
        return pd.concat(checks, ignore_index=True)


def _check(metric: str) -> None:
    if metric not in LEARNABLE:
        raise BadInput(f"There is no metric {metric!r}; metrics are {', '.join(LEARNABLE)}.")


class _Learned(NamedTuple):
    """What was learned: the model to report, what it was judged by, its rivals, whether one was
    chosen in the scorecard's place, whether it is also told from chance, and what served."""

    model: LearnedMetric
    fitted: fit.FittedMetric
    candidates: tuple[fit.FittedMetric, ...]
    chosen: bool
    better: bool
    earlier: LearnedMetric | None


def _told(model: LearnedMetric, report: MetricFit, checks: pd.DataFrame) -> LearnedMetric:
    """The model with what it was judged beside, and what was left out of it."""
    rows = report.measures[report.measures["high"].notna()]
    beside = tuple(
        (
            row.remark if row.measure.endswith("a rival") else row.measure,
            row.value,
            row.low,
            row.high,
        )
        for row in rows.itertuples(index=False)
        if " of " in row.measure or " with " in row.measure
    )
    gone = checks[~checks["used"]]
    left_out = tuple(zip(gone["column"], gone["why"], strict=True))
    return replace(model, beside=beside, left_out=left_out)


def _wide(
    metric: str, known: Training, drivers: Sequence[str], checks: pd.DataFrame
) -> pd.DataFrame:
    """Inputs of the forms that read any column: the drivers of the scorecard, and the columns."""
    if metric == EXPECTED_LOSS:
        return known.columns.iloc[:, :0]
    columns = known.columns[checks.loc[checks["used"], "column"].tolist()]
    return pd.concat([known.design[list(drivers)], columns], axis=1) if len(columns.T) else columns


def _signs(metric: str, drivers: Sequence[str], wide: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Form -> input -> sign that must hold."""
    if metric == EXPECTED_LOSS:
        return {form: {} for form in FORMS}
    held = {name: 1 for name in drivers}
    of_columns = {name: int(metric_signs.sign(metric, name)) for name in wide.columns}
    return {DRIVERS: held, LINEAR: of_columns, ADDITIVE: of_columns}


def _with_all(known: Training, checks: pd.DataFrame, seed: int) -> accuracy.Measure | None:
    """Quality of tables that read the suspicious columns too; None without any."""
    leaks_ = checks.loc[checks["suspicious"] & ~checks["used"], "column"].tolist()
    if not leaks_:
        return None
    names = checks.loc[checks["used"], "column"].tolist() + leaks_
    everything = fit.fit(known.columns[names], known.label, form=ADDITIVE, signs={}, seed=seed)
    return fit.quality_of(known.label, everything.predicted)


def _report(
    bank: Bank,
    known: Training,
    said: _Learned,
    leaking: pd.DataFrame,
    with_all: accuracy.Measure | None,
) -> MetricFit:
    model = said.model
    chance = model.kind == CHANCE
    measures = fit.measures(
        known.label,
        said.fitted,
        known.baseline,
        [rival for rival in said.candidates if rival is not said.fitted],
    )
    if with_all is not None:
        name = f"{'AUC' if chance else 'Rank correlation'} with the suspicious columns"
        measures.loc[len(measures)] = [name, *with_all, "too good to be true; not in use"]
    return MetricFit(
        metric=model.metric,
        target=model.target,
        kind=model.kind,
        n=model.n,
        n_positive=model.n_positive,
        moment=known.moment,
        fitted_on=model.fitted_on,
        in_use=said.better or said.earlier is not None,
        simulated=bank.manifest.simulated,
        measures=measures,
        reliability=accuracy.reliability(known.label, said.fitted.predicted)
        if chance
        else pd.DataFrame(),
        drivers=_weights(known, model),
        leaks=leaking.sort_values(
            ["suspicious", "auc", "column"], ascending=[False, False, True], ignore_index=True
        ),
        verdict=_verdict(said),
        notes=_notes(bank, known, model, leaking),
    )


def _weights(known: Training, model: LearnedMetric) -> pd.DataFrame:
    """driver, coefficient, n_known, strongest first for tables.

    Of a line the log-odds a deviation; of tables the deviation of what the column adds.
    """
    given = known.design.join(known.columns)[list(model.inputs)]
    weights = model.coefficients if model.tables is None else model.parts(given).std(axis=0)
    n_known = given.notna().sum().to_numpy()
    table = pd.DataFrame({"driver": model.inputs, "coefficient": weights, "n_known": n_known})
    if model.tables is None:
        return table
    return table.sort_values("coefficient", ascending=False, ignore_index=True)


def _notes(
    bank: Bank, known: Training, model: LearnedMetric, leaking: pd.DataFrame
) -> tuple[str, ...]:
    notes = list(known.notes)
    if bank.manifest.simulated:
        notes.append("Simulated: bank and labels were generated.")
    if model.tables is None:
        lost = [d for d, c in zip(model.inputs, model.coefficients, strict=True) if c == 0]
        if lost:
            turned = ", ".join(lost)
            notes.append(f"Without weight, since it would turn their meaning round: {turned}.")
    unused = [c for c in known.design.columns if c not in model.inputs]
    if unused:
        notes.append(f"Left out, unknown, constant or suspicious: {', '.join(unused)}.")
    if model.form != DRIVERS and model.metric != EXPECTED_LOSS:
        notes.append(f"Read: {', '.join(column_label(name) for name in model.inputs)}.")
    of_columns = leaking[leaking["column"].isin(known.columns.columns) & ~leaking["used"]]
    one_value = of_columns["why"] == column_checks.CONSTANT
    if one_value.any():
        notes.append(f"Left out, of one value: {', '.join(of_columns.loc[one_value, 'column'])}.")
    notes += [
        f"Left out: {row.column} {row.why}."
        for row in of_columns[~one_value].itertuples(index=False)
    ]
    if model.metric == EXPECTED_LOSS:
        if set(TERMS) & set(model.inputs):
            notes.append(TERMS_KNOWN)
        notes.append(NOT_FOR_CREDIT)
    return tuple(notes)


def _verdict(said: _Learned) -> str:
    model, earlier = said.model, said.earlier
    wide = model.high - model.low > 0.1
    figure = "AUC" if model.kind == CHANCE else "rank correlation"
    interval = f"{figure} {model.quality:.2f} [{model.low:.2f}, {model.high:.2f}], n = {model.n:,}"
    if model.kind == CHANCE:
        interval += f" with {model.n_positive:,} cases"
    if wide:
        interval += "; the interval is wide, because the cases are few"
    if not said.better:
        above = model.low > (0.5 if model.kind == CHANCE else 0.0)
        if earlier is not None:
            beats = above and not said.chosen
            return (
                f"Not put to use: not surely better than {'the scorecard' if beats else 'chance'} "
                f"({interval}). The one "
                f"learned on {earlier.fitted_on} from {earlier.target!r} stays in use until it is "
                "removed."
            )
        if above and said.chosen:
            return (
                f"Not told from chance ({interval}): the same search does as well on labels that "
                f"are shuffled. Nothing was put to use."
            )
        if above:
            return f"The scorecard stays: no learned model surely beats it (best {interval})."
        return f"Not better than chance ({interval}); nothing was put to use."
    return f"The learned {model.metric.replace('_', ' ')} is in use: {interval}."


_NOTHING = LearnedMetric("", "", "", (), (), (), (), 0.0, 1.0, 0, 0, np.nan, np.nan, np.nan, "", "")
