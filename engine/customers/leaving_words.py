"""Messages in; who speaks of leaving the bank, with their own words, out.

An index of churn counts cases and tone and reads no such words, so they are said beside it.
"""

import re
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.finances.months import last_day
from engine.customers.profiles import Profiles
from engine.customers.wording import shorten

_LONGEST: Final = 120
"""Signs of a sentence that is quoted (own choice)."""
_WHO: Final = (
    r"\b(?:i|we)(?:['’](?:m|ll|d|re)| am| are| will| want| would| plan| intend| decided| have)\b"
)
_OWN: Final = r"(?:all |both )?(?:of )?(?:my|our)(?: \w+){0,2}"
_BANKS: Final = (
    r"(?:(?:banks?|providers?|institutions?|lenders?)\b|building society|credit union)"
    r"(?!['’ ](?:s\b|accounts?|cards?|branch|loans?|products?)\b)"
)
_ANOTHER: Final = (
    rf"(?:to (?:another|a different|a new|some other) (?:\w+ )?{_BANKS}"
    r"|to (?:a|your|one of your) competitors?\b)"
)
_ERRAND: Final = r"(?! (?:just |only )?(?:to|for (?!good|ever)|while|until|when|today)\b)"
"""Who goes to another bank to draw cash stays a customer."""
_NO_VERB: Final = (
    r"(?! (?:(?:\w+ly|all|also|ever|just|so|still) )?(?:(?:are|is|was|were|has|have|"
    r"had|do|does|did|can|could|will|would|should)(?:n['’]t|not)?\b"
    r"(?! (?:i|it|that|the[sy]e?|this|there|we|you|please)\b)|(?:always|never|too|way too)\b|"
    r"(?:keeps?|kept|go|goes|going|gone|went|get|gets|got|rose|rises?|doubled|tripled|cost|costs|eat|"
    r"eats|fail|fails|failed|increased?|vanish|vanished|arrived?|arrives|came|took|takes?|make|makes|"
    r"made)\b))"
)
"""No verb follows, nor what stands for one; "can you" asks something new."""
_WHOLE: Final = (
    r"(?!(?:['’]s)? (?:(?:online|paper|monthly|annual|yearly|weekly|e-?mail|text|push|sms|balance|"
    r"low-balance|credit|debit) )?(?:statements?|alerts?|notifications?|e-?mails?|letters?|fees?|"
    r"cards?|reminders?|updates?|insurance|subscriptions?|transfers?|orders?|payments?|summar(?:y|ies)|"
    rf"newsletters?|packages?|upgrades?|plans?)\b{_NO_VERB})"
)
"""Who cancels a statement of an account keeps the account; "close my account fees are too high" is
two sentences without a stop between them."""
_ACTS: Final = (
    rf"(?:clos(?:e|ing)|cancel(?:l?ing)?) {_OWN} accounts?\b{_WHOLE}",
    rf"(?:mov(?:e|ing)|tak(?:e|ing)|transfer(?:ring)?) {_OWN} (?:elsewhere|{_ANOTHER})",
    rf"(?:switch|chang)(?:e|ing)? (?:{_ANOTHER}|banks)",
    rf"(?:mov|leav|switch)(?:e|ing)? (?:this bank|your bank|{_ANOTHER})",
    rf"go(?:ing)? {_ANOTHER}{_ERRAND}",
)
_SAID: Final = re.compile(rf"{_WHO}[^.;!?]{{0,40}}?\b(?:{'|'.join(_ACTS)})", re.IGNORECASE)
_DENIED: Final = re.compile(r"\b(?:not|never|no|already|against)\b|n['’]t\b", re.IGNORECASE)
_PLACE: Final = r" (?:held )?(?:at|with|from|in)"
_NAMED: Final = re.compile(
    rf"{_PLACE} (?:the )?((?:(?!(?:you|your|this|the|my|our|an?|such)\b)[\w&'’]+ ){{1,3}}?){_BANKS}"
    rf"|{_PLACE} (?:my|our) (?:other|old|previous|former) {_BANKS}",
    re.IGNORECASE,
)
_COMING: Final = re.compile(
    r"[^.;!?]{0,60}\b(?:com(?:e|ing)|mov(?:e|ing)|switch(?:ing)?) (?:\w+ ){0,3}?to you(?:r bank)?\b"
    r"|[^.;!?]{0,60}\bjoin(?:ing)? you(?:r bank)?\b",
    re.IGNORECASE,
)


def words_of(text: object, bank_name: str = "") -> str:
    """The sentence in which somebody speaks of leaving; "" where a text has none.

    With its condition ("If this goes on I will change banks"), shortened where it is long.

    Parameters
    ----------
    bank_name : str
        An account "at X Bank" is another's, unless this bank is called so.
    """
    found = _SAID.search(text) if isinstance(text, str) else None
    if found is None or _DENIED.search(found[0]) or _elsewhere(text, found, bank_name):
        return ""
    begin = max(text.rfind(end, 0, found.start()) for end in ".!?") + 1
    ends = [at for end in ".!?" if (at := text.find(end, found.end())) >= 0]
    return shorten(" ".join(text[begin : min(ends, default=len(text))].split()), _LONGEST)


def _elsewhere(text: str, found: re.Match[str], bank_name: str) -> bool:
    """Is the account that is closed at another bank, or do they come to this one?"""
    if _COMING.match(text, found.end()):
        return True
    named = _NAMED.match(text, found.end())
    ours = set(re.findall(r"\w+", bank_name.lower()))
    return named is not None and not ours & set(re.findall(r"\w+", (named[1] or "").lower()))


def said(bank: Bank, profiles: Profiles, days: int, position: int | None = None) -> pd.DataFrame:
    """The newest message of each customer that says so, of those that may be used.

    Parameters
    ----------
    days : int
        A message that is older is no news; one without a date counts as new, and what is said of
        it says that no date is known.
    position : int, optional
        One customer; everybody by default.

    Returns
    -------
    DataFrame
        position, message_id, words, sent_at; in the order of the customers.
    """
    read = profiles.data.messages.used
    mine = profiles.data.message_rows
    rows = np.flatnonzero(read) if position is None else mine.of(position)
    rows = rows[read[rows] & (mine.positions[rows] >= 0)]
    sent = bank["messages"]["sent_at"].iloc[rows]
    recent = sent.isna() | ((last_day(bank) - sent).dt.days <= days)
    rows = rows[recent.to_numpy()]
    frame = bank["messages"][["message_id", "sent_at"]].iloc[rows]
    frame.insert(0, "position", mine.positions[rows].astype(np.int64))
    frame["words"] = [
        words_of(text, bank.manifest.name) for text in bank["messages"]["text"].iloc[rows]
    ]
    frame = frame[frame["words"] != ""].sort_values("sent_at", kind="stable")
    newest = frame.drop_duplicates("position", keep="last")
    return newest.sort_values("position", kind="stable", ignore_index=True)
