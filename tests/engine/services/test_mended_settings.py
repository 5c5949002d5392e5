"""A settings file that cannot be read: what it is is said, and what was in force comes back."""

from datetime import datetime

import pytest

from engine.errors import EngineError, StateError
from engine.settings import load
from engine.state.named_settings import NamedSettings
from engine.state.state import State

NOW = datetime(2026, 12, 1)
WAYS = {
    "UTF-8": lambda file: file.write_bytes(b"# caf\xe9\n"),
    "TOML": lambda file: file.write_text("[guard\n"),
    "directory": lambda file: (file.unlink(), file.mkdir()),
    "cannot be read": lambda file: (file.unlink(), file.symlink_to(file.parent / "nowhere")),
}


def in_force(tmp_path) -> tuple[NamedSettings, State]:
    state = State(tmp_path, "bank")
    store = NamedSettings(state)
    store.save("two", {"guard": {"max_per_category": 2}}, now=NOW, actor="ann", why="")
    store.apply("two", now=NOW, actor="ann", why="")
    return store, state


@pytest.mark.parametrize("way", WAYS)
def test_what_was_put_in_force_stands_again_and_the_damaged_file_stays(tmp_path, way):
    store, state = in_force(tmp_path)
    WAYS[way](state.settings_file)
    with pytest.raises(EngineError, match=way) as said:
        load(state.settings_file)
    assert "settings.toml" in str(said.value) and "--take-back" in str(said.value)
    name, aside = store.mend(now=NOW, actor="ann")
    assert (name, aside.name) == ("two", "settings.toml.damaged1")
    assert load(state.settings_file).guard.max_per_category == 2
    assert aside.is_symlink() or aside.exists()
    assert store.mend(now=NOW, actor="ann") is None, "nothing is left to mend"
    assert store.take_back(now=NOW, actor="ann", why="") == "two"


@pytest.mark.parametrize("how", ["emptied", "removed"])
def test_an_empty_file_is_not_taken_for_no_settings(tmp_path, how):
    store, state = in_force(tmp_path)
    assert not store.is_gone
    state.settings_file.write_text("") if how == "emptied" else state.settings_file.unlink()
    assert store.is_gone
    assert store.mend(now=NOW, actor="ann")[0] == "two"
    assert load(state.settings_file).guard.max_per_category == 2


def test_where_nothing_was_put_in_force_the_sentence_says_what_helps(tmp_path):
    state = State(tmp_path, "bank")
    state.settings_file.parent.mkdir(parents=True)
    state.settings_file.write_bytes(b"\xff")
    with pytest.raises(StateError, match="move it away"):
        NamedSettings(state).mend(now=NOW, actor="ann")
