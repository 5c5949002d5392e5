"""Prices on groups: what closes a gap of attention and what it costs; prices kept to be used."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from engine.audit import grading
from engine.audit.evaluation_window import EvaluationWindow
from engine.audit.metrics import per_customer
from engine.audit.parity import fairness, gap_parts, groups, move_claims, price_curve
from engine.audit.parity.group_counts import members_of
from engine.audit.parity.group_prices import GroupPrices, key_of
from engine.audit.parity.price_search import Found, PricedLists, search
from engine.audit.shown_lists import ShownLists
from engine.bank.bank import Bank
from engine.errors import BadInput
from engine.figures import listing
from engine.guard.list_selection import NONE, TopK
from engine.progress import quiet
from engine.ranking import training
from engine.receipts.trail import Trail
from engine.results import Mitigation
from engine.scoring.current import CurrentScores
from engine.scoring.score_table import ScoreTable
from engine.services.offers import check_length, check_list
from engine.settings import Settings
from engine.snapshot.snapshot import Snapshots
from engine.state.named_settings import NamedSettings
from engine.vocabulary import CORPORATE, GROWTH, PRICE_KEY

KINDS: Final = (gap_parts.BENEFIT, gap_parts.BURDEN)
"""Kinds of offers whose gaps are closed."""
STEPS: Final = (4.0, 2.0, 1.0, 0.5, 0.0)
"""Times the tolerance that the curve is drawn at."""
FAR: Final = 7
"""Places that the held-out metric looks at."""
MOST_CUSTOMERS: Final = 20_000
"""Customers that prices are searched on at most, drawn by the seed (own choice); gaps before and
after are of the same customers."""


class Mitigating:
    """Finds prices on groups; puts none in force: see `Levers.apply`."""

    def __init__(self, snapshots: Snapshots, scores: CurrentScores, now: Callable[[], datetime]):
        self._snapshots, self._scores, self._now = snapshots, scores, now
        self._store = NamedSettings(snapshots.state, Trail(snapshots.state).note_setting)

    def find(
        self,
        attribute: str,
        *,
        list: str = GROWTH,
        k: int = 5,
        tolerance: float | None = None,
        held_out: bool = False,
    ) -> Mitigation:
        """Prices that close every judged gap of attention that is beyond chance to a tolerance, at
        the least loss; from the order that prices in force on other attributes leave.

        Parameters
        ----------
        tolerance : float, optional
            Largest gap that is left, a share of attention (0-1); else a setting.
        held_out : bool
            Also train on what was known before the latest quarter of adoptions, and count what
            later adopters took on their lists without and with prices; takes as long as a training.
        """
        check_list(list)
        scores = self._scores.get()
        check_length(scores, k)
        settings = scores.settings
        asked = settings.fairness.gap_tolerance if tolerance is None else tolerance
        if not 0 <= asked < 1:
            raise BadInput(f"Got the tolerance {asked:g}; expected a share of attention, 0 to 1.")
        rows, names, members = _people(scores.bank, attribute, settings)
        pairs = scores.of(rows)
        total = _less(pairs.total(list), scores.group_prices.of_rows(list, rows, but=attribute))
        lists = _lists(scores.bank, settings, total, pairs.allowed, scores.top_k, k, members)
        return _mitigation(self._snapshots, scores, (attribute, list, k), (rows, names), lists,
                           asked, held_out)  # fmt: skip

    def keep(self, found: Mitigation, name: str, *, actor: str, why: str = "") -> None:
        """Save prices under a name, to be put in force as levers are."""
        if not any(found.prices.values()):
            raise BadInput(
                "No gap beyond chance is above the tolerance, so there is no price to keep."
            )
        tree = {"fairness": {"prices": dict(found.prices)}}
        self._store.save(name, tree, now=self._now(), actor=actor, why=why)


def _mitigation(
    snapshots: Snapshots,
    scores: ScoreTable,
    question: tuple[str, str, int],
    people: tuple[np.ndarray, Sequence[str]],
    lists: PricedLists,
    asked: float,
    held_out: bool,
) -> Mitigation:
    (attribute, which, k), (rows, names) = question, people
    rule = scores.settings.fairness
    steps = sorted({asked, *(asked * step for step in STEPS)}, reverse=True)
    curve, found = price_curve.curve(lists, steps, asked, _worth(scores, rows), rule)
    one = found[asked]
    gaps = price_curve.gaps(lists, one.picks, one.prices, names, KINDS, asked, rule)
    prices = _prices(scores, which, attribute, names, one)
    others = _others(scores, question, prices, asked)
    alerts = [
        _alerts(scores, rows, picks, attribute, which, k)
        for picks in (price_curve.plain(lists), one.picks)
    ]
    chosen = curve[curve["tolerance"] == asked].iloc[0]
    return Mitigation(
        attribute=attribute,
        list=which,
        k=k,
        tolerance=asked,
        gaps=gaps,
        curve=curve,
        prices=prices,
        n_before=int(gaps["violates_before"].sum()),
        n_after=int(gaps["violates_after"].sum()),
        alerts_before=alerts[0],
        alerts_after=alerts[1],
        held_out=_held_out(snapshots, attribute, which, k, asked) if held_out else None,
        sentence=" ".join(
            [_sentence(attribute, asked, gaps, chosen, one, rule.min_n), *_beside(others, asked)]
        ),
        n=len(rows),
        currency=scores.bank.manifest.currency,
        model_version=scores.version,
        as_of=scores.bank.as_of,
        notes=_notes(scores, which, attribute),
        others=others,
    )


def _people(
    bank: Bank, attribute: str, settings: Settings
) -> tuple[np.ndarray, Sequence[str], np.ndarray]:
    """Persons whose group is recorded, the names of the groups, and membership."""
    group = groups.group_of(bank, attribute, settings.fairness)
    person = (bank["customers"]["audience"] != CORPORATE).to_numpy()
    rows = np.flatnonzero(person & (group != groups.NOT_RECORDED).to_numpy())
    if len(rows) > MOST_CUSTOMERS:
        rng = np.random.default_rng(settings.models.seed)
        rows = np.sort(rng.choice(rows, MOST_CUSTOMERS, replace=False))
    present = group.iloc[rows].cat.remove_unused_categories()
    names = [str(name) for name in present.cat.categories]
    return rows, names, members_of(present.cat.codes.to_numpy(), len(names)).astype(float)


def _less(total: np.ndarray, prices: np.ndarray | None) -> np.ndarray:
    return total if prices is None else total - prices


def _others(
    scores: ScoreTable,
    question: tuple[str, str, int],
    prices: Mapping[str, float],
    asked: float,
) -> pd.DataFrame:
    """Gaps of the other attributes that are priced in this list, before and after new prices."""
    (attribute, which, k), now = question, scores.group_prices
    bank, settings = scores.bank, scores.settings
    rule = settings.fairness
    changed = rule.model_copy(update={"prices": {**rule.prices, **prices}})
    then, tables = GroupPrices.of(bank, changed), []
    for other in (one for one, _ in now.reasons(which) if one != attribute):
        rows, names, members = _people(bank, other, settings)
        pairs = scores.of(rows)
        before, after = (
            _lists(bank, settings, _less(pairs.total(which), cost), pairs.allowed, scores.top_k, k,
                   members)
            for cost in (now.of_rows(which, rows, but=attribute), then.of_rows(which, rows))
        )  # fmt: skip
        none = np.full((len(names), len(KINDS)), np.nan)
        table = price_curve.gaps(
            before, price_curve.plain(after), none, names, KINDS, asked, rule
        ).drop(columns="price")
        table.insert(0, "attribute", other)
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _beside(others: pd.DataFrame, asked: float) -> list[str]:
    """What new prices do to each attribute that is priced already."""
    said = []
    for attribute, gaps in others.groupby("attribute", sort=False) if len(others) else ():
        claim = move_claims.beside(
            attribute=str(attribute),
            tolerance=asked,
            n_gaps=len(gaps),
            n_before=int(gaps["violates_before"].sum()),
            n_after=int(gaps["violates_after"].sum()),
            worst_before=float(gaps["before"].abs().max()),
            worst_after=float(gaps["after"].abs().max()),
        )
        said.append(f"{claim.text}.")
    return said


def _lists(
    bank: Bank,
    settings: Settings,
    total: np.ndarray,
    allowed: np.ndarray,
    top_k: TopK,
    k: int,
    members: np.ndarray,
) -> PricedLists:
    sizes, least = members.sum(axis=0), settings.fairness.min_n
    judged = (sizes >= least) & (len(members) - sizes >= least)
    kinds = gap_parts.kinds_of(bank, settings.fairness)
    columns = np.stack([kinds[name] for name in KINDS], axis=1).astype(float)
    return PricedLists(total, allowed, top_k, k, members, columns, judged)


def _worth(scores: ScoreTable, rows: np.ndarray) -> np.ndarray | None:
    """Expected value of every offer for some customers, money a year; None without history."""
    pairs = scores.of(rows)
    at, products = np.arange(len(rows))[:, None], np.arange(scores.bank.n_products)[None, :]
    confidence = pairs.confidence(at, products)
    propensity = scores.ranker.model.calibration.propensity_of(confidence)
    return None if propensity is None else propensity * scores.margins


def _alerts(
    scores: ScoreTable, rows: np.ndarray, picks: np.ndarray, attribute: str, which: str, k: int
) -> int:
    """Alerts of the page's own measure of selection on some customers' lists, against who of these
    customers was eligible."""
    bank, (at, place) = scores.bank, np.nonzero(picks != NONE)
    shown = pd.DataFrame(
        {
            "customer_id": bank.customer_ids[rows[at]],
            "product_id": bank.product_ids[picks[at, place]],
            "rank": place + 1,
            "list": which,
        }
    )
    eligible = np.zeros_like(scores.allowed)
    eligible[rows] = scores.allowed[rows]
    report = fairness.fairness(bank, shown, eligible, attribute, scores.settings, list=which, k=k)
    return len(report.alerts)


def _prices(
    scores: ScoreTable, which: str, attribute: str, names: Sequence[str], found: Found
) -> Mapping[str, float]:
    """The prices found, and 0 for what stands in the settings of this list and attribute."""
    prices = {
        key_of(which, attribute, name, kind): round(float(found.prices[at, place]), 9)
        for at, name in enumerate(names)
        for place, kind in enumerate(KINDS)
    }
    start = f"{which}{PRICE_KEY}{attribute}{PRICE_KEY}"
    old = [key for key in scores.settings.fairness.prices if key.startswith(start)]
    return dict.fromkeys(old, 0.0) | prices


def _held_out(
    snapshots: Snapshots, attribute: str, which: str, k: int, tolerance: float
) -> Mapping[str, float] | None:
    """What later adopters took, on their lists of the day before without and with prices."""
    bank, settings = snapshots.teaching_bank(), snapshots.settings
    window = EvaluationWindow.of(
        bank,
        None,
        needed=settings.ranking.min_dated_adoptions,
        stock_share=settings.evaluation.stock_share,
    )
    if window is None:
        return None
    judge = grading.Judge(bank.manifest.simulated)
    trained = training.train(
        window.then, snapshots.signals_of, snapshots.interest_of, settings, quiet, judge=judge
    )
    signals = snapshots.signals_of(window.then, trained.model.learned)
    shown, blend = ShownLists(signals), trained.model.blend
    rows, _, members = _people(window.then, attribute, settings)
    allowed = shown.allowed(rows)
    total = shown.scores(blend, signals.raw(rows), signals.newcomers(rows), which)
    in_force = GroupPrices.of(window.then, settings.fairness)
    total = _less(total, in_force.of_rows(which, rows, but=attribute))
    lists = _lists(window.then, settings, total, allowed, shown.top_k(blend), k, members)
    taken = window.adopted[rows] & signals.candidates[rows] & allowed
    later = taken.any(axis=1)
    if not later.any() or not lists.judged.any():
        return None
    found = search(lists, tolerance, price_curve.beyond(lists, settings.fairness))
    far = dataclasses.replace(lists, k=min(FAR, signals.bank.n_products))
    figures = [
        per_customer(_ranked(far.picks(prices), total.shape)[later], taken[later], allowed[later])
        for prices in (np.zeros_like(found.prices), found.prices)
    ]
    change = price_curve.quality(
        *(figure["map@7"].to_numpy() for figure in figures), settings.fairness.confidence_level
    )
    names = ("map_before", "map_after", "map_change", "map_low", "map_high")
    hits = {f"hit_{when}": float(figure["hit@3"].mean())
            for when, figure in zip(("before", "after"), figures, strict=True)}  # fmt: skip
    gaps = {
        "worst_before": lists.worst(price_curve.plain(lists)),
        "worst_after": found.worst,
    }
    return {"n": int(later.sum()), **hits, **dict(zip(names, change, strict=True)), **gaps}


def _ranked(picks: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Scores that fall by the place on the list, NaN for what is not on it."""
    rank = np.full((shape[0], shape[1] + 1), np.nan)  # the last is for what pads
    np.put_along_axis(rank, picks, -np.arange(1.0, picks.shape[1] + 1)[None, :], axis=1)
    return rank[:, :-1]


def _sentence(
    attribute: str, asked: float, gaps: pd.DataFrame, chosen: pd.Series, found: Found, min_n: int
) -> str:
    """What prices would do, and cost."""
    if gaps.empty:
        return f"No group by {attribute} has {min_n} customers and as many outside."
    claim = move_claims.closed(
        attribute=attribute,
        kinds=KINDS,
        tolerance=asked,
        n_gaps=len(gaps),
        n_before=int(gaps["violates_before"].sum()),
        n_after=int(gaps["violates_after"].sum()),
        worst_before=float(gaps["before"].abs().max()),
        worst_after=float(found.worst),
        moved=float(chosen["offers_moved"]),
        changed=float(chosen["lists_changed"]),
        score_lost=float(chosen["score_lost"]),
        least_lost=float(chosen["least_lost"]),
    )
    return f"{claim.text}."


def _notes(scores: ScoreTable, which: str, attribute: str) -> tuple[str, ...]:
    bank, rule = scores.bank, scores.settings.fairness
    others = [one for one, _ in scores.group_prices.reasons(which) if one != attribute]
    idle = scores.group_prices.idle.get(which, ())
    said = [
        f"Prices use {attribute} on purpose, in the order of the lists alone; whether that is "
        "lawful here is for the bank's counsel to say before they are put in force.",
        "Attention on a kind of offer is its share of all places of a list, earlier places "
        "counting more; who gets no offer counts with 0.",
        "Prices are those of the version and the customers of today: find them anew after a "
        "training.",
        f"Saving and investing: {', '.join(rule.benefits)}. Credit: {', '.join(rule.burdens)}.",
    ]
    if others:
        said.append(
            f"Prices by {listing(others)} are in force and stay so: the search starts from the "
            "order that they leave, and counts score less their price."
        )
    said += [f"{move_claims.idle(attribute=one).text}." for one in idle]
    if bank.manifest.simulated:
        said.append("Simulated bank: these figures describe generated customers.")
    return tuple(said)
