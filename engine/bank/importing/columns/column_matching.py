"""A stranger's columns in, ours out: suggestions by name and content, and layouts from them."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from engine.bank.importing.columns import nameless, synonyms, telling_cells, wide_months
from engine.bank.importing.columns.layout import BORN, PARSERS, TABLES_LAYOUT, Layout, TableSpec
from engine.bank.parsing import currencies, directions
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput
from engine.vocabulary import ALSO_MATCHED, FOREIGN, KEYS, ORDERS, TABLES

SURE = 0.9
"""Confidence from which a match is used without asking (an equal name or a synonym)."""

BALANCE, BORN_ON, MONTHLY_INCOME = ALSO_MATCHED["customers"]
MONEY_IN, MONEY_OUT, IN_OR_OUT, ACCOUNT, RUNNING_BALANCE, STATUS = ALSO_MATCHED["transactions"]
"""Targets that are no columns of ours: a customers file's balance becomes that of an account."""

_BALANCES = frozenset({"balance", BALANCE, RUNNING_BALANCE})
"""The booked one counts first: what is available has an overdraft, or payments to come, in it."""

LIKELY = 0.75
"""Confidence below which a column is left open: the person who imports has to say what it is."""
_SAMPLE = 200
_ROW_IDS = frozenset({"transaction_id", "message_id", "event_id"})
_MOST_DISTINCT = 0.9
"""Share of different values that a column of row numbers has at least (own choice)."""
_NEEDED: Mapping[str, tuple[frozenset[str], ...]] = {
    "customers": (frozenset({"customer_id"}),),
    "products": (frozenset({"product_id", "name"}),),
    "transactions": (
        frozenset({"booked_at"}),
        frozenset({"amount", MONEY_IN, MONEY_OUT}),
        frozenset({"customer_id"}),
    ),
    FOREIGN: (frozenset({"booked_at"}), frozenset({"amount"}), frozenset({"customer_id"})),
    "accounts": (frozenset({"customer_id"}),),
    "holdings": (frozenset({"customer_id"}), frozenset({"product_id"})),
    "months": (frozenset({"customer_id"}), frozenset({"month"})),
    "messages": (frozenset({"customer_id"}), frozenset({"text"})),
    "events": (frozenset({"customer_id"}), frozenset({"product_id"}), frozenset({"action"})),
    "consents": (frozenset({"customer_id"}), frozenset({"purpose"}), frozenset({"status"})),
    "labels": (frozenset({"customer_id"}), frozenset({"name"}), frozenset({"value"})),
    "contacts": (frozenset({"customer_id"}),),
    ORDERS: (frozenset({"customer_id"}), frozenset({"amount"})),
}
"""Table -> groups of targets; a file without one of each group has no row of that table."""
_SAYS_LITTLE = frozenset({"messages", "contacts", "products", "months"})
"""Tables that many a file could be by its columns: one called otherwise is none of them."""
_OF_MONEY = frozenset({"amount", "amt", "debit", "credit", "debits", "credits", "withdrawal"})
"""Words in names of columns of payments."""
_BOTH_WAYS = frozenset({"in", "out"})  # columns of money only beside each other
_PLAUSIBLE = {"age": (0.0, 120.0), "credit_score": (100.0, 1000.0)}  # most figures lie between
_NEVER_A_FLAG = frozenset({"annual_income", "savings_goal", "annual_revenue", *_PLAUSIBLE})
_PARSERS = {
    "gender": "gender",
    "risk_tolerance": "risk",
    "satisfaction": "ten_or_mood",
    "sentiment": "ten_or_mood",
    "interest_rate": "rate",
    "rewards_rate": "rate",
    "management_fee": "rate",
    "expected_return": "rate",
    "consents.status": "consent",
    "consents.purpose": "purpose",
    "accounts.kind": "account_kind",
    "messages.kind": "message_kind",
}
"""Columns of ours whose text a stranger may write in several ways."""
RATES = frozenset(ours for ours, parser in _PARSERS.items() if parser == "rate")
"""Columns of ours that are shares, and that a stranger may write in per cent."""
_LOWER = frozenset({"kind", "status", "audience", "action", "purpose", "item_type"})
SEVERAL = frozenset({"name"})
"""Columns of ours that several columns of a file may be together."""


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
        proposed once.
    """
    if table not in TABLES:
        raise BadInput(f"There is no table {table!r}; tables are {', '.join(TABLES)}.")
    by_content = nameless.columns_of(frame) if table == "transactions" else {}
    sampled = [_Sampled(frame[source]) for source in frame.columns]
    is_pair = {cells.name for cells in sampled} >= _BOTH_WAYS
    candidates = sorted(
        (-_confidence(cells, ours, table), position, ours)
        for position, cells in enumerate(sampled)
        for ours in targets(table)
        if is_pair or cells.name not in _BOTH_WAYS
    )
    chosen: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for negative, position, ours in candidates:
        several = ours in SEVERAL and -negative >= SURE
        if -negative >= LIKELY and position not in chosen and (ours not in taken or several):
            chosen[position] = (ours, round(-negative, 2))
            taken.add(ours)
    places = {source: position for position, source in enumerate(frame.columns)}
    chosen |= {places[source]: (ours, SURE) for source, ours in by_content.items()}
    rows = [
        (source, *chosen.get(position, (None, 0.0)), sampled[position].example)
        for position, source in enumerate(frame.columns)
    ]
    columns = ["source_column", "target_column", "confidence", "example"]
    return pd.DataFrame(rows, columns=columns)


def targets(table: str) -> list[str]:
    """What a column of a file of that table may be matched to."""
    own = [column for column in TABLES[table] if column != "attributes"]
    return [*own, *ALSO_MATCHED.get(table, ())]


def suggest_table(name: str, frame: pd.DataFrame) -> str | None:
    """Our table that a file or sheet most likely is: by its name and by its columns."""
    ranked = rank_tables(name, frame)
    return ranked[0] if ranked else None


def _is_bare_statement(frame: pd.DataFrame) -> bool:
    """Whether a file has a day and an amount, which alone make transactions of no name."""
    return not lacking("transactions", {*_sure_targets(frame, "transactions"), "customer_id"})


def rank_tables(name: str, frame: pd.DataFrame) -> list[str]:
    """Our tables that a file or sheet may be, the likeliest first.

    A name counts unless the columns cannot be that table and are another one. Orders need one.
    """
    if nameless.columns_of(frame):
        return ["transactions"]
    named = table_called(name)
    told = [t for t in TABLES if t != FOREIGN and (t != ORDERS or named == ORDERS)]
    sure = {table: _sure_targets(frame, table) for table in told}
    if named != "products" and not _names_products(frame):
        sure["products"] = set()
    if "months" in sure and _has_days(frame):
        sure["months"] = set()
    owned = {table: {*sure[table], *_from_joins(table)} for table in sure}
    able = [t for t in sure if len(sure[t]) >= 3 and not lacking(t, owned[t])]
    if "transactions" in able and "customers" in able and _repeats(frame):
        able.remove("customers")
    if any(not _OF_MONEY.isdisjoint(plain_name(c).split("_")) for c in frame.columns):
        able = [t for t in able if t != "messages" or named == t]  # a narrative is no message
    if "transactions" in able and "holdings" in able:
        able.remove("holdings")  # what was paid for is no contract
    if named is not None and named not in able:
        able = [table for table in able if table not in _SAYS_LITTLE]
    by_columns = sorted(able, key=lambda table: -len(sure[table]))
    if named in able or (named is not None and not able):
        return [named, *(table for table in by_columns if table != named)]
    best = max(sure, key=lambda table: len(sure[table]))
    if not by_columns and "customer_id" in sure["months"] and wide_months.columns_of(frame):
        return ["months"]
    return by_columns or ([best] if len(sure[best]) >= 3 else [])


def _has_days(frame: pd.DataFrame) -> bool:
    """Whether what may be the months of a file are single days, several in one month."""
    called = {
        ours: [c for c in frame.columns if _is_called(plain_name(c), ours, "months")]
        for ours in ("month", "customer_id")
    }
    return telling_cells.are_days(frame, *called.values())


def _from_joins(table: str) -> set[str]:
    """What another file may say of the rows of a table: whose they are."""
    return set() if table == "customers" else {"customer_id"}


def table_called(name: str) -> str | None:
    """Our table of which a file or sheet has the name."""
    plain = synonyms.normal(name.rsplit("/", 1)[-1])
    if plain == FOREIGN:
        return "transactions"
    for called in (plain, synonyms.without_noise(plain)):
        if called in TABLES:
            return called
        if called in synonyms.TABLES:
            return synonyms.TABLES[called]
    return None


def plain_name(column: str) -> str:
    """The normal name of a column without a currency or a unit at its end."""
    return synonyms.unit_of(synonyms.without_currency(synonyms.normal(column)))[0]


def _sure_targets(frame: pd.DataFrame, table: str) -> set[str]:
    names = {plain_name(column) for column in frame.columns}
    names -= set() if names >= _BOTH_WAYS else _BOTH_WAYS
    return {ours for ours in targets(table) if any(_is_called(n, ours, table) for n in names)}


def _names_products(frame: pd.DataFrame) -> bool:
    """Whether a column is called like the name or the code of a product: a bare "id" is not."""
    names = {plain_name(column) for column in frame.columns} - {"id"}
    return any(_is_called(n, ours, "products") for n in names for ours in ("product_id", "name"))


def _repeats(frame: pd.DataFrame) -> bool:
    """Whether the customer numbers of a file stand in several rows each."""
    for column in frame.columns:
        if _is_called(synonyms.normal(column), "customer_id", "customers"):
            said = PARSERS["text"](frame[column]).dropna()
            return bool(len(said)) and said.nunique() < _MOST_DISTINCT * len(said)
    return False


def lacking(table: str, matched: Iterable[str]) -> list[str]:
    """Columns that a file of a table cannot be read without, and that nothing is matched to."""
    has = set(matched)
    return [" or ".join(sorted(group)) for group in _NEEDED[table] if not group & has]


def what_is_missing(raw: RawTable, match: Match) -> str:
    """One sentence on the columns that a file lacks; empty where it lacks none."""
    missing = lacking(match.table, match.columns.values())
    if not missing:
        return ""
    rest = [c for c in raw.frame.columns if c not in match.columns]
    near = [
        (difflib.SequenceMatcher(None, synonyms.normal(c), ours).ratio(), c)
        for c in rest
        for ours in missing[0].split(" or ")
    ]
    nearest = f"; the nearest is {max(near)[1]!r}" if near else ""
    return (
        f"no column is {missing[0]}, which {match.table} cannot do without; the columns are "
        f"{', '.join(list(raw.frame.columns)[:12])}{nearest}"
    )


def _recognised(tables: Mapping[str, RawTable]) -> Iterator[tuple[str, str | None]]:
    """Every source table with the one of ours that it is, if any."""
    for name, raw in tables.items():
        table = suggest_table(name, raw.frame)
        is_bare = table is None and len(tables) == 1 and _is_bare_statement(raw.frame)
        yield name, "transactions" if is_bare else table


def is_recognised(tables: Mapping[str, RawTable]) -> bool:
    """Whether any source table is one of ours."""
    return any(table is not None for _, table in _recognised(tables))


def guess(tables: Mapping[str, RawTable]) -> dict[str, Match]:
    """Matches that need no asking, for every source table that is recognised as one of ours."""
    matches = {}
    for name, table in _recognised(tables):
        if table is not None:
            raw = tables[name]
            suggestions = suggest(raw.frame, table)
            sure = suggestions[suggestions["confidence"] >= SURE]
            columns = dict(zip(sure["source_column"], sure["target_column"], strict=True))
            matches[name] = Match(table, columns)
    return matches


def build_layout(
    matches: Mapping[str, Match],
    base: Layout | None = None,
    amounts: Mapping[str, Mapping[str, Any]] | None = None,
) -> Layout:
    """A layout from matches, ready to import with.

    Parameters
    ----------
    matches : mapping of str to Match
    base : Layout, optional
        What holds beside the tables.
    amounts : mapping, optional
        Source table -> how our column `amount` comes about (`signs.decide`).

    Raises
    ------
    BadInput
        If nothing is matched, or a column is matched to one that its table has not.
    """
    specs = []
    for source, match in matches.items():
        sources: dict[str, list[str]] = {}
        for theirs, ours in match.columns.items():
            if match.table not in TABLES or ours not in targets(match.table):
                raise BadInput(f"Table {match.table} has no column {ours!r} (for {theirs!r}).")
            sources.setdefault(ours, []).append(theirs)
        if sources:
            given = {} if amounts is None or source not in amounts else {"amount": amounts[source]}
            specs.append(_spec(match.table, source, sources, given))
    if not any(spec.columns for spec in specs):
        raise BadInput("No column was matched. Match at least the customer number of customers.")
    specs += _balances(matches)
    fields = {} if base is None else base.model_dump(exclude={"tables", "name", "title"})
    title = "Columns matched by name" if base is None else base.title
    return Layout(name=TABLES_LAYOUT, title=title, tables=tuple(specs), **fields)


def _spec(
    table: str,
    source: str,
    sources: Mapping[str, list[str]],
    given: Mapping[str, Mapping[str, Any]],
) -> TableSpec:
    columns: dict[str, Any] = {**_followed(table, sources), **given}
    for ours, theirs in sources.items():
        if ours in ALSO_MATCHED.get(table, ()) or ours in columns:
            continue
        own = _PARSERS.get(ours, "lower" if ours in _LOWER else "")
        parser = _PARSERS.get(f"{table}.{ours}", own)
        join = " " if len(theirs) > 1 and ours in SEVERAL else None
        words_to_ours = dict(synonyms.AUDIENCES) if ours == "audience" else {}
        columns[ours] = {"from": theirs, "join": join, "parse": parser, "map": words_to_ours}
    return TableSpec(**{"into": table, "from": source, "columns": columns})


def _followed(table: str, sources: Mapping[str, list[str]]) -> dict[str, dict[str, Any]]:
    """Columns of ours that follow from targets which are none."""
    columns: dict[str, dict[str, Any]] = {}
    if BORN_ON in sources:
        columns[BORN] = {"from": sources[BORN_ON]}
    if table == "products" and len(given := {"product_id", "name"} & set(sources)) == 1:
        (missing,) = {"product_id", "name"} - given
        columns[missing] = {"from": sources[given.pop()]}
    if MONTHLY_INCOME in sources and "annual_income" not in sources:
        columns["annual_income"] = {"from": sources[MONTHLY_INCOME], "parse": "monthly"}
    return columns


def _balances(matches: Mapping[str, Match]) -> list[TableSpec]:
    """Current accounts for the customers files that have a balance."""
    specs = []
    for source, match in matches.items():
        theirs = {ours: theirs for theirs, ours in match.columns.items()}
        if match.table == "customers" and BALANCE in theirs and "customer_id" in theirs:
            columns = {
                "customer_id": theirs["customer_id"],
                "kind": {"value": "current"},
                "balance": theirs[BALANCE],
            }
            given = {"into": "accounts", "from": source, "columns": columns, "ignore": ("*",)}
            specs.append(TableSpec(**given))
    return specs


@lru_cache(maxsize=2**16)
def _is_called(name: str, ours: str, table: str) -> bool:
    """Whether a normal name is that of a target, or one of its other names."""
    if ours in ALSO_MATCHED.get(table, ()):
        name = synonyms.without_owner(name) if table == "customers" else name
        return not synonyms.FOLLOWED[ours].isdisjoint((name, synonyms.spelled(name)))
    if name == "id" and ours == "customer_id" and table != "customers":
        return False
    if ours == "customer_id" and synonyms.is_customer_number(name):
        return True
    if table == "customers":
        name = synonyms.without_owner(name)
    others = (ours, f"{table}.{ours}")
    names = (name for key in others for name in synonyms.COLUMNS.get(key, ()))
    return not {name, synonyms.spelled(name)}.isdisjoint((ours, *names))


@dataclass
class _Sampled:
    """A column whose first cells are read once, however many targets it is compared with."""

    cells: pd.Series
    _shares: dict[str, float] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        return plain_name(str(self.cells.name))

    @cached_property
    def said(self) -> pd.Series:
        return PARSERS["text"](self.cells.head(_SAMPLE)).dropna()

    @cached_property
    def words(self) -> pd.Series:
        """What is said, without a header that stands there again."""
        return self.said[self.said != self.cells.name]

    @property
    def example(self) -> str:
        return "" if self.said.empty else str(self.said.iloc[0])[:40]

    def readable(self, ours: str, table: str) -> float:
        """Share of the first cells that our column's parser can read."""
        kind = TABLES[table][ours]
        if self.said.empty or kind not in ("number", "time", "flag", "json"):
            return 1.0
        parser = "json_text" if kind == "json" else kind
        if parser not in self._shares:
            self._shares[parser] = float(PARSERS[parser](self.said).notna().mean())
        return self._shares[parser]

    @cached_property
    def parts_both_ways(self) -> bool:
        """Whether a column of any name says "in or out": nothing but such words, and both."""
        return telling_cells.says_in_or_out(self.words)

    @cached_property
    def parts_booked(self) -> bool:
        """Whether a column of any name says what is booked."""
        return telling_cells.says_booked(self.words, self.name)


def confidence(cells: pd.Series, ours: str, table: str) -> float:
    """How sure a column is one of ours, 0 to 1."""
    return _confidence(_Sampled(cells), ours, table)


def _confidence(column: _Sampled, ours: str, table: str) -> float:
    name = column.name
    is_followed = ours in ALSO_MATCHED.get(table, ())
    if name == ours and not is_followed:
        return 1.0
    if _is_called(name, ours, table):
        fits = _says(column, ours) if is_followed else _fits(column, ours, table)
        by_pattern = ours == "customer_id" and name not in synonyms.COLUMNS[ours]
        is_second = name == "id" or ("available" in name and ours in _BALANCES)
        return (0.93 if is_second else 0.94 if by_pattern else 0.95) * fits
    if ours == IN_OR_OUT and column.parts_both_ways:
        return 0.92
    if ours == STATUS and column.parts_booked:
        return 0.92
    if is_followed:
        return 0.0
    likeness = _likeness(name, ours)
    if likeness <= 0.6 or not _fits(column, ours, table):
        return 0.0
    return 0.85 * likeness * column.readable(ours, table)


@lru_cache(maxsize=2**16)
def _likeness(name: str, ours: str) -> float:
    return difflib.SequenceMatcher(None, name, ours).ratio()


def _fits(column: _Sampled, ours: str, table: str) -> bool:
    """Whether what a column holds may be what its name says."""
    if ours in _ROW_IDS and ours in KEYS.get(table, ()):
        said = PARSERS["text"](column.cells).dropna()
        return said.nunique() >= _MOST_DISTINCT * len(said)
    if column.readable(ours, table) < 0.5:
        return False
    said = column.said
    if ours == "currency":
        return said.empty or bool(said.map(currencies.meanings).astype(bool).mean() >= 0.5)
    if ours == "audience":
        known = said.str.lower().isin(list(synonyms.AUDIENCES))
        return bool(len(said)) and bool(known.mean() >= SURE)
    if table != "customers" or ours not in _NEVER_A_FLAG:
        return True
    values = PARSERS["number"](column.cells.head(_SAMPLE)).dropna()
    is_flag = set(values) == {0.0, 1.0}
    low, high = _PLAUSIBLE.get(ours, (-float("inf"), float("inf")))
    return not is_flag and (values.empty or bool(values.between(low, high).mean() >= 0.5))


def _says(column: _Sampled, ours: str) -> bool:
    """Whether a column that may say "in or out" or "booked" does so in words that are known."""
    sample = column.words
    if ours == IN_OR_OUT:
        signs = directions.read(sample, directions.form_of(sample))
        return bool(len(sample)) and float(signs.notna().mean()) >= SURE
    if ours == STATUS:
        known = sample.map(lambda cell: synonyms.booking_status(cell.lower()) is not None)
        return bool(len(sample)) and (bool(known.mean() >= 0.5) or column.parts_booked)
    if ours in (MONEY_IN, MONEY_OUT, RUNNING_BALANCE) and len(sample):
        return bool(PARSERS["number"](sample).notna().any())
    return True
