"""Commands of account: who did what and when, verified; who got nothing; how lists are used."""

from datetime import datetime
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
    opened,
    print_json,
    print_table,
)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, inside.")]


@app.command()
def trail(
    data: Data = DEMO,
    state: State = STATE,
    customer: Annotated[str | None, typer.Option(help="Only what is about this customer.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Follow the chain; exit 1 where it is not sound.")
    ] = False,
    head: Annotated[
        str | None, typer.Option(help="With --verify: a head that was kept elsewhere.")
    ] = None,
    print_head: Annotated[
        bool, typer.Option("--print-head", help="Print the hash of the last entry, to keep it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print who did what and when, newest first; verify the chain; print its head."""
    kept = engine_of(data, state).trail
    if print_head:
        return print_json({"head": kept.head()}) if as_json else console.print(kept.head())
    if verify or head is not None:
        found = kept.verify(head)
        if as_json:
            print_json(found.to_json())
        else:
            console.print(found.verdict)
            console.print(f"Head {found.head}")
        if not found.sound:
            raise typer.Exit(1)
        return None
    table = kept.table(customer, since.date() if since else None)
    if as_json:
        return print_json(table)
    at = table["at"].map("{:%d %b %Y %H:%M:%S}".format)
    return print_table(table.assign(at=at), "Who did what")


@app.command()
def nothing(
    data: Data = DEMO,
    state: State = STATE,
    by: Annotated[
        list[str] | None, typer.Option(help="Attribute to group by; twice crosses two.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print who got nothing, and who is kept from credit, by the first rule and by group."""
    engine = opened(data, state)
    fairness = engine.fairness
    asked = [fairness.crossed(*by)] if by else list(fairness.attributes)
    found = [engine.selections.nothing(attribute) for attribute in asked]
    if as_json:
        return print_json([vars(one) for one in found])
    for one in found:
        for said, table, title in (
            (one.sentence, one.table, "Without a list"),
            (one.credit_sentence, one.credit, "Kept from credit"),
        ):
            console.print(said)
            shown = table.loc[table["n"] > 0, ["group", "label", "n", "n_group", "rate"]]
            if len(shown):
                print_table(shown, f"{title}, by {one.attribute}")
    return None


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
