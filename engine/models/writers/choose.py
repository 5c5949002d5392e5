"""Settings in; the writer that they name, or None, out."""

from pathlib import Path

from engine.errors import SettingsError
from engine.models import weights
from engine.models.writers.causal import CausalWriter
from engine.models.writers.endpoint import EndpointWriter
from engine.models.writers.writer import Writer
from engine.settings import Settings

OFF, MODEL, ENDPOINT = "off", "model", "endpoint"


def writer_of(settings: Settings, *, cache: Path | None = None) -> Writer | None:
    """Whoever may put texts in other words; None where nobody is asked, which is the default.

    Raises
    ------
    SettingsError
        If the endpoint has no address or model, an address that is not encrypted or cannot be
        read, or a key that cannot be.
    WeightsError
        If the model's weights are nowhere on this machine.
    """
    asked = settings.writing
    if asked.writer == OFF:
        return None
    if asked.writer == MODEL:
        found = weights.resolve(asked.model, settings, cache=cache)
        return CausalWriter(found, max_tokens=asked.max_tokens, max_seconds=asked.max_seconds)
    if not (asked.endpoint and asked.endpoint_model):
        raise SettingsError(
            "Setting writing.writer is endpoint: name its address in writing.endpoint and its "
            "model in writing.endpoint_model."
        )
    return EndpointWriter(
        asked.endpoint,
        asked.endpoint_model,
        max_tokens=asked.max_tokens,
        max_seconds=asked.max_seconds,
        max_bytes=asked.max_bytes,
    )
