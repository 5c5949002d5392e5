"""Commands about speed and durability: bench, torture."""

from typing import Annotated

import typer

from engine.cli.console import app


@app.command()
def torture(
    processes: Annotated[int, typer.Option(min=1)] = 8,
    events: Annotated[int, typer.Option(min=1)] = 1000,
    rounds: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    """Write events from many processes while half of them are killed; count what was lost."""
    from engine.feedback.torture import main as run

    run(processes, events, rounds)


@app.command()
def bench() -> None:
    """Measure start, recommendation and batch speed side by side, and print one table."""
    import runpy

    runpy.run_module("tests.benchmarks.bench", run_name="__main__")
