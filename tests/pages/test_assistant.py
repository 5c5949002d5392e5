"""The page Assistant: what is asked and answered, chips, proposals that only a click records."""

import pytest

from tests.pages.conftest import texts

PAGE = "assistant.py"


def ask(at, question: str):
    at.chat_input[0].set_value(question).run()
    assert not at.exception
    return at


def test_F129_a_question_is_answered_with_figures_source_day_and_a_link(open_page):
    at = ask(open_page(PAGE), "how much money is there?")
    said = texts(at)
    assert "USD 1,240" in said and "From the customer's record · as of" in said
    assert "not a person" in said
    links = [link for link in at.get("page_link") if link.proto.label == "Customers, Overview"]
    assert len(links) == 1


def test_F131_the_conversation_stays_until_it_is_cleared(open_page):
    at = ask(ask(open_page(PAGE), "one"), "two")
    said = texts(at)
    assert said.index("of one") < said.index("of two") and said.count("not a person") == 1
    next(b for b in at.button if b.label == "Clear").click().run()
    assert "USD 1,240" not in texts(at) and "To begin with" in texts(at)


def test_F129_a_chip_asks_and_a_refusal_offers_chips(open_page):
    at = open_page(PAGE)
    next(b for b in at.button if b.label == "What is the grade?").click().run()
    assert "USD 1,240" in texts(at)
    at = ask(at, "what is the weather?")
    assert "I cannot help with that" in texts(at)
    assert sum(b.label == "What is the grade?" for b in at.button) == 1


def test_what_is_proposed_is_recorded_by_a_click_alone_and_once(open_page, fake):
    at = ask(open_page(PAGE), "they object to advertising")
    engine = fake.opened[-1]
    assert engine.consents == {}
    (button,) = [b for b in at.button if "objects" in b.label]
    button.click().run()
    assert list(engine.consents.values()) == ["refused"]
    assert not [b for b in at.button if "objects" in b.label]


def click(at, label: str):
    (button,) = [b for b in at.button if label in b.label]
    button.click().run()
    assert not at.exception
    return at


def test_after_clear_what_is_confirmed_is_recorded_of_the_other_customer_too(open_page, fake):
    at = click(ask(open_page(PAGE), "they accept it"), " accepted")
    engine = fake.opened[-1]
    at = click(at, "Clear")
    at = click(ask(at, "the second would accept it"), " accepted")
    assert not [b for b in at.button if " accepted" in b.label]
    (one, first), (other, second) = engine.events.items()
    assert one != other and first["customer_id"] != second["customer_id"]


def test_an_answer_to_an_offer_says_which_offer_and_what_was_seen_of_it(open_page, fake):
    click(ask(open_page(PAGE), "they accept it"), " accepted")
    (event,) = fake.opened[-1].events.values()
    assert event["seen"] == "" and event["offer"].rank == 2


def test_what_was_not_stored_is_not_said_to_be_recorded(open_page, fake):
    at = ask(open_page(PAGE), "they accept it")
    fake.opened[-1].events = _Full()
    at = click(at, " accepted")
    assert "Nothing was recorded" in texts(at)
    assert [b for b in at.button if " accepted" in b.label]


class _Full(dict):
    """Every id is there already."""

    def __contains__(self, event_id: object) -> bool:
        return True


@pytest.mark.parametrize("text", ["**bold** <b>x</b> ![p](http://evil/x.png)", "$x$ `code` [a](b)"])
def test_what_is_typed_is_never_markup(open_page, text: str):
    at = ask(open_page(PAGE), text)
    for value in (str(m.value) for m in at.markdown):
        assert "![p](http" not in value and "<b>" not in value.replace("\\<b", "")


# --- by voice


def record(at, content: bytes):
    at.audio_input[0].set_value(("spoken.wav", content, "audio/wav")).run()
    assert not at.exception
    return at


def test_F132_what_was_heard_is_corrected_before_it_is_asked(open_page, fake):
    at = record(open_page(PAGE), b"how much monkey is there")
    (box,) = at.text_area
    assert box.value == "how much monkey is there" and "USD 1,240" not in texts(at)
    box.set_value("how much money is there").run()
    assert "USD 1,240" not in texts(at)
    at = click(at, "Ask")
    assert "USD 1,240 of how much money is there" in texts(at)
    assert not at.text_area and fake.opened[-1].speech.asked == 1


def test_F132_another_recording_is_not_shown_beside_the_words_of_the_last(open_page, fake):
    at = record(open_page(PAGE), b"how much money is there")
    at.text_area[0].set_value("what was corrected").run()
    at = record(at, b"who may leave")
    assert at.text_area[0].value == "who may leave"
    at.file_uploader[0].set_value(("a.wav", b"mumble", "audio/wav")).run()
    assert "the recording is taken" in texts(at) and at.text_area[0].value == "who may leave"


def test_F132_a_command_by_voice_still_needs_its_button(open_page, fake):
    at = click(record(open_page(PAGE), b"they object to advertising"), "Ask")
    assert fake.opened[-1].consents == {}
    click(at, "objects")
    assert list(fake.opened[-1].consents.values()) == ["refused"]


def test_F135_a_poor_recording_asks_for_another_and_a_broken_file_is_one_sentence(open_page):
    at = record(open_page(PAGE), b"noise")
    assert [one.value for one in at.warning] == ["Too noisy to be heard."] and not at.text_area
    at = record(at, b"mumble")
    assert [one.value for one in at.warning] == ["This may be misheard."] and at.text_area
    at.audio_input[0].set_value(None)
    at.file_uploader[0].set_value(("a.wav", b"broken", "audio/wav")).run()
    assert [one.value for one in at.error] == ["The file is not a WAV recording."]


def test_F132_where_nobody_listens_one_line_says_how_to_add_it(open_page, fake):
    fake.listener = ""
    at = open_page(PAGE)
    assert "Add it by pip install." in texts(at) and not at.audio_input
    assert "USD 1,240" in texts(ask(at, "how much money is there?"))


# --- notes of a meeting


def test_notes_are_read_for_one_customer_and_each_fact_is_recorded_by_its_click_alone(
    open_page, fake
):
    at = open_page(PAGE, customer="C0001")
    at.text_area(key="meeting_notes").set_value("A baby is due. Twins. <b>refused</b>").run()
    at = click(at, "Read the notes")
    said = texts(at)
    assert "3 things proposed" in said and "A note" in said and "“A baby is due”" in said
    engine = fake.opened[-1]
    assert engine.added == {} and sum(b.label == "Confirm" for b in at.button) == 3
    next(b for b in at.button if b.label == "Confirm").click().run()
    ((event, stored),) = engine.added.items()
    assert event and stored["customer_id"] == "C0001" and stored["fact"].sentence == "A baby is due"
    click(at, "Undo")
    assert engine.added == {} and sum(b.label == "Confirm" for b in at.button) == 3
    next(b for b in at.button if b.label == "Confirm").click().run()
    assert {*engine.added}.isdisjoint({event})
    assert sum(b.label == "Confirm" for b in at.button) == 2
    [b for b in at.button if b.label == "Confirm"][1].click().run()
    assert len(engine.added) == 1 and "opted out" in texts(at)
    at.switch_page(PAGE).run()
    assert sum(b.label == "Confirm" for b in at.button) == 2


def test_notes_are_of_somebody_and_what_is_dictated_is_added_to_them(open_page):
    at = open_page(PAGE)
    assert "Whom did you meet?" in texts(at)
    at = open_page(PAGE, customer="C0001")
    at.text_area(key="meeting_notes").set_value("She called.").run()
    at.audio_input[1].set_value(("a.wav", b"a baby is due", "audio/wav")).run()
    at = click(at, "Add to the notes")
    assert at.text_area(key="meeting_notes").value == "She called.\na baby is due"
