"""Campaigns: who is offered what within limits, and what one returns by one's own figures."""

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
    engine_of,
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


@app.command()
def returns(
    contacts: Annotated[float, typer.Option(help="Customers who are contacted.")],
    cost: Annotated[float, typer.Option(help="Of one contact.")],
    conversion: Annotated[float, typer.Option(help="Share of them who take it, 0 to 1.")],
    value: Annotated[float, typer.Option(help="Of one adoption a year.")],
    years: Annotated[float, typer.Option(help="For which an adoption counts.")],
    without: Annotated[float, typer.Option(help="Share who take it without a contact.")],
    fixed: Annotated[float, typer.Option(help="Fixed cost of the campaign.")],
    low: Annotated[float | None, typer.Option(help="Lowest conversion; else the same.")] = None,
    high: Annotated[float | None, typer.Option(help="Highest conversion; else the same.")] = None,
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Print what a campaign would return by your own figures; none is built in."""
    from engine.results import ReturnInputs

    inputs = ReturnInputs(
        contacts=contacts,
        cost_of_contact=cost,
        fixed_cost=fixed,
        conversion=conversion,
        conversion_low=conversion if low is None else low,
        conversion_high=conversion if high is None else high,
        conversion_without=without,
        value_a_year=value,
        years=years,
    )
    made = engine_of(data, state).campaigns.returns(inputs)
    if as_json:
        return print_json(made)
    console.print(made.sentence, style="bold")
    for label, formula, result in made.steps:
        console.print(f"{label:18} {formula} = {result}")
    return print_table(made.sensitivity, "Net, each figure a fifth lower and higher")
