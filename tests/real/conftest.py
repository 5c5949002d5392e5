"""The real data sets, and each bank of them imported and fitted once for all tests.

They lie where DATA in the environment says, as `make real DATA=...` sets it.
"""

import datetime as dt
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from engine import Engine
from engine.bank.importing.import_source import import_bank

IMPORTED_ON = dt.datetime(2026, 11, 21)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that holds peers/, santander/, berka/ and the others."""
    folder = Path(os.environ.get("DATA", "../shared/data")).resolve()
    if not (folder / "peers").is_dir():
        raise FileNotFoundError(f"{folder} has no peers/: run make real DATA=path/to/data")
    return folder


@dataclass(frozen=True)
class RealBanks:
    """Banks of the real data; whoever asks gets a copy of what the first who asked has made.

    Processes that share a run of the tests share what is made, too.
    """

    data: Path
    made: Path
    """Folder that all processes of this run share."""

    def imported(self, source: str, into: Path, **options: object) -> Path:
        """Copy a bank into a folder that is not there yet.

        Parameters
        ----------
        source : str
            Folder of the data, as "berka" or "peers/B".
        **options
            Of the import, as its consent.
        """

        def bring(folder: Path) -> None:
            import_bank(self.data / source, folder, now=IMPORTED_ON, **options)

        name = "-".join([source, *(str(value) for value in options.values())])
        return self._copied(name, into, bring)

    def fitted(self, source: str, into: Path) -> tuple[Path, Path]:
        """Copies of a bank and of a state folder in which its first version serves."""
        bank = self.imported(source, into / "bank")

        def fit(state: Path) -> None:
            Engine.open(bank, state).models.warm_up()

        return bank, self._copied(f"{source}-fitted", into / "state", fit)

    def _copied(self, name: str, into: Path, make: Callable[[Path], None]) -> Path:
        made = self.made / "".join(c if c.isalnum() else "-" for c in name)
        with FileLock(made.with_suffix(".lock")):
            if not made.exists():
                begun = made.with_suffix(".begun")
                make(begun)
                begun.rename(made)
        return Path(shutil.copytree(made, into))


@pytest.fixture(scope="session")
def real_banks(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RealBanks:
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = shared / "real-banks"
    made.mkdir(exist_ok=True)
    return RealBanks(real_data, made)
