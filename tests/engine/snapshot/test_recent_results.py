"""Results of the last questions: asked again they are the same, and what is recorded drops them."""

import gc
import weakref

from engine.snapshot.kept_results import LastResults, RecentResults, ResultsOfOne, forget_all


def test_a_result_is_made_once_and_dropped_with_what_it_rests_on() -> None:
    recent, made, first, second = RecentResults(2), [], object(), object()

    def asked(of: object, key: str) -> None:
        recent.get(of, key, lambda: made.append(key))

    for key in ("ann", "ann", "ben", "cid", "ben", "ann"):  # cid leaves no room for ann
        asked(first, key)
    assert made == ["ann", "ben", "cid", "ann"]
    asked(second, "ann")
    asked(first, "ann")
    assert made[4:] == ["ann", "ann"]


class Table:
    """Something that results rest on."""


def test_F153_whatever_is_kept_goes_at_once_when_somebody_is_erased() -> None:
    last, recent, of_one = LastResults(), RecentResults(2), ResultsOfOne()
    held = [Table() for _ in range(6)]
    last.get("step", held[0], lambda: held[1])
    recent.get(held[2], "ann", lambda: held[3])
    of_one.get("step", held[4], lambda: held[5])
    refs = [weakref.ref(one) for one in held]
    held.clear()
    gc.collect()
    assert all(ref() is not None for ref in refs)
    forget_all()
    gc.collect()
    assert [ref() for ref in refs] == [None] * 6
    assert last.last("step") is None


def test_what_is_made_while_somebody_is_erased_is_kept_by_nobody() -> None:
    def erased_meanwhile() -> str:
        forget_all()
        return "old"

    last, recent, table = LastResults(), RecentResults(2), Table()
    assert last.get("step", 1, erased_meanwhile) == "old" and last.last("step") is None
    assert recent.get(table, "ann", erased_meanwhile) == "old"
    assert recent.get(table, "ann", lambda: "new") == "new"
