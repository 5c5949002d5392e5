"""A small bank whose people have names, addresses and numbers, and a state that names them too."""

import dataclasses
import datetime as dt
import uuid

import pytest

from engine import Engine
from engine.bank.bank import Bank
from engine.vocabulary import TABLES

NOW = dt.datetime(2026, 7, 15, 9, 0, tzinfo=dt.UTC)
STAFF = "Rita Roundtree"
PEOPLE = [
    "Ann Ashworth",
    "Ben Bayliss",
    "Cid Coxwell",
    "Dee Daylight",
    "Eve Evermore",
    "Foxtrot Ltd",
]
EMAILS = [f"somebody{n}@mail.example" for n in range(6)]
PHONES = [f"+44 7700 90012{n}" for n in range(6)]
ACCOUNTS = [f"GB29NWBK6016133192681{n}" for n in range(4)]
IDS = [f"CUST-77{n}" for n in range(6)]


@pytest.fixture(scope="module")
def named(small_bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An open bank with a version; somebody was shown lists, and typed names wherever one can."""
    folder = tmp_path_factory.mktemp("named")
    new = dict(zip(small_bank["customers"]["customer_id"], IDS, strict=True))
    tables = {}
    for name in TABLES:
        frame = small_bank[name]
        if "customer_id" in frame:
            frame = frame.assign(customer_id=frame["customer_id"].map(new))
        tables[name] = frame
    people = {"name": PEOPLE, "email": EMAILS, "phone": PHONES, "relationship_manager": STAFF}
    tables["customers"] = tables["customers"].assign(**people)
    tables["accounts"] = tables["accounts"].assign(account_id=ACCOUNTS)
    Bank.from_tables(small_bank.manifest, tables).save(folder / "bank")
    engine = Engine.open(folder / "bank", folder / "state", now=lambda: NOW)
    settings = engine.snapshots.state.settings_file
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f'[pilot]\nmanagers = ["{STAFF}"]\n', "utf-8")
    engine.models.warm_up()
    for customer in IDS[:4]:
        shown = engine.offers.recommend(customer)
        engine.feedback.record_shown(shown, actor=STAFF)
        if shown.offers:
            engine.feedback.record(
                event_id=str(uuid.uuid5(uuid.NAMESPACE_URL, customer)),
                actor=STAFF,
                customer_id=customer,
                product_id=shown.offers[0].product_id,
                action="dismissed",
                reason=f"{PEOPLE[0]} said no",
                comment=f"call {PHONES[0]}",
            )
    engine.records.edit("customers", IDS[1], "goals", f"a house for {PEOPLE[1]}", actor=STAFF)
    engine.records.set_consent(
        IDS[2], "social", "granted", source=f"call with {PEOPLE[2]}", actor=STAFF
    )
    engine.levers.save("less-needs", {"ranking.emphasis.needs": 0.5}, actor=STAFF, why=PEOPLE[3])
    engine.levers.apply("less-needs", actor=STAFF, why=f"as {PEOPLE[3]} asked")
    lists_again, kept = engine.evaluations.stability, []

    def stability(progress, *, list):
        if not kept:
            kept.append(lists_again(progress, list=list))
        return dataclasses.replace(kept[0], list=list)

    # Two fits are made once; those of every list, and that they come out the same, are asked in
    # test_stability and of the command.
    engine.evaluations.stability = stability
    engine.trail.audited(engine.fairness.report("gender"), actor=STAFF)
    return engine
