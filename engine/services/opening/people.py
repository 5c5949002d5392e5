"""The people and programs of a state folder, whatever bank they look at."""

from pathlib import Path

from engine.input_settings import ApiSettings
from engine.people.accounts import Accounts
from engine.people.clients import Clients
from engine.services.opening.banks import utc_now
from engine.settings import default


def people_of(state: Path | str) -> Accounts:
    """Accounts, tries and sessions of a state folder."""
    return Accounts(Path(state), utc_now)


def api_limits() -> ApiSettings:
    """How much the JSON API answers, whatever bank it is asked about."""
    return default().api


def clients_of(state: Path | str) -> Clients:
    """Programs that ask the JSON API, and their tokens."""
    return Clients(Path(state), utc_now)
