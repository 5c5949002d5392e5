"""Transactions in a file in; what an earlier start worked out of them out, if it still holds."""

import dataclasses
import hashlib
import io
import json
import logging
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from engine.bank import disk
from engine.bank.bank import TRANSACTIONS, Bank
from engine.bank.erased import ErasedCustomers
from engine.bank.stored_rows import SeenTable, StoredRows
from engine.bank.tables import content_hash
from engine.vocabulary import TABLES

log = logging.getLogger(__name__)

Arrays = Mapping[str, np.ndarray]

_KEY: Final = "key"
_DIGEST: Final = 32
"""Bytes of the SHA-256 of the rest, which a file begins with."""
_ENGINE: Final = Path(__file__).parents[2]
"""What is worked out of transactions is worked out here: another text of it, another key."""


@dataclasses.dataclass(frozen=True)
class KeptFigures:
    """Arrays that rest on the transactions of one bank, a file each in the bank's cache.

    A file that is damaged, or that rests on other rows, another day or another release, is not
    used; a folder that cannot be written slows the next start and stops nothing. An erasure
    empties the cache.
    """

    folder: Path
    key: str
    laid_over: str = ""
    """A hash of the tables that are not as they were imported; of transactions, `key` tells."""
    may_stay: Callable[[], bool] = dataclasses.field(default=lambda: True, compare=False)

    @classmethod
    def of(
        cls,
        bank: Bank,
        folder: Path,
        erased: ErasedCustomers | None = None,
        base: Bank | None = None,
    ) -> "KeptFigures | None":
        """Those of a bank; None where its transactions were read at once, since those are few.

        Parameters
        ----------
        erased : ErasedCustomers, optional
            Nothing stays that was worked out of rows of a customer who is among them by then.
        base : Bank, optional
            As it was imported, before anything was laid over it; this bank by default.
        """
        rows = bank.given(TRANSACTIONS)
        if isinstance(rows, pd.DataFrame):
            return None
        digest = hashlib.sha256(_release())
        manifest = dataclasses.asdict(bank.manifest)
        digest.update(json.dumps([bank.base_fingerprint, manifest], default=str).encode())
        digest.update(pd.util.hash_array(bank.customer_ids.to_numpy(dtype=object)).tobytes())
        digest.update(b"seen" if isinstance(rows, SeenTable) else b"")
        if isinstance(rows, StoredRows):
            digest.update(b"seen" if rows.seen is not None else b"")
            digest.update(b"all" if rows.places is None else rows.places.tobytes())
            digest.update(content_hash(rows.added) if len(rows.added) else b"")
        ids = bank.customer_ids
        may_stay = (lambda: not erased.among(ids).any()) if erased else (lambda: True)
        return cls(folder, digest.hexdigest(), _laid_over(bank, base or bank), may_stay)

    def on(self, *rests_on: str) -> "KeptFigures":
        """What rests on all tables but events and consents, and on these texts as well."""
        more = hashlib.sha256("\x1f".join(rests_on).encode()).hexdigest()
        return dataclasses.replace(self, key=f"{self.key} {self.laid_over} {more}")

    def get(self, name: str, make: Callable[[], Arrays], rests_on: str = "") -> Arrays:
        """What is kept under a name; made and kept where there is nothing that holds.

        Parameters
        ----------
        name : str
        make : callable
            The arrays, of numbers, days or texts; no objects.
        rests_on : str, optional
            What else they rest on, such as settings.
        """
        path, key = self.folder / f"{name}.kept", f"{self.key} {rests_on}"
        kept = _read(path, key)
        if kept is None:
            kept = make()
            _write(path, key, kept)
            # Asked after the write: an erasure is noted first and empties the cache then, so that
            # either it takes this file along or it is seen here.
            if not self.may_stay():
                path.unlink(missing_ok=True)
        return kept


def _laid_over(bank: Bank, base: Bank) -> str:
    digest = hashlib.sha256()
    for table in sorted(set(TABLES) - {TRANSACTIONS, "events", "consents"}):
        if not bank.is_same(base, table):
            digest.update(table.encode() + content_hash(bank[table]))
    return digest.hexdigest()


def _read(path: Path, key: str) -> Arrays | None:
    try:
        with path.open("rb") as file:
            if file.read(_DIGEST) != hashlib.file_digest(file, "sha256").digest():
                log.warning("%s is damaged; working out anew what it kept.", path)
                return None
            file.seek(_DIGEST)
            with np.load(file, allow_pickle=False) as stored:
                if stored[_KEY].item() != key:
                    return None
                return {name: stored[name] for name in stored.files if name != _KEY}
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("%s cannot be read (%s); working out anew what it kept.", path, error)
        return None


def _write(path: Path, key: str, arrays: Arrays) -> None:
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **{_KEY: np.array(key)}, **arrays)
    whole = content.getbuffer()
    try:
        disk.write_whole(path, b"".join([hashlib.sha256(whole).digest(), whole]))
    except OSError as error:
        log.warning("%s could not be kept for the next start (%s).", path, error)


@cache
def _release() -> bytes:
    """A hash of everything that figures are worked out by, and of the libraries it stands on."""
    digest = hashlib.sha256(f"numpy {np.__version__} pandas {pd.__version__}".encode())
    for path in sorted([*_ENGINE.rglob("*.py"), *_ENGINE.rglob("*.toml")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()
