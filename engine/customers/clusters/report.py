"""Everybody's segment in; the segments as a table, a map, moves and what is said of them out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.customers.claims import Claim
from engine.customers.clusters import division, names, sentences
from engine.customers.clusters.figures import FIGURES
from engine.customers.clusters.grouping import Grouping
from engine.customers.clusters.matching import moves
from engine.customers.clusters.model import LITTLE_KNOWN, OPTED_OUT, AudienceModel
from engine.customers.clusters.profile import set_apart
from engine.customers.clusters.value_at_risk import is_chance, value_at_risk
from engine.customers.segments import UNKNOWN
from engine.results import Segmentation, SegmentMap, Selection
from engine.results.segments import CUT

MOST_POINTS: Final = 2000
"""Points of a map at most (own choice); what is chosen on it is chosen of everybody."""
_INTERVALS: Final = (
    "Segments were made by these very figures, so intervals say how exactly a figure is known, not "
    "that the segments were there before."
)
_EMPTY: Final = (
    "Groups are called found where there is surely a gap between any two neighbours (p at most .05 "
    "for each), and where they are more than each of 19 banks without groups: one cloud in which "
    "each figure has the values that it has here and goes with the others as it does here. At most "
    "about 1 in 20 banks without groups is said to have some by chance."
)
_CUT: Final = (
    "Parts of a cut serve to treat some customers otherwise than others. They are no groups that "
    "were found: another cut would be as true, and who stands at an edge could be in either part."
)


def overview(grouping: Grouping) -> Segmentation:
    """The segments of a bank."""
    manifest = grouping.bank.manifest
    risk = np.where(grouping.is_in_one, value_at_risk(grouping.profiles), np.nan)
    known = bool((~np.isnan(risk)).any())
    return Segmentation(
        as_of=grouping.bank.as_of,
        edition=manifest.edition,
        currency=manifest.currency,
        simulated=manifest.simulated,
        is_found=grouping.is_found,
        is_divided=grouping.is_divided,
        sentences=tuple(f"{claim.text}." for claim in found(grouping)),
        table=table_of(grouping, risk),
        value_at_risk=float(np.nansum(risk)) if known else np.nan,
        formula=f"{sentences.risk_formula(chance=is_chance(grouping.profiles)).text}.",
        maps=tuple(one for m in grouping.models if (one := _map(grouping, m)) is not None),
        moves=moved(grouping),
        edition_before=grouping.before.edition if grouping.before else None,
        method=(
            *(f"{claim.text}." for claim in method(grouping)),
            *([_INTERVALS, _EMPTY] if grouping.is_divided else []),
            *([_CUT] if any(grouping.how(one.number) == CUT for one in grouping.segments) else []),
        ),
    )


def selection_of(grouping: Grouping, number: int) -> Selection:
    """What opens the customers of a segment."""
    edition = grouping.bank.manifest.edition
    if grouping.is_divided:
        return Selection("profile_segment", (str(number),), edition)
    segment = grouping.segment(number)
    return Selection("segment", (segment.name if segment else "",), edition)


def table_of(grouping: Grouping, risk: np.ndarray) -> pd.DataFrame:
    """One row a segment, by number; see `Segmentation.table`."""
    table = grouping.profiles.table
    value = table["value_a_year"].to_numpy(dtype=float)
    churn = table["churn"].where(table["churn_known"]).to_numpy(dtype=float)
    mood = table["mood"].to_numpy(dtype=float)
    total = float(np.nansum(risk))
    rows = []
    for one in grouping.segments:
        mine = grouping.numbers == one.number
        model = grouping.model_of(one.number)
        at_risk = _sum(risk[mine])
        rows.append(
            {
                "number": one.number,
                "segment": one.name,
                "how": grouping.how(one.number),
                "audience": model.audience if model else "",
                "n": int(mine.sum()),
                "share": float(mine.sum() / grouping.is_in_one.sum()),
                "value_a_year": _sum(value[mine]),
                "value_at_risk": at_risk,
                "risk_share": at_risk / total if total > 0 else np.nan,
                "mean_churn": _mean(churn[mine]),
                "mood": _mean(mood[mine]),
                "returns": one.returns,
                "apart": "; ".join(claim.text for claim in set_apart(grouping, one.number)[:2]),
                "was": one.was,
                "opens": selection_of(grouping, one.number).address,
            }
        )
    return pd.DataFrame(rows)


def found(grouping: Grouping) -> list[Claim]:
    """What was found of each audience, or why nothing was; who stayed since the edition before."""
    said = [_found(grouping, model) for model in grouping.models]
    if not grouping.is_divided:
        return [*said[:1], sentences.kept_segments()]
    return [*said, *_since(grouping)]


def _found(grouping: Grouping, model: AudienceModel) -> Claim:
    whom, n, chosen = model.audience, model.n, model.chosen
    if model.is_divided and chosen:
        return _divided(grouping, model, chosen)
    if n < division.LEAST_CUSTOMERS:
        shown = int(((grouping.audiences == whom) & grouping.is_in_one).sum())
        return sentences.too_few(n=shown, least=division.LEAST_CUSTOMERS, whom=whom)
    if len(model.making) < 2 or not model.tried:
        return sentences.too_little_known(n_figures=len(model.making), whom=whom)
    best = max(model.tried, key=lambda one: (one.comes_back, one.stability))
    if best.comes_back:
        return sentences.some_too_small(
            whom=whom,
            n=n,
            k=best.k,
            stability=best.stability,
            smallest=round(best.smallest * n),
            least=division.least_members(n),
        )
    if best.stability >= division.STABLE_FROM:
        return sentences.one_dissolves(
            whom=whom, n=n, k=best.k, returns=best.returns, least=division.DISSOLVED
        )
    return sentences.not_stable(
        whom=whom, n=n, k=best.k, stability=best.stability, least=division.STABLE_FROM
    )


def _divided(grouping: Grouping, model: AudienceModel, chosen: division.Tried) -> Claim:
    numbers = grouping.numbers[grouping.audiences == model.audience]
    told = {
        "n": int((numbers > LITTLE_KNOWN).sum()),
        "n_little_known": int((numbers == LITTLE_KNOWN).sum()),
        "k": len(np.unique(numbers[numbers > LITTLE_KNOWN])),
        "whom": model.audience,
        "again": chosen.again,
        "of": division.REDRAWN,
        "stability": chosen.stability,
    }
    gap = {"halfway": chosen.halfway, "around": chosen.around}
    cloud = {"silhouette": chosen.silhouette, "most_empty": chosen.most_empty}
    if model.is_found:
        return sentences.segments_found(**told, **gap, **cloud)
    if chosen.has_gaps:
        return sentences.cut_by_steps(**told, **cloud)
    return sentences.cut_into_parts(**told, **gap)


def _since(grouping: Grouping) -> list[Claim]:
    """Who stayed since the edition before, and which segments go on under another name."""
    before = grouping.before
    if before is None:
        return []
    ids = grouping.bank.customer_ids
    now = pd.Series(grouping.numbers, index=ids)[grouping.is_in_one]
    earlier = before.numbers.reindex(now.index)
    both = earlier.notna()
    said = []
    if both.any():
        said.append(
            sentences.stayed(
                n=int((earlier[both] == now[both]).sum()),
                of=int(both.sum()),
                n_new=int((~both).sum()),
                n_left=int((~before.numbers.index.isin(ids)).sum()),
                edition=before.edition,
            )
        )
    said += [
        sentences.renamed(number=one.number, name=one.name, was=one.was)
        for one in grouping.segments
        if one.was
    ]
    return said


def method(grouping: Grouping) -> list[Claim]:
    """By which figures the segments were made, what is not known, and what was left out."""
    n_out = int((grouping.numbers == OPTED_OUT).sum())
    said = [sentences.outside_segments(n=n_out)] if n_out else []
    for model in grouping.models:
        if not model.is_divided:
            continue
        whom = model.audience
        said.append(sentences.made_by(names=list(model.making), whom=whom))
        raw = grouping.raw.loc[grouping.audiences == whom, list(model.making)]
        missing = raw.isna().mean()
        missing = missing[missing > 0]
        if len(missing):
            labels = [FIGURES[name].label for name in missing.index]
            said.append(sentences.filled(labels=labels, shares=missing.tolist()))
        said += [sentences.stands_for(label=FIGURES[n].label, why=why) for n, why in model.left_out]
    return said


def moved(grouping: Grouping) -> pd.DataFrame:
    """From which segment to which customers went since the edition before."""
    columns = ["from_number", "from_segment", "to_number", "to_segment", "n", "opens"]
    before = grouping.before
    if before is None:
        return pd.DataFrame(columns=columns)
    now = pd.Series(grouping.numbers, index=grouping.bank.customer_ids)[grouping.is_in_one]
    table = moves(before.numbers.reindex(now.index), now)
    old = {LITTLE_KNOWN: UNKNOWN, **before.names}
    new = {one.number: one.name for one in grouping.segments}
    edition = grouping.bank.manifest.edition
    pairs = zip(table["from_number"], table["to_number"], strict=True)
    opens = [Selection("moved", (str(a), str(b)), edition).address for a, b in pairs]
    return table.assign(
        from_segment=[old[number] for number in table["from_number"]],
        to_segment=[new[number] for number in table["to_number"]],
        opens=opens,
    )[columns]


def _map(grouping: Grouping, model: AudienceModel) -> SegmentMap | None:
    """The map of an audience; None where fewer than two figures are known."""
    if len(model.making) < 2 or not model.shares.any():
        return None
    rows = np.flatnonzero((grouping.audiences == model.audience) & grouping.is_in_one)
    drawn = np.sort(np.random.default_rng(0).permutation(len(rows))[:MOST_POINTS])
    rows_drawn = rows[drawn]
    places = model.places(grouping.raw.iloc[rows_drawn])
    customers = grouping.bank["customers"].iloc[rows_drawn]
    shown = {one.number: one.name for one in grouping.segments}
    numbers = grouping.numbers[rows_drawn]
    ids = customers["customer_id"].to_numpy(dtype=object)
    points = pd.DataFrame(
        {
            "customer_id": pd.Series(ids, dtype="str"),
            "name": pd.Series(customers["name"].fillna(customers["customer_id"]).to_numpy()),
            "number": numbers,
            "segment": pd.Series([shown[number] for number in numbers], dtype="str"),
            "x": places[:, 0],
            "y": places[:, 1],
        }
    )
    axes = [
        sentences.axis(parts=names.axis_parts(direction, model.making), share=float(share)).text
        for direction, share in zip(model.axes, model.shares, strict=True)
    ]
    return SegmentMap(model.audience, len(rows), points, (axes[0], axes[1]))


def _sum(values: np.ndarray) -> float:
    return float(np.nansum(values)) if (~np.isnan(values)).any() else np.nan


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values)) if (~np.isnan(values)).any() else np.nan
