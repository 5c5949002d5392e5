"""What a text asks for and a record answers is decided; a service answers a reason on record."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.parsing.eligibility_clauses import apply
from engine.bank.tables import coerce
from engine.guard.customer_facts import CustomerFacts, customer_facts
from engine.guard.levels import lower_levels
from engine.guard.verdicts import Verdicts
from engine.settings import default, load

ANN, BEN, CID, DEE, EVE, FOX = range(6)
HOME = 2
Judge = Callable[..., Verdicts]
BEFORE = load(guard={"read_terms": False, "services_need_reason": False, "no_lower_level_in": []})


def offering(bank: Bank, **columns: object) -> Bank:
    """The small bank where Home insurance alone has other columns, and nobody holds a thing."""
    products = bank["products"].assign(min_age=np.nan)
    for column, value in columns.items():
        values = products[column].astype(object)
        values.iloc[HOME] = value
        products = products.assign(**{column: values})
    products = coerce("products", products)
    return bank.with_tables(products=products, holdings=bank["holdings"].iloc[:0])


def knowing(bank: Bank, **facts: object) -> Bank:
    """Ann with other facts."""
    customers = bank["customers"]
    for column, value in facts.items():
        values = customers[column].astype(object)
        values.iloc[ANN] = value
        customers = customers.assign(**{column: values})
    return bank.with_tables(customers=coerce("customers", customers))


def writing(bank: Bank, text: str, resolved: bool | None = None, kind: str = "ticket") -> Bank:
    """Ann wrote this ten days before the bank's day, and nobody anything else."""
    sent = bank.as_of - pd.Timedelta(days=10)
    row = {"message_id": "m", "customer_id": "ann", "kind": kind, "sent_at": sent, "text": text}
    messages = coerce("messages", pd.DataFrame([{**row, "resolved": resolved}]))
    return bank.with_tables(messages=messages)


def outcome(found: Verdicts) -> str:
    """Of Ann and Home insurance."""
    if not found.allowed[ANN, HOME]:
        return found.rule(ANN, HOME)
    return "check" if found.check_texts(ANN, HOME) else "allowed"


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("Aged 18 to 32 with a regular income", {"annual_income": 20000}, "allowed"),
        ("Aged 18 to 32 with a regular income", {"annual_income": 0}, "eligibility"),
        ("Aged 18 to 32 with a regular income", {"annual_income": None}, "check"),
        ("Young adults", {"age": 30}, "allowed"),
        ("Young adults", {"age": 50}, "eligibility"),
        ("Young adults", {"age": None}, "check"),
        ("Parents or guardians", {"dependents": 2}, "allowed"),
        ("Parents or guardians", {"dependents": 0}, "eligibility"),
        ("Parents or guardians", {"dependents": None}, "check"),
        ("People with a high income", {"annual_income": 70000}, "allowed"),
        ("People with a high income", {"annual_income": 30000}, "eligibility"),
        ("With earned income", {"occupation": "Retired"}, "eligibility"),
        ("Enrolled in a course of study", {"occupation": "Student"}, "allowed"),
        ("Enrolled in a course of study", {"occupation": "Teacher"}, "check"),
        ("Customers with two vehicles", {}, "check"),
    ],
)
def test_a_term_is_decided_where_the_record_knows_and_checked_first_where_not(
    small_bank: Bank, verdicts_of: Judge, text: str, facts: dict, expected: str
):
    assert (
        outcome(verdicts_of(knowing(offering(small_bank, eligibility=text), **facts))) == expected
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Registered businesses up to five years old", "Account"),
        ("Companies in the first five years", "Account"),
        ("Start-ups", "Account"),
        ("", "Startup Funding Loan"),
    ],
)
def test_a_start_up_account_is_for_young_firms(
    small_bank: Bank, verdicts_of: Judge, text: str, name: str
):
    bank = offering(small_bank, eligibility=text, name=name, audience="corporate")
    bank = knowing(bank, audience="corporate")
    found = {
        years: verdicts_of(knowing(bank, years_in_business=years)) for years in (3, 5, 12, None)
    }
    assert {years: outcome(one) for years, one in found.items()} == {
        3: "allowed",
        5: "allowed",
        12: "eligibility",
        None: "check",
    }
    assert found[12].reason(ANN, HOME) == (
        "Needs at most 5 years in business; this customer has 12"
    )


def test_a_check_quotes_the_open_part_of_the_terms_alone(small_bank: Bank, verdicts_of: Judge):
    text = "Aged 18 or over; horizon of at least ten years."
    found = verdicts_of(offering(small_bank, eligibility=text))
    assert found.check_texts(ANN, HOME) == (
        "Check first: the terms say \u201chorizon of at least ten years\u201d",
    )


SERVICES = (
    ("Complaint Call-Back Service", "My card was charged twice", False),
    ("Fee Review", "Why is the fee so high?", True),
    ("Account Security Check", "I think my card was stolen", True),
)


@pytest.mark.parametrize(("name", "text", "resolved"), SERVICES)
def test_a_service_answers_a_reason_on_record_or_is_not_offered(
    small_bank: Bank, verdicts_of: Judge, name: str, text: str, resolved: bool
):
    bank = offering(small_bank, name=name, item_type="service")
    silent = verdicts_of(writing(bank, "Thank you for the nice letter", resolved=True))
    assert outcome(silent) == "eligibility"
    assert silent.reason(ANN, HOME).startswith("Is for customers ")
    asked = verdicts_of(writing(bank, text, resolved=resolved))
    assert outcome(asked) == "allowed"
    assert any(said.startswith("Is for customers ") for said in asked.passed_texts(ANN, HOME))
    assert not asked.allowed[BEN, HOME]
    assert outcome(verdicts_of(writing(bank, text, resolved=resolved, kind="post"))) != "allowed"


def test_a_ticket_that_may_be_open_leaves_a_call_back_to_be_checked(
    small_bank: Bank, verdicts_of: Judge
):
    bank = offering(small_bank, name="Complaint Call-Back Service", item_type="service")
    assert outcome(verdicts_of(writing(bank, "It does not work", resolved=None))) == "check"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"balance": -1.0}, "allowed"),
        ({"balance": 100.0, "spending_month": 900.0, "income_month": 500.0}, "allowed"),
        ({"balance": 9000.0, "spending_month": 900.0, "income_month": 500.0}, "eligibility"),
        ({"balance": np.nan}, "eligibility"),
    ],
)
def test_help_in_difficulty_is_for_those_whose_money_is_short(
    small_bank: Bank, verdicts_of: Judge, profiles, columns: dict, expected: str
):
    bank = offering(small_bank, name="Financial Difficulty Help", item_type="service")
    table = profiles.table.assign(**columns)
    assert outcome(verdicts_of(bank, table=table)) == expected


def test_a_coach_for_budgets_is_for_those_whose_spending_swings(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    bank = offering(small_bank, name="Financial Wellness Programme", item_type="service")
    swings = [True, False, False, False, False, False]
    found = verdicts_of(bank, table=profiles.table.assign(volatile=swings))
    assert outcome(found) == "allowed" and not found.allowed[BEN, HOME]


def test_a_service_that_no_record_speaks_for_is_for_whom_the_bank_says(
    small_bank: Bank, verdicts_of: Judge
):
    bank = offering(small_bank, name="Branch tour", item_type="service")
    assert outcome(verdicts_of(bank)) == "eligibility"
    assert outcome(verdicts_of(offering(bank, requires="every customer"))) == "allowed"


def test_an_entry_product_is_no_offer_to_who_holds_a_premium_one(
    small_bank: Bank, verdicts_of: Judge
):
    tiers = ["Entry", "Standard", "Premium", None, None]
    products = small_bank["products"].assign(category="Business Account", tier=tiers)
    holdings = pd.DataFrame({"customer_id": ["ann"], "product_id": ["home"]})
    bank = small_bank.with_tables(
        products=coerce("products", products), holdings=coerce("holdings", holdings)
    )
    found = verdicts_of(bank)
    assert (found.rule(ANN, 0), found.rule(ANN, 1)) == ("held", "allowed")
    assert found.reason(ANN, 0) == "Holds Home insurance, which is of a higher level"


def test_switched_off_these_rules_say_what_they_said_before(small_bank: Bank, verdicts_of: Judge):
    bank = offering(small_bank, eligibility="Start-ups", name="Fee Review", item_type="service")
    assert outcome(verdicts_of(bank)) == "eligibility"
    assert outcome(verdicts_of(bank, settings=BEFORE)) == "allowed"
    quoted = offering(small_bank, eligibility="Aged 18 to 32 with a regular income")
    assert verdicts_of(quoted, settings=BEFORE).check_texts(ANN, HOME) == (
        "Check first: the terms say \u201cAged 18 to 32 with a regular income\u201d",
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"requires": "no arrears"},
        {"requires": "no fees"},
        {"requires": "social security number"},
        {"requires": "security deposit"},
        {"requires": "no debts"},
        {"requires": "no high income"},
        {"requires": "non-business"},
        {"requires": "private individuals"},
        {"eligibility": "No current account needed"},
        {"eligibility": "Customers without a high income"},
        {"eligibility": "Not for homeowners"},
        {"eligibility": "Not available to students."},
        {"eligibility": "First-time buyers and home movers"},
        {"eligibility": "Employed, self-employed or retired"},
    ],
)
def test_what_a_product_denies_or_names_besides_others_is_checked_first_of_everybody(
    small_bank: Bank, verdicts_of: Judge, columns: dict
):
    products, _ = apply(offering(small_bank, **columns)["products"])
    found = verdicts_of(offering(small_bank).with_tables(products=products))
    words = next(iter(columns.values())).strip(".")
    for customer in (ANN, BEN, CID, EVE):
        assert found.rule(customer, HOME) == "allowed"
        assert any(words in text for text in found.check_texts(customer, HOME))


@pytest.mark.parametrize(
    ("text", "years", "expected"),
    [
        ("Available to existing and new businesses", 20, "check"),
        ("Not for start-ups", 20, "check"),
        ("Cars up to 8 years old", 20, "allowed"),
        ("Trading for less than 3 years", 20, "eligibility"),
        ("In business for less than 2 years", 1, "allowed"),
        ("At least 12 months trading", 0.5, "eligibility"),
        ("At least 12 months trading", 20, "allowed"),
    ],
)
def test_the_years_of_a_firm_are_judged_as_the_text_means_them(
    small_bank: Bank, verdicts_of: Judge, text: str, years: float, expected: str
):
    bank = offering(small_bank, eligibility=text, audience="corporate")
    bank = bank.with_tables(products=apply(bank["products"])[0])
    assert outcome(verdicts_of(knowing(bank, audience="corporate", years_in_business=years))) == (
        expected
    )


@pytest.mark.parametrize("text", ["Every customer; free of charge.", "All customers", "Everyone"])
def test_a_service_for_every_customer_needs_no_reason(
    small_bank: Bank, verdicts_of: Judge, text: str
):
    bank = offering(small_bank, name="Branch Appointment", item_type="service", eligibility=text)
    assert outcome(verdicts_of(bank)) == "allowed"


def test_an_open_ticket_that_only_thanks_asks_for_no_call_back(
    small_bank: Bank, verdicts_of: Judge
):
    bank = offering(small_bank, name="Complaint Call-Back Service", item_type="service")
    thanks = writing(bank, "Lovely service, solved in five minutes. Thank you!", resolved=False)
    assert outcome(verdicts_of(thanks)) == "eligibility"


def test_accounts_without_a_kind_leave_a_current_account_to_be_checked(
    small_bank: Bank, verdicts_of: Judge
):
    bank = offering(small_bank, eligibility="Anyone with a current account")
    for kind, expected in (("savings", "eligibility"), (None, "check"), ("current", "allowed")):
        accounts = coerce("accounts", small_bank["accounts"].assign(kind=kind))
        assert outcome(verdicts_of(bank.with_tables(accounts=accounts))) == expected


@pytest.mark.parametrize(("recorded", "supposed"), [(0.0, 60_000.0), (60_000.0, 0.0)])
def test_a_supposed_income_decides_who_earns_as_a_recorded_one_does(
    small_bank: Bank, profiles, recorded: float, supposed: float
):
    profiles.table["n_cases_open"] = 0

    def earning(income: float) -> CustomerFacts:
        bank = knowing(small_bank, occupation=None, annual_income=income)
        return customer_facts(bank, profiles, default().guard)

    what_if = earning(recorded).changed(default().guard, income=np.full(6, supposed))
    assert what_if.groups["employed"][ANN] == earning(supposed).groups["employed"][ANN]


def cards(bank: Bank, names: list[str | None], held: str, **columns: object) -> Bank:
    """The small bank with five products of other names; Ann holds the one of a number."""
    products = bank["products"].assign(
        name=names, category="Credit Card", audience="retail", min_age=np.nan, **columns
    )
    holdings = pd.DataFrame({"customer_id": ["ann"], "product_id": [held]})
    return bank.with_tables(
        products=coerce("products", products), holdings=coerce("holdings", holdings)
    )


def test_F102_a_classic_card_is_no_offer_to_who_holds_the_gold_one(
    small_bank: Bank, verdicts_of: Judge
):
    names = ["Classic card", "Gold card", "Platinum card", "Travel card", None]
    bank = cards(small_bank, names, "fund", min_income=np.nan, min_credit_score=np.nan)
    found = verdicts_of(bank)
    assert [found.rule(ANN, p) for p in range(5)] == [
        "held", "held", "allowed", "allowed", "allowed",
    ]  # fmt: skip
    assert found.reason(ANN, 0) == "Holds Gold card, which is of a higher level"
    assert found.rule(BEN, 0) == "complaint", "nothing but his open complaint is against it"
    off = load(guard={"lower_level_by_name": False})
    assert verdicts_of(bank, settings=off).rule(ANN, 0) == "allowed"


def test_where_no_word_says_which_is_higher_nothing_is():
    products = pd.DataFrame(
        {
            "name": ["Gold card", "Premium card", "Visa Electron", "Visa Gold", "Gold Loan",
                     "Standard Loan", "Main account", "Main account"],
            "category": ["Card"] * 4 + ["Loan"] * 2 + ["Current Account"] * 2,
            "subcategory": [None] * 6 + ["basic", "premium"],
            "audience": "retail",
        }
    )  # fmt: skip
    lower = lower_levels(products)
    assert np.argwhere(lower).tolist() == [[7, 6]]


def test_F101_a_large_minimum_is_not_met_by_a_balance_that_nobody_knows(
    small_bank: Bank, verdicts_of: Judge
):
    bank = offering(small_bank, min_investment=250000.0)
    found = verdicts_of(bank)
    assert found.reason(EVE, HOME) == (
        "Needs at least USD 250,000 to invest; neither a balance nor any sign of wealth is on "
        "record"
    )
    small = verdicts_of(offering(small_bank, min_investment=25000.0))
    assert small.allowed[EVE, HOME]
    assert small.check_texts(EVE, HOME) == (
        "Check first: needs at least USD 25,000 to invest; this customer's balance is not recorded",
    )
    off = load(guard={"large_minimum_needs_wealth": False})
    assert verdicts_of(bank, settings=off).allowed[EVE, HOME]


def test_F101_a_word_for_wealth_does_not_meet_a_minimum_of_five_times_wealth(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    huge, unknown = offering(small_bank, min_investment=1e6), profiles.table.assign(balance=np.nan)
    high = knowing(huge, annual_income=None, attributes='{"income_level": "High"}')
    found = verdicts_of(high, table=unknown)
    assert found.reason(ANN, HOME) == (
        "Needs at least USD 1,000,000 to invest; no figure on record tells of so much"
    )
    earns = knowing(huge, annual_income=400000)
    assert outcome(verdicts_of(earns, table=unknown)) == "check"
    off = load(guard={"minimum_needs_figure": 0.0})
    assert outcome(verdicts_of(high, table=unknown, settings=off)) == "check"


GOALS_OF_A_HOME = {
    "buy a home": True, "save regularly;Save for House": True, "buy a house for my parents": False,
    "Down payment for a home": True, "Afford a bigger house": True, "First-time buyer": True,
    "Own a home": True, "Pay off my own home": False, "Insure my own house": False,
    "Renovate own house": False, "Rent out own flat": False, "Get home on time": False,
}  # fmt: skip


def test_F101_a_home_among_the_goals_is_on_record_for_a_first_home(
    small_bank: Bank, verdicts_of: Judge
):
    bank = offering(small_bank, name="First Home Saver", eligibility="For a first home.")
    said = {
        goal: verdicts_of(knowing(bank, goals=goal)).check_texts(ANN, HOME)[0].partition("; ")[2]
        for goal in GOALS_OF_A_HOME
    }
    named = "a goal names a home to buy; whether it is the first is not on record"
    unsaid = "nothing on record says so"
    assert said == {goal: named if wanted else unsaid for goal, wanted in GOALS_OF_A_HOME.items()}


def test_F101_a_large_minimum_is_checked_first_where_wealth_may_be_there(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    bank = offering(small_bank, min_investment=250000.0)
    unknown = profiles.table.assign(balance=np.nan)
    high = knowing(bank, annual_income=None, attributes='{"income_level": "High"}')
    assert outcome(verdicts_of(high, table=unknown)) == "check"
    earns = knowing(bank, annual_income=400000)
    assert outcome(verdicts_of(earns, table=unknown)) == "check"
    little = knowing(bank, annual_income=40000)
    assert outcome(verdicts_of(little, table=unknown)) == "eligibility"


@pytest.mark.parametrize(
    ("age", "occupation", "expected"),
    [
        (71, None, "eligibility"),
        (71, "Teacher", "allowed"),
        (30, None, "check"),
        (30, "Unemployed", "eligibility"),
        (None, None, "check"),
    ],
)
def test_a_salary_card_is_no_offer_to_a_pensioner_of_whom_no_job_is_known(
    small_bank: Bank, verdicts_of: Judge, age: float | None, occupation: str | None, expected: str
):
    bank = offering(
        small_bank, name="Salary Card", eligibility="Typically provided by employers",
        requires="salary account",
    )  # fmt: skip
    bank = knowing(bank, age=age, occupation=occupation, annual_income=None)
    found = verdicts_of(bank)
    assert outcome(found) == expected
    if expected == "eligibility":
        assert found.reason(ANN, HOME) == (
            "Is for people whose salary is paid here; no job that pays a salary is on record"
        )
    off = load(guard={"salary_needs_job": False})
    assert outcome(verdicts_of(bank, settings=off)) == (
        "check" if expected == "eligibility" and occupation is None else expected
    )


def test_F102_what_was_held_and_closed_is_said_before_it_is_offered_again(
    small_bank: Bank, verdicts_of: Judge
):
    bank = offering(small_bank)
    rows = [
        {"customer_id": "ann", "product_id": "home", "opened_on": "2020-02-13",
         "closed_on": bank.as_of - pd.Timedelta(days=40)},
        {"customer_id": "ann", "product_id": "save", "opened_on": None,
         "closed_on": bank.as_of - pd.Timedelta(days=40)},
        {"customer_id": "ann", "product_id": "save", "opened_on": "2024-01-01",
         "closed_on": None},
        {"customer_id": "ben", "product_id": "home", "opened_on": "2020-02-13",
         "closed_on": bank.as_of + pd.Timedelta(days=40)},
    ]  # fmt: skip
    found = verdicts_of(bank.with_tables(holdings=coerce("holdings", pd.DataFrame(rows))))
    ended = f"{bank.as_of - pd.Timedelta(days=40):%b %Y}"
    assert found.check_texts(ANN, HOME) == (
        f"Held here from Feb 2020 until {ended}, then closed: ask why",
    )
    loan = offering(bank, category="Loan", name="Personal loan")
    told = verdicts_of(loan.with_tables(holdings=coerce("holdings", pd.DataFrame(rows))))
    assert told.check_texts(ANN, HOME)[0].endswith(f"from Feb 2020 until {ended}, then closed")
    assert found.check_texts(ANN, 4) == ()
    assert found.check_texts(BEN, HOME) == ()
    assert found.check_texts(CID, HOME) == ()


def test_a_group_that_only_a_name_shows_is_said_to_be_read_from_the_name(
    small_bank: Bank, verdicts_of: Judge
):
    named = verdicts_of(offering(small_bank, name="Junior card", eligibility=None))
    assert named.reason(ANN, HOME) == (
        "By its name it is for minors and their parents; nothing on record says that this "
        "customer is one of them"
    )
    stated = verdicts_of(offering(small_bank, name="Junior card", requires="minor"))
    assert stated.reason(ANN, HOME).startswith("Is for minors and their parents; ")
    bare = offering(small_bank, name="Junior card", eligibility=None)
    products, _ = apply(bare["products"])  # as an import leaves it
    read = verdicts_of(bare.with_tables(products=coerce("products", products)))
    assert read.reason(ANN, HOME) == named.reason(ANN, HOME)
    silent = offering(small_bank, name="Junior card", eligibility=None, requires="minor")
    assert verdicts_of(silent).reason(ANN, HOME) == stated.reason(ANN, HOME)
