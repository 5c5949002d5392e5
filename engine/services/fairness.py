"""Are the lists fair: selection rates by group, and whether scores are blind to who somebody is."""

from engine.audit import blinding, fairness
from engine.audit.groups import ATTRIBUTES
from engine.progress import quiet
from engine.results import BlindingReport, FairnessReport
from engine.scoring.current import CurrentLists
from engine.services.offers import check_length, check_list
from engine.snapshot.snapshot import Views
from engine.vocabulary import GROWTH


class Fairness:
    """The audit of one bank's lists; it measures and never acts.

    Parameters
    ----------
    views : Views
    lists : CurrentLists
    """

    attributes = tuple(ATTRIBUTES)

    def __init__(self, views: Views, lists: CurrentLists):
        self._views = views
        self._lists = lists

    def report(self, attribute: str, *, list: str = GROWTH, k: int = 5) -> FairnessReport:
        """Selection rates by group; attributes are `attributes`."""
        check_list(list)
        lists = self._lists.get()
        check_length(lists, k)
        table = lists.score(lists.view.all_rows, [list], k, quiet)
        return fairness.fairness(
            lists.bank,
            table,
            lists.eligible,
            attribute,
            lists.settings,
            list=list,
            k=k,
            model_version=lists.version,
        )

    def reports(self) -> list[FairnessReport]:
        """Reports of every attribute on the growth list."""
        return [self.report(attribute) for attribute in self.attributes]

    def blinding(self) -> BlindingReport:
        """Replace gender, age, name and place of everybody and score again."""
        view = self._views.current()
        return blinding.blinding(self._views.scores_of, view.bank, view.settings.models.seed)
