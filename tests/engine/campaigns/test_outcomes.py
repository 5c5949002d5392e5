"""What the arms of a campaign took: counted by hand, with intervals and what is still needed."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.campaigns.arms import CONTACT, HOLD_OUT, NO_CONTACT, arms
from engine.campaigns.outcomes import outcome
from engine.errors import BadInput
from engine.results import Campaign

IDS = pd.Series([f"c{n}" for n in range(3000)])
SHARES = (0.2, 0.1)
ARM = arms(IDS, "bank-1", "Autumn", *SHARES)
SINCE = pd.Timestamp("2026-04-01")
AUTUMN = Campaign("Autumn", products=("P1",), since="2026-04-01", difference=0.05)


class Tables(dict):
    """As much of a bank as is read here."""

    bank_id, as_of, product_ids = "bank-1", pd.Timestamp("2026-06-30"), np.array(["P1", "P2"])


def of(held: dict[str, tuple[str, str]], campaign: Campaign = AUTUMN, joined: str = "2020-01-01"):
    """Outcome where customers of the mapping hold a product since a day ("" for none known)."""
    rows = [(customer, *what) for customer, what in held.items()]
    holdings = pd.DataFrame(rows, columns=["customer_id", "product_id", "opened_on"])
    bank = Tables(
        holdings=holdings.assign(opened_on=pd.to_datetime(holdings["opened_on"])),
        customers=pd.DataFrame({"customer_id": IDS, "joined_on": pd.Timestamp(joined)}),
        events=pd.DataFrame({"recorded_at": pd.to_datetime([])}),
    )
    overview = pd.DataFrame({"customer_id": IDS, "segment": np.where(IDS.index % 2, "odd", "even")})
    return outcome(campaign, SimpleNamespace(bank=bank, overview=overview), None, SHARES)


def some(arm: str, n: int) -> list[str]:
    return IDS[arm == ARM].head(n).tolist()


def test_each_arm_counts_what_it_took_from_the_day_on():
    held = dict.fromkeys(some(CONTACT, 210), ("P1", "2026-04-01"))
    held |= dict.fromkeys(some(HOLD_OUT, 30), ("P1", "2026-06-01"))
    held |= dict.fromkeys(some(NO_CONTACT, 6), ("P1", "2026-03-31"))  # the day before
    held |= dict.fromkeys(IDS[ARM == CONTACT].tail(50), ("P2", "2026-05-01"))  # another product
    held |= dict.fromkeys(IDS[ARM == HOLD_OUT].tail(5), ("P1", ""))  # no day
    found = of(held)
    table = found.arms.set_index("arm")
    assert table["taken"].to_dict() == {CONTACT: 210, HOLD_OUT: 30, NO_CONTACT: 0}
    assert table["n"].to_dict() == {one: int((one == ARM).sum()) for one in table.index}
    assert ((table["low"] <= table["rate"]) & (table["rate"] <= table["high"])).all()
    gap = found.differences.set_index("against").loc[HOLD_OUT]
    assert gap["difference"] == pytest.approx(
        210 / (ARM == CONTACT).sum() - 30 / table.at[HOLD_OUT, "n"]
    )
    assert gap["low"] > 0 and "surely not none" in found.sentence
    assert any("5 holdings of these products have no day" in note for note in found.notes)


def test_no_effect_is_not_told_apart_from_none_and_says_how_many_are_missing():
    held = dict.fromkeys(some(CONTACT, 105), ("P1", "2026-04-09"))
    held |= dict.fromkeys(some(HOLD_OUT, 30), ("P1", "2026-04-09"))
    found = of(held)
    gap = found.differences.set_index("against").loc[HOLD_OUT]
    assert gap["low"] <= 0 <= gap["high"] and "not told apart from none" in found.sentence
    rare = of(held, Campaign("Autumn", ("P1",), since="2026-04-01", difference=0.01))
    more = rare.differences.set_index("against").loc[HOLD_OUT, "n_more"]
    n, rate = (ARM == HOLD_OUT).sum(), 30 / (ARM == HOLD_OUT).sum()
    ratio = (ARM == CONTACT).sum() / n
    needed = 2.8016**2 * ((rate + 0.01) * (0.99 - rate) / ratio + rate * (1 - rate)) / 0.01**2
    assert n + more == pytest.approx(needed, abs=1.5)
    assert gap["n_more"] == 0 or gap["n_more"] < more
    silent = of(held, Campaign("Autumn", ("P1",), since="2026-04-01"))
    assert math.isnan(silent.differences["n_more"].iloc[0])


def test_who_joined_later_and_who_the_filters_leave_out_count_for_no_arm():
    assert of({}, joined="2026-05-01").arms["n"].sum() == 0
    assert of({}, joined="2026-05-01").sentence.endswith("no arm to compare with.")
    half = of({}, Campaign("Autumn", ("P1",), {"segment": "odd"}, since="2026-04-01"))
    assert half.arms["n"].sum() == 1500
    assert any("as they hold today" in note for note in half.notes)


def test_a_campaign_of_the_future_says_that_nothing_is_on_record():
    late = of({}, Campaign("Autumn", ("P1",), since="2026-08-01"))
    assert any("Nothing is on record after 1 Aug 2026" in note for note in late.notes)


def test_a_file_says_the_day_and_reads_back():
    text = 'name = "Autumn"\nsince = 2026-04-01\ndifference = 0.02\n'
    read = Campaign.read(text, "x")
    assert (read.since, read.difference) == ("2026-04-01", 0.02)
    assert Campaign.read(read.to_toml(), "x") == read
    with pytest.raises(BadInput, match="since of a campaign is 'soon'"):
        Campaign.read('since = "soon"', "x")
