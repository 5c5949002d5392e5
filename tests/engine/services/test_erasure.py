"""An erased customer leaves every file that is kept, and no import brings them back."""

import datetime as dt
import gc
import io
import json
import os
import re
import shutil
import weakref
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.bank import editions, keys
from engine.bank.bank import Bank
from engine.bank.importing.import_source import import_bank, update_bank
from engine.cli import app
from engine.errors import NotFound, StateError
from engine.models.text_cache import TextCache
from engine.results import Picture
from engine.state.state import State
from tests.fixtures.written import bytes_of

NOW = dt.datetime(2025, 1, 10, 9, 0)
GONE, SAID = "K4711", "Booked flights to Portugal, I love to travel!"
TRACES = tuple(
    text.encode()
    for text in (
        *(GONE, "Ann Ash", SAID, "a private remark", "Jeweller 88", "ann ash", "Ash, Ann"),
        *("Scanned Shop 7", "a trip to the shop"),
    )
)
KILLED = 9
HERS, HIS = Picture(b"hers" * 40, 20, 20, "PNG"), Picture(b"his" * 40, 20, 20, "PNG")


@pytest.fixture(scope="module")
def bank(small_bank: Bank) -> Bank:
    """The small bank, in which Ann has an id that stands in no other word."""
    named = {
        name: table.assign(customer_id=table["customer_id"].replace("ann", GONE))
        for name, table in small_bank.tables.items()
        if "customer_id" in table
    }
    return small_bank.with_tables(**named)


@pytest.fixture(scope="module")
def made(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of the bank, two editions made of them, and results of text models beside these."""
    place = tmp_path_factory.mktemp("made")
    source, folder = place / "source", place / "banks" / "bank"
    source.mkdir()
    for name, table in bank.tables.items():
        if len(table):
            table.dropna(axis=1, how="all").to_csv(source / f"{name}.csv", index=False)
    import_bank(source, folder, now=NOW)
    _cache(folder)
    people = pd.read_csv(source / "customers.csv", dtype="str")
    people.assign(region="West").to_csv(source / "customers.csv", index=False)
    update_bank(source, folder, now=NOW)
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made / "banks", tmp_path / "banks")
    return tmp_path / "banks" / "bank"


@pytest.fixture
def source(made: Path) -> Path:
    return made / "source"


def _cache(folder: Path) -> None:
    for text in (SAID, "Bought more technology shares today"):
        TextCache(folder).records([text], "keywords x", lambda texts: [[*t.split()] for t in texts])


def _engine(folder: Path, tmp_path: Path) -> Engine:
    return Engine.open(folder, tmp_path / "state", now=lambda: NOW)


def _write_everything(engine: Engine) -> None:
    """Records of every kind about the customer, and a consent of another."""
    records, said = engine.records, {"actor": "Rita", "submit_id": "s1"}
    for customer in (GONE, "ben"):
        records.set_consent(customer, "marketing", "refused", source="call")
    records.edit("customers", GONE, "relationship_manager", "Rita", actor="Rita")
    records.add_purchase(GONE, amount=5.0, category="shopping", merchant="Jeweller 88", **said)
    for customer, picture in ((GONE, HERS), ("ben", HIS)):
        engine.scans.confirm(
            customer, picture, amount=7.0, category="shopping", on=NOW.date(), actor="Rita",
            merchant="Scanned Shop 7" if customer == GONE else "A shop",
            submit_id="r1" if customer == GONE else "r2",
            said=[("travel", "a trip to the shop" if customer == GONE else "a trip")],
        )  # fmt: skip
    records.add_post(GONE, platform="X", text="a private remark", **said)
    for n, customer in enumerate((GONE, "ben")):
        engine.feedback.record(
            event_id=f"e{n}", customer_id=customer, product_id="card", action="dismissed",
            comment="a private remark" if customer == GONE else "no", actor="Rita",
        )  # fmt: skip
    engine.days.log(
        GONE, contact_id="c1", outcome="reached", note="a private remark", actor="Rita",
        follow_up=NOW.date(),
    )  # fmt: skip
    kept, opened = engine.views, {"page": "customers", "actor": "Rita"}
    kept.save("Ann Ash only", query={"alerts": "true"}, **opened)
    kept.save("By surname", query={"has_name": "ash"}, **opened)
    kept.save("Bens", query={"search": "Ben"}, **opened)
    kept.open(name="By surname", **opened)
    engine.notes.add(NOW.date(), "Ash, Ann: a private talk", actor="Rita")
    engine.notes.add(NOW.date(), "Ashes removed from the hall", actor="Rita")
    state = engine.snapshots.state
    state.receipts.keys.put(GONE, "key")
    _cache(state.folder("cache"))
    (state.folder("cache") / "unusual.kept").write_bytes(b"paid to Jeweller 88")


def _traces(*folders: Path) -> list[str]:
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(one in bytes_of(path) for one in TRACES)]


def test_F153_an_erased_customer_leaves_no_byte_in_bank_or_state(folder: Path, tmp_path: Path):
    first = _engine(folder, tmp_path)
    _write_everything(first)
    first.records.reset()  # the state that was moved aside is kept too
    engine = _engine(folder, tmp_path)
    _write_everything(engine)
    other = _engine(folder, tmp_path)
    assert GONE in other.snapshots.bank().customer_ids
    assert len(_traces(folder, tmp_path / "state")) > 8

    record = weakref.ref(engine.customers.profile(GONE).holdings)
    whole = [weakref.ref(engine.snapshots.current()), weakref.ref(engine.snapshots.bank())]
    erased = engine.erasing.erase(GONE, actor="Rita")
    gc.collect()
    assert [ref() for ref in (record, *whole)] == [None] * 3  # before anybody asks again
    assert (erased.n_editions, erased.n_events, erased.n_records) == (2, 2, 24)
    assert _traces(folder, tmp_path / "state") == []
    for one in (engine, other, _engine(folder, tmp_path)):
        left = one.snapshots.bank()
        assert GONE not in left.customer_ids and left.n_customers == 5
        events = left["events"]
        assert events["customer_id"].tolist() == ["ben"] and events["comment"].tolist() == ["no"]
        assert one.facts.damage(thorough=True).empty
        scans = one.snapshots.state.scans
        (his,) = one.scans.of("ben")
        assert scans.picture(his.scan_id) == HIS.jpeg
        assert [*scans.pictures.all()] == [his.scan_id]
        assert [said.sentence for said in one.evidence.of("ben")] == ["a trip"]
        assert [view.name for view in one.views.saved()] == ["Bens"]
        assert one.views.last("customers", actor="Rita") is None
        assert [note.text for note in one.notes.all()] == ["Ashes removed from the hall"]
        refused = left["consents"].query("customer_id == 'ben'")
        assert refused["status"].tolist() == ["refused"]
    with pytest.raises(NotFound):
        engine.records.set_consent(GONE, "marketing", "granted", source="call")
    assert TextCache(folder).forget(["Bought more technology shares today"], 4000) == 1


def _exported(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_F153_the_export_of_a_customer_holds_what_an_erasure_takes_out_and_nobody_else(
    folder: Path, tmp_path: Path
):
    first = _engine(folder, tmp_path)
    _write_everything(first)
    first.records.reset()
    engine = _engine(folder, tmp_path)
    _write_everything(engine)
    engine.records.edit("customers", GONE, "goals", "=1+1", actor="Rita")
    engine.models.warm_up()
    engine.feedback.record_shown(engine.offers.recommend(GONE), actor="Rita")
    content = engine.access.export(GONE)
    assert content == engine.access.export(GONE)
    files = _exported(content)
    said = b"\n".join(files.values())
    in_views_and_notes = {b"ann ash", b"Ash, Ann"}  # other people's words, erased all the same
    assert all(trace in said for trace in {*TRACES} - in_views_and_notes)
    assert b"ben" not in re.findall(rb"\w+", said)
    kept = {Path(name).with_suffix("").as_posix() for name in files}
    assert kept >= {
        *(f"imported/edition {n}/{t}" for n in (1, 2) for t in ("customers", "messages")),
        *(f"{place}/{table}" for place in ("recorded", "recorded before reset 1")
          for table in ("consents", "contacts", "edits", "events", "evidence", "messages", "scans",
                        "transactions")),
        "worked out/profile",
    }  # fmt: skip
    assert any("/shown/" in name for name in files)
    pictures = {name: content for name, content in files.items() if "/pictures/" in name}
    assert [*pictures.values()] == [HERS.jpeg] * 2
    edits = pd.read_csv(io.BytesIO(files["recorded/edits.csv"]))
    assert edits["value"].tolist() == ["Rita", "'=1+1"], "no spreadsheet runs it"
    listed = files["about.txt"].decode()
    assert all(name in listed for name in files if name != "about.txt")

    engine.erasing.erase(GONE, actor="Rita")
    with pytest.raises(NotFound):
        engine.access.export(GONE)


def test_receipts_of_others_replay_after_an_erasure_or_say_why_not_and_theirs_are_gone(
    folder: Path, source: Path, tmp_path: Path
):
    engine = _engine(folder, tmp_path)
    engine.models.warm_up()
    for customer in (GONE, "ben", "fox"):
        engine.feedback.record_shown(engine.offers.recommend(customer), actor="Rita")
    assert [engine.receipts.replay(n).same for n in (1, 2, 3)] == [True, True, True]
    newer = tmp_path / "newer"
    newer.mkdir()
    people = pd.read_csv(source / "customers.csv", dtype="str")
    people.assign(region="East").to_csv(newer / "customers.csv", index=False)
    update_bank(newer, folder, now=NOW)

    _engine(folder, tmp_path).erasing.erase(GONE, actor="Rita")
    after = _engine(folder, tmp_path)
    with pytest.raises(NotFound):
        after.receipts.get(1)
    assert after.receipts.verify().sound
    for n in (2, 3):
        found = after.receipts.replay(n)
        checks = found.checks.set_index("check")["detail"]
        without = "edition 2, kept, without customers who were erased since"
        assert checks["The imported bank"] == without
        assert found.n_compared > 0, "it was rebuilt"
        assert found.same or len(found.differences), found.verdict
    assert after.receipts.replay(3).same, "no figure of a company compares it with Ann"


def test_earlier_editions_say_what_they_were_and_the_next_import_leaves_them_out(
    folder: Path, source: Path, tmp_path: Path
):
    before = [editions.load(folder, n).base_fingerprint for n in (1, 2)]
    _engine(folder, tmp_path).erasing.erase(GONE, actor="Rita")
    after = [editions.load(folder, n) for n in (1, 2)]
    assert [one.manifest.before_erasures for one in after] == [(one,) for one in before]
    assert [one.manifest.edition for one in after] == [1, 2]

    again, report, _ = update_bank(source, folder, now=NOW)
    assert again.manifest.edition == 2 and GONE not in again.customer_ids
    assert "1 erased customer in the files was left out." in report.notes
    counts = report.tables["customers"]
    assert (counts.read, counts.kept, counts.apart) == (6, 5, 1)
    sums = report.control.query("table == 'transactions'").set_index("part")
    assert sums.loc["source", ["rows", "sum_in"]].tolist() == [6, 7500.0]
    assert sums.loc["kept", ["rows", "sum_in"]].tolist() == [3, 0.0]
    whole, _ = import_bank(source, folder, now=NOW)
    assert whole.n_customers == 5 and _traces(folder) == []


def test_without_the_key_nothing_is_imported_that_could_bring_them_back(
    folder: Path, source: Path, tmp_path: Path
):
    _engine(folder, tmp_path).erasing.erase(GONE, actor="Rita")
    (folder.parent / keys.KEY_FILE).unlink()
    assert editions.load(folder).n_customers == 5
    with pytest.raises(StateError, match=r"1 erased customers by a key that is not .*come back"):
        update_bank(source, folder, now=NOW)


def test_the_files_of_a_generated_bank_stay_and_the_state_keeps_the_customer_out(
    bank: Bank, tmp_path: Path
):
    folder = tmp_path / "demo"
    replace(bank, manifest=replace(bank.manifest, simulated=True)).save(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    engine = _engine(folder, tmp_path)
    _write_everything(engine)
    erased = engine.erasing.erase(GONE, actor="Rita")
    assert erased.n_editions == 0 and "its own files stay" in erased.notes[0]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert _traces(tmp_path / "state") == []
    engine.records.reset()
    assert GONE not in _engine(folder, tmp_path).snapshots.bank().customer_ids


def test_the_command_asks_before_it_erases(folder: Path, tmp_path: Path):
    asked = ["erase", "--customer", GONE, "--data", str(folder), "--state", str(tmp_path / "s")]
    assert CliRunner().invoke(app, asked, input="n\n").exit_code == 1
    assert editions.load(folder).n_customers == 6
    done = CliRunner().invoke(app, [*asked, "--yes", "--json"])
    assert json.loads(done.stdout)["n_editions"] == 2
    done = CliRunner().invoke(app, [*asked, "--yes"])
    assert done.stdout.startswith("Erased: editions 0, receipts 0, events 0, other records 0.")


def test_F153_an_erasure_is_in_the_trail_once_also_where_nothing_named_the_customer(
    folder: Path, tmp_path: Path
):
    engine = _engine(folder, tmp_path)
    for _ in range(2):
        engine.erasing.erase(GONE, actor="Rita")
    [entry] = engine.trail.table()[["actor", "action", "customer_id"]].to_dict("records")
    assert entry == {"actor": "Rita", "action": "Erased a customer", "customer_id": None}
    assert engine.trail.verify().sound and _traces(tmp_path / "state") == []


def test_F147_a_reset_is_the_first_entry_of_the_trail_after_it(folder: Path, tmp_path: Path):
    engine = _engine(folder, tmp_path)
    for n in range(3):
        engine.trail.looked("ben", actor="Rita", session=str(n))
    head = engine.trail.head()
    engine.records.reset(delete=True, actor="Rita")
    [entry] = engine.trail.table().to_dict("records")
    assert (entry["number"], entry["actor"]) == (1, "Rita")
    assert (entry["action"], entry["what"]) == ("Reset what was written", f"entries 3; head {head}")
    assert engine.trail.verify(head).sound and not engine.snapshots.state.put_aside()


def test_F153_whoever_is_in_an_earlier_edition_alone_gets_their_file_and_it_is_noted(
    folder: Path, source: Path, tmp_path: Path
):
    newer = shutil.copytree(source, tmp_path / "newer")
    for path in newer.glob("*.csv"):
        table = pd.read_csv(path, dtype="str")
        if "customer_id" in table:
            table[table["customer_id"] != GONE].to_csv(path, index=False)
    update_bank(newer, folder, now=NOW)
    where = ["--data", str(folder), "--state", str(tmp_path / "state")]
    out = tmp_path / "all.zip"
    asked = ["export-customer", "--customer", GONE, "--out", str(out), *where]
    done = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert done.exit_code == 0 and out.is_file()
    engine = _engine(folder, tmp_path)
    assert engine.trail.table(GONE)["action"].tolist() == ["Exported"]
    engine.erasing.erase(GONE, actor="Rita")
    for asking in (
        engine.trail.table,
        lambda who: engine.trail.exported("x", actor="R", customer_id=who),
    ):
        with pytest.raises(NotFound):
            asking(GONE)


def test_killed_at_any_point_the_customer_is_there_or_gone_for_good(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _write_everything(_engine(folder, tmp_path))
    outcomes = []
    for step in range(0, 200, 19):
        place = tmp_path / str(step)
        shutil.copytree(folder.parent, place / "banks")
        shutil.copytree(tmp_path / "state", place / "state")
        died = _erase_and_die(place, step, monkeypatch)
        engine = _engine(place / "banks" / "bank", place)
        left = engine.snapshots.bank()
        outcomes.append(GONE in left.customer_ids)
        assert left.n_customers == 5 + outcomes[-1]
        assert editions.load(place / "banks" / "bank", 1).n_customers == 5 + outcomes[-1]
        assert (_traces(place / "banks", place / "state") == []) != outcomes[-1]
        if not died:
            break
    assert not died and outcomes[0] and not outcomes[-1]
    assert outcomes == sorted(outcomes, reverse=True)


def _erase_and_die(place: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Erase in a child that ends at its n-th change of a file; did it die there?"""
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

    for name in ("rename", "rmdir", "unlink", "replace"):
        monkeypatch.setattr(Path, name, dying(getattr(Path, name)))
    monkeypatch.setattr(os, "fsync", dying(os.fsync))
    monkeypatch.setattr(State, "scrub", dying(State.scrub))
    monkeypatch.setattr(TextCache, "forget", dying(TextCache.forget))
    try:
        _engine(place / "banks" / "bank", place).erasing.erase(GONE, actor="Rita")
    finally:
        os._exit(0)
