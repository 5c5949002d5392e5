"""What a source holds beside what was kept of it, file by file: a person can tick it off."""

from collections.abc import Mapping

import pandas as pd

from engine.bank.importing.columns.mapping import FILE, Frames
from engine.vocabulary import FOREIGN

_FIGURES: Mapping[str, tuple[str, str, str]] = {
    "transactions": ("amount", "amount", "booked_at"),
    "months": ("income", "spending", "month"),
    "accounts": ("balance", "balance", "as_of"),
}
"""Table -> columns of what is in, of what is out, and of the day."""
COLUMNS = (
    *("table", "file", "part", "currency", "rows", "sum_in", "sum_out", "first_day", "last_day"),
)


def control_sheet(read: Frames, kept: Frames, n_other: pd.Series, code: str) -> pd.DataFrame:
    """Rows, sums in and out, first and last day of every file, and of every currency in it.

    Parameters
    ----------
    read, kept : dict of str to DataFrame
        Tables with FILE before and after they were checked.
    n_other : Series of int64, index (table, file)
        Rows of the source that are in neither: unreadable, no data, or not counted.
    code : str
        The bank's currency.

    Returns
    -------
    DataFrame
        COLUMNS; of every file and currency a line "source" and a line "kept". Sums are both
        positive; days are ISO dates, empty where there are none.
    """
    lines = []
    for table, rows in read.items():
        left = pd.concat([kept[t] for t in _kept_as(table) if t in kept] or [rows.iloc[:0]])
        codes, left_codes = _codes(rows, code), _codes(left, code)
        for file, of_file in rows.groupby(FILE, sort=False):
            used = sorted(codes[of_file.index].unique(), key=lambda c: (c != code, c))
            for number, currency in enumerate(used):
                n_more = int(n_other.get((table, file), 0)) if number == 0 else 0
                source = of_file[codes[of_file.index] == currency]
                ours = left[(left[FILE] == file) & (left_codes == currency)]
                about = (table, file, "source", currency if table in _FIGURES else "")
                lines.append((*about, len(source) + n_more, *_figures(table, source)))
                about = (*about[:2], "kept", about[3])
                lines.append((*about, len(ours), *_figures(table, ours)))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _kept_as(table: str) -> tuple[str, ...]:
    return ("transactions", FOREIGN) if table == "transactions" else (table,)


def _codes(rows: pd.DataFrame, code: str) -> pd.Series:
    if "currency" in rows:
        return rows["currency"].fillna(code)
    return pd.Series(code, index=rows.index, dtype="str")


def _figures(table: str, rows: pd.DataFrame) -> tuple[float, float, str, str]:
    if table not in _FIGURES:
        return 0.0, 0.0, "", ""
    into, out, day = _FIGURES[table]
    sum_in, sum_out = 0.0, 0.0
    if into in rows:
        sum_in = float(rows[into].clip(lower=0).sum())
    if out in rows:
        amounts = rows[out]
        sum_out = float(amounts.sum() if out != into else -amounts.clip(upper=0).sum())
    days = rows[day].dropna() if day in rows else pd.Series(dtype="datetime64[us]")
    first, last = (f"{d:%Y-%m-%d}" if pd.notna(d) else "" for d in (days.min(), days.max()))
    return round(sum_in, 2) + 0.0, round(sum_out, 2) + 0.0, first, last
