"""Stored receipts in; tables and records that a person can read out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from engine.guard.verdicts import RULE_LABELS
from engine.receipts.chain import Entry
from engine.results import Receipt

COLUMNS = ["number", "at", "receipt_id", "actor", "list", "k", "order", "model_version"]
SHORT = 12
"""Characters of a hash that are shown."""


def table(entries: Sequence[Entry]) -> pd.DataFrame:
    """Receipts, newest first, in `COLUMNS`."""
    fields = ("at", "id", "actor", "list", "k", "order", "model")
    rows = [
        (e.n, *(e.about[name] for name in fields)) for e in reversed(entries) if e.about is not None
    ]
    found = pd.DataFrame(rows, columns=COLUMNS)
    return found.assign(at=pd.to_datetime(found["at"], format="ISO8601").astype("datetime64[us]"))


def receipt(stored: Mapping[str, Any], customer_id: str | None, names: pd.Series) -> Receipt:
    """One receipt as a record.

    Parameters
    ----------
    stored : mapping
        The line, parsed: about, decision, chain.
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
    rows = [
        (RULE_LABELS.get(rule, rule.capitalize()), len(products), _listed(products, names))
        for rule, products in funnel["removed"].items()
    ]
    if funnel["lower"]:
        rows.append(("Ranked lower", len(funnel["lower"]), _listed(funnel["lower"], names)))
    found = pd.DataFrame(rows, columns=["rule", "n", "products"])
    return found.sort_values(["n", "rule"], ascending=[False, True], ignore_index=True)


def _listed(products: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(sorted(str(names.get(p, p)) for p in products))


def _offers(offers: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> pd.DataFrame:
    numbers = ["score", "confidence", "display_confidence", "fit", "propensity"]
    rows = [
        [o["rank"], o["product_id"], str(names.get(o["product_id"], o["product_id"]))]
        + [o[name] for name in numbers]
        for o in offers
    ]
    found = pd.DataFrame(rows, columns=["rank", "product_id", "name", *numbers])
    return found.astype({name: "float64" for name in numbers})


def _facts(decision: Mapping[str, Any], chain: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What stood behind the list, hashes short: subject, fact, value."""
    model, settings = decision["model"], decision["settings"]
    yield "Chain", "This receipt", chain["hash"][:SHORT]
    yield "Chain", "The one before", chain["prev"][:SHORT]
    yield "Known", "Bank, as imported", decision["bank"][:SHORT]
    known = {name: n for name, n in decision["known"].items() if name != "last_event"}
    yield "Known", "Recorded until then", ", ".join(f"{n:,} {name}" for name, n in known.items())
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
        yield "Made with", name, value
