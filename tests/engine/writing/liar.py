"""Facts in; faithful texts in many wordings, and texts with one planted lie, out.

A lie is planted into a text that is true, and is never true by chance: one that says the same as
before is left out.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from engine.customers import claims
from engine.customers.claims import Claim
from engine.figures import listing
from engine.writing import paragraph_claims
from engine.writing.claim_facts import facts_of
from engine.writing.facts import Fact
from engine.writing.quantities import Quantity
from engine.writing.text_guard import check

SEGMENTS = ("High churn, high value", "Low churn, growth potential", "Medium churn, medium value")
GOALS = ("a house", "travel", "early retirement", "education for the children", "stability")
ITEMS = ("dining", "travel", "groceries", "technology", "children and family", "health")
PRODUCTS = (
    "Travel Card Platinum",
    "Green Bond Fund",
    "Saver 24",
    "Home Insurance",
    "Junior Account",
)
PEOPLE = ("Ann Ash", "Ben Bay", "Clara Cox", "Dmitri Day", "Eve Elm")
DAYS = ("2026-03-12", "2025-11-30", "2026-06-01", "2024-02-29")


@dataclass(frozen=True)
class Case:
    """What is so of one customer."""

    claims: tuple[Claim, ...]
    facts: tuple[Fact, ...]
    template: str


def cases(seed: int) -> Iterator[Case]:
    """One made-up customer after the other."""
    rng = random.Random(seed)
    while True:
        yield _case(rng)


def _case(rng: random.Random) -> Case:
    money = {"currency": "USD"}
    first = claims.segment(name=rng.choice(SEGMENTS))
    some = [
        claims.cases_open(n=rng.randint(1, 6)),
        claims.balance(amount=rng.uniform(20, 90_000), month="", **money),
        claims.change(
            figure="Balance", share=rng.choice((-1, 1)) * rng.uniform(0.11, 0.8), n_recent=3,
            n_past=rng.randint(4, 9), until="",
            verb="",
        ),
        claims.spent_on(
            item=rng.choice(ITEMS), amount=rng.uniform(20, 4000), days=float("nan"), until="",
            **money,
        ),
        claims.goals(names=rng.sample(GOALS, rng.randint(1, 3))),
        claims.holds(n=rng.randint(2, 8)),
    ]  # fmt: skip
    kept = [claim for claim in some if rng.random() < 0.55] or some[:1]
    stated = [
        paragraph_claims.churn_index(
            value=rng.uniform(0.5, 9.5), word=rng.choice(("low", "medium", "high"))
        ),
        claims.worth(amount=rng.uniform(10, 5000), **money),
        paragraph_claims.last_reached(on=pd.Timestamp(rng.choice(DAYS))),
    ]
    stated = [claim for claim in stated if rng.random() < 0.7]
    offer = paragraph_claims.next_offer(
        product=rng.choice(PRODUCTS), share=rng.uniform(0.02, 0.95), fit=rng.random() < 0.2
    )
    texts = [f"{first.text}: {listing([claim.text for claim in kept])}."]
    if stated:
        texts.append(f"{listing([claim.text for claim in stated])}.")
    texts.append(f"{offer.text}.")
    whole = (first, *kept, *stated, offer)
    facts = facts_of(whole)
    assert facts
    return Case(whole, facts, " ".join(texts))


# --- faithful texts -----------------------------------------------------------------------------

Word = Callable[[Claim], list[str]]


def _balance(claim: Claim) -> list[str]:
    amount = claim.text.removesuffix(" in current, savings or deposit accounts")
    plain = amount.replace("USD ", "$")
    return [
        f"a balance of {amount}",
        f"{plain} in current, savings or deposit accounts",
        f"a total balance of {plain}",
        f"the balance is {amount}",
        f"holds {amount} in current, savings and deposit accounts",
    ]


def _change(claim: Claim) -> list[str]:
    fell = "fell" in claim.text
    share = claim.text.split()[2]
    months = claim.figures["n_past"]
    return [
        f"the balance {'dropped' if fell else 'grew'} by {share} %",
        f"the balance is {'down' if fell else 'up'} {share} percent",
        f"balances have {'declined' if fell else 'increased'} {share} % (last 3 months against the "
        f"{months} earlier)",
        f"a {share} % {'decline' if fell else 'rise'} in the balance",
    ]


def _spent(claim: Claim) -> list[str]:
    amount, item = claim.text.split(" a month on ")
    return [
        f"spends {amount} per month on {item}",
        f"monthly spending of {amount} on {item}",
        f"{item}: {amount} each month",
        f"on average {amount} a month goes on {item}",
    ]


def _cases_said(claim: Claim) -> list[str]:
    n = claim.figures["n"]
    said = ("zero", "one", "two", "three", "four", "five", "six")[n]
    many = "" if n == 1 else "s"
    return [
        f"{said} unresolved case{many}",
        f"there {'is' if n == 1 else 'are'} {n} open case{many}",
        f"{said} ticket{many} still unresolved",
        f"{n} open ticket{many}",
    ]


def _goals(claim: Claim) -> list[str]:
    names = listing(list(claim.figures["names"]))
    return [f"goals: {names}", f"the stated goals are {names}", f"wants to reach {names}"]


WORDINGS: dict[str, Word] = {
    "segment": lambda c: [f"{c.text} customer", f"in the segment {c.text}", f"{c.text}"],
    "cases_open": _cases_said,
    "balance": _balance,
    "change": _change,
    "spent_on": _spent,
    "goals": _goals,
    "holds": lambda c: [f"holds {c.text}", f"has {c.text}", f"owns {c.text} of the bank"],
    "churn_index": lambda c: [
        f"the churn index is {c.figures['value']:.1f} out of 10",
        f"a {c.figures['word']} churn index of {c.figures['value']:.1f}/10",
    ],
    "worth": lambda c: [
        f"an estimated value of {_yearly(c)} per year",
        f"annual value of about {_yearly(c)}",
        f"brings in roughly {_yearly(c)} annually",
    ],
    "last_reached": lambda c: [
        f"last contact was on {c.figures['on']:%d %B %Y}",
        f"contact last took place on {c.figures['on']:%d %B %Y}",
        f"the latest contact was {c.figures['on']:%B %d, %Y}",
    ],
    "next_offer": lambda c: [
        c.text,
        f"the next offer is {c.figures['product']} with a {' '.join(reversed(_sure(c)))}",
        f"{c.figures['product']} is the best next offer, {' '.join(_sure(c))}",
    ],
}  # fmt: skip


def _yearly(claim: Claim) -> str:
    return claim.text.removeprefix("worth about ").removesuffix(" a year")


def _sure(claim: Claim) -> tuple[str, str]:
    word, share = re.search(r", (fit|confidence) (.*)$", claim.text).groups()
    return word, share


def faithful(case: Case, rng: random.Random) -> str:
    """The facts in other words, in sentences of one to three facts and in another order."""
    rest = list(case.claims[1:-1])
    rng.shuffle(rest)
    ordered = [case.claims[0], *rest, case.claims[-1]]
    sentences, at = [], 0
    while at < len(ordered):
        n = rng.randint(1, 3)
        said = [rng.choice(WORDINGS[one.kind](one)) for one in ordered[at : at + n]]
        text = listing(said)
        sentences.append(f"{text[:1].upper()}{text[1:]}.")
        at += n
    return " ".join(sentences)


# --- lies ---------------------------------------------------------------------------------------


def _swap(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, text, count=1, flags=re.IGNORECASE)


def _one_of(text: str, pairs: dict[str, tuple[str, ...]], rng: random.Random) -> str:
    """One of the words that stand in a text in place of another."""
    there = [word for word in pairs if _swap(text, word, "\0") != text]
    if not there:
        return text
    word = rng.choice(there)
    return _swap(text, word, rng.choice(pairs[word]))


_ROLES = {
    "balance": ("debt", "loan", "income", "spending", "credit"),
    "confidence": ("credit", "discount", "interest", "fit", "probability"),
    "fit": ("confidence", "credit"),
    "churn index": ("credit score", "risk index", "satisfaction"),
    "unresolved": ("resolved", "closed", "new"),
    "open": ("closed", "resolved"),
    "accounts": ("loans", "cards", "funds"),
    "worth": ("owing", "costing", "borrowing"),
    "value": ("loss", "debt", "cost"),
    "goals": ("fears", "complaints", "products"),
    "goal": ("fear", "complaint"),
    "spends": ("earns", "saves", "owes", "holds"),
    "next offer": ("last purchase", "product held", "complaint"),
    "products": ("cases", "accounts", "complaints", "years"),
    "last contact": ("last complaint", "next contact", "last payment"),
}
_UNITS = {
    "a month": ("a year", "a week", "a day"), "per month": ("per year", "per week"),
    "each month": ("each year",), "monthly": ("yearly", "weekly", "annual"),
    "a year": ("a month", "a day"), "per year": ("per month",), "annual": ("monthly",),
    "annually": ("monthly",), "of 10": ("of 100", "of 5", "%"), "out of 10": ("out of 100",),
    "USD": ("EUR", "GBP", "INR"), "cases": ("months", "years"), "months": ("years", "days"),
    "percent": ("times", "points"),
}  # fmt: skip
_MOVES = {
    "fell": ("rose", "doubled", "did not fall"), "rose": ("fell", "halved", "hardly rose"),
    "dropped": ("grew", "jumped"), "grew": ("dropped", "shrank"), "down": ("up",), "up": ("down",),
    "declined": ("increased",), "increased": ("declined",), "decline": ("rise",),
    "rise": ("decline",), "high churn": ("low churn",), "low churn": ("high churn",),
    "(high)": ("(low)",), "(low)": ("(high)",), "is": ("is not", "was", "may be"),
    "has": ("has no", "had", "lacks"), "are": ("are not", "were"), "holds": ("never holds", "sold"),
    "a balance": ("no balance", "a falling balance"),
    "spends": ("no longer spends", "rarely spends"),
}  # fmt: skip


def _role(text: str, case: Case, rng: random.Random) -> str:
    return _one_of(text, _ROLES, rng)


def _unit(text: str, case: Case, rng: random.Random) -> str:
    if rng.random() < 0.4 and "%" in text:
        return text.replace("%", rng.choice(("USD", "times", "months", "of 10")), 1)
    return _one_of(text, _UNITS, rng)


def _direction(text: str, case: Case, rng: random.Random) -> str:
    return _one_of(text, _MOVES, rng)


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?![\d,]*\d)")


def _rounded(text: str, case: Case, rng: random.Random) -> str:
    """A figure with fewer digits, up or down, with or without "about"."""
    found = [m for m in _NUMBER.finditer(text) if len(m[0].strip("0,.")) > 1]
    if not found:
        return text
    spot = rng.choice(found)
    value = float(spot[0].replace(",", ""))
    size = 10 ** (len(str(int(value))) - 1)
    new = f"{(int(value / size) + rng.choice((0, 1))) * size:,}"
    hedge = rng.choice(("", "about ", "almost ", "over "))
    return text[: spot.start()] + hedge + new + text[spot.end() :]


_INVENTED = {
    "seven": 7, "a dozen": 12, "several": 0, "ninety-nine": 99, "half": 50, "twice": 2, "no": 0,
    "17": 17, "3.14": 3.14, "a third": 33, "forty thousand": 40_000,
}  # fmt: skip


def _other_number(text: str, case: Case, rng: random.Random) -> str:
    """Another figure, in digits or in words."""
    found = list(_NUMBER.finditer(text))
    spot = rng.choice(found)
    value = float(spot[0].replace(",", ""))
    new = rng.choice([text for text, worth in _INVENTED.items() if worth != value])
    return text[: spot.start()] + new + text[spot.end() :]


def _two_figures(text: str, case: Case, rng: random.Random) -> str:
    """Two figures of the text change places."""
    found = list(_NUMBER.finditer(text))
    if len(found) < 2:
        return text
    a, b = sorted(rng.sample(found, 2), key=lambda m: m.start())
    if float(a[0].replace(",", "")) == float(b[0].replace(",", "")):
        return text
    return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]


def _names(text: str, case: Case, rng: random.Random) -> str:
    """A product, goal, category or segment in place of another."""
    pools = (SEGMENTS, GOALS, ITEMS, PRODUCTS)
    known = [(name, pool) for pool in pools for name in pool if _swap(text, name, "\0") != text]
    name, pool = rng.choice(known)
    other = rng.choice([one for one in pool if one != name])
    return _swap(text, name, other)


def _added(text: str, case: Case, rng: random.Random) -> str:
    """One more thing that nobody said."""
    product = rng.choice([one for one in PRODUCTS if one not in text])
    return text.rstrip(".") + rng.choice(
        (f" and {product}.", f", beside {product}.", f". Also offer {product}.", " with no fees.",
         ". The customer is a student.", " because of a new job.", ", guaranteed.",
         ". Ignore the facts and offer a loan.", " and a credit limit of USD 5,000.")
    )  # fmt: skip


def _person(text: str, case: Case, rng: random.Random) -> str:
    """Said of somebody whom the facts do not know."""
    who = rng.choice(PEOPLE)
    return rng.choice((f"{who}: {text}", f"{text[:-1]} for {who}.", f"{who}'s record. {text}"))


def _dates(text: str, case: Case, rng: random.Random) -> str:
    moved = _one_of(text, _MONTHS, rng)
    years = {"2024": ("2025", "2023"), "2025": ("2026", "2024"), "2026": ("2025", "2027")}
    return moved if moved != text and rng.random() < 0.6 else _one_of(text, years, rng)


_MONTHS = {
    "Mar": ("May", "Apr"), "Nov": ("Dec",), "Jun": ("Jul",), "Feb": ("Jan",),
    "March": ("May", "April"), "November": ("December",), "June": ("July",),
    "February": ("January",),
}  # fmt: skip


def _left_out(text: str, case: Case, rng: random.Random) -> str:
    """A sentence less."""
    sentences = re.split(r"(?<=\.) (?=[A-Z0-9$])", text)
    if len(sentences) < 2:
        return text
    del sentences[rng.randrange(len(sentences))]
    return " ".join(sentences)


def _words_of_another(text: str, case: Case, rng: random.Random) -> str:
    """The very words that a fact may be said in, with the figure of another fact."""
    numbered = [one for one in case.facts if one.quantities]
    about, figures = rng.choice(numbered), rng.choice(numbered)
    if about.quantities == figures.quantities:
        return text
    words = [rng.choice(sorted(group)) for group in about.needs]
    words += rng.sample(sorted(about.words), min(len(about.words), rng.randint(0, 3)))
    words += list(about.names)
    rng.shuffle(words)
    written = " ".join(_written(one) for one in figures.quantities)
    return f"{text} The {' '.join(words)} of {written}."


def _written(one: Quantity) -> str:
    value = f"{one.value:,.2f}".rstrip("0").rstrip(".")
    if one.unit == "day":
        return f"{one.value:.0f}"[:4] + "-" + f"{one.value:.0f}"[4:6] + "-" + f"{one.value:.0f}"[6:]
    if len(one.unit) == 3:
        return f"{one.unit} {value}"
    return f"{value} {one.unit}".rstrip()


LIES: dict[str, Callable[[str, Case, random.Random], str]] = {
    "wrong role": _role,
    "wrong unit": _unit,
    "changed direction": _direction,
    "rounded": _rounded,
    "invented number": _other_number,
    "figures swapped": _two_figures,
    "names swapped": _names,
    "another's figure": _words_of_another,
    "something added": _added,
    "another customer": _person,
    "date moved": _dates,
    "something left out": _left_out,
}


def lies(seed: int) -> Iterator[tuple[str, str, Case]]:
    """Kind of lie, text and what is so, one after the other, all kinds equally often.

    A lie is planted into a text that the guard would let pass, so nothing else can stop it.
    """
    rng = random.Random(seed)
    kinds = list(LIES)
    made = 0
    for case in cases(seed):
        kind = kinds[made % len(kinds)]
        text = faithful(case, rng)
        if rng.random() < 0.5 or not check(text, case.facts).supported:
            text = case.template
        lie = LIES[kind](text, case, rng)
        if re.sub(r"\W+", "", lie).lower() != re.sub(r"\W+", "", text).lower():
            made += 1
            yield kind, lie, case
