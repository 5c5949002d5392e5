"""Cells of a column in; whether they say what is booked, what comes in, or single days, out."""

from collections.abc import Sequence

import pandas as pd

from engine.bank.decision import Certainty
from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.parsing import dates, directions

_MOST_WORDS = 6
"""Different words of a column of booking states, or that says "in or out" (own choice)."""
_CODE = 2  # letters of a code such as D and K: of two, one tells what the other says
_SURE = 0.9
"""Share of the cells that are such words (own choice)."""
_SAMPLE = 5000
_REFUSING = frozenset({"pending", "declined"})
_OF_OTHERS = frozenset(
    {"account", "aml", "application", "card", "check", "client", "consent", "contract", "customer",
     "delivery", "email", "fraud", "kyc", "loan", "marketing", "message", "order", "risk", "sms"}
)  # fmt: skip
"""Words in names of columns of a state that is not that of the booking."""


def says_in_or_out(words: pd.Series) -> bool:
    """Whether a column says "in or out": nothing but such words, and both.

    Parameters
    ----------
    words : Series of str
        The cells that say something.
    """
    if words.empty or words.nunique() > _MOST_WORDS:
        return False
    form = directions.form_of(words)
    if form.certainty is Certainty.LIKELY and words.str.len().max() > _CODE:
        return False  # the other of two words may mean anything
    said = directions.read(words, form)
    return bool(said.notna().mean() >= _SURE) and {-1.0, 1.0} <= set(said)


def says_booked(words: pd.Series, name: str) -> bool:
    """Whether a column says what is booked: known words alone, of both kinds, or some that refuse
    beside the word of most rows.

    Parameters
    ----------
    words : Series of str
        The cells that say something.
    name : str
        Normal name of the column.
    """
    counts = words.str.lower().value_counts()
    if not 1 < len(counts) <= _MOST_WORDS:
        return False
    cells = list(counts.index)
    kinds = {cell: synonyms.booking_status(cell) for cell in cells}
    denied = {cell for cell in cells if synonyms.denies_booking(cell)}
    if denied:
        return {kinds[c] for c in cells if c not in denied} == {synonyms.BOOKED_KIND}
    if None not in kinds.values():
        return synonyms.BOOKED_KIND in kinds.values() and len({*kinds.values()}) > 1
    return _refuses(counts, kinds, name)


def _refuses(counts: pd.Series, kinds: dict[str, str | None], name: str) -> bool:
    """Whether some rows say that they are pending or declined, and most say one other word.

    A column of texts or of places has as many words as rows, or figures in them.
    """
    spelled = synonyms.spelled(name)
    if not _OF_OTHERS.isdisjoint(spelled.split("_")):
        return False
    is_short = all(len(c.split()) <= 3 and not any(map(str.isdigit, c)) for c in counts.index)
    most = kinds[counts.index[0]] in (None, synonyms.BOOKED_KIND) and counts.iloc[0] > 1
    return is_short and most and not _REFUSING.isdisjoint(kinds.values())


def are_days(frame: pd.DataFrame, days: Sequence[str], owners: Sequence[str]) -> bool:
    """Whether the first of some columns has several days of one month, of one customer where a
    column says whose: the rows are no months, in whatever order day and month are written."""
    if not days:
        return False
    cells = frame[days[0]].head(_SAMPLE)
    form = dates.form_of(cells, "month")
    whose = pd.Series("", index=cells.index)
    if owners:
        whose = PARSERS["identity"](frame[owners[0]].head(_SAMPLE))
    for reading in (form.reading, *form.others):
        told = dates.read(cells, dates.form_named(reading, "month")).dt.normalize()
        n_days = told.groupby([whose, told.dt.to_period("M")]).nunique()
        if not (n_days > 1).any():
            return False
    return True
