"""A folder of parts is the same bytes whoever makes them, however often it is broken off."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.errors import BadInput, EngineError, StateError
from engine.parted import part as parts
from engine.parted.plan import CUSTOMERS, WORKING, Plan
from engine.parted.run import MANIFEST, Parted, in_process, write_parts

ROOT = Path(__file__).parents[3]
SIZE = 60
LISTS = ("growth", "retention")


@pytest.fixture(scope="module")
def engine(small_demo: Path, small_state: Path) -> Engine:
    return Engine.open(small_demo, small_state)


def written(folder: Path) -> dict[str, str]:
    """Name -> SHA-256 of each part."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("*.parquet"))
    }


def told_of(folder: Path) -> dict[str, str]:
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    return {one["file"]: one["sha256"] for one in told["parts"]}


def scored(engine: Engine, folder: Path, **options: object) -> Parted:
    return write_parts(engine, folder, LISTS, 3, part_size=SIZE, **options)


def cut_off(after: int):
    """Workers that are broken off after so many parts."""

    def workers(requests: Sequence[str]) -> Iterator[str]:
        yield from map(parts.make, requests[:after])
        raise KeyboardInterrupt

    return workers


def backwards_and_twice(requests: Sequence[str]) -> Iterator[str]:
    for request in reversed(requests):
        yield parts.make(request)
        yield parts.make(request)


def lost_at_first(requests: Sequence[str]) -> Iterator[str]:
    """All but the last answers of a worker that dies: one a round comes."""
    parts.make(requests[0])  # made, and never told of
    parts.forget()  # the next worker opens the bank anew
    yield from map(parts.make, requests[len(requests) // 2 :])


def test_F182_parts_are_the_same_bytes_whoever_makes_them_in_whichever_order(
    engine: Engine, tmp_path: Path
):
    ways = {"one": in_process, "backwards": backwards_and_twice, "lost": lost_at_first}
    steps: list[float] = []
    for name, workers in ways.items():
        run = scored(
            engine, tmp_path / name, workers=workers, progress=lambda done, _: steps.append(done)
        )
        assert (run.plan.n_parts, run.n_made, run.n_kept) == (5, 5, 0)
        assert [p.name for p in (tmp_path / name).iterdir() if p.name.startswith(".")] == []
    one = written(tmp_path / "one")
    assert len(one) == 5
    for name in ways:
        assert written(tmp_path / name) == told_of(tmp_path / name) == one
    assert steps[0] == 0 and steps[-1] == 1

    together = pd.concat(map(pd.read_parquet, sorted((tmp_path / "one").glob("*.parquet"))))
    wanted = engine.offers.score(lists=LISTS, k=3)
    keys = ["customer_id", "list", "rank"]
    pd.testing.assert_frame_equal(
        together.sort_values(keys, ignore_index=True), wanted.sort_values(keys, ignore_index=True)
    )
    assert together["customer_id"].is_monotonic_increasing
    told = json.loads((tmp_path / "one" / MANIFEST).read_text("utf-8"))
    assert (told["n_customers"], told["n_pairs"]) == (250, len(wanted))
    assert told["version"] == "v0001" and told["edition"] == 1
    assert told["data_date"] == f"{engine.bank.as_of:%Y-%m-%d}"


def test_F182_a_run_that_was_broken_off_goes_on_with_what_is_whole(engine: Engine, tmp_path: Path):
    folder = tmp_path / "parts"
    with pytest.raises(KeyboardInterrupt):
        scored(engine, folder, workers=cut_off(3))
    assert not (folder / MANIFEST).exists()
    damaged = folder / "part-00001.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    (folder / ".part-00003.parquet.0.draft").write_bytes(b"half")  # of a worker that was killed
    run = scored(engine, folder)
    assert (run.n_made, run.n_kept) == (3, 2)
    assert not list(folder.glob(".*"))
    again = scored(engine, folder)  # whole already: looked at, not made
    assert (again.n_made, again.n_kept, again.rows) == (0, 5, run.rows)
    scored(engine, tmp_path / "anew")
    assert written(folder) == written(tmp_path / "anew") == told_of(folder)


def test_F182_what_was_recorded_meanwhile_makes_all_parts_anew(
    small_demo: Path, small_copy: Path, tmp_path: Path
):
    engine, folder = Engine.open(small_demo, small_copy), tmp_path / "parts"
    with pytest.raises(KeyboardInterrupt):
        scored(engine, folder, workers=cut_off(4))
    engine.trail.looked("C00002", actor="test", session="one")  # no list rests on that
    with pytest.raises(KeyboardInterrupt):
        scored(engine, folder, workers=cut_off(0))
    assert len(list((folder / WORKING / "made").iterdir())) == 4
    engine.records.set_consent("C00001", "personalisation", "refused", actor="test", source="test")
    run = scored(engine, folder)
    assert (run.n_made, run.n_kept) == (5, 0)
    first = pd.read_parquet(folder / "part-00000.parquet")
    assert "C00001" not in set(first["customer_id"])
    with pytest.raises(BadInput, match="the lists of another run, which has ended"):
        write_parts(engine, folder, LISTS, 2, part_size=SIZE)


def test_F182_a_killed_run_leaves_no_half_part_and_goes_on(
    small_demo: Path, small_copy: Path, tmp_path: Path
):
    folder = tmp_path / "parts"
    command = [sys.executable, "-m", "engine", "score", "--out", str(folder), "--part-size", "8"]
    command += ["--data", str(small_demo), "--state", str(small_copy)]
    going = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, env={**os.environ, "HF_HUB_OFFLINE": "1"}
    )
    made, pause = folder / WORKING / "made", threading.Event()
    while going.poll() is None and len(list(made.glob("*.json"))) < 3:
        pause.wait(0.01)
    going.send_signal(signal.SIGKILL)
    going.communicate()
    assert going.returncode == -signal.SIGKILL
    for path in folder.glob("*.parquet"):
        pd.read_parquet(path)
    engine = Engine.open(small_demo, small_copy)
    run = write_parts(engine, folder, LISTS, 5, part_size=8)
    assert run.n_kept >= 3 and run.n_made + run.n_kept == 32
    assert written(folder) == told_of(folder)
    files = engine.trail.table(action="exported")["what"].astype(str)
    assert files.str.contains("score parts").any()


@pytest.fixture(scope="module")
def plan(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Of a run that was broken off before its first part."""
    found: list[Plan] = []

    def kept(requests: Sequence[str]) -> Iterator[str]:
        found.append(Plan.of(json.loads(requests[0])["plan"]))
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        scored(engine, tmp_path_factory.mktemp("planned") / "parts", workers=kept)
    return found[0]


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"code": "0" * 64}, "runs another Attune"),
        ({"data": "/nowhere/bank"}, "There is no folder /nowhere/bank here. Bank and folder must"),
        ({"edition": 2}, "holds edition 1 of Attune demo bank here; the run began with edition 2"),
        ({"fingerprint": "0" * 64}, "holds other rows here than edition 1 of Attune demo bank had"),
        ({"version": "v0009"}, "does not hold the version and the settings"),
        ({"settings": "0" * 64}, "does not hold the version and the settings"),
        ({"customers": "0" * 64}, "was changed since the run began"),
        ({"folder": "/nowhere/parts"}, "/nowhere/parts"),
    ],
)
def test_F182_a_worker_that_sees_something_else_says_so_in_a_sentence(plan: Plan, other, says):
    told = json.loads(parts.make(replace(plan, **other).request(0)))
    assert says in told["problem"] and "Traceback" not in told["problem"]
    assert "sha256" not in told
    assert not list(Path(plan.folder).glob("*.parquet"))


def test_F182_a_worker_whose_file_is_not_what_it_says_ends_the_run(engine: Engine, tmp_path: Path):
    def lying(requests: Sequence[str]) -> Iterator[str]:
        for request in requests:
            told = json.loads(parts.make(request))
            yield json.dumps(told | {"sha256": "0" * 64})

    with pytest.raises(StateError, match=r"is not what .* says to have written"):
        scored(engine, tmp_path / "parts", workers=lying)
    assert not (tmp_path / "parts" / MANIFEST).exists()

    def silent(requests: Sequence[str]) -> Iterator[str]:
        return iter(())

    with pytest.raises(StateError, match="5 of 5 parts were asked for 3 times and never came"):
        scored(engine, tmp_path / "parts", workers=silent)


def test_F182_a_folder_with_something_else_in_it_is_left_alone(engine: Engine, tmp_path: Path):
    (tmp_path / "mine.txt").write_text("notes")
    with pytest.raises(BadInput, match=r"holds mine\.txt, which no run has written"):
        scored(engine, tmp_path)
    with pytest.raises(BadInput, match="does not exist"):
        scored(engine, tmp_path / "no" / "parts")
    with pytest.raises(EngineError, match="There is no list"):
        write_parts(engine, tmp_path / "parts", ("all",), 3)
    with pytest.raises(EngineError, match="has no customer"):
        scored(engine, tmp_path / "parts", customers=["nobody"])


def test_F182_parts_with_pseudonyms_name_nobody_and_stand_in_their_order(
    engine: Engine, tmp_path: Path
):
    some = engine.bank.customer_ids[:150].tolist()
    run = scored(engine, tmp_path / "parts", customers=some, pilot="Pilot: some.", pseudonyms=True)
    assert run.plan.n_customers == 150
    tables = [pd.read_parquet(path) for path in sorted((tmp_path / "parts").glob("*.parquet"))]
    ids = pd.concat(tables)["customer_id"]
    assert ids.str.fullmatch("p[0-9a-f]{16}").all() and ids.is_monotonic_increasing
    assert set(ids) <= {engine.pseudonyms.of(one) for one in some}
    assert "pilot" not in tables[0].columns
    for path in (tmp_path / "parts").iterdir():
        assert b"C0000" not in path.read_bytes()


def test_F182_the_copy_of_the_state_is_for_this_account_alone(plan: Plan):
    assert plan.working.stat().st_mode & 0o077 == 0
    assert len(json.loads((plan.working / CUSTOMERS).read_text("utf-8"))) == 250
