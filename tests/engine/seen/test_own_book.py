"""Drawn requests across books: nothing of another manager's customers is in any answer."""

import dataclasses
import datetime as dt
import inspect
import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.errors import BadInput, NotAllowed, NotFound
from engine.people.rights import RIGHTS
from engine.people.roles import ANALYST, MANAGER, RELATIONSHIP_MANAGER
from engine.results import Campaign, Selection
from engine.vocabulary import GROWTH
from tests.engine.seen.test_roles import Somebody

N_DRAWN = int(os.environ.get("ATTUNE_DRAWN_REQUESTS", "110"))
"""2,000 on 30 November 2026: nobody named (ATTUNE_DRAWN_REQUESTS=2000)."""
MOMENT = dt.datetime(2026, 7, 15, 9, 0)
_ID = re.compile(r"\bC\d{5}\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")


def texts(answer: Any) -> Iterator[str]:
    """Every text in an answer, however deep it stands; not what it was made from."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, bytes):
        yield answer.decode("utf-8", "replace")
    elif isinstance(answer, pd.DataFrame):
        yield from answer.index.astype(str)
        for column in answer.columns:
            yield from texts(answer[column])
    elif isinstance(answer, pd.Series | pd.Index):
        if answer.dtype.kind not in "biufcmM":
            yield from answer.dropna().astype(str)
    elif isinstance(answer, np.ndarray):
        if answer.dtype.kind in "OUT":
            yield from map(str, answer.ravel())
    elif isinstance(answer, Mapping):
        for pair in answer.items():
            yield from texts(pair)
    elif isinstance(answer, list | tuple | set | frozenset):
        for one in answer:
            yield from texts(one)
    elif dataclasses.is_dataclass(answer):
        for field in (one for one in dataclasses.fields(answer) if one.repr):
            yield from texts(getattr(answer, field.name))


class Strangers:
    """Customers who may not be named: ids, and names that nobody else has."""

    def __init__(self, customers: pd.DataFrame, may: pd.Series, others: set[str]):
        self.ids = set(customers.loc[~may, "customer_id"])
        allowed = set(customers.loc[may, "name"].dropna()) | others
        names = set(customers.loc[~may, "name"].dropna()) - allowed
        self.names = {tuple(_WORD.findall(name)) for name in names}
        self.names = {name for name in self.names if len(name) > 1}
        self.lengths = {len(name) for name in self.names}

    def named_in(self, answer: Any) -> set[str]:
        """Who is named all the same."""
        text = "\n".join(texts(answer))
        words = _WORD.findall(text)
        told = {
            gram for n in self.lengths for gram in zip(*(words[i:] for i in range(n)), strict=False)
        }
        return (set(_ID.findall(text)) & self.ids) | {" ".join(n) for n in told & self.names}


@pytest.fixture(scope="module")
def engine(small_demo: Path, small_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The demo bank with something recorded of customers of every book."""
    state = shutil.copytree(small_state, tmp_path_factory.mktemp("own") / "state")
    made = Engine.open(small_demo, state, now=lambda: MOMENT)
    manager = made.seen_by(Somebody(MANAGER, actor="mia"))
    for n, book in enumerate(made.days.managers()):
        people = made.customers.table(manager=book)
        customer, name = people.iloc[0][["customer_id", "name"]]
        shown = manager.offers.recommend(customer)
        manager.feedback.record_shown(shown, actor="")
        manager.feedback.record(
            event_id=str(_uuid(n)), customer_id=customer, actor="", action="accepted",
            product_id=shown.offers[0].product_id if shown.offers else "P01",
            comment=f"{name} agreed",
        )  # fmt: skip
        manager.days.log(customer, contact_id=f"call-{n}", outcome="reached", actor="", note=name)
        manager.trail.looked(customer, actor="", session="s")
        manager.views.save(f"view of {name}", "customers", {"search": name}, actor="")
        manager.notes.add(dt.date(2026, 3, 1 + n), f"{name} called", actor="", note_id=f"note-{n}")
    return made


def _uuid(n: int) -> str:
    return f"00000000-0000-4000-8000-{n:012d}"


ONE: Mapping[str, Callable[[Any, str, str], Any]] = {
    "offers.recommend": lambda e, c, p: e.offers.recommend(c),
    "offers.score": lambda e, c, p: e.offers.score(lists=[GROWTH], customers=[c]),
    "scenarios.why_not": lambda e, c, p: e.scenarios.why_not(c, p),
    "scenarios.situation": lambda e, c, p: e.scenarios.situation(c),
    "scenarios.nearest": lambda e, c, p: e.scenarios.nearest(customer_id=c),
    "customers.profile": lambda e, c, p: e.customers.profile(c),
    "customers.needs": lambda e, c, p: e.customers.needs(c),
    "customers.cashflow": lambda e, c, p: e.customers.cashflow(c),
    "days.card": lambda e, c, p: e.days.card(c),
    "days.timeline": lambda e, c, p: e.days.timeline(c),
    "alerts.open": lambda e, c, p: e.alerts.open(c, fairness=True),
    "feedback.answers": lambda e, c, p: e.feedback.answers(c),
    "feedback.history": lambda e, c, p: e.feedback.history(c),
    "trail.table": lambda e, c, p: e.trail.table(c),
    "receipts.of": lambda e, c, p: e.receipts.of(c),
    "records.preferences": lambda e, c, p: e.records.preferences(c),
    "segments.of_customer": lambda e, c, p: e.segments.of_customer(c),
    "evidence.of": lambda e, c, p: e.evidence.of(c),
    "scans.of": lambda e, c, p: e.scans.of(c),
    "notices.of": lambda e, c, p: e.notices.of(c),
    "writing.customer": lambda e, c, p: e.writing.customer(c),
    "experiments.arm_of": lambda e, c, p: e.experiments.arm_of(c),
    "assistant.suggestions": lambda e, c, p: e.assistant.suggestions(c),
}
"""Answers about one customer."""
ASKED = (
    "what is the balance of {}?", "alerts of {}", "why that for {}?", "call {} tomorrow",
    "is {} about to leave?",
)  # fmt: skip
ALL: Mapping[str, Callable[[Any, str, str, str], Any]] = {
    "search.find": lambda e, c, name, p: e.search.find(name.split()[0], k=20),
    "search.find number": lambda e, c, name, p: e.search.find(c),
    "customers.table": lambda e, c, name, p: e.customers.table(search=name),
    "customers.table selection": lambda e, c, name, p: e.customers.table(
        selection=Selection("holders", (p,))
    ),
    "customers.choices": lambda e, c, name, p: e.customers.choices("name"),
    "selections.open": lambda e, c, name, p: e.selections.open(Selection("holders", (p,))),
    "selections.no_lists": lambda e, c, name, p: e.selections.no_lists(),
    "alerts.open": lambda e, c, name, p: e.alerts.open(fairness=True),
    "days.today": lambda e, c, name, p: e.days.today(most=20),
    "prospects.of": lambda e, c, name, p: e.prospects.of(p, top=20),
    "feedback.history": lambda e, c, name, p: e.feedback.history(),
    "trail.table": lambda e, c, name, p: e.trail.table(),
    "receipts.table": lambda e, c, name, p: e.receipts.table(),
    "views.saved": lambda e, c, name, p: e.views.saved(),
    "notes.all": lambda e, c, name, p: e.notes.all(),
    "customers.insights": lambda e, c, name, p: e.customers.insights(),
    "products.of": lambda e, c, name, p: e.products.of(p),
}
"""Answers about many, or found by what was typed."""


def test_F177_drawn_requests_across_books_name_nobody_of_another(engine: Engine):
    rng = np.random.default_rng(20261130)
    customers = engine.bank["customers"]
    ids = customers["customer_id"].to_numpy(dtype=object)
    names = customers["name"].fillna(customers["customer_id"]).to_numpy(dtype=object)
    products = engine.bank["products"]["product_id"].to_numpy(dtype=object)
    books = engine.days.managers()
    mine = {book: customers["relationship_manager"] == book for book in books}
    strangers = {book: Strangers(customers, mine[book], {*books}) for book in books}
    unknown_said: dict[str, set[str]] = {}
    n_foreign = n_answered = 0
    for _ in range(N_DRAWN):
        book = books[rng.integers(len(books))]
        seen = engine.seen_by(Somebody(RELATIONSHIP_MANAGER, book, "rita"))
        row = int(rng.integers(len(ids)))
        if rng.random() < 0.3:
            row = int(rng.choice(np.flatnonzero(mine[book])))
        customer, name, product = str(ids[row]), str(names[row]), str(products[rng.integers(9)])
        own = bool(mine[book].iloc[row])
        if not own and rng.random() < 0.2:
            customer = "C99999"
        kind = rng.random()
        refused = ""
        try:
            if kind < 0.7:
                what = str(rng.choice([*ONE]))
                answer = ONE[what](seen, customer, product)
                assert own, (what, customer)
            elif kind < 0.75:
                what, asked = "assistant.ask", str(rng.choice(ASKED))
                whom = customer if rng.random() < 0.5 else name
                answer = dataclasses.replace(seen.assistant.ask(asked.format(whom)), question="")
                answer = dataclasses.replace(answer, choices=(), conversation=None)
            else:
                what = str(rng.choice([*ALL]))
                answer = ALL[what](seen, customer, name, product)
            n_answered += 1
        except NotFound as error:
            refused = str(error)
        except BadInput as error:  # of a customer who opted out, for example
            answer = str(error)
        if refused:
            n_foreign += 1
            unknown_said.setdefault(what, set()).add(refused.replace(customer, "WHO"))
            assert not own, (what, customer, refused)
        else:
            assert not strangers[book].named_in(answer), (what, customer)
    assert n_foreign > N_DRAWN / 4
    assert n_answered > N_DRAWN / 4
    assert all(len(said) == 1 for said in unknown_said.values()), unknown_said


def test_F177_what_is_stored_of_another_book_is_not_there(engine: Engine):
    own, other = engine.days.managers()[:2]
    seen = engine.seen_by(Somebody(RELATIONSHIP_MANAGER, own, "rita"))
    receipts = engine.receipts.table()
    whose = engine.bank["customers"].set_index("customer_id")["relationship_manager"]
    foreign = receipts[receipts["customer_id"].map(whose) == other]["receipt_id"].iloc[0]
    alert = engine.alerts.open(manager=other).table["alert_id"].iloc[0]
    somebody = str(whose.index[whose == other][0])
    theirs = engine.offers.recommend(somebody)
    pairs = itertools.chain.from_iterable(
        (
            (lambda r=r: seen.receipts.get(r) for r in (foreign, "r-none")),
            (lambda r=r: seen.receipts.replay(r) for r in (foreign, "r-none")),
            (lambda a=a: seen.alerts.acknowledge(a, "") for a in (alert, "none")),
            (lambda n=n: seen.days.take_back(n, actor="") for n in ("call-1", "none")),
            (lambda n=n: seen.feedback.undo(n, undo_id=_uuid(99), actor="")
             for n in (_uuid(1), _uuid(77))),
            (lambda n=n: seen.notes.remove(n) for n in ("note-1", "none")),
            (lambda n=n: seen.views.get("customers", n)
             for n in (engine.views.saved()[0].name, "none")),
            (lambda: seen.feedback.record_shown(theirs, actor=""),),
            (lambda: seen.customers.export(engine.customers.table(manager=other), "csv"),),
            (lambda: seen.briefs.of(somebody, actor=""),),
            (lambda: seen.days.today(other),),
            (lambda: seen.trail.looked(somebody, actor="", session="s"),),
            (lambda: seen.records.set_consent(somebody, "marketing", "granted", source="test"),),
        )
    )  # fmt: skip
    for ask in pairs:
        with pytest.raises(NotFound):
            ask()


def test_F177_counts_of_a_book_are_those_that_it_opens(engine: Engine):
    book = engine.days.managers()[0]
    seen = engine.seen_by(Somebody(RELATIONSHIP_MANAGER, book))
    mine = (engine.bank["customers"]["relationship_manager"] == book).to_numpy()
    found = seen.customers.insights()
    counted = [*found.behind_figures.values(), *itertools.chain(*found.behind_sentences)]
    for one in [*counted, *seen.selections.no_lists()]:
        assert seen.selections.open(one.selection).n == one.n
    assert found.figures["Customers"][0] == seen.facts.summary().n_customers == mine.sum()
    whole = engine.snapshot().profiles.table.iloc[np.flatnonzero(mine)]
    narrow = engine.customers._book_of(book).profiles.table
    pd.testing.assert_frame_equal(narrow, whole)
    product = engine.bank["products"]["product_id"].iloc[0]
    held = engine.bank.held[mine, 0].sum()
    assert seen.products.of(product).n_holders == held
    takers = seen.prospects.of(product, top=1000)
    assert takers.n_allowed == takers.n_matching == len(takers.table)
    assert takers.n_allowed + takers.removed["n"].sum() == mine.sum()


def test_F177_nobody_acts_in_another_name(engine: Engine):
    book = engine.days.managers()[2]
    seen = engine.seen_by(Somebody(RELATIONSHIP_MANAGER, book, "rita"))
    customer = str(seen.customers.table()["customer_id"].iloc[-1])
    seen.days.done(customer, contact_id="of-rita", actor="the boss")
    seen.records.set_consent(customer, "marketing", "refused", source="test", actor="the boss")
    told = engine.trail.table(customer)
    assert set(told["actor"]) == {"rita"}


def test_F177_a_relationship_manager_without_a_book_sees_nobody(engine: Engine):
    for book in (None, "", "Unassigned", "nobody"):
        seen = engine.seen_by(Somebody(RELATIONSHIP_MANAGER, book))
        assert seen.customers.table().empty
        assert seen.facts.summary().n_customers == 0
        assert seen.alerts.open().table.empty
        assert not [one for one in seen.search.find("a", k=50) if one.kind == "customer"]


SLOW = {
    *("evaluations.evaluate", "evaluations.stability", "models.retrain", "tuning.tune"),
    *("packs.make", "packs.report", "fairness.blinding", "mitigating.find", "models.doctor"),
    *("demonstration.reset", "models.roll_back", "customers.backtest", "fairness.reports"),
    *("levers.effect", "governance.controls", "models.warm_up", "assistant.warm_up"),
}
"""Answers without customers that take long."""


ASKS_ITSELF = {
    "alerts.open", "campaigns.defaults", "customers.insights", "customers.table", "facts.quality",
    "fairness.attributes", "feedback.history", "feedback.statistics", "feedback.usage",
    "governance.overview", "levers.table", "products.table",
    "segments.overview", "selections.no_lists",
}  # fmt: skip
"""Answers that an analyst gets without saying anything: some of them."""


def shingles(text: str, n: int = 7) -> set[tuple[str, ...]]:
    """Every n words in a row."""
    words = _WORD.findall(text)
    return set(zip(*(words[i:] for i in range(n)), strict=False))


@pytest.fixture(scope="module")
def told(engine: Engine) -> Mapping[str, Any]:
    """Action -> what an analyst is told, with what has to be said to be told it."""
    seen = engine.seen_by(Somebody(ANALYST))
    answers: dict[str, Any] = {}
    for action, right in RIGHTS.items():
        service, method = action.split(".")
        if ANALYST not in right.roles or service == "banks" or action in SLOW:
            continue
        asked = getattr(getattr(seen, service), method)
        itself = getattr(getattr(engine, service), method)
        needs = inspect.signature(itself).parameters.values() if callable(asked) else ()
        if any(one.default is one.empty for one in needs):
            continue
        try:
            answers[action] = asked() if callable(asked) else asked
        except BadInput as error:
            answers[action] = str(error)
    product = str(engine.bank["products"]["product_id"].iloc[0])
    takers = seen.prospects.of(product, top=20)
    plan = seen.campaigns.plan(Campaign("some"))
    return answers | {
        "prospects.of": takers,
        "prospects.export": seen.prospects.export(takers, "csv"),
        "customers.export": seen.customers.export(seen.customers.table(), "csv"),
        "selections.open": seen.selections.open(Selection("customers")),
        "selections.alerted": seen.selections.alerted(
            manager=seen.customers.choices("relationship_manager")[0]
        ),
        "offers.score": seen.offers.score(lists=[GROWTH], k=1),
        "campaigns.plan": plan,
        "campaigns.export": seen.campaigns.export(plan, "csv"),
        "search.find": seen.search.find(str(engine.bank["customers"]["name"].dropna().iloc[0])),
        "customers.choices": seen.customers.choices("relationship_manager"),
        "writing.product": seen.writing.product(product),
    }


def test_F177_an_analyst_is_told_no_name_and_no_number(engine: Engine, told: Mapping[str, Any]):
    everybody = engine.bank["customers"]
    strangers = Strangers(everybody, pd.Series(False, index=everybody.index), set())
    strangers.names |= {tuple(_WORD.findall(one)) for one in engine.days.managers()}
    assert set(told) >= ASKS_ITSELF, sorted(told)
    for action, answer in told.items():
        assert not strangers.named_in(answer), action


def test_F177_no_words_of_a_customer_reach_an_analyst(engine: Engine, told: Mapping[str, Any]):
    messages = {" ".join(text.split()) for text in engine.bank["messages"]["text"].dropna()}
    wrote = set().union(*map(shingles, messages))
    feed = engine.alerts.open().table
    quotes = feed.loc[feed["kind"] == "says_leaving", "reason"]
    assert any(shingles(" ".join(quote.split())) & wrote for quote in quotes), "the test can tell"
    for action, answer in told.items():
        assert not shingles("\n".join(texts(answer))) & wrote, action
    reasons = told["alerts.open"].table.set_index("kind")["reason"]
    odd = feed.loc[feed["kind"] == "unusual_transaction", "reason"]
    payees = {reason.split(" at ", 1)[1].rsplit(" on ", 1)[0] for reason in odd}
    assert payees and not any(one in reason for one in payees for reason in reasons)
    assert set(reasons["says_leaving"].str[:18]) == {"Speaks of leaving,"}
    assert sorted(reasons["churn"]) == sorted(feed.loc[feed["kind"] == "churn", "reason"])


def test_F177_neither_order_nor_label_nor_id_says_who_a_pseudonym_is(
    engine: Engine, told: Mapping[str, Any]
):
    seen, number = engine.seen_by(Somebody(ANALYST)), engine.pseudonyms.numbers()
    by_alerts = seen.customers.table(sort="n_alerts")
    tables = {
        "score": told["offers.score"],
        "plan": told["campaigns.plan"].table,
        "takers": told["prospects.of"].table,
        "alerts": told["alerts.open"].table,
        "history": told["feedback.history"],
        "map": told["customers.insights"].customers,
        "selection": told["selections.open"].customer_ids.to_frame(),
        "by alerts": by_alerts,
    }
    for what, table in tables.items():
        assert (table.index == np.arange(len(table))).all(), what
        row = engine.bank.customer_positions(table["customer_id"].map(number))
        steps = np.diff(row)[np.diff(row) != 0]
        assert len(steps) < 20 or 0.4 < (steps > 0).mean() < 0.6, what
    assert by_alerts["n_alerts"].is_monotonic_decreasing
    real = engine.alerts.open().table
    assert not set(tables["alerts"]["alert_id"]) & set(real["alert_id"])
    assert tables["alerts"]["alert_id"].is_unique
    same = ["kind", "severity", "raised_at"]
    pd.testing.assert_frame_equal(
        tables["alerts"][same[1:]], real[same[1:]], "ties alone change places"
    )
    events = engine.feedback.history()
    assert not set(tables["history"]["event_id"].dropna()) & set(events["event_id"].dropna())


def test_F177_an_analyst_looks_for_nobody_by_who_they_are(engine: Engine):
    seen, everybody = engine.seen_by(Somebody(ANALYST)), engine.bank["customers"]
    whole = seen.customers.table(contains={"name": ""}, between={"mood": (None, None)})
    one, number = whole["customer_id"].iloc[0], str(everybody["customer_id"].iloc[0])
    book = engine.days.managers()[0]
    refused = [lambda: seen.customers.profile(one), lambda: seen.customers.table(search="a")]
    refused += [lambda c=c: seen.customers.choices(c) for c in ("name",)]
    for column in ("name", "email", "phone", "customer_id", "relationship_manager"):
        refused.append(lambda c=column: seen.customers.table(contains={c: "a"}))
        refused.append(lambda c=column: seen.customers.table(sort=c))
    for ask in refused:
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(NotFound, match="Take a pseudonym"):
        seen.offers.score(lists=[GROWTH], customers=[number])
    assert set(seen.offers.score(lists=[GROWTH], customers=[one])["customer_id"]) <= {one}
    for kind in ("alerts", "alert"):
        of = ("churn",) * (kind == "alert")
        assert seen.selections.open(Selection(kind, (*of, book))).n == 0
        mine = seen.selections.open(Selection(kind, (*of, engine.pseudonyms.of(book))))
        assert mine.n == engine.selections.open(Selection(kind, (*of, book))).n > 0
        assert mine.selection.of[-1] == engine.pseudonyms.of(book) and book not in mine.title
    alike = {"relationship_manager": engine.pseudonyms.of(book)}
    plan, real = (
        e.campaigns.plan(Campaign("some", filters=f))
        for e, f in ((seen, alike), (engine, {"relationship_manager": book}))
    )
    assert plan.n_matching == real.n_matching > 0 and plan.campaign.filters == alike
    with pytest.raises(BadInput) as error:
        seen.campaigns.plan(Campaign("some", filters={"relationship_manager": book}))
    assert not any(one in str(error.value) for one in engine.days.managers())


def test_F177_free_words_and_names_of_colleagues_are_not_told(engine: Engine):
    book = engine.days.managers()[3]
    customer, free = str(engine.bank["customers"]["customer_id"].iloc[7]), "Mrs Voss is ill"
    for n, reason in enumerate((free, "held already")):
        engine.feedback.record(
            event_id=str(_uuid(900 + n)), customer_id=customer, actor=book, action="dismissed",
            product_id=f"P0{2 + n}", reason=reason,
        )  # fmt: skip
    seen = engine.seen_by(Somebody(ANALYST))
    counted, real = seen.feedback.statistics(), engine.feedback.statistics()
    assert free in set(real.by_reason["reason"]) and book in set(real.by_actor["group"])
    assert {"other", "held already"} <= set(counted.by_reason["reason"])
    assert counted.by_reason["n"].sum() == real.by_reason["n"].sum()
    assert counted.by_actor["n_decisions"].sum() == real.by_actor["n_decisions"].sum()
    assert engine.pseudonyms.of(book) in set(counted.by_actor["group"])
    said = "\n".join(texts((counted, seen.feedback.history())))
    assert free not in said and book not in said


def test_F177_an_analyst_s_products_are_open_and_searched_by_name(engine: Engine):
    seen = engine.seen_by(Somebody(ANALYST))
    name = str(engine.bank["products"]["name"].iloc[0])
    for contains in (None, {"name": ""}, {"name": name}):
        assert name in set(seen.products.table(contains)["name"])


def test_F177_the_bank_may_let_analysts_see_names(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Engine, "analysts_see_names", property(lambda _: True))
    seen = engine.seen_by(Somebody(ANALYST))
    customer = str(engine.bank["customers"]["customer_id"].iloc[0])
    assert seen.customers.profile(customer).customer_id == customer
    with pytest.raises(NotAllowed):
        seen.records.set_consent(customer, "marketing", "granted", source="test")
