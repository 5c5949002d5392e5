"""Commands about the whole base: levers (what if we set it otherwise), takers (who would want)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.console import (
    ACTOR,
    DEMO,
    STATE,
    Data,
    Json,
    Pseudonyms,
    State,
    app,
    console,
    ending,
    engine_of,
    expect_file,
    opened,
    pair,
    print_json,
    print_notes,
    print_table,
    written,
)
from engine.errors import BadInput

if TYPE_CHECKING:
    from engine.services.versions.levers import Levers


@app.command()
def levers(
    data: Data = DEMO,
    state: State = STATE,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE; may be repeated.")
    ] = None,
    off: Annotated[list[str] | None, typer.Option("--off", help="Rule to switch off.")] = None,
    use: Annotated[str | None, typer.Option("--use", help="Start from what is saved.")] = None,
    save: Annotated[str | None, typer.Option("--save", help="Keep the changes: a name.")] = None,
    apply: Annotated[str | None, typer.Option("--apply", help="Put in force: a name.")] = None,
    back: Annotated[bool, typer.Option("--take-back", help="Undo the last --apply.")] = False,
    why: Annotated[str, typer.Option("--why", help="Stands in the change log.")] = "",
    actor: Annotated[str, typer.Option("--as", help="Who does it; stands in the log.")] = ACTOR,
    as_json: Json = False,
) -> None:
    """Print what other weights, thresholds and rules would do to everybody; keep or apply them."""
    if back and (mended := engine_of(data, state).levers.mend(actor=actor)):
        return print_json({"notes": [mended]}) if as_json else print_notes([mended])
    engine = opened(data, state)
    saved = engine.levers.load(use) if use else {}
    changes = saved | dict(pair(text, "KEY=VALUE") for text in change or ())
    rules = tuple(off or ())
    if save and not (changes or rules):
        raise typer.BadParameter("--save keeps changes: name some with --set, --off or --use")
    if not (changes or rules or apply or back or as_json):
        return _listing(engine.levers)
    effect = engine.levers.effect(changes, rules)
    if save:
        engine.levers.save(save, changes, off=rules, actor=actor, why=why)
    notes = engine.levers.apply(apply, actor=actor, why=why) if apply else ()
    taken, more = engine.levers.take_back(actor=actor, why=why) if back else (None, ())
    if as_json:
        said = {"notes": [*notes, *more]} if apply or back else {}
        return print_json(effect.to_json() | said)
    if changes or rules:
        if effect.n < effect.n_bank:
            console.print(
                f"A sample of {effect.n:,} of {effect.n_bank:,} customers; shares are exact to "
                f"{effect.margin:.1%}"
            )
        console.print(effect.sentence)
        print_table(effect.changes, "Changes")
        print_table(
            effect.figures[["label", "today", "new"]], f"Effect, money in {effect.currency}"
        )
        print_table(effect.products.head(10), "Products")
        print_table(effect.groups, "Share with a confident offer, and gap to all others")
        print_table(effect.gaps, "Largest gaps by category")
    for word, name in (("Saved", save), ("In force", apply), ("Taken back", taken)):
        if name:
            console.print(f"{word}: {name}")
    print_notes([*notes, *more])
    return None


def _listing(levers: "Levers") -> None:
    import pandas as pd

    rows = [(one.key, one.label, one.today, one.low, one.high, one.unit) for one in levers.table()]
    columns = ["key", "label", "today", "low", "high", "unit"]
    print_table(pd.DataFrame(rows, columns=columns), "Levers: --set KEY=VALUE")
    print_notes([f"{one.label}: {one.note}" for one in levers.table() if one.note])
    rules = [(one.name, one.label, "on" if one.on else "off") for one in levers.switches()]
    print_table(pd.DataFrame(rules, columns=["rule", "label", "now"]), "Rules: --off RULE")
    print_table(levers.locked(), "Never switched off")
    saved, force = ", ".join(levers.saved()), ", ".join(levers.in_force())
    console.print(f"Saved: {saved or 'none'}; in force: {force or 'none'}")
    if len(waiting := levers.waiting()):
        shown = waiting.drop(columns=["kind", "of"])
        print_table(shown, "Wait for a second person: --apply NAME or --take-back, --as WHO")


@app.command()
def personas(
    data: Data = DEMO,
    state: State = STATE,
    gets: Annotated[
        str | None, typer.Option("--gets", help="CUSTOMER=PRODUCT that must be on the list.")
    ] = None,
    not_gets: Annotated[
        str | None, typer.Option("--gets-not", help="CUSTOMER=PRODUCT that must not be on it.")
    ] = None,
    remove: Annotated[str | None, typer.Option("--remove", help="CUSTOMER=PRODUCT.")] = None,
    which: Annotated[str, typer.Option("--list")] = "growth",
    why: Annotated[str, typer.Option("--why", help="Stands beside the test.")] = "",
    actor: Annotated[str, typer.Option("--as", help="Who does it.")] = ACTOR,
    as_json: Json = False,
) -> None:
    """Print who must and must not get what, whatever the settings; exit 1 where one fails today."""
    engine = opened(data, state)
    for asked, wanted in ((gets, True), (not_gets, False)):
        if asked:
            customer, product = pair(asked, "CUSTOMER=PRODUCT")
            engine.personas.add(customer, product, gets=wanted, list=which, actor=actor, why=why)
    if remove:
        customer, product = pair(remove, "CUSTOMER=PRODUCT")
        if not engine.personas.remove(customer, product, list=which, actor=actor):
            raise BadInput(f"Nobody asks for {customer} and {product} on the {which} list.")
    found = engine.personas.check()
    if as_json:
        print_json({"tests": found})
    elif len(found):
        columns = ["customer_id", "product", "list", "must", "place", "holds", "why"]
        print_table(found[columns], "Persona tests, as of today's settings")
    else:
        console.print("No persona test is kept: --gets CUSTOMER=PRODUCT adds one.")
    if not found["holds"].all():
        raise typer.Exit(1)


@app.command()
def takers(
    product: Annotated[str, typer.Option("--product", help="Product id.")],
    data: Data = DEMO,
    state: State = STATE,
    top: Annotated[int, typer.Option("--top", help="Customers at most.")] = 100,
    order: Annotated[str, typer.Option("--order", help="score, confidence or value.")] = "score",
    segment: Annotated[str | None, typer.Option("--segment")] = None,
    manager: Annotated[str | None, typer.Option("--manager")] = None,
    audience: Annotated[str | None, typer.Option("--audience")] = None,
    churn_band: Annotated[str | None, typer.Option("--churn-band")] = None,
    value_band: Annotated[str | None, typer.Option("--value-band")] = None,
    minimum: Annotated[float, typer.Option("--minimum", help="Confidence or fit, 0-1.")] = 0.0,
    out: Annotated[Path | None, typer.Option("--out", help="FILE.csv or FILE.xlsx.")] = None,
    pseudonyms: Pseudonyms = False,
    as_json: Json = False,
) -> None:
    """Print who would want a product, of those who may be offered it; --out writes a file."""
    expect_file(pseudonyms, out, as_json)
    engine = opened(data, state)
    wanted = {
        "segment": segment,
        "relationship_manager": manager,
        "audience": audience,
        "churn_band": churn_band,
        "value_band": value_band,
    }
    for column, value in wanted.items():
        _check_choice(column, value, engine.customers.choices(column))
    wanted["manager"] = wanted.pop("relationship_manager")
    wanters = engine.prospects.of(product, top=top, order=order, minimum=minimum, **wanted)
    if out is not None:
        content = engine.prospects.export(wanters, ending(out))
        n = len(wanters.table)
        written(engine, out, content, "who would want a product", rows=n, pseudonyms=pseudonyms)
    if as_json:
        return print_json(wanters.to_json())
    console.print(
        f"{wanters.product}: {wanters.n_allowed:,} may be offered it, {wanters.n_matching:,} match"
    )
    if out is not None:
        return console.print(f"Written: {out}")
    columns = ["rank", "customer_id", "name", "confidence", "fit"]
    columns += ["value_if_taken", "expected_value", "reason"]
    return print_table(wanters.table[columns], "Who would want it")


def _check_choice(column: str, value: str | None, known: list[str]) -> None:
    if value is not None and value not in known:
        raise BadInput(
            f"Nobody in this bank has the {column.replace('_', ' ')} {value!r}; "
            f"there are {'; '.join(known[:20]) or 'none'}."
        )
