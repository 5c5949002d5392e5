"""All customers in one run: the Engine's lists into a file."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from engine.engine import Engine
from engine.errors import BadInput
from engine.services.exports.sheets import safe


def write_scores(
    engine: Engine,
    out: Path,
    lists: Sequence[str],
    k: int,
    *,
    customers: Sequence[str] | None = None,
    pilot: str = "",
    seen: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
    progress: Callable[[float, str], None],
    noted: Callable[[int], object] = lambda _: None,
) -> int:
    """Score all customers, or some, into a CSV or Parquet file.

    Parameters
    ----------
    customers : sequence of str, optional
        Only these; none at all where it is empty.
    pilot : str
        Who they are where a pilot chose them: a column `pilot` says it in every row.
    seen : callable, optional
        What is done with the table before it is written, such as `Pseudonyms.table`.
    noted : callable
        Called with the number of rows before the file takes its name: no file without its note.

    Returns
    -------
    int
        Rows written. A customer who objects has none.

    Raises
    ------
    BadInput
        If the file's ending is neither .csv nor .parquet, or its folder does not exist.
    """
    ending = out.suffix.lower()
    if ending not in (".csv", ".parquet"):
        raise BadInput(f"Got {out.name}; expected a file that ends in .csv or .parquet.")
    if not out.parent.is_dir():
        raise BadInput(f"The folder {out.parent} does not exist; make it first.")
    table = engine.offers.score(lists=lists, k=k, customers=customers, progress=progress)
    if pilot:
        table = table.assign(pilot=pd.Series(pilot, index=table.index, dtype="str"))
    table = table if seen is None else seen(table)
    draft = out.with_name(f".{out.name}.{os.getpid()}.draft")
    try:
        if ending == ".csv":
            texts = table.select_dtypes("str").apply(lambda column: column.map(safe, "ignore"))
            table.assign(**texts).to_csv(draft, index=False, lineterminator="\r\n")
        else:
            table.to_parquet(draft, index=False)
        noted(len(table))
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return len(table)
