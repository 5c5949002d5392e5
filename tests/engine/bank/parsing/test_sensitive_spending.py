"""Spending that tells of a special category of data is masked; all other rows and all sums stay."""

import json

import pandas as pd
import pytest

from engine.bank.added_rows import ADDED_BY, was_added
from engine.bank.parsing.sensitive_spending import HIDDEN, is_sensitive, masked
from engine.bank.tables import coerce
from engine.vocabulary import MASKED, TABLES

SENSITIVE_MERCHANTS = """
    Specsavers Opticians | Dentists Ltd | City Dental Clinics | St Mary Hospitals | Boots Pharmacies
    Mosques Trust | Trade unions | Nhs Trust | Labour-Party | Dis-Chem Parow | Dr. med. Meier
    Krankenhaus | Apotheke am Markt | STADTAPOTHEKE | Zahnärzte am Ring | Kirche | Marienkirche
    Moschee | Synagoge | Gewerkschaft Nord | ver.di | Hôpital Nord | Médecin de garde | Église
    Mosquée | Cotisation syndicale | Farmacia Roma | Ospedale | Chiesa | Sindacato | Iglesia
    Mezquita | Médico | Igreja | Mesquita | Apteka 24 | Szpital | Kościół | Meczet
    Związek zawodowy | Apotheek | Ziekenhuis | Huisarts | Tandarts | Kerk | Moskee | Vakbond
    Lékárna | Nemocnice | Kostel | Mešita | Zubař
""".replace("\n", " | ").split(" | ")
SENSITIVE_MERCHANTS = [one.strip() for one in SENSITIVE_MERCHANTS if one.strip()]
PLAIN_MERCHANTS = [
    "Christian Dior", "Christian Meier", "Abbey National", "Ford Escort Parts", "Pride Mobile",
    "Dr. Martens", "Dr Pepper", "Tesco Church Street", "Parish Council", "Müller Bäcker",
    "Gelsenkirchen Bad", "Kerkstraat 7", "Harzturm", "Verdi Pizza", "Handyklinik", "Kirchner GmbH",
    "Syndicat de copropriété", "Church's Chicken", "Аптечка",
]  # fmt: skip
SENSITIVE = [
    ("8062 Hospitals", "Saint Ann", None, None),
    ("8661 Religious Organizations", "Collection", None, None),
    ("5912 Drug Stores And Pharmacies", "Corner 12", None, None),
    ("Health", "FitLab", "Gym membership", None),
    (None, "GOODWELL PHARMACY 0042", None, None),
    (None, None, "Standing order St Mark's Church", None),
    ("Donations", "Metal workers", "union dues, march", None),
    ("Subscriptions", "Labour Party", None, None),
    ("Entertainment", "Grindr", "monthly", None),
    ("shopping", "Shop 7", None, '{"mcc_code": "8011", "till": 4}'),
    ("shopping", "Shop 7", None, '{"MCC": 5912}'),
    *((category, "Shop 7", None, None) for category in ("Hospitals", "Drug Stores", "8011")),
    *((category, "Shop 7", None, None) for category in ("8011.0", "MCC 8011", "Church & faith")),
    *((None, merchant, None, None) for merchant in SENSITIVE_MERCHANTS),
]
PLAIN = [
    ("6300 Rent", "Credit Union", "Western Union transfer", None),
    ("groceries", "Churchill Foods", "Weekly shop", None),
    ("5411 Grocery Stores, Supermarkets", "Savemart", None, '{"mcc": "5411"}'),
    ("insurance", "Norland Mutual", "Health insurance premium", None),
    ("entertainment", "Lucky Casino", "betting", None),
    *((category, "Shop 7", None, None) for category in ("5411", "MCC 5812", "3001", "Charity")),
    *((None, merchant, None, None) for merchant in PLAIN_MERCHANTS),
    (None, None, None, None),
]


def _table(rows: list[tuple[str | None, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["category", "merchant", "description", "attributes"])
    numbers = range(1, len(rows) + 1)
    frame = frame.assign(transaction_id=[f"t{n}" for n in numbers], location="Leeds", channel="pos")
    return coerce(
        "transactions", frame.assign(customer_id="ann", amount=[-1.0 * n for n in numbers])
    )


@pytest.mark.parametrize("texts", ["str", "category"])
def test_F148_codes_categories_and_words_tell_and_amounts_stay(texts: str):
    table = _table(SENSITIVE + PLAIN)
    columns = [c for c in TABLES["transactions"] if texts == "category" and c in HIDDEN]
    given = table.astype(dict.fromkeys(columns, "category"))
    assert is_sensitive(given).tolist() == [True] * len(SENSITIVE) + [False] * len(PLAIN)
    seen = masked(given)
    hidden, shown = seen.iloc[: len(SENSITIVE)], seen.iloc[len(SENSITIVE) :]
    assert (hidden[["merchant", "category"]] == MASKED).all(axis=None)
    assert hidden[["description", "attributes", "location"]].isna().all(axis=None)
    assert seen["amount"].sum() == table["amount"].sum()
    kept = table.iloc[len(SENSITIVE) :]
    for name in table.columns:
        assert shown[name].astype("object").equals(kept[name].astype("object")), name


def test_F148_a_table_without_sensitive_rows_is_the_same_object():
    table = _table(PLAIN)
    assert masked(table) is table and masked(table.iloc[:0]) is not None


@pytest.mark.parametrize("texts", ["str", "category"])
def test_F148_a_masked_payment_that_was_added_by_hand_is_still_known_as_one(texts: str):
    added = json.dumps({ADDED_BY: "Ann"})
    table = _table(
        [(None, "Corner Pharmacy", "today", added), (None, "St Ann Hospital", "x", "{}")]
    )
    seen = masked(table.astype(dict.fromkeys(HIDDEN, texts)))
    assert was_added(seen["attributes"].astype("str")).tolist() == [True, False]
    assert seen["attributes"].isna().tolist() == [False, True]
    assert seen["description"].isna().all()
