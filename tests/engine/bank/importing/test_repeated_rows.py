"""Exports whose days overlap: a payment of both counts once, two equal payments twice, and what
nothing tells is asked about."""

import pytest

from tests.benchmarks.spellings import as_read

_ROWS = [
    "2026-04-01,Rent,700.00,500.00,A7",
    "2026-04-02,Pay,900.00,1400.00,A7",
    "2026-04-03,Tea,4.00,1396.00,A7",
    "2026-04-03,Tea,4.00,1392.00,A7",
    "2026-04-05,Inn,60.00,1332.00,A7",
    "2026-04-06,Tram,2.00,1330.00,A7",
]


def read(first: slice, second: slice, columns: str = "Date,Text,Size,Balance,Account"):
    every = ["Date", "Text", "Size", "Balance", "Account"]
    kept = [n for n, name in enumerate(every) if name in columns]
    files = {}
    for file, part in (("one.csv", first), ("two.csv", second)):
        lines = [",".join(row.split(",")[n] for n in kept) for row in _ROWS[part]]
        header = columns.replace("Size", "Amount")
        files[file] = "\n".join([header, *lines, ""]).encode()
    frames, findings = as_read(files)
    return frames, findings.report({})


def test_the_balance_proves_that_a_payment_is_the_same_and_twins_stay():
    frames, report = read(slice(0, 5), slice(1, 6))
    rows = frames["transactions"].sort_values("booked_at", kind="stable")
    assert rows["amount"].tolist() == [-700, 900, -4, -4, -60, -2]
    assert frames["accounts"]["balance"].tolist() == [1330]
    assert report.apart[["kind", "n"]].to_numpy().tolist() == [["in another file", 4]]
    assert {d.about for d in report.guesses} == {"currency", "direction"}


@pytest.mark.parametrize(
    ("second", "n_kept", "asked"),
    [
        (slice(1, 6), 6, False),  # all rows of the days that both cover are alike
        (slice(4, 6), 7, True),  # one row of the last day of one and the first of the other
    ],
)
def test_without_balances_whole_days_tell_and_a_single_row_is_asked_about(second, n_kept, asked):
    frames, report = read(slice(0, 5), second, "Date,Text,Size,Account")
    assert len(frames["transactions"]) == n_kept
    assert ("rows" in {d.about for d in report.guesses}) == asked


def test_payments_of_other_accounts_are_nobody_elses():
    rows = b"Date,Text,Amount,Account\n2026-04-01,Rent,-700,%b\n2026-04-02,Pay,900,%b\n"
    frames, report = as_read({f"{a}.csv": rows % ((a.encode(),) * 2) for a in ("A1", "B2")})
    assert frames["transactions"]["amount"].tolist() == [-700, 900] * 2
    assert report.report({}).apart.empty


def of_one_person(**files: str):
    """Files of payments of one person; how many count, the balances, and what is asked of rows."""
    header = "day,customer,text,amount,balance"
    given = {}
    for name, text in files.items():
        lines = text.split()
        lines = lines if lines[0].startswith("Day") else [header, *lines]
        lines = [line.replace(";", ",P1,", 1) for line in lines]
        given[f"{name}.csv"] = "\n".join([*lines, ""]).encode()
    frames, findings = as_read(given, "EUR")
    asked = [d.reading.split(": ")[1] for d in findings.decisions if d.about == "rows" and d.others]
    left = frames["accounts"]["balance"].tolist() if "accounts" in frames else []
    return len(frames["transactions"]), left, asked


_FIRST = "2026-04-01;Bread,-6,94 2026-04-02;Wage,80,174 2026-04-03;Coal,-30,144"
_TWO = ([144, 7000],)
_ASKED = "balance of a second account, or an older one of the first"
_AGAIN = "2026-04-02;Wage,80,174 2026-04-03;Coal,-30,144 2026-04-04;Oil,-7,137"


@pytest.mark.parametrize(
    ("second", "left", "asked"),
    [
        ("2026-03-30;Gift,40,7040 2026-04-02;Gift,9,7049 2026-04-05;Boat,-49,7000", *_TWO, []),
        ("2026-04-05;Gift,40,7040 2026-04-06;Boat,-40,7000", *_TWO, [_ASKED]),
        ("2026-03-30;Gift,40,7040 2026-04-02;Gift,9,8 2026-04-05;Boat,-49,7000", *_TWO, [_ASKED]),
        ("2026-06-01;Oil,-7,137 2026-06-02;Wage,80,217", [217], []),
        (_AGAIN, [137], []),
    ],
)
def test_a_balance_is_older_only_where_the_other_file_is_of_the_same_account(second, left, asked):
    assert of_one_person(one=_FIRST, two=second)[1:] == (left, asked)


_SIDES = "Day,Customer,Details,Debit,Credit,Balance"
_CODES = "Day,customer,text,type,amount"
_PLAIN = "Day,customer,text,amount"
_SIGNED = f"{_PLAIN} 2026-04-01;Bread,-6 2026-04-02;Wage,80 2026-04-03;Coal,-30 2026-04-04;Oil,-7"


@pytest.mark.parametrize(
    ("one", "two", "left"),
    [
        (
            f"{_SIDES} 2026-04-01;Bread,6,,94 2026-04-02;Wage,,80,174 2026-04-03;Coal,30,,144",
            _AGAIN,
            [137],
        ),
        (
            _FIRST,
            _SIGNED,
            [144],
        ),
        (
            f"{_CODES} 2026-04-01;Bread,D,6 2026-04-02;Wage,C,80 2026-04-03;Coal,D,30",
            _SIGNED,
            [],
        ),
    ],
)
def test_files_in_two_forms_count_a_payment_once(one, two, left):
    assert of_one_person(one=one, two=two) == (4, left, [])


def test_one_ticket_bought_every_day_is_asked_about_and_so_are_rows_without_a_text():
    days = [f"2026-04-0{n}" for n in (1, 2, 3)]
    tickets = " ".join([_PLAIN, *(f"{day};Bus,-3" for day in days)])
    kind = "like one in another file"
    assert of_one_person(a=f"{tickets} 2026-04-09;Tea,-2", b=tickets) == (7, [], [kind])
    amounts = " ".join(f"{day};{n},-{n}" for n, day in enumerate(days, 5))
    bare = f"Day,customer,amount {amounts}".replace(";5,", ";").replace(";6,", ";")
    texts = f"{_PLAIN} {amounts}"
    assert of_one_person(a=texts, b=bare.replace(";7,", ";")) == (6, [], [kind])
