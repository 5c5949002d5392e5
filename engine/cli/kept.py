"""Commands of what is kept: views (named queries), notes (on days), backups of all of it."""

from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl

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
    engine_of,
    pair,
    print_json,
    print_notes,
    print_table,
    whole_engine_of,
)

PAGE = "customers"
"""Of which there are views."""


@app.command()
def views(
    data: Data = DEMO,
    state: State = STATE,
    save: Annotated[str | None, typer.Option("--save", help="Keep --query: a name.")] = None,
    query: Annotated[str, typer.Option("--query", help="As in the address: a=1&b=2.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Change the one there.")] = False,
    rename: Annotated[str | None, typer.Option("--rename", help="NAME=OTHER.")] = None,
    remove: Annotated[str | None, typer.Option("--remove", help="Forget: a name.")] = None,
    as_json: Json = False,
) -> None:
    """Print the named queries of the list of customers; keep, rename or remove one."""
    import pandas as pd

    kept = engine_of(data, state).views
    done: list[str] = []
    if save is not None:
        parts = dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True))
        made = kept.save(save, PAGE, parts, actor=ACTOR, replacing=replace)
        done.append(f"Saved: {made.name}")
    if rename is not None:
        name, to = pair(rename, "NAME=OTHER")
        made = kept.rename(PAGE, name, to, actor=ACTOR)
        done.append(f"Renamed: {name} is {made.name}")
    if remove is not None:
        gone = kept.remove(PAGE, remove)
        done.append(f"Removed: {remove}" if gone else f"There is no view {remove}")
    if as_json:
        return print_json([one.to_json() | {"address": one.address} for one in kept.saved()])
    for line in done:
        console.print(line)
    rows = [(one.name, one.address, one.actor, one.saved_at) for one in kept.saved()]
    columns = ["name", "query", "by", "saved"]
    return print_table(pd.DataFrame(rows, columns=columns), "Views")


@app.command()
def notes(
    data: Data = DEMO,
    state: State = STATE,
    add: Annotated[str | None, typer.Option("--add", help="YYYY-MM-DD=TEXT.")] = None,
    remove: Annotated[str | None, typer.Option("--remove", help="Its id.")] = None,
    as_json: Json = False,
) -> None:
    """Print the notes on days that stand on charts over time; add or remove one."""
    from datetime import date

    import pandas as pd

    from engine.figures import day

    kept = engine_of(data, state).notes
    done: list[str] = []
    if add is not None:
        typed, _, text = add.partition("=")
        try:
            when = date.fromisoformat(typed.strip())
        except ValueError as error:
            raise typer.BadParameter(f"got {add!r}, expected YYYY-MM-DD=TEXT") from error
        made = kept.add(when, text, actor=ACTOR)
        done.append(f"Noted: {day(made.day)}, {made.text}")
    if remove is not None:
        done.append(f"Removed: {kept.remove(remove).text}")
    if as_json:
        return print_json(kept.all())
    for line in done:
        console.print(line)
    rows = [(one.day, one.text, one.actor, one.note_id) for one in kept.all()]
    return print_table(pd.DataFrame(rows, columns=["day", "note", "by", "id"]), "Notes on days")


@app.command()
def backup(
    out: Annotated[Path, typer.Option("--out", help="New file: the archive.")],
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Write everything that is kept of all banks into one archive, also while the pages serve."""
    from engine import Engine

    made = Engine.banks.back_up(state, out)
    if as_json:
        return print_json(made.to_json())
    console.print(f"Backed up: {made.n_files:,} files, {made.n_bytes:,} bytes, into {made.file}")
    console.print("It holds personal data and keys: keep it where few may read it.")
    return print_notes(made.notes)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Archive that `backup` made.")],
    state: State = STATE,
    force: Annotated[bool, typer.Option("--force", help="Put aside what is there.")] = False,
    as_json: Json = False,
) -> None:
    """Bring back everything that is kept from an archive; stop the pages first."""
    from engine import Engine

    done = Engine.banks.restore(file, state, force=force)
    if done.n_erased_since:  # whoever was erased meanwhile is erased again by opening the bank
        for folder in Engine.banks.own(state)["path"]:
            whole_engine_of(Path(folder), state)
    if as_json:
        return print_json(done.to_json())
    console.print(f"Restored: {done.n_files:,} files of {done.made_at[:16]} UTC into {done.state}")
    print_notes(done.notes)
    return console.print("Check it: python -m engine check")
