"""Versions: whole or not there, checked by hash; a failed retraining changes nothing."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import engine
from engine import settings as _settings
from engine.bank import disk
from engine.errors import BadInput, NotFound, OtherFormat, StateError
from engine.feedback import versions
from engine.feedback.registry import Registry, VersionFacts, settings_hash
from engine.feedback.retrain import keep_better
from engine.feedback.version_history import Decision
from engine.state.state import State

NOON = datetime(2025, 1, 6, 12)
FACTS = VersionFacts(
    seed=7,
    bank_fingerprint="abc",
    as_of="2024-12-31",
    settings_hash="def",
    n_events=3,
    metrics={"map7": 0.25, "ece": float("nan")},
    grade="B",
    details={"split": "by time"},
    notes=("one", "two"),
)


@pytest.fixture
def registry(tmp_path):
    return Registry(State(tmp_path, "bank-1"))


def again(registry):
    """The same versions, as another process opens them."""
    return Registry(State(registry.folder.parents[1], "bank-1"))


def make_version(registry, *, promote=True, content=b"weights", minutes=0):
    now = NOON + timedelta(minutes=minutes)
    with registry.retraining() as draft:
        (draft.folder / "blend").mkdir()
        (draft.folder / "blend" / "weights.npz").write_bytes(content)
        version = registry.commit(draft, FACTS, now=now)
        if promote:
            registry.promote(version.version_id, now=now, note="better")
    return version.version_id


def test_an_empty_registry_serves_nothing_and_writes_nothing(registry):
    assert registry.champion() is None
    assert registry.history().empty
    assert "status" in registry.history()
    assert not registry.folder.exists()


def test_a_committed_version_is_a_challenger_until_it_is_promoted(registry):
    make_version(registry, promote=False)
    assert registry.champion() is None
    registry.promote("v0001", now=NOON)
    champion = registry.champion()
    assert (champion.version_id, champion.status, champion.parent) == ("v0001", "champion", None)
    assert champion.facts.metrics["map7"] == 0.25
    assert champion.facts.notes == ("one", "two")
    assert champion.facts.metrics["ece"] != champion.facts.metrics["ece"]
    assert champion.files == {"blend/weights.npz": champion.files["blend/weights.npz"]}


def test_F161_a_new_version_stands_beside_the_old(registry):
    make_version(registry)
    make_version(registry, minutes=1)
    assert registry.champion().version_id == "v0002"
    assert registry.version("v0001").status == "retired"
    assert registry.version("v0002").parent == "v0001"
    assert registry.verified("v0001").joinpath("blend/weights.npz").read_bytes() == b"weights"


def test_F161_a_worse_version_is_rejected_and_kept_for_the_record(registry):
    make_version(registry)
    make_version(registry, promote=False, minutes=1)
    registry.reject("v0002", now=NOON, note="not better")
    assert registry.champion().version_id == "v0001"
    found = registry.history()
    assert found["version_id"].tolist() == ["v0002", "v0001"]
    assert found["status"].tolist() == ["rejected", "champion"]
    assert found["serving"].tolist() == [False, True]
    assert found["note"].tolist() == ["not better", "better"]
    assert found["map7"].tolist() == [0.25, 0.25]
    with pytest.raises(BadInput, match="v0001 serves"):
        registry.reject("v0001", now=NOON)


def test_a_version_is_promoted_only_over_the_one_that_it_was_compared_with(registry):
    make_version(registry)
    make_version(registry, minutes=1)
    make_version(registry, promote=False, minutes=2)
    registry.roll_back(now=NOON)
    assert not registry.promote("v0003", now=NOON, over="v0002")
    assert registry.champion().version_id == "v0001"
    assert registry.promote("v0003", now=NOON, over="v0001")
    assert registry.champion().version_id == "v0003"


def test_rolling_back_goes_through_the_versions_that_served(registry):
    for minute in range(3):
        make_version(registry, minutes=minute)
    assert registry.roll_back(now=NOON) == "v0002"
    assert registry.roll_back(now=NOON) == "v0001"
    assert registry.champion().version_id == "v0001"
    assert registry.problems() == ()
    with pytest.raises(StateError, match="nothing to roll back to"):
        registry.roll_back(now=NOON)
    registry.promote("v0003", now=NOON)
    assert registry.roll_back(now=NOON) == "v0001"


def test_a_failed_retraining_leaves_the_serving_version_and_no_rubbish(registry):
    make_version(registry)
    before = registry.revision

    def fail():
        with registry.retraining() as draft:
            (draft.folder / "weights.npz").write_bytes(b"half")
            raise RuntimeError("diverged")

    with pytest.raises(RuntimeError, match="diverged"):
        fail()
    assert registry.revision == before
    assert registry.champion().version_id == "v0001"
    assert not list(registry.folder.glob(".staging*"))
    assert make_version(registry, minutes=1) == "v0002"


def test_a_killed_retraining_is_cleaned_up_by_the_next(registry):
    make_version(registry)
    code = (
        "import os, signal, sys; from engine.feedback.registry import Registry\n"
        "from engine.state.state import State\n"
        "with Registry(State(sys.argv[1], 'bank-1')).retraining() as draft:\n"
        "    (draft.folder / 'weights.npz').write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(engine.__file__).parents[1]
    subprocess.run(
        [sys.executable, "-c", code, str(registry.folder.parents[1])], check=False, cwd=root
    )
    assert [p.name for p in registry.folder.glob(".staging*")] == [".staging-v0002"]
    assert registry.champion().version_id == "v0001"
    assert make_version(registry, minutes=1) == "v0002"
    assert not list(registry.folder.glob(".staging*"))


def test_two_retrainings_never_run_at_once(registry):
    with registry.retraining():
        other = again(registry)
        with pytest.raises(StateError, match="Another retraining"), other.retraining():
            pass


def test_F192_a_retraining_in_another_process_is_the_one_of_all_until_it_ends(registry):
    code = (
        "import sys\n"
        "from filelock import FileLock\n"
        "with FileLock(sys.argv[1]):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(registry.folder / "retrain.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StateError, match="Another retraining"), registry.retraining():
            pass
        other.stdin.close()
        other.wait(20)
    assert make_version(registry) == "v0001"


def test_another_process_sees_a_promotion_at_once(registry):
    other = again(registry)
    make_version(registry)
    before = other.revision
    assert other.champion().version_id == "v0001"
    make_version(registry, minutes=1)
    assert other.revision != before
    assert other.champion().version_id == "v0002"


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda folder: (folder / "blend/weights.npz").write_bytes(b"other"), "was changed"),
        (lambda folder: (folder / "blend/weights.npz").unlink(), "is missing"),
        (lambda folder: (folder / "stray.npz").write_bytes(b"x"), "stray.npz"),
        (lambda folder: (folder / "version.json").write_text("{}"), "version.json was changed"),
    ],
)
def test_a_version_that_is_not_what_was_committed_is_not_loaded(registry, damage, problem):
    make_version(registry)
    damage(registry.folder / "v0001")
    with pytest.raises(StateError, match=problem):
        again(registry).verified("v0001")
    with pytest.raises(StateError, match=problem):
        registry.promote("v0001", now=NOON)


def test_a_damaged_record_is_shown_as_damaged_and_can_be_rolled_back(registry):
    make_version(registry)
    make_version(registry, minutes=1)
    (registry.folder / "v0002" / "version.json").write_text("{}")
    assert registry.history()["status"].tolist() == ["damaged", "retired"]
    assert registry.champion().version_id == "v0001"
    (said,) = registry.problems()
    assert said.startswith("versions/v0002/version.json was changed")
    assert said.endswith("v0001 serves in its place.")
    assert registry.roll_back(now=NOON) == "v0001"
    assert registry.champion().version_id == "v0001"


def test_a_record_that_this_release_cannot_read_says_to_retrain(registry):
    make_version(registry)
    folder = registry.folder / "v0001"
    (folder / "version.json").write_text('{"format": 9, "about": []}')
    with pytest.raises(OtherFormat, match=r"v0001.*\(format 9, this one reads 4\)\. Retrain"):
        versions.read(folder, disk.sha256_of(folder / "version.json"), "champion")


def test_a_draft_without_files_is_not_committed(registry):
    with registry.retraining() as draft, pytest.raises(BadInput, match="holds no file"):
        registry.commit(draft, FACTS, now=NOON)
    assert registry.history().empty


def test_a_crash_between_commit_and_decision_skips_that_number(registry, monkeypatch):
    def fail(*args, **kwargs):
        raise StateError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(Registry, "_decide", fail)
        with pytest.raises(StateError, match="power cut"):
            make_version(registry)
    assert registry.champion() is None
    assert make_version(registry) == "v0002"


def test_an_unknown_version_is_named(registry):
    with pytest.raises(NotFound, match="'v0009'"):
        registry.promote("v0009", now=NOON)


@pytest.mark.parametrize(
    ("n", "serves"),
    [(1, "v0002"), (2, "v0002"), (3, "v0001"), (4, None), (5, "v0001"), (6, "v0001")],
)
def test_a_decision_that_cannot_be_read_serves_nothing_that_it_may_have_withdrawn(
    registry, n, serves
):
    make_version(registry)
    make_version(registry, minutes=1)
    if n > 4:
        make_version(registry, promote=False, minutes=2)
        registry.roll_back(now=NOON)
    change_decision(registry, n)
    state = State(registry.folder.parents[1], "bank-1")
    champion = again(registry).champion()
    assert (champion.version_id if champion else None) == serves
    assert state.damage()["table"].tolist() == ["version_decisions"]


def change_decision(registry, n):
    """Change a decision behind the back of its checksum."""
    state = State(registry.folder.parents[1], "bank-1")
    with state.store.writing() as connection:
        connection.execute("UPDATE version_decisions SET note = 'x' WHERE n = ?", (n,))
    state.store.close()


def test_a_damaged_roll_back_does_not_undo_the_one_behind_it(registry):
    for minute in range(3):
        make_version(registry, minutes=minute)
    registry.roll_back(now=NOON)
    registry.roll_back(now=NOON)
    change_decision(registry, 7)
    assert again(registry).champion().version_id == "v0001"


def test_a_withdrawn_version_stays_withdrawn_when_its_roll_back_is_damaged(registry):
    make_version(registry)
    make_version(registry, minutes=1)
    registry.roll_back(now=NOON)
    change_decision(registry, 5)
    assert again(registry).champion().version_id == "v0001"
    assert again(registry).history()["serving"].tolist() == [False, True]
    again(registry).promote("v0002", now=NOON)
    assert again(registry).champion().version_id == "v0002", "promoted after the damage"


def test_the_same_decisions_give_the_same_bytes(tmp_path):
    files = []
    for name in ("one", "two"):
        registry = Registry(State(tmp_path, name))
        make_version(registry)
        files.append(
            {
                p.relative_to(registry.folder): p.read_bytes()
                for p in registry.folder.rglob("*.json")
            }
        )
    assert files[0] == files[1]
    assert list(files[0]) == [Path("v0001/version.json")]


def test_everything_of_a_version_reaches_the_disk_before_it_is_known(registry, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda fd: (synced.append(Path(f"/proc/self/fd/{fd}").readlink()), fsync(fd))
    )
    make_version(registry)
    names = [path.name for path in synced]
    assert "weights.npz" in names
    assert "blend" in names
    assert names.index("weights.npz") < names.index("versions")


@pytest.mark.parametrize(
    ("champion", "challenger", "kept"),
    [
        (None, 0.1, "challenger"),
        (None, None, "challenger"),
        (0.2, 0.3, "challenger"),
        (0.3, 0.3, "champion"),
        (0.3, 0.2, "champion"),
        (0.3, None, "champion"),
        (0.3, float("nan"), "champion"),
        (float("nan"), 0.3, "champion"),
    ],
)
def test_the_champion_stays_on_a_tie_and_wherever_there_is_no_comparison(
    champion, challenger, kept
):
    assert keep_better(champion, challenger) == kept


def test_settings_have_one_hash_until_one_of_them_changes():
    default = _settings.default()
    assert settings_hash(default) == settings_hash(_settings.load())
    changed = _settings.load(guard={"max_per_category": 2})
    assert settings_hash(default) != settings_hash(changed)


def test_what_a_desktop_leaves_in_a_version_stops_nothing(registry):
    make_version(registry)
    (registry.folder / "v0001" / ".DS_Store").write_bytes(b"x")
    assert again(registry).champion().version_id == "v0001"
    assert again(registry).problems() == ()


def test_a_version_that_was_never_committed_is_none(registry):
    make_version(registry)
    for action in ("promoted", "rolled back", "rejected"):
        decision = Decision(action, "v0099", NOON.isoformat())
        registry._log.append([vars(decision)])
    assert registry.champion().version_id == "v0001"
    assert registry.history()["version_id"].tolist() == ["v0001"]


def test_where_every_version_is_damaged_none_serves_and_all_are_named(registry):
    make_version(registry)
    make_version(registry, minutes=1)
    (registry.folder / "v0001" / "version.json").unlink()
    (registry.folder / "v0002" / "version.json").unlink()
    (registry.folder / "v0002" / "version.json").mkdir()
    assert registry.champion() is None and not registry.serves
    assert [said.split()[0] for said in registry.problems()] == [
        "versions/v0002/version.json",
        "versions/v0001/version.json",
    ]
    assert len(registry.damaged()) == 2
    assert all(said.endswith("No version serves.") for said in registry.problems())
