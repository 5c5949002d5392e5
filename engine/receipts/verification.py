"""The file of receipts in; whether each is what was written, and the first that is not, out."""

import json
from dataclasses import dataclass, field
from typing import Any

from engine.receipts.canonical import hash_of
from engine.receipts.chain import ERASURE, GENESIS, Chain, Link, line_of
from engine.results import Verification


@dataclass
class _Walk:
    """How far the chain has been followed."""

    n: int = 0
    hash: str = GENESIS
    n_lists: int = 0
    hashes: dict[int, str] = field(default_factory=dict)
    erased: dict[int, int] = field(default_factory=dict)
    tombstones: dict[int, set[int]] = field(default_factory=dict)


def verify(chain: Chain, noted: str | None = None) -> Verification:
    """Follow the chain from the first receipt to the last.

    Parameters
    ----------
    chain : Chain
    noted : str, optional
        The head's hash as somebody wrote it down earlier, elsewhere. Whoever can write the state
        folder could rewrite all of the chain; that would show, since the hash is not in it then.

    Returns
    -------
    Verification
    """
    try:
        content = chain.path.read_bytes()
    except FileNotFoundError:
        content = b""
    walk = _Walk()
    bad, problem = _follow(content, walk) or _end(chain, walk, noted) or (None, "")
    return Verification(
        sound=bad is None,
        n_receipts=walk.n_lists,
        n_erased=len(walk.erased),
        first_bad=bad,
        problem=problem,
        head=walk.hash,
    )


def line_problem(line: bytes) -> str:
    """Why a single line is not what was written; "" for a sound one."""
    try:
        stored = json.loads(line)
        link = Link(stored["chain"]["n"], stored["chain"]["prev"], stored["chain"]["digest"])
        content = {name: value for name, value in stored.items() if name != "chain"}
        if line_of(link, content) != line + b"\n":
            return "was edited: its hash is another"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "was edited: it is no receipt any more"
    if set(content) == {"erased"} and isinstance(content["erased"], int):
        return ""
    if set(content) != {"about", "decision"} or hash_of(content) != link.digest:
        return "was edited: its content is not what its digest says"
    return ""


def _follow(content: bytes, walk: _Walk) -> tuple[int, str] | None:
    """The first line that is not in its place, with what is wrong; None when all are."""
    *lines, rest = content.split(b"\n")
    for place, line in enumerate(lines):
        if problem := line_problem(line):
            return walk.n + 1, f"Receipt no. {walk.n + 1} {problem}."
        stored = json.loads(line)
        n, prev = stored["chain"]["n"], stored["chain"]["prev"]
        if n != walk.n + 1:
            return walk.n + 1, _out_of_order(walk.n + 1, n, lines[place + 1 :])
        if prev != walk.hash:
            return n, f"Receipt no. {n} does not follow the one before it: one was replaced."
        _take(stored, walk)
    if rest:
        n = walk.n + 1
        return n, f"The file ends in the middle of receipt no. {n}: its end was cut off."
    for n, tombstone in walk.erased.items():
        if n not in walk.tombstones.get(tombstone, set()):
            return n, f"Receipt no. {n} was emptied, and no erasure says so."
    return None


def _take(stored: dict[str, Any], walk: _Walk) -> None:
    chain = stored["chain"]
    walk.n, walk.hash = chain["n"], chain["hash"]
    walk.hashes[walk.n] = walk.hash
    if "erased" in stored:
        walk.erased[walk.n] = stored["erased"]
    elif stored["about"]["kind"] == ERASURE:
        walk.tombstones[walk.n] = set(stored["decision"]["receipts"])
        return
    walk.n_lists += 1


def _out_of_order(expected: int, found: int, later: list[bytes]) -> str:
    if found < expected:
        return f"Receipt no. {found} stands a second time, after no. {expected - 1}."
    if any(f'"n":{expected},"prev"'.encode() in line for line in later):
        return f"Receipt no. {found} stands where no. {expected} belongs: lines were reordered."
    return f"Receipt no. {expected} was removed: no. {found} stands in its place."


def _end(chain: Chain, walk: _Walk, noted: str | None) -> tuple[int, str] | None:
    """What the head and the noted hash say about the end of the chain."""
    head = chain.head()
    if head is None and (walk.n or chain.head_path.exists()):
        return walk.n + 1, (
            "The note of the last receipt is missing or was edited, so receipts may have been cut "
            f"off behind no. {walk.n}."
        )
    if head is not None and head[0] > walk.n:
        last = f" to {head[0]}" if head[0] > walk.n + 1 else ""
        return walk.n + 1, f"Receipt no. {walk.n + 1}{last} was cut off the end."
    if head is not None and head[1] != walk.hashes.get(head[0], GENESIS):
        return max(head[0], 1), f"Receipt no. {head[0]} is not the one that was noted as the last."
    if noted is not None and noted not in {GENESIS, *walk.hashes.values()}:
        return 1, "The hash that was noted earlier is not in the chain: it was rewritten."
    return None
