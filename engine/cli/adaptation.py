"""The command that tunes the encoder on a bank's own adoptions: fine-tune."""

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
    progress,
)


@app.command("fine-tune")
def fine_tune(
    data: Data = DEMO,
    state: State = STATE,
    epochs: Annotated[int, typer.Option(min=1, max=20, help="Passes over the pairs.")] = 1,
    seed: Annotated[int | None, typer.Option(help="The setting by default.")] = None,
    as_json: Json = False,
) -> None:
    """Tune the encoder on what customers wanted and took; keep the better of before and after."""
    from engine.engine import Engine
    from engine.lab.fine_tuning import tune_encoder

    snapshots = Engine.open(data, state).snapshots
    with progress() as report:
        found = tune_encoder(snapshots, report, epochs=epochs, seed=seed)
    if as_json:
        return print_json(found.to_json())
    console.print(
        f"{found.n_pairs:,} pairs until {found.until}; loss by epoch "
        + ", ".join(f"{loss:.3f}" for loss in found.losses),
        markup=False,
    )
    console.print(found.sentence, style="bold", markup=False)
    if found.folder:
        console.print(
            f"To use it, add these two lines to the bank's settings file, then retrain:\n"
            f"[models.folders]\n"
            f'"{found.encoder}" = "{found.folder}"',
            markup=False,
        )
    return None
