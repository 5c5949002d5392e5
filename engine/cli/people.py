"""The command user: accounts of the dashboard, made and locked by whoever runs it."""

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.console import ACTOR, STATE, Json, State, app, console, print_json, print_table
from engine.errors import BadInput
from engine.people.roles import ROLES

if TYPE_CHECKING:
    from engine.people.accounts import Accounts
    from engine.people.person import Person


class _Doing(StrEnum):
    LIST, ADD, ROLE, PASSWORD = "list", "add", "role", "password"
    LOCK, UNLOCK, REMOVE, LOG = "lock", "unlock", "remove", "log"


@app.command()
def user(
    doing: Annotated[_Doing, typer.Argument(help="What to do.")] = _Doing.LIST,
    name: Annotated[str, typer.Argument(help="What the person types to sign in.")] = "",
    role: Annotated[str, typer.Option("--role", help=f"{', '.join(ROLES)}.")] = "",
    shown: Annotated[str, typer.Option("--shown-name", help="As pages show it.")] = "",
    book: Annotated[
        str,
        typer.Option(
            "--book",
            help="Whose customers: the relationship manager as the bank's file names them.",
        ),
    ] = "",
    email: Annotated[str, typer.Option("--email", help="Kept with the account.")] = "",
    from_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    no_password: Annotated[
        bool,
        typer.Option(
            "--no-password",
            help="Add somebody who signs in at the bank's identity provider (ATTUNE_AUTH=oidc).",
        ),
    ] = False,
    state: State = STATE,
    actor: Annotated[str, typer.Option("--as", help="Who does it.")] = ACTOR,
    as_json: Json = False,
) -> None:
    """Make, change, lock and list the accounts of the dashboard (ATTUNE_AUTH)."""
    from engine.engine import Engine

    accounts = Engine.accounts(state)
    if doing in (_Doing.LIST, _Doing.LOG):
        found = accounts.table() if doing is _Doing.LIST else accounts.log()
        if as_json:
            print_json(found.to_dict("records"))
        else:
            print_table(found.rename(columns=lambda column: column.replace("_", " ")), "Accounts")
        return
    if not name:
        raise BadInput(f"Say whom: python -m engine user {doing} NAME")
    if doubt := Engine.banks.doubt_about_book(book, state):
        typer.echo(doubt, err=True)
    ask = (lambda: None) if no_password else (lambda: _password(from_stdin))
    person = _done(accounts, doing, name, (role, book), (shown, email), ask, actor)
    if as_json:
        told = {"name": person.name, "role": person.role, "book": person.book}
        print_json(told | {"locked": person.locked})
    else:
        locked = ", removed" if doing is _Doing.REMOVE else ", locked" if person.locked else ""
        book = f", book of {person.book}" if person.book else ""
        console.print(
            f"{person.name} ({person.shown_name}): {person.role}{book}{locked}, in {state}"
        )


def _done(
    accounts: "Accounts",
    doing: _Doing,
    name: str,
    place: tuple[str, str],
    about: tuple[str, str],
    ask: Callable[[], str | None],
    actor: str,
) -> "Person":
    role, book = place
    if doing is _Doing.ADD:
        accounts.expect_new(name, role, book)
        shown, email = about
        password = ask()
        told = {"shown_name": shown, "email": email, "book": book}
        return accounts.add(name, password, role, **told, actor=actor)
    if doing is _Doing.ROLE:
        return accounts.set_role(name, role, book=book, actor=actor)
    if doing is _Doing.PASSWORD:
        accounts.person(name)
        password = ask()
        if password is None:
            raise BadInput("Leave --no-password away to set a password.")
        accounts.set_password(name, password, actor=actor)
        return accounts.person(name)
    if doing is _Doing.REMOVE:
        person = accounts.person(name)
        accounts.remove(name, actor=actor)
        return person
    return accounts.lock(name, doing is _Doing.LOCK, actor=actor)


def _password(from_stdin: bool) -> str:
    """A password that stands in no history of commands and on no screen."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadInput("There is nobody to type a password; give it with --password-stdin.")
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True)
