"""Messages in; what they are about, out: topics, hashtags and brands, with counts."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.tables import explode_list
from engine.customers import lexicon
from engine.customers.features import CustomerData
from engine.customers.protected_phrases import about_protected, neutral
from engine.customers.words.brands import brands_of, spelled

TOPIC: Final = "topic"
HASHTAG: Final = "hashtag"
BRAND: Final = "brand"
KINDS: Final = (TOPIC, HASHTAG, BRAND)
MIN_WRITERS: Final = 5
"""Customers who write of something before it is shown of the whole book: of fewer it would tell who
they are (own choice, as statistics offices do)."""
_COLUMNS: Final = ["message", "position", "kind", "item"]
_HASHTAG: Final = r"(?<![\w&#/])#(\w*[^\W\d_]\w*)"
"""As networks read them: no mark of a number alone, and none within an address."""


def mentions_of(data: CustomerData, rows: np.ndarray | None = None) -> pd.DataFrame:
    """What each usable message is about, once each.

    Parameters
    ----------
    rows : ndarray of int, optional
        Rows of the messages table to look at; all of them by default.

    Returns
    -------
    DataFrame
        message (row), position (of the customer), kind (one of `KINDS`), item. Topics are those
        that the source names and those whose words the keyword model finds, brands those that the
        source names and those of brands.toml. Nothing of a message that consent keeps from use,
        no topic that says nothing ("account", "other"), and no topic or hashtag about belief,
        health, sexual life, origin or politics (engine.customers.protected_phrases).

    Notes
    -----
    Not what somebody wants: a complaint about a card is about cards. See `interests` for needs.
    """
    rows = np.arange(len(data.bank["messages"])) if rows is None else rows
    rows = rows[data.messages.used[rows]]
    table = data.bank["messages"].iloc[rows].reset_index(drop=True)
    text = table["text"].fillna("")
    named = explode_list(table[["topics"]], "topics")["topics"].str.lower()
    at, columns = np.nonzero(data.messages.topic_counts[rows])
    read = pd.Series(np.array(data.messages.topics, dtype=object)[columns], index=at, dtype="str")
    tags = _allowed("#" + text.str.findall(_HASHTAG).explode().dropna().astype("str"))
    told = explode_list(table[["brands"]], "brands")["brands"]
    brands = brands_of(text).explode().dropna()
    parts = [
        (TOPIC, neutral(_allowed(pd.concat([named, read]).astype("str")))),
        (HASHTAG, tags.str.lower()),
        (BRAND, pd.concat([spelled(told), brands]).astype("str")),
    ]
    found = pd.concat(
        [
            pd.DataFrame({"at": items.index, "kind": kind, "item": items.str.strip().to_numpy()})
            for kind, items in parts
        ]
    )
    empty = found["item"].isna() | (found["item"].str.strip("# ") == "")
    telling = ~found["item"].isin(lexicon.words("untelling_topic"))
    found = found[~empty & telling]
    at = found["at"].to_numpy(dtype=int)
    frame = found.assign(message=rows[at], position=data.message_rows.positions[rows[at]])
    return frame[_COLUMNS].drop_duplicates(["message", "kind", "item"], ignore_index=True)


def _allowed(items: pd.Series) -> pd.Series:
    return items[~about_protected(items)]


def shown(mentions: pd.DataFrame) -> pd.DataFrame:
    """What may be said of the whole book: `counted`, where `MIN_WRITERS` customers write of it."""
    told = counted(mentions)
    return told[told["n_customers"] >= MIN_WRITERS].reset_index(drop=True)


def counted(mentions: pd.DataFrame) -> pd.DataFrame:
    """How often each is named: kind, item, n_messages, n_customers.

    The most frequent first within each kind, of equals by name: the same order every time.
    """
    groups = mentions.groupby(["kind", "item"], sort=True)
    sums = groups.agg(n_messages=("message", "nunique"), n_customers=("position", "nunique"))
    frame = sums.reset_index()
    order = frame["kind"].map({kind: i for i, kind in enumerate(KINDS)})
    frame = frame.assign(order=order).sort_values(
        ["order", "n_messages", "item"], ascending=[True, False, True], ignore_index=True
    )
    return frame.drop(columns="order")
