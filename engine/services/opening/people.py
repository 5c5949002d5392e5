"""The people of a state folder, whatever bank they look at."""

from pathlib import Path

from engine.people.accounts import Accounts
from engine.services.opening.banks import utc_now


def people_of(state: Path | str) -> Accounts:
    """Accounts, tries and sessions of a state folder."""
    return Accounts(Path(state), utc_now)
