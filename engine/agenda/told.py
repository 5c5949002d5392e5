"""One customer of a book in; why they are called and what not to say, in claims, out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.agenda.calls import CHANCE, VALUE, Calls
from engine.agenda.contacts import Contacts
from engine.agenda.urgency import CASE, REPEATED, SERVICE, SUPPORT, UNHAPPY, Pressing
from engine.customers import claims
from engine.customers.claims import Claim
from engine.customers.hardship.claims import HELP, help_with, no_credit
from engine.customers.hardship.signs import COMPLAINT, VULNERABLE
from engine.customers.words.mood import last_said
from engine.experiment_plan import NO_CONTACT
from engine.experiments.arm_claims import kept_apart
from engine.explain import actions
from engine.explain.claims import NothingStrong, Popular, said
from engine.explain.reasons import reasons
from engine.figures import day
from engine.guard.verdicts import RULES
from engine.labels import CAUSE_LABELS
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import LIST_SEPARATOR, MARKETING, PERSONALISATION, REFUSED, SOCIAL

LISTEN: Final = "listen: no offer is a confident one"
NOTHING_URGENT: Final = "nothing presses"
_COMPLAINT: Final = "complaint"
"""A topic that says no more than that it is a case."""
_MOST_HIDDEN: Final = 2
_SAID_ABOVE: Final = (COMPLAINT, VULNERABLE)
"""Signs that what not to say names already: as a case, and as the bank's mark."""
_TALKED: Final = 3
_QUOTED: Final = 160
"""Signs of a message that are quoted."""
_OURS: Final = ("objective", "popularity")
"""Parts of a score that are no reason of the customer's own."""
_HIDDEN: Final = RULES.index("hidden")


def line_claims(
    table: ScoreTable, book: Calls, place: int, pressing: Pressing, agreed: Contacts
) -> list[Claim]:
    """What presses, what the customer is worth, what to settle and what to offer, in this order."""
    row, bank = int(book.rows[place]), table.bank
    holds = dict(zip(book.names, book.parts[place] > 0, strict=True))
    promised = agreed.follow_ups[agreed.follow_ups["position"] == row]
    said = [
        claims.promised(on=one.due, note=_short(one.note)) for one in promised.head(1).itertuples()
    ]
    person = table.snapshot.profiles.table.iloc[row]
    if holds.get("churn"):
        said.append(claims.leaves(index=float(person["churn"])))
    if holds[CASE]:
        said.append(claims.cases_open(n=int(pressing.n_open[row])))
    if holds[UNHAPPY]:
        data, days = table.snapshot.profiles.data, table.settings.guard.service_recent_days
        last = last_said(bank, data.messages, data.message_rows.of(row), days)
        said.append(claims.unhappy(mood=float(person["mood"]), last=last))
    if holds.get(SUPPORT):
        sign = table.snapshot.rulebook.hardship.of(row)[0]
        said.append(help_with(topic=sign.topic, why=sign.why))
    told = {*SERVICE, "churn", REPEATED, VALUE, CHANCE}
    said += [
        claims.alerted(title=CAUSE_LABELS[cause])
        for cause in pressing.causes
        if holds.get(cause) and cause not in told
    ]
    if not np.isnan(book.value[place]) and not holds.get(SUPPORT):  # help is for nobody's worth
        amount = float(book.value[place])
        said.append(claims.worth(amount=amount, currency=bank.manifest.currency))
    if holds[CASE]:
        said.append(claims.settle_first(**_case(table, int(pressing.newest_case[row]))))
    product = int(book.offers.products[place])
    listen = _may_leave(table, person) or holds[UNHAPPY]
    if product >= 0:
        if listen and not holds[CASE]:
            said.append(claims.listen_first())
        said.append(
            claims.likely(
                product=product_name(table, product),
                share=float(book.offers.chance[place]),
                fit=book.offers.is_fit,
                after=bool(holds[CASE] or listen),
            )
        )
    return said


def _may_leave(table: ScoreTable, person: pd.Series) -> bool:
    """Is the churn index one from which the book says to call before any offer?"""
    edge = table.settings.metrics.retention_from_churn
    return bool(person["churn_known"] and person["churn"] >= edge)


def line(said: list[Claim], kind: str) -> str:
    """Claims as one line that begins with a capital."""
    texts = [claim.text for claim in said]
    pressing = {"promised", "leaves", "cases_open", "unhappy", "alerted", "help_with"}
    if not pressing & {claim.kind for claim in said}:
        texts.insert(0, NOTHING_URGENT)
    if kind == "care":
        texts.append(LISTEN)
    told = "; ".join(texts)
    return told[:1].upper() + told[1:]


def avoid(table: ScoreTable, row: int, pressing: Pressing) -> tuple[str, ...]:
    """What not to say to one customer."""
    snapshot, bank = table.snapshot, table.bank
    consents, customer = snapshot.consents.iloc[row], bank["customers"].iloc[row]
    said = []
    if pressing.newest_case[row] >= 0:
        on = _case(table, int(pressing.newest_case[row]))["on"]
        said.append(claims.no_offer_before(on=on).text)
    if not consents[f"{PERSONALISATION}_allowed"]:
        said.append(actions.OPTED_OUT)
    elif not consents[f"{MARKETING}_allowed"]:
        said.append(actions.SERVICES_ONLY)
    elif table.arms is not None and table.arms.arm(row) == NO_CONTACT:
        said.append(kept_apart(arm=NO_CONTACT, experiment=table.arms.name).text)
    if customer["vulnerable"] is not pd.NA and bool(customer["vulnerable"]):
        said.append(claims.vulnerable().text)
    signs = snapshot.rulebook.hardship.of(row)
    said += [no_credit(why=sign.why).text for sign in signs if sign.kind not in _SAID_ABOVE]
    kinds = bank["messages"]["kind"].iloc[snapshot.profiles.data.message_rows.of(row)]
    if (kinds == "post").any() and not consents[f"{SOCIAL}_allowed"]:
        said.append(claims.posts_unused(refused=consents[SOCIAL] == REFUSED).text)
    return (*said, *_unwanted(table, row))


def topic(
    table: ScoreTable, row: int, product: int, pressing: Pressing
) -> tuple[str, tuple[str, ...]]:
    """What the call is about, and at most three things to say to it: a case before any offer."""
    message = int(pressing.newest_case[row])
    if message >= 0:
        on = _case(table, message)["on"]
        when = "" if on is None else f" of {day(on)}"
        return f"the case{when}", _case_points(table, message, int(pressing.n_open[row]))
    if signs := table.snapshot.rulebook.hardship.of(row):
        points = dict.fromkeys(_capital(sign.why.text) for sign in signs)
        return HELP[signs[0].topic][1], tuple(points)[:_TALKED]
    if product < 0:
        return "", ()
    return product_name(table, product), offer_points(table, row, product)


def _case_points(table: ScoreTable, message: int, n_open: int) -> tuple[str, ...]:
    """The customer's own words, that they said it again, what else is unresolved."""
    case = table.bank["messages"].iloc[message]
    words = " ".join(str("" if pd.isna(case["text"]) else case["text"]).split())
    said = [f"“{_short(words, _QUOTED)}”"] if words else []
    if case["repeated"] is not pd.NA and bool(case["repeated"]):
        said.append("Said more than once")
    if n_open > 1:
        said.append(f"{claims.cases_open(n=n_open).text} in all")
    return tuple(said)


def offer_points(table: ScoreTable, row: int, product: int) -> tuple[str, ...]:
    """Points of an offer that may be told to the customer.

    What the bank gains by it, how likely they are to leave, what speaks against it and that no
    reason is a strong one is not for their ears.
    """
    scores, _ = table.judged(np.array([row]))
    which = str(table.lists_that_open(np.array([row]))[0])
    case = table.evidence.customer(row).offer(scores, which, 0, product)
    ours = (NothingStrong, Popular)
    spoken = [
        said([claim for claim in reason.claims if not isinstance(claim, ours)])
        for reason in reasons(case)
        if reason.part not in _OURS and reason.points >= 0
    ]
    return tuple(text for text in spoken if text)[:_TALKED]


def _unwanted(table: ScoreTable, row: int) -> list[str]:
    """Products that the customer keeps off their lists, with why."""
    snapshot = table.snapshot
    verdicts = snapshot.rulebook.judge(snapshot.choices, np.array([row]), table.now)
    hidden = np.flatnonzero(verdicts.codes[0] == _HIDDEN)[:_MOST_HIDDEN]
    return [f"{product_name(table, int(p))}: {verdicts.reason(0, int(p))}" for p in hidden]


def product_name(table: ScoreTable, product: int) -> str:
    """What a product is called, or its number."""
    name = table.bank["products"]["name"].iloc[product]
    return str(table.bank.product_ids[product] if pd.isna(name) else name)


def _case(table: ScoreTable, message: int) -> dict[str, object]:
    sent, topics = (table.bank["messages"][c].iloc[message] for c in ("sent_at", "topics"))
    listed = [] if pd.isna(topics) else str(topics).split(LIST_SEPARATOR)
    named = [topic for topic in listed if topic and topic.lower() != _COMPLAINT]
    return {"on": None if pd.isna(sent) else sent, "topics": named}


def _short(note: str, most: int = 60) -> str:
    return note if len(note) <= most else f"{note[: most - 1].rstrip()}…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
