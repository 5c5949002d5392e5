"""A claim on a customer and the raw tables in; what is wrong with it out, worked out slowly.

Nothing here reads what the engine computed, but for what models give and no table holds: a
sentiment, words that a keyword model found, a churn index, a value, which payments recur.
"""

import json
from functools import cache
from itertools import chain
from statistics import mean, median, stdev

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers import lexicon
from engine.customers.cashflow.bookings import bookings_of
from engine.customers.cashflow.recurring import recurring
from engine.customers.claims import Claim
from engine.customers.finances.spending import NAMES, categorise
from engine.customers.interests import TOPIC_ITEMS
from engine.customers.profiles import Profiles
from engine.models.keywords import Terms
from engine.settings import Settings
from engine.vocabulary import ORDERS
from tests.engine.customers.month_oracle import MonthTables
from tests.engine.customers.open_cases import are_open
from tests.engine.customers.raw_cells import by_customer, cells, mean_missed, off

ALIKE = {"rel_tol": 1e-6, "abs_tol": 1e-6}


class CustomerOracle(MonthTables):
    """Judges claims about the customers of one bank."""

    def __init__(self, bank: Bank, profiles: Profiles, settings: Settings):
        self.bank, self.profiles, self.settings = bank, profiles, settings
        self.day = bank.as_of
        self.customers = bank["customers"].set_index("customer_id").to_dict("index")
        self.products = bank["products"].set_index("product_id").to_dict("index")
        self.known = profiles.table.set_axis(bank.customer_ids, axis="index").to_dict("index")
        self.accounts = by_customer(bank["accounts"])
        held = bank["holdings"]
        held = held[held["closed_on"].isna() | (held["closed_on"] > self.day)]
        self.held = {c: set(rows["product_id"]) for c, rows in by_customer(held).items()}
        consents = effective_consents(bank, settings)
        social = dict(zip(bank.customer_ids, consents["social_allowed"], strict=True))
        said = bank["messages"].assign(sentiment=profiles.messages["sentiment"].to_numpy())
        said["used"] = [
            kind != "post" or bool(social.get(customer, False))
            for kind, customer in zip(said["kind"], said["customer_id"], strict=True)
        ]
        topics = profiles.data.messages.topics
        finance = [i for i, topic in enumerate(topics) if topic in ("investing", "planning")]
        said["terms"] = profiles.data.messages.topic_counts[:, finance].sum(axis=1)
        said["repeated"] = [bool(told) for told in said["repeated"].fillna(False)]
        said["open"] = are_open(said)
        said["case"] = said["open"] | said["repeated"] | (said["sentiment"] < 0)
        self.messages = by_customer(said)
        self.to_bank = by_customer(said[said["kind"] != "post"])
        paid = bank["transactions"]
        codes, bets = categorise(paid)
        paid = paid.assign(spent_on=[NAMES[code] for code in codes], bets=bets)
        self.payments = by_customer(paid[paid["booked_at"].notna()])
        self.oldest = paid["booked_at"].min()
        self.given = by_customer(bank["months"])
        self._months = cache(self._read_months)
        self._in_part = cache(self._read_in_part)

    def wrong(self, customer: str, claim: Claim) -> str:
        """What is wrong with a claim; "" where it is true."""
        return getattr(self, f"_{claim.kind}")(customer, **claim.figures)

    def _change(self, customer, figure, share, n_recent, n_past, until, verb="", by_mean=0.0):
        name = {"Balance": "balance", "Spending": "spending"}.get(figure, "n_transactions")
        year, end = self._year(customer, name), self._ends[name]
        recent = [value for month, value in year if month > end - 3]
        past = [value for month, value in year if month <= end - 3]
        if (n_recent, n_past) != (len(recent), len(past)) or n_recent < 2 or n_past < 3:
            return f"{len(recent)} and {len(past)} months are known"
        old = self.bank.manifest.undated_months or end >= self.grid[-2]
        if until != ("" if old else f" to {end.to_timestamp():%b %Y}"):
            return "ends in another month"
        true = (median(recent) - median(past)) / max(abs(median(past)), 1.0)
        of_means = (mean(recent) - mean(past)) / max(abs(mean(past)), 1.0)
        if verb and (
            ("fell" in verb) != (true < 0) or (of_means * true < 0 and abs(of_means) > 0.05)
        ):
            return "goes the other way"
        said = dict(figure=figure, share=share, n_recent=n_recent, n_past=n_past)
        shown = Claim("change", {**said, "until": until, "verb": verb, "by_mean": by_mean}).text
        return off(share, true) or off(by_mean, of_means) or mean_missed(shown, true, of_means)

    def _swings(self, customer, variation, n, edge, span):
        year = self._year(customer, "spending")
        values = [value for _, value in year]
        if year and not self.bank.manifest.undated_months:
            first, last = (f"{month:%b %Y}" for month in (year[0][0], year[-1][0]))
            if span != (f" ({first})" if first == last else f" ({first} to {last})"):
                return f"months are {first} to {last}"
        if n != len(values) or n < 3:
            return f"{len(values)} months are known"
        return off(variation, stdev(values) / mean(values))

    def _accounts(self, customer: str, *kinds: str) -> float | None:
        mine = self.accounts.get(customer)
        if mine is None:
            return None
        balances = mine.loc[mine["kind"].isin(kinds), "balance"].dropna()
        return float(balances.sum()) if len(balances) else None

    def _true_balance(self, customer: str) -> float | None:
        here = self._accounts(customer, "current", "savings", "deposit")
        months = self._months(customer, "balance")
        return here if here is not None else months[max(months)] if months else None

    def _balance(self, customer, amount, month, currency):
        here = self._accounts(customer, "current", "savings", "deposit")
        if bool(month) != (here is None):
            return "is of another account"
        last = max(self._months(customer, "balance"), default=None)
        if (
            month
            and not self.bank.manifest.undated_months
            and f"{last.to_timestamp():%b %Y}" not in month
        ):
            return "is of another month"
        return off(amount, self._true_balance(customer))

    def _window(self, customer: str) -> pd.DataFrame:
        mine = self.payments[customer]
        months = mine["booked_at"].dt.to_period("M")
        mine, months = mine[months.isin(self.grid)], months[months.isin(self.grid)]
        return mine[months > months.max() - 12]

    def _spent_on(self, customer, item, amount, days, until, currency, most):
        mine = self._window(customer)
        begin, end = self.payments[customer]["booked_at"].min(), mine["booked_at"].max()
        joined = self.bank["customers"].set_index("customer_id")["joined_on"][customer]
        late = begin.day > 15 or joined > self.oldest.normalize()  # a missing day is not later
        if begin.to_period("M") == self.oldest.to_period("M") and not late:
            begin = self.oldest
        elif (
            self.oldest.normalize() <= joined <= begin.normalize().replace(day=1)
            and begin.day <= 15
        ):
            begin = begin.normalize().replace(day=1)  # the record knows all since the joining
        months = mine["booked_at"].dt.to_period("M")
        last = max(end, self.day) if end.to_period("M") == self.day.to_period("M") else end
        whole = [
            month
            for month in pd.period_range(months.min(), months.max(), freq="M")
            if begin.normalize() <= month.start_time
            and last.normalize() >= month.end_time.normalize()
        ]
        of_kind = mine[mine["spent_on"] == item]
        if wrong := self._of_usual(customer, mine, item, most):
            return wrong
        inside = -of_kind.loc[months[of_kind.index].isin(whole), "amount"].sum()
        span = mine["booked_at"].dt.normalize()
        expected = f" (up to {end:%b %Y})" if (self.day - end.normalize()).days > 62 else ""
        if until != expected:
            return f"ends {end}"
        if inside > 0 and len(whole) > 1:
            return "is of whole months" if days > 0 else off(amount, inside / len(whole))
        if days != (span.max() - span.min()).days + 1:
            return "takes other days"
        return off(amount, -of_kind["amount"].sum())

    def _of_usual(self, customer: str, mine: pd.DataFrame, item: str, most: bool) -> str:
        """Is a category the largest of a customer, or one of which others tell the usual share?"""
        totals = -mine[mine["spent_on"] != "income"].groupby("spent_on")["amount"].sum()
        if most:
            return "" if totals[item] >= totals.max() - 0.01 else f"{totals.idxmax()} took more"
        others = sum((rows["amount"] < 0).any() for rows in self.payments.values())
        return "" if others >= 30 else f"only {others} customers tell what is usual"

    def _share(self, customer: str, kept: str) -> float:
        mine = self._window(customer)
        out = mine[mine["spent_on"] != "income"]
        chosen = out["bets"] if kept == "bets" else out["spent_on"] == "investments"
        return float(out.loc[chosen, "amount"].sum() / out["amount"].sum())

    def _speculation(self, customer, share):
        return off(share, self._share(customer, "bets"))

    def _investing(self, customer, share):
        return off(share, self._share(customer, "investments"))

    def _keeps_investments(self, customer):
        return "" if (self._accounts(customer, "investment") or 0) > 0 else "has no investments"

    def _kept_of_income(self, customer, rate, income, spending, n, currency):
        come, go = self._months(customer, "income"), self._months(customer, "spending")
        both = [month for month in come if month in go and month in self._whole]
        both = [month for month in both if month not in self._in_part(customer)]
        both = [month for month in both if month > max(both) - 12]
        true = [mean(figure[month] for month in both) for figure in (come, go)]
        if n != len(both):
            return f"{len(both)} months are known"
        return off(income, true[0]) or off(spending, true[1]) or off(rate, 1 - true[1] / true[0])

    def _unusual(self, customer, amount, payee, on, times, usual, n, of, currency):
        mine = self.payments[customer].assign(row=lambda table: table.index)
        of_day = mine[
            (mine["booked_at"].dt.normalize() == on) & np.isclose(-mine["amount"], amount)
        ]
        if of_day.empty:
            return "no such payment"
        texts = of_day["merchant"].fillna(of_day["description"]).fillna("")
        kind = of_day["spent_on"].iloc[0]
        position = self.bank.customer_position(customer)
        rules = self.settings.cashflow
        bookings = bookings_of(self.profiles, rules, position)
        alone = bookings.rows[recurring(bookings, rules).of_booking < 0]
        out = mine[mine["row"].isin(alone) & (mine["amount"] < 0) & (mine["spent_on"] != "income")]
        if of != "of any kind":
            out = out[out["spent_on"] == of.removeprefix("for ")]
            if of != f"for {kind}":
                return "is of another kind"
        if payee.lower() not in " ".join(texts).lower():
            return f"was paid to {texts.tolist()}"
        true = median(-out["amount"])
        return (
            f"{len(out)} payments"
            if n != len(out)
            else (off(round(usual, 2), round(true, 2), 0.011) or off(times, amount / usual))
        )

    def _segment(self, customer, name):
        known, edges = self.known[customer], self.settings.metrics
        rated, valued = known["churn_known"], known["profit_known"]
        churn = (
            "High"
            if known["churn"] >= edges.retention_from_churn
            else ("Medium" if known["churn"] >= edges.medium_from_churn else "Low")
        )
        value = "growth potential"
        if valued and known["profit"] >= edges.medium_value_from:
            value = "high value" if known["profit"] >= edges.high_value_from else "medium value"
        stays = churn == "Low" and self._n_open(customer)
        expected = f"{churn} churn, {value}" if rated and not stays else value.capitalize()
        if not rated and not valued:
            expected = "A customer"
        return "" if name == expected else f"is {expected}"

    def _goals(self, customer, names):
        return "" if set(names) <= set(cells(self.customers[customer]["goals"])) else "no such goal"

    def _goals_about_risk(self, customer, names):
        stated = cells(self.customers[customer]["goals"])
        of_risk = {goal for goal in stated if lexicon.goal_risk(goal) is not None}
        return "" if {name.lower() for name in names} == of_risk else f"of risk are {of_risk}"

    def _interests(self, customer, names, declared):
        mine = self.messages.get(customer)
        used = mine[mine["used"]] if mine is not None else pd.DataFrame({"topics": [], "text": []})
        topics = set(chain(*map(cells, used["topics"])))
        texts = " ".join(used["text"].dropna()).lower()
        told = json.loads(self.customers[customer]["attributes"] or "{}")
        told = ",".join(map(str, told.values())).lower()
        terms = Terms.read()
        read = {
            TOPIC_ITEMS.get(topic, topic)
            for topic, words in zip(terms.topics, terms.phrases, strict=True)
            if any(word in texts for word in words)
        }
        loose = [n for n in names if (n not in told if declared else n not in topics | read)]
        return f"never said {loose}" if loose else ""

    def _n_held(self, customer: str) -> int:
        return len(self.held.get(customer, ()))

    def _holds(self, customer, n):
        return off(n, self._n_held(customer))

    def _account_since(self, customer, n, first):
        mine = self.accounts[customer]
        return off(n, len(mine)) or ("" if mine["opened_on"].min() == first else "another day")

    def _has_orders(self, customer, n, amount, currency):
        orders = self.bank[ORDERS]
        mine = orders.loc[orders["customer_id"] == customer, "amount"].abs()
        return off(n, len(mine)) or off(amount, sum(mine))

    def _held(self, customer, n, besides):
        accounts = self.accounts.get(customer, {"kind": []})["kind"]
        held = [self.products[product] for product in self.held.get(customer, ())]
        words = " ".join(f"{p['name']} {p['category']} {p['subcategory']}" for p in held).lower()
        told = {"loan": ("loan", "mortgage"), "deposit": ("deposit",), "card": ("card",)}
        missed = {
            kind
            for kind, said in told.items()
            if kind in [*accounts] and kind not in besides and not any(w in words for w in said)
        }
        extra = [k for k in besides if k not in [*accounts] or k == "current" or k in words]
        unnamed = {"loan": ("leasing", "line", "finance", "overdraft"), "deposit": ("saving",)}
        missed = {k for k in missed if not any(w in words for w in unnamed.get(k, ()))}
        return off(n, self._n_held(customer)) or ", ".join([*missed, *extra])

    def _categories_held(self, customer, n):
        rows = [self.products[product] for product in self.held[customer]]
        kinds = {r["subcategory"] if pd.isna(r["category"]) else r["category"] for r in rows}
        return off(n, len({kind for kind in kinds if not pd.isna(kind)}))

    def _account_kinds(self, customer, n):
        return off(n, self.accounts[customer]["kind"].dropna().nunique())

    def _risky_held(self, customer, n, of, estimated):
        held = [self.products[p] for p in self.held[customer]]
        risky = sum(p["risk_customer"] >= 6 for p in held)
        by_rule = any(p["scores_estimated"] is True for p in held)
        return off(n, risky) or off(estimated, by_rule) or off(of, self._n_held(customer))

    def _complex_held(self, customer, n, of):
        rows = [self.products[product] for product in self.held[customer]]
        texts = [
            " ".join(str(r[c]) for c in ("category", "name") if not pd.isna(r[c])) for r in rows
        ]
        found = lexicon.mentions(pd.Series(texts, dtype="str").str.lower(), "complex_product")
        return off(n, int(found.sum())) or off(of, self._n_held(customer))

    def _dormant(self, customer):
        status = pd.Series([self.customers[customer]["status"]], dtype="str").str.lower()
        return "" if lexicon.mentions(status, "dormant").all() else "is not marked so"

    def _satisfaction(self, customer, value):
        return off(value, min(max(self.customers[customer]["satisfaction"], -1), 1))

    def _credit_score(self, customer, value):
        return off(value, self.customers[customer]["credit_score"])

    def _tolerance(self, customer, stated):
        return "" if stated == self.customers[customer]["risk_tolerance"] else "is not stated"

    def _occupation(self, customer, text, industry):
        row = self.customers[customer]
        if industry != pd.isna(row["occupation"]):
            return "is the other of industry and occupation"
        work = row["industry"] if industry else row["occupation"]
        return "" if text == work else f"works as {work}"

    def _income(self, customer, amount, stated, n, revenue, currency, span):
        row = self.customers[customer]
        company = row["audience"] == "corporate" and not pd.isna(row["annual_revenue"])
        told = row["annual_revenue"] if company else row["annual_income"]
        if stated == pd.isna(told) or revenue != company:
            return "is not stated so"
        months = [value for _, value in self._year(customer, "income")]
        if span != self._span(customer, "income"):
            return "is of other months"
        return off(amount, told if stated else 12 * mean(months)) or off(n, len(months))

    def _margin(self, customer, amount, parts, n, currency, span):
        rates = self.settings.money
        balance, owed = self._true_balance(customer), self._accounts(customer, "loan")
        if owed is None:
            months = self._months(customer, "loan_balance")
            owed = months[max(months)] if months else 0
        expected = {
            "deposits": max(balance or 0, 0) * rates.deposit_margin,
            "investments": max(self._accounts(customer, "investment") or 0, 0)
            * rates.investment_margin,
            "loans": abs(owed) * rates.loan_margin,
            "cost to serve": -rates.cost_to_serve,
        }
        if any(off(parts[name], value) for name, value in expected.items()):
            return f"expected {expected}"
        if span != self._span(customer, "spending"):
            return "is of other months"
        return off(amount, sum(parts.values())) or off(n, len(self._year(customer, "spending")))

    def _of_bank(self, customer: str) -> pd.DataFrame:
        """Tickets, chats and calls, with what makes them a case."""
        nothing = pd.DataFrame({"open": [], "repeated": [], "case": [], "sent_at": []})
        return self.to_bank.get(customer, nothing)

    def _cases_open(self, customer, n):
        return off(n, int(self._of_bank(customer)["open"].sum()))

    def _cases(self, customer, n, n_open, n_repeated):
        mine = self._of_bank(customer)
        mine = mine[mine["case"]]
        true = len(mine), int(mine["open"].sum()), int(mine["repeated"].sum())
        return "" if (n, n_open, n_repeated) == true else f"the tables say {true}"

    def _cases_late(self, customer, n, oldest, edge):
        mine = self._of_bank(customer)
        days = [
            (self.day - sent.normalize()).days
            for sent in mine.loc[mine["open"], "sent_at"].dropna()
        ]
        late = [day for day in days if day >= edge]
        if edge != self.settings.alerts.complaint_days:
            return "another threshold"
        return off(n, len(late)) or off(oldest, max(late))

    def _others(self, customer: str) -> pd.DataFrame:
        cases = self._of_bank(customer)
        cases = set(cases.index[cases["case"].astype(bool)])
        mine = self.messages[customer]
        return mine[mine["used"] & mine["sentiment"].notna() & ~mine.index.isin(cases)]

    def _tone(self, customer, n, mean):
        mine = self._others(customer)
        half = self.settings.metrics.half_life_days
        weights = {"ticket": 2.0, "chat": 1.5, "voice": 1.5}
        weighed = []
        for row in mine.itertuples():
            days = (
                max((self.day - row.sent_at).total_seconds() / 86400, 0)
                if row.sent_at == row.sent_at
                else None
            )
            weighed.append(
                (
                    weights.get(row.kind, 1.0) * (0.5 if days is None else 0.5 ** (days / half)),
                    row.sentiment,
                )
            )
        true = sum(w * s for w, s in weighed) / sum(w for w, _ in weighed)
        return off(n, len(mine)) or off(mean, true, 1e-5)

    def _finance_terms(self, customer, n, messages):
        mine = self._others(customer)
        return off(messages, len(mine)) or off(n, mine["terms"].sum())

    def _mood_fell(self, customer, last, n_last, before, n_before, edge):
        mine = self.messages[customer]
        mine = mine[mine["used"] & mine["sent_at"].notna() & mine["sentiment"].notna()]
        tones = mine.sort_values("sent_at", kind="stable")["sentiment"].tolist()
        new, old = tones[-n_last:], tones[:-n_last]
        if n_last != self.settings.alerts.mood_last or n_before != len(old):
            return f"{len(old)} messages are before"
        if before - last < edge - 1e-9:
            return "is no shift"
        return off(last, mean(new), 1e-5) or off(before, mean(old), 1e-5)

    def _may_leave(self, customer, index, edge, strongest):
        known = self.known[customer]
        if not known["churn_known"] or index != known["churn"] or index < edge:
            return "does not look like leaving"
        return self.wrong(customer, strongest)

    def _saved(self, customer, amount, goal, named, currency):
        kept = self._accounts(customer, "savings", "deposit")
        if named == (kept is None) or goal != self.customers[customer]["savings_goal"]:
            return "is kept elsewhere, or another goal"
        return off(amount, self._true_balance(customer) if kept is None else kept)

    def _spent_much(self, customer, amount, month, limit, usual, n, currency):
        known = self._months(customer, "spending")
        at = pd.Period(pd.Timestamp(month), "M")
        before = [value for one, value in known.items() if at - 12 <= one < at]
        rules = self.settings.alerts
        own = median(before) if before else 0
        true = max(rules.spending_limit, own * rules.usual_month_factor)
        if n != len(before) or (n and off(usual, own)):
            return f"{len(before)} months before, {own}"
        return "is no more" if amount <= limit else off(amount, known[at]) or off(limit, true)

    def _loan_left(self, customer, amount, edge, currency):
        mine = self.accounts.get(customer)
        left = [] if mine is None else mine.loc[mine["kind"] == "loan", "balance"].abs().tolist()
        months = self._months(customer, "loan_balance")
        left = left or [months[max(months)]]
        return "" if amount in left and 0 < amount <= edge else f"of loans are left {left}"

    def _shortfall(self, customer, balance, income, stated, spending, n, currency):
        def usual(figure: str) -> float:
            known, end = self._months(customer, figure), self._ends[figure]
            return median(
                [v for m, v in known.items() if m in self._whole and end - n < m <= end] or [0]
            )

        come = usual("income")
        if stated != (come <= 0) or balance + income - spending >= 0:
            return "is no shortfall"
        return (
            off(balance, self._true_balance(customer))
            or off(spending, usual("spending"))
            or ("" if stated else off(income, come))
        )
