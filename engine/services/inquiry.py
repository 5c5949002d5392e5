"""What may be asked beyond a list: each subject is a companion object of its own module."""

from functools import cached_property

from engine.lab.fine_tuning import Adaptation
from engine.services.answers import Answers
from engine.services.desk import Desk
from engine.services.evaluation import Evaluations
from engine.services.levers import Levers
from engine.services.products import Catalogue
from engine.services.prospects import Takers
from engine.services.receipts import Receipts
from engine.services.scenarios import Questions
from engine.services.trust import Trust
from engine.services.tuning import Tuner


class Inquiry(Answers):
    """The answers of `Answers`, and one property a subject that a page opens on demand."""

    @property
    def tuner(self) -> Tuner:
        """Settings of the bank's own models: tune."""
        return Tuner(self._views, self.now)

    @property
    def trust(self) -> Trust:
        """How far the serving version can be trusted: confidence, stability."""
        return Trust(self._views, self.now)

    @cached_property
    def receipts(self) -> Receipts:
        """What was shown to whom: of, get, replay, verify, erase; `record_shown` writes it."""
        return Receipts(self._views, self.now)

    @property
    def adaptation(self) -> Adaptation:
        """Pre-trained models tuned on this bank: fine_tune."""
        return Adaptation(self._views)

    @property
    def evaluations(self) -> Evaluations:
        """How well the lists foresee what is taken: evaluate."""
        return Evaluations(self._views)

    @property
    def questions(self) -> Questions:
        """About one customer's list: explain, compare, why_not, situation, what_if."""
        return Questions(self._lists, lambda: self._views.encoder)

    @cached_property
    def levers(self) -> Levers:
        """Weights, thresholds and rules moved: effect on everybody, saved, in force, taken back."""
        return Levers(self._views, self._lists, self.now)

    @cached_property
    def takers(self) -> Takers:
        """Who would want a product: of, products."""
        return Takers(self._lists)

    @property
    def catalogue(self) -> Catalogue:
        """The bank's products: products, of."""
        return Catalogue(lambda: self._views.current().bank)

    @property
    def desk(self) -> Desk:
        """What people set down: preferences, alerts taken back, the bank's market figures."""
        return Desk(self._views, self.now)
