"""What is said of the months to come, of plans and of what was left unread, typed as in `claims`.

`tests/engine/customers/ahead_oracle.py` works every figure out again from the raw tables. What only
a model gives (the forecast of a fitted method, its interval) is held against what limits it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from engine.customers import wording
from engine.customers.claims import Claim, kind
from engine.customers.wording import count, day, listing, money, percent
from engine.figures import signed, with_article

NO_DATA: Final = "no data"
"""The word of a metric of which nothing is known; its neutral middle is no figure to say."""
_FAR_MONTHS: Final = 600
"""A goal that is further off is not said to the month (own choice)."""

# --- forecasts --------------------------------------------------------------------------------


@kind
def expected(
    figure: str,
    month: pd.Timestamp,
    value: float,
    low: float,
    high: float,
    level: float,
    used: str,
    currency: str,
) -> str:
    """The month after the last whole one by a method, between past errors where some are known.

    A balance is that of the months, which is not always that of all accounts.
    """
    del used
    named = "Monthly balance" if figure == "Balance" else figure
    text = f"{named} in {month:%B %Y}: about {money(value, currency)}"
    ends = [money(end, currency) for end in (low, high)]
    if pd.isna(low) or ends[0] == ends[1]:
        return text
    return f"{text}; {ends[0]} to {ends[1]} with a chance of {percent(level)}"


@kind
def not_forecast(figure: str) -> str:
    """Nothing is known, or not of the last month."""
    return f"{figure} cannot be forecast"


@kind
def none_known(figure: str) -> str:
    """No month of a figure is known."""
    return f"No whole month of {figure.lower()} is known"


@kind
def ends_early(figure: str, month: pd.Timestamp) -> str:
    """The last known month is not the bank's last."""
    del figure
    return f"The last known month is {month:%B %Y}; nothing is forecast from there"


@kind
def months_alike(figure: str) -> str:
    """Every known month is the same, and there are at least two."""
    del figure
    return "Every known month is the same, so the last value is repeated"


@kind
def few_months(figure: str, n: int, used: str) -> str:
    """Fewer months than a method needs to be tested."""
    del figure
    known = count(n, "month is", "months are")
    return f"Only {known} known, fewer than any method was tested on; used instead: {used}"


@kind
def unfit(figure: str, method: str, used: str) -> str:
    """The bank's method gives no answer to this history."""
    del figure
    return f"The history has gaps or is too short for {method}; used instead: {used}"


@kind
def no_interval() -> str:
    """No past errors that could be compared."""
    return "No interval: too few past months of this bank can be compared"


@kind
def tested(
    figure: str,
    n: int,
    n_customers: int,
    mae: float,
    level: float,
    held: float,
    used: str,
    currency: str,
) -> str:
    """How far off a method was in past months, and how often its interval held."""
    del figure, used
    interval = f"; the {percent(level)} interval held {percent(held)}" if held >= 0 else ""
    return (
        f"Tested on {count(n, 'past month')} of {count(n_customers, 'customer')}: mean error "
        f"{money(mae, currency)}{interval}"
    )


@kind
def untested() -> str:
    """No past month could be forecast and compared."""
    return "Not tested: too few past months are known"


@kind
def on_the_way(figure: str, share: float, value: float) -> str:
    """Where the next month lies between the least and the most of the last 12."""
    del figure, value
    return f"{percent(share)} of the way from the least to the most of the last year"


@kind
def odd_for_bank(month: pd.Timestamp, share: float) -> str:
    """More of the customers than usual were outside of what was expected."""
    return (
        f"{month:%B %Y} was unusual for the whole bank ({percent(share)} of the customers were "
        "outside what was expected); what follows it may be as well"
    )


@kind
def odd_for_customer(month: pd.Timestamp) -> str:
    """Far outside what the months before let expect."""
    return f"{month:%B %Y} was unusual for this customer"


@kind
def undated() -> str:
    """No source dated the months."""
    return "The months came without dates; they are laid to end at the bank's day"


# --- cash flow --------------------------------------------------------------------------------


@kind
def income_due(amount: float, payee: str, on: pd.Timestamp, currency: str) -> str:
    """The next of a regular income, a salary where there is one."""
    return f"{money(amount, currency)} from {payee} expected on {day(on)}"


@kind
def payments_due(n: int, amount: float, days: int, currency: str) -> str:
    """What recurs and goes out within so many days, habits left out."""
    verb = "is" if n == 1 else "are"
    in_all = "" if n == 1 else " in all"
    return (
        f"{count(n, 'payment')} of {money(amount, currency)}{in_all} {verb} due within {days} days"
    )


@kind
def may_fall(amount: float, on: pd.Timestamp, currency: str) -> str:
    """The lowest balance after what is due and everyday spending, where it is below zero."""
    return f"The balance may fall to {money(amount, currency)} by {day(on)}"


@kind
def none_due(seen: bool = True) -> str:
    """No active series of payments, or none in the days looked at; `seen` if any has a day."""
    none = "No payment that recurs and is still to come is"
    return f"{none} seen in the transactions on record" if seen else "What is to come is not known"


@kind
def orders(n: int, amount: float, purposes: Sequence[tuple[str, float]], currency: str) -> str:
    """Standing orders on record with their sum, that of the largest purposes, and the rest."""
    are, their, in_all = ("is", "its", "") if n == 1 else ("are", "their", " in all")
    day_is = "day is" if n == 1 else "days are"
    said = f"{count(n, 'standing order')} of {money(amount, currency)}{in_all} {are} on record"
    if n == 1 and purposes:
        said += f", for {purposes[0][0]}"
    elif purposes:
        rest = amount - sum(one for _, one in purposes)
        parts = [*purposes, *([("others or unnamed", rest)] if rest >= 0.5 else [])]
        said += f": {listing([f'{name} {money(one, currency)}' for name, one in parts])}"
    return f"{said}; {their} {day_is} not"


@kind
def no_dated_payments(orders: bool = False) -> str:
    """No transaction has a day; `orders` where standing orders, which have none, recur."""
    seen = (
        "what recurs is known by standing orders alone, whose days are not"
        if orders
        else "no payment that recurs is among them"
    )
    return f"No dated transactions on record, so {seen}"


@kind
def swings_unknown() -> str:
    """Fewer than 3 whole months of spending in a year."""
    return "Fewer than 3 months of spending are known"


@kind
def kept_unknown() -> str:
    """Too few whole months with both figures, or no income in them."""
    return "How much of the income is kept cannot be said: too few months have income and spending"


@kind
def counted(in_accounts: bool) -> str:
    """What a balance ahead starts from and counts."""
    start = (
        "what current, savings and deposit accounts hold together"
        if in_accounts
        else "the balance of the last month on record"
    )
    return (
        f"Balances ahead start from {start}; they count what recurs and everyday spending of the "
        "last 90 days, not income that does not recur"
    )


@kind
def payments_end(on: pd.Timestamp, so: str) -> str:
    """The newest transaction is long before the bank's day."""
    return f"The latest transaction is of {day(on)}; {so}"


# --- goals and plans --------------------------------------------------------------------------


@kind
def goal_reached(progress: Claim) -> str:
    """At least as much is saved."""
    return f"{progress.text}: the goal is reached"


@kind
def goal_open(progress: Claim, missing: str) -> str:
    """Income or spending is not known."""
    return f"{progress.text}; when it is reached cannot be said, as the {missing} is not known"


@kind
def goal_never(progress: Claim, income: float, spending: float, currency: str) -> str:
    """Nothing is left of a month's income."""
    return (
        f"{progress.text}; with {_rate(income, spending, currency)} nothing is left over: at this "
        "rate the goal is never reached"
    )


@kind
def goal_takes(
    progress: Claim,
    income: float,
    spending: float,
    months: float,
    on: pd.Timestamp | None,
    currency: str,
) -> str:
    """What is missing over what is left of a month's income."""
    span = f"{months:.1f} months" if months < 24 else f"{months / 12:.1f} years"
    when = "" if on is None else f", in {on:%b %Y}"
    if months > _FAR_MONTHS:
        span, when = f"more than {_FAR_MONTHS // 12} years", ""
    return f"{progress.text}; with {_rate(income, spending, currency)} it takes {span}{when}"


def _rate(income: float, spending: float, currency: str) -> str:
    return (
        f"{money(income, currency)} of income less {money(spending, currency)} of spending a month"
    )


@kind
def allocation(
    risk: str, stated: str, appetite: float, percent_of: Mapping[str, float], market: float,
    source: str, tilted: str, points: float,
) -> str:  # fmt: skip
    """Shares by a risk level (stated, else read from the appetite), and what the market moves."""
    shares = listing([f"{asset}: {round(share, 2):g} %" for asset, share in percent_of.items()])
    plan = f"For {with_article(risk)} risk level ({risk_source(stated, appetite)}): {shares}"
    if not tilted:
        return f"{plan}. The market does not tilt it: {source}"
    verb, to = ("adds", "to") if points > 0 else ("takes", "from")
    return (
        f"{plan}. The market figure of {signed(100 * market, 1)} % ({source}) "
        f"{verb} {abs(points):.2f} points {to} {tilted.lower()}"
    )


def risk_source(stated: str, appetite: float) -> str:
    """What a risk level is read from."""
    if stated:
        return f"stated risk tolerance: {stated}"
    return f"risk appetite {appetite:.1f} of 10, as no tolerance is stated"


@kind
def goal_away(goal: str, said: str) -> str:
    """How far off goals of such words usually are."""
    return f"Goal “{goal}”: {said}"


@kind
def horizon(text: str) -> str:
    """As stated."""
    return f"Stated time horizon: {text}"


@kind
def goal_soon(goal: Claim, share: float) -> str:
    """A goal that is reached within the months of the settings, beside the share in stocks."""
    return (
        f"{goal.text}. Keep what this goal needs out of stocks ({100 * share:.0f} % of the plan): "
        "it is needed soon"
    )


# --- what is read, and what is not --------------------------------------------------------------


@kind
def says_leaving(words: str, on: pd.Timestamp) -> str:
    """Own words of a message that may be used; no index reads them."""
    when = "(no date is known)" if pd.isna(on) else f"on {day(on)}"
    return f"wrote “{words}” {when}"


@kind
def unused_posts(n: int, refused: bool) -> str:
    """Posts without the consent to use social data: refused, or never recorded."""
    why = (
        "the customer refused the use of social data"
        if refused
        else "the customer's consent to use social data is not on record"
    )
    return f"{count(n, 'post')} not used: {why}"


@kind
def searched_by(phrases: Sequence[tuple[str, str]]) -> str:
    """The phrases that products are compared with, weightiest first, and where each is from."""
    told: dict[str, list[str]] = {}
    for text, origin in phrases:
        told.setdefault(origin, []).append(f"“{text}”")
    said = [f"{wording.listing(texts)} ({origin})" for origin, texts in told.items()]
    return f"Products are searched by {'; '.join(said)}"


@kind
def not_searched(ordered: Sequence[str] = ()) -> str:
    """No interest is on record; what standing orders are for tells of needs, and is not searched
    by, since they have no day from which they were known."""
    if ordered:
        return (
            "The search by needs is neutral: no need is known but what the standing orders tell, "
            f"by which nothing is searched ({listing(ordered)})"
        )
    return "No needs are known: the search by needs is neutral"


@kind
def rated(metric: str, value: float, word: str) -> str:
    """A metric and the band that it falls into."""
    return f"{metric}: {word}" if word == NO_DATA else f"{metric} {value:.1f}, {word}"


@kind
def alerts_open(
    counts: Mapping[str, int],
    n_customers: int,
    of_book: bool,
    n_acknowledged: int,
    on: pd.Timestamp,
) -> str:
    """How many alerts are open and of which kinds, the most frequent three."""
    done = f"{count(n_acknowledged, 'alert')} acknowledged"
    if not counts:
        who = "in this book" if of_book else "for this customer"
        return (
            f"No open alerts on {day(on)}: {done}"
            if n_acknowledged
            else f"No alerts {who} on {day(on)}: nothing crossed its threshold"
        )
    n = sum(counts.values())
    most = [f"{title.lower()}{f' ({k:,})' if n > 1 else ''}" for title, k in counts.items()][:3]
    more = " and other kinds" if len(counts) > 3 else ""
    whose = f" of {count(n_customers, 'customer')}" if of_book else ""
    rest = f"; {done}" if n_acknowledged else ""
    return f"{count(n, 'open alert')}{whose}: {listing(most)}{more}{rest}"
