"""Results in, values that JSON knows out."""

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from typing import Any

import pandas as pd


class JsonRecord:
    """A dataclass whose JSON shape is its fields."""

    def to_json(self) -> dict[str, Any]:
        """Every field; tables are lists of objects, missing is null, times are ISO dates."""
        return json_value(self)


def json_value(value: Any) -> Any:
    """JSON values of anything: frames are records, dataclasses objects, times ISO dates."""
    if isinstance(value, pd.DataFrame):
        return [json_value(row) for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(k): json_value(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(v) for v in value]
    if is_dataclass(value):
        return {name: json_value(getattr(value, name)) for name in value.__dataclass_fields__}
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def json_text(value: Any, indent: int | None = None) -> str:
    """JSON of anything, as every face of the program writes it; days and moments are ISO.

    Raises
    ------
    ValueError
        For a figure that is infinite: JSON has none.
    """
    shape = json_value(value)
    return json.dumps(shape, indent=indent, ensure_ascii=False, allow_nan=False, default=_iso)


def _iso(moment: date) -> str:
    return moment.isoformat()
