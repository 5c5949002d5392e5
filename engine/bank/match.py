"""A stranger's columns in, ours out: suggestions by name and content, and layouts from them."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from engine.bank import synonyms
from engine.bank.layout import PARSERS, TABLES_LAYOUT, Layout, TableSpec
from engine.bank.raw import RawTable
from engine.errors import BadInput
from engine.vocabulary import TABLES

SURE = 0.9
"""Confidence from which a match is used without asking (an equal name or a synonym)."""

BALANCE = "accounts.balance"
"""Target of a customers file's balance: it becomes the balance of a current account."""

_LEAST = 0.55
_SAMPLE = 200
_PARSERS = {
    "gender": "gender",
    "risk_tolerance": "risk",
    "satisfaction": "ten_or_mood",
    "sentiment": "ten_or_mood",
    "interest_rate": "rate",
    "rewards_rate": "rate",
    "management_fee": "rate",
    "expected_return": "rate",
    "amount": "signed",
}
"""Columns of ours whose text a stranger may write in several ways."""
_LOWER = frozenset({"kind", "status", "audience", "action", "purpose", "item_type"})
_SEVERAL = frozenset({"name"})


@dataclass(frozen=True)
class Match:
    """What a source table is: our table, and source column -> our column."""

    table: str
    columns: Mapping[str, str]


def suggest(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Propose which of a file's columns is which of ours.

    Parameters
    ----------
    frame : DataFrame
        Text cells of the file (RawTable.frame).
    table : str
        Our table.

    Returns
    -------
    DataFrame
        source_column, target_column (missing where nothing fits), confidence (0-1; 1 is the same
        name), example (first value). One row per source column, in its order; a column of ours is
        proposed once. A balance that stands with the customer is BALANCE.
    """
    if table not in TABLES:
        raise BadInput(f"There is no table {table!r}; tables are {', '.join(TABLES)}.")
    candidates = sorted(
        (
            (-_confidence(frame[source], source, ours, table), position, ours)
            for position, source in enumerate(frame.columns)
            for ours in TABLES[table]
            if ours != "attributes"
        )
    )
    chosen: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for negative, position, ours in candidates:
        several = ours in _SEVERAL and -negative >= SURE
        if -negative >= _LEAST and position not in chosen and (ours not in taken or several):
            chosen[position] = (ours, round(-negative, 2))
            taken.add(ours)
    for position, source in enumerate(frame.columns):
        if (
            table == "customers"
            and position not in chosen
            and synonyms.normal(source) in synonyms.BALANCES
        ):
            chosen[position] = (BALANCE, 0.95)
    rows = [
        (source, *chosen.get(position, (None, 0.0)), _example(frame[source]))
        for position, source in enumerate(frame.columns)
    ]
    columns = ["source_column", "target_column", "confidence", "example"]
    return pd.DataFrame(rows, columns=columns)


def suggest_table(name: str, frame: pd.DataFrame) -> str | None:
    """Our table that a file or sheet most likely is: by its name, else by its columns."""
    plain = name.rsplit("/", 1)[-1]
    words = synonyms.normal(plain)
    if words in TABLES:
        return words
    if words in synonyms.TABLES:
        return synonyms.TABLES[words]
    fits = {table: _n_sure(frame, table) for table in TABLES}
    best = max(fits, key=lambda table: fits[table])
    return best if fits[best] >= 3 else None


def guess(tables: Mapping[str, RawTable]) -> dict[str, Match]:
    """Matches that need no asking, for every source table that is recognised as one of ours."""
    matches = {}
    for name, raw in tables.items():
        table = suggest_table(name, raw.frame)
        if table is not None:
            found = suggest(raw.frame, table)
            sure = found[found["confidence"] >= SURE]
            columns = dict(zip(sure["source_column"], sure["target_column"], strict=True))
            matches[name] = Match(table, columns)
    return matches


def build_layout(matches: Mapping[str, Match], base: Layout | None = None) -> Layout:
    """A layout from matches, ready to import with.

    Raises
    ------
    BadInput
        If nothing is matched, or a column is matched to one that its table has not.
    """
    specs = []
    for source, found in matches.items():
        sources: dict[str, list[str]] = {}
        for theirs, ours in found.columns.items():
            if ours == BALANCE:
                continue
            if ours not in TABLES.get(found.table, {}):
                raise BadInput(f"Table {found.table} has no column {ours!r} (for {theirs!r}).")
            sources.setdefault(ours, []).append(theirs)
        if sources:
            specs.append(_spec(found.table, source, sources))
    if not any(spec.columns for spec in specs):
        raise BadInput(
            "No column was matched. Match at least the customer number of the customers table."
        )
    specs += _balances(matches)
    fields = {} if base is None else base.model_dump(exclude={"tables", "name", "title"})
    title = "Columns matched by name" if base is None else base.title
    return Layout(name=TABLES_LAYOUT, title=title, tables=tuple(specs), **fields)


def _spec(table: str, source: str, sources: Mapping[str, list[str]]) -> TableSpec:
    columns = {}
    for ours, theirs in sources.items():
        parser = _PARSERS.get(ours, "lower" if ours in _LOWER else "")
        join = " " if len(theirs) > 1 and ours in _SEVERAL else None
        columns[ours] = {"from": theirs, "join": join, "parse": parser}
    return TableSpec(**{"into": table, "from": source, "columns": columns})


def _balances(matches: Mapping[str, Match]) -> list[TableSpec]:
    """Current accounts for the customers files that have a balance."""
    specs = []
    for source, found in matches.items():
        theirs = {ours: theirs for theirs, ours in found.columns.items()}
        if BALANCE in theirs and "customer_id" in theirs:
            columns = {
                "customer_id": theirs["customer_id"],
                "kind": {"value": "current"},
                "balance": theirs[BALANCE],
            }
            given = {"into": "accounts", "from": source, "columns": columns, "ignore": ("*",)}
            specs.append(TableSpec(**given))
    return specs


def _confidence(cells: pd.Series, source: str, ours: str, table: str) -> float:
    name = synonyms.normal(source)
    if name == ours:
        return 1.0
    if name in synonyms.COLUMNS.get(f"{table}.{ours}", synonyms.COLUMNS.get(ours, ())):
        return 0.95
    likeness = difflib.SequenceMatcher(None, name, ours).ratio()
    return 0.85 * likeness * _readable(cells, ours, table) if likeness > 0.6 else 0.0


def _readable(cells: pd.Series, ours: str, table: str) -> float:
    """Share of a sample's cells that our column's parser can read."""
    sample = PARSERS["text"](cells.head(_SAMPLE)).dropna()
    kind = TABLES[table][ours]
    if sample.empty or kind not in ("number", "time", "flag", "json"):
        return 1.0
    parser = {"number": "number", "time": "time", "flag": "flag", "json": "json_text"}[kind]
    return float(PARSERS[parser](sample).notna().mean())


def _n_sure(frame: pd.DataFrame, table: str) -> int:
    names = {synonyms.normal(column) for column in frame.columns}
    return sum(
        ours in names
        or not names.isdisjoint(
            synonyms.COLUMNS.get(f"{table}.{ours}", synonyms.COLUMNS.get(ours, ()))
        )
        for ours in TABLES[table]
    )


def _example(cells: pd.Series) -> str:
    said = PARSERS["text"](cells.head(_SAMPLE)).dropna()
    return "" if said.empty else str(said.iloc[0])[:40]
