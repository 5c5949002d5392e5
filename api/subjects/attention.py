"""Routes of what needs attention: alerts, whom to call today, and fairness."""

from typing import Any, Literal

from pydantic import Field

from api.endpoint import Call, Endpoint, Query
from api.schemas import Row, Shape
from engine.results import Alerts, Day


class AlertsQuery(Query):
    """Of whom; else of the whole bank."""

    customer_id: str | None = Field(None, max_length=200)
    manager: str | None = Field(None, max_length=200)


class DayQuery(Query):
    """Whose day."""

    manager: str | None = Field(None, max_length=200)
    calls: int | None = Field(None, ge=1, le=100, description="Calls at most; else a setting.")


class FairnessQuery(Query):
    """Of which list and by what."""

    list: Literal["growth", "retention"] = "growth"
    by: str = Field(
        "", max_length=200, description="Attribute; two with a comma between cross. Else all."
    )


class FairnessGroup(Shape):
    """What each group is offered."""

    attribute: str
    n: int
    alerts: list[str]
    sentence: str
    overall: list[Row]
    table: list[Row]


class ShownGroup(Shape):
    """What each group's lists show."""

    attribute: str
    sentence: str
    table: list[Row]


class CountedGroup(Shape):
    """What each group has taken, or how well it can be told apart."""

    attribute: str
    n: int
    sentence: str
    table: list[Row]


class Blinding(Shape):
    """How many scores change where traits are replaced."""

    n_changed: int
    table: list[Row]


class FairnessAnswer(Shape):
    """An audit as `audit --json` prints it."""

    fairness: list[FairnessGroup]
    shown: list[ShownGroup]
    taken: list[CountedGroup]
    proxies: list[CountedGroup]
    blinding: Blinding


def alerts(call: Call) -> Alerts:
    """The open ones."""
    of, manager = call.query.customer_id, call.query.manager
    found = call.engine.alerts.open(call.look(of) if of is not None else None, manager)
    if of is None:
        call.listed("customers with open alerts", found.table["customer_id"])
    return found


def day(call: Call) -> Day:
    """Whom to call."""
    found = call.engine.days.today(call.query.manager, most=call.query.calls)
    call.listed("customers to call", (one.customer_id for one in found.calls))
    return found


def fairness(call: Call) -> dict[str, Any]:
    """An audit of every attribute, or of one; noted as every audit is."""
    audits, which = call.engine.fairness, call.query.list
    by = [one.strip() for one in call.query.by.split(",") if one.strip()]
    asked = [audits.crossed(*by)] if by else list(audits.attributes)
    reports = [audits.report(one, list=which) for one in asked]
    compared = [audits.compare(one, list=which) for one in asked]
    taken = [audits.taken(one) for one in asked]
    for report in reports:
        call.engine.trail.audited(report, actor=call.actor, session=call.session)
    blinding = audits.blinding()
    return {
        "fairness": [
            _parts(one, "attribute", "n", "alerts", "sentence", "overall", "table")
            for one in reports
        ],
        "shown": [_parts(one, "attribute", "sentence", "table") for one in compared],
        "taken": [_parts(one, "attribute", "n", "sentence", "table") for one in taken],
        "proxies": [],
        "blinding": _parts(blinding, "n_changed", "table"),
    }


def _parts(record: object, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


ENDPOINTS = (
    Endpoint(
        "GET",
        "/alerts",
        "alerts",
        "Open alerts, most pressing first",
        "attention",
        "alerts.open",
        alerts,
        Alerts,
        query=AlertsQuery,
        tagged=True,
    ),
    Endpoint(
        "GET",
        "/day",
        "day",
        "Whom to call today and why, as `day --json`",
        "attention",
        "days.today",
        day,
        Day,
        query=DayQuery,
        tagged=True,
    ),
    Endpoint(
        "GET",
        "/fairness",
        "fairness",
        "What each group is offered and shown, as `audit --json`",
        "oversight",
        "fairness.report",
        fairness,
        FairnessAnswer,
        query=FairnessQuery,
        tagged=True,
    ),
)
