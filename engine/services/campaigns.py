"""Campaigns: who is offered what within limits of places and money."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pandas as pd

from engine.agenda.contacts import contacts, last_contact
from engine.campaigns.campaign_list import campaign_list
from engine.campaigns.outcomes import outcome
from engine.campaigns.returns import LABELS, SHARES, estimate
from engine.campaigns.targeting import FILTERS, Resting
from engine.errors import BadInput
from engine.results import (
    Campaign,
    CampaignList,
    CampaignOutcome,
    ReturnEstimate,
    ReturnInputs,
    Selected,
)
from engine.scoring.current import CurrentScores
from engine.scoring.score_table import ScoreTable
from engine.services.exports import campaign_files
from engine.services.portfolio.selections import Selections
from engine.snapshot.snapshot import Snapshots

MOST = 5
"""Campaigns side by side."""


class Campaigns:
    """Lists of campaigns for one bank, and campaigns that are kept under their names."""

    filters = FILTERS
    return_labels = LABELS
    return_shares = SHARES

    def __init__(
        self,
        scores: CurrentScores,
        snapshots: Snapshots,
        selections: Selections,
        now: Callable[[], datetime],
    ):
        self._scores = scores
        self._snapshots = snapshots
        self._selections = selections
        self._saved = snapshots.state.campaigns_saved
        self._log = snapshots.state.contacts
        self._now = now

    def defaults(self) -> dict[str, float]:
        """What stands for what a campaign leaves open: cost, hold_out and no_contact."""
        rule = self._scores.get().settings.campaigns
        return {
            "cost": rule.cost_of_contact,
            "hold_out": rule.hold_out,
            "no_contact": rule.no_contact,
        }

    def returns(self, inputs: ReturnInputs) -> ReturnEstimate:
        """What a campaign would return by the user's own figures; BadInput where one is none."""
        return estimate(inputs, self._snapshots.base.manifest.currency)

    def plan(self, campaign: Campaign) -> CampaignList:
        """Who would be contacted with what, and what the limits cost.

        Raises
        ------
        NotFound or BadInput
            For an unknown product; for a field that is out of range or a filter that is none.
        """
        table = self._scores.get()
        return self._listed(campaign, table, self._resting(table))

    def base(self, campaign: Campaign) -> Selected | None:
        """The customers among whom a campaign chooses; None for everybody.

        Raises
        ------
        BadInput
            If it is no selection, or one of what people write of in their messages.
        """
        if not campaign.base:
            return None
        selection = self._selections.read(campaign.base)
        if not selection.may_be_base:
            raise BadInput(
                "A campaign does not choose customers by what they write of in their messages. "
                "Take a segment, a need or filters as its base."
            )
        return self._selections.open(selection)

    def outcome(self, campaign: Campaign) -> CampaignOutcome | None:
        """What each arm took since the campaign began; None for one that has not begun."""
        if not campaign.since:
            return None
        usual = self.defaults()
        shares = [
            usual[name] if (own := getattr(campaign, name)) is None else own
            for name in ("hold_out", "no_contact")
        ]
        table = self._scores.get()
        return outcome(campaign, table, self.base(campaign), (shares[0], shares[1]))

    def compare(self, campaigns: list[Campaign]) -> list[CampaignList]:
        """The lists of 2 to 5 campaigns as of one moment, so that they can stand side by side."""
        if not 2 <= len(campaigns) <= MOST:
            raise BadInput(f"Got {len(campaigns)} campaigns; 2 to {MOST} can stand side by side.")
        table = self._scores.get()
        resting = self._resting(table)
        return [self._listed(one, table, resting) for one in campaigns]

    def side_by_side(self, made: list[CampaignList]) -> pd.DataFrame:
        """A row a campaign: campaign, contacted, takers (NaN without history), takers_low,
        takers_high, expected_value a year (NaN without history), cost, shared (contacted by the
        first as well)."""
        first = set(made[0].table["customer_id"])
        return pd.DataFrame(
            [
                {
                    "campaign": one.campaign.name,
                    "contacted": len(one.table),
                    "takers": one.takers,
                    "takers_low": one.takers_low,
                    "takers_high": one.takers_high,
                    "expected_value": float(one.table["expected_value"].sum(min_count=1)),
                    "cost": one.cost,
                    "shared": int(one.table["customer_id"].isin(first).sum()),
                }
                for one in made
            ]
        )

    def export(self, made: CampaignList, kind: str) -> bytes:
        """The list as a file: "xlsx" with real numbers, or "csv" that no spreadsheet runs."""
        return campaign_files.exported(made, kind)

    # --- kept under their names

    def saved(self) -> dict[str, Campaign]:
        """Every campaign that is kept, by name."""
        kept = self._saved.all()
        return {name: Campaign.read(kept[name], name) for name in sorted(kept)}

    def save(self, campaign: Campaign) -> None:
        """Keep what a campaign asks for under its name; one that is taken is replaced.

        Raises
        ------
        BadInput
            If it has no name.
        """
        if not campaign.name.strip():
            raise BadInput("The campaign has no name; give it one to keep it.")
        self._saved.put(campaign.name, campaign.to_toml())

    def remove(self, name: str) -> bool:
        """Forget a campaign; False when none of this name is kept."""
        return self._saved.remove(name)

    def _listed(self, campaign: Campaign, table: ScoreTable, resting: Resting) -> CampaignList:
        made = campaign_list(campaign, table, resting, self.base(campaign))
        spoken = last_contact(made.table, self._log.last_reached())
        return replace(made, table=made.table.assign(last_contact=spoken))

    def _resting(self, table: ScoreTable) -> Resting:
        """Whom the bank's contact limit and quiet periods leave alone today."""
        rule = table.settings.day
        agreed = contacts(table.bank, self._log.standing(), self._now(), rule)
        limited = agreed.n_recent >= rule.contact_limit
        note = (
            f"Contacted {rule.contact_limit} times or more within {rule.contact_days} days and "
            "therefore left alone"
        )
        return Resting(limited, agreed.quiet, note)
