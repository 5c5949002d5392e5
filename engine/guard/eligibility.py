"""Products in, conditions out; of a condition and facts, a clause: passed, failed or open."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.importing import product_scores
from engine.bank.parsing.eligibility_clauses import credit_band, term_clauses, unread
from engine.bank.parsing.word_search import says
from engine.figures import figure, money, with_article
from engine.guard import target_groups
from engine.guard.customer_facts import CustomerFacts
from engine.guard.one_account import joint_accounts
from engine.guard.target_groups import FAILED, NOT_ON_RECORD, OPEN, PASSED, Group
from engine.settings import GuardSettings


@dataclass(frozen=True)
class Limit:
    """A bound of the products table against one fact of the customer."""

    key: str
    column: str
    """Column of the products table; 0 and missing mean "no such bound"."""
    fact: str
    """Field of `CustomerFacts`."""
    at_least: bool
    """The fact must reach the bound; else it must not pass it."""
    needs: str
    """What the product asks for, with the bound as {}."""
    theirs: str = "has {}"
    """What the customer has, with the fact as {}."""
    unknown: str = ""
    """What is not recorded; the key where it says so itself."""
    is_money: bool = False
    """Bound and fact are amounts in the bank's currency."""


LIMITS = (
    Limit("minimum age", "min_age", "age", True, "an age of at least {}", "is {}", "age"),
    Limit("maximum age", "max_age", "age", False, "an age of at most {}", "is {}", "age"),
    Limit("income", "min_income", "income", True, "a yearly income of at least {}",
          is_money=True),
    Limit("credit score", "min_credit_score", "credit_score", True,
          "a credit score of at least {}"),
    Limit("balance", "min_balance", "balance", True, "a balance of at least {}",
          "has a balance of {}", is_money=True),
    Limit("investment", "min_investment", "balance", True,
          "at least {} to invest", "has a balance of {}", "balance", is_money=True),
)  # fmt: skip
"""Bounds that a column of the products holds."""
TERM_LIMITS = (
    Limit("company age", "min_years", "years", True, "at least {} years in business"),
    Limit("company age", "max_years", "years", False, "at most {} years in business"),
    Limit("employees", "min_employees", "employees", True, "at least {} employees",
          unknown="number of employees"),
    Limit("employees", "max_employees", "employees", False, "at most {} employees",
          unknown="number of employees"),
    Limit("young adult", "max_age", "age", False, "an age of at most {} (young adults)", "is {}",
          "age"),
)  # fmt: skip
"""Bounds that only the eligibility text and the name tell."""

_BEYOND = (
    ("of at least", "below"),
    ("of at most", "above"),
    ("at least", "less than"),
    ("at most", "more than"),
)
"""How a limit is said of those beyond it."""
_VAGUE = r"\bvar(?:y|ies)\b|\bcertain\b|\bspecific\b|\bcriteria\b|\bdepend"
_OPEN_WORDS = (
    (r"\bincome\b|\bsalar|\bearning", "min_income", r"income|employ|salar|earn"),
    (r"(?<!no )\bcredit(?! check)", "min_credit_score", r"credit"),
    (r"\bowner|\bowning\b|\bproperty\b", None, r"owner|property|gold|business"),
)
"""Words of an eligibility text -> the column, or the words of `requires`, that cover them."""
_UNRECORDED = (
    r"\bvehicles?\b|\bforeign\b|\bexporters?\b|\babroad\b|\btwo adults\b|\bsame address\b|"
    r"\bexperienced\b|\bhorizon\b"
)
"""Words of terms that no record of a bank here can settle."""
_TWO: Final = r"\btwo\b|\bcouples?\b|\bsame address\b"
"""Words of terms that ask for a second person."""


@dataclass(frozen=True)
class Clause:
    """One clause over all the products that have it."""

    key: str
    columns: np.ndarray
    outcome: np.ndarray
    """Int8, shape (n_rows, len(columns))."""
    text: Callable[[int, int], str]
    """(row, place in `columns`) -> the sentence for the outcome that stands there."""


@dataclass(frozen=True)
class Condition:
    """What some products ask for, worked out from the catalogue and not yet asked of anybody."""

    judge: Callable[[CustomerFacts], Clause]
    columns: np.ndarray
    """Positions of the products."""
    market: Callable[[int], tuple[str, str]]
    """Place in `columns` -> for whom the product is by this condition, and for whom it is not;
    "" where it says nothing."""

    def __call__(self, facts: CustomerFacts) -> Clause:
        """Asked of some customers."""
        return self.judge(facts)


def conditions(
    products: pd.DataFrame, settings: GuardSettings, currency: str
) -> Iterator[Condition]:
    """Every eligibility condition that a product has: limits, tiers, groups, then terms."""
    large = settings.wealthy_balance if settings.large_minimum_needs_wealth else np.inf
    huge = settings.wealthy_balance * settings.minimum_needs_figure or np.inf
    yield from _limits(LIMITS, products, currency, large, huge)
    if settings.read_terms:
        yield from _limits(TERM_LIMITS, _bounds_of_terms(products, settings), currency)
    yield from _tiers(products, settings, currency)
    known = target_groups.known_groups(settings)
    required = target_groups.requirements(products, settings)
    told_by_name = target_groups.told_by_names(products)
    lends = product_scores.lends(products) & ~(products["min_age"] > 0).to_numpy(dtype=bool)
    lends[required.get("minor", [])] = False
    if lends.any():
        adult, columns = settings.adult_age, np.flatnonzero(lends)
        yield Condition(
            partial(_of_age, columns=columns, adult=adult),
            columns,
            lambda _: (f"Adults, from {figure(adult)}", "Minors: credit is not offered to them"),
        )
    for name, columns in required.items():
        told = np.isin(columns, told_by_name.get(name, ()))
        of = known.get(name)
        yield Condition(
            partial(_group, name=name, known=of, columns=columns, by_name=told),
            columns,
            partial(_market_of_group, name, of),
        )
    yield from _terms(products, settings)
    yield from _shared(products, settings)


def _limits(
    limits: tuple[Limit, ...],
    products: pd.DataFrame,
    currency: str,
    large: float = np.inf,
    huge: float = np.inf,
) -> Iterator[Condition]:
    for limit in limits:
        bounds = products[limit.column].to_numpy(dtype=float)
        columns = np.flatnonzero(bounds > 0)
        if columns.size:
            amount = partial(money, currency=currency) if limit.is_money else figure
            asked = bounds[columns]
            bands = _bands(limit, products.iloc[columns], asked)
            judge = partial(
                _limit, limit=limit, columns=columns, bounds=asked, amount=amount, bands=bands,
                large=large if limit.fact == "balance" else np.inf,
                huge=huge if limit.fact == "balance" else np.inf,
            )  # fmt: skip
            market = partial(_market_of_limit, limit, asked, amount, bands)
            yield Condition(judge, columns, market)


def _bands(limit: Limit, products: pd.DataFrame, bounds: np.ndarray) -> list[str]:
    """The words that credit scores were read from, "" for a bound that is a figure."""
    if limit.column != "min_credit_score":
        return [""] * len(bounds)
    texts = products["eligibility"].fillna("").astype("str")
    return [credit_band(text, bound) for text, bound in zip(texts, bounds, strict=True)]


def _needs(limit: Limit, band: str, bound: str) -> str:
    """What a product asks for; a score that stands for a word is told as our reading of it."""
    said = limit.needs.format(bound)
    return f"{with_article(band)} credit score (read as at least {bound})" if band else said


def _market_of_limit(
    limit: Limit,
    bounds: np.ndarray,
    amount: Callable[[float], str],
    bands: Sequence[str],
    place: int,
) -> tuple[str, str]:
    within, beyond = limit.needs, limit.needs
    if bands[place]:
        within = f"{with_article(bands[place])} credit score or better (read as at least {{}})"
        beyond = f"a credit score below {bands[place]} (read as below {{}})"
    for asked, broken in _BEYOND:
        beyond = beyond.replace(asked, broken)
    return tuple(
        f"{text[:1].upper()}{text[1:]}"
        for text in (said.format(amount(bounds[place])) for said in (within, beyond))
    )


def _bounds_of_terms(products: pd.DataFrame, settings: GuardSettings) -> pd.DataFrame:
    """The columns of `TERM_LIMITS`, as the texts and names of a catalogue tell them."""
    words = {
        "young firm": ("max_years", settings.young_company_years),
        "young adult": ("max_age", settings.young_adult_age),
        "employees": ("min_employees", 1.0),
    }
    bounds = {limit.column: np.full(len(products), np.nan) for limit in TERM_LIMITS}
    texts = products[["eligibility", "name"]].fillna("").astype("str")
    for place, product in enumerate(texts.itertuples(index=False)):
        for _, column, value in term_clauses(product.eligibility, product.name):
            column, bound = words.get(value, (column, value))
            if column in bounds and np.isnan(bounds[column][place]):
                bounds[column][place] = bound
    bounds["max_age"][(products["max_age"] > 0).to_numpy(dtype=bool)] = np.nan
    return pd.DataFrame(bounds)


def _limit(
    facts: CustomerFacts,
    limit: Limit,
    columns: np.ndarray,
    bounds: np.ndarray,
    amount: Callable[[float], str],
    bands: Sequence[str],
    large: float,
    huge: float,
) -> Clause:
    """Unknown is to be checked; but of a `large` amount only where something tells of wealth, and
    of a `huge` one only where a figure does."""
    fact = getattr(facts, limit.fact)
    held = fact[:, None] >= bounds if limit.at_least else fact[:, None] <= bounds
    wealthy = facts.groups["wealthy"][:, None]
    no_sign = (wealthy == FAILED) & (bounds >= large)
    no_sign |= (wealthy != PASSED) & (bounds >= huge)
    unknown = np.where(no_sign, FAILED, OPEN)
    outcome = np.where(np.isnan(fact)[:, None], unknown, np.where(held, PASSED, FAILED))

    def text(row: int, place: int) -> str:
        needs = _needs(limit, bands[place], amount(bounds[place]))
        missing = limit.unknown or limit.key
        if outcome[row, place] == OPEN:
            return f"Check first: needs {needs}; this customer's {missing} is not recorded"
        if np.isnan(fact[row]) and bounds[place] >= huge:
            return f"Needs {needs}; no figure on record tells of so much"
        if np.isnan(fact[row]):
            return f"Needs {needs}; neither a {missing} nor any sign of wealth is on record"
        theirs = limit.theirs.format(amount(fact[row]))
        return f"Needs {needs}; this customer {theirs}"

    return Clause(limit.key, columns, outcome, text)


def _of_age(facts: CustomerFacts, columns: np.ndarray, adult: float) -> Clause:
    """A minor is lent nothing; silent about everybody else, and where no age is recorded."""
    minor = facts.age < adult
    outcome = np.where(np.repeat(minor[:, None], len(columns), axis=1), FAILED, PASSED)

    def text(row: int, _place: int) -> str:
        theirs = f"this customer is {figure(facts.age[row])}"
        return f"Credit needs an age of at least {figure(adult)}; {theirs}" if minor[row] else ""

    return Clause("of age", columns, outcome, text)


def _tiers(products: pd.DataFrame, settings: GuardSettings, currency: str) -> Iterator[Condition]:
    """A high tier asks for an income and a credit score, unless the customer is wealthy."""
    asks = (
        ("income", "yearly income", settings.tier_min_income, partial(money, currency=currency)),
        ("credit_score", "credit score", settings.tier_min_credit_score, figure),
    )
    for fact, label, bound_of, amount in asks:
        bounds = products["tier"].map(bound_of).to_numpy(dtype=float)
        columns = np.flatnonzero(bounds > 0)
        if columns.size:
            tiers = products["tier"].iloc[columns]
            judge = partial(
                _tier, name=fact, label=label, columns=columns, bounds=bounds[columns],
                tiers=tiers, amount=amount,
            )  # fmt: skip
            yield Condition(
                judge, columns, partial(_market_of_tier, label, bounds[columns], amount)
            )


def _market_of_tier(
    label: str, bounds: np.ndarray, amount: Callable[[float], str], place: int
) -> tuple[str, str]:
    bound = amount(bounds[place])
    return f"A {label} of at least {bound}, or wealth", f"A lower {label} without wealth"


def _tier(
    facts: CustomerFacts,
    name: str,
    label: str,
    columns: np.ndarray,
    bounds: np.ndarray,
    tiers: pd.Series,
    amount: Callable[[float], str],
) -> Clause:
    fact, wealthy = getattr(facts, name), facts.groups["wealthy"] == PASSED
    enough = (fact[:, None] >= bounds) | wealthy[:, None]
    outcome = np.where(enough, PASSED, np.where(np.isnan(fact)[:, None], OPEN, FAILED))

    def text(row: int, place: int) -> str:
        asks = f"{tiers.iloc[place]} tier asks for a {label} of at least {amount(bounds[place])}"
        if outcome[row, place] == OPEN:
            return f"Check first: the {asks}; this customer's is not recorded"
        if wealthy[row]:
            return f"The {asks} or for wealth; this customer is wealthy"
        return f"The {asks}; this customer has {amount(fact[row])}"

    return Clause(f"tier {name.replace('_', ' ')}", columns, outcome, text)


def _group(
    facts: CustomerFacts,
    name: str,
    known: Group | None,
    columns: np.ndarray,
    by_name: np.ndarray,
) -> Clause:
    """A group that the product is made for; a fact in words of the bank stays open.

    `by_name` where only the name of the product says so, which is then said.
    """
    n_rows = len(facts.age)
    of_row = facts.groups[name] if known else np.full(n_rows, OPEN)
    outcome = np.broadcast_to(of_row[:, None], (n_rows, len(columns)))
    wants = facts.groups.get(f"wants {name}", np.full(n_rows, FAILED))

    def text(row: int, place: int) -> str:
        if known is None:
            return f"Check first: needs “{name}”, which the bank's records do not show"
        lead = "By its name it is for" if by_name[place] else "Is for"
        if of_row[row] == PASSED:
            return f"{lead} {known.people}; this customer is one of them"
        if of_row[row] == OPEN:
            what = known.wished if known.wished and wants[row] == OPEN else known.unsure
            return f"Check first: {lead[0].lower()}{lead[1:]} {known.people}; {what}"
        return f"{lead} {known.people}; {known.against}"

    return Clause(f"for {name}", columns, outcome, text)


def _market_of_group(name: str, known: Group | None, _place: int) -> tuple[str, str]:
    if known is None:
        return f"Whoever has “{name}”, which is checked first", ""
    people = known.people
    if known.against == NOT_ON_RECORD:
        return f"{people[:1].upper()}{people[1:]}", f"Who is not on record as one of: {people}"
    return f"{people[:1].upper()}{people[1:]}", f"Others: {known.against}"


def _terms(products: pd.DataFrame, settings: GuardSettings) -> Iterator[Condition]:
    """Eligibility text that no column and no group covers: open for everybody, quoted."""
    written = products["eligibility"].fillna("").astype("str")
    bounded = (products[[limit.column for limit in LIMITS]] > 0).any(axis=1)
    bounded |= products["requires"].notna()
    requires = products["requires"].fillna("").str.lower()
    if settings.read_terms:
        read = pd.Series("", index=range(len(products)))
        for fact, place in target_groups.terms_of(products):
            read[place] += f" {target_groups.COVERS.get(fact, fact)}"
        requires = requires + read.to_numpy()
    lower = written.str.lower()
    asked = [says(lower, _VAGUE) & ~bounded.to_numpy(dtype=bool)]
    patterns = [_VAGUE]
    for pattern, column, words in _OPEN_WORDS:
        covered = says(requires, words)
        if column is not None:
            covered = covered | (products[column] > 0).to_numpy()
        asked.append(says(lower, pattern) & ~covered)
        patterns.append(pattern)
    if settings.read_terms:
        asked.append(says(lower, _UNRECORDED))
        patterns.append(_UNRECORDED)
    left_out = [unread(text) if settings.read_terms else () for text in written]
    columns = np.flatnonzero(np.any([*asked, [bool(parts) for parts in left_out]], axis=0))
    if columns.size:
        shown = written.iloc[columns].to_numpy()
        if settings.read_terms:
            left = [
                [p for p, of in zip(patterns, asked, strict=True) if of[c]]
                + [re.escape(part) for part in left_out[c]]
                for c in columns
            ]
            shown = np.array([_part(*pair) for pair in zip(shown, left, strict=True)], dtype=object)
        yield Condition(
            partial(_quoted, columns=columns, shown=shown),
            columns,
            lambda place: (f"By its terms, which are checked first: “{shown[place]}”", ""),
        )


def _shared(products: pd.DataFrame, settings: GuardSettings) -> Iterator[Condition]:
    """Accounts for two whose own terms do not ask for the second person."""
    asked = says(products["eligibility"], _TWO, any_case=True)
    columns = np.flatnonzero(joint_accounts(products, settings.one_account_in) & ~asked)
    if columns.size:
        yield Condition(
            partial(_shared_by, columns=columns), columns, lambda _: ("Two people together", "")
        )


def _shared_by(facts: CustomerFacts, columns: np.ndarray) -> Clause:
    return Clause(
        "shared",
        columns,
        np.full((len(facts.age), len(columns)), OPEN),
        lambda _row, _place: (
            "Check first: the account is for two; the record does not say with whom"
        ),
    )


def _part(text: str, patterns: list[str]) -> str:
    """The parts of a text that are open, without those that were judged.

    The whole text where an open clause runs over several parts ("employed, self-employed").
    """
    parts = [part.strip(" .") for part in re.split(r";|,\s|\.\s", text)]
    found = np.array([[bool(re.search(one, p.lower())) for p in parts] for one in patterns])
    if not found.any(axis=1).all() or found.any(axis=0).all():
        return text
    return "; ".join(part for part, told in zip(parts, found.any(axis=0), strict=True) if told)


def _quoted(facts: CustomerFacts, columns: np.ndarray, shown: np.ndarray) -> Clause:
    return Clause(
        "terms",
        columns,
        np.full((len(facts.age), len(columns)), OPEN),
        lambda _row, place: f"Check first: the terms say “{shown[place]}”",
    )
