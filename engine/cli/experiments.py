"""The command experiment: planned, started, looked at, stopped."""

from datetime import date, datetime
from enum import StrEnum
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
    pair,
    print_json,
    print_notes,
    print_table,
)
from engine.errors import BadInput

if TYPE_CHECKING:
    from engine.results import ExperimentLook, ExperimentSample
    from engine.services.versions.experiments import Experiments


class _Doing(StrEnum):
    LIST, PLAN, START, LOOK, STOP, REMOVE = "list", "plan", "start", "look", "stop", "remove"
    SIMULATE = "simulate"


@app.command()
def experiment(
    doing: Annotated[_Doing, typer.Argument(help="What to do.")] = _Doing.LIST,
    name: Annotated[str, typer.Argument(help="Name of the experiment.")] = "",
    data: Data = DEMO,
    state: State = STATE,
    arms: Annotated[
        list[str] | None, typer.Option("--arm", help="ARM=SHARE, as in 'no contact=0.5'.")
    ] = None,
    measure: Annotated[
        str, typer.Option("--measure", help="Primary: acceptance, value or churn.")
    ] = "acceptance",
    uplift: Annotated[float, typer.Option("--uplift", help="To be found, 0.2 for 20 %.")] = 0.2,
    base: Annotated[
        float | None, typer.Option("--base", help="Of the measure; else that of the days before.")
    ] = None,
    power: Annotated[float, typer.Option("--power", help="Chance to find it.")] = 0.8,
    starts: Annotated[
        datetime | None, typer.Option("--starts", formats=["%Y-%m-%d"], help="First day.")
    ] = None,
    days: Annotated[int, typer.Option("--days", help="How long.")] = 90,
    own: Annotated[
        list[str] | None, typer.Option("--own", help="Product of the bank's own list, first first.")
    ] = None,
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it.")] = "",
    sees: Annotated[
        list[str] | None, typer.Option("--sees", help="Role that may see what comes of it.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="Stands in the log.")] = "",
    actor: Annotated[str, typer.Option("--as", help="Who does it.")] = ACTOR,
    seed: Annotated[int, typer.Option("--seed", help="Of simulate.")] = 7,
    as_json: Json = False,
) -> None:
    """Plan an experiment, start it, look at it on any day without false alarms, stop it; simulate
    tries on made customers what a bandit gains and how often off-policy intervals are right."""
    if doing is _Doing.SIMULATE:
        return _simulate(seed, as_json)
    if doing is not _Doing.LIST and not name:
        raise typer.BadParameter("name the experiment")
    found = opened(data, state).experiments
    if doing is _Doing.LOOK:
        return _print_look(found.look(name), as_json)
    if doing is _Doing.PLAN:
        made = found.sample(
            name,
            shares=_shares(arms or ["engine=0.5", "no contact=0.5"]),
            uplift=uplift,
            starts=starts.date() if starts else None,
            days=days,
            measure=measure,
            base=base,
            own_list=own or (),
            strength=power,
            owner=owner or actor,
            may_see=sees or ("analyst", "manager"),
        )
        found.plan(made, actor=actor, why=why)
        return _print_sample(made, as_json)
    return _do(found, doing, name, why, actor, as_json)


def _simulate(seed: int, as_json: bool) -> None:
    from engine.experiments.learning import simulation

    made = simulation(seed)
    if as_json:
        return print_json(made.to_json())
    console.print(made.sentence, style="bold")
    print_table(made.margins, f"Offers of 1,000 that the bandit has more taken, seed {seed}")
    return print_table(made.coverage, f"95 % intervals of {made.n_logs} logs that have the truth")


def _do(
    found: "Experiments", doing: _Doing, name: str, why: str, actor: str, as_json: bool
) -> None:
    if doing is _Doing.START:
        found.start(name, actor=actor, why=why)
    elif doing is _Doing.STOP:
        found.stop(name, actor=actor, why=why)
    elif doing is _Doing.REMOVE and not found.remove(name, actor=actor):
        raise BadInput(f"No experiment {name!r} is planned.")
    table = found.table()
    if as_json:
        return print_json({"experiments": table})
    if table.empty:
        return console.print("No experiment is planned: python -m engine experiment plan NAME")
    return print_table(table, "Experiments")


def _shares(asked: list[str]) -> dict[str, float]:
    shares = {}
    for one in asked:
        arm, share = pair(one, "ARM=SHARE")
        try:
            shares[arm.strip()] = float(share)
        except ValueError as error:
            raise BadInput(f"Got the share {share!r} of an arm; expected 0 to 1.") from error
    return shares


def _print_sample(made: "ExperimentSample", as_json: bool) -> None:
    if as_json:
        return print_json(made.to_json())
    console.print(made.sentence)
    console.print(made.base_from)
    print_table(made.arms, f"Arms of {made.name}, {_span(made.plan)}")
    return print_notes(made.notes)


def _print_look(look: "ExperimentLook", as_json: bool) -> None:
    if as_json:
        return print_json(look.to_json())
    console.print(look.begun)
    for sentence in look.sentences:
        console.print(sentence, style="bold")
    print_table(look.arms, f"Arms, until {look.until:%d %b %Y}")
    print_table(look.differences.drop(columns="says"), "The engine's arm less each other arm")
    return print_notes(look.notes)


def _span(plan: "object") -> str:
    days = [date.fromisoformat(plan[key]) for key in ("starts", "ends")]  # type: ignore[index]
    return " to ".join(f"{one:%d %b %Y}" for one in days)
