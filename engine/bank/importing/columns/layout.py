"""Layouts: TOML files that say which files a source has and what its columns are called here."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.bank.parsing import cell_parsing, ranges, words
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput
from engine.vocabulary import TABLES, Kind

FOLDER = Path(__file__).with_name("layouts")
TABLES_LAYOUT = "tables"
"""The layout for a bank's own files: sheets or files that are called like our tables."""

BORN = "born"
PASSING: Mapping[str, Mapping[str, Kind]] = {"customers": {BORN: "time"}}
"""Columns that are no column of ours, and from which one follows on the way."""

MONTHS_BACK = "_months_back"
"""0 for the last month of an undated series: the bank's day decides which month that is."""

FORMER_NAMES = {
    "peer_b": "monthly_totals",
    "peer_c": "sqlite_bank",
    "peer_d": "purchases_and_tickets",
    "peer_e": "interactions_and_ratings",
}
"""What layouts were called before; still understood, and still written in banks of that time."""

_SHEET_LETTERS = 31

PARSERS = {
    f.__name__: f
    for f in (
        cell_parsing.text,
        cell_parsing.identity,
        cell_parsing.number,
        cell_parsing.positive,
        cell_parsing.percent,
        cell_parsing.positive_percent,
        cell_parsing.share,
        cell_parsing.flag,
        cell_parsing.items,
        cell_parsing.json_text,
        cell_parsing.risk,
        cell_parsing.gender,
        cell_parsing.lower,
        cell_parsing.married,
        cell_parsing.ten_to_mood,
        cell_parsing.mood,
        cell_parsing.ten_or_mood,
        cell_parsing.time,
        cell_parsing.yymmdd,
        cell_parsing.debit,
        cell_parsing.monthly,
        cell_parsing.rate,
        cell_parsing.signed,
        words.account_kind,
        words.message_kind,
        words.consent,
        words.purpose,
    )
} | dict(ranges.PARSERS)
LOOSE = frozenset(ranges.PARSERS)
"""Parsers of texts such as "Varies by bank": no value is no error, and the text is kept."""

_BY_KIND = {
    "id": "identity",
    "text": "text",
    "list": "items",
    "number": "number",
    "flag": "flag",
    "time": "time",
    "json": "json_text",
}


class UnknownLayout(BadInput):
    """No shipped layout fits; the files may still be a bank's own tables."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Column(_Strict):
    """How one of our columns comes about.

    Attributes
    ----------
    sources : tuple of str
        Source columns; of those that exist, each row takes the first that says something, or all
        of them when `join` is given.
    parse : str
        Name of a parser; by default the one of the column's kind.
    map : mapping of str to str
        Source value (lower case) -> our value; other values stay as they are.
    value : str
        A constant, where there is no source column.
    keep : bool
        Keep the source text in `attributes` as well.
    out : str
        Source column of amounts that go out, beside `sources` whose amounts come in.
    direction : str
        Source column that says of each amount whether it comes in or goes out.
    reverse : bool
        Positive amounts go out.
    minus : {"", "back", "nothing"}
        What a minus in a column of one side says: the payment was taken back, or nothing that the
        column does not; empty where the other amounts of the column tell.
    """

    sources: tuple[str, ...] = Field(default=(), alias="from")
    join: str | None = None
    parse: str = ""
    map: dict[str, str] = {}
    value: str | float | bool | None = None
    keep: bool = False
    out: str = ""
    direction: str = ""
    reverse: bool = False
    minus: Literal["", "back", "nothing"] = ""


class TableSpec(_Strict):
    """How the rows of one source table become rows of one of ours.

    Attributes
    ----------
    into, source : str
        Our table; the source's file, sheet or database table.
    columns : mapping of str to Column
        Ours -> how it comes about.
    json_columns : tuple of str
        Source columns of JSON text that are kept parsed in `attributes`.
    flatten : tuple of str
        Source columns of JSON objects whose keys become columns of their own.
    ignore : tuple of str
        Source columns that say nothing that is not said elsewhere; the report names them. "*"
        stands for all that have no column of ours, where another table keeps them.
    """

    into: str
    source: str = Field(alias="from")
    columns: dict[str, Column]
    json_columns: tuple[str, ...] = ()
    flatten: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, given: dict[str, Any]) -> dict[str, Any]:
        columns = {
            ours: {"from": [how]} if isinstance(how, str) else _listed(how)
            for ours, how in given.get("columns", {}).items()
        }
        return {**given, "columns": columns}

    @model_validator(mode="after")
    def _known(self) -> "TableSpec":
        if self.into not in TABLES:
            raise ValueError(f"there is no table {self.into!r}")
        for ours, how in self.columns.items():
            if ours not in TABLES[self.into] and ours not in PASSING.get(self.into, {}):
                raise ValueError(f"table {self.into} has no column {ours!r}")
            if how.parse and how.parse not in PARSERS:
                raise ValueError(f"there is no parser {how.parse!r}: {', '.join(PARSERS)}")
        return self

    def parser(self, ours: str) -> str:
        """Name of the parser of one of our columns."""
        kinds = {**PASSING.get(self.into, {}), **TABLES[self.into]}
        return self.columns[ours].parse or _BY_KIND[kinds[ours]]


def _listed(how: Any) -> Any:
    if isinstance(how, dict) and isinstance(how.get("from"), str):
        return {**how, "from": [how["from"]]}
    return how


class Signature(_Strict):
    """A source table and some columns that tell a layout from the others."""

    table: str
    columns: tuple[str, ...]


class Layout(_Strict):
    """One source's files in our terms; see layouts/.

    Attributes
    ----------
    name, title : str
    currency : str
        ISO code of amounts that come without one.
    signatures : tuple of Signature
        Any of them recognises the layout; the layout with most of them wins.
    tables : tuple of TableSpec
    finish : str
        Name of a step in sources/ that does what columns alone cannot say.
    undated_months : bool
        The monthly series have no dates; they are laid to end at the bank's day.
    refuse : tuple of str
        Columns that are never stored, for example because they give the answer away.
    joined : tuple of str
        Source tables that only the step `finish` reads.
    unused : mapping of str to str
        Source table -> why it is not read.
    categories : mapping of str to str
        Source's transaction category (lower case) -> ours.
    products : tuple of mapping
        Products that the source only implies, in our columns.
    notes : tuple of str
    """

    name: str
    title: str
    currency: str = "USD"
    signatures: tuple[Signature, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    finish: str = ""
    undated_months: bool = False
    refuse: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    unused: dict[str, str] = {}
    categories: dict[str, str] = {}
    products: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Layout]:
    """All layouts that ship with Attune, by name."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}


def read(path: Path) -> Layout:
    """Read one layout file; BadInput names the first key that is wrong."""
    try:
        return Layout(name=path.stem, **tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path}: {where}: {first['msg']}.") from error


def named(name: str) -> Layout:
    """A layout by its name or a former name."""
    layout = shipped().get(FORMER_NAMES.get(name, name))
    if layout is None:
        raise BadInput(f"There is no layout {name!r}; layouts are {', '.join(shipped())}.")
    return layout


def with_full_names(tables: Mapping[str, RawTable]) -> dict[str, RawTable]:
    """Give sheets their whole names back: Excel cuts the name of a sheet at 31 letters."""
    known = {s.table for layout in shipped().values() for s in layout.signatures}
    long = {name[:_SHEET_LETTERS]: name for name in known if len(name) > _SHEET_LETTERS}
    return {long.get(name, name): raw for name, raw in tables.items()}


def recognise(tables: Mapping[str, RawTable]) -> Layout:
    """The layout that fits most of a source's tables.

    Raises
    ------
    UnknownLayout
        If none fits; it names the layouts and what was found.
    BadInput
        If two fit equally well.
    """
    fits = {name: _n_signatures(layout, tables) for name, layout in shipped().items()}
    best = max(fits.values())
    winners = [name for name, n in fits.items() if n == best and n > 0]
    if len(winners) == 1:
        return named(winners[0])
    tables_read = "; ".join(
        f"{raw.file} ({', '.join(list(raw.frame.columns)[:6])})"
        for raw in list(tables.values())[:8]
    )
    problem = f"fits {' and '.join(winners)} alike" if winners else "fits no layout"
    kind = BadInput if winners else UnknownLayout
    raise kind(
        f"This source {problem}. Found: {tables_read}. Layouts: {', '.join(shipped())}. Name "
        "one with --layout, or name files or sheets like our tables "
        f"({', '.join(list(TABLES)[:6])} ...)."
    )


def _n_signatures(layout: Layout, tables: Mapping[str, RawTable]) -> int:
    return sum(
        s.table in tables and set(s.columns) <= set(tables[s.table].frame.columns)
        for s in layout.signatures
    )
