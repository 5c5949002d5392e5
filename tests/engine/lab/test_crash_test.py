"""Nothing that was acknowledged is lost when writers are killed or the power is."""

import dataclasses

import pytest

from engine.errors import BadInput, StateError
from engine.lab.crash_test import crash_test, lose_power, main


def test_no_acknowledged_event_is_lost_when_writers_are_killed(tmp_path):
    result = crash_test(tmp_path, n_processes=8, n_events=300, n_killed=4, seed=1)
    figures = dataclasses.asdict(result)
    assert result.passed, figures
    assert result.n_killed == 4, figures
    assert result.n_torn == 1, "the half line that the run leaves on purpose"
    assert 1200 <= result.n_acknowledged <= result.n_stored <= 2400, figures


def test_a_crash_test_needs_an_empty_folder_and_enough_writers(tmp_path):
    (tmp_path / "events.csv").write_text("")
    with pytest.raises(BadInput, match="holds events already"):
        crash_test(tmp_path)
    with pytest.raises(BadInput, match="Cannot kill 3 of 2"):
        crash_test(tmp_path, n_processes=2, n_killed=3)


def test_wherever_the_power_is_lost_the_log_opens_with_all_that_was_acknowledged(tmp_path):
    result = lose_power(tmp_path, n_cuts=100, seed=1)
    assert result.passed, dataclasses.asdict(result)
    assert result.n_cuts == 100


def test_the_crash_test_prints_a_line_a_round_and_fails_aloud(monkeypatch, capsys):
    results, loss = main(n_processes=2, n_events=20, rounds=1, n_cuts=3)
    assert [r.n_submitted for r in results] == [40]
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("passed")
    assert lines[2].startswith("Power lost at 3 places: 0 refused to open, 0 events lost")

    monkeypatch.setattr("engine.lab.crash_test.crash_test", lambda folder, **given: results[0])
    refused = dataclasses.replace(loss, n_refused=2)
    monkeypatch.setattr("engine.lab.crash_test.lose_power", lambda folder, **given: refused)
    with pytest.raises(StateError, match="did not open"):
        main(n_processes=2, n_events=20, rounds=1)
    lost = dataclasses.replace(results[0], n_lost=1)
    monkeypatch.setattr("engine.lab.crash_test.crash_test", lambda folder, **given: lost)
    with pytest.raises(StateError, match=r"Rounds \[1\]"):
        main(n_processes=2, n_events=20, rounds=1)
    assert "FAILED" in capsys.readouterr().out
