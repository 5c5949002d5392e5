"""Commands that judge: evaluate with its subcommands, backtest, confidence, stability, ratings."""

import math
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli.console import (
    DEMO,
    STATE,
    Commands,
    Data,
    Json,
    State,
    app,
    console,
    ending,
    engine_of,
    expect_may_run,
    expect_texts,
    opened,
    print_json,
    print_notes,
    print_table,
    progress,
    whole_engine_of,
    written,
)

if TYPE_CHECKING:
    import pandas as pd

    from engine.lab.text_evaluation import TextEvaluation
    from engine.models.text_versions import TextVersions
    from engine.results import Evaluation, NeedsAblation, ResponseEvaluation

File = Annotated[Path, typer.Option("--file", help="CSV file with one labelled text a row.")]
Text = Annotated[str, typer.Option("--text", help="Column of the text.")]
Label = Annotated[str, typer.Option("--label", help="Column of the label.")]
Group = Annotated[
    str | None, typer.Option("--group", help="Column of whom it is about; else the text itself.")
]
Source = Annotated[
    bool, typer.Option("--source-labels", help="Keep the file's labels; the rules are left out.")
]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the test."),
]
Ablate = Annotated[bool, typer.Option("--ablate", help="Fit again without each signal.")]

evaluate_commands = Commands(
    prefix="evaluate",
    help="Judge the lists on adoptions that came later, or models on labelled texts.",
)
app.add_typer(evaluate_commands, name="evaluate")


@evaluate_commands.command("categories")
def categories(
    file: File,
    text: Text,
    label: Label,
    group: Group = None,
    source_labels: Source = False,
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Compare rules, a learned classifier and the zero-shot model on statement lines."""
    from engine.lab.text_reports import evaluate_categories

    versions, ours = versions_of(data, state), not source_labels
    judged = evaluate_categories(file, text, label, group, ours=ours, versions=versions)
    print_texts(judged, as_json)


@evaluate_commands.command("zero-shot")
def zero_shot(
    file: File,
    text: Text,
    label: Label,
    labels: Annotated[
        str, typer.Option(help="JSON, or a file of it: each label and what it is about.")
    ] = "",
    group: Group = None,
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Judge the zero-shot model against the labels' own names or descriptions."""
    from engine.lab.labelled_texts import read_descriptions
    from engine.lab.text_reports import evaluate_zero_shot

    said = read_descriptions(labels) if labels else None
    versions = versions_of(data, state)
    judged = evaluate_zero_shot(file, text, label, group, descriptions=said, versions=versions)
    print_texts(judged, as_json)


@evaluate_commands.command("sentiment")
def sentiment(
    file: File,
    text: Text,
    label: Label,
    group: Group = None,
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Judge the sentiment model."""
    from engine.lab.text_reports import evaluate_sentiment

    versions = versions_of(data, state)
    print_texts(evaluate_sentiment(file, text, label, group, versions=versions), as_json)


@evaluate_commands.command("product-topics")
def product_topics(
    file: Annotated[
        Path | None, typer.Option("--file", help="CSV file of products; else our own held-out.")
    ] = None,
    text: Annotated[str, typer.Option(help="Columns of the text, between commas.")] = "text",
    topics: Annotated[
        str, typer.Option(help="Column of the topics, between semicolons.")
    ] = "topics",
    as_json: Json = False,
) -> None:
    """Judge which of ten topics a product is about, by the meaning of its text."""
    from engine.lab.product_topics import evaluate_product_topics

    judged = evaluate_product_topics(file, text, topics)
    if as_json:
        return print_json(judged.to_json())
    print_table(_wide(judged.table.rename(columns={"measure": "metric"})))
    print_table(_readable(judged.by_topic), "Of each topic")
    return console.print(judged.says)


def versions_of(data: Path, state: Path) -> "TextVersions":
    """The text models that were fitted on the labels of a bank."""
    from engine.services.opening.banks import Banks

    return Banks.text_versions(data, state)


def print_texts(judged: "TextEvaluation", as_json: bool, **more: Any) -> None:
    data = judged.data
    if as_json:
        return print_json(
            {
                **more,
                "system": judged.chief,
                "accuracy": judged.figure("accuracy"),
                "macro_f1": judged.figure("macro_f1"),
                "n": data.n,
                "n_labels": len(data.names),
                "n_groups": data.n_groups,
                "majority": data.majority,
                "left_out": data.left_out,
                "n_left_out": data.n_left_out,
                "systems": judged.table,
            }
        )
    table = judged.table[["system"]].copy()
    for name in ("accuracy", "macro_f1"):
        value, low, high = (judged.table[f"{name}{end}"] for end in ("", "_low", "_high"))
        table[name.replace("_", "-")] = [
            f"{v:.3f} [{a:.3f}, {b:.3f}]" for v, a, b in zip(value, low, high, strict=True)
        ]
    print_table(table)
    return console.print(judged.sentence)


@evaluate_commands.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    data: Data = DEMO,
    state: State = STATE,
    since: From = None,
    ablate: Ablate = False,
    as_json: Json = False,
) -> None:
    """Judge the lists on adoptions that came later, or (subcommands) models on labelled texts."""
    expect_texts({"data": data, "state": state})
    if context.invoked_subcommand is not None:
        return
    expect_may_run("evaluate", state)
    import pandas as pd

    engine = engine_of(data, state)
    day = None if since is None else pd.Timestamp(since)
    with progress() as report:
        evaluation = engine.evaluations.evaluate(report, since=day, ablate=ablate)
    if as_json:
        print_json(evaluation.to_json())
    elif hasattr(evaluation, "systems"):
        _print_lists(evaluation)
    else:
        _print_response(evaluation)


@evaluate_commands.command("needs")
def needs(
    data: Data = DEMO, state: State = STATE, since: From = None, as_json: Json = False
) -> None:
    """Compare needs by phrases with one embedding of each customer's whole text."""
    import pandas as pd

    from engine.lab.needs_ablation import needs_ablation

    snapshots = whole_engine_of(data, state).snapshots
    day = None if since is None else pd.Timestamp(since)
    with progress() as report:
        ablation = needs_ablation(snapshots, report, since=day)
    if as_json:
        print_json(ablation.to_json())
    else:
        _print_needs(ablation)


@evaluate_commands.command("weak-spots")
def weak_spots(
    data: Data = DEMO,
    state: State = STATE,
    into: Annotated[
        Path | None, typer.Option("--into", help="Write the groups to FILE.csv or FILE.xlsx.")
    ] = None,
    as_json: Json = False,
) -> None:
    """For whom the lists of the serving version fail: groups found on one half, judged on other."""
    engine = opened(data, state)
    found = engine.evaluations.weak_spots()
    if into is not None:
        content = engine.evaluations.export_weak_spots(ending(into))
        written(engine, into, content, "groups for whom lists fail")
    if as_json:
        return print_json(found.to_json())
    console.print(found.sentence or found.reason)
    for row in found.confirmed.to_dict("records"):
        console.print(" ".join(row["sentences"]), markup=False)
    if len(found.table):
        shown = ["group", "confirmed", "n", "value", "low", "high", "value_others", "q_value"]
        print_table(_readable(found.table[shown]), "Stood out on one half; figures of the other")
    return print_notes(found.notes)


def _print_needs(ablation: "NeedsAblation") -> None:
    simulated = ", simulated" if ablation.simulated else ""
    title = (
        f"{ablation.n:,} of {ablation.n_known:,} customers with a known need and "
        f"{ablation.n_adopters:,} later adopters, as of "
        f"{ablation.as_of:%d %b %Y}{simulated}; 95 % intervals"
    )
    table = _wide(ablation.table.rename(columns={"way": "system", "measure": "metric"}))
    print_table(table.rename(columns={"system": "way"}), title)
    names = {"n_texts": "texts to embed", "times": "times the phrases"}
    speed = _readable(ablation.speed.rename(columns=names))
    print_table(speed, f"Side by side, with {ablation.encoder} and the products' texts")
    print_notes(ablation.notes)


def _print_lists(evaluation: "Evaluation") -> None:
    console.print(f"Grade: {evaluation.grade}")
    console.print(evaluation.sentence)
    if evaluation.n and evaluation.since is not None and evaluation.until is not None:
        period = f"{evaluation.since:%d %b %Y} to {evaluation.until:%d %b %Y}"
        in_time = f"{evaluation.n:,} adopters, {period}: {evaluation.cohort}"
        crossed = f"Cross-section, {evaluation.n:,} {evaluation.cohort}"
        title = in_time if evaluation.kind == "in time" else crossed
        print_table(_wide(evaluation.systems), title)
        paired = _readable(evaluation.paired.drop(columns="metric"))
        print_table(paired, "Growth list as shown minus each, MAP@7, 95 % interval")
        print_table(_readable(evaluation.breadth.drop(columns="n")), "How wide the top 5 are")
    if len(evaluation.apart):
        print_table(_readable(evaluation.apart), "Apart from these")
    if len(evaluation.ablation):
        print_table(_readable(evaluation.ablation), "Blend minus the blend without a signal, MAP@7")
    print_notes(evaluation.notes)
    if evaluation.beside is not None:
        _print_lists(evaluation.beside)


def _print_response(evaluation: "ResponseEvaluation") -> None:
    print_table(
        _readable(evaluation.table),
        f"Who said yes: {evaluation.n_positive:,} of the last {evaluation.n:,} contacts, from "
        f"{evaluation.since:%d %b %Y}; fitted on the {evaluation.n_train:,} before",
    )
    console.print(f"Read: {', '.join(evaluation.used)}")
    print_notes(evaluation.notes)


def _wide(systems: "pd.DataFrame") -> "pd.DataFrame":
    """One row a system, "value [low, high]" a metric."""
    shown = systems.assign(
        said=[
            f"{row.value:.3f}" + (f" [{row.low:.3f}, {row.high:.3f}]" if row.low == row.low else "")
            for row in systems.itertuples(index=False)
        ]
    )
    wide = shown.pivot(index="system", columns="metric", values="said").fillna("")
    return (
        wide.loc[list(dict.fromkeys(systems["system"])), list(dict.fromkeys(systems["metric"]))]
        .rename_axis(columns=None)
        .reset_index()
    )


def _readable(table: "pd.DataFrame") -> "pd.DataFrame":
    """Figures with three decimals."""
    figures = table.select_dtypes("float").columns
    return table.assign(
        **{name: table[name].map("{:.3f}".format, na_action="ignore") for name in figures}
    )


@app.command()
def backtest(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Forecast every past month from those before it and print how good each method was."""
    backtests = engine_of(data, state).customers.backtest()
    if as_json:
        return print_json([one.to_json() for one in backtests])
    if not backtests:
        return console.print("No monthly balance or spending is known for long enough to test.")
    for one in backtests:
        _print_backtest(one)
    return None


def _print_backtest(one: Any) -> None:
    import pandas as pd

    figures = _figures(one.table)
    period = f"{one.first:%b %Y} to {one.last:%b %Y}"
    print_table(figures, f"{one.label}, {one.currency}, {one.n_customers:,} customers, {period}")
    for month, share in one.unusual.items():
        rows = one.apart[one.apart["month"] == pd.Timestamp(month)].drop(columns="month")
        print_table(
            _figures(rows),
            f"{pd.Timestamp(month):%B %Y} apart: unusual, {share:.0%} of the customers were "
            "outside what was expected",
        )
    console.print(f"Chosen: {one.chosen}. {one.sentence}")


def _figures(table: Any) -> Any:
    """The table with figures as a person reads them; an asterisk marks the chosen method."""
    shares = {"smape": 1, "beats_last_value": 0, "coverage": 1}
    shown = table[["method", "n", "mae"]].copy()
    shown["method"] = [
        f"{name} *" if chosen else name
        for name, chosen in zip(table["method"], table["chosen"], strict=True)
    ]
    shown["n"] = [f"{n:,}" for n in table["n"]]
    shown["mae"] = [_cell(value, ",.1f") for value in table["mae"]]
    for column, digits in shares.items():
        shown[column] = [_cell(value, f".{digits}%") for value in table[column]]
    shown.insert(4, "error against last value", [_cell(v, ".3f") for v in table["relative"]])
    shown["interval n"] = [f"{n:,}" for n in table["n_intervals"]]
    names = {"mae": "MAE", "smape": "sMAPE", "beats_last_value": "customers better than last value"}
    return shown.rename(columns={**names, "coverage": "in the interval"})


def _cell(value: float, format_: str) -> str:
    return "–" if math.isnan(value) else format(value, format_)


@app.command()
def confidence(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Print what the serving version's confidences promised on held-out adopters, and what came."""
    measured = opened(data, state).evaluations.confidence()
    if as_json:
        return print_json(measured.to_json())
    if not measured.measured:
        return console.print(measured.reason)
    simulated = ", simulated" if measured.simulated else ""
    console.print(
        f"Adopters of {measured.fold}: {measured.n_calibration:,} calibrate, "
        f"{measured.n_measured:,} measure{simulated}"
    )
    print_table(measured.figures, "Errors, with 95 % intervals over customers")
    print_table(measured.reliability, "Promised and taken")
    print_table(measured.words, "Words")
    bar = "none" if measured.bar is None else f"{measured.bar:.1%}"
    below = f"{measured.abstained:.1%} of customers below it"
    console.print(f"Bar for a confident offer: {bar}; {below}")
    return print_table(
        measured.sets, f"Sets that hold the next product at {measured.set_level:.0%}"
    )


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
        comparison = engine.evaluations.stability(report, list=which, seed=seed)
    if as_json:
        return print_json(comparison.to_json())
    console.print(comparison.sentence)
    return print_table(
        comparison.table,
        f"First {comparison.k}; seeds {comparison.seed} and {comparison.other_seed}; noise up to "
        f"{comparison.balance_noise:.0%} of balances and spending, "
        f"{comparison.sentiment_noise:.1f} of sentiment",
    )


@app.command()
def ratings(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Compare rivals' rating models with the plain mean, and LightFM with popularity."""
    from engine.lab.rating_comparison import rating_comparison

    snapshots = whole_engine_of(data, state).snapshots
    with progress() as report:
        comparison = rating_comparison(snapshots, report)
    if as_json:
        return print_json(comparison.to_json())
    if comparison.reason:
        console.print(comparison.reason)
    else:
        print_table(comparison.table, "Later ratings, 95 % intervals over customers")
    if len(comparison.recall):
        print_table(comparison.recall, "Recall at 10 on held-out adopters, 95 % intervals")
    return None
