import pandas as pd

from engine.bank.importing import product_scores
from engine.bank.tables import coerce
from engine.vocabulary import PRODUCT_SCORES


def catalogue(**columns) -> pd.DataFrame:
    names = columns["name"]
    ids = [str(n) for n in range(len(names))]
    return coerce("products", pd.DataFrame({"product_id": ids, **columns}))


def test_categories_come_from_the_name_before_anything_else():
    products = catalogue(
        name=["Home Equity Line", "Travel Insurance", "Robo-Advisor", "Zen", "Own", "Qq"],
        description=[None, "covers your credit card", None, "mutual fund", None, None],
        category=[None, None, None, None, "Wine", None],
    )
    found = product_scores.categorise(products).tolist()
    assert found == ["Mortgage", "Insurance", "Investment", "Investment", "Wine", "Other"]


def test_F26_item_types_are_product_service_or_content():
    products = catalogue(name=["Loan", "Customer Support", "Guide to saving"])
    assert product_scores.item_types(products).tolist() == ["product", "service", "content"]


def test_credit_is_sensitive_and_a_debit_card_or_an_insurance_is_not():
    products = catalogue(
        name=["Visa Gold", "Maestro", "Car Loan", "Loan Insurance", "Saver"],
        description=[None, "A debit card", None, None, None],
        category=["Plastic Card", "Plastic Card", "Loan", "Insurance", "Savings"],
    )
    assert product_scores.sensitive(products).tolist() == [True, False, True, False, False]


def test_estimates_are_flagged_in_range_and_ordered_as_one_would_expect():
    products = catalogue(
        name=["Saver", "Crypto fund", "Life cover", "Loan"],
        category=["Savings", "Investment", "Insurance", "Loan"],
        description=["FDIC insured", "high-risk", None, "unsecured"],
    )
    products["sensitive"] = product_scores.sensitive(products)
    scored = product_scores.estimate(products).set_index("name")
    assert scored["scores_estimated"].all()
    assert scored[list(PRODUCT_SCORES)].stack().between(0, 10).all()
    assert scored["risk_customer"].idxmax() == "Crypto fund"
    assert scored["risk_bank"].idxmax() == "Loan"
    assert scored["risk_customer"]["Saver"] < scored["risk_customer"]["Loan"]


def test_a_home_equity_line_is_no_high_risk_investment_because_of_words():
    products = catalogue(
        name=["Home Equity Line of Credit", "Home Equity Line", "Equity fund"],
        category=["Mortgage", "Mortgage", "Investment"],
        description=["Your home's equity, for stocks, shares or crypto", None, "Stocks"],
    )
    scored = product_scores.estimate(products.assign(category=product_scores.categorise(products)))
    spoken, plain, fund = scored["risk_customer"]
    assert spoken == plain < fund


def test_scores_that_the_bank_gives_stay_as_they_are():
    given = {score: [3.0, None] for score in PRODUCT_SCORES}
    products = catalogue(name=["A", "B"], category=["Loan", "Loan"], **given)
    products["sensitive"] = product_scores.sensitive(products)
    scored = product_scores.estimate(products)
    assert scored["risk_bank"].tolist()[0] == 3
    assert scored["scores_estimated"].tolist() == [False, True]
    assert scored["risk_bank"].notna().all()
