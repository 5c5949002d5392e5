"""UCI bank marketing: row numbers as ids, the file's order as time, the answer as a label."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.bank.importing.columns.mapping import Frames, placed
from engine.bank.parsing import cell_parsing
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable

_FIRST_YEAR, _LAST_YEAR = 2008, 2010
_LOANS = {"housing": "housing-loan", "loan": "personal-loan"}


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Add ids, accounts, loans held, contacts and the label `accepted`."""
    raw = tables["bank-full"]
    cells = raw.frame
    width = len(str(len(cells)))
    ids = pd.Series(np.arange(1, len(cells) + 1).astype("str"), dtype="str").str.zfill(width)
    day = contact_days(raw.column("month"), cell_parsing.number(raw.column("day")))
    if day.isna().all():
        findings.note("The rows are not in the order of time: contacts and labels have no dates.")
    base = pd.DataFrame({"customer_id": ids})
    holdings = [
        placed(base.loc[held].assign(product_id=product), raw, np.flatnonzero(held))
        for column, product in _LOANS.items()
        for held in [cell_parsing.flag(raw.column(column)).fillna(False).to_numpy(dtype=bool)]
    ]
    return {
        **frames,
        "customers": frames["customers"].assign(customer_id=ids),
        "accounts": placed(
            base.assign(kind="current", balance=cell_parsing.number(raw.column("balance"))), raw
        ),
        "holdings": pd.concat(holdings, ignore_index=True),
        "contacts": placed(
            base.assign(contacted_at=day, channel=cell_parsing.lower(raw.column("contact"))), raw
        ),
        "labels": placed(
            base.assign(
                name="accepted",
                value=cell_parsing.flag(raw.column("y")).astype("float64"),
                known_on=day,
            ),
            raw,
        ),
    }


def contact_days(month_names: pd.Series, days: pd.Series) -> pd.Series:
    """Dates from day and month of rows in the order of time; a month that goes back is a new year.

    Rows in another order would need more years than the campaign had; then there are no dates.
    """
    months = pd.to_datetime(month_names.str.title(), format="%b", errors="coerce").dt.month
    known = months.ffill().bfill().to_numpy()
    years = _FIRST_YEAR + np.cumsum(np.diff(known, prepend=known[:1]) < 0)
    parts = pd.DataFrame({"year": years, "month": known, "day": days.to_numpy()})
    if len(years) and years[-1] > _LAST_YEAR:
        return pd.Series(pd.NaT, index=month_names.index, dtype="datetime64[us]")
    return pd.to_datetime(parts, errors="coerce").astype("datetime64[us]")
