"""Six sliders make one rating, and an untouched slider is no opinion."""

import pytest

from engine.errors import BadInput
from engine.feedback.ratings import left_at_default, overall_rating, ratings_of
from engine.vocabulary import RATING_ASPECTS


def six(*values):
    return dict(zip(RATING_ASPECTS, values, strict=True))


def test_F154_overall_rating_is_the_mean_of_the_six_parts():
    assert overall_rating(six(0.0, 1, 0, 0, 0, 0.9)) == pytest.approx(0.3167, abs=5e-5)
    assert overall_rating(six(*[1] * 6)) == 1
    assert overall_rating(six(*[0] * 6)) == 0


@pytest.mark.parametrize(
    ("aspects", "problem"),
    [
        ({"relevance": 1}, "lacks clarity, value"),
        ({**six(*[0] * 6), "colour": 1}, "no part 'colour'"),
        (six(0, 0, 0, 0, 0, 1.1), "cost got 1.1"),
        (six(0, 0, 0, 0, 0, "much"), "expected a number within 0-1"),
        (six(0, 0, 0, 0, 0, float("nan")), "cost got nan"),
    ],
)
def test_a_rating_that_is_not_six_shares_is_refused(aspects, problem):
    with pytest.raises(BadInput, match=problem):
        overall_rating(aspects)


def test_a_rating_is_its_own_or_else_the_mean_of_the_parts_it_has(make, table):
    own = make("rated", rating=0.9)
    parts = {**make("viewed"), "relevance": 1.0, "clarity": 0.5}
    assert ratings_of(table(own, parts, make("viewed"))).tolist()[:2] == [0.9, 0.75]
    assert ratings_of(table(make("viewed"))).isna().all()


def test_only_ratings_whose_every_slider_is_in_the_middle_were_left_at_the_default(make, table):
    events = table(
        make("rated", rating=0.5),
        make("rated", rating=None, aspects=six(*[0.5] * 6)),
        make("rated", rating=None, aspects=six(0, 1, 0.5, 0.5, 0.5, 0.5)),
        make("rated", rating=0.6),
        make("viewed", rating=0.5),
    )
    assert left_at_default(events).tolist() == [True, True, False, False, False]
