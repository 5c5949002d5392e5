"""A plan: explained, saved, run again; where files no longer fit; guesses refused; control."""

import datetime as dt

import pytest

from engine.bank.decision import Certainty
from engine.bank.importing import import_plan
from engine.bank.importing.columns.column_matching import Match
from engine.bank.importing.import_source import explain, import_bank
from engine.errors import BadInput
from engine.services.opening.banks import Banks

NOW = dt.datetime(2026, 6, 1, 12, 0)
PEOPLE = "customer_id,name\nK1,Ida\nK2,Jon\n"
PAID = "customer_id,date,amount (EUR)\nK1,2026-01-03,-5.5\nK1,2026-01-04,7\nK2,2026-01-05,-1\n"


def test_an_import_is_explained_and_nothing_is_written(write, tmp_path):
    folder = write({"customers.csv": PEOPLE, "transactions.csv": PAID})
    before = sorted(tmp_path.rglob("*"))
    plan = explain(folder)
    assert sorted(tmp_path.rglob("*")) == before
    assert {file.source: file.table for file in plan.files} == {
        "customers": "customers",
        "transactions": "transactions",
    }
    said = {(d.column, d.about): d for d in plan.decisions}
    assert said["amount (EUR)", "column"].reading == "amount"
    assert said["amount (EUR)", "currency"].reading == "EUR"
    assert said["amount (EUR)", "currency"].certainty is Certainty.PROVED


def test_an_upload_is_explained_with_the_doubtful_first():
    uploads = {
        "customers.csv": PEOPLE.encode(),
        "transactions.csv": b"customer_id,date,amount\nK1,2026-01-03,4\n",
    }
    plan = Banks.explain(uploads)
    assert [file["table"] for file in plan["files"]] == ["customers", "transactions"]
    certainties = [decision["certainty"] for decision in plan["decisions"]]
    assert certainties == sorted(certainties, key=["a guess", "likely", "proved"].index)
    assert certainties[0] == "a guess"


def test_a_saved_plan_reads_the_next_files_the_same_way(write, tmp_path):
    text = "who,date,amount\nK1,2026-01-03,5\nK2,2026-01-05,1\n"
    folder = write({"customers.csv": PEOPLE, "transactions.csv": text})
    plan = import_plan.ImportPlan(
        "tables",
        (
            import_plan.FilePlan(
                "customers", "customers", {"customer_id": "customer_id", "name": "name"}
            ),
            import_plan.FilePlan(
                "transactions",
                "transactions",
                {"who": "customer_id", "date": "booked_at", "amount": "amount"},
                direction="negative is out",
            ),
        ),
        "NOK",
    )
    plan.save(tmp_path / "plan.toml")
    again = import_plan.load(tmp_path / "plan.toml")
    assert again == plan
    bank, report = import_bank(folder, tmp_path / "bank", now=NOW, plan=again, strict=True)
    assert bank["transactions"]["amount"].tolist() == [5, 1]
    assert bank.manifest.currency == "NOK"
    assert report.guesses == ()


def test_a_plan_that_no_longer_fits_says_where(write, tmp_path):
    folder = write({"customers.csv": PEOPLE, "transactions.csv": PAID})
    plan = explain(folder)
    changed = write({"transactions.csv": PAID.replace("amount (EUR)", "Betrag")})
    with pytest.raises(BadInput) as failed:
        import_bank(changed, tmp_path / "bank", now=NOW, plan=plan)
    assert str(failed.value) == (
        "The plan no longer fits: transactions.csv has no column amount (EUR); it has customer_id, "
        "date, Betrag; the nearest is 'date'."
    )
    assert not (tmp_path / "bank").exists()


def test_a_plan_against_a_running_balance_is_a_guess_that_is_named(write, tmp_path):
    rows = "K1,2026-01-01,20,80\nK1,2026-01-02,30,50\nK1,2026-01-03,10,40\n"
    text = "customer_id,date,amount,balance\n" + rows
    folder = write({"customers.csv": PEOPLE, "transactions.csv": text})
    plan = explain(folder)
    (file,) = [f for f in plan.files if f.table == "transactions"]
    (told,) = [d for d in plan.decisions if d.about == "direction"]
    assert (told.reading, file.direction) == ("positive is out", "")
    other = import_plan.ImportPlan(
        "tables",
        tuple(
            import_plan.FilePlan(
                f.source, f.table, f.columns, f.others, "negative is out" if f is file else ""
            )
            for f in plan.files
        ),
        "EUR",
    )
    bank, report = import_bank(folder, tmp_path / "bank", now=NOW, plan=other)
    assert bank["transactions"]["amount"].tolist() == [20, 30, 10]
    assert "2 of 2 rows add up to the running balance otherwise" in report.guesses[0].evidence


@pytest.mark.parametrize("text", ["version = 1", "version = 9\nlayout = 'x'", "[", "a = 1"])
def test_what_is_no_plan_is_one_sentence(tmp_path, text):
    (tmp_path / "plan.toml").write_text(text, "utf-8")
    with pytest.raises(BadInput, match="plan"):
        import_plan.load(tmp_path / "plan.toml")


def test_guesses_are_listed_and_refused_when_asked_to(write, tmp_path):
    folder = write({"customers.csv": PEOPLE, "transactions.csv": PAID.replace(" (EUR)", "")})
    _, report = import_bank(folder, tmp_path / "bank", now=NOW)
    assert [(d.about, d.reading) for d in report.guesses] == [("currency", "USD")]
    with pytest.raises(BadInput, match="1 reading cannot be told, and guesses are refused"):
        import_bank(folder, tmp_path / "strict", now=NOW, strict=True)
    assert not (tmp_path / "strict").exists()
    bank, _ = import_bank(folder, tmp_path / "strict", now=NOW, strict=True, currency="NOK")
    assert bank.manifest.currency == "NOK"


def test_a_control_sheet_stands_beside_the_source(write, bring):
    text = PAID + "K9,2026-02-01,-100\nK1,2026-01-03,-5.5\n"
    _, report = bring(write({"customers.csv": PEOPLE, "transactions.csv": text}))
    lines = report.control.query("table == 'transactions'").set_index("part")
    figures = ["rows", "sum_in", "sum_out", "first_day", "last_day"]
    assert lines.loc["source", figures].tolist() == [5, 7, 112, "2026-01-03", "2026-02-01"]
    assert lines.loc["kept", figures].tolist() == [4, 7, 12, "2026-01-03", "2026-01-05"]


def test_the_currency_of_a_column_holds_in_any_letter_case(write, bring):
    text = "customer_id,date,amount,currency\nK1,2026-01-03,-5,EUR\nK1,2026-01-04,-7,eur\n"
    bank, report = bring(write({"customers.csv": PEOPLE, "transactions.csv": text}))
    assert bank["transactions"]["currency"].tolist() == ["EUR", "EUR"]
    assert bank.manifest.currency == "EUR"
    assert not any("several currencies" in note for note in report.notes)


def test_signs_of_several_currencies_stay_apart_and_are_named(write, bring):
    text = "customer_id,date,amount\nK1,2026-01-03,-€5\nK1,2026-01-04,-£7\nK1,2026-01-05,€2\n"
    bank, report = bring(write({"customers.csv": PEOPLE, "transactions.csv": text}))
    assert bank.manifest.currency == "EUR"
    assert bank["transactions"]["amount"].tolist() == [-5, 2]
    foreign = bank["foreign_transactions"]
    assert foreign[["amount", "currency"]].to_numpy().tolist() == [[-7, "GBP"]]
    assert bank["months"][["income", "spending"]].to_numpy().tolist() == [[2, 5]]
    assert any("several currencies" in note and "1 in GBP" in note for note in report.notes)
    lines = report.control.query("table == 'transactions' and part == 'kept'")
    sums = lines[["currency", "rows", "sum_in", "sum_out"]].to_numpy().tolist()
    assert sums == [["EUR", 2, 2, 5], ["GBP", 1, 0, 7]]


def test_a_balance_in_another_currency_is_kept_with_it_and_in_no_sum(write, bring):
    accounts = (
        "account_id,customer_id,balance,ccy\nA1,K1,100.00,CHF\nA2,K1,70.50,EUR\nA3,K2,5,chf\n"
    )
    paid = "account_id,date,amount,currency\nA1,2026-01-03,-5,CHF\nA2,2026-01-03,-9,EUR\n"
    files = {"customers.csv": PEOPLE, "accounts.csv": accounts}
    bank, report = bring(write({**files, "transactions.csv": paid + "A1,2026-01-04,1,CHF\n"}))
    assert bank.manifest.currency == "CHF"
    held = bank["accounts"].set_index("account_id")
    assert held["balance"].fillna(-1).tolist() == [100, -1, 5]
    assert '"balance in its currency": "70.50 EUR"' in held.loc["A2", "attributes"]
    assert any("1 in EUR (sum 70.50)" in str(d) for d in report.decisions)
    assert report.guesses == ()


def test_nobody_is_born_after_the_import(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "customers.csv").write_text(
        "customer_id,name,date of birth\na,Ann,24/05/26\nb,Bo,13/02/31\nc,Cy,30/01/70\n"
    )
    bank, report = import_bank(source, tmp_path / "bank", now=dt.datetime(2026, 11, 29))
    assert bank["customers"]["age"].tolist() == [0, 95, 56]
    assert {d.about: d.reading for d in report.decisions}[
        "century"
    ] == "20yy up to today, else 19yy"


OPEN = "customer_id,date,amount\nK1,03/04/2026,1.250\nK1,05/04/2026,-2.500\nK2,01/02/2026,-3.000\n"


def _open(write, numbers="decimal comma", dates="month before day"):
    """A plan for files whose numbers and dates can be read in two ways, with answers."""
    folder = write({"customers.csv": PEOPLE, "transactions.csv": OPEN})
    matches = {file.source: Match(file.table, file.columns) for file in explain(folder).files}
    asked = {
        d.answer.field: d.answer for d in explain(folder).guesses if d.answer and d.answer.source
    }
    answers = [(asked["numbers"], numbers), (asked["dates"], dates)]
    return folder, import_plan.of_matches(matches, answers)


def test_an_answer_corrects_the_order_of_dates_and_the_decimal_sign_and_counts_as_said(
    write, tmp_path
):
    folder, plan = _open(write)
    bank, report = import_bank(
        folder, tmp_path / "bank", now=NOW, plan=plan, strict=True, currency="NOK"
    )
    moved = bank["transactions"].sort_values("booked_at")
    assert moved["booked_at"].dt.strftime("%m-%d").tolist() == ["01-02", "03-04", "05-04"]
    assert moved["amount"].tolist() == [-3000, 1250, -2500]
    said = {d.about: d for d in report.decisions if d.column in ("date", "amount")}
    for about in ("date order", "decimal sign"):
        assert (said[about].certainty, said[about].evidence) == (
            Certainty.PROVED,
            "a person said so",
        )
        assert len(said[about].answer.choices) == 2
    other, plan = _open(write, "decimal point", "day before month")
    bank, _ = import_bank(other, tmp_path / "other", now=NOW, plan=plan)
    assert bank["transactions"]["amount"].tolist() == [1.25, -2.5, -3.0]
    assert sorted(bank["transactions"]["booked_at"].dt.month) == [2, 4, 4]


def test_a_saved_plan_holds_the_form_of_every_column_and_names_its_guesses(write, tmp_path):
    folder, plan = _open(write)
    explain(folder, plan=plan).save(tmp_path / "plan.toml")
    saved = import_plan.load(tmp_path / "plan.toml")
    assert saved.files[1].numbers == {"amount": "decimal comma"}
    assert saved.files[1].dates == {"date": "month before day"}
    assert "Check this guess: customers.csv" not in (tmp_path / "plan.toml").read_text("utf-8")
    assert "# Check this guess: transactions.csv" in (tmp_path / "plan.toml").read_text("utf-8")
    again = explain(folder, plan=saved)
    assert again.files == saved.files
    assert {d.about for d in again.guesses} == {"currency"}


def test_a_saved_plan_leaves_guesses_out_so_that_they_are_asked_again(write, tmp_path):
    folder = write({"statement.csv": "date,amount,text,fee\n03/04/2026,5,Tea,1\n"})
    plan = explain(folder, currency="EUR")
    plan.save(tmp_path / "plan.toml")
    again = explain(folder, plan=import_plan.load(tmp_path / "plan.toml"))
    asked = {d.about: d.answer for d in plan.guesses}
    assert {"direction", "fee", "date order"} <= set(asked) == {d.about for d in again.guesses}
    answered = plan.answered([(asked["direction"], "all come in"), (asked["fee"], "in the amount")])
    explain(folder, plan=answered).save(tmp_path / "plan.toml")
    kept = import_plan.load(tmp_path / "plan.toml")
    assert (kept.files[0].direction, kept.files[0].fee) == ("all come in", "in the amount")
    assert kept.files[0].dates == {}
    rest = {d.about for d in explain(folder, plan=kept).guesses}
    assert rest == set(asked) - {"direction", "fee"}


def test_a_plan_that_the_cells_prove_wrong_is_a_guess_that_is_named(write, tmp_path):
    folder, plan = _open(write)
    write({"transactions.csv": OPEN.replace("01/02", "25/02").replace("1.250", "50.5")})
    guesses = {d.about: d for d in explain(folder, plan=plan).guesses}
    assert "the plan says so, but 1 of 3 different dates" in guesses["date order"].evidence
    assert "the plan says so, but 1 of 3 different cells" in guesses["decimal sign"].evidence


def test_a_direction_a_currency_and_a_customer_can_be_said_too(write, tmp_path):
    folder = write({"statement.csv": "date,amount,text\n2026-01-03,$5,Salary\n2026-01-04,$7,Tea\n"})
    read = explain(folder)
    asked = {d.about: d.answer for d in read.guesses}
    assert asked["direction"].choices[:2] == ("as the words say", "negative is out")
    assert asked["currency"].choices[:2] == ("USD", "AUD")
    assert asked["currency"].is_open
    assert asked["customer"].is_open
    answers = [
        (asked["direction"], "all come in"),
        (asked["currency"], "AUD"),
        (asked["customer"], "Ida"),
    ]
    plan = import_plan.of_matches(read.matches, answers)
    bank, report = import_bank(folder, tmp_path / "bank", now=NOW, plan=plan, strict=True)
    assert bank["transactions"]["amount"].tolist() == [5, 7]
    assert bank["customers"]["customer_id"].tolist() == ["Ida"]
    assert bank.manifest.currency == "AUD"
    assert report.guesses == ()


def test_what_is_no_choice_is_one_sentence(write):
    folder, plan = _open(write)
    answer = next(d.answer for d in explain(folder).guesses if d.about == "date order")
    with pytest.raises(BadInput, match=r"'by feeling' is no dates of transactions; choose day"):
        plan.answered([(answer, "by feeling")])
    with pytest.raises(BadInput, match="The plan has no transactions; it has customers"):
        import_plan.of_matches(
            {"customers": plan.matches["customers"]}, [(answer, "day before month")]
        )


def _answered(write, tmp_path, files, about, choice):
    """A bank of files whose decision about something was answered, and the saved plan's files."""
    folder = write(files)
    read = explain(folder, now=NOW)
    (decision,) = [d for d in read.decisions if d.about == about]
    assert choice in decision.answer.choices
    plan = read.answered([(decision.answer, choice)])
    explain(folder, plan=plan, now=NOW).save(tmp_path / "plan.toml")
    saved = import_plan.load(tmp_path / "plan.toml")
    bank, report = import_bank(folder, tmp_path / "bank", now=NOW, plan=saved, currency="EUR")
    (told,) = [d for d in report.decisions if d.about == about]
    assert (told.certainty, told.evidence) == (Certainty.PROVED, "a person said so")
    return bank, saved.files[0], decision


def test_the_century_of_a_birth_can_be_said(write, tmp_path):
    born = {"customers.csv": "customer_id,name,date of birth\nK1,Ida,24/05/24\nK2,Jon,13/02/31\n"}
    bank, file, asked = _answered(write, tmp_path, born, "century", "19yy")
    assert bank["customers"]["age"].tolist() == [102, 95]
    assert (asked.certainty, file.centuries) == (Certainty.LIKELY, {"date of birth": "19yy"})


@pytest.mark.parametrize(
    ("choice", "rates"), [("per cent", [0.05, 0.0007]), ("shares", [0.05, 0.07])]
)
def test_the_unit_of_a_rate_can_be_said(write, tmp_path, choice, rates):
    products = {"products.csv": "product_id,name,interest_rate\np,Loan,5 %\nq,Card,0.07\n"}
    bank, file, asked = _answered(write, tmp_path, products, "unit", choice)
    assert bank["products"]["interest_rate"].tolist() == pytest.approx(rates)
    assert (asked.certainty, asked.reading) == (Certainty.GUESS, "shares")
    assert file.units == {"interest_rate": choice}


def test_a_rate_with_its_sign_is_not_divided_because_another_has_none(write, bring):
    products = "product_id,name,interest_rate\np,Loan,5 %\nq,Card,7\n"
    bank, report = bring(write({"products.csv": products}))
    assert bank["products"]["interest_rate"].tolist() == pytest.approx([0.05, 0.07])
    assert [(d.about, d.reading) for d in report.guesses] == [("unit", "per cent")]


@pytest.mark.parametrize(
    ("choice", "amounts"),
    [("the minus and DR say the same", [-80, -5]), ("DR reverses the minus", [80, -5])],
)
def test_the_sign_of_a_minus_beside_debit_can_be_said(write, tmp_path, choice, amounts):
    paid = "customer_id,date,amount\nK1,2026-01-03,-80.00 DR\nK1,2026-01-04,5.00 DR\n"
    files = {"transactions.csv": paid}
    bank, file, asked = _answered(write, tmp_path, files, "sign", choice)
    assert bank["transactions"]["amount"].tolist() == amounts
    assert (asked.certainty, file.signs) == (Certainty.GUESS, {"amount": choice})


@pytest.mark.parametrize("field", ["centuries", "units", "signs"])
def test_a_reading_that_is_none_is_one_sentence(write, tmp_path, field):
    born = "customer_id,date of birth,annual_income\nK1,24/05/24,-5 DR\n"
    folder = write({"customers.csv": born, "products.csv": "name,interest_rate\nLoan,5\n"})
    where = {"centuries": (0, "date of birth"), "units": (1, "interest_rate")}
    number, column = where.get(field, (0, "annual_income"))
    files = list(explain(folder).files)
    files[number] = import_plan.replace(files[number], **{field: {column: "odd"}})
    with pytest.raises(BadInput, match=rf"{column}.*'odd'.*can be"):
        explain(folder, plan=import_plan.ImportPlan("tables", tuple(files)))
