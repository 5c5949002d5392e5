"""System B's routes: customers and products by their old names, each from one engine function."""

from typing import Any

import pandas as pd

from api.endpoint import Call, Endpoint
from api.schemas import Row, Shape
from engine.results import ProductSheet, Recommendation

_MOST = 3
"""Kinds of spending and ways to pay that are named."""


class CompatCustomer(Shape):
    """A customer under B's names; every value is a text there, "" where nothing is known."""

    CustomerID: str
    FirstName: str
    LastName: str
    Gender: str
    Email: str
    Phone: str
    Age: str
    City: str
    Country: str
    CurrentBalance: str
    Currency: str
    AccountStatus: str
    RiskProfile: str
    TotalNumberOfAccounts: str
    FrequentlyUsedTransactionCategory: list[str]
    FrequentlyUsedPaymentMode: list[str]


class CompatListed(Shape):
    """A customer in B's list."""

    CustomerID: str
    FirstName: str
    LastName: str


class CompatMonth(Shape):
    """What was spent in a month."""

    Month: str
    Total_Transaction_Amount: float | None
    Total_Transaction_Count: int | None


class CompatMonths(Shape):
    """B's months of a customer."""

    CustomerID: str
    FrequentlyUsedTransactionCategory: list[str]
    FrequentlyUsedPaymentMode: list[str]
    Transaction_Insights: list[CompatMonth]


class CompatOptimizations(Shape):
    """What could be done about a product."""

    product_id: str
    optimizations: list[str]
    said: str


class CompatOffer(Shape):
    """A product that is offered first, with its calibrated chance."""

    product_id: str
    name: str
    category: str
    description: str
    confidence: float | None
    fit: float | None
    reasons: list[str]


class CompatOffers(Shape):
    """B's recommendations of a customer."""

    CustomerID: str
    insight: str
    product_recommendations: list[CompatOffer]


def all_products(call: Call) -> pd.DataFrame:
    """Every product."""
    return call.engine.products.table()


def product(call: Call) -> ProductSheet:
    """One product."""
    return call.engine.products.of(call.path["product_id"])


def optimizations(call: Call) -> dict[str, Any]:
    """What could be done about it."""
    voice = call.engine.writing.product(call.path["product_id"])
    told = [note.suggestion for note in voice.notes]
    return {"product_id": voice.product_id, "optimizations": told, "said": voice.quiet}


def all_customers(call: Call) -> list[dict[str, str]]:
    """Every customer; it leaves as a list, and is noted as one."""
    table = call.engine.customers.table(sort="customer_id", descending=False)
    call.engine.trail.exported("list of customers", actor=call.actor, rows=len(table))
    pairs = zip(table["customer_id"], table["name"], strict=True)
    return [{"CustomerID": str(number), **_names(name)} for number, name in pairs]


def customer(call: Call) -> dict[str, Any]:
    """One customer."""
    record = call.engine.customers.profile(call.look(call.customer))
    facts, accounts = record.facts, record.accounts
    known = {
        "Gender": facts["gender"],
        "Email": facts["email"],
        "Phone": facts["phone"],
        "Age": facts["age"],
        "City": facts["city"],
        "Country": facts["country"],
        "CurrentBalance": accounts["balance"].sum(min_count=1),
        "Currency": record.currency,
        "AccountStatus": facts["status"],
        "RiskProfile": facts["risk_tolerance"],
        "TotalNumberOfAccounts": len(accounts),
    }
    texts = {name: _text(value) for name, value in known.items()}
    return {
        "CustomerID": record.customer_id,
        **_names(facts["name"]),
        **texts,
        **_used(record),
    }


def months(call: Call) -> dict[str, Any]:
    """What was spent by month."""
    record = call.engine.customers.profile(call.look(call.customer))
    columns = record.months[["month", "spending", "n_transactions"]]
    told = [
        {
            "Month": f"{month:%b %Y}",
            "Total_Transaction_Amount": spent,
            "Total_Transaction_Count": None if pd.isna(n) else int(n),
        }
        for month, spent, n in columns.itertuples(index=False)
    ]
    return {"CustomerID": record.customer_id, **_used(record), "Transaction_Insights": told}


def recommendations(call: Call) -> dict[str, Any]:
    """What to offer first."""
    found: Recommendation = call.engine.offers.recommend(call.look(call.customer))
    call.engine.receipts.write(found, actor=call.actor)
    names = tuple(CompatOffer.model_fields)
    offers = [{name: getattr(offer, name) for name in names} for offer in found.offers]
    return {
        "CustomerID": found.customer_id,
        "insight": found.insight,
        "product_recommendations": offers,
    }


def _names(name: Any) -> dict[str, str]:
    first, _, last = _text(name).rpartition(" ")
    return {"FirstName": first or last, "LastName": last if first else ""}


def _used(record: Any) -> dict[str, list[str]]:
    ways = record.transactions["payment_method"].dropna().value_counts().index
    return {
        "FrequentlyUsedTransactionCategory": record.categories["category"].head(_MOST).tolist(),
        "FrequentlyUsedPaymentMode": [str(way) for way in ways[:_MOST]],
    }


def _text(value: Any) -> str:
    if value is None or pd.isna(value):
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def _route(
    path: str, name: str, summary: str, asks: str, run: Any, gives: Any, **more: Any
) -> Endpoint:
    return Endpoint(
        "GET", f"/compat/b/{path}", f"b_{name}", summary, "compat", asks, run, gives, **more
    )


_TAGGED = {"tagged": True}
ENDPOINTS = (
    _route(
        "all_products_data",
        "all_products_data",
        "Every product",
        "products.table",
        all_products,
        list[Row],
        **_TAGGED,
    ),
    _route(
        "product_data/{product_id}",
        "product_data",
        "A product",
        "products.of",
        product,
        ProductSheet,
        **_TAGGED,
    ),
    _route(
        "product_optimizations/{product_id}",
        "product_optimizations",
        "What could be done about a product",
        "writing.product",
        optimizations,
        CompatOptimizations,
        **_TAGGED,
    ),
    _route(
        "all_customers_data",
        "all_customers_data",
        "Every customer",
        "customers.table",
        all_customers,
        list[CompatListed],
    ),
    _route(
        "customer_data/{customer_id}",
        "customer_data",
        "A customer",
        "customers.profile",
        customer,
        CompatCustomer,
        **_TAGGED,
    ),
    _route(
        "customer_transaction_insights/{customer_id}",
        "customer_transaction_insights",
        "What a customer spent by month",
        "customers.profile",
        months,
        CompatMonths,
        **_TAGGED,
    ),
    _route(
        "product_recommendations/{customer_id}",
        "product_recommendations",
        "What to offer a customer first",
        "offers.recommend",
        recommendations,
        CompatOffers,
    ),
)
