"""The only door: class Engine opens a bank and holds one service a subject."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from engine import private_logs
from engine.bank import editions
from engine.bank.bank import Bank
from engine.people.identity import claim_settings, identity_of
from engine.people.rights import RIGHTS
from engine.people.viewer import Viewer
from engine.scoring.current import CurrentScores
from engine.seen.own_book import Books
from engine.seen.seen import Seen
from engine.services.assistant.asking import Sources
from engine.services.assistant.assistant import Assistant
from engine.services.assistant.meetings import Meetings
from engine.services.assistant.speech import Speech
from engine.services.briefs import Briefs
from engine.services.campaigns import Campaigns
from engine.services.customers import Customers
from engine.services.day import Days
from engine.services.erasure import Erasing
from engine.services.evaluation import Evaluations
from engine.services.evidence.evidence import Evidence
from engine.services.evidence.scans import Scans
from engine.services.fairness import Fairness
from engine.services.feedback import Feedback
from engine.services.governance.governance import Governance
from engine.services.governance.notices import Notices
from engine.services.governance.packs import Packs
from engine.services.governance.pilot import Pilots
from engine.services.governance.pseudonyms import Pseudonyms
from engine.services.governance.retention import Retaining
from engine.services.notes import Notes
from engine.services.offers import Offers
from engine.services.opening.bank_facts import BankFacts
from engine.services.opening.banks import Banks, utc_now
from engine.services.opening.demonstration import Demonstration
from engine.services.opening.people import api_limits, clients_of, people_of
from engine.services.portfolio.alerts import Alerting
from engine.services.portfolio.prospects import Prospects
from engine.services.portfolio.segments import Segments
from engine.services.portfolio.selections import Selections
from engine.services.products import Products
from engine.services.receipts import Receipts
from engine.services.records import Records
from engine.services.scenarios import Scenarios
from engine.services.search import Search
from engine.services.subject_access import SubjectAccess
from engine.services.trail import AuditTrail
from engine.services.versions.experiments import Experiments
from engine.services.versions.learned_metrics import LearnedMetrics
from engine.services.versions.levers import Levers
from engine.services.versions.mitigation import Mitigating
from engine.services.versions.models import Models
from engine.services.versions.personas import Personas
from engine.services.versions.tuning import Tuner
from engine.services.views import Views
from engine.services.writing import Writing
from engine.snapshot.snapshot import Snapshot, Snapshots


class Engine:
    """Everything that a page, the command line or a batch may ask or change about one bank.

    Make one with `Engine.open`. It may be shared by threads; several engines and processes may
    work on the same bank, and each sees what the others wrote with its next answer.

    Attributes
    ----------
    banks : Banks
        Which banks there are, and how one's own files become one.
    accounts, clients : callable
        Given a state folder, the people who may sign in, and the programs that may ask.
    claim_settings, identity_of : callable
        Which claims of the bank's identity provider are read, and who they say somebody is.
    api_limits : callable
        How much the JSON API answers.
    rights : mapping
        "service.method" -> who may ask for it; `seen_by` and pages go by it.
    keep_logs_private : callable
        For a face that starts: from then on no log of the process names a person.
    facts : BankFacts
        The bank as a whole: summary, tables, quality report, settings.
    customers, segments, selections, alerts, products, search
        What is known of customers, who is like whom, who is behind a number, what needs attention,
        what can be offered; and where it is.
    days, briefs, writing
        Whom to call today, what to know before, and what came of it; a page for a meeting; a line
        and a paragraph about a customer, and what people say of a product.
    assistant, speech, meetings
        A question in words, answered from all of these; what was said, in words; what notes of a
        meeting say, to be confirmed.
    offers, scenarios, prospects, campaigns, levers
        What to offer; why not and what if; who would want a product; whom to offer what within
        limits; what if the bank changed.
    feedback, records, receipts, trail, access, notices, pseudonyms, erasing, retention
        What people did, what they set down, what they were shown, and who did what when; all that
        is kept of a customer as a file, and a customer out of it all; what is past its period.
    views, notes
        What people keep for one another: named queries of a page, notes on days.
    demonstration
        The demo bank as a story, and its fresh start.
    scans, evidence
        Receipts read from pictures and kept with their purchase; what customers said or paid for
        as evidence of needs.
    models, learned_metrics, tuning
        Versions, metrics learned from labels, settings of the models.
    evaluations, fairness, governance, packs, pilots
        How far the lists can be trusted, whether they are fair, who answers for them; it all as
        files for those who check; whose lists are written while a bank tries it on a part.
    experiments
        Arms of customers that are offered otherwise, and what that makes of them.
    mitigating, personas
        Prices on groups that would close gaps, and what they cost; who must and must not get what,
        whatever the settings.
    """

    banks = Banks
    rights = RIGHTS
    accounts = staticmethod(people_of)
    clients = staticmethod(clients_of)
    claim_settings = staticmethod(claim_settings)
    identity_of = staticmethod(identity_of)
    api_limits = staticmethod(api_limits)
    keep_logs_private = staticmethod(private_logs.install)

    def __init__(self, folder: Path, base: Bank, state: Path, now: Callable[[], datetime]):
        self.folder = folder
        self.state = state
        self.now = now
        self.snapshots = snapshots = Snapshots(base, state, shipped=folder)
        self.scores = scores = CurrentScores(snapshots, now)
        self.offers = Offers(scores)
        self.scenarios = Scenarios(scores, snapshots)
        self.prospects = Prospects(scores, snapshots)
        self.personas = Personas(snapshots, scores, now)
        self.levers = Levers(snapshots, scores, self.personas, now)
        self.experiments = Experiments(snapshots, scores, now)
        self.fairness = Fairness(snapshots, scores, now)
        self.mitigating = Mitigating(snapshots, scores, now)
        self.alerts = Alerting(snapshots, self.fairness, now)
        self.segments = Segments(snapshots)
        self.selections = Selections(scores, self.alerts, self.segments)
        self.customers = Customers(snapshots, scores, self.alerts, self.selections)
        self.campaigns = Campaigns(scores, snapshots, self.selections, now)
        self.days = Days(snapshots, scores, self.alerts, now)
        self.products = Products(snapshots)
        self.records = Records(snapshots, now)
        self.evidence = Evidence(snapshots, now)
        self.scans = Scans(snapshots, self.evidence, now)
        self.receipts = Receipts(snapshots, now)
        self.trail = AuditTrail(folder, snapshots, now)
        self.erasing = Erasing(folder, snapshots, now)
        self.access = SubjectAccess(folder, snapshots, self.customers, now)
        self.notices = Notices(snapshots, now)
        self.pseudonyms = Pseudonyms(snapshots)
        self.briefs = Briefs(snapshots, self.customers, self.days, self.offers, self.receipts, now)
        self.writing = Writing(snapshots, self.selections, self.days, self.offers)
        self.feedback = Feedback(snapshots, self.receipts, now, self.experiments.arm_of)
        self.models = Models(snapshots, scores, self.levers.wider, self.levers.agreed, now)
        self.learned_metrics = LearnedMetrics(snapshots, now)
        self.tuning = Tuner(snapshots, now, self.levers.apply)
        self.evaluations = Evaluations(snapshots, self.selections, now)
        self.search = Search(snapshots)
        self.views = Views(snapshots, now)
        self.notes = Notes(snapshots, now)
        self.demonstration = Demonstration(
            snapshots, self.customers, self.days, self.offers, self.records, self.models
        )
        self.facts = BankFacts(folder, snapshots, self.models)
        self.assistant = Assistant(snapshots, Sources.of(self), now)
        self.speech = Speech(snapshots)
        self.meetings = Meetings(snapshots, self.assistant, self.days, self.records, now)
        self.governance = Governance(
            snapshots, self.facts, self.models, self.learned_metrics, self.levers, self.trail
        )
        self.retention = Retaining(folder, snapshots, now)
        self.pilots = Pilots(snapshots)
        self._books = Books(self)
        self.packs = Packs(
            snapshots, self.governance, self.evaluations, self.fairness, self.receipts
        )

    @classmethod
    def open(
        cls,
        data: Path | str,
        state: Path | str = "data/state",
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> "Engine":
        """Open an imported bank with its state and its champion version.

        Raises
        ------
        NotFound
            If the folder holds no bank.
        """
        engine = cls(Path(data), editions.load(data), Path(state), now)
        if engine.erasing.is_unfinished:
            engine.erasing.finish(actor="an erasure that was interrupted")
        return engine

    def seen_by(self, viewer: Viewer) -> Seen:
        """The same services, through which passes only what somebody may see and do.

        Parameters
        ----------
        viewer : Viewer
            actor, role and book: an account, or whatever else asks for a person.

        Returns
        -------
        Seen
            Refuses (`NotAllowed`) what the role does not open and what is not in the table of
            `engine.people.rights`; says of a customer of another book what it says of one who is
            not there (`NotFound`). Cheap: make one for each request.
        """
        return Seen(self, viewer, self._books)

    @property
    def analysts_see_names(self) -> bool:
        """The bank's setting."""
        return self.snapshots.settings.access.analysts_see_names

    def may(self, action: str) -> bool:  # noqa: ARG002, `Seen.may` looks at it
        """Whether this may be asked for: everything, where nobody in particular asks."""
        return True

    @property
    def bank(self) -> Bank:
        """The bank as it is seen now: base, records, events and purchases."""
        return self.snapshots.current().bank

    def snapshot(self) -> Snapshot:
        """The consistent picture behind the answers of this moment."""
        return self.snapshots.current()
