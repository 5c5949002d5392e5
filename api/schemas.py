"""Records of the engine in, pydantic models of their JSON out, for the OpenAPI document.

A record's model has the fields that `json_value` writes of it, so that the document cannot say
another thing than the answer: tables are lists of objects, moments are texts, and a figure that is
missing is null.
"""

import types
import typing
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Union, get_args, get_origin

import pandas as pd
from pydantic import BaseModel, ConfigDict, JsonValue, create_model

Row = dict[str, JsonValue]


class Shape(BaseModel):
    """Base of every model of an answer."""

    model_config = ConfigDict(extra="forbid")


@cache
def model_of(record: type) -> type[BaseModel]:
    """The model of a frozen record, by its fields."""
    hints = typing.get_type_hints(record)
    told = {one.name: (_shape(hints[one.name]), ...) for one in fields(record)}
    about = (record.__doc__ or "").strip().split("\n")[0]
    # Pydantic keeps some names of fields for itself (model_...): they are only names here.
    return create_model(
        record.__name__,
        __config__=ConfigDict(extra="forbid", protected_namespaces=()),
        __doc__=about,
        **typing.cast(dict[str, Any], told),
    )


def shape_of(gives: Any) -> Any:
    """A type that pydantic knows, of what a route gives."""
    return _shape(gives)


def _shape(hint: Any) -> Any:
    if isinstance(hint, type):
        if issubclass(hint, BaseModel):
            return hint
        if is_dataclass(hint):
            return model_of(hint)
        if hint is pd.DataFrame:
            return list[Row]
        if issubclass(hint, (pd.Timestamp, date)):
            return str
    if hint is float:
        return float | None
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return Union[tuple(_shape(part) for part in parts)]  # noqa: UP007, made of parts
    if origin is tuple:
        whole = len(parts) == 2 and parts[1] is Ellipsis
        return list[_shape(parts[0])] if whole else tuple[tuple(map(_shape, parts))]  # type: ignore[misc]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict[str, _shape(parts[1])]  # type: ignore[misc]
    if isinstance(origin, type) and issubclass(origin, (Sequence, Collection)):
        return list[_shape(parts[0])]  # type: ignore[misc]
    return Any if hint is object else hint
