"""A book, what presses in it, what was agreed and the next offers in; its calls in order out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from engine.agenda.contacts import Contacts
from engine.agenda.next_offers import NextOffers, next_offers
from engine.agenda.urgency import SERVICE, SUPPORT, Pressing
from engine.customers.wording import money, percent
from engine.labels import CAUSE_LABELS, CONTACT_LABELS
from engine.results import CallPart
from engine.scoring.score_table import ScoreTable
from engine.settings import DaySettings
from engine.vocabulary import MARKETING, PERSONALISATION

VALUE, CHANCE = "value", "chance"
_LABELS = {VALUE: "Worth to the bank", CHANCE: "Chance of the offer"}
_DIGITS = 12
NOTHING = "Nothing presses and no offer is a confident one"
ENDED = "Relationship has ended"
OPTED_OUT = "Opted out of personal recommendations"
OBJECTS = "Objects to marketing"
APART = "In the arm without contact of an experiment"
SPOKEN = "Spoken to within the quiet period"
LIMIT = "Contact limit reached"


@dataclass(frozen=True, eq=False)
class Calls:
    """Everybody of one book; arrays of shape (n_rows,), rows in the order of the bank."""

    rows: np.ndarray
    kind: np.ndarray
    """Object: "promise", "case", "support", "care", "offer", or "" where nobody is called."""
    left_out: np.ndarray
    """Object: why not; "" where they are called."""
    names: tuple[str, ...]
    """Of the parts."""
    parts: np.ndarray
    """Float64, shape (n_rows, n_parts)."""
    offers: NextOffers
    value: np.ndarray
    """A year, NaN where it is not known or may not be used."""
    middle_value: float
    middle_chance: float
    order: np.ndarray
    """Places in `rows` of those who are called, promises first, then the highest score."""

    @property
    def scores(self) -> np.ndarray:
        """Sum of the parts."""
        return self.parts.sum(axis=1)

    @property
    def reasons_out(self) -> Mapping[str, int]:
        """Why -> how many are not called, most first."""
        return dict(Counter(reason for reason in self.left_out if reason).most_common())

    def told(self, place: int, currency: str) -> tuple[CallPart, ...]:
        """The parts of one call that move it, the largest first."""
        points = self.parts[place]
        kept = [i for i in np.argsort(-np.abs(points), kind="stable") if points[i] != 0]
        return tuple(
            CallPart(
                name := self.names[i],
                CAUSE_LABELS.get(name) or _LABELS[name],
                float(points[i]),
                self._detail(name, place, float(points[i]), currency),
            )
            for i in kept
        )

    def _detail(self, name: str, place: int, points: float, currency: str) -> str:
        times = f"{np.exp(points):.3g} times"
        if name == VALUE:
            own, middle = money(self.value[place], currency), money(self.middle_value, currency)
            ratio = max(self.value[place], 0.0) / self.middle_value
            if not np.isclose(ratio, np.exp(points)):
                times = f"counts as {times}, the {'most' if points > 0 else 'least'}"
            return f"{own} against {middle} in the middle: {times}"
        if name == CHANCE:
            middle = percent(self.middle_chance)
            return f"{percent(self.offers.chance[place])} against {middle} in the middle: {times}"
        return times


def calls(
    table: ScoreTable, rows: np.ndarray, pressing: Pressing, agreed: Contacts, now: datetime
) -> Calls:
    """Who of the customers at `rows` is called, in which order.

    Notes
    -----
    Nobody who may not be contacted is called for an offer: without consent to marketing only
    about a case or a promise, and without personalisation neither value, churn nor offer is read.
    The contact limit and the quiet period hold off everything but a promise that is due and a
    case that came after the last call. Who needs help is called about that, whatever they allow
    to be sold to them, and nothing is offered on that call. Who is in the arm without contact of an
    experiment is called as who objects to marketing is.
    """
    snapshot, settings = table.snapshot, table.settings.day
    consents = snapshot.consents
    personal = consents[f"{PERSONALISATION}_allowed"].to_numpy(dtype=bool)[rows]
    apart = np.zeros(len(rows), bool) if table.arms is None else table.arms.is_silent(rows)
    sells = personal & consents[f"{MARKETING}_allowed"].to_numpy(dtype=bool)[rows] & ~apart
    today = pd.Timestamp(now).normalize().to_datetime64()
    due = np.zeros(snapshot.bank.n_customers, dtype=bool)
    promised = agreed.follow_ups
    due[promised.loc[promised["due"] <= today, "position"].to_numpy(dtype=np.int64)] = True
    service = np.isin(pressing.causes, SERVICE)
    holds = pressing.holds[rows] & (service | sells[:, None])
    helps = np.array([cause == SUPPORT for cause in pressing.causes])
    case = holds[:, service & ~helps].any(axis=1)
    support = holds[:, helps].any(axis=1)
    offers = _allowed(next_offers(table, rows, agreed.quiet), sells & ~support)
    weighs = np.array([settings.urgency[cause] for cause in pressing.causes]) > 1
    care = (holds & ~service & weighs).any(axis=1)
    value = np.where(personal, snapshot.profiles.table["value_a_year"].to_numpy()[rows], np.nan)
    parts, middles = _parts(holds, pressing, value, offers.chance, settings)
    hidden = agreed.hidden_until[rows] > today
    new = _newer(snapshot.bank["messages"]["sent_at"], pressing.newest_case[rows], agreed, rows)
    quiet = agreed.last_reached[rows] > today - np.timedelta64(settings.quiet_days, "D")
    quiet_here = agreed.reached_here[rows] > today - np.timedelta64(settings.quiet_days, "D")
    limited = agreed.n_recent[rows] >= settings.contact_limit
    by = agreed.hidden_by[rows]
    outs = (
        (_ended(table)[rows], ENDED),
        *((hidden & (by == action), CONTACT_LABELS[action]) for action in set(by) if action),
    )
    left_out = np.full(len(rows), "", dtype=object)
    for out, reason in outs:
        left_out[out & (left_out == "")] = reason
    open_ = left_out == ""
    kind = np.full(len(rows), "", dtype=object)
    kind[open_ & due[rows]] = "promise"
    kind[open_ & (kind == "") & case & (new | ~quiet_here)] = "case"
    kind[open_ & (kind == "") & support & ~(quiet | quiet_here)] = "support"
    free = open_ & (kind == "")
    for out, reason in (
        (~personal, OPTED_OUT),
        (apart, APART),
        (~sells, OBJECTS),
        (quiet | quiet_here, SPOKEN),
        (limited, LIMIT),
        ((offers.products < 0) & ~care, NOTHING),
    ):
        left_out[free & out & (left_out == "")] = reason
    free &= left_out == ""
    kind[free] = np.where(offers.products[free] >= 0, "offer", "care")
    called = np.flatnonzero(kind != "")
    first = kind[called] != "promise"
    score = parts[called].sum(axis=1).round(_DIGITS)  # the order of a sum moves its last bits
    order = called[np.lexsort((called, -score, first))]
    names = (*pressing.causes, VALUE, CHANCE)
    return Calls(rows, kind, left_out, names, parts, offers, value, *middles, order)


def _allowed(offers: NextOffers, sells: np.ndarray) -> NextOffers:
    return offers._replace(
        products=np.where(sells, offers.products, -1), chance=np.where(sells, offers.chance, np.nan)
    )


def _parts(
    holds: np.ndarray,
    pressing: Pressing,
    value: np.ndarray,
    chance: np.ndarray,
    settings: DaySettings,
) -> tuple[np.ndarray, tuple[float, float]]:
    """Logarithms of what each cause, the value and the chance multiply by; 0 where unknown."""
    times = np.array([settings.urgency[cause] for cause in pressing.causes])
    causes = np.where(holds, np.log(times), 0.0)
    most = np.log(settings.value_times)
    middles, columns = [], [causes]
    for figures, bound in ((value, most), (chance, np.inf)):
        known = figures[figures > 0]
        middle = float(np.median(known)) if len(known) else np.nan
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.log(np.maximum(figures, 0.0) / middle)
        own = np.clip(ratio, -bound, bound)
        columns.append(np.where(np.isnan(own), 0.0, own)[:, None])
        middles.append(middle)
    return np.hstack(columns), (middles[0], middles[1])


def _newer(sent: pd.Series, newest: np.ndarray, agreed: Contacts, rows: np.ndarray) -> np.ndarray:
    """Did the last pressing case come after the last call recorded here?"""
    when = np.append(sent.to_numpy("datetime64[us]"), np.datetime64("NaT"))[newest]
    return when > agreed.reached_here[rows]


def _ended(table: ScoreTable) -> np.ndarray:
    status = table.bank["customers"]["status"].str.lower()
    return status.isin(table.settings.guard.blocked_statuses).to_numpy(dtype=bool)
