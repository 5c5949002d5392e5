"""The pack: whole, readable offline, about nobody, the same bytes each time; report and bill."""

import dataclasses
import hashlib
import html.parser
import io
import json
import re
import zipfile
from email.message import Message
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest

from engine import Engine
from engine.errors import BadInput
from engine.governance import decision_log, register
from engine.governance.bill_of_materials import NOT_STATED, licences
from engine.governance.documents import Document, Table
from engine.governance.written import html_of, json_of
from engine.services.governance import chapters
from tests.engine.governance.conftest import ACCOUNTS, EMAILS, IDS, PEOPLE, PHONES, STAFF

ROOT = Path(__file__).resolve().parents[3]


def unpacked(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.fixture(scope="module")
def pack(named: Engine) -> bytes:
    return named.packs.make()


@pytest.fixture(scope="module")
def files(pack: bytes) -> dict[str, bytes]:
    return unpacked(pack)


class Page(html.parser.HTMLParser):
    """Which elements a page has, and what it would fetch."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: set[str] = set()
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.fetched += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "data")]


def test_F189_the_pack_holds_each_subject_as_a_page_and_as_figures_and_knows_its_hashes(files):
    pages = {name.removesuffix(".html") for name in files if name.endswith(".html")}
    assert pages >= {"README", "model-cards", "metrics", "calibration", "stability", "fairness"}
    assert pages >= {"drift", "decision-log", "lineage", "overrides", "versions", "weak-spots"}
    for name in pages:
        told = json.loads(files[f"{name}.json"])
        assert told["title"] and told["lead"]
    hashes = json.loads(files["contents.json"])
    assert set(hashes) == set(files) - {"contents.json"}
    assert all(hashlib.sha256(files[name]).hexdigest() == sha for name, sha in hashes.items())


def test_F189_a_page_of_the_pack_fetches_nothing_and_runs_nothing(files):
    for name, content in files.items():
        if name.endswith(".html"):
            page = Page(content.decode())
            assert not page.tags & {"script", "link", "img", "iframe", "object", "form"}, name
            assert page.fetched == [], name
            assert b"default-src 'none'" in content


def test_F193_nothing_in_the_pack_names_a_customer_or_what_anybody_typed(files):
    texts = {name: content.decode() for name, content in files.items() if name[-3:] != "pdf"}
    texts["report.pdf"] = pdf_text(files["report.pdf"])
    for secret in (*PEOPLE, *EMAILS, *PHONES, *ACCOUNTS, *IDS, STAFF):
        found = [name for name, text in texts.items() if secret in text]
        assert found == [], secret
    log = json.loads(texts["decision-log.json"])
    lists, answers = (table["rows"] for table in log["tables"])
    assert {row["customer"] for row in lists} == {f"customer 000{n}" for n in range(1, 5)}
    assert {row["person"] for row in lists} == {"person 01"}
    assert answers, "what was answered is in the extract, without its reason"
    assert {row["customer"] for row in answers} <= {row["customer"] for row in lists}


def test_F193_no_row_of_the_log_has_the_number_the_hash_or_the_time_of_its_receipt(
    named: Engine, files
):
    log = json.loads(files["decision-log.json"])
    head = named.receipts.verify().head
    for table in log["tables"]:
        assert table["rows"]
        for row in table["rows"]:
            assert not {"number", "hash", "at"} & set(row)
            assert pd.Timestamp(row["day"]) == pd.Timestamp(row["day"]).normalize()
            assert head not in row.values()


def test_figures_of_a_few_people_are_not_in_the_chapter_on_groups(named: Engine):
    found = named.fairness.report("gender")
    large = found.table.iloc[:1].assign(n_eligible=100, n_recipients=90, judged=True)
    small = found.table.iloc[:1].assign(n_eligible=13, n_recipients=4, judged=False)
    both = dataclasses.replace(found, table=pd.concat([large, small]))
    beside = named.fairness.compare("gender")
    assert (beside.table["n"] < beside.min_n).all(), "everybody is few in a bank of six"
    told = chapters.fairness([both], [beside], named.fairness.blinding())
    shares, compared = (table.frame for table in told.tables[1:])
    figures = ["n_eligible", "n_recipients", "gap", "low", "high"]
    assert shares["n_eligible"].tolist()[0] == 100
    assert shares[figures].iloc[1].isna().all()
    assert compared[["n", "value", "difference"]].isna().all(axis=None)


def test_the_pack_says_what_holds_back_settings_and_how_it_stands(named: Engine, files):
    rows = json.loads(files["controls.json"])["tables"][0]["rows"]
    stands = {row["control"]: row["stands"] for row in rows}
    assert stands["Prices on groups"] == "off" and stands["Persona tests"] == "0 kept"
    assert stands["Second person"] == "0 waiting"
    rules = set(named.governance.inventory()["name"])
    assert {"Prices on groups", "Persona tests", "Second person for a wider gap"} <= rules


def test_overrides_in_the_pack_count_what_people_set_and_say_that_no_end_is_set(files):
    told = json.loads(files["overrides.json"])
    rows = {row["kind"]: row for row in told["tables"][0]["rows"]}
    assert rows["setting in force"]["what"] == "less-needs"
    assert rows["setting in force"]["by"] == "person 01"
    assert rows["setting in force"]["why"] == "given; see the page"
    assert rows["edited record"]["what"] == "Goals (customers)"
    assert rows["consent recorded here"]["what"] == "Social: granted"
    assert rows["consent recorded here"]["by"] == "person 01"
    assert all(row["until"] is None for row in rows.values())


def test_the_trail_in_the_pack_counts_acts_and_names_nobody(named: Engine, files):
    told = json.loads(files["audit-trail.json"])
    acts = {row["action"]: row["n"] for row in told["tables"][0]["rows"]}
    assert acts["Changed a record"] == 1 and acts["Set a consent"] == 1
    audits = told["tables"][1]["rows"]
    assert [row["actor"] for row in audits] == ["person 01"]
    assert "number" not in audits[0], "the number of an entry would lead back to whose it is"
    assert "of gender" in audits[0]["what"]
    assert named.governance.audits()["actor"].tolist() == [STAFF]


def test_F189_a_bank_of_which_no_audit_was_run_has_its_page_of_the_trail(small_bank, tmp_path):
    small_bank.save(tmp_path / "bank")
    engine = Engine.open(tmp_path / "bank", tmp_path / "state")
    counts, check = engine.governance.trail()
    names = decision_log.Pseudonyms()
    page = chapters.audit_trail(counts, check, engine.governance.audits(), names)
    assert [len(table.frame) for table in page.tables] == [0, 0]


def test_the_same_bank_state_and_release_give_the_same_bytes(named: Engine, pack: bytes):
    assert named.packs.make() == pack


def test_every_place_that_answers_a_question_exists(files):
    shell = (ROOT / "pages" / "_shell.py").read_text("utf-8")
    addresses = set(re.findall(r'^    \([\w".]+, "[^"]+", "\w+", "(\w+)"\),$', shell, re.MULTILINE))
    addresses.add("customers")
    assert len(addresses) >= 8
    asked = register.questions()
    assert len(asked) == 20
    for one in asked:
        assert set(one.files) <= set(files), one.question
        assert one.page in addresses or (not one.page and not one.answered), one.question
        assert one.answered != one.answer.startswith("Not answered"), one.question


def test_the_table_in_the_docs_is_the_one_of_the_program():
    text = (ROOT / "docs" / "governance.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    told = [(one.number, one.question) for one in register.questions()]
    assert [(int(number), question) for number, question, *_ in rows] == told
    for (_, _, page, named), one in zip(rows, register.questions(), strict=True):
        assert page == (one.page.capitalize() or "–")
        assert named == ", ".join(f"`{name}`" for name in one.files)


def test_F190_every_figure_of_the_report_has_n_days_and_seed(files):
    told = json.loads(files["report.json"])
    titles = [table["title"] for table in told["tables"]]
    assert titles == ["Models", "Method", "Tuning", "Ethics", "Results"]
    figures = [row for table in told["tables"][3:] for row in table["rows"]]
    assert len(figures) > 5
    for row in figures:
        assert row["n"] >= 1 and row["days"] and str(row["seed"]), row
        assert row["value"] is not None
    tuned = told["tables"][2]["rows"]
    assert {"setting": "ranking.emphasis.needs", "value": "0.5"} in tuned


def test_F190_the_report_is_a_pdf_that_says_the_same(named: Engine, files, tmp_path: Path):
    said = " ".join(pdf_text(files["report.pdf"]).split())
    for text in (
        "Technical report",
        "Models",
        "Method",
        "Tuning",
        "Ethics",
        "Results",
        "Small Bank",
    ):
        assert text in said
    assert named.packs.content(tmp_path / "r.pdf") == files["report.pdf"]


def test_a_file_of_another_kind_or_in_no_folder_is_refused(named: Engine, tmp_path: Path):
    for out in (tmp_path / "pack.exe", tmp_path / "nowhere" / "pack.zip"):
        with pytest.raises(BadInput):
            named.packs.content(out)


def test_the_bill_has_what_the_format_asks_for_and_everything_that_is_pinned(files):
    bill = json.loads(files["bill-of-materials.cdx.json"])
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    refs = [one["bom-ref"] for one in bill["components"]]
    assert len(set(refs)) == len(refs)
    for one in bill["components"]:
        assert one["type"] in ("library", "machine-learning-model") and one["name"]
        if one["type"] == "library":
            assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
            [*told] = one["licenses"]
            assert all(set(said) in ({"expression"}, {"license"}) for said in told)
        else:
            assert all(re.fullmatch("[0-9a-f]{64}", sha["content"]) for sha in one["hashes"])
    known = {*refs, "attune"}
    assert all({one["ref"], *one["dependsOn"]} <= known for one in bill["dependencies"])
    pinned = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    names = {one["name"] for one in bill["components"]}
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in pinned} <= names


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("License-Expression", "MIT OR Apache-2.0")], [{"expression": "MIT OR Apache-2.0"}]),
        (
            [("License", "x"), ("Classifier", "License :: OSI Approved :: BSD License")],
            [{"license": {"name": "BSD License"}}],
        ),
        ([("License", "BSD 3-Clause")], [{"license": {"name": "BSD 3-Clause"}}]),
        ([("License", "Permission is granted " * 9)], [{"license": {"name": NOT_STATED}}]),
        ([], [{"license": {"name": NOT_STATED}}]),
    ],
)
def test_a_licence_is_what_its_maker_states(fields, said):
    told = Message()
    for name, value in fields:
        told[name] = value
    assert licences(told) == said


def test_a_text_of_the_data_is_no_markup_and_a_missing_figure_is_no_number():
    frame = pd.DataFrame({"name": ["<script>alert(1)</script>"], "value": [float("nan")]})
    columns = {"name": ("<b>Name</b>", "text"), "value": ("Value", "three")}
    document = Document("x", "A & B", "<i>", ("<img src=x>",), (Table("T", frame, columns),))
    page = Page(html_of(document, "<u>").decode())
    assert not page.tags & {"script", "b", "i", "u", "img"}
    assert json.loads(json_of(document))["tables"][0]["rows"][0]["value"] is None
