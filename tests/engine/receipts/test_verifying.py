"""Whatever is changed in the chain of receipts is found, and the first bad receipt is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.receipts.chain import GENESIS, Chain, row_of
from engine.receipts.verification import verify
from engine.state.receipts import ReceiptRow
from tests.engine.receipts.conftest import about, chain_in, change, store_of

COLUMNS = ReceiptRow._fields


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """A chain with an erased customer in it; every test below puts it back as it was."""
    chain = chain_in(tmp_path_factory.mktemp("sealed"))
    for n in (1, 2):
        chain.add(about(n, customer="gone" if n == 2 else "key"), {"score": n / 8, "ä": "–"})
    chain.erase("C2", "gone", at="2026-07-15T09:00:00", actor="Rita")
    assert verify(chain).sound
    return chain


def put(chain: Chain, row: ReceiptRow, n: int) -> None:
    change(chain, "DELETE FROM receipts WHERE n = ?", n)
    marks = ", ".join("?" * len(row))
    change(chain, f"INSERT INTO receipts ({', '.join(COLUMNS)}) VALUES ({marks})", *row)


@given(data=st.data())
def test_any_cell_that_is_edited_is_found(sealed: Chain, data: st.DataObject):
    row = data.draw(st.sampled_from(sealed.rows()))
    column = data.draw(st.sampled_from(COLUMNS))
    cell = getattr(row, column)
    if column in ("n", "erased"):
        new = data.draw(st.integers(1, 99).filter(lambda value: value != cell))
        if column == "n" and new in (1, 2, 3):
            return  # a number stands once
    else:
        place = data.draw(st.integers(0, len(cell or "")))
        letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
        new = (cell or "")[:place] + data.draw(letters) + (cell or "")[place + 1 :]
        if new == cell:
            return
    try:
        put(sealed, row._replace(**{column: new}), row.n)
        found = verify(sealed)
        assert not found.sound and found.problem and found.first_bad == row.n
    finally:
        change(sealed, "DELETE FROM receipts WHERE n = ?", new if column == "n" else row.n)
        put(sealed, row, row.n)
    assert verify(sealed).sound


def test_every_single_letter_that_is_changed_is_found(sealed: Chain):
    for row in sealed.rows():
        for column in ("prev", "digest", "hash", "about", "decision"):
            for place, letter in enumerate(getattr(row, column) or ""):
                text = getattr(row, column)
                other = text[:place] + chr(ord(letter) ^ 1) + text[place + 1 :]
                change(sealed, f"UPDATE receipts SET {column} = ? WHERE n = ?", other, row.n)
                if verify(sealed).sound:
                    pytest.fail(f"{column} of no. {row.n}, {place}")
                change(sealed, f"UPDATE receipts SET {column} = ? WHERE n = ?", text, row.n)
    assert verify(sealed).sound


def test_a_planted_edit_is_named(filled: Chain):
    change(filled, "UPDATE receipts SET decision = '{\"score\":0.975}' WHERE n = 3")
    found = verify(filled)
    assert found.first_bad == 3
    assert found.problem == "Receipt no. 3 was edited: its content is not what its digest says."


def test_what_is_no_text_any_more_is_named(filled: Chain):
    change(filled, "UPDATE receipts SET about = CAST(x'FFFE' AS TEXT) WHERE n = 4")
    found = verify(filled)
    assert found.first_bad == 4 and "no receipt any more" in found.problem


def test_an_edit_with_all_its_own_hashes_mended_is_found_by_the_next_receipt(filled: Chain):
    row = filled.rows()[2]
    content = {"about": about(3), "decision": {"score": 9}}
    put(filled, row_of(3, row.prev, content), 3)
    found = verify(filled)
    assert found.first_bad == 4 and "does not follow" in found.problem


def test_a_removed_receipt_is_named(filled: Chain):
    change(filled, "DELETE FROM receipts WHERE n = 4")
    found = verify(filled)
    assert (found.first_bad, found.problem) == (
        4,
        "Receipt no. 4 was removed: no. 5 stands in its place.",
    )


def test_reordered_receipts_are_named(filled: Chain):
    rows = filled.rows()
    for n in (3, 4):
        change(filled, "DELETE FROM receipts WHERE n = ?", n)
    put(filled, rows[2]._replace(n=4), 4)
    put(filled, rows[3]._replace(n=3), 3)
    found = verify(filled)
    assert found.first_bad == 3 and "its hash is another" in found.problem


@pytest.mark.parametrize(("n_kept", "says"), [(5, "no. 6 was"), (3, "no. 4 to 6 was")])
def test_receipts_cut_off_the_end_are_missed(filled: Chain, n_kept: int, says: str):
    change(filled, "DELETE FROM receipts WHERE n > ?", n_kept)
    found = verify(filled)
    assert found.first_bad == n_kept + 1 and says in found.problem


def test_what_was_cut_off_stays_missing_when_more_is_written(filled: Chain):
    change(filled, "DELETE FROM receipts WHERE n > 4")
    assert filled.add(about(9), {})[0] == 7
    found = verify(filled)
    assert found.first_bad == 5 and "was removed" in found.problem


def test_the_whole_chain_and_the_note_of_its_end_do_not_go_unmissed(filled: Chain):
    change(filled, "UPDATE receipts_head SET hash = 'nonsense'")
    assert verify(filled).first_bad == 6
    change(filled, "DELETE FROM receipts_head")
    assert verify(filled).first_bad == 7
    store_of(filled).close()
    assert not verify(filled).sound


def test_a_chain_that_was_rewritten_from_the_start_lacks_the_hash_noted_earlier(
    filled: Chain, tmp_path: Path
):
    noted = verify(filled).head
    other = chain_in(tmp_path / "other")
    for n in range(1, 9):
        other.add(about(n), {"score": 0})
    assert verify(other).sound and not verify(other, noted).sound
    filled.add(about(7), {})
    assert verify(filled, noted).sound
    assert verify(filled, GENESIS).sound


def test_an_emptied_receipt_without_an_erasure_is_named(filled: Chain):
    row = filled.rows()[3]
    put(filled, ReceiptRow(*row[:4], *[None] * 6, 6), 4)
    found = verify(filled)
    assert found.first_bad == 4 and "no erasure says so" in found.problem
