"""A receipt on a customer's page and beside the assistant: read, put right, recorded by a click."""

import dataclasses
import datetime as dt

from tests.pages.conftest import texts
from tests.pages.fake_scans import READING, picture

CUSTOMER = "C0001"


def opened(open_page, file: str = "customer_explorer.py"):
    at = open_page(file, customer=CUSTOMER)
    if file == "customer_explorer.py":
        at.session_state["customer_tab"] = "Receipts"
        at.run()
    return at


def uploaded(at, name: str = "receipt.png", content: bytes = b"", kind: str = "image/png"):
    box = next(one for one in at.file_uploader if one.label.startswith("Picture of a receipt"))
    box.set_value((name, content or picture("PNG"), kind)).run()
    assert not at.exception
    return at


def field(at, kind: str, name: str):
    """The last of its name: other forms of the page have a day and a merchant too."""
    return [element for element in at.get(kind) if str(element.key).endswith(f"_{name}")][-1]


def stored(fake) -> list[dict]:
    return list(fake.opened[-1].added.values())


def record(at):
    next(button for button in at.button if button.label == "Record purchase").click().run()
    assert not at.exception


def test_F65_every_field_is_put_right_beside_the_picture_before_it_is_recorded(open_page, fake):
    at = uploaded(opened(open_page))
    said = texts(at)
    assert "Is the date 4 May 2024 or 5 Apr 2024?" in said
    assert "add up to the total" in said and "is on record already" in said
    assert field(at, "text_input", "merchant").value == "Corner Books"
    assert field(at, "date_input", "on").value == dt.date(2024, 5, 4)
    assert stored(fake) == []
    field(at, "text_input", "merchant").set_value("Corner Books <b>Ltd</b>")
    field(at, "number_input", "amount").set_value(41.0)
    field(at, "selectbox", "category").set_value("shopping")
    pills = field(at, "button_group", "said")
    assert pills.value == [], "nobody has said yet that a topic counts"
    pills.set_value([1])
    record(at)
    [kept] = stored(fake)
    assert (kept["merchant"], kept["amount"]) == ("Corner Books <b>Ltd</b>", 41.0)
    assert (kept["category"], kept["on"]) == ("shopping", dt.date(2024, 5, 4))
    assert (kept["customer_id"], kept["actor"]) == (CUSTOMER, "demo")
    assert [topic for topic, _ in kept["said"]] == ["home"] and not kept["another"]
    assert not any(one.value for one in at.file_uploader), "the next begins with an empty form"


def test_F65_another_picture_has_fields_of_its_own(open_page, fake):
    """What was typed, ticked and read of the first stands beside the first alone."""
    at = uploaded(opened(open_page))
    field(at, "text_input", "merchant").set_value("Typed for the first")
    field(at, "button_group", "said").set_value([1])
    field(at, "checkbox", "another").set_value(True)
    at.run()
    fake.reading = dataclasses.replace(READING, merchant="Harbour Cafe", total=7.25)
    fake.topics = (("travel", "Harbour Cafe"),)
    uploaded(at, "other.jpg", picture("JPEG"), "image/jpeg")
    assert field(at, "text_input", "merchant").value == "Harbour Cafe"
    assert field(at, "number_input", "amount").value == 7.25
    record(at)
    [kept] = stored(fake)
    told = (kept["merchant"], kept["amount"], kept["said"], kept["another"])
    assert told == ("Harbour Cafe", 7.25, [], False)


def test_F65_a_receipt_in_another_currency_asks_for_the_amount(open_page, fake):
    fake.reading = dataclasses.replace(READING, currency="MYR", date=None, doubts=())
    at = uploaded(opened(open_page))
    assert "The receipt is in MYR, the accounts are in USD" in texts(at)
    assert field(at, "number_input", "amount").value is None
    record(at)
    assert stored(fake) == [] and "The day is missing" in texts(at)
    field(at, "date_input", "on").set_value(dt.date(2024, 5, 5))
    record(at)
    assert stored(fake) == [] and "Got the amount 0.0" in texts(at)


def test_F02_what_is_no_picture_is_told_in_a_sentence(open_page, fake):
    at = uploaded(opened(open_page), "page.png", b"<html>")
    assert next(error.value for error in at.error).startswith("By its content the file is no JPG")
    fake.reads = ""
    assert "No reader of pictures is installed." in texts(opened(open_page))


def test_F81_what_was_said_stands_as_a_chip_with_its_sentence_and_is_taken_back(open_page):
    at = opened(open_page)
    said = texts(at)
    assert "We love to travel" in said and "consent does not allow it" in said
    next(button for button in at.button if button.key == "said_e1").click().run()
    assert "Taken back; it counts no more" in [toast.value for toast in at.toast]
    assert [b.key for b in at.button if str(b.key).startswith("said_")] == ["said_e2"]


def test_F65_the_assistant_reads_a_receipt_of_the_customer_who_is_chosen(open_page, fake):
    at = opened(open_page, "assistant.py")
    uploaded(at)
    record(at)
    assert [one["customer_id"] for one in stored(fake)] == [CUSTOMER]
