"""Matched raw tables in, the same with the currency of every amount out, and what says it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from engine.bank.decision import SAID, Answer, Certainty, Decision
from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.column_matching import (
    BALANCE,
    MONEY_IN,
    MONEY_OUT,
    MONTHLY_INCOME,
    RUNNING_BALANCE,
    Match,
)
from engine.bank.importing.columns.mapping import Frames
from engine.bank.parsing import currencies, numbers
from engine.bank.parsing.currencies import CurrencyReading
from engine.bank.reading.raw_table import RawTable
from engine.vocabulary import FOREIGN

CODE = "currency by sign"
"""Column that is added to a raw table whose header or cells say the currency."""

_OF_PRODUCTS = frozenset(
    {"annual_fee", "monthly_fee", "min_income", "min_balance", "min_investment"}
)
"""Money of a catalogue: its currency counts where something says it."""
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
_WORDED = "[^0-9 .,'()+-]"
"""What a cell has that is more than a bare number."""
_SIGN = r"([^\W\d_]{0,3}[$€£¥₹₺₽₩₦₴₫₱₪฿]|[^\W\d_]{1,4})"


def with_currencies(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    said: str,
    default: str,
    by_file: Mapping[str, str] | None = None,
) -> tuple[dict[str, RawTable], dict[str, Match], str, list[Decision]]:
    """The currency of every file's amounts; those in another than the bank's kept apart.

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
        Transactions have a code each. Elsewhere an amount in another currency than the bank's is
        moved into a column of its own, which becomes an attribute.
    str
        The bank's currency: that of amounts that come without one.
    list of Decision
    """
    tables, matches, decisions = dict(tables), dict(matches), []
    own = {
        name: _reading(tables[name], match)
        for name, match in matches.items()
        if name in tables and _money_columns(match)
    }
    own = {n: r for n, r in own.items() if r.evidence or matches[n].table != "products"}
    said_of = {tables[name].file: code for name, code in (by_file or {}).items() if name in tables}
    readings = {
        name: _said_of_file(reading, said_of.get(tables[name].file, ""))
        for name, reading in own.items()
    }
    code = said or _commonest(tables, matches, readings) or default
    for name, reading in readings.items():
        raw, match = tables[name], matches[name]
        readings[name] = reading = _as_the_bank(reading, code)
        seen = {(decision.file, decision.reading) for decision in decisions}
        if reading.evidence and (raw.file, reading.code) not in seen:
            choices = [c for c in (reading.code, own[name].code, *own[name].others) if c]
            answer = Answer(name, "currency", "", tuple(dict.fromkeys(choices)), is_open=True)
            decision = reading.decision(raw.file, ", ".join(_money_columns(match)))
            if not reading.code:
                decision = replace(decision, reading="that of each row")
            decisions.append(replace(decision, answer=answer))
        if match.table == "transactions":
            tables[name], matches[name] = _with_codes(raw, match, reading)
        else:
            tables[name], apart = _without_others(raw, match, reading, code)
            decisions += apart
    named = {decision.file for decision in decisions}
    silent = [tables[n].file for n, r in readings.items() if not r.evidence]
    silent = [file for file in dict.fromkeys(silent) if file not in named]
    known = [reading.code for reading in readings.values() if reading.code]
    if silent:
        decisions.append(_silent(silent, code, is_said=bool(said), is_known=bool(known)))
    return tables, matches, code, decisions


def _commonest(
    tables: Mapping[str, RawTable],
    matches: Mapping[str, Match],
    readings: Mapping[str, CurrencyReading],
) -> str:
    """The currency of most rows: what is sure before what is not, transactions before others."""
    rows: Counter[tuple[bool, bool, str]] = Counter()
    for name, reading in readings.items():
        raw, is_payment = tables[name], matches[name].table == "transactions"
        codes = _codes(raw, matches[name], _money_columns(matches[name])[0], reading)
        is_sure = reading.certainty is Certainty.PROVED or not reading.code
        for code, n in codes.value_counts().items():
            rows[is_sure, is_payment, str(code)] += int(n)
    return max(rows, key=lambda key: (*key[:2], rows[key], key[2]))[2] if rows else ""


def _as_the_bank(reading: CurrencyReading, code: str) -> CurrencyReading:
    """A sign of several currencies means the bank's where it can."""
    if reading.certainty is Certainty.PROVED or code not in reading.others or not reading.code:
        return reading
    others = tuple(other for other in (reading.code, *reading.others) if other != code)
    return replace(reading, code=code, certainty=Certainty.LIKELY, others=others)


def _silent(files: list[str], code: str, *, is_said: bool, is_known: bool) -> Decision:
    certainty, evidence = Certainty.GUESS, "no code and no sign in the files says it"
    if is_said:
        certainty, evidence = Certainty.PROVED, SAID
    elif is_known:
        certainty, evidence = Certainty.LIKELY, "other files of the source are in it"
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
    of_table = _OF_PRODUCTS if match.table == "products" else _MONEY
    return [column for column, ours in match.columns.items() if ours in of_table]


def _code_columns(raw: RawTable, match: Match) -> list[str]:
    """Columns of codes: matched as such, or called so in a table that has no place for them."""
    matched = [c for c, ours in match.columns.items() if ours == "currency"]
    names = {"currency", *synonyms.COLUMNS["currency"]}
    free = [c for c in raw.frame if c not in match.columns and synonyms.normal(c) in names]
    return matched or [c for c in free if currencies.of_codes(raw.frame[c]).evidence][:1]


def _reading(raw: RawTable, match: Match) -> CurrencyReading:
    """The currency of a file, by a column of codes, its headers and the signs in its cells."""
    columns = _money_columns(match)
    for given in _code_columns(raw, match):
        said = raw.frame.loc[raw.frame[columns].notna().any(axis=1), given].str.strip().str.upper()
        if len(said) and said.isin(list(currencies.CODES)).all() and (said != said.iloc[0]).any():
            evidence = f"column {given} has {', '.join(sorted(said.unique())[:5])}"
            return CurrencyReading("", Certainty.PROVED, evidence)
    return currencies.together(
        [
            *(currencies.of_codes(raw.frame[c]) for c in _code_columns(raw, match)),
            *(currencies.of_header(c) for c in columns),
            *(
                currencies.of_signs(
                    _signs(raw.frame[c].head(_SAMPLE)).dropna().unique(), f"column {c}"
                )
                for c in columns
            ),
            *(_by_lakh(raw.frame[c].head(_SAMPLE), c) for c in columns),
        ]
    )


def _by_lakh(cells: pd.Series, column: str) -> CurrencyReading:
    """Where figures are parted as in 12,34,567 the currency is one of South Asia."""
    if not cells.str.contains(r"^\D{0,6}\d{1,2},\d\d,\d\d\d\b").any():
        return CurrencyReading()
    evidence = f"column {column} parts figures by lakh"
    return CurrencyReading("INR", Certainty.GUESS, evidence, ("PKR", "BDT", "NPR", "LKR"))


def _signs(cells: pd.Series) -> pd.Series:
    """The currency sign of every amount, such as R in "R 1 234.56"; missing where it has none."""
    worded = cells[cells.str.contains(_WORDED, na=False)]
    said = worded.str.slice(0, 60).str.extract(_SIGN)[0].reindex(cells.index)
    known = {sign: bool(currencies.meanings(sign)) for sign in said.dropna().unique()}
    is_other = said.notna() & ~said.isin([sign for sign, is_known in known.items() if is_known])
    if not is_other.any():
        return said
    parts = {cell: numbers.parts_of(cell) for cell in cells[is_other].unique()}
    behind = {cell: part.sign if part and part.sign else None for cell, part in parts.items()}
    return said.mask(is_other, cells.astype("object").map(behind)).astype("str")


def _codes(raw: RawTable, match: Match, column: str, reading: CurrencyReading) -> pd.Series:
    """The code of every amount of a column; missing where nothing says it."""
    prefer, header = reading.code, currencies.of_header(column)
    said = header.code if header.certainty is Certainty.PROVED else prefer
    codes = pd.Series(said or None, index=raw.frame.index, dtype="str")
    for given in _code_columns(raw, match):
        codes = currencies.read(raw.frame[given], prefer).fillna(codes)
    by_sign = currencies.read(_signs(raw.frame[column]), prefer)
    return by_sign.fillna(codes).where(raw.frame[column].notna()).astype("str")


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
        codes = currencies.read(_signs(raw.frame[column]), reading.code).fillna(codes)
    frame = raw.frame.assign(**{CODE: codes})
    return replace(raw, frame=frame), Match(match.table, {**match.columns, CODE: "currency"})


def _without_others(
    raw: RawTable, match: Match, reading: CurrencyReading, code: str
) -> tuple[RawTable, list[Decision]]:
    """A table whose amounts in another currency than the bank's stand in columns beside."""
    frame, decisions = raw.frame, []
    for column in _money_columns(match):
        codes = _codes(raw, match, column, reading)
        values = numbers.read(raw.frame[column])
        is_other = codes.notna() & (codes != code) & values.notna()
        if not is_other.any():
            continue
        sums = values[is_other].groupby(codes[is_other]).agg(["size", "sum"])
        said = ", ".join(f"{n:,.0f} in {c} (sum {s:,.2f})" for c, n, s in sums.itertuples())
        beside = (raw.frame[column] + " " + codes).where(is_other)
        frame = frame.assign(
            **{column: frame[column].mask(is_other), f"{column} in its currency": beside}
        )
        reading_words = f"kept apart in another currency: {said}"
        evidence = f"the bank's currency is {code}, and no rate is given: they are in no sum"
        decisions.append(
            Decision(raw.file, column, "amounts", reading_words, Certainty.LIKELY, evidence)
        )
    return replace(raw, frame=frame), decisions


def apart(transactions: pd.DataFrame, code: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Transactions in the bank's currency or without one, and those in another."""
    is_other = (transactions["currency"].notna() & (transactions["currency"] != code)).to_numpy()
    return transactions[~is_other], transactions[is_other]


def currencies_apart(kept: Frames, code: str) -> tuple[Frames, tuple[str, ...]]:
    """Transactions in another currency than the bank's in a table of their own."""
    if "transactions" not in kept:
        return kept, ()
    home, foreign = apart(kept["transactions"], code)
    if foreign.empty:
        return kept, ()
    named = ", ".join(f"{n:,} in {c}" for c, n in foreign["currency"].value_counts().items())
    note = (
        f"Transactions are in several currencies; those in another than {code} ({named}) are kept "
        f"in the table {FOREIGN}: there are no rates here, so they are in no sum and no balance."
    )
    return {**kept, "transactions": home, FOREIGN: foreign}, (note,)
