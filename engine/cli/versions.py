"""Commands of versions: which there are, what is new in another's lists, whom to ask next."""

from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.console import (
    ACTOR,
    DEMO,
    STATE,
    Data,
    Json,
    State,
    app,
    console,
    opened,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from engine.results import ListChanges

SHOWN = 20
"""Changed first offers that are printed; --json has them all."""

Compare = Annotated[
    tuple[str, str] | None, typer.Option("--compare", help="Two versions: before and after.")
]


Agree = Annotated[
    str | None,
    typer.Option(help="A version that a wider gap kept back: propose it, or be the second person."),
]


@app.command()
def versions(
    data: Data = DEMO,
    state: State = STATE,
    compare: Compare = None,
    agree: Agree = None,
    actor: Annotated[str, typer.Option("--as", help="Who agrees.")] = ACTOR,
    why: Annotated[str, typer.Option(help="Of --agree: the reason, for the log.")] = "",
    as_json: Json = False,
) -> None:
    """List the versions, say whose first offers differ between two of them and why, or agree."""
    models = opened(data, state).models
    if agree is not None:
        done = models.agree(agree, actor=actor, why=why)
        return print_json({"serves": agree, "says": done}) if as_json else console.print(done)
    if compare is None:
        table = models.versions()
        return print_json(table) if as_json else print_table(table.drop(columns="note"))
    found = models.compare(*compare)
    return print_json(found.to_json()) if as_json else print_changes(found)


@app.command("ask-next")
def ask_next(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Say whose answers to their first offer would teach most, and why."""
    found = opened(data, state).models.whom_to_ask()
    if as_json:
        return print_json(found)
    return print_table(found[["customer_id", "customer", "product", "why"]])


def print_changes(found: "ListChanges") -> None:
    """The sentences, and the first of the changed first offers."""
    for sentence in found.says:
        console.print(sentence)
    if len(found.rows):
        columns = ["customer_id", "before", "after", "rank_before", "rank_after", "why"]
        print_table(found.rows[columns].head(SHOWN))
