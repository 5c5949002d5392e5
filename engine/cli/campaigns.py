"""The command campaign: who is offered what within limits, from files that say what is wanted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.console import (
    DEMO,
    STATE,
    Data,
    Json,
    Pseudonyms,
    State,
    app,
    console,
    ending,
    expect_file,
    opened,
    print_json,
    print_notes,
    print_table,
    written,
)
from engine.errors import BadInput

if TYPE_CHECKING:
    from engine.results import CampaignList


@app.command()
def campaign(
    files: Annotated[list[Path], typer.Argument(help="Campaigns as TOML; several are compared.")],
    data: Data = DEMO,
    state: State = STATE,
    out: Annotated[Path | None, typer.Option("--out", help="FILE.csv or FILE.xlsx.")] = None,
    pseudonyms: Pseudonyms = False,
    as_json: Json = False,
) -> None:
    """Print whom a campaign would offer what within its limits; --out writes the list to a file."""
    from engine.results import Campaign

    wanted = [Campaign.read(_text(file), file.stem) for file in files]
    if out is not None and len(wanted) > 1:
        raise BadInput(f"--out writes the list of one campaign; got {len(wanted)}.")
    expect_file(pseudonyms, out, as_json)
    engine = opened(data, state)
    made = (
        [engine.campaigns.plan(wanted[0])] if len(wanted) == 1 else engine.campaigns.compare(wanted)
    )
    measured = engine.campaigns.outcome(wanted[0]) if len(wanted) == 1 else None
    if out is not None:
        content = engine.campaigns.export(made[0], ending(out))
        written(engine, out, content, "campaign", pseudonyms=pseudonyms)
    if pseudonyms:
        return console.print(f"Written: {out}")
    if as_json:
        shapes = [one.to_json() for one in made]
        if measured is not None:
            shapes[0]["outcome"] = measured.to_json()
        return print_json(shapes if len(shapes) > 1 else shapes[0])
    if len(made) > 1:
        return print_table(engine.campaigns.side_by_side(made), "Side by side")
    _print(made[0])
    if measured is not None:
        console.print(measured.sentence, style="bold")
        print_table(measured.arms, "What each arm took")
        print_table(measured.differences, "Contacted less each other arm")
        print_notes(measured.notes)
    return console.print(f"Written: {out}") if out is not None else None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is no text in UTF-8; a campaign is a TOML file.") from error


def _print(made: "CampaignList") -> None:
    console.print(made.sentence)
    print_table(made.by_product.loc[made.by_product["n_wanted"] > 0], "Products")
    if len(made.limits):
        print_table(made.limits, "Limits")
    print_table(made.table.head(20), "Who is contacted first")
    for note in made.notes:
        console.print(f"note  {note}")
