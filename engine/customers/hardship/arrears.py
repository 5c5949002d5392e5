"""Labels, accounts, statuses and payments in; who is in arrears, and what says so, out."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.parsing import cell_parsing
from engine.bank.tables import attribute_texts
from engine.customers.finances.kept_figures import Arrays
from engine.customers.finances.months import last_day
from engine.customers.hardship import claims
from engine.customers.hardship.claims import Claim
from engine.customers.profiles import Profiles
from engine.customers.row_index import customer_positions
from engine.settings import GuardSettings

LABELS: Final = re.compile(
    r"^(?:(?:is|has|in|currently|loan|account)_)*(?:default(?:ed)?|arrears|delinquent|delinquency|"
    r"past_due|overdue|days_past_due|dpd|bad_loan|charged_off|non_performing)(?:_(?:flag|label|now))?$"
)
"""Names of outcomes that mean arrears where their value is above 0."""
AMOUNTS: Final = (
    *("days_past_due", "dpd", "past_due_amount", "amount_past_due", "arrears_amount"),
    *("overdue_amount", "amount_overdue", "missed_payments", "days_overdue"),
)
"""Kept fields that mean arrears where they hold a number above 0."""
WORDS: Final = (
    *("loan_status", "repayment_status", "payment_status", "account_status", "arrears"),
    *("status", "contract_status", "product_status", "card_status"),
)
"""Kept fields that mean arrears by their words; a number there is a code that nobody explained, but
under the name of arrears itself."""
STATUS: Final = (
    r"\b(?:in )?arrears\b|\bdelinquen(?:t|cy)\b|\bpast due\b|\boverdue\b|\bcharged[ -]off\b|"
    r"\bwritten[ -]off\b|\bwrite[ -]?off\b|"
    r"\bnon[ -]performing\b|\bin default\b|\bdefault(?:ed)?\b|\bin debt\b|\blate\b.*\d+ days"
)
"""What such a field, or the status of the relationship, says of arrears."""
_DENIED: Final = re.compile(
    r"\b(?:no|not|never|without|nil|none|zero|0)"
    r"(?:\s+(?:in|been|currently|yet|longer|days?|amounts?|payments?|loans?|accounts?))*\s*$"
)
"""A denial stands directly before the word, or a "been" or "payments" away ..."""
_NONE: Final = re.compile(r"^\s*[:=-]?\s*(?:no|none|nil|never|0)\b")
"""... or directly behind it."""
MISSED: Final = (
    r"\blate payment\b|\b(?:loan|mortgage|credit card|instal?ment) late (?:fee|charge)|"
    r"\blate (?:fee|charge)s?\b.{0,20}\b(?:loan|mortgage|credit card|instal?ment)\b|"
    r"\b(?:returned|unpaid|bounced|dishonou?red|missed)\b.{0,20}"
    r"\b(?:direct debit|standing order|payment|instal?ment|cheque|check)\b|"
    r"\b(?:declined|rejected|failed)\b.{0,20}\b(?:direct debit|standing order|instal?ment)\b|"
    r"\b(?:direct debit|standing order|payment|instal?ment|cheque|check)s?\b.{0,20}"
    r"\b(?:returned|unpaid|bounced|dishonou?red)\b|"
    r"\b(?:direct debit|standing order|instal?ment)s?\b.{0,20}\b(?:declined|rejected|failed)\b|"
    r"\b(?:unpaid|bounced|dishonou?red) item\b|"
    r"\binsufficient funds\b|\bnsf\b|\barrears\b|\bpenalty interest\b|"
    r"\bsanction interest\b|\bdunning\b|\breminder fee\b|\bdefault interest\b"
)
"""Words of debits that only who missed a payment has."""
_COMES_BACK: Final = r"\b(?:direct debit|standing order)s?\b"
"""What is booked back, so as a credit, where it could not be paid."""
_TAKEN_BACK: Final = (
    r"\brefund|\brevers|\bwaive|\bcredit(?:ed)? back|"
    r"\bpurchases?\b|\bpos\b|\bpoint of sale\b|\batm\b|\bwithdrawal\b|\blibrary\b"
)
"""What was taken back, and what was no payment that was due: a purchase that a card declined."""


def arrears(bank: Bank, profiles: Profiles, settings: GuardSettings) -> Iterator[tuple[int, Claim]]:
    """Customer and evidence; of one customer the strongest evidence first.

    Notes
    -----
    What the bank says of an outcome stands until a newer record says otherwise. A field or a status
    stands as long as it is on record, a booking for `arrears_days`. Nothing is inferred from a
    score.
    """
    yield from _of_labels(bank)
    yield from _of_fields(bank)
    yield from _of_status(bank)
    yield from _of_payments(bank, profiles, settings.arrears_days)


def _of_labels(bank: Bank) -> Iterator[tuple[int, Claim]]:
    labels = bank["labels"]
    means = labels["name"].dropna().unique()
    named = [name for name in means if LABELS.match(re.sub(r"[\W_]+", "_", name).lower())]
    mine = labels[labels["name"].isin(named) & labels["value"].notna()]
    mine = mine.sort_values("known_on", kind="stable", na_position="first")
    last = mine.drop_duplicates(["customer_id", "name"], keep="last")
    last = last[last["value"] > 0]
    positions = customer_positions(bank, last["customer_id"])
    for position, name, on in zip(positions, last["name"], last["known_on"], strict=True):
        if position >= 0:
            yield int(position), claims.in_arrears(name=name, on=on)


def _of_fields(bank: Bank) -> Iterator[tuple[int, Claim]]:
    """Kept fields of accounts and customers."""
    for table in ("accounts", "customers"):
        frame = bank[table]
        cells = frame["attributes"]
        if not cells.str.contains(r"(?i)due|dpd|arrear|status|missed", na=False).any():
            continue
        positions = customer_positions(bank, frame["customer_id"])
        for name in (*AMOUNTS, *WORDS):
            said = attribute_texts(cells, name).to_numpy(dtype=object)
            for row in np.flatnonzero(said != ""):
                if positions[row] >= 0 and _is_due(name, said[row]):
                    claim = claims.account_past_due(name=name, value=said[row])
                    yield int(positions[row]), claim


def _is_due(name: str, said: str) -> bool:
    amount = cell_parsing.number(pd.Series([said])).iloc[0]
    if not pd.isna(amount):
        return bool(amount > 0) and (name in AMOUNTS or name == "arrears")
    return name in WORDS and says_arrears(said)


def says_arrears(text: str) -> bool:
    """Do words of a status name arrears, and not deny them?"""
    lower = text.lower().replace("_", " ")
    return any(
        not (_DENIED.search(lower[: found.start()]) or _NONE.search(lower[found.end() :]))
        for found in re.finditer(STATUS, lower)
    )


def _of_status(bank: Bank) -> Iterator[tuple[int, Claim]]:
    status = bank["customers"]["status"]
    telling = {one for one in status.dropna().unique() if says_arrears(one)}
    for row in np.flatnonzero(status.isin(telling)):
        yield int(row), claims.status_says(status=str(status.iloc[row]))


def _of_payments(bank: Bank, profiles: Profiles, days: int) -> Iterator[tuple[int, Claim]]:
    kept = profiles.data.kept

    def make() -> Arrays:
        return _missed(bank, profiles, days)

    found = kept.get("missed_payments", make, f"{days} days, debits") if kept else make()
    rows = (found[name].tolist() for name in ("position", "words", "amount", "n"))
    for (position, words, amount, n), on in zip(zip(*rows, strict=True), found["on"], strict=True):
        yield position, claims.payment_missed(
            words=words, on=pd.Timestamp(on), amount=amount, n=n, days=days,
            currency=bank.manifest.currency,
        )  # fmt: skip


def _missed(bank: Bank, profiles: Profiles, days: int) -> Arrays:
    """The newest booking of each customer that tells of a missed payment, and how many tell."""
    first = last_day(bank) - pd.Timedelta(days=days)
    parts, start = [], 0
    positions = profiles.data.transaction_rows.positions
    for part in bank.rows("transactions").parts(["booked_at", "amount", "description"]):
        recent = (part["booked_at"] > first).to_numpy(dtype=bool)
        at = np.flatnonzero(recent)
        chosen = part.iloc[at].assign(position=positions[start + at])
        codes, distinct = pd.factorize(chosen["description"])
        lower = pd.Series(distinct, dtype="str").str.lower()
        tells = lower.str.contains(MISSED) & ~lower.str.contains(_TAKEN_BACK)
        either = tells & lower.str.contains(_COMES_BACK)
        told, whatever = (np.append(t.to_numpy(dtype=bool), False)[codes] for t in (tells, either))
        parts.append(chosen[told & ((chosen["amount"] < 0).to_numpy(dtype=bool) | whatever)])
        start += len(part)
    found = pd.concat(parts) if parts else pd.DataFrame()
    columns = ("position", "words", "amount", "n", "on")
    if found.empty:
        kinds = (np.int64, "U1", float, np.int64, "datetime64[us]")
        return {c: np.zeros(0, dtype=kind) for c, kind in zip(columns, kinds, strict=True)}
    found = found[found["position"] >= 0].sort_values("booked_at", kind="stable")
    n = found.groupby("position").size()
    newest = found.drop_duplicates("position", keep="last").sort_values("position")
    return {
        "position": newest["position"].to_numpy(dtype=np.int64),
        "words": newest["description"].to_numpy(dtype="U"),
        "amount": newest["amount"].abs().to_numpy(dtype=float),
        "n": n.reindex(newest["position"]).to_numpy(dtype=np.int64),
        "on": newest["booked_at"].to_numpy(dtype="datetime64[us]"),
    }
