"""Messages in; our own sentiment of each, what may be used of them and each customer's mood out."""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import lexicon
from engine.customers.finances.kept_figures import Arrays, KeptFigures
from engine.customers.finances.months import last_day
from engine.customers.row_index import CustomerRows, rows_of, total
from engine.customers.words.aspects import named_in
from engine.customers.words.texts import TextModels
from engine.settings import Settings
from engine.vocabulary import SOCIAL

POST: Final = "post"
TICKET: Final = "ticket"
KIND_WEIGHTS: Final = {TICKET: 2.0, "chat": 1.5, "voice": 1.5}
"""Tickets weigh more than posts, as they are about the bank; everything else weighs 1."""
_UNDATED: Final = 0.5
"""Recency of a message without a date: half of a new one (its recency is not known)."""


@dataclass(frozen=True, eq=False)
class Messages:
    """What customers said.

    Attributes
    ----------
    sentiment : ndarray of shape (n_messages,)
        Ours, -1 to 1; NaN without a text. A source's own label is never read: one model judges
        all texts alike.
    used : ndarray of bool, shape (n_messages,)
        A post counts only where the customer's consent allows the use of social data.
    recency : ndarray of shape (n_messages,)
        1 today, half of that a half-life ago.
    case : ndarray of bool, shape (n_messages,)
        A ticket, chat or call that is negative, unresolved or repeated.
    unresolved : ndarray of bool, shape (n_messages,)
        A case that the bank marks as not resolved; one that only thanks is none (`only_thanks`).
    topic_counts : ndarray of int16, shape (n_messages, n_topics)
    aspects : ndarray of bool, shape (n_messages, n_aspects)
        Which parts of the bank each names (`engine.customers.words.aspects.named_in`).
    mood : ndarray of shape (n_customers,)
        Recency-weighted mean sentiment of what may be used; NaN where there is nothing.
    """

    sentiment: np.ndarray
    used: np.ndarray
    recency: np.ndarray
    case: np.ndarray
    unresolved: np.ndarray
    topic_counts: np.ndarray
    aspects: np.ndarray
    topics: tuple[str, ...]
    mood: np.ndarray


def read_messages(
    bank: Bank, rows: CustomerRows, consents: pd.DataFrame, texts: TextModels, settings: Settings
) -> Messages:
    """Score every message once and weigh it.

    Parameters
    ----------
    rows : CustomerRows
        Rows of the messages table by customer.
    consents : DataFrame
        engine.bank.consents.effective_consents: row i is customer i, column `social_allowed`.
    settings : Settings
        `metrics.half_life_days`.
    """
    table = bank["messages"]
    codes, distinct = pd.factorize(table["text"])
    known = [str(text) for text in distinct]
    scores = np.append(np.asarray(texts.sentiment.score(known), dtype=float), np.nan)
    keywords = texts.keywords.read(known)
    nothing = np.zeros((1, len(keywords.topics)), dtype=np.int16)
    counts = np.vstack([keywords.counts.astype(np.int16), nothing])
    aspects = named_in([*known, ""])
    sentiment = scores[codes]
    recency = recency_of(table["sent_at"], last_day(bank), settings.metrics.half_life_days)
    to_bank = (table["kind"] != POST).to_numpy(dtype=bool)
    repeated = table["repeated"].fillna(False).to_numpy(dtype=bool)
    unresolved = to_bank & table["resolved"].eq(False).fillna(False).to_numpy(dtype=bool)
    thanks = np.append(only_thanks(pd.Series(known, dtype="str")), False)[codes]
    unresolved &= repeated | (sentiment < 0) | ~thanks
    read = Messages(
        sentiment=sentiment,
        used=np.zeros(len(table), dtype=bool),
        recency=recency,
        case=to_bank & (unresolved | repeated | (np.nan_to_num(sentiment) < 0)),
        unresolved=unresolved,
        topic_counts=counts[codes],
        aspects=aspects[codes],
        topics=tuple(keywords.topics),
        mood=np.full(bank.n_customers, np.nan),
    )
    return with_consents(read, bank, rows, consents)


def only_thanks(texts: pd.Series) -> np.ndarray:
    """Which texts thank or praise and ask, refuse and report nothing, bool of the same length.

    Notes
    -----
    A polite complaint reads positive to every model of sentiment, so words decide: one that thanks,
    and none that asks or denies. In doubt a message that the bank calls open stays a case.
    """
    lower = texts.str.lower().str.replace("\u2019", "'")
    asks = lexicon.mentions(lower, "asks") | lower.str.contains(r"\?|n't", regex=True)
    return (lexicon.mentions(lower, "thanks") & ~asks).to_numpy(dtype=bool)


def kept_messages(
    bank: Bank,
    consents: pd.DataFrame,
    texts: TextModels,
    settings: Settings,
    kept: KeptFigures | None,
) -> tuple[CustomerRows, Messages]:
    """Whose each message is, and `read_messages`; from what an earlier start kept, if it holds.

    Parameters
    ----------
    kept : KeptFigures, optional
        Of these consents, models and settings.
    """
    made: list[tuple[CustomerRows, Messages]] = []

    def make() -> Arrays:
        rows = rows_of(bank, "messages")
        read = read_messages(bank, rows, consents, texts, settings)
        made.append((rows, read))
        topics = np.array(read.topics, dtype="U")
        return vars(read) | {"topics": topics, "positions": rows.positions}

    arrays = make() if kept is None else kept.get("messages", make)
    if made:
        return made[0]
    read = {one.name: arrays[one.name] for one in fields(Messages)}
    topics = tuple(read.pop("topics").tolist())
    rows = CustomerRows.by(arrays["positions"], bank.n_customers)
    return rows, Messages(**read, topics=topics)


def with_consents(
    messages: Messages, bank: Bank, rows: CustomerRows, consents: pd.DataFrame
) -> Messages:
    """The same messages where customers allow the use of other ones; none is scored again."""
    kinds = bank["messages"]["kind"]
    used = usable(kinds, rows.positions, consents)
    kind = kinds.map(KIND_WEIGHTS).fillna(1.0).to_numpy(dtype=float)
    weight = np.where(used & ~np.isnan(messages.sentiment), messages.recency * kind, 0.0)
    weights = total(rows.positions, bank.n_customers, weight)
    sums = total(rows.positions, bank.n_customers, weight * np.nan_to_num(messages.sentiment))
    mood = np.divide(sums, weights, out=np.full(len(sums), np.nan), where=weights > 0)
    return replace(messages, used=used, mood=mood)


def usable(kinds: pd.Series, positions: np.ndarray, consents: pd.DataFrame) -> np.ndarray:
    """Which messages may be used: all but posts of customers who do not allow social data."""
    allowed = np.append(consents[f"{SOCIAL}_allowed"].to_numpy(dtype=bool), False)
    return (positions >= 0) & ((kinds != POST).to_numpy(dtype=bool) | allowed[positions])


def recency_of(dates: pd.Series, day: pd.Timestamp, half_life_days: float) -> np.ndarray:
    """Weight that halves every half-life; .5 without a date, 1 for a date after the day."""
    days = np.maximum((day - dates).dt.total_seconds().to_numpy(dtype=float) / 86400, 0.0)
    return np.where(np.isnan(days), _UNDATED, np.power(0.5, np.nan_to_num(days) / half_life_days))


def last_said(
    bank: Bank, messages: Messages, rows: np.ndarray, recent_days: int
) -> pd.Timestamp | None:
    """Day of a customer's last usable message, at `rows`; None where it is recent or not known."""
    sent = bank["messages"]["sent_at"].iloc[rows[messages.used[rows]]]
    last = sent.max()
    recent = sent.isna().any() or (bank.as_of - last).days <= recent_days
    return None if recent else last


def silent_days(bank: Bank, messages: Messages, positions: np.ndarray, n: int) -> np.ndarray:
    """Days since each customer's last usable message, float of shape (n_customers,).

    0 where one has no day, since it may be of today; infinite without any.
    """
    kept = messages.used & (positions >= 0)
    age = (last_day(bank) - bank["messages"]["sent_at"]).dt.days.to_numpy(dtype=float, na_value=0)
    days = np.full(n, np.inf)
    np.minimum.at(days, positions[kept], age[kept])
    return days


def mood_by_month(
    bank: Bank, messages: Messages, rows: np.ndarray | slice = slice(None)
) -> pd.DataFrame:
    """Mean sentiment of usable messages: month, mood, n; empty where nothing is dated.

    Parameters
    ----------
    rows : ndarray of int, optional
        Rows of the messages table to look at; all of them by default.
    """
    sent_at = bank["messages"]["sent_at"].iloc[rows]
    sentiment = messages.sentiment[rows]
    kept = messages.used[rows] & sent_at.notna().to_numpy() & ~np.isnan(sentiment)
    frame = pd.DataFrame(
        {
            "month": sent_at[kept].dt.to_period("M").dt.to_timestamp(),
            "mood": sentiment[kept],
        }
    )
    by_month = frame.groupby("month", sort=True)["mood"].agg(["mean", "size"]).reset_index()
    return by_month.set_axis(["month", "mood", "n"], axis="columns")
