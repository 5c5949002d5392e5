"""`python -m engine COMMAND`."""

from engine.cli import main

main()
