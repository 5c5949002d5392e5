"""`why-not` on the command line: the answer in words, as JSON, and what cannot be answered."""

import json

from tests.engine.cli.test_cli import run, where

__all__ = ["where"]


def test_why_not_names_the_rule_or_the_change(where):
    done = run("why-not", "--customer", "C00001", "--product", "P02", *where)
    assert done.returncode == 0, done.stderr
    assert "is left out" in done.stdout
    done = run("why-not", "--customer", "C00001", "--product", "P20", "--json", *where)
    found = json.loads(done.stdout)
    assert (found["customer_id"], found["product_id"]) == ("C00001", "P20")
    assert found["status"] in ("removed", "low", "top")
    done = run("why-not", "--customer", "C00001", "--product", "nothing", *where)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing" in done.stderr
