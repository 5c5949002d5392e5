"""The command line as a person or a script meets it: a few commands in a process of their own."""

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from engine.cli import main
from engine.services.fairness import Fairness
from tests.conftest import DEMO
from tests.engine.cli import shapes

ROOT = Path(__file__).parents[3]
NO_VERSION = "No version serves this bank yet, so there is nothing to drift from."


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """One command in this process, as `python -m engine` runs it."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
        patched.setattr(sys, "argv", ["engine", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
    return subprocess.CompletedProcess(words, ended.value.code or 0, out.getvalue(), err.getvalue())


def run_apart(*words: object) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own; warnings are errors there too."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "engine", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "COLUMNS": "120"},
        check=False,
    )


@pytest.fixture
def where(small_demo: Path, small_copy: Path) -> tuple[str, ...]:
    return ("--data", str(small_demo), "--state", str(small_copy))


@pytest.fixture(scope="module")
def of_thousand(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """A bank with groups that are large enough to tell a gap from chance; an audit is noted."""
    state = shutil.copytree(trained_state, tmp_path_factory.mktemp("thousand") / "state")
    return ("--data", str(DEMO), "--state", str(state))


def test_F183_help_names_every_command_and_loads_no_model():
    done = run_apart("--help")
    assert done.returncode == 0
    for command in ("import", "generate", "recommend", "score", "retrain", "consent", "doctor"):
        assert f"  {command} " in done.stdout
    code = (
        "import engine.cli, sys; print(sorted({'pandas', 'torch', 'sklearn'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


def test_F178_recommend_prints_json_of_the_stated_shape(where):
    done = run("recommend", "--customer", "C00001", "--k", 3, "--json", *where)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    jsonschema.validate(found, shapes.RECOMMEND)
    first = found["offers"][0]
    assert found["recommendation"] == first["name"]
    assert found["confidence"] == first["confidence"]
    assert sum(first["parts"].values()) == pytest.approx(first["score"], abs=1e-9)
    assert len(found["offers"]) == 3


@pytest.mark.parametrize("lists", ["growth,retention", "both"])
def test_two_lists_are_an_array_of_two(where, lists):
    done = run("recommend", "--customer", "C00001", "--list", lists, "--json", *where)
    found = json.loads(done.stdout)
    assert [one["list"] for one in found] == ["growth", "retention"]
    for one in found:
        jsonschema.validate(one, shapes.RECOMMEND)


def test_day_prints_json_of_the_stated_shape_and_the_same_in_words(where, small_demo: Path):
    asked = ("day", "--manager", "Rita Abbott", "--calls", 3)
    found = json.loads(run(*asked, "--json", *where).stdout)
    jsonschema.validate(found, shapes.DAY)
    assert len(found["calls"]) == 3 and found["manager"] == "Rita Abbott"
    for call in found["calls"]:
        assert sum(part["points"] for part in call["parts"]) == pytest.approx(call["score"])
    said = run(*asked, *where).stdout
    managers = pd.read_csv(small_demo / "customers.csv")["relationship_manager"]
    n_hers = (managers == "Rita Abbott").sum()
    assert said.startswith(f"3 calls today of {n_hers} customers") and n_hers > 30
    assert all(call["line"] in said for call in found["calls"])


def test_recommend_reads_well_without_json(where):
    done = run_apart("recommend", "--customer", "C00001", *where)
    assert done.returncode == 0
    assert "Tara" not in done.stderr
    assert " 1. " in done.stdout
    assert "nan" not in done.stdout.lower().split()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("recommend", "--customer", "nobody"), "has no customer 'nobody'"),
        (("recommend", "--customer", "C00001", "--list", "all"), "There is no list 'all'"),
        (("recommend", "--customer", "C00001", "--compat"), "compat needs the metrics"),
        (("score", "--out", "scores.doc"), "expected a file that ends in .csv or .parquet"),
        (("consent", "--customer", "C00001", "sports=granted"), "There is no purpose 'sports'"),
        (("consent", "--customer", "nobody", "social=granted"), "has no customer"),
    ],
)
def test_a_mistake_is_one_line_on_stderr_and_exit_1(where, words, says):
    options = where[:2] if "--compat" in words else where
    done = run(*words, *options)
    assert done.returncode == 1
    assert done.stdout == ""
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    "words", [("recommend",), ("score",), ("nowhere",), ("consent", "--customer", "C00001", "x")]
)
def test_wrong_usage_is_exit_2(words):
    done = run(*words)
    assert done.returncode == 2
    assert done.stdout == ""


def test_F150_consent_empties_list_and_score_file_at_once(where, tmp_path: Path):
    assert run("consent", "--customer", "C00001", "personalisation=refused", *where).returncode == 0
    found = json.loads(run("recommend", "--customer", "C00001", "--json", *where).stdout)
    jsonschema.validate(found, shapes.RECOMMEND)
    assert found["offers"] == []
    assert found["recommendation"] is None
    out = tmp_path / "scores.csv"
    assert run("score", "--out", out, *where).returncode == 0
    table = pd.read_csv(out)
    assert "C00001" not in set(table["customer_id"])
    assert {"C00010", "C00046"} <= set(table["customer_id"])
    assert table["customer_id"].nunique() > 185  # who allows services alone may have none


def test_F182_score_writes_the_same_lists_as_csv_and_parquet(where, tmp_path: Path):
    for name in ("scores.csv", "scores.parquet"):
        done = run("score", "--out", tmp_path / name, "--k", 3, *where)
        assert done.returncode == 0, done.stderr
    csv = pd.read_csv(tmp_path / "scores.csv")
    parquet = pd.read_parquet(tmp_path / "scores.parquet")
    assert list(csv.columns) == [
        "customer_id",
        "product_id",
        "rank",
        "score",
        "confidence",
        "fit",
        "list",
        "model_version",
        "value_if_taken",
        "expected_value",
        "notice",
    ]
    csv["notice"] = csv["notice"].fillna("")
    pd.testing.assert_frame_equal(csv, parquet, check_dtype=False)
    assert csv.groupby(["customer_id", "list"])["rank"].max().max() == 3
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [
        "scores.csv",
        "scores.parquet",
    ]


def test_F52_one_customer_alone_can_be_scored(where, tmp_path: Path):
    out = tmp_path / "one.csv"
    assert run("score", "--customer", "C00003", "--out", out, *where).returncode == 0
    assert set(pd.read_csv(out)["customer_id"]) == {"C00003"}


@pytest.mark.parametrize(
    ("lists", "named"), [("both", {"growth", "retention"}), ("retention", {"retention"})]
)
def test_a_file_of_lists_names_each_in_a_column(where, tmp_path: Path, lists, named):
    out = tmp_path / "one.csv"
    done = run("score", "--customer", "C00003", "--list", lists, "--out", out, *where)
    assert done.returncode == 0, done.stderr
    assert set(pd.read_csv(out)["list"]) == named


def test_profile_prints_json_of_the_stated_shape(where):
    done = run("profile", "--customer", "C00007", "--json", *where)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    jsonschema.validate(found, shapes.PROFILE)
    assert found["metrics"]["risk"]["note"]
    for metric in found["metrics"].values():
        points = sum(driver["points"] for driver in metric["drivers"])
        assert metric["value"] == pytest.approx(5 + points, abs=1e-6)
    text = run("profile", "--customer", "C00007", *where)
    assert text.returncode == 0
    assert "of 10" in text.stdout


def test_F161_retrain_reports_challenger_and_champion(where):
    found = json.loads(run("retrain", "--json", *where).stdout)
    jsonschema.validate(found, shapes.RETRAIN)
    assert found["version_id"] == "v0002"
    systems = {row["system"] for row in found["systems"]}
    assert systems >= {"blend", "champion", "random", "popular_owned", "item_to_item"}
    done = run("retrain", "--if-stale", 24, *where)
    assert done.returncode == 0
    assert "nothing to do" in done.stdout


def test_audit_prints_groups_and_the_blinding_check(where):
    done = run("audit", "--json", *where)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    by = ["gender", "age band", "income band", "region"]
    assert [one["attribute"] for one in found["fairness"]] == by
    assert [one["attribute"] for one in found["shown"]] == by
    assert found["blinding"]["n_changed"] == 0


def test_audit_crosses_attributes_and_says_what_gives_a_group_away(of_thousand):
    where = of_thousand
    done = run("audit", "--by", "gender", "--by", "age band", "--proxies", "--json", *where)
    found = json.loads(done.stdout)
    assert {one["attribute"] for part in ("shown", "proxies") for one in found[part]} == {
        "gender × age band"
    }
    told = {(row["source"], row["group"]): row for row in found["proxies"][0]["table"]}
    assert told["Needs", "female × 65 and over"]["tells"]
    assert run("audit", "--by", "shoe size", *where).returncode != 0


def test_F142_audit_says_which_part_makes_a_gap(of_thousand):
    done = run("audit", "--why", "age band", "--json", *of_thousand)
    found = json.loads(done.stdout)
    assert "What adds most to it is" in found["sentence"]
    parts = [row for row in found["parts"] if row["kind"] == "Savings"]
    row = next(row for row in found["gaps"] if row["kind"] == "Savings")
    added = sum(part["gap"] for part in parts if part["group"] == row["group"])
    assert added == pytest.approx(row["gap"], abs=1e-9)


def test_reset_forgets_what_was_written_and_never_the_base(where, small_demo: Path):
    before = {path.name: path.read_bytes() for path in small_demo.iterdir()}
    run("consent", "--customer", "C00001", "marketing=refused", *where)
    assert run("reset", *where).returncode == 0
    found = json.loads(run("profile", "--customer", "C00001", "--json", *where).stdout)
    marketing = next(c for c in found["consents"] if c["purpose"] == "marketing")
    assert marketing["status"] != "refused"
    assert {path.name: path.read_bytes() for path in small_demo.iterdir()} == before


def test_doctor_names_every_model_with_version_and_hash(where):
    found = json.loads(run("doctor", "--json", *where).stdout)
    models = {row["part"]: row for row in found["models"]}
    assert models["embeddings"]["found"] is True
    assert models["embeddings"]["sha256"].startswith("53aa5117")
    assert models["sentiment"]["used"]
    text = run("doctor", *where)
    assert text.returncode == 0
    assert "customers" in text.stdout


def test_F21_generate_twice_gives_the_same_bytes_and_never_overwrites_other_files(tmp_path: Path):
    for name in ("one", "two"):
        done = run("generate", "--customers", 60, "--seed", 5, "--into", tmp_path / name)
        assert done.returncode == 0, done.stderr
    one = {p.name: p.read_bytes() for p in (tmp_path / "one").iterdir()}
    assert one == {p.name: p.read_bytes() for p in (tmp_path / "two").iterdir()}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    done = run("generate", "--customers", 60, "--seed", 5, "--into", tmp_path / "mine")
    assert done.returncode == 1
    assert "holds files that are no imported bank" in done.stderr


def test_a_generated_bank_leaves_nothing_of_the_imported_one_in_whose_place_it_comes(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,age\nA,30\nB,-4\n")
    (tmp_path / "products.csv").write_text("product_id,name,category\nP,Saver,Savings\n")
    into = tmp_path / "bank"
    assert run("import", tmp_path, "--into", into).returncode == 0
    assert (into / "quality.json").is_file()
    assert run("generate", "--customers", 60, "--seed", 5, "--into", into).returncode == 0
    assert not (into / "quality.json").exists()


def test_import_prints_the_quality_report(tmp_path: Path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "customers.csv").write_text(
        "customer_id,name,age,annual_income\nA,Ann,30,50000\nB,Ben,-4,40000\nA,Again,31,1\n"
    )
    (source / "products.csv").write_text("product_id,name,category\nP,Saver,Savings\n")
    done = run("import", source, "--into", tmp_path / "bank", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    jsonschema.validate(found, shapes.IMPORT)
    assert found["tables"]["customers"]["read"] == 3
    text = run("import", source, "--into", tmp_path / "again", "--name", "Corner Bank")
    assert "Corner Bank" in text.stdout
    assert "customers" in text.stdout
    listed = run(
        "recommend", "--customer", "A", "--data", tmp_path / "bank", "--state", tmp_path / "state"
    )
    assert listed.returncode == 0, listed.stderr
    assert "Saver" in listed.stdout
    assert "fit" in listed.stdout


def test_an_update_says_what_changes_and_makes_the_next_edition(tmp_path: Path):
    source, into = tmp_path / "source", tmp_path / "bank"
    source.mkdir()
    (source / "customers.csv").write_text("customer_id,name,age\nA,Ann,30\nB,Ben,40\n")
    assert run("import", source, "--into", into, "--name", "Corner Bank").returncode == 0
    (source / "customers.csv").write_text("customer_id,name,age\nA,Ann,31\nB,Ben,40\nC,Cy,50\n")
    state = ("--state", tmp_path / "state")
    preview = run("import", source, "--update", into, "--preview", "--json", *state)
    assert preview.returncode == 0, preview.stderr
    said = json.loads(preview.stdout)
    assert (said["edition"], said["switched"]) == (2, False)
    row = next(row for row in said["changes"]["tables"] if row["table"] == "customers")
    assert [row[n] for n in ("before", "new", "changed", "gone", "after")] == [2, 1, 1, 0, 3]
    assert json.loads((into / "bank.json").read_text())["manifest"]["edition"] == 1
    assert said["drift"]["says"] == [NO_VERSION]
    done = run("import", source, "--update", into, *state)
    assert done.returncode == 0, done.stderr
    assert f"drift     {NO_VERSION}" in done.stdout
    assert "Corner Bank: this is edition 2" in done.stdout
    assert "what the files hold of customers is the whole table, proved" in done.stdout
    assert json.loads((into / "bank.json").read_text())["manifest"]["edition"] == 2
    both = run("import", source, "--update", into, "--into", into)
    assert both.returncode == 1
    assert "either --into DIR" in both.stderr


def test_an_import_that_fails_leaves_nothing(tmp_path: Path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "customers.csv").write_bytes(b"")
    done = run_apart("import", source, "--into", tmp_path / "bank")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["source"]


def test_every_command_that_answers_can_answer_in_json(where, tmp_path: Path):
    consent = run("consent", "--customer", "C00001", "social=refused", "--json", *where)
    assert json.loads(consent.stdout) == {
        "customer_id": "C00001",
        "purpose": "social",
        "status": "refused",
    }
    out = tmp_path / "one.csv"
    scored = run("score", "--customer", "C00003", "--out", out, "--json", *where)
    assert json.loads(scored.stdout) == {"out": str(out), "rows": len(pd.read_csv(out))}
    stale = json.loads(run("retrain", "--if-stale", 1e9, "--json", *where).stdout)
    assert stale["promoted"] is False
    assert "nothing to do" in stale["verdict"]
    assert json.loads(run("reset", "--json", *where).stdout)["moved_to"]
    made = run("generate", "--customers", 60, "--seed", 5, "--into", tmp_path / "b", "--json")
    assert json.loads(made.stdout)["tables"]["customers"] == 60


def test_a_list_named_twice_or_with_a_space_is_one_list(where):
    done = run("recommend", "--customer", "C00001", "--list", "growth, growth", "--json", *where)
    assert json.loads(done.stdout)["list"] == "growth"


def test_a_disk_that_cannot_be_written_is_one_line_and_exit_1(where, tmp_path: Path):
    (tmp_path / "file").write_text("")
    state = tmp_path / "file" / "state"
    done = run_apart("recommend", "--customer", "C00001", "--data", DEMO, "--state", state)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("Error: ")


def test_F147_audit_checks_again_only_when_the_last_one_is_old(where):
    def checked(hours: int) -> tuple[int, dict]:
        done = run("audit", "--list", "retention", "--if-stale", hours, "--json", *where)
        return done.returncode, json.loads(done.stdout)

    code, found = checked(24)
    assert found["audited"]
    assert code == (1 if found["alerts"] else 0)
    code, again = checked(24)
    assert (code, again["audited"]) == (1 if found["alerts"] else 0, False)
    assert again["says"].startswith("The last audit of the retention list is 0.0 hours old")
    assert checked(0)[1]["audited"]
    with pytest.MonkeyPatch.context() as patched:
        for n, then in (
            (0, "nothing to do."),
            (1, "its alert stands."),
            (3, "its 3 alerts stand."),
        ):
            patched.setattr(Fairness, "alerts_of_last_audit", lambda *_, n=n, **__: n)
            code, again = checked(24)
            assert code == (1 if n else 0) and again["says"].endswith(then)
