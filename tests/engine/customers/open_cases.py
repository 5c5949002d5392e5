"""Messages in; which are open cases, by the words of docs/using.md, out."""

import pandas as pd

from engine.customers import lexicon


def are_open(said: pd.DataFrame) -> list[bool]:
    """By docs/using.md: not resolved, and more than a word of thanks."""
    words = said["text"].astype("str").fillna("").str.lower()
    thanks = lexicon.mentions(words, "thanks")
    asks = lexicon.mentions(words, "asks") | words.str.contains("?", regex=False)
    resolved = [bool(told) for told in said["resolved"].fillna(True)]
    columns = resolved, said["repeated"], said["sentiment"], thanks, asks
    return [
        not over and (bool(repeated) or sentiment < 0 or not thank or bool(ask))
        for over, repeated, sentiment, thank, ask in zip(*columns, strict=True)
    ]
