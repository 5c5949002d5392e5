"""Profiles of the whole bank in; the portfolio at a glance and the customer list out."""

from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers import segments, topics
from engine.customers.book import sentences
from engine.customers.book.groups import FIGURES, NEED_KINDS, Book
from engine.customers.finances.months import YEAR
from engine.customers.metrics.reference import audience_of
from engine.customers.profiles import Profiles
from engine.customers.words.aspects import mood_by_aspect
from engine.customers.words.declared import counted, declared
from engine.customers.words.mood import mood_by_month
from engine.results import Insights, Selection
from engine.settings import Settings

UNASSIGNED: Final = "Unassigned"
N_NEEDS: Final = 20
N_TOPICS: Final = 20


def customer_table(bank: Bank, profiles: Profiles) -> pd.DataFrame:
    """The list of customers, one row each, in bank order.

    Returns
    -------
    DataFrame
        customer_id, name, audience, segment, relationship_manager, value_a_year, value_band,
        churn, churn_band, mood, last_contact, n_holdings. Without a name the bank's own customer
        number stands in; without a relationship manager "Unassigned". Churn and its band, and the
        band of value, are missing where nothing is known to judge them by.
    """
    customers = bank["customers"].reset_index(drop=True)
    name = customers["name"].str.strip()
    frame = pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "name": name.where(name.notna() & (name != ""), customers["customer_id"]),
            "audience": audience_of(customers),
            "relationship_manager": customers["relationship_manager"].fillna(UNASSIGNED),
        }
    )
    columns = ["segment", "value_a_year", "value_band", "churn", "churn_band"]
    columns += ["mood", "last_contact", "n_holdings"]
    known = {"churn": "churn", "churn_band": "churn", "value_band": "profit"}
    table = profiles.table.assign(
        **{c: profiles.table[c].where(profiles.table[f"{by}_known"]) for c, by in known.items()}
    )
    joined = pd.concat([frame, table[columns].reset_index(drop=True)], axis="columns")
    return joined[["customer_id", "name", "audience", "segment", "relationship_manager",
                   *columns[1:]]]  # fmt: skip


def insights(book: Book) -> Insights:
    """Figures, sentences, segments, needs, lift and mood of the whole book.

    Needs name the product that is offered most often to those who have them, where it is known
    what is offered.
    """
    bank, profiles = book.bank, book.profiles
    needs = needs_table(profiles, book.next_offer)
    names = bank["products"].set_index("product_id")["name"]
    lift = segments.lift(book.table["segment"], bank.held, names, book.allowed)
    profit = book.table["profit"].where(book.table["profit_known"])
    listed = customer_table(bank, profiles).assign(profit=profit.to_numpy())
    notes = []
    if bank.manifest.simulated:
        notes.append("The bank is generated: every figure is simulated.")
    if learned := profiles.learned.get("churn"):
        notes.append(f"Churn: {learned.model.sentence} Yearly value rests on stated assumptions.")
    else:
        notes.append("Churn is an index, not a chance; yearly value rests on stated assumptions.")
    read = profiles.data.messages
    mood = mood_by_month(bank, read)
    if mood.empty and len(bank["messages"]):
        notes.append("Messages have no dates (or may not be used), so mood has no history.")
    shown = figures(profiles, book.settings)
    advice = sentences.advised(book, needs, lift)
    return Insights(
        figures=shown,
        sentences=sentences.sentences(advice),
        segments=_opened(segments.summary(book.table), book, "segment", "segment"),
        customers=listed[["customer_id", "name", "segment", "churn", "profit", "value_a_year"]],
        needs=_opened(needs, book, "need", "need"),
        lift=_opened(lift, book, "may", "segment", "product_id"),
        mood=mood,
        topics=_topics(book),
        aspects=mood_by_aspect(read.aspects, read.sentiment, read.used, book.settings),
        mood_indicative=profiles.mood_indicative,
        declared=counted(declared(bank["messages"]["attributes"]), read.used),
        notes=tuple(notes),
        behind_figures={label: book.counted(FIGURES[label]) for label in shown},
        behind_sentences=tuple(behind for _, _, behind in advice),
    )


def _topics(book: Book) -> pd.DataFrame:
    """What most messages are about, at most `N_TOPICS` of each kind; each opens its writers."""
    told = topics.shown(book.mentions)
    told = told[told.groupby("kind").cumcount() < N_TOPICS].reset_index(drop=True)
    return _opened(told, book, "writes_of", "kind", "item")


def _opened(frame: pd.DataFrame, book: Book, kind: str, *of: str) -> pd.DataFrame:
    """With the address of the customers whom each row counts."""
    edition = book.bank.manifest.edition
    rows = frame[[*of]].itertuples(index=False, name=None)
    opens = [Selection(kind, (*row,), edition).address for row in rows]
    return frame.assign(opens=pd.Series(opens, index=frame.index, dtype="str"))


def figures(profiles: Profiles, settings: Settings) -> dict[str, tuple[float, str, float | None]]:
    """Label -> value, unit (money, share, count, metric) and change on the month before (a share).

    Spending is the sum of everybody's mean month of the last 12 whole ones; who has none is left
    out. A change is given where monthly figures of both months are known, for the same customers.
    """
    table = profiles.table
    known = table["churn_known"]
    leaving = known & (table["churn"] >= settings.metrics.retention_from_churn)
    rated = bool(known.any())
    labelled: dict[str, tuple[float, str, float | None]] = {
        "Customers": (float(len(table)), "count", None),
        "Value a year": (float(table["value_a_year"].sum(min_count=1)), "money", None),
        "Deposits": (
            float(table["balance"].sum(min_count=1)),
            "money",
            _change(profiles, "balance"),
        ),
        "Monthly spending": (
            float(pd.Series(profiles.data.months.mean_of_year("spending")).sum(min_count=1)),
            "money",
            _change(profiles, "spending"),
        ),
        "Mean churn index": (float(table.loc[known, "churn"].mean()), "metric", None),
        "At risk of leaving": (float(leaving[known].mean()), "share", None),
        "Value of those at risk": (
            float(table.loc[leaving, "value_a_year"].sum()) if rated else np.nan,
            "money",
            None,
        ),
        "Open cases": (
            float(table["n_cases_open"].sum()) if table["n_messages"].any() else np.nan,
            "count",
            None,
        ),
        "Products a customer": (
            float(table["n_holdings"].mean()) if table["n_holdings"].any() else np.nan,
            "count",
            None,
        ),
    }
    return {label: figure for label, figure in labelled.items() if not np.isnan(figure[0])}


def _change(profiles: Profiles, name: str) -> float | None:
    months = profiles.data.months
    values = months.figures[name][:, months.complete][:, -YEAR:]
    if values.shape[1] < 2:
        return None
    both = ~np.isnan(values[:, -2:]).any(axis=1)
    before, last = values[both, -2].sum(), values[both, -1].sum()
    return float(last / before - 1) if before > 0 else None


def needs_table(profiles: Profiles, next_offer: pd.Series | None = None) -> pd.DataFrame:
    """What customers want most: need, n (customers), share, top_product; at most 20 rows.

    `top_product` is the first offer of more of them than any other product; None where two tie.
    """
    interests = profiles.interests
    wanted = interests.loc[interests["kind"].isin(NEED_KINDS), ["position", "item"]]
    wanted = wanted.drop_duplicates()
    n = len(profiles.table)
    sizes = wanted.groupby("item").size().rename("n").reset_index()
    sizes = sizes.sort_values(["n", "item"], ascending=[False, True]).head(N_NEEDS)
    sizes = sizes.rename(columns={"item": "need"}).reset_index(drop=True)
    sizes["share"] = sizes["n"] / max(n, 1)
    sizes["top_product"] = pd.Series(None, index=sizes.index, dtype="str")
    if next_offer is not None and len(sizes):
        kept = wanted[wanted["item"].isin(sizes["need"])]
        offers = kept.assign(offer=next_offer.to_numpy()[kept["position"]]).dropna()
        counts = offers.groupby(["item", "offer"]).size().rename("n").reset_index()
        most = counts["n"] == counts.groupby("item")["n"].transform("max")
        best = counts[most].drop_duplicates("item", keep=False).set_index("item")["offer"]
        sizes["top_product"] = sizes["need"].map(best).astype("str")
    return sizes
