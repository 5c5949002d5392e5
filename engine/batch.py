"""All customers in one run: the Engine's lists as rows, and into a file."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from engine.engine import Engine
from engine.errors import BadInput
from engine.progress import Progress, quiet
from engine.seen.seen import Seen
from engine.services.exports.sheets import safe
from engine.services.governance.pilot import Pilots


def rows_of_lists(
    engine: Seen,
    lists: Sequence[str],
    k: int,
    *,
    customers: Sequence[str] | None = None,
    pilots: Pilots,
    progress: Progress = quiet,
) -> pd.DataFrame:
    """Lists of all customers, or of some, within the pilot that the settings name.

    Parameters
    ----------
    engine : Seen
        As one person or program sees it: the pilot is cut to those whom it sees, and counted so.
    pilots : Pilots
        Of the whole bank.

    Returns
    -------
    DataFrame
        A row an offer, as `Offers.score` has them; a column `pilot` says who they are where a
        pilot is on. A customer who objects has none.

    Raises
    ------
    NotFound
        For a customer whom the engine does not answer of, in the pilot or not.
    BadInput
        If none of them is in the pilot.
    """
    scope, chosen = pilots.scope(), customers
    if scope.is_on:
        everybody = engine.own(pilots.everybody())
        if not engine.is_whole:
            scope = pilots.seen(scope, engine.own(scope.customer_ids), len(everybody))
        known = set(everybody)
        unknown = [one for one in customers or () if one not in known][:1]
        # Whoever is not there is refused in the words of `score`, pilot or not.
        chosen = unknown or pilots.among(scope, customers)
    table = engine.offers.score(lists=lists, k=k, customers=chosen, progress=progress)
    return in_pilot(table, scope.sentence) if scope.is_on else table


def in_pilot(table: pd.DataFrame, pilot: str) -> pd.DataFrame:
    """Rows with a column that says who they are."""
    return table.assign(pilot=pd.Series(pilot, index=table.index, dtype="str"))


def safe_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of which no text is a formula to a spreadsheet."""
    texts = table.select_dtypes("str").apply(lambda column: column.map(safe, "ignore"))
    return table.assign(**texts)


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
        table = in_pilot(table, pilot)
    table = table if seen is None else seen(table)
    draft = out.with_name(f".{out.name}.{os.getpid()}.draft")
    try:
        if ending == ".csv":
            safe_texts(table).to_csv(draft, index=False, lineterminator="\r\n")
        else:
            table.to_parquet(draft, index=False)
        noted(len(table))
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return len(table)
