"""What stands between a customer and an offer before any figure is read: wishes and holdings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import latest
from engine.customers.wording import day
from engine.settings import GuardSettings
from engine.vocabulary import CORPORATE, MARKETING, PERSONALISATION, REFUSED, RETAIL

SWITCHED_OFF = "category:"
"""A refused consent of the purpose "category:NAME" switches that category off (F151)."""
_UNSUITABLE = "unsuitable|not suitable"


@dataclass(frozen=True)
class Bar:
    """One rule over rows and products.

    Attributes
    ----------
    rule : str
        A name of `engine.guard.verdicts.RULES`.
    blocked : ndarray of bool, broadcastable to (n_rows, n_products)
    text : callable
        (row, product) -> the sentence, for a pair that is blocked.
    """

    rule: str
    blocked: np.ndarray
    text: Callable[[int, int], str]


def consent(bank: Bank, consents: pd.DataFrame, rows: np.ndarray) -> tuple[Bar, Bar]:
    """Refused personalisation removes everything; refused marketing everything that sells.

    Parameters
    ----------
    consents : DataFrame
        Row i is customer i: status and `<purpose>_allowed` per purpose (engine.bank.consents).
    """
    mine = consents.iloc[rows]
    personal = ~mine[f"{PERSONALISATION}_allowed"].to_numpy(dtype=bool)
    selling = ~bank["products"]["item_type"].isin(["service", "content"]).to_numpy()
    silent = ~mine[f"{MARKETING}_allowed"].to_numpy(dtype=bool)

    def opted_out(row: int, product: int) -> str:
        del product
        if mine[PERSONALISATION].iloc[row] == REFUSED:
            return "The customer has opted out of personal recommendations"
        return "Personal recommendations need this customer's consent; none is recorded"

    def objection(row: int, product: int) -> str:
        del product
        if mine[MARKETING].iloc[row] == REFUSED:
            return "The customer objects to marketing; only services may be offered"
        return "Marketing needs this customer's consent; none is recorded"

    return (
        Bar("consent", personal[:, None], opted_out),
        Bar("objection", silent[:, None] & selling[None, :], objection),
    )


def status(bank: Bank, rows: np.ndarray, settings: GuardSettings) -> Bar:
    """A customer whose relationship has ended is offered nothing."""
    found = bank["customers"]["status"].iloc[rows].reset_index(drop=True)
    blocked = found.str.lower().isin(settings.blocked_statuses).to_numpy(dtype=bool)
    return Bar("status", blocked[:, None], lambda row, _product: f"Status: {found.iloc[row]}")


def audience(bank: Bank, rows: np.ndarray) -> Bar:
    """Products are for people or for companies; nothing stated means people, "any" means both."""
    corporate = (bank["customers"]["audience"].iloc[rows] == CORPORATE).to_numpy()
    products = bank["products"]["audience"].fillna(RETAIL)
    for_companies = (products == CORPORATE).to_numpy()
    for_people = (products == RETAIL).to_numpy()
    blocked = np.where(corporate[:, None], for_people[None, :], for_companies[None, :])
    return Bar(
        "audience",
        blocked,
        lambda row, _product: (
            f"Is for {'private' if corporate[row] else 'corporate'} customers only"
        ),
    )


def held(bank: Bank, rows: np.ndarray) -> Bar:
    """What is held already, the same product under a second id included (F102)."""
    own = bank.held[rows]
    products = bank["products"]
    keys = products["name"].fillna(products["product_id"]).str.casefold()
    keys += "\x1f" + products["audience"].fillna("")
    codes = pd.factorize(keys)[0]
    blocked = own
    if codes.size and codes.max() + 1 < len(codes):
        same = codes[:, None] == codes[None, :]
        blocked = (own.astype(np.float32) @ same.astype(np.float32)) > 0

    def text(row: int, product: int) -> str:
        if not own[row, product]:
            return "Already held under another number"
        holdings = bank["holdings"]
        mine = (holdings["customer_id"] == bank.customer_ids[rows[row]]) & (
            holdings["product_id"] == bank.product_ids[product]
        )
        opened = holdings.loc[mine, "opened_on"].max()
        return "Already held" if pd.isna(opened) else f"Already held since {day(opened)}"

    return Bar("held", blocked, text)


def hidden(bank: Bank, rows: np.ndarray, settings: GuardSettings, now: pd.Timestamp) -> Bar:
    """Off the list for a while, or until undone, for what was said about it (decision 17)."""
    off = _switched_off(bank, _of(bank, bank["consents"], rows))
    events = _hiding(bank, _of(bank, bank["events"], rows), settings)
    standing = events.loc[events["until"].isna() | (events["until"] > now)]
    blocked = np.zeros((bank.n_customers, bank.n_products), dtype=bool)
    blocked[standing["row"], standing["column"]] = True
    blocked[off["row"], off["column"]] = True

    def text(row: int, product: int) -> str:
        here = (off["row"] == rows[row]) & (off["column"] == product)
        if here.any():
            category = bank["products"]["category"].iloc[product]
            return f"The customer has switched off offers of the category {category}"
        mine = standing.loc[(standing["row"] == rows[row]) & (standing["column"] == product)]
        last = mine.sort_values("until", na_position="last", kind="stable").iloc[-1]
        return _hiding_text(last["action"], last["recorded_at"], last["until"])

    return Bar("hidden", blocked[rows], text)


def _of(bank: Bank, table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The rows of a few customers; the whole table where reading it costs no more."""
    if len(rows) * 20 > bank.n_customers:
        return table
    return table.loc[table["customer_id"].isin(bank.customer_ids[rows])]


def _hiding(bank: Bank, events: pd.DataFrame, settings: GuardSettings) -> pd.DataFrame:
    """row, column, action, recorded_at and until (missing: until undone) of what hides.

    An event that was undone hides nothing, whether or not the caller left it out.
    """
    undone = events.loc[events["action"] == "retracted", "reason"]
    events = events.loc[~events["event_id"].isin(undone)]
    events = events.loc[events["action"].isin(["accepted", "postponed", "dismissed"])]
    days = events["action"].map(
        {"accepted": settings.accepted_hides_days, "postponed": settings.postponed_hides_days}
    )
    unsuitable = events["reason"].str.contains(_UNSUITABLE, case=False, na=False)
    table = pd.DataFrame(
        {
            "row": bank.customer_positions(events["customer_id"]),
            "column": bank.product_positions(events["product_id"]),
            "action": events["action"],
            "recorded_at": events["recorded_at"],
            "until": events["recorded_at"] + pd.to_timedelta(days, unit="D"),
        }
    )
    hides = table["until"].notna() | ((table["action"] == "dismissed") & unsuitable)
    return table.loc[hides & (table["row"] >= 0) & (table["column"] >= 0)]


def _hiding_text(action: str, said: pd.Timestamp, until: pd.Timestamp) -> str:
    if action == "dismissed":
        return f"Marked as not suitable on {day(said)}; stays off until that is undone"
    if action == "accepted":
        return f"Accepted on {day(said)}; stays off until it is opened, or until {day(until)}"
    return f"“Not now” on {day(said)}; back on {day(until)}"


def _switched_off(bank: Bank, consents: pd.DataFrame) -> pd.DataFrame:
    """row, column of the products in categories that a customer has switched off."""
    stated = consents.loc[consents["purpose"].str.startswith(SWITCHED_OFF, na=False)]
    refused = latest(stated)
    refused = refused.loc[refused["status"] == REFUSED]
    wishes = pd.DataFrame(
        {
            "row": bank.customer_positions(refused["customer_id"]),
            "category": refused["purpose"].str.removeprefix(SWITCHED_OFF).str.strip().str.lower(),
        }
    )
    products = pd.DataFrame(
        {
            "category": bank["products"]["category"].str.lower(),
            "column": np.arange(bank.n_products),
        }
    ).dropna()
    return wishes.loc[wishes["row"] >= 0].merge(products, on="category")[["row", "column"]]
