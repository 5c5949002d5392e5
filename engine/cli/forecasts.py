"""Commands about forecasts: backtest."""

import math
from typing import Any

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


@app.command()
def backtest(data: Data = DEMO, state: State = STATE, as_json: Json = False) -> None:
    """Forecast every past month from those before it and print how good each method was."""
    from engine.engine import Engine

    found = Engine.open(data, state).customers.backtest()
    if as_json:
        return print_json([one.to_json() for one in found])
    if not found:
        return console.print("No monthly balance or spending is known for long enough to test.")
    for one in found:
        _print(one)
    return None


def _print(one: Any) -> None:
    import pandas as pd

    plain = _readable(one.table)
    period = f"{one.first:%b %Y} to {one.last:%b %Y}"
    print_table(plain, f"{one.label}, {one.currency}, {one.n_customers:,} customers, {period}")
    for month, share in one.unusual.items():
        rows = one.apart[one.apart["month"] == pd.Timestamp(month)].drop(columns="month")
        print_table(
            _readable(rows),
            f"{pd.Timestamp(month):%B %Y} apart: unusual, {share:.0%} of the customers were "
            "outside what was expected",
        )
    console.print(f"Chosen: {one.chosen}. {one.sentence}", markup=False)


def _readable(table: Any) -> Any:
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
