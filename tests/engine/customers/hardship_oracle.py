"""A sign of difficulty and the raw tables in; what is wrong with it out, worked out slowly."""

import json
import re
from typing import Any

import pandas as pd

from engine.bank.bank import Bank
from engine.customers.claims import Claim
from engine.customers.profiles import Profiles
from engine.settings import Settings
from tests.engine.customers.oracles import CustomerOracle

_TELLS = ("late payment", "returned", "unpaid", "insufficient", "sanction", "arrears")
_NO = ("declin", "reject", "refus", "denied", "denial", "deny", "denies", "down")
_CREDIT = {"loan", "loans", "mortgage", "mortgages", "overdraft", "credit"}


def _was_refused(text: str) -> bool:
    """Does a sentence say no to a credit? Read word by word, without a pattern of the engine."""
    for sentence in re.split(r"[.!?]", text.lower()):
        said = re.findall(r"[a-z']+", sentence)
        at = [n for n, word in enumerate(said) if word.startswith(_NO)]
        ahead = [set(said[max(n - 4, 0) : n]) for n in at]
        if (
            at
            and _CREDIT & {*said}
            and not any(before & {"not", "never", "till", "terminal"} for before in ahead)
            and ("credit" not in said or "card" not in said or {"application", "for"} & {*said})
        ):
            return True
    return False


class HardshipOracle:
    """Judges what keeps credit from customers of one bank; the shortfall another oracle judges."""

    def __init__(self, bank: Bank, profiles: Profiles, settings: Settings):
        self.bank, self.guard = bank, settings.guard
        self.of_customers = CustomerOracle(bank, profiles, settings)
        self.sentiment = profiles.messages["sentiment"]

    def wrong(self, customer: str, claim: Claim) -> str:
        """Why a claim is not true; "" where it is."""
        if claim.kind == "shortfall":
            return self.of_customers.wrong(customer, claim)
        return getattr(self, f"_{claim.kind}")(customer, **claim.figures)

    def _mine(self, table: str, customer: str) -> pd.DataFrame:
        frame = self.bank[table]
        return frame[frame["customer_id"] == customer]

    def _no_credit(self, customer: str, why: Claim) -> str:
        return self.wrong(customer, why)

    def _help_with(self, customer: str, topic: str, why: Claim) -> str:
        told = {
            "wrote": {"bereavement", "lost_income", "cannot_pay", "scam", "crisis"},
            "marked": {"vulnerable"},
            "complains": {"complaint"},
            "shortfall": {"shortfall"},
        }
        if topic not in told.get(why.kind, {"arrears"}):
            return f"{why.kind} is no reason for {topic}"
        return self.wrong(customer, why)

    def _marked(self, customer: str) -> str:
        return "" if self._mine("customers", customer)["vulnerable"].eq(True).any() else "no flag"

    def _wrote(self, customer: str, words: str, on: Any) -> str:
        mine = self._mine("messages", customer)
        mine = mine[(mine["kind"] != "post") & (mine["sent_at"].eq(on) | pd.isna(on))]
        begin = words.rstrip("…")
        said = [" ".join(text.split()) for text in mine["text"].dropna()]
        return "" if any(begin in text for text in said) else "no message of that day says so"

    def _in_arrears(self, customer: str, name: str, on: Any) -> str:
        mine = self._mine("labels", customer)
        mine = mine[mine["name"] == name]
        if mine["known_on"].notna().any() and mine["known_on"].max() != on:
            return "there is a newer record"
        newest = mine[mine["known_on"].eq(on) | pd.isna(on)]
        return "" if (newest["value"] > 0).any() else "the record says no"

    def _account_past_due(self, customer: str, name: str, value: str) -> str:
        for table in ("accounts", "customers"):
            for cell in self._mine(table, customer)["attributes"].dropna():
                if str(json.loads(cell).get(name)) == value:
                    return ""
        return "no such field is on record"

    def _status_says(self, customer: str, status: str) -> str:
        same = self._mine("customers", customer)["status"].eq(status).any()
        return "" if same else "another status is on record"

    def _payment_missed(
        self, customer: str, words: str, on: Any, amount: float, n: int, days: int, currency: str
    ) -> str:
        mine = self._mine("transactions", customer)
        first = self.bank.as_of - pd.Timedelta(days=days)
        tells = [any(w in str(text).lower() for w in _TELLS) for text in mine["description"]]
        tells = pd.Series(tells, index=mine.index, dtype=bool)
        mine = mine[(mine["booked_at"] > first) & (mine["amount"] < 0) & tells]
        if days != self.guard.arrears_days or currency != self.bank.manifest.currency:
            return "other days or another currency"
        if len(mine) != n:
            return f"there are {len(mine)}"
        last = mine[mine["booked_at"] == mine["booked_at"].max()]
        same = (last["description"] == words) & ((last["amount"].abs() - amount).abs() < 0.005)
        return "" if same.any() and last["booked_at"].eq(on).any() else "the newest is another"

    def _complains(self, customer: str, on: Any, words: str, repeated: bool) -> str:
        mine = self._mine("messages", customer)
        age = (self.bank.as_of - mine["sent_at"]).dt.days
        again = mine["repeated"].fillna(False).astype(bool)
        open_ = (mine["kind"] != "post") & mine["resolved"].eq(False).fillna(False)
        refused = mine["text"].fillna("").map(_was_refused).astype(bool)
        open_ &= age.isna() | (age <= self.guard.service_recent_days) | refused
        open_ &= again | (self.sentiment.reindex(mine.index) < 0)
        mine, again = mine[open_], again[open_]
        if mine.empty:
            return "no recent complaint is open"
        if mine["sent_at"].max() != on:
            return "the newest is another"
        begin = words.rstrip("…")
        said = [begin in " ".join(str(text).split()) for text in mine["text"]]
        same = pd.Series(said, index=mine.index) & mine["sent_at"].eq(on) & (again == repeated)
        return "" if same.any() else "it says something else"
