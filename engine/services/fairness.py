"""Are the lists fair: selection rates by group, and whether scores are blind to who somebody is."""

from engine.audit import blinding, fairness
from engine.audit.groups import ATTRIBUTES
from engine.results import BlindingReport, FairnessReport
from engine.scoring.current import CurrentScores
from engine.scoring.lists import lists_of
from engine.services.offers import check_length, check_list
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import GROWTH


class Fairness:
    """The audit of one bank's lists; it measures and never acts."""

    attributes = tuple(ATTRIBUTES)

    def __init__(self, snapshots: Snapshots, scores: CurrentScores):
        self._snapshots = snapshots
        self._scores = scores

    def report(self, attribute: str, *, list: str = GROWTH, k: int = 5) -> FairnessReport:
        """Selection rates by group; attributes are `attributes`."""
        check_list(list)
        scores = self._scores.get()
        check_length(scores, k)
        return fairness.fairness(
            scores.bank,
            lists_of(scores, scores.snapshot.all_rows, [list], k),
            scores.allowed,
            attribute,
            scores.settings,
            list=list,
            k=k,
            model_version=scores.version,
        )

    def reports(self) -> list[FairnessReport]:
        """Reports of every attribute on the growth list."""
        return [self.report(attribute) for attribute in self.attributes]

    def blinding(self) -> BlindingReport:
        """Replace gender, age, name and place of everybody and score again."""
        snapshot = self._snapshots.current()
        return blinding.blinding(
            self._snapshots.scores_of, snapshot.bank, snapshot.settings.models.seed
        )
