"""Two who change one bank at the same time: one wins, the other is told, and nothing is lost."""

import datetime as dt
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine import Engine
from engine.bank import editions
from engine.bank.importing.import_source import import_bank, update_bank
from engine.errors import Busy
from engine.services.opening.banks import Banks

NOW = dt.datetime(2026, 3, 1)
APART = multiprocessing.get_context("fork")
LONG = 120.0
"""Seconds after which a process that is waited for has died."""
PAID = "transaction_id,customer_id,date,amount\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, dict[str, str]], Path]:
    def to(name: str, files: dict[str, str]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text)
        return folder

    return to


@pytest.fixture
def folder(tmp_path: Path, write) -> Path:
    files = {
        "customers.csv": "customer_id,name\na,Ann\nb,Bob\n",
        "products.csv": "product_id,name\np,Pig bank\nq,Quick loan\n",
        "transactions.csv": PAID + "1,a,2026-01-05,-10\n2,b,2026-01-20,20\n",
    }
    import_bank(write("january", files), tmp_path / "bank", now=NOW)
    return tmp_path / "bank"


def _paid(number: int, day: str) -> dict[str, str]:
    return {"transactions.csv": PAID + f"{number},a,{day},-5\n{number + 1},b,{day},9\n"}


def _together(*works: Callable[[], Any]) -> list[str]:
    """What came of works in processes of their own that all came to the exchange, then went on."""
    meet, said = APART.Barrier(len(works)), APART.Queue()

    def run(work: Callable[[], Any]) -> None:
        put = editions.put

        def waiting(*args: Any, **options: Any) -> None:
            meet.wait(LONG)
            put(*args, **options)

        editions.put = waiting
        try:
            work()
        except Busy as error:
            said.put(str(error))
        else:
            said.put("done")

    processes = [APART.Process(target=run, args=(work,)) for work in works]
    for process in processes:
        process.start()
    found = [said.get(timeout=LONG) for _ in works]
    for process in processes:
        process.join(LONG)
    return sorted(found)


def _ids(folder: Path) -> list[str]:
    return sorted(editions.load(folder)["transactions"]["transaction_id"])


def test_of_two_updates_at_once_one_is_told_to_start_again_and_then_both_stand(folder, write):
    february, march = (
        write("february", _paid(3, "2026-02-01")),
        write("march", _paid(5, "2026-02-20")),
    )

    def update(source: Path) -> Callable[[], Any]:
        return lambda: update_bank(source, folder, now=NOW)

    told = _together(update(february), update(march))
    assert told[1] == "done"
    assert "was changed by another import in the meantime. Nothing was written" in told[0]
    assert editions.load(folder).manifest.edition == 2
    assert _ids(folder) in (["1", "2", "3", "4"], ["1", "2", "5", "6"])
    lost = february if "5" in _ids(folder) else march
    update_bank(lost, folder, now=NOW)
    assert _ids(folder) == ["1", "2", "3", "4", "5", "6"]
    assert editions.load(folder).manifest.edition == 3


def test_an_import_into_the_folder_of_an_update_at_once_leaves_one_whole_bank(folder, write):
    other = write("other", {"customers.csv": "customer_id,name\nz,Zoe\n"})
    newer = write("newer", _paid(3, "2026-02-01"))
    told = _together(
        lambda: update_bank(newer, folder, now=NOW),
        lambda: import_bank(other, folder, now=NOW, name="Other"),
    )
    assert told[-1] == "done"
    left = editions.load(folder)
    assert (left.manifest.name, left.customer_ids.tolist()) == ("Other", ["z"])
    assert editions.earlier(folder).empty


def test_an_upload_of_the_same_name_during_an_update_becomes_a_bank_of_its_own(tmp_path, write):
    january = {name: text.encode() for name, text in _paid(1, "2026-01-05").items()}
    january["customers.csv"] = b"customer_id,name\na,Ann\nb,Bob\n"
    Banks.import_upload(january, tmp_path / "state", name="Mine", now=lambda: NOW)
    folder = Path(Banks.own(tmp_path / "state")["path"].iloc[0])
    newer = write("newer", _paid(3, "2026-02-01"))
    other = {"customers.csv": b"customer_id,name\nz,Zoe\n"}
    assert _together(
        lambda: update_bank(newer, folder, now=NOW),
        lambda: Banks.import_upload(other, tmp_path / "state", name="Mine", now=lambda: NOW),
    ) == ["done", "done"]
    own = Banks.own(tmp_path / "state")
    assert own["name"].tolist() == ["Mine", "Mine"]
    assert sorted(own["edition"]) == [1, 2]
    assert _ids(folder) == ["1", "2", "3", "4"]


def test_an_update_while_a_version_is_fitted_keeps_both(folder, write, tmp_path):
    fitting, updated = APART.Event(), APART.Event()

    def progress(_done: float, _what: str) -> None:
        fitting.set()
        assert updated.wait(LONG)

    def fit() -> None:
        Engine.open(folder, tmp_path / "state", now=lambda: NOW).models.retrain(progress)

    process = APART.Process(target=fit)
    process.start()
    assert fitting.wait(LONG)
    files = _paid(3, "2026-02-01") | {"customers.csv": "customer_id,name\na,Ann\nb,Bob\nc,Cy\n"}
    update_bank(write("newer", files), folder, now=NOW)
    updated.set()
    process.join(LONG)
    assert process.exitcode == 0
    engine = Engine.open(folder, tmp_path / "state", now=lambda: NOW)
    assert engine.bank.manifest.edition == 2
    assert engine.models.versions()["status"].tolist() == ["champion"]
    assert engine.offers.recommend("c").model_version == "v0001"
    found = engine.models.drift()
    assert (found.n_before, found.n_after, found.n_new_customers) == (2, 3, 1)
