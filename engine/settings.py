"""Settings in effect: settings.toml, then a bank's own overlay, then ATTUNE_ variables."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from engine.errors import SettingsError
from engine.settings_sections import (
    AlertsSettings,
    BankSettings,
    CashflowSettings,
    ConfidenceSettings,
    ConsentSettings,
    EvaluationSettings,
    FairnessSettings,
    FinetuningSettings,
    ForecastSettings,
    GuardSettings,
    LeversSettings,
    MetricsSettings,
    ModelsSettings,
    MoneySettings,
    QuestionsSettings,
    RankingSettings,
    StabilitySettings,
    StrategySettings,
    TakersSettings,
)

__all__ = [
    "DEFAULTS",
    "AlertsSettings",
    "BankSettings",
    "CashflowSettings",
    "ConfidenceSettings",
    "ConsentSettings",
    "EvaluationSettings",
    "FairnessSettings",
    "FinetuningSettings",
    "ForecastSettings",
    "GuardSettings",
    "LeversSettings",
    "MetricsSettings",
    "ModelsSettings",
    "MoneySettings",
    "QuestionsSettings",
    "RankingSettings",
    "Settings",
    "StabilitySettings",
    "StrategySettings",
    "TakersSettings",
    "default",
    "described",
    "load",
]

DEFAULTS = Path(__file__).with_name("settings.toml")


class Settings(BaseSettings):
    """Everything that may be set, frozen; see settings.toml for meanings and sources."""

    model_config = SettingsConfigDict(
        env_prefix="ATTUNE_",
        env_nested_delimiter="__",
        toml_file=DEFAULTS,
        frozen=True,
        extra="forbid",
    )

    bank: BankSettings
    ranking: RankingSettings
    guard: GuardSettings
    confidence: ConfidenceSettings
    metrics: MetricsSettings
    money: MoneySettings
    alerts: AlertsSettings
    strategy: StrategySettings
    models: ModelsSettings
    finetuning: FinetuningSettings
    cashflow: CashflowSettings
    forecast: ForecastSettings
    fairness: FairnessSettings
    evaluation: EvaluationSettings
    questions: QuestionsSettings
    stability: StabilitySettings
    consent: ConsentSettings
    levers: LeversSettings
    takers: TakersSettings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments beat the environment, which beats settings.toml."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(overlay: Path | None = None, **changes: Mapping[str, Any]) -> Settings:
    """Settings with a bank's overlay file and single changes on top.

    Parameters
    ----------
    overlay : Path, optional
        A TOML file in the layout of settings.toml, holding only what differs.
    **changes : mapping
        Section name -> keys that differ, for example ``guard={"max_per_category": 2}``.

    Raises
    ------
    SettingsError
        Names the first key that is unknown, of the wrong type or out of range.
    """
    layers: dict[str, dict[str, Any]] = {}
    if overlay is not None and overlay.is_file():
        try:
            layers = tomllib.loads(overlay.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{overlay} is not valid TOML: {error}") from error
    for section, keys in changes.items():
        layers[section] = {**layers.get(section, {}), **keys}
    try:
        return Settings(**layers)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Setting {key}: {first['msg']} (got {first.get('input')!r}). "
            f"Meanings and ranges stand in {DEFAULTS.name}."
        ) from error


@lru_cache(maxsize=1)
def default() -> Settings:
    """The settings of settings.toml and the environment, read once."""
    return load()


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """Every setting in effect: key, value, and its meaning as settings.toml states it.

    Keys in a row share the comment above the first of them.
    """
    meanings: dict[str, str] = {}
    section, comment, ended = "", [], False
    for line in DEFAULTS.read_text("utf-8").splitlines():
        text = line.strip()
        if text.startswith("#"):
            comment = [text.strip("# ")] if ended else [*comment, text.strip("# ")]
            ended = False
        elif text.startswith("["):
            section = text.strip("[]")
            meanings[section] = " ".join(comment)
        elif "=" in text:
            key = text.partition("=")[0].strip().strip('"')
            meanings[f"{section}.{key}"] = " ".join(comment)
            ended = True
        else:
            comment, ended = [], False
    return [
        (key, value, meanings.get(key) or meanings.get(key.rpartition(".")[0], ""))
        for key, value in _flat(settings.model_dump())
    ]


def _flat(tree: Mapping[str, Any], path: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{path}.{key}" if path else key
        rows += _flat(value, name) if isinstance(value, dict) and value else [(name, str(value))]
    return rows
