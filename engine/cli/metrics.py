"""The command that learns a customer metric from a bank's labels: fit-metric."""

from typing import Annotated, Any

import typer

from engine.cli.console import (
    DEMO,
    STATE,
    Data,
    Json,
    State,
    app,
    console,
    print_json,
    print_table,
)
from engine.errors import BadInput

_SHOWN_LEAKS = 12


@app.command("fit-metric")
def fit_metric(
    metric: Annotated[str, typer.Option(help="churn, profit, risk, acumen or expected_loss.")],
    target: Annotated[str, typer.Option(help="Name of a label in the table labels.")] = "",
    data: Data = DEMO,
    state: State = STATE,
    remove: Annotated[bool, typer.Option("--remove", help="Go back to the scorecard.")] = False,
    as_json: Json = False,
) -> None:
    """Learn a metric from the bank's own labels; print how far it can be trusted."""
    from engine.engine import Engine

    learned = Engine.open(data, state).learned_metrics
    if remove:
        removed = learned.remove(metric)
        if as_json:
            return print_json({"metric": metric, "removed": removed})
        said = "The scorecard is in use again." if removed else "Nothing was learned."
        return console.print(said)
    if not target:
        names = ", ".join(learned.targets()["label"]) or "none"
        raise BadInput(f"Name a label with --target; this bank has: {names}.")
    found = learned.fit(metric, target)
    if as_json:
        return print_json(found.to_json())
    return _print(found)


def _print(found: Any) -> None:
    cases = f", {found.n_positive:,} of them yes" if found.kind == "chance" else ""
    console.print(
        f"{found.metric} from {found.n:,} labels {found.target}{cases}; features as of "
        f"{found.moment}; fitted on {found.fitted_on}",
        markup=False,
    )
    print_table(found.measures, "Cross-validated, with 95 % intervals")
    if len(found.reliability):
        print_table(found.reliability, "Chances promised and what happened, 95 % intervals")
    print_table(found.drivers, "Weights of the standardised drivers")
    suspicious = found.leaks[found.leaks["suspicious"]]
    if len(suspicious):
        shown = suspicious.head(_SHOWN_LEAKS)[["column", "auc", "used", "why"]]
        print_table(shown, f"Leak check: {len(suspicious)} suspicious columns")
    else:
        console.print(f"Leak check: none of {len(found.leaks)} columns is suspicious.")
    for note in found.notes:
        console.print(f"note  {note}", markup=False)
    console.print(found.verdict, style="bold", markup=False)
