"""What is installed and which weights are used in; a CycloneDX bill of materials out."""

import re
import uuid
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import pandas as pd

from engine.governance.written import json_bytes

REQUIREMENTS: Final = Path(__file__).parents[2] / "requirements.txt"
SPEC: Final = "1.6"
NOT_STATED: Final = "not stated by its maker"
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST = 80
"""Characters of a licence field that is a name; a longer one is the licence's whole text."""
_CLASSIFIER: Final = "License :: "


def bill(parts: pd.DataFrame, release: str) -> dict[str, Any]:
    """Every package that the program needs, with version and licence, and every model's weights.

    Parameters
    ----------
    parts : DataFrame
        Of `engine.models.inventory.inventory`.
    release : str
        Of the program.

    Returns
    -------
    dict
        CycloneDX 1.6 as JSON values (https://cyclonedx.org/docs/1.6/json/). It bears no time, and
        its serial number follows from its content: the same installation, the same bytes.
    """
    needed = _needed(_roots())
    packages = [_package(one) for _, one in sorted(needed.items())]
    models = [_model(row) for row in parts.to_dict("records") if row["sha256"]]
    program = {"type": "application", "bom-ref": "attune", "name": "attune", "version": release}
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "version": 1,
        "metadata": {"component": program},
        "components": [*packages, *models],
        "dependencies": _dependencies(needed, [model["bom-ref"] for model in models]),
    }
    number = uuid.uuid5(uuid.NAMESPACE_URL, json_bytes(told).decode())
    return {**told, "serialNumber": f"urn:uuid:{number}"}


def _roots() -> list[str]:
    """Names of `requirements.txt`; of everything that is installed where that file is not here."""
    if not REQUIREMENTS.is_file():
        return [str(one.metadata["Name"]) for one in metadata.distributions()]
    found = (_NAME.match(line) for line in REQUIREMENTS.read_text("utf-8").splitlines())
    return [match.group() for match in found if match]


def _needed(roots: list[str]) -> dict[str, metadata.Distribution]:
    """Installed packages by their canonical name: the roots and all that they ask for."""
    needed: dict[str, metadata.Distribution] = {}
    waiting = list(roots)
    while waiting:
        name = _canonical(waiting.pop())
        if name in needed:
            continue
        try:
            needed[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        waiting += _requires(needed[name])
    return needed


def _requires(package: metadata.Distribution) -> list[str]:
    """What it asks for without extras."""
    asked = [text for text in package.requires or () if "extra ==" not in text]
    return [match.group() for text in asked if (match := _NAME.match(text))]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _package(one: metadata.Distribution) -> dict[str, Any]:
    name = _canonical(str(one.metadata["Name"]))
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}@{one.version}",
        "name": name,
        "version": one.version,
        "purl": f"pkg:pypi/{name}@{one.version}",
        "licenses": licences(one.metadata),
    }


def licences(told: Any) -> list[dict[str, Any]]:
    """A package's licences as it states them, in CycloneDX's shape.

    Parameters
    ----------
    told : message
        Of `importlib.metadata`: License-Expression (PEP 639) first, then classifiers, then the
        field License where it is a name and not the whole text.
    """
    if expression := told.get("License-Expression"):
        return [{"expression": str(expression)}]
    classifiers = told.get_all("Classifier") or []
    names = [text.rsplit(" :: ", 1)[-1] for text in classifiers if text.startswith(_CLASSIFIER)]
    named = sorted({name for name in names if name != "OSI Approved"})
    field = str(told.get("License") or "").strip()
    if not named:
        short = field and len(field) <= _LONGEST and "\n" not in field
        named = [field if short else NOT_STATED]
    return [{"license": {"name": name}} for name in named]


def _model(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{row['part']}",
        "name": f"{row['used']} ({row['part']})",
        "version": str(row["version"]) or "0",
        "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],
    }


def _dependencies(
    needed: Mapping[str, metadata.Distribution], models: list[str]
) -> list[dict[str, Any]]:
    """Who asks for whom, by reference; the program asks for what its requirements name."""
    refs = {name: f"pkg:pypi/{name}@{one.version}" for name, one in needed.items()}

    def among(names: list[str]) -> list[str]:
        return sorted({refs[_canonical(name)] for name in names if _canonical(name) in refs})

    asked = [{"ref": "attune", "dependsOn": [*among(_roots()), *models]}]
    return asked + [
        {"ref": refs[name], "dependsOn": among(_requires(one))}
        for name, one in sorted(needed.items())
    ]
