"""What may be asked about one customer's list: where a score comes from, why not, and what if."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import expect_personal
from engine.customers.protected_phrases import neutral
from engine.errors import BadInput
from engine.explain import drilldown
from engine.explain.comparison import compare
from engine.explain.signals import needs as needs_wording
from engine.ranking.product_search import nearest, whole_texts
from engine.ranking.signals.needs import KIND_WEIGHTS, Needs, phrase, product_texts
from engine.results import Comparison, Explanation, Situation, WhatIf, WhyNot
from engine.scoring.current import CurrentScores
from engine.scoring.scenarios.scenario import CustomerScenario
from engine.scoring.scenarios.what_if import assumed, what_if
from engine.scoring.scenarios.why_not import why_not
from engine.scoring.score_table import ScoreTable
from engine.services.offers import check_length, check_list
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import CORPORATE, METRICS


class Scenarios:
    """Answers about single customers, from the score table of the moment; nothing is stored.

    `NotFound` for an unknown customer or product. The encoder of the snapshots is asked only for a
    need that no customer has yet.
    """

    def __init__(self, scores: CurrentScores, snapshots: Snapshots):
        self._scores = scores
        self._snapshots = snapshots

    def products(self, customer_id: str) -> pd.DataFrame:
        """Every product of the customer's audience: product_id, name, category, by name."""
        table = self._scores.get()
        mine = table.ranker.signals.audience[table.bank.customer_position(customer_id)]
        products = table.bank["products"].loc[mine, ["product_id", "name", "category"]]
        return products.sort_values(["name", "product_id"], ignore_index=True)

    def explain(self, customer_id: str, product_id: str, *, list: str | None = None) -> Explanation:
        """Take one score apart: its parts, and what each of them is the sum of.

        Parameters
        ----------
        list : str, optional
            Growth or retention; by default the one that opens first.

        Raises
        ------
        BadInput
            Where the customer has opted out of personal recommendations.
        """
        table, row, which = self._of(customer_id, list)
        expect_personal(table.snapshot.consents, row)
        product = table.bank.product_position(product_id)
        scores = table.ranker.scores(np.array([row]))
        parts = drilldown.parts(table.evidence.customer(row), scores, which, 0, product)
        return Explanation(
            customer_id=customer_id,
            product_id=product_id,
            name=str(table.bank["products"]["name"].iloc[product]),
            list=which,
            score=float(sum(part.points for part in parts)),
            parts=parts,
        )

    def compare(
        self, customer_id: str, first: str, second: str, *, list: str | None = None
    ) -> Comparison:
        """What puts one product before another for a customer, part by part."""
        table, row, which = self._of(customer_id, list)
        expect_personal(table.snapshot.consents, row)
        scores = table.ranker.scores(np.array([row]))
        places = [table.bank.product_position(product) for product in (first, second)]
        names = (str(table.bank["products"]["name"].iloc[place]) for place in places)
        parts = (table.parts_ordered(which, scores, 0, place) for place in places)
        return compare(*names, *parts)

    def why_not(self, customer_id: str, product_id: str, *, list: str | None = None) -> WhyNot:
        """Why a product is not among a customer's first offers, and what would bring it there."""
        table, row, which = self._of(customer_id, list)
        product = table.bank.product_position(product_id)
        return why_not(CustomerScenario(table, row), which, product, table.settings.questions.first)

    def nearest(
        self, *, want: str = "", customer_id: str | None = None, k: int | None = None
    ) -> pd.DataFrame:
        """The products whose texts are nearest to a want in words, or to all a customer wants.

        Parameters
        ----------
        want : str
            In anybody's words; gender, age and place are taken out of them.
        customer_id : str, optional
            In place of a want: the customer's own needs, over what their lists could hold.
        k : int, optional
            Products; the setting by default.

        Returns
        -------
        DataFrame
            rank, product_id, name, category, score (0 to 1), see `engine.ranking.product_search`.
            Before the guard: this says what is alike, not what may be offered.

        Raises
        ------
        BadInput
            Unless there is something to look for, from one of the two, and k is at least 1; and
            where the customer has opted out of personal recommendations.
        """
        table = self._scores.get()
        k = table.settings.questions.nearest if k is None else k
        if k < 1:
            raise BadInput(f"Got {k} products to find; ask for at least 1.")
        if bool(want.strip()) == (customer_id is not None):
            raise BadInput("Say either what is wanted, in words, or whose needs are meant.")
        among = None
        if customer_id is None:
            text = _goals([want])[0]
        else:
            signals, row = table.ranker.signals, table.bank.customer_position(customer_id)
            expect_personal(table.snapshot.consents, row)
            text = whole_texts(signals, np.array([row]))[0]
            among = np.flatnonzero(signals.candidates[row])
            if not text:
                raise BadInput(f"Nothing is known of what {customer_id} wants; say it in words.")
        return nearest(table.bank, text, self._snapshots.encoder, k, among)

    def situation(self, customer_id: str) -> Situation:
        """What a what-if may change about a customer, as it is today."""
        table = self._scores.get()
        row = table.bank.customer_position(customer_id)
        scenario, facts = CustomerScenario(table, row), table.snapshot.rulebook.facts
        mine, known = scenario.needs, table.snapshot.profiles.table.iloc[row]
        labels = needs_wording.labels(table.evidence.customer(row))
        company = table.bank["customers"]["audience"].iloc[row] == CORPORATE
        shown = pd.DataFrame({"key": _keys(mine), "label": labels, "share": [*mine["share"]]})
        return Situation(
            metrics=scenario.metrics,
            unknown=tuple(name for name in METRICS if not known[f"{name}_known"]),
            mood=scenario.mood,
            income=_known(facts.income[row]),
            balance=_known(facts.balance[row]),
            income_label="Yearly revenue" if company else "Yearly income",
            needs=shown.sort_values("share", ascending=False, kind="stable", ignore_index=True),
            known_needs=_known_needs(
                table.ranker.signals.needs, mine, table.settings.questions.known_needs
            ),
            currency=table.bank.manifest.currency,
        )

    def what_if(
        self,
        customer_id: str,
        *,
        list: str | None = None,
        k: int = 5,
        metrics: Mapping[str, float] | None = None,
        mood: float | None = None,
        income: float | None = None,
        balance: float | None = None,
        add_needs: Sequence[str] = (),
        drop_needs: Sequence[str] = (),
    ) -> WhatIf:
        """One customer's list with other inputs, beside today's.

        Parameters
        ----------
        list : str, optional
            Growth or retention; by default the one that opens first today.
        metrics : mapping of str to float, optional
            churn, profit, risk, acumen, 0-10.
        mood : float, optional
            -1 to 1.
        income, balance : float, optional
            Bank's currency, a year and in all.
        add_needs : sequence of str
            Goals, each a short phrase.
        drop_needs : sequence of str
            Keys of `Situation.needs`.

        Raises
        ------
        BadInput
            If a value is off its scale, or a goal says nothing but what must not score.
        """
        table, row, which = self._of(customer_id, list)
        check_length(table, k)
        scenario = CustomerScenario(table, row)
        goals = _goals(add_needs)
        changes = bool(goals or drop_needs) and "needs" in scenario.raw
        needs = self._needs(scenario, goals, drop_needs) if changes else None
        said = (
            *(f"With the goal “{goal}”" for goal in goals),
            *(f"Without “{key.split(': ', 1)[-1]}”" for key in drop_needs),
        )
        variant = assumed(metrics or {}, mood, income, balance, needs)
        return what_if(scenario, which, variant, said, k)

    def _of(self, customer_id: str, which: str | None) -> tuple[ScoreTable, int, str]:
        check_list(which)
        table = self._scores.get()
        row = table.bank.customer_position(customer_id)
        return table, row, which or table.list_that_opens(customer_id)

    def _needs(
        self, scenario: CustomerScenario, goals: Sequence[str], drop: Sequence[str]
    ) -> np.ndarray:
        """The raw signal with some goals more and some needs less, weighed as the model does."""
        known, mine = scenario.table.ranker.signals.needs, scenario.needs
        kept = mine[~np.isin(_keys(mine), list(drop))]
        kinds = kept["kind"].map(KIND_WEIGHTS).fillna(0.5).to_numpy(dtype=float)
        mass = kept["weight"].to_numpy(dtype=float) * kinds
        rows = [known.similarity[kept["phrase"].to_numpy(dtype=np.int64)]]
        rows += [self._similarity(scenario.table.bank, known, goal)[None, :] for goal in goals]
        mass = np.concatenate([mass, np.full(len(goals), KIND_WEIGHTS["goal"])])
        similarity = np.concatenate(rows)
        total = mass.sum()
        return mass @ similarity / total if total > 0 else np.zeros(similarity.shape[1])

    def _similarity(self, bank: Bank, needs: Needs, goal: str) -> np.ndarray:
        """Likeness of one goal to every product, centred as the bank's own phrases are."""
        phrases = needs.phrases
        place = np.flatnonzero((phrases["kind"] == "goal") & (phrases["item"] == goal))
        if place.size:
            return needs.similarity[place[0]]
        if phrases.empty:
            return np.zeros(bank.n_products)
        usual = phrase(phrases["kind"].iloc[0], phrases["item"].iloc[0])
        texts = [phrase("goal", goal), usual, *product_texts(bank)]
        vectors = self._snapshots.encoder.encode(texts).astype(np.float64)
        likeness = vectors[:2] @ vectors[2:].T
        centre = likeness[1] - needs.similarity[0]
        return likeness[0] - centre


def _keys(interests: pd.DataFrame) -> list[str]:
    pairs = zip(interests["kind"], interests["item"], strict=True)
    return [f"{kind}: {item}" for kind, item in pairs]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _known_needs(needs: Needs, mine: pd.DataFrame, most: int) -> tuple[str, ...]:
    """Goals of other customers, the most common ones, in alphabetical order."""
    goals = needs.phrases[needs.phrases["kind"] == "goal"]
    others = goals[~goals["item"].isin(mine.loc[mine["kind"] == "goal", "item"])]
    common = others.sort_values(["n_customers", "item"], ascending=[False, True]).head(most)
    return tuple(sorted(common["item"].astype("str")))


def _goals(given: Sequence[str]) -> list[str]:
    """Goals as the model reads them: lower case, without what must not score."""
    texts = pd.Series([" ".join(text.lower().split()) for text in given], dtype="str")
    goals = [str(text) for text in neutral(texts)]
    for text, plain in zip(given, goals, strict=True):
        if not plain:
            raise BadInput(
                f"Got the goal {text!r}; expected a few words on what the customer wants, without "
                f"age, gender, marital status or place."
            )
    return [*dict.fromkeys(goals)]
