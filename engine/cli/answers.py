"""Commands that answer: recommend, score, profile, retrain, audit."""

from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.console import (
    DEMO,
    STATE,
    Customer,
    Data,
    Json,
    State,
    app,
    console,
    names,
    opened,
    print_json,
    print_table,
    progress,
    records,
)


@app.command()
def recommend(
    customer: Customer,
    data: Data = DEMO,
    state: State = STATE,
    k: Annotated[int, typer.Option(min=1, max=20, help="Offers per list.")] = 5,
    which: Annotated[str | None, typer.Option("--list", help="growth, retention or both.")] = None,
    order: Annotated[str, typer.Option(help="score, value or interests.")] = "score",
    compat: Annotated[bool, typer.Option(help="System D's original two lists.")] = False,
    distance: Annotated[
        str, typer.Option(help="Of --compat: mahalanobis, manhattan, euclidean or weighted.")
    ] = "mahalanobis",
    as_json: Json = False,
) -> None:
    """Print one customer's ranked offers with their reasons."""
    if compat:
        return _compat(data, customer, distance, as_json)
    engine = opened(data, state)
    chosen = names(which) if which else (None,)
    found = [engine.offers.recommend(customer, k=k, list=name, order=order) for name in chosen]
    numbers = [engine.receipts.write(one, actor="command line") for one in found]
    if as_json:
        shapes = [one.to_json() for one in found]
        return print_json(shapes if len(shapes) > 1 else shapes[0])
    for one, number in zip(found, numbers, strict=True):
        _print_recommendation(one)
        console.print(f"Receipt no. {number}, {one.receipt_id}", markup=False)
    return None


def _compat(data: Path, customer: str, distance: str, as_json: bool) -> None:
    from engine.bank.bank import Bank
    from engine.lab import compat

    top, passive = compat.lists(Bank.load(data), customer, distance)
    if as_json:
        return print_json(
            {"customer_id": customer, "mode": "compat", "top": top, "passive": passive}
        )
    console.print(
        f"compat, before guard and caps\ntop      {' '.join(top)}\npassive  {' '.join(passive)}"
    )
    return None


def _print_recommendation(one: Any) -> None:
    console.print(
        f"{one.customer_id}, {one.list} list, as of {one.as_of:%d %b %Y}, "
        f"model {one.model_version}",
        markup=False,
    )
    console.print(one.insight, markup=False)
    if one.action:
        console.print(one.action, style="bold", markup=False)
    for offer in one.offers:
        sure = (
            f"fit {offer.fit:.0%} (no history)"
            if offer.confidence is None
            else f"confidence {offer.confidence:.1%}"
        )
        console.print(
            f"{offer.rank:>2}. {offer.name} [{offer.category}]  {sure}, {offer.word}", markup=False
        )
        for text in (*offer.reasons, *offer.checks):
            console.print(f"      {text}", markup=False)
    if one.removed:
        console.print(f"Left out: {len(one.removed)} products")
    for note in (*one.notes, *([one.likely_next] if one.likely_next else [])):
        console.print(f"note  {note}", markup=False)


@app.command()
def score(
    out: Annotated[Path, typer.Option("--out", help="File to write: .csv or .parquet.")],
    data: Data = DEMO,
    state: State = STATE,
    which: Annotated[
        str, typer.Option("--list", help="Lists, separated by commas.")
    ] = "growth,retention",
    k: Annotated[int, typer.Option(min=1, max=20)] = 5,
    customer: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """Write the lists of all customers to a file."""
    from engine.batch import write_scores

    engine = opened(data, state)
    with progress() as report:
        n = write_scores(engine, out, names(which), k, customers=customer, progress=report)
    if as_json:
        return print_json({"out": str(out), "rows": n})
    return console.print(f"{n:,} rows in {out}", markup=False)


@app.command()
def profile(
    customer: Customer, data: Data = DEMO, state: State = STATE, as_json: Json = False
) -> None:
    """Print one customer's record: metrics with drivers, spending, holdings, consents."""
    found = opened(data, state).customers.profile(customer)
    if as_json:
        return print_json(found.to_json())
    console.print(found.insight, markup=False)
    for metric in found.metrics.values():
        known = "" if metric.known else " (no data)"
        console.print(
            f"{metric.label}: {metric.value:.1f} of 10, {metric.word}{known} {metric.note}",
            markup=False,
        )
        for driver in metric.drivers:
            console.print(f"    {driver.points:+.2f}  {driver.label} {driver.detail}", markup=False)
    if len(found.categories):
        print_table(found.categories, "Spending a month")
    if len(found.holdings):
        print_table(found.holdings, "Products held")
    return print_table(found.consents, "Consents")


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
    from engine.engine import Engine

    engine = Engine.open(data, state)
    if if_stale is not None and (age := engine.models.age_hours()) is not None and age < if_stale:
        done = f"The champion is {age:.1f} hours old; nothing to do."
        return print_json({"promoted": False, "verdict": done}) if as_json else console.print(done)
    with progress() as report:
        found = engine.models.retrain(report)
    if as_json:
        return print_json(
            {
                "version_id": found.version_id,
                "promoted": found.promoted,
                "verdict": found.verdict,
                "n_events": found.n_events,
                "n_adoptions": found.n_adoptions,
                "systems": records(found.table),
                "notes": list(found.notes),
            }
        )
    console.print(found.verdict, markup=False)
    if len(found.table):
        print_table(found.table)
    for note in found.notes:
        console.print(f"note  {note}", markup=False)
    return None


@app.command()
def audit(
    data: Data = DEMO,
    state: State = STATE,
    which: Annotated[str, typer.Option("--list")] = "growth",
    as_json: Json = False,
) -> None:
    """Print selection rates by group, alerts and the blinding check."""
    engine = opened(data, state)
    reports = [
        engine.fairness.report(attribute, list=which) for attribute in engine.fairness.attributes
    ]
    blinding = engine.fairness.blinding()
    if as_json:
        return print_json(
            {
                "fairness": [
                    {
                        "attribute": r.attribute,
                        "n": r.n,
                        "alerts": list(r.alerts),
                        "sentence": r.sentence,
                        "overall": records(r.overall),
                        "table": records(r.table),
                    }
                    for r in reports
                ],
                "blinding": {"n_changed": blinding.n_changed, "table": records(blinding.table)},
            }
        )
    for report in reports:
        console.print(report.sentence, markup=False)
        print_table(report.overall, report.attribute)
        for alert in report.alerts:
            console.print(alert, markup=False)
    return console.print(blinding.sentence, markup=False)
