"""Pages about one customer: a brief to read before a meeting, a notice for the customer."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.console import (
    ACTOR,
    DEMO,
    STATE,
    Customer,
    Data,
    Json,
    State,
    app,
    console,
    ending,
    looked,
    opened,
    print_json,
    written,
)
from engine.errors import BadInput


@app.command()
def brief(
    customer: Customer,
    data: Data = DEMO,
    state: State = STATE,
    k: Annotated[int, typer.Option(min=1, max=20, help="Offers at most.")] = 5,
    out: Annotated[Path | None, typer.Option("--out", help="FILE.pdf or FILE.html.")] = None,
    as_json: Json = False,
) -> None:
    """Print one page about a customer before a meeting; --out writes it as PDF or HTML."""
    engine = opened(data, state)
    made = engine.briefs.of(customer, actor=ACTOR, k=k)
    looked(engine, customer)
    if out is not None:
        content = engine.briefs.export(made, ending(out))
        written(engine, out, content, "meeting brief", customer=customer)
    if as_json:
        return print_json(made.to_json())
    for title, texts in engine.briefs.parts(made):
        console.print(title, style="bold")
        for text in texts:
            console.print(f"  {text}")
    return console.print(f"Written: {out}") if out is not None else None


@app.command()
def notice(
    customer: Customer,
    data: Data = DEMO,
    state: State = STATE,
    out: Annotated[Path | None, typer.Option("--out", help="File to write: .html.")] = None,
    as_json: Json = False,
) -> None:
    """Print what is used of a customer and why, for that customer; --out writes a page of it."""
    if out is not None and ending(out) != "html":
        raise BadInput(f"Got the file {out.name!r}; expected one that ends in .html.")
    engine = opened(data, state)
    made = engine.notices.of(customer)
    looked(engine, customer)
    if out is not None:
        content = engine.notices.export(customer)
        written(engine, out, content, "notice for a customer", customer=customer)
    if as_json:
        return print_json(made.to_json())
    for title, lines in made.parts:
        console.print(title, style="bold")
        for line in lines:
            console.print(f"  {line}")
    return console.print(f"Written: {out}") if out is not None else None
