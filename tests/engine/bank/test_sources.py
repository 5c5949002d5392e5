"""The joins and derivations of santander, berka and uci_bank_marketing on small files."""

import json

import pandas as pd
import pytest

from engine.bank.sources.berka import birth
from engine.bank.sources.uci_bank_marketing import contact_days
from engine.bank.tables import attributes

BERKA = {
    "client.asc": '"client_id";"birth_number";"district_id"\r\n1;"706213";1\r\n2;"450204";1\r\n'
    '3;"401229";1\r\n',
    "disp.asc": '"disp_id";"client_id";"account_id";"type"\r\n1;1;10;"OWNER"\r\n2;2;20;"OWNER"\r\n'
    '3;3;20;"DISPONENT"\r\n',
    "account.asc": '"account_id";"district_id";"frequency";"date"\r\n'
    '10;1;"POPLATEK MESICNE";930101\r\n20;1;"POPLATEK TYDNE";930102\r\n',
    "card.asc": '"card_id";"disp_id";"type";"issued"\r\n5;1;"gold";981229 00:00:00\r\n',
    "loan.asc": '"loan_id";"account_id";"date";"amount";"duration";"payments";"status"\r\n'
    '7;10;930705;96396;12;8033.00;"B"\r\n8;20;971208;1000;24;50.00;"C"\r\n',
    "district.asc": 'A1;A2;A3\r\n1;"Pisek";"south Bohemia"\r\n',
    "order.asc": '"order_id";"account_id"\r\n1;10\r\n',
    "feup_subset/trans_test.csv": "trans_id;account_id;date;type;operation;amount;balance;"
    "k_symbol;bank;account\n1;10;930301;credit;credit in cash;900.00;900.00;;;\n"
    "2;10;930305;withdrawal;remittance to another bank;100.00;800.00;household;AB;1\n"
    "3;10;930402;withdrawal in cash;withdrawal in cash;50.00;750.00; ;;\n",
}


@pytest.fixture
def berka(write, bring):
    return bring(write(BERKA))


def test_birth_numbers_give_gender_and_day():
    gender, born = birth(pd.Series(["706213", "450204"], dtype="str"))
    assert gender.tolist() == ["female", "male"]
    assert born.dt.strftime("%Y-%m-%d").tolist() == ["1970-12-13", "1945-02-04"]


def test_berka_every_client_is_a_customer_with_region_and_age_on_the_data_day(berka):
    bank, _ = berka
    customers = bank["customers"].set_index("customer_id")
    assert customers["age"].to_dict() == {"1": 28, "2": 53, "3": 58}
    assert customers["region"].unique().tolist() == ["south Bohemia"]
    assert customers["status"].to_dict() == {"1": "owner", "2": "owner", "3": "disponent"}
    assert bank.manifest.currency == "CZK"
    assert attributes(customers.loc["1"])["loan"] == {
        "amount": 96396,
        "months": 12,
        "payment": 8033,
    }


def test_berka_accounts_cards_and_loans_belong_to_owners(berka):
    bank, _ = berka
    assert bank["accounts"]["customer_id"].tolist() == ["1", "2"]
    assert bank["accounts"]["opened_on"].dt.year.eq(1993).all()
    held = bank["holdings"].set_index(["customer_id", "product_id"])
    assert set(held.index) == {("1", "card-gold"), ("1", "loan"), ("2", "loan")}
    assert held.loc[("1", "loan"), "closed_on"] == pd.Timestamp("1994-07-01")
    assert pd.isna(held.loc[("2", "loan"), "closed_on"])


def test_berka_loan_outcomes_are_labels_known_at_the_end(berka):
    bank, _ = berka
    labels = bank["labels"].set_index("customer_id")
    assert labels["value"].to_dict() == {"1": 1, "2": 0}
    assert labels["known_on"].dt.strftime("%Y-%m-%d").to_dict() == {
        "1": "1994-07-01",
        "2": "1998-12-29",
    }


def test_berka_withdrawals_are_negative_and_months_add_up(berka):
    bank, _ = berka
    assert bank["transactions"]["amount"].tolist() == [900, -100, -50]
    assert bank["transactions"]["category"].tolist() == ["income", "housing", "cash and transfers"]
    months = bank["months"]
    assert months["balance"].tolist() == [800, 750]
    assert months["spending"].tolist() == [100, 50]
    assert months["income"].tolist() == [900, 0]


def test_berka_standing_orders_are_left_out_and_said_so(berka):
    _, report = berka
    assert any(note.startswith("order.asc was not used") for note in report.notes)
    assert report.n_rejected == 0


def test_santander_customers_holdings_and_readable_names(write, bring):
    bank, report = bring(
        write(
            {
                "adoptions.csv": "USER_ID,ITEM_ID,TIMESTAMP\n20,ind_plan_fin_ult1,1438041600\n"
                "9,ind_nom_pens_ult1,1422403200\n9,ind_plan_fin_ult1,1438041600\n9,ind_x,1438041600\n",
                "products.csv": "item_id,item_name\nind_plan_fin_ult1,Pensions\n"
                "ind_nom_pens_ult1,Pensions\n",
            }
        )
    )
    assert bank["customers"]["customer_id"].tolist() == ["9", "20"], "in the order of numbers"
    names = bank["products"].set_index("product_id")["name"]
    assert names["ind_plan_fin_ult1"] == "Pension plan"
    assert names["ind_nom_pens_ult1"] == "Pension payments"
    assert bank.n_products == 24
    assert attributes(bank["products"].iloc[0])["item_name"] == "Pensions"
    assert bank["holdings"]["opened_on"].dt.strftime("%Y-%m").tolist() == [
        "2015-07",
        "2015-01",
        "2015-07",
    ]
    assert report.rejected["problem"].tolist() == ["unknown product 'ind_x'"]
    assert any("left-censored" in note for note in report.notes)


UCI = (
    '"age";"job";"marital";"education";"default";"balance";"housing";"loan";"contact";"day";'
    '"month";"duration";"campaign";"pdays";"previous";"poutcome";"y"\n'
    '58;"management";"married";"tertiary";"no";2143;"yes";"no";"unknown";5;"may";261;1;-1;0;'
    '"unknown";"no"\n'
    '44;"technician";"single";"secondary";"no";-29;"no";"yes";"cellular";6;"feb";151;1;-1;0;'
    '"unknown";"yes"\n'
)


def test_uci_rows_are_customers_in_order_and_duration_is_never_stored(write, bring, tmp_path):
    bank, report = bring(write({"bank-full.csv": UCI}))
    assert bank["customers"]["customer_id"].tolist() == ["1", "2"]
    assert bank["accounts"]["balance"].tolist() == [2143, -29]
    assert bank["holdings"].to_numpy()[:, :2].tolist() == [
        ["1", "housing-loan"],
        ["2", "personal-loan"],
    ]
    labels = bank["labels"]
    assert labels["value"].tolist() == [0, 1]
    assert labels["known_on"].dt.strftime("%Y-%m").tolist() == ["2008-05", "2009-02"]
    assert "duration" not in attributes(bank["customers"].iloc[0])
    assert "y" not in attributes(bank["customers"].iloc[0])
    assert any("duration" in note and "refused" in note for note in report.notes)


def test_uci_years_follow_from_the_order_of_months():
    months = pd.Series(["may", "nov", "dec", "jan", "may", "feb", "nov"], dtype="str")
    days = contact_days(months, pd.Series([1.0] * 7))
    assert days.dt.year.tolist() == [2008, 2008, 2008, 2009, 2009, 2010, 2010]


def test_uci_rows_out_of_order_have_no_dates():
    months = pd.Series(["may", "jan", "may", "jan", "may", "jan"], dtype="str")
    assert contact_days(months, pd.Series([1.0] * 6)).isna().all()


def test_b_without_any_post_still_imports(b_tables, write, bring):
    b_tables["non_contradictory_social_media_posts"] = []
    bank, _ = bring(write({f"{n}.json": json.dumps(rows) for n, rows in b_tables.items()}))
    assert bank.n_customers == 3
    assert bank["messages"].empty
