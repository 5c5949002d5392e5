"""Routes of customers: the list, one row of it, the record, its transactions and months."""

from typing import Any

from pydantic import Field

from api.endpoint import Call, Endpoint, Query
from api.paging import page, page_of_stream
from api.problems import NOBODY, Problem
from api.schemas import Row, Shape
from engine.results import Profile

Text = str | None


class Paged(Query):
    """What a question for rows may say."""

    limit: int | None = Field(None, ge=1, description="Rows of this page; the server has a most.")
    cursor: Text = Field(None, max_length=400, description="`next` of the page before.")


class CustomersQuery(Paged):
    """Filters of the list of customers; all must hold."""

    search: str = Field("", max_length=200, description="In the name, number, e-mail or phone.")
    audience: Text = Field(None, max_length=100)
    segment: Text = Field(None, max_length=100)
    manager: Text = Field(None, max_length=200)
    churn_band: Text = Field(None, max_length=100)
    value_band: Text = Field(None, max_length=100)
    with_alerts: bool = Field(False, description="Only those with an open alert.")


class CustomersPage(Shape):
    """A page of the list, by number of the customer."""

    n: int = Field(description="Customers that match, on all pages.")
    customers: list[Row]
    next: Text


class TransactionsPage(Shape):
    """A page of one customer's transactions, newest first."""

    customer_id: str
    currency: str
    n: int
    transactions: list[Row]
    next: Text


class MonthsAnswer(Shape):
    """The months of one customer, at most 24."""

    customer_id: str
    as_of: str
    currency: str
    months_dated: bool
    months: list[Row]


def customers(call: Call) -> dict[str, Any]:
    """The list, filtered."""
    q = call.query
    table = call.engine.customers.table(
        search=q.search,
        audience=q.audience,
        segment=q.segment,
        manager=q.manager,
        churn_band=q.churn_band,
        value_band=q.value_band,
        with_alerts=q.with_alerts,
    )
    rows, following = page(table, "customer_id", q.cursor, call.limit)
    call.listed("list of customers", rows["customer_id"])
    return {"n": len(table), "customers": rows, "next": following}


def customer(call: Call) -> dict[str, Any]:
    """One row of the list."""
    wanted = call.look(call.customer)
    table = call.engine.customers.table()
    found = table[table["customer_id"] == wanted].to_dict("records")
    if not found:
        raise Problem(404, NOBODY)
    return {str(name): value for name, value in found[0].items()}


def profile(call: Call) -> Profile:
    """The whole record."""
    return call.engine.customers.profile(call.look(call.customer))


def transactions(call: Call) -> dict[str, Any]:
    """What was paid and got."""
    record = call.engine.customers.profile(call.look(call.customer))
    rows, following = page_of_stream(record.transactions, call.query.cursor, call.limit)
    return {
        "customer_id": record.customer_id,
        "currency": record.currency,
        "n": len(record.transactions),
        "transactions": rows,
        "next": following,
    }


def months(call: Call) -> dict[str, Any]:
    """Balance, income and spending by month."""
    record = call.engine.customers.profile(call.look(call.customer))
    return {
        "customer_id": record.customer_id,
        "as_of": record.as_of,
        "currency": record.currency,
        "months_dated": record.months_dated,
        "months": record.months,
    }


_ONE = "/customers/{customer_id}"
ENDPOINTS = (
    Endpoint(
        "GET",
        "/customers",
        "customers",
        "Customers, filtered, by number",
        "customers",
        "customers.table",
        customers,
        CustomersPage,
        query=CustomersQuery,
        tagged=True,
    ),
    Endpoint(
        "GET",
        _ONE,
        "customer",
        "A customer as the list has them",
        "customers",
        "customers.table",
        customer,
        Row,
        tagged=True,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/profile",
        "profile",
        "The record of a customer, as `profile --json`",
        "customers",
        "customers.profile",
        profile,
        Profile,
        tagged=True,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/transactions",
        "transactions",
        "Transactions of a customer, newest first",
        "customers",
        "customers.profile",
        transactions,
        TransactionsPage,
        query=Paged,
        tagged=True,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/months",
        "months",
        "Months of a customer",
        "customers",
        "customers.profile",
        months,
        MonthsAnswer,
        tagged=True,
    ),
)
