"""No acknowledged batch of a killed writer is lost, and none is there in part."""

import pytest

from engine.errors import BadInput
from engine.lab.state_crash_test import crash_state


def test_killed_writers_lose_nothing_that_was_acknowledged(tmp_path):
    found = crash_state(tmp_path, n_processes=4, n_kills=12)
    assert found.passed, found
    assert found.n_killed == 12
    assert found.n_stored >= found.n_acknowledged >= 12
    with pytest.raises(BadInput, match="already"):
        crash_state(tmp_path)
