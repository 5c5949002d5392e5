"""A stranger's raw tables in; tables that hold data alone and the layout that reads them out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from engine.bank.decision import Certainty, Decision
from engine.bank.importing import (
    column_matching,
    derived_tables,
    identifiers,
    import_plan,
    money,
    rows_apart,
    signs,
)
from engine.bank.importing import layout as layouts
from engine.bank.importing.column_matching import BORN_ON, Match
from engine.bank.importing.derived_tables import Matches, Tables
from engine.bank.importing.import_plan import FilePlan, ImportPlan
from engine.bank.importing.layout import Layout
from engine.bank.parsing import dates, decimals
from engine.bank.quality import Findings
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput
from engine.vocabulary import TABLES


@dataclass(frozen=True)
class Wish:
    """What a person wants of an import.

    Attributes
    ----------
    plan : ImportPlan, optional
        As a person said or an earlier import did; made up from names and content when not given.
    currency : str
        ISO code of amounts that come without one; empty where nobody said.
    is_whole : bool
        The files are a whole bank: what no file has may follow from the others. It may not where
        files come beside an earlier edition, which has it.
    latest : Timestamp, optional
        The moment of import: nobody is born after it.
    """

    plan: ImportPlan | None = None
    currency: str = ""
    is_whole: bool = True
    latest: pd.Timestamp | None = None

    @property
    def said_currency(self) -> str:
        return self.currency or (self.plan.currency if self.plan else "")


@dataclass(frozen=True, eq=False)
class Prepared:
    """Tables of a stranger as they are mapped, and the plan of their files.

    Attributes
    ----------
    tables : mapping of str to RawTable
        Without rows that are no data; with tables that follow from others.
    layout : Layout
    files : tuple of FilePlan
    """

    tables: Mapping[str, RawTable]
    layout: Layout
    files: tuple[FilePlan, ...]


def prepare(
    tables: Mapping[str, RawTable],
    wish: Wish,
    findings: Findings,
    key: Callable[[], bytes],
) -> Prepared:
    """Make a bank's own tables ready for the mapping.

    Parameters
    ----------
    tables : mapping of str to RawTable
    wish : Wish
    findings : Findings
        Takes what cannot be read, what is no data, decisions and notes.
    key : callable
        Gives the key under which account and card numbers are hashed.

    Raises
    ------
    BadInput
        If no file has the columns that its rows cannot do without, or the plan does not fit.
    """
    given = wish.plan
    if given is not None:
        for note in import_plan.check_fits(given, tables):
            findings.note(note)
    tables, notes = identifiers.shortened(tables, key)
    for note in notes:
        findings.note(note)
    matches = column_matching.guess(tables) if given is None else given.matches
    tables, forms = _with_points(tables, matches)
    findings.decide(import_plan.decisions_of(tables, matches))
    for name, match in matches.items():
        findings.decide(d for d in forms.get(name, ()) if d.column in match.columns)
        if name in tables:
            tables[name], decisions = _with_dates(tables[name], match, wish.latest)
            findings.decide(decisions)
    asked, directions = dict(matches), given.directions if given else {}
    whole = dict(tables)
    tables, matches = _of_data(tables, matches, findings)
    tables, matches = _owned(tables, matches, wish.is_whole, findings)
    tables, matches, told = _with_signs(tables, matches, directions, wish.is_whole, findings)
    amounts = {name: sign.column for name, sign in told.items()}
    base = layouts.named(layouts.TABLES_LAYOUT)
    tables, matches, code, decisions = money.with_currencies(
        tables, matches, wish.said_currency, base.currency
    )
    findings.decide(decisions)
    base = base.model_copy(update={"currency": code})
    layout = column_matching.build_layout(matches, base, amounts)
    return Prepared(tables, layout, _file_plans(whole, asked, told))


def _owned(
    tables: Tables, matches: Matches, is_whole: bool, findings: Findings
) -> tuple[Tables, Matches]:
    """Rows with their customers, and the customers where no file names them."""
    tables, matches, decisions = derived_tables.with_owners(tables, matches)
    findings.decide(decisions)
    if is_whole:
        tables, matches, decisions = derived_tables.with_only_owner(tables, matches)
        findings.decide(decisions)
    matches = _readable(tables, matches, findings)
    if is_whole:
        tables, matches, decisions = derived_tables.with_customers(tables, matches)
        findings.decide(decisions)
    return tables, matches


def _with_points(
    tables: Mapping[str, RawTable], matches: Mapping[str, Match]
) -> tuple[dict[str, RawTable], dict[str, list[Decision]]]:
    """Numbers with a decimal point, and how those of every file were written."""
    pointed, forms = {}, {}
    for name, raw in tables.items():
        columns = matches[name].columns if name in matches else {}
        kinds = TABLES[matches[name].table] if columns else {}
        amounts = [c for c, ours in columns.items() if kinds.get(ours, "number") == "number"]
        frame, forms[name] = decimals.with_points(raw.frame, raw.file, raw.delimiter, amounts)
        pointed[name] = replace(raw, frame=frame)
    return pointed, forms


def _with_dates(
    raw: RawTable, match: Match, latest: pd.Timestamp | None
) -> tuple[RawTable, list[Decision]]:
    """Days whose order the cells leave open, births and months, written the one way that is read.

    Each column is read by its own cells; one that proves the order speaks for the others.
    """
    kinds = {**TABLES[match.table], BORN_ON: "time"} if match.table in TABLES else {}
    columns: dict[str, dates.Kind] = {
        column: "birth" if ours == BORN_ON else "month" if ours == "month" else "day"
        for column, ours in match.columns.items()
        if kinds.get(ours) == "time" and column in raw.frame
    }
    changed, decisions = {}, []
    for column, form in dates.forms_of(raw.frame, columns, latest).items():
        decisions += form.decisions(raw.file, column)
        if form.n_open or form.years or form.kind != "day":
            days = dates.read(raw.frame[column], form).dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
            changed[column] = days.fillna(raw.frame[column]).astype("str")
    return replace(raw, frame=raw.frame.assign(**changed)), decisions


def _file_plans(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    told: Mapping[str, signs.Signs],
) -> tuple[FilePlan, ...]:
    """What a plan keeps of every file: what was asked of it, not what follows."""
    return tuple(
        FilePlan(
            name,
            match.table,
            dict(match.columns),
            tuple(c for c in tables[name].frame if c not in match.columns),
            told[name].decision.reading if name in told else "",
        )
        for name, match in matches.items()
    )


def _of_data(
    tables: Mapping[str, RawTable], matches: Mapping[str, Match], findings: Findings
) -> tuple[Tables, Matches]:
    """Tables without the rows that are no data, and what follows from some of those."""
    tables, matches = dict(tables), dict(matches)
    for name, match in list(matches.items()):
        if name not in tables:
            continue
        if months := rows_apart.months_of(tables[name], match):
            tables[months[0].name], matches[months[0].name] = months
        tables[name], aparts = rows_apart.split(tables[name], match)
        for apart in aparts:
            findings.set_aside(match.table, tables[name].file, apart.lines, apart.kind)
            certainty = Certainty.PROVED if apart.is_proved else Certainty.LIKELY
            reading = f"{len(apart.lines):,} rows set apart as {apart.kind}"
            findings.decide(
                [Decision(tables[name].file, "", "rows", reading, certainty, apart.evidence)]
            )
        if match.table == "customers":
            tables[name], matches[name], decision = derived_tables.with_audience(
                tables[name], match
            )
            findings.decide([decision] if decision else [])
    if not any(match.table == "holdings" for match in matches.values()):
        for name, match in list(matches.items()):
            if name in tables and (made := derived_tables.holdings_of(tables[name], match)):
                tables[made[0].name], matches[made[0].name] = made[:2]
                findings.decide([made[2]])
    return tables, matches


def _readable(
    tables: Mapping[str, RawTable], matches: Mapping[str, Match], findings: Findings
) -> dict[str, Match]:
    """Matches of the tables that have what their rows cannot do without."""
    readable, problems = {}, []
    for name, match in matches.items():
        raw = tables.get(name)
        if raw is None or not (problem := column_matching.what_is_missing(raw, match)):
            readable[name] = match
            continue
        findings.reject(match.table, raw.file, raw.lines, problem)
        problems.append(f"{raw.file}: {problem}.")
    if problems and not readable:
        raise BadInput(" ".join(problems))
    return readable


def _with_signs(
    tables: Tables,
    matches: Matches,
    directions: Mapping[str, str],
    is_whole: bool,
    findings: Findings,
) -> tuple[Tables, Matches, dict[str, signs.Signs]]:
    """How the amounts of every file are read, and accounts from running balances."""
    tables, matches, told = dict(tables), dict(matches), {}
    has_accounts = not is_whole or any(match.table == "accounts" for match in matches.values())
    for name, match in list(matches.items()):
        if match.table != "transactions" or name not in tables:
            continue
        sign = signs.decide(tables[name], match, directions.get(name, ""))
        if sign is None:
            continue
        findings.decide([sign.decision])
        tables[name], told[name] = sign.raw, sign
        made = None if has_accounts else derived_tables.balances_of(sign.raw, match, sign)
        if made is not None:
            tables[made[0].name], matches[made[0].name] = made
    return tables, matches, told
