"""A call and the raw tables in; what is wrong with what it says out, worked out slowly."""

from typing import Any

from engine.bank.consents import effective_consents
from engine.customers.claims import Claim
from engine.engine import Engine
from tests.engine.customers.book_oracle import BookOracle
from tests.engine.customers.hardship_oracle import HardshipOracle


class CallOracle:
    """Judges the claims of a call; what every page says of a customer, another oracle judges."""

    def __init__(self, engine: Engine):
        snapshot = engine.snapshot()
        self.bank, self.settings = snapshot.bank, snapshot.settings
        self.of_customers = BookOracle(snapshot.bank, snapshot.profiles, snapshot.settings)
        profiles = snapshot.profiles
        self.of_hardship = HardshipOracle(snapshot.bank, profiles, snapshot.settings)
        self.alerts = engine.alerts.open().table
        self.log = engine.snapshots.state.contacts.standing()
        self.engine = engine
        said = self.bank["messages"]
        said = said[said["resolved"].eq(False).fillna(False) & (said["kind"] != "post")]
        sentiment = snapshot.profiles.messages["sentiment"][said.index]
        age = (self.bank.as_of - said["sent_at"]).dt.days
        guard = self.settings.guard
        pressing = said["repeated"].fillna(False).astype(bool) | (sentiment <= guard.service_mood)
        pressing |= age.isna() | (age <= guard.service_recent_days)
        self.cases = said[pressing.to_numpy(dtype=bool)]

    def wrong(self, customer: str, claim: Claim) -> str:
        """Why a claim is not true; "" where it is."""
        if claim.kind == "help_with":
            return self.of_hardship.wrong(customer, claim)
        judge = getattr(self, f"_{claim.kind}", None)
        if judge is None:
            return self.of_customers.wrong(customer, claim)
        return judge(customer, **claim.figures)

    def _promised(self, customer: str, on: Any, note: str) -> str:
        mine = self.log[(self.log["customer_id"] == customer) & (self.log["until"] == on)]
        return "" if note in set(mine["note"].fillna("")) else "nothing was promised for the day"

    def _leaves(self, customer: str, index: float) -> str:
        if index < self.settings.alerts.churn_from or not self._raised(customer, "May leave"):
            return "no open alert"
        known = self.of_customers.known[customer]["churn"]
        return "" if index == known else f"the index is {known}"

    def _alerted(self, customer: str, title: str) -> str:
        return "" if self._raised(customer, title) else "no such alert is open"

    def _raised(self, customer: str, title: str) -> bool:
        mine = self.alerts[self.alerts["customer_id"] == customer]
        return title in set(mine["title"])

    def _unhappy(self, customer: str, mood: float, last: Any) -> str:
        known = self.of_customers.known[customer]["mood"]
        if not mood == known <= self.settings.guard.service_mood:
            return f"mood is {known}"
        messages, consents = self.bank["messages"], effective_consents(self.bank, self.settings)
        mine = messages[messages["customer_id"] == customer]
        allows = consents.loc[self.bank.customer_position(customer), "social_allowed"]
        mine = mine[(mine["kind"] != "post").fillna(True) | allows]
        newest = mine["sent_at"].max()
        silent = (self.bank.as_of - newest).days if mine["sent_at"].notna().all() else 0
        if silent > 180:
            return f"nothing was written for {silent} days"
        old = silent > 60
        return "" if last == (newest if old else None) else f"the last message is of {newest}"

    def _worth(self, customer: str, amount: float, currency: str) -> str:
        known = self.of_customers.known[customer]["value_a_year"]
        return "" if (amount, currency) == (known, self.bank.manifest.currency) else f"is {known}"

    def _settle_first(self, customer: str, on: Any, topics: list[str]) -> str:
        mine = self.cases[self.cases["customer_id"] == customer]
        last = mine[mine["sent_at"] == mine["sent_at"].max()] if on is not None else mine
        told = last["topics"].fillna("").tolist()
        wanted = any(all(topic in text for topic in topics) for text in told)
        same = on is None or (len(last) and last["sent_at"].iloc[0] == on)
        return "" if wanted and same else "it is not the last case that cannot wait"

    def _likely(self, customer: str, product: str, share: float, fit: bool, after: bool) -> str:
        listed = self.engine.offers.recommend(customer, k=20).offers
        offer = next((one for one in listed if one.name == product), None)
        if offer is None:
            return "it is on no list"
        known = offer.fit if fit else offer.confidence
        waits = self._has_case(customer) or self._listens(customer)
        return "" if abs(known - share) < 1e-9 and after == waits else f"is {known}"

    def _listen_first(self, customer: str) -> str:
        fits = self._listens(customer) and not self._has_case(customer)
        return "" if fits else "nothing asks to listen first"

    def _has_case(self, customer: str) -> bool:
        return bool((self.cases["customer_id"] == customer).any())

    def _listens(self, customer: str) -> bool:
        known, edge = self.of_customers.known[customer], self.settings.metrics.retention_from_churn
        leaves = known["churn_known"] and known["churn"] >= edge
        return bool(leaves or known["mood"] <= self.settings.guard.service_mood)
