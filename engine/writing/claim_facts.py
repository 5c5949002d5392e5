"""Claims on a customer in; the facts that a text may say of them out, or None for an unknown kind.

Each kind of claim that may be put in other words has one function here, which writes its numbers
with the very functions of the template, so that both are rounded alike.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from engine.customers.claims import Claim
from engine.figures import day, money, percent
from engine.writing.facts import Fact, fact

_HOLDS: Final = "holds hold held owns own"
_OURS: Final = ("of the bank", "at the bank", "with the bank", "of the catalogue")
"""The bank is named as whose the products are, and nothing is said of it."""
_FELL: Final = "fell fallen dropped declined decreased down lower fall drop decline decrease"
_ROSE: Final = "rose risen grew grown increased up higher rise increase"
_LAST: Final = "last month on record"
_RECORD: Final = "record last month known end"


def facts_of(claims: Sequence[Claim]) -> tuple[Fact, ...] | None:
    """Facts of several claims on one customer; None where one kind may not be rephrased."""
    if any(claim.kind not in _READERS for claim in claims):
        return None
    read = (_READERS[claim.kind](claim.figures) for claim in claims)
    try:
        return tuple(one for facts in read for one in facts)
    except ValueError:  # a figure that is not known has no number
        return None


Figures = Mapping[str, Any]


def _segment(of: Figures) -> Iterable[Fact]:
    if of["name"] == "A customer":
        return ()
    return (fact("the segment", words="segment group", names=[of["name"]]),)


def _cases_open(of: Figures) -> Iterable[Fact]:
    needs = ("case cases ticket tickets", "unresolved open")
    return (fact("unresolved cases", f"{of['n']:,}", needs=needs, words="still"),)


def _balance(of: Figures) -> Iterable[Fact]:
    accounts = [f"current, savings {word} deposit accounts" for word in ("or", "and")]
    yield fact(
        "the balance",
        money(of["amount"], of["currency"]),
        needs=["balance balances"],
        words="account accounts total combined holds keeps money",
        phrases=(*accounts, _LAST),
    )
    yield from _until("the month of the balance", "the balance", of["month"])


def _change(of: Figures) -> Iterable[Fact]:
    share, figure = of["share"], of["figure"].lower()
    what = f"{figure} {figure}s"
    name = f"the change of {figure}"
    until = "up to until recent median months month monthly"
    if abs(share) < 0.005:
        yield fact(name, needs=[what, "hardly"], words=f"changed {until}")
    else:
        moved = percent(abs(share))
        under = moved.startswith("under")
        yield fact(
            name,
            moved.removeprefix("under "),
            needs=[what, _FELL if share < 0 else _ROSE, *(["under"] if under else [])],
            words="monthly by",
        )
    end = _month_of(of["until"])
    yield fact(
        "the recent months",
        [f"{of['n_recent']:,}", *([end] if end else [])],
        needs=["month months", "last recent latest"],
        words="median up to until",
        optional=True,
        after=name,
    )
    yield fact(
        "the months before",
        f"{of['n_past']:,}",
        needs=["before earlier previous"],
        words="month months median",
        optional=True,
        after=name,
    )


def _spent_on(of: Figures) -> Iterable[Fact]:
    amount = money(of["amount"], of["currency"])
    name = f"spending on {of['item']}"
    long = of["days"] > 0
    written = (amount, f"{int(of['days']):,}") if long else amount
    needs = [("day" if of["days"] == 1 else "days") if long else "month monthly"]
    words = "spends spend spending spent pays goes"
    words += "" if long else " per each every average"  # so many days are no rate
    usual = () if of.get("most", True) else ("more than is usual here",)
    yield fact(
        name,
        written,
        needs=needs,
        words=words,
        names=[of["item"]],
        goes_on=usual,
    )
    yield from _until("the end of the payments", name, of["until"], usual)


def _goals(of: Figures) -> Iterable[Fact]:
    needs = ["goal goals aim aims wants"]
    words = "stated states named wants reach"
    return (fact("the goals", needs=needs, words=words, names=of["names"]),)


def _interests(of: Figures) -> Iterable[Fact]:
    needs = ["record"] if of["declared"] else ["messages message"]
    words = "named interests interest topics topic about"
    return (fact("the interests", needs=needs, words=words, names=of["names"]),)


def _products(of: Figures) -> Iterable[Fact]:
    held = fact("products held", f"{of['n']:,}", needs=["product products"], words=_HOLDS)
    return (replace(held, words=held.words.union(_OURS), phrases=_OURS),)


def _churn_index(of: Figures) -> Iterable[Fact]:
    band = [of["word"]] if of["word"] else []
    yield fact(
        "the churn index",
        f"{of['value']:.1f} of 10",
        needs=["churn"],
        words=f"index {of['word']}",
        goes_on=band,
    )


def _worth(of: Figures) -> Iterable[Fact]:
    amount = money(of["amount"], of["currency"])
    needs = ["worth value valued brings", "year yearly annual annually", "about estimated roughly"]
    return (fact("the yearly value", amount, needs=needs, words="per each in"),)


def _last_reached(of: Figures) -> Iterable[Fact]:
    needs = ["contact", "last latest"]
    words = "was took place date day"
    return (fact("the last contact", day(of["on"]), needs=needs, words=words),)


def _next_offer(of: Figures) -> Iterable[Fact]:
    said = "fit" if of["fit"] else "confidence"
    share = percent(of["share"])
    under = ["under"] if share.startswith("under") else []
    yield fact(
        "the next offer",
        needs=["offer offered"],
        words="next first",
        names=[of["product"]],
        phrases=("best next offer", "best offer"),
    )
    needs = [said, *under]
    yield fact(f"its {said}", share.removeprefix("under "), needs=needs, after="the next offer")


def _until(name: str, after: str, text: str, goes_on: Sequence[str] = ()) -> Iterable[Fact]:
    """The month that a template puts in brackets, with the words around it."""
    if dated := _month_of(text):
        words = f"up to until of {_RECORD}"
        yield fact(
            name,
            dated,
            words=words,
            phrases=[_LAST],
            optional=True,
            goes_on=goes_on,
            after=after,
        )
    elif text:
        yield fact(name, needs=["no", "date"], optional=True, goes_on=goes_on, after=after)


def _month_of(text: str) -> str:
    """ "Jun 2023" of " (up to Jun 2023)", "" where a template names none."""
    found = re.search(r"[A-Z][a-z]{2} [0-9]{4}", text)
    return found[0] if found else ""


_READERS: Final[Mapping[str, Callable[[Figures], Iterable[Fact]]]] = {
    "segment": _segment,
    "cases_open": _cases_open,
    "balance": _balance,
    "change": _change,
    "spent_on": _spent_on,
    "goals": _goals,
    "interests": _interests,
    "holds": _products,
    "churn_index": _churn_index,
    "worth": _worth,
    "last_reached": _last_reached,
    "next_offer": _next_offer,
}
