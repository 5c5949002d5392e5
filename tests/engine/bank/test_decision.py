from engine.bank.decision import Certainty, Decision, weakest


def test_a_decision_says_what_was_chosen_how_sure_it_is_and_what_else_it_could_be():
    decision = Decision(
        "book.csv",
        "amount",
        "decimal sign",
        "decimal point",
        Certainty.GUESS,
        "3 of 3 cells have three figures after one point",
        ("a point that parts thousands",),
    )
    assert str(decision) == (
        "book.csv, column amount: decimal sign is decimal point, a guess (3 of 3 cells have three "
        "figures after one point; it could also be a point that parts thousands)"
    )
    assert str(Decision("book.csv", "", "header row", "row 1", Certainty.PROVED, "names")) == (
        "book.csv: header row is row 1, proved (names)"
    )


def test_the_least_sure_of_several_counts():
    assert weakest([Certainty.PROVED, Certainty.GUESS, Certainty.LIKELY]) == Certainty.GUESS
    assert weakest([Certainty.LIKELY, Certainty.PROVED]) == Certainty.LIKELY
    assert weakest([]) == Certainty.PROVED
