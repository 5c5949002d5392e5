"""The chain of receipts in; whether each is what was written, and the first that is not, out."""

from dataclasses import dataclass, field

from engine.errors import StateError
from engine.receipts.chain import GENESIS, Chain, row_of, seal, stored
from engine.results import Verification
from engine.state.receipts import ReceiptRow


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
    noted : str, optional
        The head's hash as somebody wrote it down earlier, elsewhere. Whoever can write the state
        folder could rewrite all of the chain; that would show, since the hash is not in it then.
    """
    walk = _Walk()
    try:
        bad, problem = _follow(chain.rows(), walk) or _end(chain, walk, noted) or (None, "")
    except StateError as error:
        bad, problem = walk.n + 1, str(error)
    return Verification(
        sound=bad is None,
        n_receipts=walk.n_lists,
        n_erased=len(walk.erased),
        first_bad=bad,
        problem=problem,
        head=walk.hash,
    )


def row_problem(row: ReceiptRow) -> str:
    """Why a single receipt is not what was written; "" for a sound one."""
    try:
        if seal(row.n, row.prev, row.digest) != row.hash:
            return "was edited: its hash is another"
        if row.erased is not None:
            emptied = ReceiptRow(*row[:4], *[None] * 6, row.erased)
            return "" if row == emptied else "was edited: it was emptied, and is not empty"
        content = {name: value for name, value in stored(row).items() if name != "chain"}
        if row_of(row.n, row.prev, content) != row:
            return "was edited: its content is not what its digest says"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "was edited: it is no receipt any more"
    return ""


def _follow(rows: list[ReceiptRow], walk: _Walk) -> tuple[int, str] | None:
    """The first receipt that is not in its place, with what is wrong; None when all are."""
    for row in rows:
        expected = walk.n + 1
        if row.n != expected:
            return expected, f"Receipt no. {expected} was removed: no. {row.n} stands in its place."
        if problem := row_problem(row):
            return expected, f"Receipt no. {expected} {problem}."
        if row.prev != walk.hash:
            return expected, (
                f"Receipt no. {expected} does not follow the one before it: one was replaced."
            )
        _take(row, walk)
    for n, tombstone in walk.erased.items():
        if n not in walk.tombstones.get(tombstone, set()):
            return n, f"Receipt no. {n} was emptied, and no erasure says so."
    return None


def _take(row: ReceiptRow, walk: _Walk) -> None:
    walk.n, walk.hash = row.n, row.hash
    walk.hashes[walk.n] = walk.hash
    if row.erased is not None:
        walk.erased[walk.n] = row.erased
    elif row.receipt_id is None:
        walk.tombstones[walk.n] = set(stored(row)["decision"]["receipts"])
        return
    walk.n_lists += 1


def _end(chain: Chain, walk: _Walk, noted: str | None) -> tuple[int, str] | None:
    """What the head and the noted hash say about the end of the chain."""
    head = chain.head()
    if head is None and walk.n:
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
