"""What is worked out of stored transactions is what is worked out of those in memory."""

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from engine.bank import stored_rows
from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers import profiles
from engine.customers.alerts import alerts
from engine.customers.alerts.money import unusual_transactions
from engine.customers.cashflow.cashflow import cashflow
from engine.customers.finances import transaction_figures
from engine.customers.finances.kept_figures import KeptFigures
from engine.customers.profile import profile
from engine.customers.profiles import Keep, Profiles, build
from engine.customers.words.mood import Messages
from engine.customers.words.texts import TextModels
from engine.demo import generate
from engine.settings import default


@pytest.fixture(scope="module")
def banks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bank, Bank]:
    held = generate(50, 7).by_customer()
    into = tmp_path_factory.mktemp("bank")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_rows, "ROWS_A_GROUP", 100)
        held.save(into, "parquet")
    return held, Bank.load(into)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def all_three(
    banks: tuple[Bank, Bank], texts: TextModels, cache: Path
) -> list[tuple[Bank, Profiles]]:
    """In memory, worked out of the disk, and read from what that kept."""

    def profiles_of(bank: Bank) -> tuple[Bank, Profiles]:
        consents = _consents(bank)
        keep = partial(KeptFigures.of, folder=cache)
        return bank, build(bank, consents=consents, texts=texts, settings=default(), keep=keep)

    held, stored = banks
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_rows, "_GROUPS_A_PART", 3)
        worked_out = [profiles_of(held), profiles_of(stored)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction_figures, "transaction_figures", _never)
        for name in ("profiles.features_of", "profiles.interests_of", "words.mood.read_messages"):
            patch.setattr(f"engine.customers.{name}", _never)
        return [*worked_out, profiles_of(stored)]


def _never(*args: object) -> None:
    raise AssertionError("worked out again")


def _assert_same(stored: Profiles, held: Profiles) -> None:
    for name in ("table", "spending", "interests", "features", "value_parts"):
        assert_frame_equal(getattr(stored, name), getattr(held, name), check_exact=True)
    for name, figures in held.data.months.figures.items():
        assert np.array_equal(stored.data.months.figures[name], figures, equal_nan=True)
    assert stored.data.months.months.equals(held.data.months.months)
    assert stored.data.months.dated == held.data.months.dated
    assert np.array_equal(stored.data.months.complete, held.data.months.complete)
    for name in ("codes", "in_window", "bets", "speculative", "known", "stated", "days", "counts"):
        mine, theirs = (getattr(p.data.spending, name) for p in (stored, held))
        assert np.array_equal(mine, theirs, equal_nan=True) and mine.dtype == theirs.dtype
    for rows in ("transaction_rows", "message_rows"):
        for name in ("positions", "order", "starts"):
            mine, theirs = (getattr(getattr(p.data, rows), name) for p in (stored, held))
            assert np.array_equal(mine, theirs) and mine.dtype == theirs.dtype
    assert stored.data.messages.topics == held.data.messages.topics
    for name in (f.name for f in fields(Messages) if f.name != "topics"):
        mine, theirs = (getattr(p.data.messages, name) for p in (stored, held))
        assert np.array_equal(mine, theirs, equal_nan=True) and mine.dtype == theirs.dtype


def _consents(bank: Bank) -> pd.DataFrame:
    return effective_consents(bank, default())


@pytest.mark.parametrize("other", [1, 2])
def test_profiles_are_the_same_to_the_last_bit(all_three: list[tuple[Bank, Profiles]], other: int):
    held, stored = all_three[0][1], all_three[other][1]
    _assert_same(stored, held)
    assert held.kept is None and stored.kept is not None


def test_a_large_bank_of_csv_files_starts_from_what_was_kept_and_reads_no_transaction(
    banks: tuple[Bank, Bank], texts: TextModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def built(bank: Bank) -> Profiles:
        keep = partial(KeptFigures.of, folder=tmp_path / "cache")
        return build(bank, consents=_consents(bank), texts=texts, settings=default(), keep=keep)

    rows = banks[0]["transactions"].sample(frac=1, random_state=5, ignore_index=True)
    banks[0].with_tables(transactions=rows).save(tmp_path / "bank")
    at_once = built(Bank.load(tmp_path / "bank"))
    assert at_once.kept is None and not (tmp_path / "cache").exists()
    monkeypatch.setattr("engine.bank.bank._LATE_FROM", 0)
    _assert_same(built(Bank.load(tmp_path / "bank")), at_once)
    again = Bank.load(tmp_path / "bank")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.bank.bank._read", _never)
        patch.setattr(transaction_figures, "transaction_figures", _never)
        kept = built(again)
    _assert_same(kept, at_once)
    assert_frame_equal(again["transactions"], at_once.data.bank["transactions"])


@pytest.mark.parametrize("other", [1, 2])
def test_one_customers_record_and_cash_flow_are_the_same(
    all_three: list[tuple[Bank, Profiles]], other: int
):
    both = [all_three[0], all_three[other]]
    for customer in both[0][0].customer_ids[[0, 11, 29]]:
        records = [profile(b, p, _consents(b), customer, default()) for b, p in both]
        flows = [cashflow(p, customer, default()) for _, p in both]
        for held, stored in (records, flows):
            for name in (f.name for f in fields(held)):
                one, other = getattr(held, name), getattr(stored, name)
                if isinstance(one, pd.DataFrame):
                    assert_frame_equal(other, one, check_exact=True)
                elif name != "facts":
                    assert repr(other) == repr(one)


def test_alerts_are_the_same(
    all_three: list[tuple[Bank, Profiles]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engine.customers.alerts.money.CUSTOMERS", 7)
    year = default().model_copy(
        update={
            "alerts": default().alerts.model_copy(update={"unusual_days": 365}),
            "cashflow": default().cashflow.model_copy(update={"unusual_days": 365}),
        }
    )
    held, stored = (unusual_transactions(b, p, year) for b, p in all_three[:2])
    assert len(held)
    assert_frame_equal(stored, held)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.customers.alerts.money.recurring", _never)
        assert_frame_equal(unusual_transactions(*all_three[2], year), held)
    now = unusual_transactions(*all_three[2], default())
    assert_frame_equal(now, unusual_transactions(*all_three[0], default()))
    assert len(now) < len(held)


def test_the_feed_is_kept_with_the_settings_that_it_rests_on(
    all_three: list[tuple[Bank, Profiles]],
):
    quiet = default().model_copy(
        update={"alerts": default().alerts.model_copy(update={"churn_from": 9.5})}
    )
    feeds = [alerts(*all_three[0], settings) for settings in (default(), quiet)]
    assert not feeds[0].equals(feeds[1])
    for feed, settings in zip(feeds, (default(), quiet), strict=True):
        assert_frame_equal(alerts(*all_three[1], settings), feed, check_exact=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("engine.customers.alerts.feed._raised", _never)
            assert_frame_equal(alerts(*all_three[2], settings), feed, check_exact=True)


def test_what_was_written_since_is_read(
    all_three: list[tuple[Bank, Profiles]], texts: TextModels, cache: Path
):
    held, stored = all_three[0][0], all_three[1][0]
    said = held["messages"].iloc[:40].assign(text="a terrible, awful, broken app", resolved=False)
    goals = held["customers"].assign(goals="a house")
    consents = _consents(held)
    refused = consents.assign(social_allowed=False)
    changes = (({"messages": said}, consents), ({"customers": goals}, consents), ({}, refused))
    for tables, allowed in changes:
        keep = partial(KeptFigures.of, folder=cache, base=stored)
        one, other = (
            build(
                bank.with_checked(**tables),
                consents=allowed,
                texts=texts,
                settings=default(),
                keep=keep,
            )
            for bank in (held, stored)
        )
        assert not one.interests.equals(all_three[0][1].interests)
        for name in ("table", "interests", "features"):
            assert_frame_equal(getattr(other, name), getattr(one, name), check_exact=True)


def test_a_moment_before_today_is_the_same(banks: tuple[Bank, Bank], texts: TextModels):
    day = banks[0].as_of - pd.Timedelta(days=200)
    held, stored = (
        build(bank, consents=_consents(bank), texts=texts, settings=default())
        for bank in (bank.until(day) for bank in banks)
    )
    assert_frame_equal(stored.table, held.table, check_exact=True)


class _Always:
    """A classifier of spending that gives every text one label."""

    def __init__(self, label: str) -> None:
        self.label = label

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        return np.full(len(texts), self.label, dtype=object)


def test_a_classifier_fitted_anew_in_its_folder_is_followed(
    banks: tuple[Bank, Bank], texts: TextModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    models = default().models.model_copy(update={"categoriser": "text"})
    settings = default().model_copy(update={"models": models})
    consents, keep = _consents(banks[1]), partial(KeptFigures.of, folder=tmp_path)

    def built(label: str, keep: Keep | None) -> Profiles:
        monkeypatch.setattr(profiles, "load_categoriser", lambda *given: _Always(label))
        bank = banks[1]
        return build(bank, consents=consents, texts=texts, settings=settings, keep=keep)

    before, after, fresh = built("travel", keep), built("dining", keep), built("dining", None)
    assert not before.features.equals(fresh.features)
    for name in ("table", "spending", "interests", "features"):
        assert_frame_equal(getattr(after, name), getattr(fresh, name), check_exact=True)
    assert_frame_equal(alerts(banks[1], after, settings), alerts(banks[1], fresh, settings))
