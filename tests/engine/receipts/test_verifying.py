"""Whatever is changed in the file of receipts is found, and the first bad receipt is named."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.receipts.canonical import hash_of
from engine.receipts.chain import GENESIS, Chain, Link, line_of
from engine.receipts.verification import verify
from tests.engine.receipts.conftest import about


def lines(chain: Chain) -> list[bytes]:
    return chain.path.read_bytes().splitlines(keepends=True)


def rewrite(chain: Chain, kept: list[bytes]) -> None:
    chain.path.write_bytes(b"".join(kept))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """A chain with an erased customer in it; every test below puts it back as it was."""
    chain = Chain(tmp_path_factory.mktemp("sealed"))
    for n in (1, 2):
        chain.add(about(n, customer="gone" if n == 2 else "key"), {"score": n / 8, "ä": "–"})
    chain.erase("gone", at="2026-07-15T09:00:00", actor="Rita")
    assert verify(chain).sound
    return chain


@given(data=st.data())
def test_any_single_byte_that_is_edited_is_found(sealed: Chain, data: st.DataObject):
    path = data.draw(st.sampled_from([sealed.path, sealed.head_path]))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != content[place]))
    try:
        path.write_bytes(content[:place] + bytes([byte]) + content[place + 1 :])
        found = verify(sealed)
        assert not found.sound and found.problem
        if path == sealed.path:
            assert found.first_bad == content[:place].count(b"\n") + 1
    finally:
        path.write_bytes(content)


def test_a_flipped_bit_is_found_in_every_single_byte(sealed: Chain):
    for path in (sealed.path, sealed.head_path):
        content = path.read_bytes()
        unseen = []
        for place, byte in enumerate(content):
            path.write_bytes(content[:place] + bytes([byte ^ 1]) + content[place + 1 :])
            if verify(sealed).sound:
                unseen.append(place)
        path.write_bytes(content)
        assert unseen == []


@given(data=st.data())
def test_any_bytes_that_are_cut_out_or_put_in_are_found(sealed: Chain, data: st.DataObject):
    content = sealed.path.read_bytes()
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start, len(content)))
    put = data.draw(st.binary(max_size=4))
    changed = content[:start] + put + content[end:]
    try:
        sealed.path.write_bytes(changed)
        assert verify(sealed).sound == (changed == content)
    finally:
        sealed.path.write_bytes(content)


def test_a_planted_edit_is_named(filled: Chain):
    kept = lines(filled)
    kept[2] = kept[2].replace(b'"score":0.375', b'"score":0.975')
    rewrite(filled, kept)
    found = verify(filled)
    assert found.first_bad == 3
    assert found.problem == "Receipt no. 3 was edited: its content is not what its digest says."


def test_an_edit_with_all_its_own_hashes_mended_is_found_by_the_next_receipt(filled: Chain):
    kept = lines(filled)
    chain = json.loads(kept[2])["chain"]
    content = {"about": about(3), "decision": {"score": 9}}
    kept[2] = line_of(Link(3, chain["prev"], hash_of(content)), content)
    rewrite(filled, kept)
    found = verify(filled)
    assert found.first_bad == 4 and "does not follow" in found.problem


def test_a_removed_receipt_is_named(filled: Chain):
    kept = lines(filled)
    rewrite(filled, kept[:3] + kept[4:])
    found = verify(filled)
    assert (found.first_bad, found.problem) == (
        4,
        "Receipt no. 4 was removed: no. 5 stands in its place.",
    )


def test_reordered_and_repeated_receipts_are_named(filled: Chain):
    kept = lines(filled)
    rewrite(filled, [*kept[:2], kept[3], kept[2], *kept[4:]])
    found = verify(filled)
    assert found.first_bad == 3 and "reordered" in found.problem
    rewrite(filled, [*kept[:3], kept[2], *kept[3:]])
    found = verify(filled)
    assert found.first_bad == 4 and "a second time" in found.problem


@pytest.mark.parametrize(("n_kept", "says"), [(5, "no. 6 was"), (3, "no. 4 to 6 was")])
def test_receipts_cut_off_the_end_are_missed(filled: Chain, n_kept: int, says: str):
    rewrite(filled, lines(filled)[:n_kept])
    found = verify(filled)
    assert found.first_bad == n_kept + 1 and says in found.problem


def test_a_receipt_cut_off_in_the_middle_is_named(filled: Chain):
    os.truncate(filled.path, filled.path.stat().st_size - 10)
    found = verify(filled)
    assert found.first_bad == 6 and "in the middle of receipt no. 6" in found.problem


def test_what_was_cut_off_stays_missing_when_more_is_written(filled: Chain):
    rewrite(filled, lines(filled)[:4])
    assert Chain(filled.folder).add(about(9), {})[0] == 7
    found = verify(filled)
    assert found.first_bad == 5 and "was removed" in found.problem


def test_the_whole_chain_and_the_note_of_its_end_do_not_go_unmissed(filled: Chain):
    filled.head_path.unlink()
    assert not verify(filled).sound
    filled.head_path.write_text("nonsense")
    assert verify(filled).first_bad == 7


def test_a_chain_that_was_rewritten_from_the_start_lacks_the_hash_noted_earlier(
    filled: Chain, tmp_path: Path
):
    noted = verify(filled).head
    other = Chain(tmp_path / "other")
    for n in range(1, 9):
        other.add(about(n), {"score": 0})
    assert verify(other).sound and not verify(other, noted).sound
    filled.add(about(7), {})
    assert verify(filled, noted).sound
    assert verify(filled, GENESIS).sound


def test_an_emptied_receipt_without_an_erasure_is_named(filled: Chain):
    kept = lines(filled)
    chain = json.loads(kept[3])["chain"]
    kept[3] = line_of(Link(4, chain["prev"], chain["digest"]), {"erased": 6})
    rewrite(filled, kept)
    found = verify(filled)
    assert found.first_bad == 4 and "no erasure says so" in found.problem
