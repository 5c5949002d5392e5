"""What messages are about is counted, in the same order every time, and opens its writers."""

import pandas as pd
import pytest

from engine.customers import topics
from engine.customers.topics import counted, mentions_of, shown
from engine.customers.words import brands
from engine.customers.words.brands import brands_in
from engine.vocabulary import SPENDING_CATEGORIES


@pytest.fixture(scope="module")
def writing(small_bank, profile_of):
    """Ann writes three posts, Ben a ticket, Dee a post that consent keeps from use."""
    rows = [
        (
            "a",
            "ann",
            "post",
            "New Patagonia jacket from REI! #Hiking #outdoors",
            "Travel; Shopping",
        ),
        ("b", "ann", "post", "Off to the hills. #hiking https://x.org/#top #2024", "travel"),
        ("c", "ann", "post", "My Zara coat", None),
        ("d", "ben", "ticket", "The card was declined at Zara again", "card; account"),
        ("e", "dee", "post", "Gucci, Gucci, Gucci #rich", "luxury"),
    ]
    table = pd.DataFrame(rows, columns=["message_id", "customer_id", "kind", "text", "topics"])
    table = table.assign(sent_at="2024-12-01", brands=["Local Shop", None, "zara", None, None])
    messages = table.astype({"sent_at": "datetime64[us]"})
    return profile_of(small_bank.with_tables(messages=messages))


def items(table: pd.DataFrame, kind: str) -> list[tuple[str, int, int]]:
    rows = table[table["kind"] == kind]
    return list(rows[["item", "n_messages", "n_customers"]].itertuples(index=False, name=None))


def test_F80_topics_and_hashtags_are_counted_the_most_frequent_first(writing):
    told = counted(mentions_of(writing.data))
    assert items(told, "topic")[0] == ("travel", 2, 1)
    assert [item for item, *_ in items(told, "topic")[1:]] == ["card", "shopping"], "then by name"
    assert items(told, "hashtag") == [("#hiking", 2, 1), ("#outdoors", 1, 1)], "no address, no year"
    again = counted(mentions_of(writing.data))
    pd.testing.assert_frame_equal(told, again)


def test_F80_a_message_that_consent_keeps_from_use_counts_for_nothing(writing):
    told = counted(mentions_of(writing.data))
    assert not told["item"].isin(["luxury", "#rich", "Gucci"]).any()


def test_F80_of_one_customer_only_their_own_messages_count(writing):
    rows = writing.data.message_rows.of(1)
    told = counted(mentions_of(writing.data, rows))
    assert items(told, "topic") == [("card", 1, 1)]
    assert items(told, "brand") == [("Zara", 1, 1)]
    nothing = counted(mentions_of(writing.data, rows[:0]))
    assert nothing.empty and list(nothing.columns) == list(told.columns)


@pytest.fixture(scope="module")
def crowd(small_bank, profile_of):
    """Five write of hiking, four of skiing, and all of them of what nobody is grouped by."""
    ids = small_bank.customer_ids.tolist()
    tags = "#hiking #Pride #ramadan #MyPregnancy #church #gayPride2025 #LGBTQ #Churchill"
    rows = [
        (f"m{i}", who, "ticket", f"{tags} {'#skiing' if i else ''}", "religion; pregnancy; travel")
        for i, who in enumerate(ids[:5])
    ]
    table = pd.DataFrame(rows, columns=["message_id", "customer_id", "kind", "text", "topics"])
    table = table.assign(sent_at="2024-12-01", brands=None)
    return profile_of(small_bank.with_tables(messages=table.astype({"sent_at": "datetime64[us]"})))


def test_F80_no_hashtag_or_topic_is_about_a_protected_subject(crowd):
    told = mentions_of(crowd.data)
    assert set(told.loc[told["kind"] == "hashtag", "item"]) == {"#hiking", "#skiing", "#churchill"}
    assert set(told.loc[told["kind"] == "topic", "item"]) == {"travel"}


def test_F80_of_the_book_only_what_several_write_of_is_shown(crowd):
    told = shown(mentions_of(crowd.data))
    assert items(told, "hashtag") == [("#churchill", 5, 5), ("#hiking", 5, 5)], "four ski"
    alone = counted(mentions_of(crowd.data, crowd.data.message_rows.of(1)))
    assert ("#skiing", 1, 1) in items(alone, "hashtag"), "on the customer's own page"


def test_F82_brands_are_found_in_a_post_beside_those_that_the_source_names(writing):
    found = dict((item, n) for item, n, _ in items(counted(mentions_of(writing.data)), "brand"))
    assert found == {"Zara": 2, "Local Shop": 1, "Patagonia": 1, "REI": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Got my new Patagonia jacket from REI!", ("Patagonia", "REI")),
        ("Hiking in Patagonia next month", ()),
        ("Nobody can rein it in; reinvest", ()),
        ("snikers, nikes and pumas", ()),
        ("Target practice. Target was closed, but I like Target", ("Target",)),
        ("an apple a day; my Apple watch", ("Apple",)),
        ("I love my IPHONE and levi’s", ("iPhone", "Levi's")),
        ("H&M, c&a and mcdonald's.", ("H&M", "C&A", "McDonald's")),
        ("write to visa@amazon.com or www.zara.com/uk", ()),
        ("Tesla's service and the Mercedes-Benz next to it", ("Tesla", "Mercedes-Benz")),
        ("disneyland is not Disney+", ("Disney+",)),
        ("", ()),
    ],
)
def test_F82_a_brand_is_a_whole_word_and_no_word_that_looks_like_one(text, found):
    assert brands_in(text) == found


def test_F82_every_name_of_the_dictionary_is_found_and_stands_there_once():
    kinds = brands.kinds()
    names = [name for group in brands._listed()["names"].values() for name in group]
    assert len(names) == len(set(names)) == len(kinds) > 150
    assert [name for name in names if brands_in(f"We like {name}, really") != (name,)] == []
    words = brands._listed()["words"]
    for listed in ("cased", "capitals", "places"):
        assert set(words[listed]) <= set(names), listed
    assert set(words["capitals"]) <= set(words["cased"])
    assert kinds["Gucci"] == "luxury"


def test_F82_a_long_text_of_one_letter_takes_no_time():
    assert brands_in("a" * 100_000) == ()
    assert topics.HASHTAG in topics.KINDS and SPENDING_CATEGORIES
