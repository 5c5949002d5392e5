"""Ways to write into a state, and to change it behind the back of its checksums."""

import datetime as dt

from engine.state.state import State

NOON = dt.datetime(2023, 1, 1, 12)  # before the base's own consents, on purpose


def again(state: State) -> State:
    """The same state, as another process opens it."""
    state.store.close()
    return State(state.parent, state.bank_id)


def refuse(state: State, customer: str, purpose: str = "marketing") -> None:
    state.consents.record(customer, purpose, "refused", now=NOON, source="page")


def corrupt(state: State, table: str, column: str, value: object, n: int = 1) -> None:
    """Change a cell behind the back of its checksum."""
    with state.store.writing() as connection:
        connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (value, n))
    state.store.close()
