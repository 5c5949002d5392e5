"""What an experiment asks, as it stands in the settings of a bank and is checked there."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ENGINE, OWN_LIST, RANDOM, NO_CONTACT = "engine", "own list", "random", "no contact"
ARMS: Final = (ENGINE, OWN_LIST, RANDOM, NO_CONTACT)
"""What the customers of an arm are offered: what the program proposes, the first of the bank's own
list that they may be offered, products drawn at random of those, nothing."""
ACCEPTANCE, VALUE, CHURN = "acceptance", "value", "churn"
MEASURES: Final = (ACCEPTANCE, VALUE, CHURN)
"""Share of customers who took a product; yearly margin of what a customer took; share who left."""
ROLES: Final = ("analyst", "manager", "relationship_manager")
SAVED_AS: Final = "experiment-"
"""Before the name of an experiment where it is kept among the saved settings."""
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,22}")
"""As settings are named, and short enough to have words beside it there."""


class ExperimentPlan(BaseModel):
    """One experiment: fixed before it starts, so that nobody can choose by what came of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shares: dict[str, float]
    """Arm -> share of all customers, 0-1; the rest is in no arm and is served as ever."""
    own_list: list[str] = Field(default_factory=list)
    """Product ids, the one that the bank would offer first in front."""
    offers: int = Field(default=5, ge=1, le=20)
    """Products that the own list and the random arm are offered at most."""
    measure: str = ACCEPTANCE
    """The primary one, of `MEASURES`."""
    base: float = Field(gt=0, allow_inf_nan=False)
    """Of the primary measure without the program, by the end."""
    spread: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Standard deviation of the value a customer; 0 for shares, of which it follows."""
    uplift: float = Field(gt=0, le=10)
    """The change for the better that should be found, as a share of the base; of churn a fall."""
    power: float = Field(default=0.8, gt=0.5, lt=1)
    level: float = Field(default=0.95, gt=0.5, lt=1)
    needed: int = Field(ge=1)
    """Customers that this takes in all arms together."""
    starts: date
    ends: date
    """The last day."""
    stopped: date | None = None
    """The day on which it was stopped before its end; its arms are served as ever from then on."""
    owner: str = Field(min_length=1)
    may_see: list[str] = Field(default_factory=lambda: ["analyst", "manager"])
    """Roles that may see what comes of it."""

    @field_validator("shares")
    @classmethod
    def _of_arms(cls, shares: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(set(shares) - set(ARMS)):
            raise ValueError(f"there is no arm {unknown[0]!r}; arms are {', '.join(ARMS)}")
        if ENGINE not in shares or len(shares) < 2:
            raise ValueError(f"an experiment has the arm {ENGINE!r} and one to compare it with")
        if min(shares.values()) <= 0 or sum(shares.values()) > 1 + 1e-9:
            raise ValueError("the share of an arm is above 0, and all together are at most 1")
        return shares

    @field_validator("measure")
    @classmethod
    def _known(cls, measure: str) -> str:
        if measure not in MEASURES:
            raise ValueError(f"there is no measure {measure!r}; there are {', '.join(MEASURES)}")
        return measure

    @field_validator("may_see")
    @classmethod
    def _roles(cls, roles: list[str]) -> list[str]:
        if unknown := sorted(set(roles) - set(ROLES)):
            raise ValueError(f"there is no role {unknown[0]!r}; roles are {', '.join(ROLES)}")
        return roles

    @model_validator(mode="after")
    def _fits(self) -> "ExperimentPlan":
        if self.ends < self.starts:
            raise ValueError("an experiment ends on the day on which it starts, or later")
        if (OWN_LIST in self.shares) != bool(self.own_list):
            raise ValueError("the arm 'own list' needs products, and products need the arm")
        if len(set(self.own_list)) < len(self.own_list):
            twice = next(one for one in self.own_list if self.own_list.count(one) > 1)
            raise ValueError(f"the own list names {twice} more than once")
        if self.measure == CHURN and self.uplift >= 1:
            raise ValueError("churn falls by less than all of its base")
        if self.measure != VALUE and max(self.base, self.base * (1 + self.change)) >= 1:
            raise ValueError("base and uplift together leave a share of 1 or more")
        if self.measure == VALUE and not self.spread:
            raise ValueError("the measure value needs its spread")
        return self

    def runs_on(self, day: date) -> bool:
        """Are its arms kept apart on a day?"""
        return self.starts <= day <= self.ends and (self.stopped is None or day < self.stopped)

    @property
    def change(self) -> float:
        """What the uplift adds to the base, as a share of it; churn is to fall, so below 0."""
        return -self.uplift if self.measure == CHURN else self.uplift

    @property
    def last_day(self) -> date:
        """On which its arms are kept apart."""
        if self.stopped is None:
            return self.ends
        return min(self.ends, self.stopped - timedelta(days=1))


class ExperimentsSettings(BaseModel):
    """Experiments that were started, by name; ended ones stay, so that what came of them can be
    looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    started: dict[str, ExperimentPlan]

    @field_validator("started")
    @classmethod
    def _one_at_a_time(cls, started: dict[str, ExperimentPlan]) -> dict[str, ExperimentPlan]:
        for name in started:
            if not NAME.fullmatch(name):
                raise ValueError(
                    f"got the name {name!r}; small letters, digits, - and _, 23 of them"
                )
        ran = [one for one in started.items() if one[1].starts <= one[1].last_day]
        ordered = sorted(ran, key=lambda one: (one[1].starts, one[0]))
        for (name, one), (other, later) in pairwise(ordered):
            if later.starts <= one.last_day:
                raise ValueError(f"{other} would start before {name} has ended")
        return started

    def running(self, day: date) -> tuple[str, ExperimentPlan] | None:
        """The experiment whose arms are kept apart on a day; there is one at most."""
        return next(((n, one) for n, one in self.started.items() if one.runs_on(day)), None)
