"""Stored receipts in; tables and records that a person can read out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from engine.labels import rule_label
from engine.receipts.chain import GENESIS
from engine.results import Receipt
from engine.state.receipts import ReceiptRow

COLUMNS = {
    "at": "at",
    "receipt_id": "id",
    "customer_id": "customer",
    "actor": "actor",
    "list": "list",
    "k": "k",
    "order": "order",
    "model_version": "model",
}
"""Column of a table of receipts -> what of a receipt stands in it."""
_NO_RECORDS = ("last_event", "retention")
"""Of what was known: no rows that people set down."""
_OURS = ("program", "encoder", "sentiment", "python")
SHORT = 12
"""Characters of a hash that are shown."""


def table(rows: Sequence[ReceiptRow], customers: Mapping[str, str]) -> pd.DataFrame:
    """Receipts, newest first: number and `COLUMNS`; `customers` says whose key is whose."""
    abouts = {row.n: about for row in reversed(rows) if (about := _about(row)) is not None}
    columns = {name: [about[field] for about in abouts.values()] for name, field in COLUMNS.items()}
    lists = pd.DataFrame({"number": list(abouts), **columns})
    return lists.assign(
        at=pd.to_datetime(lists["at"], format="ISO8601").astype("datetime64[us]"),
        customer_id=lists["customer_id"].map(customers),
    )


def edition_of(decision: Mapping[str, Any]) -> Mapping[str, Any]:
    """id, edition and fingerprint of the bank; a receipt of version 0.1 has the last alone."""
    bank = decision["bank"]
    return bank if isinstance(bank, Mapping) else {"id": "", "edition": 1, "fingerprint": bank}


def _about(row: ReceiptRow) -> dict[str, Any] | None:
    """What a receipt is about; None where it was edited, which verifying names."""
    try:
        about = json.loads(row.about or "")
        return about if {*COLUMNS.values()} <= {*about} else None
    except (ValueError, TypeError):
        return None


def receipt(stored: Mapping[str, Any], customer_id: str | None, names: pd.Series) -> Receipt:
    """One receipt as a record.

    Parameters
    ----------
    stored : mapping
        As it is read out: about, decision, chain.
    customer_id : str or None
        Behind its key.
    names : Series
        Product id -> name; an unknown one keeps its id.
    """
    about, decision, chain = stored["about"], stored["decision"], stored["chain"]
    named = names.to_dict()
    return Receipt(
        number=chain["n"],
        receipt_id=about["id"],
        at=pd.Timestamp(about["at"]),
        actor=about["actor"],
        customer_id=customer_id,
        list=about["list"],
        order=about["order"],
        model_version=about["model"],
        k=about["k"],
        as_of=pd.Timestamp(decision["as_of"]),
        hash=chain["hash"],
        previous=chain["prev"],
        funnel=_funnel(decision["funnel"]),
        removed=_removed(decision["funnel"], named),
        offers=_offers(decision["offers"], named),
        facts=pd.DataFrame(_facts(decision, chain), columns=["subject", "fact", "value"]),
        content=dict(stored),
    )


def _funnel(funnel: Mapping[str, Any]) -> pd.DataFrame:
    """step, n: from all products of the customer's audience down to those offered."""
    left_out = sum(len(products) for products in funnel["removed"].values())
    steps = [
        ("Considered", funnel["considered"]),
        ("Left out by a rule", left_out),
        ("Ranked lower", len(funnel["lower"])),
        ("Offered", len(funnel["offered"])),
    ]
    return pd.DataFrame(steps, columns=["step", "n"])


def _removed(funnel: Mapping[str, Any], names: Mapping[str, str]) -> pd.DataFrame:
    """rule, n, products: the rules by how much they left out; what only ranked lower comes last."""
    rules = sorted(funnel["removed"].items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [(rule_label(rule), len(products), _listed(products, names)) for rule, products in rules]
    if lower := funnel["lower"]:
        rows.append(("Ranked lower", len(lower), _listed(lower, names)))
    return pd.DataFrame(rows, columns=["rule", "n", "products"])


def _listed(products: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(str(names.get(p, p)) for p in products))


def _offers(offers: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> pd.DataFrame:
    numbers = ["score", "confidence", "display_confidence", "fit", "propensity"]
    rows = [
        [o["rank"], o["product_id"], str(names.get(o["product_id"], o["product_id"]))]
        + [o[name] for name in numbers]
        for o in offers
    ]
    table = pd.DataFrame(rows, columns=["rank", "product_id", "name", *numbers])
    return table.astype(dict.fromkeys(numbers, "float64"))


def _facts(decision: Mapping[str, Any], chain: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What stood behind the list, hashes short: subject, fact, value."""
    model, settings = decision["model"], decision["settings"]
    yield "Chain", "This receipt", chain["hash"][:SHORT]
    first = chain["prev"] == GENESIS
    yield "Chain", "The one before", "none, it is the first" if first else chain["prev"][:SHORT]
    edition = edition_of(decision)
    if edition["id"]:
        yield "Known", "Bank", f"{edition['id']}, edition {edition['edition']}"
    yield "Known", "Bank, as imported", edition["fingerprint"][:SHORT]
    written = ((name, n) for name, n in decision["known"].items() if name not in _NO_RECORDS)
    known = [(name, n) for name, n in written if n]
    said = ", ".join(f"{n:,} {name if n > 1 else name.removesuffix('s')}" for name, n in known)
    yield "Known", "Recorded until then", said or "nothing"
    for purpose, status in decision["consents"].items():
        yield "Consent", purpose.capitalize(), status
    yield "Version", "Model", f"{model['version']}, seed {model['seed']}"
    for name, sha256 in model["files"].items():
        yield "Version", name, sha256[:SHORT]
    changed = ", ".join(f"{name} = {value}" for name, value in settings["changed"].items())
    yield "Settings", "All of them", settings["sha256"][:SHORT]
    yield "Settings", "Other than the defaults", changed or "none"
    for name, sha256 in decision["metrics"].items():
        yield "Settings", f"Learned metric {name}", sha256[:SHORT]
    for part, label in (("records", "Records"), ("signals", "Signal"), ("parts", "Part")):
        for name, digest in decision["inputs"][part].items():
            yield label, name.replace("_", " ").capitalize(), digest[:SHORT]
    for name, value in decision["made_with"].items():
        yield "Made with", name.capitalize() if name in _OURS else name, value
