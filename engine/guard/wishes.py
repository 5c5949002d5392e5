"""Goals and kept attributes in; who says that they may be of a group that no record shows, out."""

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.tables import attribute_texts

_HEAD: Final = (
    r"(?=\s*(?:$|[,.!?&(/]|(?:and|or|in|with|by|from|of|on|one|soon|abroad|online|idea)\b))"
)
"""It is what the words are about: business class is no business, a company pension no company."""
_DOES: Final = (
    r"\b(?:start|launch|found|open|establish|set|setting|build|grow|expand|scale|own|run|running|buy|"
    r"acquir|creat|begin|financ|fund)(?:e|ing|s)?\b(?: up)?"
)
_BETWEEN: Final = (
    r"(?: (?!(?:in|at|for|with|within|from|to|of|on|by|as|job|jobs|work|working)\b)[\w'’-]+){0,4}?"
)
_BUSINESS: Final = re.compile(
    rf"{_DOES}{_BETWEEN} (?:business(?:es)?|company|companies|start-?ups?){_HEAD}"
    r"|\bbusiness (?:banking|accounts?|cards?|loans?|credit|financing|growth|expansion|ownership|"
    r"planning|succession)\b"
    r"|^(?:(?:an?|my|our|own|new|small|family|online) )*(?:business|company|start-?up)$"
    r"|(?:^|\b(?:become|becoming|be|being|go|going) )self-employ(?:ed|ment)\b"
)
_STUDENT: Final = re.compile(r"\bstudent (?:bank(?:ing)?|accounts?|cards?)\b")
_WEALTHY: Final = re.compile(
    r"\bwealth (?:management|preservation|planning)\b|\btrust services\b|\bestate planning\b"
)
_HOME: Final = re.compile(
    r"(?:\b(?:buy|buying|purchas\w+|afford\w*|(?:sav\w+|down payment|deposit)(?: up)? for)"
    r"|^(?:own|owning))"
    r"(?: (?:an?|my|our|own|first|new|bigger|larger|the|of|down|payment|for|on))*"
    rf" (?:home|house|flat|apartment)(?: ?purchase)?{_HEAD}"
    r"|\bfirst home\b|\bfirst[- ]time (?:home ?)?buyer\b"
    r"|\b(?:home|house) ?(?:purchase|deposit|down payment)\b"
    r"|\bbecom\w+ an? home ?owner\b|^home ?ownership$"
)
"""To own one is a wish where the goal begins with it: "pay off my own home" is none."""
_DENIED: Final = re.compile(
    r"\b(?:no|not|non|never|avoid\w*|without|refuse\w*|against|nothing|instead of|rather than)\b"
    r"|n['’]t\b|\b(?:clos|cancel|leav|quit|stop|sell)\w*(?: [\w'’-]+)? ?$"
)
"""Before what is named: it is not wanted, or given up."""
_OTHERS: Final = re.compile(
    r"\b(?:kids?|child(?:ren)?|sons?|daughters?|wife|husband|spouse|partner|parents?|mother|father|"
    r"brothers?|sisters?|friends?|grand\w+|nephews?|nieces?)\b"
)
"""Of whom it is said where not of the customer."""
_ITEMS: Final = re.compile(r"[;,|\n]")
_TELLING: Final = (
    r"business|compan|start-?up|self-employ|student|wealth|trust services|estate"
    r"|home|house|flat|apartment|first.time"
)
_HIGH: Final = ("high", "very high")


def wishes(customers: pd.DataFrame) -> dict[str, np.ndarray]:
    """Who may be of a group by what they want; that it is so is not known.

    Returns
    -------
    dict of str to ndarray of bool, shape (n_customers,)
        "business" where a goal or a preferred service names one to start, grow, own or run, or the
        banking of one; "student" where it names the banking of students, for oneself; "wealthy"
        where it names wealth services, or the income level is a high one; "first home" where it
        names a home to buy.
    """
    goals = customers["goals"].fillna("").astype("str").str.lower()
    kept = customers["attributes"]
    preferred = attribute_texts(kept, "preferred_services").str.lower()
    said = goals.reset_index(drop=True) + ";" + preferred.reset_index(drop=True)
    telling = said.where(said.str.contains(_TELLING), "")
    level = attribute_texts(kept, "income_level").str.lower().isin(_HIGH).to_numpy(dtype=bool)
    return {
        "business": _each(telling, lambda item: _wanted(_BUSINESS, item, own=True)),
        "student": _each(telling, lambda item: _wanted(_STUDENT, item, own=True)),
        "wealthy": _each(telling, lambda item: _wanted(_WEALTHY, item)) | level,
        "first home": _each(telling, lambda item: _wanted(_HOME, item, own=True)),
    }


def _each(said: pd.Series, is_so: Callable[[str], bool]) -> np.ndarray:
    """Is it so of one item of each cell? Every different cell is read once."""
    codes, cells = pd.factorize(said)
    found = [any(is_so(" ".join(item.split())) for item in _ITEMS.split(cell)) for cell in cells]
    return np.asarray(found, dtype=bool)[codes]


def _wanted(named: re.Pattern[str], item: str, *, own: bool = False) -> bool:
    """Does an item name it, neither denied nor, where it must be one's own, of somebody else?"""
    found = named.search(item)
    return (
        found is not None
        and not _DENIED.search(item[: found.start()])
        and not (own and _OTHERS.search(item))
    )
