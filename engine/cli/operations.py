"""Commands about speed and durability: bench, crash-test."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.console import app


@app.command("crash-test")
def crash_test(
    processes: Annotated[int, typer.Option(min=1)] = 8,
    events: Annotated[int, typer.Option(min=1)] = 1000,
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    kills: Annotated[int, typer.Option(min=1, help="Writers of the state file to kill.")] = 200,
) -> None:
    """Kill many writers of events and of the state file, lose power, and count what was lost."""
    from engine.lab.crash_test import main as run
    from engine.lab.state_crash_test import main as run_on_state

    run(processes, events, rounds)
    run_on_state(processes, kills)


@app.command()
def bench(
    quick: Annotated[bool, typer.Option(help="Small banks, one minute.")] = False,
    pages: Annotated[bool, typer.Option(help="Start the dashboard too.")] = True,
    banks: Annotated[Path | None, typer.Option(help="Keep the generated banks here.")] = None,
) -> None:
    """Measure starts, answers and growth beside naive ways; in a full run durability too."""
    from importlib import import_module

    chosen = {"--quick": quick, "--no-pages": not pages}
    kept = ["--banks", str(banks)] if banks else []
    measure = import_module("tests.benchmarks.bench").main
    measure([*(option for option, is_chosen in chosen.items() if is_chosen), *kept])
