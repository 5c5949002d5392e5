"""A file of customers in; accounts, holdings and consents that stand in it, as tables, out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.bank.decision import Certainty, Decision, counted
from engine.bank.importing.columns import synonyms, wide_months
from engine.bank.importing.columns.column_matching import ACCOUNT, BALANCE, Match
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.importing.derived_tables import PRODUCT_COLUMNS
from engine.bank.reading.raw_table import RawTable

Made = tuple[RawTable, Match, Decision]

FURTHER = "further row of a customer"
"""Kind of rows that hold another account or product of a customer."""

_GRANTS = re.compile(
    r"(?:(?:marketing|email|e_mail|sms|phone|gdpr|contact)_)*(?:consent|opt_in|permission)"
    r"(?:_(?:marketing|email|sms|phone|given))*"
)
_REFUSES = re.compile(
    r"(?:has_)?(?:(?:marketing|email|e_mail|sms|phone)_)*opt(?:ed)?_out"
    r"(?:_(?:of_)?(?:marketing|emails?|sms|phone|calls?|fax))*"
    r"|(?:pi_|is_)?do_not_(?:contact|call|market|mail|e?_?mail|phone|sms)|no_marketing|no_contact"
    r"|unsubscribed(?:_from_(?:all_)?emails?)?|email_opt_out|opted_out_of_\w+"
)
_OF_NUMBER = re.compile(r"n(?:o|r|um)?[.º°]|№|#", re.IGNORECASE)
"""Beginnings of names of columns that count something: "No. contact"."""
_KINDS = ("account_type", "kind", "type_of_account", "type")


def with_rows_each(
    raw: RawTable, match: Match
) -> tuple[RawTable, Match, list[Made], np.ndarray] | None:
    """Customers of a file with a row for each of their accounts or products.

    Returns
    -------
    RawTable, Match
        The customers, once each.
    list of (RawTable, Match, Decision)
        Accounts or holdings.
    ndarray of int64
        Lines of the further rows.
    None
        Where customers stand once each, or their rows say different things of them.
    """
    theirs = {ours: column for column, ours in match.columns.items()}
    if match.table != "customers" or "customer_id" not in theirs:
        return None
    ids = PARSERS["identity"](raw.frame[theirs["customer_id"]])
    again = (ids.duplicated() & ids.notna()).to_numpy()
    if not again.any():
        return None
    about = [c for c, ours in match.columns.items() if ours not in (BALANCE, "customer_id")]
    said = raw.frame[about]
    if about and (said.notna() & (said != said.groupby(ids).transform("first"))).any(axis=None):
        return None
    made = _accounts(raw, match, theirs, ids) or _holdings(raw, match, theirs, ids)
    if made is None:
        return None
    moved = set(made[1].columns) - {theirs["customer_id"]}
    frame = raw.frame[~again].drop(columns=list(moved)).reset_index(drop=True)
    rest = replace(raw, frame=frame, lines=raw.lines[~again])
    columns = {c: ours for c, ours in match.columns.items() if c not in moved}
    return rest, Match("customers", columns), [made], raw.lines[again]


def _named(raw: RawTable, match: Match, names: Sequence[str] | frozenset[str]) -> str | None:
    free = (c for c in raw.frame if c not in match.columns)
    return next((c for c in free if synonyms.spelled(synonyms.normal(c)) in names), None)


def _accounts(raw: RawTable, match: Match, theirs: dict[str, str], ids: pd.Series) -> Made | None:
    number = _named(raw, match, synonyms.FOLLOWED[ACCOUNT])
    if number is None or BALANCE not in theirs:
        return None
    numbers = PARSERS["identity"](raw.frame[number])
    if numbers.isna().any() or numbers.duplicated().any():
        return None
    columns = {theirs["customer_id"]: "customer_id", number: "account_id"}
    columns |= {theirs[BALANCE]: "balance"}
    if kind := _named(raw, match, _KINDS):
        columns[kind] = "kind"
    return _made(raw, ids, "accounts", columns, number)


def _holdings(raw: RawTable, match: Match, theirs: dict[str, str], ids: pd.Series) -> Made | None:
    product = _named(raw, match, PRODUCT_COLUMNS)
    if product is None or BALANCE in theirs:
        return None
    columns = {theirs["customer_id"]: "customer_id", product: "product_id"}
    if opened := _named(raw, match, (*synonyms.COLUMNS["opened_on"], "opened_on")):
        columns[opened] = "opened_on"
    return _made(raw, ids, "holdings", columns, product)


def _made(raw: RawTable, ids: pd.Series, table: str, columns: dict[str, str], by: str) -> Made:
    name = f"{raw.name} {table}"
    made = replace(
        raw, name=name, frame=raw.frame[list(columns)].copy(), bad_lines=(), n_bad_lines=0
    )
    decision = Decision(
        raw.file,
        by,
        "holdings",
        f"{counted(len(made.frame), table.removesuffix('s'))} of "
        f"{counted(ids.nunique(), 'customer')}, one a row",
        Certainty.LIKELY,
        "customers stand in several rows that say the same of them",
    )
    return made, Match(table, columns), decision


def consents_of(raw: RawTable, match: Match) -> Made | None:
    """Consents to marketing from columns such as "marketing_consent" and "do_not_call".

    Who is not on a list of those not to be called has thereby agreed to nothing: a "no" there says
    nothing.
    """
    theirs = {ours: column for column, ours in match.columns.items()}
    if match.table != "customers" or "customer_id" not in theirs:
        return None
    refused, said, columns = np.zeros(len(raw.frame), bool), np.zeros(len(raw.frame), bool), []
    for column in (c for c in raw.frame if c not in match.columns):
        name = synonyms.normal(column)
        if _OF_NUMBER.match(column.strip()):
            continue
        grants, refuses = _GRANTS.fullmatch(name), _REFUSES.fullmatch(name)
        cells = PARSERS["text"](raw.frame[column])
        flags = PARSERS["flag"](cells)
        if not (grants or refuses) or cells.isna().all() or (flags.isna() & cells.notna()).any():
            continue
        known = flags.notna().to_numpy()
        against = known & flags.eq(bool(refuses)).fillna(False).to_numpy(bool)
        refused |= against
        said |= against if refuses else known
        columns.append(column)
    if not said.any():
        return None
    frame = pd.DataFrame(
        {
            "customer_id": raw.frame[theirs["customer_id"]].to_numpy()[said],
            "purpose": "marketing",
            "status": np.where(refused[said], "refused", "granted"),
        }
    ).astype("str")
    made = replace(
        raw, name=f"{raw.name} consents", frame=frame, lines=raw.lines[said],
        bad_lines=(), n_bad_lines=0,
    )  # fmt: skip
    reading = f"{counted(int(said.sum()), 'consent')} to marketing, {refused.sum():,} refused"
    evidence = "the names of the columns say so"
    decision = Decision(raw.file, ", ".join(columns), "plan", reading, Certainty.LIKELY, evidence)
    return made, Match("consents", {c: c for c in frame}), decision


def with_months(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    latest: pd.Timestamp | None = None,
    said: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[dict[str, RawTable], dict[str, Match], list[Decision]]:
    """Tables with a row a month for files of customers that have a column a month.

    Parameters
    ----------
    tables, matches : mappings
    latest : Timestamp, optional
        Today: no later month has figures.
    said : mapping, optional
        Table -> name of columns of months -> what a person said that they hold.
    """
    tables, matches, decisions = dict(tables), dict(matches), list[Decision]()
    for name, match in list(matches.items()):
        raw = tables[name]
        owner = next((c for c, ours in match.columns.items() if ours == "customer_id"), "")
        wide = wide_months.columns_of(raw.frame, name, latest) if owner else []
        wide = [w for w in wide if not set(w.months) & set(match.columns)]
        if not wide:
            continue
        is_bare = set(match.columns.values()) == {"customer_id"} and match.table != "customers"
        is_read = match.table == "customers" or is_bare
        wide = wide_months.as_said(wide, (said or {}).get(name, {}))
        wide = wide_months.of_rows(raw, owner, wide)
        decisions += wide_months.decisions(
            raw.file, match.table, wide, is_read=is_read, source=name
        )
        if is_read and any(w.is_read for w in wide):
            decisions += wide_months.added_up(raw, owner, wide)
            made = wide_months.long(raw, owner, wide)
            tables[made.name] = made
            matches[made.name] = Match("months", {column: column for column in made.frame})
            if is_bare:
                del tables[name], matches[name]
    return tables, matches, decisions
