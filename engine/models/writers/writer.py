"""What every writer offers: a prompt in, its text out; who wrote it, in words."""

from typing import Protocol


class Writer(Protocol):
    """Somebody who writes; what they write is believed by nobody before it was checked."""

    name: str
    """As the page names it: "opt-125m", "llama3 at llm.bank.example"."""
    local: bool
    """Does everything stay on this machine?"""

    def write(self, prompt: str) -> str:
        """What follows a prompt; WriterError where nothing came."""
        ...
