"""QIF files: payments of every account, with their own signs; what is open is asked about."""

import pytest

from engine.bank.reading.files import read_files
from engine.errors import BadInput
from tests.benchmarks.spellings import as_read

TWO_ACCOUNTS = """!Option:AutoSwitch
!Account
NCurrent
TBank
^
!Clear:AutoSwitch
!Type:Bank
D12/30/2025
T700.00
POpening Balance
L[Current]
^
D 1/ 5' 6
U-1,045.10
T-1,045.10
PGrocer
MWeekly
LFood
SFood
$-1,000.00
^
D1/15'26
T2,500.00
PDock payroll
^
D1/16'26
PNo amount
^
!Account
NGold
TCCard
^
!Type:CCard
D1/20'26
T-18.40
PTram
^
!Type:Invst
D1/21'26
NBuy
YACME
T100.00
^
"""


def test_payments_of_all_accounts_are_read_and_the_rest_is_named():
    frames, findings = as_read({"quicken.qif": TWO_ACCOUNTS.replace("\n", "\r\n").encode()})
    rows = frames["transactions"]
    assert rows["amount"].tolist() == [-1045.1, 2500, -18.4]
    assert rows["booked_at"].dt.strftime("%F").tolist() == [
        "2006-01-05",
        "2026-01-15",
        "2026-01-20",
    ]
    assert rows["merchant"].tolist() == ["Grocer", "Dock payroll", "Tram"]
    assert rows["customer_id"].tolist() == ["quicken"] * 3, "a person keeps all accounts of a file"
    assert {d.about for d in findings.report({}).guesses} == {"currency", "customer"}
    told = {d.about: d.certainty for d in findings.decisions if d.column in ("amount", "date")}
    assert told["direction"] == told["date order"] == "proved"
    assert "quicken.qif: entries of !Type:invst were not read (1)." in findings.notes
    assert findings.report({}).apart["kind"].tolist() == ["opening or closing balance"]
    assert "an entry without a day (D) or an amount (T)" in str(findings.report({}).rejected)


def test_decimal_commas_and_days_first_are_told_by_the_cells():
    text = "!Type:Bank\nD13/01/2026\nT-1.045,10\nPMarkt\n^\nD14/01/2026\nT2.500,00\nPWerft\n"
    frames, _ = as_read({"konto.txt": text.encode()})
    assert frames["transactions"]["amount"].tolist() == [-1045.1, 2500]
    assert frames["transactions"]["booked_at"].dt.strftime("%F").tolist()[0] == "2026-01-13"


@pytest.mark.parametrize("text", ["!Type:Cat\nNFood\n^\n", "!Type:Bank\n^\n"])
def test_a_file_without_payments_is_one_sentence(text):
    with pytest.raises(BadInput, match=r"a\.qif holds no payment: expected !Type:Bank"):
        read_files("bank", {"a.qif": text.encode()})


def test_transfers_between_own_accounts_are_no_income_and_accounts_of_a_file_no_customers_each():
    text = (
        "\ufeff!Account\nNMain\nTBank\n^\n!Type:Bank\nD1/13'2026\nT-90.00\nPMove\nL[Jar]\n^\n"
        "D1/14'2026\nT300.00\nPWages\nSWork\n$300.00\n^\n!Account\nNJar\nTCash\n^\n"
        "!Type:Cash\nD1/13'2026\nT90.00\nPMove\nL[Main]\n^\nD1/15'2026\nT-4.00\nPBun\n^\n"
    )
    frames, findings = as_read({"both.qif": text.encode()})
    rows = frames["transactions"]
    assert rows["amount"].tolist() == [300, -4]
    assert rows["booked_at"].dt.strftime("%F").tolist() == ["2026-01-14", "2026-01-15"]
    assert set(rows["customer_id"]) == {"both"}
    report = findings.report({})
    assert report.apart[["kind", "n"]].to_numpy().tolist() == [["transfer between own accounts", 2]]
    assert {d.about for d in report.guesses} == {"currency", "customer"}
    assert any("1 entry is split" in note for note in findings.notes)
