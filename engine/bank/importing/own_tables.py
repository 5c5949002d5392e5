"""A stranger's raw tables in; tables that hold data alone and the layout that reads them out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pandas as pd

from engine.bank.decision import Answer, Certainty, Decision
from engine.bank.importing import (
    derived_tables,
    flat_customers,
    import_plan,
    latest_balances,
    repeated_rows,
    same_accounts,
)
from engine.bank.importing.columns import (
    account_kinds,
    column_forms,
    column_matching,
    fees,
    identifiers,
    money,
    rows_apart,
    signs,
    units,
)
from engine.bank.importing.columns import layout as layouts
from engine.bank.importing.columns.column_matching import Match
from engine.bank.importing.columns.layout import Column, Layout
from engine.bank.importing.columns.mapping import directed
from engine.bank.importing.derived_tables import Matches, Tables
from engine.bank.importing.import_plan import FilePlan, ImportPlan
from engine.bank.quality import Findings
from engine.bank.reading import encodings, statements
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput


@dataclass(frozen=True)
class Wish:
    """What a person wants of an import.

    Attributes
    ----------
    plan : ImportPlan, optional
        As a person said or an earlier import did; made up from names and content when not given.
    currency : str
        ISO code of amounts that come without one; empty where nobody said.
    derived : frozenset of str, optional
        Tables of ours that may follow from others where no file has them: all of a new bank; for
        files that come beside an earlier edition those that did at its import.
    is_plain : bool
        No catalogue but the one that stands in is known so far.
    latest : Timestamp, optional
        The moment of import: nobody is born after it.
    customers : frozenset of str
        Those of the earlier edition, where they followed from other tables at its import.
    """

    plan: ImportPlan | None = None
    currency: str = ""
    derived: frozenset[str] | None = None
    is_plain: bool = True
    latest: pd.Timestamp | None = None
    customers: frozenset[str] = frozenset()

    @property
    def said_currency(self) -> str:
        return self.currency or (self.plan.currency if self.plan else "")

    def derives(self, table: str) -> bool:
        return self.derived is None or table in self.derived

    def said(self, field: str) -> dict[str, Any]:
        """Table -> what a person said of its file in a field of the plan."""
        return self.plan.said(field) if self.plan else {}

    def spoken(self, source: str, field: str) -> column_forms.Spoken:
        """What is said of the columns of a file in a field of the plan, and how surely."""
        said = self.said(field).get(source, {})
        earlier = self.plan.of_earlier_files(source, field, said) if self.plan else ()
        return column_forms.Spoken(said, frozenset(earlier))


@dataclass(frozen=True, eq=False)
class Prepared:
    """Tables of a stranger as they are mapped, and the plan of their files.

    Attributes
    ----------
    tables : mapping of str to RawTable
        Without rows that are no data; with tables that follow from others.
    layout : Layout
    files : tuple of FilePlan
    kept : tuple of FilePlan
        The same with what is proved or was said, and nothing that is only likely.
    made : frozenset of str
        Tables of ours that follow from others.
    partial : frozenset of str
        Those, and accounts of single statements: who is not in them is not gone.
    accounts : mapping of str to str
        File of transactions -> its column of the account.
    known_accounts : mapping of str to str
        `same_accounts.Joined.known` of these files.
    """

    tables: Mapping[str, RawTable]
    layout: Layout
    files: tuple[FilePlan, ...]
    kept: tuple[FilePlan, ...] = ()
    made: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()
    accounts: Mapping[str, str] = field(default_factory=dict)
    known_accounts: Mapping[str, str] = field(default_factory=dict)


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
    said = ("", {}) if given is None else (given.accounts, given.known_accounts)
    one_name = same_accounts.joined(tables, *said, key)
    tables = one_name.tables
    findings.decide(one_name.decisions)
    of_statements = {name for name, raw in tables.items() if statements.is_of_accounts(raw)}
    tables, notes = identifiers.shortened(tables, key)
    findings.notes += notes
    of_plan = given.matches if given else column_matching.guess(tables)
    matches = {name: match for name, match in of_plan.items() if name in tables}
    findings.decide(import_plan.readings_of(tables))
    tables = identifiers.without_rounded(tables, matches, findings)
    doubts = () if given is None else given.decisions
    findings.decide(import_plan.decisions_of(tables, matches, doubts))
    asked, given_tables = dict(matches), tables
    said_months = wish.said("months")
    tables, matches, monthly = flat_customers.with_months(tables, matches, wish.latest, said_months)
    findings.decide(monthly)
    tables, forms = _with_forms(tables, matches, wish, asked)
    findings.decide(forms)
    whole = {**given_tables, **tables}
    tables, matches, apart = _of_data(tables, matches, wish.said("rows"), findings)
    tables, charged = _with_fees(tables, matches, wish)
    findings.decide(charged)
    tables, matches, ended = _owned(tables, matches, wish, findings)
    tables, matches = _with_holdings(tables, matches, findings)
    tables, matches, told, again = _with_signs(tables, matches, wish, findings)
    amounts = {name: sign.column for name, sign in told.items()}
    base = layouts.named(layouts.TABLES_LAYOUT)
    tables, matches, code, decisions = money.with_currencies(
        tables, matches, wish.said_currency, base.currency, wish.said("currency")
    )
    findings.decide(decisions)
    base = base.model_copy(update={"currency": code})
    layout = column_matching.build_layout(matches, base, amounts)
    made, incomplete = _made(matches, asked, of_statements)
    about_signs = [
        replace(sign.decision, answer=Answer(name, "direction", "", sign.choices))
        for name, sign in told.items()
    ]
    decided = [*monthly, *forms, *apart, *ended, *again, *charged, *about_signs]
    decided += import_plan.readings_of(whole)
    plans = _file_plans(whole, asked, decided, wish)
    sure = [d for d in decided if _is_sure(d, wish)]
    kept = _file_plans(whole, asked, sure, wish)
    accounts, known = _account_columns(whole, asked), one_name.known
    return Prepared(tables, layout, plans, kept, made, incomplete, accounts, known)


def _made(
    matches: Matches, asked: Matches, of_statements: set[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Tables of ours that follow from others; those, and accounts of single statements."""
    held = {match.table for match in asked.values()}
    made = frozenset(match.table for match in matches.values()) - held
    of_accounts = {name for name, match in asked.items() if match.table == "accounts"}
    is_of_single = bool(of_accounts) and of_accounts <= of_statements
    return made, made | ({"accounts"} if is_of_single else set())


def _account_columns(tables: Tables, asked: Matches) -> dict[str, str]:
    """File -> its column of the account."""
    return {
        tables[name].file: column
        for name, match in asked.items()
        for column, ours in match.columns.items()
        if ours == column_matching.ACCOUNT
    }


def _is_made(decision: Decision, asked: Mapping[str, Match]) -> bool:
    """Whether a decision is about a table that no file is."""
    return decision.answer is not None and decision.answer.source not in asked


def _owned(
    tables: Tables, matches: Matches, wish: Wish, findings: Findings
) -> tuple[Tables, Matches, list[Decision]]:
    """Rows with their customers, and the customers where no file names them; what was decided of
    accounts that are no more."""
    tables, matches, decisions = derived_tables.with_owners(tables, matches)
    findings.decide(decisions)
    if wish.derives("customers"):
        said = wish.said("customer")
        of_files = wish.plan.customers if wish.plan else ""
        tables, matches, decisions = derived_tables.with_only_owner(
            tables, matches, said, of_files, wish.customers
        )
        findings.decide(decisions)
        if wish.derived is not None:
            _refuse_strangers(decisions)
    matches = _readable(tables, matches, findings)
    if wish.derives("customers"):
        before = frozenset(tables)
        tables, matches, decisions = derived_tables.with_customers(tables, matches)
        findings.decide(decisions)
        for name in tables.keys() - before:
            tables[name], made = column_forms.with_dates(
                name, tables[name], matches[name], wish.latest, column_forms.Spoken({}), {}
            )
            findings.decide([replace(decision, answer=None) for decision in made])
    said, ended = wish.said("rows"), list[Decision]()
    for name in [n for n, match in matches.items() if match.table == "accounts" and n in tables]:
        kinds = account_kinds.with_kinds(tables[name], matches[name])
        (raw, matches[name], told), of_file = kinds, said.get(name, {})
        findings.decide(told)
        tables[name], aparts = rows_apart.without_ended(raw, matches[name], of_file)
        for apart in (apart for apart in aparts if not apart.is_kept):
            findings.set_aside("accounts", raw.file, apart.lines, apart.kind)
        ended += rows_apart.decisions(name, raw.file, aparts, of_file)
    findings.decide(ended)
    return tables, matches, ended


def _refuse_strangers(decisions: Sequence[Decision]) -> None:
    """A name of a file or an account that the bank does not know is no new customer of a bank that
    has some: rows would count twice."""
    doubts = [f"{d.file}: {d.evidence}" for d in decisions if d.certainty is Certainty.GUESS]
    if doubts:
        raise BadInput(
            f"{'; '.join(doubts)}, and the bank has customers already. Say whose they are: in the "
            "plan with the field customer of the file, on the page under the question about the "
            f"customer ({derived_tables.EACH_ACCOUNT!r} makes new ones)."
        )


def _with_forms(
    tables: Tables, matches: Mapping[str, Match], wish: Wish, asked: Mapping[str, Match]
) -> tuple[Tables, list[Decision]]:
    """Numbers and days of every file as they are read from here on, and how they were written.

    What is `asked` about is files: nobody can answer for a table that follows from one.
    """
    read, decisions = {}, []
    centuries, per_cents, minus = (wish.said(field) for field in ("centuries", "units", "signs"))
    swapped = wish.said("swapped")
    for name, raw in tables.items():
        match = matches.get(name)
        numbers = wish.spoken(name, "numbers")
        read[name], made = column_forms.with_points(name, raw, match, numbers)
        decisions += made
        of_units = per_cents.get(name, {}), minus.get(name, {})
        read[name], made = units.with_units(name, read[name], match, *of_units, raw)
        decisions += made
        if match is not None:
            read[name], made = column_forms.with_typed_days(
                name, read[name], match, swapped.get(name, {})
            )
            decisions += made
            of_days = wish.spoken(name, "dates"), centuries.get(name, {})
            read[name], made = column_forms.with_dates(
                name, read[name], match, wish.latest, *of_days
            )
            decisions += made
    return read, [replace(d, answer=None) if _is_made(d, asked) else d for d in decisions]


def _file_plans(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    decided: Sequence[Decision],
    wish: Wish,
) -> tuple[FilePlan, ...]:
    """What a plan keeps of every file: what was asked of it, not what follows; no guess."""
    said = {field: wish.said(field) for field in ("currency", "customer")}
    written: dict[str, dict[str, Any]] = {}
    for decision in decided:
        answer = decision.answer
        if answer is None or not _is_told(decision, answer, wish):
            continue
        of_file = written.setdefault(answer.source, {})
        if answer.column:
            of_file.setdefault(answer.field, {})[answer.column] = answer.choices[0]
        else:
            of_file[answer.field] = answer.choices[0]
    return tuple(
        FilePlan(
            name,
            match.table,
            dict(match.columns),
            tuple(c for c in tables[name].frame if c not in match.columns),
            **{field: of_files.get(name, "") for field, of_files in said.items()},
            **written.get(name, {}),
        )
        for name, match in matches.items()
    )


def _is_told(decision: Decision, answer: Answer, wish: Wish) -> bool:
    """Whether the file or a person tells a reading; a guess has to be asked about again."""
    if decision.reading == encodings.ASCII:
        return False
    return decision.certainty is not Certainty.GUESS or _is_said(answer, wish)


def _is_said(answer: Answer, wish: Wish) -> bool:
    said = wish.said(answer.field).get(answer.source, "")
    if said and answer.column:
        said = said.get(answer.column, "")
    return bool(said) and said == answer.choices[0]


def _is_sure(decision: Decision, wish: Wish) -> bool:
    """Whether a reading is proved, and holds for the next file as well, or was said.

    How its cells are told apart a file proves for itself alone.
    """
    if decision.answer is None or _is_said(decision.answer, wish):
        return True
    is_of_file = decision.answer.field in import_plan.READ_AS.values()
    return decision.certainty is Certainty.PROVED and not is_of_file


def _of_data(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    said: Mapping[str, Mapping[str, str]],
    findings: Findings,
) -> tuple[Tables, Matches, list[Decision]]:
    """Tables without the rows that are no data, and what follows from some of those."""
    tables, matches, decisions = dict(tables), dict(matches), []
    for name, match in list(matches.items()):
        if name not in tables:
            continue
        if flat := flat_customers.with_rows_each(tables[name], match):
            tables[name], match, made, further = flat
            matches[name] = match
            file = tables[name].file
            findings.set_aside("customers", file, further, flat_customers.FURTHER)
            for raw, of_made, decision in made:
                tables[raw.name], matches[raw.name] = raw, of_made
                findings.decide([decision])
        if months := rows_apart.months_of(tables[name], match):
            tables[months[0].name], matches[months[0].name] = months
        tables[name], aparts = rows_apart.split(tables[name], match, said.get(name, {}))
        for apart in aparts:
            if not apart.is_kept:
                findings.set_aside(match.table, tables[name].file, apart.lines, apart.kind)
        decisions += rows_apart.decisions(name, tables[name].file, aparts, said.get(name, {}))
        if match.table == "customers":
            tables[name], matches[name], decision = derived_tables.with_audience(
                tables[name], match
            )
            findings.decide([decision] if decision else [])
    _add_made(tables, matches, findings)
    findings.decide(decisions)
    return tables, matches, decisions


def _add_made(tables: Tables, matches: Matches, findings: Findings) -> None:
    """Holdings, consents and accounts from columns of customers, where no file has any."""
    held = {match.table for match in matches.values()}
    steps = {
        "holdings": derived_tables.holdings_of,
        "consents": flat_customers.consents_of,
        "accounts": account_kinds.of_customers,
    }
    for table, step in steps.items():
        for name, match in list(matches.items()):
            if table not in held and name in tables and (made := step(tables[name], match)):
                tables[made[0].name], matches[made[0].name] = made[:2]
                findings.decide([made[2]])
                if table == "accounts":
                    matches[name] = account_kinds.without_balance(match)


def _with_holdings(tables: Tables, matches: Matches, findings: Findings) -> tuple[Tables, Matches]:
    """Holdings from accounts, where no file has any."""
    if any(match.table == "holdings" for match in matches.values()):
        return tables, matches
    for name, match in list(matches.items()):
        if made := derived_tables.holdings_of_accounts(tables[name], match):
            tables = {**tables, made[0].name: made[0]}
            matches = {**matches, made[0].name: made[1]}
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


def _with_fees(tables: Tables, matches: Matches, wish: Wish) -> tuple[Tables, list[Decision]]:
    """Amounts of every file with the fees that came on top of them."""
    tables, decisions, said = dict(tables), [], wish.said("fee")
    for name, match in matches.items():
        if name in tables:
            raw, direction = tables[name], wish.said("direction").get(name, "")
            signed = partial(_signed, raw, match, direction)
            counted = signs.counter(raw, match)
            tables[name], made = fees.with_fees(
                name, raw, match, said.get(name, ""), signed, counted
            )
            decisions += made
    return tables, decisions


def _signed(raw: RawTable, match: Match, direction: str, amounts: pd.Series) -> pd.Series:
    """Amounts of a file with the signs that it tells, or a plan."""
    told = signs.decide(raw, match, direction)
    if told is None:
        return amounts
    return directed(amounts, told.raw.frame, Column(**told.column))


def _with_signs(
    tables: Tables,
    matches: Matches,
    wish: Wish,
    findings: Findings,
) -> tuple[Tables, Matches, dict[str, signs.Signs], list[Decision]]:
    """How the amounts of every file are read, and accounts from running balances; what was decided
    of payments that two files have."""
    tables, matches, told = dict(tables), dict(matches), {}
    balances: dict[str, str] = {}
    directions = wish.said("direction")
    named = any(match.table == "accounts" for match in matches.values())
    has_accounts = named or not wish.derives("accounts")
    for name, match in list(matches.items()):
        if match.table != "transactions" or name not in tables:
            continue
        tables[name], match = account_kinds.with_account_each(tables[name], match)
        sign = signs.decide(tables[name], match, directions.get(name, ""))
        if sign is None:
            continue
        matches[name] = match
        answer = Answer(name, "direction", "", sign.choices)
        findings.decide([replace(sign.decision, answer=answer)])
        for note in signs.without_balance(sign.raw, match):
            findings.note(note)
        tables[name], told[name] = sign.raw, sign
        made = None if has_accounts else derived_tables.balances_of(sign.raw, match, sign)
        if made is not None:
            tables[made[0].name], matches[made[0].name] = made
            balances[name] = made[0].name
            findings.decide(account_kinds.kinds_told(sign.raw, *made))
    said, repeats = wish.said("rows"), repeated_rows.found(tables, matches, told)
    tables, older = latest_balances.with_latest(tables, matches, told, balances, repeats, said)
    tables, again = repeated_rows.without_repeated(tables, repeats, said, findings)
    matches, once, tables = account_kinds.without_repeated(tables, matches)
    findings.decide([*again, *older, *once])
    return tables, matches, told, [*again, *older]
