"""Profiles in; what to know and do first, as claims with an action each, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.customers import segments
from engine.customers.book import claims
from engine.customers.book.groups import FEW_PRODUCTS, Book
from engine.customers.claims import Claim
from engine.customers.finances.standing_orders import most_common
from engine.results import Counted

MIN_LIFT_N: Final = 10
"""Members of a segment who hold a product, and who do not, before a lift is said: of a hundred
pairs the surest by chance rests on two or three holders (own choice)."""
_SURE_LIFT: Final = 1.2

Advice = tuple[Claim, str, tuple[Counted, ...]]
"""What is so, what to do about it, and the customers whom its numbers count."""


def advised(book: Book, needs: pd.DataFrame, lift: pd.DataFrame) -> list[Advice]:
    """What to know and do first; left out where there is nothing to say."""
    advice = [
        _leaving(book),
        _cases(book),
        _falling(book),
        _few_products(book),
        _need(book, needs),
        _lift(book, lift),
    ]
    return [one for one in advice if one]


def sentences(advice: list[Advice]) -> tuple[str, ...]:
    """For example "Open cases: 3 customers ... Settle the oldest first."."""
    return tuple(f"{claim.text}. {action}" for claim, action, _ in advice)


def _leaving(book: Book) -> Advice | None:
    table = book.table
    valued = bool(book.who("at_risk_valued").any())
    kind = "at_risk_valued" if valued else "at_risk"
    chosen = book.who(kind)
    if not chosen.any():
        return None
    behind, unresolved = book.counted(kind), book.counted(f"{kind}_cases")
    return (
        claims.leaving(
            n=behind.n,
            of=len(table),
            value=float(table.loc[chosen, "value_a_year"].sum()),
            n_open=unresolved.n,
            valued=valued,
            currency=book.bank.manifest.currency,
        ),
        "Call them before any offer.",
        (behind, *([unresolved] if unresolved.n else [])),
    )


def _cases(book: Book) -> Advice | None:
    table, chosen = book.table, book.who("open_cases")
    if not chosen.any():
        return None
    where = mostly(segments.said_of(table[chosen]))
    behind = book.counted("open_cases")
    return (
        claims.book_cases(
            n=behind.n,
            of=len(table),
            cases=int(table["n_cases_open"].sum()),
            where=where,
            churn=float(table.loc[chosen, "churn"].mean()),
            churn_all=float(table.loc[table["churn_known"], "churn"].mean()),
        ),
        "Settle the oldest first.",
        (behind, *_where(book, "open_cases_in", where)),
    )


def _falling(book: Book) -> Advice | None:
    chosen = book.who("falling")
    if not chosen.any():
        return None
    table = book.table[chosen]
    where = mostly(table["segment"])
    return (
        claims.falling(
            n=len(table),
            of=len(chosen),
            known=int(book.profiles.features["balance_change"].notna().sum()),
            edge=book.settings.metrics.large_change,
            where=where,
            left=float(table["balance"].sum()),
            currency=book.bank.manifest.currency,
        ),
        "Ask where the money goes.",
        (book.counted("falling"), *_where(book, "falling_in", where)),
    )


def _where(book: Book, kind: str, where: Claim | None) -> tuple[Counted, ...]:
    """Those of the segment that is named, where it is not the one of all."""
    if where is None or where.figures["n"] == where.figures["of"]:
        return ()
    return (book.counted(kind, where.figures["segment"]),)


def _few_products(book: Book) -> Advice | None:
    behind = book.counted("few_products")
    usual = float(book.table["n_holdings"].mean())
    if not behind.n or usual <= FEW_PRODUCTS:
        return None
    said = claims.few_products(n=behind.n, of=len(book.table), usual=usual)
    if book.next_offer is None:
        return said, "See what each of them may be offered.", (behind,)
    may = book.counted("few_products_may")
    action = f"{may.n:,} of them may be offered something: propose the next by need."
    return said, action, (behind, may)


def _need(book: Book, needs: pd.DataFrame) -> Advice | None:
    if needs.empty:
        return None
    first = needs.iloc[0]
    product = first["top_product"]
    action = (
        "Look at what is offered to them."
        if pd.isna(product)
        else f"{product} is offered to them most often: check that it fits."
    )
    ordered, n_ordered = most_common(book.bank)
    said = claims.most_need(
        need=first["need"],
        n=int(first["n"]),
        of=len(book.table),
        ordered=ordered,
        n_ordered=n_ordered,
    )
    return said, action, (book.counted("need", first["need"]),)


def _lift(book: Book, lift: pd.DataFrame) -> Advice | None:
    lacking = lift["n"] * (1 - lift["rate"])
    holding = lift["n"] * lift["rate"]
    enough = (lacking >= MIN_LIFT_N) & (holding >= MIN_LIFT_N)
    sure = lift[enough & (lift["low"] >= _SURE_LIFT) & (lift["n_may"] != 0)]
    if sure.empty:
        return None
    first = sure.iloc[0]
    whom = (str(first["segment"]), str(first["product_id"]))
    without = round(first["n"] * (1 - first["rate"]))
    said = claims.lifted(
        segment=first["segment"],
        product=first["product"],
        times=float(first["lift"]),
        low=float(first["low"]),
        high=float(first["high"]),
        n=int(first["n"]),
        held=int(first["n"]) - without,
    )
    behind = (book.counted("segment", whom[0]), book.counted("without", *whom))
    if np.isnan(first["n_may"]):
        return said, f"See who of the {without:,} without it may be offered it.", behind
    action = f"{first['n_may']:,.0f} of the {without:,} without it may be offered it."
    return said, action, (*behind, book.counted("may", *whom))


def mostly(names: pd.Series) -> Claim | None:
    """The segment of most of them; None where no segment has more than one of several."""
    found, counts = np.unique(names.to_numpy(dtype=object), return_counts=True)
    best = int(np.argmax(counts))
    if counts[best] < 2 and len(names) > 1:
        return None
    return claims.mostly(segment=str(found[best]), n=int(counts[best]), of=len(names))
