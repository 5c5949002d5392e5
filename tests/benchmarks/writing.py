"""Facts of made-up customers in; how many planted lies and faithful texts the guard lets pass, out.

usage: python -m tests.benchmarks.writing [TEXTS] [SEED]
"""

import random
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from time import process_time

from engine.figures import percent
from engine.rates import wilson
from engine.writing.text_guard import check
from tests.engine.writing.liar import cases, faithful, lies


def main(arguments: Sequence[str]) -> None:
    """Print both rates with n and 95 % intervals, and every lie that passed."""
    n = int(arguments[0]) if arguments else 10_000
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    asked, passed, spent = Counter(), Counter(), 0.0
    for kind, text, case in islice(lies(seed), n):
        begun = process_time()
        supported = check(text, case.facts).supported
        spent += process_time() - begun
        asked[kind] += 1
        passed[kind] += supported
        if supported:
            print(f"passed, {kind}: {text}\n   facts: {case.template}")
    for kind, of in asked.items():
        print(f"{kind:20} {passed[kind]} of {of:,} lies passed")
    print(f"lies that passed     {_rate(sum(passed.values()), n)}")
    rng = random.Random(seed)
    some = list(islice(cases(seed + 1), n))
    plain = sum(check(one.template, one.facts).supported for one in some)
    kept = sum(check(faithful(one, rng), one.facts).supported for one in some)
    print(f"templates            {_rate(plain, n)}")
    print(f"faithful wordings    {_rate(kept, n)}")
    print(f"{1000 * spent / n:.2f} ms of one processor a text")


def _rate(k: int, n: int) -> str:
    estimate = wilson(k, n)
    low, high = (percent(float(end)) for end in (estimate.low, estimate.high))
    return f"{k:,} of {n:,} ({percent(k / n)} [{low}, {high}])"


if __name__ == "__main__":
    main(sys.argv[1:])
