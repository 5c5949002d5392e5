"""Profiles and one customer's id in; the 360-degree record of that customer out."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd

from engine import results
from engine.bank.bank import Bank
from engine.bank.consents import latest
from engine.bank.tables import attributes
from engine.customers import claims_ahead, topics, wording
from engine.customers.claims import Claim
from engine.customers.claims_ahead import NO_DATA
from engine.customers.columns import column_label
from engine.customers.finances.months import COLUMNS
from engine.customers.finances.spending import NAMES
from engine.customers.key_figures import figures, insight_sentence, segment_name
from engine.customers.metric_arguments import argument
from engine.customers.metrics import acumen, churn, profit, risk
from engine.customers.metrics.learned_metric import CHANCE, DRIVERS, InUse
from engine.customers.profiles import Profiles
from engine.customers.words.aspects import mentions, mood_by_aspect
from engine.customers.words.declared import counted, declared
from engine.customers.words.mood import mood_by_month
from engine.labels import LEARNED_METRIC_LABELS, METRIC_LABELS
from engine.models.sentiment import sentiment_words
from engine.settings import Settings
from engine.vocabulary import PURPOSES, REFUSED, SOCIAL

_METRICS: Final = {"churn": churn, "profit": profit, "risk": risk, "acumen": acumen}
_WORDS: Final = {
    "churn": ("low", "medium", "high"),
    "profit": ("growth", "medium", "high"),
    "risk": ("low", "medium", "high"),
    "acumen": ("basic", "fair", "strong"),
}
_OLD_DAYS: Final = 92
"""A newest payment that is older is named (own choice)."""
MESSAGE_COLUMNS: Final = ["sent_at", "kind", "platform", "text", "topics"]
TRANSACTION_COLUMNS: Final = [
    "booked_at",
    "description",
    "merchant",
    "channel",
    "payment_method",
    "amount",
]


def profile(
    bank: Bank, profiles: Profiles, consents: pd.DataFrame, customer_id: str, settings: Settings
) -> results.Profile:
    """Everything about one customer, in milliseconds.

    Parameters
    ----------
    bank : Bank
        The one that `profiles` was built on, or that one with other consents or holdings.
    consents : DataFrame
        engine.bank.consents.effective_consents(bank, settings).

    Raises
    ------
    NotFound
        If the bank has no such customer.
    """
    position = bank.customer_position(customer_id)
    customer = bank["customers"].iloc[position]
    row = profiles.table.iloc[position]
    currency = bank.manifest.currency
    known = figures(profiles, position, currency)
    return results.Profile(
        customer_id=bank.customer_ids[position],
        as_of=bank.as_of,
        currency=currency,
        facts=MappingProxyType({c: _plain(v) for c, v in customer.items() if c != "attributes"}),
        metrics=MappingProxyType(_metrics(bank, profiles, position, settings)),
        segment=segment_name(profiles, position),
        insight=insight_sentence(profiles, position, currency),
        months=_months(profiles, position),
        months_dated=profiles.data.months.dated,
        categories=_categories(profiles, position),
        transactions=_transactions(bank, profiles, position),
        messages=_messages(bank, profiles, position, settings),
        holdings=_holdings(bank, position),
        accounts=bank.of_customer("accounts", position)[
            ["kind", "balance", "credit_limit", "interest_rate", "opened_on"]
        ],
        consents=_consents(bank, consents, position),
        record=_record(bank, customer),
        topics=topics.counted(
            topics.mentions_of(profiles.data, profiles.data.message_rows.of(position))
        ),
        mood=_plain(row["mood"]),
        mood_months=mood_by_month(
            bank, profiles.data.messages, profiles.data.message_rows.of(position)
        ),
        sentiment_source=profiles.sentiment_source,
        mood_aspects=_aspects(profiles, position, settings),
        mood_indicative=profiles.mood_indicative,
        declared=_declared(bank, profiles, position),
        notes=tuple(f"{claim.text}." for claim in note_claims(bank, profiles, consents, position)),
        figures=MappingProxyType(known),
    )


def _plain(value: Any) -> Any:
    """A cell as plain Python; None if missing."""
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def driver_claims(bank: Bank, profiles: Profiles, position: int) -> dict[str, dict[str, Claim]]:
    """Metric -> driver -> what stands behind it, of one customer."""
    customer = bank["customers"].iloc[position]
    row = profiles.figures_of(position) | {
        "currency": bank.manifest.currency,
        "value_parts": profiles.value_parts.iloc[position].to_dict(),
        "risk_tolerance": customer["risk_tolerance"],
        "goals": customer["goals"],
        "occupation_text": _plain(customer["occupation"]) or _plain(customer["industry"]),
        "occupation_is_industry": not _plain(customer["occupation"]),
    }
    return {name: module.details(row) for name, module in _METRICS.items()}


def _metrics(
    bank: Bank, profiles: Profiles, position: int, settings: Settings
) -> dict[str, results.Metric]:
    said = driver_claims(bank, profiles, position)
    edges = {
        "churn": (settings.metrics.medium_from_churn, settings.metrics.retention_from_churn),
        "profit": (settings.metrics.medium_value_from, settings.metrics.high_value_from),
    }
    metrics = {}
    for name, module in _METRICS.items():
        value = float(profiles.table[name].iloc[position])
        known = bool(profiles.table[f"{name}_known"].iloc[position])
        points = profiles.drivers[name].iloc[position].to_dict()
        learned = profiles.learned.get(name)
        labels = _driver_labels(module.DRIVERS, learned)
        details = {key: claim.text for key, claim in said[name].items()}
        details |= _column_details(learned, position)
        drivers = [
            results.Driver(key, label, points[key], details.get(key, ""))
            for key, label in labels.items()
            if points[key] or key in details
        ]
        word = wording.band(np.array([value]), *edges.get(name, (4.0, 7.0)), _WORDS[name])[0]
        metric = results.Metric(
            name=name,
            label=_label(name, learned),
            value=value,
            word=str(word) if known else NO_DATA,
            known=known,
            drivers=tuple(sorted(drivers, key=lambda d: (-abs(d.points), d.key))),
            note=_note(name, module.NOTE, learned),
            source="learned" if learned else "scorecard",
            chance=_chance(learned, position),
        )
        text, cited = argument(bank, profiles, position, metric, labels)
        metrics[name] = replace(metric, argument=text, cited=cited)
    return metrics


def _driver_labels(drivers: dict[str, str], learned: InUse | None) -> dict[str, str]:
    """What each driver is called: of the scorecard, or of the columns that were learned from."""
    if learned is None or learned.model.form == DRIVERS:
        return drivers
    return {name: drivers.get(name, column_label(name)) for name in learned.model.inputs}


def _column_details(learned: InUse | None, position: int) -> dict[str, str]:
    """What one customer has in each column that was learned from."""
    if learned is None or learned.model.form == DRIVERS:
        return {}
    mine = learned.inputs.iloc[position].dropna()
    return {
        name: f"{column_label(name)}: {value if isinstance(value, str) else f'{value:,.10g}'}"
        for name, value in mine.items()
        if "." in name
    }


def _label(name: str, learned: InUse | None) -> str:
    """What the metric is called; one learned from labels of 0 and 1 is a chance, no index."""
    if learned is None or learned.model.kind != CHANCE:
        return METRIC_LABELS[name]
    return LEARNED_METRIC_LABELS.get(name, METRIC_LABELS[name])


def _note(name: str, note: str, learned: InUse | None) -> str:
    """What to know of a metric; what a scorecard says of itself falls away, a warning stays."""
    if learned is None:
        return note
    return f"{note} {learned.model.sentence}" if name == "risk" else learned.model.sentence


def _chance(learned: InUse | None, position: int) -> float | None:
    if learned is None or learned.model.kind != CHANCE:
        return None
    return float(learned.predicted[position])


def _months(profiles: Profiles, position: int) -> pd.DataFrame:
    months = profiles.data.months
    order = ["balance", "income", "spending", "loan_balance", "n_transactions"]
    frame = pd.DataFrame({name: months.figures[name][position] for name in order})
    frame.insert(0, "month", months.months)
    return frame.dropna(how="all", subset=list(COLUMNS)).reset_index(drop=True)


def _categories(profiles: Profiles, position: int) -> pd.DataFrame:
    """Money, over what, share and number of transactions by category; shares sum to 1."""
    spending, stated = profiles.spending.iloc[position], profiles.data.spending
    amounts = spending.to_numpy()
    frame = pd.DataFrame(
        {
            "category": pd.Series(spending.index, dtype="str"),
            "amount": stated.stated[position],
            "over": [
                "a month" if np.isnan(n) else f"in {wording.count(n, 'day')}"
                for n in stated.days[position]
            ],
            "share": amounts / amounts.sum() if amounts.sum() else 0.0,
            "n_transactions": stated.counts[position],
        }
    )
    kept = frame[frame["amount"] > 0]
    return kept.sort_values(["share", "category"], ascending=[False, True], ignore_index=True)


def _transactions(bank: Bank, profiles: Profiles, position: int) -> pd.DataFrame:
    rows = profiles.data.transaction_rows.of(position)
    frame = bank.rows("transactions").take(rows, TRANSACTION_COLUMNS)
    names = np.array(NAMES, dtype=object)[profiles.data.spending.codes[rows]]
    frame.insert(3, "category", pd.Series(names, dtype="str"))
    return frame.sort_values("booked_at", ascending=False, kind="stable", ignore_index=True)


def _messages(bank: Bank, profiles: Profiles, position: int, settings: Settings) -> pd.DataFrame:
    rows = profiles.data.message_rows.of(position)
    source = bank["messages"].iloc[rows].reset_index(drop=True)
    ours = profiles.data.messages.sentiment[rows]
    frame = pd.DataFrame(
        {
            **{column: source[column] for column in MESSAGE_COLUMNS},
            "sentiment": ours,
            "word": pd.Series(sentiment_words(ours, settings), dtype="str"),
            "source_label": source["sentiment"],
            "engagement": source["engagement"],
            "brands": source["brands"],
            "resolved": source["resolved"],
            "repeated": source["repeated"],
            "used": profiles.data.messages.used[rows],
            "declared": declared(source["attributes"]),
            "mentions": pd.Series(mentions(source["text"].tolist()), dtype=object),
        }
    )
    return frame.sort_values("sent_at", ascending=False, kind="stable", ignore_index=True)


def _declared(bank: Bank, profiles: Profiles, position: int) -> pd.DataFrame:
    rows = profiles.data.message_rows.of(position)
    labels = declared(bank["messages"]["attributes"].iloc[rows])
    return counted(labels, profiles.data.messages.used[rows])


def _aspects(profiles: Profiles, position: int, settings: Settings) -> pd.DataFrame:
    rows, read = profiles.data.message_rows.of(position), profiles.data.messages
    return mood_by_aspect(read.aspects[rows], read.sentiment[rows], read.used[rows], settings)


def _holdings(bank: Bank, position: int) -> pd.DataFrame:
    mine = bank.of_customer("holdings", position)
    mine = mine[mine["closed_on"].isna() | (mine["closed_on"] > bank.as_of)]
    at = bank.product_positions(mine["product_id"])
    frame = mine[["product_id", "opened_on"]].reset_index(drop=True)
    for i, column in enumerate(("name", "category"), start=1):
        cells = np.append(bank["products"][column].to_numpy(dtype=object), np.nan)
        frame.insert(i, column, pd.Series(cells[at], dtype="str"))
    return frame


def _consents(bank: Bank, consents: pd.DataFrame, position: int) -> pd.DataFrame:
    standing = consents.iloc[position]
    mine = bank.of_customer("consents", position)
    recorded = latest(mine) if mine["purpose"].duplicated().any() else mine
    at = pd.Index(recorded["purpose"]).get_indexer(list(PURPOSES))
    when = np.append(recorded["recorded_at"].to_numpy(), np.datetime64("NaT"))[at]
    source = np.append(recorded["source"].to_numpy(dtype=object), np.nan)[at]
    return pd.DataFrame(
        {
            "purpose": pd.Series(PURPOSES, dtype="str"),
            "status": pd.Series([standing[p] for p in PURPOSES], dtype="str"),
            "allowed": [bool(standing[f"{p}_allowed"]) for p in PURPOSES],
            "recorded_at": when,
            "source": pd.Series(source, dtype="str"),
        }
    )


def _record(bank: Bank, customer: pd.Series) -> pd.DataFrame:
    """Every field that the source gave, with where it came from."""
    layout = bank.manifest.layout
    kept = attributes(customer)
    rows = [
        (field, _text(value), f"{layout}: customers.{field}")
        for field, value in customer.items()
        if field != "attributes" and not pd.isna(value)
    ]
    rows += [
        (field, _text(value), f"{layout}: source field, as it came")
        for field, value in kept.items()
    ]
    return pd.DataFrame(rows, columns=["field", "value", "origin"], dtype="str")


def _text(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def note_claims(
    bank: Bank, profiles: Profiles, consents: pd.DataFrame, position: int
) -> list[Claim]:
    """What to know of one customer's record."""
    said = [] if profiles.data.months.dated else [claims_ahead.undated()]
    mine = profiles.data.transaction_rows.of(position)
    newest = bank.rows("transactions").take(mine, ["booked_at"])["booked_at"].max()
    if not pd.isna(newest) and (bank.as_of - newest).days > _OLD_DAYS:
        said.append(claims_ahead.payments_end(on=newest, so="spending is up to then"))
    read = profiles.data.messages.used[profiles.data.message_rows.of(position)]
    if unused := int((~read).sum()):
        refused = consents[SOCIAL].iloc[position] == REFUSED
        said.append(claims_ahead.unused_posts(n=unused, refused=refused))
    return said
