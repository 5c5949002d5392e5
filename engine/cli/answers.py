"""Commands that answer: recommend, score, profile, why-not, nearest, and receipts'."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.console import (
    ACTOR,
    DEMO,
    STATE,
    Customer,
    Data,
    Json,
    Pseudonyms,
    State,
    app,
    asked_by,
    console,
    ending,
    engine_of,
    expect_file,
    list_names,
    looked,
    opened,
    print_json,
    print_notes,
    print_table,
    progress,
    whole_engine_of,
    written,
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
        return _compat(data, state, customer, distance, as_json)
    engine = opened(data, state)
    chosen = list_names(which) if which else (None,)
    lists = [engine.offers.recommend(customer, k=k, list=name, order=order) for name in chosen]
    looked(engine, customer)
    numbers = [engine.receipts.write(one, actor=ACTOR) for one in lists]
    if as_json:
        shapes = [one.to_json() for one in lists]
        return print_json(shapes if len(shapes) > 1 else shapes[0])
    for one, number in zip(lists, numbers, strict=True):
        _print_recommendation(one)
        console.print(f"Receipt no. {number}, {one.receipt_id}")
    return None


def _compat(data: Path, state: Path, customer: str, distance: str, as_json: bool) -> None:
    from engine.lab import compat

    engine_of(data, state).customers.expect_personal(customer)
    bank = whole_engine_of(data, state).snapshots.base
    top, passive = compat.lists(bank, customer, distance)
    if as_json:
        return print_json(
            {"customer_id": customer, "mode": "compat", "top": top, "passive": passive}
        )
    console.print(
        f"compat, before guard and caps\ntop      {' '.join(top)}\npassive  {' '.join(passive)}"
    )
    return None


@app.command()
def day(
    data: Data = DEMO,
    state: State = STATE,
    manager: Annotated[
        str | None, typer.Option("--manager", help="Whose customers; else everybody's.")
    ] = None,
    calls: Annotated[
        int | None, typer.Option(min=1, help="Calls at most; else 5, a setting.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print whom to call today, why, and what not to say."""
    from engine.figures import signed

    today = opened(data, state).days.today(manager, most=calls)
    if as_json:
        return print_json(today.to_json())
    console.print(today.sentence, style="bold")
    for call in today.calls:
        console.print(f"{call.rank:>2}. {call.customer} ({call.customer_id})  {call.line}")
        for part in call.parts:
            console.print(f"      {signed(part.points)}  {part.label}: {part.detail}")
        for text in call.avoid:
            console.print(f"      not to say: {text}")
    for reason, n in today.left_out.items():
        console.print(f"Not called: {n:,}, {reason[:1].lower()}{reason[1:]}")
    return print_notes(today.notes)


def _print_recommendation(one: Any) -> None:
    from engine.figures import percent

    console.print(
        f"{one.customer_id}, {one.list} list, as of {one.as_of:%d %b %Y}, model {one.model_version}"
    )
    console.print(one.insight)
    if one.action:
        console.print(one.action, style="bold")
    for help_ in one.support:
        if help_.text not in one.action:
            console.print(help_.text)
    for offer in one.offers:
        sure = (
            f"fit {percent(offer.fit)} (no history)"
            if offer.confidence is None
            else ", ".join((f"confidence {percent(offer.confidence)}", *offer.marks))
        )
        console.print(f"{offer.rank:>2}. {offer.name} [{offer.category}]  {sure}, {offer.word}")
        console.print(f"      {_worth(offer, one.currency)}")
        for text in (*offer.reasons, *offer.checks, *filter(None, (offer.moved, offer.notice))):
            console.print(f"      {text}")
    if one.removed:
        console.print(f"Left out: {len(one.removed)} products")
    for note in (*one.notes, *([one.likely_next] if one.likely_next else [])):
        console.print(f"note  {note}")


def _worth(offer: Any, currency: str) -> str:
    if offer.value_if_taken is None:
        return offer.value_assumption
    taken = f"{currency} {offer.value_if_taken:,.2f} a year if taken"
    if offer.expected is not None:
        taken += f", {currency} {offer.expected:,.2f} a year expected"
    return f"{taken}. {offer.value_assumption}"


@app.command()
def score(
    out: Annotated[
        Path, typer.Option("--out", help="File: .csv or .parquet; with no ending, a folder.")
    ],
    data: Data = DEMO,
    state: State = STATE,
    which: Annotated[
        str,
        typer.Option("--list", help="growth, retention or both; the column list says which."),
    ] = "both",
    k: Annotated[int, typer.Option(min=1, max=20)] = 5,
    customer: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.")] = None,
    segment: Annotated[
        list[str] | None, typer.Option(help="A pilot: customers of this segment; may be repeated.")
    ] = None,
    manager: Annotated[
        list[str] | None, typer.Option(help="A pilot: customers of this manager; may be repeated.")
    ] = None,
    share: Annotated[
        float | None, typer.Option(help="A pilot: this share of them, above 0, at most 1.")
    ] = None,
    everybody: Annotated[bool, typer.Option(help="Whatever pilot the settings name.")] = False,
    workers: Annotated[
        str | None, typer.Option(help="Who makes the parts: tcp://HOST:8786, a dask scheduler.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="local:N starts N workers on this machine for the parts.")
    ] = None,
    part_size: Annotated[int, typer.Option(min=1, help="Customers of a part.")] = 10_000,
    pseudonyms: Pseudonyms = False,
    as_json: Json = False,
) -> None:
    """Write the lists of all customers, or of a pilot's, to a file or a folder of parts."""
    by_parts = out.is_dir() or not out.suffix
    if (workers or cluster) and not by_parts:
        raise typer.BadParameter(f"workers write a folder of parts; {out.name} has an ending")
    if everybody and (segment or manager or share is not None):
        raise typer.BadParameter("--everybody leaves no pilot to be limited")
    engine = whole_engine_of(data, state)
    with progress() as report:
        engine.models.warm_up(report)
    scope = engine.pilots.scope(
        segments=[] if everybody else segment,
        managers=[] if everybody else manager,
        share=1.0 if everybody else share,
    )
    chosen, said = customer or None, scope.sentence if scope.is_on else ""
    if scope.is_on:
        chosen = engine.pilots.among(scope, customer or None)
    asked = {"lists": list_names(which), "k": k, "customers": chosen, "pilot": said}
    if by_parts:
        places = {"workers": workers, "cluster": cluster, "part_size": part_size}
        told = _write_parts(engine, out, asked_by(state), pseudonyms, **asked, **places)
    else:
        told = _write_file(engine, out, asked_by(state), pseudonyms, **asked)
    if as_json:
        pilot = {"pilot": {"sentence": said, "n": scope.n, "of": scope.of}} if said else {}
        return print_json({"out": str(out), **told, **pilot})
    if said:
        console.print(said)
    return console.print(_rows_in(out, **told))


def _rows_in(out: Path, rows: int, parts: int = 0, made: int = 0, kept: int = 0) -> str:
    if not parts:
        return f"{rows:,} rows in {out}"
    before = f", of which {kept:,} were whole already" if made < parts else ""
    return f"{rows:,} rows in {parts:,} parts in {out}{before}"


def _write_file(
    engine: Any, out: Path, actor: str, pseudonyms: bool, **asked: Any
) -> dict[str, int]:
    from engine.batch import write_scores

    with progress() as report:
        rows = write_scores(
            engine,
            out,
            seen=engine.pseudonyms.table if pseudonyms else None,
            progress=report,
            noted=lambda rows: engine.trail.exported("score file", actor=actor, rows=rows),
            **asked,
        )
    return {"rows": rows}


def _write_parts(
    engine: Any,
    out: Path,
    actor: str,
    pseudonyms: bool,
    *,
    workers: str | None,
    cluster: str | None,
    **asked: Any,
) -> dict[str, int]:
    from engine.parted.cluster import workers_of
    from engine.parted.run import in_process, write_parts

    with ExitStack() as opened:
        by = in_process
        if workers or cluster:
            by = opened.enter_context(workers_of(workers, cluster))
        report = opened.enter_context(progress())
        run = write_parts(
            engine,
            out,
            pseudonyms=pseudonyms,
            workers=by,
            progress=report,
            noted=lambda what, rows: engine.trail.exported(what, actor=actor, rows=rows),
            **asked,
        )
    n = run.plan.n_parts
    return {"rows": run.rows, "parts": n, "made": run.n_made, "kept": run.n_kept}


@app.command()
def profile(
    customer: Customer, data: Data = DEMO, state: State = STATE, as_json: Json = False
) -> None:
    """Print one customer's record: metrics with drivers, spending, holdings, consents."""
    from engine.figures import signed

    engine = opened(data, state)
    record = engine.customers.profile(customer)
    looked(engine, customer)
    if as_json:
        return print_json(record.to_json())
    console.print(record.insight)
    for metric in record.metrics.values():
        said = f"{metric.value:.1f} of 10, {metric.word}" if metric.known else "not known"
        console.print(f"{metric.label}: {said} {metric.note}")
        for driver in metric.drivers:
            console.print(f"    {signed(driver.points)}  {driver.label} {driver.detail}")
    if len(record.categories):
        print_table(record.categories, "Spending")
    if len(record.holdings):
        print_table(record.holdings, "Products held")
    return print_table(record.consents, "Consents")


@app.command()
def customers(
    data: Data = DEMO,
    state: State = STATE,
    selection: Annotated[
        str | None,
        typer.Option("--selection", help="edition:kind, as in the address of a list; 0:no_list."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A file to write: .xlsx or .csv.")] = None,
    pseudonyms: Pseudonyms = False,
    as_json: Json = False,
) -> None:
    """Print who is behind a number of Insights, or everybody; with --out, write a file of them."""
    expect_file(pseudonyms, out, as_json)
    engine = opened(data, state)
    chosen = engine.selections.read(selection or "0:customers")
    found = engine.selections.open(chosen)
    table = engine.customers.table(selection=chosen)
    if out is not None:
        content = engine.customers.export(table, ending(out), found.title)
        written(
            engine,
            out,
            content,
            "list of customers",
            rows=len(table),
            pseudonyms=pseudonyms,
        )
    if pseudonyms:
        return console.print(f"Written: {out}")
    if as_json:
        about = {"title": found.title, "n": found.n, "note": found.note}
        return print_json({**about, "address": chosen.address, "customers": table})
    print_table(table[["customer_id", "name", "segment", "next_offer"]], found.title)
    console.print(f"{found.n:,} customers")
    return print_notes([found.note] if found.note else [])


@app.command("why-not")
def why_not(
    customer: Customer,
    product: Annotated[str, typer.Option("--product", help="Product id.")],
    data: Data = DEMO,
    state: State = STATE,
    which: Annotated[str | None, typer.Option("--list", help="growth or retention.")] = None,
    as_json: Json = False,
) -> None:
    """Print why a product is not among a customer's first offers, and what would bring it there."""
    answer = opened(data, state).scenarios.why_not(customer, product, list=which)
    if as_json:
        return print_json(answer.to_json())
    console.print(answer.sentence)
    if answer.comparison:
        print_table(answer.comparison.table, answer.comparison.sentence)
    if answer.status == "low" and not answer.changes:
        console.print(answer.no_change)
    if answer.changes:
        console.print(f"Among the first {answer.first} it would be with any one of:")
    for change in answer.changes:
        console.print(f"  {change.sentence}")
    return None


@app.command()
def nearest(
    want: Annotated[str, typer.Option("--want", help="What is wanted, in words.")] = "",
    customer: Annotated[
        str | None, typer.Option("--customer", help="In place of words: this customer's needs.")
    ] = None,
    data: Data = DEMO,
    state: State = STATE,
    k: Annotated[int | None, typer.Option(min=1, help="Products; else 3, a setting.")] = None,
    as_json: Json = False,
) -> None:
    """Print the products whose texts are nearest to a want, the way System B finds them."""
    products = opened(data, state).scenarios.nearest(want=want, customer_id=customer, k=k)
    if as_json:
        return print_json(products)
    print_table(products, "By likeness of texts alone, (cosine + 1) / 2, before the guard")
    return None


@app.command()
def affinity(
    customer: Customer, data: Data = DEMO, state: State = STATE, as_json: Json = False
) -> None:
    """Print the products whose texts are nearest to a customer's needs, and farthest."""
    made = opened(data, state).offers.affinity(customer)
    if as_json:
        return print_json(made)
    if made.table.empty:
        return console.print(made.why)
    print_table(made.table, f"Affinity, of {made.n_products} products")
    return console.print(made.meaning)


Reference = Annotated[str, typer.Argument(help="Number of a receipt, or its id (r-...).")]


@app.command()
def replay(
    receipt: Reference, data: Data = DEMO, state: State = STATE, as_json: Json = False
) -> None:
    """Rebuild a list that was shown as of its moment, and compare; exit 1 if it is another."""
    replayed = engine_of(data, state).receipts.replay(receipt)
    if as_json:
        print_json(replayed.to_json())
    else:
        console.print(f"Receipt no. {replayed.number}, {replayed.receipt_id}")
        for name, same, detail in replayed.checks.itertuples(index=False):
            mark = "same " if same else "OTHER"
            console.print(f"  {mark}  {name}" + (f": {detail}" if detail else ""))
        for where, stored, now in replayed.differences.itertuples(index=False):
            console.print(f"      {where}: stored {stored}, now {now}")
        console.print(replayed.verdict)
    if not replayed.same:
        raise typer.Exit(1)


@app.command()
def verify_receipts(
    data: Data = DEMO,
    state: State = STATE,
    head: Annotated[
        str | None, typer.Option(help="Head of an earlier check, kept elsewhere.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Follow the chain of receipts and name the first that is not what was written; exit 1 then."""
    chain = engine_of(data, state).receipts.verify(head)
    if as_json:
        print_json(chain.to_json())
    else:
        console.print(chain.verdict)
        console.print(f"Head {chain.head}")
    if not chain.sound:
        raise typer.Exit(1)
