"""What customers said or paid for, mention by mention, in; its own part of the needs signal out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.bank import Bank
from engine.customers.interests import TOPIC_ITEMS
from engine.models.encoder import Encoder
from engine.ranking.signals.needs import Needs, phrase, product_texts
from engine.threads import one_thread
from engine.vocabulary import EVIDENCE_PURPOSE


@dataclass(frozen=True, eq=False)
class Said:
    """Mentions and how near each of their topics is to every product.

    Notes
    -----
    Each mention adds `share` times its likeness, whatever else is known of the customer: the shares
    of other needs stay what they were, so that taking one mention away changes its part alone.
    """

    mentions: pd.DataFrame
    """evidence_id, position, source, topic, sentence, said_on, phrase (row of `likeness`); sorted
    by position."""
    likeness: np.ndarray
    """Shape (n_phrases, n_products). Cosine of topic and product, minus the product's centre."""
    share: float
    """What one mention counts, where all other needs of a customer together count 1."""
    n_customers: int

    @cached_property
    def _weights(self) -> sparse.csr_array:
        at = (self.mentions["position"].to_numpy(), self.mentions["phrase"].to_numpy())
        each = np.full(len(self.mentions), self.share)
        return sparse.csr_array((each, at), shape=(self.n_customers, len(self.likeness)))

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """What is added to the raw needs of some customers, shape (len(rows), n_products)."""
        return np.asarray(self._weights[rows] @ self.likeness)

    def of(self, position: int) -> pd.DataFrame:
        """The mentions of one customer."""
        return self.mentions[self.mentions["position"] == position]


def counting(evidence: pd.DataFrame, bank: Bank, consents: pd.DataFrame) -> pd.DataFrame:
    """The mentions that may count: of customers of the bank whose consent allows their source.

    Parameters
    ----------
    evidence : DataFrame
        Standing rows (engine.state.added_records).
    consents : DataFrame
        engine.bank.consents.effective_consents: row i is customer i.
    """
    positions = bank.customer_positions(evidence["customer_id"])
    kept = evidence.assign(position=positions)[positions >= 0]
    allowed = np.zeros(len(kept), dtype=bool)
    for source, purpose in EVIDENCE_PURPOSE.items():
        may = consents[f"{purpose}_allowed"].to_numpy(dtype=bool)[kept["position"].to_numpy()]
        allowed |= (kept["source"] == source).to_numpy(dtype=bool) & may
    return kept[allowed].sort_values("position", kind="stable", ignore_index=True)


def build(
    bank: Bank, mentions: pd.DataFrame, needs: Needs, encoder: Encoder, share: float
) -> Said | None:
    """Embed each topic once; None where nobody said anything that counts.

    Notes
    -----
    The centre of a product is that of the needs of the bank's customers: no mention moves it, so
    what one customer said moves nobody else's score.
    """
    if mentions.empty or not bank.n_products:
        return None
    codes, topics = pd.factorize(mentions["topic"], sort=True)
    phrases = [phrase("topic", TOPIC_ITEMS.get(str(topic), str(topic))) for topic in topics]
    vectors = encoder.encode(phrases + product_texts(bank)).astype(np.float64)
    with one_thread():
        likeness = vectors[: len(phrases)] @ vectors[len(phrases) :].T
    columns = ["evidence_id", "position", "source", "topic", "sentence", "said_on"]
    told = mentions[columns].assign(phrase=codes)
    return Said(told, likeness - needs.centre, share, bank.n_customers)
