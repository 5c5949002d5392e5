"""One table of role x action: every public answer of the engine, who may ask, and how far.

Pages, the command `user` and whatever else answers for a person read it through `Engine.seen_by`;
an action that is not here is refused to everybody. A test walks all services and finds one that
is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.people.roles import ADMIN, ANALYST, MANAGER, RELATIONSHIP_MANAGER, RISK_OFFICER

NAMED_ANALYST: Final = "analyst_who_sees_names"
"""What an analyst is where the bank's setting `access.analysts_see_names` says so."""

BANK: Final = "bank"
"""No customer in it: catalogue, settings, words."""
CUSTOMER: Final = "customer"
"""Arguments name customers, each of whom has to be of the own book."""
BOUND: Final = "bound"
"""Worked out over the own book alone: the argument that says whose is set, whatever was given."""
ROWS: Final = "rows"
"""Worked out over everybody; only rows of the own book are handed on."""
MADE: Final = "made"
"""Takes what an earlier answer gave; nobody in it may be of another book."""
OWNED: Final = "owned"
"""An argument names something stored (an event, an alert, a receipt) of one customer."""
OWN: Final = "own"
"""What people keep for one another in free words; whoever has a book sees what they wrote."""
COUNTS: Final = "counts"
"""Figures of the whole bank, which nobody who has a book is told."""

_EVERYBODY: Final = frozenset({RELATIONSHIP_MANAGER, ANALYST, MANAGER, RISK_OFFICER, ADMIN})
_PROGRAM: Final[frozenset[str]] = frozenset()
"""Parts of the program ask one another; nobody does."""
_WORK: Final = frozenset({RELATIONSHIP_MANAGER, ANALYST, MANAGER})
_RECORD: Final = frozenset({RELATIONSHIP_MANAGER, NAMED_ANALYST, MANAGER})
"""Whoever looks at one customer with name, contact and messages."""
_CHANGE: Final = frozenset({RELATIONSHIP_MANAGER, MANAGER})
_FIGURES: Final = frozenset({ANALYST, MANAGER})
_CONTROL: Final = frozenset({ANALYST, MANAGER, RISK_OFFICER})
_AUDIT: Final = frozenset({MANAGER, RISK_OFFICER})
_DECIDE: Final = frozenset({MANAGER})
_RUN: Final = frozenset({MANAGER, ADMIN})


@dataclass(frozen=True)
class Right:
    """Who may ask for one answer, and how far it reaches for whoever has a book.

    Attributes
    ----------
    roles : frozenset of str
        Of `engine.people.roles`, or `NAMED_ANALYST`.
    scope : str
        One of the scopes above.
    of : tuple of str
        Names of arguments that the scope is about.
    """

    roles: frozenset[str]
    scope: str = BANK
    of: tuple[str, ...] = ()

    def is_open_to(self, role: str, sees_names: bool = False) -> bool:
        """May somebody in a role ask?"""
        named = sees_names and role == ANALYST and NAMED_ANALYST in self.roles
        return role in self.roles or named


_ONE: Final = ("customer_id",)
_OF_A_CUSTOMER: Final = Right(_RECORD, CUSTOMER, _ONE)
_WRITES: Final = Right(_CHANGE, CUSTOMER, _ONE)

_SERVICES: Final[Mapping[str, tuple[tuple[Right, str], ...]]] = {
    "offers": (
        (_OF_A_CUSTOMER, "recommend affinity list_that_opens"),
        (Right(_WORK, CUSTOMER, ("customers",)), "score"),
    ),
    "scenarios": ((_OF_A_CUSTOMER, "products explain compare why_not situation what_if nearest"),),
    "prospects": (
        (Right(_WORK), "products"),
        (Right(_WORK, BOUND, ("manager", "book")), "of"),
        (Right(_WORK, MADE, ("takers",)), "export"),
    ),
    "personas": (
        (Right(_AUDIT, COUNTS), "tests check gone"),
        (Right(_DECIDE, COUNTS), "add remove"),
        (Right(_PROGRAM), "require"),
    ),
    "levers": (
        (Right(_CONTROL, COUNTS), "table switches locked effect saved load waiting in_force log"),
        (Right(_FIGURES, COUNTS), "save"),
        (Right(_DECIDE, COUNTS), "remove"),
        (Right(_AUDIT, COUNTS), "apply take_back mend"),
        (Right(_PROGRAM), "agreed wider"),
    ),
    "experiments": (
        (Right(_CHANGE, CUSTOMER, _ONE), "arm_of"),
        (Right(_CONTROL, COUNTS), "sample table may_see look"),
        (Right(_CONTROL), "arms measures"),
        (Right(_DECIDE, COUNTS), "plan start stop remove"),
    ),
    "fairness": (
        (
            Right(_CONTROL, COUNTS),
            "attributes crossed report compare taken proxies why hours_since_audit "
            "alerts_of_last_audit reports blinding",
        ),
    ),
    "mitigating": (
        (Right(_CONTROL, COUNTS), "find"),
        (Right(_FIGURES, COUNTS), "keep"),
    ),
    "alerts": (
        (Right(_WORK, BOUND, ("manager", "customer_id")), "open"),
        (Right(_CHANGE, OWNED, ("alert_id",)), "acknowledge reopen"),
        (Right(_PROGRAM), "feed standing counts"),
    ),
    "segments": (
        (_OF_A_CUSTOMER, "of_customer like"),
        (Right(_WORK), "warm_up is_ready"),
        (Right(_FIGURES, COUNTS), "overview profile compare counts area title export"),
        (Right(_PROGRAM), "who"),
    ),
    "selections": (
        (Right(_WORK), "read"),
        (Right(_WORK, ROWS), "open no_lists"),
        (Right(_WORK, BOUND, ("manager",)), "alerted"),
        (Right(_CONTROL, COUNTS), "nothing weak_spot"),
        (Right(_PROGRAM), "who book"),
    ),
    "customers": (
        (Right(_WORK, BOUND, ("manager",)), "table choices insights"),
        (Right(_WORK, MADE, ("customers",)), "export"),
        (Right(_RECORD, BOUND, ("manager",)), "open_cases"),
        (
            _OF_A_CUSTOMER,
            "expect_personal profile needs forecast cashflow strategy goal",
        ),
        (Right(_WORK), "spending_kinds"),
        (Right(_FIGURES, COUNTS), "backtest"),
    ),
    "campaigns": (
        (
            Right(_FIGURES, COUNTS),
            "defaults returns plan base outcome compare side_by_side export saved save remove",
        ),
        (Right(_FIGURES), "filters return_labels return_shares"),
    ),
    "days": (
        (Right(_RECORD, ROWS), "managers"),
        (Right(_RECORD, BOUND, ("manager",)), "today"),
        (_OF_A_CUSTOMER, "card timeline"),
        (_WRITES, "log promise snooze done"),
        (Right(_CHANGE, OWNED, ("contact_id",)), "take_back"),
    ),
    "products": (
        (Right(_WORK | {ADMIN}, ROWS), "table of"),
        (Right(_WORK | {ADMIN}), "topics"),
    ),
    "records": (
        (_WRITES, "add_purchase add_ticket add_post set_consent save_preferences"),
        (_OF_A_CUSTOMER, "preferences"),
        (Right(_DECIDE, COUNTS), "edit save_market remove_market"),
        (Right(_WORK), "has_market"),
        (Right(_RUN, COUNTS), "reset"),
    ),
    "evidence": (
        (Right(_CHANGE), "proposed topics"),
        (_WRITES, "add rows take_back"),
        (_OF_A_CUSTOMER, "refused of"),
    ),
    "scans": (
        (Right(_CHANGE), "reader absence describe category"),
        (_WRITES, "read alike confirm"),
        (_OF_A_CUSTOMER, "of picture"),
    ),
    "receipts": (
        (Right(_CHANGE, MADE, ("shown",)), "write"),
        (Right(_RECORD | {RISK_OFFICER}, CUSTOMER, _ONE), "of"),
        (Right(_CHANGE | {RISK_OFFICER}, ROWS), "table"),
        (Right(_CHANGE | {RISK_OFFICER}, OWNED, ("reference",)), "get replay"),
        (Right(_AUDIT, COUNTS), "extract verify"),
        (Right(_RUN, COUNTS), "erase"),
    ),
    "trail": (
        (Right(_EVERYBODY - {ADMIN}, CUSTOMER, _ONE), "looked"),
        (Right(_EVERYBODY, CUSTOMER, _ONE), "exported"),
        (Right(_CONTROL, COUNTS), "audited"),
        (Right(_CHANGE | {RISK_OFFICER}, ROWS, _ONE), "table"),
        (Right(_AUDIT | {ADMIN}, COUNTS), "counts verify head"),
        (Right(_PROGRAM), "note"),
    ),
    "retention": (
        (Right(_CONTROL | {ADMIN}, COUNTS), "due"),
        (Right(_RUN, COUNTS), "run"),
    ),
    "erasing": (
        (Right(_RUN, COUNTS), "erase"),
        (Right(_PROGRAM), "finish is_unfinished"),
    ),
    "access": ((_WRITES, "export"),),
    "notices": ((_WRITES, "of export"),),
    "pseudonyms": (
        (Right(_AUDIT, COUNTS), "of"),
        (Right(_EVERYBODY), "table file"),
        (Right(_PROGRAM), "known numbers managers keyed"),
    ),
    "briefs": (
        (_OF_A_CUSTOMER, "of"),
        (Right(_RECORD, MADE, ("brief",)), "parts export"),
    ),
    "writing": (
        (_OF_A_CUSTOMER, "customer"),
        (Right(_FIGURES, COUNTS), "product"),
        (Right(_WORK), "writer trouble leaves"),
    ),
    "feedback": (
        (_WRITES, "record"),
        (Right(_CHANGE, MADE, ("shown",)), "record_shown"),
        (Right(_CHANGE, OWNED, ("accepted_id",)), "purchased"),
        (Right(_CHANGE, OWNED, ("event_id",)), "undo"),
        (_OF_A_CUSTOMER, "answers"),
        (Right(_WORK), "left_out"),
        (Right(_WORK, ROWS, _ONE), "history"),
        (Right(_CONTROL, COUNTS), "statistics usage"),
        (Right(_DECIDE, COUNTS), "raw_rows"),
    ),
    "models": (
        (Right(_EVERYBODY), "warm_up age_hours"),
        (
            Right(_CONTROL, COUNTS),
            "kept_back compare served_before versions quality_history",
        ),
        (Right(_FIGURES, COUNTS), "whom_to_ask"),
        (Right(_CONTROL | {ADMIN}, COUNTS), "doctor drift"),
        (Right(_DECIDE, COUNTS), "retrain roll_back"),
        (Right(_AUDIT, COUNTS), "agree"),
    ),
    "learned_metrics": (
        (_OF_A_CUSTOMER, "expected_loss"),
        (Right(_CONTROL | {ADMIN}, COUNTS), "table learned_from targets"),
        (Right(_DECIDE, COUNTS), "fit remove"),
    ),
    "tuning": ((Right(_FIGURES, COUNTS), "tune"),),
    "evaluations": (
        (
            Right(_CONTROL, COUNTS),
            "evaluate stored confidence weak_spots behind_weak_spots export_weak_spots stability",
        ),
    ),
    "search": (
        (Right(_EVERYBODY, BOUND, ("among",)), "find"),
        (Right(_EVERYBODY), "warm_up"),
    ),
    "views": (
        (Right(_WORK, OWN), "saved get save rename remove open leave last"),
        (Right(_WORK), "pages longest_name"),
    ),
    "notes": (
        (Right(_WORK, OWN), "all add remove"),
        (Right(_WORK), "first last longest_text"),
    ),
    "demonstration": ((Right(_DECIDE, COUNTS), "n_stops stop reset"),),
    "facts": (
        (Right(_EVERYBODY, ROWS), "summary"),
        (Right(_FIGURES | {ADMIN}, COUNTS), "damage tables quality settings"),
        (Right(_PROGRAM), "acknowledged tag"),
    ),
    "assistant": (
        (Right(_RECORD, BOUND, ("manager", "customer_id")), "ask"),
        (Right(_RECORD, BOUND, ("manager", "customer_id")), "suggestions"),
        (Right(_RECORD), "day_ahead warm_up start_warm_up"),
        (Right(_PROGRAM), "of"),
    ),
    "speech": ((Right(_WORK), "listener transcribe"),),
    "meetings": (
        (Right(_CHANGE, CUSTOMER, _ONE), "read confirm take_back"),
        (Right(_CHANGE), "longest"),
    ),
    "governance": (
        (
            Right(_CONTROL, COUNTS),
            "overview inventory parts release lineage sources drift drift_owner overrides changed "
            "controls history audits questions",
        ),
        (Right(_CONTROL, COUNTS), "trail"),
    ),
    "pilots": (
        (Right(_CONTROL, COUNTS), "scope"),
        (Right(_DECIDE, COUNTS), "among"),
        (Right(_PROGRAM), "everybody seen"),
    ),
    "packs": (
        (Right(_AUDIT, COUNTS), "make content"),
        (Right(_CONTROL, COUNTS), "report"),
    ),
    "banks": ((Right(_RUN, COUNTS), "make remove"),),
}
"""Service -> rights, and the methods that each is the right to."""

RIGHTS: Final[Mapping[str, Right]] = {
    f"{service}.{method}": right
    for service, groups in _SERVICES.items()
    for right, methods in groups
    for method in methods.split()
}
"""service.method -> who may ask, and how far. `banks` is no service of an engine: it stands for
making and removing banks, which pages ask of the class."""
