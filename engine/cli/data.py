"""Commands about data and machine: import, generate, consent, check, reset, doctor, bench."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from engine.bank.decision import Certainty, Decision, counted
from engine.cli.console import (
    ACTOR,
    DEMO,
    STATE,
    Customer,
    Data,
    Into,
    Json,
    State,
    app,
    console,
    engine_of,
    names,
    pair,
    print_json,
    print_notes,
    print_table,
    progress,
    whole_engine_of,
    written,
)
from engine.errors import BadInput, NotFound, StateError

if TYPE_CHECKING:
    from engine.bank.reading.files import SourceFiles
    from engine.engine import Engine as OpenEngine
    from engine.results import Drift

UpdateMode = Literal["auto", "whole", "rows"]


@app.command("import")
def import_(
    path: Annotated[str, typer.Argument(help="Folder, file or database URL of a source.")],
    into: Annotated[Path | None, typer.Option(help="New folder for the bank.")] = None,
    update: Annotated[
        Path | None, typer.Option(help="Folder of the bank to bring up to date.")
    ] = None,
    preview: Annotated[bool, typer.Option(help="With --update: only say what changes.")] = False,
    mode: Annotated[UpdateMode, typer.Option(help="With --update: what the files are.")] = "auto",
    layout: Annotated[str | None, typer.Option(help="Recognised when not given.")] = None,
    consent: Annotated[list[str] | None, typer.Option(help="PURPOSE=STATUS for the bank.")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    name: Annotated[str | None, typer.Option(help="Name of the bank.")] = None,
    currency: Annotated[str, typer.Option(help="Code of amounts that come without one.")] = "",
    explain: Annotated[bool, typer.Option(help="Say how it is read; import nothing.")] = False,
    strict: Annotated[bool, typer.Option(help="Refuse readings that are guesses.")] = False,
    plan: Annotated[Path | None, typer.Option(help="A plan (TOML) to read the files by.")] = None,
    save_plan: Annotated[Path | None, typer.Option(help="Write the plan to this file.")] = None,
    tables: Annotated[str, typer.Option(help="Of a database: the tables, between commas.")] = "",
    queries: Annotated[
        Path | None, typer.Option(help="Of a database: a file of named SELECT queries.")
    ] = None,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Read a source's files into a bank, or bring one up to date, and print the quality report."""
    from engine.bank.importing import import_plan, import_source

    source = _source(path, tables, queries)
    given = import_plan.load(plan) if plan else None
    now = datetime.now(UTC).replace(tzinfo=None)
    if explain or save_plan:
        read_by = import_source.explain(source, given, currency, update_of=update, now=now)
        if save_plan:
            read_by.save(save_plan)
        if explain:
            return print_json(read_by.to_json()) if as_json else _print_plan(read_by.to_json())
    how: dict[str, Any] = {"plan": given, "currency": currency, "strict": strict}
    day, consents = as_of.date() if as_of else None, dict(map(pair, consent or ()))
    if (into is None) == (update is None):
        raise BadInput(
            "Name either --into DIR for a new bank or --update BANK for one that is there."
        )
    how |= {"layout": layout, "consent": consents, "as_of": day}
    if update is not None:
        return _updated(source, update, state, how | {"mode": mode}, preview, as_json)
    into = Path(str(into))
    bank, report = import_source.import_bank(source, into, now=now, name=name, **how)
    if as_json:
        return print_json(report.to_json())
    console.print(
        f"{bank.manifest.name}: read with layout {bank.manifest.layout}, "
        f"as of {bank.as_of:%d %b %Y}, in {into}"
    )
    return _print_report(report.to_json())


def _source(path: str, tables: str, queries: Path | None) -> "Path | SourceFiles":
    """A path as it is; what was read of a database."""
    from engine.bank.reading import database_urls, query_files

    if database_urls.is_url(path):
        asked = query_files.load(queries) if queries else None
        return database_urls.read_url(path, names(tables) if tables else (), asked)
    if tables or queries:
        raise BadInput(
            f"--tables and --queries are for a database by its URL, and {path} is a path."
        )
    return Path(path)


def _updated(
    path: "Path | SourceFiles",
    folder: Path,
    state: Path,
    how: dict[str, Any],
    preview: bool,
    as_json: bool,
) -> None:
    from engine import Engine
    from engine.bank.importing.import_source import update_bank

    now = datetime.now(UTC).replace(tzinfo=None)
    bank, report, changes = update_bank(path, folder, now=now, preview=preview, **how)
    edition = bank.manifest.edition
    drift = Engine.banks.drift_after(bank, state)
    consents = Engine.banks.consents_after(bank, state)
    if as_json:
        about = {"bank_id": bank.bank_id, "edition": edition, "switched": not preview}
        about |= {"changes": changes.to_json(), "consents": consents, "drift": drift.to_json()}
        return print_json({**about, "report": report.to_json()})
    done = "would be" if preview else "is"
    console.print(
        f"{bank.manifest.name}: this {done} edition {edition}, as of {bank.as_of:%d %b %Y}"
    )
    print_table(changes.tables, "What changes (rows)")
    if len(changes.columns):
        print_table(changes.columns.head(20), "Cells that change")
    for decision in changes.decisions:
        console.print(f"reading   {decision}")
    for said in consents:
        console.print(f"consent   {said}")
    _print_drift(drift)
    return _print_report(report.to_json())


def _print_drift(drift: "Drift") -> None:
    if len(drift.fields):
        print_table(drift.fields, f"Against the training data of {drift.version_id}")
    for said in drift.says:
        console.print(f"drift     {said}")


def _print_plan(plan: dict[str, Any]) -> None:
    """Every file with its decisions, the doubtful first."""
    console.print(f"layout    {plan['layout']}")
    for file in plan["files"]:
        columns = ", ".join(f"{theirs} = {ours}" for theirs, ours in file["columns"].items())
        console.print(f"{file['source']}: {file['table']} ({columns})")
        if file["others"]:
            console.print(f"  kept with the rows: {', '.join(file['others'])}")
    for decision in plan["decisions"]:
        if decision["about"] != "column":
            _print_decision(decision)


def _print_decision(decision: dict[str, Any]) -> None:
    said = Decision(**{**decision, "certainty": Certainty(decision["certainty"]), "answer": None})
    console.print(f"{said.certainty:<9} {said}")


def _print_report(report: dict[str, Any]) -> None:
    table = Table()
    columns = ["read", "kept", "rejected", *(["apart"] if report.get("apart") else [])]
    table.add_column("table")
    for column in columns:
        table.add_column(column, justify="right")
    for name, counts in report["tables"].items():
        table.add_row(name, *(f"{counts.get(c, 0):,}" for c in columns))
    console.print(table)
    _print_control(report.get("control", ()))
    _print_rows(report)
    for apart in report.get("apart", ()):
        console.print(
            f"apart     {apart['file']}: {counted(apart['n'], 'row')}, {apart['kind']} "
            f"(first: line {apart['first_line']})"
        )
    decisions = [
        d
        for d in report.get("decisions", ())
        if d["about"] not in ("column", "table") and d["reading"] != "decimal point"
    ]
    for decision in decisions:
        if decision["certainty"] != Certainty.GUESS:  # guesses stand among the notes
            _print_decision(decision)
    print_notes(report.get("notes", ()))


def _print_rows(report: dict[str, Any]) -> None:
    """The first rejected rows and warnings."""
    for row in report.get("rejected", ())[:20]:
        console.print(f"rejected  {row['file']}:{row['line']}  {row['problem']}")
    for row in report["warnings"][:20]:
        where = f" row {row['row']}" if row["row"] not in (None, "") else ""
        console.print(f"warning   {row['table']}{where}: {row['problem']}")
    more = len(report.get("rejected", ())) + len(report["warnings"]) - 40
    if more > 0:
        console.print(f"... and {more:,} more lines; --json prints all")


def _print_control(lines: Sequence[dict[str, Any]]) -> None:
    """The control sheet: of every file the source beside what was kept."""
    if not lines:
        return
    table = Table(title="Control sheet: tick it off against the source")
    for column in lines[0]:
        is_number = column in ("rows", "sum_in", "sum_out")
        table.add_column(column.replace("_", " "), justify="right" if is_number else "left")
    for line in lines:
        sums = (f"{line[c]:,.2f}" for c in ("sum_in", "sum_out"))
        place = (line["table"], line["file"], line["part"], line.get("currency", ""))
        table.add_row(*place, f"{line['rows']:,}", *sums, line["first_day"], line["last_day"])
    console.print(table)


@app.command()
def generate(
    customers: Annotated[int, typer.Option(min=1)],
    seed: Annotated[int, typer.Option()],
    into: Into,
    monthly_only: Annotated[bool, typer.Option(help="No transactions, no messages.")] = False,
    parquet: Annotated[bool, typer.Option(help="Parquet files, for large banks.")] = False,
    as_json: Json = False,
) -> None:
    """Write a demo bank: same seed, same bytes."""
    from engine.bank import bank_folders, editions
    from engine.demo import generate as make

    bank_folders.check_target(into)
    bank = make(customers, seed, monthly_only=monthly_only)
    if parquet:
        editions.put(bank.by_customer(), into, format="parquet")
    else:
        editions.put(bank, into)
    if as_json:
        rows = {name: len(table) for name, table in bank.tables.items()}
        return print_json({"into": str(into), "bank_id": bank.bank_id, "tables": rows})
    return console.print(f"{bank.n_customers:,} customers and {bank.n_products} products in {into}")


@app.command()
def consent(
    customer: Customer,
    purpose_status: Annotated[str, typer.Argument(metavar="PURPOSE=STATUS")],
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Record what a customer allows or objects to; it holds at once."""
    purpose, status = pair(purpose_status)
    engine_of(data, state).records.set_consent(
        customer, purpose, status, source="command line", actor=ACTOR
    )
    if as_json:
        return print_json({"customer_id": customer, "purpose": purpose, "status": status})
    return console.print(f"{customer}: {purpose} {status}")


@app.command("export-customer")
def export_customer(
    customer: Customer,
    out: Annotated[Path, typer.Option("--out", help="File to write: .zip.")],
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Write all that is kept of one customer, and what was worked out of it, into one file."""
    if out.suffix.lower() != ".zip":
        raise BadInput(f"Got the file {out.name!r}; expected one that ends in .zip.")
    engine = engine_of(data, state)
    content = engine.access.export(customer)
    written(engine, out, content, "everything of a customer", customer=customer)
    if as_json:
        return print_json({"out": str(out), "bytes": len(content)})
    return console.print(f"{len(content):,} bytes in {out}")


@app.command()
def erase(
    customer: Customer,
    data: Data = DEMO,
    state: State = STATE,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Take a customer out of every edition and record, for good; no import brings them back."""
    if not yes:
        typer.confirm(f"Erase customer {customer} for good?", abort=True)
    erased = engine_of(data, state).erasing.erase(customer, actor=ACTOR)
    if as_json:
        return print_json(erased.to_json())
    console.print(
        f"Erased: editions {erased.n_editions:,}, receipts {erased.n_receipts:,}, "
        f"events {erased.n_events:,}, other records {erased.n_records:,}."
    )
    return print_notes(erased.notes)


@app.command()
def remove(
    bank_id: Annotated[str, typer.Argument(metavar="BANK", help="Its id; `doctor` says it.")],
    name: Annotated[str, typer.Option(prompt="Type the name of the bank")],
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Take a bank of the state folder away for good, with all that was written about it."""
    from engine import Engine

    removed = Engine.banks.remove(state, bank_id, name)
    if as_json:
        return print_json({"bank_id": bank_id, "name": removed})
    return console.print(f"Removed: {removed}")


@app.command()
def check(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Name every record of a bank that is not what was written; exit 1 if there is one."""
    engine = engine_of(data, state)
    damage, drift = engine.facts.damage(thorough=True), engine.models.drift()
    if as_json:
        print_json({"damage": damage, "drift": drift.to_json()})
    elif damage.empty:
        console.print("Every record is what was written.")
    else:
        print_table(damage, "Damaged: restore the file from a backup, or record it again")
    if drift.version_id and not as_json:
        _print_drift(drift)
    if len(damage):
        raise typer.Exit(1)


@app.command()
def reset(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Move everything written about a bank aside, for a fresh demonstration."""
    aside = engine_of(data, state).records.reset(actor=ACTOR)
    if as_json:
        return print_json({"moved_to": str(aside) if aside else None})
    return console.print(f"Moved to {aside}" if aside else "There was nothing to reset.")


@app.command("ship-texts", hidden=True)
def ship_texts(data: Data = DEMO) -> None:
    """Write beside a bank what its texts come to, so that its first start runs no text model."""
    import tempfile

    from engine.models.text_cache import FILE, TextCache

    (data / FILE).unlink(missing_ok=True)  # so that everything is worked out anew
    with tempfile.TemporaryDirectory() as state:
        engine = whole_engine_of(data, state)
        engine.models.warm_up()
        engine.customers.insights()
        n = TextCache(engine.snapshots.state.folder("cache")).ship(data)
    console.print(f"{n:,} results of text models stand in {data}")


@app.command("ship-mood", hidden=True)
def ship_mood() -> None:
    """Fit the default model of mood on its written sentences and put it into the package."""
    from engine.lab.mood_fitting import ship

    facts = ship()
    held, vader = facts["held_out"], facts["held_out_vader"]
    console.print(
        f"Learned from {facts['n_texts']:,} sentences. Of {held['n']} written apart, half by "
        f"half: accuracy {held['accuracy']:.3f} [{held['low']:.3f}, {held['high']:.3f}], macro-F1 "
        f"{held['macro_f1']:.3f}; VADER alone {vader['accuracy']:.3f}, macro-F1 "
        f"{vader['macro_f1']:.3f}. {facts['judged']}"
    )


@app.command()
def doctor(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Print which models were found, with versions and hashes."""
    engine = engine_of(data, state)
    models, tables = engine.models.doctor(), engine.facts.tables()
    if as_json:
        return print_json({"models": models, "bank": tables})
    print_table(models, "Models")
    return print_table(tables, "Tables of the bank")


@app.command()
def torture(
    kills: Annotated[int, typer.Option(min=5, help="Processes to kill.")] = 100,
    state: Annotated[
        Path | None,
        typer.Option(help="A folder on the disk to test; what is in it stays as it is."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Kill writers, lose power, fill disks, and count what was lost: nothing may be."""
    from engine.lab.torture.torture import torture as run

    with progress() as report:
        found = run(kills, state, seed=seed, report=report)
    if as_json:
        print_json(found.to_json())
    else:
        print_table(found.checks, f"Torture with {kills:,} kills: problems found")
        died = ", ".join(f"{n:,} {place}" for place, n in found.places.items())
        console.print(f"Killed: {died}.")
        console.print("passed" if found.passed else "FAILED", style="bold")
    if not found.passed:
        raise StateError("Something that was acknowledged was lost, repeated or damaged.")


@app.command("torture-state")
def torture_state(
    state: Annotated[Path, typer.Option(help="A state folder with banks; it stays as it is.")],
    seeds: Annotated[str, typer.Option(help="FIRST-LAST: one damaged thing each.")] = "1-300",
    data: Annotated[Path | None, typer.Option(help="Folder of the bank; else its first.")] = None,
    as_json: Json = False,
) -> None:
    """Damage one thing of a copy of a state folder, again and again: nothing may break or go."""
    from engine import Engine
    from engine.lab.torture.damages import RAW, SILENT, damages

    first, _, last = seeds.partition("-")
    if not (first.isdecimal() and (last or first).isdecimal()):
        raise typer.BadParameter(f"got {seeds!r}, expected FIRST-LAST, e.g. 1-300")
    own = Engine.banks.own(state)["path"]
    if data is None and own.empty:
        raise NotFound(f"{state} holds no bank; name its folder with --data.")

    def ready(bank: Path, folder: Path) -> "OpenEngine":
        engine = whole_engine_of(bank, folder)
        engine.models.warm_up()
        return engine

    wanted = range(int(first), int(last or first) + 1)
    with progress() as report:
        found = damages(wanted, data or Path(own[0]), state, ready, report)
    if as_json:
        print_json(found.to_json())
    else:
        print_table(found.counts, f"{len(wanted):,} state folders with one damaged thing each")
        bad = found.trials["outcome"].isin((RAW, SILENT)) | (found.trials["lost"] > 0)
        if bad.any():
            print_table(found.trials[bad], "Not as it should be")
        print_notes([f"Left out: {one}" for one in found.left_out])
        console.print("passed" if found.passed else "FAILED", style="bold")
    if not found.passed:
        raise StateError("A damage was not named, broke the answers, or something was lost.")


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
