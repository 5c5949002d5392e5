"""What the parts of a run rest on, in plain values: as text for whoever makes one, and as a key."""

import hashlib
import json
import platform
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from engine.errors import BadInput
from engine.receipts.canonical import hash_of

WORKING: Final = ".working"
"""Folder of a run that goes on, within that of its parts: the bank's state as of its beginning,
who is in it, and which parts are whole. It goes when the run ends."""
CUSTOMERS: Final = "customers.json"
STATE: Final = "state"
PART_SIZE: Final = 10_000
"""Customers of a part: as many as are scored at once."""
_COUNT_ALIKE: Final = ("numpy", "scipy", "pandas", "pyarrow", "torch", "rectools-lightfm")
"""Libraries whose versions may move the last digit of a figure, or a byte of a file."""
_PLACES: Final = ("data", "folder")


@dataclass(frozen=True)
class Plan:
    """One run: nothing in it but strings and numbers, so that it travels as JSON."""

    data: str
    """Folder of the bank, absolute: the same path for everybody who makes a part."""
    folder: str
    """Folder of the parts, absolute, likewise."""
    bank: str
    bank_id: str
    edition: int
    fingerprint: str
    """Of the edition's content."""
    data_date: str
    version: str
    settings: str
    """SHA-256 of the settings in effect."""
    state: str
    """SHA-256 of what is written about the bank and an answer may show."""
    code: str
    """`code_hash` of whoever planned."""
    at: str
    """The moment of which the lists are, ISO, UTC."""
    lists: tuple[str, ...]
    k: int
    pilot: str
    """Who they are where a pilot chose them, as every row says it."""
    pseudonyms: bool
    part_size: int
    n_customers: int
    customers: str
    """SHA-256 of the file of their numbers."""

    @property
    def key(self) -> str:
        """The same key is the same bytes: SHA-256 of all but where things lie."""
        return hash_of({name: v for name, v in asdict(self).items() if name not in _PLACES})

    @property
    def n_parts(self) -> int:
        return -(-self.n_customers // self.part_size)

    @property
    def working(self) -> Path:
        return Path(self.folder, WORKING)

    def of_part(self, number: int) -> slice:
        """Which of the run's customers, in their order, a part has."""
        return slice(number * self.part_size, (number + 1) * self.part_size)

    def part(self, number: int) -> Path:
        """The file of a part."""
        return Path(self.folder, f"part-{number:05d}.parquet")

    def request(self, number: int) -> str:
        """What whoever makes a part is told."""
        return json.dumps({"plan": asdict(self), "number": number})

    @classmethod
    def of(cls, told: Any) -> "Plan":
        """Back from JSON; BadInput for what is none of this release."""
        if not isinstance(told, dict) or told.keys() != cls.__dataclass_fields__.keys():
            raise BadInput("This is no plan of this release of Attune.")
        return cls(**{**told, "lists": tuple(told["lists"])})


@lru_cache(maxsize=1)
def code_hash() -> str:
    """SHA-256 of the engine's files and of the versions that its figures rest on.

    Notes
    -----
    Not of the processor: libraries of linear algebra choose other sums on other kinds, so the last
    digits may differ between machines of two kinds.
    """
    engine = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(engine.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".toml", ".sql"):
            name = path.relative_to(engine).as_posix()
            found.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    libraries = [f"{name} {version(name)}" for name in _COUNT_ALIKE]
    found.update("\n".join([platform.python_version(), *libraries]).encode())
    return found.hexdigest()
