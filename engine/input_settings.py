"""Settings of what comes in beside a bank's tables: pictures, recordings, requests of programs."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """One table of settings.toml; every key there is required here and no other is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScanSettings(Section):
    reader: Literal["auto", "rapidocr", "tesseract", "trocr", "none"]
    max_megabytes: float = Field(gt=0, le=100)
    max_megapixels: float = Field(gt=0, le=80)
    decode_seconds: int = Field(ge=1)
    decode_megabytes: int = Field(ge=256)
    day_first: bool
    alike_days: int = Field(ge=0)


class SpeechSettings(Section):
    recognisers: tuple[str, ...]
    least_snr_db: float = Field(ge=0)
    least_level_db: float = Field(le=0)
    most_clipped: float = Field(gt=0, le=1)
    least_confidence: float = Field(ge=0, le=1)
    longest_seconds: float = Field(gt=0, le=600)
    most_bytes: int = Field(ge=1000, le=200_000_000)
    threads: int = Field(ge=1)


class EvidenceSettings(Section):
    share: float = Field(ge=0, le=1)
    most: int = Field(ge=1)


class ApiSettings(Section):
    burst: int = Field(ge=1)
    a_second: float = Field(gt=0)
    at_once: int = Field(ge=1, le=64)
    wait_seconds: float = Field(gt=0, le=600)
    max_kilobytes: int = Field(ge=1, le=65536)
    page_rows: int = Field(ge=1)
    max_page_rows: int = Field(ge=1)
