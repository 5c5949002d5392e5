"""On real banks, every number of customers opens as many as it says."""

from pathlib import Path

import pytest

from tests.engine.services.test_selections import walk
from tests.real.conftest import RealBanks
from tests.real.test_main_path import _open

pytestmark = pytest.mark.real


@pytest.mark.parametrize("bank", ["peers/B", "peers/D"])
def test_every_number_opens_its_customers(real_banks: RealBanks, tmp_path: Path, bank: str):
    assert walk(_open(real_banks, bank, tmp_path)) > 20
