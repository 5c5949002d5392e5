"""What customers did with earlier offers: shown, viewed, accepted, dismissed, rated -> events."""

import itertools

import numpy as np
import pandas as pd

from engine.demo.dates import AS_OF
from engine.demo.draws import softmax_choice, stream, texts, words
from engine.demo.population import Population
from engine.vocabulary import RATING_ASPECTS

_SHARE_ASKED = 0.4
_OFFERS = 1.6
_MODEL = "campaign-2025"


def responses(
    population: Population, holdings: pd.DataFrame, seed: int, ids: pd.Series
) -> pd.DataFrame:
    """Table `events`, sorted by time.

    An accepted offer is a holding that was opened soon after; the others were viewed, rated or
    dismissed. Ids are version-4 UUIDs made of seeded bytes.
    """
    rng = stream(seed, population.audience, "responses")
    taken = _accepted(population, holdings, rng)
    other = _declined(population, holdings, rng)
    every = pd.concat([taken, other], ignore_index=True)
    frame = _with_ratings(_steps(every, rng), population, rng)
    frame = frame.sort_values(["recorded_at", "row", "step"], kind="stable").reset_index(drop=True)
    frame.insert(0, "customer_id", ids.take(frame["row"].to_numpy()).array)
    managers = population.customers["relationship_manager"]
    frame["actor"] = managers.iloc[frame["row"]].array
    frame["product_id"] = (
        population.catalogue.products["product_id"].take(frame["product"].to_numpy()).array
    )
    frame["event_id"] = _uuids(rng, len(frame))
    frame["model_version"] = _MODEL
    frame["schema_version"] = 1.0
    return frame.drop(columns=["row", "product", "step", "outcome"])


def _accepted(
    population: Population, holdings: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """One in five of the last year's adoptions followed an offer by a few days."""
    opened = holdings["opened_on"].to_numpy().astype("datetime64[D]")
    recent = opened > np.datetime64("2025-07-15")
    stated = holdings["row"].to_numpy() < population.n_personas
    kept = holdings[recent & ~stated & (rng.random(len(holdings)) < 0.2)]
    day = kept["opened_on"].to_numpy().astype("datetime64[D]") - rng.integers(1, 12, len(kept))
    late = day >= population.joined[kept["row"]]
    return pd.DataFrame(
        {"row": kept["row"], "product": kept["product"], "day": day, "outcome": "accepted"}
    )[late]


def _declined(
    population: Population, holdings: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Offers that were not taken: products never held, the popular and fitting ones more often."""
    long_enough = population.joined < np.datetime64("2025-06-01")
    asked = long_enough & (rng.random(population.n) < _SHARE_ASKED)
    asked[: population.n_personas] = False
    row = np.repeat(np.flatnonzero(asked), np.minimum(1 + rng.poisson(_OFFERS, asked.sum()), 5))
    held = np.zeros((population.n, len(population.catalogue.products)), dtype=bool)
    held[holdings["row"], holdings["product"]] = True
    utility = np.einsum("ck,kp->cp", population.needs[row], population.catalogue.appeal)
    utility = 0.5 * utility + population.catalogue.popularity
    utility[held[row]] = -np.inf
    product = softmax_choice(rng, utility)
    interest = utility[np.arange(len(row)), product] + 0.4 * population.mood[row]
    interest = interest + rng.normal(0, 1.2, len(row))
    low, high = np.quantile(interest, [0.45, 0.8]) if len(row) else (0, 0)
    outcome = np.where(interest < low, "dismissed", np.where(interest < high, "viewed", "rated"))
    day = AS_OF - rng.integers(2, 350, len(row))
    offers = pd.DataFrame({"row": row, "product": product, "day": day, "outcome": outcome})
    return offers.drop_duplicates(["row", "product"])


def _steps(offers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Each offer is shown first; what came of it follows within the hour or the day."""
    rank = rng.integers(1, 6, len(offers)).astype(np.float64)
    start = offers["day"].to_numpy().astype("datetime64[m]") + rng.integers(540, 1050, len(offers))
    later = start + rng.integers(1, 300, len(offers))
    base = offers[["row", "product", "outcome"]].assign(rank=rank)
    shown = base.assign(action="shown", step=0, recorded_at=start.astype("datetime64[us]"))
    after = base.assign(
        action=offers["outcome"], step=1, recorded_at=later.astype("datetime64[us]")
    )
    return pd.concat([shown, after], ignore_index=True)


def _with_ratings(
    events: pd.DataFrame, population: Population, rng: np.random.Generator
) -> pd.DataFrame:
    """Ratings, reasons and comments where an action carries them."""
    n = len(events)
    row, product = events["row"].to_numpy(), events["product"].to_numpy()
    fit = np.einsum("ek,ke->e", population.needs[row], population.catalogue.appeal[:, product])
    liking = 1 / (1 + np.exp(-(0.2 + 0.7 * fit + 0.4 * population.mood[row])))
    rated = (events["action"] == "rated").to_numpy()
    frame = events.copy()
    for aspect in ("rating", *RATING_ASPECTS):
        noise = rng.normal(0, 0.12, n)
        frame[aspect] = np.where(rated, np.clip(liking + noise, 0, 1).round(2), np.nan)
    reasons = words("notes")["reason"]["dismissed"]
    dismissed = (events["action"] == "dismissed").to_numpy()
    frame["reason"] = texts(reasons, np.where(dismissed, rng.integers(0, len(reasons), n), -1))
    comments = words("notes")["comment"]
    pool = [c for mood in ("unhappy", "plain", "glad") for c in comments[mood]]
    size = len(pool) // len(comments)
    spoken = (rated | dismissed) & (rng.random(n) < 0.3)
    tone = np.where(dismissed, 0, np.digitize(liking, [0.35, 0.65])) * size
    frame["comment"] = texts(pool, np.where(spoken, tone + rng.integers(0, size, n), -1))
    return frame


def _uuids(rng: np.random.Generator, n: int) -> list[str]:
    """Random version-4 UUIDs from seeded bytes."""
    raw = rng.integers(0, 256, (n, 16), dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    text = raw.tobytes().hex()
    cuts = (0, 8, 12, 16, 20, 32)
    return [
        "-".join(text[32 * i + a : 32 * i + b] for a, b in itertools.pairwise(cuts))
        for i in range(n)
    ]
