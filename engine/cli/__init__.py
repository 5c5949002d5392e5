"""The command line: one more face of the Engine. JSON goes to stdout alone, the rest to stderr."""

import sys
from typing import NoReturn

from engine import private_logs
from engine.cli import (
    answers,
    assistant,
    audit,
    briefs,
    campaigns,
    clients,
    data,
    evaluation,
    experiments,
    governance,
    insight,
    kept,
    levers,
    people,
    scans,
    segments,
    trail,
    training,
    versions,
)
from engine.cli.console import app, errors
from engine.errors import EngineError

__all__ = [
    "answers",
    "app",
    "assistant",
    "audit",
    "briefs",
    "campaigns",
    "clients",
    "data",
    "evaluation",
    "experiments",
    "governance",
    "insight",
    "kept",
    "levers",
    "main",
    "people",
    "scans",
    "segments",
    "trail",
    "training",
    "versions",
]


def main() -> None:
    """Run one command: exit 0, or 1 with one line that says what is wrong, or 2 for wrong usage."""
    private_logs.install()
    try:
        app()
    except EngineError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        _fail(f"{name}{error.strerror or error}. Is there space, and may this account write there?")


def _fail(message: str) -> NoReturn:
    line = " ".join(message.splitlines())
    errors.print(f"Error: {line}", style="red", markup=False, soft_wrap=True)
    sys.exit(1)
