"""One message in; whether it is an open case, by the words of docs/using.md, out."""

import pandas as pd

from engine.customers import lexicon


def is_open(text: object, resolved: object, repeated: object, sentiment: float) -> bool:
    """By docs/using.md: not resolved, and more than a word of thanks."""
    words = str(text).lower()
    thanks = lexicon.mentions(pd.Series([words], dtype="str"), "thanks").iloc[0]
    asks = lexicon.mentions(pd.Series([words], dtype="str"), "asks").iloc[0] or "?" in words
    return not resolved and (bool(repeated) or sentiment < 0 or not thanks or bool(asks))
