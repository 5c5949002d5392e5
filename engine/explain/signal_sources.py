"""One customer and one product in; what each signal's raw value is the sum of out."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from engine.explain.reasons import interest
from engine.explain.wording import day, percent, score
from engine.labels import PRODUCT_SCORE_LABELS
from engine.ranking import behaviour_signals
from engine.ranking import suitability as gaps

if TYPE_CHECKING:
    from engine.explain.offer_cases import Person


class Source(NamedTuple):
    """One thing behind a raw value; `raw` is its share, in the signal's own units."""

    label: str
    detail: str
    raw: float


_GAPS = {
    "excess_risk": ("risk_customer", "at most {} accepted"),
    "value_shortfall": ("value_customer", "at least {} wanted"),
    "retention_shortfall": ("retention_value", "at least {} wanted"),
    "bank_risk_excess": ("risk_bank", "at most {} carried"),
    "goal_fit": ("risk_customer", "an appetite of {}"),
}
"""Gap between what is asked for and what a product is -> its score, and how it is measured."""
_TOWARDS_GOALS = "Risk in the direction of the goals"
_TOGETHER = {True: "often held together", False: "seldom held together"}
_NEXT = {True: "often taken after it", False: "seldom taken after it"}


def need_label(kind: str, item: str, value: float, n: float) -> str:
    """One interest in words that tell it from every other of the same customer.

    A reason need not say where talk was found; side by side, topics and messages must differ.
    """
    said = interest(kind, item, value, n)
    return said.replace("Talks about", "Writes about", 1) if kind == "message" else said


def needs(person: "Person", product: int) -> list[Source]:
    """Each interest: its share of all times its likeness to the product."""
    table = person.cases.ranker.signals.needs
    mine = table.interests_of(person.position)
    likeness = table.similarity[mine["phrase"].to_numpy(dtype=np.int64), product]
    rows = zip(mine["kind"], mine["item"], mine["value"], mine["n"], strict=True)
    return [
        Source(
            need_label(kind, str(item), value, n),
            f"{percent(share)} of the needs, likeness {like:+.2f} against the usual",
            float(share * like),
        )
        for (kind, item, value, n), share, like in zip(rows, mine["share"], likeness, strict=True)
    ]


def suitability(person: "Person", product: int) -> list[Source]:
    """Each gap between what the metrics ask for and what the product is."""
    signals = person.cases.ranker.signals
    metrics = signals.metrics(np.array([person.position]))
    product_scores = signals.product_scores.iloc[[product]]
    asked, has = gaps.asks(metrics).iloc[0], product_scores.iloc[0]
    found = []
    for name, raw in gaps.terms(metrics, product_scores).items():
        column, against = _GAPS[name]
        to_goals = name == "goal_fit"
        label = _TOWARDS_GOALS if to_goals else PRODUCT_SCORE_LABELS[column]
        wanted = metrics["risk"].iloc[0] if to_goals else asked[column]
        detail = f"{score(has[column])}, {against.format(score(wanted))}"
        found.append(Source(label, detail, float(raw[0, 0])))
    return found


def item_to_item(person: "Person", product: int) -> list[Source] | None:
    """Each product held: what holders of it take, against the other products.

    The raw value is the inverse hyperbolic sine of a scaled sum; it is divided among the products
    held in proportion to their terms of that sum.
    """
    signals = person.cases.ranker.signals
    model = signals.learned.item_to_item
    if model is None:
        return None
    mine = signals.audience[person.position]
    weights = model.weights[person.held].astype(np.float64)
    terms = _centred(weights, mine)
    total = terms.sum(axis=0)
    spread = _spread(total, mine)
    scaled = total[product] / spread
    factor = (np.arcsinh(scaled) / scaled if abs(scaled) > 1e-12 else 1.0) / spread
    return [
        Source(f"Holds {name}", _TOGETHER[bool(term > 0)], float(term * factor))
        for name, term in zip(person.held_names, terms[:, product], strict=True)
    ]


def transitions(person: "Person", product: int) -> list[Source] | None:
    """What each product held adds to the log-odds of taking this one next, and who takes it."""
    signals = person.cases.ranker.signals
    model = signals.learned.transitions
    if model is None:
        return None
    mine = signals.audience[person.position]
    terms = np.vstack([model.weights[person.held], model.intercepts]).astype(np.float64)
    raw = _centred(terms, mine)[:, product]
    labels = [
        (f"Holds {name}", _NEXT[bool(value > 0)])
        for name, value in zip(person.held_names, raw, strict=False)
    ]
    labels.append(("Anybody who lacks it", "how often it is taken at all"))
    return [Source(*label, float(value)) for label, value in zip(labels, raw, strict=True)]


def collaborative(person: "Person", product: int) -> list[Source] | None:
    """The customer's taste as a mix of the products held, and what no holding explains.

    Notes
    -----
    A factorization knows no holdings, only a point for each customer. The point is written as the
    nearest mix of the held products' points (non-negative least squares) plus a rest, and each
    term's product with the product's point is its share.
    """
    from scipy.optimize import nnls

    signals = person.cases.ranker.signals
    model, known = signals.learned.factorization, signals.learned.known
    if model is None or known is None:
        return None
    if not known[person.position]:
        return []
    mine = signals.audience[person.position]
    taste = model.customer_factors[person.position].astype(np.float64)
    points = model.product_factors.astype(np.float64)
    held = points[person.held]
    mix = nnls(held.T, taste)[0] if len(held) else np.zeros(0)
    bias = model.product_bias.astype(np.float64)
    terms = np.vstack([mix[:, None] * (held @ points.T), (taste - mix @ held) @ points.T, bias])
    centred = _centred(terms, mine)
    raw = centred[:, product] / _spread(centred.sum(axis=0), mine)
    labels = [(f"Holds {name}", "taste of customers alike") for name in person.held_names]
    labels += [
        ("Taste that no holding explains", "what the model learned of this customer"),
        ("Liked by everybody", "however alike"),
    ]
    return [Source(*label, float(value)) for label, value in zip(labels, raw, strict=True)]


def popularity(person: "Person", product: int) -> list[Source] | None:
    """How often customers with as many products take it, against the other products."""
    signals, rows = person.cases.ranker.signals, np.array([person.position])
    learned = signals.learned.raw(rows, signals.bank.held[rows], signals.audience[rows])
    if "popularity" not in learned:
        return None
    raw = float(learned["popularity"][0, product])
    detail = f"{np.exp(raw):.1f} times as often as a usual product"
    return [Source("Taken by customers with as many products", detail, raw)]


def mood(person: "Person", product: int) -> list[Source]:
    """An unhappy mood against how hard the product sells."""
    felt = person.profile["mood"]
    if pd.isna(felt) or felt >= 0:
        return []
    selling = behaviour_signals.pressure(person.cases.bank)
    raw = behaviour_signals.mood_signal(np.array([felt]), selling[[product]])[0, 0]
    what = "a service" if selling[product] < 0 else f"sales pressure {selling[product]:.1f} of 1"
    return [Source("Unhappy messages", f"mood {felt:+.1f} of -1 to 1, {what}", float(raw))]


def rules(person: "Person", product: int) -> list[Source]:
    """Each business rule that holds; where several do, the signal is still 1 and they share it."""
    holding = [
        rule.reason
        for rule in person.cases.ranker.signals.rules
        if rule.customers[person.position] and rule.products[product]
    ]
    return [Source(reason, "", 1 / len(holding)) for reason in holding]


def feedback(person: "Person", product: int) -> list[Source]:
    """Each of the customer's own reactions to this product, scaled where the signal is capped."""
    signals = person.cases.ranker.signals
    bank, events = signals.bank, signals.events
    on_it = (events["customer_id"] == bank.customer_ids[person.position]) & (
        events["product_id"] == bank.product_ids[product]
    )
    found = []
    for place in np.flatnonzero(on_it.to_numpy(dtype=bool)):
        event = events.iloc[[place]]
        action, when = event["action"].iloc[0], event["recorded_at"].iloc[0]
        raw = float(behaviour_signals.own_feedback(bank, event)[person.position, product])
        found.append(Source(f"{str(action).capitalize()} on {day(when)}", "", raw))
    total = sum(source.raw for source in found)
    capped = float(np.clip(total, -behaviour_signals.MAX_UNITS, behaviour_signals.MAX_UNITS))
    scale = capped / total if total else 1.0
    return [source._replace(raw=source.raw * scale) for source in found if source.raw]


def objective(person: "Person", product: int, which: str) -> list[Source]:
    """Each product score that the list looks for, against the catalogue; in points."""
    ranker = person.cases.ranker
    table = ranker.signals.product_scores
    aim = gaps.objective(table, which)
    spread = aim.std() if aim.std() > 1e-9 else 1.0
    unit = ranker.signals.settings.ranking.objective_weight / spread
    return [
        Source(
            PRODUCT_SCORE_LABELS[column],
            f"{score(table[column].iloc[product])}, on average {score(table[column].mean())}",
            float(unit * share * (table[column].iloc[product] - table[column].mean()) / 5),
        )
        for column, share in gaps.AIMS[which].items()
    ]


def intercept(points: float) -> list[Source]:
    """What a product has by itself."""
    said = "taken more often" if points > 0 else "taken less often"
    return [Source("By itself", f"{said} than its other parts say", points)] if points else []


def _centred(rows: np.ndarray, audience: np.ndarray) -> np.ndarray:
    """Each row minus its mean over the audience's products, 0 elsewhere."""
    n = max(int(audience.sum()), 1)
    mean = np.where(audience, rows, 0.0).sum(axis=1, keepdims=True) / n
    return np.where(audience, rows - mean, 0.0)


def _spread(row: np.ndarray, audience: np.ndarray) -> float:
    spread = float(np.sqrt((row**2).sum() / max(int(audience.sum()), 1)))
    return spread if spread > 1e-12 else 1.0
