"""The command segments: customers who are alike, two segments side by side, one customer's."""

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
    from engine.engine import Engine
    from engine.results import Segmentation


@app.command()
def segments(
    data: Data = DEMO,
    state: State = STATE,
    compare: Annotated[
        tuple[int, int] | None, typer.Option("--compare", help="Two segments, by number.")
    ] = None,
    segment: Annotated[int | None, typer.Option(help="One in full, by number.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", help="Whose segment.")] = None,
    out: Annotated[Path | None, typer.Option(help="A file to write: .xlsx or .csv.")] = None,
    pseudonyms: Pseudonyms = False,
    as_json: Json = False,
) -> None:
    """Print segments of customers who are alike, with what sets them apart and value at risk."""
    if sum(one is not None for one in (compare, segment, customer)) > 1:
        raise BadInput("Give one of --compare, --segment and --customer.")
    expect_file(pseudonyms, out, as_json)
    engine = opened(data, state)
    if out is not None:
        content = engine.segments.export(ending(out))
        written(engine, out, content, "segments", pseudonyms=pseudonyms)
    if compare is not None:
        return _compare(engine, compare, as_json)
    if segment is not None:
        return _profile(engine, segment, as_json)
    if customer is not None:
        number, name, how = engine.segments.of_customer(customer)
        if as_json:
            made = {"customer_id": customer, "number": number, "segment": name, "how": how}
            return print_json(made)
        return console.print(f"{customer} is in segment {number}, {name} ({how})")
    found = engine.segments.overview()
    return print_json(found.to_json()) if as_json else _print(found)


def _print(found: "Segmentation") -> None:
    from engine.figures import money

    for sentence in found.sentences:
        console.print(sentence)
    columns = [
        "number",
        "segment",
        "how",
        "n",
        "share",
        "value_at_risk",
        "risk_share",
        "mean_churn",
    ]
    print_table(found.table[[*columns, "returns"]], "Segments")
    for row in found.table.itertuples(index=False):
        console.print(
            f"{row.number} {row.segment} ({row.how}): {row.apart or 'nothing surely sets it apart'}"
        )
    console.print(f"Value at risk a year: {money(found.value_at_risk, found.currency)}")
    if len(found.moves):
        columns = ["from_segment", "to_segment", "n"]
        print_table(found.moves[columns], f"Moves since edition {found.edition_before}")
    for one in found.maps:
        console.print(f"Map of {one.audience} customers: right {one.axes[0]}; up {one.axes[1]}")
    print_notes([found.formula, *found.method])


def _profile(engine: "Engine", number: int, as_json: bool) -> None:
    one = engine.segments.profile(number)
    if as_json:
        return print_json(one.to_json())
    console.print(f"Segment {one.number}, {one.segment} ({one.how}): {one.counted.n:,} customers")
    for sentence in one.sentences:
        console.print(sentence)
    print_table(one.figures[["label", "said", "interval", "said_of_all"]], f"Against {one.whom}")
    print_table(one.products.head(10), "Products by lift")
    return print_table(one.at_risk, "Most value at risk")


def _compare(engine: "Engine", numbers: tuple[int, int], as_json: bool) -> None:
    made = engine.segments.compare(*numbers)
    if as_json:
        return print_json(made.to_json())
    sides = (
        (made.first, made.how_first, made.n_first),
        (made.second, made.how_second, made.n_second),
    )
    console.print(" beside ".join(f"{name} ({how}, {n:,})" for name, how, n in sides))
    for sentence in made.sentences:
        console.print(sentence)
    columns = ["label", "first", "second", "apart", "low", "high", "sure"]
    print_table(made.figures[columns], "Figures, apart in standard deviations")
    columns = ["product", "first", "second", "difference", "low", "high", "sure"]
    return print_table(made.products[columns].head(15), "Products held")
