"""The long durability run: `python -m tests.benchmarks.torture`, short: `python -m engine torture`.

Eight writers submit 5,000 events each, ten times over; half of them are killed at random moments.
"""

from engine.feedback.torture import main

if __name__ == "__main__":
    main(n_processes=8, n_events=5000, rounds=10)
