"""The whole generator: same bytes, right shape, clear refusals."""

import hashlib

import pytest

from engine.demo import PERSONAS, generate
from engine.errors import BadInput


def _hashes(folder):
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


def test_F21_the_same_seed_gives_the_same_bytes_in_every_file(tmp_path):
    generate(80, 5).save(tmp_path / "one")
    generate(80, 5).save(tmp_path / "two")
    one = _hashes(tmp_path / "one")
    assert one == _hashes(tmp_path / "two")
    assert {"bank.json", "customers.csv", "transactions.csv", "messages.csv"} <= set(one)


def test_F21_another_seed_gives_another_bank():
    one, two = generate(80, 5, monthly_only=True), generate(80, 6, monthly_only=True)
    assert one.base_fingerprint != two.base_fingerprint
    assert not one["customers"]["name"].equals(two["customers"]["name"])


def test_F21_the_committed_demo_is_the_output_for_1000_customers_and_seed_7(demo_bank):
    assert generate(1000, 7).base_fingerprint == demo_bank.base_fingerprint


def test_the_demo_says_that_it_is_simulated(demo_bank):
    manifest = demo_bank.manifest
    assert manifest.simulated
    assert (manifest.layout, manifest.imported_at) == ("generated", "")
    assert (manifest.as_of, manifest.currency) == ("2026-06-30", "USD")
    assert "1,000 customers and seed 7" in manifest.notes[0]


def test_the_demo_stays_below_twelve_megabytes_and_its_vectors_below_three(demo_folder):
    sizes = {f.suffix: 0 for f in demo_folder.iterdir()}
    for file in demo_folder.iterdir():
        sizes[file.suffix] += file.stat().st_size
    assert sizes.pop(".sqlite") < 3_000_000
    assert sum(sizes.values()) < 12_000_000


def test_monthly_only_leaves_out_single_transactions_and_messages():
    bank = generate(200, 3, monthly_only=True)
    assert bank["transactions"].empty
    assert bank["messages"].empty
    assert bank["months"].groupby("customer_id").size().max() == 24
    assert len(bank["holdings"]) > 200


def test_monthly_only_figures_have_the_mean_of_itemised_ones():
    itemised, monthly = generate(1500, 4), generate(1500, 4, monthly_only=True)
    last_year = slice("2025-07-01", None)
    means = [
        b["months"].set_index("month").sort_index().loc[last_year, ["income", "spending"]].median()
        for b in (itemised, monthly)
    ]
    assert (means[0] / means[1]).to_numpy() == pytest.approx(1.0, abs=0.06)


def test_personas_have_the_same_ids_in_a_bank_of_any_size(made_bank, demo_bank):
    for bank in (made_bank, demo_bank):
        named = bank["customers"].set_index("customer_id")["name"]
        assert {name: p.customer_id for name, p in PERSONAS.items()} == {
            named[p.customer_id]: p.customer_id for p in PERSONAS.values()
        }


@pytest.mark.parametrize(("n", "seed", "said"), [(49, 7, "at least 50"), (100, -1, "seed -1")])
def test_what_cannot_be_generated_is_refused_in_words(n, seed, said):
    with pytest.raises(BadInput, match=said):
        generate(n, seed)
