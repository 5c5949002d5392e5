"""Broken pictures and pages: one sentence each, and how much memory their decoding took at most.

python -m tests.benchmarks.broken_scans [--times 150]
"""

import argparse
import random
import resource
from collections import Counter

from engine.errors import BadInput
from engine.scans.isolated import taken
from engine.settings import default
from tests.engine.scans.pages import drawn, pdf
from tests.engine.scans.test_pictures import bomb


def broken(rng: random.Random, n: int) -> bytes:
    """A file that was cut, changed in places, or says that it is enormous."""
    content = bytearray([drawn(), drawn(kind="JPEG"), pdf(), pdf(2)][n % 4])
    if n % 10 == 9:
        return bomb(rng.choice([1, 7_000, 30_000, 2**31 - 1]))
    if n % 3:
        del content[rng.randrange(8, len(content)) :]
    for _ in range(rng.randrange(1, 200)):
        content[rng.randrange(8 if n % 7 else 0, len(content))] = rng.randrange(256)
    return bytes(content)


def main() -> None:
    """Try so many files through the process that decodes uploads."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=150)
    times, rng, said = asked.parse_args().times, random.Random(1), Counter[str]()
    for n in range(times):
        try:
            taken(broken(rng, n), default().scans)
            said["opened all the same"] += 1
        except BadInput as error:
            said[str(error).splitlines()[0].split(" (")[0].split(";")[0][:60]] += 1
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{times} files; at most {megabytes:.0f} MB in the process that decodes")
    for sentence, count in said.most_common():
        print(f"{count:5}  {sentence}")


if __name__ == "__main__":
    main()
