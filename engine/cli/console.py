"""What every command shares: options, printing, the progress bar, one line for an error."""

import functools
import os
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.console import Console
from rich.table import Table

from engine.errors import BadInput, NotAllowed
from engine.vocabulary import LISTS

if TYPE_CHECKING:
    import pandas as pd

    from engine.engine import Engine
    from engine.people.person import Person


def _width() -> int | None:
    """A terminal's own width; wide where the output goes to a file or a pipe."""
    return None if sys.stdout.isatty() else 180


class Commands(typer.Typer):
    """Commands that are run only by whoever may (`engine.people.commands`)."""

    def __init__(self, *, prefix: str = "", **options: Any):
        super().__init__(**options)
        self._prefix = prefix

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        register = super().command(name, **options)

        def decorated(run: Callable[..., Any]) -> Callable[..., Any]:
            called = name or run.__name__.replace("_", "-")
            register(_for_who_may(run, f"{self._prefix} {called}".strip()))
            return run

        return decorated


def _for_who_may(run: Callable[..., Any], command: str) -> Callable[..., Any]:
    @functools.wraps(run)
    def guarded(*args: Any, **options: Any) -> Any:
        expect_texts(options)
        state = options.get("state")
        expect_may_run(command, state)
        if "actor" in options:
            options["actor"] = asked_by(state, options["actor"])
        return run(*args, **options)

    return guarded


def expect_texts(options: Mapping[str, object]) -> None:
    """BadInput for bytes that are no text, which Python carries as halves of surrogate pairs."""
    for name, value in options.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            _expect_text(name, one)


def _expect_text(name: str, value: object) -> None:
    if isinstance(value, str | Path) and any("\ud800" <= c <= "\udfff" for c in str(value)):
        said = os.fsencode(str(value)).decode("utf-8", "backslashreplace")
        raise BadInput(
            f"{name.replace('_', ' ')}: got {said}, whose bytes are no text in UTF-8. Type it "
            "again, or rename the file."
        )


app = Commands(
    name="python -m engine",
    help="Attune: what to offer each customer next, why, and whether that is fair.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
console = Console(soft_wrap=True, highlight=False, markup=False, width=_width())
errors = Console(stderr=True, highlight=False)

Data = Annotated[Path, typer.Option("--data", help="Folder of an imported bank.")]
State = Annotated[
    Path,
    typer.Option(
        "--state",
        envvar="ATTUNE_STATE",
        help="Folder of everything written at run time; else as the dashboard has it.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Pseudonyms = Annotated[
    bool,
    typer.Option("--pseudonyms", help="Keyed pseudonyms in the file in place of who they are."),
]
Into = Annotated[Path, typer.Option("--into", help="New folder for the bank.")]
Customer = Annotated[str, typer.Option("--customer", help="Customer id.")]

DEMO = Path("data/demo")
STATE = Path("data/state")
ACTOR = "command line"
"""Who stands in records and in the audit trail for what a command does, unless USER names one."""
USER = "ATTUNE_USER"


def asking(state: Path | str | None) -> "Person | None":
    """Whose rights hold: the account that ATTUNE_USER names; None where it names nobody.

    It narrows what a command does for whoever has been given it so, and proves nobody's identity.
    """
    name = os.environ.get(USER, "").strip()
    if not name:
        return None
    from engine.engine import Engine

    folder = Path(state or os.environ.get("ATTUNE_STATE") or STATE)
    person = Engine.accounts(folder).person(name)
    if person.locked:
        raise NotAllowed(f"The account {name!r} is locked ({USER}).")
    return person


def asked_by(state: Path | str | None, named: str = ACTOR) -> str:
    """Who stands in records: the account of ATTUNE_USER, else whoever is named."""
    person = asking(state)
    return named if person is None else person.actor


def expect_may_run(command: str, state: Path | str | None) -> None:
    """NotAllowed where a command is not open to whoever ATTUNE_USER names."""
    if (person := asking(state)) is None:
        return
    from engine.people.commands import may_run

    # What an analyst who sees no names is told is looked at by the engine, which knows the setting.
    if not may_run(command, person, sees_names=True):
        raise NotAllowed(
            f"The command {command} is not open to {person.name} ({person.role}, {USER}). "
            "Ask whoever runs Attune at your bank."
        )


def engine_of(data: Path, state: Path | str) -> "Engine":
    """The engine on a bank, imported only now: a command that needs none starts at once.

    Where ATTUNE_USER names somebody, their own: of it passes what they may see and do.
    """
    engine, person = whole_engine_of(data, state), asking(state)
    return engine if person is None else cast("Engine", engine.seen_by(person))


def whole_engine_of(data: Path, state: Path | str) -> "Engine":
    """The engine past all rights, for commands that are open to who sees everything."""
    from engine.engine import Engine

    return Engine.open(data, state)


def opened(data: Path, state: Path) -> "Engine":
    """The engine on a bank, with its models fitted."""
    engine = engine_of(data, state)
    with progress() as report:
        engine.models.warm_up(report)
    return engine


def looked(engine: "Engine", customer: str) -> None:
    """Note that a command opened a customer's record; each command is a session."""
    engine.trail.looked(customer, actor=ACTOR, session=uuid.uuid4().hex)


def written(
    engine: "Engine",
    out: Path,
    content: bytes,
    what: str,
    *,
    customer: str | None = None,
    rows: int | None = None,
    pseudonyms: bool = False,
) -> None:
    """Write a file that was made. It is noted first: a note may stand without its file, where the
    disk refuses the file, but no file without its note."""
    content = engine.pseudonyms.file(content, ending(out)) if pseudonyms else content
    engine.trail.exported(what, actor=ACTOR, customer_id=customer, rows=rows)
    out.write_bytes(content)


def expect_file(pseudonyms: bool, out: Path | None, as_json: bool) -> None:
    """BadInput where pseudonyms are asked for and names would be printed all the same."""
    if pseudonyms and out is None:
        raise BadInput(
            "--pseudonyms is for the file that --out writes; name one, or leave --pseudonyms away."
        )
    if pseudonyms and as_json:
        raise BadInput(
            "--json prints who customers are, which --pseudonyms is to hide; give one of the two."
        )


def ending(out: Path) -> str:
    """The kind of a file by its name: "csv" of list.CSV."""
    return out.suffix.removeprefix(".").lower()


@contextmanager
def progress() -> Iterator[Callable[[float, str], None]]:
    """A progress bar on stderr that appears with the first report and leaves nothing behind."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=errors, transient=True, disable=not sys.stderr.isatty())
    tasks: list[Any] = []

    def report(done: float, step: str) -> None:
        if not tasks:
            bar.start()
            tasks.append(bar.add_task(step, total=1.0))
        bar.update(tasks[0], completed=done, description=step)

    try:
        yield report
    finally:
        if tasks:
            bar.stop()


def print_json(value: Any) -> None:
    """Print tables as lists of objects, results as objects and days as ISO dates."""
    from engine.json_values import json_text

    sys.stdout.write(json_text(value, indent=2) + "\n")


def print_notes(notes: Sequence[str]) -> None:
    for note in notes:
        console.print(f"note      {note}")


def print_table(frame: "pd.DataFrame", title: str = "") -> None:
    table = Table(title=title or None, title_justify="left")
    for column in frame.columns:
        table.add_column(str(column))
    for row in frame.itertuples(index=False):
        table.add_row(*(cell(value) for value in row))
    console.print(table)


def cell(value: Any) -> str:
    """A value of a table: about four digits, never as a power of ten."""
    if value is None or value != value:
        return "–"
    if hasattr(value, "strftime"):
        return f"{value:%d %b %Y}"
    if not isinstance(value, float):
        return str(value)
    size = abs(value)
    if 0 < size < 1e-4:
        import numpy as np

        return np.format_float_positional(value, precision=2, fractional=False, trim="-")
    return f"{value:,.4g}" if size < 1e4 else f"{value:,.0f}"


def names(text: str) -> tuple[str, ...]:
    """Names between commas, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",")))


def list_names(text: str) -> tuple[str, ...]:
    """Names of lists between commas; "both" is all of them."""
    return tuple(LISTS) if text == "both" else names(text)


def pair(text: str, expected: str = "PURPOSE=STATUS, e.g. social=granted") -> tuple[str, str]:
    name, _, value = (part.strip() for part in text.rpartition("="))
    if not (name and value):
        raise typer.BadParameter(f"got {text!r}, expected {expected}")
    return name, value
