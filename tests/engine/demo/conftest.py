"""The generated banks that the generator's tests look at: one made here, one committed."""

from pathlib import Path

import pytest

from engine.bank.bank import Bank
from engine.demo import generate
from tests.conftest import DEMO


@pytest.fixture(scope="session")
def made_bank() -> Bank:
    """Three hundred customers of a seed that nothing was tuned on."""
    return generate(300, 11)


@pytest.fixture(scope="session")
def demo_bank() -> Bank:
    return Bank.load(DEMO)


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    return DEMO
