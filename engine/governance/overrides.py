"""What people set by hand and still stands, in; one row each, with who, since when, until when."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from engine.labels import column_label

COLUMNS: Final = ("kind", "what", "n", "by", "since", "until", "why")
SETTING, WAITING, FILE, EDIT, CONSENT, VERSION = (
    "setting in force",
    "setting that waits for a second person",
    "setting in the bank's file",
    "edited record",
    "consent recorded here",
    "version rolled back",
)


def overrides(
    in_force: pd.DataFrame,
    changed: Mapping[str, Any],
    edits: pd.DataFrame,
    consents: pd.DataFrame,
    rolled_back: pd.DataFrame,
    waiting: pd.DataFrame,
) -> pd.DataFrame:
    """Everything that stands against the program's or the bank's own word.

    Parameters
    ----------
    in_force : DataFrame
        recorded_at, actor, name, why: named settings that nobody took back.
    changed : mapping
        "section.key" -> value: settings other than those of the release that no named setting put
        there.
    edits : DataFrame
        table, row_id, column, recorded_at, actor: cells that were corrected, oldest first.
    consents : DataFrame
        purpose, status, recorded_at, actor: the last of each customer and purpose.
    rolled_back : DataFrame
        version_id, at, note.
    waiting : DataFrame
        name, actor, recorded_at, until, why: settings that one person proposed.

    Returns
    -------
    DataFrame
        `COLUMNS`: n is how many settings, cells or customers; `by` is who did it last, "" where
        that is not known; `until` is NaT where no end is set. No value of a customer stands in it.
    """
    rows: list[tuple[Any, ...]] = [
        (SETTING, row.name, 1, row.actor, row.recorded_at, pd.NaT, row.why)
        for row in in_force[["name", "actor", "recorded_at", "why"]].itertuples(index=False)
    ]
    rows += [
        (WAITING, row["name"], 1, row["actor"], row["recorded_at"], row["until"], row["why"])
        for row in waiting.to_dict("records")
    ]
    rows += [
        (FILE, f"{_said(key)} = {value}", 1, "", pd.NaT, pd.NaT, "")
        for key, value in changed.items()
    ]
    standing = edits.drop_duplicates(["table", "row_id", "column"], keep="last")
    for (table, column), cells in standing.groupby(["table", "column"], sort=True):
        last = cells.iloc[-1]
        what = f"{column_label(column)} ({column_label(table).lower()})"
        rows.append((EDIT, what, len(cells), last["actor"], last["recorded_at"], pd.NaT, ""))
    for (purpose, status), said in consents.groupby(["purpose", "status"], sort=True):
        last = said.sort_values("recorded_at", kind="stable").iloc[-1]
        what = f"{column_label(purpose)}: {status}"
        rows.append((CONSENT, what, len(said), last["actor"], last["recorded_at"], pd.NaT, ""))
    rows += [
        (VERSION, row.version_id, 1, "", pd.Timestamp(row.at), pd.NaT, row.note)
        for row in rolled_back.itertuples(index=False)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"by": "object", "why": "object"})
    table = table.fillna({"by": "", "why": ""})
    return table.assign(**{name: _times(table[name]) for name in ("since", "until")})


def _said(key: str) -> str:
    """ "guard.max_per_category" as "Guard: max per category"."""
    section, _, name = key.partition(".")
    return f"{column_label(section)}: {name.replace('_', ' ').replace('.', ', ')}"


def _times(values: Sequence[Any]) -> pd.Series:
    """Times of the day in UTC, without a zone."""
    times = pd.to_datetime(pd.Series(values), format="ISO8601", utc=True)
    return times.dt.tz_localize(None).astype("datetime64[us]")
