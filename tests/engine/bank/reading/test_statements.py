"""OFX, CAMT.053 and MT940: what a bank sends becomes transactions and accounts, to the cent."""

import re

import pytest

from engine.bank.reading import isolated
from engine.bank.reading.files import read_files
from engine.errors import BadInput

HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n\n"
SGML = HEAD + (
    "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR\n"
    "<BANKACCTFROM><BANKID>1234<ACCTID>0012345678<ACCTTYPE>SAVINGS</BANKACCTFROM><BANKTRANLIST>\n"
    "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260103233000[-5:EST]<TRNAMT>-45,00<FITID>A1\n"
    "<NAME>Café &amp; Bar\n<MEMO>\n</STMTTRN>\n"
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260131<TRNAMT>2000.125<FITID>A2<NAME>Employer\n"
    "<MEMO>Salary</STMTTRN>\n"
    "<STMTTRN><TRNTYPE>FEE<DTPOSTED>20260131<TRNAMT>1,000.00<FITID>A3<NAME>x</STMTTRN>\n"
    "</BANKTRANLIST><LEDGERBAL><BALAMT>1955.125<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS>"
    "</BANKMSGSRSV1></OFX>"
)
XML = """<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="230" SECURITY="NONE"
OLDFILEUID="NONE" NEWFILEUID="NONE"?><OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS>
<CURDEF>USD</CURDEF><CCACCTFROM><ACCTID>4111111111111111</ACCTID></CCACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>{0}</TRNTYPE><DTPOSTED>20260203</DTPOSTED><TRNAMT>{1}</TRNAMT><FITID>1</FITID>
<NAME>Żabka</NAME><MEMO></MEMO></STMTTRN></BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS>
</CREDITCARDMSGSRSV1></OFX>"""


def entry(amount: str, mark: str, day: str, ref: str, status: str = "BOOK", more: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>{more}</Ntry>"
    )


def camt(version: str, opening: str, closing: str, *entries: str, owner: str = "") -> bytes:
    def balance(kind: str, amount: str, day: str) -> str:
        mark = "DBIT" if amount.startswith("-") else "CRDT"
        return (
            f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">'
            f"{amount.lstrip('-')}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        f"<BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id>"
        f"<Ownr><Nm>{owner}</Nm></Ownr></Acct>"
        f"{balance('PRCD', opening, '2026-01-01')}{balance('CLBD', closing, '2026-01-31')}"
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


OLD, NEW = "<Sts>{}</Sts>", "<Sts><Cd>{}</Cd></Sts>"
PARTY = {
    "02": "<NtryDtls><TxDtls><RltdPties><Cdtr><Nm>Grocer</Nm></Cdtr></RltdPties><RmtInf>"
    "<Ustrd>Invoice 7,</Ustrd><Ustrd>thanks</Ustrd></RmtInf></TxDtls></NtryDtls>",
    "08": "<NtryDtls><TxDtls><RltdPties><Cdtr><Pty><Nm>Grocer</Nm></Pty></Cdtr></RltdPties><RmtInf>"
    "<Ustrd>Invoice 7,</Ustrd><Ustrd>thanks</Ustrd></RmtInf></TxDtls></NtryDtls>",
}
MT940 = """{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{4:
:20:STARTUMS
:25:37040044/0532013000EUR
:28C:5/1
:60F:C260101EUR1000,
:61:2601050105D,5NTRFNONREF//B1
:86:116?00SEPA-UEBERWEISUNG?20EREF+E1?21SVWZ+Rent of January?22 and more?32Land
lord Ltd
:61:2601060106RC20,00NTRFREF7//B2
:86:Taken back
 credit
:61:2601070107RD30,10NTRFNONREF
/extra
:61:2512310102C5,NMSCNONREF//B4
:86:/NAME/Ann Ash/REMI/USTD//Gift/EREF/x
:62F:C260131EUR1014,6
-}"""


def read(**files: str | bytes):
    content = {
        n.replace("_", "."): c if isinstance(c, bytes) else c.encode() for n, c in files.items()
    }
    return read_files("Statements", content)


def cells(raw, *columns: str) -> list[tuple]:
    frame = raw.frame[list(columns)].astype("object")
    return list(frame.where(frame.notna(), None).itertuples(index=False, name=None))


def test_ofx_of_version_1_is_read_in_its_own_letters_days_and_decimal_signs():
    source = read_files("s", {"jan.qfx": SGML.encode("cp1252")})
    raw, accounts = source.tables["jan/transactions"], source.tables["jan/accounts"]
    assert cells(raw, "booked_at", "amount", "description", "counterparty", "bank_reference") == [
        ("2026-01-03", "-45", "Café & Bar", "Café & Bar", "A1"),
        ("2026-01-31", "2000.1250", "Employer Salary", "Employer", "A2"),
    ]
    assert raw.bad_lines == ((3, "TRNAMT '1,000.00' is no amount"),)
    assert cells(accounts, *accounts.frame.columns) == [
        ("0012345678", "savings", "1955.1250 EUR", "2026-01-31", None)
    ]


def test_ofx_of_version_2_is_read_whatever_its_name_says_and_no_sign_is_believed_against_it():
    card = read(card_txt=XML.format("DEBIT", "-9.99")).tables
    assert cells(card["card/transactions"], "amount", "currency", "counterparty") == [
        ("-9.99", "USD", "Żabka")
    ]
    assert card["card/transactions"].signed
    assert cells(card["card/accounts"], "kind", "balance") == [("card", None)]
    other = read(card_ofx=XML.format("DEBIT", "9.99"))
    assert other.tables["card/transactions"].signed == ""
    assert "1 of 1 debits have a positive amount, against the format." in other.notes[0]


@pytest.mark.parametrize(("version", "status"), [("02", OLD), ("04", OLD), ("08", NEW)])
def test_camt_of_every_version_adds_up_and_keeps_what_is_pending_apart(version, status):
    more = PARTY["08" if version == "08" else "02"]
    booked, pending = status.format("BOOK"), status.format("PDNG")
    data = camt(
        version, "-100.00", "1854.50",
        entry("45.50", "DBIT", "2026-01-03", "R1", booked, more),
        entry("2000", "CRDT", "2026-01-31", "R2", booked, "<RvslInd>true</RvslInd>"),
        entry("7", "DBIT", "2026-01-31", "R3", pending),
        entry("x", "DBIT", "2026-01-31", "R4", booked),
        owner="Ann Ash",
    )  # fmt: skip
    source = read(jan_xml=data)
    raw = source.tables["jan/transactions"]
    assert cells(raw, "amount", "status", "description", "counterparty") == [
        ("-45.5", "booked", "Invoice 7, thanks", "Grocer"),
        ("2000", "booked", None, None),
        ("-7", "pending", None, None),
    ]
    assert raw.signed.endswith("closing one, to the cent, in 1 of 1 statements")
    assert [line for line, _ in raw.bad_lines] == [4]
    assert cells(source.tables["jan/accounts"], "balance", "customer_name") == [
        ("1854.5 EUR", "Ann Ash")
    ]


def test_mt940_has_its_marks_fields_and_years():
    source = read(jan_sta=MT940.replace("\n", "\r\n"))
    raw = source.tables["jan/transactions"]
    assert cells(raw, "booked_at", "amount", "description", "counterparty", "bank_reference") == [
        ("2026-01-05", "-0.5", "Rent of January and more", "Landlord Ltd", "B1"),
        ("2026-01-06", "-20", "Taken back credit", None, "B2"),
        ("2026-01-07", "30.1", "/extra", None, None),
        ("2026-01-02", "5", "Gift", "Ann Ash", "B4"),
    ]
    assert raw.signed.endswith("in 1 of 1 statements")
    assert cells(source.tables["jan/accounts"], "account_number", "balance") == [
        ("37040044/0532013000", "1014.6 EUR")
    ]


def test_a_statement_that_does_not_add_up_is_named():
    notes = read(jan_sta=MT940.replace("1014,6", "1014,7")).notes
    assert notes == (
        "jan.sta: the statement of account ****3000 to 2026-01-31 does not add up: opening "
        "1,000.00 and entries of 14.60 are not the closing 1,014.70; entries are missing.",
    )


def test_overlapping_statements_count_an_entry_once_and_the_latest_balance(write, bring):
    one, two, three = (
        entry(amount, "DBIT", day, ref, NEW.format("BOOK"))
        for amount, day, ref in [("5", "2026-01-30", "R1"), ("5", "2026-01-30", "R2"),
                                 ("9.10", "2026-02-01", "R3")]
    )  # fmt: skip
    february = camt("08", "95.00", "80.90", two, three, owner="Ann Ash")
    february = february.replace(b"2026-01-31", b"2026-02-28")
    files = {"b.xml": february, "a.xml": camt("08", "100.00", "90.00", one, two, owner="Ann Ash")}
    bank, report = bring(write(files))
    assert sorted(bank["transactions"]["amount"]) == [-9.1, -5, -5]
    assert bank["accounts"]["balance"].tolist() == [80.9]
    assert bank["customers"]["name"].tolist() == ["Ann Ash"]
    assert "DE89" not in bank["transactions"].to_csv() + bank["accounts"].to_csv()
    assert report.apart[["file", "kind", "n"]].to_numpy().tolist() == [
        ["b.xml, entries", "in an earlier statement", 1]
    ]
    proved = {d.about for d in report.decisions if d.certainty == "proved"}
    assert {"direction", "currency", "rows"} <= proved
    assert report.guesses == ()


def test_entries_without_references_are_counted_and_named_unless_the_whole_file_comes_again():
    plain = re.sub(r"//B\d", "", MT940.replace("REF7", "NONREF"))
    twice = read(a_sta=plain + plain).tables["a/transactions"].frame["status"]
    assert twice.tolist() == ["booked"] * 4 + ["in an earlier statement"] * 4
    again = read(a_sta=plain, b_sta=plain).tables["b/transactions"].frame["status"]
    assert set(again) == {"in an earlier statement"}
    more = plain.replace(":62F:", ":61:2601300130C1,NMSCNONREF\n:62F:").replace("1014,6", "1015,6")
    source = read(a_sta=plain, b_sta=more)
    status = source.tables["b/transactions"].frame["status"].tolist()
    assert status == ["in an earlier statement"] * 4 + ["booked"], "b has all that a has"
    assert not any("without a bank reference" in note for note in source.notes)


FEES = """\
:20:X
:25:10020030/1234567
:28C:1
:60F:C260101EUR100,
{}:62F:C260131EUR{},
"""


def test_equal_fees_of_two_overlapping_statements_are_matched_by_count():
    def statement(*days: int) -> str:
        lines = "".join(f":61:2601{d:02d}01{d:02d}D5,NMSCNONREF\n:86:Fee\n" for d in days)
        return FEES.format(lines, 100 - 5 * len(days))

    def n_booked(*files: str) -> int:
        named = {f"{name}_sta": text for name, text in zip("abc", files, strict=False)}
        tables = read(**named).tables
        frames = [raw.frame for name, raw in tables.items() if name.endswith("transactions")]
        return sum((frame["status"] == "booked").sum() for frame in frames)

    assert n_booked(statement(5, 9, 9, 12), statement(9, 9, 12, 20)) == 5
    assert n_booked(statement(5, 9, 9, 12), statement(9, 12, 20)) == 5
    assert n_booked(statement(5, 9, 12), statement(8, 9, 9, 9, 20)) == 7
    assert n_booked(statement(5, 9), statement(9, 12)) == 4, "a day may be cut between the two"


def _day(opening: str, closing: str, *entries: str) -> str:
    lines = "".join(f":61:2601310131{one},NMSCNONREF\n:86:Fee\n" for one in entries)
    head = f":20:X\n:25:10020030/1234567\n:28C:1\n:60F:C260101EUR{opening},\n"
    return f"{head}{lines}:62F:C260131EUR{closing},\n"


@pytest.mark.parametrize("is_one_file", [True, False])
@pytest.mark.parametrize(
    ("one", "two", "n_booked", "is_named"),
    [
        (_day("100", "95", "D5"), _day("95", "190", "D5", "C100"), 3, False),
        (_day("95", "190", "D5", "C100"), _day("100", "95", "D5"), 3, False),
        (_day("100", "90", "D5", "D5"), _day("90", "80", "D5", "D5"), 4, False),
        (_day("100", "95", "D5"), _day("200", "295", "D5", "C100"), 3, True),
        (_day("200", "295", "D5", "C100"), _day("100", "95", "D5"), 3, True),
        (_day("100", "95", "D5"), _day("100", "195", "D5", "C100"), 2, False),
        (_day("100", "95", "D5"), _day("100", "95", "D5"), 1, False),
        (_day("100", "100", "D5", "C5"), _day("100", "100", "D5", "C5"), 2, False),
    ],
    ids=["next", "before", "twice two", "elsewhere", "elsewhere before", "part", "same", "nought"],
)
def test_balances_tell_a_payment_of_the_same_day_and_sum_from_one_that_comes_again(
    one: str, two: str, n_booked: int, is_named: bool, is_one_file: bool
):
    source = read(a_sta=one + two) if is_one_file else read(a_sta=one, b_sta=two)
    frames = [raw.frame for name, raw in source.tables.items() if name.endswith("transactions")]
    assert sum(int((frame["status"] == "booked").sum()) for frame in frames) == n_booked
    notes = [*source.notes, *(note for raw in source.tables.values() for note in raw.notes)]
    assert any("look the same as one of another" in note for note in notes) == is_named


def test_an_upload_reads_the_same():
    files = {"jan.sta": MT940.encode(), "jan.xml": camt("02", "1", "1")}
    files["jan2.xml"] = files.pop("jan.xml")
    here, there = read_files("Upload", files), isolated.read_isolated("Upload", files)
    assert [(n, r.signed, r.balances) for n, r in here.tables.items()] == [
        (n, r.signed, r.balances) for n, r in there.tables.items()
    ]
    assert there.tables["jan/transactions"].balances == {"37040044/0532013000": ("1000", "1014.6")}


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "x">]><Document>&a;<BkToCstmrStmt/></Document>'
)


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("a.xml", BOMB, r"^a\.xml declares entities of its own"),
        ("a.xml", b"<a><b/></a>", r"^a\.xml is called \.xml, but is no statement in OFX, CAMT"),
        ("a.xml", b"<Document><BkToCstmrAcctRpt/></Document>", r"report within .* \(CAMT\.052"),
        ("a.xml", b"<Document><BkToCstmrStmt><Stmt>", r"a readable CAMT\.053 file: no element"),
        ("a.xml", b"<Document><BkToCstmrStmt/></Document>", r"holds no statement"),
        ("a.xml", camt("08", "x", "1"), r"not a readable CAMT\.053 file"),
        ("a.ofx", b"OFXHEADER:100\n", r"<OFX> is missing"),
        ("a.ofx", b"<OFX><A>b</A>c<D>", r"^a\.ofx is not a readable OFX file"),
        ("a.ofx", SGML.replace("<DTASOF>2026", "<DTASOF>x").encode(), r"'x0131' is no day"),
        ("a.ofx", b"<OFX></OFX><A>b", r"^a\.ofx is not a readable OFX file"),
        ("a.ofx", b"<OFX></OFX>", r"^a\.ofx holds no statement"),
        ("a.sta", b":20:x\n:25:1\n:28C:1\n", r"no opening balance \(:60F:\)"),
        ("a.sta", MT940.replace("C260131", "x").encode(), r"^a\.sta is not a readable MT940 file"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_sentence_and_no_log_has_its_payments(file, content, sentence, capfd):
    with pytest.raises(BadInput, match=sentence):
        read_files("s", {file: content})
    assert capfd.readouterr() == ("", "")


def test_an_entry_that_cannot_be_read_is_rejected_alone_and_the_balances_say_so():
    source = read(jan_sta=MT940.replace("RC20", "ZZ20"))
    raw = source.tables["jan/transactions"]
    ((line, problem),) = raw.bad_lines
    assert (line, raw.n_bad_lines, len(raw.frame)) == (9, 1, 3)
    assert problem == ("an entry (:61:) that cannot be read: expected day, C or D, amount, code")
    assert "Taken back" not in raw.frame.to_csv()
    assert any("entries of 34.60 are not the closing 1,014.60" in note for note in source.notes)
