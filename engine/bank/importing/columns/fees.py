"""Transactions with a fee in a column of its own in; whether the amount holds it, and why, out."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.bank.decision import SAID, Answer, Certainty, Decision
from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.column_matching import RUNNING_BALANCE, Match
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.parsing import numbers
from engine.bank.reading.raw_table import RawTable
from engine.bank.reading.typed_cells import text_of
from engine.errors import BadInput

WITHIN, ON_TOP = "in the amount", "on top of the amount"
"""What a plan says of a fee."""
_CENT = 0.006

Signed = Callable[[pd.Series], pd.Series]
"""Amounts as written in; the same with their signs, out is negative, out."""
Counted = Callable[[pd.Series, pd.Series], tuple[int, int]]
"""Amounts and balances in; rows that add up, and rows that can, out."""


def with_fees(
    name: str, raw: RawTable, match: Match, said: str, signed: Signed, counted: Counted
) -> tuple[RawTable, list[Decision]]:
    """Amounts with the fee that came on top of them; which it is, is a decision.

    Parameters
    ----------
    name : str
        The file as the plan calls it.
    said : str
        What a plan says; empty where the file has to tell.
    signed : callable
        Puts the signs on amounts, as far as the file tells them before its fees are known.
    counted : callable
        How many rows add up to the running balance.

    Raises
    ------
    BadInput
        If the plan says something else than WITHIN or ON_TOP.
    """
    theirs = {ours: column for column, ours in match.columns.items()}
    free = [c for c in raw.frame if c not in match.columns and synonyms.normal(c) in synonyms.FEES]
    if match.table != "transactions" or "amount" not in theirs or not free:
        return raw, []
    column, amounts = theirs["amount"], PARSERS["number"](raw.frame[theirs["amount"]])
    fees = PARSERS["number"](raw.frame[free[0]]).fillna(0.0)
    n = int((fees != 0).sum())
    if not n:
        return raw, []
    if said and said not in (WITHIN, ON_TOP):
        raise BadInput(
            f"The plan says of the fees of {raw.file} that they are {said!r}; they can be "
            f"{WITHIN!r} or {ON_TOP!r}."
        )
    before = signed(amounts)
    less = before - fees.abs()
    own, certainty, evidence = _told(raw, theirs, amounts, fees, less, counted)
    reading, others = said or own, tuple({WITHIN, ON_TOP} - {said or own})
    if said and said != own and certainty is Certainty.PROVED:
        certainty, evidence = Certainty.GUESS, f"the plan says so, but {evidence}"
    elif said:
        certainty, evidence = Certainty.PROVED, SAID
    answer = Answer(name, "fee", "", (reading, *others))
    shown = others if certainty is Certainty.GUESS else ()
    decision = Decision(raw.file, free[0], "fee", reading, certainty, evidence, shown, answer)
    if reading == WITHIN:
        return raw, [decision]
    turned = np.sign(before / amounts)
    if (turned < 0).any():
        turned = turned.fillna(np.sign(signed(amounts.mask(amounts == 0, 1.0))))
    changed = amounts.notna() & (fees != 0)
    written = (less * turned.fillna(1.0)).round(6)[changed].map(text_of).astype("str")
    cells = raw.frame[column].copy()
    cells[changed] = written.str.cat(cells[changed].map(_sign), sep=" ").str.strip().astype("str")
    return replace(raw, frame=raw.frame.assign(**{column: cells})), [decision]


def _sign(cell: str) -> str:
    """The currency that stands in a cell."""
    parts = numbers.parts_of(cell)
    return parts.sign if parts else ""


def _told(
    raw: RawTable,
    theirs: Mapping[str, str],
    amounts: pd.Series,
    fees: pd.Series,
    less: pd.Series,
    counted: Counted,
) -> tuple[str, Certainty, str]:
    """By another column that the fee makes the amount of, else by the running balance."""
    n = int((fees != 0).sum())
    for column in raw.frame:
        if synonyms.normal(column) in synonyms.GROSS:
            gross = PARSERS["number"](raw.frame[column])
            fits = (gross - fees.abs() - amounts).abs() <= _CENT
            if bool(fits[fees != 0].all()):
                return WITHIN, Certainty.PROVED, f"{column} less the fee gives it in {n:,} rows"
    if RUNNING_BALANCE in theirs:
        balance = PARSERS["number"](raw.frame[theirs[RUNNING_BALANCE]])
        (n_within, n_rows), (n_on_top, _) = (
            counted(signed, balance) for signed in (less + fees.abs(), less)
        )
        if n_within != n_on_top:
            reading = WITHIN if n_within > n_on_top else ON_TOP
            n_fit = max(n_within, n_on_top)
            words = f"{n_fit:,} of {n_rows:,} rows add up to the balance if it is {reading}"
            is_proved = 2 * n_fit > n_rows
            return reading, Certainty.PROVED if is_proved else Certainty.LIKELY, words
    return (
        WITHIN,
        Certainty.GUESS,
        f"{n:,} rows have a fee, and nothing says whether it came on top",
    )
