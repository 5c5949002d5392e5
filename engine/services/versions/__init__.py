"""What is fitted and set: versions, learned metrics, settings that are tried, levers."""
