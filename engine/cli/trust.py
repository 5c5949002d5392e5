"""Commands that say how far a version can be trusted: confidence, stability, ratings."""

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
    opened,
    print_json,
    print_table,
    progress,
)


@app.command()
def confidence(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Print what the serving version's confidences promised on held-out adopters, and what came."""
    found = opened(data, state).evaluations.confidence()
    if as_json:
        return print_json(found.to_json())
    if not found.measured:
        return console.print(found.reason, markup=False)
    simulated = ", simulated" if found.simulated else ""
    console.print(
        f"Adopters of {found.fold}: {found.n_calibration:,} calibrate, "
        f"{found.n_measured:,} measure{simulated}",
        markup=False,
    )
    print_table(found.figures, "Errors, with 95 % intervals over customers")
    print_table(found.reliability, "Promised and taken")
    print_table(found.words, "Words")
    bar = "none" if found.bar is None else f"{found.bar:.1%}"
    console.print(f"Bar for a confident offer: {bar}; {found.abstained:.1%} of customers below it")
    return print_table(found.sets, f"Sets that hold the next product at {found.set_level:.0%}")


@app.command()
def stability(
    data: Data = DEMO,
    state: State = STATE,
    which: Annotated[str, typer.Option("--list", help="growth or retention.")] = "growth",
    seed: Annotated[int | None, typer.Option(help="The other seed.")] = None,
    as_json: Json = False,
) -> None:
    """Make all lists again under another seed and with small noise; print how much stays."""
    engine = opened(data, state)
    with progress() as report:
        found = engine.evaluations.stability(report, list=which, seed=seed)
    if as_json:
        return print_json(found.to_json())
    console.print(found.sentence, markup=False)
    return print_table(
        found.table,
        f"First {found.k}; seeds {found.seed} and {found.other_seed}; noise up to "
        f"{found.balance_noise:.0%} of balances and spending, {found.sentiment_noise:.1f} of "
        f"sentiment",
    )


@app.command()
def ratings(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Compare rivals' rating models with the plain mean, and LightFM with popularity."""
    from engine.engine import Engine
    from engine.lab.rating_comparison import rating_comparison

    snapshots = Engine.open(data, state).snapshots
    with progress() as report:
        found = rating_comparison(snapshots, report)
    if as_json:
        return print_json(found.to_json())
    if found.reason:
        console.print(found.reason, markup=False)
    else:
        print_table(found.table, "Later ratings, 95 % intervals over customers")
    if len(found.recall):
        print_table(found.recall, "Recall at 10 on held-out adopters, 95 % intervals")
    return None
