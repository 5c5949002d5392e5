"""Answers to offers in; what they say of the offers to everybody else, in log-odds, out."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.bank import Bank
from engine.customers.profiles import Profiles
from engine.errors import StateError
from engine.models import mixed_logit
from engine.settings import AnswerSettings
from engine.vocabulary import RATING_ASPECTS

SAYS: Final = {
    "accepted": (1.0, 1.0),
    "purchased": (1.0, 1.0),
    "dismissed": (0.0, 1.0),
    "postponed": (0.0, 0.3),
}
"""Action -> was it a yes, and how much it counts; "Not now" is as weak a no as in the customer's
own signal. A rating is a yes above the middle, and counts by its distance from there."""
SAYS_NO: Final = ("unsuitable", "not interested", "too expensive")
"""Reasons of a dismissal that are a whole no, as is one without a reason."""
SAYS_LITTLE: Final = {"bad timing": 0.3}
"""Reason of a dismissal -> what it counts: it speaks of the day."""
SAYS_NOTHING: Final = ("held already", "held elsewhere", "wrong data")
"""Reasons of a dismissal that say nothing of the offer's fit. Every reason of
`engine.labels.DISMISSAL_LABELS` is in one of the three."""
FAMILIES: Final = ("product", "kind", "segment", "spending")
"""Groups that share an effect: those asked about the product; about its kind; and, for a kind,
those of the same segment and those who spend most on the same. The customer's own, by kind, are
the small groups of the model."""
GROUPED: Final = ("segment", "spending")
FILE: Final = "answers.npz"


@dataclass(frozen=True, eq=False)
class Groups:
    """In which groups every pair of a bank is; nothing in it is a protected trait, nor social."""

    kinds: tuple[str, ...]
    """Categories of products."""
    kind: np.ndarray
    """Shape (n_products,). Place of each product's kind, -1 for none."""
    names: Mapping[str, tuple[str, ...]]
    of: Mapping[str, np.ndarray]
    """By family of GROUPED: names of its groups, and each customer's place among them, -1 for
    none, shape (n_customers,)."""

    @classmethod
    def of_bank(cls, bank: Bank, profiles: Profiles) -> "Groups":
        """As they are today."""
        kind, kinds = pd.factorize(bank["products"]["category"], sort=True)
        spent = profiles.spending.fillna(0.0).to_numpy(dtype=float)
        columns = np.array([str(name) for name in profiles.spending.columns], dtype=object)
        most = np.full(bank.n_customers, -1)
        if spent.size:
            most = np.where(spent.max(axis=1) > 0, spent.argmax(axis=1), -1)
        segment, segments = pd.factorize(profiles.table["segment"], sort=True)
        return cls(
            tuple(str(one) for one in kinds),
            kind,
            {"segment": tuple(str(one) for one in segments), "spending": tuple(columns)},
            {"segment": segment, "spending": most},
        )


def answers_of(events: pd.DataFrame, bank: Bank) -> pd.DataFrame:
    """What was answered, the last answer of each customer to each product, oldest first.

    Returns
    -------
    DataFrame
        event_id, recorded_at, actor, action, row, product (positions), yes (0 or 1), weight (0-1).
    """
    said = events.loc[events["action"].isin((*SAYS, "rated"))]
    rating = said["rating"].fillna(said[list(RATING_ASPECTS)].mean(axis=1)).to_numpy(dtype=float)
    rated = (said["action"] == "rated").to_numpy(dtype=bool)
    known = said["action"].map({name: yes for name, (yes, _) in SAYS.items()}).to_numpy(dtype=float)
    counts = said["action"].map({name: n for name, (_, n) in SAYS.items()}).to_numpy(dtype=float)
    reason = said["reason"].fillna("").astype("object")
    refused = (said["action"] == "dismissed").to_numpy(dtype=bool)
    little = reason.map(SAYS_LITTLE).fillna(1.0).to_numpy(dtype=float)
    little = np.where(reason.isin(SAYS_NOTHING), 0.0, little)
    table = pd.DataFrame(
        {
            "event_id": said["event_id"].to_numpy(),
            "recorded_at": said["recorded_at"].to_numpy(),
            "actor": said["actor"].to_numpy(),
            "action": said["action"].to_numpy(),
            "row": bank.customer_positions(said["customer_id"]),
            "product": bank.product_positions(said["product_id"]),
            "yes": np.where(rated, rating > 0.5, known == 1.0).astype(float),
            "weight": np.where(rated, np.abs(rating - 0.5) * 2, counts)
            * np.where(refused, little, 1.0),
        }
    )
    table = table[(table["row"] >= 0) & (table["product"] >= 0)]
    table = table.sort_values("recorded_at", kind="stable", na_position="first")
    table = table.drop_duplicates(["row", "product"], keep="last")
    return table[table["weight"] > 0].reset_index(drop=True)


class Counts(NamedTuple):
    """What one group answered: all answers, whole yeses, whole noes; and the group's name."""

    answered: int
    yes: int
    no: int
    group: str = ""


@dataclass(frozen=True, eq=False)
class AnswerModel:
    """What a version learned from answers. Effects are log-odds of a yes, 0 where nobody was asked.

    `asked` holds, by family, how many answered, and how many of them with a whole yes and with a
    whole no: what is told. "Not now" and a rating between the ends are neither.
    """

    kinds: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    product: np.ndarray
    """Shape (n_products,)."""
    kind: np.ndarray
    """Shape (n_kinds,)."""
    groups: Mapping[str, np.ndarray]
    """By family of GROUPED, shape (n_groups, n_kinds)."""
    own: sparse.csr_array
    """Shape (n_customers, n_kinds). The customers' own."""
    asked: Mapping[str, np.ndarray]
    """By family, int of the effects' shape and three more: answered, said yes, said no."""
    most: float
    """However sure, no score moves by more than this."""
    n: int
    """Answers that it was fitted on."""
    until: str
    """Moment of the last of them, ISO; "" where it has none."""
    covariance: np.ndarray
    """Of intercept and effects, in the order of `positions_of`."""
    intercept: float

    def raw(self, groups: Groups, rows: np.ndarray) -> np.ndarray:
        """Log-odds beside the average answer, shape (len(rows), n_products), within `most`."""
        return np.clip(self.unbounded(groups, rows), -self.most, self.most)

    def unbounded(self, groups: Groups, rows: np.ndarray) -> np.ndarray:
        """The same before the limit."""
        return sum(self.shares(groups, rows).values(), np.zeros((len(rows), len(self.product))))

    def shares(self, groups: Groups, rows: np.ndarray) -> dict[str, np.ndarray]:
        """What each family and the customer's own answers add, (len(rows), n_products) each."""
        kinds = np.append(_places(groups.kinds, self.kinds), -1)[groups.kind]
        found = {
            "product": np.tile(self.product, (len(rows), 1)),
            "kind": np.tile(np.append(self.kind, 0.0)[kinds], (len(rows), 1)),
        }
        for family in GROUPED:
            places = np.append(_places(groups.names[family], self.names[family]), -1)
            mine = places[groups.of[family][rows]]
            padded = np.pad(self.groups[family], ((0, 1), (0, 1)))
            found[family] = padded[mine][:, kinds]
        own = np.pad(self.own[rows].toarray(), ((0, 0), (0, 1)))
        return found | {"own": own[:, kinds]}

    def counts(self, groups: Groups, row: int, product: int) -> dict[str, Counts]:
        """By family, of the group that this pair is in."""
        found = {"product": Counts(*self.asked["product"][product].tolist())}
        kind = int(np.append(_places(groups.kinds, self.kinds), -1)[groups.kind[product]])
        if kind < 0:
            return found
        found["kind"] = Counts(*self.asked["kind"][kind].tolist(), self.kinds[kind])
        for family in GROUPED:
            place = int(groups.of[family][row])
            name = groups.names[family][place] if place >= 0 else ""
            if name in self.names[family]:
                at = self.names[family].index(name)
                found[family] = Counts(*self.asked[family][at, kind].tolist(), name)
        return found

    def covariance_for(self, groups: Groups) -> np.ndarray:
        """The covariance in the order that `design` gives the same products with these groups:
        each is found by its name, and a new one is as unsure as the unsurest."""
        kinds, n_kinds = _places(groups.kinds, self.kinds), len(self.kinds)
        n_products = len(self.product)
        start = n_products + n_kinds
        blocks = [np.arange(n_products), np.where(kinds >= 0, n_products + kinds, -1)]
        for family in GROUPED:
            mine = _places(groups.names[family], self.names[family])[:, None]
            known = (mine >= 0) & (kinds >= 0)
            blocks.append(np.where(known, start + mine * n_kinds + kinds, -1).ravel())
            start += len(self.names[family]) * n_kinds
        places = np.concatenate(blocks)
        return _picked(self.covariance, np.append(0, np.where(places >= 0, places + 1, -1)))

    def aligned(self, customers: np.ndarray, products: np.ndarray) -> "AnswerModel":
        """For another edition: places of its customers and products among these, -1 for new."""
        there = np.flatnonzero(customers >= 0)
        known = sparse.csr_array(
            (np.ones(len(there)), (there, customers[there])), (len(customers), self.own.shape[0])
        )
        asked = np.pad(self.asked["product"], ((0, 1), (0, 0)))[products]
        return replace(
            self,
            own=sparse.csr_array(known @ self.own),
            product=np.append(self.product, 0.0)[products],
            asked={**self.asked, "product": asked},
            covariance=_picked_covariance(self.covariance, len(self.product), products),
        )

    def save(self, folder: Path) -> None:
        """Write it as arrays; what is text is JSON within them."""
        facts = {
            "kinds": list(self.kinds),
            "names": {family: list(names) for family, names in self.names.items()},
            "most": self.most,
            "n": self.n,
            "until": self.until,
            "intercept": self.intercept,
            "customers": self.own.shape[0],
        }
        np.savez(
            folder / FILE,
            facts=np.array(json.dumps(facts, sort_keys=True)),
            product=self.product,
            kind=self.kind,
            covariance=self.covariance,
            own_data=self.own.data,
            own_indices=self.own.indices,
            own_indptr=self.own.indptr,
            **{f"groups_{family}": values for family, values in self.groups.items()},
            **{f"asked_{family}": values for family, values in self.asked.items()},
        )

    @classmethod
    def load(cls, folder: Path) -> "AnswerModel | None":
        """Read what `save` wrote; None where a version learned from no answers."""
        if not (folder / FILE).is_file():
            return None
        try:
            with np.load(folder / FILE, allow_pickle=False) as arrays:
                facts: dict[str, Any] = json.loads(str(arrays["facts"]))
                kinds = tuple(facts["kinds"])
                own = (arrays["own_data"], arrays["own_indices"], arrays["own_indptr"])
                return cls(
                    kinds,
                    {family: tuple(names) for family, names in facts["names"].items()},
                    arrays["product"],
                    arrays["kind"],
                    {family: arrays[f"groups_{family}"] for family in GROUPED},
                    sparse.csr_array(own, shape=(facts["customers"], len(kinds))),
                    {family: _three(arrays[f"asked_{family}"]) for family in FAMILIES},
                    facts["most"],
                    facts["n"],
                    facts["until"],
                    arrays["covariance"],
                    facts["intercept"],
                )
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise StateError(
                f"What {folder} learned from answers cannot be read ({error})."
            ) from error


def fit(answers: pd.DataFrame, groups: Groups, settings: AnswerSettings) -> AnswerModel:
    """Learn from answers; see `engine.models.mixed_logit`.

    Parameters
    ----------
    answers : DataFrame
        As `answers_of` gives them.
    """
    rows, product = answers["row"].to_numpy(), answers["product"].to_numpy()
    kind = groups.kind[product]
    n_kinds = len(groups.kinds)
    columns, family = design(groups, rows, product)
    # A product without a kind has a small group of its own: the customer and no kind.
    pairs, own = np.unique(rows * (n_kinds + 1) + (kind % (n_kinds + 1)), return_inverse=True)
    yes, weight = answers["yes"].to_numpy(), answers["weight"].to_numpy()
    found = mixed_logit.fit(yes, weight, columns, family, own)
    effects = np.split(found.shared, np.cumsum(_sizes(groups))[:-1])
    n_customers = len(groups.of["segment"])
    mine = sparse.csr_array(
        sparse.coo_array(
            (found.own, (pairs // (n_kinds + 1), pairs % (n_kinds + 1))),
            shape=(n_customers, n_kinds + 1),
        )
    )[:, :n_kinds]
    last = answers["recorded_at"].max()
    return AnswerModel(
        groups.kinds,
        groups.names,
        effects[0],
        effects[1],
        {
            f: e.reshape(len(groups.names[f]), n_kinds)
            for f, e in zip(GROUPED, effects[2:], strict=True)
        },
        sparse.csr_array(mine),
        _counted(columns, yes, weight == 1, groups),
        settings.most,
        len(answers),
        "" if pd.isna(last) else pd.Timestamp(last).isoformat(),
        found.covariance,
        found.intercept,
    )


def design(
    groups: Groups, rows: np.ndarray, product: np.ndarray
) -> tuple[sparse.csr_array, np.ndarray]:
    """Which shared groups each pair is in, (n, n_columns), and each column's family."""
    n_kinds, sizes = len(groups.kinds), _sizes(groups)
    kind = groups.kind[product]
    places = [product, kind]
    for name in GROUPED:
        mine = groups.of[name][rows]
        places.append(np.where((mine >= 0) & (kind >= 0), mine * n_kinds + kind, -1))
    blocks = []
    for size, place in zip(sizes, places, strict=True):
        at = np.flatnonzero(place >= 0)
        blocks.append(sparse.csr_array((np.ones(len(at)), (at, place[at])), (len(rows), size)))
    family = np.repeat(np.arange(len(sizes)), sizes)
    return sparse.csr_array(sparse.hstack(blocks, format="csr")), family


def answers_none() -> pd.DataFrame:
    """A table of no answers."""
    return pd.DataFrame(
        {
            "event_id": pd.Series(dtype="str"),
            "recorded_at": pd.Series(dtype="datetime64[ns]"),
            "actor": pd.Series(dtype="str"),
            "row": pd.Series(dtype="int64"),
            "product": pd.Series(dtype="int64"),
            "yes": pd.Series(dtype="float64"),
            "weight": pd.Series(dtype="float64"),
        }
    )


def _sizes(groups: Groups) -> list[int]:
    """How many groups each family has."""
    n_kinds = len(groups.kinds)
    return [len(groups.kind), n_kinds, *(len(groups.names[f]) * n_kinds for f in GROUPED)]


def _counted(
    columns: sparse.csr_array, yes: np.ndarray, whole: np.ndarray, groups: Groups
) -> dict[str, np.ndarray]:
    """Answers of each group, and the whole yeses and noes among them."""
    told = np.stack([np.ones(len(yes)), whole * yes, whole * (1 - yes)], axis=-1)
    parts = np.split((columns.T @ told).astype(np.int64), np.cumsum(_sizes(groups))[:-1])
    n_kinds = len(groups.kinds)
    shaped = [
        part.reshape(len(groups.names[f]), n_kinds, 3)
        for f, part in zip(GROUPED, parts[2:], strict=True)
    ]
    return dict(zip(FAMILIES, [*parts[:2], *shaped], strict=True))


def _places(names: tuple[str, ...], known: tuple[str, ...]) -> np.ndarray:
    """Place of each name among those that are known, -1 for a new one."""
    return pd.Index(known, dtype="object").get_indexer(pd.Index(names, dtype="object"))


def _three(counted: np.ndarray) -> np.ndarray:
    """Counts as they are told now; before, each was how many answered and how many said yes."""
    if counted.shape[-1] == 3:
        return counted
    return np.concatenate([counted, counted[..., :1] - counted[..., 1:]], axis=-1)


def _picked_covariance(covariance: np.ndarray, n_products: int, products: np.ndarray) -> np.ndarray:
    """The covariance with the products in another order."""
    rest = np.arange(1 + n_products, len(covariance))
    known = np.where(products >= 0, products + 1, -1)
    return _picked(covariance, np.concatenate([[0], known, rest]))


def _picked(covariance: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rows and columns at these places; -1, a new one, is as unsure as the unsurest."""
    picked = covariance[np.ix_(places, places)]
    new = np.flatnonzero(places < 0)
    picked[new, :], picked[:, new] = 0.0, 0.0
    picked[new, new] = covariance.diagonal().max()
    return picked
