"""Command of how much the lists are used."""

from datetime import datetime
from typing import Annotated

import typer

from engine.cli.console import DEMO, STATE, Data, Json, State, app, opened, print_json, print_table

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, inside.")]


@app.command()
def usage(
    data: Data = DEMO,
    state: State = STATE,
    since: Day = None,
    until: Day = None,
    as_json: Json = False,
) -> None:
    """Print how many offers were opened, clicked and chosen: in all, by day, product and rating."""
    import pandas as pd

    days = [None if day is None else day.date() for day in (since, until)]
    used = opened(data, state).feedback.usage(*days)
    if as_json:
        return print_json(used.to_json())
    print_table(pd.DataFrame([used.totals]), "Use of the lists")
    print_table(used.by_day, "By day")
    print_table(used.by_product, "By product")
    print_table(used.by_rating, "Ratings")
    print_table(used.by_income, "Customers by income")
    return print_table(used.by_risk_tolerance, "Customers by risk tolerance")
