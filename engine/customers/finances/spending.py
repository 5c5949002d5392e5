"""Transactions in; the spending category of each, and what each customer spends on what, out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.parsing.merchant_codes import code_of
from engine.bank.stored_rows import Rows
from engine.customers import lexicon
from engine.customers.finances.months import N_MONTHS, YEAR, ends_of, transaction_slots
from engine.customers.row_index import CustomerRows, total
from engine.models.categories import TextClassifier
from engine.vocabulary import INCOME_CATEGORY, SPENDING_CATEGORIES

INCOME_CODE: Final = -1
NAMES: Final = (*SPENDING_CATEGORIES, INCOME_CATEGORY)
"""`NAMES[code]` reads -1 as income."""
_CODES: Final = {name: code for code, name in enumerate(SPENDING_CATEGORIES)}
_OTHER: Final = _CODES["other"]
_HALF: Final = np.timedelta64(14, "D")
"""From a month's first day to the last of its first half."""


@dataclass(frozen=True, eq=False)
class Spending:
    """Where the money goes.

    Attributes
    ----------
    codes : ndarray of int8, shape (n_transactions,)
        Place in SPENDING_CATEGORIES; -1 for income.
    in_window : ndarray of bool, shape (n_transactions,)
        Within the 12 months that end with the customer's own last dated transaction, and within
        the 24 months of the grid.
    bets : ndarray of bool, shape (n_transactions,)
        Spending on shares, crypto, bets and the like.
    monthly : DataFrame of shape (n_customers, n_categories)
        Money a month, positive; zeros where there is no transaction.
    speculative : ndarray of shape (n_customers,)
        Money a month on shares, crypto, bets and the like; part of `monthly`.
    known : ndarray of bool, shape (n_customers,)
        The customer has spending transactions in the window.
    stated : ndarray of shape (n_customers, n_categories)
        What may be said of it: money a month over the whole months of the window, or all money of
        the window where none of it falls into a whole month.
    days : ndarray of shape (n_customers, n_categories)
        Of the window, for the latter; NaN elsewhere.
    last_day : ndarray of datetime64[D], shape (n_customers,)
        Of the window; the year 1 where there is none.
    counts : ndarray of int64, shape (n_customers, n_categories)
        Spending transactions in the window.
    """

    codes: np.ndarray
    in_window: np.ndarray
    bets: np.ndarray
    monthly: pd.DataFrame
    speculative: np.ndarray
    known: np.ndarray
    stated: np.ndarray
    days: np.ndarray
    last_day: np.ndarray
    counts: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Share of each category, shape (n_customers, n_categories); zeros where unknown."""
        money = self.monthly.to_numpy()
        sums = money.sum(axis=1, keepdims=True)
        return np.divide(money, sums, out=np.zeros_like(money), where=sums > 0)


def categorise(
    transactions: pd.DataFrame, learned: TextClassifier | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Category of each transaction, and whether its words speak of speculation.

    Parameters
    ----------
    transactions : DataFrame
        category, merchant, description, amount (signed, out is negative).
    learned : TextClassifier, optional
        Names what the rules only know as "other".

    Returns
    -------
    codes : ndarray of int8, shape (n_transactions,)
        -1 (income) for every amount above 0, so that a salary is never spending.
    speculative : ndarray of bool, shape (n_transactions,)

    Notes
    -----
    The source's own category decides where its name is known or it is a merchant category code
    with its name, as an import writes it (a bank's own "6300 Rent" is read by its words), then
    words in it, then words in merchant and description (lexicon.toml); what is left is
    "other". Only distinct texts are looked at, so the cost does not grow with the number of
    transactions.
    """
    columns = [transactions[c] for c in ("category", "merchant", "description")]
    combined = np.zeros(len(transactions), dtype=np.int64)
    for column in columns:
        codes, distinct = pd.factorize(column)
        combined = combined * (len(distinct) + 1) + codes + 1
        combined = pd.factorize(combined)[0]
    first = pd.Series(combined).drop_duplicates().index
    category, merchant, description = (
        column.iloc[first].astype("str").str.lower().str.strip().reset_index(drop=True)
        for column in columns
    )
    text = merchant.fillna("") + " | " + description.fillna("")
    codes = _from_words(text, _from_source(category))
    if learned is not None:
        codes = _from_classifier(text, codes, learned)
    speculative = lexicon.mentions(text + " | " + category.fillna(""), "speculative").to_numpy()
    out = transactions["amount"].to_numpy(dtype=float) <= 0
    codes = np.where(out, codes[combined], INCOME_CODE).astype(np.int8)
    return codes, speculative[combined] & out


def own_categories(names: pd.Series) -> pd.Series:
    """A source's names for categories as ours (lexicon.toml), NaN where none of ours fits."""
    codes = _from_source(names.str.lower().str.strip())
    ours = np.array([*SPENDING_CATEGORIES, np.nan], dtype=object)[codes]
    return pd.Series(ours, index=names.index, dtype="str")


def _from_source(category: pd.Series) -> np.ndarray:
    known = {**lexicon.source_categories(), **{name: name for name in SPENDING_CATEGORIES}}
    named = {text: code for text in category.dropna().unique() if (code := code_of(text))}
    if (coded := category.isin(named)).any():  # the words of a code's name are not asked
        category = category.mask(coded, category.map(named).map(lexicon.merchant_codes()))
    codes = category.map(known).map(_CODES).fillna(-1).to_numpy(dtype=np.int64)
    return _from_words(category, codes, last=-1)


def _from_words(texts: pd.Series, codes: np.ndarray, *, last: int = _OTHER) -> np.ndarray:
    """Fill codes below 0 by the first category that has a word in the text, else with `last`."""
    codes = codes.copy()
    for name, words in lexicon.spending_patterns():
        left = np.flatnonzero(codes < 0)
        if not len(left):
            break
        named = texts.iloc[left].str.contains(words, regex=True).fillna(False).to_numpy(dtype=bool)
        codes[left[named]] = _CODES[name]
    return np.where(codes < 0, last, codes)


def _from_classifier(texts: pd.Series, codes: np.ndarray, learned: TextClassifier) -> np.ndarray:
    left = np.flatnonzero((codes == _OTHER) & (texts.str.strip(" |") != ""))
    said = learned.predict(texts.iloc[left].tolist())
    codes = codes.copy()
    codes[left] = [_CODES.get(label, _OTHER) for label in said]
    return codes


def spending_of(
    bank: Bank,
    transactions: CustomerRows,
    months: pd.DatetimeIndex,
    learned: TextClassifier | None = None,
    slots: np.ndarray | None = None,
) -> Spending:
    """Categorise all transactions and sum them by customer and category.

    Parameters
    ----------
    transactions : CustomerRows
        Rows of the transactions table by customer.
    months : DatetimeIndex of length 24
    learned : TextClassifier, optional
        Names what the rules only know as "other".
    slots : ndarray of int8, optional
        `transaction_slots` of these months, where they are known already.

    Notes
    -----
    Money a month divides by the months from the customer's first to last transaction within the
    window, so a record of two months is not spread over twelve.
    """
    table = bank.rows("transactions")
    n, width = bank.n_customers, len(SPENDING_CATEGORIES)
    codes, speculative, amount = _read(table, learned)
    rows = transactions.positions
    if slots is None:
        slots = transaction_slots(bank, transactions, months)
    dated = (rows >= 0) & (slots >= 0)
    cells = rows[dated].astype(np.int64) * N_MONTHS + slots[dated]
    seen = np.bincount(cells, minlength=n * N_MONTHS).reshape(n, N_MONTHS) > 0
    _, last = ends_of(seen)
    first, _ = ends_of(seen & (np.arange(N_MONTHS) > last[:, None] - YEAR))
    in_window = dated & (slots > np.append(last, 0).astype(np.int8)[rows] - YEAR)
    n_months = np.maximum(last - first + 1, 1)

    spent = in_window & (codes >= 0)
    amounts = -amount[spent]
    cells = rows[spent] * width + codes[spent]
    money = np.bincount(cells, np.nan_to_num(amounts), minlength=n * width).reshape(n, width)
    stated, days, last_day = _as_stated(
        table, rows, in_window, spent, codes, amount, bank, months[0]
    )
    risky = spent & speculative
    wagered = total(rows[risky], n, np.nan_to_num(-amount[risky]))
    return Spending(
        codes=codes,
        in_window=in_window,
        bets=speculative,
        monthly=pd.DataFrame(
            money.astype(float) / n_months[:, None],
            index=bank.customer_ids,
            columns=list(SPENDING_CATEGORIES),
        ),
        speculative=wagered / n_months,
        known=np.bincount(rows[spent], minlength=n) > 0,
        stated=stated,
        days=days,
        last_day=last_day,
        counts=np.bincount(cells, minlength=n * width).reshape(n, width),
    )


def _read(table: Rows, learned: TextClassifier | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Category, whether it is speculation, and amount of each transaction."""
    parts = [(np.zeros(0, dtype=np.int8), np.zeros(0, dtype=bool), np.zeros(0))]
    for part in table.parts(["category", "merchant", "description", "amount"]):
        parts.append((*categorise(part, learned), part["amount"].to_numpy(dtype=float)))
    codes, speculative, amounts = (np.concatenate(pieces) for pieces in zip(*parts, strict=True))
    return codes, speculative, amounts


def _as_stated(
    table: Rows,
    rows: np.ndarray,
    in_window: np.ndarray,
    spent: np.ndarray,
    codes: np.ndarray,
    amount: np.ndarray,
    bank: Bank,
    first_month: pd.Timestamp,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Money a month over whole months, or all of it and the days that it took; the last of them.

    A month is whole where the customer's transactions begin before it, or on its first day, and
    end after it, or on its last day; in the month in which the bank's record begins they begin with
    the bank's first one, for who is not known to have joined later and paid in its first half. Of
    who joined within the bank's record all payments since are on it, so the month of the first one
    is whole too where the joining was before it and the payment in its first half.
    The bank's own last day counts as the end of a record that reaches into its month. A rent that
    is paid once in 26 days that touch two months is not half a rent a month, what falls outside all
    whole months is not nothing, and a single whole month is no custom. No month before the grid
    counts, since nothing of it is summed.
    """
    n, width = bank.n_customers, len(SPENDING_CATEGORIES)
    day = table.column("booked_at").to_numpy("datetime64[D]")
    dated = (rows >= 0) & ~np.isnat(day)
    begins, first = (np.full(n + 1, np.datetime64("9999-12-31")) for _ in range(2))
    last = np.full(n + 1, np.datetime64("0001-01-01"))  # one more, for rows of unknown customers
    np.minimum.at(begins, rows[dated], day[dated])
    if dated.any():
        oldest = day[dated].min()
        from_then_on = (_month(begins) == _month(oldest)) & (begins <= _month(begins) + _HALF)
        joined = bank["customers"]["joined_on"].to_numpy("datetime64[D]")
        from_then_on[:n] &= ~(joined > oldest)
        month = _month(begins).astype("datetime64[D]")
        all_seen = begins <= month + _HALF
        all_seen[:n] &= (joined >= oldest) & (joined <= month[:n])
        all_seen[n] = False
        begins = np.where(from_then_on, oldest, np.where(all_seen, month, begins))
    np.minimum.at(first, rows[in_window], day[in_window])
    np.maximum.at(last, rows[in_window], day[in_window])
    ends, closes = last, bank.as_of.to_datetime64().astype("datetime64[D]")
    if not np.isnat(closes):
        ends = np.where(_month(last) == _month(closes), np.maximum(last, closes), last)
    lowest = np.maximum(_month(begins - 1) + 1, _month(last) - (YEAR - 1))
    lowest = np.maximum(lowest, np.datetime64(first_month, "M")).astype(np.int64)
    highest = (_month(ends + 1) - 1).astype(np.int64)
    n_whole = np.maximum(highest - lowest + 1, 0)
    at = _month(day).astype(np.int64)
    whole = spent & (at >= lowest[rows]) & (at <= highest[rows])
    all_money, of_whole = (
        np.bincount(
            rows[kept].astype(np.int64) * width + codes[kept],
            np.nan_to_num(-amount[kept]),
            minlength=n * width,
        ).reshape(n, width)
        for kept in (spent, whole)
    )
    span = (last - first).astype(float)[:n, None] + 1.0
    outside = ((of_whole <= 0) | (n_whole[:n, None] == 1)) & (all_money > 0)
    a_month = of_whole / np.maximum(n_whole[:n, None], 1)
    return np.where(outside, all_money, a_month), np.where(outside, span, np.nan), last[:n]


def _month(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[M]")
