"""One day as it is written: which orders of its numbers it admits, and the day in each."""

from dataclasses import dataclass
from datetime import date

ORDERS = ("dmy", "mdy", "ymd")
PIVOT = 68
"""The last two-digit year of this century, as strptime has it (POSIX)."""


@dataclass(frozen=True)
class Written:
    """One day as it is written: its numbers in their order, or year, month and day."""

    numbers: tuple[int, int, int]
    order: str = "ymd"
    """What the numbers are; empty where the column decides."""
    is_short: bool = False
    """Whether the year has two figures."""
    mark: str = ""
    weekday: int | None = None
    """From Monday on, where it is named."""

    def admits(self, order: str) -> bool:
        """Whether the day exists in this order; on its weekday, if it is so in any order."""
        if self.weekday is None:
            return self._exists(order)
        fitting = [other for other in ORDERS if self._is_on_its_weekday(other)]
        return order in fitting if fitting else self._exists(order)

    def _exists(self, order: str) -> bool:
        if not self.is_short and order == "ymd":
            return False
        return self.in_order(order, PIVOT) is not None

    def _is_on_its_weekday(self, order: str) -> bool:
        day = self.in_order(order, PIVOT) if self._exists(order) else None
        return day is not None and date.fromisoformat(day).weekday() == self.weekday

    def in_order(self, order: str, pivot: int) -> str | None:
        """The day as ISO text; None where there is no such day."""
        order = self.order or order
        year, month, day = (self.numbers[order.index(part)] for part in "ymd")
        if self.is_short:
            year += 2000 if year <= pivot else 1900
        if not (1 <= month <= 12 and 1 <= day <= _days_in(year, month) and year >= 1):
            return None
        return f"{year:04d}-{month:02d}-{day:02d}"


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
