"""The command read-receipt: the fields of a picture of a receipt; and its test on known ones."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.console import Json, app, console, print_json, print_notes, print_table
from engine.cli.evaluation import evaluate_commands

Currency = Annotated[
    str, typer.Option("--currency", help="Of the bank, where the picture names none.")
]


@app.command("read-receipt")
def read_receipt(
    file: Annotated[Path, typer.Argument(help="A JPG, a PNG or one page of PDF.")],
    currency: Currency = "",
    as_json: Json = False,
) -> None:
    """Read the fields of a receipt; nothing is kept, and each is checked by a person."""
    from engine.figures import day, money
    from engine.scans.readers import NO_READER, best_reader
    from engine.scans.receipts import read_receipt as read
    from engine.settings import default

    settings, today = default(), datetime.now(UTC).date()
    reader = best_reader(settings)
    found, _ = read(
        _content(file), reader, settings, currency=currency.strip().upper(), today=today
    )
    if as_json:
        return print_json(found)
    amounts = {"Total": found.total, "Tax": found.tax}
    console.print(f"Merchant  {found.merchant or 'not found'}")
    console.print(f"Date      {'not found' if found.date is None else day(found.date)}")
    for name, amount in amounts.items():
        told = "not found" if amount is None else money(amount, found.currency).strip()
        console.print(f"{name:9} {told}")
    for item in found.items:
        console.print(f"  {money(item.amount, found.currency).strip():>14}  {item.name}")
    for check in found.checks:
        console.print(check)
    for doubt in found.doubts:
        console.print(f"ask       {doubt.question}")
    print_notes([found.described, *([] if reader else [NO_READER])])
    return console.print(f"Read by {found.reader or 'nobody'}; nothing was kept.")


@evaluate_commands.command("receipts")
def receipts(
    folder: Annotated[
        Path, typer.Option("--dir", help="Folder with ground_truth.csv and pictures in img/.")
    ],
    as_json: Json = False,
) -> None:
    """Judge how merchant, date and total of receipts are read, with Wilson intervals."""
    from engine.lab.receipt_evaluation import evaluate_receipts
    from engine.scans.readers import best_reader
    from engine.settings import default

    settings, today = default(), datetime.now(UTC).date()
    judged = evaluate_receipts(folder, best_reader(settings), settings, today)
    if as_json:
        return print_json(judged.to_json())
    print_table(judged.table, f"{judged.n} receipts, read by {judged.reader}")
    return print_table(judged.wrong, "Read wrongly")


def _content(file: Path) -> bytes:
    from engine.errors import NotFound

    try:
        return file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror or error}.") from error
