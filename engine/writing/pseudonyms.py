"""Texts with names in; the same with tokens in their place, and the way back, out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(r"\[?\bN(\d{1,4})\b\]?")


@dataclass(frozen=True)
class Pseudonyms:
    """What stands for what while a text is somewhere else."""

    tokens: Mapping[str, str]
    """Name -> token, "[N1]"."""

    @classmethod
    def of(cls, names: Sequence[str]) -> "Pseudonyms":
        """A token for each name, in their order; the same whatever they are."""
        return cls({name: f"[N{n}]" for n, name in enumerate(dict.fromkeys(names), start=1)})

    def hide(self, text: str) -> str:
        """The text without the names, the longest first."""
        ordered = sorted(self.tokens, key=lambda name: (-len(name), name))
        if not ordered:
            return text
        either = re.compile("|".join(re.escape(name) for name in ordered))
        return either.sub(lambda found: self.tokens[found[0]], text)

    def put_back(self, text: str) -> str:
        """The text with the names again; a token that stands for nobody stays as it is."""
        names = {token: name for name, token in self.tokens.items()}
        return _TOKEN.sub(lambda found: names.get(f"[N{found[1]}]", found[0]), text)
