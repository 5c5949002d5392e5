"""Bank and profiles in, the few facts per customer that eligibility may read out."""

from dataclasses import dataclass, fields, replace

import numpy as np

from engine.bank.ages import age_on
from engine.bank.audience import is_company
from engine.bank.bank import Bank
from engine.bank.parsing.word_search import says
from engine.customers.profiles import Profiles
from engine.guard import target_groups
from engine.guard.service_reasons import reasons
from engine.settings import GuardSettings


@dataclass(frozen=True, eq=False)
class CustomerFacts:
    """Facts of n customers, each an array of shape (n,); NaN means not recorded."""

    age: np.ndarray
    """Years, at the bank's day."""
    income: np.ndarray
    """Yearly income; of a company without one, its yearly revenue."""
    credit_score: np.ndarray
    balance: np.ndarray
    """What is there to spend or invest, bank's currency."""
    income_month: np.ndarray
    spending_month: np.ndarray
    """Money a month."""
    appetite: np.ndarray
    """Risk appetite 0-10, neutral where unknown."""
    retired: np.ndarray
    vulnerable: np.ndarray
    corporate: np.ndarray
    years: np.ndarray
    """A company has been in business."""
    employees: np.ndarray
    groups: dict[str, np.ndarray]
    """Group -> int8 outcome of "is this customer one of them?" (engine.guard.target_groups)."""

    def take(self, rows: np.ndarray) -> "CustomerFacts":
        """The same facts of some of these customers."""
        some = {f.name: getattr(self, f.name)[rows] for f in fields(self)[:-1]}
        return CustomerFacts(
            **some, groups={name: group[rows] for name, group in self.groups.items()}
        )

    def changed(
        self,
        settings: GuardSettings,
        *,
        appetite: np.ndarray | None = None,
        income: np.ndarray | None = None,
        balance: np.ndarray | None = None,
    ) -> "CustomerFacts":
        """The same customers with other figures, and with the groups that follow from them.

        A month's income moves in proportion to the year's; of somebody whose income is not
        known it is a twelfth.
        """
        facts = self if appetite is None else replace(self, appetite=appetite)
        if income is not None:
            known = facts.income > 0
            share = np.divide(income, facts.income, out=np.ones(len(income)), where=known)
            monthly = np.where(known, facts.income_month * share, income / 12)
            facts = replace(facts, income=income, income_month=monthly)
        if balance is not None:
            facts = replace(facts, balance=balance)
        if income is None and balance is None:
            return facts
        by_money = target_groups.by_money(
            facts.groups, facts.income, facts.balance, facts.corporate, settings
        )
        return replace(facts, groups=by_money)


def customer_facts(bank: Bank, profiles: Profiles, settings: GuardSettings) -> CustomerFacts:
    """Facts of all customers, in the bank's order."""
    customers, table = bank["customers"], profiles.table
    corporate = is_company(customers)
    income = customers["annual_income"].to_numpy(dtype=float)
    revenue = customers["annual_revenue"].to_numpy(dtype=float)
    income = np.where(np.isnan(income) & corporate, revenue, income)
    monthly = table["income_month"].to_numpy(dtype=float)
    age = age_on(customers, bank.as_of)
    balance = table["balance"].to_numpy(dtype=float)
    occupation = customers["occupation"].fillna("").str.lower()
    return CustomerFacts(
        age=age,
        income=income,
        credit_score=customers["credit_score"].to_numpy(dtype=float),
        balance=balance,
        income_month=np.where(monthly > 0, monthly, income / 12),
        spending_month=table["spending_month"].to_numpy(dtype=float),
        appetite=table["risk"].to_numpy(dtype=float),
        retired=says(occupation, target_groups.RETIRED),
        vulnerable=customers["vulnerable"].fillna(False).to_numpy(dtype=bool),
        corporate=corporate,
        years=customers["years_in_business"].to_numpy(dtype=float, na_value=np.nan),
        employees=customers["n_employees"].to_numpy(dtype=float, na_value=np.nan),
        groups=target_groups.belongs(
            bank,
            occupation=occupation,
            age=age,
            income=income,
            balance=balance,
            corporate=corporate,
            reasons=reasons(bank, profiles, settings),
            settings=settings,
        ),
    )
