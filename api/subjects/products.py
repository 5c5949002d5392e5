"""Routes of products: the list, one of them, what could be done about it, who would want it."""

from typing import Any, Literal

from pydantic import Field

from api.endpoint import Call, Endpoint
from api.paging import page
from api.schemas import Row, Shape
from api.subjects.customers import Paged, Query, Text
from engine.results import ProductSheet, ProductVoice, ProspectList


class ProductsQuery(Paged):
    """Texts that columns of the list of products hold, whatever the case; all must."""

    product_id: str = Field("", max_length=200)
    name: str = Field("", max_length=200)
    category: str = Field("", max_length=200)
    description: str = Field("", max_length=200)
    features: str = Field("", max_length=200)


class ProductsPage(Shape):
    """A page of the list, by id of the product."""

    n: int
    products: list[Row]
    next: Text


class TakersQuery(Query):
    """Of whom, how many and in which order."""

    top: int = Field(100, ge=1, le=1000, description="Customers at most.")
    order: Literal["score", "confidence", "value"] = "score"
    audience: Text = Field(None, max_length=100)
    segment: Text = Field(None, max_length=100)
    manager: Text = Field(None, max_length=200)
    churn_band: Text = Field(None, max_length=100)
    value_band: Text = Field(None, max_length=100)
    minimum: float = Field(0.0, ge=0, le=1, description="Least confidence, or fit without history.")


def products(call: Call) -> dict[str, Any]:
    """The list, searched."""
    q = call.query
    columns = ("product_id", "name", "category", "description", "features")
    table = call.engine.products.table({column: getattr(q, column) for column in columns})
    rows, following = page(table, "product_id", q.cursor, call.limit)
    return {"n": len(table), "products": rows, "next": following}


def product(call: Call) -> ProductSheet:
    """One product."""
    return call.engine.products.of(call.path["product_id"])


def suggestions(call: Call) -> ProductVoice:
    """What people say of it and do with it, and what could be done about it."""
    return call.engine.writing.product(call.path["product_id"])


def takers(call: Call) -> ProspectList:
    """Who would want it; their names leave in a list, so that it is noted as one."""
    q = call.query
    found = call.engine.prospects.of(
        call.path["product_id"],
        top=q.top,
        order=q.order,
        audience=q.audience,
        segment=q.segment,
        manager=q.manager,
        churn_band=q.churn_band,
        value_band=q.value_band,
        minimum=q.minimum,
    )
    rows = len(found.table)
    call.engine.trail.exported("who would want a product", actor=call.actor, rows=rows)
    return found


_ONE = "/products/{product_id}"
ENDPOINTS = (
    Endpoint(
        "GET",
        "/products",
        "products",
        "Products, searched, by id",
        "products",
        "products.table",
        products,
        ProductsPage,
        query=ProductsQuery,
        tagged=True,
    ),
    Endpoint(
        "GET",
        _ONE,
        "product",
        "A product",
        "products",
        "products.of",
        product,
        ProductSheet,
        tagged=True,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/suggestions",
        "suggestions",
        "What people say of a product, and what could be done about it",
        "products",
        "writing.product",
        suggestions,
        ProductVoice,
        tagged=True,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/takers",
        "takers",
        "Who would want a product, as `takers --json`",
        "products",
        "prospects.of",
        takers,
        ProspectList,
        query=TakersQuery,
    ),
)
