"""The command brief: one page about a customer, to read before a meeting."""

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
