"""What a source holds beside what was kept of it, file by file: a person can tick it off."""

from collections.abc import Mapping

import pandas as pd

from engine.bank.importing.mapping import FILE, Frames

_FIGURES: Mapping[str, tuple[str, str, str]] = {
    "transactions": ("amount", "amount", "booked_at"),
    "months": ("income", "spending", "month"),
    "accounts": ("balance", "balance", "as_of"),
}
"""Table -> columns of what is in, of what is out, and of the day."""
COLUMNS = ("table", "file", "part", "rows", "sum_in", "sum_out", "first_day", "last_day")


def control_sheet(read: Frames, kept: Frames, n_other: pd.Series) -> pd.DataFrame:
    """Rows, sums in and out, first and last day of every file.

    Parameters
    ----------
    read, kept : dict of str to DataFrame
        Tables with FILE before and after they were checked.
    n_other : Series of int64, index (table, file)
        Rows of the source that are in neither: unreadable, no data, or not counted.

    Returns
    -------
    DataFrame
        COLUMNS; of every file a line "source" and a line "kept". Sums are in the file's currency,
        both positive; days are ISO dates, empty where there are none.
    """
    lines = []
    for table, rows in read.items():
        for file, of_file in rows.groupby(FILE, sort=False):
            n_more = int(n_other.get((table, file), 0))
            left = kept[table][kept[table][FILE] == file] if table in kept else rows.iloc[:0]
            lines.append((table, file, "source", len(of_file) + n_more, *_figures(table, of_file)))
            lines.append((table, file, "kept", len(left), *_figures(table, left)))
    return pd.DataFrame(lines, columns=list(COLUMNS))


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
