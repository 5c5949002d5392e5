"""The return calculator of the stand-in bank: the real arithmetic, since it reads no bank."""

from engine.campaigns.returns import LABELS, SHARES, estimate
from engine.results import ReturnEstimate, ReturnInputs
from tests.pages.fake_service import FakeService


class FakeCampaigns(FakeService):
    """Stands in for `engine.services.campaigns.Campaigns`."""

    return_labels = LABELS
    return_shares = SHARES

    def returns(self, inputs: ReturnInputs) -> ReturnEstimate:
        return estimate(inputs, "USD")
