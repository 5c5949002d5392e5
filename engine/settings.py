"""Settings in effect: settings.toml, then a bank's own overlay, then ATTUNE_ variables."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic_settings as sources
from pydantic import Field, NonNegativeInt, ValidationError, field_validator

from engine import own_settings
from engine.errors import SettingsError
from engine.experiment_plan import ExperimentsSettings
from engine.input_settings import (
    ApiSettings,
    EvidenceSettings,
    ScanSettings,
    Section,
    SpeechSettings,
)
from engine.labels import CAUSE_LABELS
from engine.vocabulary import LISTS, PRICE_FORM, PRICE_KEY, SIGNALS, Kept

DEFAULTS = Path(__file__).with_name("settings.toml")


class RankingSettings(Section):
    weights: dict[str, float]
    objective_times: float = Field(ge=0)
    objective_weight: float = Field(ge=0)
    objective_cost: float = Field(ge=0)
    estimated_scores: float = Field(ge=0, le=1)
    min_dated_adoptions: int = Field(ge=1)
    horizon_days: int = Field(ge=1)
    max_list: int = Field(ge=1)
    l2_weights: float = Field(ge=0)
    l2_newcomers: float = Field(ge=0)
    l2_intercepts: float = Field(ge=0)
    popularity_half_life_days: float = Field(gt=0)
    popularity_prior: float = Field(gt=0)
    popularity_group_prior: float = Field(gt=0)
    rule_tech_monthly_spend: float = Field(ge=0)
    emphasis: dict[str, Annotated[float, Field(ge=0, le=10)]]

    @field_validator("emphasis")
    @classmethod
    def _of_signals(cls, emphasis: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(set(emphasis) - set(SIGNALS)):
            raise ValueError(f"there is no signal {', '.join(unknown)}")
        return emphasis


class AnswerSettings(Section):
    least: int = Field(ge=1)
    most: float = Field(ge=0)
    judged: int = Field(ge=2)
    asked: int = Field(ge=1)


class GuardSettings(Section):
    sensitive_categories: dict[str, float]
    max_per_category: int = Field(ge=1)
    diversity_window: int = Field(ge=1)
    diversity_cost: float = Field(ge=0)
    low_risk_appetite: float
    low_appetite_max_product_risk: float
    vulnerable_max_product_risk: float
    accepted_hides_days: int = Field(ge=0)
    postponed_hides_days: int = Field(ge=0)
    disliked_below: float = Field(ge=0, le=1)
    disliked_min_ratings: int = Field(ge=1)
    retired_low_risk_appetite: float
    max_instalment_share: float = Field(gt=0, le=1)
    max_premium_share: float = Field(ge=0, le=1)
    adult_age: float = Field(gt=0)
    senior_age: float = Field(gt=0)
    young_adult_age: float = Field(gt=0)
    young_company_years: float = Field(gt=0)
    high_income: float = Field(gt=0)
    read_terms: bool
    services_need_reason: bool
    service_reason_days: int = Field(ge=0)
    no_lower_level_in: list[str]
    one_account_in: list[str]
    one_level_a_list: bool
    wishes_tell_group: bool
    lower_level_by_name: bool
    large_minimum_needs_wealth: bool
    minimum_needs_figure: float = Field(ge=0)
    salary_needs_job: bool
    wealthy_balance: float = Field(gt=0)
    wealthy_income: float = Field(gt=0)
    blocked_statuses: list[str]
    sensitive_cap: float = Field(gt=0, le=1)
    service_mood: float = Field(ge=-1, le=0)
    service_recent_days: int = Field(ge=0)
    no_credit_vulnerable: bool
    no_credit_distress: bool
    no_credit_arrears: bool
    no_credit_shortfall: bool
    shortfall_covered_months: int = Field(ge=0)
    no_credit_complaint: bool
    no_credit_refused: bool
    arrears_days: int = Field(ge=0)
    tier_min_income: dict[str, float]
    tier_min_credit_score: dict[str, float]


class ConfidenceSettings(Section):
    boost: float = Field(ge=0, le=1)
    marks: bool
    high_precision: float = Field(gt=0, lt=1)
    fair_precision: float = Field(gt=0, lt=1)
    max_abstained: float = Field(ge=0, lt=1)
    set_level: float = Field(gt=0, lt=1)
    set_shown: int = Field(ge=1)
    bar: float = Field(ge=0, lt=1)
    compat_threshold: float = Field(ge=0, le=1)


class MetricsSettings(Section):
    retention_from_churn: float = Field(ge=0, le=10)
    medium_from_churn: float = Field(ge=0, le=10)
    high_value_from: float = Field(ge=0, le=10)
    medium_value_from: float = Field(ge=0, le=10)
    half_life_days: float = Field(gt=0)
    large_change: float = Field(gt=0)
    volatile_from: float = Field(gt=0)
    whole_months: bool
    churn: dict[str, float]
    profit: dict[str, float]
    risk: dict[str, float]
    acumen: dict[str, float]


class MoneySettings(Section):
    """Assumptions behind profit and expected value, shares a year unless said."""

    deposit_margin: float
    loan_margin: float
    card_interchange: float
    card_share: float = Field(ge=0, le=1)
    corporate_card_share: float = Field(ge=0, le=1)
    investment_margin: float
    cost_to_serve: float
    loss_given_default: float = Field(ge=0, le=1)
    product_margin: dict[str, float]
    margin_of_product: dict[str, float]
    unlisted_have_no_margin: bool
    own_margins: list[str]
    """Categories whose margin the bank states itself; filled in when settings are read."""
    units_per_dollar: dict[str, Annotated[float, Field(gt=0)]]


class AlertsSettings(Section):
    spending_limit: float = Field(gt=0)
    usual_month_factor: float = Field(gt=1)
    loan_nearly_repaid: float = Field(ge=0)
    churn_from: float = Field(ge=0, le=10)
    mood_last: int = Field(ge=1)
    mood_min_earlier: int = Field(ge=1)
    mood_margin: float = Field(gt=0, le=2)
    recent_days: int = Field(ge=0)
    complaint_days: int = Field(ge=0)
    shortfall_months: int = Field(ge=2)
    unusual_days: int = Field(ge=0)


class StrategySettings(Section):
    max_tilt: float = Field(ge=0, lt=1)
    goal_soon_months: float = Field(ge=0)
    allocation: dict[str, tuple[float, float, float]]
    tilt: dict[str, tuple[float, float, float]]


class ModelsSettings(Section):
    allow_hub: bool
    folders: dict[str, str]
    encoder: str
    seed: int
    threads: int = Field(ge=1)
    factors: int = Field(ge=1)
    epochs: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    l2: float = Field(ge=0)
    customer_features: float = Field(ge=0)
    transitions_inverse_ridge: float = Field(gt=0)
    ease_l2: float = Field(gt=0)
    sentiment: list[str]
    sentiment_default: Literal["head", "vader"]
    zero_shot: list[str]
    zero_shot_temperature: float = Field(gt=0)
    categoriser: str
    keywords: list[str]
    max_text_chars: int = Field(ge=1)
    sentiment_class_bound: float = Field(gt=0, lt=1)
    sentiment_word_bounds: list[float] = Field(min_length=2, max_length=2)


class WritingSettings(Section):
    writer: Literal["off", "model", "endpoint"]
    model: str
    endpoint: str
    endpoint_model: str
    max_tokens: int = Field(ge=16, le=1000)
    max_seconds: float = Field(gt=0, le=120)
    max_bytes: int = Field(ge=1000)


class FinetuningSettings(Section):
    days: int = Field(ge=1)
    interests: int = Field(ge=1)
    batch: int = Field(ge=2)
    learning_rate: float = Field(gt=0)
    scale: float = Field(gt=0)
    max_pairs: int = Field(ge=1)


class CashflowSettings(Section):
    history_months: int = Field(ge=3)
    regular_share: float = Field(gt=0.5, le=1)
    amount_tolerance: float = Field(gt=0, lt=1)
    fixed_tolerance: float = Field(gt=0, lt=1)
    late_days: int = Field(ge=0)
    horizon_days: int = Field(ge=1)
    unusual_days: int = Field(ge=1)
    unusual_score: float = Field(gt=0)
    unusual_times: float = Field(ge=1)
    unusual_share: float = Field(ge=0)
    unusual_min_history: int = Field(ge=3)
    unusual_max: int = Field(ge=1)
    savings_min_months: int = Field(ge=1)


class ForecastSettings(Section):
    level: float = Field(gt=0, lt=1)
    horizon: int = Field(ge=1, le=12)
    min_months: int = Field(ge=3)
    max_customers: int = Field(ge=1)
    min_forecasts: int = Field(ge=2)
    unusual_share: float = Field(gt=0, lt=1)
    unusual_width: float = Field(gt=0)


class FairnessSettings(Section):
    proxies: list[str]
    attributes: list[str]
    benefits: list[str]
    burdens: list[str]
    alert_gap: float = Field(gt=0, lt=1)
    least_widening: float = Field(ge=0, lt=1)
    min_n: int = Field(ge=1)
    confidence_level: float = Field(gt=0, lt=1)
    age_bands: list[float]
    prices: dict[str, Annotated[float, Field(allow_inf_nan=False)]]
    gap_tolerance: float = Field(ge=0, lt=1)

    @field_validator("proxies")
    @classmethod
    def _can_be_missing(cls, proxies: list[str]) -> list[str]:
        needed = sorted({"customer_id", "audience", "attributes"} & set(proxies))
        if needed:
            raise ValueError(f"{', '.join(needed)} cannot be a proxy: every list rests on it")
        return [name.lower() for name in proxies]

    @field_validator("prices")
    @classmethod
    def _name_what_they_price(cls, prices: dict[str, float]) -> dict[str, float]:
        for key in prices:
            words = [word.strip() for word in key.split(PRICE_KEY)]
            if len(words) < 4 or not all(words) or words[0] not in LISTS:
                raise ValueError(f"got the price {key!r}; expected {PRICE_FORM!r}")
        return prices


class EvaluationSettings(Section):
    whole_texts: int = Field(ge=1)
    logistic_inverse_ridge: float = Field(gt=0)
    logistic_customers: int = Field(ge=1)
    stock_share: float = Field(gt=0, lt=1)
    response_test_share: float = Field(gt=0, lt=1)
    response_min_contacts: int = Field(ge=10)


class QuestionsSettings(Section):
    first: int = Field(ge=1)
    nearest: int = Field(ge=1)
    known_needs: int = Field(ge=0)
    reads: Literal["meaning", "words"]


class StabilitySettings(Section):
    balance_noise: float = Field(ge=0, lt=1)
    sentiment_noise: float = Field(ge=0, le=2)


class WeakSpotsSettings(Section):
    min_n: int = Field(ge=5)
    bins: int = Field(ge=2, le=20)
    candidates: int = Field(ge=1)
    false_discoveries: float = Field(gt=0, lt=1)


class LeversSettings(Section):
    max_megabytes: int = Field(ge=1)
    offers: int = Field(ge=1)
    agreement_days: int = Field(ge=1)


class TakersSettings(Section):
    most: int = Field(ge=1)


class CampaignsSettings(Section):
    cost_of_contact: float = Field(ge=0)
    hold_out: float = Field(ge=0, lt=1)
    no_contact: float = Field(ge=0, lt=1)


class DaySettings(Section):
    calls: int = Field(ge=1, le=50)
    contact_limit: int = Field(ge=1)
    contact_days: int = Field(ge=1)
    quiet_days: int = Field(ge=0)
    again_days: int = Field(ge=0)
    done_days: int = Field(ge=1)
    value_times: float = Field(ge=1)
    large_amounts: int = Field(ge=0)
    quiet_days_by_category: dict[str, Annotated[float, Field(ge=0)]]
    urgency: dict[str, Annotated[float, Field(ge=1)]]

    @field_validator("quiet_days_by_category")
    @classmethod
    def _with_default(cls, days: dict[str, float]) -> dict[str, float]:
        if "default" not in days:
            raise ValueError("the key default is missing")
        return days

    @field_validator("urgency")
    @classmethod
    def _of_causes(cls, urgency: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(set(urgency) - set(CAUSE_LABELS)):
            raise ValueError(f"there is no cause {', '.join(unknown)}")
        return urgency


class ConsentSettings(Section):
    unknown_allows: dict[str, bool]
    mask_sensitive_spending: bool


class GovernanceSettings(Section):
    owners: dict[str, str]
    contact: str
    some_drift: float = Field(gt=0)
    large_drift: float = Field(gt=0)
    many_new: float = Field(gt=0, le=1)


class RetentionSettings(Section):
    days: dict[Kept, NonNegativeInt]


class PilotSettings(Section):
    segments: list[str]
    managers: list[str]
    share: float = Field(gt=0, le=1)


class AccessSettings(Section):
    analysts_see_names: bool


class BankSettings(Section):
    max_file_megabytes: int = Field(ge=1)
    max_label_characters: int = Field(ge=20)
    max_cell_characters: int = Field(ge=1000)
    max_columns: int = Field(ge=10)
    max_cells: int = Field(ge=1000)
    max_unpacked_megabytes: int = Field(ge=1)
    max_reported_rows: int = Field(ge=1)
    max_upload_megabytes: int = Field(ge=1)
    read_seconds: int = Field(ge=1)
    read_megabytes: int = Field(ge=512)
    max_readers: int = Field(ge=1)
    database_seconds: float = Field(gt=0)
    outlier_sigmas: float = Field(gt=0)
    percent_rates_above: float = Field(gt=0)
    earliest_activity_year: int = Field(ge=1)
    earliest_life_year: int = Field(ge=1)
    editions_kept: int = Field(ge=0)


class Settings(sources.BaseSettings):
    """Everything that may be set, frozen; see settings.toml for meanings and sources."""

    model_config = sources.SettingsConfigDict(
        env_prefix="ATTUNE_",
        env_nested_delimiter="__",
        toml_file=DEFAULTS,
        frozen=True,
        extra="forbid",
    )

    bank: BankSettings
    ranking: RankingSettings
    answers: AnswerSettings
    guard: GuardSettings
    confidence: ConfidenceSettings
    metrics: MetricsSettings
    money: MoneySettings
    alerts: AlertsSettings
    strategy: StrategySettings
    models: ModelsSettings
    writing: WritingSettings
    finetuning: FinetuningSettings
    cashflow: CashflowSettings
    forecast: ForecastSettings
    fairness: FairnessSettings
    evaluation: EvaluationSettings
    questions: QuestionsSettings
    scans: ScanSettings
    speech: SpeechSettings
    evidence: EvidenceSettings
    stability: StabilitySettings
    weak_spots: WeakSpotsSettings
    consent: ConsentSettings
    levers: LeversSettings
    takers: TakersSettings
    campaigns: CampaignsSettings
    day: DaySettings
    governance: GovernanceSettings
    retention: RetentionSettings
    pilot: PilotSettings
    access: AccessSettings
    api: ApiSettings
    experiments: ExperimentsSettings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[sources.BaseSettings],
        init_settings: sources.PydanticBaseSettingsSource,
        env_settings: sources.PydanticBaseSettingsSource,
        **_: sources.PydanticBaseSettingsSource,
    ) -> tuple[sources.PydanticBaseSettingsSource, ...]:
        """Arguments beat the environment, which beats settings.toml."""
        return init_settings, env_settings, sources.TomlConfigSettingsSource(settings_cls)


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
    if overlay is not None:
        layers = own_settings.read(overlay)
    for section, keys in changes.items():
        layers[section] = {**layers.get(section, {}), **keys}
    try:
        return Settings(**layers)
    except ValidationError as error:
        raise _refused(error) from error


def with_sections(settings: Settings, **sections: Mapping[str, Any]) -> Settings:
    """Settings with some sections in place of theirs, checked as `load` does; reads no file."""
    checked: dict[str, Section] = {}
    try:
        for name, values in sections.items():
            checked[name] = type(getattr(settings, name)).model_validate(values)
    except ValidationError as error:
        raise _refused(error, name) from error
    return settings.model_copy(update=checked)


def _refused(error: ValidationError, *section: str) -> SettingsError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in (*section, *first["loc"]))
    told = f"Setting {key}: {first['msg']} (got {first.get('input')!r})"
    return SettingsError(f"{told}. Meanings and ranges stand in {DEFAULTS.name}.")


@lru_cache(maxsize=1)
def default() -> Settings:
    """The settings of settings.toml and the environment, read once."""
    return load()
