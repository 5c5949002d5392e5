"""The segments of each edition of a bank as sealed arrays; a damaged file counts as none."""

import hashlib
import io
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank import disk
from engine.customers.clusters.division import Tried
from engine.customers.clusters.figures import Scales
from engine.customers.clusters.model import AudienceModel, Named, how_of
from engine.customers.segments import UNKNOWN

log = logging.getLogger(__name__)

FORMAT: Final = 1
"""Of what a file holds and of what its numbers mean; another one is fitted anew."""
_ENDING: Final = ".segments"
_LOCK: Final = ".lock"
_DIGEST: Final = 32
"""Bytes of the SHA-256 of the rest, which a file begins with."""
_SCALES: Final = ("low", "high", "mean", "deviation")


@dataclass(frozen=True, eq=False)
class Stored:
    """The segments of one edition.

    Attributes
    ----------
    edition : int
    fingerprint : str
        Of the bank as it was imported.
    rests_on : str
        What else the groups rest on.
    is_divided : bool
        Whether groups were found or parts cut; else the bank keeps its segments by churn and value.
    models : tuple of AudienceModel
    next_number : int
        No segment had this number yet.
    numbers : Series of int indexed by customer_id
        Which segment each customer had when the groups were found; nobody where none were.
    """

    edition: int
    fingerprint: str
    rests_on: str
    is_divided: bool
    models: tuple[AudienceModel, ...]
    next_number: int
    numbers: pd.Series

    @property
    def names(self) -> dict[int, str]:
        """Number -> name."""
        return {one.number: one.name for model in self.models for one in model.segments}


class SegmentStore:
    """The files of one bank, one an edition, in STATE/<bank_id>/segments.

    Customers' numbers are in them, so an erasure rewrites them (`forget`).
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def has(self, edition: int) -> bool:
        """Is there a file of an edition? Whether it can be read is seen when it is."""
        return self._path(edition).is_file()

    def read(self, edition: int) -> Stored | None:
        """The segments of an edition; None where there are none that can be read."""
        path = self._path(edition)
        try:
            whole = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("%s cannot be read (%s); segments are found anew.", path, error)
            return None
        if hashlib.sha256(whole[_DIGEST:]).digest() != whole[:_DIGEST]:
            log.warning("%s is damaged; segments are found anew.", path)
            return None
        with np.load(io.BytesIO(whole[_DIGEST:]), allow_pickle=False) as arrays:
            facts = json.loads(arrays["facts"].item())
            return _stored(facts, arrays) if facts["format"] == FORMAT else None

    def editions(self) -> list[int]:
        """Editions that have a file, the latest first."""
        names = (path.stem for path in self.folder.glob(f"*{_ENDING}"))
        return sorted((int(name) for name in names if name.isdecimal()), reverse=True)

    def write(self, stored: Stored) -> None:
        """Keep the segments of an edition; a folder that cannot be written stops nothing."""
        try:
            with disk.held(self.folder / _LOCK):
                disk.write_whole(self._path(stored.edition), _sealed(stored))
        except (OSError, disk.StateError) as error:
            log.warning("%s could not be kept (%s).", self._path(stored.edition), error)

    def of_customer(self, customer_id: str) -> pd.DataFrame:
        """In which segment a customer was when those of each edition were found.

        Returns
        -------
        DataFrame
            edition, number, segment, how (one of `engine.results.segments.HOW`); latest first.
        """
        rows = []
        for edition in self.editions():
            stored = self.read(edition)
            if stored is not None and customer_id in stored.numbers.index:
                number = int(stored.numbers[customer_id])
                how = how_of(stored.models, number)
                rows.append((edition, number, stored.names.get(number, UNKNOWN), how))
        return pd.DataFrame(rows, columns=["edition", "number", "segment", "how"])

    def forget(self, is_gone: Callable[[Iterable[str]], np.ndarray]) -> None:
        """Take customers out of every file; a file that cannot be read is removed.

        Raises
        ------
        OSError or Busy
            If a file could not be rewritten.
        """
        for edition in self.editions():
            with disk.held(self.folder / _LOCK):
                stored = self.read(edition)
                if stored is None:
                    self._path(edition).unlink(missing_ok=True)
                    continue
                gone = np.asarray(is_gone(stored.numbers.index), dtype=bool)
                if gone.any():
                    left = replace(stored, numbers=stored.numbers[~gone])
                    disk.write_whole(self._path(edition), _sealed(left))

    def _path(self, edition: int) -> Path:
        return self.folder / f"{edition}{_ENDING}"


def _sealed(stored: Stored) -> bytes:
    arrays: dict[str, np.ndarray] = {
        "ids": np.array(stored.numbers.index.tolist(), dtype="str"),
        "numbers": stored.numbers.to_numpy(dtype=np.int64),
    }
    facts = {
        "format": FORMAT,
        "edition": stored.edition,
        "fingerprint": stored.fingerprint,
        "rests_on": stored.rests_on,
        "is_divided": stored.is_divided,
        "next_number": stored.next_number,
        "models": [_facts_of(model) for model in stored.models],
    }
    for place, model in enumerate(stored.models):
        for name, array in _arrays_of(model).items():
            arrays[f"{place}.{name}"] = array
    content = io.BytesIO()
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    np.savez(content, allow_pickle=False, facts=np.array(text), **arrays)
    whole = content.getvalue()
    return hashlib.sha256(whole).digest() + whole


def _facts_of(model: AudienceModel) -> dict[str, Any]:
    return {
        "audience": model.audience,
        "n": model.n,
        "figures": model.scales.names,
        "making": model.making,
        "segments": [(one.number, one.name, one.parts, one.was) for one in model.segments],
        "tried": [asdict(one) for one in model.tried],
        "n_judged": model.n_judged,
        "left_out": model.left_out,
        "goes_on": model.goes_on,
    }


def _arrays_of(model: AudienceModel) -> dict[str, np.ndarray]:
    scales = {name: getattr(model.scales, name) for name in _SCALES}
    returns = np.array([one.returns for one in model.segments], dtype=float)
    more = {"centres": model.centres, "axes": model.axes, "shares": model.shares}
    return {**scales, **more, "returns": returns}


def _stored(facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Stored:
    models = tuple(
        _model(one, {name: arrays[f"{place}.{name}"] for name in _ARRAYS})
        for place, one in enumerate(facts["models"])
    )
    numbers = pd.Series(arrays["numbers"], index=pd.Index(arrays["ids"], dtype="str"))
    kept = ("edition", "fingerprint", "rests_on", "next_number")
    return Stored(
        **{name: facts[name] for name in kept},
        is_divided=facts["is_divided"] if "is_divided" in facts else facts["is_found"],
        models=models,
        numbers=numbers,
    )


_ARRAYS: Final = (*_SCALES, "centres", "axes", "shares", "returns")


def _model(facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> AudienceModel:
    scales = Scales(tuple(facts["figures"]), *(arrays[name] for name in _SCALES))
    segments = tuple(
        Named(number, name, tuple(parts), float(returns), was)
        for (number, name, parts, was), returns in zip(
            facts["segments"], arrays["returns"], strict=True
        )
    )
    return AudienceModel(
        audience=facts["audience"],
        n=facts["n"],
        scales=scales,
        making=tuple(facts["making"]),
        centres=arrays["centres"],
        axes=arrays["axes"],
        shares=arrays["shares"],
        segments=segments,
        tried=tuple(Tried(**one) for one in facts["tried"]),
        n_judged=facts["n_judged"],
        left_out=tuple((name, why) for name, why in facts["left_out"]),
        goes_on=facts["goes_on"],
    )
