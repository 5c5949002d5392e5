"""Judging a bank's lists: `evaluate` without a subcommand."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli import texts
from engine.cli.console import (
    DEMO,
    STATE,
    Data,
    Json,
    State,
    console,
    print_json,
    print_table,
    progress,
)

if TYPE_CHECKING:
    import pandas as pd

    from engine.results import Evaluation, NeedsAblation, ResponseEvaluation

From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the test."),
]
Ablate = Annotated[bool, typer.Option("--ablate", help="Fit again without each signal.")]


@texts.evaluate.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    data: Data = DEMO,
    state: State = STATE,
    since: From = None,
    ablate: Ablate = False,
    as_json: Json = False,
) -> None:
    """Judge the lists on adoptions that came later, or (subcommands) models on labelled texts."""
    if context.invoked_subcommand is not None:
        return
    import pandas as pd

    from engine.engine import Engine

    engine = Engine.open(data, state)
    day = None if since is None else pd.Timestamp(since)
    with progress() as report:
        found = engine.evaluations.evaluate(report, since=day, ablate=ablate)
    if as_json:
        print_json(found.to_json())
    elif hasattr(found, "systems"):
        _print_lists(found)
    else:
        _print_response(found)


@texts.evaluate.command("needs")
def needs(
    data: Data = DEMO, state: State = STATE, since: From = None, as_json: Json = False
) -> None:
    """Compare needs by phrases with one embedding of each customer's whole text."""
    import pandas as pd

    from engine.engine import Engine
    from engine.lab.needs_ablation import needs_ablation

    snapshots = Engine.open(data, state).snapshots
    day = None if since is None else pd.Timestamp(since)
    with progress() as report:
        found = needs_ablation(snapshots, report, since=day)
    if as_json:
        print_json(found.to_json())
    else:
        _print_needs(found)


def _print_needs(found: "NeedsAblation") -> None:
    simulated = ", simulated" if found.simulated else ""
    title = (
        f"{found.n:,} of {found.n_known:,} customers with a known need and {found.n_adopters:,} "
        f"later adopters, as of {found.as_of:%d %b %Y}{simulated}; 95 % intervals"
    )
    table = _wide(found.table.rename(columns={"way": "system", "measure": "metric"}))
    print_table(table.rename(columns={"system": "way"}), title)
    speed = found.speed.rename(columns={"n_texts": "texts to embed", "times": "times the phrases"})
    print_table(_readable(speed), f"Side by side, with {found.encoder} and the products' texts")
    for note in found.notes:
        console.print(f"note      {note}", markup=False)


def _print_lists(found: "Evaluation") -> None:
    console.print(f"Grade: {found.grade}", markup=False)
    console.print(found.sentence, markup=False)
    if found.n and found.since is not None and found.until is not None:
        period = f"{found.since:%d %b %Y} to {found.until:%d %b %Y}"
        title = f"{found.n:,} adopters, {period}: {found.cohort}"
        print_table(_wide(found.systems), title)
        print_table(
            _readable(found.paired.drop(columns="metric")), "Blend minus each, MAP@7, 95 % interval"
        )
        print_table(_readable(found.breadth.drop(columns="n")), "How wide the top 5 are")
    if len(found.apart):
        print_table(_readable(found.apart), "Apart from these")
    if len(found.ablation):
        print_table(_readable(found.ablation), "Blend minus the blend without a signal, MAP@7")
    for note in found.notes:
        console.print(f"note      {note}", markup=False)


def _print_response(found: "ResponseEvaluation") -> None:
    print_table(
        _readable(found.table),
        f"Who said yes: {found.n_positive:,} of the last {found.n:,} contacts, from "
        f"{found.since:%d %b %Y}; fitted on the {found.n_train:,} before",
    )
    console.print(f"Read: {', '.join(found.used)}", markup=False)
    for note in found.notes:
        console.print(f"note      {note}", markup=False)


def _wide(systems: "pd.DataFrame") -> "pd.DataFrame":
    """One row a system, "value [low, high]" a metric."""
    shown = systems.assign(
        said=[
            f"{row.value:.3f}" + (f" [{row.low:.3f}, {row.high:.3f}]" if row.low == row.low else "")
            for row in systems.itertuples(index=False)
        ]
    )
    wide = shown.pivot(index="system", columns="metric", values="said").fillna("")
    return (
        wide.loc[list(dict.fromkeys(systems["system"])), list(dict.fromkeys(systems["metric"]))]
        .rename_axis(columns=None)
        .reset_index()
    )


def _readable(table: "pd.DataFrame") -> "pd.DataFrame":
    """Figures with three decimals."""
    figures = table.select_dtypes("float").columns
    return table.assign(
        **{name: table[name].map("{:.3f}".format, na_action="ignore") for name in figures}
    )
