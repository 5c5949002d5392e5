"""Products get ids from their names, events refer to those ids, flags stay with the events."""

import json
from collections.abc import Mapping

import pandas as pd

from engine.bank.importing.columns.mapping import Frames, warn_rows
from engine.bank.parsing import cell_parsing
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable

_LOGS = ("user_interactions", "user_feedback")


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Give products ids, point events at them, and merge the accounts file into the profiles."""
    frames = dict(frames)
    if "products" in frames:
        frames["products"] = _with_ids(frames["products"], findings)
    if "events" in frames:
        events = frames["events"].assign(comment=_comments(tables))
        frames["events"] = events.assign(product_id=slug(events["product_id"]))
    if "customers" in frames:
        frames["customers"] = _merged(frames["customers"])
    return frames


def slug(names: pd.Series) -> pd.Series:
    """Lower-case words joined by hyphens: the id of a product that has only a name."""
    return names.str.lower().str.replace(r"[^a-z0-9]+", "-", regex=True).str.strip("-")


def _with_ids(products: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    ids = slug(products["name"])
    nth = ids.groupby(ids).cumcount() + 1
    products = products.assign(product_id=ids.where(nth == 1, ids + "-" + nth.astype("str")))
    repeated = products[nth > 1]
    warn_rows(
        findings,
        "products",
        repeated,
        [
            f"the name {name!r} occurs before; both are kept, with ids of our own"
            for name in repeated["name"]
        ],
    )
    return products


def _comments(tables: Mapping[str, RawTable]) -> pd.Series:
    """What the log says beyond our columns, as JSON; events of both files in their order."""
    comments = []
    for name in _LOGS:
        if name in tables:
            cells = tables[name].frame
            kept = {"product_name": cell_parsing.text(tables[name].column("product_name"))}
            kept |= {c: cell_parsing.flag(cells[c]) for c in ("clicked", "selected") if c in cells}
            for values in zip(*kept.values(), strict=True):
                said = {
                    k: v if isinstance(v, str) else bool(v)
                    for k, v in zip(kept, values, strict=True)
                    if not pd.isna(v)
                }
                comments.append(json.dumps({"source": name, **said}, ensure_ascii=False))
    return pd.Series(comments, dtype="str")


def _merged(customers: pd.DataFrame) -> pd.DataFrame:
    """One row a customer: what the accounts file says fills the gaps of the profile."""
    if "email" not in customers and "name" not in customers:
        return customers
    twice = customers["customer_id"].duplicated(keep=False)
    accounts = customers[twice & customers["audience"].isna()].drop_duplicates("customer_id")
    profiles = customers.drop(index=accounts.index)
    ids = profiles["customer_id"]
    for column in ("name", "email", "joined_on"):
        if column in profiles:
            said = ids.map(accounts.set_index("customer_id")[column])
            profiles[column] = profiles[column].fillna(said)
    return profiles.reset_index(drop=True)
