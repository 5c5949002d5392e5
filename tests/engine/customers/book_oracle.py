"""A claim on the whole book and the raw tables in; what is wrong with it out."""

import math
from collections import Counter
from statistics import NormalDist, mean, median

import pandas as pd

from engine.customers.claims import Claim
from engine.vocabulary import ORDERS
from tests.engine.customers.oracles import ALIKE, CustomerOracle
from tests.engine.customers.raw_cells import cells, off

SURELY = 1.2
"""A lift is said where the lower end of its interval is at least this."""


def times_between(held: int, members: int, holders: int, whole: int) -> tuple[float, float]:
    """95 % interval of a group's rate over that of all, one pair of counts at a time.

    The logarithm of the ratio is a function of two independent shares, that of the group and that
    of the rest; its variance is the sum of theirs times the square of its slope. Half a success
    and half a failure are added to both sides where one is empty or both are full.
    """
    others, others_held = whole - members, holders - held
    if not members or not others:
        return 0.0, math.inf
    if not held or not others_held or (held, others_held) == (members, others):
        held, members, others_held, others = held + 0.5, members + 1, others_held + 0.5, others + 1
    p, rest = held / members, others_held / others
    part = members / (members + others)
    all_ = part * p + (1 - part) * rest
    slopes = 1 / p - part / all_, (1 - part) / all_
    variance = slopes[0] ** 2 * p * (1 - p) / members
    variance += slopes[1] ** 2 * rest * (1 - rest) / others
    factor = math.exp(NormalDist().inv_cdf(0.975) * math.sqrt(variance))
    return p / all_ / factor, p / all_ * factor


class BookOracle(CustomerOracle):
    """Judges claims about one bank, its segments and its customers."""

    def _book(self, n, of, chosen):
        return off(of, len(self.customers)) or off(n, len(chosen))

    def _n_open(self, customer: str) -> int:
        return int(self.to_bank[customer]["open"].sum()) if customer in self.to_bank else 0

    def _leaving(self, _customer, n, of, value, n_open, valued, currency):
        edge = self.settings.metrics.retention_from_churn
        likely = {c: k for c, k in self.known.items() if k["churn_known"] and k["churn"] >= edge}
        high = {c: k for c, k in likely.items() if k["value_band"] == "high"}
        chosen = high if valued else likely
        worth = sum(
            k["value_a_year"] for k in chosen.values() if k["value_a_year"] == k["value_a_year"]
        )
        return (
            ("" if valued == bool(high) else "high value or not")
            or self._book(n, of, chosen)
            or off(value, worth)
            or off(n_open, sum(self._n_open(customer) > 0 for customer in chosen))
        )

    def _book_cases(self, _customer, n, of, cases, where, churn, churn_all):
        n_open = {customer: self._n_open(customer) for customer in self.customers}
        chosen = [customer for customer, number in n_open.items() if number]
        rated = [k["churn"] for k in self.known.values() if k["churn_known"]]
        return (
            self._book(n, of, chosen)
            or off(cases, sum(n_open.values()))
            or off(churn, mean(self.known[customer]["churn"] for customer in chosen))
            or off(churn_all, mean(rated))
            or self._where(where, chosen, cases=True)
        )

    def _where(self, claim: Claim | None, chosen: list[str], cases: bool = False) -> str:
        names = [self.known[customer]["segment"] for customer in chosen]
        if cases:  # who has one is never said to have a low churn
            names = [name.removeprefix("Low churn, ").capitalize() for name in names]
        counts = Counter(names)
        if claim is None:
            return "" if max(counts.values()) == 1 < len(chosen) else "no segment is named"
        said = claim.figures
        most = max(counts.values())
        if (said["n"], said["of"]) != (most, len(chosen)) or counts[said["segment"]] != most:
            return f"segments are {counts}"
        return "less than half" if "most in" in claim.text and 2 * most <= len(chosen) else ""

    def _falling(self, _customer, n, of, known, edge, where, left, currency):
        chosen, n_known = [], 0
        for customer in self.customers:
            year, end = self._year(customer, "balance"), self._ends["balance"]
            recent = [value for month, value in year if month > end - 3]
            past = [value for month, value in year if month <= end - 3]
            if len(recent) >= 2 and len(past) >= 3:
                n_known += 1
                fall = (median(recent) - median(past)) / max(abs(median(past)), 1.0)
                chosen += [customer] if fall <= -edge else []
        return (
            self._book(n, of, chosen)
            or off(known, n_known)
            or off(left, sum(self._true_balance(customer) or 0 for customer in chosen))
            or self._where(where, chosen)
        )

    def _few_products(self, _customer, n, of, usual):
        held = {customer: self._n_held(customer) for customer in self.customers}
        chosen = [
            customer
            for customer, k in self.known.items()
            if k["churn_known"]
            and (k["churn_band"], k["value_band"]) == ("low", "high")
            and 1 <= held[customer] <= 2
        ]
        return self._book(n, of, chosen) or off(usual, mean(held.values()))

    def _most_need(self, _customer, need, n, of, ordered="", n_ordered=0):
        having: dict[str, set[str]] = {}
        for row in self.bank[ORDERS].dropna(subset="purpose").itertuples():
            having.setdefault(row.purpose, set()).add(row.customer_id)
        most = max(map(len, having.values()), default=0)
        if len(having.get(ordered, ())) != most or n_ordered != most or (most and not ordered):
            return f"standing orders are for {having}"
        kinds = ("goal", "saving", "spending", "topic", "message", "declared")
        table = self.profiles.interests
        rows = table[table["kind"].isin(kinds)].groupby("item")["position"].nunique()
        return self._book(n, of, range(int(rows.max()))) or off(rows.get(need, 0), rows.max())

    def _ordered(self, customer: str) -> set[str]:
        rows = self.bank[ORDERS].itertuples()
        return {row.purpose for row in rows if row.customer_id == customer}

    def _named(self, customer: str) -> set[str]:
        return {purpose for purpose in self._ordered(customer) if isinstance(purpose, str)}

    def _orders(self, customer, n, amount, purposes, currency):
        mine = [row for row in self.bank[ORDERS].itertuples() if row.customer_id == customer]
        sums: dict[str, float] = {}
        for row in mine:
            if isinstance(row.purpose, str):
                sums[row.purpose] = sums.get(row.purpose, 0) + abs(row.amount)
        said = dict(purposes)
        if len(said) != min(len(sums), 4) or any(off(v, sums.get(k, -1)) for k, v in said.items()):
            return f"purposes are {sums}"
        left = [value for name, value in sums.items() if name not in said]
        if left and min(said.values()) < max(left):
            return "larger purposes are left out"
        return off(n, len(mine)) or off(amount, sum(abs(row.amount) for row in mine))

    def _not_searched(self, customer, ordered=()):
        if bool(ordered) != bool(named := self._named(customer)) or not set(ordered) <= named:
            return f"orders are for {named}"
        row = self.customers[customer]
        return "" if not cells(row["goals"]) and pd.isna(row["occupation"]) else "something is"

    def _lifted(self, _customer, segment, product, times, low, high, n, held):
        members = {c for c, k in self.known.items() if k["segment"] == segment}
        ids = [p for p, row in self.products.items() if row["name"] == product]
        whole = len(self.customers)
        rates, both, spans = [], [], []
        for one in ids:
            holders = {c for c, held in self.held.items() if one in held}
            both.append(len(holders & members))
            rates.append((len(holders & members) / max(len(members), 1)) / (len(holders) / whole))
            spans.append(times_between(len(holders & members), len(members), len(holders), whole))
        if not any(math.isclose(times, rate, **ALIKE) for rate in rates):
            return f"the tables say {rates}"
        if held not in both or held < 10:
            return f"{both} of them hold it"
        if not any(not off(low, span[0]) and not off(high, span[1]) for span in spans):
            return f"the tables say between {spans}"
        return "is not sure" if low < SURELY else off(n, len(members))


def wrong_tiles(oracle: BookOracle, figures: dict[str, tuple]) -> list[str]:
    """Which tiles of the book the tables do not say."""
    known, ids = oracle.known, list(oracle.customers)
    rated = [k for k in known.values() if k["churn_known"]]
    leaving = [k for k in rated if k["churn"] >= oracle.settings.metrics.retention_from_churn]
    spends = [mean(x for _, x in year) for c in ids if (year := oracle._year(c, "spending"))]
    balances = [x for c in ids if (x := oracle._true_balance(c)) is not None]
    held = [oracle._n_held(c) for c in ids]
    worth = [k["value_a_year"] for k in leaving if not math.isnan(k["value_a_year"])]
    true = {
        "Customers": len(ids),
        "Deposits": sum(balances) if balances else None,
        "Monthly spending": sum(spends) if spends else None,
        "Mean churn index": mean(k["churn"] for k in rated) if rated else None,
        "At risk of leaving": len(leaving) / len(rated) if rated else None,
        "Value of those at risk": sum(worth) if rated else None,
        "Open cases": sum(oracle._n_open(c) for c in ids) if len(oracle.bank["messages"]) else None,
        "Products a customer": mean(held) if any(held) else None,
    }
    return [
        f"{label}: {wrong}"
        for label, value in true.items()
        if (wrong := off(figures[label][0], value) if label in figures else value and "is left out")
    ]


def wrong_segments(oracle: BookOracle, summary: pd.DataFrame) -> list[str]:
    """Which rows of the segments the record of each customer does not add up to."""
    wrong = []
    for row in summary.itertuples():
        mine = [k for k in oracle.known.values() if k["segment"] == row.segment]
        rated = [k["churn"] for k in mine if k["churn_known"]]
        worth = [k["value_a_year"] for k in mine if not math.isnan(k["value_a_year"])]
        checks = [off(row.n, len(mine)), off(row.share, len(mine) / len(oracle.known))]
        checks += [off(row.value_a_year, sum(worth))] if worth else []
        checks += [off(row.mean_churn, mean(rated))] if rated else []
        wrong += [f"{row.segment}: {one}" for one in checks if one]
    return wrong
