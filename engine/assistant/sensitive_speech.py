"""A sentence of speech in; whether it tells of health, belief or another sensitive matter out."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final

from engine.bank.parsing.sensitive_spending import is_sensitive_word
from engine.private_logs import without_private

FILE: Final = Path(__file__).with_name("sensitive_speech.toml")


def is_sensitive_said(sentence: str) -> bool:
    """Does a sentence tell of a sensitive matter, by the words of speech or those of merchants?

    Notes
    -----
    A list of words: what is said in other words is missed. Where a word has another meaning too,
    the sentence is taken as sensitive, since it is then only not kept.

    References
    ----------
    Regulation (EU) 2016/679 (GDPR), Articles 9(1) and 10.
    """
    plain = sentence.replace(chr(0x2019), "'")
    small, exact = _words()
    return bool(small.search(plain.lower()) or exact.search(plain)) or is_sensitive_word(plain)


def kept_of(sentence: str, not_kept: str) -> str:
    """What of a sentence may be kept: `not_kept` where it is sensitive, else the sentence without
    numbers of cards, accounts and phones and without addresses of e-mail."""
    return not_kept if is_sensitive_said(sentence) else without_private(sentence)


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The words in small letters, and those that count in capitals alone."""
    tables = tomllib.loads(FILE.read_text("utf-8")).values()
    small = [word for table in tables for word in table["words"]]
    exact = [word for table in tables for word in table.get("exact", [])]
    return _whole(small), _whole(exact)


def _whole(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
