"""The paragraph about a customer opens, says who wrote it, and is put otherwise only when asked."""


def _open(open_page, fake):
    at = open_page("customer_explorer.py", customer=fake.people["customer_id"].iloc[0])
    at.session_state["insight_paragraph"] = True
    return at.run()


def test_F110_the_paragraph_says_that_a_template_wrote_it(open_page, fake):
    at = _open(open_page, fake)
    assert not at.exception
    assert "Template" in [caption.value for caption in at.caption]
    assert [button for button in at.button if "other words" in button.label] == []


def test_F110_a_writer_is_named_and_asked_only_by_a_click(open_page, fake, monkeypatch):
    monkeypatch.setattr(fake, "writer", "some-model at bank.example")
    at = _open(open_page, fake)
    captions = [caption.value for caption in at.caption]
    assert "Template" in captions
    assert any("names leave as tokens" in text for text in captions)
    next(button for button in at.button if "other words" in button.label).click()
    at.run()
    written = "Written by some-model at bank.example, checked against the facts"
    assert written in [caption.value for caption in at.caption]


def test_F110_a_press_asks_once_for_one_customer_of_one_bank(open_page, fake, monkeypatch):
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(fake, "writer", "some-model at bank.example")
    monkeypatch.setattr(fake, "asked_writer", asked)
    at = _open(open_page, fake)
    customer = fake.people["customer_id"].iloc[0]
    next(button for button in at.button if "other words" in button.label).click()
    at.run()
    at.run()
    assert asked == [(customer, "paragraph")]
    for other in (("another bank", customer), (at.session_state["bank"], "somebody else")):
        at.session_state["insight_asked"] = other
        at.run()
        assert "Template" in [caption.value for caption in at.caption]
    assert asked == [(customer, "paragraph")]
