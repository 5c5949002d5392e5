"""Commands that answer questions about one list or one want: why-not, nearest."""

from typing import Annotated

import typer

from engine.cli.console import (
    DEMO,
    STATE,
    Customer,
    Data,
    Json,
    State,
    app,
    console,
    opened,
    print_json,
    print_table,
    records,
)


@app.command("why-not")
def why_not(
    customer: Customer,
    product: Annotated[str, typer.Option("--product", help="Product id.")],
    data: Data = DEMO,
    state: State = STATE,
    which: Annotated[str | None, typer.Option("--list", help="growth or retention.")] = None,
    as_json: Json = False,
) -> None:
    """Print why a product is not among a customer's first offers, and what would bring it there."""
    found = opened(data, state).scenarios.why_not(customer, product, list=which)
    if as_json:
        return print_json(found.to_json())
    console.print(found.sentence, markup=False)
    if found.comparison:
        print_table(found.comparison.table, found.comparison.sentence)
    if found.status == "low" and not found.changes:
        console.print(found.no_change, markup=False)
    if found.changes:
        console.print(f"Among the first {found.first} it would be with any one of:", markup=False)
    for change in found.changes:
        console.print(f"  {change.sentence}", markup=False)
    return None


@app.command()
def nearest(
    want: Annotated[str, typer.Option("--want", help="What is wanted, in words.")] = "",
    customer: Annotated[
        str | None, typer.Option("--customer", help="In place of words: this customer's needs.")
    ] = None,
    data: Data = DEMO,
    state: State = STATE,
    k: Annotated[int | None, typer.Option(min=1, help="Products; else 3, a setting.")] = None,
    as_json: Json = False,
) -> None:
    """Print the products whose texts are nearest to a want, the way System B finds them."""
    found = opened(data, state).scenarios.nearest(want=want, customer_id=customer, k=k)
    if as_json:
        return print_json(records(found))
    print_table(found, "By likeness of texts alone, (cosine + 1) / 2, before the guard")
    return None
