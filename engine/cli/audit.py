"""Commands about groups: audit, what makes a gap, and what would close it."""

from typing import TYPE_CHECKING, Annotated

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
    opened,
    print_json,
    print_notes,
    print_table,
)

if TYPE_CHECKING:
    from engine import Engine
    from engine.results import GapReport, Mitigation


@app.command()
def audit(
    data: Data = DEMO,
    state: State = STATE,
    which: Annotated[str, typer.Option("--list")] = "growth",
    by: Annotated[
        list[str] | None,
        typer.Option(help="Attribute to group by; twice or more crosses them. All, one by one."),
    ] = None,
    with_proxies: Annotated[
        bool, typer.Option("--proxies", help="Also how well offers and signals tell a group apart.")
    ] = False,
    why: Annotated[
        str | None,
        typer.Option(help="Attribute: what each rule, signal and limit adds to its gaps, alone."),
    ] = None,
    mitigate: Annotated[
        str | None,
        typer.Option(help="Attribute: prices that close its gaps, and what they cost, alone."),
    ] = None,
    tolerance: Annotated[
        float | None, typer.Option(help="Of --mitigate: largest gap left, 0-1; else a setting.")
    ] = None,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Of --mitigate: also what later adopters took.")
    ] = False,
    save: Annotated[
        str | None, typer.Option(help="Of --mitigate: keep the prices, for levers --apply NAME.")
    ] = None,
    if_stale: Annotated[
        float | None,
        typer.Option(help="Only when the last audit is older than this many hours; 1 on alerts."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print what each group is offered and shown, alerts and the blinding check."""
    engine = opened(data, state)
    if why:
        return _print_parts(engine.fairness.why(why, list=which), as_json)
    if mitigate:
        found = engine.mitigating.find(mitigate, list=which, tolerance=tolerance, held_out=held_out)
        if save:
            engine.mitigating.keep(found, save, actor=ACTOR)
        return _print_prices(found, as_json, save)
    if if_stale is not None:
        return _check_again(engine, which, if_stale, as_json)
    asked = [engine.fairness.crossed(*by)] if by else list(engine.fairness.attributes)
    return _print_audit(engine, asked, which, with_proxies, as_json)


def _print_audit(
    engine: "Engine", asked: list[str], which: str, with_proxies: bool, as_json: bool
) -> None:
    fairness = engine.fairness
    reports = [fairness.report(attribute, list=which) for attribute in asked]
    compared = [fairness.compare(attribute, list=which) for attribute in asked]
    taken = [fairness.taken(attribute) for attribute in asked]
    told = [fairness.proxies(a, list=which) for a in asked] if with_proxies else []
    for report in reports:
        engine.trail.audited(report, actor=ACTOR)
    blinding = fairness.blinding()
    if as_json:
        return print_json(
            {
                "fairness": [
                    {
                        "attribute": r.attribute,
                        "n": r.n,
                        "alerts": r.alerts,
                        "sentence": r.sentence,
                        "overall": r.overall,
                        "table": r.table,
                    }
                    for r in reports
                ],
                "shown": [
                    {"attribute": c.attribute, "sentence": c.sentence, "table": c.table}
                    for c in compared
                ],
                "taken": [
                    {"attribute": t.attribute, "n": t.n, "sentence": t.sentence, "table": t.table}
                    for t in taken
                ],
                "proxies": [
                    {"attribute": p.attribute, "n": p.n, "sentence": p.sentence, "table": p.table}
                    for p in told
                ],
                "blinding": {"n_changed": blinding.n_changed, "table": blinding.table},
            }
        )
    for report, shown in zip(reports, compared, strict=True):
        console.print(report.sentence)
        print_table(report.overall, report.attribute)
        for alert in report.alerts:
            console.print(alert)
        console.print(shown.sentence)
        columns = ["measure", "group", "n", "value", "low", "high", "difference", "ratio"]
        if len(differs := shown.table.loc[shown.table["differs"], columns]):
            print_table(differs, "differs beyond chance")
    for one in taken:
        console.print(f"Taken so far, by {one.attribute} (n = {one.n:,}): {one.sentence}")
        columns = ["measure", "group", "n", "value", "difference"]
        columns += ["difference_low", "difference_high"]
        if len(differs := one.table.loc[one.table["differs"], columns]):
            print_table(differs, "what groups have taken differs beyond chance")
    for found in told:
        console.print(found.sentence)
    return console.print(blinding.sentence)


def _print_parts(report: "GapReport", as_json: bool) -> None:
    if as_json:
        return print_json(report.to_json())
    console.print(report.sentence)
    for row in report.gaps[report.gaps["differs"]].itertuples():
        mine = (report.parts["kind"] == row.kind) & (report.parts["group"] == row.group)
        parts = report.parts.loc[mine].sort_values("gap", key=abs, ascending=False)
        title = f"{row.kind}, {row.group}: gap {row.gap:+.3f} [{row.low:+.3f}, {row.high:+.3f}]"
        print_table(parts[["part_of", "label", "gap", "low", "high", "without"]].head(8), title)
    return print_notes(report.notes)


def _print_prices(found: "Mitigation", as_json: bool, save: str | None) -> None:
    if as_json:
        return print_json(found.to_json())
    console.print(found.sentence)
    columns = ["group", "kind", "n", "before", "after", "violates_before", "violates_after"]
    print_table(found.gaps[[*columns, "price"]], "Gaps of attention, and the price in score")
    if len(found.others):
        print_table(found.others[["attribute", *columns]], "Gaps of attributes priced already")
    print_table(found.curve, f"What a tolerance costs, value in {found.currency} a customer")
    console.print(
        f"Alerts of the audit on the same lists: {found.alerts_before:,} before, "
        f"{found.alerts_after:,} after"
    )
    if found.held_out:
        later = found.held_out
        console.print(
            f"Later adopters (n = {later['n']:,}): map@7 {later['map_before']:.3f} before, "
            f"{later['map_after']:.3f} after, {later['map_change']:+.4f} "
            f"[{later['map_low']:+.4f}, {later['map_high']:+.4f}]; hit@3 "
            f"{later['hit_before']:.3f}, {later['hit_after']:.3f}"
        )
    if save:
        console.print(f"Saved: {save}; in force with levers --apply {save}")
    return print_notes(found.notes)


def _check_again(engine: "Engine", which: str, hours: float, as_json: bool) -> None:
    """The audit of every attribute where the last one is old; exit 1 where it alerts."""
    age = engine.fairness.hours_since_audit(list=which)
    if age is not None and age < hours:
        found = engine.fairness.alerts_of_last_audit(list=which)
        stand = f"its {found:,} alerts stand" if found > 1 else "its alert stands"
        then = stand if found else "nothing to do"
        done = f"The last audit of the {which} list is {age:.1f} hours old; {then}."
        if as_json:
            print_json({"audited": False, "says": done, "n_alerts": found})
        else:
            console.print(done)
        if found:
            raise typer.Exit(1)
        return
    reports = [engine.fairness.report(one, list=which) for one in engine.fairness.attributes]
    for report in reports:
        engine.trail.audited(report, actor=ACTOR)
    alerts = [alert for report in reports for alert in report.alerts]
    if as_json:
        says = [report.sentence for report in reports]
        print_json({"audited": True, "alerts": alerts, "says": says})
    else:
        for said in alerts or [report.sentence for report in reports]:
            console.print(said)
    if alerts:
        raise typer.Exit(1)
    return
