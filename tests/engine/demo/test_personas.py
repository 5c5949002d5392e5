"""The named customers of the texts (F202) are in the data, with their stories."""

import pytest

from engine.demo import PERSONAS


@pytest.fixture(params=["made_bank", "demo_bank"])
def bank(request):
    return request.getfixturevalue(request.param)


def _spent_a_month(bank, name, category):
    booked = bank["transactions"]
    of_them = (booked["customer_id"] == PERSONAS[name].customer_id) & (
        booked["category"] == category
    )
    return -booked.loc[of_them, "amount"].sum() / 12


def _messages(bank, name):
    return bank["messages"].query("customer_id == @PERSONAS[@name].customer_id")


def _held(bank, name):
    row = bank.customer_position(PERSONAS[name].customer_id)
    return set(bank.product_ids[bank.held[row]])


@pytest.mark.parametrize("name", PERSONAS)
def test_F202_what_is_expected_is_offered_to_that_audience_and_not_held_yet(bank, name):
    persona = PERSONAS[name]
    products = bank["products"].set_index("product_id")
    assert not _held(bank, name) & set(persona.expected)
    assert (products.loc[list(persona.expected), "audience"] == persona.audience).all()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Tara Voss", ["travel", "lounge", "cashback"]),
        ("Milan Novak", ["low-risk", "saving"]),
        ("Helena Castillo", ["hedge fund", "diversified"]),
        ("Dev Iyer", ["tech banking", "software"]),
        ("Camila Okafor", ["dining", "restaurants"]),
        ("Priya Menon", ["long-term", "ten years"]),
    ],
)
def test_F202_the_expected_product_is_the_one_that_the_texts_ask_for(bank, name, words):
    row = bank["products"].set_index("product_id").loc[PERSONAS[name].expected[0]]
    text = f"{row['name']}. {row['description']} {row['features']}".lower()
    assert all(word in text for word in words)


@pytest.mark.parametrize("name", [n for n, p in PERSONAS.items() if p.expected])
def test_F202_personas_meet_the_stated_limits_of_what_is_expected(bank, name):
    customer = bank["customers"].iloc[bank.customer_position(PERSONAS[name].customer_id)]
    asked = bank["products"].set_index("product_id").loc[PERSONAS[name].expected[0]]
    assert not customer["age"] < asked["min_age"]
    assert not customer["age"] > asked["max_age"]
    assert not customer["annual_income"] < asked["min_income"]
    assert not customer["credit_score"] < asked["min_credit_score"]


def test_F202_the_developer_spends_8000_a_month_on_technology(bank):
    row = bank["customers"].iloc[bank.customer_position(PERSONAS["Dev Iyer"].customer_id)]
    assert "developer" in row["occupation"].lower()
    assert _spent_a_month(bank, "Dev Iyer", "technology") >= 8000


def test_F202_the_traveller_stays_in_luxury_hotels(bank):
    booked = bank["transactions"]
    hers = booked[booked["customer_id"] == PERSONAS["Tara Voss"].customer_id]
    assert hers["description"].str.contains("Luxury hotel|Resort|Business class").any()
    assert _spent_a_month(bank, "Tara Voss", "travel") > 2000


def test_F202_the_young_saver_is_young_and_never_overdrawn(bank):
    persona = PERSONAS["Milan Novak"].customer_id
    assert bank["customers"].set_index("customer_id").loc[persona, "age"] < 30
    salary = bank["months"].query("customer_id == @persona")["income"]
    assert salary.nunique() == 1


def test_F202_the_wealthy_hold_enough_in_several_classes(bank):
    held = bank["accounts"].query("customer_id == @PERSONAS['Helena Castillo'].customer_id")
    assert held.query("kind == 'investment'")["balance"].sum() > 1_000_000
    assert held["kind"].nunique() >= 4


def test_F202_a_post_asks_for_a_luxury_dining_card(bank):
    assert _messages(bank, "Camila Okafor")["text"].str.contains("luxury dining card").any()


def test_F202_high_potential_is_a_balance_that_keeps_growing(bank):
    balance = bank["months"].query("customer_id == @PERSONAS['Priya Menon'].customer_id")["balance"]
    assert balance.iloc[-1] > 3 * balance.iloc[0]


def test_the_unhappy_customer_has_open_cases_and_a_falling_balance(bank):
    written = _messages(bank, "Marcus Hale")
    assert (~written["resolved"].fillna(True)).sum() == 3
    assert written["repeated"].fillna(False).any()
    balance = bank["months"].query("customer_id == @PERSONAS['Marcus Hale'].customer_id")["balance"]
    assert balance.iloc[-1] < 0.5 * balance.iloc[-12]


def test_the_opted_out_customer_has_refused_every_purpose(bank):
    hers = bank["consents"].query("customer_id == @PERSONAS['Ingrid Dahl'].customer_id")
    assert list(hers["status"]) == ["refused"] * 3


def test_of_the_brand_new_customer_three_fields_are_known(bank):
    persona = PERSONAS["Noor Haddad"].customer_id
    row = bank["customers"].set_index("customer_id").loc[persona].dropna()
    kept_by_the_bank = {"audience", "joined_on", "relationship_manager", "status"}
    assert set(row.index) - kept_by_the_bank == {"name", "occupation", "goals"}
    for table in ("accounts", "holdings", "months", "transactions", "messages", "consents"):
        assert persona not in set(bank[table]["customer_id"])


def test_the_uneven_months_jump(bank):
    spent = bank["months"].query("customer_id == @PERSONAS['Leo Brandt'].customer_id")["spending"]
    assert spent.std() / spent.mean() > 0.5


def test_the_corporate_persona_is_a_company(bank):
    persona = PERSONAS["Granite Logistics"]
    row = bank["customers"].set_index("customer_id").loc[persona.customer_id]
    assert row["audience"] == persona.audience == "corporate"
    assert row["annual_revenue"] > 1_000_000
