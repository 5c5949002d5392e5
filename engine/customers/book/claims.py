"""What is said of a whole book, typed as in `engine.customers.claims`: when, and in which words.

`tests/engine/customers/book_oracle.py` works every figure out again from the raw tables.
"""

from engine.customers.claims import Claim, kind
from engine.customers.wording import count, money, percent


@kind
def leaving(n: int, of: int, value: float, n_open: int, valued: bool, currency: str) -> str:
    """Churn index from the retention threshold on; of high value where anybody is.

    Who writes of leaving is told by an alert and may have a lower index.
    """
    name = "May leave by churn index, high value" if valued else "May leave by churn index"
    unresolved = f", {n_open} with an unresolved case" if n_open else ""
    return f"{name}: {_who(n, of)}, worth about {money(value, currency)} a year{unresolved}"


@kind
def book_cases(
    n: int, of: int, cases: int, where: Claim | None, churn: float, churn_all: float
) -> str:
    """Customers with unresolved cases, and their mean churn index beside everybody's."""
    said = f"Open cases: {_who(n, of)} with {count(cases, 'case')} to resolve"
    index = f"mean churn index {churn:.1f}"
    index += f" against {churn_all:.1f} in all" if n < of else ""
    return f"{said}{where.text if where else ''}; {index}"


@kind
def falling(
    n: int, of: int, known: int, edge: float, where: Claim | None, left: float, currency: str
) -> str:
    """Median balance of the last months that much below that of the months before; of `known`
    customers enough months are on record to tell."""
    among = f", of {known:,} with enough months on record," if known < of else ""
    return (
        f"Falling balances: {_who(n, of)}{among} with {percent(edge)} or more less than before "
        "(median of up to 3 last months against that of up to 9 before)"
        f"{where.text if where else ''}, {money(left, currency)} left"
    )


@kind
def few_products(n: int, of: int, usual: float) -> str:
    """Churn known and low, value high, one or two products where the mean is more."""
    return (
        f"Low churn, high value: {_who(n, of)} with only one or two products, against "
        f"{usual:.1f} on average"
    )


@kind
def most_need(need: str, n: int, of: int, ordered: str = "", n_ordered: int = 0) -> str:
    """The need that most customers have on record, beside what most standing orders are for."""
    if ordered:
        return (
            f"Most common need in goals, words and spending: {need}, {_who(n, of)}; beside it "
            f"{count(n_ordered, 'customer has', 'customers have')} a standing order for {ordered}"
        )
    return f"Most common need: {need}, {_who(n, of)}"


@kind
def lifted(
    segment: str, product: str, times: float, low: float, high: float, n: int, held: int
) -> str:
    """A product that is surely held more often in a segment than in the book."""
    return (
        f"{segment}: {held:,} of {count(n, 'customer')} hold {product}, {times:.1f} times as often "
        f"as in the book (95 % interval {low:.1f} to {high:.1f})"
    )


@kind
def mostly(segment: str, n: int, of: int) -> str:
    """The segment of all of them, of more than half, or of more than any other."""
    if n == of:
        return f", in “{segment}”"
    return f", most in “{segment}” ({n})" if 2 * n > of else f", “{segment}” most often ({n})"


def _who(n: int, of: int) -> str:
    return f"{count(n, 'customer')} ({percent(n / of)} of the book)"
