"""Words are marked in a text from data, and the text stays the characters it is."""

import pandas as pd

from engine.customers.words.aspects import mentions
from engine.results import Mention
from pages.components.look import charts
from pages.components.look.moods import marked
from pages.components.look.wording import escape

EVIL = "**fee** :red[card] [app](http://evil) <script>alert(1)</script> $x$ ]"


def test_marks_are_ours_and_every_piece_of_the_text_is_escaped() -> None:
    found = mentions([EVIL])[0]
    said = marked(EVIL, found)
    assert said.count(":blue-background[") == len(found) == 3
    bare = said.replace(":blue-background[fee]", "fee").replace(":blue-background[card]", "card")
    assert bare.replace(":blue-background[app]", "app") == escape(EVIL)


def test_without_mentions_a_text_is_only_escaped() -> None:
    assert marked(EVIL, ()) == escape(EVIL)
    assert marked("A card, two  lines\n end", (Mention("card", 2, 6),)) == (
        "A :blue-background[card], two lines end"
    )


def test_F73_a_mood_of_zero_still_has_a_bar_and_its_figure() -> None:
    table = pd.DataFrame({"about": ["Fees", "Card"], "mood": [-0.5, 0.0], "n": [1200, 3]})
    bar = charts.mood_by_aspect(table).data[0]
    assert list(bar.x) == [0.0, -0.5]
    assert list(bar.text) == ["+0.00 (3)", "\u22120.50 (1,200)"]
    assert bar.marker.line.width > 0
