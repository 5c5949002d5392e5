"""A question in words in; its answers, from the engine's own functions, out."""

import logging
import threading
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd

from engine.assistant import claims
from engine.assistant.nearest import LexicalReader, Scorer, best_scorer
from engine.assistant.periods import Period, coming
from engine.assistant.phrasings import (
    FIRST,
    shipped,
)
from engine.assistant.slots import Finder
from engine.assistant.understanding import Topic, Understood, understand
from engine.bank.bank import Bank
from engine.errors import BadInput, EngineError, NotAllowed, NotFound, NoVersion
from engine.results import (
    AI_NOTICE,
    ANSWERED,
    ASKED_BACK,
    REFUSED,
    Answer,
    Asked,
    AssistantReply,
    Conversation,
)
from engine.services.assistant import bank as of_bank
from engine.services.assistant import doing, money, relations, selling
from engine.services.assistant.asking import (
    Answering,
    Asking,
    Sources,
    sentence,
)
from engine.services.assistant.whom import (
    UNKNOWN,
    AskBack,
    customer_of,
    of_choice,
    product_of,
    several_named,
)
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshots

logger = logging.getLogger("attune")

ANSWERS: Final[Mapping[str, Answering]] = {
    "fraud": doing.fraud,
    "distress": doing.distress,
    "balance": money.balance,
    "spending": money.spending,
    "income": money.income,
    "due": money.due,
    "forecast": money.forecast,
    "alerts": relations.alerts,
    "offers": selling.offers,
    "why": selling.why,
    "why_not": selling.why_not,
    "what_if": selling.what_if,
    "takers": selling.takers,
    "complaints": relations.complaints,
    "mood": relations.mood,
    "segment": relations.segment,
    "fairness": selling.fairness,
    "version": of_bank.version,
    "calls": relations.calls,
    "used": relations.used,
    "feedback": of_bank.feedback,
    "holdings": relations.holdings,
    "leaving": relations.leaving,
    "product": selling.product,
    "about": relations.about,
    "outcome": doing.outcome,
    "objection": doing.objection,
    "follow_up": doing.follow_up,
    "help": of_bank.help_,
}
"""Intent -> what answers it."""
CANNOT: Final = "I cannot help with that. This is what I can do:"
CLEARED: Final = "Forgotten: whom and what we spoke of."
_KEPT: Final = 20
"""Topics that a conversation remembers (own choice)."""
_AGAIN: Final = 3
_SELLS: Final = frozenset({"offers", "what_if", "why", "why_not"})
"""Topics before which an emergency that was spoken of comes again."""
IN_NEED: Final = "An emergency of this customer was spoken of before: settle that first."


class Assistant:
    """Answers questions in words; nothing is written, and no question is kept.

    `NotFound`, `BadInput` and `NoVersion` of the answers are said as answers. A question is text
    alone: nothing in it, in a message or in a product's text is followed as an instruction.
    """

    def __init__(self, snapshots: Snapshots, sources: Sources, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._sources = sources
        self._now = now
        self._lock = threading.RLock()
        self._results = LastResults()
        self._starting: threading.Thread | None = None

    def of(self, engine: object) -> "Assistant":
        """The same assistant, which asks the services of another engine by their names."""
        other = copy(self)
        other._sources = Sources.of(engine)
        return other

    def ask(
        self,
        question: str,
        conversation: Conversation | None = None,
        *,
        customer_id: str | None = None,
        manager: str | None = None,
    ) -> AssistantReply:
        """The answers to a question, and the conversation after it.

        Parameters
        ----------
        conversation : Conversation, optional
            What was asked before, from the last reply; by default nothing.
        customer_id : str, optional
            Who is looked at where the question names nobody and nobody was spoken of.
        manager : str, optional
            Only this relationship manager's customers may be asked about.

        Raises
        ------
        BadInput
            If there is no question.
        """
        if not question.strip():
            raise BadInput("Got an empty question; ask something in words.")
        before = conversation or Conversation()
        bank = self._snapshots.current().bank
        asked = self._understood(question, before, bank, manager)
        if not asked.topics and not asked.clears and before.waiting:
            whole = f"{before.waiting} {question}"
            asked = self._understood(whole, before, bank, manager)
        reply = self._reply(question, asked, before, bank, customer_id, manager)
        notice = "" if before.n_asked else AI_NOTICE
        after = replace(reply.conversation, n_asked=before.n_asked + 1)
        return replace(
            reply,
            notice=notice,
            conversation=after,
            as_of=bank.as_of,
            read_by=self._scorer().reader.name,
        )

    def suggestions(self, customer_id: str | None = None, k: int = 6) -> tuple[str, ...]:
        """Questions to begin with, about a customer where one is named."""
        bank = self._snapshots.current().bank
        ids = bank.customer_ids
        first = str(ids[0]) if len(ids) else ""
        whom = first if customer_id is None else customer_id
        names = bank["products"]["name"].dropna()
        if whom:
            audience = bank["customers"]["audience"].iloc[bank.customer_position(whom)]
            mine = bank["products"]["audience"] == audience
            names = bank["products"].loc[mine, "name"].dropna()
        what = str(names.iloc[len(names) // 2]) if len(names) else ""
        said = (one.format(customer=whom, product=what) for one in of_bank.EXAMPLES)
        return tuple(said)[:k]

    def day_ahead(self, text: str) -> pd.Timestamp | None:
        """The first day from today on that a sentence names; None where it names none."""
        today = pd.Timestamp(self._now()).tz_localize(None).normalize()
        slots = self._finder().parts(text, self._snapshots.base.as_of, today)[0]
        if slots.period is None:
            return None
        time = coming(slots.when, today) if slots.when else slots.period
        return None if time is None or time.first < today else time.first

    def warm_up(self) -> None:
        """Read the phrasings, and load the encoder where one is used, before anybody asks."""
        bank = self._snapshots.current().bank
        self._understood("What is the balance?", Conversation(), bank)

    def start_warm_up(self) -> None:
        """The same in the background, once; a question meanwhile waits for it."""
        with self._lock:
            if self._starting is None:
                self._starting = threading.Thread(target=self._warm_up_apart, daemon=True)
                self._starting.start()

    def _warm_up_apart(self) -> None:
        """Whatever fails here, the first question repeats, and says."""
        try:
            self.warm_up()
        except EngineError as error:
            logger.warning("warm-up of the assistant: %s", type(error).__name__)

    # --- understanding

    def _understood(
        self, question: str, before: Conversation, bank: Bank, manager: str | None = None
    ) -> Understood:
        today = pd.Timestamp(self._now()).tz_localize(None).normalize()
        scorer = self._scorer()
        return understand(
            question, self._finder_of(bank, manager), scorer, before, bank.as_of, today
        )

    def _lexical(self) -> LexicalReader:
        with self._lock:
            return self._results.get("words", None, lambda: LexicalReader(shipped()))

    def _scorer(self) -> Scorer:
        """By meaning where the settings say so, the weights are here and it reads better."""
        how = (self._snapshots.settings.questions.reads, self._snapshots.settings.models.encoder)
        with self._lock:
            return self._results.get(
                "scorer",
                how,
                lambda: best_scorer(how[0], self._lexical(), lambda: self._snapshots.encoder),
            )

    def _finder(self) -> Finder:
        base = self._snapshots.base
        with self._lock:
            return self._results.get(
                "finder", base, lambda: Finder.of(base, self._lexical().vocabulary)
            )

    def _finder_of(self, bank: Bank, manager: str | None) -> Finder:
        """Of one manager's customers alone: what others are called is then read as any word is."""
        if manager is None:
            return self._finder()
        customers = bank["customers"]
        mine = customers[(customers["relationship_manager"] == manager).fillna(False)]
        key = (self._snapshots.base, tuple(mine["customer_id"]))
        with self._lock:
            return self._results.get(
                f"finder of {manager}",
                key,
                lambda: Finder.of(bank.with_checked(customers=mine), self._lexical().vocabulary),
            )

    # --- answering

    def _reply(
        self,
        question: str,
        asked: Understood,
        before: Conversation,
        bank: Bank,
        customer_id: str | None,
        manager: str | None,
    ) -> AssistantReply:
        if asked.clears:
            return AssistantReply(question, ANSWERED, CLEARED, ())
        if not asked.topics:
            whom = before.customer_id or customer_id or _first_of(bank, manager)
            choices = self.suggestions(whom)
            return AssistantReply(
                question, REFUSED, CANNOT, (), choices, conversation=replace(before, waiting="")
            )
        if (which := several_named(asked, bank, manager)) is not None:
            return _asked_back(question, which, before, bank)
        answers: list[Answer] = []
        state, left = before, ""
        for topic in asked.topics:
            settled = self._settled(topic, asked, state, bank, customer_id, manager)
            if isinstance(settled, AskBack):
                if not answers:
                    return _asked_back(question, settled, before, bank)
                left = settled.sentence
                break
            ask = replace(settled, question=question, manager=manager)
            answer = _answered(ask)
            if need := dict(state.in_need).get(ask.customer_id) if ask.intent in _SELLS else None:
                if not any(one.intent == need for one in answers):
                    answers.append(_answered(replace(ask, intent=need)))
                answer = replace(answer, sentences=(IN_NEED, *answer.sentences))
            answers.append(_with_memory(answer, state))
            state = _remembered(state, ask, answers[-1])
        after = replace(state, intents=tuple(one.intent for one in asked.topics), waiting="")
        status = ASKED_BACK if all(one.asks_back for one in answers) else ANSWERED
        return AssistantReply(question, status, left, tuple(answers), conversation=after)

    def _settled(
        self,
        topic: Topic,
        asked: Understood,
        before: Conversation,
        bank: Bank,
        chosen: str | None,
        manager: str | None,
    ) -> Asking | AskBack:
        """Whom and what a topic is of; or what has to be asked first."""
        slots = of_choice(topic.slots, asked.whole)
        if asked.continued:
            category = slots.category or before.category
            period = slots.period or (Period(*before.when) if before.when else None)
            slots = replace(slots, category=category, period=period)
        customer = customer_of(topic.intent, slots, before, bank, chosen, manager, asked.continued)
        if isinstance(customer, AskBack):
            return customer
        product = product_of(topic.intent, slots, before, bank, customer, asked.continued)
        if isinstance(product, AskBack):
            return product
        today = pd.Timestamp(self._now()).tz_localize(None).normalize()
        return Asking(
            self._sources,
            bank,
            topic.intent,
            slots,
            customer,
            product,
            today=today,
            manager=manager,
        )


def _first_of(bank: Bank, manager: str | None) -> str | None:
    """A customer to give an example of, for whoever may see one manager's alone."""
    if manager is None:
        return None
    customers = bank["customers"]
    mine = customers.loc[(customers["relationship_manager"] == manager).fillna(False)]
    return str(mine["customer_id"].iloc[0]) if len(mine) else ""


def _asked_back(question: str, back: AskBack, before: Conversation, bank: Bank) -> AssistantReply:
    """What must be known first, with choices; or that no answer would help, and where to look."""
    waiting = "" if back.refuses or back.sentence == UNKNOWN else question
    after = replace(before, waiting=waiting)
    if not back.refuses:
        choices = tuple(f"{question} ({one})" for one in back.choices)
        return AssistantReply(question, ASKED_BACK, back.sentence, (), choices, conversation=after)
    where = Answer(
        intent="help",
        title="All customers",
        sentences=(back.sentence,),
        source="what can be asked",
        page="",
        link="Customers",
        as_of=bank.as_of,
    )
    return AssistantReply(question, REFUSED, "", (where,), conversation=after)


def _answered(ask: Asking) -> Answer:
    try:
        return ANSWERS[ask.intent](ask)
    except (BadInput, NotFound, NoVersion, NotAllowed) as error:
        return ask.answer("the engine", str(error))


def _with_memory(answer: Answer, before: Conversation) -> Answer:
    """From the third question on a topic on, what was said of it before."""
    if answer.intent in FIRST:
        return answer
    same = [
        one
        for one in before.history
        if (one.intent, one.customer_id) == (answer.intent, answer.customer_id)
    ]
    if len(same) + 1 < _AGAIN:
        return answer
    told = tuple(dict.fromkeys(one.said for one in same[-2:] if one.said))
    again = claims.asked_again(times=len(same) + 1, topic=answer.title, before=told)
    return replace(answer, notes=(sentence(again), *answer.notes))


def _remembered(before: Conversation, ask: Asking, answer: Answer) -> Conversation:
    first = answer.facts[0] if answer.facts else None
    remark = f" ({first.remark})" if first is not None and first.remark else ""
    said = "" if first is None else f"{first.label} {first.text}{remark}"
    one = Asked(ask.intent, ask.customer_id, said)
    period = ask.slots.period
    need = dict(before.in_need)
    if ask.intent in FIRST and ask.customer_id:
        need[ask.customer_id] = ask.intent
    return replace(
        before,
        in_need=tuple(need.items()),
        customer_id=ask.customer_id or before.customer_id,
        product_id=ask.product_id or before.product_id,
        category=ask.slots.category if ask.intent == "spending" else "",
        when=None if period is None else tuple(period),
        history=(*before.history, one)[-_KEPT:],
    )
