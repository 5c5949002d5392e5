"""JSON Schemas of what the command line prints, as the project states them."""

from engine.customers.hardship.signs import SIGNS

NUMBER_OR_NULL = {"type": ["number", "null"]}
TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}}
COUNT = {"type": "integer", "minimum": 0}


def _object(properties: dict, **more: object) -> dict:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        **more,
    }


OFFER = _object(
    {
        "product_id": {"type": "string"},
        "name": {"type": "string"},
        "category": {"type": "string"},
        "rank": {"type": "integer", "minimum": 1},
        "score": {"type": "number"},
        "confidence": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "display_confidence": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "marks": TEXTS,
        "fit": {"type": "number", "minimum": 0, "maximum": 1},
        "propensity": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "value_if_taken": NUMBER_OR_NULL,
        "expected_value": NUMBER_OR_NULL,
        "value_assumption": {"type": "string", "minLength": 1},
        "parts": {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 4},
        "reasons": {**TEXTS, "minItems": 1},
        "checks": TEXTS,
        "moved": {"type": "string"},
        "notice": {"type": "string"},
        "includes": TEXTS,
        "excludes": TEXTS,
    }
)
RECOMMEND = _object(
    {
        "customer_id": {"type": "string"},
        "as_of": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "list": {"enum": ["growth", "retention"]},
        "model_version": {"type": "string", "pattern": "^v[0-9]{4}$"},
        "receipt_id": {"type": "string", "minLength": 8},
        "insight": {"type": "string", "minLength": 1},
        "recommendation": {"type": ["string", "null"]},
        "confidence": NUMBER_OR_NULL,
        "value_unit": {"type": "string", "pattern": "^[A-Z]{3} a year$"},
        "offers": {"type": "array", "items": OFFER},
        "removed": {
            "type": "array",
            "items": _object(
                {
                    "product_id": {"type": "string"},
                    "rule": {"type": "string", "minLength": 1},
                    "reason": {"type": "string", "minLength": 1},
                }
            ),
        },
        "support": {
            "type": "array",
            "items": _object(
                {
                    "kind": {"type": "string", "minLength": 1},
                    "sign": {"enum": list(SIGNS)},
                    "text": {"type": "string", "pattern": "^Call about "},
                }
            ),
        },
        "notes": TEXTS,
    }
)
IMPORT = {
    "type": "object",
    "properties": {
        "tables": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": _object({"read": COUNT, "kept": COUNT, "rejected": COUNT}),
        },
        "warnings": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"table": {"type": "string"}, "problem": {"type": "string"}},
                "required": ["table", "row", "problem"],
            },
        },
    },
    "required": ["tables", "warnings"],
}
PROFILE = {
    "type": "object",
    "properties": {
        "customer_id": {"type": "string"},
        "insight": {"type": "string"},
        "metrics": {
            "type": "object",
            "properties": {
                name: {
                    "type": "object",
                    "properties": {
                        "value": {"type": "number", "minimum": 0, "maximum": 10},
                        "known": {"type": "boolean"},
                        "drivers": {"type": "array"},
                    },
                    "required": ["value", "word", "known", "drivers", "note"],
                }
                for name in ("churn", "profit", "risk", "acumen")
            },
            "required": ["churn", "profit", "risk", "acumen"],
        },
        "holdings": {"type": "array"},
        "consents": {"type": "array", "minItems": 3},
    },
    "required": ["customer_id", "as_of", "insight", "facts", "metrics", "holdings", "consents"],
}
RETRAIN = {
    "type": "object",
    "properties": {
        "version_id": {"type": "string"},
        "promoted": {"type": "boolean"},
        "verdict": {"type": "string"},
        "n_events": COUNT,
        "n_adoptions": COUNT,
        "systems": {"type": "array"},
    },
    "required": ["version_id", "promoted", "verdict", "n_events", "n_adoptions", "systems"],
}
_TEXT_OR_NULL = {"type": ["string", "null"]}
CALL = _object(
    {
        "rank": {"type": "integer", "minimum": 1},
        "customer_id": {"type": "string"},
        "customer": {"type": "string", "minLength": 1},
        "manager": {"type": "string"},
        "kind": {"enum": ["promise", "case", "support", "care", "offer"]},
        "line": {"type": "string", "minLength": 10},
        "score": {"type": "number"},
        "parts": {
            "type": "array",
            "items": _object(
                {
                    "name": {"type": "string"},
                    "label": {"type": "string"},
                    "points": {"type": "number"},
                    "detail": {"type": "string"},
                }
            ),
        },
        "avoid": TEXTS,
        "last_contact": _TEXT_OR_NULL,
        "follow_ups": {"type": "array"},
        "value_a_year": NUMBER_OR_NULL,
        "product_id": _TEXT_OR_NULL,
        "product": _TEXT_OR_NULL,
        "confidence": NUMBER_OR_NULL,
        "fit": NUMBER_OR_NULL,
    }
)
DAY = _object(
    {
        "today": {"type": "string"},
        "as_of": {"type": "string"},
        "manager": _TEXT_OR_NULL,
        "managers": TEXTS,
        "n_customers": COUNT,
        "calls": {"type": "array", "items": CALL},
        "n_waiting": COUNT,
        "left_out": {"type": "object", "additionalProperties": COUNT},
        "sentence": {"type": "string", "minLength": 1},
        "notes": TEXTS,
        "currency": {"type": "string"},
        "model_version": {"type": "string"},
    }
)
