"""UCI bank marketing: row numbers as ids, the file's order as time, the answer as a label."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.bank import parse
from engine.bank.mapping import Frames, placed
from engine.bank.quality import Findings
from engine.bank.raw import RawTable

_FIRST_YEAR = 2008
_LOANS = {"housing": "housing-loan", "loan": "personal-loan"}


def finish(frames: Frames, tables: Mapping[str, RawTable], findings: Findings) -> Frames:
    """Add ids, accounts, loans held, contacts and the label `accepted`."""
    del findings
    raw = tables["bank-full" if "bank-full" in tables else "bank"]
    cells = raw.frame
    width = len(str(len(cells)))
    ids = pd.Series(np.arange(1, len(cells) + 1).astype("str"), dtype="str").str.zfill(width)
    day = contact_days(cells["month"], parse.number(cells["day"]))
    base = pd.DataFrame({"customer_id": ids})
    holdings = [
        placed(base.loc[held].assign(product_id=product), raw, np.flatnonzero(held))
        for column, product in _LOANS.items()
        for held in [parse.flag(cells[column]).fillna(False).to_numpy(dtype=bool)]
    ]
    return {
        **frames,
        "customers": frames["customers"].assign(customer_id=ids),
        "accounts": placed(
            base.assign(kind="current", balance=parse.number(cells["balance"])), raw
        ),
        "holdings": pd.concat(holdings, ignore_index=True),
        "contacts": placed(
            base.assign(contacted_at=day, channel=parse.lower(cells["contact"])), raw
        ),
        "labels": placed(
            base.assign(
                name="accepted",
                value=parse.flag(cells["y"]).astype("float64"),
                known_on=day,
            ),
            raw,
        ),
    }


def contact_days(month_names: pd.Series, days: pd.Series) -> pd.Series:
    """Dates from day and month of rows in the order of time; the year follows from that order.

    The year goes up where the months go back by more than half a year: neighbouring rows are
    sometimes a month apart in the wrong direction.
    """
    months = pd.to_datetime(month_names.str.title(), format="%b", errors="coerce").dt.month
    known = months.ffill().bfill().to_numpy()
    step = np.diff(known, prepend=known[:1])
    years = _FIRST_YEAR + np.cumsum(step < -6) - np.cumsum(step > 6)
    parts = pd.DataFrame({"year": years, "month": known, "day": days.to_numpy()})
    return pd.to_datetime(parts, errors="coerce").astype("datetime64[us]")
