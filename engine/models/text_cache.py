"""Texts in, what a model says of them out; each distinct text is computed once, ever."""

import hashlib
import json
import logging
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from filelock import FileLock

log = logging.getLogger(__name__)

FILE = "texts-1.sqlite"
"""The number is the layout's: another layout gets another file."""

_LOCK_SECONDS = 60
_TABLE = """
CREATE TABLE IF NOT EXISTS results (
    model TEXT NOT NULL, text BLOB NOT NULL, value BLOB NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (model, text)
) WITHOUT ROWID
"""


class TextCache:
    """Results of text models by model and text, on disk or, without a folder, not kept at all.

    A model that is passed as a function is called with the texts that are not yet known, distinct
    and in order of appearance; so a start with nothing new never loads it. Texts are stored as
    hashes only. A damaged file or row is computed anew; a folder that cannot be written slows the
    next start down and stops nothing.

    Parameters
    ----------
    folder : Path, optional
        Where the one SQLite file lies; processes may share it.
    shipped : Path, optional
        A folder with such a file that came with the bank; it is read and never written.
    """

    def __init__(self, folder: Path | None = None, shipped: Path | None = None) -> None:
        self.folder = folder
        self.shipped = shipped

    def ship(self, into: Path) -> int:
        """Copy every result into a folder from which it can be read as `shipped`.

        Returns
        -------
        int
            Rows. The same results give the same bytes.
        """
        if self.folder is None or not (self.folder / FILE).is_file():
            return 0
        with closing(self._connect()) as db:
            rows = db.execute("SELECT model, text, value, crc FROM results ORDER BY 1, 2")
            results = rows.fetchall()
        draft = into / f".{FILE}.draft"
        draft.unlink(missing_ok=True)
        with closing(sqlite3.connect(draft)) as db, db:
            db.execute(_TABLE)
            db.executemany("INSERT INTO results VALUES (?, ?, ?, ?)", results)
        draft.replace(into / FILE)
        return len(results)

    def forget(self, texts: Iterable[str], max_chars: int) -> int:
        """Drop what is kept of some texts, and every trace of it in the file; returns the rows.

        A text is known by what models are given of it: without space around it, and cut.
        """
        path = Path(f"{self.folder}/{FILE}")
        if self.folder is None or not path.is_file():
            return 0
        keys = {_key(one) for text in texts for one in (text, _clean(text)[:max_chars])}
        try:
            with closing(self._connect()) as db:
                with db:
                    db.execute("PRAGMA secure_delete = ON")
                    db.execute("CREATE TEMP TABLE gone (text BLOB PRIMARY KEY) WITHOUT ROWID")
                    db.executemany("INSERT INTO gone VALUES (?)", ((key,) for key in keys))
                    query = "DELETE FROM results WHERE text IN (SELECT text FROM gone)"
                    n = db.execute(query).rowcount
                if n:
                    db.execute("VACUUM")
                return n
        except sqlite3.Error as error:
            self._mend(error)
            return 0

    def vectors(
        self,
        texts: Sequence[str],
        model: str,
        width: int,
        compute: Callable[[list[str]], np.ndarray],
    ) -> np.ndarray:
        """Rows of numbers, one for each text.

        Parameters
        ----------
        model : str
            Identity of the model; anything that changes its results belongs in it.
        width : int
            Numbers per text.
        compute : callable
            k distinct texts -> array of shape (k, width).

        Returns
        -------
        ndarray of shape (n, width), float32
        """

        def blobs(missing: list[str]) -> list[bytes]:
            rows = np.asarray(compute(missing), "<f4").reshape(len(missing), width)
            return [row.tobytes() for row in rows]

        known, positions = self._look_up(texts, model, blobs, size=4 * width)
        rows = np.frombuffer(b"".join(known), "<f4").reshape(-1, width)
        return rows[positions].astype(np.float32, copy=False)

    def records(
        self, texts: Sequence[str], model: str, compute: Callable[[list[str]], list[Any]]
    ) -> list[Any]:
        """Values that JSON can hold, one for each text; otherwise like `vectors`."""

        def blobs(missing: list[str]) -> list[bytes]:
            return [json.dumps(record).encode() for record in compute(missing)]

        known, positions = self._look_up(texts, model, blobs)
        values = [json.loads(value) for value in known]
        return [values[i] for i in positions]

    def _look_up(
        self,
        texts: Sequence[str],
        model: str,
        compute: Callable[[list[str]], list[bytes]],
        size: int | None = None,
    ) -> tuple[list[bytes], np.ndarray]:
        """Values of the distinct texts, and the position of each text among them."""
        order = dict.fromkeys(texts)
        keys = {text: _key(text) for text in order}
        known = self._read(model, keys.values())
        if self.shipped is not None and len(known) < len(keys):
            known = TextCache(self.shipped)._read(model, keys.values(), writable=False) | known
        if size is not None:
            known = {key: value for key, value in known.items() if len(value) == size}
        missing = [text for text in order if keys[text] not in known]
        if missing:
            fresh = dict(zip((keys[text] for text in missing), compute(missing), strict=True))
            self._write(model, fresh)
            known |= fresh
        place = {text: i for i, text in enumerate(order)}
        positions = np.fromiter((place[text] for text in texts), np.intp, len(texts))
        return [known[keys[text]] for text in order], positions

    def _read(
        self, model: str, keys: Iterable[bytes], *, writable: bool = True
    ) -> dict[bytes, bytes]:
        if self.folder is None or not (self.folder / FILE).is_file():
            return {}
        try:
            with closing(self._connect() if writable else self._unchanging()) as db:
                db.execute("CREATE TEMP TABLE wanted (text BLOB PRIMARY KEY) WITHOUT ROWID")
                db.executemany("INSERT INTO wanted VALUES (?)", ((key,) for key in keys))
                rows = db.execute(
                    "SELECT text, value, crc FROM wanted JOIN results USING (text) WHERE model = ?",
                    (model,),
                )
                return {text: value for text, value, crc in rows if zlib.crc32(value) == crc}
        except sqlite3.Error as error:
            if writable:
                self._mend(error)
            else:
                log.warning("The text results that came with the bank cannot be read (%s).", error)
            return {}

    def _write(self, model: str, fresh: dict[bytes, bytes]) -> None:
        if self.folder is None:
            return
        rows = ((model, key, value, zlib.crc32(value)) for key, value in fresh.items())
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as db, db:
                db.execute(_TABLE)
                db.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", rows)
        except (sqlite3.Error, OSError) as error:
            self._mend(error)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(f"{self.folder}/{FILE}", timeout=_LOCK_SECONDS)
        db.execute("PRAGMA temp_store = MEMORY")
        return db

    def _unchanging(self) -> sqlite3.Connection:
        """A file that nobody writes, in a folder that may not be writable."""
        assert self.folder is not None
        address = f"{(self.folder / FILE).resolve().as_uri()}?immutable=1"
        db = sqlite3.connect(address, uri=True)
        db.execute("PRAGMA temp_store = MEMORY")
        return db

    def _mend(self, error: Exception) -> None:
        """Take a damaged file away; one that is merely locked or read-only stays."""
        log.warning("The cache of text results could not be used (%s); computing anew.", error)
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        ):
            with suppress(OSError), FileLock(f"{self.folder}/{FILE}.lock", timeout=_LOCK_SECONDS):
                for name in (FILE, f"{FILE}-journal"):
                    Path(f"{self.folder}/{name}").unlink(missing_ok=True)


class TextModel(Protocol):
    """What is said of a model that reads texts."""

    name: str
    identity: str
    source: str


Model = TypeVar("Model", bound=TextModel)


class CachedTextModel(Generic[Model]):
    """A text model behind a cache.

    Parameters
    ----------
    max_chars : int
        Longer texts are cut.

    Attributes
    ----------
    name, source : str
        The model in use, and where it came from; "default" means that no real one is here.
    identity : str
        Anything that changes its results is in it.
    """

    def __init__(self, model: Model, cache: TextCache, max_chars: int) -> None:
        self.model = model
        self.cache = cache
        self.max_chars = max_chars
        self.name = model.name
        self.identity = model.identity
        self.source = model.source


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def readable(texts: Sequence[str | None], max_chars: int) -> tuple[np.ndarray, list[str]]:
    """Which texts say anything, and those texts, cut to a length.

    Parameters
    ----------
    texts : sequence of str of length n
        None, NaN and blank texts count as missing.

    Returns
    -------
    present : ndarray of shape (n,), bool
    kept : list of str
        Stripped and cut, for the texts that are present.
    """
    clean = [_clean(text)[:max_chars] if isinstance(text, str) else "" for text in texts]
    present = np.fromiter(map(bool, clean), bool, len(clean))
    return present, [text for text in clean if text]


def _clean(text: str) -> str:
    """Stripped, and with a question mark for half a surrogate pair, which no model can read."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()
