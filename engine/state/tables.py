"""Columns of the tables that are plain logs."""

from typing import Final

from engine.vocabulary import Kind

EDITS: Final[dict[str, Kind]] = {
    "table": "text",
    "row_id": "id",
    "column": "text",
    "value": "text",
    "recorded_at": "time",
    "actor": "text",
}
SETTINGS_LOG: Final[dict[str, Kind]] = {
    "recorded_at": "time",
    "actor": "text",
    "action": "text",
    "name": "text",
    "why": "text",
    "before": "text",
    "after": "text",
}
PERSONAS: Final[dict[str, Kind]] = {
    "recorded_at": "time",
    "actor": "text",
    "customer_id": "id",
    "list": "text",
    "product_id": "id",
    "must": "text",
    "why": "text",
}
RETENTION: Final[dict[str, Kind]] = {
    "recorded_at": "time",
    "actor": "text",
    "kind": "text",
    "before": "time",
}
DECISIONS: Final[dict[str, Kind]] = {
    "action": "text",
    "version_id": "text",
    "at": "text",
    "note": "text",
    "sha256": "text",
}
