"""Sentences on lists of the demo bank are true by the tables; a false one is caught.

Everybody's, on real banks too, are asked in tests/real.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from engine import Engine
from engine.explain import claims as said
from engine.explain.comparable import Counts
from tests.conftest import DEMO
from tests.engine.explain.oracles import Oracle, reasons_of


@pytest.fixture(scope="module")
def engine(trained_state: Path) -> Engine:
    return Engine.open(DEMO, trained_state)


@pytest.fixture(scope="module")
def oracle(engine: Engine) -> Oracle:
    table = engine.offers._scores.get()
    return Oracle(table.bank, table.snapshot.profiles)


def test_F111_every_reason_for_a_fifth_of_the_demo_bank_is_true(engine: Engine, oracle: Oracle):
    false: list[str] = []
    kinds: Counter[str] = Counter()
    for offer, reason in reasons_of(engine, k=3, every=5):
        for claim in reason.claims:
            kinds[type(claim).__name__] += 1
            if wrong := oracle.wrong(offer, claim):
                false.append(f"{offer.customer['customer_id']}: {claim.text}: {wrong}")
    assert false == []
    assert {"Interests", "Answers", "HeldTogether", "TakenAfter", "Appetite"} <= kinds.keys()


def test_a_false_sentence_is_caught(engine: Engine, oracle: Oracle):
    lies = {
        said.HeldTogether: lambda one: replace(one, counts=one.counts._replace(k=one.counts.n)),
        said.TakenAfter: lambda one: replace(one, counts=Counts(50, 9, 900, 90)),
        said.Popular: lambda one: replace(one, n_holders=one.n_holders + 1),
        said.Appetite: lambda one: replace(one, risk=one.risk + 1),
        said.Answers: lambda one: replace(one, answer=" has a gold bar of 5,000"),
        said.Interests: lambda one: replace(
            one, claims=(replace(one.claims[0], item="a yacht", fact="Goal: a yacht of 99"),)
        ),
    }
    caught = set()
    for offer, reason in reasons_of(engine, k=3, every=25):
        for claim in reason.claims:
            lie = lies.get(type(claim))
            if lie and not (isinstance(claim, said.Interests) and claim.claims[0].kind != "goal"):
                assert oracle.wrong(offer, claim) == ""
                assert oracle.wrong(offer, lie(claim)) != "", claim
                caught.add(type(claim))
    assert caught == lies.keys()
