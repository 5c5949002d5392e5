"""Commands that learn from and judge labelled texts: evaluate zero-shot, sentiment, categories."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.console import Json, app, console, print_json, print_table, records

if TYPE_CHECKING:
    from engine.lab.text_evaluation import TextEvaluation

File = Annotated[Path, typer.Option("--file", help="CSV file with one labelled text a row.")]
Text = Annotated[str, typer.Option("--text", help="Column of the text.")]
Label = Annotated[str, typer.Option("--label", help="Column of the label.")]
Group = Annotated[
    str | None, typer.Option("--group", help="Column of whom it is about; else the text itself.")
]
Source = Annotated[
    bool, typer.Option("--source-labels", help="Keep the file's labels; the rules are left out.")
]

evaluate = typer.Typer(
    help="Judge the lists on adoptions that came later, or models on labelled texts.",
)
app.add_typer(evaluate, name="evaluate")


@evaluate.command("categories")
def categories(
    file: File,
    text: Text,
    label: Label,
    group: Group = None,
    source_labels: Source = False,
    as_json: Json = False,
) -> None:
    """Compare rules, a learned classifier and the zero-shot model on statement lines."""
    from engine.lab.text_reports import evaluate_categories

    found = evaluate_categories(file, text, label, group, ours=not source_labels)
    _print(found, as_json)


@evaluate.command("zero-shot")
def zero_shot(
    file: File, text: Text, label: Label, group: Group = None, as_json: Json = False
) -> None:
    """Judge the zero-shot model against the labels' own names, bare and centred."""
    from engine.lab.text_reports import evaluate_zero_shot

    _print(evaluate_zero_shot(file, text, label, group), as_json)


@evaluate.command("sentiment")
def sentiment(
    file: File, text: Text, label: Label, group: Group = None, as_json: Json = False
) -> None:
    """Judge the sentiment model."""
    from engine.lab.text_reports import evaluate_sentiment

    _print(evaluate_sentiment(file, text, label, group), as_json)


@app.command("fit-text")
def fit_text(
    file: File,
    text: Text,
    label: Label,
    into: Annotated[Path, typer.Option("--into", help="Folder of the saved classifier.")],
    group: Group = None,
    source_labels: Source = False,
    as_json: Json = False,
) -> None:
    """Fit a classifier on labelled texts, judge it on held-out ones, and save it."""
    from engine.lab.text_reports import fit_and_save

    found = fit_and_save(file, text, label, group, into, ours=not source_labels)
    if not as_json:
        console.print(f"Fitted on all {found.data.n:,} texts and saved in {into}", markup=False)
    _print(found, as_json)


def _print(found: "TextEvaluation", as_json: bool) -> None:
    data = found.data
    if as_json:
        return print_json(
            {
                "n": data.n,
                "n_labels": len(data.names),
                "n_groups": data.n_groups,
                "majority": data.majority,
                "left_out": list(data.left_out),
                "n_left_out": data.n_left_out,
                "systems": records(found.table),
            }
        )
    table = found.table[["system"]].copy()
    for name in ("accuracy", "macro_f1"):
        value, low, high = (found.table[f"{name}{end}"] for end in ("", "_low", "_high"))
        table[name.replace("_", "-")] = [
            f"{v:.3f} [{a:.3f}, {b:.3f}]" for v, a, b in zip(value, low, high, strict=True)
        ]
    print_table(table)
    return console.print(found.sentence, markup=False)
