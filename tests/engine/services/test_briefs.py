"""The page for a meeting: what stands on it, whatever is on record, and nobody else."""

import datetime as dt
import re
import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest

from engine import Engine, figures
from engine.errors import BadInput, NotFound
from engine.results import Brief, BriefOffer
from engine.services.exports import brief_charts
from engine.services.exports.brief_pdf import SAID
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 1, 9)


@pytest.fixture(scope="module")
def engine(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    state = shutil.copytree(trained_state, tmp_path_factory.mktemp("briefs") / "state")
    return Engine.open(DEMO, state, now=lambda: NOW)


@pytest.fixture(scope="module")
def brief(engine: Engine) -> Brief:
    """Of the first customer of the day who has a case and an offer."""
    call = next(c for c in engine.days.today().calls if c.kind == "case" and c.product)
    return engine.briefs.of(call.customer_id, actor="Rita")


class Sheet:
    """A PDF as a reader sees it."""

    def __init__(self, pdf: bytes) -> None:
        document = pypdfium2.PdfDocument(pdf)
        self.n_pages = len(document)
        self.size = document[0].get_size()
        page = document[0].get_textpage()
        self.text = " ".join(page.get_text_bounded().split())
        self.boxes = [page.get_rect(i) for i in range(page.count_rects())]
        self.objects = [one.get_bounds() for one in document[0].get_objects()]
        self.about = document.get_metadata_dict()
        document.close()

    def sound(self) -> None:
        """One page, nothing beyond its edges, no text over another."""
        assert self.n_pages == 1
        width, height = self.size
        for left, bottom, right, top in [*self.boxes, *self.objects]:
            assert left >= 20 and bottom >= 10 and right <= width - 20 and top <= height - 20
        for one, other in combinations(self.boxes, 2):
            wide = min(one[2], other[2]) - max(one[0], other[0])
            high = min(one[3], other[3]) - max(one[1], other[1])
            assert min(wide, high) < 1.5, (one, other)


def sheet(engine: Engine, brief: Brief) -> Sheet:
    read = Sheet(engine.briefs.export(brief, "pdf"))
    read.sound()
    return read


def test_one_page_says_who_why_money_mood_news_offers_and_what_not_to_say(engine, brief):
    page = sheet(engine, brief)
    record = engine.customers.profile(brief.customer_id)
    for text in (brief.name, "Data as of 30 Jun 2026", "What not to say", "Promised", "Mood"):
        assert text in page.text
    assert brief.line in page.text
    assert "No offer before the case of" in page.text
    for title in ("Balance by month, USD", "Income and spending a month, USD", "Share of spending"):
        assert title in page.text
    for offer in brief.offers:
        assert f"{offer.rank}. {offer.name}" in page.text
        assert offer.reasons
    assert {row.name for row in record.holdings.itertuples()} <= {
        text.split(" (")[0] for text in brief.relations
    }
    assert re.search(r"Model v0001; mood by .*Receipt no\. \d+, r-[0-9a-f]+", page.text)
    assert "simulated: every figure is generated" in page.text


def test_the_offers_are_the_list_and_its_receipt_says_to_whom_the_brief_went(engine, brief):
    given = engine.offers.recommend(brief.customer_id)
    assert [one.name for one in brief.offers] == [one.name for one in given.offers]
    assert [one.reasons for one in brief.offers] == [one.reasons for one in given.offers]
    assert brief.action == given.action
    mine = engine.receipts.of(brief.customer_id)
    assert mine[["receipt_id", "actor"]].to_numpy().tolist() == [[given.receipt_id, "Rita"]]
    engine.briefs.of(brief.customer_id, actor="Rita")
    assert len(engine.receipts.of(brief.customer_id)) == 1


def test_the_same_page_has_the_same_bytes_and_the_day_as_its_date(engine, brief):
    again = engine.briefs.of(brief.customer_id, actor="Rita")
    for kind in ("pdf", "html"):
        assert engine.briefs.export(brief, kind) == engine.briefs.export(again, kind)
    assert sheet(engine, brief).about["CreationDate"] == "D:20260701000000Z"
    with pytest.raises(BadInput, match="kind of file 'docx'; expected pdf or html"):
        engine.briefs.export(brief, "docx")


def test_nobody_else_is_on_the_page_and_what_is_new_came_after_the_last_contact(engine):
    people = engine.bank["customers"][["customer_id", "name"]]
    for customer in ("C00001", "C00205", "C00998"):
        made = engine.briefs.of(customer, actor="Rita")
        text = "\n".join(t for title, texts in engine.briefs.parts(made) for t in (title, *texts))
        others = people[people["customer_id"] != customer]
        assert not [n for n in others["customer_id"] if n in text]
        assert not [n for n in others["name"].dropna() if n != made.name and n in text]
        stream = engine.days.timeline(customer)
        news = stream[
            ~stream["kind"].isin(["offer", "contact"]) & (stream["at"] > made.last_contact)
        ]
        said = [one for one in made.changes if not one.startswith("and ")]
        assert len(said) == min(len(news), 6)
        assert all(what in one for what, one in zip(news["what"], said, strict=False))


def test_who_opted_out_gets_no_index_mood_or_offer(engine, brief):
    customer = str(engine.bank.customer_ids[7])
    engine.records.set_consent(customer, "personalisation", "refused", source="test")
    try:
        made = engine.briefs.of(customer, actor="Rita")
    finally:
        engine.records.set_consent(customer, "personalisation", "granted", source="test")
    assert made.offers == () and not [one for one in made.mood if "Mood" in one]
    assert made.action == "The customer has opted out of personal recommendations: no list is made"
    labels = {label for label, _ in made.figures}
    assert not labels & {"Churn index", "Value a year", "Profit", "Satisfaction"}
    assert made.action in sheet(engine, made).text


def test_who_opted_out_is_owed_an_answer_all_the_same(engine):
    messages = engine.bank["messages"]
    waits = messages["resolved"].eq(False).fillna(False) & (messages["kind"] != "post")
    customer = str(messages.loc[waits, "customer_id"].iloc[0])
    engine.records.set_consent(customer, "personalisation", "refused", source="test")
    try:
        made = engine.briefs.of(customer, actor="Rita")
    finally:
        engine.records.set_consent(customer, "personalisation", "granted", source="test")
    theirs = messages[waits & (messages["customer_id"] == customer)].sort_values("sent_at")
    last = theirs.iloc[-1]
    assert made.mood[0] == f"Unresolved {last['kind']} of {figures.day(last['sent_at'])}"
    assert len(made.mood) == min(len(theirs), 4) and made.offers == ()


def long_brief(brief: Brief) -> Brief:
    """More of everything than there is room for."""
    many = "A name that goes on, and on; " * 9
    offers = tuple(
        BriefOffer(n, f"Offer {n} {many}", "Savings", "confidence 12 %, low", (many,) * 4, (many,))
        for n in range(1, 13)
    )
    return replace(
        brief,
        name="Maximiliana Wolfeschlegelsteinhausenbergerdorff " * 5,
        line=many * 3,
        who=tuple((f"Label {n}", many) for n in range(20)),
        relations=(many,) * 20,
        figures=tuple((f"Figure {n}", "USD 1,000,000,000") for n in range(30)),
        money_notes=(many,) * 4,
        changes=(many,) * 20,
        avoid=(many,) * 6,
        promises=(many,) * 20,
        mood=(many,) * 9,
        last_note="word" * 500,
        action=many,
        offers=offers,
        sources=(*brief.sources, many, many),
    )


def test_more_than_a_page_holds_is_cut_with_a_word_and_stays_one_page(engine, brief):
    page = sheet(engine, long_brief(brief))
    assert re.search(r"and \d+ more, on the customer's page", page.text)
    assert "…" in page.text and "and 16 more" in page.text
    assert "1. Offer 1 A name" in page.text


def test_twelve_offers_are_there_or_counted(engine):
    lists = ((one, engine.offers.recommend(one, k=12).offers) for one in engine.bank.customer_ids)
    many, listed = next((one, len(offers)) for one, offers in lists if len(offers) > 8)
    page = sheet(engine, engine.briefs.of(many, actor="Rita", k=12))
    shown = len(re.findall(r"\d+\. [^:]+: confidence", page.text))
    more = re.search(r"and (\d+) more, on the customer's page", page.text)
    assert shown + (int(more[1]) if more else 0) == listed


def empty(brief: Brief) -> Brief:
    return replace(
        brief,
        name=brief.customer_id,
        who=(),
        relations=(),
        figures=(),
        months=brief.months.head(0),
        categories=brief.categories.head(0),
        money_notes=(),
        mood=(),
        last_contact=None,
        changes=(),
        avoid=(),
        promises=(),
        last_note="",
        action="No product may be offered to this customer now",
        offers=(),
    )


def test_nothing_on_record_is_said_part_by_part(engine, brief):
    text = sheet(engine, empty(brief)).text
    for said in (
        "No product and no account on record",
        "No balance of months on record",
        "No income and spending on record",
        "No spending by category on record",
        "No contact on record",
        "No open promise",
        "No product may be offered",
    ):
        assert said in text


def test_a_month_that_is_missing_parts_the_line_and_keeps_its_room(brief):
    months = brief.months.tail(6).assign(balance=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    whole, _, _ = brief_charts.charts(replace(brief, months=months))
    parted, _, _ = brief_charts.charts(replace(brief, months=months.drop(months.index[2])))

    def lines(chart):
        strokes = [s for s in chart.shapes if isinstance(s, brief_charts.Stroke)]
        return [s.points for s in strokes if s.colour == brief_charts.FIRST]

    assert [len(line) for line in lines(whole)] == [6]
    assert [len(line) for line in lines(parted)] == [2, 3]
    assert lines(parted)[1][-1] == lines(whole)[0][-1]


def test_a_chart_is_drawn_to_its_scale(brief):
    months = pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-01-01", "2026-02-01"]),
            "balance": [-100.0, 300.0],
            "income": [100.0, 200.0],
            "spending": [50.0, None],
        }
    )
    balance, flows, _ = brief_charts.charts(replace(brief, months=months))
    axis = {s.text: s.y for s in balance.shapes if isinstance(s, brief_charts.Word)}
    line = next(
        s
        for s in balance.shapes
        if isinstance(s, brief_charts.Stroke) and s.colour == brief_charts.FIRST
    )
    unit = (axis["0"] - axis["200"]) / 200
    low, high = (y for _, y in line.points)
    assert low - high == pytest.approx(400 * unit)
    assert axis["0"] - brief_charts.SMALL / 3 - high == pytest.approx(300 * unit)
    bars = [s for s in flows.shapes if isinstance(s, brief_charts.Bar) and s.height != 3]
    heights = {(b.colour, round(b.x)): b.height for b in bars}
    assert len(bars) == 3
    first, second = (h for (colour, _), h in sorted(heights.items()) if colour == "#1f5f99")
    assert second == pytest.approx(2 * first)


@pytest.mark.parametrize("text", ["李小龍", "محمد علي", "🙂🙂", "नमस्ते"])
def test_writing_that_the_font_has_not_is_said(engine, brief, text):
    page = sheet(engine, replace(brief, name=f"{text} Ltd", last_note=f"Says {text} to us"))
    assert "Says [?] to us" in page.text and SAID in page.text
    assert page.text.startswith(brief.customer_id), "a name that cannot be drawn is no heading"
    html = engine.briefs.export(replace(brief, name=text), "html").decode()
    assert text in html and SAID not in html


def test_latin_greek_and_cyrillic_are_drawn(engine, brief):
    said = "Łódź Ñandú Ångström, Ελένη Παπαδοπούλου, Юрий Щербаков, 1 € – “so” Nguyễn"
    page = sheet(engine, replace(brief, last_note=said))
    assert "Юрий Щербаков" in page.text and "Ελένη Παπαδοπούλου" in page.text
    assert "Łódź" in page.text and SAID not in page.text


def test_text_from_data_is_never_markup(engine, brief):
    evil = "<script>alert(1)</script> **bold** <b>x</b> [a](http://x.y) &amp;"
    made = replace(
        brief,
        name=evil,
        line=evil,
        who=((evil, evil),),
        relations=(evil,),
        mood=(evil,),
        changes=(evil,),
        avoid=(evil,),
        promises=(evil,),
        last_note=evil,
        offers=(BriefOffer(1, evil, evil, "low", (evil,), (evil,)),),
        categories=pd.DataFrame({"category": [evil], "share": [1.0]}),
        customer_id='x"><script>',
        currency="<i>",
    )
    html = engine.briefs.export(made, "html").decode()
    assert "<script" not in html and "<b>x" not in html and "<i>" not in html
    assert "&lt;script&gt;" in html and "default-src 'none'" in html
    assert "<script>alert(1)</script> **bold** <b>x</b>" in sheet(engine, made).text


def test_an_unknown_and_an_erased_customer_have_no_page(engine):
    with pytest.raises(NotFound, match="has no customer 'nobody'"):
        engine.briefs.of("nobody", actor="Rita")
    engine.erasing.erase("C00999", actor="Rita")
    with pytest.raises(NotFound, match="C00999"):
        engine.briefs.of("C00999", actor="Rita")
