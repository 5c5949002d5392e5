"""Commands about what was shown: replay, verify-receipts."""

from typing import Annotated

import typer

from engine.cli.console import DEMO, STATE, Data, Json, State, app, console, print_json

Reference = Annotated[str, typer.Argument(help="Number of a receipt, or its id (r-...).")]


@app.command()
def replay(
    receipt: Reference, data: Data = DEMO, state: State = STATE, as_json: Json = False
) -> None:
    """Rebuild a list that was shown as of its moment, and compare; exit 1 if it is another."""
    from engine.engine import Engine

    found = Engine.open(data, state).receipts.replay(receipt)
    if as_json:
        print_json(found.to_json())
    else:
        console.print(f"Receipt no. {found.number}, {found.receipt_id}", markup=False)
        for name, same, detail in found.checks.itertuples(index=False):
            mark = "same " if same else "OTHER"
            console.print(f"  {mark}  {name}" + (f": {detail}" if detail else ""), markup=False)
        for where, stored, now in found.differences.itertuples(index=False):
            console.print(f"      {where}: stored {stored}, now {now}", markup=False)
        console.print(found.verdict, markup=False)
    if not found.same:
        raise typer.Exit(1)


@app.command()
def verify_receipts(
    data: Data = DEMO,
    state: State = STATE,
    head: Annotated[
        str | None, typer.Option(help="Head of an earlier check, kept elsewhere.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Follow the chain of receipts and name the first that is not what was written; exit 1 then."""
    from engine.engine import Engine

    found = Engine.open(data, state).receipts.verify(head)
    if as_json:
        print_json(found.to_json())
    else:
        console.print(found.verdict, markup=False)
        console.print(f"Head {found.head}", markup=False)
    if not found.sound:
        raise typer.Exit(1)
