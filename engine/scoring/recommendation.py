"""A score table and a customer in; their recommendation, ready to show, out."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from engine.audit.parity import move_claims
from engine.customers.hardship.claims import HELP, help_with
from engine.experiments import arm_claims
from engine.experiments.arms import ArmsOfOne
from engine.explain import insight
from engine.explain.confidence import (
    are_equal,
    displayed,
    likely_next,
    not_told_apart,
    notes,
    unsure,
    word_meaning,
)
from engine.explain.evidence import CustomerEvidence, Need
from engine.explain.product_facts import kind_of, product_facts
from engine.explain.product_wording import wording_facts
from engine.explain.reasons import Reason, reasons, short_reason, texts
from engine.explain.wording import clause, shorten
from engine.guard.verdicts import Verdicts
from engine.labels import CREDIT_NOTICE, rule_label
from engine.ranking.calibration import Calibration
from engine.ranking.ranker import Model
from engine.results import Offer, Recommendation, Removal, SupportAction
from engine.scoring.customer_scores import CustomerScores, customer_scores
from engine.scoring.product_worth import assumption
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import PRODUCT_SCORES

STATED = ("goal", "tolerance", "saving", "message", "declared")
"""Kinds of interest that a customer stated themselves: they earn the boost."""
CATEGORY_LIMIT = "category limit"
_TELLING = 50
"""Signs of a description that tells apart two products of one name (own choice)."""


def recommend(
    table: ScoreTable,
    customer_id: str,
    *,
    which: str | None = None,
    k: int = 5,
    order: str = "score",
) -> Recommendation:
    """One list for one customer, with everything that stands behind it.

    Parameters
    ----------
    which : str, optional
        Growth or retention; by default the one that opens first.
    order : str
        One of `customer_scores.ORDERS`.

    Raises
    ------
    NotFound
        If there is no such customer.
    """
    row = table.bank.customer_position(customer_id)
    chosen = customer_scores(table, row, which or table.list_that_opens(customer_id), k, order)
    return _in_words(table, chosen)


def _in_words(table: ScoreTable, chosen: CustomerScores) -> Recommendation:
    snapshot, bank, settings = table.snapshot, table.bank, table.settings
    model = table.ranker.model
    consents = snapshot.consents.iloc[chosen.row]
    allows = bool(consents["personalisation_allowed"])
    evidence = table.evidence.customer(chosen.row)
    names = told_apart(bank["products"].iloc[chosen.positions])
    offers = tuple(
        replace(_offer(table, chosen, evidence, int(product), rank), name=name)
        for rank, (product, name) in enumerate(zip(chosen.positions, names, strict=True), start=1)
    )
    removed = tuple(_removed(table, chosen))
    support = support_of(table, chosen.row)
    customer_id = str(bank.customer_ids[chosen.row])
    return Recommendation(
        customer_id=customer_id,
        as_of=bank.as_of,
        list=chosen.list,
        model_version=table.version,
        receipt_id=_receipt_id(customer_id, chosen, offers, removed, table.version),
        insight=insight.customer_insight(bank, snapshot.profiles, chosen.row),
        offers=offers,
        removed=removed,
        notes=_notes(table, chosen, model, offers),
        action=insight.action(
            bank,
            snapshot.profiles,
            chosen.row,
            n_offers=len(offers),
            allows=allows,
            support=support[0].text if support else "",
            sells=bool(consents["marketing_allowed"]),
            unsure=_unsure(offers, model.calibration.with_bar(settings.confidence.bar)),
            left_out=Counter(rule_label(one.rule) for one in removed),
            settings=settings,
        ),
        likely_next=_likely_next(chosen, model.calibration, settings.confidence.set_shown)
        if allows
        else "",
        support=support,
        personalised=allows,
        currency=bank.manifest.currency,
        basis=chosen,
    )


def support_of(table: ScoreTable, row: int) -> tuple[SupportAction, ...]:
    """Help that one customer is called about in place of credit, each kind once.

    Notes
    -----
    It sells nothing, so no refusal of marketing or of a personal list takes it away.
    """
    signs = table.snapshot.rulebook.hardship.of(row)
    found = {HELP[sign.topic][0]: sign for sign in reversed(signs)}
    return tuple(
        SupportAction(kind, sign.kind, help_with(topic=sign.topic, why=sign.why).text)
        for kind, sign in reversed(found.items())
    )


def told_apart(products: pd.DataFrame) -> list[str]:
    """Names of the products of one list; where two are alike, with what tells them apart."""
    names = products["name"].fillna(products["product_id"]).tolist()
    for name in {name for name in names if names.count(name) > 1}:
        places = [place for place, other in enumerate(names) if other == name]
        alike = products.iloc[places]
        described = alike["description"].str.strip(" .").map(_shortened, na_action="ignore")
        alike = alike.assign(description=described)
        columns = ("tier", "subcategory", "category", "description", "product_id")
        telling = next(c for c in columns if alike[c].notna().all() and alike[c].is_unique)
        for place, told in zip(places, alike[telling], strict=True):
            names[place] = f"{name} ({told})"
    return names


def _shortened(text: str) -> str:
    """What a product says of itself, short enough to stand behind its name, and no sentence."""
    return shorten(clause(text), _TELLING)


def _unsure(offers: tuple[Offer, ...], calibration: Calibration) -> str:
    """Why no offer of the list is a confident one; "" where one is, or there is none at all."""
    if not offers:
        return ""
    known = [o.confidence for o in offers if o.confidence is not None]
    return unsure(max(known, default=None), max(o.fit for o in offers), calibration)


def _likely_next(chosen: CustomerScores, calibration: Calibration, most: int) -> str:
    """What comes next, over all that the customer does not hold and before the guard."""
    scores = chosen.scores
    if scores.confidence is None:
        return ""
    inside = calibration.next_set(scores.confidence, scores.candidates)
    if inside is None:
        return ""
    products = np.flatnonzero(inside[0])
    if len(products) == np.count_nonzero(scores.candidates[0]):
        return ""
    order = products[np.argsort(-scores.confidence[0, products], kind="stable")]
    names = [str(name) for name in chosen.snapshot.bank["products"]["name"].iloc[order]]
    barred = [
        name
        for name, product in zip(names, order, strict=True)
        if chosen.verdicts.codes[0, product]
    ]
    return "" if len(barred) == len(names) else likely_next(names, calibration, most, barred)


def _offer(
    table: ScoreTable, chosen: CustomerScores, evidence: CustomerEvidence, product: int, rank: int
) -> Offer:
    scores, verdicts, calibration = chosen.scores, chosen.verdicts, chosen.scores.calibration
    case = evidence.offer(scores, chosen.list, 0, product)
    why = reasons(case)
    confidence = None if scores.confidence is None else float(scores.confidence[0, product])
    propensity = None if scores.propensity is None else float(scores.propensity[0, product])
    fit = float(scores.fit[0, product])
    agrees = _agrees(case.parts, case.needs, why)
    settings = table.settings.confidence
    shown = displayed(confidence, agrees, float(table.caps[product]), settings)
    word = calibration.word(confidence, fit)
    row = case.product
    return Offer(
        product_id=str(row["product_id"]),
        name=str(row["name"]),
        category=_text(row["category"]) or "Other",
        tier=_text(row["tier"]),
        description=_text(row["description"]) or "",
        rank=rank,
        score=float(sum(case.parts.values())),
        confidence=confidence,
        display_confidence=shown.value,
        boost=shown.boost,
        cap=shown.cap,
        marks=shown.marks,
        word=word,
        word_meaning=word_meaning(word, calibration, fit, settings),
        fit=fit,
        propensity=propensity,
        expected_value=_known(chosen.expected_value[product]),
        value_basis="fit" if propensity is None else "propensity",
        parts=MappingProxyType(dict(case.parts)),
        short_reason=short_reason(why),
        reasons=texts(why),
        checks=verdicts.check_texts(0, product),
        passed=verdicts.passed_texts(0, product),
        scores=MappingProxyType({s: float(row[s]) for s in PRODUCT_SCORES if not pd.isna(row[s])}),
        value_if_taken=_known(table.margins[product]),
        value_assumption=assumption(row, table.settings.money, table.bank.manifest.currency),
        scores_estimated=row["scores_estimated"] is not pd.NA and bool(row["scores_estimated"]),
        facts=MappingProxyType(product_facts(row, case.currency) | wording_facts(row)),
        moved=_moved(table, chosen, product, rank),
        arm=arm_of(table, chosen.row),
        **_market(table, verdicts, row, product),
        notice=CREDIT_NOTICE if table.lends[product] else "",
        model_version=table.version,
    )


def _market(table: ScoreTable, verdicts: Verdicts, row: Mapping[str, Any], product: int) -> Any:
    """What of the customer is within the target market of an investment, insurance or pension, and
    what would put somebody outside (UK targeted support, FCA 2026)."""
    if kind_of(row) not in ("investment", "insurance"):
        return {}
    market = table.snapshot.rulebook.market(product)
    met = (f"{text[:1].upper()}{text[1:]}" for text in verdicts.passed_texts(0, product))
    return {"includes": (market.includes[0], *met), "excludes": market.excludes}


def _moved(table: ScoreTable, chosen: CustomerScores, product: int, rank: int) -> str:
    """What an experiment, or prices on groups, did to the place of one offer; "" for nothing."""
    arms = _ordered_by(table, chosen)
    if chosen.places_before is None or (chosen.order == "interests" and arms is None):
        return ""
    before = int(chosen.places_before[product])
    if before == rank:
        return ""
    if arms is not None:
        arm, name = arms.arm(chosen.row), arms.name
        return f"{arm_claims.moved_by_arm(now=rank, before=before, arm=arm, experiment=name).text}."
    told = move_claims.moved(
        before=before, now=rank, reasons=table.group_prices.reasons(chosen.list, chosen.row)
    )
    return f"{told.text}."


def _ordered_by(table: ScoreTable, chosen: CustomerScores) -> ArmsOfOne | None:
    """The experiment in whose arm the customer is, where that arm orders the list."""
    arms = table.arms
    return arms if arms is not None and arms.is_ordered(np.array([chosen.row]))[0] else None


def _agrees(parts: Any, needs: tuple[Need, ...], why: tuple[Reason, ...]) -> bool:
    """A rule holds, or what the customer stated themselves is the strongest reason."""
    if parts.get("rules", 0.0) > 0:
        return True
    stated = bool(needs) and needs[0].kind in STATED and needs[0].contribution > 0
    return stated and bool(why) and why[0].part == "needs"


def _removed(table: ScoreTable, chosen: CustomerScores) -> Iterator[Removal]:
    """Every product of the customer's audience that is left out, by rule, best first."""
    verdicts, products = chosen.verdicts, table.evidence.products
    mine = chosen.snapshot.signals.audience[chosen.row]
    order = np.argsort(-chosen.scores.total(chosen.list)[0], kind="stable")
    for product in order[mine[order]]:
        limited = bool(chosen.pushed_out[product])
        if verdicts.codes[0, product] == 0 and not limited:
            continue
        row = products[product]
        rule = CATEGORY_LIMIT if limited else verdicts.rule(0, product)
        other = table.top_k.other_level(int(product), chosen.positions) if limited else None
        reason = enough_of(row["category"]) if limited else verdicts.reason(0, product)
        if other is not None:
            reason = level_of(products[other]["name"])
        yield Removal(str(row["product_id"]), str(row["name"]), rule, reason)


def enough_of(category: object) -> str:
    """Why the category limit keeps a product off a list."""
    return f"There are enough offers of the category {category} above it"


def level_of(name: object) -> str:
    """Why another level of a product keeps one off a list."""
    return f"{name}, the same product at another level, is on the list"


def _notes(
    table: ScoreTable, chosen: CustomerScores, model: Model, offers: tuple[Offer, ...]
) -> tuple[str, ...]:
    snapshot, calibration = chosen.snapshot, model.calibration
    said = [
        model.blend.note,
        *notes(calibration, counts_holdings=model.learned.popularity is not None),
    ]
    if chosen.order == "score" and _ordered_by(table, chosen) is None:
        total = chosen.scores.total(chosen.list)[0]
        listed = total[chosen.positions].tolist()
        tied = not_told_apart([offer.name for offer in offers], listed, _as_good(chosen, total))
        said += [tied] if tied else []
    if table.arms is not None and (arm := table.arms.arm(chosen.row)):
        said.append(arm_claims.in_arm(arm=arm, experiment=table.arms.name).text)
    if chosen.places_before is not None and _ordered_by(table, chosen) is None:
        priced = table.group_prices.reasons(chosen.list, chosen.row)
        said += [move_claims.uses(attribute=one, kinds=kinds).text for one, kinds in priced]
    if chosen.order != "value":
        idle = table.group_prices.idle.get(chosen.list, ())
        said += [move_claims.idle(attribute=one).text for one in idle]
    if chosen.scores.emphasis:
        said.append("The bank set the weights of the order by hand; the chances are as fitted")
    if calibration.propensity is not None:
        said.append(f"Propensity looks {calibration.horizon_days} days ahead")
    if snapshot.bank.manifest.simulated:
        said.append("Simulated bank: every figure describes generated customers")
    if snapshot.consents["personalisation"].iloc[chosen.row] == "unknown":
        said.append("Consent to personalisation is not recorded")
    estimated = snapshot.bank["products"]["scores_estimated"].fillna(False).to_numpy(dtype=bool)
    if (rated := estimated[chosen.positions]).any():
        which = "all" if rated.all() else "some"
        said.append(f"Scores of {which} products are estimated from category, fees and rates")
    return tuple(said)


def _as_good(chosen: CustomerScores, total: np.ndarray) -> int:
    """Products that may be offered, are not listed and score as the last one does."""
    if not len(chosen.positions):
        return 0
    rest = (chosen.verdicts.codes[0] == 0) & ~chosen.pushed_out
    rest[chosen.positions] = False
    return int(are_equal(total[rest], total[chosen.positions[-1]]).sum())


def _receipt_id(
    customer_id: str,
    chosen: CustomerScores,
    offers: tuple[Offer, ...],
    removed: tuple[Removal, ...],
    version: str,
) -> str:
    """The same list of the same version has the same id: offers as displayed, and what is left out.

    Rounded to what a replay compares, so that the last bit makes no other list.
    """
    content = [
        chosen.snapshot.bank.base_fingerprint,
        customer_id,
        chosen.list,
        version,
        [(o.product_id, round(o.score, 9), _rounded(o.display_confidence)) for o in offers],
        [(r.product_id, r.rule) for r in removed],
    ]
    return "r-" + hashlib.sha256(json.dumps(content).encode()).hexdigest()[:20]


def arm_of(table: ScoreTable, row: int) -> str:
    """The arm of one customer in the experiment that runs; "" where there is none."""
    return "" if table.arms is None else table.arms.arm(row)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 9)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
