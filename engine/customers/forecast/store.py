"""Monthly figures in; the choice that serves them out, made once for one content and kept."""

import dataclasses
import hashlib
import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from engine.bank import disk
from engine.customers.finances.months import Months
from engine.customers.forecast.choose import ChosenMethod, choose
from engine.customers.forecast.series import FIGURES, MonthlySeries, series_of
from engine.settings import ForecastSettings

log = logging.getLogger(__name__)

FILE: Final = "forecast-3.json"
"""The number is that of the methods: other methods get another file."""


class ServedFigure(NamedTuple):
    """One figure of all customers, and what forecasts it."""

    series: MonthlySeries
    choice: ChosenMethod


class ForecastStore:
    """Chosen methods by content of the monthly figures, in memory and, for the next start, on disk.

    Parameters
    ----------
    folder : Path
        The bank's cache; a folder that cannot be written slows the next start and stops nothing.
    """

    def __init__(self, folder: Path, settings: ForecastSettings):
        self.path = folder / FILE
        self.settings = settings
        self._lock = threading.Lock()
        self._kept: tuple[Months, dict[str, ServedFigure]] | None = None

    def of(self, months: Months) -> Mapping[str, ServedFigure]:
        """Figure -> its series and choice; made at the first question, in about a second."""
        with self._lock:
            if self._kept is None or self._kept[0] is not months:
                self._kept = (months, self._find(months))
            return self._kept[1]

    def _find(self, months: Months) -> dict[str, ServedFigure]:
        series = [series_of(months, figure) for figure in FIGURES]
        key = _fingerprint(series, self.settings)
        choices = self._read(key)
        if choices is None:
            choices = {one.figure: choose(one, self.settings) for one in series}
            self._write(key, choices)
        return {one.figure: ServedFigure(one, choices[one.figure]) for one in series}

    def _read(self, key: str) -> dict[str, ChosenMethod] | None:
        """What was stored for this content; None where there is nothing or it is damaged."""
        try:
            stored = json.loads(self.path.read_text("utf-8"))
            if stored["key"] != key:
                return None
            return {c["figure"]: ChosenMethod.from_json(c) for c in stored["choices"]}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("The stored choice of a forecast is not used (%s); choosing anew.", error)
            return None

    def _write(self, key: str, chosen: Mapping[str, ChosenMethod]) -> None:
        stored = {
            "key": key,
            "choices": [dataclasses.asdict(choice) for choice in chosen.values()],
        }
        try:
            disk.write_whole(self.path, json.dumps(stored, allow_nan=False).encode())
        except OSError as error:
            log.warning("The choice of a forecast could not be stored (%s).", error)


def _fingerprint(series: list[MonthlySeries], settings: ForecastSettings) -> str:
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for one in series:
        digest.update(f"{one.figure} {one.amounts.shape} {one.months.to_list()}".encode())
        digest.update(one.amounts.tobytes())
    return digest.hexdigest()
