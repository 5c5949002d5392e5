"""A frame in, plain arrays that can be kept out, and back: the same columns to the last bit."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engine.customers.finances.kept_figures import Arrays


def packed(frame: pd.DataFrame, name: str) -> dict[str, np.ndarray]:
    """Arrays of a frame of texts, numbers, flags and days, under names that begin with `name`.

    Of texts each distinct one is held once: their UTF-8 in a row, how long each is, and which of
    them stands in each row (-1 for none).
    """
    arrays = {f"{name} columns": np.array(list(frame.columns), dtype="U")}
    for column in frame.columns:
        values, key = frame[column], f"{name}.{column}"
        if isinstance(values.dtype, pd.StringDtype):
            codes, distinct = pd.factorize(values)
            texts = [text.encode() for text in distinct]
            arrays[f"{key} codes"] = codes.astype(np.int32)
            arrays[f"{key} sizes"] = np.array([len(text) for text in texts], dtype=np.int64)
            arrays[f"{key} texts"] = np.frombuffer(b"".join(texts), dtype=np.uint8)
        else:
            arrays[key] = values.to_numpy()
    return arrays


def unpacked(arrays: Arrays, name: str, index: pd.Index | None = None) -> pd.DataFrame:
    """The frame that `packed` was given, with another index."""
    columns: Sequence[str] = arrays[f"{name} columns"].tolist()
    return pd.DataFrame(
        {column: _column(arrays, f"{name}.{column}") for column in columns}, columns=columns
    ).set_axis(pd.RangeIndex(_n(arrays, name, columns)) if index is None else index)


def _n(arrays: Arrays, name: str, columns: Sequence[str]) -> int:
    key = f"{name}.{columns[0]}"
    return len(arrays[key] if key in arrays else arrays[f"{key} codes"])


def _column(arrays: Arrays, key: str) -> np.ndarray | pd.api.extensions.ExtensionArray:
    if key in arrays:
        return arrays[key]
    ends = np.cumsum(arrays[f"{key} sizes"])
    whole = arrays[f"{key} texts"].tobytes()
    starts = (ends - arrays[f"{key} sizes"]).tolist()
    texts = [whole[start:end].decode() for start, end in zip(starts, ends.tolist(), strict=True)]
    return pd.array(texts, dtype="str").take(arrays[f"{key} codes"], allow_fill=True)
