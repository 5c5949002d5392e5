"""Scores, verdicts and what was selected in; one customer's recommendation, ready to show, out."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from engine.explain import insight
from engine.explain.confidence import displayed, likely_next, notes, unsure, word_meaning
from engine.explain.evidence import CustomerEvidence, Need
from engine.explain.product_facts import product_facts
from engine.explain.product_wording import wording_facts
from engine.explain.reasons import Reason, reasons, short_reason, texts
from engine.guard.list_selection import Selection
from engine.guard.verdicts import Verdicts
from engine.labels import rule_label
from engine.ranking.calibration import Calibration
from engine.ranking.ranker import Model, Scores
from engine.results import Offer, Recommendation, Removal
from engine.settings import Settings
from engine.snapshot.snapshot import View
from engine.vocabulary import PRODUCT_SCORES

STATED = ("goal", "message", "declared")
"""Kinds of interest that a customer stated themselves: they earn the boost (F117)."""
CATEGORY_LIMIT = "category limit"


@dataclass(frozen=True, eq=False)
class Chosen:
    """One customer's row of everything: scores, verdicts, selection, expected values."""

    view: View
    person: CustomerEvidence
    scores: Scores
    verdicts: Verdicts
    selection: Selection
    expected_value: np.ndarray
    list: str

    @property
    def row(self) -> int:
        """Position of the customer in the bank."""
        return int(self.scores.rows[0])

    @property
    def positions(self) -> np.ndarray:
        """Products on the list, best first."""
        found = self.selection.positions[0]
        return found[found >= 0]


def recommendation(
    chosen: Chosen, caps: np.ndarray, settings: Settings, model: Model
) -> Recommendation:
    """Put one list into words and figures.

    Parameters
    ----------
    chosen : Chosen
    caps : ndarray of shape (n_products,)
        Cap on the displayed confidence, NaN for none.
    settings : Settings
    model : Model
        Behind the scores; its notes and words are shown.
    """
    view, bank = chosen.view, chosen.view.bank
    customer_id = str(bank.customer_ids[chosen.row])
    allows = bool(view.consents["personalisation_allowed"].iloc[chosen.row])
    version = _version(view)
    offers = tuple(
        _offer(chosen, int(product), rank, float(caps[product]), settings, model.calibration)
        for rank, product in enumerate(chosen.positions, start=1)
    )
    removed = tuple(_removed(chosen))
    return Recommendation(
        customer_id=customer_id,
        as_of=bank.as_of,
        list=chosen.list,
        model_version=version,
        receipt_id=_receipt_id(customer_id, chosen, offers, removed, version),
        insight=insight.customer_insight(bank, view.profiles, chosen.row),
        offers=offers,
        removed=removed,
        notes=_notes(view, chosen, model),
        action=insight.action(
            bank,
            view.profiles,
            chosen.row,
            n_offers=len(offers),
            allows=allows,
            sells=bool(view.consents["marketing_allowed"].iloc[chosen.row]),
            unsure=_unsure(offers, model.calibration.with_bar(settings.confidence.bar)),
            left_out=Counter(rule_label(one.rule) for one in removed),
            settings=settings,
        ),
        likely_next=_likely_next(chosen, model.calibration, settings.confidence.set_shown)
        if allows
        else "",
        personalised=allows,
        currency=bank.manifest.currency,
    )


def _unsure(offers: tuple[Offer, ...], calibration: Calibration) -> str:
    """Why no offer of the list is a confident one; "" where one is, or there is none at all."""
    if not offers:
        return ""
    known = [o.confidence for o in offers if o.confidence is not None]
    return unsure(max(known, default=None), max(o.fit for o in offers), calibration)


def _likely_next(chosen: Chosen, calibration: Calibration, most: int) -> str:
    """What comes next, over all that the customer does not hold and before the guard."""
    scores = chosen.scores
    if scores.confidence is None:
        return ""
    inside = calibration.next_set(scores.confidence, scores.candidates)
    if inside is None:
        return ""
    found = np.flatnonzero(inside[0])
    order = found[np.argsort(-scores.confidence[0, found], kind="stable")]
    names = chosen.view.bank["products"]["name"].iloc[order]
    return likely_next([str(name) for name in names], calibration, most)


def _offer(
    chosen: Chosen,
    product: int,
    rank: int,
    cap: float,
    settings: Settings,
    calibration: Calibration,
) -> Offer:
    scores, verdicts = chosen.scores, chosen.verdicts
    case = chosen.person.offer(scores, chosen.list, 0, product)
    found = reasons(case)
    confidence = None if scores.confidence is None else float(scores.confidence[0, product])
    propensity = None if scores.propensity is None else float(scores.propensity[0, product])
    fit = float(scores.fit[0, product])
    agrees = _agrees(case.parts, case.needs, found)
    shown = displayed(confidence, agrees, cap, settings.confidence)
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
        word=word,
        word_meaning=word_meaning(word, calibration, fit, settings.confidence),
        fit=fit,
        propensity=propensity,
        expected_value=float(chosen.expected_value[0, product]),
        value_basis="fit" if propensity is None else "propensity",
        parts=case.parts,
        short_reason=short_reason(found),
        reasons=texts(found),
        checks=verdicts.check_texts(0, product),
        passed=verdicts.passed_texts(0, product),
        scores={s: float(row[s]) for s in PRODUCT_SCORES if not pd.isna(row[s])},
        scores_estimated=row["scores_estimated"] is not pd.NA and bool(row["scores_estimated"]),
        facts=product_facts(row, case.currency) | wording_facts(row),
        model_version=_version(chosen.view),
    )


def _version(view: View) -> str:
    return view.version.version_id if view.version else ""


def _agrees(parts: Any, needs: tuple[Need, ...], found: tuple[Reason, ...]) -> bool:
    """A rule holds, or what the customer stated themselves is the strongest reason (F117)."""
    if parts.get("rules", 0.0) > 0:
        return True
    stated = bool(needs) and needs[0].kind in STATED and needs[0].contribution > 0
    return stated and bool(found) and found[0].part == "needs"


def _removed(chosen: Chosen) -> Iterator[Removal]:
    """Every product of the customer's audience that is left out, by rule, best first."""
    verdicts, products = chosen.verdicts, chosen.person.evidence.products
    mine = chosen.view.signals.audience[chosen.row]
    order = np.argsort(-chosen.scores.total(chosen.list)[0], kind="stable")
    for product in order[mine[order]]:
        limited = bool(chosen.selection.pushed_out[0, product])
        if verdicts.codes[0, product] == 0 and not limited:
            continue
        row = products[product]
        rule = CATEGORY_LIMIT if limited else verdicts.rule(0, product)
        reason = (
            f"There are enough offers of the category {row['category']} above it"
            if limited
            else verdicts.reason(0, product)
        )
        yield Removal(str(row["product_id"]), str(row["name"]), rule, reason)


def _notes(view: View, chosen: Chosen, model: Model) -> tuple[str, ...]:
    calibration = model.calibration
    found = [model.blend.note, *notes(calibration)]
    if chosen.scores.emphasis:
        found.append("The bank set the weights of the order by hand; the chances are as fitted")
    if calibration.propensity is not None:
        found.append(f"Propensity looks {calibration.horizon_days} days ahead")
    if view.bank.manifest.simulated:
        found.append("Simulated bank: every figure describes generated customers")
    if view.consents["personalisation"].iloc[chosen.row] == "unknown":
        found.append("Consent to personalisation is not recorded")
    estimated = view.bank["products"]["scores_estimated"].fillna(False).to_numpy(dtype=bool)
    if estimated[chosen.positions].any():
        found.append("Scores of some products are estimated from category, fees and rates")
    return tuple(found)


def _receipt_id(
    customer_id: str,
    chosen: Chosen,
    offers: tuple[Offer, ...],
    removed: tuple[Removal, ...],
    version: str,
) -> str:
    """The same list of the same version has the same id: offers as displayed, and what is left out.

    Rounded to what a replay compares, so that the last bit makes no other list.
    """
    content = [
        chosen.view.bank.base_fingerprint,
        customer_id,
        chosen.list,
        version,
        [(o.product_id, round(o.score, 9), _rounded(o.display_confidence)) for o in offers],
        [(r.product_id, r.rule) for r in removed],
    ]
    return "r-" + hashlib.sha256(json.dumps(content).encode()).hexdigest()[:20]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 9)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
