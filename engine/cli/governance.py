"""Commands for those who check: governance, pack and report."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.console import (
    ACTOR,
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
    print_notes,
    print_table,
    progress,
    written,
)


@app.command()
def governance(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Print every model and rule with its owner, what drifted, and what people overrode."""
    service = opened(data, state).governance
    overview, table, standing = service.overview(), service.inventory(), service.overrides()
    if as_json:
        return print_json(
            {
                "overview": overview,
                "inventory": table,
                "drift": service.drift().to_json(),
                "overrides": standing,
                "audits": service.audits(),
                "questions": service.questions(),
            }
        )
    print_table(table[["name", "kind", "version", "owner", "validation"]], "Models and rules")
    for text in service.drift().says:
        console.print(text)
    if len(standing):
        print_table(standing, "Open overrides")
    else:
        console.print("Nothing is overridden.")
    return print_notes(overview.notes)


@app.command()
def pack(
    out: Annotated[Path, typer.Option("--out", help="FILE.zip.")],
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Write the model-risk pack: what the models are, what was measured, what they are made of."""
    _written(data, state, out, ".zip", "model-risk pack", as_json)


@app.command()
def report(
    out: Annotated[Path, typer.Option("--out", help="FILE.pdf.")],
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Write the technical report; each of its figures has n, days and seed."""
    _written(data, state, out, ".pdf", "technical report", as_json)


@app.command()
def retain(
    data: Data = DEMO,
    state: State = STATE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count; delete nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Delete what is past its retention period, and note that in the audit trail."""
    kept = engine_of(data, state).retention
    found = kept.due() if dry_run else kept.run(actor=ACTOR)
    if as_json:
        return print_json(found.to_json())
    shown = found.table[["what", "days", "n", "oldest", "due", "held", "owner", "last_run"]]
    print_table(shown, "Retention periods")
    return console.print(found.sentence)


def _written(data: Path, state: Path, out: Path, ending: str, what: str, as_json: bool) -> None:
    if out.suffix.lower() != ending:
        raise typer.BadParameter(f"got {out.name}, expected a file that ends in {ending}")
    engine = opened(data, state)
    with progress() as said:
        content = engine.packs.content(out, said)
    written(engine, out, content, what)
    size = out.stat().st_size
    if as_json:
        return print_json({"out": str(out), "bytes": size})
    return console.print(f"Written: {out}, {size:,} bytes")
