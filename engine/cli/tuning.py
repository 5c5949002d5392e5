"""Looking for the settings of a bank's own models: tune."""

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
    print_json,
    print_table,
    progress,
)

Trials = Annotated[int, typer.Option("--trials", min=1, max=1000, help="Settings to try.")]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Look at nothing later.")
]
Judged = Annotated[
    str, typer.Option("--judge", help="By whose ranking: blend, or lightfm and its own settings.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed tries the same settings.")]


@app.command()
def tune(
    data: Data = DEMO,
    state: State = STATE,
    trials: Trials = 20,
    seed: Seed = 7,
    until: Until = None,
    judge: Judged = "blend",
    as_json: Json = False,
) -> None:
    """Try model settings on folds in time, log every trial, and put the best in force."""
    import pandas as pd

    from engine.engine import Engine

    engine = Engine.open(data, state)
    with progress() as report:
        found = engine.tuning.tune(
            report,
            trials=trials,
            seed=seed,
            actor="command line",
            until=None if until is None else pd.Timestamp(until),
            judged=judge,
        )
    if as_json:
        return print_json(found.to_json())
    lead = ["ahead", "ahead_low", "ahead_high"]
    shown = found.table.drop(columns=["seed", "judged", *lead]).sort_values(["trial", "fold"])
    print_table(shown, f"Trials of seed {seed}, judged by {judge}; trial 0 has today's settings")
    means = found.mean.rename("MAP@7 over all folds").to_frame()
    means = means.join(found.table.groupby("trial")[lead].first()).reset_index()
    print_table(
        means.sort_values("MAP@7 over all folds", ascending=False).head(10),
        "Best first; ahead of today's settings by, with its 95 % interval",
    )
    if found.best:
        chosen = ", ".join(f"{name} = {value:g}" for name, value in found.changes.items())
        console.print(f"Trial {found.best} is in force as {found.name!r}: {chosen}", markup=False)
        console.print("Retrain to use it: python -m engine retrain", markup=False)
    else:
        console.print(
            "No trial is surely ahead of today's settings; nothing was changed.", markup=False
        )
    return console.print(f"Log: {found.log}", markup=False)
