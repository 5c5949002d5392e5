"""Commands that fit: retrain, tune, fine-tune, fit-metric, fit-text."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

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
    print_json,
    print_table,
    progress,
    whole_engine_of,
)
from engine.cli.evaluation import File, Group, Label, Source, Text, print_texts, versions_of
from engine.cli.versions import print_changes
from engine.errors import BadInput


@app.command()
def retrain(
    data: Data = DEMO,
    state: State = STATE,
    if_stale: Annotated[
        float | None, typer.Option(help="Only when the champion is older than this many hours.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit a new version on holdings and events; keep the better on held-out data."""
    engine = engine_of(data, state)
    if if_stale is not None and (age := engine.models.age_hours()) is not None and age < if_stale:
        done = f"The champion is {age:.1f} hours old; nothing to do."
        return print_json({"promoted": False, "verdict": done}) if as_json else console.print(done)
    with progress() as report:
        retrained = engine.models.retrain(report, actor=ACTOR)
    if as_json:
        return print_json(
            {
                "version_id": retrained.version_id,
                "promoted": retrained.promoted,
                "verdict": retrained.verdict,
                "n_events": retrained.n_events,
                "n_adoptions": retrained.n_adoptions,
                "systems": retrained.table,
                "notes": retrained.notes,
                "waits": retrained.waits,
                "answers": retrained.answers,
                "changes": retrained.changes,
            }
        )
    console.print(retrained.verdict)
    for said in (retrained.waits, retrained.answers):
        if said:
            console.print(said)
    if retrained.changes is not None:
        print_changes(retrained.changes)
    if len(retrained.table):
        print_table(retrained.table)
    for note in retrained.notes:
        console.print(f"note  {note}")
    return None


Trials = Annotated[int, typer.Option("--trials", min=1, max=1000, help="Settings to try.")]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Look at nothing later.")
]
Judged = Annotated[
    str, typer.Option("--judge", help="By whose ranking: blend, or lightfm and its own settings.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed tries the same settings.")]


@app.command()
def tune(
    data: Data = DEMO,
    state: State = STATE,
    trials: Trials = 20,
    seed: Seed = 7,
    until: Until = None,
    judge: Judged = "blend",
    actor: Annotated[str, typer.Option("--as", help="Who does it; stands in the log.")] = ACTOR,
    as_json: Json = False,
) -> None:
    """Try model settings on folds in time, log every trial, and put the best in force."""
    import pandas as pd

    engine = engine_of(data, state)
    with progress() as report:
        tuned = engine.tuning.tune(
            report,
            trials=trials,
            seed=seed,
            actor=actor,
            until=None if until is None else pd.Timestamp(until),
            judged=judge,
        )
    if as_json:
        return print_json(tuned.to_json())
    lead = ["ahead", "ahead_low", "ahead_high"]
    shown = tuned.table.drop(columns=["seed", "judged", *lead]).sort_values(["trial", "fold"])
    print_table(shown, f"Trials of seed {seed}, judged by {judge}; trial 0 has today's settings")
    means = tuned.mean.rename("MAP@7 over all folds").to_frame()
    means = means.join(tuned.table.groupby("trial")[lead].first()).reset_index()
    print_table(
        means.sort_values("MAP@7 over all folds", ascending=False).head(10),
        "Best first; ahead of today's settings by, with its 95 % interval",
    )
    if tuned.best:
        chosen = ", ".join(f"{name} = {value:g}" for name, value in tuned.changes.items())
        how = "saved, not in force," if tuned.waits else "in force"
        console.print(f"Trial {tuned.best} is {how} as {tuned.name!r}: {chosen}")
        console.print(tuned.waits or "Retrain to use it: python -m engine retrain")
    else:
        console.print("No trial is surely ahead of today's settings; nothing was changed.")
    return console.print(f"Log: {tuned.log}")


@app.command("fine-tune")
def fine_tune(
    data: Data = DEMO,
    state: State = STATE,
    epochs: Annotated[int, typer.Option(min=1, max=20, help="Passes over the pairs.")] = 1,
    seed: Annotated[int | None, typer.Option(help="The setting by default.")] = None,
    as_json: Json = False,
) -> None:
    """Tune the encoder on what customers wanted and took; keep the better of before and after."""
    from engine.lab.fine_tuning import tune_encoder

    snapshots = whole_engine_of(data, state).snapshots
    with progress() as report:
        tuned = tune_encoder(snapshots, report, epochs=epochs, seed=seed)
    if as_json:
        return print_json(tuned.to_json())
    console.print(
        f"{tuned.n_pairs:,} pairs until {tuned.until}; loss by epoch "
        + ", ".join(f"{loss:.3f}" for loss in tuned.losses)
    )
    console.print(tuned.sentence, style="bold")
    if tuned.folder:
        console.print(
            f"To use it, add these two lines to the bank's settings file, then retrain:\n"
            f"[models.folders]\n"
            f'"{tuned.encoder}" = "{tuned.folder}"'
        )
    return None


_SHOWN_LEAKS = 12


@app.command("fit-metric")
def fit_metric(
    metric: Annotated[str, typer.Option(help="churn, profit, risk, acumen or expected_loss.")],
    target: Annotated[str, typer.Option(help="Name of a label in the table labels.")] = "",
    data: Data = DEMO,
    state: State = STATE,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="A column to use although a check names it; may be given again."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Go back to the scorecard.")] = False,
    as_json: Json = False,
) -> None:
    """Learn a metric from the bank's own labels; print how far it can be trusted."""
    learned = engine_of(data, state).learned_metrics
    if remove:
        removed = learned.remove(metric)
        if as_json:
            return print_json({"metric": metric, "removed": removed})
        said = "The scorecard is in use again." if removed else "Nothing was learned."
        return console.print(said)
    if not target:
        names = ", ".join(learned.targets()["label"]) or "none"
        raise BadInput(f"Name a label with --target; this bank has: {names}.")
    fitted = learned.fit(metric, target, keep or ())
    if as_json:
        return print_json(fitted.to_json())
    return _print_metric(fitted)


def _print_metric(metric: Any) -> None:
    cases = f", {metric.n_positive:,} of them yes" if metric.kind == "chance" else ""
    console.print(
        f"{metric.metric} from {metric.n:,} labels {metric.target}{cases}; features as of "
        f"{metric.moment}; fitted on {metric.fitted_on}"
    )
    print_table(metric.measures, "Cross-validated, with 95 % intervals")
    if len(metric.reliability):
        print_table(metric.reliability, "Chances promised and what happened, 95 % intervals")
    print_table(metric.drivers, "Weights of what is read, a deviation each")
    suspicious = metric.leaks[metric.leaks["suspicious"]]
    if len(suspicious):
        shown = suspicious.head(_SHOWN_LEAKS)[["column", "auc", "used", "why"]]
        print_table(shown, f"Leak check: {len(suspicious)} suspicious columns")
    else:
        console.print(f"Leak check: none of {len(metric.leaks)} columns is suspicious.")
    for note in metric.notes:
        console.print(f"note  {note}")
    console.print(metric.verdict, style="bold")


@app.command("fit-text")
def fit_text(
    file: File,
    text: Text,
    label: Label,
    task: Annotated[
        str, typer.Option(help="sentiment, topic or category: a version for the bank.")
    ] = "",
    into: Annotated[
        Path | None, typer.Option("--into", help="Folder of a classifier by itself.")
    ] = None,
    group: Group = None,
    source_labels: Source = False,
    data: Data = DEMO,
    state: State = STATE,
    as_json: Json = False,
) -> None:
    """Fit a classifier on labelled texts, judge it on held-out ones, and save it.

    With --task it becomes a version of the bank's, and serves where it is surely better than what
    there is; with --into it is only saved.
    """
    from engine.lab import text_reports

    if bool(task) == (into is not None):
        raise BadInput(
            "Say either --task sentiment, topic or category (a version for the bank) or --into "
            "FOLDER (a classifier by itself)."
        )
    ours = not source_labels
    if into is not None:
        judged = text_reports.fit_and_save(file, text, label, group, into, ours=ours)
        if not as_json:
            console.print(f"Fitted on all {judged.data.n:,} texts and saved in {into}")
        return print_texts(judged, as_json)
    versions = versions_of(data, state)
    made = text_reports.fit_version(task, file, text, label, group, versions, ours=ours)
    if as_json:
        return print_texts(
            made.judged,
            as_json,
            task=task,
            version=made.number,
            serves=made.serves,
            says=made.says,
            calibration_error=made.calibration_error,
        )
    console.print(f"Version {made.number} of {task}, fitted on all {made.judged.data.n:,} texts")
    print_texts(made.judged, as_json)
    console.print(f"Calibration error of held-out texts: {made.calibration_error:.3f}")
    return console.print(made.says, style="bold")


@app.command("label-text")
def label_text(
    folder: Annotated[Path, typer.Option("--from", help="Folder that fit-text wrote.")],
    text: Annotated[str, typer.Option(help="The text to be labelled.")],
    as_json: Json = False,
) -> None:
    """Label one text with a saved classifier; print the words that drove the answer."""
    import pandas as pd

    from engine.lab.text_reports import why

    found = why(folder, text)
    if as_json:
        return print_json({**found._asdict(), "terms": dict(found.terms)})
    console.print(f"{found.label}, chance {found.chance:.2f}; next would be {found.against}")
    title = f"Log-odds of {found.label} against {found.against}, in words"
    return print_table(pd.DataFrame(found.terms, columns=["words", "adds"]), title)
