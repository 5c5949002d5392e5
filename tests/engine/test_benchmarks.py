"""The benchmark measures what it says: its naive ways give the engine's answers."""

import os
import platform
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.bank.bank import Bank
from tests.benchmarks import bench, growth, models, naive, serving, store
from tests.benchmarks.growth import Found, Size
from tests.benchmarks.measure import memory, show
from tests.conftest import DEMO


@pytest.fixture(scope="module")
def engine(trained_state: Path) -> Engine:
    return Engine.open(DEMO, trained_state)


@pytest.mark.parametrize("place", [3, 500])
def test_the_naive_profile_is_the_profile(engine: Engine, place: int):
    customer = engine.bank.customer_ids[place]
    found, wanted = naive.profile(engine, customer), engine.customers.profile(customer)
    assert found.facts == wanted.facts
    for table in ("transactions", "messages", "categories", "holdings", "months"):
        pd.testing.assert_frame_equal(getattr(found, table), getattr(wanted, table), obj=table)
    for name, metric in wanted.metrics.items():
        assert found.metrics[name].value == pytest.approx(metric.value)


@pytest.mark.parametrize("word", ["an", "LI", "zzz"])
def test_the_naive_page_is_the_page(engine: Engine, word: str):
    found = engine.customers.table(search=word)  # also by e-mail address and phone number
    named = (found["name"] + "\n" + found["customer_id"]).str.contains(word, case=False)
    wanted = found.loc[named, "customer_id"].head(50).tolist()
    assert naive.page(engine.customers.table(), word, 50) == wanted


def test_the_lists_of_one_after_another_are_those_of_all(engine: Engine):
    some = engine.bank.customer_ids[:4].tolist()
    one_by_one = pd.concat(naive.score(engine, some), ignore_index=True)
    pd.testing.assert_frame_equal(one_by_one, engine.offers.score(customers=some))


def test_F182_ten_thousand_customers_are_among_the_sizes_with_a_time_for_all_their_lists():
    sizes = [size for size in bench.SIZES if size.customers == 10_000]
    assert {size.monthly for size in sizes} == {False, True}
    assert growth.GOALS[10_000] == 10


def test_a_small_bank_goes_through_every_stage_and_its_tables_are_printed(tmp_path: Path, capsys):
    def here(stage: str, **options: object) -> dict[str, object]:
        return growth.STAGES[stage](**options)

    size = Size(60, monthly=True)
    found = growth.measured(size, tmp_path / "banks", tmp_path / "states", 3, 1, run=here)
    show("Small", serving.rows(found.samples, 60))
    growth.show([found])
    assert "goal" not in capsys.readouterr().out.split("Growth")[1]
    growth.show([replace(found, size=Size(10_000, monthly=True))])
    assert "(goal 10 s)" in " ".join(re.findall(r"[\w().]+", capsys.readouterr().out))
    show("Small", serving.rows(found.samples, 60))
    growth.show([found])
    printed = capsys.readouterr().out
    for line in ("recommendation of one customer", "profile of one customer", "one float32"):
        assert line in printed
    assert "nan" not in printed


def test_opening_and_import_are_measured_in_turns(small_bank: Bank, tmp_path: Path, capsys):
    turns = []

    def here(stage: str, **options: object) -> dict[str, object]:
        turns.append((stage, options.get("anew", options.get("plainly"))))
        if stage == "imported":
            return store.imported(**options)
        return {"clock": 9.0, "processor": 8.0 if options["anew"] else 2.0, "memory": 2**30}

    small_bank.save(tmp_path, "parquet")
    show("Small", store.rows(tmp_path, tmp_path / "state", 2, run=here))
    assert turns == [
        *[("opened", True), ("opened", False)] * 2,
        *[("imported", False), ("imported", True)] * 2,
    ]
    printed = capsys.readouterr().out
    assert "4.0 times as fast as below" in printed
    assert re.search(r"import from CSV .* [\d,.]+ times as long as below", printed)


def test_an_opening_is_measured_up_to_the_first_list(demo_state: Path):
    (demo_state / "figures.kept").write_text("from an earlier start")
    found = store.opened(str(DEMO), str(demo_state), anew=True)
    assert found["processor"] > 0 and found["clock"] > 0 and found["memory"] > 2**27
    assert not (demo_state / "figures.kept").exists(), "nothing of before stood by"


def test_what_the_memory_holds_lies_on_the_line_through_the_sizes():
    one = Found(Size(1_000, False), 1, 1.0, 2 * 2**30, 1.0, 1, {})
    two = replace(one, size=Size(3_000, False), fit_memory=4 * 2**30)
    each, n = growth.holds([one, two], 24 * 2**30)
    assert each == pytest.approx(2**30 / 1000)
    assert n == 23_000


def test_F195_bench_states_the_machine_before_any_figure(capsys, monkeypatch, demo_state: Path):
    monkeypatch.setattr(bench, "QUICK", ())
    questions = bench.asking.rows
    monkeypatch.setattr(bench.asking, "rows", lambda _asked, _state: questions(5, demo_state))
    here = bench.asking.STAGES  # no further process has to import what this one has
    monkeypatch.setattr(bench.asking, "apart", lambda _module, stage, **said: here[stage](**said))
    monkeypatch.setattr(models, "apart", models.measured)
    bench.main(["--quick", "--no-pages"])
    first, *tables = capsys.readouterr().out.splitlines()
    assert first.startswith("Attune on ")
    assert re.search(r", \d+ cores with [\d.]+ processes at work, \d+ GB of memory, ", first)
    assert f"Python {platform.python_version()}" in first
    assert re.search(r"\d{4}-\d{2}-\d{2}$", first)
    assert memory() == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") > 2**28
    assert any(line.startswith("Growth with the bank") for line in tables)


def test_F195_latency_stands_as_median_and_p95_with_n_and_memory_beside_it():
    found = models.measured(20)
    table = {row.what: row for row in models.rows(found)}
    one = table["one text of 40 words embedded"]
    assert one.median == f"{np.median(found['embed']) * 1000:.1f} ms"
    assert one.spread == f"p95 {np.quantile(found['embed'], 0.95) * 1000:.1f}"
    assert one.n == 20
    used = table["memory with the encoder loaded"].median
    assert int(used.removesuffix(" MB").replace(",", "")) > 100
    assert "times as long one by one" in table["first 5 of 500 products, exactly"].ratio
    for model in ("mood", "topics and keywords", "brands", "categories, learned from words"):
        row = table[f"texts a second, {model}"]
        assert int(row.median.replace(",", "")) > 0 and row.ratio.endswith("times that")


def test_F195_the_search_that_is_timed_finds_what_slow_code_finds():
    rng = np.random.default_rng(3)
    products = rng.normal(size=(60, models.DIMENSIONS)).astype(np.float32)
    for want in rng.normal(size=(20, models.DIMENSIONS)).astype(np.float32):
        assert models.first(want, products).tolist() == models.slowly(want, products).tolist()
