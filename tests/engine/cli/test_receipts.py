"""Receipts on the command line: one process a command, as another machine would check them."""

import json
import sqlite3
from contextlib import closing

from tests.engine.cli.test_cli import run, where

__all__ = ["where"]


def test_a_recommendation_is_written_down_replayed_and_verified(where):
    shown = json.loads(run("recommend", "--customer", "C00001", "--json", *where).stdout)
    done = run("replay", shown["receipt_id"], "--json", *where)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["same"] is True and found["differences"] == [] and found["number"] == 1
    assert found["receipt_id"] == shown["receipt_id"]
    done = run("verify-receipts", *where)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 receipt is what was written.")


def test_a_planted_edit_is_found_and_the_exit_code_says_so(where, small_copy):
    run("recommend", "--customer", "C00001", "--list", "growth,retention", *where)
    [file] = small_copy.glob("*/state.sqlite")
    with closing(sqlite3.connect(file)) as connection, connection:
        edited = "replace(decision, '\"rank\":2', '\"rank\":3')"
        connection.execute(f"UPDATE receipts SET decision = {edited}")
    done = run("verify-receipts", "--json", *where)
    found = json.loads(done.stdout)
    assert done.returncode == 1 and not found["sound"] and found["first_bad"] == 1
    done = run("replay", "1", *where)
    assert done.returncode == 1 and "But the receipt itself was edited." in done.stdout
    done = run("replay", "r-nothing", *where)
    assert done.returncode == 1 and "There is no receipt 'r-nothing'" in done.stderr
