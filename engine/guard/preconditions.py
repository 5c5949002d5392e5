"""What stands between a customer and an offer before any figure is read: choices and holdings."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from engine.bank.audience import is_company, meant_for
from engine.bank.bank import Bank
from engine.bank.importing.product_scores import lends
from engine.customers.row_index import CustomerRows, rows_of
from engine.experiments.arms import Arms
from engine.figures import day
from engine.guard.hidden_products import HiddenProducts
from engine.guard.levels import lower_levels
from engine.guard.offer_complaints import OfferComplaints, offer_complaints
from engine.guard.one_account import second_accounts
from engine.settings import GuardSettings
from engine.vocabulary import MARKETING, PERSONALISATION, REFUSED, TIERS


@dataclass(frozen=True)
class BlockingRule:
    """One rule over rows and products."""

    rule: str
    """A name of `engine.guard.verdicts.RULES`."""
    blocked: np.ndarray
    text: Callable[[int, int], str]
    """(row, product) -> the sentence, for a pair that is blocked."""


@dataclass(frozen=True, eq=False)
class CustomerChoices:
    """What customers allow and what they keep off their lists; it changes from click to click."""

    consents: pd.DataFrame
    """Row i is customer i: status and `<purpose>_allowed` per purpose (engine.bank.consents)."""
    hidden: HiddenProducts
    arms: Arms | None = None
    """Of the bank's experiments; None where it has none."""


@dataclass(frozen=True, eq=False)
class Preconditions:
    """The relationship of every customer of a bank, worked out once and asked for some of them."""

    bank: Bank
    """Its customers, products and holdings; consents and events are those of the choices."""
    settings: GuardSettings

    def blocking(
        self, choices: CustomerChoices, rows: np.ndarray, now: pd.Timestamp
    ) -> tuple[BlockingRule, ...]:
        """The rules in their order for the customers at `rows`, at a moment in UTC."""
        return (
            *self._consent(choices.consents, rows),
            self._status(rows),
            self._audience(rows),
            self._held(rows),
            self._hidden(choices.hidden, rows, now),
        )

    def _consent(
        self, consents: pd.DataFrame, rows: np.ndarray
    ) -> tuple[BlockingRule, BlockingRule]:
        """Refused personalisation removes everything; refused marketing everything that sells."""
        personal = ~consents[f"{PERSONALISATION}_allowed"].to_numpy(dtype=bool)[rows]
        silent = ~consents[f"{MARKETING}_allowed"].to_numpy(dtype=bool)[rows]

        def opted_out(row: int, _product: int) -> str:
            if consents[PERSONALISATION].iloc[rows[row]] == REFUSED:
                return "The customer has opted out of personal recommendations"
            return "Personal recommendations need this customer's consent; none is recorded"

        def objection(row: int, _product: int) -> str:
            if consents[MARKETING].iloc[rows[row]] == REFUSED:
                return "The customer objects to marketing; only services may be offered"
            return "Marketing needs this customer's consent; none is recorded"

        return (
            BlockingRule("consent", personal[:, None], opted_out),
            BlockingRule("objection", silent[:, None] & self._selling[None, :], objection),
        )

    def _status(self, rows: np.ndarray) -> BlockingRule:
        """A customer whose relationship has ended is offered nothing."""
        status = self.bank["customers"]["status"]
        ended = self._ended[rows][:, None]
        return BlockingRule("status", ended, lambda row, _: f"Status: {status.iloc[rows[row]]}")

    def _audience(self, rows: np.ndarray) -> BlockingRule:
        """Products are for people or companies; nothing stated means people, "any" means both."""
        corporate = self._corporate[rows]

        def text(row: int, _product: int) -> str:
            return f"Is for {'private' if corporate[row] else 'corporate'} customers only"

        return BlockingRule("audience", self._for_others[corporate.astype(int)], text)

    def _held(self, rows: np.ndarray) -> BlockingRule:
        """What is held already, under a second id or at a higher level included."""
        own = self.bank.held[rows]
        twins, lower = self._twins, self._lower
        same = own if twins is None else (own.astype(np.float32) @ twins) > 0
        below = same if lower is None else same | ((own.astype(np.float32) @ lower) > 0)
        blocked = below | ((own.astype(np.float32) @ self._second[0].astype(np.float32)) > 0)

        @cache
        def since(row: int) -> dict[str, pd.Timestamp]:
            mine = self._holding_rows.of(rows[row])
            products, opened = (self.bank["holdings"][c] for c in ("product_id", "opened_on"))
            dated = zip(opened.iloc[mine], products.iloc[mine], strict=True)
            known = sorted((when, product) for when, product in dated if not pd.isna(when))
            return {product: when for when, product in known}

        def text(row: int, product: int) -> str:
            if not below[row, product]:
                first = np.flatnonzero(own[row] & self._second[0][:, product])[0]
                return f"Holds {self._names[first]}, {self._enough(first, product)}"
            if not same[row, product]:
                higher = np.flatnonzero(own[row] & (lower[:, product] > 0))[0]
                return f"Holds {self._names[higher]}, which is of a higher level"
            if not own[row, product]:
                return "Already held under another number"
            opened = since(row).get(str(self.bank.product_ids[product]))
            return "Already held" if opened is None else f"Already held since {day(opened)}"

        return BlockingRule("held", blocked, text)

    def _enough(self, held: int, product: int) -> str:
        """Why an account is no offer beside another one: a joint one is not quite the same."""
        joint = self._second[1]
        if joint[held] == joint[product]:
            return "which serves the same purpose"
        return f"and one {str(self.bank['products']['category'].iloc[product]).lower()} is enough"

    @cached_property
    def _second(self) -> tuple[np.ndarray, np.ndarray]:
        categories, products = self.settings.one_account_in, self.bank["products"]
        return self.bank.of_products(
            "second accounts", categories, lambda: second_accounts(products, categories)
        )

    def held_before(self, row: int) -> dict[int, str]:
        """Of one customer: what was held here and is closed, and from when to when, in words.

        `row` is the customer's position; of several times the last is told, by its months, since
        the end of a contract is often known no better.
        """
        holdings = self.bank["holdings"].iloc[self._holding_rows.of(row)]
        closed = holdings[holdings["closed_on"] <= self.bank.as_of].sort_values("closed_on")
        told = {}
        places = self.bank.product_positions(closed["product_id"])
        dates = zip(closed["opened_on"], closed["closed_on"], strict=True)
        for product, (opened, ended) in zip(places, dates, strict=True):
            if product >= 0 and not self.bank.held[row, product]:
                since = "" if pd.isna(opened) else f" from {opened:%b %Y}"
                why = "" if self._ends_by_itself[product] else ": ask why"
                told[int(product)] = f"Held here{since} until {ended:%b %Y}, then closed{why}"
        return told

    def _hidden(self, hidden: HiddenProducts, rows: np.ndarray, now: pd.Timestamp) -> BlockingRule:
        """Off the list for a while, or until undone, for what was said about it or its offers."""
        place, pairs = hidden.of(rows, now.to_datetime64())
        columns = hidden.columns[pairs]
        blocked = np.zeros((len(rows), self.bank.n_products), dtype=bool)
        blocked[place, columns] = True
        complaints = self._complaints.standing(rows, now, self.settings.service_recent_days)
        for pair in complaints:
            blocked[pair] = True

        def text(row: int, product: int) -> str:
            if complaint := complaints.get((row, product)):
                return complaint
            mine = pairs[(place == row) & (columns == product)]
            return hidden.text(mine, str(self.bank["products"]["category"].iloc[product]))

        return BlockingRule("hidden", blocked, text)

    @cached_property
    def _ends_by_itself(self) -> np.ndarray:
        """Products that run for a term: credit, and what is locked in for some months."""
        products = self.bank["products"]
        return lends(products) | (products["lock_in_months"] > 0).to_numpy(dtype=bool)

    @cached_property
    def _complaints(self) -> OfferComplaints:
        return offer_complaints(self.bank)

    @cached_property
    def _selling(self) -> np.ndarray:
        return ~self.bank["products"]["item_type"].isin(["service", "content"]).to_numpy()

    @cached_property
    def _ended(self) -> np.ndarray:
        status = self.bank["customers"]["status"].str.lower()
        return status.isin(self.settings.blocked_statuses).to_numpy(dtype=bool)

    @cached_property
    def _corporate(self) -> np.ndarray:
        return is_company(self.bank["customers"])

    @cached_property
    def _for_others(self) -> np.ndarray:
        """Products that are not for people, and those that are not for companies."""
        return ~meant_for(self.bank["products"])

    @cached_property
    def _twins(self) -> np.ndarray | None:
        """Products of one name and audience, float32 (n_products, n_products); None without any."""
        products = self.bank["products"]
        keys = products["name"].fillna(products["product_id"]).str.casefold()
        keys += "\x1f" + products["audience"].fillna("")
        codes = pd.factorize(keys)[0]
        if not codes.size or codes.max() + 1 == len(codes):
            return None
        return (codes[:, None] == codes[None, :]).astype(np.float32)

    @cached_property
    def _names(self) -> np.ndarray:
        products = self.bank["products"]
        return products["name"].fillna(products["product_id"]).to_numpy()

    @cached_property
    def _lower(self) -> np.ndarray | None:
        """Row: what is held, column: what is a lower level of it, float32; None where nothing is.

        That is two tiers lower in a category of the settings, or the same product whose name
        says a lower level.
        """
        products = self.bank["products"]
        level = products["tier"].map({t: i for i, t in enumerate(TIERS)}).to_numpy(dtype=float)
        category = products["category"].str.casefold()
        codes = pd.factorize(category)[0]
        asked = category.isin([c.casefold() for c in self.settings.no_lower_level_in]).to_numpy()
        lower = (level[:, None] - level[None, :] >= 2) & (codes[:, None] == codes[None, :])
        lower &= asked[None, :]
        if self.settings.lower_level_by_name:
            by_name = self.bank.of_products("levels", None, lambda: lower_levels(products))
            lower |= by_name
        return lower.astype(np.float32) if lower.any() else None

    @cached_property
    def _holding_rows(self) -> CustomerRows:
        return rows_of(self.bank, "holdings")
