"""What is no data is counted apart: totals, balances, headers, unbooked rows, copies, months."""

import pytest

PEOPLE = "customer_id,name\nK1,Ida\nK2,Jon\n"


@pytest.fixture
def apart(write, bring):
    """Import a few files; the bank, and (file, kind, n, first line) of what was set apart."""

    def run(files):
        bank, report = bring(write(files))
        rows = report.apart[["file", "kind", "n", "first_line"]].to_numpy().tolist()
        return bank, [tuple(row) for row in rows], report

    return run


def test_totals_that_add_up_are_no_customers(apart):
    text = "customer_id,name,age,annual_income,balance\nK1,Ida,40,50000,10.5\nK2,Jon,50,30000,20\n"
    bank, rows, report = apart({"customers.csv": text + "Grand total,,,80000,30.5\n"})
    assert bank["customers"]["customer_id"].tolist() == ["K1", "K2"]
    assert bank["accounts"]["balance"].sum() == 30.5
    assert rows == [("customers.csv", "totals row", 1, 4)]
    assert report.to_json()["tables"]["customers"] == {
        "read": 3,
        "kept": 2,
        "rejected": 0,
        "apart": 1,
    }
    assert [str(d.certainty) for d in report.decisions if d.about == "rows"] == ["proved"]


def test_subtotals_each_add_up_from_the_last_one(apart):
    text = (
        "customer_id,date,amount\nK1,2026-01-03,-5\nK1,2026-01-04,-7\nSubtotal,,-12\n"
        "K2,2026-01-05,-1\nK2,2026-01-06,-2\nSubtotal,,-3\nSumme,,-15\n"
    )
    bank, rows, _ = apart({"customers.csv": PEOPLE, "transactions.csv": text})
    assert bank["transactions"]["amount"].sum() == -15
    assert rows == [("transactions.csv", "totals row", 3, 4)]


def test_a_shop_called_total_is_a_payment(apart):
    text = "customer_id,date,description,amount\nK1,2026-01-03,Total,-5\nK1,2026-01-04,TOTAL,-5\n"
    bank, rows, _ = apart({"customers.csv": PEOPLE, "transactions.csv": text})
    assert (len(bank["transactions"]), rows) == (2, [])


def test_opening_and_closing_balances_are_no_payments(apart):
    text = (
        "customer_id,date,description,amount,balance\nK1,2026-01-01,Opening balance,,100\n"
        "K1,2026-01-03,Shop,-5,95\nK1,2026-01-04,Wage,50,145\nK1,2026-01-31,Closing balance,,145\n"
    )
    bank, rows, _ = apart({"customers.csv": PEOPLE, "transactions.csv": text})
    assert bank["transactions"]["amount"].tolist() == [-5, 50]
    assert rows == [("transactions.csv", "opening or closing balance", 2, 2)]


def test_a_header_that_stands_again_is_no_row(apart):
    text = "customer_id,date,amount\nK1,2026-01-03,-5\ncustomer_id,date,amount\nK2,2026-01-04,-7\n"
    bank, rows, report = apart({"customers.csv": PEOPLE, "transactions.csv": text})
    assert bank["transactions"]["amount"].tolist() == [-5, -7]
    assert rows == [("transactions.csv", "repeated header", 1, 3)]
    assert report.n_rejected == 0


def test_only_booked_payments_count_and_the_others_are_counted_by_kind(apart):
    text = "customer_id,date,amount,State\n" + "".join(
        f"K1,2026-01-0{n},-{n},{state}\n"
        for n, state in enumerate(["Settled", "PENDING", "Failed", "Cancelled", "declined"], 1)
    )
    bank, rows, _ = apart({"customers.csv": PEOPLE, "transactions.csv": text})
    assert bank["transactions"]["amount"].tolist() == [-1]
    assert rows == [
        ("transactions.csv", "pending", 1, 3),
        ("transactions.csv", "declined", 2, 4),
        ("transactions.csv", "reversed", 1, 5),
    ]


def test_copies_of_a_row_count_once_where_no_two_rows_can_be_alike(apart):
    people = "customer_id,name,balance\nK1,Ida,700\nK1,Ida,700\nK2,Jon,50\n"
    text = "txn id,customer_id,date,amount\n1,K1,2026-01-03,-5\n"
    text += "".join(f"{n},K1,2026-01-03,-5\n" for n in range(1, 13))
    bank, rows, report = apart({"customers.csv": people, "transactions.csv": text})
    assert bank["accounts"]["balance"].sum() == 750
    assert len(bank["transactions"]) == 12
    assert {row[1] for row in rows} == {"exact duplicate"}
    assert report.n_rejected == 0


def test_two_equal_coffees_of_a_day_are_two(apart):
    text = "customer_id,date,amount\nK1,2026-01-03,-3\nK1,2026-01-03,-3\n"
    bank, rows, _ = apart({"customers.csv": PEOPLE, "transactions.csv": text})
    assert (len(bank["transactions"]), rows) == (2, [])


def test_of_monthly_snapshots_the_latest_counts_and_the_balances_become_months(apart):
    text = "month,customer_id,name,balance\n" + "".join(
        f"2026-0{month},{who},N{who},{month * 100}\n" for month in (1, 2, 3) for who in ("K1", "K2")
    )
    bank, rows, _ = apart({"customers.csv": text})
    assert bank["accounts"]["balance"].tolist() == [300, 300]
    assert rows == [("customers.csv", "earlier snapshot of a customer", 4, 2)]
    months = bank["months"].query("customer_id == 'K1'")
    assert months["balance"].tolist() == [100, 200, 300]


def test_a_list_called_pending_does_not_count(apart):
    text = (
        '{"transactions": {"booked": ['
        '{"customer": "K1", "bookingDate": "2026-01-03", "amount": -5},'
        '{"customer": "K1", "bookingDate": "2026-01-04", "amount": -6}],'
        '"pending": [{"customer": "K1", "bookingDate": "2026-01-05", "amount": -7}]}}'
    )
    bank, rows, _ = apart({"customers.csv": PEOPLE, "paid.json": text})
    assert bank["transactions"]["amount"].tolist() == [-5, -6]
    assert [row[1:3] for row in rows] == [("pending", 1)]


def test_a_total_of_one_payment_in_and_one_out_is_no_customer(write, bring):
    rows = "C0,2024-04-28,Wages,483.00,\nC1,2024-01-18,Shop,,2.17\nTotal,,,483.00,2.17\n"
    text = "Customer,Date,Description,Credit,Debit\n" + rows
    bank, report = bring(write({"transactions.csv": text}))
    assert bank["customers"]["customer_id"].tolist() == ["C0", "C1"]
    assert report.apart["kind"].tolist() == ["totals row"]


@pytest.mark.parametrize(
    ("column", "said", "kind", "counts"),
    [
        ("decline_code", ("000", "000", "051"), "declined", 2),
        ("failure_reason", ("no", "Not applicable", ""), None, 3),
        ("reject_code", ("A1", "A1", "Z9"), "declined, by reject_code", 3),
        ("rejection_reason", ("", "no error", "Limit passed"), "declined", 2),
    ],
)
def test_a_code_or_a_word_that_is_no_reason_declines_nothing(apart, column, said, kind, counts):
    amounts = ("-4.00", "100.00", "-65.00")
    lines = (
        f"K1,2026-01-0{n},{a},{s}" for n, (a, s) in enumerate(zip(amounts, said, strict=True), 1)
    )
    text = "\n".join((f"customer_id,date,amount,{column}", *lines))
    bank, rows, report = apart({"customers.csv": PEOPLE, "transactions.csv": text})
    assert len(bank["transactions"]) == counts
    asked = [str(guess) for guess in report.guesses if column in str(guess)]
    assert [row[1] for row in rows] == ([kind] if counts == 2 else [])
    assert bool(asked) == (kind is not None and counts == 3)
