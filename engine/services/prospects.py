"""A product and filters in; who would want it, ranked, with figures and a reason each, out."""

import threading
from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.customers.portfolio import customer_table
from engine.errors import BadInput
from engine.explain.reasons import reasons, short_reason
from engine.guard.verdicts import RULES
from engine.labels import RULE_LABELS
from engine.results import TakerList
from engine.scoring.current import CurrentLists
from engine.scoring.lists import Lists
from engine.scoring.product_column import Table, table
from engine.services import prospect_files

FILTERS = ("audience", "segment", "relationship_manager", "churn_band", "value_band")
ORDERS: Mapping[str, str] = {
    "score": "score",
    "confidence": "confidence",
    "value": "expected_value",
}


class Prospects:
    """Who would want a product.

    Parameters
    ----------
    lists : CurrentLists
    """

    def __init__(self, lists: CurrentLists):
        self._lists = lists
        self._lock = threading.RLock()
        self._known: tuple[Lists, Table, pd.DataFrame] | None = None

    def products(self) -> pd.DataFrame:
        """product_id, name, category: what may be asked about, by name."""
        products = self._lists.get().bank["products"][["product_id", "name", "category"]]
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
    ) -> TakerList:
        """Customers who may be offered a product, the most fitting first.

        Parameters
        ----------
        product_id : str
        top : int
            Rows at most, 1 to the setting `takers.most`.
        order : str
            "score", "confidence" (fit where there is no history) or "value".
        audience, segment, manager, churn_band, value_band : str, optional
            Only those customers.
        minimum : float
            Confidence (fit where there is no history) at least, 0-1.

        Raises
        ------
        NotFound
            For an unknown product.
        BadInput
            For a number of rows, an order or a confidence that is out of range.

        Notes
        -----
        Consent, objections and every rule of the guard hold as on a list. Ties go to the smaller
        customer_id.
        """
        lists = self._lists.get()
        most = lists.settings.takers.most
        if not 1 <= top <= most:
            raise BadInput(f"Got {top} rows; this list has 1 to {most:,}.")
        if order not in ORDERS:
            raise BadInput(f"Got the order {order!r}; expected {', '.join(ORDERS)}.")
        if not 0 <= minimum <= 1:
            raise BadInput(f"Got {minimum} as least confidence; expected 0 to 1.")
        product = lists.bank.product_position(product_id)
        chosen = {
            "audience": audience,
            "segment": segment,
            "relationship_manager": manager,
            "churn_band": churn_band,
            "value_band": value_band,
        }
        scored, people = self._scored(lists)
        figures = _figures(lists, scored, product)
        allowed = scored.codes[:, product] == 0
        kept = allowed & (_sureness(figures) >= minimum)
        for column, value in chosen.items():
            if value is not None:
                kept &= (people[column] == value).to_numpy(dtype=bool)
        rows = _ranked(figures, people, kept, order)[:top]
        return _list(lists, scored, people, figures, product, rows, allowed, kept,
                     _filters(chosen, minimum, order))  # fmt: skip

    def export(self, found: TakerList, kind: str) -> bytes:
        """The list as a file: "xlsx" with real numbers, or "csv" that no spreadsheet runs."""
        return prospect_files.exported(found, kind)

    def _scored(self, lists: Lists) -> tuple[Table, pd.DataFrame]:
        with self._lock:
            if self._known is None or self._known[0] is not lists:
                self._known = None
                people = customer_table(lists.bank, lists.view.profiles).reset_index(drop=True)
                self._known = (lists, table(lists), people)
            return self._known[1:]


def _figures(lists: Lists, scored: Table, product: int) -> pd.DataFrame:
    n = len(scored.score)
    none = np.full(n, np.nan)
    fit = scored.fit[:, product].astype(float)
    confidence = none if scored.confidence is None else scored.confidence[:, product]
    propensity = none if scored.propensity is None else scored.propensity[:, product]
    chance = fit if scored.propensity is None else propensity
    return pd.DataFrame(
        {
            "score": scored.score[:, product],
            "confidence": confidence,
            "fit": fit,
            "propensity": propensity,
            "expected_value": chance * lists.margins[product],
        }
    )


def _sureness(figures: pd.DataFrame) -> np.ndarray:
    return figures["confidence"].fillna(figures["fit"]).to_numpy()


def _ranked(
    figures: pd.DataFrame, people: pd.DataFrame, kept: np.ndarray, order: str
) -> np.ndarray:
    """Positions of those who are kept, best first."""
    by = _sureness(figures) if order == "confidence" else figures[ORDERS[order]].to_numpy()
    rows = np.flatnonzero(kept)
    ids = people["customer_id"].to_numpy(dtype=object)[rows].astype(str)
    return rows[np.lexsort((ids, -by[rows]))]


def _list(
    lists: Lists,
    scored: Table,
    people: pd.DataFrame,
    figures: pd.DataFrame,
    product: int,
    rows: np.ndarray,
    allowed: np.ndarray,
    kept: np.ndarray,
    filters: dict[str, str],
) -> TakerList:
    bank = lists.bank
    facts = bank["products"].iloc[product]
    counts = np.bincount(scored.codes[:, product], minlength=len(RULES))
    removed = [
        (rule, RULE_LABELS[rule], int(n))
        for rule, n in zip(RULES, counts, strict=True)
        if n and rule != "allowed"
    ]
    shown = people.iloc[rows].reset_index(drop=True)
    columns = ["customer_id", "name", "segment", "relationship_manager"]
    found = pd.concat([shown[columns], figures.iloc[rows].reset_index(drop=True)], axis="columns")
    found = found.assign(
        churn_band=shown["churn_band"].astype("str"),
        value_band=shown["value_band"].astype("str"),
        reason=_reasons(lists, scored, product, rows),
        last_contact=shown["last_contact"],
    )
    found.insert(0, "rank", np.arange(1, len(found) + 1))
    notes = ["Reasons, consent and every rule are as on the customer's own list"]
    if scored.confidence is None:
        notes.append("No history: fit, the percentile of the score, stands for confidence")
    return TakerList(
        table=found,
        product_id=str(facts["product_id"]),
        product=str(facts["name"]),
        category=facts["category"] if isinstance(facts["category"], str) else "Other",
        list="the one that opens first for each customer",
        n_allowed=int(allowed.sum()),
        n_matching=int(kept.sum()),
        removed=pd.DataFrame(removed, columns=["rule", "label", "n"]),
        filters=filters,
        basis="fit" if scored.propensity is None else "propensity",
        currency=bank.manifest.currency,
        bank=bank.manifest.name,
        model_version=lists.version,
        as_of=bank.as_of,
        simulated=bank.manifest.simulated,
        notes=tuple(notes),
    )


def _reasons(lists: Lists, scored: Table, product: int, rows: np.ndarray) -> list[str]:
    """The strongest reason of each, in under 60 characters."""
    found = []
    scores = lists.ranker.scores(rows)
    for place, row in enumerate(rows):
        person = lists.cases.customer(int(row))
        case = person.offer(scores, str(scored.which[row]), place, product)
        found.append(short_reason(reasons(case)))
    return found


def _filters(chosen: Mapping[str, str | None], minimum: float, order: str) -> dict[str, str]:
    said = {name.replace("_", " "): value for name, value in chosen.items() if value is not None}
    if minimum:
        said["confidence from"] = f"{minimum:.0%}"
    return said | {"order": order}
