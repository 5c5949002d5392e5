"""Which amounts come in and which go out: by arithmetic, by columns, by words, else a guess."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.decision import Certainty
from engine.bank.importing.columns import signs
from engine.bank.importing.columns.column_matching import Match
from engine.bank.importing.columns.layout import PARSERS, Column
from engine.bank.importing.columns.mapping import directed
from engine.bank.reading.raw_table import RawTable

NAMES = {"in": "Paid in", "out": "Paid out"}
PEOPLE = "customer_id,name\nK1,Ida\nK2,Jon\n"


@pytest.fixture
def amounts(write, bring):
    """Amounts of one file of transactions, and the decision on their sign."""

    def run(text, **others):
        files = {"customers.csv": PEOPLE, "transactions.csv": text, **others}
        bank, report = bring(write(files))
        said = [d for d in report.decisions if d.about == "direction"]
        return bank["transactions"]["amount"].tolist(), said[0], bank

    return run


def test_a_running_balance_proves_which_way_money_goes(amounts):
    rows = "K1,2026-01-01,20,80\nK1,2026-01-02,30,50\nK2,2026-01-02,5,995\nK1,2026-01-03,-500,550\n"
    values, said, bank = amounts("customer_id,date,amount,balance\n" + rows)
    assert values == [-20, -30, -5, 500]
    assert (said.reading, str(said.certainty)) == ("positive is out", "proved")
    assert said.evidence == "2 of 2 rows add up to the running balance"
    assert bank["accounts"].set_index("customer_id")["balance"].to_dict() == {"K1": 550, "K2": 995}


def test_a_file_with_the_newest_row_first_adds_up_too(amounts):
    rows = "K1,2026-01-03,500,550\nK1,2026-01-02,-30,50\nK1,2026-01-01,-20,80\n"
    values, said, bank = amounts("customer_id,date,amount,balance\n" + rows)
    assert values == [500, -30, -20]
    assert (said.reading, str(said.certainty)) == ("negative is out", "proved")
    assert bank["accounts"]["balance"].tolist() == [550]


def test_a_balance_tells_the_sign_of_amounts_that_have_none(amounts):
    rows = "K1,2026-01-01,20,80\nK1,2026-01-02,30,50\nK1,2026-01-03,500,550\nK1,2026-01-04,1,549\n"
    values, said, _ = amounts("customer_id,date,amount,balance\n" + rows)
    assert values == [-20, -30, 500, -1]
    assert (said.reading, str(said.certainty)) == ("as the balance says", "a guess")
    assert (
        said.evidence
        == "3 of 3 rows add up to the running balance, no balance tells the sign of 1 first row"
    )


def test_words_alone_never_prove_the_first_row_of_an_account(amounts):
    """A refund of a café is written as a payment to it is; only a balance before would tell."""
    rows = "K1,2026-01-01,Café,20,120\nK2,2026-01-01,Café,20,980\nK1,2026-01-02,Café,30,90\n"
    _, said, _ = amounts("customer_id,date,description,amount,balance\n" + rows)
    assert (said.reading, str(said.certainty)) == ("positive is out", "likely")
    assert said.others == ("the same with first rows of an account the other way",)


@pytest.mark.parametrize(("n_against", "certainty"), [(0, "likely"), (1, "likely"), (2, "a guess")])
def test_words_against_the_signs_turn_them_or_are_asked_about(amounts, n_against, certainty):
    """Salaries with a minus and rents without: one row of five may be a refund."""
    refunds = [
        f"K1,2026-01-0{n + 1},Restaurant,{'-' if n < n_against else ''}{9 + n}" for n in range(4)
    ]
    rows = "\n".join([*refunds, "K1,2026-02-01,Salary,-2000"])
    values, said, _ = amounts(f"customer_id,date,description,amount\n{rows}\n")
    assert str(said.certainty) == certainty
    if certainty == "likely":
        assert values[-1] == 2000
        assert said.others == ("negative is out",)


def test_amounts_of_one_size_add_up_either_way_unless_days_tell_the_order(amounts):
    rows = ("K1,2026-01-03,50,850\n", "K1,2026-01-02,50,900\n", "K1,2026-01-01,50,950\n")
    header = "customer_id,date,description,amount,balance\n"
    rows = [row.replace(",50,", ",Rent,50,") for row in rows]
    values, said, _ = amounts(header + "".join(rows))
    assert (values, said.reading) == ([-50, -50, -50], "positive is out")
    one_day = "".join(rows).replace("-02,", "-03,").replace("-01,", "-03,")
    _, said, _ = amounts(header + one_day)
    assert (str(said.certainty), len(said.others)) == ("a guess", 1)


def test_one_odd_row_does_not_switch_a_direction_off(amounts):
    rows = "K1,2026-01-01,42,Debit\nK1,2026-01-02,80,Debit\nK1,2026-01-03,2100,Credit\n"
    values, _, _ = amounts(
        "customer_id,date,amount,txn type\n" + rows + "K1,2026-01-04,-10,Debit\n"
    )
    assert values == [-42, -80, 2100, 10]


def test_a_direction_is_known_by_its_words_whatever_the_column_is_called(amounts):
    rows = "K1,2026-01-01,42,DR\nK1,2026-01-02,80,DR\nK1,2026-01-03,2100,CR\n"
    values, said, _ = amounts("customer_id,date,amount,flow\n" + rows)
    assert values == [-42, -80, 2100]
    assert said.reading == "as flow says"


def test_amounts_that_have_their_sign_already_keep_it_beside_a_direction(amounts):
    rows = "K1,2026-01-01,-42,DR\nK1,2026-01-02,-80,DR\nK1,2026-01-03,2100,CR\n"
    assert amounts("customer_id,date,amount,flow\n" + rows)[0] == [-42, -80, 2100]


def test_a_refund_in_paid_out_comes_in(amounts):
    rows = "K1,2026-01-01,,42\nK1,2026-01-02,,80\nK1,2026-01-03,2100,\nK1,2026-01-04,,-10\n"
    assert amounts("customer_id,date,Paid in,Paid out\n" + rows)[0] == [-42, -80, 2100, 10]


def test_a_card_file_with_positive_charges_is_known_by_its_words(amounts):
    rows = (
        "K1,2026-01-01,Coffee house,4\nK1,2026-01-02,Payment received,-90\nK1,2026-01-03,Taxi,9\n"
    )
    values, said, _ = amounts("customer_id,date,description,amount\n" + rows)
    assert values == [-4, 90, -9]
    assert (said.reading, str(said.certainty)) == ("positive is out", "likely")


def test_salaries_among_positive_amounts_come_in_and_that_is_a_guess(amounts):
    rows = "K1,2026-01-01,Coffee,4\nK1,2026-01-02,Salary January,900\nK1,2026-01-03,Xyz,9\n"
    values, said, _ = amounts("customer_id,date,description,amount\n" + rows)
    assert values == [-4, 900, -9]
    assert (str(said.certainty), said.others) == ("a guess", ("all go out",))


def test_mostly_positive_amounts_without_a_word_are_a_guess(amounts):
    rows = "K1,2026-01-01,4\nK1,2026-01-02,-900\nK1,2026-01-03,9\n"
    values, said, _ = amounts("customer_id,date,amount\n" + rows)
    assert values == [4, -900, 9]
    assert (str(said.certainty), said.others) == ("a guess", ("positive is out",))


def test_rows_that_do_not_add_up_prove_nothing(amounts):
    rows = "K1,2026-01-01,-4,100\nK1,2026-01-02,-9,7\nK1,2026-01-03,-9,1\n"
    _, said, _ = amounts("customer_id,date,amount,balance\n" + rows)
    assert str(said.certainty) == "likely"


def test_words_in_a_column_of_any_name_tell_the_sign(amounts):
    rows = "K1,2026-01-01,SALARY,900\nK1,2026-02-01,SALARY,900\nK1,2026-01-03,RENT,-700\n"
    values, said, _ = amounts("customer_id,date,Reference,amount\n" + rows)
    assert values == [900, 900, -700]
    assert str(said.certainty) == "likely"


REFUND = "K1,2026-01-01,,80\nK1,2026-01-02,,15\nK1,2026-01-03,,-20\nK1,2026-01-04,60,\n"


def test_a_minus_among_money_out_is_asked_about(amounts):
    values, said, _ = amounts("customer_id,date,Paid in,Paid out\n" + REFUND)
    assert values == [-80, -15, 20, 60]
    assert said.reading == "Paid in comes in, Paid out goes out, a minus takes back"
    assert str(said.certainty) == "a guess"
    assert said.others == ("Paid in comes in, Paid out goes out, a minus says nothing",)


@pytest.mark.parametrize(("column", "sign"), [("Debit", -1), ("Credit", 1)])
@pytest.mark.parametrize("minus", ["-", ""])
def test_a_minus_before_every_amount_of_one_side_says_nothing(amounts, column, sign, minus):
    rows = f"K1,2026-01-03,{minus}12.50\nK1,2026-01-04,{minus}7\n"
    values, said, _ = amounts(f"customer_id,Date,{column}\n{rows}")
    assert values == [sign * 12.5, sign * 7]
    assert (said.certainty, said.others) == (Certainty.LIKELY, ())


def test_a_balance_proves_what_a_minus_among_money_out_says(amounts):
    left = (920, 905, 885, 945)
    rows = "".join(f"{row},{b}\n" for row, b in zip(REFUND.splitlines(), left, strict=True))
    values, said, _ = amounts("customer_id,date,Paid in,Paid out,Balance\n" + rows)
    assert values == [-80, -15, -20, 60]
    assert said.reading.endswith("a minus says nothing")
    assert str(said.certainty) == "proved"


@pytest.mark.parametrize(
    ("plan", "values"),
    [
        ("Paid in comes in, Paid out goes out, a minus says nothing", [-80, -15, -20, 60]),
        ("Paid in comes in, Paid out goes out", [-80, -15, 20, 60]),
    ],
)
def test_a_plan_of_a_month_without_a_minus_still_fits_one_with_it(plan, values):
    frame = pd.DataFrame({"in": [None, None, None, "60"], "out": ["80", "15", "-20", None]})
    raw = RawTable("t", "t.csv", frame.astype("str").rename(columns=NAMES), np.arange(4))
    match = Match("transactions", {"Paid in": "money in", "Paid out": "money out"})
    signs_of = signs.decide(raw, match, plan)
    how = Column(**signs_of.column)
    assert directed(PARSERS["number"](raw.frame["Paid in"]), raw.frame, how).tolist() == values


def test_an_amount_beside_both_columns_of_money_is_proved_by_them(amounts):
    rows = "K1,2026-01-01,5,,5\nK1,2026-01-02,-9,9,\nK1,2026-01-03,4,,4\n"
    values, said, _ = amounts("customer_id,date,Amount,Money out,Money in\n" + rows)
    assert values == [5, -9, 4]
    assert (said.reading, str(said.certainty)) == ("negative is out", "proved")


def test_rows_without_a_running_balance_are_named(write, bring):
    text = (
        "customer_id,date,amount (EUR),balance\nK1,2026-01-03,-5,95\nK1,2026-01-04,7,102\n"
        "K1,2026-01-05,-1,\n"
    )
    _, report = bring(write({"transactions.csv": text}))
    said = "transactions.csv: 1 row has no running balance, so nothing proves them (line 4)."
    assert said in report.notes
