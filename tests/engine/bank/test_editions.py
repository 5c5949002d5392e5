"""A bank's folder: whatever happens, one whole edition serves, and nothing else stays."""

import dataclasses
import os
import shutil
import threading
from pathlib import Path

import pandas as pd
import pytest

from engine.bank import bank as bank_module
from engine.bank import bank_folders, editions
from engine.bank.bank import MANIFEST, Bank, Manifest
from engine.bank.quality import Findings
from engine.errors import BadInput, Busy, NotFound

KILLED = 9


def _bank(*customers: str, name: str = "Bank") -> Bank:
    return Bank.from_tables(
        Manifest(name, as_of="2024-06-20"),
        {"customers": pd.DataFrame({"customer_id": list(customers)})},
    )


def _ids(bank: Bank) -> list[str]:
    return bank.customer_ids.tolist()


def _names(folder: Path) -> set[str]:
    """Everything in a bank's folder, but the lock."""
    return {path.name for path in folder.iterdir()} - {editions.LOCK}


# --- editions --------------------------------------------------------------------------------


def test_earlier_editions_stay_as_many_as_are_asked_for(tmp_path):
    folder, bank = tmp_path / "bank", _bank("a")
    editions.put(bank, folder)
    for n in range(2, 6):
        bank = bank.next_edition(_bank(*"abcde"[:n]))
        editions.put(bank, folder, keep=2)
    assert _ids(editions.load(folder)) == list("abcde")
    assert editions.earlier(folder)["edition"].tolist() == [4, 3]
    assert _ids(editions.load(folder, 4)) == list("abcd")
    assert editions.load(folder, 5).manifest.edition == 5
    with pytest.raises(NotFound, match=r"no longer holds edition 2.*bank\.editions_kept"):
        editions.load(folder, 2)


def test_nothing_of_another_bank_stays_in_the_folder(tmp_path):
    folder, first = tmp_path / "bank", _bank("a")
    editions.put(first, folder)
    editions.put(first.next_edition(_bank("a", "b")), folder, keep=3)
    editions.put(_bank("z", name="Other"), folder, keep=3)
    assert _names(folder) == {MANIFEST, "customers.csv"}


def test_an_edition_made_from_one_that_is_gone_is_refused(tmp_path):
    folder, first = tmp_path / "bank", _bank("a")
    editions.put(first, folder)
    editions.put(first.next_edition(_bank("b")), folder)
    with pytest.raises(Busy, match="changed by another import in the meantime"):
        editions.put(first.next_edition(_bank("c")), folder, instead_of=first.base_fingerprint)
    assert _ids(editions.load(folder)) == ["b"]


def test_the_same_content_again_is_the_same_edition(tmp_path):
    folder, bank = tmp_path / "bank", _bank("a")
    editions.put(bank, folder)
    editions.put(bank.next_edition(_bank("a")), folder, keep=3)
    assert editions.load(folder).manifest.edition == 1
    assert editions.earlier(folder).empty


# --- killed at any point ---------------------------------------------------------------------


def _put_and_die(bank: Bank, folder: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Put in a child that ends at its n-th change of the folder; did it die there?"""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
    steps = iter(range(step))

    def dying(change):
        def changed(*args, **kwargs):
            if next(steps, None) is None:
                os._exit(KILLED)
            return change(*args, **kwargs)

        return changed

    monkeypatch.setattr(Path, "rename", dying(Path.rename))
    monkeypatch.setattr(Path, "rmdir", dying(Path.rmdir))
    monkeypatch.setattr(shutil, "rmtree", dying(shutil.rmtree))
    monkeypatch.setattr(editions, "sync_file", dying(editions.sync_file))
    try:
        editions.put(bank, folder, report=Findings().report({"customers": 1}), keep=1)
    finally:
        os._exit(0)


def test_killed_at_any_point_one_whole_edition_serves_and_nothing_else_is_left(
    tmp_path, monkeypatch
):
    old = _bank("a")
    new = old.next_edition(_bank("a", "b"))
    outcomes = []
    for step in range(100):
        state = tmp_path / str(step)
        folder = state / bank_folders.BANKS_FOLDER / "bank"
        editions.put(old, folder)
        died = _put_and_die(new, folder, step, monkeypatch)
        assert bank_folders.available([], state)["n_customers"].tolist()[0] in (1, 2)
        served = editions.load(folder)
        outcomes.append(_ids(served))
        kept = {editions.EARLIER} if served.manifest.edition == 2 else set()
        report = {"quality.json"} if served.manifest.edition == 2 else set()
        assert _names(folder) == {MANIFEST, "customers.csv"} | report | kept
        if kept:
            assert _ids(editions.load(folder, 1)) == ["a"]
        if not died:
            break
    assert not died and step > 8
    assert outcomes[0] == ["a"] and outcomes[-1] == ["a", "b"]
    assert outcomes == sorted(outcomes, key=len)


def test_a_reader_during_exchanges_sees_whole_editions(tmp_path):
    folder, bank = tmp_path / "bank", _bank("a")
    editions.put(bank, folder)
    n = 12
    last = threading.Event()

    def write() -> None:
        served = bank
        for number in range(n):
            served = served.next_edition(_bank(*[f"c{i}" for i in range(number + 2)]))
            editions.put(served, folder, keep=1)
        last.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not last.is_set():
        served = editions.load(folder)
        assert served.n_customers == served.manifest.edition
        seen.append(served.manifest.edition)
    writer.join()
    assert seen == sorted(seen)
    assert editions.load(folder).manifest.edition == n + 1


@pytest.mark.parametrize("moment", ["_stored", "_sha256", "_read"])
def test_a_reader_that_an_exchange_overtakes_reads_again(tmp_path, monkeypatch, moment):
    folder, old = tmp_path / "bank", _bank("a")
    editions.put(old, folder)
    new = [old.next_edition(_bank("a", "b"))]
    step = getattr(bank_module, moment)

    def overtaken(path):
        result = step(path)
        if path.parent == folder and new:
            editions.put(new.pop(), folder, keep=1)
        return result if moment != "_read" else step(path)

    monkeypatch.setattr(bank_module, moment, overtaken)
    served = editions.load(folder)
    assert not new
    assert (served.manifest.edition, _ids(served)) == (2, ["a", "b"])


def test_a_reader_that_is_overtaken_again_and_again_has_the_exchanges_wait(tmp_path, monkeypatch):
    folder, bank = tmp_path / "bank", _bank("a")
    editions.put(bank, folder)
    newer = iter([_bank(*"abcdef"[:n]) for n in range(2, 7)])
    check = bank_module._sha256

    def overtaken(path):
        nonlocal bank
        result = check(path)
        if path.parent == folder and (content := next(newer, None)) is not None:
            bank = bank.next_edition(content)
            editions.put(bank, folder)
        return result

    monkeypatch.setattr(bank_module, "_sha256", overtaken)
    served = editions.load(folder)
    assert (served.manifest.edition, _ids(served)) == (6, list("abcdef"))


def test_a_changed_file_is_still_named(tmp_path):
    folder = tmp_path / "bank"
    editions.put(_bank("a"), folder)
    (folder / "customers.csv").write_text("customer_id\nx\n")
    with pytest.raises(BadInput, match=r"customers\.csv was changed after the import"):
        editions.load(folder)


# --- places ----------------------------------------------------------------------------------


def test_two_imports_of_one_name_at_once_get_two_folders(tmp_path):
    with (
        bank_folders.claimed(tmp_path, "My bank") as first,
        bank_folders.claimed(tmp_path, "My bank") as second,
    ):
        editions.put(_bank("a"), first)
        editions.put(_bank("b"), second)
    assert bank_folders.available([], tmp_path)["n_customers"].tolist() == [1, 1]


def test_a_claimed_folder_without_a_bank_is_given_back(tmp_path):
    with pytest.raises(ZeroDivisionError), bank_folders.claimed(tmp_path, "My bank") as folder:
        raise ZeroDivisionError
    assert not folder.exists()


def test_one_unreadable_bank_takes_only_itself_off_the_list(tmp_path):
    banks = tmp_path / bank_folders.BANKS_FOLDER
    for name in ("good", "torn", "odd"):
        editions.put(_bank(name, name=name), banks / name)
    (banks / "torn" / MANIFEST).write_text("{")
    (banks / "odd" / MANIFEST).write_text("[]")
    assert bank_folders.available([], tmp_path)["name"].tolist() == ["good"]
    problems = bank_folders.unreadable([], tmp_path)
    assert [Path(path).name for path in problems["path"]] == ["odd", "torn"]
    assert problems["problem"].str.contains(MANIFEST).all()


def test_a_bank_without_an_id_of_its_own_can_be_replaced(tmp_path):
    folder, bank = tmp_path / "bank", _bank("a")
    old = dataclasses.replace(bank, manifest=dataclasses.replace(bank.manifest, bank_id=""))
    editions.put(old, folder)
    editions.put(bank.next_edition(_bank("a", "b")), folder, keep=1)
    assert editions.earlier(folder)["edition"].tolist() == [1]
