"""Seeded damage to small files of every format: tables or one sentence, and soon."""

import random
import time

import pytest

from engine.bank.reading.files import read_files
from engine.errors import BadInput
from tests.benchmarks.corruptions import corrupted, originals
from tests.benchmarks.made_files import STATEMENTS

ORIGINALS = originals()
MOST_SECONDS = 10.0


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_damaged_file_ends_in_tables_or_in_a_sentence_that_names_it(name):
    rng = random.Random(name)
    n_refused = 0
    for _ in range(50):
        damaged = corrupted(name, ORIGINALS[name], rng)
        began = time.monotonic()
        try:
            read_files("test", {name: damaged})
        except BadInput as error:
            n_refused += 1
            assert name in str(error), damaged  # noqa: PT017 - most files are read, some refused
            assert "\n" not in str(error)  # noqa: PT017
        assert time.monotonic() - began < MOST_SECONDS
    assert n_refused < 50 or name.endswith((".xlsx", ".parquet"))


def test_the_whole_files_are_read():
    for name in ORIGINALS.keys() - STATEMENTS:
        data = ORIGINALS[name]
        (raw,) = read_files("test", {name: data}).tables.values()
        assert raw.frame["customer_id"].tolist()[-1] == "c29"
        assert raw.frame["name"].tolist()[0] == "Zoë Łódź 0"


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_whole_statements_are_read(name):
    tables = read_files("test", {name: STATEMENTS[name]}).tables
    (payments,) = (raw for raw in tables.values() if len(raw.frame) == 28)
    assert payments.frame["amount"].astype(float).abs().sum() == 420.0
