"""What became of everything that is written when processes were killed and power was lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.json_values import JsonRecord


@dataclass(frozen=True, eq=False)
class TortureReport(JsonRecord):
    """What was done, and what was found afterwards."""

    kills: int
    places: Mapping[str, int]
    """Where a process died -> how many did."""
    checks: pd.DataFrame
    """check, n, unit, problems, detail: what must hold, how often it was tried, how often it did
    not."""
    seconds: float

    @property
    def passed(self) -> bool:
        """Nothing was lost, split, repeated or damaged anywhere."""
        return not int(self.checks["problems"].sum())

    def to_json(self) -> dict[str, Any]:
        """As a record, with the verdict."""
        return super().to_json() | {"passed": self.passed}
