"""What is said of a customer, a segment or the book, typed: when it may be said, and its words.

Each kind of claim is one function: what it takes is what the sentence rests on, and what it gives
are the words, which end without a full stop. `tests/engine/customers/oracles.py` works every figure
out again from the raw tables. Money is in the bank's currency, shares are 0 to 1.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from engine.customers import wording
from engine.customers.wording import count, day, listing, money, percent
from engine.figures import MISSING, figure, signed, with_article

_KINDS: Final[dict[str, Callable[..., str]]] = {}
_YEAR: Final = 12
_CLEARLY: Final = 0.05
_FAR: Final = 0.25
"""A change of a mean from which it is told beside a median that hardly moved the other way, and
beside one that moved by less than the first (own choices)."""
_SHOWN: Final = 0.005
"""A change that prints as 1 % or more, or as a part of it: a reader of "rose 3 %" has to know
that the mean of the same months fell, however little."""


@dataclass(frozen=True)
class Claim:
    """One thing that is said, and the figures that it rests on."""

    kind: str
    figures: Mapping[str, Any]

    @property
    def text(self) -> str:
        """In words."""
        return _KINDS[self.kind](**self.figures)

    def but(self, **changed: Any) -> "Claim":
        """The same kind of claim with other figures."""
        return Claim(self.kind, {**self.figures, **changed})


def kind(words: Callable[..., str]) -> Callable[..., Claim]:
    """Make a function of words a kind of claim."""
    name = words.__name__.rstrip("_")
    _KINDS[name] = words

    @wraps(words)
    def said(**figures: Any) -> Claim:
        return Claim(name, figures)

    return said


# --- what is on record ------------------------------------------------------------------------


@kind
def segment(name: str) -> str:
    """The segment, by the bands of churn index and profit."""
    return name


@kind
def cases_open(n: int) -> str:
    """Tickets, chats and calls that are marked as not resolved."""
    return count(n, "unresolved case")


@kind
def cases(n: int, n_open: int, n_repeated: int) -> str:
    """Tickets, chats and calls that are unresolved, were repeated or are unhappy."""
    return (
        f"{count(n, 'case')} (unresolved, repeated or unhappy): {n_open} unresolved, "
        f"{n_repeated} repeated; recent ones count more"
    )


@kind
def balance(amount: float, month: str, currency: str) -> str:
    """Current, savings and deposit accounts; a month's figure where no such account is known."""
    here = "in current, savings or deposit accounts"
    where = f"at the last month on record{month}" if month else here
    return f"{money(amount, currency)} {where}"


@kind
def change(
    figure: str,
    share: float,
    n_recent: int,
    n_past: int,
    until: str,
    verb: str = "",
    by_mean: float = 0.0,
) -> str:
    """How the median of the last months stands to that of the months before, one figure.

    Where the mean of the same months moved the other way, it is said as well.
    """
    moved = verb or f"{figure} {wording.direction(share)}"
    basis = f"median of the last {count(n_recent, 'month')}{until}"
    other = f"; the mean {wording.direction(by_mean)}" if parts_from(share, by_mean) else ""
    return f"{moved} ({basis} against that of the {n_past} before{other})"


def parts_from(share: float, by_mean: float) -> bool:
    """Did the mean clearly move the other way than the median, or far where that hardly moved?"""
    opposite = abs(by_mean) >= _SHOWN and abs(share) >= _SHOWN and share * by_mean < 0
    opposite = opposite or (abs(by_mean) >= _CLEARLY and share * by_mean < 0)
    return opposite or (abs(by_mean) >= _FAR and abs(share) < _CLEARLY)


@kind
def spent_on(
    item: str, amount: float, days: float, until: str, currency: str, most: bool = True
) -> str:
    """Money a month of whole months, else over so many days; `most` where nothing took more."""
    how = f" in {count(days, 'day')}" if days > 0 else " a month"
    usual = "" if most else ", more than is usual here"
    return f"{money(amount, currency)}{how} on {item}{until}{usual}"


@kind
def goals(names: Sequence[str]) -> str:
    """Goals that the customer stated."""
    said = listing([f"“{goal}”" for goal in names])
    return f"the goal{'s' if len(names) > 1 else ''} {said}"


@kind
def interests(names: Sequence[str], declared: bool) -> str:
    """Topics of posts and messages, or what the bank's record names."""
    return f"{listing(names)} {'named on record' if declared else 'in messages'}"


@kind
def holds(n: int) -> str:
    """Products held now; an account need not be one of them."""
    return _of_catalogue(n)


@kind
def account_since(n: int, first: Any) -> str:
    """Accounts on record, and the month in which the oldest one was opened."""
    if n == 1:
        return f"an account opened in {first:%b %Y}"
    return f"{n} accounts, the oldest opened in {first:%b %Y}"


@kind
def has_orders(n: int, amount: float, currency: str) -> str:
    """Standing orders on record and their sum."""
    return f"{count(n, 'standing order')} of {money(amount, currency)}{' in all' if n > 1 else ''}"


def _of_catalogue(n: int) -> str:
    """ "1 product of the catalogue": an account or deposit that it lacks is none of them."""
    return f"{count(n, 'product')} of the catalogue"


# --- drivers of the metrics -------------------------------------------------------------------


@kind
def dormant() -> str:
    """The bank's own status says so."""
    return "The bank marks the account as hardly used"


@kind
def tone(n: int, mean: float) -> str:
    """Mean sentiment of the other messages; tickets and recent ones weigh more."""
    word = "neutral" if abs(mean) < 0.05 else "positive" if mean > 0 else "negative"
    return f"{count(n, 'other message')}, {word} on the whole (mean sentiment {signed(mean)})"


@kind
def satisfaction(value: float) -> str:
    """As on record, -1 to 1."""
    return f"Satisfaction {percent((value + 1) / 2)} ({figure(value)} on a scale of −1 to 1)"


@kind
def held(n: int, besides: Sequence[str] = ()) -> str:
    """Products held now, as a sentence; `besides` are kinds of account that no product names."""
    kinds = [f"{with_article(kind)} account" for kind in besides]
    accounts = f", beside {listing(kinds)} that no product names" if kinds else ""
    return f"Holds {_of_catalogue(n)}{accounts}"


@kind
def tenure(years: float) -> str:
    """Since the day of joining."""
    if years < 1:
        return f"Customer for {count(round(years * _YEAR), 'month') if years > 0.05 else 'days'}"
    return f"Customer for {years:.1f} years"


@kind
def margin(amount: float, parts: Mapping[str, float], n: int, currency: str, span: str = "") -> str:
    """The estimated yearly value, what it is the sum of, and of how many months spending is."""
    told = [f"{name} {money(part, currency)}" for name, part in parts.items() if round(part)]
    total = f"About {money(amount, currency)} a year by stated assumptions"
    basis = f"; the year of spending is 12 times the mean of {count(n, 'whole month')}{span}"
    short = 0 < n < _YEAR and round(parts.get("card spending", 0.0))
    return f"{total}: {', '.join(told)}{basis if short else ''}" if told else total


@kind
def income(
    amount: float, stated: bool, n: int, revenue: bool, currency: str, span: str = ""
) -> str:
    """A year's income as stated, a company's revenue, else 12 times the mean of some months."""
    how = "as stated" if stated else wording.mean_income(n, span)
    return f"{money(amount, currency)}{' of revenue' if revenue else ''} a year, {how}"


@kind
def credit_score(value: float) -> str:
    """As on record."""
    return f"Credit score {value:.0f}"


@kind
def tolerance(stated: str) -> str:
    """As stated."""
    return f"States {with_article(stated)} tolerance for risk"


@kind
def goals_about_risk(names: Sequence[str]) -> str:
    """Those stated goals that say something of risk."""
    return f"Goals: {', '.join(names)}"


@kind
def risky_held(n: int, of: int, estimated: bool) -> str:
    """Products held with a customer risk of 6 or more, as stated or by the bank's rule."""
    how = "an estimated" if estimated else "a"
    return f"{n} of {_of_catalogue(of)} held with {how} customer risk of 6 or more"


@kind
def speculation(share: float) -> str:
    """Of a year's spending."""
    return f"{percent(share)} of spending on shares, crypto or bets"


@kind
def investing(share: float) -> str:
    """Of a year's spending."""
    return f"{percent(share)} of spending on investments"


@kind
def keeps_investments() -> str:
    """An investment account with a balance."""
    return "Keeps investments at the bank"


@kind
def categories_held(n: int) -> str:
    """Of products held."""
    return f"Products of {count(n, 'category', 'categories')}"


@kind
def account_kinds(n: int) -> str:
    """Where no product is known to be held; of a kind a bank may say no more than "loan: yes"."""
    kinds = count(n, "kind of account", "kinds of account")
    return f"{kinds}, with deposits and loans counted as kinds"


@kind
def complex_held(n: int, of: int) -> str:
    """Products held whose name or category names something demanding."""
    return f"{n} of {_of_catalogue(of)} held in a demanding category"


@kind
def finance_terms(n: int, messages: int) -> str:
    """Words of investing and planning."""
    return f"{count(n, 'finance term')} in {count(messages, 'message')}"


@kind
def occupation(text: str, industry: bool) -> str:
    """As on record; the industry where there is no occupation."""
    return f"{'Industry' if industry else 'Occupation'} on record: {text}"


# --- alerts -------------------------------------------------------------------------------------


@kind
def may_leave(index: float, edge: float, strongest: Claim) -> str:
    """A churn index from the threshold on, and the driver with the most points."""
    most = strongest.text
    return (
        f"Churn index {index:.1f} of 10 (alert from {edge:g}). Strongest sign: "
        f"{most[:1].lower()}{most[1:]}"
    )


@kind
def driver(name: str) -> str:
    """A driver of which nothing more is on record."""
    return name


@kind
def mood_fell(last: float, n_last: int, before: float, n_before: int, edge: float) -> str:
    """Mean sentiment of the last dated messages against all before."""
    return (
        f"Mean sentiment of the last {n_last} messages {signed(last)}, of the {n_before} before "
        f"{signed(before)} (alert from {edge:g} lower)"
    )


@kind
def cases_late(n: int, oldest: int, edge: int) -> str:
    """Cases that are open for the threshold or longer."""
    return (
        f"1 case open for {oldest} days (alert from {edge})"
        if n == 1
        else f"{n} cases open for {edge} days or more, the oldest for {oldest}"
    )


@kind
def saved(amount: float, goal: float, named: bool, currency: str) -> str:
    """Savings and deposit accounts against the own goal; without one the balance, in which no
    investment is."""
    kept = "saved" if named else "held, investments not counted (no savings account is known),"
    share = wording.percent(amount / goal)
    return f"{money(amount, currency)} {kept} of a goal of {money(goal, currency)} ({share})"


@kind
def spent_much(amount: float, month: str, limit: float, usual: float, n: int, currency: str) -> str:
    """Spending of one month above the limit: the bank's, or a share above the own median month."""
    own = f" (median of {count(n, 'month')} before: {money(usual, currency)})" if n else ""
    return f"{money(amount, currency)} of spending in {month}, limit {money(limit, currency)}{own}"


@kind
def loan_left(amount: float, edge: float, currency: str) -> str:
    """Up to the threshold of a loan is left."""
    return f"{money(amount, currency)} of the loan is left (alert up to {money(edge, currency)})"


@kind
def swings(variation: float, n: int, edge: float, span: str = "") -> str:
    """Sample standard deviation of monthly spending over its mean, of at least 3 whole months,
    which `span` names: " (Aug 2025 to Jun 2026)"."""
    word = "volatile" if variation > edge else "steady"
    close = percent(variation) == percent(edge) and variation != edge
    deviates = f"{'just above' if variation > edge else 'just under'} " if close else ""
    return (
        f"Monthly spending deviates by {deviates}{percent(variation)} of its mean over "
        f"{count(n, 'month')}{span} (standard deviation): {word} "
        f"(above {percent(edge)} is volatile)"
    )


@kind
def shortfall(
    balance: float, income: float, stated: bool, spending: float, n: int, currency: str
) -> str:
    """Balance of all accounts, income and median spending of the last months are below zero."""
    come = "stated income" if stated else "income"
    left = money(balance + income - spending, currency)
    return (
        f"Balance {money(balance, currency)} + {come} {money(income, currency)} - spending "
        f"{money(spending, currency)} = {left} within a month (medians of "
        f"up to {count(n, 'month')})"
    )


@kind
def unusual(
    amount: float, payee: str, on: Any, times: float, usual: float, n: int, of: str, currency: str
) -> str:
    """A payment far above the median of the customer's payments of its kind."""
    return (
        f"{money(amount, currency)} at {payee} on {day(on)}: {times:.1f} times the median "
        f"{money(usual, currency)} of {count(n, 'payment')} {of}"
    )


@kind
def kept_of_income(rate: float, income: float, spending: float, n: int, currency: str) -> str:
    """Mean income and spending of the same whole months."""
    come = f"{money(income, currency)} come in and {money(spending, currency)} go"
    over = f"out in a mean month, over {count(n, 'whole month')}"
    if rate < 0:
        return f"{come} {over}: more goes out than comes in, by {percent(-rate)} of income"
    return f"{come} {over}: {percent(rate)} of the income is kept"


@kind
def raised_on(title: str, on: Any) -> str:
    """An alert by its kind alone, for whoever may read no customer's words and no payee."""
    return f"{title}, {day(on)}"


# --- a call -------------------------------------------------------------------------------------


@kind
def promised(on: Any, note: str) -> str:
    """An open follow-up, with what was noted of it."""
    return f"promised for {day(on)}{f' ({note})' if note else ''}"


@kind
def leaves(index: float) -> str:
    """An open alert on churn."""
    return f"may leave (churn index {index:.1f} of 10)"


@kind
def unhappy(mood: float, last: Any = None) -> str:
    """Mood at or below that of a service contact; the day of the last message where it is old."""
    which = "recent messages" if last is None else f"messages up to {day(last)}"
    return f"{which} are unhappy ({signed(mood, 1)})"


@kind
def alerted(title: str) -> str:
    """An open alert of another kind."""
    return f"{title[:1].lower()}{title[1:]}"


@kind
def worth(amount: float, currency: str) -> str:
    """The estimated yearly value."""
    return f"worth about {money(amount, currency)} a year"


@kind
def settle_first(on: Any, topics: Sequence[str]) -> str:
    """The last of the cases that cannot wait."""
    about = f" ({listing(topics)})" if topics else ""
    return f"settle the case{_of(on)}{about} first"


@kind
def listen_first() -> str:
    """An index from which the retention list opens, or an unhappy mood, without a case."""
    return "listen before any offer"


@kind
def no_offer_before(on: Any) -> str:
    """The same, as what not to say."""
    return f"No offer before the case{_of(on)} is settled"


@kind
def likely(product: str, share: float, fit: bool, after: bool) -> str:
    """The next offer: the chance that it is the next product, given that one is; or its fit."""
    sure = f"fit {percent(share)}" if fit else f"{_in_hundred(share)} in 100"
    return f"{'then' if after else 'offer'} {product}, {sure}"


@kind
def mentioned(source: str, on: Any, sentence: str) -> str:
    """A sentence of the customer's that tells of a need, with where it came from."""
    return f"{source} of {day(on)}: “{sentence}”"


@kind
def vulnerable() -> str:
    """The bank's own mark."""
    return "Marked as vulnerable: no pressure, and nothing of much risk"


@kind
def posts_unused(refused: bool) -> str:
    """There are posts, and no consent to use them, or a refusal."""
    why = "the customer refused their use" if refused else "no consent to use them"
    return f"Posts in social media: {why}, so do not mention them"


def _of(on: Any) -> str:
    return "" if on is None or day(on) == MISSING else f" of {day(on)}"


def _in_hundred(share: float) -> str:
    return "under 1" if share < 0.005 else f"{100 * share:.0f}"
