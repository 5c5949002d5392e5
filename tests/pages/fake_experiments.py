"""A stand-in for the experiments of a bank: one that ended, one that is planned."""

from typing import ClassVar

import pandas as pd

from engine.errors import BadInput
from engine.results import ExperimentLook, ExperimentSample
from tests.pages.fake_people import AS_OF
from tests.pages.fake_service import FakeService

PLAN = {"shares": {"engine": 0.5, "no contact": 0.5}, "measure": "acceptance"}


class FakeExperiments(FakeService):
    """Stands in for `engine.services.versions.experiments.Experiments`."""

    asked: ClassVar[list[tuple[str, ...]]] = []

    def table(self) -> pd.DataFrame:
        if not self._engine.has_experiments:
            return pd.DataFrame(columns=["name", "status"])
        rows = [
            (name, status, "acceptance", "engine and no contact", AS_OF, AS_OF, "Rita", 7677)
            for name, status in (("spring", "ended"), ("summer", "planned"))
        ]
        columns = ["name", "status", "measure", "arms", "starts", "last_day", "owner", "needed"]
        return pd.DataFrame(rows, columns=columns)

    def may_see(self, name) -> frozenset[str]:
        return frozenset({"manager"})

    def look(self, name) -> ExperimentLook:
        says = "42 of 1,000 more took a product than without contact; between 10 and 74."
        arms = pd.DataFrame(
            [
                ("engine", 500, 60, 0.12, 8.0, 5, 0.01),
                ("no contact", 500, 39, 0.078, 5.0, 6, 0.012),
            ],
            columns=["arm", "n", "taken", "acceptance", "value", "left", "churn"],
        )
        differences = pd.DataFrame(
            [
                ("acceptance", True, "no contact", 0.042, 0.01, 0.074, says),
                ("churn", False, "no contact", -0.002, -0.02, 0.02, "2 of 1,000 fewer left."),
            ],
            columns=["measure", "primary", "against", "difference", "low", "high", "says"],
        )
        by_day = pd.DataFrame(
            {
                "day": pd.date_range(AS_OF, periods=4),
                "against": "no contact",
                "difference": [0.0, 0.01, 0.03, 0.042],
                "low": [float("nan"), -0.03, 0.0, 0.01],
                "high": [float("nan"), 0.05, 0.06, 0.074],
            }
        )
        begun = f"{name}: 4 days on record, ended; 1,000 customers in its arms."
        return ExperimentLook(
            name,
            PLAN,
            (says,),
            begun,
            arms,
            differences,
            by_day,
            "share",
            AS_OF,
            ("<b>A note</b>",),
        )

    def sample(
        self, name, *, shares, uplift, starts=None, days=90, measure="acceptance", base=None,
        own_list=(), offers=5, strength=0.8, owner="", may_see=("analyst", "manager"),
    ) -> ExperimentSample:  # fmt: skip
        if name == "bad name":
            raise BadInput("Got the name 'bad name'.")
        rows = [(arm, share, 24, 3839) for arm, share in shares.items()]
        arms = pd.DataFrame(rows, columns=["arm", "share", "n", "needed"])
        said = "It takes 7,677 customers at one look; there are 48."
        return ExperimentSample(name, PLAN, said, 7677, 14699, arms, "The base is 10 %.")

    def plan(self, sample, *, actor, why="") -> None:
        self.asked.append(("plan", sample.name))

    def start(self, name, *, actor, why="") -> None:
        self.asked.append(("start", name))

    def stop(self, name, *, actor, why="") -> None:
        self.asked.append(("stop", name))

    def remove(self, name, *, actor) -> bool:
        self.asked.append(("remove", name))
        return True
