"""Matched raw tables in, the same with the currency of every amount out, and what says it."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from engine.bank.decision import SAID, Answer, Certainty, Decision
from engine.bank.importing.column_matching import (
    BALANCE,
    MONEY_IN,
    MONEY_OUT,
    MONTHLY_INCOME,
    RUNNING_BALANCE,
    Match,
)
from engine.bank.parsing import currencies
from engine.bank.parsing.currencies import CurrencyReading
from engine.bank.reading.raw_table import RawTable

CODE = "currency by sign"
"""Column that is added to a raw table whose header or cells say the currency."""

_MONEY = frozenset(
    {
        "amount",
        "balance",
        "annual_income",
        "income",
        "spending",
        "loan_balance",
        "credit_limit",
        "savings_goal",
        "annual_revenue",
        MONEY_IN,
        MONEY_OUT,
        RUNNING_BALANCE,
        BALANCE,
        MONTHLY_INCOME,
    }
)
_SAMPLE = 2000
_SIGN = r"([^\W\d_]{0,3}[$€£¥₹₺₽₩₦₴₫₱₪฿]|[^\W\d_]{2,4})"


def with_currencies(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    said: str,
    default: str,
    by_file: Mapping[str, str] | None = None,
) -> tuple[dict[str, RawTable], dict[str, Match], str, list[Decision]]:
    """The currency of every file's amounts.

    Parameters
    ----------
    tables, matches : mappings
    said : str
        ISO code that a person gave for amounts that come without one; empty where nobody did.
    default : str
        What is guessed where nothing says it.
    by_file : mapping of str to str, optional
        Table -> ISO code that a person gave for amounts of that file.

    Returns
    -------
    dict of str to RawTable, dict of str to Match
        Transactions have a code each.
    str
        The currency of amounts that come without one.
    list of Decision
    """
    tables, matches, decisions = dict(tables), dict(matches), []
    readings: list[CurrencyReading] = []
    silent = []
    for name, match in list(matches.items()):
        if name not in tables or not _money_columns(match):
            continue
        raw = tables[name]
        own = _reading(raw, match)
        reading = _said_of_file(own, (by_file or {}).get(name, ""))
        if reading.evidence:
            readings.append(reading)
            decision = reading.decision(raw.file, ", ".join(_money_columns(match)))
            codes = [code for code in (reading.code, own.code, *own.others) if code]
            choices = tuple(dict.fromkeys(codes))
            answer = Answer(name, "currency", "", choices, is_open=True)
            decisions.append(replace(decision, answer=answer))
        elif raw.file not in {decision.file for decision in decisions}:
            silent.append(raw.file)
        if match.table == "transactions":
            tables[name], matches[name] = _with_codes(raw, match, reading)
    known = [reading.code for reading in readings if reading.code]
    code = said or (known[0] if known else default)
    if silent and said:
        decisions.append(_silent(silent, code, Certainty.PROVED, SAID))
    elif silent and known:
        evidence = "other files of the source are in it"
        decisions.append(_silent(silent, code, Certainty.LIKELY, evidence))
    elif silent:
        evidence = "no code and no sign says it; --currency does"
        decisions.append(_silent(silent, code, Certainty.GUESS, evidence))
    return tables, matches, code, decisions


def _silent(files: list[str], code: str, certainty: Certainty, evidence: str) -> Decision:
    answer = Answer("", "currency", "", (code,), is_open=True)
    return Decision(", ".join(files[:5]), "", "currency", code, certainty, evidence, (), answer)


def _said_of_file(own: CurrencyReading, said: str) -> CurrencyReading:
    """What a person said of a file; asked about again where the file itself proves another."""
    if not said or said == own.code:
        return replace(own, certainty=Certainty.PROVED, evidence=SAID, others=()) if said else own
    if own.certainty is Certainty.PROVED and own.code:
        evidence = f"a person said so, but {own.evidence}"
        return CurrencyReading(said, Certainty.GUESS, evidence, (own.code,))
    return CurrencyReading(said, Certainty.PROVED, SAID)


def _money_columns(match: Match) -> list[str]:
    return [column for column, ours in match.columns.items() if ours in _MONEY]


def _reading(raw: RawTable, match: Match) -> CurrencyReading:
    """The currency of a file, by a column of codes, its headers and the signs in its cells."""
    codes = [c for c, ours in match.columns.items() if ours == "currency"]
    columns = _money_columns(match)
    return currencies.together(
        [
            *(currencies.of_codes(raw.frame[c]) for c in codes),
            *(currencies.of_header(c) for c in columns),
            *(
                currencies.of_signs(_signs(raw.frame[c].head(_SAMPLE)), f"column {c}")
                for c in columns
            ),
        ]
    )


def _signs(cells: pd.Series) -> list[str]:
    said = cells.dropna().str.slice(0, 60).str.extract(_SIGN)[0].dropna().unique()
    return [sign for sign in said if currencies.meanings(sign)]


def _with_codes(raw: RawTable, match: Match, reading: CurrencyReading) -> tuple[RawTable, Match]:
    """Transactions with a code in every row that has one, in capitals."""
    columns = [c for c, ours in match.columns.items() if ours == "currency"]
    if columns:
        codes = currencies.read(raw.frame[columns[0]], reading.code)
        kept = codes.fillna(raw.frame[columns[0]])
        return replace(raw, frame=raw.frame.assign(**{columns[0]: kept})), match
    if not reading.evidence:
        return raw, match
    codes = pd.Series(reading.code or None, index=raw.frame.index, dtype="str")
    for column in _money_columns(match):
        signs = raw.frame[column].str.slice(0, 60).str.extract(_SIGN)[0]
        codes = currencies.read(signs, reading.code).fillna(codes)
    frame = raw.frame.assign(**{CODE: codes})
    return replace(raw, frame=frame), Match(match.table, {**match.columns, CODE: "currency"})
