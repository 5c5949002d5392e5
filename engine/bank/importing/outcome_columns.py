"""Customers with a yes/no column that is named like an outcome in; that column as a label out."""

import json
import re
from typing import Final

import pandas as pd

from engine.bank.importing.columns.mapping import FILE, LINE, Frames
from engine.bank.parsing import cell_parsing
from engine.bank.quality import Findings

_NAMES: Final = frozenset(
    {
        "churn",
        "churned",
        "churn_flag",
        "churn_label",
        "is_churn",
        "is_churned",
        "exited",
        "has_exited",
        "exit_flag",
        "attrition",
        "attrition_flag",
        "attrited",
        "is_attrited",
        "has_left",
        "left_bank",
        "customer_left",
        "closed_account",
        "default",
        "defaulted",
        "default_flag",
        "is_default",
        "has_defaulted",
        "bad_loan",
        "subscribed",
        "converted",
        "responded",
        "response",
        "accepted_offer",
        "target",
        "label",
        "outcome",
    }
)
_HAPPENED: Final = r"attrit|churn|exit|left|gone|closed|default|bad"
_NOT: Final = r"\b(?:no|not|non|never|existing|retained|stay)"


def is_outcome(name: str) -> bool:
    """Is a column named like what became of a customer?"""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"\W+|_+", "_", words).strip("_").lower() in _NAMES


def with_labels(frames: Frames, findings: Findings) -> Frames:
    """Outcomes that stand among the kept fields of customers become labels, and a note says so.

    They are taken out of `attributes`, so that nothing is learned from them by mistake. Their
    dates are not known.
    """
    customers = frames.get("customers")
    if customers is None or "attributes" not in customers or "customer_id" not in customers:
        return frames
    cells = customers["attributes"]
    named = cells.str.extractall(r'"([^"]+)":', flags=0)[0].dropna().unique()
    outcomes = [name for name in named if is_outcome(name)]
    if not outcomes:
        return frames
    kept = [json.loads(cell) if isinstance(cell, str) else {} for cell in cells]
    labels = [frames["labels"]] if "labels" in frames else []
    known = set(labels[0]["name"].dropna()) if labels else set()
    for name in outcomes:
        value = _yes(pd.Series([fields.get(name) for fields in kept], index=customers.index))
        if value is None or name in known:
            continue
        there = value.notna() & customers["customer_id"].notna()
        rows = customers.loc[there, [c for c in ("customer_id", FILE, LINE) if c in customers]]
        labels.append(
            rows.assign(
                name=pd.Series(name, index=rows.index, dtype="str"),
                value=value[there],
                known_on=pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]"),
            )
        )
        for fields in kept:
            fields.pop(name, None)
        findings.note(
            f"The column {name} looks like an outcome ({value.mean():.1%} yes of "
            f"{there.sum():,}): it is kept as a label without a date, not as a field of the "
            f"customers. Learn from it: fit-metric --target {name}."
        )
    if not labels:
        return frames
    texts = [json.dumps(fields, ensure_ascii=False) if fields else None for fields in kept]
    attributes = pd.Series(texts, index=customers.index, dtype="str")
    return {
        **frames,
        "customers": customers.assign(attributes=attributes),
        "labels": pd.concat(labels, ignore_index=True),
    }


def _yes(values: pd.Series) -> pd.Series | None:
    """1 where it happened, 0 where not; None where a column does not say which."""
    if values.map(lambda cell: isinstance(cell, list | dict)).any():
        return None
    given = [None if cell is None or cell != cell else str(cell).strip() for cell in values]
    texts = pd.Series(given, index=values.index, dtype="str")
    distinct = texts.dropna().unique()
    if len(distinct) not in (1, 2):
        return None
    flags = cell_parsing.flag(texts).astype("float64")
    if flags.notna().sum() == texts.notna().sum():
        return flags
    happened = [
        word
        for word in distinct
        if re.search(_HAPPENED, word.lower()) and not re.search(_NOT, word.lower())
    ]
    n_not = sum(bool(re.search(_NOT, word.lower())) for word in distinct)
    if len(happened) != 1 and not (len(distinct) == n_not == 1):
        return None
    return texts.isin(happened).astype("float64").where(texts.notna())
