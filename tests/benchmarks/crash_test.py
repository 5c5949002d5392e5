"""The long crash test: `python -m tests.benchmarks.crash_test`.

Eight writers submit 5,000 events each, fifty times over; half of them are killed at random
moments. `python -m engine torture` kills at more places.
"""

from engine.lab.crash_test import main

if __name__ == "__main__":
    main(n_processes=8, n_events=5000, rounds=50)
