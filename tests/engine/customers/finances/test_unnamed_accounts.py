"""A loan or a deposit that no product names is not passed over when products are counted."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.tables import coerce
from engine.customers import claims
from engine.customers.finances.unnamed_accounts import UnnamedAccounts


def test_accounts_that_no_held_product_can_be_are_told_beside_the_number(small_bank: Bank):
    kinds = ["current", "loan", "deposit", "card", "savings"]
    accounts = pd.DataFrame({"customer_id": "ann", "kind": kinds})
    holdings = pd.DataFrame({"customer_id": "ann", "product_id": ["card", "save"]})
    bank = small_bank.with_tables(
        accounts=coerce("accounts", accounts), holdings=coerce("holdings", holdings)
    )
    found = UnnamedAccounts(bank).of(0, np.arange(len(kinds)))
    assert found == ("loan",)  # the saver may be the deposit
    assert claims.held(n=2, besides=found).text == (
        "Holds 2 products of the catalogue, beside a loan account that no product names"
    )
    assert claims.held(n=2, besides=()).text == "Holds 2 products of the catalogue"


@pytest.mark.parametrize(
    ("kind", "name", "category"),
    [
        ("savings", "Sparkonto Plus", "Sparen"),
        ("savings", "Cash ISA", "Tax-free"),
        ("investment", "Wertpapierdepot", "Depot"),
        ("loan", "Hypothekendarlehen", None),
        ("card", "Tarjeta Oro", "Tarjetas"),
        ("savings", "Zzyzx", None),  # says nothing that is known: it may be the account
    ],
)
def test_a_product_that_may_be_the_account_in_another_language_names_it(
    small_bank: Bank, kind: str, name: str, category: str | None
):
    products = small_bank["products"].copy()
    held = products["product_id"] == "card"
    products.loc[held, ["name", "category", "subcategory"]] = [name, category, None]
    accounts = pd.DataFrame({"customer_id": "ann", "kind": [kind]})
    holdings = pd.DataFrame({"customer_id": "ann", "product_id": ["card"]})
    bank = small_bank.with_tables(
        products=coerce("products", products),
        accounts=coerce("accounts", accounts),
        holdings=coerce("holdings", holdings),
    )
    assert UnnamedAccounts(bank).of(0, np.arange(1)) == ()
