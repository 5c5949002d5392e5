"""A product and filters in; who would want it, ranked, with figures and a reason each, out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.agenda.contacts import last_contact
from engine.audit.parity import move_claims
from engine.customers.segments import told
from engine.errors import BadInput
from engine.explain.reasons import reasons, short_reason
from engine.guard.verdicts import RULES
from engine.labels import CREDIT_NOTE, RULE_LABELS
from engine.results import ProspectList
from engine.scoring.current import CurrentScores
from engine.scoring.lists import notices_of
from engine.scoring.product_worth import assumption
from engine.scoring.score_table import ScoreTable
from engine.services.exports import prospect_files
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import GROWTH, RETENTION

_APART = RULES.index("experiment")
_ELSEWHERE = -1
"""In place of a rule for whoever is in another book: neither offered nor counted."""

ORDERS: Mapping[str, str] = {
    "score": "score",
    "confidence": "confidence",
    "value": "worth",
}


class Prospects:
    """Who would want a product."""

    def __init__(self, scores: CurrentScores, snapshots: Snapshots):
        self._scores = scores
        self._log = snapshots.state.contacts

    def products(self) -> pd.DataFrame:
        """product_id, name, category: what may be asked about, by name."""
        products = self._scores.get().bank["products"][["product_id", "name", "category"]]
        return products.sort_values(["name", "product_id"], kind="stable").reset_index(drop=True)

    def of(
        self,
        product_id: str,
        *,
        top: int = 100,
        order: str = "score",
        audience: str | None = None,
        segment: str | None = None,
        manager: str | None = None,
        churn_band: str | None = None,
        value_band: str | None = None,
        minimum: float = 0.0,
        book: str | None = None,
    ) -> ProspectList:
        """Customers who may be offered a product, the most fitting first.

        Parameters
        ----------
        top : int
            Rows at most, 1 to the setting `takers.most`.
        order : str
            "score", "confidence" (fit where there is no history) or "value".
        audience, segment, manager, churn_band, value_band : str, optional
            Only those customers.
        minimum : float
            Confidence (fit where there is no history) at least, 0-1.
        book : str, optional
            Nobody but this relationship manager's customers, in no count either.

        Raises
        ------
        NotFound or BadInput
            For an unknown product; for what is out of range.

        Notes
        -----
        Consent, objections and every rule of the guard hold as on a list. Ties go to the smaller
        customer_id.
        """
        table = self._scores.get()
        most = table.settings.takers.most
        if not 1 <= top <= most:
            raise BadInput(f"Got {top} rows; this list has 1 to {most:,}.")
        if order not in ORDERS:
            raise BadInput(f"Got the order {order!r}; expected {', '.join(ORDERS)}.")
        if not 0 <= minimum <= 1:
            raise BadInput(f"Got {minimum} as least confidence; expected 0 to 1.")
        product = table.bank.product_position(product_id)
        equal = {
            "audience": audience,
            "segment": segment,
            "relationship_manager": manager,
            "churn_band": churn_band,
            "value_band": value_band,
        }
        people, figures = table.overview, _figures(table, product)
        codes = _codes(table, product)
        if book is not None:
            mine = (people["relationship_manager"] == book).to_numpy(dtype=bool)
            codes = np.where(mine, codes, _ELSEWHERE)
        kept = (codes == 0) & (_sureness(figures) >= minimum)
        for column, value in equal.items():
            if value is not None:
                kept &= (people[column] == value).to_numpy(dtype=bool)
        rows = np.flatnonzero(kept)
        by = _sureness(figures) if order == "confidence" else figures[ORDERS[order]].to_numpy()
        by = np.nan_to_num(by, nan=-np.inf)
        ids = people["customer_id"].to_numpy(dtype=object)[rows].astype(str)
        rows = rows[np.lexsort((ids, -by[rows]))][:top]
        people = told(people.iloc[rows], table.snapshot.profiles.table)
        spoken = last_contact(people, self._log.last_reached())
        shown = _shown(table, people.assign(last_contact=spoken), figures.iloc[rows], product)
        return _list(table, product, shown, codes, kept, _filters(equal, minimum, order))

    def export(self, takers: ProspectList, kind: str) -> bytes:
        """The list as a file: "xlsx" with real numbers, or "csv" that no spreadsheet runs."""
        return prospect_files.exported(takers, kind)


def _codes(table: ScoreTable, product: int) -> np.ndarray:
    """Of the rule against offering a product to each customer, 0 where there is none."""
    pairs = table.pairs
    apart = table.not_first(table.snapshot.all_rows, pairs.allowed)
    codes = pairs.codes[:, product]
    return codes if apart is None else np.where(apart[:, product], _APART, codes)


def _figures(table: ScoreTable, product: int) -> pd.DataFrame:
    """Everybody's figures for one product."""
    pairs, everybody = table.pairs, table.snapshot.all_rows
    retention = table.lists_that_open(everybody) == RETENTION
    score, other = (pairs.total(which, products=product) for which in (RETENTION, GROWTH))
    fit, confidence = (of(slice(None), product) for of in (pairs.fit, pairs.confidence))
    propensity = table.ranker.model.calibration.propensity_of(confidence)
    figures = {
        "score": np.where(retention, score, other),
        "confidence": np.nan if confidence is None else confidence,
        "fit": fit,
        "propensity": np.nan if propensity is None else propensity,
        "value_if_taken": table.margins[product],
        "expected_value": np.nan if propensity is None else propensity * table.margins[product],
        "worth": (fit if propensity is None else propensity) * table.margins[product],
    }
    return pd.DataFrame(figures, index=everybody)


def _sureness(figures: pd.DataFrame) -> np.ndarray:
    return figures["confidence"].fillna(figures["fit"]).to_numpy()


def _shown(
    table: ScoreTable, people: pd.DataFrame, figures: pd.DataFrame, product: int
) -> pd.DataFrame:
    """One row a customer that is shown, best first."""
    bands = people[["churn_band", "value_band"]].astype("str")
    who = people[["customer_id", "name", "segment", "relationship_manager"]]
    figures = figures.drop(columns="worth")
    listed = pd.concat([who, figures, bands], axis="columns").assign(
        reason=_reasons(table, product, people.index.to_numpy()),
        last_contact=people["last_contact"],
        notice=notices_of(table, np.full(len(people), product)).to_numpy(),
    )
    listed.insert(0, "rank", np.arange(1, len(listed) + 1))
    return listed.reset_index(drop=True)


def _list(
    table: ScoreTable,
    product: int,
    shown: pd.DataFrame,
    codes: np.ndarray,
    kept: np.ndarray,
    filters: dict[str, str],
) -> ProspectList:
    bank, calibration = table.bank, table.ranker.model.calibration
    facts = bank["products"].iloc[product]
    counts = np.bincount(codes[codes != _ELSEWHERE], minlength=len(RULES))
    removed = [(r, RULE_LABELS[r], int(n)) for r, n in zip(RULES[1:], counts[1:], strict=True) if n]
    notes = ["Reasons, consent and every rule are as on the customer's own list"]
    if table.group_prices.by_list:
        notes.append(move_claims.aside().text)
    if table.lends[product]:
        notes.append(CREDIT_NOTE)
    history = calibration.temperature is not None
    if not history:
        notes.append("No history: fit, the percentile of the score, stands for confidence")
    return ProspectList(
        table=shown,
        product_id=str(facts["product_id"]),
        product=str(facts["name"]),
        category=facts["category"] if isinstance(facts["category"], str) else "Other",
        list="the one that opens first for each customer",
        n_allowed=int((codes == 0).sum()),
        n_matching=int(kept.sum()),
        removed=pd.DataFrame(removed, columns=["rule", "label", "n"]),
        filters=filters,
        basis="propensity" if history and calibration.propensity is not None else "fit",
        currency=bank.manifest.currency,
        value_assumption=assumption(facts, table.settings.money, bank.manifest.currency),
        bank=bank.manifest.name,
        model_version=table.version,
        as_of=bank.as_of,
        simulated=bank.manifest.simulated,
        notes=tuple(notes),
    )


def _reasons(table: ScoreTable, product: int, rows: np.ndarray) -> list[str]:
    """The strongest reason of each, in under 60 characters."""
    scores, opens = table.ranker.scores(rows), table.lists_that_open(rows)
    return [
        short_reason(reasons(evidence.offer(scores, str(opens[at]), at, product)))
        for at, evidence in enumerate(table.evidence.customers(rows.tolist()))
    ]


def _filters(equal: Mapping[str, str | None], minimum: float, order: str) -> dict[str, str]:
    said = {name.replace("_", " "): value for name, value in equal.items() if value is not None}
    if minimum:
        said["confidence from"] = f"{minimum:.0%}"
    return said | {"order": order}
