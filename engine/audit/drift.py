"""What a version was trained on, in bins, and a bank in; how far the bank has moved from it out."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine import rates
from engine.bank.audience import is_company
from engine.bank.bank import Bank
from engine.customers.features import TOLERANCE
from engine.customers.finances.months import Months
from engine.customers.finances.profitability import money_of
from engine.customers.finances.spending import Spending
from engine.customers.row_index import customer_positions, total
from engine.errors import StateError
from engine.labels import DRIFT_LABELS
from engine.ranking.temporal_split import dated_adoptions
from engine.results import Drift
from engine.settings import GovernanceSettings
from engine.vocabulary import CORPORATE, RETAIL

FILE = "training_data.json"
NO_RECORD = (
    "This version was made before its training data were kept in bins, so drift against it cannot "
    "be said. Retrain it."
)
OTHER_PROXIES = (
    "Other columns stood for a protected trait when this version was trained (the setting "
    "fairness.proxies), so its training data cannot be compared. Retrain it."
)
_BINS, _PER_BIN = 10, 20
"""Bins of a figure at most, and customers in one at least (own choice)."""
_EXPECTED: Final = 5.0
"""Expected count below which bins are put together: W. G. Cochran, Biometrics 10 (1954)."""
_UNKNOWN = "not known"
_SURE: Final = 0.05
"""False-discovery rate over all fields of one comparison."""


@dataclass(frozen=True)
class TrainingData:
    """Distributions of what a version was trained on; counts alone, nobody's figures."""

    as_of: str
    n_customers: int
    n_without_history: int
    """Customers who held nothing."""
    proxies: tuple[str, ...]
    product_ids: tuple[str, ...]
    edges: Mapping[str, list[float]]
    """Figure -> inner edges of its bins, rounded to three digits."""
    counts: Mapping[str, Mapping[str, int]]
    """Field -> bin, word or product -> customers, holdings or adoptions."""

    @classmethod
    def of(
        cls, bank: Bank, months: Months, spending: Spending, proxies: Iterable[str]
    ) -> "TrainingData":
        """Distributions of a bank without protected traits, on the day of a training."""
        figures, words = _fields(bank, months, spending)
        edges = {name: _edges(values) for name, values in figures.items()}
        counts = _counted(figures, words, edges) | {
            "products_held": _by_product(bank, np.nonzero(bank.held)[1]),
            "products_taken": _by_product(bank, dated_adoptions(bank)["product"].to_numpy()),
        }
        return cls(
            as_of=bank.manifest.as_of,
            n_customers=bank.n_customers,
            n_without_history=_without_history(bank),
            proxies=tuple(sorted(proxies)),
            product_ids=tuple(bank.product_ids),
            edges=edges,
            counts=counts,
        )

    def save(self, folder: Path) -> None:
        """Write it beside the model that was trained on it."""
        text = json.dumps(asdict(self), indent=1, allow_nan=False)
        (folder / FILE).write_text(text + "\n", "utf-8")


def load(folder: Path) -> TrainingData | None:
    """Read what `save` wrote; None for a version that was made before it was kept."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
        lists = {name: tuple(stored[name]) for name in ("proxies", "product_ids")}
        return TrainingData(**{**stored, **lists})
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise StateError(
            f"The training data of {folder} cannot be read ({error}). Retrain, or roll back to an "
            f"earlier version."
        ) from error


def drift(
    before: TrainingData,
    known: np.ndarray,
    bank: Bank,
    months: Months,
    spending: Spending,
    rule: GovernanceSettings,
    *,
    version_id: str,
    retrained: str = "",
) -> Drift:
    """Compare a bank without protected traits with what a version was trained on.

    Parameters
    ----------
    known : ndarray of bool, shape (n_customers,)
        Customers whom the version saw.
    rule : GovernanceSettings
        From which index a field has changed, and from how many new customers to retrain.
    retrained : str
        A later version that was fitted on this very day of the bank and was not better.

    Notes
    -----
    The index is the sum over bins of (q - p) log(q / p), with half a customer added to each bin so
    that an empty one has a logarithm. Without any change it comes to about (bins - 1) (1/n + 1/m)
    (B. Yurdakul and J. Naranjo, Journal of Risk Model Validation 14, 2020), so it says nothing by
    itself where customers are few: a field has changed only where the index reaches the band and a
    chi-square test of the two counts, corrected for the number of fields, excludes chance. Most
    customers are in both counts, so chance alone changes less than the test supposes.
    """
    figures, words = _fields(bank, months, spending)
    later = dated_adoptions(bank)
    later = later[later["day"] > pd.Timestamp(before.as_of)]
    after = _counted(figures, words, before.edges) | {
        "products_held": _by_product(bank, np.nonzero(bank.held)[1]),
        "products_taken": _by_product(bank, later["product"].to_numpy()),
    }
    common = set(before.product_ids) & set(bank.product_ids)
    rows = []
    for name, counts in before.counts.items():
        both = pd.DataFrame({"before": counts, "after": after[name]}).fillna(0.0)
        if name.startswith("products_"):
            both = both[both.index.isin(common)]
        if both.drop(_UNKNOWN, errors="ignore").to_numpy().any():
            has_bins = name not in before.edges or bool(before.edges[name])
            rows.append({"field": name, **_compared(both, has_bins)})
    table = pd.DataFrame(rows, columns=["field", "n_before", "n_after", "psi", "by_chance", "p"])
    table["p"] = rates.benjamini_hochberg(table["p"])
    table["change"] = _changes(table, rule)
    n_without = _without_history(bank)
    more = rates.newcombe(n_without, bank.n_customers, before.n_without_history, before.n_customers)
    found = Drift(
        version_id=version_id,
        trained_as_of=before.as_of,
        as_of=bank.manifest.as_of,
        n_before=before.n_customers,
        n_after=bank.n_customers,
        fields=table,
        n_new_customers=int((~known).sum()),
        new_products=tuple(p for p in bank.product_ids if p not in common),
        n_products_gone=len(before.product_ids) - len(common),
        without_history_before=float(rates.rate(before.n_without_history, before.n_customers)),
        without_history=float(rates.rate(n_without, bank.n_customers)),
        more_without_history=(float(more.low), float(more.high)),
        some=rule.some_drift,
        large=rule.large_drift,
    )
    return replace(found, **_in_words(found, rule.many_new, retrained))


def _fields(
    bank: Bank, months: Months, spending: Spending
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Figures and words of each customer that need no model, arrays of shape (n_customers,)."""
    money = money_of(bank, months, spending)
    customers = bank["customers"]
    wrote = total(customer_positions(bank, bank["messages"]["customer_id"]), bank.n_customers)
    mainly = spending.monthly.columns.to_numpy()[spending.monthly.to_numpy().argmax(axis=1)]
    tolerance = customers["risk_tolerance"]
    return {
        "balance": money.balance,
        "income_month": money.income_month,
        "spending_month": money.spending_month,
        "payments_month": months.mean_of_year("n_transactions"),
        "credit_score": customers["credit_score"].to_numpy(dtype=float),
        "n_holdings": bank.held.sum(axis=1).astype(float),
        "n_messages": wrote.astype(float),
    }, {
        "audience": np.where(is_company(customers), CORPORATE, RETAIL),
        "risk_tolerance": tolerance.where(tolerance.isin(list(TOLERANCE)), _UNKNOWN).to_numpy(),
        "main_spending": np.where(spending.known, mainly, _UNKNOWN),
    }


def _edges(values: np.ndarray) -> list[float]:
    """Inner edges of bins with as many customers each, none of which is anybody's figure."""
    known = values[~np.isnan(values)]
    n_bins = min(_BINS, len(known) // _PER_BIN)
    if n_bins < 2:
        return []
    inner = np.quantile(known, np.arange(1, n_bins) / n_bins)
    return sorted({float(f"{edge:.3g}") for edge in inner})


def _counted(
    figures: Mapping[str, np.ndarray],
    words: Mapping[str, np.ndarray],
    edges: Mapping[str, list[float]],
) -> dict[str, dict[str, int]]:
    binned = {name: _binned(values, edges[name]) for name, values in figures.items()}
    return {
        name: {str(word): int(n) for word, n in pd.Series(values).value_counts(sort=False).items()}
        for name, values in (binned | dict(words)).items()
    }


def _binned(values: np.ndarray, edges: list[float]) -> np.ndarray:
    """Numbers of bins as words; a figure that is an edge has a bin of its own, as counts have."""
    places = sum(np.searchsorted(edges, values, side) for side in ("left", "right"))
    return np.where(np.isnan(values), _UNKNOWN, np.asarray(places).astype(str))


def _by_product(bank: Bank, products: np.ndarray) -> dict[str, int]:
    n = np.bincount(products, minlength=bank.n_products)
    return {str(product): int(count) for product, count in zip(bank.product_ids, n, strict=True)}


def _without_history(bank: Bank) -> int:
    return int((~bank.held.any(axis=1)).sum())


def _compared(both: pd.DataFrame, same_for_all: bool = True) -> dict[str, float]:
    """Two counts of the same bins; NaN where too few are counted to compare them.

    `same_for_all` says that all in one bin are alike, and not in it for want of others.
    """
    from scipy.stats import chi2_contingency

    n, m = both.sum()
    found = {"n_before": int(n), "n_after": int(m), "psi": np.nan, "by_chance": np.nan, "p": np.nan}
    if not min(n, m):
        return found
    if same_for_all and both.any(axis=1).sum() == 1:
        return found | {"psi": 0.0, "by_chance": 0.0, "p": 1.0}
    rare = (both.sum(axis=1) * min(n, m) / (n + m)).to_numpy() < _EXPECTED
    counts = both[~rare].to_numpy(copy=True)
    if rare.any():
        rest = both[rare].to_numpy().sum(axis=0)
        if rest.sum() * min(n, m) / (n + m) >= _EXPECTED or not len(counts):
            counts = np.vstack([counts, rest])
        else:
            counts[counts.sum(axis=1).argmin()] += rest
    if len(counts) < 2:
        return found
    p, q = ((counts + 0.5) / (counts + 0.5).sum(axis=0)).T
    return found | {
        "psi": float(((q - p) * np.log(q / p)).sum()),
        "by_chance": (len(counts) - 1) * (1 / n + 1 / m),
        "p": float(chi2_contingency(counts).pvalue),
    }


def _changes(table: pd.DataFrame, rule: GovernanceSettings) -> np.ndarray:
    some, large = rule.some_drift, rule.large_drift
    psi, sure = table["psi"], table["p"] < _SURE
    return np.select(
        [psi.isna(), (psi >= large) & sure, (psi >= some) & sure, psi >= some],
        ["too few", "large", "some", "chance"],
        "none",
    )


def _in_words(found: Drift, many_new: float, retrained: str) -> dict[str, Any]:
    """Sentences, what to do last, and whether that is to retrain."""
    says = [
        f"{found.version_id} was trained on {found.n_before:,} customers as of "
        f"{_day(found.trained_as_of)}; it serves {found.n_after:,} as of {_day(found.as_of)}."
    ]
    of = found.fields.groupby("change")["field"].apply(list).to_dict()
    psi = found.fields.set_index("field")["psi"]
    for change, said in (("large", "Largely changed"), ("some", "Somewhat changed")):
        if names := of.get(change):
            listed = (f"{DRIFT_LABELS[n].lower()} (PSI {psi[n]:.2f})" for n in names)
            says.append(f"{said}: {', '.join(listed)}.")
    n_compared = int(psi.notna().sum())
    if not n_compared:
        says.append("There is too little in both to compare any field.")
    elif not {"large", "some"} & set(of):
        says.append(
            f"None of {n_compared} fields has surely changed (PSI under {found.some}, or chance)."
        )
    if by_chance := of.get("chance"):
        says.append(
            f"{len(by_chance)} of them are above {found.some}, which chance alone can do with so "
            "few."
        )
    says += _newcomers(found)
    many = found.n_new_customers > many_new * found.n_after
    moved = bool(of.get("large")) or many or bool(found.new_products)
    if moved and retrained:
        says.append(f"{retrained} was fitted on this day and is not better, so there is no need.")
    elif moved:
        says.append("Retrain: python -m engine retrain, or on the page Feedback, tab Retrain.")
    elif of.get("some"):
        says.append(f"Look again with the next files; from a PSI of {found.large} on, retrain.")
    else:
        says.append("There is no need to retrain because of it.")
    return {"says": tuple(says), "retrain": moved and not retrained}


def _newcomers(found: Drift) -> list[str]:
    says = []
    if found.n_new_customers or found.new_products:
        came = []
        if found.n_new_customers:
            came.append(f"{found.n_new_customers:,} of {found.n_after:,} customers")
        if products := len(found.new_products):
            came.append("1 product" if products == 1 else f"{products:,} products")
        says.append(
            f"{' and '.join(came)} came after it was trained; what it learned is neutral about "
            "them."
        )
    low, high = found.more_without_history
    if low > 0 or high < 0:
        says.append(
            f"{found.without_history:.0%} of the customers hold nothing, "
            f"{found.without_history_before:.0%} did at the training."
        )
    return says


def _day(iso: str) -> str:
    return f"{pd.Timestamp(iso):%d %b %Y}"
