"""Scores, rules and limits behind lists in; what each adds to a gap between groups, out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import factorial
from typing import Final

import numpy as np
import pandas as pd

from engine import rates
from engine.audit.parity.group_counts import members_of
from engine.bank.bank import Bank
from engine.guard.list_selection import TopK
from engine.settings import FairnessSettings
from engine.threads import one_thread

RULE: Final = "rule"
SIGNAL: Final = "signal"
LIMIT: Final = "limit"
PRICE: Final = "price"
PRICES: Final = "group_prices"
"""Name of prices on groups among the parts that an order is the sum of."""
CATEGORY_LIMIT: Final = "category limit"
ANY: Final = "any offer"
BENEFIT: Final = "saving and investing"
BURDEN: Final = "credit"
MOST_CUSTOMERS: Final = 2_000
"""Customers that are taken apart at most, drawn by the seed: a few thousand lists are made for each
(own choice: some seconds)."""
LISTS_AT_ONCE: Final = 800_000
"""Of 15 kinds of offers they are 96 MB."""


@dataclass(frozen=True, eq=False)
class ListMaking:
    """Everything that some customers' lists are made of."""

    total: np.ndarray
    """Float64, shape (n, n_products). What the order is read from."""
    parts: Mapping[str, np.ndarray]
    """Arrays of the same shape: what each signal adds to `total`, and what prices on groups take
    off it under the name `PRICES`."""
    codes: np.ndarray
    """Int8, same shape. The first rule against each pair as an index into `rules`, 0 for none."""
    rules: Sequence[str]
    lists: TopK
    k: int
    """Places that count."""

    def __post_init__(self) -> None:
        for name, values in {**self.parts, "codes": self.codes}.items():
            if values.shape != self.total.shape:
                raise ValueError(f"{name} has shape {values.shape}, total {self.total.shape}.")

    @cached_property
    def usual(self) -> np.ndarray:
        """Score of each product over all these customers, shape (n_products,)."""
        return self.total.mean(axis=0)

    @cached_property
    def own(self) -> dict[str, np.ndarray]:
        """What each signal adds beyond its mean over all customers; without those that add none."""
        found = {name: part - part.mean(axis=0) for name, part in self.parts.items()}
        return {name: part for name, part in found.items() if np.abs(part).max(initial=0.0) > 1e-12}

    @cached_property
    def at_work(self) -> list[int]:
        """Codes of the rules that remove anything."""
        return [int(code) for code in np.unique(self.codes) if code]

    @property
    def names(self) -> list[tuple[str, str]]:
        """Kind and name of each part: rules, signals, prices and the limit of a category."""
        return [
            *((RULE, self.rules[code]) for code in self.at_work),
            *((PRICE if name == PRICES else SIGNAL, name) for name in self.own),
            (LIMIT, CATEGORY_LIMIT),
        ]


def kinds_of(bank: Bank, rule: FairnessSettings) -> dict[str, np.ndarray]:
    """Kinds of offers whose attention is compared: all, saving and investing, credit, and each
    category; of each its products, bool of shape (n_products,)."""
    category = bank["products"]["category"].to_numpy(dtype=object)
    names = sorted(bank["products"]["category"].dropna().unique())
    return {
        ANY: np.ones(len(category), dtype=bool),
        BENEFIT: np.isin(category, rule.benefits),
        BURDEN: np.isin(category, rule.burdens),
        **{str(name): category == name for name in names},
    }


def attention_weights(k: int) -> np.ndarray:
    """Share of the attention that each of k places gets, shape (k,); adds up to 1."""
    weights = 1 / np.log2(np.arange(k) + 2)
    return weights / weights.sum()


@one_thread()
def contributions(made: ListMaking, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split each customer's attention on kinds of offers into what every part adds to it.

    Parameters
    ----------
    kinds : ndarray of bool, shape (n_products, n_kinds)
        Which product is of which kind.

    Returns
    -------
    tuple of three ndarrays of float64
        Attention of shape (n, n_kinds), a share of the k places; what each part adds, shape
        (n, n_kinds, n_parts) in the order of `made.names`; attention without that part alone, same
        shape.

    Notes
    -----
    A list is no sum: a place is won or lost. What a part adds is therefore its Owen value (G. Owen,
    1977): its Shapley value (1953) where parts stand in three rooms, rules, signals (and prices on
    groups) and the limit, and a room is in whole or not at all while another's parts are weighed.
    It is the mean of what the part changes over all orders in which rooms, and parts within a room,
    may come in; so no order is chosen, two parts that do the same get the same, one that changes
    nothing gets 0, and the parts sum to the whole. Rooms keep it exact at 4 x (2^rules + 2^signals)
    lists a customer, of the rules that remove something from that very customer (any other adds
    0, and is left out); Shapley over all parts at once takes 2^19. A signal that is out has its
    mean over all customers in its place, a rule that is out removes nothing (each removal belongs
    to the first rule against the pair), and with everything out everybody's list is the same list.
    Hence a gap between groups is the sum of its parts, without a remainder.
    """
    n, n_rules = len(made.total), len(made.at_work)
    found = np.zeros((n, kinds.shape[1]))
    added = np.zeros((n, kinds.shape[1], len(made.names)))
    without = np.zeros_like(added)
    against = np.zeros((n, n_rules), dtype=bool)
    for at, code in enumerate(made.at_work):
        against[:, at] = (made.codes == code).any(axis=1)
    for n_own, here in _batches(against.sum(axis=1), len(made.own)):
        plan = _Plan(n_own, len(made.own))
        rules = np.argsort(~against[here], axis=1, kind="stable")[:, :n_own]
        values = _attention(made, here, rules, plan, kinds)
        found[here] = values[plan.place[plan.everything]]
        parts = np.tensordot(values, plan.weights, axes=(0, 0))
        alone = np.moveaxis(values[plan.all_but_one], 0, -1)
        without[here, :, :n_rules] = found[here][:, :, None]
        for whole, own in ((added, parts), (without, alone)):
            whole[here[:, None], :, rules] = np.moveaxis(own[:, :, :n_own], 2, 1)
            whole[here, :, n_rules:] = own[:, :, n_own:]
    return found, added, without


def _batches(n_own: np.ndarray, n_signals: int) -> Iterator[tuple[int, np.ndarray]]:
    """Customers of equally many rules against them, of about as many lists at once."""
    for size in np.unique(n_own):
        members = np.flatnonzero(n_own == size)
        step = max(1, LISTS_AT_ONCE // (4 * (2 ** int(size) + 2**n_signals)))
        for start in range(0, len(members), step):
            yield int(size), members[start : start + step]


Coalition = tuple[int, int, bool]
"""Rules and signals that are in, as bits, and whether the limit is."""


@dataclass(frozen=True)
class _Plan:
    """Which lists are made, and how often each counts in each part."""

    n_rules: int
    n_signals: int

    @property
    def everything(self) -> Coalition:
        return (1 << self.n_rules) - 1, (1 << self.n_signals) - 1, True

    @cached_property
    def coalitions(self) -> list[Coalition]:
        """Of the two large rooms one at most is in part; by signals, so that a score serves all."""
        rules, signals, _ = self.everything
        some = {(r, s) for r in range(rules + 1) for s in (0, signals)}
        some |= {(r, s) for r in (0, rules) for s in range(signals + 1)}
        pairs = sorted(some, key=lambda one: (one[1], one[0]))
        return [(r, s, limited) for r, s in pairs for limited in (False, True)]

    @cached_property
    def place(self) -> dict[Coalition, int]:
        return {one: at for at, one in enumerate(self.coalitions)}

    @cached_property
    def all_but_one(self) -> list[int]:
        """Place of the coalition without each part."""
        rules, signals, _ = self.everything
        return [
            *(self.place[rules ^ (1 << at), signals, True] for at in range(self.n_rules)),
            *(self.place[rules, signals ^ (1 << at), True] for at in range(self.n_signals)),
            self.place[rules, signals, False],
        ]

    @cached_property
    def weights(self) -> np.ndarray:
        """Of each coalition in each part, shape (n_coalitions, n_parts)."""
        rules, signals, _ = self.everything
        found = np.zeros((len(self.coalitions), self.n_rules + self.n_signals + 1))
        for other, limited, share in _rooms(signals):
            for bits, at, weight in _within(self.n_rules):
                found[self.place[bits, other, limited], at] += share * weight
        for other, limited, share in _rooms(rules):
            for bits, at, weight in _within(self.n_signals):
                found[self.place[other, bits, limited], self.n_rules + at] += share * weight
        for in_rules, rules_in, share in _rooms(rules):
            in_signals = signals if rules_in else 0
            for limited in (False, True):
                sign = 1 if limited else -1
                found[self.place[in_rules, in_signals, limited], -1] += sign * share
        return found


def _rooms(whole: int) -> list[tuple[int, bool, float]]:
    """Another room out or in, a third out or in, and in how many orders of the rooms a part finds
    them so."""
    return [(0, False, 1 / 3), (0, True, 1 / 6), (whole, False, 1 / 6), (whole, True, 1 / 3)]


def _within(size: int) -> Iterator[tuple[int, int, float]]:
    """Of every set of the parts of a room, as bits, each part and Shapley's weight: above 0 where
    the part is in the set."""
    for bits in range(1 << size):
        n_in = bits.bit_count()
        for at in range(size):
            inside = bits >> at & 1
            before = n_in - inside
            share = factorial(before) * factorial(size - before - 1) / factorial(size)
            yield bits, at, share if inside else -share


def _attention(
    made: ListMaking, here: np.ndarray, rules: np.ndarray, plan: _Plan, kinds: np.ndarray
) -> np.ndarray:
    """What the lists of some customers show, shape (n_coalitions, n_customers, n_kinds).

    Parameters
    ----------
    rules : ndarray of int, shape (n_customers, plan.n_rules)
        Which rules a customer's coalitions are of, as places in `made.at_work`.
    """
    weights = attention_weights(made.k)
    kinds = np.vstack([kinds, np.zeros((1, kinds.shape[1]), dtype=bool)])  # the last: no offer
    open_ended = replace(made.lists, limit=made.lists.window, levels=None)
    own = [part[here] for part in made.own.values()]
    everything = made.total[here]  # to the last bit what the lists were made from
    numbers, codes = np.asarray(made.at_work), made.codes[here]
    against = np.zeros(codes.shape, dtype=np.int64)
    for at, rule in enumerate(rules.T):
        against |= (codes == numbers[rule][:, None]).astype(np.int64) << at
    allowed = {bits: (against & bits) == 0 for bits in {bits for bits, _, _ in plan.coalitions}}
    values = np.zeros((len(plan.coalitions), len(everything), kinds.shape[1]))
    score = everything
    before = None
    for at, (in_rules, in_signals, limited) in enumerate(plan.coalitions):
        if in_signals != before:
            before = in_signals
            mine = [part for place, part in enumerate(own) if in_signals >> place & 1]
            usual = np.broadcast_to(made.usual, everything.shape)
            score = everything if len(mine) == len(own) else sum(mine, usual)
        lists = made.lists if limited else open_ended
        picks = lists.positions(score, allowed[in_rules], made.k)
        for place, weight in enumerate(weights[: picks.shape[1]]):
            values[at] += weight * kinds[picks[:, place]]
    return values


Split = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Of `contributions`."""


def by_group(
    made: ListMaking,
    kinds: Mapping[str, np.ndarray],
    group: pd.Series,
    rule: FairnessSettings,
    split: Split | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gaps of attention between each group and everybody else, and the parts of each.

    Parameters
    ----------
    kinds : mapping of str to ndarray of bool, shape (n_products,)
        Kind of offer -> its products.
    group : Series of category, length n
        Of the customers of `made`; missing counts nowhere.
    split : tuple of three ndarrays, optional
        The `contributions` of the kinds, where they are known: no group is in them.

    Returns
    -------
    tuple of two DataFrames
        kind, group, n, n_others, value, others, gap, low, high, p_value, q_value, differs (after
        control of false discoveries): attention (0-1) of the k places, who gets no offer counts
        with 0; and kind, group, part_of ("rule", "signal", "price", "limit"), part, gap, low, high
        (what it adds to the gap; they sum to it), without (the gap where that part alone is out).
        Kinds that nobody is shown have no row. Groups of at least `min_n` beside as many others.
        Intervals are Welch's.
    """
    present = group.cat.remove_unused_categories()
    names = present.cat.categories.to_numpy(dtype=str)
    members = members_of(present.cat.codes.to_numpy(), len(names)).astype(float)
    n, known = members.sum(axis=0), members.any(axis=1)
    judged = (n >= rule.min_n) & (known.sum() - n >= rule.min_n)
    stacked = np.column_stack([*kinds.values()])
    found, added, without = split or contributions(made, stacked)
    flat = np.concatenate([found[:, :, None], added, without], axis=2)[known]
    inside = members[known]
    wholes, parts = [], []
    for at in np.flatnonzero(judged):
        mine = inside[:, at] > 0
        gaps = differences(flat[mine], flat[~mine], rule)
        size = {"group": names[at], "n": int(mine.sum()), "n_others": int((~mine).sum())}
        for place, kind in enumerate(kinds):
            if not found[:, place].any():
                continue
            value, other, gap, low, high, p_value = (figure[place] for figure in gaps)
            whole = {"value": value[0], "others": other[0], "gap": gap[0]}
            ends = {"low": low[0], "high": high[0], "p_value": p_value[0]}
            wholes.append({"kind": kind, **size, **whole, **ends})
            for index, (part_of, part) in enumerate(made.names, start=1):
                figures = {"gap": gap[index], "low": low[index], "high": high[index]}
                out = {"without": gap[index + len(made.names)]}
                row = {"kind": kind, "group": names[at], "part_of": part_of, "part": part}
                parts.append({**row, **figures, **out})
    gaps = pd.DataFrame(wholes, columns=GAPS)
    q_value = rates.benjamini_hochberg(gaps["p_value"].to_numpy(float))
    differs = q_value <= 1 - rule.confidence_level
    return gaps.assign(q_value=q_value, differs=differs), pd.DataFrame(parts, columns=PARTS)


GAPS: Final = ["kind", "group", "n", "n_others", "value", "others", "gap", "low", "high",
               "p_value"]  # fmt: skip
PARTS: Final = ["kind", "group", "part_of", "part", "gap", "low", "high", "without"]


def differences(
    mine: np.ndarray, others: np.ndarray, rule: FairnessSettings
) -> tuple[np.ndarray, ...]:
    """Means of both, their difference and its interval, over the first axis."""
    first, second = mine.mean(axis=0), others.mean(axis=0)
    found = rates.welch(
        first,
        mine.var(axis=0, ddof=1),
        len(mine),
        second,
        others.var(axis=0, ddof=1),
        len(others),
        level=rule.confidence_level,
    )
    return first, second, found.value, found.low, found.high, found.p_value
