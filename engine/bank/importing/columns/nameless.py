"""A file of payments without names of columns in; which column is which, by what they hold, out."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from engine.bank.importing.columns.balance_proofs import prove
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.parsing import currencies, numbers
from engine.vocabulary import ALSO_MATCHED

_NAME = re.compile(r"column \d+")
_SAMPLE = 200
_MOST = 0.9
"""Share of the cells of a column that have to be days or figures (own choice)."""
_DECIMALS = r"[.,]\d{1,2}\D*$"
_LETTER = r"[^\W\d_]"


def is_nameless(frame: pd.DataFrame) -> bool:
    """Whether a file names none of its columns."""
    return bool(len(frame.columns)) and all(_NAME.fullmatch(str(c)) for c in frame.columns)


def columns_of(frame: pd.DataFrame) -> Mapping[str, str]:
    """Column -> ours, for the rows of a statement: the first day, the amount, the running balance
    that it adds up to, the currency, and the longest text.

    Nothing where the file names its columns, or nothing tells which of several figures is the
    amount.
    """
    if not is_nameless(frame):
        return {}
    head = frame.head(_SAMPLE)
    said = {c: PARSERS["text"](head[c]).dropna() for c in head}
    said = {c: cells for c, cells in said.items() if len(cells)}
    days = [c for c, cells in said.items() if _are_days(cells)]
    figures = [c for c, cells in said.items() if c not in days and _are_amounts(cells)]
    money = _money(head, figures)
    if not days or not money:
        return {}
    found = {days[0]: "booked_at", **money}
    texts = {c: cells for c, cells in said.items() if c not in found and c not in days}
    codes = [c for c, cells in texts.items() if cells.isin(list(currencies.CODES)).all()]
    if codes:
        found[codes[0]] = "currency"
    letters = {
        c: cells.str.count(_LETTER).mean() for c, cells in texts.items() if c not in codes[:1]
    }
    longest = max(letters, key=lambda c: letters[c], default="")
    if longest and letters[longest] > 1:
        found[longest] = "description"
    return found


def _are_days(cells: pd.Series) -> bool:
    has_shape = cells.str.fullmatch(r"\d{8}|\d{1,4}[-./ ]\w{1,9}[-./ ]\d{1,4}(?:[ T].*)?")
    return bool(has_shape.mean() >= _MOST and PARSERS["time"](cells).notna().mean() >= _MOST)


def _are_amounts(cells: pd.Series) -> bool:
    """Whether cells are figures, and some have decimals or a sign, unlike account numbers."""
    is_written = cells.str.contains(_DECIMALS) | cells.str.contains(r"^\s*[-+(]")
    return bool(numbers.read(cells).notna().mean() >= _MOST and is_written.any())


def _money(head: pd.DataFrame, figures: Iterable[str]) -> dict[str, str]:
    """The amount, and the balance that it adds up to; nothing where several may be the amount."""
    values = {c: numbers.read(head[c]) for c in figures}
    if len(values) == 1:
        return dict.fromkeys(values, "amount")
    one = pd.Series("", index=head.index)
    forward = pd.RangeIndex(len(head)).to_numpy()
    proofs = {
        (amount, balance): prove(values[amount], values[balance], one, [forward, forward[::-1]])
        for amount in values
        for balance in values
        if amount != balance
    }
    holding = [pair for pair, proof in proofs.items() if proof.holds and proof.n_tested > 1]
    if len(holding) != 1:
        return {}
    ((amount, balance),) = holding
    return {amount: "amount", balance: ALSO_MATCHED["transactions"][4]}
