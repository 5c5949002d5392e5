"""A claim on coming months, plans or unread records, and the raw tables, in; what is wrong, out."""

import calendar
import math
from functools import cache
from statistics import mean, median

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.cashflow.bookings import bookings_of
from engine.customers.cashflow.kinds import kinds_of
from engine.customers.cashflow.recurring import RHYTHMS, recurring
from engine.customers.claims import Claim
from engine.customers.forecast.choose import ChosenMethod
from engine.customers.forecast.store import ServedFigure
from engine.customers.interests import TOLERANCE_ITEMS
from engine.customers.profiles import Profiles
from engine.ranking.signals.needs import phrase
from engine.settings import Settings
from tests.engine.customers.book_oracle import BookOracle
from tests.engine.customers.raw_cells import cells, off, old, refuses, years_away

Series = tuple[float | None, ...]
"""Whole months from the bank's first known one to its last; None where nothing is known."""


class AheadOracle(BookOracle):
    """Judges what is said of months to come; what was fitted or seen to recur is the models'."""

    def __init__(
        self, bank: Bank, profiles: Profiles, settings: Settings, served: dict[str, ServedFigure]
    ):
        super().__init__(bank, profiles, settings)
        self.choices: dict[str, ChosenMethod] = {name: one.choice for name, one in served.items()}
        self._errors = cache(self._true_errors)
        self._due = cache(self._true_calendar)

    # --- forecasts

    def _series(self, customer: str, figure: str) -> Series:
        """One customer's whole months over the months of which the bank knows anything."""
        end, start = self._ends[figure], self._starts(figure)
        known = self._months(customer, figure)
        return () if end is None else tuple(
            known.get(month) for month in pd.period_range(start, end, freq="M")
        )  # fmt: skip

    @cache  # noqa: B019
    def _starts(self, figure: str) -> pd.Period | None:
        known = set().union(*(self._months(customer, figure) for customer in self.customers))
        return min(known & set(self._whole), default=None)

    def _expected(self, customer, figure, month, value, low, high, level, used, currency):
        name = figure.lower()
        if name not in self.choices or month != (self._ends[name] + 1).to_timestamp():
            return "is of another month"
        if level != self.settings.forecast.level or not (low <= value <= high or math.isnan(low)):
            return "is outside its own interval"
        series = self._series(customer, name)
        if name == "spending" and value < 0:
            return "spending is never negative"
        true = plain(used, series)
        return off(value, max(true, 0) if name == "spending" else true) if true is not None else ""

    def _spent_on(self, customer, item, amount, days, until, currency, most):
        nets = -self._window(customer).groupby("spent_on")["amount"].sum()
        if most != (nets.get(item, -1.0) >= nets.max() - 1e-6):
            return f"{nets.idxmax()} took {nets.max()}"
        return super()._spent_on(customer, item, amount, days, until, currency, most)

    def _tenure(self, customer, years):
        return off(years, (self.day - self.customers[customer]["joined_on"]).days / 365.25)

    def _says_leaving(self, customer, words, on):
        mine = self.messages[customer]
        mine = mine[mine["used"] & (mine["sent_at"].eq(on) | mine["sent_at"].isna())]
        texts = [" ".join(str(text).split()) for text in mine["text"]]
        telling = any(act in words.lower() for act in ("account", "elsewhere", "bank", "to a"))
        wrote = any(words.rstrip("…") in text for text in texts)
        return "" if telling and wrote else "nobody wrote so"

    def _not_forecast(self, customer, figure):
        series = self._series(customer, figure.lower())
        return "the last month is known" if series and series[-1] is not None else ""

    def _none_known(self, customer, figure):
        return (
            "some are known" if any(x is not None for x in self._whole_of(customer, figure)) else ""
        )

    def _whole_of(self, customer: str, figure: str) -> Series:
        if figure.lower() not in self.choices:
            return (1.0,)
        return self._series(customer, figure.lower())

    def _ends_early(self, customer, figure, month):
        series = self._whole_of(customer, figure)
        silent = next((i for i, x in enumerate(reversed(series)) if x is not None), None)
        last = (self._ends[figure.lower()] - silent).to_timestamp() if silent else None
        return "" if month == last else f"the last known month is {last}"

    def _months_alike(self, customer, figure):
        known = [x for x in self._whole_of(customer, figure) if x is not None]
        return "" if len(known) > 1 and len(set(known)) == 1 else f"months are {known}"

    def _few_months(self, customer, figure, n, used):
        known = [x for x in self._whole_of(customer, figure) if x is not None]
        if n >= self.settings.forecast.min_months:
            return "is enough"
        return off(n, len(known))

    def _unfit(self, customer, figure, method, used):
        del method, used
        series = self._whole_of(customer, figure)
        short = len(series) < 12 or any(x is None for x in series)
        return "" if short else "the history is whole"

    def _no_interval(self, customer):
        return ""

    def _tested(self, customer, figure, n, n_customers, mae, level, held, used, currency):
        if figure.lower() not in self.choices:
            return "no such figure"
        true_n, of, errors = self._errors(figure.lower(), used)
        if not 0 <= held <= 1 and not math.isnan(held):
            return "is no share"
        if errors is None:
            return "" if 0 < n <= true_n and n_customers == of and mae >= 0 else f"{true_n} months"
        return off(n, len(errors)) or off(n_customers, of) or off(mae, mean(errors))

    def _untested(self, customer):
        return "" if any(not one.tested for one in self.choices.values()) else "all were tested"

    def _true_errors(self, figure: str, used: str) -> tuple[int, int, list[float] | None]:
        """Forecasts that were possible, of how many customers, and the errors of a plain method."""
        most, ids = self.settings.forecast.max_customers, list(self.customers)
        if len(ids) > most:
            chosen = np.unique(np.linspace(0, len(ids) - 1, most).round().astype(int))
            ids = [ids[i] for i in chosen]
        odd = set(self.choices[figure].unusual)
        start, least = self._starts(figure), self.settings.forecast.min_months
        possible, of, errors = 0, 0, []
        for customer in ids:
            series = self._series(customer, figure)
            compared = False
            for at in range(least, len(series)):
                before, actual = series[:at], series[at]
                if actual is None or before[-1] is None or n_known(before) < least:
                    continue
                compared = True
                if f"{(start + at).to_timestamp():%Y-%m-%d}" in odd:
                    continue
                possible += 1
                if (said := plain(used, before)) is not None:
                    floor = max(said, 0) if figure == "spending" else said
                    errors.append(abs(actual - floor))
            of += compared
        return possible, of, errors if used in PLAIN else None

    def _on_the_way(self, customer, figure, share, value):
        year = [x for x in self._whole_of(customer, figure)[-12:] if x is not None]
        true = (value - min(year)) / max(max(year) - min(year), 1e-12)
        return off(share, min(max(true, 0), 1))

    def _odd_for_bank(self, customer, month, share):
        ends = {end.to_timestamp() for end in self._ends.values() if end}
        known = [
            one.unusual.get(f"{pd.Timestamp(month):%Y-%m-%d}") for one in self.choices.values()
        ]
        return "" if month in ends and share in known else "was not seen to be unusual"

    def _odd_for_customer(self, customer, month):
        for figure in self.choices:
            series = self._series(customer, figure)
            if self._ends[figure] and month == self._ends[figure].to_timestamp() and series:
                before = [x for x in series[:-1] if x is not None]
                if before and series[-1] not in (before[-1], mean(before[-12:])):
                    return ""
        return "is as usual"

    def _undated(self, customer):
        return "" if self.bank.manifest.undated_months else "months have dates"

    # --- cash flow

    def _true_calendar(self, customer: str) -> tuple[list, float, pd.Timestamp]:
        """What is due (day, amount, kind, payee), what is spent a day beside it, and the day."""
        rules, position = self.settings.cashflow, self.bank.customer_position(customer)
        bookings = bookings_of(self.profiles, rules, position)
        found = recurring(bookings, rules)
        kinds = kinds_of(found, self.bank.rows("transactions"))
        paid = self.bank["transactions"].loc[bookings.rows]
        today, items, regular = self.day.normalize(), [], np.zeros(len(bookings), dtype=bool)
        for number, kind in enumerate(kinds):
            of_series = found.of_booking == number
            mine = paid[of_series].sort_values("booked_at", kind="stable")
            days = [min(day.normalize(), today) for day in mine["booked_at"]]
            rhythm = RHYTHMS[found.table["rhythm"].iloc[number]]
            usual = round(median(day.day for day in days))
            due = following(days[-1], rhythm.days, usual)
            regular |= of_series & (kind != "habit")
            if kind == "habit" or (due + pd.Timedelta(days=rules.late_days)) < today:
                continue
            amount = median(mine["amount"].tolist()[-3:])
            last = mine.iloc[-1]
            payee = f"{last['merchant']} {last['description']}".lower()
            while (shown := max(due, today + pd.Timedelta(days=1))) <= today + pd.Timedelta(
                days=rules.horizon_days
            ):
                items.append((shown, amount, str(kind), payee))
                due = following(due, rhythm.days, usual)
        recent = (paid["booked_at"] >= today - pd.Timedelta(days=89)).to_numpy()
        out = (paid["amount"] < 0).to_numpy() & recent & ~regular
        return sorted(items, key=lambda item: item[0]), -paid["amount"][out].sum() / 90, today

    def _income_due(self, customer, amount, payee, on, currency):
        items, _, _ = self._due(customer)
        come = [one for one in items if one[1] > 0]
        salaries = [one for one in come if one[2] == "salary"]
        those = [one for one in salaries or come if one[0] == on and payee.lower() in one[3]]
        if salaries and on != salaries[0][0]:
            return f"the next salary is of {salaries[0][0]}"
        return "" if any(not off(amount, one[1]) for one in those) else f"expected is {come}"

    def _payments_due(self, customer, n, amount, days, currency):
        out = [one[1] for one in self._due(customer)[0] if one[1] < 0]
        if days != self.settings.cashflow.horizon_days:
            return "is of other days"
        return off(n, len(out)) or off(amount, -sum(out))

    def _may_fall(self, customer, amount, on, currency):
        items, spent, today = self._due(customer)
        balance, lowest = self._true_balance(customer), {}
        for day, due, *_ in items:
            balance += due
            lowest[day] = min(lowest.get(day, math.inf), balance - spent * (day - today).days)
        if amount >= 0 or on not in lowest:
            return "is of no such day"
        return off(amount, lowest[on]) or off(amount, min(lowest.values()))

    def _none_due(self, who, seen):
        return "" if seen == bool(self._no_dated_payments(who)) and not self._due(who)[0] else "due"

    def _no_dated_payments(self, customer, orders=None):
        if orders is not None and orders != bool(self._ordered(customer)):
            return "has orders or not"
        since = self.day - pd.DateOffset(months=self.settings.cashflow.history_months)
        mine = self.payments.get(customer)
        return "" if mine is None or not (mine["booked_at"] > since).any() else "some have days"

    def _payments_end(self, customer, on, so):
        newest = self.payments[customer]["booked_at"].max()
        if pd.Timestamp(on).normalize() != newest.normalize():
            return f"the newest is of {newest}"
        return "" if (self.day - newest).days > (60 if "due" in so else 92) else "is recent"

    def _counted(self, customer, in_accounts):
        here = self._accounts(customer, "current", "savings", "deposit") is not None
        return "" if here == in_accounts else "starts from another balance"

    def _swings_unknown(self, customer):
        values = [value for _, value in self._year(customer, "spending")]
        return "" if len(values) < 3 or mean(values) <= 0 else f"{len(values)} months are known"

    def _kept_unknown(self, customer):
        come, go = self._months(customer, "income"), self._months(customer, "spending")
        both = [month for month in come if month in go and month in self._whole]
        both = [month for month in both if month > max(both) - 12]
        few = len(both) < self.settings.cashflow.savings_min_months
        return "" if few or mean(come[m] for m in both) <= 0 else f"{len(both)} months are known"

    # --- goals and plans

    def _a_month(self, customer: str, figure: str) -> float | None:
        """Mean of the last whole months; else the stated year over 12, or the whole payments'."""
        values = [value for _, value in self._year(customer, figure)]
        if values and (figure == "spending" or mean(values) > 0):
            return mean(values)
        row = self.customers[customer]
        company = row["audience"] == "corporate" and not pd.isna(row["annual_revenue"])
        told = row["annual_revenue"] if company else row["annual_income"]
        return None if figure == "spending" or pd.isna(told) else told / 12

    def _true_rate(self, customer: str) -> tuple[float | None, float | None]:
        told = self._attributes(customer).get("expenses")
        spending = float(told) if told is not None else self._a_month(customer, "spending")
        return self._a_month(customer, "income"), spending

    def _goal_reached(self, customer, progress):
        figures = progress.figures
        return self.wrong(customer, progress) or (
            "" if figures["amount"] >= figures["goal"] else "is not reached"
        )

    def _goal_open(self, customer, progress, missing):
        income, spending = self._true_rate(customer)
        true = "income" if income is None else "spending" if spending is None else "nothing"
        return self.wrong(customer, progress) or ("" if missing == true else f"{true} is missing")

    def _goal_never(self, customer, progress, income, spending, currency):
        true = self._true_rate(customer)
        if spending < income:
            return "something is left over"
        return self.wrong(customer, progress) or off(income, true[0]) or off(spending, true[1])

    def _goal_takes(self, customer, progress, income, spending, months, on, currency):
        true = self._true_rate(customer)
        figures = progress.figures
        span = (figures["goal"] - figures["amount"]) / (income - spending)
        day = self.day + pd.Timedelta(days=round(span * 30.4375)) if span <= 1200 else None
        return (
            self.wrong(customer, progress)
            or off(income, true[0])
            or off(spending, true[1])
            or off(months, span)
            or ("" if on == day else f"reached on {day}")
        )

    def _goal_soon(self, customer, goal, share):
        soon = 0 < goal.figures["months"] <= self.settings.strategy.goal_soon_months
        return self.wrong(customer, goal) or ("" if soon and 0 <= share <= 1 else "is not soon")

    def _goal_away(self, customer, goal, said):
        row, true = self.customers[customer], years_away(goal) or "unknown"
        wrong = (true.startswith("ten") and old(row)) or goal.lower() not in cells(row["goals"])
        return f"is {true}" if wrong or not said.startswith(f"usually {true}") else ""

    def _horizon(self, customer, text):
        told = self._attributes(customer).get("time_horizon")
        return "" if text == str(told) else f"stated is {told}"

    def _allocation(
        self, customer, risk, stated, appetite, percent_of, market, source, tilted, points
    ):
        told, rules = self.customers[customer]["risk_tolerance"], self.settings.strategy
        if stated != ("" if pd.isna(told) else told):
            return f"stated is {told}"
        true = "low" if appetite < 4 else "medium" if appetite < 7 else "high"
        true = true if pd.isna(told) else str(told).removeprefix("very ")
        if risk != true or appetite != self.known[customer]["risk"]:
            return f"the level is {true}"
        base = rules.allocation[risk]
        raw = [
            max(share + market * tilt, 0)
            for share, tilt in zip(base, rules.tilt[risk], strict=True)
        ]
        shares = [100 * one / sum(raw) for one in raw]
        wrong = any(
            abs(said - share) > 0.01
            for said, share in zip(percent_of.values(), shares, strict=True)
        )
        if wrong or off(sum(percent_of.values()), 100):
            return f"shares are {shares}"
        moved = max((s - 100 * b for s, b in zip(shares, base, strict=True)), key=abs)
        return off(points, moved, 1e-4) if tilted else off(moved, 0, 0.005)

    # --- what is read, and what is not

    def _attributes(self, customer: str) -> dict:
        text = self.customers[customer]["attributes"]
        return pd.io.json.ujson_loads(text) if isinstance(text, str) else {}

    def _unused_posts(self, customer, n, refused):
        if refused != refuses(self.bank["consents"], customer, "social"):
            return "is recorded otherwise"
        return off(n, (~self.messages[customer]["used"].astype(bool)).sum())

    def _rated(self, customer, metric, value, word):
        known, edges = self.known[customer], self.settings.metrics
        name = LABELS.get(metric, "")
        if not name:
            return "no such metric"
        bounds = {
            "churn": (edges.medium_from_churn, edges.retention_from_churn),
            "profit": (edges.medium_value_from, edges.high_value_from),
        }.get(name, (4.0, 7.0))
        words = WORDS[name]
        true = words[sum(known[name] >= edge for edge in bounds)]
        true = true if known[f"{name}_known"] else "no data"
        return off(value, known[name]) or ("" if word == true else f"is {true}")

    def _searched_by(self, customer, phrases):
        loose = [text for text, origin in phrases if not self._has(customer, text, origin)]
        return f"nothing on record for {loose}" if loose else ""

    def _has(self, customer: str, text: str, origin: str) -> bool:
        row, told = self.customers[customer], str(self.customers[customer]["attributes"]).lower()
        if origin == "stated goals":
            return any(text in goal or goal in text for goal in cells(row["goals"]))
        if origin == "the stated risk tolerance":
            return text == TOLERANCE_ITEMS.get(row["risk_tolerance"])
        if origin == "the savings goal":
            return row["savings_goal"] > 0
        if origin == "spending":
            paid = self._window(customer)
            spent = set(paid.loc[paid["amount"] < 0, "spent_on"])
            return text in {phrase("spending", one) for one in spent}
        if origin == "work":
            work = f"{row['occupation']} {row['industry']}".lower()
            return any(word in work for word in text.split()[-1:])
        if origin == "dependents or children on record":
            return row["dependents"] >= 1
        if origin.startswith("the company's"):
            return row["n_employees"] > 0 if "size" in origin else row["years_in_business"] < 3
        if origin == "occupation":
            return any(word in str(row["occupation"]).lower() for word in OF_LIFE[text])
        if origin == "the bank's record":
            wanted = {
                phrase("declared", one.strip(' "[]')) for one in told.replace(":", ",").split(",")
            }
            return text in wanted
        said = self.messages.get(customer)
        return said is not None and bool(said["used"].any())


LABELS = {
    "Churn index": "churn", "Churn": "churn", "Profit": "profit", "Risk appetite": "risk",
    "Financial acumen": "acumen",
}  # fmt: skip
WORDS = {
    "churn": ("low", "medium", "high"),
    "profit": ("growth", "medium", "high"),
    "risk": ("low", "medium", "high"),
    "acumen": ("basic", "fair", "strong"),
}
OF_LIFE = {
    "retirement": ("retired", "pensioner"),
    "student life": ("student", "pupil", "undergrad"),
}
PLAIN = ("last_value", "level", "drift", "seasonal")


def n_known(series: Series) -> int:
    return sum(x is not None for x in series)


def plain(used: str, series: Series) -> float | None:
    """What a method that needs no fit says of the next month; None of others, or of too little."""
    year = [(i, x) for i, x in enumerate(series[-12:]) if x is not None]
    if used == "last_value":
        return series[-1]
    if used == "seasonal":
        return series[-12] if len(series) >= 12 else None
    if used == "drift":
        first = next(i for i, x in enumerate(series) if x is not None)
        span = len(series) - 1 - first
        return (
            series[-1] + (series[-1] - series[first]) / span
            if span and n_known(series) > 2
            else None
        )
    if used != "level" or len(year) < 3:
        return None
    return series[-1] if trends(year) else mean(x for _, x in year)


def trends(points: list[tuple[int, float]]) -> bool:
    """Has the line through the points a slope that chance makes in under 1 of 20 cases?"""
    from scipy.special import stdtr

    n, at = len(points), mean(i for i, _ in points)
    middle = mean(x for _, x in points)
    spread = sum((i - at) ** 2 for i, _ in points)
    slope = sum((i - at) * (x - middle) for i, x in points) / spread
    rest = sum((x - middle - slope * (i - at)) ** 2 for i, x in points)
    if rest <= 1e-12 * max(middle * middle, 1e-12):
        return abs(slope) > 1e-12 * abs(middle)
    t = abs(slope) / math.sqrt(rest / max(n - 2, 1) / spread)
    return 2 * (1 - stdtr(max(n - 2, 1), t)) < 0.05


def following(day: pd.Timestamp, days: float, usual: int) -> pd.Timestamp:
    """The next day of a rhythm: so many days on, or the usual day of the month next to that."""
    target = day + pd.Timedelta(days=round(days))
    if days <= 27:
        return target
    options = []
    for step in (-1, 0, 1):
        month = target.to_period("M") + step
        last = calendar.monthrange(month.year, month.month)[1]
        options.append(pd.Timestamp(month.year, month.month, min(usual, last)))
    return min(options, key=lambda one: abs((one - target).days))


def lie(claim: Claim) -> Claim:
    """The same claim with its first figure, or a nested one, another."""
    name, value = next(iter(claim.figures.items()))
    if isinstance(value, Claim):
        return claim.but(**{name: lie(value)})
    if isinstance(value, tuple):
        return claim.but(**{name: (*value, ("a yacht of gold", "stated goals"))})
    if isinstance(value, pd.Timestamp):
        return claim.but(**{name: value + pd.Timedelta(days=40)})
    if isinstance(value, bool):
        return claim.but(**{name: not value})
    return claim.but(**{name: value + 1 if isinstance(value, int | float) else f"{value} x"})
