"""The command returns: what a campaign would bring by one's own figures, and its formula."""

from typing import Annotated

import typer

from engine.cli.console import (
    DEMO,
    STATE,
    Data,
    Json,
    State,
    app,
    console,
    engine_of,
    print_json,
    print_table,
)


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
