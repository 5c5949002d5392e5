"""What the stand-in Engine answers to questions in words."""

from engine.errors import BadInput
from engine.results import (
    AI_NOTICE,
    Answer,
    AssistantReply,
    Conversation,
    Fact,
    Listener,
    Meeting,
    MeetingFact,
    Proposal,
    Transcript,
)
from tests.pages.fake_people import AS_OF
from tests.pages.fake_service import FakeService


class FakeAssistant(FakeService):
    """Stands in for `engine.services.assistant.assistant.Assistant`."""

    def ask(self, question, conversation=None, *, customer_id=None, manager=None):
        before = conversation or Conversation()
        after = Conversation(customer_id="C1", n_asked=before.n_asked + 1)
        notice = "" if before.n_asked else AI_NOTICE
        if "weather" in question:
            said = "I cannot help with that. This is what I can do:"
            choices = self.suggestions()
            return AssistantReply(
                question, "refused", said, (), choices, AS_OF, notice, "words", after
            )
        person = self._engine.people.iloc[1 if "second" in question else 0]
        proposal = Proposal("objection", "Record: objects", person.customer_id, purpose="marketing")
        if "accept" in question:
            offer = self._engine.offers.recommend(person.customer_id).offers[1]
            last = self._engine.feedback.answers(person.customer_id).get(offer.product_id)
            proposal = Proposal(
                "accept",
                "Record: accepted",
                person.customer_id,
                offer.product_id,
                offer=offer,
                seen="" if last is None else last.event_id,
            )
        answer = Answer(
            intent="balance",
            title="Balance",
            sentences=(f"Balance: USD 1,240 of {question}.",),
            source="the customer's record",
            page="",
            query={"customer": person.customer_id},
            link="Customers, Overview",
            facts=(Fact("Balance", "USD 1,240", 1240.0, "in accounts"), Fact("Long", "x" * 60)),
            lines=("A line",),
            customer_id=person.customer_id,
            customer=str(person["name"]),
            as_of=AS_OF,
            notes=("A note.",),
            proposals=(proposal,) if {"object", "accept"} & set(question.split()) else (),
        )
        return AssistantReply(
            question, "answered", "", (answer,), (), AS_OF, notice, "words", after
        )

    def suggestions(self, customer_id=None, k=6):
        return ("Who should I call today?", "What is the grade?")[:k]

    def day_ahead(self, text):
        return AS_OF

    def warm_up(self):
        return None

    def start_warm_up(self):
        return None


class FakeSpeech(FakeService):
    """Stands in for `engine.services.assistant.speech.Speech`: it hears what a file holds."""

    asked = 0

    def listener(self):
        name = self._engine.listener
        return Listener(name, "" if name else "Add it by pip install.", 60.0, 20.0)

    def transcribe(self, content):
        self.asked += 1
        text = content.decode()
        if text == "broken":
            raise BadInput("The file is not a WAV recording.")
        status = "again" if text == "noise" else "heard"
        said = {"noise": "Too noisy to be heard.", "mumble": "This may be misheard."}.get(text)
        words = text if status == "heard" else ""
        return Transcript(
            status, words, said or "", 0.9, 2.0, 1.5, 16_000, 1, -20.0, 30.0, "whisper-tiny.en"
        )


class FakeMeetings(FakeService):
    """Stands in for `engine.services.assistant.meetings.Meetings`: every sentence is of a child."""

    longest = 10_000

    def read(self, customer_id, notes, *, manager=None):
        told = [one.strip() for one in notes.split(".") if one.strip()]
        facts = tuple(MeetingFact("child", "A child", one) for one in told)
        return Meeting(customer_id, "Ann", f"{len(told)} things proposed.", facts, ("A note.",))

    def confirm(self, customer_id, fact, *, fact_id, actor, manager=None):
        if "refused" in fact.sentence:
            raise BadInput("The customer has opted out.")
        known = self._engine.added
        known[fact_id] = {"customer_id": customer_id, "fact": fact, "actor": actor}
        return True

    def take_back(self, customer_id, *, fact_id, actor, manager=None):
        return self._engine.added.pop(fact_id, None) is not None
