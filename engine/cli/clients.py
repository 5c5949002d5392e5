"""The command client: tokens of programs that ask the JSON API."""

from enum import StrEnum
from typing import Annotated

import typer

from engine.cli.console import ACTOR, STATE, Json, State, app, console, print_json, print_table
from engine.errors import BadInput
from engine.people.roles import ROLES


class _Doing(StrEnum):
    LIST, ADD, REVOKE, LOG = "list", "add", "revoke", "log"


@app.command()
def client(
    doing: Annotated[_Doing, typer.Argument(help="What to do.")] = _Doing.LIST,
    name: Annotated[str, typer.Argument(help="Of the program: a-z, 0-9 and . _ -")] = "",
    role: Annotated[str, typer.Option("--role", help=f"What it may see: {', '.join(ROLES)}.")] = "",
    book: Annotated[str, typer.Option("--book", help="Whose customers it may see.")] = "",
    scopes: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", help="read, write, export, train or metrics; may be repeated. Else read."
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="After which the token ends.")] = 90,
    state: State = STATE,
    actor: Annotated[str, typer.Option("--as", help="Who does it.")] = ACTOR,
    as_json: Json = False,
) -> None:
    """Make, revoke and list the clients of the JSON API; a token is printed once, when made."""
    from engine.engine import Engine

    clients = Engine.clients(state)
    if doing in (_Doing.LIST, _Doing.LOG):
        found = clients.table() if doing is _Doing.LIST else clients.log()
        if as_json:
            return print_json(found)
        return print_table(found.rename(columns=lambda column: column.replace("_", " ")), "Clients")
    if not name:
        raise BadInput(f"Say which: python -m engine client {doing} NAME")
    if doing is _Doing.REVOKE:
        clients.revoke(name, actor=actor)
        told = {"name": name, "revoked": True}
        return print_json(told) if as_json else console.print(f"{name}: revoked in {state}")
    if not role:
        raise BadInput(f"Say what it may see with --role: {', '.join(ROLES)}.")
    if doubt := Engine.banks.doubt_about_book(book, state):
        typer.echo(doubt, err=True)
    made = clients.add(name, role, scopes=scopes or ["read"], book=book, days=days, actor=actor)
    if as_json:
        return print_json(
            {
                "name": name,
                "role": made.client.role,
                "scopes": sorted(made.client.scopes),
                "ends_at": made.client.ends_at,
                "token": made.token,
            }
        )
    console.print(f"{name} ({role}), until {made.client.ends_at:%d %b %Y}, in {state}.")
    console.print("The token is kept nowhere else:")
    return console.print(made.token)
