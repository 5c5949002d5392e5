"""A bank's labels in; metrics learned from them, put to use or removed, and the expected loss."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers import profiles as _profiles
from engine.customers.learned_metrics import accuracy, features, fit, leaks
from engine.customers.learned_metrics.features import LOAN_INPUTS, TERMS, Training
from engine.customers.learned_metrics.store import EXPECTED_LOSS, LEARNABLE, MetricStore
from engine.customers.metrics.learned_metric import CHANCE, LearnedMetric, facts
from engine.customers.profiles import Profiles
from engine.errors import BadInput
from engine.results import Driver, ExpectedLoss, MetricFit
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import METRICS

NOT_FOR_CREDIT = "Never used to rank or to decide credit."
TERMS_KNOWN = "The loan's terms come with the label, but were known when it was granted."


class LearnedMetrics:
    """Learn a metric from labels in place of its scorecard."""

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._now = now

    @property
    def _store(self) -> MetricStore:
        return self._snapshots.metrics

    def fit(self, metric: str, target: str) -> MetricFit:
        """Learn, judge by cross-validation, and put to use what is better than chance.

        Parameters
        ----------
        metric : str
            churn, profit, risk, acumen or expected_loss.
        target : str
            Name of a label of the bank's table labels: 0 and 1, or numbers.

        Raises
        ------
        BadInput
            If there is no such metric or label.
        TrainingError
            If there are too few labels.
        """
        _check(metric)
        bank, settings = self._snapshots.current().bank, self._snapshots.settings
        known = features.training(bank, metric, target, self._profiles, settings)
        if metric == EXPECTED_LOSS and fit.kind_of(known.label) != CHANCE:
            raise BadInput(
                f"expected_loss is learned from labels of 0 and 1; {target!r} has others."
            )
        leaking = self._leaks(bank, metric, target, known)
        stated = TERMS if metric == EXPECTED_LOSS else ()
        banned = frozenset(leaking.loc[leaking["suspicious"], "column"]) - frozenset(stated)
        used = fit.usable(known.design, banned)
        oriented, seed = metric != EXPECTED_LOSS, settings.models.seed
        fitted = fit.fit(known.design[used], known.label, oriented=oriented, seed=seed)
        model = fit.learned(
            metric,
            target,
            used,
            known.label,
            fitted,
            known_until=known.known_until,
            fitted_on=str(self._now().date()),
        )
        better = model.low > (0.5 if model.kind == CHANCE else 0.0)
        if better:
            self._store.save(model)
        return _report(bank, model, known, fitted, leaking, better)

    def remove(self, metric: str) -> bool:
        """Go back to the scorecard; False when nothing was learned."""
        _check(metric)
        return self._store.remove(metric)

    def table(self) -> pd.DataFrame:
        """metric, source (scorecard, learned, none), target, n, n_positive, quality, low, high,
        fitted_on: which of the two is in use."""
        models = self._store.load()
        rows = [
            facts(models[name])
            if name in models
            else {"metric": name, "source": "scorecard" if name in METRICS else "none"}
            for name in LEARNABLE
        ]
        return pd.DataFrame(rows, columns=list(facts(_NOTHING)))

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


def _report(
    bank: Bank,
    model: LearnedMetric,
    known: Training,
    fitted: fit.FittedMetric,
    leaking: pd.DataFrame,
    better: bool,
) -> MetricFit:
    chance = model.kind == CHANCE
    lost = [d for d, c in zip(model.inputs, model.coefficients, strict=True) if c == 0]
    unused = [c for c in known.design.columns if c not in model.inputs]
    notes = list(known.notes)
    if bank.manifest.simulated:
        notes.append("Simulated: bank and labels were generated.")
    if unused:
        notes.append(f"Left out, unknown, constant or suspicious: {', '.join(unused)}.")
    if lost:
        notes.append(f"Without weight, since it would turn their meaning round: {', '.join(lost)}.")
    if model.metric == EXPECTED_LOSS:
        if set(TERMS) & set(model.inputs):
            notes.append(TERMS_KNOWN)
        notes.append(NOT_FOR_CREDIT)
    return MetricFit(
        metric=model.metric,
        target=model.target,
        kind=model.kind,
        n=model.n,
        n_positive=model.n_positive,
        moment=known.moment,
        fitted_on=model.fitted_on,
        in_use=better,
        simulated=bank.manifest.simulated,
        measures=fit.measures(known.label, fitted, known.baseline),
        reliability=accuracy.reliability(known.label, fitted.predicted)
        if chance
        else pd.DataFrame(),
        drivers=pd.DataFrame(
            {
                "driver": model.inputs,
                "coefficient": model.coefficients,
                "n_known": known.design[list(model.inputs)].notna().sum().to_numpy(),
            }
        ),
        leaks=leaking,
        verdict=_verdict(model, better),
        notes=tuple(notes),
    )


def _verdict(model: LearnedMetric, better: bool) -> str:
    wide = model.high - model.low > 0.1
    said = "AUC" if model.kind == CHANCE else "rank correlation"
    interval = f"{said} {model.quality:.2f} [{model.low:.2f}, {model.high:.2f}], n = {model.n:,}"
    if model.kind == CHANCE:
        interval += f" with {model.n_positive:,} cases"
    if wide:
        interval += "; the interval is wide, because the cases are few"
    if not better:
        return f"Not better than chance ({interval}); nothing was put to use."
    return f"The learned {model.metric.replace('_', ' ')} is in use: {interval}."


_NOTHING = LearnedMetric("", "", "", (), (), (), (), 0.0, 1.0, 0, 0, np.nan, np.nan, np.nan, "", "")
