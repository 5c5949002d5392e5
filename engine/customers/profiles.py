"""A bank, its consents and the text models in; the profile of every customer at once out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import segments
from engine.customers.columns import columns_of
from engine.customers.features import CHANGES, CustomerData, features_of
from engine.customers.finances import kept_frames
from engine.customers.finances.kept_figures import Arrays, KeptFigures
from engine.customers.finances.months import last_day
from engine.customers.finances.profitability import money_of, yearly_value
from engine.customers.finances.transaction_figures import (
    kept_transaction_figures,
    transaction_figures,
)
from engine.customers.finances.unnamed_accounts import UnnamedAccounts
from engine.customers.interests import interests_of
from engine.customers.metrics.driver_strengths import strengths_of
from engine.customers.metrics.learned_metric import DRIVERS, InUse, LearnedMetric, in_use
from engine.customers.metrics.reference import Reference
from engine.customers.metrics.scorecard import Scorecard, score
from engine.customers.protected_traits import without_protected_traits
from engine.customers.row_index import CustomerRows, customer_positions, rows_of
from engine.customers.words.mood import kept_messages, with_consents
from engine.customers.words.texts import TextModels, load_categoriser
from engine.settings import Settings
from engine.vocabulary import CORPORATE, METRICS, SOCIAL

Keep = Callable[[Bank], KeptFigures | None]


@dataclass(frozen=True, eq=False)
class Profiles:
    """What is known of all customers, every frame in the bank's customer order.

    Attributes
    ----------
    table : DataFrame indexed by customer_id
        churn, profit, risk, acumen (0-10), churn_known, profit_known, risk_known, acumen_known,
        value_a_year (money, NaN where nothing is known), mood (-1..1, NaN without messages),
        n_messages, n_cases_open, income_month, spending_month, balance, n_holdings,
        last_contact, segment, churn_band (low, medium, high), value_band (high, medium, growth),
        tech_spending_month (NaN without transactions), volatile.
    drivers : mapping
        Metric -> DataFrame (n_customers x drivers) of points; 5 + a row's sum is the value.
    spending : DataFrame (n_customers x SPENDING_CATEGORIES)
        Money a month over the last 12 months, positive.
    interests : DataFrame
        position, kind, item, weight, value, n; see engine.customers.interests.
    messages : DataFrame
        Aligned with bank["messages"]: sentiment (ours), used.
    features : DataFrame
        Figures behind the drivers.
    value_parts : DataFrame
        Parts that sum to value_a_year.
    reference : Reference
        What percentiles refer to.
    data : CustomerData
        Months, categories of transactions and row indexes of the very tables of `data.bank`,
        which is the bank without protected traits: nothing that must not score is in it.
    sentiment_source : str
        Name of the model behind every sentiment.
    mood_indicative : bool
        True where that is the default, which learned from no bank's labels.
    leaving_days : int
        Words of leaving in a message that is older are no news: not in an alert, the insight or
        beside the index. The setting guard.service_reason_days.
    learned : mapping
        Metrics that a model learned from labels gives in place of its scorecard.
    kept : KeptFigures, optional
        What rests on everything that these profiles do. Only of a first build and without learned
        metrics: what changes with every record is not written down each time.
    """

    table: pd.DataFrame
    drivers: Mapping[str, pd.DataFrame]
    spending: pd.DataFrame
    interests: pd.DataFrame
    messages: pd.DataFrame
    features: pd.DataFrame
    value_parts: pd.DataFrame
    reference: Reference
    data: CustomerData
    sentiment_source: str
    mood_indicative: bool
    leaving_days: int
    learned: Mapping[str, InUse] = field(default_factory=dict)
    kept: KeptFigures | None = None

    def figures_of(self, position: int) -> dict[str, Any]:
        """Features of one customer, and which months the changes among them rest on."""
        row = self.features.iloc[position].to_dict()
        bases = {c: self.data.months.basis(f, position) for c, f in CHANGES.items()}
        months, both = self.data.months, ("income", "spending")
        known = {f"n_{f}": months.n_of_year(f, position) for f in both}
        known |= {f"span_{f}": months.span_of_year(f, position) for f in both}
        known["risk_is_estimated"] = self._holds_estimated(position)
        known["income_is_revenue"] = self._states_revenue(position)
        rows = self._account_rows.of(position)
        known["besides"] = self._unnamed_accounts.of(position, rows)
        return row | known | {"bases": bases, "income_stated": self.states_income(position)}

    @cached_property
    def _account_rows(self) -> CustomerRows:
        return rows_of(self.data.bank, "accounts")

    @cached_property
    def _unnamed_accounts(self) -> UnnamedAccounts:
        return UnnamedAccounts(self.data.bank)

    def _states_revenue(self, position: int) -> bool:
        """Is the yearly income of one customer the revenue of a company?"""
        row = self.data.bank["customers"].iloc[position]
        return row["audience"] == CORPORATE and pd.notna(row["annual_revenue"])

    def _holds_estimated(self, position: int) -> bool:
        """Is the risk of a product that one customer holds no figure of the catalogue's own?"""
        estimated = self.data.bank["products"]["scores_estimated"].fillna(False)
        return bool((estimated.to_numpy(dtype=bool) & self.data.bank.held[position]).any())

    def states_income(self, position: int) -> bool:
        """Is a yearly income or revenue of one customer on record?"""
        customers = self.data.bank["customers"]
        told = (customers[c].iloc[position] for c in ("annual_income", "annual_revenue"))
        return any(pd.notna(income) for income in told)

    def interests_of(self, position: int) -> pd.DataFrame:
        """Interests of one customer, strongest first; looked up by bisection."""
        positions = self.interests["position"].to_numpy()
        start, end = np.searchsorted(positions, [position, position + 1])
        return self.interests.iloc[start:end]


def build(
    bank: Bank,
    *,
    consents: pd.DataFrame,
    texts: TextModels,
    settings: Settings,
    reference: Reference | None = None,
    learned: Mapping[str, LearnedMetric] | None = None,
    before: Profiles | None = None,
    keep: Keep | None = None,
) -> Profiles:
    """Compute everything for all customers.

    Parameters
    ----------
    consents : DataFrame
        engine.bank.consents.effective_consents(bank, settings).
    settings : Settings
        Sections metrics and money; fairness names the proxies.
    reference : Reference, optional
        Stored from an earlier build of the whole bank; fitted on this one where there is none.
    learned : mapping, optional
        Metric -> model fitted on the bank's labels, in place of its scorecard. A bank as of a day
        before the newest label does not use it.
    before : Profiles, optional
        An earlier build with these texts and settings. What was read from tables that are still
        the very same is taken from it.
    keep : callable, optional
        A bank -> where what is worked out of its stored transactions is kept for the next start.
        Not asked where a learned classifier reads the spending.
    """
    seen = without_protected_traits(bank, settings.fairness.proxies)
    # A learned classifier may be fitted anew in its folder, which no setting tells.
    may_keep = before is None and not (settings.models.categoriser or texts.categoriser)
    kept = keep(bank) if keep and may_keep else None
    whole = kept and kept.on(*_rests_on(consents, texts, settings))
    data = _read(seen, consents, texts, settings, before.data if before else None, kept, whole)
    features, interests, last_contact, reference = _kept_or_made(data, reference, whole)
    cards = scorecards(features, reference, settings)
    strengths = strengths_of(features, reference, settings)
    designs = _designs(learned or {}, strengths, data)
    used = in_use(learned or {}, designs, last_day(bank))
    cards |= {name: metric.model.card(designs[name]) for name, metric in used.items()}
    messages = pd.DataFrame({"sentiment": data.messages.sentiment, "used": data.messages.used})
    return Profiles(
        table=_table(data, features, cards, last_contact, settings),
        drivers={name: card.points for name, card in cards.items()},
        spending=data.spending.monthly,
        interests=interests,
        messages=messages,
        features=features,
        value_parts=data.value_parts,
        reference=reference,
        data=data,
        sentiment_source=texts.sentiment.name,
        mood_indicative=texts.sentiment.source == "default",
        leaving_days=settings.guard.service_reason_days,
        learned=used,
        kept=None if used else whole,
    )


def _rests_on(consents: pd.DataFrame, texts: TextModels, settings: Settings) -> tuple[str, ...]:
    """What a profile rests on beside the bank's tables."""
    social = consents[f"{SOCIAL}_allowed"].to_numpy(dtype=bool).tobytes().hex()
    models = texts.sentiment.identity, texts.keywords.identity
    return social, *models, settings.model_dump_json()


def _kept_or_made(
    data: CustomerData, reference: Reference | None, kept: KeptFigures | None
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, Reference]:
    """Features, interests, last contacts and the reference; as an earlier start kept them."""

    def made() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, Reference]:
        features = features_of(data)
        usual = reference or _reference_of(features, data)
        return features, interests_of(data, usual), _last_contact(data), usual

    if kept is None or reference is not None:
        return made()

    def make() -> Arrays:
        features, interests, last_contact, _ = made()
        frames = {"features": features, "interests": interests}
        arrays = [kept_frames.packed(frame, name) for name, frame in frames.items()]
        return {"last_contact": last_contact, **arrays[0], **arrays[1]}

    arrays = kept.get("profiles", make)
    features = kept_frames.unpacked(arrays, "features", data.bank.customer_ids)
    interests = kept_frames.unpacked(arrays, "interests")
    return features, interests, arrays["last_contact"], _reference_of(features, data)


def _reference_of(features: pd.DataFrame, data: CustomerData) -> Reference:
    return Reference.of(features, data.spending.shares[data.spending.known])


def _designs(
    learned: Mapping[str, LearnedMetric], strengths: Mapping[str, pd.DataFrame], data: CustomerData
) -> dict[str, pd.DataFrame]:
    """What each metric is worked out from; columns are read only where a model asks for them."""
    wide = [name for name, model in learned.items() if model.form != DRIVERS and name in strengths]
    columns = columns_of(data) if wide else None
    return {
        name: given.join(columns) if name in wide else given for name, given in strengths.items()
    }


def scorecards(
    features: pd.DataFrame, reference: Reference, settings: Settings
) -> dict[str, Scorecard]:
    """The four metrics from their features, as engine.customers.features names them."""
    strengths = strengths_of(features, reference, settings)
    weights = settings.metrics
    return {name: score(strengths[name], getattr(weights, name)) for name in METRICS}


def _read(
    bank: Bank,
    consents: pd.DataFrame,
    texts: TextModels,
    settings: Settings,
    before: CustomerData | None,
    kept: KeptFigures | None,
    whole: KeptFigures | None,
) -> CustomerData:
    if before is not None and _same(bank, before.bank, "transactions", "months"):
        transactions, months, spending = before.transaction_rows, before.months, before.spending
        kept = before.kept
    elif learned := load_categoriser(settings, texts):
        transactions, months, spending = transaction_figures(bank, learned)
    else:
        transactions, months, spending = kept_transaction_figures(bank, kept)
    if before is not None and _same(bank, before.bank, "messages", "transactions", "months"):
        message_rows = before.message_rows
        messages = with_consents(before.messages, bank, message_rows, consents)
    else:
        message_rows, messages = kept_messages(bank, consents, texts, settings, whole)
    if months.only_whole != settings.metrics.whole_months:
        months = replace(months, only_whole=settings.metrics.whole_months)
    money = money_of(bank, months, spending)
    return CustomerData(
        bank=bank,
        months=months,
        spending=spending,
        transaction_rows=transactions,
        messages=messages,
        message_rows=message_rows,
        money=money,
        value_parts=yearly_value(bank, money, settings.money),
        kept=kept,
    )


def _same(bank: Bank, other: Bank, *tables: str) -> bool:
    """Do two banks have the very same tables, the same customers in order and the same day?"""
    return (
        all(bank.is_same(other, table) for table in tables)
        and bank.customer_ids.equals(other.customer_ids)
        and bank.manifest == other.manifest
    )


def _table(
    data: CustomerData,
    features: pd.DataFrame,
    cards: Mapping[str, Scorecard],
    last_contact: np.ndarray,
    settings: Settings,
) -> pd.DataFrame:
    tech = data.spending.monthly["technology"].to_numpy()
    table = pd.DataFrame(
        {
            **{name: cards[name].value for name in METRICS},
            **{f"{name}_known": cards[name].known for name in METRICS},
            "value_a_year": features["value_a_year"].to_numpy(),
            "mood": data.messages.mood,
            "n_messages": data.message_rows.counts,
            "n_cases_open": features["n_cases_open"].to_numpy(dtype=np.int64),
            "income_month": data.money.income_month,
            "spending_month": data.money.spending_month,
            "balance": data.money.balance,
            "n_holdings": data.bank.held.sum(axis=1),
            "last_contact": last_contact,
            "tech_spending_month": np.where(data.spending.known, tech, np.nan),
            "volatile": features["spending_variation"].to_numpy() > settings.metrics.volatile_from,
        },
        index=data.bank.customer_ids.rename("customer_id"),
    )
    return table.join(segments.bands(table, settings.metrics))


def _last_contact(data: CustomerData) -> np.ndarray:
    """When bank and customer last spoke: a noted contact, or a message that is no post."""
    bank = data.bank
    spoken = (bank["messages"]["kind"] != "post").to_numpy(dtype=bool)
    frame = pd.DataFrame(
        {
            "position": np.concatenate(
                [
                    customer_positions(bank, bank["contacts"]["customer_id"]),
                    data.message_rows.positions[spoken],
                ]
            ),
            "when": np.concatenate(
                [
                    bank["contacts"]["contacted_at"].to_numpy(),
                    bank["messages"]["sent_at"].to_numpy()[spoken],
                ]
            ),
        }
    )
    latest = frame[frame["position"] >= 0].groupby("position")["when"].max()
    return latest.reindex(np.arange(bank.n_customers)).to_numpy("datetime64[us]")
