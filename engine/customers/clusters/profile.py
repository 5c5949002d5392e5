"""Everybody's segment in; one segment held against all of its kind, and against another, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine import rates
from engine.customers import segments
from engine.customers.claims import Claim
from engine.customers.clusters import sentences
from engine.customers.clusters.described import Middle, difference, mean, middle
from engine.customers.clusters.figures import FIGURES, OUTCOME, Scales, scales_of
from engine.customers.clusters.grouping import Grouping, surely_apart
from engine.customers.clusters.names import parts_of
from engine.customers.clusters.value_at_risk import value_at_risk
from engine.results import Counted, SegmentComparison, SegmentProfile, Selection
from engine.results.segments import CUT

N_SAID: Final = 5
"""Figures that are said in sentences at most."""
N_AT_RISK: Final = 10
SURE_TO: Final = 0.05
"""Share of the products said to be held more, or otherwise, that may be so by chance: Benjamini &
Hochberg over all products that were compared."""
MIN_LIFT_N: Final = 10
"""Holders in a segment below whom its lift is not said in a sentence."""
_FEW: Final = 0.2


def held_against(grouping: Grouping, number: int) -> tuple[np.ndarray, Scales, str]:
    """All customers of its kind, bool of shape (n_customers,), their scales, and what they are."""
    model = grouping.model_of(number)
    if model is None or not model.is_divided:
        return np.ones(len(grouping.raw), dtype=bool), scales_of(grouping.raw), "the whole bank"
    whole = len(grouping.models) == 1
    whom = "the whole bank" if whole else f"all {model.audience} customers"
    return grouping.audiences == model.audience, model.scales, whom


def figures_of(grouping: Grouping, number: int) -> pd.DataFrame:
    """Figures of a segment beside those of all of its kind; see `SegmentProfile.figures`."""
    kind, scales, _ = held_against(grouping, number)
    mine = grouping.numbers == number
    model = grouping.model_of(number)
    making = model.making if model else ()
    currency = grouping.bank.manifest.currency
    deviations = dict(zip(scales.names, scales.of(grouping.raw).T, strict=True))
    rows = []
    for name, figure in FIGURES.items():
        values = grouping.raw[name].to_numpy(dtype=float)
        one, all_ = middle(name, values[mine]), middle(name, values[kind])
        if not all_.n:
            continue
        apart = mean(deviations[name][mine]) if name in deviations else _NOTHING
        rows.append(
            {
                "figure": name,
                "label": figure.label,
                "unit": figure.unit,
                "middle": "mean" if figure.is_mean else "median",
                "n": one.n,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "of_all": all_.value,
                "apart": apart.value,
                "apart_low": apart.low,
                "apart_high": apart.high,
                "makes": name in making,
                "said": sentences.amount(one.value, figure.unit, currency),
                "interval": sentences.between(one.low, one.high, figure.unit, currency),
                "said_of_all": sentences.amount(all_.value, figure.unit, currency),
            }
        )
    return pd.DataFrame(rows, columns=_FIGURE_COLUMNS)


def set_apart(grouping: Grouping, number: int) -> list[Claim]:
    """The figures in which a segment surely differs from all of its kind, most first."""
    table = figures_of(grouping, number).set_index("figure")
    kind, scales, whom = held_against(grouping, number)
    raw, mine = grouping.raw[kind], grouping.numbers[kind] == number
    apart = {
        name: one
        for name, one in surely_apart(scales, raw, mine).items()
        if FIGURES[name].theme != OUTCOME
    }
    said = []
    for part in parts_of(apart):
        row = table.loc[part[1:]]
        said.append(
            sentences.set_apart(
                name=part[1:],
                up=part[0] == "+",
                value=float(row["value"]),
                low=float(row["low"]),
                high=float(row["high"]),
                n=int(row["n"]),
                of_all=float(row["of_all"]),
                apart=float(row["apart"]),
                whom=whom,
                currency=grouping.bank.manifest.currency,
            )
        )
    return said


def products_of(grouping: Grouping, number: int) -> pd.DataFrame:
    """Products by how much more often a segment holds them than all of its kind, surest first."""
    bank, kind = grouping.bank, held_against(grouping, number)[0]
    mine = pd.Series(np.where(grouping.numbers[kind] == number, "in", "out"))
    names = bank["products"].set_index("product_id")["name"]
    lift = segments.lift(mine, bank.held[kind], names)
    columns = ["product", "product_id", "n", "rate", "base_rate", "lift", "low", "high"]
    return lift.loc[lift["segment"] == "in", columns].reset_index(drop=True)


def _rests_p(grouping: Grouping, number: int, products: pd.DataFrame) -> np.ndarray:
    """p-value of each product's being held as often by a segment as by the rest of its kind."""
    n_kind = int(held_against(grouping, number)[0].sum())
    n = products["n"].to_numpy(dtype=float)
    holders = np.rint(products["rate"].to_numpy(dtype=float) * n)
    rest = np.rint(products["base_rate"].to_numpy(dtype=float) * n_kind) - holders
    return rates.two_proportion_p(holders, n, rest, n_kind - n)


def said_of(grouping: Grouping, number: int) -> list[Claim]:
    """What is said of a segment: what sets it apart, what it holds, what is at risk."""
    mine = grouping.numbers == number
    _, _, whom = held_against(grouping, number)
    model = grouping.model_of(number)
    said = []
    if model is not None and grouping.how(number) == CUT:
        said.append(sentences.part_of_cut(k=len(model.centres), whom=model.audience))
    said += set_apart(grouping, number)[:N_SAID] or [sentences.as_average(whom=whom)]
    products = products_of(grouping, number)
    holders = products["n"] * products["rate"]
    adjusted = rates.benjamini_hochberg(_rests_p(grouping, number, products))
    sure = products[(products["low"] > 1) & (adjusted <= SURE_TO) & (holders >= MIN_LIFT_N)]
    if len(sure):
        first = sure.iloc[0]
        said.append(
            sentences.held_more(
                product=first["product"],
                times=float(first["lift"]),
                low=float(first["low"]),
                high=float(first["high"]),
                n=int(first["n"]),
                whom=whom,
            )
        )
    risk = np.where(grouping.is_in_one, value_at_risk(grouping.profiles), np.nan)
    known = ~np.isnan(risk)
    if known[mine].any():
        said.append(
            sentences.risk_of(
                value=float(np.nansum(risk[mine])),
                of=float(np.nansum(risk)),
                n=int((mine & known).sum()),
                n_unknown=int((mine & ~known).sum()),
                currency=grouping.bank.manifest.currency,
            )
        )
    return said


def profile(grouping: Grouping, number: int, selection: Selection) -> SegmentProfile:
    """One segment in full."""
    segment, mine = grouping.segment(number), grouping.numbers == number
    name = segment.name if segment else ""
    customers = grouping.bank["customers"]
    table = grouping.profiles.table
    people = pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy(),
            "name": customers["name"].fillna(customers["customer_id"]).to_numpy(),
            "value_a_year": table["value_a_year"].to_numpy(dtype=float),
            "churn": table["churn"].where(table["churn_known"]).to_numpy(dtype=float),
            "value_at_risk": value_at_risk(grouping.profiles),
        }
    )
    people = people[mine].dropna(subset="value_at_risk")
    order = ["value_at_risk", "customer_id"]
    return SegmentProfile(
        number=number,
        segment=name,
        how=grouping.how(number),
        whom=held_against(grouping, number)[2],
        counted=Counted(int(mine.sum()), name, selection),
        sentences=tuple(f"{claim.text}." for claim in said_of(grouping, number)),
        figures=figures_of(grouping, number),
        products=products_of(grouping, number),
        at_risk=people.sort_values(order, ascending=[False, True]).head(N_AT_RISK),
    )


def compare(grouping: Grouping, first: int, second: int) -> SegmentComparison:
    """Two segments side by side, on the scale of the whole bank."""
    found = grouping.segment(first), grouping.segment(second)
    called = tuple(one.name if one else "" for one in found)
    figures = _figures_apart(grouping, first, second)
    products = _products_apart(grouping, first, second)
    said = differences(grouping, (called[0], called[1]), figures, products)
    return SegmentComparison(
        first=called[0],
        second=called[1],
        how_first=grouping.how(first),
        how_second=grouping.how(second),
        n_first=int((grouping.numbers == first).sum()),
        n_second=int((grouping.numbers == second).sum()),
        sentences=tuple(f"{claim.text}." for claim in said),
        figures=figures,
        products=products,
    )


def differences(
    grouping: Grouping, called: tuple[str, str], figures: pd.DataFrame, products: pd.DataFrame
) -> list[Claim]:
    """What surely differs between two segments, most first; says so where nothing does."""
    both = {"first_segment": called[0], "second_segment": called[1]}
    # What is shown, medians or means, must differ the same way as the deviations do.
    same_way = (figures["first_value"] - figures["second_value"]) * figures["apart"] > 0
    far = figures[figures["sure"] & same_way & (figures["apart"].abs() >= _FEW)]
    said = [
        sentences.differs(
            name=row.figure,
            first=float(row.first_value),
            second=float(row.second_value),
            apart=float(row.apart),
            low=float(row.low),
            high=float(row.high),
            currency=grouping.bank.manifest.currency,
            **both,
        )
        for row in far.head(N_SAID).itertuples(index=False)
    ]
    known = figures["low"].notna()
    if not figures["sure"].any():
        said.append(sentences.alike(**both))
    else:
        other = known & ~figures["makes"]
        said.append(
            sentences.by_chance(
                n=int(other.sum()),
                n_sure=int((other & figures["sure"]).sum()),
                n_making=int((known & figures["makes"]).sum()),
            )
        )
    said += [
        sentences.held_apart(
            product=row.product,
            first=float(row.first),
            second=float(row.second),
            low=float(row.low),
            high=float(row.high),
            **both,
        )
        for row in products[products["sure"]].head(2).itertuples(index=False)
    ]
    return said


def _makers(grouping: Grouping, numbers: tuple[int, ...]) -> set[str]:
    """The figures by which segments were made; churn and value where rules made them."""
    if not grouping.is_divided:
        return {"churn", "value_a_year"}
    models = [grouping.model_of(number) for number in numbers]
    return {name for one in models if one is not None and one.is_divided for name in one.making}


def _figures_apart(grouping: Grouping, first: int, second: int) -> pd.DataFrame:
    scales = scales_of(grouping.raw)
    deviations = dict(zip(scales.names, scales.of(grouping.raw).T, strict=True))
    mine, theirs = grouping.numbers == first, grouping.numbers == second
    makers = _makers(grouping, (first, second))
    currency = grouping.bank.manifest.currency
    rows = []
    for name, figure in FIGURES.items():
        values = grouping.raw[name].to_numpy(dtype=float)
        one, other = middle(name, values[mine]), middle(name, values[theirs])
        if not one.n and not other.n:
            continue
        apart = (
            difference(deviations[name][mine], deviations[name][theirs])
            if name in deviations
            else _NOTHING
        )
        told = [
            f"{sentences.amount(m.value, figure.unit, currency)} "
            f"(95 %: {sentences.between(m.low, m.high, figure.unit, currency)})"
            if m.n
            else sentences.amount(np.nan, figure.unit, currency)
            for m in (one, other)
        ]
        row = {"figure": name, "label": figure.label, "first": told[0], "second": told[1]}
        for side, m in (("first", one), ("second", other)):
            row |= {f"{side}_value": m.value, f"{side}_low": m.low, f"{side}_high": m.high}
        row |= {"apart": apart.value, "low": apart.low, "high": apart.high}
        row["sure"] = bool(apart.low > 0 or apart.high < 0)
        rows.append({**row, "makes": name in makers})
    table = pd.DataFrame(rows, columns=_APART_COLUMNS)
    order = table["apart"].abs().where(table["sure"]).sort_values(ascending=False, kind="stable")
    return table.loc[order.index].reset_index(drop=True)


def _products_apart(grouping: Grouping, first: int, second: int) -> pd.DataFrame:
    """Who holds each product in both, products that nobody in them holds left out."""
    bank = grouping.bank
    mine, theirs = grouping.numbers == first, grouping.numbers == second
    held = [bank.held[rows].sum(axis=0).astype(float) for rows in (mine, theirs)]
    kept = np.flatnonzero(held[0] + held[1] > 0)
    n = float(mine.sum()), float(theirs.sum())
    one, other = (rates.wilson(held[i][kept], n[i]) for i in (0, 1))
    apart = rates.newcombe(held[0][kept], n[0], held[1][kept], n[1])
    p_values = rates.two_proportion_p(held[0][kept], n[0], held[1][kept], n[1])
    adjusted = rates.benjamini_hochberg(p_values)
    products = bank["products"].set_index("product_id")["name"].reindex(bank.product_ids)
    table = pd.DataFrame(
        {
            "product": pd.Series(products.to_numpy(dtype=object)[kept], dtype="str"),
            "first": one.value,
            "first_low": one.low,
            "first_high": one.high,
            "second": other.value,
            "second_low": other.low,
            "second_high": other.high,
            "difference": apart.value,
            "low": apart.low,
            "high": apart.high,
            "sure": ((apart.low > 0) | (apart.high < 0)) & (adjusted <= SURE_TO),
        }
    )
    far = table["difference"].abs()
    order = table.assign(far=far).sort_values(
        ["sure", "far", "product"], ascending=[False, False, True]
    )
    return order.drop(columns="far").reset_index(drop=True)


_NOTHING: Final = Middle(np.nan, np.nan, np.nan, 0)
_FIGURE_COLUMNS: Final = [
    "figure", "label", "unit", "middle", "n", "value", "low", "high", "of_all", "apart",
    "apart_low", "apart_high", "makes", "said", "interval", "said_of_all",
]  # fmt: skip
_APART_COLUMNS: Final = [
    "figure", "label", "first", "second", "first_value", "first_low", "first_high",
    "second_value", "second_low", "second_high", "apart", "low", "high", "sure", "makes",
]  # fmt: skip
