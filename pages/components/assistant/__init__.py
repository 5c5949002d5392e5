"""The parts of the page Assistant."""
