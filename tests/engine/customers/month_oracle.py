"""Raw months and payments in; which months of a customer are known and whole out, read slowly."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from engine.bank.bank import Bank


class MonthTables:
    """Months of the customers of one bank; whoever judges claims brings the tables."""

    day: pd.Timestamp
    bank: Bank
    customers: dict
    given: dict[str, pd.DataFrame]
    payments: dict[str, pd.DataFrame]
    _months: Callable[[str, str], dict[pd.Period, float]]
    _in_part: Callable[[str], set[pd.Period]]

    @cached_property
    def grid(self) -> list[pd.Period]:
        """The 24 months that end with the month of the bank's day."""
        return list(pd.period_range(end=self.day.to_period("M"), periods=24, freq="M"))

    def _read_months(self, customer: str, figure: str) -> dict[pd.Period, float]:
        """A figure by month: as given, else of the payments."""
        given = self.given.get(customer)
        rows = [] if given is None else zip(given["month"], given[figure], strict=True)
        known = {m.to_period("M"): v for m, v in rows if not pd.isna(v)}
        known = {m: abs(v) if figure != "balance" else v for m, v in known.items()}
        known = {m: v for m, v in known.items() if self.grid[0] <= m <= self.grid[-1]}
        if known or figure in ("balance", "loan_balance") or customer not in self.payments:
            return known
        mine = self.payments[customer]
        months = mine["booked_at"].dt.to_period("M")
        seen = [m for m in months.unique() if self.grid[0] <= m <= self.grid[-1]]
        if not seen:
            return {}
        end = max(seen)
        if (end - min(seen)).n >= 5:
            end = max(end, self._last_payment)
        computed = dict.fromkeys(pd.period_range(min(seen), end, freq="M"), 0.0)
        for month, amount in zip(months, mine["amount"], strict=True):
            if month in computed:
                computed[month] += {
                    "income": max(amount, 0.0),
                    "spending": max(-amount, 0.0),
                    "n_transactions": 1,
                }[figure]
        return computed

    @cached_property
    def _last_payment(self) -> pd.Period:
        months = self.bank["transactions"]["booked_at"].dt.to_period("M").dropna()
        return max(month for month in months.unique() if month in self.grid)

    @cached_property
    def _whole(self) -> list[pd.Period]:
        """Months of the grid that are over; the last one is where months are given."""
        months = self.bank["months"]
        given = months["month"].dt.to_period("M").isin(self.grid) & months["n_transactions"].isna()
        over = given.any() or self.day.days_in_month - self.day.day < 3
        return self.grid if over else self.grid[:-1]

    @cached_property
    def _ends(self) -> dict[str, pd.Period]:
        """Figure -> the last whole month of which anything is known of anybody."""
        ends = {}
        for figure in ("balance", "spending", "n_transactions", "income"):
            known = [set(self._months(customer, figure)) for customer in self.customers]
            months = set().union(*known) & set(self._whole)
            ends[figure] = max(months) if months else None
        return ends

    def _year(self, customer: str, figure: str) -> list[tuple[pd.Period, float]]:
        known, end = self._months(customer, figure), self._ends[figure]
        return [
            (month, value)
            for month, value in known.items()
            if end
            and end - 12 < month <= end
            and month in self._whole
            and (figure == "balance" or month not in self._in_part(customer))
        ]

    def _read_in_part(self, customer: str) -> set[pd.Period]:
        """The first and the last month where payments do not cover them but for three days."""
        given, mine = self.given.get(customer), self.payments.get(customer)
        if mine is None or (
            given is not None
            and (
                given["n_transactions"].isna() & given["month"].dt.to_period("M").isin(self.grid)
            ).any()
        ):
            return set()
        sums = ("income", "spending", "n_transactions")
        known = sorted({month for name in sums for month in self._months(customer, name)})
        if not known:
            return set()
        begin, end, cut = mine["booked_at"].min(), mine["booked_at"].max(), set()
        if (
            begin.to_period("M") == known[0]
            and begin.day > 3
            and not (self._oldest.to_period("M") == known[0] and self._oldest.day <= 3)
        ):
            cut.add(known[0])
        if end.to_period("M") < known[-1]:
            end = self.bank["transactions"]["booked_at"].max()
        if known[-1] == self.day.to_period("M"):
            end = max(end, self.day)
        if (known[-1].end_time.normalize() - end.normalize()).days >= 3:
            cut.add(known[-1])
        return cut

    @cached_property
    def _oldest(self) -> pd.Timestamp:
        return min(payments["booked_at"].min() for payments in self.payments.values())

    def _span(self, customer: str, figure: str) -> str:
        known = [month.to_timestamp() for month, _ in self._year(customer, figure)]
        if not known or self.bank.manifest.undated_months:
            return ""
        first, last = f"{min(known):%b %Y}", f"{max(known):%b %Y}"
        return f" ({first})" if first == last else f" ({first} to {last})"
