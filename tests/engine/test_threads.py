"""One order of adding up: the bytes of a figure do not depend on the number of threads."""

import os
import subprocess
import sys

from threadpoolctl import threadpool_info

from engine.threads import one_thread

PROGRAM = """
import hashlib
import numpy as np
import pandas as pd
from engine.audit.evaluation import bootstrap
from engine.bank.bank import Bank, Manifest
from engine.ranking.signals.needs import build

class Encoder:
    def encode(self, texts):
        return np.random.default_rng(3).random((len(texts), 384), dtype=np.float32)

n = 37
tables = {
    "customers": pd.DataFrame({"customer_id": [f"c{i:02d}" for i in range(n)]}),
    "products": pd.DataFrame({"product_id": [f"p{i:02d}" for i in range(62)]}),
}
goals = [f"goal {i}" for i in range(n)]
wants = pd.DataFrame({"position": range(n), "kind": "goal", "item": goals})
needs = build(
    Bank.from_tables(Manifest("Sums"), tables), wants.assign(weight=1.0, value=0.0, n=1), Encoder()
)
means = bootstrap(np.random.default_rng(5).random((656, 70)), seed=7)
for figures in (needs.similarity, *means):
    print(hashlib.sha256(np.ascontiguousarray(figures).tobytes()).hexdigest())
"""


def _bytes(n_threads: int) -> str:
    threads = {f"{name}_NUM_THREADS": str(n_threads) for name in ("OMP", "OPENBLAS", "MKL")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **threads},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_needs_and_intervals_have_the_same_bytes_with_one_thread_and_with_four():
    assert _bytes(1) == _bytes(4)


def _blas() -> set[int]:
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


def test_the_threads_are_given_back():
    before = _blas()
    with one_thread():
        assert _blas() <= {1}
    assert _blas() == before
