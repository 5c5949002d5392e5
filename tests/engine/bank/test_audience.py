"""Which products are meant for people, and which for companies."""

import pandas as pd

from engine.bank.audience import in_audience, is_company, meant_for


def test_nothing_stated_means_people_and_any_means_both():
    products = pd.DataFrame({"audience": ["retail", "corporate", "any", None]})
    assert meant_for(products).tolist() == [[True, False, True, True], [False, True, True, False]]


def test_each_customer_sees_the_products_of_their_audience(small_bank):
    companies = is_company(small_bank["customers"])
    table = in_audience(small_bank)
    assert companies.any() and not companies.all()
    assert table.shape == (small_bank.n_customers, small_bank.n_products)
    assert (table[companies] == meant_for(small_bank["products"])[1]).all()
    assert (table[~companies] == meant_for(small_bank["products"])[0]).all()
