"""A claim and the raw tables in; what is wrong with it out, worked out slowly and independently.

Nothing here reads what the engine computed, but for scores that models give (an appetite, an index
of churn, a mood), which no table holds: those must equal what the profile shows.
"""

import json
import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any

import pandas as pd

from engine import Engine
from engine.bank.bank import Bank
from engine.customers.finances.spending import NAMES, categorise
from engine.customers.profiles import Profiles
from engine.explain import claims as said
from engine.explain.comparable import Counts
from engine.explain.evidence import OfferEvidence
from engine.explain.reasons import Reason, reasons
from engine.scoring.customer_scores import customer_scores
from tests.engine.explain.numerals import check_numerals

FIFTH = 0.2
_FIGURE = re.compile(
    r"(no )?(rewards|credit limit|cover|deductible|amount|term|expected return|volatility|lock-in"
    r"|(annual|monthly|management) fee|interest rate|monthly premium"
    r"|minimum (investment|balance|deposit))\b"
)
"""How a figure of a product begins; everything else must stand in its own words."""


def reasons_of(engine: Engine, k: int, every: int = 1) -> Iterator[tuple[OfferEvidence, Reason]]:
    """Every reason on the lists of every so many customers, with what it was written from."""
    table = engine.offers._scores.get()
    for row in range(0, table.bank.n_customers, every):
        evidence = table.evidence.customer(row)
        for which in ("growth", "retention"):
            chosen = customer_scores(table, row, which, k, "score")
            for product in chosen.positions:
                offer = evidence.offer(chosen.scores, which, 0, int(product))
                for reason in reasons(offer):
                    yield offer, reason


class Oracle:
    """Judges claims about one bank."""

    def __init__(self, bank: Bank, profiles: Profiles):
        self.bank = bank
        known = profiles.table[["risk", "churn", "churn_known", "mood", "volatile"]]
        self.profiles = known.set_axis(bank.customer_ids, axis="index").to_dict("index")
        self.customers = bank["customers"].set_index("customer_id").to_dict("index")
        self.products = bank["products"].set_index("product_id").to_dict("index")
        self.messages = dict(list(bank["messages"].groupby("customer_id")))
        self.together, self.after = cache(self._together), cache(self._after)
        self.judged = cache(self._judged)

    def wrong(self, offer: OfferEvidence, claim: said.Claim) -> str:
        """What is wrong with a claim; "" where it is true."""
        return self.judged(str(offer.customer["customer_id"]), claim)

    def _judged(self, customer: str, claim: said.Claim) -> str:
        judge = getattr(self, f"_{re.sub(r'(?<!^)(?=[A-Z])', '_', type(claim).__name__).lower()}")
        return judge(customer, claim)

    # --- what others hold -----------------------------------------------------------------------

    @cached_property
    def _kinds(self) -> dict[str, set[str]]:
        everybody = set(self.customers)
        companies = {c for c, row in self.customers.items() if row["audience"] == "corporate"}
        return {"retail": everybody - companies, "corporate": companies, "any": everybody}

    def _meant(self, product: str) -> set[str]:
        kind = self.products[product]["audience"]
        return self._kinds["retail" if pd.isna(kind) else kind]

    @cached_property
    def _holders(self) -> dict[str, set[str]]:
        held = self.bank["holdings"]
        held = held[held["closed_on"].isna() | (held["closed_on"] > self.bank.as_of)]
        return held.groupby("product_id")["customer_id"].agg(set).to_dict()

    @cached_property
    def _spans(self) -> dict[str, dict[str, tuple[Any, Any]]]:
        """Product -> customer -> first day and last day; NaT where a day is missing or open."""
        spans: dict[str, dict[str, tuple[Any, Any]]] = {}
        holdings = self.bank["holdings"]
        days = {c: holdings[c].dt.normalize() for c in ("opened_on", "closed_on")}
        for row in holdings.assign(**days).itertuples():
            mine = spans.setdefault(row.product_id, {})
            opened, closed = mine.get(row.customer_id, (row.opened_on, row.closed_on))
            opened = (
                pd.NaT if pd.isna(opened) or pd.isna(row.opened_on) else min(opened, row.opened_on)
            )
            closed = (
                pd.NaT if pd.isna(closed) or pd.isna(row.closed_on) else max(closed, row.closed_on)
            )
            mine[row.customer_id] = (opened, closed)
        return spans

    def _together(self, given: str, product: str) -> tuple[set[str], set[str], set[str]]:
        meant, holders = self._meant(product), self._holders.get(product, set())
        return self._holders.get(given, set()) & meant, holders & meant, meant

    def _after(self, given: str, product: str) -> tuple[set[str], ...]:
        first, second = self._spans.get(given, {}), self._spans.get(product, {})
        group, took, others, others_took = set(), set(), set(), set()
        for customer in self._meant(product):
            opened, _ = second.get(customer, (None, None))
            if opened is pd.NaT:
                continue
            if customer not in first:
                others.add(customer)
                if opened is not None:
                    others_took.add(customer)
                continue
            start, end = first[customer]
            if start is pd.NaT or (opened is not None and opened <= start):
                continue
            group.add(customer)
            if opened is not None and (pd.isna(end) or opened <= end):
                took.add(customer)
        return group, took, others, others_took

    def _counts(self, counts: Counts, *expected: set[str]) -> str:
        if tuple(counts) != tuple(map(len, expected)):
            return f"counts {tuple(counts)}, the tables say {tuple(map(len, expected))}"
        n, k, other_n, other_k = counts
        return (
            "" if k >= FIFTH * n and k / n > other_k / other_n else "not often, or not more often"
        )

    def _held_together(self, customer: str, claim: said.HeldTogether) -> str:
        if customer not in self._holders[claim.given_id]:
            return "is not held"
        group, holders, meant = self.together(claim.given_id, claim.product_id)
        me = {customer}
        return self._counts(
            claim.counts,
            group - me,
            (group & holders) - me,
            meant - group - me,
            holders - group - me,
        )

    def _taken_after(self, customer: str, claim: said.TakenAfter) -> str:
        if customer not in self._holders[claim.given_id]:
            return "is not held"
        sets = self.after(claim.given_id, claim.product_id)
        return self._counts(claim.counts, *(one - {customer} for one in sets))

    def _held_by_alike(self, customer: str, claim: said.HeldByAlike) -> str:
        product = claim.product_id
        others = sorted(self._meant(product) - {customer})
        mine = self._baskets.get(customer, frozenset()) - {product}
        alike = {}
        for other in others:
            theirs = self._baskets.get(other, frozenset()) - {product}
            alike[other] = len(mine & theirs) / max(len(mine | theirs), 1)
        hundredth = sorted(alike.values(), reverse=True)[min(100, len(others)) - 1]
        group = {c for c, value in alike.items() if value >= hundredth and value > 0}
        holders = self._holders.get(product, set()) & set(others)
        return self._counts(
            claim.counts, group, group & holders, set(others) - group, holders - group
        )

    @cached_property
    def _baskets(self) -> dict[str, frozenset[str]]:
        pairs = [(c, p) for p, holders in self._holders.items() for c in holders]
        return pd.DataFrame(pairs, columns=["c", "p"]).groupby("c")["p"].agg(frozenset).to_dict()

    def _popular(self, customer: str, claim: said.Popular) -> str:
        meant, holders = self._meant(claim.product_id), self._holders.get(claim.product_id, set())
        if customer in holders:
            return "is held"
        if (claim.n_holders, claim.n_customers) != (len(holders & meant), len(meant)):
            return f"the tables say {len(holders & meant)} of {len(meant)}"
        mine = self.bank["holdings"].query("customer_id == @customer")
        if claim.held_before != (claim.product_id in set(mine["product_id"])):
            return "the customer held it before" if not claim.held_before else "it was never held"
        return "" if claim.n_holders >= FIFTH * claim.n_customers else "is not often held"

    # --- what is known of the customer ----------------------------------------------------------

    def _interests(self, customer: str, claim: said.Interests) -> str:
        return "; ".join(filter(None, (self._interest(customer, one) for one in claim.claims)))

    def _interest(self, customer: str, claim: said.Interest) -> str:
        row, item = self.customers[customer], claim.item
        if claim.kind == "spending" and item == "children and family" and row["dependents"] == 0:
            return "nobody is on record for whom it is spent"
        if claim.kind == "spending":
            return self._spending(customer, claim)
        if claim.kind in ("topic", "message"):
            return self._messages(customer, claim)
        if claim.kind == "goal":
            return "" if item in _cells(row["goals"]) else "is no goal on record"
        if claim.kind == "tolerance":
            return "" if claim.fact.endswith(str(row["risk_tolerance"])) else "another tolerance"
        if claim.kind == "saving":
            return "".join(check_numerals(claim.fact, [row["savings_goal"]]))
        if claim.kind == "declared":
            told = json.loads(row["attributes"])
            cells = [x for v in told.values() for x in (v if isinstance(v, list) else [v])]
            return "" if item in ",".join(map(str, cells)).lower() else "is not declared"
        if claim.kind == "life_stage" and "Occupation" not in claim.fact:
            columns = ["dependents", "n_employees", "years_in_business"]
            return "".join(check_numerals(claim.fact, [row[column] for column in columns]))
        work = f"{row['occupation']} {row['industry']}".lower()
        named = re.sub(
            r"^(works as|works in|runs a business in|occupation:) ", "", claim.fact.lower()
        )
        return "" if named in work else f"{named!r} is not in {work!r}"

    def _messages(self, customer: str, claim: said.Interest) -> str:
        mine = self.messages[customer]
        if claim.kind == "topic":
            n = sum(claim.item in _cells(cell) for cell in mine["topics"])
            return "" if 1 <= claim.n <= n else f"{n} messages name it"
        words = re.findall("“([^”]+)”", claim.fact)
        texts = [str(text).lower() for text in mine["text"].dropna()]
        if missing := [word for word in words if not any(word in text for text in texts)]:
            return f"never wrote {missing}"
        return "" if 1 <= claim.n <= len(texts) else "more messages than there are"

    def _spending(self, customer: str, claim: said.Interest) -> str:
        mine = self._payments.get_group(customer)
        months = mine["booked_at"].dt.to_period("M")
        months = months[months > self.bank.as_of.to_period("M") - 24]
        mine = mine.loc[months.index]
        kept = months > months.max() - 12
        begin = self._payments.get_group(customer)["booked_at"].min()
        oldest = self.bank["transactions"]["booked_at"].min()
        joined = self.bank["customers"].set_index("customer_id")["joined_on"][customer]
        late = begin.day > 15 or joined > oldest.normalize()  # a missing day is not later
        if begin.to_period("M") == oldest.to_period("M") and not late:
            begin = oldest
        elif oldest.normalize() <= joined <= begin.normalize().replace(day=1) and begin.day <= 15:
            begin = begin.normalize().replace(day=1)  # the record knows all since the joining
        end = mine["booked_at"].max()
        if end.to_period("M") == self.bank.as_of.to_period("M"):
            end = max(end, self.bank.as_of)
        whole = [
            month
            for month in pd.period_range(months[kept].min(), months.max(), freq="M")
            if begin.normalize() <= month.start_time
            and end.normalize() >= month.end_time.normalize()
        ]
        of_kind = mine[kept & (mine["spent_on"] == claim.item)]
        money = of_kind.loc[of_kind["booked_at"].dt.to_period("M").isin(whole), "amount"]
        if money.sum() < 0 and len(whole) > 1:
            value, days = -money.sum() / len(whole), None
        else:
            window = mine.loc[kept, "booked_at"].dt.normalize()
            value, days = -of_kind["amount"].sum(), (window.max() - window.min()).days + 1
        old = (self.bank.as_of - mine["booked_at"].max().normalize()).days > 62
        until = f" (up to {mine['booked_at'].max():%b %Y})" if old else ""
        if not claim.fact.endswith(until) or ("(up to" in claim.fact) != old:
            return f"ends in another month than{until}"
        wrong = check_numerals(claim.fact, [value, days, until])
        return f"{wrong}: the tables say {value} in {days or whole}" if wrong else ""

    @cached_property
    def _payments(self) -> Any:
        table = self.bank["transactions"]
        codes, _ = categorise(table)
        table = table.assign(spent_on=[NAMES[code] for code in codes])
        return table[table["booked_at"].notna()].groupby("customer_id")

    def _appetite(self, customer: str, claim: said.Appetite) -> str:
        product = self.products[claim.product_id]
        if claim.risk != product["risk_customer"] or claim.estimated != bool(
            product["scores_estimated"]
        ):
            return "another risk"
        if claim.appetite != self.profiles[customer]["risk"]:
            return "another appetite"
        gap = claim.risk - claim.appetite
        words = {"more than wanted": gap > 1.5, "goes well": abs(gap) <= 1.5,
                 "well within": gap < -1.5, "less than wanted": gap < -1.5}  # fmt: skip
        return (
            ""
            if all(true for word, true in words.items() if word in claim.text)
            else "does not fit"
        )

    def _may_leave(self, customer: str, claim: said.MayLeave) -> str:
        product = self.products[claim.product_id]
        known = self.profiles[customer]
        if not known["churn_known"] or claim.churn != known["churn"] or claim.churn < 7:
            return "does not look like leaving"
        return "" if claim.retention == product["retention_value"] else "another value"

    def _unhappy(self, customer: str, claim: said.Unhappy) -> str:
        services = {p["name"] for p in self.products.values() if p["item_type"] == "service"}
        if claim.product not in services:
            return "is no service"
        return "" if claim.mood == self.profiles[customer]["mood"] <= -0.2 else "is not unhappy"

    def _reacted(self, customer: str, claim: said.Reacted) -> str:
        events = self.bank["events"]
        mine = events.query("customer_id == @customer and product_id == @claim.product_id")
        mine = mine[(mine["recorded_at"] == claim.recorded_at) & (mine["action"] == claim.action)]
        if mine.empty or claim.action != "rated":
            return "no such event" if mine.empty else ""
        given = mine["rating"].tolist()
        return "" if claim.rating in given or all(map(pd.isna, given)) else f"rated {given}"

    def _rule_holds(self, customer: str, claim: said.RuleHolds) -> str:
        if claim.reason.startswith("A developer"):
            work = str(self.customers[customer]["occupation"]).lower()
            return "" if "developer" in work else "is no developer"
        return "" if self.profiles[customer]["volatile"] else "spending does not swing"

    # --- what a product says --------------------------------------------------------------------

    def _answers(self, _customer: str, claim: said.Answers) -> str:
        row = list(self.products[claim.product_id].values())
        texts = [str(cell).lower() for cell in row if isinstance(cell, str)]
        stated = " ".join(texts)
        loose = [
            part
            for part in re.split(r" and |; ", claim.answer.removeprefix(" has ").lstrip(": "))
            if part.lower().rstrip("…") not in stated
        ]
        numbers = [*row, *(30 * cell for cell in row if isinstance(cell, float))]
        facts = [*numbers, *texts]
        return "; ".join(p for p in loose if not _FIGURE.match(p) or check_numerals(p, facts))

    def _nothing_strong(self, _customer: str, _claim: said.NothingStrong) -> str:
        return ""


def _cells(cell: object) -> list[str]:
    return [item.strip().lower() for item in cell.split(";")] if isinstance(cell, str) else []
