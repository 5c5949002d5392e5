"""Register, owners and what the program knows of itself in; one row a model or rule out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from engine.governance import register
from engine.governance.register import METRIC, PART, TESTS, VERSION, Entry
from engine.models.inventory import NOTHING

NO_OWNER: Final = "no owner named"
EVERYTHING: Final = "everything"
"""Key of whoever answers for all that has no owner of its own."""
DRIFT: Final = "drift"
"""Key of whoever answers for drift, which is no model."""
RETENTION: Final = "retention"
"""Key of whoever answers for how long data are kept."""
COLUMNS: Final = (
    "key", "name", "kind", "purpose", "not_for", "inputs", "version", "sha256", "owner",
    "validated_on", "validation", "limits", "decided_in",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What the program knows of its models at this moment.

    Attributes
    ----------
    version_id, created_at, grade : str
        Of the version that serves; "" where none does. `created_at` is an ISO time.
    parts : DataFrame
        Of `engine.models.inventory.inventory`.
    metrics : DataFrame
        metric, source, quality, n, fitted_on: which metrics are learned.
    release : str
        Of the program.
    """

    version_id: str
    created_at: str
    grade: str
    parts: pd.DataFrame
    metrics: pd.DataFrame
    release: str


def inventory(known: Known, owners: Mapping[str, str]) -> pd.DataFrame:
    """Every model and rule in `COLUMNS`; `validated_on` is NaT where no day is known."""
    said = {VERSION: _by_version, METRIC: _by_metric, PART: _by_part, TESTS: _by_tests}
    rows = [
        {
            **{name: getattr(entry, name) for name in COLUMNS if hasattr(entry, name)},
            "owner": owner_of(entry.key, owners),
            **said[entry.validated](entry, known),
        }
        for entry in register.entries()
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    days = pd.to_datetime(table["validated_on"], format="ISO8601", utc=True)
    return table.assign(validated_on=days.dt.tz_localize(None).dt.normalize())


def owner_of(key: str, owners: Mapping[str, str]) -> str:
    """Who answers for an entry; `NO_OWNER` where settings name nobody."""
    return owners.get(key) or owners.get(EVERYTHING) or NO_OWNER


def unknown_owners(owners: Mapping[str, str]) -> list[str]:
    """Keys in the settings that stand for nothing of the register."""
    return sorted(
        set(owners) - {entry.key for entry in register.entries()} - {EVERYTHING, DRIFT, RETENTION}
    )


def _by_version(_: Entry, known: Known) -> dict[str, str | None]:
    if not known.version_id:
        return {"version": "none yet", "sha256": "", "validated_on": None, "validation": "Not yet"}
    return {
        "version": known.version_id,
        "sha256": "",
        "validated_on": known.created_at,
        "validation": f"On later adoptions, at its training: grade {known.grade}",
    }


def _by_metric(entry: Entry, known: Known) -> dict[str, str | None]:
    rows = known.metrics.loc[known.metrics["metric"].isin(entry.covers)]
    learned = rows[rows["source"] == "learned"]
    if len(learned):
        one = learned.iloc[0]
        return {
            "version": f"learned, {one['form']}",
            "sha256": "",
            "validated_on": str(one["fitted_on"]),
            "validation": f"On {one['n']:,.0f} labels: {one['quality']:.2f} (AUC or correlation)",
        }
    off = len(rows) and rows.iloc[0]["source"] == "none"
    return {
        "version": "off, no labels" if off else f"scorecard of release {known.release}",
        "sha256": "",
        "validated_on": None,
        "validation": "Not validated on outcomes of this bank",
    }


def _by_part(entry: Entry, known: Known) -> dict[str, str | None]:
    rows = known.parts.loc[known.parts["part"].isin(entry.covers)]
    one = rows.iloc[0] if len(rows) else None
    if one is None:
        return {"version": "", "sha256": "", "validated_on": None, "validation": "Not known"}
    if one["used"] == NOTHING:
        return {"version": "off", "sha256": "", "validated_on": None, "validation": one["note"]}
    fitted = one["used"].startswith("fitted on")
    return {
        "version": " ".join(text for text in (one["used"], one["version"]) if text),
        "sha256": one["sha256"],
        "validated_on": None,
        "validation": one["note"] if fitted else "Not on data of this bank; see docs/figures.md",
    }


def _by_tests(_: Entry, known: Known) -> dict[str, str | None]:
    return {
        "version": f"release {known.release}",
        "sha256": "",
        "validated_on": None,
        "validation": "By the tests of the release; no outcome of this bank",
    }
