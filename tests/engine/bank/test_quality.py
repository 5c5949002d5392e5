import json

from engine.bank.quality import QUALITY, Findings, read_report


def test_the_report_has_the_shape_that_the_command_line_prints(tmp_path):
    findings = Findings()
    findings.reject("customers", "a.csv", [3], "no id")
    findings.warn("customers", ["c1"], "odd")
    findings.note("said once")
    findings.note("said once")
    report = findings.report({"customers": 4, "products": 0})
    assert report.to_json() == {
        "tables": {"customers": {"read": 5, "kept": 4, "rejected": 1}},
        "warnings": [{"table": "customers", "row": "c1", "problem": "odd"}],
        "rejected": [{"table": "customers", "file": "a.csv", "line": 3, "problem": "no id"}],
        "notes": ["said once"],
    }
    (tmp_path / QUALITY).write_text(report.text)
    assert read_report(tmp_path) == json.loads(json.dumps(report.to_json()))


def test_a_bank_without_a_report_has_none(tmp_path):
    assert read_report(tmp_path) is None


def test_nothing_wrong_is_an_empty_report():
    report = Findings().report({"customers": 2})
    assert report.n_rejected == 0
    assert report.to_json()["warnings"] == report.to_json()["rejected"] == []
