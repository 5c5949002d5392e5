"""Exports of many banks and programs: each value is right, and what is open is asked about."""

import pandas as pd
import pytest

from tests.benchmarks.spellings import as_read
from tests.engine.bank.importing.exports import Export
from tests.engine.bank.importing.public_shapes import SHAPES
from tests.engine.bank.importing.public_statements import STATEMENTS
from tests.engine.bank.importing.public_statements_abroad import STATEMENTS_ABROAD
from tests.engine.bank.importing.public_tables import TABLES


@pytest.mark.parametrize(
    "export", [*STATEMENTS, *STATEMENTS_ABROAD, *TABLES, *SHAPES], ids=lambda export: export.name
)
def test_an_export_is_read_as_it_is_meant(export: Export):
    data = export.text if isinstance(export.text, bytes) else export.text.encode()
    frames, findings = as_read({export.file: data})
    asked = {decision.about for decision in findings.report({}).guesses}
    assert asked == export.asked
    rows = frames.get("transactions", pd.DataFrame(columns=["amount", "booked_at", "currency"]))
    if export.amounts:
        assert rows["amount"].round(4).tolist() == list(export.amounts)
    if export.days:
        assert rows["booked_at"].dt.strftime("%Y-%m-%d").tolist() == list(export.days)
    if export.currency:
        assert set(rows["currency"]) == {export.currency}
    for (table, column), values in export.values.items():
        found = frames[table][column]
        if found.dtype.kind == "M":
            found = found.dt.strftime("%Y-%m-%d")
        assert (found.round(9) if found.dtype.kind == "f" else found).tolist() == values
